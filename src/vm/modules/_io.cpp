// _io: files and streams. Types: _io/*.cpp.
#include "vm/core/protocol.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

Ref open_function(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string mode, args.text(vm, 1, "r"));
  VM_TRY(const std::int64_t buffering, args.integer(vm, 2, -1));
  bool close_descriptor = true;
  if (args.given(6)) VM_CHECK(truth(vm, args[6], close_descriptor));
  for (const std::size_t i : {std::size_t{3}, std::size_t{4}, std::size_t{5}}) {
    if (args.has(i) && !is_str(args[i])) {
      constexpr std::string_view kNames[] = {"encoding", "errors", "newline"};
      return raise(vm, vm.exc.TypeError, "open() argument '{}' must be str or None, not {}", kNames[i - 3], type_name(vm, args[i]));
    }
  }
  Ref path = Ref::share(args[0]);
  if (!is_int(args[0]) && !has_index(vm, args[0])) {
    VM_TRY(path, file_system_path(vm, args[0]));
  }
  VM_CHECK(audit(vm, "open", {path.get(), Value(kNone), Value::small(0)}));
  return io_open(vm, path, mode, buffering, args.get(3, kNone), args.get(4, kNone), args.get(5, kNone), close_descriptor,
                 args.get(7, kNone));
}

Ref open_code(Vm& vm, Value, Args& args) {
  if (!is_str(args[0])) return raise_argument_type(vm, "open_code", 0, "str", args[0]);
  return io_open(vm, args[0], "rb", -1, kNone, kNone, kNone, true, kNone);
}

Ref text_encoding(Vm& vm, Value, Args& args) {
  if (args.has(0)) return Ref::share(args[0]);
  if (machine_state<SysState>(vm).start.warn_default_encoding) {
    VM_TRY(const int level, args.integer(vm, 1, 2));
    VM_CHECK(warn(vm, vm.exc.EncodingWarning, "'encoding' argument not specified", level));
  }
  return new_str(vm, machine_state<SysState>(vm).start.utf8_mode ? "utf-8" : "locale");
}

constexpr MethodSpec kFunctions[] = {
    {"open($module, /, file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)",
     open_function, "Open file and return a stream.  Raise OSError upon failure."},
    {"open_code($module, /, path)", open_code, "Opens the provided file with the intent to import the contents."},
    {"text_encoding($module, encoding, stacklevel=2, /)", text_encoding, "A helper function to choose the text encoding."},
};

bool fill(Vm& vm, ModuleObject* module) {
  for (const TypeSpec* spec : {&kIoBaseType, &kRawIoBaseType, &kBufferedIoBaseType, &kTextIoBaseType, &kFileIoType, &kBytesIoType,
                               &kBytesIoBufferType, &kBufferedReaderType, &kBufferedWriterType, &kBufferedRandomType, &kBufferedPairType,
                               &kStringIoType, &kTextIoType, &kNewlineDecoderType}) {
    VM_CHECK(add_type(vm, module, *spec));
  }
  return set_module_attribute(vm, module, "DEFAULT_BUFFER_SIZE", Value::small(kDefaultBufferSize)) &&
         set_module_attribute(vm, module, "UnsupportedOperation", Value(unsupported_operation(vm))) &&
         set_module_attribute(vm, module, "BlockingIOError", Value(vm.exc.BlockingIOError));
}

}  // namespace

const ModuleSpec& _io_module() {
  static constexpr ModuleSpec kModule = {.name = "_io", .doc = "Streams: raw, buffered and text.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
