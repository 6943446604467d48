// _abc: abstract base classes (CPython 3.13 Modules/_abc.c).
#include "vm/core/binding.h"
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/weakref_impl.h"

namespace ouro::vm {
namespace {

/// What an abstract class keeps: sets of weak references to classes, null until first needed.
struct AbcData : GcObject {
  SetObject* registry;
  SetObject* cache;
  SetObject* negative_cache;
  std::uint64_t negative_version;
};
struct AbcState {
  std::uint64_t counter = 0;  ///< grows with every register(): negative answers older than it are void
};

SetObject** sets_of(AbcData* data, std::size_t index) {
  return index == 0 ? &data->registry : index == 1 ? &data->cache : &data->negative_cache;
}

void data_dealloc(Vm& vm, Object* self) {
  auto* data = static_cast<AbcData*>(self);
  vm.heap.untrack(data);
  for (std::size_t i = 0; i < 3; ++i) {
    SetObject* set = std::exchange(*sets_of(data, i), nullptr);
    if (set != nullptr) decref(static_cast<Object*>(set));
  }
  free_object(vm, self, self->type->basic_size);
}
void data_traverse(Object* self, Visitor& visit) {
  for (std::size_t i = 0; i < 3; ++i) visit(*sets_of(static_cast<AbcData*>(self), i));
}
const TypeSpec kAbcDataType = {.name = "_abc._abc_data", .basic_size = sizeof(AbcData), .flags = kTypeContainer,
                               .doc = "Internal state held by ABC machinery.",
                               .slots = {.dealloc = data_dealloc, .traverse = data_traverse, .construct = construct_zeroed}};

StrObject* impl_name(Vm& vm) { return vm.intern("_abc_impl"); }

Own<AbcData> data_of(Vm& vm, Value self) {
  VM_TRY(Ref found, get_attribute(vm, self, impl_name(vm)));
  if (type_of(vm, found) != vm.native_type(kAbcDataType)) return raise(vm, vm.exc.TypeError, "_abc_impl is set to a wrong type");
  return Own<AbcData>::from(std::move(found));
}

bool holds(Vm& vm, SetObject* set, Value type, bool& out) {
  out = false;
  if (set == nullptr || set->used == 0) return true;
  const Ref reference = new_weakref(vm, type, {});
  if (!reference) return catch_error(vm, vm.exc.TypeError);
  return set_contains(vm, set, reference, out);
}

/// Takes a dead class's reference out of its set: (set, reference).
Ref forget(Vm& vm, Value set_reference, Value reference) {
  const Value set = weakref_target(set_reference.as<WeakRefObject>());
  if (!set.is_null()) {
    bool found = false;
    VM_CHECK(set_discard(vm, set.as<SetObject>(), reference, found));
  }
  return Ref::none();
}
constexpr MethodSpec kForget{"_destroy($module, wr, /)", forget};

bool remember(Vm& vm, SetObject*& set, Value type) {
  if (set == nullptr) {
    set = new_set(vm).release();
    VM_CHECK(set != nullptr);
  }
  const Own<SetObject> kept = Own<SetObject>::share(set);
  VM_TRY(Ref set_reference, new_weakref(vm, kept, {}));
  VM_TRY(Ref callback, new_native_function(vm, kForget, set_reference, {}));
  VM_TRY(Ref reference, new_weakref(vm, type, callback));
  return set_add(vm, kept, reference);
}

// --- making

bool collect_own(Vm& vm, Value self, SetObject* into) {
  VM_TRY(Ref space, get_attribute(vm, self, vm.names.d_dict));
  VM_TRY(Ref items_view, call_method(vm, space, vm.names.items));
  VM_TRY(Own<ListObject> items, to_list(vm, items_view));
  for (const Value item : items->view()) {
    auto* pair = item.as<TupleObject>();
    Ref flag;
    VM_CHECK(find_attribute(vm, (*pair)[1], vm.names.d_isabstractmethod, flag));
    bool is_abstract = false;
    if (flag) VM_CHECK(truth(vm, flag, is_abstract));
    if (is_abstract) VM_CHECK(set_add(vm, into, (*pair)[0]));
  }
  return true;
}

bool collect_inherited(Vm& vm, Value self, SetObject* into) {
  VM_TRY(Ref bases, get_attribute(vm, self, vm.names.d_bases));
  if (!is_tuple(bases)) return raise(vm, vm.exc.TypeError, "__bases__ is not tuple");
  for (const Value base : bases.as<TupleObject>()->view()) {
    Ref names;
    VM_CHECK(find_attribute(vm, base, vm.names.d_abstractmethods, names));
    if (!names) continue;
    const bool done = for_each(vm, names, [&](Value name) -> bool {
      if (!is_str(name)) return raise(vm, vm.exc.TypeError, "attribute name must be string, not '{}'", type_name(vm, name));
      Ref value;
      VM_CHECK(find_attribute(vm, self, name.as<StrObject>(), value));
      if (!value) return true;
      Ref flag;
      VM_CHECK(find_attribute(vm, value, vm.names.d_isabstractmethod, flag));
      bool is_abstract = false;
      if (flag) VM_CHECK(truth(vm, flag, is_abstract));
      return !is_abstract || set_add(vm, into, name);
    });
    VM_CHECK(done);
  }
  return true;
}

constexpr std::uint32_t kCollectionFlags = kTypeSequence | kTypeMapping;

/// __abc_tpflags__ in the class body: Py_TPFLAGS_SEQUENCE (bit 5) or MAPPING (bit 6).
bool take_flags(Vm& vm, Value self) {
  if (!is_type(self)) return true;
  auto* type = self.as<TypeObject>();
  const Ref flags = dict_pop(vm, type->dict, Value(vm.intern("__abc_tpflags__")));
  if (!flags) return !has_error(vm);
  type_modified(type);
  if (!is_int(flags)) return true;
  const std::uint64_t bits = int_low_bits(flags);
  const std::uint32_t wanted = ((bits >> 5U) & 1U) != 0 ? kTypeSequence : ((bits >> 6U) & 1U) != 0 ? kTypeMapping : 0;
  if (((bits >> 5U) & 3U) == 3U) return raise(vm, vm.exc.TypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
  if (wanted != 0) type->flags = (type->flags & ~kCollectionFlags) | wanted;
  return true;
}

Ref abc_init(Vm& vm, Value, Value self) {
  VM_TRY(Own<SetObject> names, new_set(vm));
  VM_CHECK(collect_own(vm, self, names) && collect_inherited(vm, self, names));
  VM_TRY(Own<SetObject> frozen, new_frozenset(vm, names));
  VM_CHECK(set_attribute(vm, self, vm.names.d_abstractmethods, frozen));
  VM_TRY(Ref data, construct_zeroed(vm, vm.native_type(kAbcDataType), CallArgs{}));
  data.as<AbcData>()->negative_version = machine_state<AbcState>(vm).counter;
  VM_CHECK(set_attribute(vm, self, impl_name(vm), data));
  VM_CHECK(take_flags(vm, self));
  return Ref::none();
}

void set_flags_below(TypeObject* type, std::uint32_t flag) {
  if ((type->flags & kCollectionFlags) == flag || type->has(kTypeImmutable)) return;
  type->flags = (type->flags & ~kCollectionFlags) | flag;
  if (type->subclasses == nullptr) return;
  for (TypeObject* subclass : *type->subclasses) set_flags_below(subclass, flag);
}

Ref abc_register(Vm& vm, Value, Args& args) {
  const Value self = args[0];
  const Value type = args[1];
  if (!is_type(type)) return raise(vm, vm.exc.TypeError, "Can only register classes");
  bool known = false;
  VM_CHECK(is_subclass(vm, type, self, known));
  if (known) return Ref::share(type);
  VM_CHECK(is_subclass(vm, self, type, known));
  if (known) return raise(vm, vm.exc.RuntimeError, "Refusing to create an inheritance cycle");
  VM_TRY(Own<AbcData> data, data_of(vm, self));
  VM_CHECK(remember(vm, data->registry, type));
  ++machine_state<AbcState>(vm).counter;
  if (is_type(self)) {
    const std::uint32_t flag = self.as<TypeObject>()->flags & kCollectionFlags;
    if (flag != 0) set_flags_below(type.as<TypeObject>(), flag);
  }
  return Ref::share(type);
}

// --- checking

bool negative_is_current(Vm& vm, AbcData* data) { return data->negative_version == machine_state<AbcState>(vm).counter; }

Ref ask(Vm& vm, Value self, Value type) { return call_method(vm, self, vm.names.d_subclasscheck, {type}); }

Ref abc_instancecheck(Vm& vm, Value, Args& args) {
  const Value self = args[0];
  VM_TRY(Own<AbcData> data, data_of(vm, self));
  VM_TRY(Ref claimed, get_attribute(vm, args[1], vm.names.d_class));
  bool found = false;
  VM_CHECK(holds(vm, data->cache, claimed, found));
  if (found) return Ref::boolean(true);
  const Ref real = Ref::share(Value(type_of(vm, args[1])));
  if (real.get() == claimed.get()) {
    if (negative_is_current(vm, data)) {
      VM_CHECK(holds(vm, data->negative_cache, claimed, found));
      if (found) return Ref::boolean(false);
    }
    return ask(vm, self, claimed);
  }
  VM_TRY(Ref first, ask(vm, self, claimed));
  VM_CHECK(truth(vm, first, found));
  if (found) return first;
  return ask(vm, self, real);
}

/// Whether a class that was registered, or a subclass of self, is a base of `type`.
bool reached_otherwise(Vm& vm, Value self, AbcData* data, Value type, bool& out) {
  out = false;
  if (data->registry != nullptr) {
    VM_TRY(Own<ListObject> references, to_list(vm, Value(data->registry)));
    for (const Value reference : references->view()) {
      const Ref registered = Ref::share(weakref_target(reference.as<WeakRefObject>()));
      if (!registered) continue;
      VM_CHECK(is_subclass(vm, type, registered, out));
      if (out) return true;
    }
  }
  VM_TRY(Ref subclasses, call_method(vm, self, "__subclasses__"));
  if (!is_list(subclasses)) return raise(vm, vm.exc.TypeError, "__subclasses__() must return a list");
  VM_TRY(Own<TupleObject> copy, to_tuple(vm, subclasses));
  for (const Value subclass : copy->view()) {
    VM_CHECK(is_subclass(vm, type, subclass, out));
    if (out) return true;
  }
  return true;
}

Ref abc_subclasscheck(Vm& vm, Value, Args& args) {
  const Value self = args[0];
  const Value type = args[1];
  if (!is_type(type)) return raise(vm, vm.exc.TypeError, "issubclass() arg 1 must be a class");
  VM_TRY(Own<AbcData> data, data_of(vm, self));
  bool found = false;
  VM_CHECK(holds(vm, data->cache, type, found));
  if (found) return Ref::boolean(true);
  if (!negative_is_current(vm, data)) {
    SetObject* old = std::exchange(data->negative_cache, nullptr);
    if (old != nullptr) decref(static_cast<Object*>(old));
    data->negative_version = machine_state<AbcState>(vm).counter;
  } else {
    VM_CHECK(holds(vm, data->negative_cache, type, found));
    if (found) return Ref::boolean(false);
  }
  VM_TRY(Ref hooked, call_method(vm, self, vm.names.d_subclasshook, {type}));
  if (hooked.get() != kNotImplemented) {
    if (!hooked.get().is_bool())
      return raise(vm, vm.exc.AssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
    found = hooked.get().is_true();
    VM_CHECK(remember(vm, found ? data->cache : data->negative_cache, type));
    return hooked;
  }
  const auto& mro = *type.as<TypeObject>()->mro;
  for (const Value base : mro.view()) found = found || base == self;
  if (!found) VM_CHECK(reached_otherwise(vm, self, data, type, found));
  VM_CHECK(remember(vm, found ? data->cache : data->negative_cache, type));
  return Ref::boolean(found);
}

// --- looking in, and resetting

Ref get_dump(Vm& vm, Value, Value self) {
  VM_TRY(Own<AbcData> data, data_of(vm, self));
  Own<SetObject> sets[3];
  for (std::size_t i = 0; i < 3; ++i) {
    sets[i] = new_set(vm);
    VM_CHECK(sets[i]);
    if (*sets_of(data, i) != nullptr) VM_CHECK(set_update(vm, sets[i], Value(*sets_of(data, i))));
  }
  VM_TRY(Ref version, new_uint(vm, data->negative_version));
  return new_tuple(vm, {sets[0].operator Value(), sets[1].operator Value(), sets[2].operator Value(), version.get()});
}
Ref drop_sets(Vm& vm, Value self, std::size_t from, std::size_t to) {
  VM_TRY(Own<AbcData> data, data_of(vm, self));
  for (std::size_t i = from; i < to; ++i) {
    SetObject* set = std::exchange(*sets_of(data, i), nullptr);
    if (set != nullptr) decref(static_cast<Object*>(set));
  }
  return Ref::none();
}
Ref reset_registry(Vm& vm, Value, Value self) { return drop_sets(vm, self, 0, 1); }
Ref reset_caches(Vm& vm, Value, Value self) { return drop_sets(vm, self, 1, 3); }
Ref get_cache_token(Vm& vm, Value) { return new_uint(vm, machine_state<AbcState>(vm).counter); }

constexpr MethodSpec kFunctions[] = {
    {"get_cache_token($module, /)", get_cache_token, "Returns the current ABC cache token."},
    {"_abc_init($module, object, /)", abc_init, "Internal ABC helper for class set-up. Should be never used outside abc module."},
    {"_reset_registry($module, object, /)", reset_registry, "Internal ABC helper to reset registry of a given class."},
    {"_reset_caches($module, object, /)", reset_caches, "Internal ABC helper to reset both caches of a given class."},
    {"_get_dump($module, object, /)", get_dump, "Internal ABC helper for cache and registry debugging."},
    {"_abc_register($module, self, subclass, /)", abc_register, "Internal ABC helper for subclasss registration. Should be never used outside abc module."},
    {"_abc_instancecheck($module, self, instance, /)", abc_instancecheck, "Internal ABC helper for instance checks. Should be never used outside abc module."},
    {"_abc_subclasscheck($module, self, subclass, /)", abc_subclasscheck, "Internal ABC helper for subclasss checks. Should be never used outside abc module."},
};

}  // namespace

const ModuleSpec& _abc_module() {
  static const ModuleSpec spec = {.name = "_abc", .doc = "Module contains faster C implementation of abc.ABCMeta", .functions = kFunctions};
  return spec;
}

}  // namespace ouro::vm
