// types.UnionType: int | str (CPython 3.13 Objects/unionobject.c).
#include <vector>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/generic_alias.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/typing.h"

namespace ouro::vm {
namespace {

UnionObject* union_in(Value self) { return self.as<UnionObject>(); }

bool is_unionable(Vm& vm, Value value) {
  return value.is_none() || is_type(value) || is_instance_of(vm, value, vm.types.generic_alias) ||
         is_exact(vm, value, vm.types.union_) || (value.is_object() && value.object()->type->spec == &kTypeAliasType);
}

/// Adds a type, or a union's types, unless an equal one is there.
bool add_type(Vm& vm, ListObject* list, Value type) {
  if (is_exact(vm, type, vm.types.union_)) {
    for (const Value entry : union_in(type)->args->view()) VM_CHECK(add_type(vm, list, entry));
    return true;
  }
  if (type.is_none()) type = Value(vm.types.none);
  for (const Value other : list->view()) {
    const bool aliases = is_instance_of(vm, other, vm.types.generic_alias) && is_instance_of(vm, type, vm.types.generic_alias);
    bool same = other == type;
    if (!same && aliases) VM_CHECK(equal(vm, other, type, same));
    if (same) return true;
  }
  return list_append(vm, list, type);
}

Ref make_union(Vm& vm, std::span<const Value> types) {
  VM_TRY(Own<ListObject> flat, new_list(vm));
  for (const Value type : types) VM_CHECK(add_type(vm, flat, type));
  if (flat->size == 1) return Ref::share(flat->items[0]);
  VM_TRY(Own<TupleObject> args, new_tuple(vm, flat->view()));
  auto* made = allocate<UnionObject>(vm, vm.types.union_);
  VM_CHECK(made);
  made->args = args.release();
  vm.heap.track(made);
  return Ref::adopt(Value(made));
}

void union_dealloc(Vm& vm, Object* self) {
  auto* made = static_cast<UnionObject*>(self);
  vm.heap.untrack(made);
  for (TupleObject* tuple : {made->args, made->parameters})
    if (tuple != nullptr) decref(static_cast<Object*>(tuple));
  free_object(vm, self, self->type->basic_size);
}
void union_traverse(Object* self, Visitor& visit) {
  visit(static_cast<UnionObject*>(self)->args);
  visit(static_cast<UnionObject*>(self)->parameters);
}

Ref union_repr(Vm& vm, Value self) {
  std::string out;
  for (const Value type : union_in(self)->args->view()) {
    if (!out.empty()) out += " | ";
    VM_CHECK(append_type_repr(vm, type, out));
  }
  return new_str(vm, out);
}

bool union_hash(Vm& vm, Value self, std::int64_t& out) {
  VM_TRY(Own<SetObject> set, new_frozenset(vm, Value(union_in(self)->args)));
  return hash(vm, set, out);
}

Ref union_compare(Vm& vm, Value a, Value b, CompareOp op) {
  if (!is_exact(vm, b, vm.types.union_)) return Ref::not_implemented();
  VM_TRY(Own<SetObject> left, new_frozenset(vm, Value(union_in(a)->args)));
  VM_TRY(Own<SetObject> right, new_frozenset(vm, Value(union_in(b)->args)));
  if (op != CompareOp::Equal && op != CompareOp::NotEqual) return Ref::not_implemented();
  return compare(vm, left, right, op);
}

Own<TupleObject> parameters_of(Vm& vm, UnionObject* made) {
  if (made->parameters == nullptr) {
    VM_TRY(Own<TupleObject> found, collect_parameters(vm, made->args));
    made->parameters = found.release();
  }
  return Own<TupleObject>::share(made->parameters);
}

Ref union_subscript(Vm& vm, Value self, Value item) {
  VM_TRY(Own<TupleObject> parameters, parameters_of(vm, union_in(self)));
  VM_TRY(Own<TupleObject> args, substitute(vm, self, union_in(self)->args, parameters, item));
  Ref out = Ref::share((*args)[0]);
  for (std::size_t i = 1; i < args->size; ++i) {
    out = binary(vm, out, (*args)[i], BinaryOp::Or);
    VM_CHECK(out);
  }
  return out;
}

bool check_plain(Vm& vm, TupleObject* args, std::string_view function) {
  for (const Value type : args->view()) {
    if (is_instance_of(vm, type, vm.types.generic_alias))
      return raise(vm, vm.exc.TypeError, "{}() argument 2 cannot be a parameterized generic", function);
  }
  return true;
}
Ref union_instancecheck(Vm& vm, Value self, Value object) {
  VM_CHECK(check_plain(vm, union_in(self)->args, "isinstance"));
  for (const Value type : union_in(self)->args->view()) {
    bool out = false;
    VM_CHECK(is_instance(vm, object, type, out));
    if (out) return Ref::boolean(true);
  }
  return Ref::boolean(false);
}
Ref union_subclasscheck(Vm& vm, Value self, Value type) {
  if (!is_type(type)) return raise(vm, vm.exc.TypeError, "issubclass() arg 1 must be a class");
  VM_CHECK(check_plain(vm, union_in(self)->args, "issubclass"));
  for (const Value entry : union_in(self)->args->view()) {
    bool out = false;
    VM_CHECK(is_subclass(vm, type, entry, out));
    if (out) return Ref::boolean(true);
  }
  return Ref::boolean(false);
}
constexpr MethodSpec kMethods[] = {{"__instancecheck__($self, object, /)", union_instancecheck},
                                   {"__subclasscheck__($self, object, /)", union_subclasscheck}};

Ref get_args(Vm&, Value self) { return Ref::share(Value(union_in(self)->args)); }
Ref get_parameters(Vm& vm, Value self) { return parameters_of(vm, union_in(self)); }
Ref union_get_attribute(Vm& vm, Value self, StrObject* name) { return generic_get_attribute(vm, self, name); }
constexpr GetSetSpec kGetSet[] = {{"__args__", get_args}, {"__parameters__", get_parameters}};

}  // namespace

Ref type_or(Vm& vm, Value a, Value b) {
  if (!is_unionable(vm, a) || !is_unionable(vm, b)) return Ref::not_implemented();
  const Value types[] = {a, b};
  return make_union(vm, types);
}

const TypeSpec kUnionType = {
    .name = "types.UnionType",
    .basic_size = sizeof(UnionObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .doc = "Represent a PEP 604 union type\n\nE.g. for int | str",
    .slots = {.dealloc = union_dealloc, .traverse = union_traverse, .repr = union_repr, .hash = union_hash,
              .get_attribute = union_get_attribute, .compare = union_compare,
              .binary = {nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, type_or},
              .subscript = union_subscript},
    .methods = kMethods,
    .getset = kGetSet,
};

}  // namespace ouro::vm
