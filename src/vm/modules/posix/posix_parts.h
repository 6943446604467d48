// What the parts of the posix module share.
#pragma once

#include <fcntl.h>

#include <span>

#include "vm/core/binding.h"
#include "vm/host/host.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/objects/struct_sequence.h"

namespace ouro::vm {

[[nodiscard]] std::span<const MethodSpec> posix_file_functions();
[[nodiscard]] std::span<const MethodSpec> posix_descriptor_functions();
[[nodiscard]] std::span<const MethodSpec> posix_directory_functions();
[[nodiscard]] std::span<const MethodSpec> posix_process_functions();
[[nodiscard]] std::span<const MethodSpec> posix_system_functions();
[[nodiscard]] bool add_posix_constants(Vm& vm, ModuleObject* module);

/// os.stat_result of a status.
[[nodiscard]] Ref new_stat_result(Vm& vm, const FileStatus& status);
/// dir_fd: None or absent is AT_FDCWD.
[[nodiscard]] std::optional<int> directory_argument(Vm& vm, Args& args, std::size_t at);
/// For what the host has no method of: OSError(EPERM) unless system calls may be made.
[[nodiscard]] bool system_calls_allowed(Vm& vm);
[[nodiscard]] bool processes_allowed(Vm& vm);
/// None, or the error of a host function about a path.
[[nodiscard]] Ref path_done(Vm& vm, int failure, const PathArgument& path);
[[nodiscard]] Ref path_done(Vm& vm, int failure, const PathArgument& from, const PathArgument& to);

extern const StructSequenceSpec kStatResult, kTerminalSize, kUnameResult, kTimesResult, kStatvfsResult, kSchedParam;
extern const TypeSpec kDirEntryType, kScandirType;

}  // namespace ouro::vm
