// None, Ellipsis, NotImplemented.
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

bool takes_nothing(Vm& vm, const CallArgs& args, std::string_view name) {
  if (args.positional == 0 && !args.has_keywords()) return true;
  return raise(vm, vm.exc.TypeError, "{} takes no arguments", name);
}

Ref none_construct(Vm& vm, TypeObject*, const CallArgs& args) {
  VM_CHECK(takes_nothing(vm, args, "NoneType"));
  return Ref::none();
}
Ref none_repr(Vm& vm, Value) { return new_str(vm, "None"); }
bool none_boolean(Vm&, Value, bool& out) {
  out = false;
  return true;
}
bool none_hash(Vm&, Value, std::int64_t& out) {
  out = 0xFCA86420;  // CPython 3.13 Objects/object.c none_hash
  return true;
}

Ref ellipsis_construct(Vm& vm, TypeObject*, const CallArgs& args) {
  VM_CHECK(takes_nothing(vm, args, "EllipsisType"));
  return Ref::adopt(kEllipsis);
}
Ref ellipsis_repr(Vm& vm, Value) { return new_str(vm, "Ellipsis"); }
Ref ellipsis_reduce(Vm& vm, Value) { return new_str(vm, "Ellipsis"); }

Ref not_implemented_construct(Vm& vm, TypeObject*, const CallArgs& args) {
  VM_CHECK(takes_nothing(vm, args, "NotImplementedType"));
  return Ref::not_implemented();
}
Ref not_implemented_repr(Vm& vm, Value) { return new_str(vm, "NotImplemented"); }
Ref not_implemented_reduce(Vm& vm, Value) { return new_str(vm, "NotImplemented"); }
bool not_implemented_boolean(Vm& vm, Value, bool& out) {
  out = true;
  return warn(vm, vm.exc.DeprecationWarning,
              "NotImplemented should not be used in a boolean context, as it will evaluate as an error in a future version of Python");
}

constexpr MethodSpec kEllipsisMethods[] = {{"__reduce__($self, /)", ellipsis_reduce}};
constexpr MethodSpec kNotImplementedMethods[] = {{"__reduce__($self, /)", not_implemented_reduce}};

}  // namespace

const TypeSpec kNoneType = {
    .name = "NoneType",
    .basic_size = sizeof(Object),
    .doc = "The type of the None singleton.",
    .slots = {.construct = none_construct, .repr = none_repr, .hash = none_hash, .boolean = none_boolean},
};
const TypeSpec kEllipsisType = {
    .name = "ellipsis",
    .basic_size = sizeof(Object),
    .doc = "The type of the Ellipsis singleton.",
    .slots = {.construct = ellipsis_construct, .repr = ellipsis_repr},
    .methods = kEllipsisMethods,
};
const TypeSpec kNotImplementedType = {
    .name = "NotImplementedType",
    .basic_size = sizeof(Object),
    .doc = "The type of the NotImplemented singleton.",
    .slots = {.construct = not_implemented_construct, .repr = not_implemented_repr, .boolean = not_implemented_boolean},
    .methods = kNotImplementedMethods,
};

}  // namespace ouro::vm
