// _functools: partial, reduce, cmp_to_key and the wrapper of lru_cache. CPython 3.13 Modules/_functoolsmodule.c.
#include "vm/core/shape.h"
#include "vm/modules/_functools/lru_cache.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/function.h"
#include "vm/objects/life.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

struct PartialObject : GcObject {
  Value function;
  Value arguments;  ///< tuple
  Value keywords;   ///< dict
  AttributeStore store;
  WeakRefObject* weakrefs;
};


void partial_dealloc(Vm& vm, Object* self) {
  auto* partial = static_cast<PartialObject*>(self);
  vm.heap.untrack(partial);
  clear_weakrefs(vm, self);
  store_clear(vm, partial->store);
  xdecref(partial->function);
  xdecref(partial->arguments);
  xdecref(partial->keywords);
  free_object(vm, self, partial->type->basic_size);
}
void partial_traverse(Object* self, Visitor& visit) {
  auto* partial = static_cast<PartialObject*>(self);
  visit(partial->function);
  visit(partial->arguments);
  visit(partial->keywords);
  store_traverse(self, partial->store, visit);
}
// An instance that lost its parts cannot be called; only garbage is cleared.
void partial_clear(Vm& vm, Object* self) { store_clear(vm, static_cast<PartialObject*>(self)->store); }

Ref partial_call(Vm& vm, Value self, const CallArgs& call);

bool has_empty_store(const PartialObject* partial) {
  return partial->store.shape == nullptr ? partial->store.dict == nullptr || partial->store.dict->used == 0
                                         : partial->store.shape->count == 0;
}

Ref partial_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "type 'partial' takes at least one argument");
  Value function = call.values[0];
  if (!is_callable(vm, function)) return raise(vm, vm.exc.TypeError, "the first argument must be callable");
  const PartialObject* inner = nullptr;
  if (type_of(vm, function)->slots.call == partial_call && has_empty_store(function.as<PartialObject>())) {
    inner = function.as<PartialObject>();
    function = inner->function;
  }
  VM_TRY(Own<PartialObject> self, make_instance<PartialObject>(vm, type));
  const std::span<const Value> before = inner != nullptr ? inner->arguments.as<TupleObject>()->view() : std::span<const Value>();
  VM_TRY(Own<TupleObject> arguments, allocate_tuple(vm, before.size() + call.positional - 1));
  copy_values(arguments->items(), before);
  copy_values(arguments->items() + before.size(), call.positionals().subspan(1));
  VM_TRY(Own<DictObject> keywords, inner != nullptr ? dict_copy(vm, inner->keywords.as<DictObject>()) : new_dict(vm));
  for (std::size_t i = 0; i < call.keyword_count(); ++i) {
    VM_CHECK(dict_set(vm, keywords, (*call.keyword_names)[i], call.keyword_value(i)));
  }
  assign(self->function, function);
  assign(self->arguments, Value(arguments.get()));
  assign(self->keywords, Value(keywords.get()));
  return self;
}

Ref partial_call(Vm& vm, Value self, const CallArgs& call) {
  const auto* partial = self.as<PartialObject>();
  const auto* arguments = partial->arguments.as<TupleObject>();
  auto* keywords = partial->keywords.as<DictObject>();
  if (keywords->used == 0 && !call.has_keywords()) {
    constexpr std::size_t kOnStack = 12;
    const std::size_t total = arguments->size + call.positional;
    if (total <= kOnStack) {
      Value values[kOnStack];
      std::copy(arguments->view().begin(), arguments->view().end(), values);
      std::copy(call.values, call.values + call.positional, values + arguments->size);
      const Ref held = Ref::share(partial->arguments);
      return vm::call(vm, partial->function, CallArgs{values, total, nullptr});
    }
  }
  VM_TRY(Own<TupleObject> all, allocate_tuple(vm, arguments->size + call.positional));
  copy_values(all->items(), arguments->view());
  copy_values(all->items() + arguments->size, call.positionals());
  VM_TRY(Own<DictObject> merged, dict_copy(vm, keywords));
  for (std::size_t i = 0; i < call.keyword_count(); ++i) {
    VM_CHECK(dict_set(vm, merged, (*call.keyword_names)[i], call.keyword_value(i)));
  }
  const Ref function = Ref::share(partial->function);
  return call_with(vm, function, all, merged->used == 0 ? nullptr : merged.get());
}

Ref partial_repr(Vm& vm, Value self) {
  const auto* partial = self.as<PartialObject>();
  const ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str_latin1(vm, "...");
  StrBuilder out(vm);
  VM_TRY(Ref module, get_attribute(vm, Value(type_of(vm, self)), vm.names.d_module));
  if (is_str(module)) {
    out.append(module.as<StrObject>());
    out.append('.');
  }
  out.append(type_of(vm, self)->qualname);
  out.append('(');
  VM_TRY(Ref text, repr(vm, partial->function));
  out.append(text.as<StrObject>());
  for (const Value argument : partial->arguments.as<TupleObject>()->view()) {
    VM_TRY(text, repr(vm, argument));
    out.append(std::string_view(", "));
    out.append(text.as<StrObject>());
  }
  std::size_t position = 0;
  Value key, value;
  while (dict_next(partial->keywords.as<DictObject>(), position, key, value)) {
    const Ref held_key = Ref::share(key);
    VM_TRY(text, repr(vm, value));
    VM_TRY(Ref name, str(vm, held_key));
    out.append(std::string_view(", "));
    out.append(name.as<StrObject>());
    out.append('=');
    out.append(text.as<StrObject>());
  }
  out.append(')');
  return out.finish();
}

Ref partial_descriptor_get(Vm& vm, Value self, Value instance, Value) {
  if (instance.is_null() || instance.is_none()) return Ref::share(self);
  VM_CHECK(warn(vm, vm.exc.FutureWarning,
                "functools.partial will be a method descriptor in future Python versions; wrap it in staticmethod() if you want "
                "to preserve the old behavior"));
  return Ref::share(self);
}

Ref partial_reduce(Vm& vm, Value self) {
  auto* partial = self.as<PartialObject>();
  VM_TRY(Ref arguments, new_tuple(vm, {partial->function}));
  Value dict = kNone;
  if (!has_empty_store(partial)) {
    DictObject* made = store_dict(vm, partial);
    VM_CHECK(made);
    dict = Value(made);
  }
  VM_TRY(Ref state, new_tuple(vm, {partial->function, partial->arguments, partial->keywords, dict}));
  return new_tuple(vm, {Value(type_of(vm, self)), arguments.get(), state.get()});
}

Ref partial_setstate(Vm& vm, Value self, Value state) {
  auto* partial = self.as<PartialObject>();
  const auto* parts = is_tuple(state) ? state.as<TupleObject>() : nullptr;
  if (parts == nullptr || parts->size != 4 || !is_callable(vm, (*parts)[0]) || !is_tuple((*parts)[1]) ||
      !((*parts)[2].is_none() || is_dict((*parts)[2]))) {
    return raise(vm, vm.exc.TypeError, "invalid partial state");
  }
  VM_TRY(Own<TupleObject> arguments, to_tuple(vm, (*parts)[1]));
  Own<DictObject> keywords;
  if ((*parts)[2].is_none()) {
    VM_TRY(keywords, new_dict(vm));
  } else if (is_exact(vm, (*parts)[2], vm.types.dict)) {
    keywords = Own<DictObject>::share((*parts)[2].as<DictObject>());
  } else {
    VM_TRY(keywords, dict_copy(vm, (*parts)[2].as<DictObject>()));
  }
  const Value dict = (*parts)[3];
  if (!dict.is_none() && !is_dict(dict)) return raise(vm, vm.exc.TypeError, "invalid partial state");
  assign(partial->function, (*parts)[0]);
  assign(partial->arguments, Value(arguments.get()));
  assign(partial->keywords, Value(keywords.get()));
  if (dict.is_none()) {
    store_clear(vm, partial->store);
  } else {
    store_replace(vm, partial, dict.as<DictObject>());
  }
  return Ref::none();
}

constexpr MethodSpec kPartialMethods[] = {
    {"__reduce__($self, /)", partial_reduce},
    {"__setstate__($self, object, /)", partial_setstate},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr MemberSpec kPartialMembers[] = {
    {"func", MemberSpec::Kind::Object, offsetof(PartialObject, function), true, "function object to use in future partial calls"},
    {"args", MemberSpec::Kind::Object, offsetof(PartialObject, arguments), true, "tuple of arguments to future partial calls"},
    {"keywords", MemberSpec::Kind::Object, offsetof(PartialObject, keywords), true,
     "dictionary of keyword arguments to future partial calls"},
};
constexpr TypeSlots partial_slots() {
  TypeSlots s;
  s.dealloc = partial_dealloc;
  s.traverse = partial_traverse;
  s.clear = partial_clear;
  s.construct = partial_construct;
  s.call = partial_call;
  s.repr = partial_repr;
  s.descriptor_get = partial_descriptor_get;
  return s;
}
const TypeSpec kPartialType = {
    .name = "functools.partial",
    .basic_size = sizeof(PartialObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer,
    .doc = "partial(func, /, *args, **keywords)\n--\n\nA function with some of another one's arguments given beforehand.",
    .slots = partial_slots(),
    .methods = kPartialMethods,
    .members = kPartialMembers,
    .store_offset = offsetof(PartialObject, store),
    .weakref_offset = offsetof(PartialObject, weakrefs),
};

// --- cmp_to_key
struct KeyObject : GcObject {
  Value compare, object;
};
using KeyLife = LifeOf<KeyObject, &KeyObject::compare, &KeyObject::object>;

Ref key_call(Vm& vm, Value self, const CallArgs& call) {
  VM_PARSE(args, vm, "K(obj)", 1, call);
  VM_TRY(Own<KeyObject> key, make_instance<KeyObject>(vm, type_of(vm, self)));
  assign(key->compare, self.as<KeyObject>()->compare);
  assign(key->object, args[0]);
  return key;
}
Ref key_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (type_of(vm, other) != type_of(vm, self)) return raise(vm, vm.exc.TypeError, "other argument must be K instance");
  const auto *a = self.as<KeyObject>(), *b = other.as<KeyObject>();
  if (a->object.is_null() || b->object.is_null()) return raise(vm, vm.exc.AttributeError, "object");
  VM_TRY(Ref result, call(vm, a->compare, {a->object, b->object}));
  return compare(vm, result, Value::small(0), op);
}
constexpr MemberSpec kKeyMembers[] = {
    {"obj", MemberSpec::Kind::Object, offsetof(KeyObject, object), false, "Value wrapped by a key function."},
};
constexpr TypeSlots key_slots() {
  TypeSlots s = KeyLife::slots();
  s.call = key_call;
  s.compare = key_compare;
  return s;
}
const TypeSpec kKeyType = {
    .name = "functools.KeyWrapper",
    .basic_size = sizeof(KeyObject),
    .flags = kTypeImmutable | kTypeContainer | kTypeNoInstantiation,
    .slots = key_slots(),
    .members = kKeyMembers,
};
Ref cmp_to_key(Vm& vm, Value, Args& args) {
  VM_TRY(Own<KeyObject> key, make_instance<KeyObject>(vm, vm.native_type(kKeyType)));
  assign(key->compare, args[0]);
  return key;
}

Ref functools_reduce(Vm& vm, Value, Args& args) {
  Ref iterator = get_iter(vm, args[1]);
  if (!iterator) {
    if (catch_error(vm, vm.exc.TypeError)) return raise(vm, vm.exc.TypeError, "reduce() arg 2 must support iteration");
    return {};
  }
  Ref result = args.given(2) ? Ref::share(args[2]) : Ref();
  for (;;) {
    const Ref item = iter_next(vm, iterator);
    if (!item) {
      VM_CHECK(!has_error(vm));
      break;
    }
    if (!result) {
      result = item.clone();
    } else {
      VM_TRY(result, call(vm, args[0], {result.get(), item.get()}));
    }
  }
  if (!result) return raise(vm, vm.exc.TypeError, "reduce() of empty iterable with no initial value");
  return result;
}

constexpr MethodSpec kFunctions[] = {
    {"cmp_to_key($module, /, mycmp)", cmp_to_key, "A key function from a comparing one."},
    {"reduce($module, function, iterable, initial=<unrepresentable>, /)", functools_reduce,
     "The function applied to the result so far and the next item, from left to right."},
};

bool fill(Vm& vm, ModuleObject* module) { return add_type(vm, module, kPartialType) && add_type(vm, module, kLruCacheType); }

}  // namespace

const ModuleSpec& _functools_module() {
  static const ModuleSpec spec = {
      .name = "_functools",
      .doc = "Tools that operate on functions.",
      .functions = kFunctions,
      .fill = fill,
  };
  return spec;
}

}  // namespace ouro::vm
