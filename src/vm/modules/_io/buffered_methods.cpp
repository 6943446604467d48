// The methods of BufferedReader, BufferedWriter and BufferedRandom.
#include "vm/core/protocol.h"
#include "vm/modules/_io/buffered.h"
#include "vm/objects/exception.h"
#include "vm/objects/int.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

BufferedObject* buffered(Value self) { return self.as<BufferedObject>(); }

void release(Vm& vm, BufferedObject* self) {
  self->ahead.release(vm);
  self->pending.release(vm);
  self->ahead_at = 0;
  self->file = nullptr;
  drop(self->raw);
}

bool init(Vm& vm, Value self_value, const CallArgs& call, bool readable, bool writable) {
  VM_PARSE(args, vm, "Buffered(raw, buffer_size=8192)", 2, call);
  auto* self = buffered(self_value);
  self->is_initialised = false;
  self->detached = false;
  VM_TRY(const std::int64_t size, args.ssize(vm, 1, kDefaultBufferSize));
  const auto ask = [&](StrObject* question, std::string_view message) -> bool {
    VM_TRY(Ref able, call_method(vm, args[0], question));
    bool result = false;
    VM_CHECK(truth(vm, able, result));
    return result || static_cast<bool>(raise_unsupported(vm, message));
  };
  if (readable && writable) VM_CHECK(ask(vm.names.seekable, "File or stream is not seekable."));
  if (readable) VM_CHECK(ask(vm.names.readable, "File or stream is not readable."));
  if (writable) VM_CHECK(ask(vm.names.writable, "File or stream is not writable."));
  if (size <= 0) return raise(vm, vm.exc.ValueError, "buffer size must be strictly positive");
  release(vm, self);
  assign(self->raw, args[0]);
  const bool direct = type_of(vm, args[0]) == vm.native_type(kFileIoType);
  self->file = direct ? args[0].as<FileIoObject>() : nullptr;
  self->buffer_size = static_cast<std::size_t>(size);
  self->readable = readable;
  self->writable = writable;
  self->is_initialised = true;
  return true;
}
bool reader_init(Vm& vm, Value self, const CallArgs& call) { return init(vm, self, call, true, false); }
bool writer_init(Vm& vm, Value self, const CallArgs& call) { return init(vm, self, call, false, true); }
bool random_init(Vm& vm, Value self, const CallArgs& call) { return init(vm, self, call, true, true); }

void buffered_traverse(Object* self, Visitor& visit) {
  visit(static_cast<BufferedObject*>(self)->raw);
  io_traverse(self, visit);
}
void buffered_clear(Vm& vm, Object* self) {
  static_cast<BufferedObject*>(self)->is_initialised = false;
  release(vm, static_cast<BufferedObject*>(self));
  io_clear(vm, self);
}

void buffered_finalize(Vm& vm, Object* self) {
  static_cast<BufferedObject*>(self)->finalizing = true;
  if (static_cast<BufferedObject*>(self)->is_initialised) io_finalize(vm, self);
}

// --- reading
bool before_read(Vm& vm, BufferedObject* self, std::string_view action) {
  VM_CHECK(buffered_open(vm, self, action));
  return self->pending.size == 0 || buffered_flush_pending(vm, self);
}

Ref read_all(Vm& vm, BufferedObject* self) {
  std::string all(buffered_unread(self));
  buffered_forget(self);
  Ref readall;
  VM_CHECK(find_attribute(vm, self->raw, vm.names.readall, readall));
  if (readall) {
    VM_TRY(Ref rest, call(vm, readall));
    if (rest.is_none()) return all.empty() ? Ref::none() : Ref(new_bytes(vm, all));
    if (!is_bytes(rest)) return raise(vm, vm.exc.TypeError, "readall() should return bytes");
    if (all.empty()) return rest;
    all += rest.as<BytesObject>()->view();
    return new_bytes(vm, all);
  }
  for (;;) {
    VM_TRY(Ref piece, call_method(vm, self->raw, vm.names.read));
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

/// Up to `size` bytes to `to`, until the end or until it would block. nullopt: an exception; -1: nothing and would block.
std::optional<std::int64_t> read_bytes(Vm& vm, BufferedObject* self, char* to, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const std::string_view unread = buffered_unread(self).substr(0, size - done);
    if (!unread.empty()) {
      std::memcpy(to + done, unread.data(), unread.size());
      self->ahead_at += unread.size();
      done += unread.size();
      continue;
    }
    std::int64_t got = 0;
    if (size - done >= self->buffer_size) {  // big pieces go where they belong at once
      buffered_forget(self);
      VM_TRY(got, raw_read(vm, self, to + done, (size - done) / self->buffer_size * self->buffer_size));
      if (got > 0) done += static_cast<std::size_t>(got);
    } else {
      VM_CHECK(buffered_fill(vm, self, self->buffer_size, got));
    }
    if (got < 0 && done == 0) return -1;
    if (got <= 0) break;
  }
  return static_cast<std::int64_t>(done);
}

Ref read_method(Vm& vm, Value self_value, Args& args) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  if (args.has(0) && !has_index(vm, args[0])) {
    return raise(vm, vm.exc.TypeError, "argument should be integer or None, not '{}'", type_name(vm, args[0]));
  }
  std::int64_t size = -1;
  if (args.has(0)) {
    VM_TRY(size, to_ssize(vm, args[0], vm.exc.OverflowError));
  }
  if (size < -1) return raise(vm, vm.exc.ValueError, "read length must be non-negative or -1");
  VM_CHECK(before_read(vm, self, "read of"));
  if (size == -1) return read_all(vm, self);
  const std::string_view unread = buffered_unread(self);
  if (static_cast<std::size_t>(size) <= unread.size()) {
    self->ahead_at += static_cast<std::size_t>(size);
    return new_bytes(vm, unread.substr(0, static_cast<std::size_t>(size)));
  }
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, static_cast<std::size_t>(size)));
  VM_TRY(const std::int64_t got, read_bytes(vm, self, bytes->data(), static_cast<std::size_t>(size)));
  if (got < 0) return Ref::none();
  if (got == size) return bytes;
  return new_bytes(vm, {bytes->data(), static_cast<std::size_t>(got)});
}

Ref read1_method(Vm& vm, Value self_value, Args& args) {
  auto* self = buffered(self_value);
  VM_TRY(const std::int64_t size, args.ssize(vm, 0, -1));
  VM_CHECK(buffered_ready(vm, self));
  VM_CHECK(before_read(vm, self, "read of"));
  return buffered_read1(vm, self, size);
}

Ref read_into(Vm& vm, Value self_value, Value target, bool once) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_CHECK(before_read(vm, self, "readinto of"));
  BufferView view;
  VM_CHECK(get_buffer(vm, target, view, kBufferWritable));
  if (!once) {
    VM_TRY(const std::int64_t got, read_bytes(vm, self, view.data, view.length));
    return got < 0 ? Ref::none() : Ref::small(got);
  }
  VM_TRY(Ref piece, buffered_read1(vm, self, static_cast<std::int64_t>(view.length)));
  const std::string_view bytes = piece.as<BytesObject>()->view();
  if (!bytes.empty()) std::memcpy(view.data, bytes.data(), bytes.size());
  return Ref::small(static_cast<std::int64_t>(bytes.size()));
}
Ref readinto_method(Vm& vm, Value self, Value target) { return read_into(vm, self, target, false); }
Ref readinto1_method(Vm& vm, Value self, Value target) { return read_into(vm, self, target, true); }

Ref peek_method(Vm& vm, Value self_value, Args&) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_CHECK(before_read(vm, self, "peek of"));
  if (buffered_unread(self).empty()) {
    std::int64_t got = 0;
    VM_CHECK(buffered_fill(vm, self, self->buffer_size, got));
  }
  return new_bytes(vm, buffered_unread(self));
}

Ref readline_method(Vm& vm, Value self_value, Args& args) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_TRY(const std::int64_t limit, size_argument(vm, args[0]));
  VM_CHECK(before_read(vm, self, "readline of"));
  return buffered_readline(vm, self, limit);
}

Ref buffered_next(Vm& vm, Value self_value) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  Ref line;
  if (self_value.object()->type->has(kTypeHeap)) {
    VM_TRY(line, call_method(vm, self_value, vm.names.readline));
  } else {
    VM_CHECK(before_read(vm, self, "readline of"));
    VM_TRY(line, buffered_readline(vm, self, -1));
  }
  if (!is_bytes(line)) {
    return raise(vm, vm.exc.OSError, "readline() should have returned a bytes object, not '{}'", type_name(vm, line));
  }
  return line.as<BytesObject>()->length == 0 ? Ref() : std::move(line);
}

// --- writing
Ref write_method(Vm& vm, Value self_value, Value data) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  BufferView view;
  VM_CHECK(get_buffer(vm, data, view));
  VM_CHECK(buffered_open(vm, self, "write to"));
  VM_CHECK(buffered_write_bytes(vm, self, view.bytes()));
  return Ref::small(static_cast<std::int64_t>(view.length));
}

Ref flush_method(Vm& vm, Value self_value) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_CHECK(buffered_open(vm, self, "flush of"));
  if (!self->writable) return call_method(vm, self->raw, vm.names.flush);
  VM_CHECK(buffered_flush(vm, self));
  return Ref::none();
}

// --- position
Ref tell_method(Vm& vm, Value self_value) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_TRY(const std::int64_t position, raw_tell(vm, self));
  const auto unread = static_cast<std::int64_t>(buffered_unread(self).size());
  return new_int(vm, position - unread + static_cast<std::int64_t>(self->pending.size));
}

Ref seek_method(Vm& vm, Value self_value, Args& args) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_TRY(const int whence, args.integer(vm, 1, 0));
  if (whence < 0 || whence > 4) return raise(vm, vm.exc.ValueError, "whence value {} unsupported", whence);
  VM_CHECK(buffered_open(vm, self, "seek of"));
  VM_TRY(Ref seekable, call_method(vm, self->raw, vm.names.seekable));
  if (!seekable.get().is_true()) return raise_unsupported(vm, "File or stream is not seekable.");
  VM_TRY(Ref index, to_index(vm, args[0]));
  VM_TRY(std::int64_t target, to_int64(vm, index));
  if (self->readable && whence != 2 && whence <= 1 && self->pending.size == 0 && self->ahead.size != 0) {
    // Within what was read ahead nothing needs to be read again.
    VM_TRY(const std::int64_t end, raw_tell(vm, self));
    const std::int64_t current = end - static_cast<std::int64_t>(buffered_unread(self).size());
    const std::int64_t wanted = whence == 0 ? target : current + target;
    const std::int64_t begin = end - static_cast<std::int64_t>(self->ahead.size);
    if (wanted >= begin && wanted <= end) {
      self->ahead_at = static_cast<std::size_t>(wanted - begin);
      return new_int(vm, wanted);
    }
  }
  VM_CHECK(self->pending.size == 0 || buffered_flush_pending(vm, self));
  if (whence == 1) target -= static_cast<std::int64_t>(buffered_unread(self).size());
  VM_TRY(const std::int64_t position, raw_seek(vm, self, target, whence));
  buffered_forget(self);
  return new_int(vm, position);
}

Ref truncate_method(Vm& vm, Value self_value, Args& args) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_CHECK(buffered_open(vm, self, "truncate of"));
  if (!self->writable) return raise_unsupported(vm, "truncate");
  VM_CHECK(buffered_flush(vm, self));
  return call_method(vm, self->raw, vm.names.truncate, {args.get(0, kNone)});
}

// --- the rest
Ref detach_method(Vm& vm, Value self_value) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_TRY(Ref flushed, call_method(vm, self_value, vm.names.flush));
  Ref raw = Ref::share(self->raw);
  self->is_initialised = false;
  self->detached = true;
  release(vm, self);
  return raw;
}

Ref dealloc_warn(Vm& vm, Value self_value, Value source) {
  auto* self = buffered(self_value);
  if (!self->is_initialised || self->raw.is_null()) return Ref::none();
  VM_TRY(Own<StrObject> name, new_str(vm, "_dealloc_warn"));
  Ref method;
  VM_CHECK(find_attribute(vm, self->raw, name, method));
  if (method && !call(vm, method, {source})) clear_error(vm);
  return Ref::none();
}

Ref close_method(Vm& vm, Value self_value) {
  auto* self = buffered(self_value);
  VM_CHECK(buffered_ready(vm, self));
  VM_TRY(const bool closed, buffered_closed(vm, self));
  if (closed) return Ref::none();
  if (self->finalizing) {
    const Ref warned = dealloc_warn(vm, self_value, self_value);
    if (!warned) clear_error(vm);
  }
  const Ref flushed = call_method(vm, self_value, vm.names.flush);
  Ref first = take_error(vm);
  const Ref raw = Ref::share(self->raw);
  Ref result = call_method(vm, raw, vm.names.close);
  self->pending.release(vm);
  if (flushed) return result;
  if (!result) {  // both failed: the second one tells of the first
    Ref second = take_error(vm);
    assign(second.as<ExceptionObject>()->context, first);
    restore_error(vm, std::move(second));
    return {};
  }
  restore_error(vm, std::move(first));
  return {};
}

Ref ask_raw(Vm& vm, Value self, StrObject* name) {
  VM_CHECK(buffered_ready(vm, buffered(self)));
  return call_method(vm, buffered(self)->raw, name);
}
Ref fileno_method(Vm& vm, Value self) { return ask_raw(vm, self, vm.names.fileno); }
Ref isatty_method(Vm& vm, Value self) { return ask_raw(vm, self, vm.names.isatty); }
Ref seekable_method(Vm& vm, Value self) { return ask_raw(vm, self, vm.names.seekable); }
Ref readable_method(Vm& vm, Value self) { return ask_raw(vm, self, vm.names.readable); }
Ref writable_method(Vm& vm, Value self) { return ask_raw(vm, self, vm.names.writable); }
Ref raw_attribute(Vm& vm, Value self, StrObject* name) {
  VM_CHECK(buffered_ready(vm, buffered(self)));
  return get_attribute(vm, buffered(self)->raw, name);
}
Ref get_closed(Vm& vm, Value self) {
  VM_TRY(const bool closed, buffered_closed(vm, buffered(self)));
  return Ref::boolean(closed);
}
Ref get_name(Vm& vm, Value self) { return raw_attribute(vm, self, vm.names.name); }
Ref get_mode(Vm& vm, Value self) { return raw_attribute(vm, self, vm.names.mode); }
Ref get_raw(Vm&, Value self) {
  const Value raw = buffered(self)->raw;
  return raw.is_null() ? Ref::none() : Ref::share(raw);
}
Ref get_finalizing(Vm&, Value self) { return Ref::boolean(buffered(self)->finalizing); }

Ref buffered_repr(Vm& vm, Value self) {
  const std::string_view type = type_of(vm, self)->display_name();
  Ref name;
  if (!find_attribute(vm, self, vm.names.name, name)) {
    if (!catch_error(vm, vm.exc.ValueError)) return {};
  }
  if (!name) return new_str(vm, format_message("<{}>", {type}));
  ReprGuard guard(vm, self);
  if (guard.is_cycle()) return raise(vm, vm.exc.RuntimeError, "reentrant call inside {}.__repr__", type);
  VM_TRY(Ref shown, repr(vm, name));
  return new_str(vm, format_message("<{} name={}>", {type, shown.as<StrObject>()}));
}

Ref no_pickle(Vm& vm, Value self) { return raise(vm, vm.exc.TypeError, "cannot pickle '{}' instances", type_name(vm, self)); }
Ref no_pickle_ex(Vm& vm, Value self, Value) { return no_pickle(vm, self); }

#define OURO_COMMON_METHODS                                                                                            \
  {"detach($self, /)", detach_method}, {"flush($self, /)", flush_method}, {"close($self, /)", close_method},           \
      {"seekable($self, /)", seekable_method}, {"fileno($self, /)", fileno_method}, {"isatty($self, /)", isatty_method}, \
      {"_dealloc_warn($self, source, /)", dealloc_warn}, {"tell($self, /)", tell_method},                              \
      {"seek($self, target, whence=0, /)", seek_method}, {"truncate($self, pos=None, /)", truncate_method},            \
      {"__reduce__($self, /)", no_pickle}, {"__reduce_ex__($self, protocol, /)", no_pickle_ex}
#define OURO_READ_METHODS                                                                                              \
  {"read($self, size=-1, /)", read_method}, {"peek($self, size=0, /)", peek_method},                                   \
      {"read1($self, size=-1, /)", read1_method}, {"readinto($self, buffer, /)", readinto_method},                     \
      {"readinto1($self, buffer, /)", readinto1_method}, {"readline($self, size=-1, /)", readline_method},              \
      {"readable($self, /)", readable_method}

constexpr MethodSpec kReaderMethods[] = {OURO_COMMON_METHODS, OURO_READ_METHODS};
constexpr MethodSpec kWriterMethods[] = {OURO_COMMON_METHODS,
                                         {"writable($self, /)", writable_method},
                                         {"write($self, buffer, /)", write_method, "Write the given buffer to the IO stream."}};
constexpr MethodSpec kRandomMethods[] = {OURO_COMMON_METHODS, OURO_READ_METHODS,
                                         {"writable($self, /)", writable_method},
                                         {"write($self, buffer, /)", write_method, "Write the given buffer to the IO stream."}};
constexpr GetSetSpec kGetSet[] = {{"closed", get_closed}, {"name", get_name}, {"mode", get_mode}, {"raw", get_raw},
                                  {"_finalizing", get_finalizing}};

constexpr TypeSlots slots(bool (*init_slot)(Vm&, Value, const CallArgs&), bool readable) {
  TypeSlots all;
  all.dealloc = io_dealloc;
  all.traverse = buffered_traverse;
  all.clear = buffered_clear;
  all.finalize = buffered_finalize;
  all.construct = io_construct;
  all.init = init_slot;
  all.repr = buffered_repr;
  if (readable) {
    all.iter = nullptr;
    all.next = buffered_next;
  }
  return all;
}

}  // namespace

Ref buffered_readline(Vm& vm, BufferedObject* self, std::int64_t limit) {
  std::string_view unread = buffered_unread(self);
  std::size_t newline = unread.find('\n');
  std::string line;
  for (;;) {
    std::size_t take = newline == std::string_view::npos ? unread.size() : newline + 1;
    bool ends = newline != std::string_view::npos;
    if (limit >= 0 && line.size() + take >= static_cast<std::size_t>(limit)) {
      take = static_cast<std::size_t>(limit) - line.size();
      ends = true;
    }
    if (ends && line.empty()) {
      self->ahead_at += take;
      return new_bytes(vm, unread.substr(0, take));
    }
    if (!vm.heap.has_room(line.size() + take)) return raise_memory_error(vm);
    line += unread.substr(0, take);
    self->ahead_at += take;
    if (ends) break;
    std::int64_t got = 0;
    VM_CHECK(buffered_fill(vm, self, self->buffer_size, got));
    if (got <= 0) break;
    unread = buffered_unread(self);
    newline = unread.find('\n');
  }
  return new_bytes(vm, line);
}

Ref buffered_read1(Vm& vm, BufferedObject* self, std::int64_t size) {
  const std::size_t wanted = size < 0 ? self->buffer_size : static_cast<std::size_t>(size);
  if (wanted == 0) return new_bytes(vm, {});
  if (buffered_unread(self).empty()) {
    std::int64_t got = 0;
    VM_CHECK(buffered_fill(vm, self, std::max(self->buffer_size, std::min<std::size_t>(wanted, 1 << 20)), got));
  }
  const std::string_view piece = buffered_unread(self).substr(0, wanted);
  self->ahead_at += piece.size();
  return new_bytes(vm, piece);
}

const TypeSpec kBufferedReaderType = {
    .name = "_io.BufferedReader", .basic_size = sizeof(BufferedObject), .flags = kTypeBaseType | kTypeContainer, .base = &kBufferedIoBaseType,
    .doc = "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nCreate a new buffered reader using the given readable raw IO object.",
    .slots = slots(reader_init, true), .methods = kReaderMethods, .getset = kGetSet,
    .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};
const TypeSpec kBufferedWriterType = {
    .name = "_io.BufferedWriter", .basic_size = sizeof(BufferedObject), .flags = kTypeBaseType | kTypeContainer, .base = &kBufferedIoBaseType,
    .doc = "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer for a writeable sequential RawIO object.",
    .slots = slots(writer_init, false), .methods = kWriterMethods, .getset = kGetSet,
    .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};
const TypeSpec kBufferedRandomType = {
    .name = "_io.BufferedRandom", .basic_size = sizeof(BufferedObject), .flags = kTypeBaseType | kTypeContainer, .base = &kBufferedIoBaseType,
    .doc = "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffered interface to random access streams.",
    .slots = slots(random_init, true), .methods = kRandomMethods, .getset = kGetSet,
    .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};

}  // namespace ouro::vm
