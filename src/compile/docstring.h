// Docstrings as code objects keep them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ouro::compile {

/// CPython 3.13 Python/compile.c _PyCompile_CleanDoc: the margin common to all lines but the first
/// is taken away, and blanks before the first word.
[[nodiscard]] std::string clean_docstring(std::string_view text);

/// What UnicodeEncodeError says when CPython asks for the text's UTF-8; nullopt when there is no
/// lone surrogate.
[[nodiscard]] std::optional<std::string> find_lone_surrogate(std::string_view text);

}  // namespace ouro::compile
