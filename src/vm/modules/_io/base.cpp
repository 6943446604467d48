// _IOBase, _RawIOBase, _BufferedIOBase, _TextIOBase (CPython 3.13 Modules/_io/iobase.c, bufferedio.c, textio.c).
#include "vm/core/protocol.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

bool HeapBytes::reserve(Vm& vm, std::size_t wanted) {
  if (wanted <= capacity) return true;
  std::size_t more = capacity + capacity / 2;
  if (more < wanted) more = wanted;
  if (more < 64) more = 64;
  void* moved = vm.heap.reallocate(data, capacity, more);
  if (moved == nullptr) return raise_memory_error(vm);
  data = static_cast<char*>(moved);
  capacity = more;
  return true;
}
bool HeapBytes::append(Vm& vm, std::string_view bytes) {
  if (bytes.empty()) return true;
  if (!reserve(vm, size + bytes.size())) return false;
  std::memcpy(data + size, bytes.data(), bytes.size());
  size += bytes.size();
  return true;
}
void HeapBytes::erase_front(std::size_t count) {
  if (count == 0) return;
  size -= count;
  if (size != 0) std::memmove(data, data + count, size);
}
void HeapBytes::release(Vm& vm) {
  if (data != nullptr) vm.heap.free(data, capacity);
  data = nullptr;
  size = capacity = 0;
}

TypeObject* unsupported_operation(Vm& vm) {
  IoState& state = machine_state<IoState>(vm);
  if (!state.unsupported) {
    const Own<TupleObject> bases = new_tuple(vm, {Value(vm.exc.OSError), Value(vm.exc.ValueError)});
    if (bases) state.unsupported = new_simple_class(vm, "io.UnsupportedOperation", bases);
    if (!state.unsupported) {
      clear_error(vm);
      return vm.exc.OSError;
    }
  }
  return state.unsupported.as<TypeObject>();
}

Failed raise_unsupported(Vm& vm, std::string_view message) { return raise_text(vm, unsupported_operation(vm), message); }

std::optional<bool> is_closed(Vm& vm, Value self) {
  VM_TRY(Ref closed, get_attribute(vm, self, "closed"));
  bool result = false;
  VM_CHECK(truth(vm, closed, result));
  return result;
}

bool check_open(Vm& vm, Value self) {
  VM_TRY(const bool closed, is_closed(vm, self));
  if (closed) return raise(vm, vm.exc.ValueError, "I/O operation on closed file.");
  return true;
}

Ref io_construct(Vm& vm, TypeObject* type, const CallArgs&) {
  auto* self = allocate<IoObject>(vm, type);
  if (self == nullptr) return {};
  vm.heap.track(self);
  return Ref::adopt(self);
}
void io_traverse(Object* self, Visitor& visit) { store_traverse(self, static_cast<IoObject*>(self)->store, visit); }
void io_clear(Vm& vm, Object* self) { store_clear(vm, static_cast<IoObject*>(self)->store); }
void io_dealloc(Vm& vm, Object* self) {
  vm.heap.untrack(static_cast<GcObject*>(self));
  const TypeObject* type = self->type;
  // The native type's own clear: that of a class would do more than its dealloc leaves over.
  const auto clear = type->spec->slots.clear;
  if (clear != nullptr) clear(vm, self);
  store_clear(vm, static_cast<IoObject*>(self)->store);
  free_object(vm, self, type->basic_size);
}

void io_finalize(Vm& vm, Object* self) {
  const Ref pending = take_error(vm);
  const auto closed = is_closed(vm, self);
  if (closed && !*closed) {
    const Ref done = call_method(vm, self, vm.names.close);
  }
  clear_error(vm);
  if (pending) restore_error(vm, pending.clone());
}

std::optional<std::int64_t> size_argument(Vm& vm, Value value) {
  if (value.is_null() || value.is_none()) return -1;
  if (!has_index(vm, value)) {
    return raise(vm, vm.exc.TypeError, "argument should be integer or None, not '{}'", type_name(vm, value));
  }
  VM_TRY(const std::int64_t size, to_ssize(vm, value, vm.exc.OverflowError));
  return size < 0 ? -1 : size;
}

namespace {

IoObject* io(Value self) { return self.as<IoObject>(); }

// --- _IOBase
Ref base_seek(Vm& vm, Value, Args&) { return raise_unsupported(vm, "seek"); }
Ref base_tell(Vm& vm, Value self) {
  return call_method(vm, self, vm.names.seek, {Value::small(0), Value::small(1)});
}
Ref base_truncate(Vm& vm, Value, Args&) { return raise_unsupported(vm, "truncate"); }
Ref base_fileno(Vm& vm, Value) { return raise_unsupported(vm, "fileno"); }

Ref base_flush(Vm& vm, Value self) {
  if (io(self)->base_closed) return raise(vm, vm.exc.ValueError, "I/O operation on closed file.");
  return Ref::none();
}
Ref base_close(Vm& vm, Value self) {
  if (io(self)->base_closed) return Ref::none();
  const Ref flushed = call_method(vm, self, vm.names.flush);
  io(self)->base_closed = true;
  if (!flushed) return {};
  return Ref::none();
}
Ref base_closed(Vm&, Value self) { return Ref::boolean(io(self)->base_closed); }
Ref base_false(Vm&, Value) { return Ref::boolean(false); }
Ref base_isatty(Vm& vm, Value self) {
  VM_CHECK(check_open(vm, self));
  return Ref::boolean(false);
}

Ref check_able(Vm& vm, Value self, StrObject* question, std::string_view message) {
  VM_TRY(Ref able, call_method(vm, self, question));
  if (!able.get().is_true()) return raise_unsupported(vm, message);
  return able;
}
Ref base_check_closed(Vm& vm, Value self) {
  VM_CHECK(check_open(vm, self));
  return Ref::none();
}
Ref base_check_seekable(Vm& vm, Value self) { return check_able(vm, self, vm.names.seekable, "File or stream is not seekable."); }
Ref base_check_readable(Vm& vm, Value self) { return check_able(vm, self, vm.names.readable, "File or stream is not readable."); }
Ref base_check_writable(Vm& vm, Value self) { return check_able(vm, self, vm.names.writable, "File or stream is not writable."); }

Ref base_enter(Vm& vm, Value self) {
  VM_CHECK(check_open(vm, self));
  return Ref::share(self);
}
Ref base_exit(Vm& vm, Value self, Args&) { return call_method(vm, self, vm.names.close); }

Ref base_iter(Vm& vm, Value self) {
  VM_CHECK(check_open(vm, self));
  return Ref::share(self);
}
Ref base_next(Vm& vm, Value self) {
  VM_TRY(Ref line, call_method(vm, self, vm.names.readline));
  VM_TRY(const std::size_t size, length(vm, line));
  if (size == 0) return {};
  return line;
}

/// How many bytes to read so as not to go beyond the line: what peek() shows, or one.
std::optional<std::int64_t> bytes_up_to_line(Vm& vm, Value peek, std::int64_t limit) {
  if (peek.is_null()) return 1;
  VM_TRY(Ref ahead, call(vm, peek, {Value::small(1)}));
  if (!is_bytes(ahead)) {
    return raise(vm, vm.exc.OSError, "peek() should have returned a bytes object, not '{}'", type_name(vm, ahead));
  }
  std::string_view bytes = ahead.as<BytesObject>()->view();
  if (bytes.empty()) return 1;
  if (limit >= 0) bytes = bytes.substr(0, static_cast<std::size_t>(limit));
  const std::size_t newline = bytes.find('\n');
  return static_cast<std::int64_t>(newline == std::string_view::npos ? bytes.size() : newline + 1);
}

Ref base_readline(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t limit, size_argument(vm, args[0]));
  Ref peek;
  VM_TRY(Own<StrObject> peek_name, new_str(vm, "peek"));
  VM_CHECK(find_attribute(vm, self, peek_name, peek));
  std::string line;
  while (limit < 0 || static_cast<std::int64_t>(line.size()) < limit) {
    const std::int64_t left = limit < 0 ? -1 : limit - static_cast<std::int64_t>(line.size());
    VM_TRY(const std::int64_t count, bytes_up_to_line(vm, peek, left));
    VM_TRY(Ref piece, call_method(vm, self, vm.names.read, {Value::small(count)}));
    if (!is_bytes(piece)) {
      return raise(vm, vm.exc.OSError, "read() should have returned a bytes object, not '{}'", type_name(vm, piece));
    }
    const std::string_view bytes = piece.as<BytesObject>()->view();
    if (bytes.empty()) break;
    if (!vm.heap.has_room(line.size() + bytes.size())) return raise_memory_error(vm);
    line += bytes;
    VM_CHECK(charge_work(vm, 1 + bytes.size() / 32));
    if (line.back() == '\n') break;
  }
  return new_bytes(vm, line);
}

Ref all_lines(Vm& vm, Value self) {
  VM_TRY(Own<ListObject> lines, new_list(vm));
  VM_CHECK(for_each(vm, self, [&](Value line) -> bool { return list_append(vm, lines, line); }));
  return lines;
}

/// readlines(hint): lines are taken until their sizes reach the hint.
Ref base_readlines_hint(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t hint, size_argument(vm, args[0]));
  if (hint <= 0) return all_lines(vm, self);
  VM_TRY(Own<ListObject> lines, new_list(vm));
  VM_TRY(Ref iterator, get_iter(vm, self));
  std::size_t total = 0;
  for (;;) {
    Ref line = iter_next(vm, iterator);
    if (!line) {
      if (has_error(vm)) return {};
      return lines;
    }
    VM_TRY(const std::size_t size, length(vm, line));
    VM_CHECK(list_append(vm, lines, std::move(line)));
    total += size;
    if (total > static_cast<std::size_t>(hint)) return lines;
  }
}

Ref base_writelines(Vm& vm, Value self, Value lines) {
  VM_CHECK(check_open(vm, self));
  VM_CHECK(for_each(vm, lines, [&](Value line) { return static_cast<bool>(call_method(vm, self, vm.names.write, {line})); }));
  return Ref::none();
}

constexpr MethodSpec kBaseMethods[] = {
    {"seek($self, offset, whence=0, /)", base_seek, "Change the stream position to the given byte offset."},
    {"tell($self, /)", base_tell, "Return current stream position."},
    {"truncate($self, size=None, /)", base_truncate, "Truncate file to size bytes."},
    {"flush($self, /)", base_flush, "Flush write buffers, if applicable."},
    {"close($self, /)", base_close, "Flush and close the IO object."},
    {"seekable($self, /)", base_false, "Return whether object supports random access."},
    {"readable($self, /)", base_false, "Return whether object was opened for reading."},
    {"writable($self, /)", base_false, "Return whether object was opened for writing."},
    {"_checkClosed($self, /)", base_check_closed},
    {"_checkSeekable($self, /)", base_check_seekable},
    {"_checkReadable($self, /)", base_check_readable},
    {"_checkWritable($self, /)", base_check_writable},
    {"fileno($self, /)", base_fileno, "Return underlying file descriptor if one exists."},
    {"isatty($self, /)", base_isatty, "Return whether this is an 'interactive' stream."},
    {"__enter__($self, /)", base_enter},
    {"__exit__($self, /, *args)", base_exit},
    {"readline($self, size=-1, /)", base_readline, "Read and return a line from the stream."},
    {"readlines($self, hint=-1, /)", base_readlines_hint, "Return a list of lines from the stream."},
    {"writelines($self, lines, /)", base_writelines, "Write a list of lines to stream."},
};
constexpr GetSetSpec kBaseGetSet[] = {{"closed", base_closed}};

// --- _RawIOBase
Ref raw_readall(Vm& vm, Value self) {
  std::string all;
  for (;;) {
    VM_TRY(Ref piece, call_method(vm, self, vm.names.read, {Value::small(kDefaultBufferSize)}));
    if (piece.is_none()) {
      if (all.empty()) return Ref::none();
      break;
    }
    if (!is_bytes(piece)) return raise(vm, vm.exc.TypeError, "read() should return bytes");
    const std::string_view bytes = piece.as<BytesObject>()->view();
    if (bytes.empty()) break;
    if (!vm.heap.has_room(all.size() + bytes.size())) return raise_memory_error(vm);
    all += bytes;
  }
  return new_bytes(vm, all);
}

Ref raw_read(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t size, size_argument(vm, args[0]));
  if (size < 0) return call_method(vm, self, vm.names.readall);
  if (!vm.heap.has_room(static_cast<std::size_t>(size))) return raise_memory_error(vm);
  VM_TRY(Ref space, new_bytearray(vm, {}));
  VM_CHECK(bytearray_resize(vm, space.as<BytearrayObject>(), static_cast<std::size_t>(size)));
  VM_TRY(Ref count, call_method(vm, self, vm.names.readinto, {space.get()}));
  if (count.is_none()) return count;
  VM_TRY(const std::int64_t got, to_ssize(vm, count, vm.exc.ValueError));
  const std::string_view bytes = space.as<BytearrayObject>()->view();
  if (got < 0 || static_cast<std::size_t>(got) > bytes.size()) {
    return raise(vm, vm.exc.ValueError, "readinto returned {} outside buffer size {}", got, size);
  }
  return new_bytes(vm, bytes.substr(0, static_cast<std::size_t>(got)));
}

constexpr MethodSpec kRawMethods[] = {
    {"read($self, size=-1, /)", raw_read},
    {"readall($self, /)", raw_readall, "Read until EOF, using multiple read() call."},
};

// --- _BufferedIOBase
Ref buffered_detach(Vm& vm, Value) { return raise_unsupported(vm, "detach"); }
Ref buffered_read(Vm& vm, Value, Args&) { return raise_unsupported(vm, "read"); }
Ref buffered_read1(Vm& vm, Value, Args&) { return raise_unsupported(vm, "read1"); }
Ref buffered_write(Vm& vm, Value, Value) { return raise_unsupported(vm, "write"); }

Ref read_into(Vm& vm, Value self, Value target, StrObject* reader) {
  BufferView view;
  VM_CHECK(get_buffer(vm, target, view, kBufferWritable));
  VM_TRY(Ref size, new_int(vm, static_cast<std::int64_t>(view.length)));
  VM_TRY(Ref data, call_method(vm, self, reader, {size.get()}));
  if (!is_bytes(data)) return raise(vm, vm.exc.TypeError, "read() should return bytes");
  const std::string_view bytes = data.as<BytesObject>()->view();
  if (bytes.size() > view.length) {
    return raise(vm, vm.exc.ValueError, "read() returned too much data: {} bytes requested, {} returned", view.length,
                 bytes.size());
  }
  if (!bytes.empty()) std::memcpy(view.data, bytes.data(), bytes.size());
  return Ref::small(static_cast<std::int64_t>(bytes.size()));
}
Ref buffered_readinto(Vm& vm, Value self, Value target) { return read_into(vm, self, target, vm.names.read); }
Ref buffered_readinto1(Vm& vm, Value self, Value target) { return read_into(vm, self, target, vm.names.read1); }

constexpr MethodSpec kBufferedMethods[] = {
    {"detach($self, /)", buffered_detach, "Disconnect this buffer from its underlying raw stream and return it."},
    {"read($self, size=-1, /)", buffered_read, "Read and return up to n bytes."},
    {"read1($self, size=-1, /)", buffered_read1, "Read and return up to size bytes, with at most one read() call to the underlying raw stream."},
    {"readinto($self, buffer, /)", buffered_readinto},
    {"readinto1($self, buffer, /)", buffered_readinto1},
    {"write($self, b, /)", buffered_write, "Write buffer b to the IO stream."},
};

// --- _TextIOBase
Ref text_read(Vm& vm, Value, Args&) { return raise_unsupported(vm, "read"); }
Ref text_read_line(Vm& vm, Value, Args&) { return raise_unsupported(vm, "readline"); }
Ref text_none(Vm&, Value) { return Ref::none(); }

constexpr MethodSpec kTextMethods[] = {
    {"detach($self, /)", buffered_detach, "Separate the underlying buffer from the TextIOBase and return it."},
    {"read($self, size=-1, /)", text_read, "Read at most size characters from stream."},
    {"readline($self, size=-1, /)", text_read_line, "Read until newline or EOF."},
    {"write($self, s, /)", buffered_write, "Write string s to stream."},
};
constexpr GetSetSpec kTextGetSet[] = {
    {"encoding", text_none, nullptr, "Encoding of the text stream."},
    {"newlines", text_none, nullptr, "Line endings translated so far."},
    {"errors", text_none, nullptr, "The error setting of the decoder or encoder."},
};

constexpr std::uint32_t kFlags = kTypeBaseType | kTypeContainer;
constexpr TypeSlots kBaseSlots = {.dealloc = io_dealloc, .traverse = io_traverse, .clear = io_clear, .finalize = io_finalize,
                                  .construct = io_construct, .iter = base_iter, .next = base_next};

}  // namespace

const TypeSpec kIoBaseType = {.name = "_io._IOBase", .basic_size = sizeof(IoObject), .flags = kFlags,
                              .doc = "The abstract base class for all I/O classes.", .slots = kBaseSlots,
                              .methods = kBaseMethods, .getset = kBaseGetSet, .store_offset = offsetof(IoObject, store),
                              .weakref_offset = offsetof(IoObject, weakrefs)};
const TypeSpec kRawIoBaseType = {.name = "_io._RawIOBase", .basic_size = sizeof(IoObject), .flags = kFlags, .base = &kIoBaseType,
                                 .doc = "Base class for raw binary I/O.", .methods = kRawMethods,
                                 .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};
const TypeSpec kBufferedIoBaseType = {.name = "_io._BufferedIOBase", .basic_size = sizeof(IoObject), .flags = kFlags, .base = &kIoBaseType,
                                      .doc = "Base class for buffered IO objects.", .methods = kBufferedMethods,
                                      .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};
const TypeSpec kTextIoBaseType = {.name = "_io._TextIOBase", .basic_size = sizeof(IoObject), .flags = kFlags, .base = &kIoBaseType,
                                  .doc = "Base class for text I/O.", .methods = kTextMethods, .getset = kTextGetSet,
                                  .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};

}  // namespace ouro::vm
