// method: a function bound to an instance.
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/objects/function.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

MethodObject* method_of(Value self) { return self.as<MethodObject>(); }

void method_dealloc(Vm& vm, Object* self) {
  auto* method = static_cast<MethodObject*>(self);
  vm.heap.untrack(method);
  xdecref(method->function);
  xdecref(method->self);
  free_object(vm, self, sizeof(MethodObject));
}
void method_traverse(Object* self, Visitor& visit) {
  auto* method = static_cast<MethodObject*>(self);
  visit(method->function);
  visit(method->self);
}

Ref method_call(Vm& vm, Value self, const CallArgs& args) { return call(vm, self, args); }

Ref method_repr(Vm& vm, Value self) {
  Ref name;
  VM_CHECK(find_attribute(vm, method_of(self)->function, vm.names.d_qualname, name));
  if (!name || !is_str(name)) VM_CHECK(find_attribute(vm, method_of(self)->function, vm.names.d_name, name));
  VM_TRY(Ref owner, repr(vm, method_of(self)->self));
  return new_str(vm, format_message("<bound method {} of {}>", {name && is_str(name) ? to_utf8(name.as<StrObject>()) : "?",
                                                                owner.as<StrObject>()}));
}

bool method_hash(Vm& vm, Value self, std::int64_t& out) {
  std::int64_t function_hash = 0;
  if (!hash(vm, method_of(self)->function, function_hash)) return false;
  const auto owner = static_cast<std::int64_t>(method_of(self)->self.bits() >> 4U);
  out = owner ^ function_hash;
  if (out == -1) out = -2;
  return true;
}

Ref method_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || type_of(vm, other) != vm.types.method)
    return Ref::not_implemented();
  bool same = false;
  VM_CHECK(equal(vm, method_of(self)->function, method_of(other)->function, same));
  same = same && method_of(self)->self == method_of(other)->self;
  return Ref::boolean(same == (op == CompareOp::Equal));
}

/// What the method itself does not have is the function's.
Ref method_get_attribute(Vm& vm, Value self, StrObject* name) {
  const Value found = lookup_type_attribute(vm, vm.types.method, name);
  if (!found.is_null()) {
    const auto get = type_of(vm, found)->slots.descriptor_get;
    return get == nullptr ? Ref::share(found) : get(vm, found, self, vm.types.method);
  }
  return get_attribute(vm, method_of(self)->function, name);
}

Ref method_new(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_PARSE(args, vm, "method(function, instance, /)", 2, call);
  if (!is_callable(vm, args[0])) return raise(vm, vm.exc.TypeError, "first argument must be callable");
  if (args[1].is_none()) return raise(vm, vm.exc.TypeError, "instance must not be None");
  return new_method(vm, args[0], args[1]);
}

Ref get_function(Vm&, Value self) { return Ref::share(method_of(self)->function); }
Ref get_self(Vm&, Value self) { return Ref::share(method_of(self)->self); }
Ref get_doc(Vm& vm, Value self) { return get_attribute(vm, method_of(self)->function, vm.names.d_doc); }

Ref method_reduce(Vm& vm, Value self) {
  VM_TRY(Ref name, get_attribute(vm, method_of(self)->function, vm.names.d_name));
  VM_TRY(Ref getattr, Ref::share(dict_get(vm, vm.builtins, "getattr")));
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {method_of(self)->self, name.get()}));
  return new_tuple(vm, {getattr.get(), arguments.get()});
}

constexpr MethodSpec kMethods[] = {{"__reduce__($self, /)", method_reduce}};
constexpr GetSetSpec kGetSet[] = {
    {"__func__", get_function, nullptr, "the function (or other callable) implementing a method"},
    {"__self__", get_self, nullptr, "the instance to which a method is bound"},
    {"__doc__", get_doc},
};

}  // namespace

const TypeSpec kMethodType{
    .name = "method",
    .basic_size = sizeof(MethodObject),
    .flags = kTypeContainer,
    .doc = "method(function, instance, /)\n--\n\nCreate a bound instance method object.",
    .slots = {.dealloc = method_dealloc,
              .traverse = method_traverse,
              .construct = method_new,
              .repr = method_repr,
              .hash = method_hash,
              .call = method_call,
              .get_attribute = method_get_attribute,
              .compare = method_compare},
    .methods = kMethods,
    .getset = kGetSet,
    .weakref_offset = offsetof(MethodObject, weakrefs),
};

Ref new_method(Vm& vm, Value function, Value self) {
  auto* method = allocate<MethodObject>(vm, vm.types.method);
  if (method == nullptr) return {};
  incref(function);
  incref(self);
  method->function = function;
  method->self = self;
  vm.heap.track(method);
  return Ref::adopt(method);
}

}  // namespace ouro::vm
