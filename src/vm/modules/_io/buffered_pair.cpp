// BufferedRWPair: a reader and a writer of two raw streams as one.
#include "vm/core/protocol.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/objects/exception.h"

namespace ouro::vm {
namespace {

BufferedPairObject* pair_of(Value self) { return self.as<BufferedPairObject>(); }

bool pair_init(Vm& vm, Value self_value, const CallArgs& call_args) {
  VM_PARSE(args, vm, "BufferedRWPair(reader, writer, buffer_size=8192, /)", 3, call_args);
  auto* self = pair_of(self_value);
  VM_TRY(const std::int64_t size, args.ssize(vm, 2, kDefaultBufferSize));
  VM_TRY(Ref readable, call_method(vm, args[0], vm.names.readable));
  if (!readable.get().is_true()) return raise_unsupported(vm, "File or stream is not readable.");
  VM_TRY(Ref writable, call_method(vm, args[1], vm.names.writable));
  if (!writable.get().is_true()) return raise_unsupported(vm, "File or stream is not writable.");
  VM_TRY(Ref reader, call(vm, Value(vm.native_type(kBufferedReaderType)), {args[0], Value::small(size)}));
  VM_TRY(Ref writer, call(vm, Value(vm.native_type(kBufferedWriterType)), {args[1], Value::small(size)}));
  assign(self->reader, reader);
  assign(self->writer, writer);
  return true;
}

void pair_traverse(Object* self, Visitor& visit) {
  visit(static_cast<BufferedPairObject*>(self)->reader);
  visit(static_cast<BufferedPairObject*>(self)->writer);
  io_traverse(self, visit);
}
void pair_clear(Vm& vm, Object* self) {
  drop(static_cast<BufferedPairObject*>(self)->reader);
  drop(static_cast<BufferedPairObject*>(self)->writer);
  io_clear(vm, self);
}

Ref forward(Vm& vm, Value target, std::string_view name, const CallArgs& args) {
  if (target.is_null()) return raise(vm, vm.exc.ValueError, "I/O operation on uninitialized object");
  VM_TRY(Ref method, get_attribute(vm, target, name));
  return call(vm, method, args);
}

#define OURO_FORWARD(function, side, name) \
  Ref function(Vm& vm, Value self, const CallArgs& args) { return forward(vm, pair_of(self)->side, name, args); }
OURO_FORWARD(pair_read, reader, "read")
OURO_FORWARD(pair_peek, reader, "peek")
OURO_FORWARD(pair_read1, reader, "read1")
OURO_FORWARD(pair_readinto, reader, "readinto")
OURO_FORWARD(pair_readinto1, reader, "readinto1")
OURO_FORWARD(pair_readable, reader, "readable")
OURO_FORWARD(pair_write, writer, "write")
OURO_FORWARD(pair_flush, writer, "flush")
OURO_FORWARD(pair_writable, writer, "writable")
#undef OURO_FORWARD

Ref pair_close(Vm& vm, Value self, const CallArgs&) {
  const Ref written = forward(vm, pair_of(self)->writer, "close", {});
  Ref first = take_error(vm);
  Ref read = forward(vm, pair_of(self)->reader, "close", {});
  if (written) return read;
  if (!read) {
    Ref second = take_error(vm);
    assign(second.as<ExceptionObject>()->context, first);
    restore_error(vm, std::move(second));
    return {};
  }
  restore_error(vm, std::move(first));
  return {};
}

Ref pair_isatty(Vm& vm, Value self, const CallArgs&) {
  VM_TRY(Ref answer, forward(vm, pair_of(self)->writer, "isatty", {}));
  if (!answer.get().is_false()) return answer;
  return forward(vm, pair_of(self)->reader, "isatty", {});
}

Ref pair_closed(Vm& vm, Value self) {
  if (pair_of(self)->writer.is_null()) {
    return raise(vm, vm.exc.RuntimeError, "the BufferedRWPair object is being garbage-collected");
  }
  return get_attribute(vm, pair_of(self)->writer, "closed");
}

constexpr MethodSpec kMethods[] = {
    {"read", pair_read}, {"peek", pair_peek}, {"read1", pair_read1}, {"readinto", pair_readinto}, {"readinto1", pair_readinto1},
    {"write", pair_write}, {"flush", pair_flush}, {"readable", pair_readable}, {"writable", pair_writable},
    {"close", pair_close}, {"isatty", pair_isatty}};
constexpr GetSetSpec kGetSet[] = {{"closed", pair_closed}};

}  // namespace

const TypeSpec kBufferedPairType = {
    .name = "_io.BufferedRWPair", .basic_size = sizeof(BufferedPairObject), .flags = kTypeBaseType | kTypeContainer, .base = &kBufferedIoBaseType,
    .doc = "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\nA buffered reader and writer object together.",
    .slots = {.dealloc = io_dealloc, .traverse = pair_traverse, .clear = pair_clear, .finalize = io_finalize, .construct = io_construct,
              .init = pair_init},
    .methods = kMethods, .getset = kGetSet, .store_offset = offsetof(IoObject, store), .weakref_offset = offsetof(IoObject, weakrefs)};

}  // namespace ouro::vm
