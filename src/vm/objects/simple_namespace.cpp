// types.SimpleNamespace (CPython 3.13 Objects/namespaceobject.c).
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct NamespaceObject : GcObject {
  AttributeStore store;
};

bool namespace_init(Vm& vm, Value self, const CallArgs& args) {
  if (args.positional > 1) {
    return raise(vm, vm.exc.TypeError, "{} expected at most 1 argument, got {}", type_name(vm, self), args.positional);
  }
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  if (args.positional == 1) {
    VM_TRY(Own<DictObject> given, new_dict(vm));
    if (is_dict(args.values[0])) {
      VM_CHECK(dict_merge(vm, given, args.values[0], OnDuplicate::Replace));
    } else {
      VM_TRY(Ref made, call(vm, Value(vm.types.dict), {args.values[0]}));
      VM_CHECK(dict_merge(vm, given, made, OnDuplicate::Replace));
    }
    std::size_t position = 0;
    Value key;
    Value value;
    while (dict_next(given, position, key, value))
      if (!is_str(key)) return raise(vm, vm.exc.TypeError, "keywords must be strings");
    VM_CHECK(dict_merge(vm, dict, given, OnDuplicate::Replace));
  }
  for (std::size_t i = 0; i < args.keyword_count(); ++i) VM_CHECK(dict_set(vm, dict, (*args.keyword_names)[i], args.keyword_value(i)));
  return true;
}

void namespace_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<NamespaceObject*>(self);
  vm.heap.untrack(object);
  store_clear(vm, object->store);
  free_object(vm, self, self->type->basic_size);
}
void namespace_traverse(Object* self, Visitor& visit) { store_traverse(self, static_cast<NamespaceObject*>(self)->store, visit); }
void namespace_clear(Vm& vm, Object* self) { store_clear(vm, static_cast<NamespaceObject*>(self)->store); }

Ref namespace_repr(Vm& vm, Value self) {
  std::string name = is_exact(vm, self, vm.types.simple_namespace) ? "namespace" : std::string(to_utf8(type_of(vm, self)->name));
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str(vm, name + "(...)");
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  VM_TRY(Own<ListObject> keys, dict_keys(vm, dict));
  std::string out = name + "(";
  bool first = true;
  for (const Value key : keys->view()) {
    if (!is_str(key) || key.as<StrObject>()->length == 0) continue;
    const Ref value = Ref::share(dict_get(vm, dict, key));
    if (!value) continue;
    VM_TRY(Ref shown, repr(vm, value));
    if (!first) out += ", ";
    first = false;
    out += to_utf8(key.as<StrObject>()) + "=" + to_utf8(shown.as<StrObject>());
  }
  return new_str(vm, out + ")");
}

Ref namespace_compare(Vm& vm, Value a, Value b, CompareOp op) {
  if (!is_instance_of(vm, a, vm.types.simple_namespace) || !is_instance_of(vm, b, vm.types.simple_namespace))
    return Ref::not_implemented();
  VM_TRY(DictObject * left, store_dict(vm, a.object()));
  VM_TRY(DictObject * right, store_dict(vm, b.object()));
  if (op != CompareOp::Equal && op != CompareOp::NotEqual) return Ref::not_implemented();
  return compare(vm, Value(left), Value(right), op);
}

Ref namespace_reduce(Vm& vm, Value self) {
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  return new_tuple(vm, {Value(type_of(vm, self)), Value(vm.empty_tuple), Value(dict)});
}
Ref namespace_replace(Vm& vm, Value self, const CallArgs& args) {
  if (args.positional != 0) return raise(vm, vm.exc.TypeError, "__replace__() takes no positional arguments");
  VM_TRY(Ref copy, call(vm, Value(type_of(vm, self))));
  VM_TRY(DictObject * from, store_dict(vm, self.object()));
  VM_TRY(DictObject * to, store_dict(vm, copy.get().object()));
  VM_CHECK(dict_merge(vm, to, Value(from), OnDuplicate::Replace));
  for (std::size_t i = 0; i < args.keyword_count(); ++i) VM_CHECK(dict_set(vm, to, (*args.keyword_names)[i], args.keyword_value(i)));
  return copy;
}
constexpr MethodSpec kMethods[] = {
    {"__reduce__($self, /)", namespace_reduce, "Return state information for pickling"},
    {"__replace__($self, /, **changes)", namespace_replace, "Return a copy of the namespace object with new values for the specified attributes."},
};
Ref get_dict(Vm& vm, Value self) {
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  return Ref::share(Value(dict));
}
constexpr GetSetSpec kGetSet[] = {{"__dict__", get_dict}};

}  // namespace

Ref new_simple_namespace(Vm& vm, DictObject* attributes) {
  VM_TRY(Ref made, construct_zeroed(vm, vm.types.simple_namespace, CallArgs{}));
  store_replace(vm, made.get().object(), attributes);
  return made;
}

const TypeSpec kSimpleNamespaceType = {
    .name = "types.SimpleNamespace",
    .basic_size = sizeof(NamespaceObject),
    .flags = kTypeContainer | kTypeBaseType,
    .doc = "SimpleNamespace(mapping_or_iterable=(), /, **kwargs)\n--\n\nA simple attribute-based namespace.",
    .slots = {.dealloc = namespace_dealloc, .traverse = namespace_traverse, .clear = namespace_clear, .construct = construct_zeroed,
              .init = namespace_init, .repr = namespace_repr, .compare = namespace_compare},
    .methods = kMethods,
    .getset = kGetSet,
    .store_offset = offsetof(NamespaceObject, store),
};

}  // namespace ouro::vm
