// Error values.
//
// Bad input is an ordinary value in Ouro: every reader of outside data returns Result<T>. Our own bugs are
// assertions (OURO_ASSERT, on in every build with tests), partial success is a value plus Diagnostics
// (diagnostic.h). Nothing in src/ throws.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#define OURO_ASSERT(condition) assert(condition)

namespace ouro::support {

/// One failure. `code` is stable ("marshal.truncated") and listed in docs/ERRORS.md; `detail` is the
/// sentence for a person; `offset` is the byte position in the input (or `line`/`column`, both from 1,
/// where the input is text).
struct Error {
  std::string_view code;  ///< static storage
  std::string detail;
  std::optional<std::uint64_t> offset;
  std::optional<std::uint32_t> line;
  std::optional<std::uint32_t> column;
  /// Outermost last: what was being done ("reading co_consts of 'f'").
  std::vector<std::string> context;

  /// "marshal.truncated at byte 17: needs 4 bytes, 1 left (reading co_code)".
  [[nodiscard]] std::string to_string() const;

  [[nodiscard]] Error with_context(std::string what) && {
    context.push_back(std::move(what));
    return std::move(*this);
  }
};

/// An Error about a byte position.
[[nodiscard]] inline Error error_at(std::string_view code, std::uint64_t offset, std::string detail) {
  return Error{code, std::move(detail), offset, {}, {}, {}};
}
/// An Error with no position.
[[nodiscard]] inline Error make_error(std::string_view code, std::string detail) {
  return Error{code, std::move(detail), {}, {}, {}, {}};
}

/// A value or an Error.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error) : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}  // NOLINT: implicit by design
};

using Status = Result<void>;

}  // namespace ouro::support

namespace ouro {
using support::Error;
using support::error_at;
using support::make_error;
using support::Result;
using support::Status;
}  // namespace ouro

#define OURO_CONCAT_INNER(a, b) a##b
#define OURO_CONCAT(a, b) OURO_CONCAT_INNER(a, b)
/// OURO_TRY(auto x, f()); — x is f()'s value, or the enclosing function returns f()'s Error.
#define OURO_TRY(declaration, expression) \
  OURO_TRY_INNER(OURO_CONCAT(ouro_try_, __LINE__), declaration, expression)
#define OURO_TRY_INNER(temporary, declaration, expression)          \
  auto temporary = (expression);                                    \
  if (!temporary) [[unlikely]] return std::move(temporary).error(); \
  declaration = std::move(*temporary)
/// For Status: returns its Error from the enclosing function.
#define OURO_CHECK(expression)                                                \
  do {                                                                        \
    if (auto ouro_status = (expression); !ouro_status) [[unlikely]]           \
      return std::move(ouro_status).error();                                  \
  } while (false)
