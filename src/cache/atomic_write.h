// Writing a cache file so that nobody ever sees half of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cache/os_error.h"
#include "support/byte_reader.h"

namespace ouro::cache {

/// Refuses a symbolic link and anything that is not a regular file, with py_compile's message (replacing it by
/// a rename would change what it is). nullopt: go ahead.
[[nodiscard]] std::optional<OsError> refuse_special_target(const std::string& path);

/// Writes to "<path>.<unique>" beside the target, then renames. Missing directories are made. `mode` is the
/// source's permission bits: the cache gets mode | 0200, without execute bits, less the umask, as CPython's
/// importlib does. On failure the temporary file is removed and the target is as it was.
[[nodiscard]] std::optional<OsError> write_atomic(const std::string& path, ByteView bytes, std::uint32_t mode);

/// Makes `path` a second name of `existing` in one step.
[[nodiscard]] std::optional<OsError> replace_by_hard_link(const std::string& existing, const std::string& path);

/// True for the names write_atomic gives its temporary files ("x.cpython-313.pyc.<digits>", CPython's too).
[[nodiscard]] bool is_temporary_name(std::string_view file_name);

}  // namespace ouro::cache
