// _weakref: what weakref.py stands on.
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/weakref_impl.h"

namespace ouro::vm {
namespace {

std::size_t count_references(Value object) {
  if (!object.is_object() || object.object()->type->weakref_offset == 0) return 0;
  std::size_t count = 0;
  for (WeakRefObject* at = weakref_list(object.object()); at != nullptr; at = at->next) ++count;
  return count;
}

Ref get_count(Vm&, Value, Value object) { return Ref::small(static_cast<std::int64_t>(count_references(object))); }

Ref get_references(Vm& vm, Value, Value object) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  if (count_references(object) == 0) return list;
  for (WeakRefObject* at = weakref_list(object.object()); at != nullptr; at = at->next)
    VM_CHECK(list_append(vm, list, Value(at)));
  return list;
}

/// The key's entry goes when what it refers to is dead and nobody put a live one there.
Ref remove_dead(Vm& vm, Value, Args& args) {
  if (!is_dict(args[0])) return raise_argument_type(vm, "_remove_dead_weakref", 1, "dict", args[0]);
  auto* dict = args[0].as<DictObject>();
  Value found;
  if (!dict_find(vm, dict, args[1], found)) {
    if (has_error(vm)) return {};
    return Ref::none();
  }
  if (found.is_null()) return Ref::none();
  if (!is_instance_of(vm, found, vm.types.weakref)) return raise(vm, vm.exc.TypeError, "not a weakref");
  if (weakref_target(found.as<WeakRefObject>()).is_null()) {
    const Ref dropped = dict_pop(vm, dict, args[1]);
    if (!dropped && has_error(vm)) return {};
  }
  return Ref::none();
}

Ref make_proxy(Vm& vm, Value, Args& args) {
  const bool callable = is_callable(vm, args[0]);
  TypeObject* type = vm.native_type(callable ? kCallableProxyType : kProxyType);
  return make_weakref(vm, type, args[0], args.get(1, kNone), true);
}

constexpr MethodSpec kFunctions[] = {
    {"getweakrefcount($module, object, /)", get_count, "Return the number of weak references to 'object'."},
    {"getweakrefs($module, object, /)", get_references, "Return a list of all weak reference objects pointing to 'object'."},
    {"_remove_dead_weakref($module, dct, key, /)", remove_dead, "Atomically remove key from dict if it points to a dead weakref."},
    {"proxy($module, object, callback=None, /)", make_proxy,
     "Create a proxy object that weakly references 'object'.\n\n'callback', if given, is called with a reference to the\nproxy when 'object' is about to be finalized."},
};

bool fill(Vm& vm, ModuleObject* module) {
  return set_module_attribute(vm, module, "ref", Value(vm.types.weakref)) &&
         set_module_attribute(vm, module, "ReferenceType", Value(vm.types.weakref)) &&
         set_module_attribute(vm, module, "ProxyType", Value(vm.native_type(kProxyType))) &&
         set_module_attribute(vm, module, "CallableProxyType", Value(vm.native_type(kCallableProxyType)));
}

}  // namespace

const ModuleSpec& _weakref_module() {
  static const ModuleSpec spec = {.name = "_weakref", .doc = "Weak-reference support module.", .functions = kFunctions, .fill = fill};
  return spec;
}

}  // namespace ouro::vm
