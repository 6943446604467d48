#include "compile/constant_table.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "compile/marshal_marks.h"
#include "syntax/keywords.h"
#include "version/interned_texts.h"

namespace ouro::compile {

namespace {

using syntax::ConstantKind;

std::uint32_t mix(std::uint64_t value) {
  value *= 0x9E3779B97F4A7C15ULL;
  return static_cast<std::uint32_t>(value >> 32U);
}

std::uint32_t hash_text(std::string_view text) {
  std::uint64_t h = 0xCBF29CE484222325ULL ^ text.size();
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    h = (h ^ word) * 0x9E3779B97F4A7C15ULL;
    h ^= h >> 29U;
  }
  std::uint64_t rest = 0;
  if (i < text.size()) std::memcpy(&rest, text.data() + i, text.size() - i);
  h = (h ^ rest) * 0x9E3779B97F4A7C15ULL;
  return static_cast<std::uint32_t>(h >> 32U);
}

/// CPython Objects/codeobject.c all_name_chars: such string constants are interned.
bool all_name_chars(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// Whether a constant of that text is the interned string wherever it comes from.
bool is_always_interned(std::string_view text) {
  return all_name_chars(text) || is_latin1_character(text);
}

/// What is known of a text that looks like a name. All its uses are one object here; in CPython the
/// constant may be another object than the interned string.
enum TextState : std::uint8_t {
  kNameFirst = 1,   ///< a name came first as its constant, so that is the interned string
  kTextFirst = 2,   ///< a string of its own came first
  kNamed = 4,       ///< a finished unit has such a name
  kSettled = 8,     ///< a finished unit has the constant (also of tuples: their items are settled)
  kExchanged = 16,  ///< kTextFirst, and the text was interned before
  kPlain = 32  ///< of a text that does not look like a name: the constant, or the interned string
};

}  // namespace

ConstantTable::ConstantTable(PythonVersion target, SourceNames source_names)
    : slots_(std::bit_ceil(std::max<std::size_t>(256, source_names.count * 4)),
             Entry{0, kNoConst, Space::Constant}),
      target_(target),
      source_names_(source_names) {
  pool_.add_singleton(ConstKind::None);
  pool_.add_singleton(ConstKind::Ellipsis);
  pool_.add_singleton(ConstKind::False);
  pool_.add_singleton(ConstKind::True);
  marked(pool_.add_sequence(ConstKind::Tuple, {}));
}

template <class Equal, class Make>
ConstId ConstantTable::find_or_make(std::uint32_t hash, Space space, Equal equal, Make make) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash & mask;
  for (; slots_[slot].id != kNoConst; slot = (slot + 1) & mask) {
    const Entry& entry = slots_[slot];
    if (entry.hash == hash && entry.space == space && equal(entry.id)) return entry.id;
  }
  const ConstId id = make();
  slots_[slot] = {hash, id, space};
  if (++used_ * 2 > slots_.size()) grow();
  return id;
}

void ConstantTable::grow() {
  std::vector<Entry> old(slots_.size() * 2, Entry{0, kNoConst, Space::Constant});
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Entry& entry : old) {
    if (entry.id == kNoConst) continue;
    std::size_t slot = entry.hash & mask;
    while (slots_[slot].id != kNoConst) slot = (slot + 1) & mask;
    slots_[slot] = entry;
  }
}

ConstId ConstantTable::add(const syntax::ConstantValue& value) {
  switch (value.kind) {
    case ConstantKind::None:
      return none();
    case ConstantKind::False:
      return false_value();
    case ConstantKind::True:
      return true_value();
    case ConstantKind::Ellipsis:
      return ellipsis();
    case ConstantKind::Int:
      return add_int(value.integer);
    case ConstantKind::BigInt:
      return add_long(*value.big);
    case ConstantKind::Float:
      return add_float(value.real);
    case ConstantKind::Complex:
      return add_complex(value.complex.real, value.complex.imag);
    case ConstantKind::Str:
      return add_str(value.text());
    case ConstantKind::Bytes:
      return add_bytes(value.text());
    case ConstantKind::Tuple:
    case ConstantKind::FrozenSet:
      break;
  }
  std::vector<ConstId> items;
  items.reserve(value.items().size());
  for (const syntax::ConstantValue& item : value.items()) items.push_back(add(item));
  return value.kind == ConstantKind::Tuple ? add_tuple(items) : add_frozenset(items);
}

ConstId ConstantTable::add_int(std::int64_t value) {
  return find_or_make(
      mix(static_cast<std::uint64_t>(value)), Space::Constant,
      [&](ConstId id) { return pool_.kind(id) == ConstKind::Int && pool_.int_value(id) == value; },
      [&] { return marked(pool_.add_int(value)); });
}

ConstId ConstantTable::add_long(BigInt value) {
  if (const auto small = value.to_int64()) return add_int(*small);
  std::uint64_t h = value.is_negative() ? 1 : 0;
  for (const std::uint32_t limb : value.limbs()) h = (h ^ limb) * 0x100000001B3ULL;
  return find_or_make(
      mix(h), Space::Constant,
      [&](ConstId id) { return pool_.kind(id) == ConstKind::Long && pool_.big_value(id) == value; },
      [&] { return pool_.add_long(std::move(value)); });
}

ConstId ConstantTable::add_float(double value) {
  if (std::isnan(value)) return pool_.add_float(value);  // equals nothing, not even an equal key
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return find_or_make(
      mix(bits ^ 0x5555), Space::Constant,
      [&](ConstId id) {
        return pool_.kind(id) == ConstKind::Float &&
               std::bit_cast<std::uint64_t>(pool_.real(id)) == bits;
      },
      [&] { return pool_.add_float(value); });
}

ConstId ConstantTable::add_complex(double real, double imag) {
  if (std::isnan(real) || std::isnan(imag)) return pool_.add_complex(real, imag);
  const auto real_bits = std::bit_cast<std::uint64_t>(real);
  const auto imag_bits = std::bit_cast<std::uint64_t>(imag);
  return find_or_make(
      mix(real_bits * 3 ^ imag_bits), Space::Constant,
      [&](ConstId id) {
        return pool_.kind(id) == ConstKind::Complex &&
               std::bit_cast<std::uint64_t>(pool_.real(id)) == real_bits &&
               std::bit_cast<std::uint64_t>(pool_.imag(id)) == imag_bits;
      },
      [&] { return pool_.add_complex(real, imag); });
}

ConstId ConstantTable::add_text(ConstKind kind, std::string_view text, Space space) {
  return find_or_make(
      hash_text(text) + static_cast<std::uint32_t>(kind), space,
      [&](ConstId id) { return pool_.kind(id) == kind && pool_.text(id) == text; },
      [&] {
        const std::uint8_t mark = space == Space::Interned ? interned_wire_type(text) : 0;
        return kind == ConstKind::Str ? pool_.add_str(text, mark) : marked(pool_.add_bytes(text));
      });
}

ConstId ConstantTable::marked(ConstId id) {
  pool_.set_wire_type(id, immortal_mark(pool_, id));
  return id;
}

ConstId ConstantTable::add_str(std::string_view text) {
  if (!is_always_interned(text)) {
    const ConstId plain = add_text(ConstKind::Str, text, Space::Constant);
    text_state(plain) |= kPlain;
    return plain;
  }
  const ConstId id = add_interned(text);
  if (std::uint8_t& state = text_state(id); (state & kNameFirst) == 0) state |= kTextFirst;
  return id;
}
ConstId ConstantTable::add_bytes(std::string_view bytes) {
  return add_text(ConstKind::Bytes, bytes, Space::Constant);
}
ConstId ConstantTable::add_own_bytes(std::string_view bytes) {
  return bytes.empty() ? add_bytes(bytes) : pool_.add_bytes(bytes);
}
ConstId ConstantTable::add_interned(std::string_view text) {
  return add_text(ConstKind::Str, text, Space::Interned);
}

ConstId ConstantTable::add_name(syntax::Identifier name) {
  const std::uint32_t index = name.id();
  if (index >= by_identifier_.size()) by_identifier_.resize(index + 64, kNoConst);
  if (by_identifier_[index] == kNoConst) {
    by_identifier_[index] = add_interned(name.view());
    if (!is_always_interned(name.view())) text_state(by_identifier_[index]) |= kPlain;
  }
  return by_identifier_[index];
}

ConstId ConstantTable::find_text(std::string_view text, Space space) const {
  const std::uint32_t hash = hash_text(text) + static_cast<std::uint32_t>(ConstKind::Str);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask; slots_[slot].id != kNoConst; slot = (slot + 1) & mask) {
    const Entry& entry = slots_[slot];
    if (entry.hash == hash && entry.space == space && pool_.kind(entry.id) == ConstKind::Str &&
        pool_.text(entry.id) == text) {
      return entry.id;
    }
  }
  return kNoConst;
}

/// The constant of that text; `id`, an interned string of it, when there is none yet.
ConstId ConstantTable::add_known_text(std::string_view text, ConstId id) {
  return find_or_make(
      hash_text(text) + static_cast<std::uint32_t>(ConstKind::Str), Space::Constant,
      [&](ConstId other) {
        return pool_.kind(other) == ConstKind::Str && pool_.text(other) == text;
      },
      [&] { return id; });
}

ConstId ConstantTable::add_name_constant(syntax::Identifier name) {
  const ConstId interned = add_name(name);
  if (!is_always_interned(name.view())) return add_known_text(name.view(), interned);
  if (std::uint8_t& state = text_state(interned); (state & kTextFirst) == 0) state |= kNameFirst;
  return interned;
}

ConstId ConstantTable::add_qualname_constant(syntax::Identifier name) {
  const std::string_view text = name.view();
  if (is_always_interned(text)) return add_name(name);
  const bool exists = find_text(text, Space::Interned) != kNoConst || is_interned_before(text);
  return exists ? add_str(text) : add_known_text(text, add_name(name));
}

ConstId ConstantTable::add_items(ConstKind kind, std::span<const ConstId> items) {
  std::uint64_t h = static_cast<std::uint64_t>(kind) + items.size();
  for (const ConstId item : items) {
    // A frozenset's key does not know order: a sum keeps it out of the hash.
    if (kind == ConstKind::Tuple) h *= 0x100000001B3ULL;
    h += is_plain(item) ? hash_text(pool_.text(item).substr(0, 16)) : mix(item.value + 1ULL);
  }
  const auto same = [&](ConstId wanted, ConstId item) { return same_item(wanted, item); };
  return find_or_make(
      mix(h), Space::Constant,
      [&](ConstId id) {
        if (pool_.kind(id) != kind) return false;
        const std::span<const ConstId> other = pool_.items(id);
        if (kind == ConstKind::FrozenSet) {
          return std::is_permutation(items.begin(), items.end(), other.begin(), other.end(), same);
        }
        return std::equal(items.begin(), items.end(), other.begin(), other.end(), same);
      },
      [&] { return pool_.add_sequence(kind, items); });
}

ConstId ConstantTable::add_tuple(std::span<const ConstId> items) {
  return items.empty() ? empty_tuple() : add_items(ConstKind::Tuple, items);
}
ConstId ConstantTable::add_frozenset(std::span<const ConstId> items) {
  return add_items(ConstKind::FrozenSet, items);
}

std::uint8_t& ConstantTable::text_state(ConstId id) {
  if (id.value >= text_states_.size()) text_states_.resize(id.value + 256);
  return text_states_[id.value];
}

bool ConstantTable::is_plain(ConstId id) const {
  return id.value < text_states_.size() && (text_states_[id.value] & kPlain) != 0;
}

/// Equal as items of a key are: by value, so a plain constant equals the interned string of its
/// text.
bool ConstantTable::same_item(ConstId wanted, ConstId item) const {
  if (wanted == item || wanted == first_of(item)) return true;
  return is_plain(wanted) && is_plain(item) && pool_.text(wanted) == pool_.text(item);
}

ConstId ConstantTable::add_names(std::span<const ConstId> names) {
  const std::size_t size_before = pool_.size();
  const ConstId tuple = add_tuple(names);
  for (const ConstId name : names) {
    if ((text_state(name) & kNamed) != 0) continue;
    if (pool_.size() == size_before) settle(name);  // in that tuple the constant itself is interned
    text_state(name) |= kNamed;
  }
  const auto items = pool_.items(tuple);
  if (!std::equal(items.begin(), items.end(), names.begin(), names.end()))
    pool_.set_items(tuple, names);
  return tuple;
}

bool ConstantTable::is_interned_before(std::string_view text) const {
  if (source_names_.interner != nullptr) {
    const syntax::Identifier name = source_names_.interner->find(text);
    constexpr std::uint32_t kFirst = syntax::kKeywordCount + syntax::kSoftKeywordTexts.size();
    if (name && name.id() >= kFirst && name.id() < source_names_.count) return true;
    if (name && name.id() == syntax::kCaseId && source_names_.interner->case_seen()) return true;
  }
  return version::is_interned_at_start(target_, text);
}

/// A finished unit holds `id`: now its texts are interned, and what is not the interned string
/// stays apart from it.
void ConstantTable::settle(ConstId id) {
  const ConstKind kind = pool_.kind(id);
  if (kind != ConstKind::Str && kind != ConstKind::Tuple && kind != ConstKind::FrozenSet) return;
  std::uint8_t& state = text_state(id);
  if ((state & kSettled) != 0) return;
  state |= kSettled;
  if (kind == ConstKind::Str) {
    if ((state & kTextFirst) != 0 && (state & kNamed) != 0) state |= kExchanged;
    return;
  }
  for (const ConstId item : pool_.items(id))
    settle(item);  // no deeper than the parser lets constants nest
}

/// Whether the interned string takes the place of this item. One character is one object in any
/// case.
bool ConstantTable::is_exchanged(ConstId id) const {
  if (pool_.kind(id) != ConstKind::Str || id.value >= text_states_.size()) return false;
  const std::uint8_t state = text_states_[id.value];
  if ((state & kTextFirst) == 0 || pool_.text(id).size() < 2 || is_latin1_character(pool_.text(id)))
    return false;
  return (state & kExchanged) != 0 || is_interned_before(pool_.text(id));
}

/// The frozenset that `id` is a copy of; else `id` itself.
ConstId ConstantTable::first_of(ConstId id) const {
  if (pool_.kind(id) != ConstKind::FrozenSet) return id;
  const auto found = first_sets_.find(id.value);
  return found == first_sets_.end() ? id : found->second;
}

ConstId ConstantTable::add_consts(std::span<const ConstId> items) {
  for (const ConstId item : items) settle(item);
  const std::size_t size_before = pool_.size();
  const ConstId tuple = add_tuple(items);
  if (pool_.size() == size_before) return tuple;  // an equal co_consts was there
  std::vector<ConstId> own;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (pool_.kind(items[i]) != ConstKind::FrozenSet) continue;
    const auto elements = pool_.items(items[i]);
    if (std::none_of(elements.begin(), elements.end(),
                     [&](ConstId element) { return is_exchanged(element); }))
      continue;
    if (owned_sets_.insert(items[i].value).second)
      continue;  // the first may keep the one that the table has
    if (own.empty()) own.assign(items.begin(), items.end());
    own[i] = pool_.add_sequence(ConstKind::FrozenSet,
                                std::vector<ConstId>(elements.begin(), elements.end()));
    first_sets_.emplace(own[i].value, items[i]);
  }
  if (!own.empty()) pool_.set_items(tuple, own);
  return tuple;
}

ConstId ConstantTable::add_code(const CodeObject& code) {
  // Fields are ids of this table, so equal fields are equal ids, but for the code bytes. CPython
  // Objects/codeobject.c code_richcompare leaves qualname and filename out.
  std::uint64_t h = 0;
  for (const ConstId field :
       {code.name, code.consts, code.names, code.localsplusnames, code.linetable}) {
    h = (h ^ field.value) * 0x100000001B3ULL;
  }
  return find_or_make(
      mix(h + static_cast<std::uint64_t>(code.firstlineno)), Space::Constant,
      [&](ConstId id) {
        if (pool_.kind(id) != ConstKind::Code) return false;
        const CodeObject& other = pool_.code(id);
        return code.name == other.name && code.argcount == other.argcount &&
               code.posonlyargcount == other.posonlyargcount &&
               code.kwonlyargcount == other.kwonlyargcount && code.flags == other.flags &&
               code.firstlineno == other.firstlineno &&
               pool_.text(code.code) == pool_.text(other.code) && code.consts == other.consts &&
               code.names == other.names && code.localsplusnames == other.localsplusnames &&
               code.linetable == other.linetable && code.exceptiontable == other.exceptiontable;
      },
      [&] { return pool_.add_code(code); });
}

}  // namespace ouro::compile
