// Python's float texts: repr() and the reader of float literals.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ouro::support {

/// repr(value) of every CPython from 2.7: the shortest text that reads back as the same double, exponent form
/// below 1e-4 and from 1e16 on ("1e+16", "1e-05"), ".0" on integers, "inf", "-inf", "nan".
[[nodiscard]] std::string float_repr(double value);
void append_float_repr(std::string& out, double value);

/// repr() up to CPython 2.6 and 3.0: "%.17g" with ".0" added where nothing marks a float.
[[nodiscard]] std::string float_repr_17(double value);

/// Inside a complex number, repr without ".0" on integers ("1", "-0", "1e+16", "inf").
void append_complex_part(std::string& out, double value);

/// repr() of a complex number: "1j", "(1+2j)", "(-0-0j)".
void append_complex_repr(std::string& out, double real, double imag);

/// The whole of `text` as a decimal float ("1.5", "1e10", "inf", "nan" too, sign allowed), correctly rounded,
/// overflow gives infinity; nullopt where anything else stands.
[[nodiscard]] std::optional<double> parse_float(std::string_view text);

}  // namespace ouro::support
