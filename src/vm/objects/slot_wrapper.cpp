// list.__len__ and [].__len__: slots called as methods (CPython 3.13 Objects/typeobject.c wrap_*).
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/slot_defs.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

template <class Function>
Function cast_to(AnyFunction function) {
  return reinterpret_cast<Function>(function);
}

bool check_count(Vm& vm, const CallArgs& args, std::size_t least, std::size_t most) {
  if (args.positional >= least && args.positional <= most) return true;
  if (least == most) {
    return raise(vm, vm.exc.TypeError, "expected {} argument{}, got {}", least, least == 1 ? "" : "s", args.positional);
  }
  if (args.positional < least)
    return raise(vm, vm.exc.TypeError, "expected at least {} argument{}, got {}", least, least == 1 ? "" : "s", args.positional);
  return raise(vm, vm.exc.TypeError, "expected at most {} argument{}, got {}", most, most == 1 ? "" : "s", args.positional);
}

/// object.__setattr__ must not get around a subclass's own rules (CPython hackcheck).
bool check_not_hacked(Vm& vm, Value self, AnyFunction function, std::string_view what) {
  TypeObject* type = type_of(vm, self);
  TypeObject* at = type;
  while (at != nullptr && at->has(kTypeHeap)) at = at->base;
  if (at == nullptr || reinterpret_cast<AnyFunction>(at->slots.set_attribute) == function) return true;
  for (TypeObject* base = at; base != nullptr; base = base->base)
    if (reinterpret_cast<AnyFunction>(base->slots.set_attribute) == function && base != at)
      return raise(vm, vm.exc.TypeError, "can't apply this {} to {} object", what, type->display_name());
  return true;
}

StrObject* attribute_name(Vm& vm, Value name) {
  if (is_str(name)) return name.as<StrObject>();
  return raise(vm, vm.exc.TypeError, "attribute name must be string, not '{}'", type_name(vm, name));
}

Ref none_if(bool succeeded) { return succeeded ? Ref::none() : Ref(); }

Ref call_attribute_slot(Vm& vm, const SlotWrapperObject* wrapper, Value self, const CallArgs& args) {
  const AnyFunction function = wrapper->function;
  if (wrapper->def->wrap == Wrap::GetAttribute) {
    VM_CHECK(check_count(vm, args, 1, 1));
    VM_TRY(StrObject * name, attribute_name(vm, args.values[0]));
    return cast_to<Ref (*)(Vm&, Value, StrObject*)>(function)(vm, self, name);
  }
  const bool sets = wrapper->def->wrap == Wrap::SetAttribute;
  VM_CHECK(check_count(vm, args, sets ? 2 : 1, sets ? 2 : 1));
  VM_CHECK(check_not_hacked(vm, self, function, sets ? "__setattr__" : "__delattr__"));
  VM_TRY(StrObject * name, attribute_name(vm, args.values[0]));
  return none_if(cast_to<bool (*)(Vm&, Value, StrObject*, Value)>(function)(vm, self, name, sets ? args.values[1] : Value()));
}

Ref call_descriptor_slot(Vm& vm, const SlotWrapperObject* wrapper, Value self, const CallArgs& args) {
  if (wrapper->def->wrap == Wrap::DescriptorGet) {
    VM_CHECK(check_count(vm, args, 1, 2));
    Value instance = args.values[0].is_none() ? Value() : args.values[0];
    Value owner = args.positional < 2 || args.values[1].is_none() ? Value() : args.values[1];
    if (instance.is_null() && owner.is_null()) return raise(vm, vm.exc.TypeError, "__get__(None, None) is invalid");
    return cast_to<Ref (*)(Vm&, Value, Value, Value)>(wrapper->function)(vm, self, instance, owner);
  }
  const bool sets = wrapper->def->wrap == Wrap::DescriptorSet;
  VM_CHECK(check_count(vm, args, sets ? 2 : 1, sets ? 2 : 1));
  return none_if(cast_to<bool (*)(Vm&, Value, Value, Value)>(wrapper->function)(vm, self, args.values[0],
                                                                               sets ? args.values[1] : Value()));
}

Ref call_item_slot(Vm& vm, const SlotWrapperObject* wrapper, Value self, const CallArgs& args) {
  const AnyFunction function = wrapper->function;
  switch (wrapper->def->wrap) {
    case Wrap::SetItem:
      VM_CHECK(check_count(vm, args, 2, 2));
      return none_if(cast_to<bool (*)(Vm&, Value, Value, Value)>(function)(vm, self, args.values[0], args.values[1]));
    case Wrap::DeleteItem:
      VM_CHECK(check_count(vm, args, 1, 1));
      return none_if(cast_to<bool (*)(Vm&, Value, Value, Value)>(function)(vm, self, args.values[0], Value()));
    case Wrap::Repeat: {
      VM_CHECK(check_count(vm, args, 1, 1));
      VM_TRY(std::int64_t count, to_ssize(vm, args.values[0], vm.exc.OverflowError));
      return cast_to<Ref (*)(Vm&, Value, std::int64_t)>(function)(vm, self, count);
    }
    case Wrap::Length: {
      VM_CHECK(check_count(vm, args, 0, 0));
      std::size_t out = 0;
      VM_CHECK(cast_to<bool (*)(Vm&, Value, std::size_t&)>(function)(vm, self, out));
      return new_int(vm, static_cast<std::int64_t>(out));
    }
    default: {
      VM_CHECK(check_count(vm, args, 1, 1));
      bool out = false;
      VM_CHECK(cast_to<bool (*)(Vm&, Value, Value, bool&)>(function)(vm, self, args.values[0], out));
      return Ref::boolean(out);
    }
  }
}

Ref call_number_slot(Vm& vm, const SlotWrapperObject* wrapper, Value self, const CallArgs& args) {
  const AnyFunction function = wrapper->function;
  switch (wrapper->def->wrap) {
    case Wrap::Unary:
      VM_CHECK(check_count(vm, args, 0, 0));
      return cast_to<UnarySlot>(function)(vm, self);
    case Wrap::Next: {
      VM_CHECK(check_count(vm, args, 0, 0));
      Ref item = cast_to<UnarySlot>(function)(vm, self);
      if (!item && !has_error(vm)) return raise_with(vm, vm.exc.StopIteration, {});
      return item;
    }
    case Wrap::BinaryRight:
      VM_CHECK(check_count(vm, args, 1, 1));
      return cast_to<BinarySlot>(function)(vm, args.values[0], self);
    case Wrap::Power:
    case Wrap::PowerReflected: {
      VM_CHECK(check_count(vm, args, 1, 2));
      const bool reflected = wrapper->def->wrap == Wrap::PowerReflected;
      const Value modulus = args.positional == 2 ? args.values[1] : kNone;
      const Value other = args.values[0];
      return cast_to<Ref (*)(Vm&, Value, Value, Value)>(function)(vm, reflected ? other : self, reflected ? self : other, modulus);
    }
    case Wrap::Compare:
      VM_CHECK(check_count(vm, args, 1, 1));
      return cast_to<Ref (*)(Vm&, Value, Value, CompareOp)>(function)(vm, self, args.values[0],
                                                                      static_cast<CompareOp>(wrapper->def->op));
    case Wrap::Hash: {
      VM_CHECK(check_count(vm, args, 0, 0));
      std::int64_t out = 0;
      VM_CHECK(cast_to<bool (*)(Vm&, Value, std::int64_t&)>(function)(vm, self, out));
      return new_int(vm, out);
    }
    case Wrap::Boolean: {
      VM_CHECK(check_count(vm, args, 0, 0));
      bool out = false;
      VM_CHECK(cast_to<bool (*)(Vm&, Value, bool&)>(function)(vm, self, out));
      return Ref::boolean(out);
    }
    default:  // BinaryLeft, Binary, InPlace
      VM_CHECK(check_count(vm, args, 1, 1));
      return cast_to<BinarySlot>(function)(vm, self, args.values[0]);
  }
}

}  // namespace

Ref call_slot_wrapper(Vm& vm, SlotWrapperObject* wrapper, Value self, const CallArgs& args) {
  const Wrap wrap = wrapper->def->wrap;
  if (wrap == Wrap::Call) return cast_to<Ref (*)(Vm&, Value, const CallArgs&)>(wrapper->function)(vm, self, args);
  if (wrap == Wrap::Init)
    return none_if(cast_to<bool (*)(Vm&, Value, const CallArgs&)>(wrapper->function)(vm, self, args));
  if (args.has_keywords()) {
    return raise(vm, vm.exc.TypeError, "wrapper {}() takes no keyword arguments", wrapper->name);
  }
  switch (wrap) {
    case Wrap::GetAttribute:
    case Wrap::SetAttribute:
    case Wrap::DeleteAttribute: return call_attribute_slot(vm, wrapper, self, args);
    case Wrap::DescriptorGet:
    case Wrap::DescriptorSet:
    case Wrap::DescriptorDelete: return call_descriptor_slot(vm, wrapper, self, args);
    case Wrap::SetItem:
    case Wrap::DeleteItem:
    case Wrap::Repeat:
    case Wrap::Length:
    case Wrap::Contains: return call_item_slot(vm, wrapper, self, args);
    case Wrap::Finalize:
      VM_CHECK(check_count(vm, args, 0, 0));
      cast_to<void (*)(Vm&, Object*)>(wrapper->function)(vm, self.object());
      return Ref::none();
    default: return call_number_slot(vm, wrapper, self, args);
  }
}

namespace {

// --- slot wrappers: list.__len__

Ref wrapper_get(Vm& vm, Value self, Value instance, Value owner) {
  if (instance.is_null()) return Ref::share(self);
  auto* wrapper = self.as<SlotWrapperObject>();
  VM_CHECK(check_descriptor_self(vm, wrapper->owner, wrapper->name, instance));
  auto* bound = allocate<MethodWrapperObject>(vm, vm.types.method_wrapper);
  VM_CHECK(bound);
  incref(self);
  bound->wrapper = wrapper;
  bound->self = Ref::share(instance).release();
  vm.heap.track(bound);
  return Ref::adopt(Value(bound));
}

Ref wrapper_call(Vm& vm, Value self, const CallArgs& args) {
  auto* wrapper = self.as<SlotWrapperObject>();
  if (args.positional == 0) {
    return raise(vm, vm.exc.TypeError, "descriptor '{}' of '{}' object needs an argument", wrapper->name,
                 wrapper->owner->display_name());
  }
  const Value instance = args.values[0];
  if (!is_instance_of(vm, instance, wrapper->owner)) {
    return raise(vm, vm.exc.TypeError, "descriptor '{}' requires a '{}' object but received a '{}'", wrapper->name,
                 wrapper->owner->display_name(), type_name(vm, instance));
  }
  return call_slot_wrapper(vm, wrapper, instance, CallArgs{args.values + 1, args.positional - 1, args.keyword_names});
}

Ref wrapper_repr(Vm& vm, Value self) {
  auto* wrapper = self.as<SlotWrapperObject>();
  return new_str(vm, format_message("<slot wrapper '{}' of '{}' objects>",
                                    {Piece(wrapper->name), Piece(wrapper->owner->display_name())}));
}

void wrapper_dealloc(Vm& vm, Object* self) {
  decref(static_cast<Object*>(static_cast<SlotWrapperObject*>(self)->name));
  free_object(vm, self, self->type->basic_size);
}

Ref wrapper_doc(Vm& vm, Value self) { return new_str(vm, self.as<SlotWrapperObject>()->def->doc); }
Ref wrapper_signature(Vm& vm, Value self) { return new_str(vm, self.as<SlotWrapperObject>()->def->signature); }
Ref wrapper_name(Vm&, Value self) { return Ref::share(Value(self.as<SlotWrapperObject>()->name)); }
Ref wrapper_owner(Vm&, Value self) { return Ref::share(Value(self.as<SlotWrapperObject>()->owner)); }
Ref wrapper_qualname(Vm& vm, Value self) {
  auto* wrapper = self.as<SlotWrapperObject>();
  return new_str(vm, format_message("{}.{}", {Piece(wrapper->owner->qualname), Piece(wrapper->name)}));
}
Ref wrapper_reduce(Vm& vm, Value self) {
  auto* wrapper = self.as<SlotWrapperObject>();
  const Value builtin = dict_get(vm, vm.builtins, "getattr");
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {Value(wrapper->owner), Value(wrapper->name)}));
  return new_tuple(vm, {builtin.is_null() ? kNone : builtin, arguments.operator Value()});
}

constexpr GetSetSpec kWrapperGetSet[] = {
    {"__doc__", wrapper_doc},         {"__text_signature__", wrapper_signature}, {"__name__", wrapper_name},
    {"__objclass__", wrapper_owner},  {"__qualname__", wrapper_qualname},
};
constexpr MethodSpec kWrapperMethods[] = {{"__reduce__($self, /)", wrapper_reduce}};

// --- method wrappers: [].__len__

MethodWrapperObject* bound_of(Value self) { return self.as<MethodWrapperObject>(); }

Ref bound_call(Vm& vm, Value self, const CallArgs& args) {
  return call_slot_wrapper(vm, bound_of(self)->wrapper, bound_of(self)->self, args);
}
Ref bound_repr(Vm& vm, Value self) {
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(bound_of(self)->self.bits()));
  return new_str(vm, format_message("<method-wrapper '{}' of {} object at {}>",
                                    {Piece(bound_of(self)->wrapper->name), Piece(type_name(vm, bound_of(self)->self)),
                                     Piece(address)}));
}
Ref bound_compare(Vm& vm, Value a, Value b, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || !is_exact(vm, b, vm.types.method_wrapper))
    return Ref::not_implemented();
  const bool same = bound_of(a)->self == bound_of(b)->self && bound_of(a)->wrapper == bound_of(b)->wrapper;
  return Ref::boolean(same == (op == CompareOp::Equal));
}
bool bound_hash(Vm&, Value self, std::int64_t& out) {
  const auto bits = bound_of(self)->self.bits() ^ reinterpret_cast<std::uintptr_t>(bound_of(self)->wrapper);
  out = static_cast<std::int64_t>(bits >> 4U);
  return true;
}
void bound_dealloc(Vm& vm, Object* self) {
  auto* bound = static_cast<MethodWrapperObject*>(self);
  vm.heap.untrack(bound);
  xdecref(std::exchange(bound->self, Value()));
  decref(static_cast<Object*>(bound->wrapper));
  free_object(vm, self, self->type->basic_size);
}
void bound_traverse(Object* self, Visitor& visit) {
  visit(static_cast<MethodWrapperObject*>(self)->self);
  visit(static_cast<MethodWrapperObject*>(self)->wrapper);
}
Ref bound_doc(Vm& vm, Value self) { return wrapper_doc(vm, Value(bound_of(self)->wrapper)); }
Ref bound_signature(Vm& vm, Value self) { return wrapper_signature(vm, Value(bound_of(self)->wrapper)); }
Ref bound_name(Vm& vm, Value self) { return wrapper_name(vm, Value(bound_of(self)->wrapper)); }
Ref bound_owner(Vm& vm, Value self) { return wrapper_owner(vm, Value(bound_of(self)->wrapper)); }
Ref bound_qualname(Vm& vm, Value self) { return wrapper_qualname(vm, Value(bound_of(self)->wrapper)); }
Ref bound_self(Vm&, Value self) { return Ref::share(bound_of(self)->self); }
Ref bound_reduce(Vm& vm, Value self) {
  const Value builtin = dict_get(vm, vm.builtins, "getattr");
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {bound_of(self)->self, Value(bound_of(self)->wrapper->name)}));
  return new_tuple(vm, {builtin.is_null() ? kNone : builtin, arguments.operator Value()});
}
constexpr MethodSpec kBoundMethods[] = {{"__reduce__($self, /)", bound_reduce}};
constexpr GetSetSpec kBoundGetSet[] = {
    {"__doc__", bound_doc},       {"__text_signature__", bound_signature}, {"__name__", bound_name},
    {"__objclass__", bound_owner}, {"__qualname__", bound_qualname},       {"__self__", bound_self},
};

}  // namespace

const TypeSpec kSlotWrapperType = {
    .name = "wrapper_descriptor",
    .basic_size = sizeof(SlotWrapperObject),
    .flags = kTypeContainer | kTypeMethodDescriptor | kTypeNoInstantiation,
    .slots = {.dealloc = wrapper_dealloc, .repr = wrapper_repr, .call = wrapper_call, .descriptor_get = wrapper_get},
    .methods = kWrapperMethods,
    .getset = kWrapperGetSet,
};

const TypeSpec kMethodWrapperType = {
    .name = "method-wrapper",
    .basic_size = sizeof(MethodWrapperObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = bound_dealloc, .traverse = bound_traverse, .repr = bound_repr, .hash = bound_hash,
              .call = bound_call, .compare = bound_compare},
    .methods = kBoundMethods,
    .getset = kBoundGetSet,
};

}  // namespace ouro::vm
