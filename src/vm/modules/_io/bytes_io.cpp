// BytesIO (CPython 3.13 Modules/_io/bytesio.c).
#include "vm/core/protocol.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

/// What getbuffer() exports: it keeps the BytesIO and holds its size while a view lives.
struct BytesBufferObject : GcObject {
  Value source;
};

BytesIoObject* bytes_io(Value self) { return self.as<BytesIoObject>(); }

bool check(Vm& vm, const BytesIoObject* self) {
  if (self->closed) return raise(vm, vm.exc.ValueError, "I/O operation on closed file.");
  return true;
}
bool check_exports(Vm& vm, const BytesIoObject* self) {
  if (self->exports > 0) return raise(vm, vm.exc.BufferError, "Existing exports of data: object cannot be re-sized");
  return true;
}

std::string_view rest_of(const BytesIoObject* self) {
  const std::string_view all = self->content.view();
  return all.substr(std::min(self->position, all.size()));
}

bool write_bytes(Vm& vm, BytesIoObject* self, std::string_view bytes) {
  if (bytes.empty()) return true;
  const std::size_t end = self->position + bytes.size();
  if (end > self->content.size) {
    VM_CHECK(self->content.reserve(vm, end));
    if (self->position > self->content.size) {
      std::memset(self->content.data + self->content.size, 0, self->position - self->content.size);
    }
    self->content.size = end;
  }
  std::memcpy(self->content.data + self->position, bytes.data(), bytes.size());
  self->position = end;
  return true;
}

bool bytes_init(Vm& vm, Value self_value, const CallArgs& call) {
  VM_PARSE(args, vm, "BytesIO(initial_bytes=b'')", 1, call);
  auto* self = bytes_io(self_value);
  VM_CHECK(check_exports(vm, self));
  self->content.size = self->position = 0;
  self->closed = false;
  if (!args.has(0)) return true;
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_CHECK(self->content.append(vm, view.bytes()));
  return true;
}

void bytes_clear(Vm& vm, Object* self) {
  static_cast<BytesIoObject*>(self)->content.release(vm);
  io_clear(vm, self);
}
void bytes_dealloc(Vm& vm, Object* self) {
  vm.heap.untrack(static_cast<GcObject*>(self));
  bytes_clear(vm, self);
  free_object(vm, self, self->type->basic_size);
}

Ref bytes_read_method(Vm& vm, Value self_value, Args& args) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check(vm, self));
  VM_TRY(const std::int64_t size, size_argument(vm, args[0]));
  std::string_view rest = rest_of(self);
  if (size >= 0) rest = rest.substr(0, static_cast<std::size_t>(size));
  self->position += rest.size();
  return new_bytes(vm, rest);
}

std::string_view next_line(BytesIoObject* self, std::int64_t limit) {
  std::string_view rest = rest_of(self);
  const std::size_t newline = rest.find('\n');
  if (newline != std::string_view::npos) rest = rest.substr(0, newline + 1);
  if (limit >= 0) rest = rest.substr(0, static_cast<std::size_t>(limit));
  self->position += rest.size();
  return rest;
}

Ref bytes_readline(Vm& vm, Value self_value, Args& args) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check(vm, self));
  VM_TRY(const std::int64_t limit, size_argument(vm, args[0]));
  return new_bytes(vm, next_line(self, limit));
}

Ref bytes_readlines(Vm& vm, Value self_value, Args& args) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check(vm, self));
  VM_TRY(const std::int64_t hint, size_argument(vm, args[0]));
  VM_TRY(Own<ListObject> lines, new_list(vm));
  std::size_t total = 0;
  for (;;) {
    const std::string_view line = next_line(self, -1);
    if (line.empty()) break;
    VM_CHECK(list_append(vm, lines, Ref(new_bytes(vm, line))));
    total += line.size();
    if (hint > 0 && total >= static_cast<std::size_t>(hint)) break;
  }
  return lines;
}

Ref bytes_next(Vm& vm, Value self_value) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check(vm, self));
  const std::string_view line = next_line(self, -1);
  if (line.empty()) return {};
  return new_bytes(vm, line);
}

Ref bytes_readinto(Vm& vm, Value self_value, Value target) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check(vm, self));
  BufferView view;
  VM_CHECK(get_buffer(vm, target, view, kBufferWritable));
  const std::string_view rest = rest_of(self).substr(0, view.length);
  if (!rest.empty()) std::memmove(view.data, rest.data(), rest.size());
  self->position += rest.size();
  return Ref::small(static_cast<std::int64_t>(rest.size()));
}

Ref bytes_write(Vm& vm, Value self_value, Value data) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check(vm, self) && check_exports(vm, self));
  BufferView view;
  VM_CHECK(get_buffer(vm, data, view));
  VM_CHECK(check(vm, self));
  VM_CHECK(write_bytes(vm, self, view.bytes()));
  return Ref::small(static_cast<std::int64_t>(view.length));
}

Ref bytes_writelines(Vm& vm, Value self, Value lines) {
  VM_CHECK(check(vm, bytes_io(self)));
  VM_CHECK(for_each(vm, lines, [&](Value line) { return static_cast<bool>(bytes_write(vm, self, line)); }));
  return Ref::none();
}

Ref bytes_seek(Vm& vm, Value self_value, Args& args) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check(vm, self));
  VM_TRY(Ref index, to_index(vm, args[0]));
  VM_TRY(std::int64_t offset, to_ssize(vm, index, vm.exc.OverflowError));
  VM_TRY(const int whence, args.integer(vm, 1, 0));
  if (offset < 0 && whence == 0) return raise(vm, vm.exc.ValueError, "negative seek value {}", offset);
  if (whence < 0 || whence > 2) return raise(vm, vm.exc.ValueError, "invalid whence ({}, should be 0, 1 or 2)", whence);
  const std::size_t base = whence == 0 ? 0 : whence == 1 ? self->position : self->content.size;
  if (offset > 0 && offset > INT64_MAX - static_cast<std::int64_t>(base)) {
    return raise(vm, vm.exc.OverflowError, "new position too large");
  }
  offset += static_cast<std::int64_t>(base);
  self->position = offset < 0 ? 0 : static_cast<std::size_t>(offset);
  return new_int(vm, static_cast<std::int64_t>(self->position));
}

Ref bytes_tell(Vm& vm, Value self) {
  VM_CHECK(check(vm, bytes_io(self)));
  return new_int(vm, static_cast<std::int64_t>(bytes_io(self)->position));
}

Ref bytes_truncate(Vm& vm, Value self_value, Args& args) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check(vm, self) && check_exports(vm, self));
  std::int64_t size = static_cast<std::int64_t>(self->position);
  if (args.has(0)) {
    VM_TRY(Ref index, to_index(vm, args[0]));
    VM_TRY(size, to_ssize(vm, index, vm.exc.OverflowError));
    if (size < 0) return raise(vm, vm.exc.ValueError, "negative size value {}", size);
  }
  if (static_cast<std::size_t>(size) < self->content.size) self->content.size = static_cast<std::size_t>(size);
  return new_int(vm, size);
}

Ref bytes_getvalue(Vm& vm, Value self) {
  VM_CHECK(check(vm, bytes_io(self)));
  return new_bytes(vm, bytes_io(self)->content.view());
}

Ref bytes_close(Vm& vm, Value self_value) {
  auto* self = bytes_io(self_value);
  VM_CHECK(check_exports(vm, self));
  self->content.release(vm);
  self->closed = true;
  return Ref::none();
}

Ref bytes_true(Vm& vm, Value self) {
  VM_CHECK(check(vm, bytes_io(self)));
  return Ref::boolean(true);
}
Ref bytes_isatty(Vm& vm, Value self) {
  VM_CHECK(check(vm, bytes_io(self)));
  return Ref::boolean(false);
}
Ref bytes_flush(Vm& vm, Value self) {
  VM_CHECK(check(vm, bytes_io(self)));
  return Ref::none();
}
Ref bytes_closed(Vm&, Value self) { return Ref::boolean(bytes_io(self)->closed); }

Ref bytes_getstate(Vm& vm, Value self) {
  VM_TRY(Ref value, bytes_getvalue(vm, self));
  Ref attributes = Ref::none();
  auto* object = self.as<IoObject>();
  if (object->store.shape != nullptr || object->store.dict != nullptr) {
    DictObject* dict = store_dict(vm, object);
    VM_CHECK(dict != nullptr);
    VM_TRY(attributes, dict_copy(vm, dict));
  }
  VM_TRY(Ref position, new_int(vm, static_cast<std::int64_t>(bytes_io(self)->position)));
  return new_tuple(vm, {value.get(), position.get(), attributes.get()});
}

Ref bytes_setstate(Vm& vm, Value self_value, Value state) {
  auto* self = bytes_io(self_value);
  if (!is_tuple(state) || state.as<TupleObject>()->size < 3) {
    return raise(vm, vm.exc.TypeError, "{}.__setstate__ argument should be 3-tuple, got {}", type_name(vm, self_value),
                 type_name(vm, state));
  }
  VM_CHECK(check_exports(vm, self));
  TupleObject& parts = *state.as<TupleObject>();
  BufferView view;
  VM_CHECK(get_buffer(vm, parts[0], view));
  if (!is_int(parts[1])) {
    return raise(vm, vm.exc.TypeError, "second item of state must be an integer, not {}", type_name(vm, parts[1]));
  }
  VM_TRY(const std::int64_t position, to_ssize(vm, parts[1], vm.exc.OverflowError));
  if (position < 0) return raise(vm, vm.exc.ValueError, "position value cannot be negative");
  if (!parts[2].is_none() && !is_dict(parts[2])) {
    return raise(vm, vm.exc.TypeError, "third item of state should be a dict, got a {}", type_name(vm, parts[2]));
  }
  self->content.size = 0;
  self->closed = false;
  VM_CHECK(self->content.append(vm, view.bytes()));
  self->position = static_cast<std::size_t>(position);
  if (is_dict(parts[2])) {
    DictObject* dict = store_dict(vm, self);
    VM_CHECK(dict != nullptr && dict_merge(vm, dict, parts[2], OnDuplicate::Replace));
  }
  return Ref::none();
}

// --- the exported buffer
void buffer_traverse(Object* self, Visitor& visit) { visit(static_cast<BytesBufferObject*>(self)->source); }
void buffer_dealloc(Vm& vm, Object* self) {
  vm.heap.untrack(static_cast<GcObject*>(self));
  drop(static_cast<BytesBufferObject*>(self)->source);
  free_object(vm, self, self->type->basic_size);
}
bool buffer_get(Vm& vm, Value self, BufferView& view, unsigned) {
  auto* source = self.as<BytesBufferObject>()->source.as<BytesIoObject>();
  VM_CHECK(source->content.reserve(vm, 1));
  view.vm = &vm;
  view.owner = Ref::share(self);
  view.data = source->content.data;
  view.length = source->content.size;
  view.read_only = false;
  ++source->exports;
  return true;
}
void buffer_release(Vm&, Value self, BufferView&) { --self.as<BytesBufferObject>()->source.as<BytesIoObject>()->exports; }

Ref bytes_getbuffer(Vm& vm, Value self) {
  VM_CHECK(check(vm, bytes_io(self)));
  auto* exported = allocate<BytesBufferObject>(vm, vm.native_type(kBytesIoBufferType));
  if (exported == nullptr) return {};
  incref(self);
  exported->source = self;
  vm.heap.track(exported);
  const Ref owned = Ref::adopt(exported);
  return new_memoryview(vm, owned);
}

constexpr MethodSpec kMethods[] = {
    {"readable($self, /)", bytes_true, "Returns True if the IO object can be read."},
    {"seekable($self, /)", bytes_true, "Returns True if the IO object can be seeked."},
    {"writable($self, /)", bytes_true, "Returns True if the IO object can be written."},
    {"close($self, /)", bytes_close, "Disable all I/O operations."},
    {"flush($self, /)", bytes_flush, "Does nothing."},
    {"isatty($self, /)", bytes_isatty, "Always returns False."},
    {"tell($self, /)", bytes_tell, "Current file position, an integer."},
    {"write($self, b, /)", bytes_write, "Write bytes to file."},
    {"writelines($self, lines, /)", bytes_writelines, "Write lines to the file."},
    {"read1($self, size=-1, /)", bytes_read_method, "Read at most size bytes, returned as a bytes object."},
    {"readinto($self, buffer, /)", bytes_readinto, "Read bytes into buffer."},
    {"readline($self, size=-1, /)", bytes_readline, "Next line from the file, as a bytes object."},
    {"readlines($self, size=None, /)", bytes_readlines, "List of bytes objects, each a line from the file."},
    {"read($self, size=-1, /)", bytes_read_method, "Read at most size bytes, returned as a bytes object."},
    {"getbuffer($self, /)", bytes_getbuffer, "Get a read-write view over the contents of the BytesIO object."},
    {"getvalue($self, /)", bytes_getvalue, "Retrieve the entire contents of the BytesIO object."},
    {"seek($self, pos, whence=0, /)", bytes_seek, "Change stream position."},
    {"truncate($self, size=None, /)", bytes_truncate, "Truncate the file to at most size bytes."},
    {"__getstate__($self, /)", bytes_getstate},
    {"__setstate__($self, state, /)", bytes_setstate},
};
constexpr GetSetSpec kGetSet[] = {{"closed", bytes_closed, nullptr, "True if the file is closed."}};

}  // namespace

const TypeSpec kBytesIoType = {
    .name = "_io.BytesIO", .basic_size = sizeof(BytesIoObject), .flags = kTypeBaseType | kTypeContainer, .base = &kBufferedIoBaseType,
    .doc = "BytesIO(initial_bytes=b'')\n--\n\nBuffered I/O implementation using an in-memory bytes buffer.",
    .slots = {.dealloc = bytes_dealloc, .traverse = io_traverse, .clear = io_clear, .construct = io_construct, .init = bytes_init,
              .iter = iter_self, .next = bytes_next},
    .methods = kMethods, .getset = kGetSet, .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};

const TypeSpec kBytesIoBufferType = {
    .name = "_io._BytesIOBuffer", .basic_size = sizeof(BytesBufferObject), .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = buffer_dealloc, .traverse = buffer_traverse, .get_buffer = buffer_get, .release_buffer = buffer_release}};

}  // namespace ouro::vm
