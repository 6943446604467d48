// _collections: CPython 3.13 Modules/_collectionsmodule.c.
#include "vm/modules/_collections/collections.h"

#include "vm/objects/container_helpers.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/life.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

// --- _tuplegetter: the fields of named tuples
struct TupleGetterObject : GcObject {
  Value doc;
  std::int64_t index;
};
using GetterLife = LifeOf<TupleGetterObject, &TupleGetterObject::doc>;

Ref getter_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "_tuplegetter"));
  if (call.positional != 2) {
    return raise(vm, vm.exc.TypeError, "_tuplegetter expected 2 arguments, got {}", call.positional);
  }
  VM_TRY(std::int64_t index, to_ssize(vm, call.values[0], vm.exc.OverflowError));
  VM_TRY(Own<TupleGetterObject> self, make_instance<TupleGetterObject>(vm, type));
  self->index = index;
  assign(self->doc, call.values[1]);
  return self;
}
Ref getter_get(Vm& vm, Value self, Value instance, Value) {
  const auto* getter = self.as<TupleGetterObject>();
  if (instance.is_null() || instance.is_none()) return Ref::share(self);
  if (!is_tuple(instance)) {
    return raise(vm, vm.exc.TypeError, "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
                 getter->index, type_name(vm, instance));
  }
  const auto* tuple = instance.as<TupleObject>();
  if (getter->index < 0 || static_cast<std::size_t>(getter->index) >= tuple->size) {
    return raise(vm, vm.exc.IndexError, "tuple index out of range");
  }
  return Ref::share((*tuple)[static_cast<std::size_t>(getter->index)]);
}
bool getter_set(Vm& vm, Value, Value, Value value) {
  return raise(vm, vm.exc.AttributeError, value.is_null() ? "can't delete attribute" : "can't set attribute");
}
Ref getter_repr(Vm& vm, Value self) {
  const auto* getter = self.as<TupleGetterObject>();
  VM_TRY(Ref doc, repr(vm, getter->doc));
  StrBuilder text(vm);
  text.append(std::string_view("_tuplegetter("));
  text.append_utf8(std::to_string(getter->index));
  text.append(std::string_view(", "));
  text.append(doc.as<StrObject>());
  text.append(')');
  return text.finish();
}
Ref getter_reduce(Vm& vm, Value self) {
  const auto* getter = self.as<TupleGetterObject>();
  VM_TRY(Ref arguments, new_tuple(vm, {Value::small(getter->index), getter->doc}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get()});
}
constexpr MethodSpec kGetterMethods[] = {
    {"__reduce__($self, /)", getter_reduce},
};
constexpr MemberSpec kGetterMembers[] = {
    {"__doc__", MemberSpec::Kind::Object, offsetof(TupleGetterObject, doc), false},
};
constexpr TypeSlots getter_slots() {
  TypeSlots s = GetterLife::slots();
  s.construct = getter_construct;
  s.repr = getter_repr;
  s.descriptor_get = getter_get;
  s.descriptor_set = getter_set;
  return s;
}

/// Counter's loop: mapping[x] = mapping.get(x, 0) + 1, without calls where the mapping is a dict in these respects.
Ref count_elements(Vm& vm, Value, Args& args) {
  const Value mapping = args[0];
  VM_TRY(StrObject * get_name, vm.intern("get"));
  TypeObject* type = type_of(vm, mapping);
  const bool direct = is_dict(mapping) && type->slots.assign_subscript == vm.types.dict->slots.assign_subscript &&
                      lookup_type_attribute(vm, type, get_name) == lookup_type_attribute(vm, vm.types.dict, get_name);
  if (direct) {
    auto* dict = mapping.as<DictObject>();
    VM_CHECK(for_each(vm, args[1], [&](Value item) -> bool {
      std::int64_t h = 0;
      VM_CHECK(hash(vm, item, h));
      Value old;
      VM_CHECK(dict_find_hashed(vm, dict, item, h, old));
      const Ref count = Ref::share(old.is_null() ? Value::small(0) : old);
      VM_TRY(Ref next, count.get().is_small() ? new_int(vm, count.get().small_value() + 1)
                                              : binary(vm, count, Value::small(1), BinaryOp::Add));
      return dict_set_hashed(vm, dict, item, h, next);
    }));
    return Ref::none();
  }
  VM_TRY(Ref get, get_attribute(vm, mapping, get_name));
  VM_CHECK(for_each(vm, args[1], [&](Value item) -> bool {
    VM_TRY(Ref count, call(vm, get, {item, Value::small(0)}));
    VM_TRY(Ref next, binary(vm, count, Value::small(1), BinaryOp::Add));
    return set_item(vm, mapping, item, next);
  }));
  return Ref::none();
}

constexpr MethodSpec kFunctions[] = {
    {"_count_elements($module, mapping, iterable, /)", count_elements, "Counts an iterable's items into the mapping."},
};

bool fill(Vm& vm, ModuleObject* module) {
  VM_CHECK(add_type(vm, module, kDequeType));
  VM_CHECK(add_type(vm, module, kDefaultDictType));
  VM_CHECK(add_type(vm, module, kOrderedDictType));
  VM_CHECK(add_type(vm, module, kDequeIteratorType));
  VM_CHECK(add_type(vm, module, kDequeReverseIteratorType));
  return add_type(vm, module, kTupleGetterType);
}

}  // namespace

const TypeSpec kTupleGetterType = {
    .name = "collections._tuplegetter",
    .basic_size = sizeof(TupleGetterObject),
    .flags = kTypeImmutable | kTypeContainer,
    .slots = getter_slots(),
    .methods = kGetterMethods,
    .members = kGetterMembers,
};

const ModuleSpec& _collections_module() {
  static const ModuleSpec spec = {
      .name = "_collections",
      .doc = "Containers that collections shows: deque, defaultdict.",
      .functions = kFunctions,
      .fill = fill,
  };
  return spec;
}

}  // namespace ouro::vm
