// What CPython says about source it refuses, as values: the exception's type, message and place.
#pragma once

#include <cstdint>
#include <string>

namespace ouro::syntax {

enum class SyntaxErrorType : std::uint8_t {
  SyntaxError,
  IndentationError,
  TabError,
  MemoryError,        ///< nesting beyond the parser's limit; no place
  RecursionError,     ///< from later stages; no place
  UnicodeDecodeError, ///< source that is bytes in a wrong encoding, where CPython lets it through
  UnicodeEncodeError, ///< a docstring with a lone surrogate; no place
  ValueError,         ///< source with null bytes given as text
  OverflowError,
};

/// One refusal. Lines from 1; columns from 1 in *characters*, as the exception's `offset` and `end_offset`
/// are (0 or -1 where CPython has those). What a codec refuses is in line 0, column -1; with column 0 there is no place.
struct SyntaxError {
  SyntaxErrorType type = SyntaxErrorType::SyntaxError;
  std::string message;
  std::int32_t lineno = 0;
  std::int32_t offset = 0;
  std::int32_t end_lineno = 0;
  std::int32_t end_offset = 0;

  [[nodiscard]] bool has_place() const { return lineno > 0 || offset != 0; }
};

/// A SyntaxWarning or DeprecationWarning: CPython shows its line only; the columns serve when a filter turns it into an error.
struct SyntaxWarning {
  std::string message;
  std::int32_t lineno = 0;
  std::int32_t offset = 0;
  std::int32_t end_lineno = 0;
  std::int32_t end_offset = 0;
  bool deprecation = false;  ///< DeprecationWarning, not SyntaxWarning
};

}  // namespace ouro::syntax
