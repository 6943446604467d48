// complex.__format__.
#include <cmath>

#include "vm/objects/float.h"
#include "vm/objects/format_spec.h"
#include "vm/objects/double_text.h"

namespace ouro::vm {
namespace {

// Digits before the point, and the rest, of a double's text without its sign.
void split_number(std::string_view text, NumberParts& parts) {
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  parts.digits = text.substr(0, digits);
  parts.rest = text.substr(digits);
}

}  // namespace

Ref format_complex_value(Vm& vm, Value value, FormatSpec& spec) {
  if (spec.fill == '0' && !spec.has_fill) return raise(vm, vm.exc.ValueError, "Zero padding is not allowed in complex format specifier");
  if (spec.align == '=') return raise(vm, vm.exc.ValueError, "'=' alignment flag is not allowed in complex format specifier");
  if (spec.fill == '0' && spec.align == '=') return raise(vm, vm.exc.ValueError, "Zero padding is not allowed in complex format specifier");
  const auto* number = value.as<ComplexObject>();
  if (spec.precision > INT32_MAX) return raise(vm, vm.exc.ValueError, "precision too big");
  if (!vm.heap.has_room(spec.precision < 0 ? 0 : static_cast<std::size_t>(spec.precision) * 2)) return raise_memory_error(vm);
  DoubleStyle style;
  style.precision = spec.precision < 0 ? 6 : static_cast<int>(spec.precision);
  style.alternate = spec.alternate;
  style.no_negative_zero = spec.no_negative_zero;
  bool skip_real = false;
  bool parentheses = false;
  if (spec.type == 0) {
    style.code = spec.precision < 0 ? 'r' : 'g';
    skip_real = number->real == 0.0 && !std::signbit(number->real);
    parentheses = !skip_real;
  } else {
    style.code = spec.type == 'n' ? 'g' : static_cast<char>(spec.type);
  }
  const std::string real = double_text(number->real, style);
  const std::string imag = double_text(number->imag, style);
  FormatSpec part = spec;
  part.width = -1;
  part.fill = ' ';
  part.align = '<';
  StrBuilder body(vm);
  if (parentheses) body.append("(");
  if (!skip_real) {
    NumberParts parts;
    parts.sign = sign_text(spec, real[0] == '-');
    split_number(std::string_view(real).substr(real[0] == '-' ? 1 : 0), parts);
    VM_CHECK(write_number(vm, body, part, parts));
  }
  NumberParts parts;
  parts.sign = imag[0] == '-' ? "-" : skip_real ? sign_text(spec, false) : "+";
  split_number(std::string_view(imag).substr(imag[0] == '-' ? 1 : 0), parts);
  VM_CHECK(write_number(vm, body, part, parts));
  body.append("j");
  if (parentheses) body.append(")");
  VM_TRY(Own<StrObject> text, body.finish());
  std::size_t left;
  std::size_t right;
  padding_of(spec, text->length, left, right);
  if (!vm.heap.has_room(left + right)) return raise_memory_error(vm);
  StrBuilder out(vm);
  out.append_repeated(spec.fill, left);
  out.append(text.get());
  out.append_repeated(spec.fill, right);
  return out.finish();
}

}  // namespace ouro::vm
