// OSError and its subclasses by errno (CPython 3.13 Objects/exceptions.c OSError_new).
#include <cerrno>

#include "vm/core/protocol.h"
#include "vm/objects/exception_impl.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

TypeObject* type_for_errno(Vm& vm, std::int64_t number) {
  switch (number) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS: return vm.exc.BlockingIOError;
    case EPIPE:
    case ESHUTDOWN: return vm.exc.BrokenPipeError;
    case ECHILD: return vm.exc.ChildProcessError;
    case ECONNABORTED: return vm.exc.ConnectionAbortedError;
    case ECONNREFUSED: return vm.exc.ConnectionRefusedError;
    case ECONNRESET: return vm.exc.ConnectionResetError;
    case EEXIST: return vm.exc.FileExistsError;
    case ENOENT: return vm.exc.FileNotFoundError;
    case EISDIR: return vm.exc.IsADirectoryError;
    case ENOTDIR: return vm.exc.NotADirectoryError;
    case EINTR: return vm.exc.InterruptedError;
    case EACCES:
    case EPERM: return vm.exc.PermissionError;
    case ESRCH: return vm.exc.ProcessLookupError;
    case ETIMEDOUT: return vm.exc.TimeoutError;
    default: return nullptr;
  }
}

bool os_error_init(Vm& vm, Value self, const CallArgs& args);
Ref os_error_construct(Vm& vm, TypeObject* type, const CallArgs& args);

/// A subclass with its own __init__ and no __new__: the fields are filled by __init__, not by __new__.
bool uses_init(const TypeObject* type) {
  return type->slots.init != os_error_init && type->slots.construct == os_error_construct;
}

bool fill_fields(Vm& vm, OSErrorObject* self, const CallArgs& args) {
  const std::size_t count = args.positional;
  if (count < 2 || count > 5) return set_exception_args(vm, self, args.positionals());
  const Value filename = count > 2 ? args.values[2] : kNone;
  const Value filename2 = count > 4 ? args.values[4] : kNone;
  std::size_t kept = count;
  if (!filename.is_none()) {
    if (self->type == vm.exc.BlockingIOError && has_index(vm, filename)) {
      VM_TRY(std::int64_t written, to_ssize(vm, filename, vm.exc.ValueError));
      self->written = written;
    } else {
      assign_field(self->filename, filename);
      if (!filename2.is_none()) assign_field(self->filename2, filename2);
      kept = 2;
    }
  }
  assign_field(self->error_number, args.values[0]);
  assign_field(self->strerror, args.values[1]);
  return set_exception_args(vm, self, args.positionals().first(kept));
}

Ref os_error_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  if (!uses_init(type)) {
    if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", type->display_name());
    if (type == vm.exc.OSError && args.positional >= 2 && args.positional <= 5 && is_int(args.values[0])) {
      const std::optional<std::int64_t> number = int_to_int64(args.values[0]);
      TypeObject* fitting = number ? type_for_errno(vm, *number) : nullptr;
      if (fitting != nullptr) type = fitting;
    }
  }
  auto* memory = allocate<OSErrorObject>(vm, type);
  VM_CHECK(memory);
  Ref error = Ref::adopt(Value(memory));
  memory->written = -1;
  vm.heap.track(memory);
  if (uses_init(type)) {
    VM_CHECK(set_exception_args(vm, memory, {}));
  } else {
    VM_CHECK(fill_fields(vm, memory, args));
  }
  return error;
}

bool os_error_init(Vm& vm, Value self, const CallArgs& args) {
  if (!uses_init(type_of(vm, self))) return true;  // __new__ did it all
  if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", type_name(vm, self));
  return fill_fields(vm, self.as<OSErrorObject>(), args);
}

std::optional<std::string> shown(Vm& vm, Value value, bool as_repr) {
  const Value given = value.is_null() ? kNone : value;
  VM_TRY(Ref text, as_repr ? repr(vm, given) : str(vm, given));
  return to_utf8(text.as<StrObject>());
}

Ref os_error_str(Vm& vm, Value self) {
  auto* error = self.as<OSErrorObject>();
  const bool has_file = !error->filename.is_null();
  if (!has_file && (error->error_number.is_null() || error->strerror.is_null())) return exception_str(vm, self);
  VM_TRY(std::string number, shown(vm, error->error_number, false));
  VM_TRY(std::string reason, shown(vm, error->strerror, false));
  std::string text = "[Errno " + number + "] " + reason;
  if (has_file) {
    VM_TRY(std::string file, shown(vm, error->filename, true));
    text += ": " + file;
    if (!error->filename2.is_null()) {
      VM_TRY(std::string file2, shown(vm, error->filename2, true));
      text += " -> " + file2;
    }
  }
  return new_str(vm, text);
}

Ref os_error_reduce(Vm& vm, Value self) {
  auto* error = self.as<OSErrorObject>();
  Own<TupleObject> args = Own<TupleObject>::share(error->args);
  if (args && args->size == 2 && !error->filename.is_null()) {
    if (error->filename2.is_null()) {
      args = new_tuple(vm, {(*args)[0], (*args)[1], error->filename});
    } else {
      args = new_tuple(vm, {(*args)[0], (*args)[1], error->filename, kNone, error->filename2});
    }
    VM_CHECK(args);
  }
  VM_TRY(Ref dict, get_attribute(vm, self, vm.names.d_dict));
  bool has_dict = false;
  VM_CHECK(truth(vm, dict, has_dict));
  if (!has_dict) return new_tuple(vm, {Value(type_of(vm, self)), args.operator Value()});
  return new_tuple(vm, {Value(type_of(vm, self)), args.operator Value(), dict.get()});
}

using Slots = FieldSlots<OSErrorObject, &OSErrorObject::error_number, &OSErrorObject::strerror, &OSErrorObject::filename, &OSErrorObject::filename2>;
constexpr MemberSpec kMembers[] = {
    {"errno", MemberSpec::Kind::Object, offsetof(OSErrorObject, error_number), false, "POSIX exception code"},
    {"strerror", MemberSpec::Kind::Object, offsetof(OSErrorObject, strerror), false, "exception strerror"},
    {"filename", MemberSpec::Kind::Object, offsetof(OSErrorObject, filename), false, "exception filename"},
    {"filename2", MemberSpec::Kind::Object, offsetof(OSErrorObject, filename2), false, "second exception filename"}};
constexpr MethodSpec kMethods[] = {{"__reduce__($self, /)", os_error_reduce}};

Ref get_written(Vm& vm, Value self) {
  const std::int64_t written = self.as<OSErrorObject>()->written;
  if (written == -1) return raise(vm, vm.exc.AttributeError, "characters_written");
  return new_int(vm, written);
}
bool set_written(Vm& vm, Value self, Value value) {
  auto* error = self.as<OSErrorObject>();
  if (value.is_null()) {
    if (error->written == -1) return raise(vm, vm.exc.AttributeError, "characters_written");
    error->written = -1;
    return true;
  }
  VM_TRY(std::int64_t written, to_ssize(vm, value, vm.exc.ValueError));
  error->written = written;
  return true;
}
constexpr GetSetSpec kGetSet[] = {{"characters_written", get_written, set_written}};

}  // namespace

const TypeSpec kOSErrorType = {.name = "OSError", .basic_size = sizeof(OSErrorObject), .flags = kTypeBaseType, .base = &kExceptionType,
                               .doc = "Base class for I/O related errors.",
                               .slots = {.dealloc = Slots::dealloc, .traverse = Slots::traverse, .clear = Slots::clear,
                                         .construct = os_error_construct, .init = os_error_init, .str = os_error_str},
                               .methods = kMethods, .getset = kGetSet, .members = kMembers};
#define OURO_VM_OS(id, parent, text)                                                                              \
  const TypeSpec k##id##Type = {.name = #id, .basic_size = sizeof(OSErrorObject), .flags = kTypeBaseType,         \
                                  .base = &k##parent##Type, .doc = text,                                            \
                                  .slots = {.construct = os_error_construct, .init = os_error_init}};
OURO_VM_OS(BlockingIOError, OSError, "I/O operation would block.")
OURO_VM_OS(ChildProcessError, OSError, "Child process error.")
OURO_VM_OS(ConnectionError, OSError, "Connection error.")
OURO_VM_OS(BrokenPipeError, ConnectionError, "Broken pipe.")
OURO_VM_OS(ConnectionAbortedError, ConnectionError, "Connection aborted.")
OURO_VM_OS(ConnectionRefusedError, ConnectionError, "Connection refused.")
OURO_VM_OS(ConnectionResetError, ConnectionError, "Connection reset.")
OURO_VM_OS(FileExistsError, OSError, "File already exists.")
OURO_VM_OS(FileNotFoundError, OSError, "File not found.")
OURO_VM_OS(InterruptedError, OSError, "Interrupted by signal.")
OURO_VM_OS(IsADirectoryError, OSError, "Operation doesn't work on directories.")
OURO_VM_OS(NotADirectoryError, OSError, "Operation only works on directories.")
OURO_VM_OS(PermissionError, OSError, "Not enough permissions.")
OURO_VM_OS(ProcessLookupError, OSError, "Process not found.")
OURO_VM_OS(TimeoutError, OSError, "Timeout expired.")

}  // namespace ouro::vm
