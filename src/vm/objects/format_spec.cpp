#include "vm/objects/format_spec.h"

#include <cmath>

#include "unicode/characters.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/double_text.h"

namespace ouro::vm {
namespace {

bool is_align(std::uint32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

std::string code_text(std::uint32_t code) {
  if (code > 32 && code < 128) return std::string(1, static_cast<char>(code));
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  do {
    hex.insert(hex.begin(), kDigits[code & 15U]);
    code >>= 4U;
  } while (code != 0);
  return "\\x" + hex;
}

Failed unknown_type(Vm& vm, Value value, std::uint32_t type) {
  return raise(vm, vm.exc.ValueError, "Unknown format code '{}' for object of type '{}'", code_text(type), type_name(vm, value));
}

// Digits at `position`: false: too many. `out` stays where there are none.
bool read_number(Vm& vm, const StrObject* text, std::size_t& position, std::int64_t& out) {
  std::int64_t number = 0;
  const std::size_t start = position;
  for (; position < text->length; ++position) {
    const int digit = unicode::decimal_value(text->at(position));
    if (digit < 0) break;
    if (number > (INT64_MAX - digit) / 10) return raise(vm, vm.exc.ValueError, "Too many decimal digits in format string");
    number = number * 10 + digit;
  }
  if (position != start) out = number;
  return true;
}

bool check_thousands(Vm& vm, const FormatSpec& spec) {
  if (spec.thousands == 0) return true;
  switch (spec.type) {
    case 0:
    case 'd':
    case 'e':
    case 'f':
    case 'g':
    case 'E':
    case 'G':
    case '%':
    case 'F': return true;
    case 'b':
    case 'o':
    case 'x':
    case 'X':
      if (spec.thousands == '_') return true;
      break;
    default: break;
  }
  return raise(vm, vm.exc.ValueError, "Cannot specify '{}' with '{}'.", std::string(1, static_cast<char>(spec.thousands)), code_text(spec.type));
}

bool both_separators(Vm& vm) { return raise(vm, vm.exc.ValueError, "Cannot specify both ',' and '_'."); }

// Width, grouping and precision.
bool parse_sizes(Vm& vm, const StrObject* text, std::size_t& i, FormatSpec& out) {
  const auto at = [&](std::uint32_t c) { return i < text->length && text->at(i) == c; };
  if (!read_number(vm, text, i, out.width)) return false;
  if (at(',')) {
    out.thousands = ',';
    ++i;
  }
  if (at('_')) {
    if (out.thousands != 0) return both_separators(vm);
    out.thousands = '_';
    ++i;
  }
  if (at(',') && out.thousands == '_') return both_separators(vm);
  if (at('.')) {
    ++i;
    if (!read_number(vm, text, i, out.precision)) return false;
    if (out.precision < 0) return raise(vm, vm.exc.ValueError, "Format specifier missing precision");
  }
  return true;
}

Ref format_string(Vm& vm, StrObject* text, const FormatSpec& spec) {
  if (spec.type != 's') return unknown_type(vm, text, spec.type);
  if (spec.sign != 0)
    return raise(vm, vm.exc.ValueError, spec.sign == ' ' ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier");
  if (spec.no_negative_zero) return raise(vm, vm.exc.ValueError, "Negative zero coercion (z) not allowed in string format specifier");
  if (spec.alternate) return raise(vm, vm.exc.ValueError, "Alternate form (#) not allowed in string format specifier");
  if (spec.align == '=') return raise(vm, vm.exc.ValueError, "'=' alignment not allowed in string format specifier");
  std::size_t length = text->length;
  if (spec.precision >= 0 && static_cast<std::uint64_t>(spec.precision) < length) length = static_cast<std::size_t>(spec.precision);
  std::size_t left;
  std::size_t right;
  padding_of(spec, length, left, right);
  if (left == 0 && right == 0) return substring(vm, text, 0, length);
  if (!vm.heap.has_room(left + right)) return raise_memory_error(vm);
  StrBuilder out(vm);
  out.append_repeated(spec.fill, left);
  out.append(text, 0, length);
  out.append_repeated(spec.fill, right);
  return out.finish();
}

Ref format_double(Vm& vm, double value, FormatSpec& spec) {
  DoubleStyle style;
  style.precision = spec.precision < 0 ? 6 : static_cast<int>(spec.precision);
  if (spec.precision > INT32_MAX) return raise(vm, vm.exc.ValueError, "precision too big");
  if (!vm.heap.has_room(static_cast<std::size_t>(style.precision))) return raise_memory_error(vm);
  if (!charge_work(vm, static_cast<std::size_t>(style.precision) / 16)) return {};
  style.alternate = spec.alternate;
  style.no_negative_zero = spec.no_negative_zero;
  const bool is_percent = spec.type == '%';
  if (spec.type == 0) {
    style.add_dot_0 = true;
    style.code = spec.precision < 0 ? 'r' : 'g';
  } else if (spec.type == 'n') {
    style.code = 'g';
  } else {
    style.code = is_percent ? 'f' : static_cast<char>(spec.type);
  }
  std::string text = double_text(is_percent ? value * 100 : value, style);
  if (is_percent) text += '%';
  const bool is_negative = text[0] == '-';
  std::string_view unsigned_text = text;
  if (is_negative) unsigned_text.remove_prefix(1);
  std::size_t digits = 0;
  while (digits < unsigned_text.size() && unsigned_text[digits] >= '0' && unsigned_text[digits] <= '9') ++digits;
  StrBuilder out(vm);
  VM_CHECK(write_number(vm, out, spec, {sign_text(spec, is_negative), {}, unsigned_text.substr(0, digits), unsigned_text.substr(digits)}));
  return out.finish();
}

Ref format_character(Vm& vm, Value value, FormatSpec& spec) {
  if (spec.sign != 0) return raise(vm, vm.exc.ValueError, "Sign not allowed with integer format specifier 'c'");
  if (spec.alternate) return raise(vm, vm.exc.ValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
  const auto code = int_to_int64(value);
  if (!code) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C long");
  if (*code < 0 || *code > 0x10FFFF) return raise(vm, vm.exc.OverflowError, "%c arg not in range(0x110000)");
  std::size_t left;
  std::size_t right;
  padding_of(spec, 1, left, right);
  if (spec.align == '=') left = spec.width > 1 ? static_cast<std::size_t>(spec.width) - 1 : 0;
  if (!vm.heap.has_room(left + right)) return raise_memory_error(vm);
  StrBuilder out(vm);
  out.append_repeated(spec.fill, left);
  out.append(static_cast<std::uint32_t>(*code));
  out.append_repeated(spec.fill, right);
  return out.finish();
}

Ref format_int(Vm& vm, Value value, FormatSpec& spec) {
  switch (spec.type) {
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case '%': {
      VM_TRY(const double number, int_to_double(vm, value));
      return format_double(vm, number, spec);
    }
    case 'b':
    case 'c':
    case 'd':
    case 'o':
    case 'x':
    case 'X':
    case 'n': break;
    default: return unknown_type(vm, value, spec.type);
  }
  if (spec.precision != -1) return raise(vm, vm.exc.ValueError, "Precision not allowed in integer format specifier");
  if (spec.no_negative_zero) return raise(vm, vm.exc.ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
  if (spec.type == 'c') return format_character(vm, value, spec);
  const int base = spec.type == 'b' ? 2 : spec.type == 'o' ? 8 : spec.type == 'x' || spec.type == 'X' ? 16 : 10;
  auto converted = int_to_text(vm, value, base);
  if (!converted) return {};
  std::string& text = *converted;
  const bool is_negative = int_sign(value) < 0;
  if (is_negative) text.erase(0, 1);
  std::string prefix;
  if (spec.alternate && base != 10) prefix = std::string("0") + static_cast<char>(spec.type);
  if (spec.type == 'X')
    for (char& c : text)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  StrBuilder out(vm);
  VM_CHECK(write_number(vm, out, spec, {sign_text(spec, is_negative), prefix, text, {}}));
  return out.finish();
}

}  // namespace

bool parse_format_spec(Vm& vm, Value value, const StrObject* text, std::uint32_t default_type, std::uint32_t default_align,
                       FormatSpec& out) {
  out.type = default_type;
  out.align = default_align;
  std::size_t i = 0;
  const auto at = [&](std::uint32_t c) { return i < text->length && text->at(i) == c; };
  bool has_align = true;
  if (text->length >= 2 && is_align(text->at(1))) {
    out.fill = text->at(0);
    out.align = text->at(1);
    out.has_fill = true;
    i = 2;
  } else if (text->length >= 1 && is_align(text->at(0))) {
    out.align = text->at(0);
    i = 1;
  } else {
    has_align = false;
  }
  if (at('+') || at('-') || at(' ')) out.sign = text->at(i++);
  if (at('z')) {
    out.no_negative_zero = true;
    ++i;
  }
  if (at('#')) {
    out.alternate = true;
    ++i;
  }
  if (!out.has_fill && at('0')) {
    out.fill = '0';
    if (!has_align && default_align == '>') out.align = '=';
    ++i;
  }
  if (!parse_sizes(vm, text, i, out)) return false;
  if (text->length - i > 1) {
    return raise(vm, vm.exc.ValueError, "Invalid format specifier '{}' for object of type '{}'", text, type_name(vm, value));
  }
  if (i < text->length) out.type = text->at(i);
  return check_thousands(vm, out);
}

void padding_of(const FormatSpec& spec, std::size_t length, std::size_t& left, std::size_t& right) {
  const std::size_t total = spec.width > static_cast<std::int64_t>(length) ? static_cast<std::size_t>(spec.width) - length : 0;
  left = spec.align == '>' ? total : spec.align == '^' ? total / 2 : 0;
  right = total - left;
  if (spec.align == '=') right = 0;
}

std::string_view sign_text(const FormatSpec& spec, bool is_negative) {
  if (is_negative) return "-";
  return spec.sign == '+' ? "+" : spec.sign == ' ' ? " " : "";
}

bool write_number(Vm& vm, StrBuilder& out, const FormatSpec& spec, const NumberParts& parts) {
  const std::size_t others = parts.sign.size() + parts.prefix.size() + parts.rest.size();
  const std::int64_t width = std::max<std::int64_t>(spec.width, 0);
  if (!vm.heap.has_room(static_cast<std::size_t>(width) + parts.digits.size() * 2)) return raise_memory_error(vm);
  if (!charge_work(vm, static_cast<std::size_t>(width) / 32)) return false;
  std::string grouped;
  std::string_view digits = parts.digits;
  if (!digits.empty() && (spec.thousands != 0 || (spec.fill == '0' && spec.align == '='))) {
    // From the right: groups of digits, zeros before them to fill the width, separators between the groups.
    std::int64_t missing = spec.fill == '0' && spec.align == '=' ? width - static_cast<std::int64_t>(others) : 0;
    std::int64_t left = static_cast<std::int64_t>(digits.size());
    const bool by_four = spec.type == 'b' || spec.type == 'o' || spec.type == 'x' || spec.type == 'X';
    const std::int64_t group = spec.thousands == 0 ? INT64_MAX : by_four ? 4 : 3;
    std::string reversed;
    for (;;) {
      const std::int64_t size = std::min(group, std::max(std::max(left, missing), std::int64_t{1}));
      const std::int64_t taken = std::min(left, size);
      for (std::int64_t i = 0; i < taken; ++i) reversed.push_back(digits[static_cast<std::size_t>(left - 1 - i)]);
      reversed.append(static_cast<std::size_t>(size - taken), '0');
      left -= taken;
      missing -= size;
      if (left <= 0 && missing <= 0) break;
      reversed.push_back(static_cast<char>(spec.thousands));
      --missing;
    }
    grouped.assign(reversed.rbegin(), reversed.rend());
    digits = grouped;
  }
  const std::size_t length = others + digits.size();
  std::size_t before;
  std::size_t after;
  padding_of(spec, length, before, after);
  const std::size_t inside = spec.align == '=' && width > static_cast<std::int64_t>(length) ? static_cast<std::size_t>(width) - length : 0;
  out.append_repeated(spec.fill, before);
  out.append(parts.sign);
  out.append(parts.prefix);
  out.append_repeated(spec.fill, inside);
  out.append(digits);
  out.append(parts.rest);
  return out.append_repeated(spec.fill, after);
}

Ref str_format_spec(Vm& vm, Value value, StrObject* text) {
  if (text->length == 0) return str(vm, value);
  FormatSpec spec;
  if (is_str(value)) {
    VM_CHECK(parse_format_spec(vm, value, text, 's', '<', spec));
    return format_string(vm, value.as<StrObject>(), spec);
  }
  if (is_int(value)) {
    VM_CHECK(parse_format_spec(vm, value, text, 'd', '>', spec));
    return format_int(vm, value, spec);
  }
  if (is_float(value)) {
    VM_CHECK(parse_format_spec(vm, value, text, 0, '>', spec));
    switch (spec.type) {
      case 0:
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
      case 'n':
      case '%': return format_double(vm, value.as<FloatObject>()->value, spec);
      default: return unknown_type(vm, value, spec.type);
    }
  }
  VM_CHECK(parse_format_spec(vm, value, text, 0, '>', spec));
  switch (spec.type) {
    case 0:
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
    case 'n': return format_complex_value(vm, value, spec);
    default: return unknown_type(vm, value, spec.type);
  }
}

}  // namespace ouro::vm
