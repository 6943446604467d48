// Operating-system failures with the texts CPython gives them.
#pragma once

#include <string>
#include <string_view>

namespace ouro::cache {

/// One failed system call.
struct OsError {
  int number = 0;  ///< errno
  std::string path;
  /// Overrides the whole text after the class name where CPython raises with a message of its own.
  std::string message = {};

  /// "PermissionError": CPython's exception class for the number (Objects/exceptions.c, oserror_use_init's map).
  [[nodiscard]] std::string_view class_name() const;
  /// "PermissionError: [Errno 13] Permission denied: '/x/y.pyc'".
  [[nodiscard]] std::string to_string() const;
  /// What a person can do about it, one sentence; empty where nothing general can be said.
  [[nodiscard]] std::string_view remedy() const;
};

/// repr() of a path as CPython shows it: undecodable bytes as lone surrogates ('\udcff').
[[nodiscard]] std::string path_repr(std::string_view path);

}  // namespace ouro::cache
