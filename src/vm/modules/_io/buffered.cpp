// BufferedReader, BufferedWriter, BufferedRandom (behaviour of CPython 3.13 Modules/_io/bufferedio.c; bytes read ahead and
// bytes to be written are kept apart, as Lib/_pyio.py keeps them). Methods: buffered_methods.cpp.
#include "vm/modules/_io/buffered.h"

#include <cerrno>

#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/objects/exception.h"
#include "vm/objects/int.h"

namespace ouro::vm {

bool buffered_ready(Vm& vm, BufferedObject* self) {
  if (self->is_initialised) return true;
  if (self->detached) return raise(vm, vm.exc.ValueError, "raw stream has been detached");
  return raise(vm, vm.exc.ValueError, "I/O operation on uninitialized object");
}

std::optional<bool> buffered_closed(Vm& vm, BufferedObject* self) {
  VM_CHECK(buffered_ready(vm, self));
  if (self->file != nullptr) return self->file->descriptor < 0;
  return is_closed(vm, self->raw);
}

bool buffered_open(Vm& vm, BufferedObject* self, std::string_view action) {
  VM_TRY(const bool closed, buffered_closed(vm, self));
  if (closed) return raise(vm, vm.exc.ValueError, "{} closed file", action);
  return true;
}

std::optional<std::int64_t> raw_read(Vm& vm, BufferedObject* self, char* to, std::size_t size) {
  if (self->file != nullptr) return file_read(vm, self->file, to, size);
  VM_TRY(Ref space, new_bytearray(vm, {}));
  VM_CHECK(bytearray_resize(vm, space.as<BytearrayObject>(), size));
  VM_TRY(Ref count, call_method(vm, self->raw, vm.names.readinto, {space.get()}));
  if (count.is_none()) return -1;
  VM_TRY(const std::int64_t got, to_ssize(vm, count, vm.exc.ValueError));
  if (got < 0 || static_cast<std::size_t>(got) > size) {
    return raise(vm, vm.exc.OSError, "raw readinto() returned invalid length {} (should have been between 0 and {})", got, size);
  }
  std::memcpy(to, space.as<BytearrayObject>()->data, static_cast<std::size_t>(got));
  return got;
}

std::optional<std::int64_t> raw_write(Vm& vm, BufferedObject* self, std::string_view bytes) {
  if (self->file != nullptr) return file_write(vm, self->file, bytes);
  VM_TRY(Own<BytesObject> copy, new_bytes(vm, bytes));
  VM_TRY(Ref view, new_memoryview(vm, copy));
  VM_TRY(Ref count, call_method(vm, self->raw, vm.names.write, {view.get()}));
  if (count.is_none()) return -1;
  VM_TRY(const std::int64_t put, to_ssize(vm, count, vm.exc.ValueError));
  if (put < 0 || static_cast<std::size_t>(put) > bytes.size()) {
    return raise(vm, vm.exc.OSError, "raw write() returned invalid length {} (should have been between 0 and {})", put, bytes.size());
  }
  return put;
}

std::optional<std::int64_t> raw_seek(Vm& vm, BufferedObject* self, std::int64_t offset, int whence) {
  VM_TRY(Ref target, new_int(vm, offset));
  VM_TRY(Ref position, call_method(vm, self->raw, vm.names.seek, {target.get(), Value::small(whence)}));
  VM_TRY(const std::int64_t result, to_int64(vm, position));
  if (result < 0) return raise(vm, vm.exc.OSError, "Raw stream returned invalid position {}", result);
  return result;
}

std::optional<std::int64_t> raw_tell(Vm& vm, BufferedObject* self) {
  VM_TRY(Ref position, call_method(vm, self->raw, vm.names.tell));
  VM_TRY(const std::int64_t result, to_int64(vm, position));
  if (result < 0) return raise(vm, vm.exc.OSError, "Raw stream returned invalid position {}", result);
  return result;
}

void buffered_forget(BufferedObject* self) { self->ahead.size = self->ahead_at = 0; }

bool buffered_rewind(Vm& vm, BufferedObject* self) {
  const std::size_t unread = buffered_unread(self).size();
  if (unread != 0) VM_CHECK(raw_seek(vm, self, -static_cast<std::int64_t>(unread), 1));
  buffered_forget(self);
  return true;
}

bool buffered_fill(Vm& vm, BufferedObject* self, std::size_t most, std::int64_t& got) {
  if (self->ahead_at != 0) {
    self->ahead.erase_front(self->ahead_at);
    self->ahead_at = 0;
  }
  VM_CHECK(self->ahead.reserve(vm, self->ahead.size + most));
  VM_TRY(got, raw_read(vm, self, self->ahead.data + self->ahead.size, most));
  if (got > 0) self->ahead.size += static_cast<std::size_t>(got);
  return true;
}

namespace {

Failed raise_would_block(Vm& vm, std::int64_t written) {
  VM_TRY(Own<StrObject> message, new_str(vm, "write could not complete without blocking"));
  VM_TRY(Ref error, call(vm, Value(vm.exc.BlockingIOError), {Value::small(EAGAIN), Value(message.get()), Value::small(written)}));
  return raise_instance(vm, error);
}

}  // namespace

bool buffered_flush_pending(Vm& vm, BufferedObject* self) {
  std::size_t at = 0;
  bool ok = true;
  while (at < self->pending.size && ok) {
    const auto put = raw_write(vm, self, self->pending.view().substr(at));
    if (!put) {
      ok = false;
    } else if (*put < 0) {
      raise_would_block(vm, 0);
      ok = false;
    } else {
      at += static_cast<std::size_t>(*put);
    }
  }
  self->pending.erase_front(at);
  return ok;
}

bool buffered_flush(Vm& vm, BufferedObject* self) {
  VM_CHECK(buffered_flush_pending(vm, self));
  if (self->readable && self->writable) return buffered_rewind(vm, self);
  return true;
}

bool buffered_write_bytes(Vm& vm, BufferedObject* self, std::string_view bytes) {
  if (self->readable && self->ahead.size != 0) VM_CHECK(buffered_rewind(vm, self));
  if (self->pending.size + bytes.size() <= self->buffer_size) return self->pending.append(vm, bytes);
  if (!buffered_flush_pending(vm, self)) {
    if (!error_matches(vm, vm.exc.BlockingIOError)) return false;
    // What still fits is kept; the rest is reported as not written.
    const std::size_t room = self->buffer_size - std::min(self->buffer_size, self->pending.size);
    if (bytes.size() <= room) {
      clear_error(vm);
      return self->pending.append(vm, bytes);
    }
    clear_error(vm);
    VM_CHECK(self->pending.append(vm, bytes.substr(0, room)));
    return raise_would_block(vm, static_cast<std::int64_t>(room));
  }
  std::size_t at = 0;
  while (bytes.size() - at > self->buffer_size) {
    VM_TRY(const std::int64_t put, raw_write(vm, self, bytes.substr(at)));
    if (put < 0) {
      const std::size_t kept = std::min(self->buffer_size, bytes.size() - at);
      VM_CHECK(self->pending.append(vm, bytes.substr(at, kept)));
      return raise_would_block(vm, static_cast<std::int64_t>(at + kept));
    }
    at += static_cast<std::size_t>(put);
  }
  return self->pending.append(vm, bytes.substr(at));
}

}  // namespace ouro::vm
