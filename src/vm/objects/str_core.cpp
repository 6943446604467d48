// str: creation, copying, comparison, hash, UTF-8.
#include <algorithm>

#include "support/siphash.h"
#include "support/utf8.h"
#include "vm/objects/hash_key.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/text_search.h"

namespace ouro::vm {
namespace {

constexpr std::size_t kMostLength = SIZE_MAX / 8 - 64;

Own<StrObject> raw_str(Vm& vm, std::size_t length, std::uint8_t kind, bool is_ascii) {
  if (length > kMostLength) return raise_memory_error(vm);
  void* memory = vm.heap.allocate(sizeof(StrObject) + kind * (length + 1));
  if (memory == nullptr) return raise_memory_error(vm);
  auto* text = static_cast<StrObject*>(memory);
  text->refcount = 1;
  text->gc_word = 0;
  text->type = vm.types.str;
  text->hash = -1;
  text->length = length;
  text->kind = kind;
  text->is_ascii = is_ascii;
  text->is_interned = false;
  text->text_offset = sizeof(StrObject);
  std::memset(static_cast<char*>(text->raw()) + kind * length, 0, kind);
  return Own<StrObject>::adopt(text);
}

Own<StrObject> empty_str(Vm& vm) {
  if (vm.names.empty != nullptr) return Own<StrObject>::share(vm.names.empty);
  return raw_str(vm, 0, 1, true);
}

template <class Unit>
std::uint32_t greatest(const Unit* data, std::size_t length) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < length; ++i) bits |= data[i];
  if (bits < 0x80) return 0x7F;
  if (bits < 0x100) return 0xFF;
  if (bits < 0x10000) return 0xFFFF;
  return 0x10FFFF;
}

bool is_ascii_bytes(std::string_view bytes) {
  const char* data = bytes.data();
  std::size_t size = bytes.size();
  std::uint64_t bits = 0;
  for (; size >= 8; data += 8, size -= 8) {
    std::uint64_t word;
    std::memcpy(&word, data, 8);
    bits |= word;
  }
  for (; size > 0; ++data, --size) bits |= static_cast<unsigned char>(*data);
  return (bits & 0x8080808080808080ULL) == 0;
}

template <class To, class From>
void copy_typed(To* to, const From* from, std::size_t count) {
  if constexpr (sizeof(To) == sizeof(From)) {
    std::memcpy(to, from, count * sizeof(To));
  } else {
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<To>(from[i]);
  }
}

template <class Unit>
Own<StrObject> from_units(Vm& vm, const Unit* data, std::size_t length) {
  if (length == 0) return empty_str(vm);
  if (length == 1) return character_str(vm, data[0]);
  VM_TRY(Own<StrObject> text, allocate_str(vm, length, greatest(data, length)));
  with_units(text.get(), [&](auto* to) { copy_typed(to, data, length); });
  return text;
}

}  // namespace

Own<StrObject> allocate_str(Vm& vm, std::size_t length, std::uint32_t max_code_point) {
  if (length == 0) return empty_str(vm);
  return raw_str(vm, length, kind_for(max_code_point), max_code_point < 0x80);
}

Own<StrObject> character_str(Vm& vm, std::uint32_t code_point) {
  if (code_point < 256 && vm.latin1[code_point] != nullptr) return Own<StrObject>::share(vm.latin1[code_point]);
  VM_TRY(Own<StrObject> text, raw_str(vm, 1, kind_for(code_point), code_point < 0x80));
  with_units(text.get(), [&](auto* to) { to[0] = static_cast<std::remove_reference_t<decltype(*to)>>(code_point); });
  return text;
}

Own<StrObject> new_str_of(Vm& vm, std::uint32_t code_point) { return character_str(vm, code_point); }

Own<StrObject> new_str_latin1(Vm& vm, std::string_view bytes) {
  if (bytes.empty()) return empty_str(vm);
  if (bytes.size() == 1) return character_str(vm, static_cast<unsigned char>(bytes[0]));
  VM_TRY(Own<StrObject> text, raw_str(vm, bytes.size(), 1, is_ascii_bytes(bytes)));
  std::memcpy(text->raw(), bytes.data(), bytes.size());
  return text;
}
Own<StrObject> new_str_ucs2(Vm& vm, const std::uint16_t* data, std::size_t length) { return from_units(vm, data, length); }
Own<StrObject> new_str_ucs4(Vm& vm, const std::uint32_t* data, std::size_t length) { return from_units(vm, data, length); }

Own<StrObject> new_str(Vm& vm, std::string_view utf8) {
  if (is_ascii_bytes(utf8)) return new_str_latin1(vm, utf8);
  std::size_t length = 0;
  std::uint32_t bits = 0x80;
  for (std::size_t position = 0; position < utf8.size(); ++length) {
    const auto decoded = support::decode_utf8(utf8, position);
    bits |= decoded.code_point;
    position += decoded.length;
  }
  if (length == 1) return character_str(vm, support::decode_utf8(utf8, 0).code_point);
  VM_TRY(Own<StrObject> text, allocate_str(vm, length, std::min<std::uint32_t>(bits, 0x10FFFF)));
  with_units(text.get(), [&](auto* to) {
    for (std::size_t position = 0; position < utf8.size(); ++to) {
      const auto decoded = support::decode_utf8(utf8, position);
      *to = static_cast<std::remove_reference_t<decltype(*to)>>(decoded.code_point);
      position += decoded.length;
    }
  });
  return text;
}

void copy_units(StrObject* to, std::size_t at, const StrObject* text, std::size_t start, std::size_t end) {
  with_units(to, [&](auto* out) {
    with_units(text, [&](const auto* in) { copy_typed(out + at, in + start, end - start); });
  });
}

Own<StrObject> plain_str(Vm& vm, StrObject* text) {
  if (text->type == vm.types.str) return Own<StrObject>::share(text);
  return substring(vm, text, 0, text->length);
}

Own<StrObject> substring(Vm& vm, StrObject* text, std::size_t start, std::size_t end) {
  if (start == 0 && end == text->length && text->type == vm.types.str) return Own<StrObject>::share(text);
  if (start >= end) return empty_str(vm);
  const std::size_t length = end - start;
  if (length == 1) return character_str(vm, text->at(start));
  if (text->kind == 1) {
    if (!text->is_ascii) return new_str_latin1(vm, {reinterpret_cast<const char*>(text->data1()) + start, length});
    VM_TRY(Own<StrObject> part, raw_str(vm, length, 1, true));
    std::memcpy(part->raw(), text->data1() + start, length);
    return part;
  }
  if (text->kind == 2) return from_units(vm, text->data2() + start, length);
  return from_units(vm, text->data4() + start, length);
}

Own<StrObject> concat(Vm& vm, StrObject* a, StrObject* b) {
  if (a->length == 0) return plain_str(vm, b);
  if (b->length == 0) return plain_str(vm, a);
  const std::size_t length = a->length + b->length;
  VM_TRY(Own<StrObject> text, allocate_str(vm, length, std::max(max_of_class(a), max_of_class(b))));
  copy_units(text, 0, a, 0, a->length);
  copy_units(text, a->length, b, 0, b->length);
  return text;
}

Own<StrObject> concat_owned(Vm& vm, Own<StrObject> a, StrObject* b) {
  const bool in_place = a->refcount == 1 && !a->is_interned && a->type == vm.types.str && a.get() != b &&
                        a->kind >= b->kind && a->length != 0 && (b->is_ascii || !a->is_ascii);
  if (!in_place) return concat(vm, a, b);
  const std::size_t old_length = a->length;
  const std::size_t length = old_length + b->length;
  const std::size_t kind = a->kind;
  if (length > kMostLength) return raise_memory_error(vm);
  void* memory = vm.heap.reallocate(a.get(), sizeof(StrObject) + kind * (old_length + 1), sizeof(StrObject) + kind * (length + 1));
  if (memory == nullptr) return raise_memory_error(vm);
  (void)a.release();
  auto* text = static_cast<StrObject*>(memory);
  text->hash = -1;
  text->length = length;
  copy_units(text, old_length, b, 0, b->length);
  std::memset(static_cast<char*>(text->raw()) + kind * length, 0, kind);
  return Own<StrObject>::adopt(text);
}

std::string to_utf8(const StrObject* text) {
  if (text->is_ascii) return std::string(text->ascii());
  std::string out;
  out.reserve(text->length * (text->kind == 1 ? 2 : 3));
  with_units(text, [&](const auto* data) {
    for (std::size_t i = 0; i < text->length; ++i) support::append_utf8(out, data[i]);
  });
  return out;
}

bool str_equal(const StrObject* a, const StrObject* b) {
  if (a == b) return true;
  return a->length == b->length && a->kind == b->kind && std::memcmp(a->raw(), b->raw(), a->length * a->kind) == 0;
}
bool str_equal(const StrObject* a, std::string_view ascii) { return a->is_ascii && a->ascii() == ascii; }

int str_compare(const StrObject* a, const StrObject* b) {
  const std::size_t common = std::min(a->length, b->length);
  const int by_length = a->length < b->length ? -1 : a->length > b->length ? 1 : 0;
  if (a->kind == 1 && b->kind == 1) {
    const int order = std::memcmp(a->raw(), b->raw(), common);
    return order != 0 ? (order < 0 ? -1 : 1) : by_length;
  }
  return with_units(a, [&](const auto* x) {
    return with_units(b, [&](const auto* y) {
      for (std::size_t i = 0; i < common; ++i)
        if (x[i] != y[i]) return static_cast<std::uint32_t>(x[i]) < static_cast<std::uint32_t>(y[i]) ? -1 : 1;
      return by_length;
    });
  });
}

// The secret that PYTHONHASHSEED stands for: CPython 3.13 Python/bootstrap_hash.c lcg_urandom.
support::SipKey hash_key(const Vm& vm) {
  if (vm.options.hash_seed == 0) return {};
  auto state = static_cast<std::uint32_t>(vm.options.hash_seed);
  std::uint64_t words[2] = {0, 0};
  for (unsigned i = 0; i < 16; ++i) {
    state = state * 214013U + 2531011U;
    words[i / 8] |= static_cast<std::uint64_t>((state >> 16U) & 0xFFU) << (8U * (i % 8));
  }
  return {words[0], words[1]};
}
std::int64_t hash_bytes(const Vm& vm, const void* data, std::size_t size) {
  if (size == 0) return 0;
  const auto* bytes = static_cast<const std::uint8_t*>(data);
  const auto value = static_cast<std::int64_t>(support::siphash13(hash_key(vm), {bytes, size}));
  return value == -1 ? -2 : value;
}

std::int64_t str_hash(Vm& vm, StrObject* text) {
  if (text->hash == -1) text->hash = hash_bytes(vm, text->raw(), text->length * text->kind);
  return text->hash;
}

bool matches_at(const StrObject* text, std::size_t at, const StrObject* part) {
  if (text->kind == part->kind)
    return std::memcmp(static_cast<const char*>(text->raw()) + at * text->kind, part->raw(), part->length * part->kind) == 0;
  if (part->kind > text->kind) return part->length == 0;
  for (std::size_t i = 0; i < part->length; ++i)
    if (text->at(at + i) != part->at(i)) return false;
  return true;
}

std::int64_t str_find(const StrObject* text, const StrObject* needle, std::size_t start, std::size_t end) {
  if (end > text->length) end = text->length;
  if (start > end || needle->length > end - start || needle->kind > text->kind) return -1;
  return with_units(text, [&](const auto* data) -> std::int64_t {
    using Unit = std::remove_cvref_t<decltype(*data)>;
    const Widened<Unit> wide(needle);
    const std::int64_t found = find_units(data + start, end - start, wide.data(), wide.size());
    return found < 0 ? -1 : found + static_cast<std::int64_t>(start);
  });
}

// --- StrBuilder

StrBuilder::~StrBuilder() {
  if (block_ != nullptr) vm_->heap.free(block_, sizeof(StrObject) + kind_ * (capacity_ + 1));
}

bool StrBuilder::reserve(std::size_t more, std::uint32_t max_code_point) {
  if (failed_) return false;
  max_seen_ |= max_code_point;
  const std::uint8_t kind = std::max(kind_, kind_for(max_code_point));
  if (kind == kind_ && more <= capacity_ - length_) return true;
  std::size_t capacity = capacity_;
  if (more > capacity_ - length_) {
    if (more > kMostLength - length_) return !(failed_ = true);
    capacity = std::max(length_ + more, std::min(kMostLength, capacity_ + capacity_ / 2 + 23));
  }
  const std::size_t old_size = sizeof(StrObject) + kind_ * (capacity_ + 1);
  const std::size_t new_size = sizeof(StrObject) + kind * (capacity + 1);
  if (block_ != nullptr && kind == kind_) {
    void* block = vm_->heap.reallocate(block_, old_size, new_size);
    if (block == nullptr) return !(failed_ = true);
    block_ = block;
  } else {
    void* block = vm_->heap.allocate(new_size);
    if (block == nullptr) return !(failed_ = true);
    if (block_ != nullptr) {
      void* to = static_cast<char*>(block) + sizeof(StrObject);
      if (kind_ == 1 && kind == 2) {
        copy_typed(static_cast<std::uint16_t*>(to), static_cast<std::uint8_t*>(text()), length_);
      } else if (kind_ == 1) {
        copy_typed(static_cast<std::uint32_t*>(to), static_cast<std::uint8_t*>(text()), length_);
      } else {
        copy_typed(static_cast<std::uint32_t*>(to), static_cast<std::uint16_t*>(text()), length_);
      }
      vm_->heap.free(block_, old_size);
    }
    block_ = block;
  }
  kind_ = kind;
  capacity_ = capacity;
  return true;
}

bool StrBuilder::append(std::uint32_t code_point) { return append_repeated(code_point, 1); }
bool StrBuilder::append_repeated(std::uint32_t code_point, std::size_t count) {
  if (!reserve(count, code_point)) return false;
  const auto fill = [&](auto* to) {
    for (std::size_t i = 0; i < count; ++i) to[length_ + i] = static_cast<std::remove_reference_t<decltype(*to)>>(code_point);
  };
  if (kind_ == 1) {
    fill(static_cast<std::uint8_t*>(text()));
  } else if (kind_ == 2) {
    fill(static_cast<std::uint16_t*>(text()));
  } else {
    fill(static_cast<std::uint32_t*>(text()));
  }
  length_ += count;
  return true;
}
bool StrBuilder::append(std::string_view ascii) {
  if (!reserve(ascii.size(), 0)) return false;
  const auto* from = reinterpret_cast<const std::uint8_t*>(ascii.data());
  if (ascii.empty()) return true;
  if (kind_ == 1) {
    std::memcpy(static_cast<std::uint8_t*>(text()) + length_, from, ascii.size());
  } else if (kind_ == 2) {
    copy_typed(static_cast<std::uint16_t*>(text()) + length_, from, ascii.size());
  } else {
    copy_typed(static_cast<std::uint32_t*>(text()) + length_, from, ascii.size());
  }
  length_ += ascii.size();
  return true;
}
bool StrBuilder::append_utf8(std::string_view utf8) {
  if (is_ascii_bytes(utf8)) return append(utf8);
  for (std::size_t position = 0; position < utf8.size();) {
    const auto decoded = support::decode_utf8(utf8, position);
    if (!append(decoded.code_point)) return false;
    position += decoded.length;
  }
  return true;
}
bool StrBuilder::append(const StrObject* piece) { return append(piece, 0, piece->length); }
bool StrBuilder::append(const StrObject* piece, std::size_t start, std::size_t end) {
  if (start >= end) return !failed_;
  std::uint32_t max = max_of_class(piece);
  if (kind_for(max) > kind_ || (max > 0x7F && max_seen_ < 0x80)) {  // what the part holds decides, not the whole
    max = with_units(piece, [&](const auto* data) { return greatest(data + start, end - start); });
  }
  if (!reserve(end - start, max)) return false;
  with_units(piece, [&](const auto* data) {
    if (kind_ == 1) {
      copy_typed(static_cast<std::uint8_t*>(text()) + length_, data + start, end - start);
    } else if (kind_ == 2) {
      copy_typed(static_cast<std::uint16_t*>(text()) + length_, data + start, end - start);
    } else {
      copy_typed(static_cast<std::uint32_t*>(text()) + length_, data + start, end - start);
    }
  });
  length_ += end - start;
  return true;
}

Own<StrObject> StrBuilder::finish() {
  if (failed_) return raise_memory_error(*vm_);
  if (length_ == 0) return empty_str(*vm_);
  if (length_ == 1) {
    const std::uint32_t only = kind_ == 1   ? *static_cast<std::uint8_t*>(text())
                               : kind_ == 2 ? *static_cast<std::uint16_t*>(text())
                                            : *static_cast<std::uint32_t*>(text());
    return character_str(*vm_, only);
  }
  const std::size_t old_size = sizeof(StrObject) + kind_ * (capacity_ + 1);
  const std::size_t size = sizeof(StrObject) + kind_ * (length_ + 1);
  void* block = vm_->heap.reallocate(block_, old_size, size);
  if (block == nullptr) return raise_memory_error(*vm_);
  block_ = nullptr;
  auto* result = static_cast<StrObject*>(block);
  result->refcount = 1;
  result->gc_word = 0;
  result->type = vm_->types.str;
  result->hash = -1;
  result->length = length_;
  result->kind = kind_;
  result->is_ascii = max_seen_ < 0x80;
  result->is_interned = false;
  result->text_offset = sizeof(StrObject);
  std::memset(static_cast<char*>(result->raw()) + kind_ * length_, 0, kind_);
  length_ = capacity_ = 0;
  kind_ = 1;
  max_seen_ = 0;
  return Own<StrObject>::adopt(result);
}

}  // namespace ouro::vm
