// builtins: print, input, open. CPython 3.13 Python/bltinmodule.c.
#include "vm/modules/builtins/builtins.h"
#include "vm/modules/import.h"
#include "vm/modules/io.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

/// sep or end: the text, null for the usual one. False: an exception is set.
bool separator_of(Vm& vm, Value value, std::string_view name, StrObject*& out) {
  out = nullptr;
  if (value.is_null() || value.is_none()) return true;
  if (!is_str(value)) return raise(vm, vm.exc.TypeError, "{} must be None or a string, not {}", name, type_name(vm, value));
  out = value.as<StrObject>();
  return true;
}

Ref builtin_print(Vm& vm, Value, Args& args) {
  Ref file = Ref::share(args.get(2, kNone));
  if (file.is_none()) {
    const Value found = dict_get_str(vm, vm.sys_dict, vm.names.stdout_);
    if (found.is_null()) return raise(vm, vm.exc.RuntimeError, "lost sys.stdout");
    if (found.is_none()) return Ref::none();
    file = Ref::share(found);
  }
  StrObject *separator = nullptr, *end = nullptr;
  VM_CHECK(separator_of(vm, args[0], "sep", separator));
  VM_CHECK(separator_of(vm, args[1], "end", end));
  bool first = true;
  for (const Value value : args.rest) {
    if (!first) VM_CHECK(write_text(vm, file, separator != nullptr ? separator : vm.latin1[' ']));
    first = false;
    VM_TRY(Ref text, is_exact(vm, value, vm.types.str) ? Ref::share(value) : str(vm, value));
    VM_CHECK(write_text(vm, file, text.as<StrObject>()));
  }
  VM_CHECK(write_text(vm, file, end != nullptr ? end : vm.latin1['\n']));
  bool flush = false;
  if (args.given(3)) VM_CHECK(truth(vm, args[3], flush));
  if (flush) VM_CHECK(flush_file(vm, file));
  return Ref::none();
}

Ref stream(Vm& vm, std::string_view name) {
  const Value found = dict_get(vm, vm.sys_dict, name);
  if (found.is_null() || found.is_none()) return raise(vm, vm.exc.RuntimeError, "input(): lost sys.{}", name);
  return Ref::share(found);
}
Ref builtin_input(Vm& vm, Value, Args& args) {
  VM_TRY(Ref in, stream(vm, "stdin"));
  VM_TRY(Ref out, stream(vm, "stdout"));
  VM_TRY(Ref errors, stream(vm, "stderr"));
  VM_CHECK(flush_file(vm, errors) || catch_error(vm, vm.exc.Exception));
  if (args.given(0)) {
    VM_TRY(Ref prompt, str(vm, args[0]));
    VM_CHECK(write_text(vm, out, prompt.as<StrObject>()));
  }
  VM_CHECK(flush_file(vm, out) || catch_error(vm, vm.exc.Exception));
  return read_input_line(vm, in);
}

/// Until start-up puts io.open here, and for machines without it.
Ref builtin_open(Vm& vm, Value, const CallArgs& call) {
  VM_TRY(Ref open, import_attribute(vm, "_io", "open"));
  return vm::call(vm, open, call);
}

constexpr MethodSpec kFunctions[] = {
    {"print($module, /, *args, sep=' ', end='\\n', file=None, flush=False)", builtin_print, "Writes the values as text."},
    {"input($module, prompt='', /)", builtin_input, "A line of the standard input, without its newline."},
    {"open", builtin_open, "Opens a file: io.open."},
};

}  // namespace

std::span<const MethodSpec> builtin_io_functions() { return kFunctions; }

}  // namespace ouro::vm
