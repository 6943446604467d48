// format % arguments, for str and bytes. A bytes format is worked on as Latin-1 text.
#include "vm/objects/bytes_internal.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/double_text.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct Conversion {
  bool left = false, plus = false, space = false, alternate = false, zero = false;
  std::int64_t width = -1;
  std::int64_t precision = -1;
  std::uint32_t type = 0;
  std::size_t at = 0;  ///< of the type
};

class PercentFormatter {
 public:
  PercentFormatter(Vm& vm, const StrObject* format, Value arguments, bool is_bytes)
      : vm_(vm), format_(format), arguments_(arguments), is_bytes_(is_bytes), out_(vm) {
    // A tuple is the arguments; a mapping (no str) may be asked for keys; anything else is the only argument.
    if (is_tuple(arguments)) {
      count_ = arguments.as<TupleObject>()->size;
    } else {
      const bool is_text = is_str(arguments) || is_bytes_like_text(arguments);
      if (!is_text && type_of(vm, arguments)->slots.subscript != nullptr) mapping_ = arguments;
    }
  }

  Own<StrObject> run() {
    std::size_t i = 0;
    while (i < format_->length) {
      const std::size_t start = i;
      while (i < format_->length && format_->at(i) != '%') ++i;
      out_.append(format_, start, i);
      if (i == format_->length) break;
      ++i;
      if (!charge_work(vm_, 1) || !convert(i)) return {};
    }
    if (!is_tuple(arguments_) ? (next_ == 0 && mapping_.is_null() && !used_key_) : next_ < count_)
      return raise(vm_, vm_.exc.TypeError, is_bytes_ ? "not all arguments converted during bytes formatting"
                                                     : "not all arguments converted during string formatting");
    if (whole_) return Own<StrObject>::from(std::move(whole_));
    return out_.finish();
  }

 private:
  bool is_bytes_like_text(Value value) { return is_bytes_ && (is_bytes(value) || is_bytearray(vm_, value)); }

  Value next_argument() {
    if (!keyed_.get().is_null()) {
      if (keyed_taken_) {
        (void)raise(vm_, vm_.exc.TypeError, "not enough arguments for format string");
        return {};
      }
      keyed_taken_ = true;
      return keyed_.get();
    }
    if (is_tuple(arguments_)) {
      if (next_ < count_) return (*arguments_.as<TupleObject>())[next_++];
    } else if (next_ == 0) {
      ++next_;
      return arguments_;
    }
    (void)raise(vm_, vm_.exc.TypeError, "not enough arguments for format string");
    return {};
  }

  bool convert(std::size_t& i) {
    Conversion c;
    const std::size_t begin = i;
    if (i < format_->length && format_->at(i) == '(' && !read_key(i)) return false;
    read_flags(i, c);
    if (!read_size(i, c.width, true, c)) return false;
    if (i < format_->length && format_->at(i) == '.') {
      ++i;
      c.precision = 0;
      if (!read_size(i, c.precision, false, c)) return false;
    }
    if (i < format_->length && (format_->at(i) == 'h' || format_->at(i) == 'l' || format_->at(i) == 'L')) ++i;
    if (i >= format_->length) return raise(vm_, vm_.exc.ValueError, "incomplete format");
    c.at = i;
    c.type = format_->at(i++);
    if (c.type == '%' && format_->at(c.at - 1) == '%' && c.at == begin) return out_.append(std::uint32_t{'%'}) || true;
    const Value argument = next_argument();
    return !argument.is_null() && write(c, argument);
  }

  bool read_key(std::size_t& i) {
    const std::size_t start = ++i;
    std::size_t depth = 1;
    if (mapping_.is_null()) return raise(vm_, vm_.exc.TypeError, "format requires a mapping");
    while (i < format_->length && depth > 0) {
      if (format_->at(i) == ')') --depth;
      if (format_->at(i) == '(') ++depth;
      ++i;
    }
    if (depth > 0) return raise(vm_, vm_.exc.ValueError, "incomplete format key");
    const Own<StrObject> key = substring(vm_, const_cast<StrObject*>(format_), start, i - 1);
    if (!key) return false;
    Ref key_value = Ref::share(key.get());
    if (is_bytes_) {
      key_value = str_encode(vm_, key, "latin-1", "strict");
      if (!key_value) return false;
    }
    keyed_ = get_item(vm_, mapping_, key_value.get());
    used_key_ = true;
    keyed_taken_ = false;
    return static_cast<bool>(keyed_);
  }

  void read_flags(std::size_t& i, Conversion& c) const {
    for (; i < format_->length; ++i) {
      switch (format_->at(i)) {
        case '-': c.left = true; break;
        case '+': c.plus = true; break;
        case ' ': c.space = true; break;
        case '#': c.alternate = true; break;
        case '0': c.zero = true; break;
        default: return;
      }
    }
  }

  // A width or precision: digits or '*'.
  bool read_size(std::size_t& i, std::int64_t& size, bool is_width, Conversion& c) {
    if (i < format_->length && format_->at(i) == '*') {
      ++i;
      const Value argument = next_argument();
      if (argument.is_null()) return false;
      if (!is_int(argument)) return raise(vm_, vm_.exc.TypeError, "* wants int");
      const auto number = int_to_int64(argument);
      if (!number || *number > INT32_MAX || *number < -INT32_MAX) {
        if (is_width) return raise(vm_, vm_.exc.OverflowError, "Python int too large to convert to C ssize_t");
        return raise(vm_, vm_.exc.OverflowError, "Python int too large to convert to C int");
      }
      size = *number;
      if (is_width && size < 0) {
        c.left = true;
        size = -size;
      }
      if (!is_width && size < 0) size = 0;
      return true;
    }
    bool any = false;
    std::int64_t number = 0;
    for (; i < format_->length && format_->at(i) - '0' < 10; ++i, any = true) {
      number = number * 10 + static_cast<std::int64_t>(format_->at(i) - '0');
      if (number > (is_width ? INT64_MAX / 16 : std::int64_t{INT32_MAX}))
        return raise(vm_, vm_.exc.ValueError, is_width ? "width too big" : "precision too big");
    }
    if (any) size = number;
    return true;
  }

  bool write(const Conversion& c, Value argument) {
    switch (c.type) {
      case 's': return is_bytes_ ? write_bytes(c, argument) : write_text(c, str(vm_, argument));
      case 'b':
        if (is_bytes_) return write_bytes(c, argument);
        break;
      case 'r': return write_text(c, is_bytes_ ? ascii(vm_, argument) : repr(vm_, argument));
      case 'a': return write_text(c, ascii(vm_, argument));
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o': return write_int(c, argument);
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G': return write_float(c, argument);
      case 'c': return write_character(c, argument);
      default: break;
    }
    std::string hex;
    for (std::uint32_t rest = c.type; rest != 0 || hex.empty(); rest >>= 4U) hex.insert(hex.begin(), "0123456789abcdef"[rest & 15U]);
    const std::string shown = c.type > 31 && c.type < 127 ? std::string(1, static_cast<char>(c.type)) : "?";
    return raise(vm_, vm_.exc.ValueError, "unsupported format character '{}' (0x{}) at index {}", shown, hex, c.at);
  }

  bool pad(std::int64_t count, std::uint32_t fill) {
    if (count <= 0) return true;
    if (!vm_.heap.has_room(static_cast<std::size_t>(count))) return raise_memory_error(vm_);
    return out_.append_repeated(fill, static_cast<std::size_t>(count)) || true;
  }

  bool write_text(const Conversion& c, const Ref& text) {
    if (!text) return false;
    const StrObject* piece = as_str(text);
    std::size_t length = piece->length;
    if (c.precision >= 0) length = std::min(length, static_cast<std::size_t>(c.precision));
    const std::int64_t missing = c.width - static_cast<std::int64_t>(length);
    // A text that is all of the result is the result.
    if (!is_bytes_ && out_.length() == 0 && missing <= 0 && length == piece->length && c.at + 1 == format_->length &&
        piece->type == vm_.types.str) {
      whole_ = text.clone();
      return true;
    }
    if (!c.left && !pad(missing, ' ')) return false;
    out_.append(piece, 0, length);
    return !c.left || pad(missing, ' ');
  }

  // %s and %b of bytes: a buffer or what __bytes__ gives.
  bool write_bytes(const Conversion& c, Value argument) {
    Ref holder;
    if (!has_buffer(vm_, argument)) {
      Ref method;
      if (!lookup_special(vm_, argument, vm_.names.d_bytes, method)) return false;
      if (!method)
        return raise(vm_, vm_.exc.TypeError, "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
                     type_name(vm_, argument));
      holder = call(vm_, method);
      if (!holder) return false;
      if (!is_bytes(holder))
        return raise(vm_, vm_.exc.TypeError, "__bytes__ returned non-bytes (type {})", type_name(vm_, holder));
      argument = holder;
    }
    BufferView view;
    if (!get_buffer(vm_, argument, view)) return false;
    return write_text(c, new_str_latin1(vm_, view.bytes()));
  }

  Ref integer_of(const Conversion& c, Value argument) {
    if (is_int(argument)) return Ref::share(argument);
    const bool is_hex = c.type == 'x' || c.type == 'X' || c.type == 'o';
    const TypeSlots& slots = type_of(vm_, argument)->slots;
    Ref number;
    if (is_hex ? slots.index != nullptr : (slots.index != nullptr || slots.to_int != nullptr)) {
      number = is_hex ? to_index(vm_, argument) : to_int(vm_, argument);
      if (number) return number;
      if (!error_matches(vm_, vm_.exc.TypeError)) return {};
      clear_error(vm_);
    }
    return raise(vm_, vm_.exc.TypeError, is_hex ? "%{} format: an integer is required, not {}" : "%{} format: a real number is required, not {}",
                 std::string(1, static_cast<char>(c.type)), type_name(vm_, argument));
  }

  bool write_int(const Conversion& c, Value argument) {
    const Ref number = integer_of(c, argument);
    if (!number) return false;
    const int base = c.type == 'x' || c.type == 'X' ? 16 : c.type == 'o' ? 8 : 10;
    auto text = int_to_text(vm_, number, base);
    if (!text) return false;
    const bool is_negative = (*text)[0] == '-';
    if (is_negative) text->erase(0, 1);
    if (c.precision > static_cast<std::int64_t>(text->size())) {
      if (!vm_.heap.has_room(static_cast<std::size_t>(c.precision))) return raise_memory_error(vm_);
      text->insert(0, static_cast<std::size_t>(c.precision) - text->size(), '0');
    }
    std::string prefix;
    if (c.alternate && base != 10) prefix = base == 8 ? "0o" : "0x";
    if (c.type == 'X') {
      for (char& digit : *text)
        if (digit >= 'a' && digit <= 'z') digit = static_cast<char>(digit - 32);
      if (!prefix.empty()) prefix = "0X";
    }
    return write_signed(c, is_negative, prefix, *text);
  }

  bool write_float(const Conversion& c, Value argument) {
    const auto number = to_double(vm_, argument);
    if (!number) return false;
    DoubleStyle style;
    style.code = static_cast<char>(c.type);
    style.precision = c.precision < 0 ? 6 : static_cast<int>(c.precision);
    style.alternate = c.alternate;
    if (!vm_.heap.has_room(static_cast<std::size_t>(style.precision))) return raise_memory_error(vm_);
    if (!charge_work(vm_, static_cast<std::size_t>(style.precision) / 16)) return false;
    std::string text = double_text(*number, style);
    const bool is_negative = text[0] == '-';
    if (is_negative) text.erase(0, 1);
    return write_signed(c, is_negative, {}, text);
  }

  bool write_signed(const Conversion& c, bool is_negative, std::string_view prefix, std::string_view digits) {
    const std::string_view sign = is_negative ? "-" : c.plus ? "+" : c.space ? " " : "";
    const std::int64_t missing = c.width - static_cast<std::int64_t>(sign.size() + prefix.size() + digits.size());
    const bool zeros = c.zero && !c.left;
    if (!c.left && !zeros && !pad(missing, ' ')) return false;
    out_.append(sign);
    out_.append(prefix);
    if (zeros && !pad(missing, '0')) return false;
    out_.append(digits);
    return !c.left || pad(missing, ' ');
  }

  bool write_character(Conversion c, Value argument) {
    std::uint32_t code = 0;
    if (is_bytes_) {
      if (is_bytes(argument) || is_bytearray(vm_, argument)) {
        if (byte_view(argument).size() != 1)
          return raise(vm_, vm_.exc.TypeError, "%c requires an integer in range(256) or a single byte");
        code = static_cast<unsigned char>(byte_view(argument)[0]);
      } else {
        if (!has_index(vm_, argument)) return raise(vm_, vm_.exc.TypeError, "%c requires an integer in range(256) or a single byte");
        const Ref index = to_index(vm_, argument);
        if (!index) return false;
        const auto number = int_to_int64(index);
        if (!number || *number < 0 || *number > 255) return raise(vm_, vm_.exc.OverflowError, "%c arg not in range(256)");
        code = static_cast<std::uint32_t>(*number);
      }
    } else if (is_str(argument)) {
      if (as_str(argument)->length != 1) return raise(vm_, vm_.exc.TypeError, "%c requires int or char");
      code = as_str(argument)->at(0);
    } else {
      if (!has_index(vm_, argument)) return raise(vm_, vm_.exc.TypeError, "%c requires int or char");
      const Ref index = to_index(vm_, argument);
      if (!index) return false;
      const auto number = int_to_int64(index);
      if (!number || *number < 0 || *number > 0x10FFFF) return raise(vm_, vm_.exc.OverflowError, "%c arg not in range(0x110000)");
      code = static_cast<std::uint32_t>(*number);
    }
    c.precision = -1;
    return write_text(c, new_str_of(vm_, code));
  }

  Vm& vm_;
  const StrObject* format_;
  Value arguments_;
  Value mapping_;
  Ref keyed_;
  Ref whole_;
  bool keyed_taken_ = false;
  bool used_key_ = false;
  bool is_bytes_;
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  StrBuilder out_;
};

}  // namespace

Ref str_percent(Vm& vm, StrObject* format, Value arguments) {
  const Own<StrObject> keep = Own<StrObject>::share(format);
  return PercentFormatter(vm, format, arguments, false).run();
}

Ref bytes_percent(Vm& vm, Value format, Value arguments) {
  VM_TRY(Own<StrObject> text, new_str_latin1(vm, byte_view(format)));
  VM_TRY(Own<StrObject> result, PercentFormatter(vm, text, arguments, true).run());
  NewBytes out = allocate_like(vm, format, result->length);
  VM_CHECK(out);
  std::memcpy(out.data, result->raw(), result->length);
  return std::move(out.object);
}

}  // namespace ouro::vm
