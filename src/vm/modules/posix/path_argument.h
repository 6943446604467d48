// Path arguments as os functions take them: str, bytes, os.PathLike, and where allowed a descriptor.
#pragma once

#include <optional>
#include <string>

#include "vm/core/vm.h"

namespace ouro::vm {

struct PathArgument {
  std::string bytes;      ///< as the system takes it
  int descriptor = -1;    ///< when is_descriptor
  bool is_descriptor = false;
  bool is_bytes = false;  ///< results that are paths are bytes, too
  Ref object;             ///< what was given: for the exception's filename; null: nothing was given (".")
};

/// os.fspath: the str or bytes of a path-like object.
[[nodiscard]] Ref file_system_path(Vm& vm, Value path);
/// `function` and `argument` as the messages name them ("stat", "path").
[[nodiscard]] std::optional<PathArgument> path_argument(Vm& vm, Value path, std::string_view function,
                                                        std::string_view argument = "path", bool allow_descriptor = false,
                                                        bool allow_none = false);
/// A result path: bytes or str (surrogateescape) as the argument was.
[[nodiscard]] Ref path_result(Vm& vm, std::string_view bytes, bool as_bytes);
/// Anything with fileno() or an int: a descriptor.
[[nodiscard]] std::optional<int> descriptor_argument(Vm& vm, Value value);

}  // namespace ouro::vm
