// _testsinglephase: the module that CPython's tests of the import system load as their example of an extension. Its
// functions are there; the copies of it that those tests load from shared objects are not.
#include "vm/core/protocol.h"
#include "vm/core/binding.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

Ref sum(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t left, args.int64(vm, 0));
  VM_TRY(const std::int64_t right, args.int64(vm, 1));
  std::int64_t total = 0;
  if (__builtin_add_overflow(left, right, &total)) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C long");
  return binary(vm, args[0], args[1], BinaryOp::Add);
}
Ref look_up_self(Vm& vm, Value) { return get_item(vm, Value(vm.modules), Value(static_cast<const Object*>(vm.intern("_testsinglephase")))); }

constexpr MethodSpec kFunctions[] = {
    {"look_up_self($module, /)", look_up_self, "The module as sys.modules has it."},
    {"sum($module, i, j, /)", sum, "Return the sum of i and j."},
};
bool fill(Vm& vm, ModuleObject* module) {
  VM_TRY(Own<TupleObject> bases, new_tuple(vm, {Value(vm.exc.Exception)}));
  VM_TRY(Ref error, new_simple_class(vm, "_testsinglephase.error", bases));
  return set_module_attribute(vm, module, "error", error.get()) && set_module_attribute(vm, module, "int_const", Value::small(1969)) &&
         set_module_attribute(vm, module, "str_const", Value(static_cast<const Object*>(vm.intern("something different"))));
}

}  // namespace

const ModuleSpec& _testsinglephase_module() {
  static constexpr ModuleSpec kModule = {.name = "_testsinglephase", .doc = "Test module _testsinglephase", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
