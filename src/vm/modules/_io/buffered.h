// What the two parts of the buffered streams share.
#pragma once

#include <optional>
#include <string_view>

#include "vm/modules/_io/io_objects.h"

namespace ouro::vm {

/// ValueError for a stream that was never initialised or is detached.
[[nodiscard]] bool buffered_ready(Vm& vm, BufferedObject* self);
[[nodiscard]] std::optional<bool> buffered_closed(Vm& vm, BufferedObject* self);
/// ValueError "{action} closed file".
[[nodiscard]] bool buffered_open(Vm& vm, BufferedObject* self, std::string_view action);
/// One read of the raw stream; -1: it would block. 0: the end.
[[nodiscard]] std::optional<std::int64_t> raw_read(Vm& vm, BufferedObject* self, char* to, std::size_t size);
[[nodiscard]] std::optional<std::int64_t> raw_write(Vm& vm, BufferedObject* self, std::string_view bytes);
[[nodiscard]] std::optional<std::int64_t> raw_seek(Vm& vm, BufferedObject* self, std::int64_t offset, int whence);
[[nodiscard]] std::optional<std::int64_t> raw_tell(Vm& vm, BufferedObject* self);
/// Bytes read ahead and not given out yet.
[[nodiscard]] inline std::string_view buffered_unread(const BufferedObject* self) { return self->ahead.view().substr(self->ahead_at); }
void buffered_forget(BufferedObject* self);
/// Puts the raw stream back to where the reader stands, and forgets what was read ahead.
[[nodiscard]] bool buffered_rewind(Vm& vm, BufferedObject* self);
/// Reads up to `most` bytes more ahead; `got` as raw_read gives it.
[[nodiscard]] bool buffered_fill(Vm& vm, BufferedObject* self, std::size_t most, std::int64_t& got);
[[nodiscard]] bool buffered_flush_pending(Vm& vm, BufferedObject* self);
/// One line, `limit` < 0: of any length; a bytes object.
[[nodiscard]] Ref buffered_readline(Vm& vm, BufferedObject* self, std::int64_t limit);
/// read1: at most one raw read.
[[nodiscard]] Ref buffered_read1(Vm& vm, BufferedObject* self, std::int64_t size);

}  // namespace ouro::vm
