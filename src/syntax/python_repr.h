// repr() of constants as CPython 3.13 prints it.
#pragma once

#include <string>
#include <string_view>

#include "syntax/ast.h"

namespace ouro::syntax {

/// repr() of the str whose UTF-8 (with lone surrogates) is `text`.
void append_str_repr(std::string& out, std::string_view text);
/// repr() of bytes.
void append_bytes_repr(std::string& out, std::string_view bytes);
/// repr() of any constant; tuples and frozensets nest at most as deep as constant folding makes them.
void append_constant_repr(std::string& out, const ConstantValue& value);

}  // namespace ouro::syntax
