// StringIO (CPython 3.13 Modules/_io/stringio.c): text in memory, four bytes a character.
#include "vm/core/protocol.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

StringIoObject* string_io(Value self) { return self.as<StringIoObject>(); }

bool check(Vm& vm, const StringIoObject* self) {
  if (!self->is_initialised) return raise(vm, vm.exc.ValueError, "I/O operation on uninitialized object");
  if (self->closed) return raise(vm, vm.exc.ValueError, "I/O operation on closed file");
  return true;
}

bool reserve(Vm& vm, StringIoObject* self, std::size_t wanted) {
  if (wanted <= self->capacity) return true;
  std::size_t more = std::max(wanted, self->capacity + self->capacity / 2);
  more = std::max<std::size_t>(more, 32);
  if (more > SIZE_MAX / 8) return raise_memory_error(vm);
  void* moved = vm.heap.reallocate(self->data, self->capacity * 4, more * 4);
  if (moved == nullptr) return raise_memory_error(vm);
  self->data = static_cast<std::uint32_t*>(moved);
  self->capacity = more;
  return true;
}

bool put(Vm& vm, StringIoObject* self, const StrObject* text) {
  if (text->length == 0) return true;
  const std::size_t end = self->position + text->length;
  if (end < self->position) return raise(vm, vm.exc.OverflowError, "new position too large");
  VM_CHECK(reserve(vm, self, end));
  if (self->position > self->size) {
    std::memset(self->data + self->size, 0, (self->position - self->size) * 4);
  }
  std::uint32_t* to = self->data + self->position;
  if (text->kind == 1) {
    const std::uint8_t* from = text->data1();
    for (std::size_t i = 0; i < text->length; ++i) to[i] = from[i];
  } else {
    for (std::size_t i = 0; i < text->length; ++i) to[i] = text->at(i);
  }
  self->position = end;
  self->size = std::max(self->size, end);
  return true;
}

/// "\n" replaced by a newline of another kind.
Own<StrObject> with_newlines(Vm& vm, StrObject* text, std::string_view newline) {
  StrBuilder builder(vm);
  std::size_t start = 0;
  for (std::size_t i = 0; i < text->length; ++i) {
    if (text->at(i) != '\n') continue;
    builder.append(text, start, i);
    builder.append(newline);
    start = i + 1;
  }
  builder.append(text, start, text->length);
  return builder.finish();
}

}  // namespace

bool string_io_write(Vm& vm, StringIoObject* self, StrObject* given) {
  VM_CHECK(check(vm, self));
  Own<StrObject> text = Own<StrObject>::share(given);
  if (self->universal) {
    NewlineState newlines{self->translate, false, self->seen_newlines};
    VM_TRY(text, newlines.decode(vm, text, true));
    self->seen_newlines = newlines.seen;
  }
  if (self->write_newline != nullptr) {
    VM_TRY(text, with_newlines(vm, text, self->write_newline));
  }
  return put(vm, self, text);
}

namespace {

bool set_newline(Vm& vm, StringIoObject* self, Value newline) {
  std::string text = "\n";
  const bool is_none = newline.is_none();
  if (!newline.is_null() && !is_none) {
    if (!is_str(newline)) {
      return raise(vm, vm.exc.TypeError, "newline must be str or None, not {}", type_name(vm, newline));
    }
    text = to_utf8(newline.as<StrObject>());
    if (text != "" && text != "\n" && text != "\r" && text != "\r\n") {
      VM_TRY(Ref shown, repr(vm, newline));
      return raise(vm, vm.exc.ValueError, "illegal newline value: {}", shown.as<StrObject>());
    }
  }
  self->universal = is_none || text.empty();
  self->translate = is_none;
  self->write_newline = text == "\r\n" ? "\r\n" : text == "\r" ? "\r" : nullptr;
  if (is_none) self->write_newline = nullptr;
  assign(self->newline, newline.is_null() ? kNone : newline);
  if (newline.is_null()) {
    VM_TRY(Own<StrObject> line_feed, new_str(vm, "\n"));
    assign(self->newline, line_feed);
  }
  return true;
}

bool string_init(Vm& vm, Value self_value, const CallArgs& call) {
  VM_PARSE(args, vm, "StringIO(initial_value='', newline='\\n')", 2, call);
  auto* self = string_io(self_value);
  self->is_initialised = false;
  if (args.has(0) && !is_str(args[0])) {
    return raise(vm, vm.exc.TypeError, "initial_value must be str or None, not {}", type_name(vm, args[0]));
  }
  VM_CHECK(set_newline(vm, self, args[1]));
  self->size = self->position = 0;
  self->seen_newlines = 0;
  self->closed = false;
  self->is_initialised = true;
  if (args.has(0)) VM_CHECK(string_io_write(vm, self, args[0].as<StrObject>()));
  self->position = 0;
  return true;
}

void string_traverse(Object* self, Visitor& visit) {
  visit(static_cast<StringIoObject*>(self)->newline);
  io_traverse(self, visit);
}
void string_dealloc(Vm& vm, Object* object) {
  auto* self = static_cast<StringIoObject*>(object);
  vm.heap.untrack(self);
  if (self->data != nullptr) vm.heap.free(self->data, self->capacity * 4);
  drop(self->newline);
  io_clear(vm, self);
  free_object(vm, self, self->type->basic_size);
}

Ref text_between(Vm& vm, const StringIoObject* self, std::size_t start, std::size_t end) {
  return new_str_ucs4(vm, self->data + start, end - start);
}

Ref string_getvalue(Vm& vm, Value self) {
  VM_CHECK(check(vm, string_io(self)));
  return text_between(vm, string_io(self), 0, string_io(self)->size);
}

Ref string_read(Vm& vm, Value self_value, Args& args) {
  auto* self = string_io(self_value);
  VM_CHECK(check(vm, self));
  VM_TRY(const std::int64_t size, size_argument(vm, args[0]));
  const std::size_t start = std::min(self->position, self->size);
  std::size_t count = self->size - start;
  if (size >= 0) count = std::min(count, static_cast<std::size_t>(size));
  if (count == 0) return Ref::share(Value(vm.names.empty));
  self->position = start + count;
  return text_between(vm, self, start, start + count);
}

/// Where the line that starts at `start` ends.
std::size_t line_end(const StringIoObject* self, std::size_t start) {
  const std::string_view newline = self->write_newline != nullptr ? self->write_newline : "\n";
  for (std::size_t i = start; i < self->size; ++i) {
    const std::uint32_t c = self->data[i];
    if (self->translate || (!self->universal && newline == "\n")) {
      if (c == '\n') return i + 1;
    } else if (self->universal) {
      if (c == '\n') return i + 1;
      if (c == '\r') return i + 1 < self->size && self->data[i + 1] == '\n' ? i + 2 : i + 1;
    } else if (c == '\r') {
      if (newline.size() == 1) return i + 1;
      if (i + 1 < self->size && self->data[i + 1] == '\n') return i + 2;
    }
  }
  return self->size;
}

Ref read_line(Vm& vm, StringIoObject* self, std::int64_t limit) {
  if (self->position >= self->size) return Ref::share(Value(vm.names.empty));
  const std::size_t start = self->position;
  std::size_t end = line_end(self, start);
  if (limit >= 0) end = std::min(end, start + static_cast<std::size_t>(limit));
  self->position = end;
  return text_between(vm, self, start, end);
}

Ref string_readline(Vm& vm, Value self, Args& args) {
  VM_CHECK(check(vm, string_io(self)));
  VM_TRY(const std::int64_t limit, size_argument(vm, args[0]));
  return read_line(vm, string_io(self), limit);
}

Ref string_next(Vm& vm, Value self_value) {
  auto* self = string_io(self_value);
  VM_CHECK(check(vm, self));
  if (type_of(vm, self_value) != vm.native_type(kStringIoType)) {
    VM_TRY(Ref line, call_method(vm, self_value, vm.names.readline));
    if (!is_str(line)) {
      return raise(vm, vm.exc.OSError, "readline() should have returned a str object, not '{}'", type_name(vm, line));
    }
    return line.as<StrObject>()->length == 0 ? Ref() : std::move(line);
  }
  if (self->position >= self->size) return {};
  return read_line(vm, self, -1);
}

Ref string_write(Vm& vm, Value self, Value text) {
  VM_CHECK(check(vm, string_io(self)));
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "string argument expected, got '{}'", type_name(vm, text));
  VM_CHECK(string_io_write(vm, string_io(self), text.as<StrObject>()));
  return Ref::small(static_cast<std::int64_t>(text.as<StrObject>()->length));
}

Ref string_tell(Vm& vm, Value self) {
  VM_CHECK(check(vm, string_io(self)));
  return Ref::small(static_cast<std::int64_t>(string_io(self)->position));
}

Ref string_seek(Vm& vm, Value self_value, Args& args) {
  auto* self = string_io(self_value);
  VM_CHECK(check(vm, self));
  VM_TRY(Ref index, to_index(vm, args[0]));
  VM_TRY(std::int64_t offset, to_ssize(vm, index, vm.exc.OverflowError));
  VM_TRY(const int whence, args.integer(vm, 1, 0));
  if (whence != 0 && whence != 1 && whence != 2) {
    return raise(vm, vm.exc.ValueError, "Invalid whence ({}, should be 0, 1 or 2)", whence);
  }
  if (offset < 0 && whence == 0) return raise(vm, vm.exc.ValueError, "Negative seek position {}", offset);
  if (whence != 0 && offset != 0) return raise(vm, vm.exc.OSError, "Can't do nonzero cur-relative seeks");
  if (whence == 1) offset = static_cast<std::int64_t>(self->position);
  if (whence == 2) offset = static_cast<std::int64_t>(self->size);
  self->position = static_cast<std::size_t>(offset);
  return new_int(vm, offset);
}

Ref string_truncate(Vm& vm, Value self_value, Args& args) {
  auto* self = string_io(self_value);
  VM_CHECK(check(vm, self));
  std::int64_t size = static_cast<std::int64_t>(self->position);
  if (args.has(0)) {
    VM_TRY(Ref index, to_index(vm, args[0]));
    VM_TRY(size, to_ssize(vm, index, vm.exc.OverflowError));
    if (size < 0) return raise(vm, vm.exc.ValueError, "Negative size value {}", size);
  }
  self->size = std::min(self->size, static_cast<std::size_t>(size));
  return new_int(vm, size);
}

Ref string_close(Vm& vm, Value self_value) {
  auto* self = string_io(self_value);
  self->closed = true;
  if (self->data != nullptr) vm.heap.free(self->data, self->capacity * 4);
  self->data = nullptr;
  self->size = self->capacity = 0;
  return Ref::none();
}

Ref string_true(Vm& vm, Value self) {
  VM_CHECK(check(vm, string_io(self)));
  return Ref::boolean(true);
}
Ref string_closed(Vm& vm, Value self) {
  if (!string_io(self)->is_initialised) return raise(vm, vm.exc.ValueError, "I/O operation on uninitialized object");
  return Ref::boolean(string_io(self)->closed);
}
Ref string_line_buffering(Vm& vm, Value self) {
  VM_CHECK(check(vm, string_io(self)));
  return Ref::boolean(false);
}
Ref string_newlines(Vm& vm, Value self) {
  VM_CHECK(check(vm, string_io(self)));
  if (!string_io(self)->universal) return Ref::none();
  return NewlineState{false, false, string_io(self)->seen_newlines}.seen_value(vm);
}

Ref string_getstate(Vm& vm, Value self) {
  VM_TRY(Ref value, string_getvalue(vm, self));
  Ref attributes = Ref::none();
  auto* object = self.as<StringIoObject>();
  if (object->store.shape != nullptr || object->store.dict != nullptr) {
    DictObject* dict = store_dict(vm, object);
    VM_CHECK(dict != nullptr);
    VM_TRY(attributes, dict_copy(vm, dict));
  }
  return new_tuple(vm, {value.get(), object->newline, Value::small(static_cast<std::int64_t>(object->position)), attributes.get()});
}

Ref string_setstate(Vm& vm, Value self_value, Value state) {
  auto* self = string_io(self_value);
  if (!is_tuple(state) || state.as<TupleObject>()->size < 4) {
    return raise(vm, vm.exc.TypeError, "{}.__setstate__ argument should be 4-tuple, got {}", type_name(vm, self_value),
                 type_name(vm, state));
  }
  TupleObject& parts = *state.as<TupleObject>();
  VM_CHECK(set_newline(vm, self, parts[1]));
  if (!is_str(parts[0])) {
    return raise(vm, vm.exc.TypeError, "initial_value must be str or None, not {}", type_name(vm, parts[0]));
  }
  if (!is_int(parts[2])) {
    return raise(vm, vm.exc.TypeError, "third item of state must be an integer, got {}", type_name(vm, parts[2]));
  }
  VM_TRY(const std::int64_t position, to_ssize(vm, parts[2], vm.exc.OverflowError));
  if (position < 0) return raise(vm, vm.exc.ValueError, "position value cannot be negative");
  self->size = self->position = 0;
  self->is_initialised = true;
  self->closed = false;
  VM_CHECK(put(vm, self, parts[0].as<StrObject>()));  // as it is: newlines were translated before
  self->position = static_cast<std::size_t>(position);
  if (parts[3].is_none()) return Ref::none();
  if (!is_dict(parts[3])) {
    return raise(vm, vm.exc.TypeError, "fourth item of state should be a dict, got a {}", type_name(vm, parts[3]));
  }
  DictObject* dict = store_dict(vm, self);
  VM_CHECK(dict != nullptr && dict_merge(vm, dict, parts[3], OnDuplicate::Replace));
  return Ref::none();
}

constexpr MethodSpec kMethods[] = {
    {"close($self, /)", string_close, "Close the IO object."},
    {"getvalue($self, /)", string_getvalue, "Retrieve the entire contents of the object."},
    {"read($self, size=-1, /)", string_read, "Read at most size characters, returned as a string."},
    {"readline($self, size=-1, /)", string_readline, "Read until newline or EOF."},
    {"tell($self, /)", string_tell, "Tell the current file position."},
    {"truncate($self, pos=None, /)", string_truncate, "Truncate size to pos."},
    {"seek($self, pos, whence=0, /)", string_seek, "Change stream position."},
    {"write($self, s, /)", string_write, "Write string to file."},
    {"seekable($self, /)", string_true, "Returns True if the IO object can be seeked."},
    {"readable($self, /)", string_true, "Returns True if the IO object can be read."},
    {"writable($self, /)", string_true, "Returns True if the IO object can be written."},
    {"__getstate__($self, /)", string_getstate},
    {"__setstate__($self, state, /)", string_setstate},
};
constexpr GetSetSpec kGetSet[] = {
    {"closed", string_closed}, {"newlines", string_newlines}, {"line_buffering", string_line_buffering}};

}  // namespace

const TypeSpec kStringIoType = {
    .name = "_io.StringIO", .basic_size = sizeof(StringIoObject), .flags = kTypeBaseType | kTypeContainer, .base = &kTextIoBaseType,
    .doc = "StringIO(initial_value='', newline='\\n')\n--\n\nText I/O implementation using an in-memory buffer.",
    .slots = {.dealloc = string_dealloc, .traverse = string_traverse, .clear = io_clear, .construct = io_construct, .init = string_init,
              .iter = iter_self, .next = string_next},
    .methods = kMethods, .getset = kGetSet, .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};

}  // namespace ouro::vm
