// TextIOWrapper: construction, attributes and methods (CPython 3.13 Modules/_io/textio.c).
#include "vm/modules/_io/text.h"

#include "vm/core/protocol.h"
#include "vm/modules/import.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/exception.h"
#include "vm/objects/int.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

TextObject* text_of(Value self) { return self.as<TextObject>(); }

bool set_newline(Vm& vm, TextObject* self, Value newline) {
  std::string text;
  const bool is_none = newline.is_null() || newline.is_none();
  if (!is_none) {
    if (!is_str(newline)) {
      return raise(vm, vm.exc.TypeError, "newline must be str or None, not {}", type_name(vm, newline));
    }
    text = to_utf8(newline.as<StrObject>());
    if (text != "" && text != "\n" && text != "\r" && text != "\r\n") {
      return raise(vm, vm.exc.ValueError, "illegal newline value: {}", text);
    }
  }
  self->read_universal = is_none || text.empty();
  self->read_translate = is_none;
  std::memcpy(static_cast<char*>(self->read_newline), text.c_str(), text.size() + 1);
  const std::string write = text == "\n" || text.empty() ? "" : text;
  std::memcpy(static_cast<char*>(self->write_newline), write.c_str(), write.size() + 1);
  assign(self->newline, is_none ? kNone : newline);
  return true;
}

/// TypeError for what is neither str nor None.
bool check_text(Vm& vm, Value value, std::string_view name) {
  if (value.is_null() || value.is_none() || is_str(value)) return true;
  return raise(vm, vm.exc.TypeError, "TextIOWrapper() argument '{}' must be str or None, not {}", name, type_name(vm, value));
}

bool set_encoding(Vm& vm, TextObject* self, Value encoding, Value errors) {
  Own<StrObject> name;
  if (encoding.is_null() || encoding.is_none() || str_equal(encoding.as<StrObject>(), "locale")) {
    VM_TRY(name, new_str(vm, "UTF-8"));
  } else {
    name = Own<StrObject>::share(encoding.as<StrObject>());
    if (to_utf8(name).find('\0') != std::string::npos) return raise(vm, vm.exc.ValueError, "embedded null character");
  }
  assign(self->encoding, name);
  if (errors.is_null() || errors.is_none()) {
    VM_TRY(Own<StrObject> strict, new_str(vm, "strict"));
    assign(self->errors, strict);
  } else {
    if (to_utf8(errors.as<StrObject>()).find('\0') != std::string::npos) return raise(vm, vm.exc.ValueError, "embedded null character");
    assign(self->errors, errors);
  }
  return text_choose_codec(vm, self);
}

/// A file that does not start here gets no byte order mark.
bool fix_encoder(Vm& vm, TextObject* self) {
  if (!self->seekable || self->encoder.is_null()) return true;
  VM_TRY(Ref position, call_method(vm, self->buffer, vm.names.tell));
  bool at_start = false;
  VM_CHECK(equal(vm, position, Value::small(0), at_start));
  if (at_start) return true;
  VM_TRY(Ref set, call_method(vm, self->encoder, "setstate", {Value::small(0)}));
  return true;
}

bool text_init(Vm& vm, Value self_value, const CallArgs& call) {
  VM_PARSE(args, vm, "TextIOWrapper(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)", 6, call);
  auto* self = text_of(self_value);
  self->is_initialised = self->detached = false;
  self->reading = false;
  VM_CHECK(check_text(vm, args[1], "encoding") && check_text(vm, args[2], "errors"));
  VM_TRY(const bool line_buffering, args.boolean(vm, 4, false));
  VM_TRY(const bool write_through, args.boolean(vm, 5, false));
  VM_CHECK(set_newline(vm, self, args[3]));
  assign(self->buffer, args[0]);
  TypeObject* type = type_of(vm, args[0]);
  const bool direct = type == vm.native_type(kBufferedWriterType);
  self->writer = direct ? args[0].as<BufferedObject>() : nullptr;
  self->line_buffering = line_buffering;
  self->write_through = write_through;
  self->chunk_size = kDefaultBufferSize;
  text_forget_decoded(self);
  self->has_snapshot = false;
  self->pending.size = self->snapshot.size = self->undecoded.size = 0;
  self->newlines = {};
  VM_CHECK(set_encoding(vm, self, args[1], args[2]));
  VM_TRY(Ref seekable, call_method(vm, self->buffer, vm.names.seekable));
  VM_CHECK(truth(vm, seekable, self->seekable));
  self->telling = self->seekable;
  Ref read1;
  VM_CHECK(find_attribute(vm, self->buffer, vm.names.read1, read1));
  self->has_read1 = static_cast<bool>(read1);
  VM_CHECK(fix_encoder(vm, self));
  self->is_initialised = true;
  return true;
}

void text_traverse(Object* object, Visitor& visit) {
  auto* self = static_cast<TextObject*>(object);
  for (const Value value : {self->buffer, self->encoding, self->errors, self->newline, self->encoder, self->decoder, self->decoded,
                            self->snapshot_state}) {
    visit(value);
  }
  io_traverse(object, visit);
}
void text_clear(Vm& vm, Object* object) {
  auto* self = static_cast<TextObject*>(object);
  self->is_initialised = false;
  self->writer = nullptr;
  for (Value* value : {&self->buffer, &self->encoding, &self->errors, &self->newline, &self->encoder, &self->decoder, &self->decoded,
                       &self->snapshot_state}) {
    drop(*value);
  }
  self->pending.release(vm);
  self->undecoded.release(vm);
  self->snapshot.release(vm);
  io_clear(vm, object);
}
void text_finalize(Vm& vm, Object* self) {
  static_cast<TextObject*>(self)->finalizing = true;
  if (static_cast<TextObject*>(self)->is_initialised) io_finalize(vm, self);
}

// --- methods
Ref write_method(Vm& vm, Value self_value, Value text) {
  auto* self = text_of(self_value);
  VM_CHECK(text_ready(vm, self));
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "write() argument must be str, not {}", type_name(vm, text));
  VM_CHECK(text_open(vm, self));
  if (self->writer == nullptr && self->codec != TextCodec::Generic && self->pending.size == 0) {
    VM_TRY(Ref writable, call_method(vm, self->buffer, vm.names.writable));
    if (writable.get().is_false()) return raise_unsupported(vm, "not writable");
  }
  VM_CHECK(text_write(vm, self, text.as<StrObject>()));
  return Ref::small(static_cast<std::int64_t>(text.as<StrObject>()->length));
}
Ref flush_method(Vm& vm, Value self) {
  VM_CHECK(text_flush(vm, text_of(self)));
  return Ref::none();
}
Ref read_method(Vm& vm, Value self, Args& args) {
  VM_CHECK(text_ready(vm, text_of(self)));
  VM_TRY(const std::int64_t size, size_argument(vm, args[0]));
  return text_read(vm, text_of(self), size);
}
Ref readline_method(Vm& vm, Value self, Args& args) {
  VM_CHECK(text_ready(vm, text_of(self)));
  VM_TRY(const std::int64_t limit, args.ssize(vm, 0, -1));
  return text_readline(vm, text_of(self), limit);
}
Ref tell_method(Vm& vm, Value self) {
  VM_CHECK(text_ready(vm, text_of(self)));
  return text_tell(vm, text_of(self));
}
Ref seek_method(Vm& vm, Value self, Args& args) {
  VM_CHECK(text_ready(vm, text_of(self)));
  VM_TRY(const int whence, args.integer(vm, 1, 0));
  return text_seek(vm, text_of(self), args[0], whence);
}
Ref truncate_method(Vm& vm, Value self, Args& args) {
  VM_CHECK(text_ready(vm, text_of(self)));
  VM_CHECK(text_flush(vm, text_of(self)));
  if (args.has(0)) return call_method(vm, text_of(self)->buffer, vm.names.truncate, {args[0]});
  VM_TRY(Ref position, text_tell(vm, text_of(self)));
  return call_method(vm, text_of(self)->buffer, vm.names.truncate, {position.get()});
}

Ref text_next(Vm& vm, Value self_value) {
  auto* self = text_of(self_value);
  VM_CHECK(text_ready(vm, self));
  self->telling = false;
  Ref line;
  if (self_value.object()->type->has(kTypeHeap)) {
    VM_TRY(line, call_method(vm, self_value, vm.names.readline));
    if (!is_str(line)) {
      return raise(vm, vm.exc.OSError, "readline() should have returned a str object, not '{}'", type_name(vm, line));
    }
  } else {
    VM_TRY(line, text_readline(vm, self, -1));
  }
  if (line.as<StrObject>()->length != 0) return line;
  self->has_snapshot = false;
  self->telling = self->seekable;
  return {};
}

Ref detach_method(Vm& vm, Value self_value) {
  auto* self = text_of(self_value);
  VM_CHECK(text_ready(vm, self));
  VM_TRY(Ref flushed, call_method(vm, self_value, vm.names.flush));
  Ref buffer = Ref::share(self->buffer);
  drop(self->buffer);
  self->writer = nullptr;
  self->is_initialised = false;
  self->detached = true;
  return buffer;
}

Ref close_method(Vm& vm, Value self_value) {
  auto* self = text_of(self_value);
  VM_CHECK(text_ready(vm, self));
  VM_TRY(const bool closed, is_closed(vm, self->buffer));
  if (closed) return Ref::none();
  if (self->finalizing) {
    Ref method;
    VM_TRY(Own<StrObject> name, new_str(vm, "_dealloc_warn"));
    VM_CHECK(find_attribute(vm, self->buffer, name, method));
    if (method && !call(vm, method, {self_value})) clear_error(vm);
  }
  const Ref flushed = call_method(vm, self_value, vm.names.flush);
  Ref first = take_error(vm);
  const Ref buffer = Ref::share(self->buffer);
  Ref result = call_method(vm, buffer, vm.names.close);
  if (flushed) return result;
  if (!result) {
    Ref second = take_error(vm);
    assign(second.as<ExceptionObject>()->context, first);
    restore_error(vm, std::move(second));
    return {};
  }
  restore_error(vm, std::move(first));
  return {};
}

Ref ask_buffer(Vm& vm, Value self, StrObject* name) {
  VM_CHECK(text_ready(vm, text_of(self)));
  return call_method(vm, text_of(self)->buffer, name);
}
Ref fileno_method(Vm& vm, Value self) { return ask_buffer(vm, self, vm.names.fileno); }
Ref isatty_method(Vm& vm, Value self) { return ask_buffer(vm, self, vm.names.isatty); }
Ref seekable_method(Vm& vm, Value self) { return ask_buffer(vm, self, vm.names.seekable); }
Ref readable_method(Vm& vm, Value self) { return ask_buffer(vm, self, vm.names.readable); }
Ref writable_method(Vm& vm, Value self) { return ask_buffer(vm, self, vm.names.writable); }

Ref reconfigure_method(Vm& vm, Value self_value, Args& args) {
  auto* self = text_of(self_value);
  VM_CHECK(text_ready(vm, self));
  const bool changes_reading = args.has(0) || args.has(1) || args.given(2);
  if (!self->decoded.is_null() && changes_reading) {
    return raise_unsupported(vm, "It is not possible to set the encoding or newline of stream after the first read");
  }
  for (std::size_t i : {std::size_t{0}, std::size_t{1}}) {
    if (args.has(i) && !is_str(args[i])) {
      return raise(vm, vm.exc.TypeError, "reconfigure() argument '{}' must be str or None, not {}", i == 0 ? "encoding" : "errors", type_name(vm, args[i]));
    }
  }
  bool line_buffering = self->line_buffering;
  bool write_through = self->write_through;
  if (args.has(3)) VM_CHECK(truth(vm, args[3], line_buffering));
  if (args.has(4)) VM_CHECK(truth(vm, args[4], write_through));
  VM_TRY(Ref flushed, call_method(vm, self_value, vm.names.flush));
  if (args.given(2)) VM_CHECK(set_newline(vm, self, args[2]));
  if (args.has(0) || args.has(1)) {
    const Ref encoding = Ref::share(args.has(0) ? args[0] : self->encoding);
    const Ref errors = args.has(1) ? Ref::share(args[1]) : args.has(0) ? Ref::none() : Ref::share(self->errors);
    VM_CHECK(set_encoding(vm, self, encoding, errors) && fix_encoder(vm, self));
  }
  self->line_buffering = line_buffering;
  self->write_through = write_through;
  return Ref::none();
}

// --- attributes
Ref get_encoding(Vm& vm, Value self) {
  VM_CHECK(text_ready(vm, text_of(self)));
  return Ref::share(text_of(self)->encoding);
}
Ref get_errors(Vm& vm, Value self) {
  VM_CHECK(text_ready(vm, text_of(self)));
  return Ref::share(text_of(self)->errors);
}
Ref get_buffer_attribute(Vm& vm, Value self) {
  const Value buffer = text_of(self)->buffer;
  if (buffer.is_null()) VM_CHECK(text_ready(vm, text_of(self)));
  return Ref::share(buffer);
}
Ref get_newlines(Vm& vm, Value self) {
  VM_CHECK(text_ready(vm, text_of(self)));
  if (!text_of(self)->read_universal) return Ref::none();
  return text_of(self)->newlines.seen_value(vm);
}
Ref get_line_buffering(Vm&, Value self) { return Ref::boolean(text_of(self)->line_buffering); }
Ref get_write_through(Vm&, Value self) { return Ref::boolean(text_of(self)->write_through); }
Ref get_finalizing(Vm&, Value self) { return Ref::boolean(text_of(self)->finalizing); }
Ref get_name(Vm& vm, Value self) {
  VM_CHECK(text_ready(vm, text_of(self)));
  return get_attribute(vm, text_of(self)->buffer, vm.names.name);
}
Ref get_closed(Vm& vm, Value self) {
  VM_CHECK(text_ready(vm, text_of(self)));
  return get_attribute(vm, text_of(self)->buffer, "closed");
}
Ref get_chunk_size(Vm& vm, Value self) {
  VM_CHECK(text_ready(vm, text_of(self)));
  return Ref::small(static_cast<std::int64_t>(text_of(self)->chunk_size));
}
bool set_chunk_size(Vm& vm, Value self, Value value) {
  VM_CHECK(text_ready(vm, text_of(self)));
  if (value.is_null()) return raise(vm, vm.exc.AttributeError, "cannot delete attribute");
  VM_TRY(const std::int64_t size, to_ssize(vm, value, vm.exc.ValueError));
  if (size <= 0) return raise(vm, vm.exc.ValueError, "a strictly positive integer is required");
  text_of(self)->chunk_size = static_cast<std::size_t>(size);
  return true;
}

Ref text_repr(Vm& vm, Value self_value) {
  auto* self = text_of(self_value);
  VM_CHECK(text_ready(vm, self));
  ReprGuard guard(vm, self_value);
  const std::string_view type = type_of(vm, self_value)->display_name();
  if (guard.is_cycle()) return raise(vm, vm.exc.RuntimeError, "reentrant call inside {}.__repr__", type);
  std::string text = "<" + std::string(type);
  for (StrObject* attribute : {vm.names.name, vm.names.mode}) {
    Ref value;
    if (!find_attribute(vm, self_value, attribute, value) && !catch_error(vm, vm.exc.ValueError)) return {};
    if (!value) continue;
    VM_TRY(Ref shown, repr(vm, value));
    text += " " + to_utf8(attribute) + "=" + to_utf8(shown.as<StrObject>());
  }
  VM_TRY(Ref encoding, repr(vm, self->encoding));
  return new_str(vm, text + " encoding=" + to_utf8(encoding.as<StrObject>()) + ">");
}

Ref no_pickle(Vm& vm, Value self) { return raise(vm, vm.exc.TypeError, "cannot pickle '{}' instances", type_name(vm, self)); }
Ref no_pickle_ex(Vm& vm, Value self, Value) { return no_pickle(vm, self); }

constexpr MethodSpec kMethods[] = {
    {"detach($self, /)", detach_method},
    {"reconfigure($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)", reconfigure_method,
     "Reconfigure the text stream with new parameters."},
    {"write($self, text, /)", write_method},
    {"read($self, size=-1, /)", read_method},
    {"readline($self, size=-1, /)", readline_method},
    {"flush($self, /)", flush_method},
    {"close($self, /)", close_method},
    {"fileno($self, /)", fileno_method},
    {"seekable($self, /)", seekable_method},
    {"readable($self, /)", readable_method},
    {"writable($self, /)", writable_method},
    {"isatty($self, /)", isatty_method},
    {"seek($self, cookie, whence=0, /)", seek_method, "Set the stream position, and return the new stream position."},
    {"tell($self, /)", tell_method, "Return the stream position as an opaque number."},
    {"truncate($self, pos=None, /)", truncate_method},
    {"__reduce__($self, /)", no_pickle},
    {"__reduce_ex__($self, protocol, /)", no_pickle_ex},
};
constexpr GetSetSpec kGetSet[] = {
    {"encoding", get_encoding}, {"errors", get_errors}, {"buffer", get_buffer_attribute}, {"newlines", get_newlines},
    {"line_buffering", get_line_buffering}, {"write_through", get_write_through}, {"_finalizing", get_finalizing},
    {"name", get_name}, {"closed", get_closed}, {"_CHUNK_SIZE", get_chunk_size, set_chunk_size}};

}  // namespace

const TypeSpec kTextIoType = {
    .name = "_io.TextIOWrapper", .basic_size = sizeof(TextObject), .flags = kTypeBaseType | kTypeContainer, .base = &kTextIoBaseType,
    .doc = "TextIOWrapper(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)\n--\n\n"
           "Character and line based layer over a BufferedIOBase object, buffer.",
    .slots = {.dealloc = io_dealloc, .traverse = text_traverse, .clear = text_clear, .finalize = text_finalize,
              .construct = io_construct, .init = text_init, .repr = text_repr, .next = text_next},
    .methods = kMethods, .getset = kGetSet, .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};

}  // namespace ouro::vm
