// _typing: the types behind typing.py.
#include "vm/core/binding.h"
#include "vm/objects/typing.h"

namespace ouro::vm {
namespace {

Ref idfunc(Vm&, Value, Value value) { return Ref::share(value); }
constexpr MethodSpec kFunctions[] = {{"_idfunc($module, object, /)", idfunc}};

bool fill(Vm& vm, ModuleObject* module) {
  for (const TypeSpec* spec : {&kTypeVarType, &kParamSpecType, &kParamSpecArgsType, &kParamSpecKwargsType, &kTypeVarTupleType, &kTypeAliasType, &kGenericType})
    VM_CHECK(add_type(vm, module, *spec));
  VM_TRY(Ref none, no_default(vm));
  return set_module_attribute(vm, module, "NoDefault", std::move(none));
}

}  // namespace

const ModuleSpec& _typing_module() {
  static const ModuleSpec spec = {.name = "_typing", .doc = "Primitives and accelerators for the typing module.\n", .functions = kFunctions, .fill = fill};
  return spec;
}

}  // namespace ouro::vm
