// What the steps of one compilation report: the first error, and every warning before it.
//
// A step that meets an error records it here and goes on with something harmless: its callers look at failed()
// where going on would be wasteful, and the facade gives the error instead of the result. That keeps the walk over
// the tree free of error plumbing; only the first error counts, as in CPython, where it is raised at once.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "syntax/ast.h"
#include "syntax/syntax_error.h"

namespace ouro::compile {

class Problems {
 public:
  explicit Problems(std::vector<syntax::SyntaxWarning>& warnings) : warnings_(&warnings) {}

  [[nodiscard]] bool failed() const { return error_.has_value(); }
  [[nodiscard]] const std::optional<syntax::SyntaxError>& error() const { return error_; }

  /// SyntaxError at a node. CPython's later stages give byte columns plus one, not characters.
  void fail(const syntax::Position& at, std::string message) {
    fail({syntax::SyntaxErrorType::SyntaxError, std::move(message), at.lineno, at.col_offset + 1,
          at.end_lineno, at.end_col_offset + 1});
  }
  void fail(syntax::SyntaxError error) {
    if (!error_) error_ = std::move(error);
  }
  /// CPython's RecursionError of the folding and symbol passes.
  void fail_recursion() {
    fail({syntax::SyntaxErrorType::RecursionError, "maximum recursion depth exceeded during compilation"});
  }
  void warn(const syntax::Position& at, std::string message) {
    if (failed()) return;
    warnings_->push_back({std::move(message), at.lineno, at.col_offset + 1, at.end_lineno,
                          at.end_col_offset + 1, false});
  }

 private:
  std::optional<syntax::SyntaxError> error_;
  std::vector<syntax::SyntaxWarning>* warnings_;
};

/// Counts nesting against CPython 3.13's limit of C recursion (Py_C_RECURSION_LIMIT is 10,000, of which a call of
/// compile() has used two when it comes to the tree).
class DepthGuard {
 public:
  static constexpr int kLimit = 10000;
  static constexpr int kStart = 2;

  DepthGuard(int& depth, Problems& problems) : depth_(depth) {
    if (++depth_ > kLimit) problems.fail_recursion();
  }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

 private:
  int& depth_;
};

}  // namespace ouro::compile
