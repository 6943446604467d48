#include "marshal/writer.h"

#include <bit>
#include <charconv>
#include <limits>
#include <optional>

#include "support/byte_writer.h"
#include "support/utf8.h"

namespace ouro::marshal {
namespace {

constexpr std::uint32_t kNoRef = 0xFFFFFFFF;

bool fits_int32(std::int64_t value) {
  return value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
}

bool fits_int32(const BigInt& value) {
  const std::optional<std::int64_t> small = value.to_int64();
  return small && fits_int32(*small);
}

/// A container or code object that is being written.
struct Frame {
  ConstId id;
  std::uint32_t next = 0;  // item, or field of the layout
};

class Writer {
 public:
  Writer(const ConstantPool& pool, const Layout& layout, WriteOptions options)
      : pool_(pool), layout_(layout), options_(options), version_(options.version.value_or(layout.default_version)) {
    refs_.resize(pool.size(), kNoRef);
    out_.reserve(pool.size() * 12);
  }

  Result<std::vector<std::uint8_t>> run(ConstId root) {
    bool good = write_object(root);
    while (good && !stack_.empty()) {
      Frame& frame = stack_.back();
      good = pool_.kind(frame.id) == ConstKind::Code ? continue_code(frame) : continue_sequence(frame);
      if (out_.size() > options_.max_size) {
        good = fail("marshal.too_large", "more than " + std::to_string(options_.max_size) + " bytes");
      }
    }
    if (!good) return std::move(error_);
    return out_.take();
  }

 private:
  bool continue_sequence(Frame& frame) {
    const std::span<const ConstId> items = pool_.items(frame.id);
    while (frame.next < items.size()) {
      const ConstId item = items[frame.next++];
      const std::size_t depth = stack_.size();
      if (!write_object(item)) return false;
      if (stack_.size() != depth) return true;  // `frame` may have moved
    }
    const ConstKind kind = pool_.kind(frame.id);
    if (kind == ConstKind::Dict || kind == ConstKind::FrozenDict) out_.u8('0');
    stack_.pop_back();
    return true;
  }

  bool continue_code(Frame& frame) {
    const CodeObject& object = pool_.code(frame.id);
    while (frame.next < layout_.fields.size()) {
      const FieldInfo& field = field_info(layout_.fields[frame.next++]);
      if (field.type == FieldType::Number) {
        if (!write_number(field, object)) return false;
        continue;
      }
      const ConstId part = object.*field.object;
      if (part == kNoConst) return unrepresentable(std::string("the code object has no ") + field.name);
      const std::size_t depth = stack_.size();
      if (!write_object(part)) return false;
      if (stack_.size() != depth) return true;
    }
    stack_.pop_back();
    return true;
  }

  bool write_number(const FieldInfo& field, const CodeObject& object) {
    const std::int32_t number =
        field.number != nullptr ? object.*field.number : static_cast<std::int32_t>(object.flags);
    if (layout_.number_size == 4) {
      out_.i32(number);
      return true;
    }
    if (number < -0x8000 || number > 0x7FFF) {
      return unrepresentable(std::string(field.name) + " is " + std::to_string(number) + ", and has 16 bits");
    }
    out_.i16(static_cast<std::int16_t>(number));
    return true;
  }

  bool write_object(ConstId id) {
    const ConstKind kind = pool_.kind(id);
    std::uint8_t type = pool_.wire_type(id);
    if ((type & ~code::kMarshalFlagRef) == 0) type |= choose_type(pool_, id, layout_, version_);
    if (kind <= ConstKind::True) {
      out_.u8(type);
      return true;
    }
    if (refs_[id.value] != kNoRef) {
      out_.u8(layout_.has_references ? 'r' : 'R');
      out_.u32(refs_[id.value]);
      return true;
    }
    if ((type & code::kMarshalFlagRef) != 0) {
      if (!layout_.has_references) return unrepresentable("this version has no references");
      refs_[id.value] = next_ref_++;
    } else if (type == 't' && layout_.bytes_are_text) {
      refs_[id.value] = next_ref_++;
    }
    out_.u8(type);
    return write_contents(id, kind, static_cast<char>(type & ~code::kMarshalFlagRef));
  }

  bool write_contents(ConstId id, ConstKind kind, char type) {
    switch (kind) {
      case ConstKind::Int: return write_int(pool_.int_value(id), type);
      case ConstKind::Long: return write_long(pool_.big_value(id), type);
      case ConstKind::Float: return write_float(id, type);
      case ConstKind::Complex: return write_complex(id, type);
      case ConstKind::Bytes:
        if (type != 's' && type != 't') return wrong_type(type);
        return write_text(pool_.text(id));
      case ConstKind::Str: return write_str(pool_.text(id), type);
      case ConstKind::Tuple:
        if (type != '(' && type != ')') return wrong_type(type);
        return open_sequence(id, type);
      case ConstKind::List: return type == '[' ? open_sequence(id, type) : wrong_type(type);
      case ConstKind::Set: return type == '<' ? open_sequence(id, type) : wrong_type(type);
      case ConstKind::FrozenSet: return type == '>' ? open_sequence(id, type) : wrong_type(type);
      case ConstKind::Dict: return type == '{' ? open(id) : wrong_type(type);
      case ConstKind::FrozenDict: return type == '}' ? open(id) : wrong_type(type);
      case ConstKind::Slice:
        if (type != ':' || pool_.items(id).size() != 3) return wrong_type(type);
        return open(id);
      case ConstKind::Code: return type == 'c' || type == 'C' ? open(id) : wrong_type(type);
      default: return wrong_type(type);
    }
  }

  bool open(ConstId id) {
    if (stack_.size() + 1 >= options_.max_depth) {
      return fail("marshal.too_deep", "nested deeper than " + std::to_string(options_.max_depth) + " levels");
    }
    stack_.push_back({id});
    return true;
  }

  bool open_sequence(ConstId id, char type) {
    const std::size_t count = pool_.items(id).size();
    if (type == ')') {
      if (count > 0xFF) return wrong_type(type);
      out_.u8(static_cast<std::uint8_t>(count));
    } else {
      out_.u32(static_cast<std::uint32_t>(count));
    }
    return count == 0 || open(id);
  }

  bool write_int(std::int64_t value, char type) {
    if (type == 'i') {
      if (!fits_int32(value)) return wrong_type(type);
      out_.i32(static_cast<std::int32_t>(value));
      return true;
    }
    if (type == 'I') {
      out_.i64(value);
      return true;
    }
    return write_long(BigInt(value), type);
  }

  bool write_long(const BigInt& value, char type) {
    if (type == 'i') {
      const std::optional<std::int64_t> small = value.to_int64();
      return small ? write_int(*small, type) : wrong_type(type);
    }
    if (type != 'l') return wrong_type(type);
    const std::vector<std::uint16_t> digits = value.to_digits15();
    if (digits.size() > 0x7FFFFFFF) return wrong_type(type);
    const auto count = static_cast<std::int32_t>(digits.size());
    out_.i32(value.is_negative() ? -count : count);
    for (const std::uint16_t digit : digits) out_.u16(digit);
    return true;
  }

  /// `text` is what the file had; without it PyOS_double_to_string(value, 'g', 17).
  bool write_number_text(double value, std::string_view text) {
    char buffer[40];
    if (text.empty()) {
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 17);
      text = value != value ? "nan" : std::string_view(buffer, static_cast<std::size_t>(end.ptr - buffer));
    }
    if (text.size() > 0xFF) return unrepresentable("the text of a float is longer than 255 bytes");
    out_.u8(static_cast<std::uint8_t>(text.size()));
    out_.raw(text);
    return true;
  }

  bool write_float(ConstId id, char type) {
    if (type == 'f') return write_number_text(pool_.real(id), pool_.real_text(id));
    if (type != 'g') return wrong_type(type);
    out_.u64(std::bit_cast<std::uint64_t>(pool_.real(id)));
    return true;
  }

  bool write_complex(ConstId id, char type) {
    if (type == 'x') {
      return write_number_text(pool_.real(id), pool_.real_text(id)) &&
             write_number_text(pool_.imag(id), pool_.imag_text(id));
    }
    if (type != 'y') return wrong_type(type);
    out_.u64(std::bit_cast<std::uint64_t>(pool_.real(id)));
    out_.u64(std::bit_cast<std::uint64_t>(pool_.imag(id)));
    return true;
  }

  bool write_text(std::string_view text) {
    out_.u32(static_cast<std::uint32_t>(text.size()));
    out_.raw(text);
    return true;
  }

  bool write_str(std::string_view text, char type) {
    if (type == 'u' || type == 't') return write_text(text);
    const bool is_short = type == 'z' || type == 'Z';
    if (!is_short && type != 'a' && type != 'A') return wrong_type(type);
    std::string latin1;
    if (!support::is_ascii(text)) {
      for (std::size_t i = 0; i < text.size();) {
        const support::DecodedCodePoint step = support::decode_utf8(text, i);
        if (step.code_point > 0xFF) return wrong_type(type);
        latin1.push_back(static_cast<char>(step.code_point));
        i += step.length;
      }
      text = latin1;
    }
    if (!is_short) return write_text(text);
    if (text.size() > 0xFF) return wrong_type(type);
    out_.u8(static_cast<std::uint8_t>(text.size()));
    out_.raw(text);
    return true;
  }

  bool wrong_type(char type) {
    return unrepresentable(std::string("the type code '") + type + "' can't hold the value");
  }
  bool unrepresentable(std::string detail) { return fail("marshal.unrepresentable", std::move(detail)); }
  bool fail(std::string_view code, std::string detail) {
    error_ = make_error(code, std::move(detail));
    return false;
  }

  const ConstantPool& pool_;
  Layout layout_;
  WriteOptions options_;
  std::uint8_t version_;
  support::ByteWriter out_;
  std::vector<Frame> stack_;
  std::vector<std::uint32_t> refs_;  // by id: the reference number, kNoRef before the first meeting
  std::uint32_t next_ref_ = 0;
  Error error_;
};

}  // namespace

std::uint8_t choose_type(const ConstantPool& pool, ConstId id, const Layout& layout, std::uint8_t version) {
  switch (pool.kind(id)) {
    case ConstKind::Null: return '0';
    case ConstKind::None: return 'N';
    case ConstKind::StopIteration: return 'S';
    case ConstKind::Ellipsis: return '.';
    case ConstKind::False: return 'F';
    case ConstKind::True: return 'T';
    case ConstKind::Int:
      if (fits_int32(pool.int_value(id))) return 'i';
      return layout.bytes_are_text ? 'I' : 'l';
    case ConstKind::Long: return !layout.bytes_are_text && fits_int32(pool.big_value(id)) ? 'i' : 'l';
    case ConstKind::Float: return version > 1 ? 'g' : 'f';
    case ConstKind::Complex: return version > 1 ? 'y' : 'x';
    case ConstKind::Bytes: return 's';
    case ConstKind::Str:
      if (version < 4 || layout.bytes_are_text || !support::is_ascii(pool.text(id))) return 'u';
      return pool.text(id).size() < 256 ? 'z' : 'a';
    case ConstKind::Tuple: return version >= 4 && pool.items(id).size() < 256 ? ')' : '(';
    case ConstKind::List: return '[';
    case ConstKind::Dict: return '{';
    case ConstKind::Set: return '<';
    case ConstKind::FrozenSet: return '>';
    case ConstKind::FrozenDict: return '}';
    case ConstKind::Slice: return ':';
    case ConstKind::Code: return layout.is_first_format ? 'C' : 'c';
  }
  return '?';
}

std::uint8_t interned_type(std::string_view text, const Layout& layout, std::uint8_t version) {
  if (layout.bytes_are_text) return version >= 1 ? 't' : 's';
  if (version >= 4 && support::is_ascii(text)) return text.size() < 256 ? 'Z' : 'A';
  return version >= 3 ? 't' : 'u';
}

Result<std::vector<std::uint8_t>> write(const ConstantPool& pool, ConstId root, const Layout& layout,
                                        WriteOptions options) {
  return Writer(pool, layout, options).run(root);
}

}  // namespace ouro::marshal
