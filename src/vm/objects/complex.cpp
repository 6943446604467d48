// complex: CPython 3.13 Objects/complexobject.c.
#include <cmath>

#include "vm/core/binding.h"
#include "vm/objects/float.h"
#include "vm/objects/float_parts.h"
#include "vm/objects/int.h"
#include "vm/objects/number_text.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/specs.h"

namespace ouro::vm {

Ref new_complex(Vm& vm, double real, double imag) {
  auto* object = allocate<ComplexObject>(vm, vm.types.complex);
  if (object == nullptr) return {};
  object->real = real;
  object->imag = imag;
  return Ref::adopt(object);
}

namespace {

struct Complex {
  double real, imag;
};
bool is_complex(Vm& vm, Value value) { return value.is_object() && is_instance_of(vm, value, vm.types.complex); }
Complex complex_of(Value value) { return {value.as<ComplexObject>()->real, value.as<ComplexObject>()->imag}; }

/// complex, float or int. False: neither, or (failed) an int too large.
bool operand(Vm& vm, Value value, Complex& out, bool& failed) {
  failed = false;
  if (is_complex(vm, value)) {
    out = complex_of(value);
    return true;
  }
  out.imag = 0;
  return number_operand(vm, value, out.real, failed);
}

// Smith's division, which avoids overflow (CPython's _Py_c_quot).
bool divide(Complex a, Complex b, Complex& out) {
  const double abs_real = std::fabs(b.real), abs_imag = std::fabs(b.imag);
  if (abs_real >= abs_imag) {
    if (abs_real == 0.0) return false;
    const double ratio = b.imag / b.real, denominator = b.real + b.imag * ratio;
    out = {(a.real + a.imag * ratio) / denominator, (a.imag - a.real * ratio) / denominator};
  } else if (abs_imag >= abs_real) {
    const double ratio = b.real / b.imag, denominator = b.real * ratio + b.imag;
    out = {(a.real * ratio + a.imag) / denominator, (a.imag * ratio - a.real) / denominator};
  } else {
    out = {std::nan(""), std::nan("")};
  }
  return true;
}
Complex product(Complex a, Complex b) { return {a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real}; }

Complex power_whole(Complex x, long n) {
  Complex result{1, 0};
  const bool negative = n < 0;
  unsigned long left = negative ? static_cast<unsigned long>(-n) : static_cast<unsigned long>(n);
  Complex square = x;
  for (unsigned long mask = 1; mask > 0 && left >= mask; mask <<= 1U) {
    if ((left & mask) != 0) result = product(result, square);
    square = product(square, square);
  }
  if (negative) {
    Complex inverse{0, 0};
    (void)divide({1, 0}, result, inverse);
    return inverse;
  }
  return result;
}

template <BinaryOp kOp>
Ref complex_binary(Vm& vm, Value left, Value right) {
  Complex a{}, b{};
  bool failed = false;
  if (!operand(vm, left, a, failed) || !operand(vm, right, b, failed)) {
    if (failed) return {};
    return Ref::not_implemented();
  }
  if constexpr (kOp == BinaryOp::Add) return new_complex(vm, a.real + b.real, a.imag + b.imag);
  if constexpr (kOp == BinaryOp::Subtract) return new_complex(vm, a.real - b.real, a.imag - b.imag);
  if constexpr (kOp == BinaryOp::Multiply) {
    const Complex result = product(a, b);
    return new_complex(vm, result.real, result.imag);
  }
  Complex result{};
  if (!divide(a, b, result)) return raise(vm, vm.exc.ZeroDivisionError, "complex division by zero");
  return new_complex(vm, result.real, result.imag);
}

Ref complex_power(Vm& vm, Value left, Value right, Value modulus) {
  Complex a{}, b{};
  bool failed = false;
  if (!operand(vm, left, a, failed) || !operand(vm, right, b, failed)) {
    if (failed) return {};
    return Ref::not_implemented();
  }
  if (!modulus.is_null() && !modulus.is_none()) return raise(vm, vm.exc.ValueError, "complex modulo");
  Complex result{};
  if (b.imag == 0.0 && b.real == std::floor(b.real) && std::fabs(b.real) <= 100.0) {
    if (a.real == 0.0 && a.imag == 0.0 && b.real < 0) {
      return raise(vm, vm.exc.ZeroDivisionError, "0.0 to a negative or complex power");
    }
    result = power_whole(a, static_cast<long>(b.real));
  } else if (b.real == 0.0 && b.imag == 0.0) {
    result = {1, 0};
  } else if (a.real == 0.0 && a.imag == 0.0) {
    if (b.imag != 0.0 || b.real < 0.0) {
      return raise(vm, vm.exc.ZeroDivisionError, "0.0 to a negative or complex power");
    }
    result = {0, 0};
  } else {
    const double size = std::hypot(a.real, a.imag), angle = std::atan2(a.imag, a.real);
    double length = std::pow(size, b.real), phase = angle * b.real;
    if (b.imag != 0.0) {
      length /= std::exp(angle * b.imag);
      phase += b.imag * std::log(size);
    }
    if (std::isinf(phase)) return raise(vm, vm.exc.ZeroDivisionError, "0.0 to a negative or complex power");
    result = {length * std::cos(phase), length * std::sin(phase)};
  }
  const auto overflowed = [](double x, Complex p, Complex q) {
    return std::isinf(x) && std::isfinite(p.real) && std::isfinite(p.imag) && std::isfinite(q.real) && std::isfinite(q.imag);
  };
  if (overflowed(result.real, a, b) || overflowed(result.imag, a, b)) {
    return raise(vm, vm.exc.OverflowError, "complex exponentiation");
  }
  return new_complex(vm, result.real, result.imag);
}

Ref complex_negative(Vm& vm, Value self) { return new_complex(vm, -complex_of(self).real, -complex_of(self).imag); }
Ref complex_positive(Vm& vm, Value self) {
  if (is_exact(vm, self, vm.types.complex)) return Ref::share(self);
  return new_complex(vm, complex_of(self).real, complex_of(self).imag);
}
Ref complex_absolute(Vm& vm, Value self) {
  const Complex z = complex_of(self);
  const double size = std::hypot(z.real, z.imag);
  if (std::isinf(size) && std::isfinite(z.real) && std::isfinite(z.imag)) {
    return raise(vm, vm.exc.OverflowError, "absolute value too large");
  }
  return new_float(vm, size);
}
bool complex_boolean(Vm&, Value self, bool& out) {
  out = complex_of(self).real != 0.0 || complex_of(self).imag != 0.0;
  return true;
}
bool complex_hash(Vm&, Value self, std::int64_t& out) {
  const Complex z = complex_of(self);
  const auto h = static_cast<std::uint64_t>(float_hash(z.real, self)) +
                 1000003U * static_cast<std::uint64_t>(float_hash(z.imag, self));
  out = h == ~std::uint64_t{0} ? -2 : static_cast<std::int64_t>(h);
  return true;
}
Ref complex_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (op != CompareOp::Equal && op != CompareOp::NotEqual) return Ref::not_implemented();
  const Complex a = complex_of(self);
  bool same = false;
  if (is_complex(vm, other)) {
    same = a.real == complex_of(other).real && a.imag == complex_of(other).imag;
  } else if (is_float(other)) {
    same = a.real == other.as<FloatObject>()->value && a.imag == 0.0;
  } else if (is_int(other)) {
    if (a.imag == 0.0) {
      VM_TRY(Ref real, new_float(vm, a.real));
      VM_CHECK(equal(vm, real, other, same));
    }
  } else {
    return Ref::not_implemented();
  }
  return Ref::boolean(same == (op == CompareOp::Equal));
}

/// A part as repr shows it: without ".0" for whole numbers.
std::string part_text(double value) {
  std::string text = float_text(value);
  if (text.size() > 2 && text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}
Ref complex_repr(Vm& vm, Value self) {
  const Complex z = complex_of(self);
  if (z.real == 0.0 && !std::signbit(z.real)) return new_str_latin1(vm, part_text(z.imag) + "j");
  std::string imag = part_text(z.imag);
  if (imag.front() != '-') imag.insert(imag.begin(), '+');
  return new_str_latin1(vm, "(" + part_text(z.real) + imag + "j)");
}

/// Length of the number at the start of `text` (sign, digits, exponent, inf, nan); 0: none.
std::size_t number_prefix(std::string_view text) {
  std::size_t i = 0;
  const auto at = [&](std::size_t k) { return k < text.size() ? text[k] : '\0'; };
  const auto digit = [&](std::size_t k) { return (at(k) >= '0' && at(k) <= '9') || at(k) == '_'; };
  if (at(i) == '+' || at(i) == '-') ++i;
  std::string lower(text.substr(i, 8));
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (lower.starts_with("infinity")) return i + 8;
  if (lower.starts_with("inf") || lower.starts_with("nan")) return i + 3;
  std::size_t digits = 0;
  while (digit(i)) ++i, ++digits;
  if (at(i) == '.') {
    ++i;
    while (digit(i)) ++i, ++digits;
  }
  if (digits == 0) return 0;
  if (at(i) == 'e' || at(i) == 'E') {
    std::size_t k = i + 1;
    if (at(k) == '+' || at(k) == '-') ++k;
    if (digit(k)) {
      while (digit(k)) ++k;
      i = k;
    }
  }
  return i;
}

bool parse_complex(std::string_view text, Complex& out) {
  text = strip_ascii_space(text);
  bool bracket = false;
  if (!text.empty() && text.front() == '(') {
    bracket = true;
    text = strip_ascii_space(text.substr(1));
  }
  if (bracket) {
    if (text.empty() || text.back() != ')') return false;
    text = strip_ascii_space(text.substr(0, text.size() - 1));
  }
  out = {0, 0};
  const auto is_j = [&](std::size_t k) { return k < text.size() && (text[k] == 'j' || text[k] == 'J'); };
  const std::size_t first = number_prefix(text);
  std::size_t i = first;
  if (first != 0) {
    const std::optional<double> value = float_from_text(text.substr(0, first));
    if (!value) return false;
    if (is_j(i)) {
      out.imag = *value;
      return i + 1 == text.size();
    }
    out.real = *value;
    if (i == text.size()) return true;
    if (text[i] != '+' && text[i] != '-') return false;
  }
  // What is left is the imaginary part: a number or a bare sign, then j.
  const std::string_view rest = text.substr(i);
  const std::size_t second = number_prefix(rest);
  std::size_t k = 0;
  if (second != 0) {
    const std::optional<double> value = float_from_text(rest.substr(0, second));
    if (!value) return false;
    out.imag = *value;
    k = second;
  } else {
    out.imag = 1.0;
    if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) {
      if (rest[0] == '-') out.imag = -1.0;
      k = 1;
    }
  }
  return is_j(i + k) && i + k + 1 == text.size();
}

Ref complex_of_type(Vm& vm, TypeObject* type, Complex z) {
  if (type == vm.types.complex) return new_complex(vm, z.real, z.imag);
  auto* object = allocate<ComplexObject>(vm, type);
  if (object == nullptr) return {};
  object->real = z.real;
  object->imag = z.imag;
  return Ref::adopt(object);
}

/// x.__complex__() where there is one; `out` null otherwise.
bool try_complex_method(Vm& vm, Value x, Ref& out) {
  Ref method;
  VM_CHECK(lookup_special(vm, x, vm.names.d_complex, method));
  if (!method) return true;
  VM_TRY(out, call(vm, method));
  if (!is_complex(vm, out)) {
    return raise(vm, vm.exc.TypeError, "{}.__complex__() must return a complex, not {}", type_name(vm, x), type_name(vm, out));
  }
  if (!is_exact(vm, out, vm.types.complex)) {
    return warn(vm, vm.exc.DeprecationWarning,
                std::string(type_name(vm, x)) + ".__complex__() must return a complex, not " + std::string(type_name(vm, out)) +
                    ".  The ability to return an instance of a strict subclass of complex is deprecated, and may not be "
                    "supported in a future version of Python.");
  }
  return true;
}

bool is_real_number(Vm& vm, Value x) {
  return is_float(x) || is_int(x) || type_of(vm, x)->slots.to_float != nullptr || has_index(vm, x);
}

}  // namespace

/// cmath's and struct's arguments: a complex, or what float() takes. False: an exception is set.
bool to_complex(Vm& vm, Value value, double& real, double& imag) {
  if (!is_complex(vm, value)) {
    Ref made;
    VM_CHECK(try_complex_method(vm, value, made));
    if (!made) {
      VM_TRY(real, to_double(vm, value));
      imag = 0;
      return true;
    }
    real = complex_of(made).real;
    imag = complex_of(made).imag;
    return true;
  }
  real = complex_of(value).real;
  imag = complex_of(value).imag;
  return true;
}

namespace {

Ref complex_from_text(Vm& vm, TypeObject* type, Value text) {
  Complex z{};
  if (!parse_complex(number_text(text.as<StrObject>()), z)) {
    return raise(vm, vm.exc.ValueError, "complex() arg is a malformed string");
  }
  return complex_of_type(vm, type, z);
}

Ref complex_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "complex(real=0, imag=0)", 2, call);
  Value real = args[0];
  const Value imag = args[1];
  if (real.is_null() && imag.is_null()) return complex_of_type(vm, type, {0, 0});
  if (!real.is_null() && imag.is_null() && type == vm.types.complex && is_exact(vm, real, type)) return Ref::share(real);
  if (!real.is_null() && is_str(real)) {
    if (!imag.is_null()) return raise(vm, vm.exc.TypeError, "complex() can't take second arg if first is a string");
    return complex_from_text(vm, type, real);
  }
  if (!imag.is_null() && is_str(imag)) return raise(vm, vm.exc.TypeError, "complex() second arg can't be a string");
  Ref made;
  if (!real.is_null()) {
    VM_CHECK(try_complex_method(vm, real, made));
    if (made) real = made.get();
    if (!is_complex(vm, real) && !is_real_number(vm, real)) {
      return raise(vm, vm.exc.TypeError, "complex() first argument must be a string or a number, not '{}'", type_name(vm, real));
    }
  }
  if (!imag.is_null() && !is_complex(vm, imag) && !is_real_number(vm, imag)) {
    return raise(vm, vm.exc.TypeError, "complex() second argument must be a number, not '{}'", type_name(vm, imag));
  }
  Complex a{0, 0}, b{0, 0};
  const bool real_is_complex = !real.is_null() && is_complex(vm, real);
  const bool imag_is_complex = !imag.is_null() && is_complex(vm, imag);
  if (real_is_complex) {
    a = complex_of(real);
  } else if (!real.is_null()) {
    VM_TRY(a.real, to_double(vm, real));
  }
  if (imag_is_complex) {
    b = complex_of(imag);
  } else if (!imag.is_null()) {
    VM_TRY(b.real, to_double(vm, imag));
  }
  // real + imag * 1j, without touching the signs of zeros that nobody gave.
  if (imag_is_complex) a.real -= b.imag;
  if (!imag.is_null()) a.imag = real_is_complex ? a.imag + b.real : b.real;
  return complex_of_type(vm, type, a);
}

void complex_dealloc(Vm& vm, Object* self) { free_object(vm, self, self->type->basic_size); }
Ref complex_conjugate(Vm& vm, Value self) { return new_complex(vm, complex_of(self).real, -complex_of(self).imag); }
Ref complex_getnewargs(Vm& vm, Value self) {
  VM_TRY(Ref real, new_float(vm, complex_of(self).real));
  VM_TRY(Ref imag, new_float(vm, complex_of(self).imag));
  return new_tuple(vm, {real.get(), imag.get()});
}
Ref complex_format(Vm& vm, Value self, Value spec) {
  if (!is_str(spec)) return raise_argument_type(vm, "__format__", 0, "str", spec);
  return str_format_spec(vm, self, spec.as<StrObject>());
}

constexpr MethodSpec kComplexMethods[] = {
    {"conjugate($self, /)", complex_conjugate, "The same real part with the negated imaginary one."},
    {"__complex__($self, /)", complex_positive, "Convert this value to exact type complex."},
    {"__getnewargs__($self, /)", complex_getnewargs},
    {"__format__($self, format_spec, /)", complex_format, "Convert to a string according to format_spec."},
};
constexpr MemberSpec kComplexMembers[] = {
    {"real", MemberSpec::Kind::Double, offsetof(ComplexObject, real), true, "the real part of a complex number"},
    {"imag", MemberSpec::Kind::Double, offsetof(ComplexObject, imag), true, "the imaginary part of a complex number"},
};
constexpr TypeSlots complex_slots() {
  TypeSlots s;
  s.dealloc = complex_dealloc;
  s.construct = complex_construct;
  s.repr = complex_repr;
  s.hash = complex_hash;
  s.compare = complex_compare;
  s.binary[static_cast<std::size_t>(BinaryOp::Add)] = complex_binary<BinaryOp::Add>;
  s.binary[static_cast<std::size_t>(BinaryOp::Subtract)] = complex_binary<BinaryOp::Subtract>;
  s.binary[static_cast<std::size_t>(BinaryOp::Multiply)] = complex_binary<BinaryOp::Multiply>;
  s.binary[static_cast<std::size_t>(BinaryOp::TrueDivide)] = complex_binary<BinaryOp::TrueDivide>;
  s.power = complex_power;
  s.negative = complex_negative;
  s.positive = complex_positive;
  s.absolute = complex_absolute;
  s.boolean = complex_boolean;
  return s;
}

}  // namespace

const TypeSpec kComplexType = {
    .name = "complex",
    .basic_size = sizeof(ComplexObject),
    .flags = kTypeBaseType | kTypeImmutable,
    .doc = "complex(real=0, imag=0)\n--\n\nA complex number from a text or two numbers.",
    .slots = complex_slots(),
    .methods = kComplexMethods,
    .members = kComplexMembers,
};

}  // namespace ouro::vm
