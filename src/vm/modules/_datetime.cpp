// _datetime: the classes of the library's _pydatetime.py under the name that datetime.py asks for first.
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/modules/import.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

bool fill(Vm& vm, ModuleObject* module) {
  VM_TRY(Ref pure, import_module(vm, "_pydatetime"));
  VM_TRY(Ref names, get_attribute(vm, pure, vm.names.d_all));
  return for_each(vm, names, [&](Value name) {
    if (!is_str(name)) return true;
    Ref value = get_attribute(vm, pure, name.as<StrObject>());
    return value && dict_set(vm, module_dict(module), name, value);
  });
}

}  // namespace

const ModuleSpec& _datetime_module() {
  static const ModuleSpec kModule{.name = "_datetime", .doc = "The datetime types.", .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
