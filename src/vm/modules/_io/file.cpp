// FileIO (CPython 3.13 Modules/_io/fileio.c).
#include <fcntl.h>

#include <cerrno>
#include <climits>

#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/interpreter/meter.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"

namespace ouro::vm {

int descriptor_write(Vm& vm, int descriptor, std::string_view bytes, std::size_t& done) {
  done = 0;
  const std::uint64_t limit = vm.options.limits.output_bytes;
  std::uint64_t& written = machine_state<IoState>(vm).output_written;
  if (limit != 0 && descriptor <= 2) {
    if (written >= limit) {
      exceed_limit(vm, "output");
      return ENOSPC;
    }
    bytes = bytes.substr(0, limit - written);
  }
  const int failure = vm.host.write(descriptor, bytes.data(), bytes.size(), done);
  if (failure == 0 && descriptor <= 2) written += done;
  return failure;
}

std::optional<std::int64_t> file_read(Vm& vm, FileIoObject* file, char* to, std::size_t size) {
  for (;;) {
    std::size_t done = 0;
    const int failure = vm.host.read(file->descriptor, to, size, done);
    if (failure == 0) return static_cast<std::int64_t>(done);
    if (failure == EAGAIN) return -1;
    if (failure != EINTR) return raise_os_error(vm, failure);
    VM_CHECK(charge_work(vm, 1));  // signal handlers run here
  }
}

std::optional<std::int64_t> file_write(Vm& vm, FileIoObject* file, std::string_view bytes) {
  for (;;) {
    std::size_t done = 0;
    const int failure = descriptor_write(vm, file->descriptor, bytes, done);
    if (failure == 0) return static_cast<std::int64_t>(done);
    if (failure == EAGAIN) return -1;
    if (failure == ENOSPC && !exceeded_limit(vm).empty()) {
      raise_limit(vm);
      return std::nullopt;
    }
    if (failure != EINTR) return raise_os_error(vm, failure);
    VM_CHECK(charge_work(vm, 1));
  }
}

namespace {

FileIoObject* file_of(Value self) { return self.as<FileIoObject>(); }

Failed raise_mode(Vm& vm, std::string_view action) {
  return raise_unsupported(vm, std::string("File not open for ") + std::string(action));
}
bool check_file(Vm& vm, FileIoObject* file) {
  if (file->descriptor < 0) return raise(vm, vm.exc.ValueError, "I/O operation on closed file");
  return true;
}

struct Mode {
  int flags = 0;
  bool readable = false, writable = false, created = false, appending = false;
};

std::optional<Mode> parse_mode(Vm& vm, std::string_view text) {
  Mode mode;
  bool plus = false;
  bool chosen = false;
  const auto bad = [&]() -> Failed {
    return raise(vm, vm.exc.ValueError,
                 "Must have exactly one of create/read/write/append mode and at most one plus");
  };
  for (const char letter : text) {
    switch (letter) {
      case 'x':
      case 'r':
      case 'w':
      case 'a':
        if (chosen) return bad();
        chosen = true;
        if (letter == 'r') mode.readable = true;
        else mode.writable = true;
        if (letter == 'x') mode.created = true, mode.flags |= O_EXCL | O_CREAT;
        if (letter == 'w') mode.flags |= O_CREAT | O_TRUNC;
        if (letter == 'a') mode.appending = true, mode.flags |= O_APPEND | O_CREAT;
        break;
      case 'b': break;
      case '+':
        if (plus) return bad();
        plus = true;
        break;
      default: return raise(vm, vm.exc.ValueError, "invalid mode: {}", text);
    }
  }
  if (!chosen) return bad();
  if (plus) mode.readable = mode.writable = true;
  mode.flags |= mode.readable && mode.writable ? O_RDWR : mode.readable ? O_RDONLY : O_WRONLY;
  return mode;
}

bool open_path(Vm& vm, FileIoObject* self, Value name, const Mode& mode, Value opener) {
  if (!opener.is_null() && !opener.is_none()) {
    VM_TRY(Ref result, call(vm, opener, {name, Value::small(mode.flags | O_CLOEXEC)}));
    if (!is_int(result)) return raise(vm, vm.exc.TypeError, "expected integer from opener");
    const auto number = int_to_int64(result);
    if (!number || *number < 0 || *number > INT_MAX) {
      if (number && *number < 0) return raise(vm, vm.exc.ValueError, "opener returned {}", *number);
      return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C int");
    }
    self->descriptor = static_cast<int>(*number);
    return true;
  }
  VM_TRY(PathArgument path, path_argument(vm, name, "", "file"));
  int failure = 0;
  do {
    failure = vm.host.open(path.bytes, mode.flags, 0666, AT_FDCWD, self->descriptor);
    if (failure == EINTR) VM_CHECK(charge_work(vm, 1));
  } while (failure == EINTR);
  if (failure != 0) {
    self->descriptor = -1;
    return raise_os_error(vm, failure, name);
  }
  return true;
}

/// A directory cannot be read as a file, whatever open() said; the block size is the default size of buffers.
bool inspect_descriptor(Vm& vm, FileIoObject* self, Value name) {
  FileStatus status;
  const int failure = vm.host.status(self->descriptor, status);
  self->block_size = kDefaultBufferSize;
  if (failure != 0) {
    if (failure == EBADF) return raise_os_error(vm, failure);
    return true;
  }
  if ((status.mode & 0170000U) == 0040000U) return raise_os_error(vm, EISDIR, name);
  if (status.block_size > 1) self->block_size = static_cast<std::int64_t>(status.block_size);
  return true;
}

bool file_init(Vm& vm, Value self_value, const CallArgs& call) {
  VM_PARSE(args, vm, "FileIO(file, mode='r', closefd=True, opener=None)", 4, call);
  auto* self = file_of(self_value);
  if (self->is_initialised && self->descriptor >= 0) {
    if (self->close_descriptor) vm.host.close(self->descriptor);
  }
  self->descriptor = -1;
  self->is_initialised = true;
  VM_TRY(const std::string mode_text, args.text(vm, 1, "r"));
  VM_TRY(const bool close_descriptor, args.boolean(vm, 2, true));
  if (is_float(args[0])) {
    return raise(vm, vm.exc.TypeError, "integer argument expected, got float");
  }
  int given = -1;
  bool by_number = false;
  if (has_index(vm, args[0])) {
    if (args[0].is_bool()) VM_CHECK(warn(vm, vm.exc.RuntimeWarning, "bool is used as a file descriptor"));
    VM_TRY(Ref index, to_index(vm, args[0]));
    const auto number = int_to_int64(index);
    if (!number || *number > INT_MAX) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C int");
    if (*number < 0) return raise(vm, vm.exc.ValueError, "negative file descriptor");
    given = static_cast<int>(*number);
    by_number = true;
  }
  VM_TRY(const Mode mode, parse_mode(vm, mode_text));
  self->created = mode.created;
  self->readable = mode.readable;
  self->writable = mode.writable;
  self->appending = mode.appending;
  self->seekable = -1;
  self->close_descriptor = close_descriptor;
  if (by_number) {
    self->descriptor = given;
  } else {
    if (!close_descriptor) return raise(vm, vm.exc.ValueError, "Cannot use file name with closefd=False");
    VM_CHECK(open_path(vm, self, args[0], mode, args.get(3, kNone)));
  }
  const auto give_up = [&] {
    if (!by_number && self->descriptor >= 0) vm.host.close(self->descriptor);
    self->descriptor = -1;
    return false;
  };
  if (!inspect_descriptor(vm, self, args[0])) return give_up();
  if (!set_attribute(vm, self_value, vm.names.name, args[0])) return give_up();
  if (mode.appending) {
    std::int64_t position = 0;
    const int failure = vm.host.seek(self->descriptor, 0, SEEK_END, position);
    if (failure != 0 && failure != ESPIPE) {
      raise_os_error(vm, failure);
      return give_up();
    }
  }
  return true;
}

Ref file_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_TRY(Ref self, io_construct(vm, type, call));
  self.as<FileIoObject>()->descriptor = -1;
  self.as<FileIoObject>()->seekable = -1;
  self.as<FileIoObject>()->close_descriptor = true;
  return self;
}

bool close_descriptor(Vm& vm, FileIoObject* self) {
  const int descriptor = std::exchange(self->descriptor, -1);
  if (descriptor < 0) return true;
  const int failure = vm.host.close(descriptor);
  return failure == 0 || static_cast<bool>(raise_os_error(vm, failure));
}

Ref file_dealloc_warn(Vm& vm, Value self, Value source) {
  auto* file = file_of(self);
  if (file->descriptor >= 0 && file->close_descriptor) {
    const Ref pending = take_error(vm);
    const Ref shown = repr(vm, source);
    if (!shown || !warn(vm, vm.exc.ResourceWarning, "unclosed file " + to_utf8(shown.as<StrObject>()))) {
      report_unraisable(vm, self);
    }
    if (pending) restore_error(vm, pending.clone());
  }
  return Ref::none();
}

Ref file_close(Vm& vm, Value self_value) {
  auto* self = file_of(self_value);
  if (!self->close_descriptor) {
    self->descriptor = -1;
    self->base_closed = true;
    return Ref::none();
  }
  if (self->finalizing) {
    Ref warned = file_dealloc_warn(vm, self_value, self_value);
    if (!warned) clear_error(vm);
  }
  bool flushed = true;
  if (!self->base_closed && type_of(vm, self_value) != vm.native_type(kFileIoType)) {
    flushed = static_cast<bool>(call_method(vm, self_value, vm.names.flush));
  }
  self->base_closed = true;
  const Ref error = take_error(vm);
  const bool closed = close_descriptor(vm, self);
  if (!flushed) {
    if (!closed) clear_error(vm);
    restore_error(vm, error.clone());
    return {};
  }
  return closed ? Ref::none() : Ref();
}

void file_finalize(Vm& vm, Object* self) {
  static_cast<FileIoObject*>(self)->finalizing = true;
  io_finalize(vm, self);
}

Ref file_readinto(Vm& vm, Value self_value, Value target) {
  auto* self = file_of(self_value);
  VM_CHECK(check_file(vm, self));
  if (!self->readable) return raise_mode(vm, "reading");
  BufferView view;
  VM_CHECK(get_buffer(vm, target, view, kBufferWritable));
  VM_TRY(const std::int64_t got, file_read(vm, self, view.data, view.length));
  return got < 0 ? Ref::none() : Ref::small(got);
}

Ref file_readall(Vm& vm, Value self_value) {
  auto* self = file_of(self_value);
  VM_CHECK(check_file(vm, self));
  std::int64_t position = 0;
  FileStatus status;
  std::size_t expected = kDefaultBufferSize;
  if (vm.host.seek(self->descriptor, 0, SEEK_CUR, position) == 0 && vm.host.status(self->descriptor, status) == 0 &&
      static_cast<std::int64_t>(status.size) > position) {
    expected = static_cast<std::size_t>(static_cast<std::int64_t>(status.size) - position) + 1;
  }
  HeapBytes all{};
  struct Guard {
    Vm& vm;
    HeapBytes& bytes;
    ~Guard() { bytes.release(vm); }
  } guard{vm, all};
  VM_CHECK(all.reserve(vm, expected));
  for (;;) {
    if (all.size == all.capacity) VM_CHECK(all.reserve(vm, all.capacity * 2));
    VM_TRY(const std::int64_t got, file_read(vm, self, all.data + all.size, all.capacity - all.size));
    if (got < 0 && all.size == 0) return Ref::none();
    if (got <= 0) break;
    all.size += static_cast<std::size_t>(got);
  }
  return new_bytes(vm, all.view());
}

Ref file_read_method(Vm& vm, Value self_value, Args& args) {
  auto* self = file_of(self_value);
  VM_CHECK(check_file(vm, self));
  if (!self->readable) return raise_mode(vm, "reading");
  VM_TRY(const std::int64_t size, size_argument(vm, args[0]));
  if (size < 0) return file_readall(vm, self_value);
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, static_cast<std::size_t>(size)));
  VM_TRY(const std::int64_t got, file_read(vm, self, bytes->data(), static_cast<std::size_t>(size)));
  if (got < 0) return Ref::none();
  if (got == size) return bytes;
  return new_bytes(vm, {bytes->data(), static_cast<std::size_t>(got)});
}

Ref file_write_method(Vm& vm, Value self_value, Value data) {
  auto* self = file_of(self_value);
  VM_CHECK(check_file(vm, self));
  if (!self->writable) return raise_mode(vm, "writing");
  BufferView view;
  VM_CHECK(get_buffer(vm, data, view));
  VM_TRY(const std::int64_t put, file_write(vm, self, view.bytes()));
  return put < 0 ? Ref::none() : Ref::small(put);
}

Ref file_seek(Vm& vm, Value self_value, Args& args) {
  auto* self = file_of(self_value);
  VM_CHECK(check_file(vm, self));
  if (is_float(args[0])) return raise(vm, vm.exc.TypeError, "'float' object cannot be interpreted as an integer");
  VM_TRY(Ref index, to_index(vm, args[0]));
  VM_TRY(const std::int64_t offset, to_int64(vm, index));
  VM_TRY(const int whence, args.integer(vm, 1, 0));
  std::int64_t position = 0;
  const int failure = vm.host.seek(self->descriptor, offset, whence, position);
  if (failure != 0) return raise_os_error(vm, failure);
  return new_int(vm, position);
}

Ref file_tell(Vm& vm, Value self_value) {
  auto* self = file_of(self_value);
  VM_CHECK(check_file(vm, self));
  std::int64_t position = 0;
  const int failure = vm.host.seek(self->descriptor, 0, SEEK_CUR, position);
  if (failure != 0) return raise_os_error(vm, failure);
  return new_int(vm, position);
}

Ref file_truncate(Vm& vm, Value self_value, Args& args) {
  auto* self = file_of(self_value);
  VM_CHECK(check_file(vm, self));
  if (!self->writable) return raise_mode(vm, "writing");
  Ref size;
  if (!args.has(0)) {
    VM_TRY(size, file_tell(vm, self_value));
  } else {
    size = Ref::share(args[0]);
  }
  VM_TRY(const std::int64_t bytes, to_int64(vm, size));
  const int failure = vm.host.truncate(self->descriptor, bytes);
  if (failure != 0) return raise_os_error(vm, failure);
  return size;
}

Ref file_fileno(Vm& vm, Value self) {
  VM_CHECK(check_file(vm, file_of(self)));
  return Ref::small(file_of(self)->descriptor);
}
Ref file_isatty(Vm& vm, Value self) {
  VM_CHECK(check_file(vm, file_of(self)));
  return Ref::boolean(vm.host.is_terminal(file_of(self)->descriptor));
}
Ref file_seekable(Vm& vm, Value self_value) {
  auto* self = file_of(self_value);
  VM_CHECK(check_file(vm, self));
  if (self->seekable < 0) {
    std::int64_t position = 0;
    self->seekable = vm.host.seek(self->descriptor, 0, SEEK_CUR, position) == 0 ? 1 : 0;
  }
  return Ref::boolean(self->seekable == 1);
}
Ref file_readable(Vm& vm, Value self) {
  VM_CHECK(check_file(vm, file_of(self)));
  return Ref::boolean(file_of(self)->readable);
}
Ref file_writable(Vm& vm, Value self) {
  VM_CHECK(check_file(vm, file_of(self)));
  return Ref::boolean(file_of(self)->writable);
}

std::string_view mode_of(const FileIoObject* self) {
  if (self->created) return self->readable ? "xb+" : "xb";
  if (self->appending) return self->readable ? "ab+" : "ab";
  if (self->readable) return self->writable ? "rb+" : "rb";
  return "wb";
}

Ref file_closed(Vm&, Value self) { return Ref::boolean(file_of(self)->descriptor < 0); }
Ref file_closefd(Vm&, Value self) { return Ref::boolean(file_of(self)->close_descriptor); }
Ref file_mode(Vm& vm, Value self) { return new_str(vm, mode_of(file_of(self))); }
Ref file_block_size(Vm& vm, Value self) { return new_int(vm, file_of(self)->block_size); }

Ref file_repr(Vm& vm, Value self) {
  auto* file = file_of(self);
  const std::string_view type = type_of(vm, self)->display_name();
  if (file->descriptor < 0) return new_str(vm, format_message("<{} [closed]>", {type}));
  const std::string_view closefd = file->close_descriptor ? "True" : "False";
  Ref name;
  VM_CHECK(find_attribute(vm, self, vm.names.name, name));
  if (!name) {
    return new_str(vm, format_message("<{} fd={} mode='{}' closefd={}>", {type, file->descriptor, mode_of(file), closefd}));
  }
  ReprGuard guard(vm, self);
  if (guard.is_cycle()) return raise(vm, vm.exc.RuntimeError, "reentrant call inside {}.__repr__", type);
  VM_TRY(Ref shown, repr(vm, name));
  return new_str(vm, format_message("<{} name={} mode='{}' closefd={}>", {type, shown.as<StrObject>(), mode_of(file), closefd}));
}

Ref no_pickle(Vm& vm, Value self, Args&) {
  return raise(vm, vm.exc.TypeError, "cannot pickle '{}' instances", type_name(vm, self));
}

constexpr MethodSpec kMethods[] = {
    {"read($self, size=-1, /)", file_read_method, "Read at most size bytes, returned as bytes."},
    {"readall($self, /)", file_readall, "Read all data from the file, returned as bytes."},
    {"readinto($self, buffer, /)", file_readinto, "Same as RawIOBase.readinto()."},
    {"write($self, b, /)", file_write_method, "Write buffer b to file, return number of bytes written."},
    {"seek($self, pos, whence=0, /)", file_seek, "Move to new file position and return the file position."},
    {"tell($self, /)", file_tell, "Current file position."},
    {"truncate($self, size=None, /)", file_truncate, "Truncate the file to at most size bytes and return the truncated size."},
    {"close($self, /)", file_close, "Close the file."},
    {"seekable($self, /)", file_seekable, "True if file supports random-access."},
    {"readable($self, /)", file_readable, "True if file was opened in a read mode."},
    {"writable($self, /)", file_writable, "True if file was opened in a write mode."},
    {"fileno($self, /)", file_fileno, "Return the underlying file descriptor (an integer)."},
    {"isatty($self, /)", file_isatty, "True if the file is connected to a TTY device."},
    {"_isatty_open_only($self, /)", file_isatty, "Cheater isatty that assumes the file was just opened."},
    {"_dealloc_warn($self, source, /)", file_dealloc_warn},
    {"__reduce__($self, /)", +[](Vm& vm, Value self) -> Ref { return raise(vm, vm.exc.TypeError, "cannot pickle '{}' instances", type_name(vm, self)); }},
    {"__reduce_ex__($self, protocol, /)", no_pickle},
};
constexpr GetSetSpec kGetSet[] = {
    {"closed", file_closed, nullptr, "True if the file is closed"},
    {"closefd", file_closefd, nullptr, "True if the file descriptor will be closed by close()."},
    {"mode", file_mode, nullptr, "String giving the file mode"},
    {"_blksize", file_block_size},
};

}  // namespace

const TypeSpec kFileIoType = {
    .name = "_io.FileIO",
    .basic_size = sizeof(FileIoObject),
    .flags = kTypeBaseType | kTypeContainer,
    .base = &kRawIoBaseType,
    .doc = "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nOpen a file.",
    .slots = {.dealloc = io_dealloc, .traverse = io_traverse, .clear = io_clear, .finalize = file_finalize,
              .construct = file_construct, .init = file_init, .repr = file_repr},
    .methods = kMethods,
    .getset = kGetSet,
    .store_offset = offsetof(IoObject, store),
    .weakref_offset = offsetof(IoObject, weakrefs),
};

}  // namespace ouro::vm
