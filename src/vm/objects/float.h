// float and complex.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct FloatObject : Object {
  double value;
};
struct ComplexObject : Object {
  double real;
  double imag;
};

extern const TypeSpec kFloatType;
extern const TypeSpec kComplexType;

[[nodiscard]] Ref new_float(Vm& vm, double value);
[[nodiscard]] Ref new_complex(Vm& vm, double real, double imag);
/// What cmath takes: a complex, __complex__, or what float() takes. False: an exception is set.
[[nodiscard]] bool to_complex(Vm& vm, Value value, double& real, double& imag);
/// repr: "1.0", "1e+16", "nan".
[[nodiscard]] std::string float_text(double value);
[[nodiscard]] std::int64_t float_hash(double value, Value identity);
/// The value of float(text), nullopt for what is no number (nothing raised).
[[nodiscard]] std::optional<double> float_from_text(std::string_view text);
/// Exact float (not a subclass).
[[nodiscard]] inline bool is_exact_float(Vm& vm, Value value) {
  return value.is_object() && value.object()->type == vm.types.float_;
}

}  // namespace ouro::vm
