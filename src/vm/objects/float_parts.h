// Helpers of float that complex and math use too.
#pragma once

#include <string>
#include <string_view>

#include "vm/core/error.h"

namespace ouro::vm {

/// A float or int operand as a double. False: it is neither (or, with `failed`, too large: an exception is set).
bool number_operand(Vm& vm, Value value, double& out, bool& failed);
/// Python's a % b and, where asked for, a // b; b is not zero.
double python_floor_mod(double a, double b, double* quotient);
/// float(x) for any x.
[[nodiscard]] Ref float_from_value(Vm& vm, Value value);
/// Correctly rounded to that many decimal digits, ties to even; infinite when it overflows.
[[nodiscard]] double round_to_digits(double x, int digits);
[[nodiscard]] std::string float_hex_text(double x);
enum class HexResult : unsigned char { Ok, Malformed, Overflow };
[[nodiscard]] HexResult float_parse_hex(std::string_view text, double& out);
/// OverflowError(34, 'Numerical result out of range'), as pow gives it.
Failed raise_with_errno_range(Vm& vm);

}  // namespace ouro::vm
