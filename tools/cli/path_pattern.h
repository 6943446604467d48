// The regular expression of compileall's -x. PCRE2 reads Python's syntax where the two have it in common, which is
// all that paths need.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "support/result.h"

namespace ouro::cli {

class PathPattern {
 public:
  /// Error path_pattern.syntax with the column.
  static Result<PathPattern> compile(std::string_view expression);
  /// re.search: anywhere in `path`. May be called from several threads at once.
  [[nodiscard]] bool found_in(std::string_view path) const;

 private:
  struct Code;
  explicit PathPattern(std::shared_ptr<const Code> code) : code_(std::move(code)) {}
  std::shared_ptr<const Code> code_;
};

}  // namespace ouro::cli
