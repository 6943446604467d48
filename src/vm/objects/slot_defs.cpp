// The table of special methods and slots (CPython 3.13 Objects/typeobject.c slotdefs), and what keeps a class's slots true
// to its attributes (update_one_slot there).
#include "vm/objects/slot_defs.h"

#include <cstddef>
#include <vector>

#include "vm/core/protocol.h"
#include "vm/core/vm.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

template <class Function>
AnyFunction any(Function function) {
  return reinterpret_cast<AnyFunction>(function);
}
constexpr std::uint16_t binary_offset(BinaryOp op) {
  return static_cast<std::uint16_t>(offsetof(TypeSlots, binary) + static_cast<std::size_t>(op) * sizeof(BinarySlot));
}
constexpr std::uint16_t in_place_offset(BinaryOp op) {
  return static_cast<std::uint16_t>(offsetof(TypeSlots, in_place) + static_cast<std::size_t>(op) * sizeof(BinarySlot));
}

#define OURO_SLOT(name, slot, wrap, function, signature, doc) \
  {&Names::d_##name, offsetof(TypeSlots, slot), Wrap::wrap, 0, any(function), signature, doc}
#define OURO_COMPARE(name, op, doc) \
  {&Names::d_##name, offsetof(TypeSlots, compare), Wrap::Compare, static_cast<std::uint8_t>(CompareOp::op), any(class_compare), "($self, value, /)", doc}
#define OURO_BINARY(name, rname, op, text)                                                                               \
  {&Names::d_##name, binary_offset(BinaryOp::op), Wrap::BinaryLeft, 0, class_binary_slot(static_cast<std::size_t>(BinaryOp::op)), "($self, value, /)", "Return self" text "value."}, \
  {&Names::d_##rname, binary_offset(BinaryOp::op), Wrap::BinaryRight, 0, class_binary_slot(static_cast<std::size_t>(BinaryOp::op)), "($self, value, /)", "Return value" text "self."}
#define OURO_IN_PLACE(name, op, text) \
  {&Names::d_##name, in_place_offset(BinaryOp::op), Wrap::InPlace, 0, class_in_place_slot(static_cast<std::size_t>(BinaryOp::op)), "($self, value, /)", "Return self" text "value."}

const SlotDef kSlotDefs[] = {
    OURO_SLOT(getattribute, get_attribute, GetAttribute, class_get_attribute, "($self, name, /)", "Return getattr(self, name)."),
    OURO_SLOT(getattr, get_attribute, None, class_get_attribute, nullptr, nullptr),
    OURO_SLOT(setattr, set_attribute, SetAttribute, class_set_attribute, "($self, name, value, /)", "Implement setattr(self, name, value)."),
    OURO_SLOT(delattr, set_attribute, DeleteAttribute, class_set_attribute, "($self, name, /)", "Implement delattr(self, name)."),
    OURO_SLOT(repr, repr, Unary, class_repr, "($self, /)", "Return repr(self)."),
    OURO_SLOT(hash, hash, Hash, class_hash, "($self, /)", "Return hash(self)."),
    OURO_SLOT(call, call, Call, class_call, "($self, /, *args, **kwargs)", "Call self as a function."),
    OURO_SLOT(str, str, Unary, class_str, "($self, /)", "Return str(self)."),
    OURO_COMPARE(lt, Less, "Return self<value."),
    OURO_COMPARE(le, LessEqual, "Return self<=value."),
    OURO_COMPARE(eq, Equal, "Return self==value."),
    OURO_COMPARE(ne, NotEqual, "Return self!=value."),
    OURO_COMPARE(gt, Greater, "Return self>value."),
    OURO_COMPARE(ge, GreaterEqual, "Return self>=value."),
    OURO_SLOT(iter, iter, Unary, class_iter, "($self, /)", "Implement iter(self)."),
    OURO_SLOT(next, next, Next, class_next, "($self, /)", "Implement next(self)."),
    OURO_SLOT(get, descriptor_get, DescriptorGet, class_descriptor_get, "($self, instance, owner=None, /)", "Return an attribute of instance, which is of type owner."),
    OURO_SLOT(set, descriptor_set, DescriptorSet, class_descriptor_set, "($self, instance, value, /)", "Set an attribute of instance to value."),
    OURO_SLOT(delete, descriptor_set, DescriptorDelete, class_descriptor_set, "($self, instance, /)", "Delete an attribute of instance."),
    OURO_SLOT(init, init, Init, class_init, "($self, /, *args, **kwargs)", "Initialize self.  See help(type(self)) for accurate signature."),
    OURO_SLOT(new, construct, None, class_construct, nullptr, nullptr),
    OURO_SLOT(del, finalize, Finalize, class_finalize, "($self, /)", "Called when the instance is about to be destroyed."),
    OURO_SLOT(await, await, Unary, class_await, "($self, /)", "Return an iterator to be used in await expression."),
    OURO_SLOT(aiter, async_iter, Unary, class_async_iter, "($self, /)", "Return an awaitable, that resolves in asynchronous iterator."),
    OURO_SLOT(anext, async_next, Unary, class_async_next, "($self, /)", "Return a value or raise StopAsyncIteration."),
    OURO_BINARY(add, radd, Add, "+"),
    OURO_BINARY(sub, rsub, Subtract, "-"),
    OURO_BINARY(mul, rmul, Multiply, "*"),
    OURO_BINARY(mod, rmod, Remainder, "%"),
    {&Names::d_divmod, binary_offset(BinaryOp::Divmod), Wrap::BinaryLeft, 0, class_binary_slot(13), "($self, value, /)", "Return divmod(self, value)."},
    {&Names::d_rdivmod, binary_offset(BinaryOp::Divmod), Wrap::BinaryRight, 0, class_binary_slot(13), "($self, value, /)", "Return divmod(value, self)."},
    OURO_SLOT(pow, power, Power, class_power, "($self, value, mod=None, /)", "Return pow(self, value, mod)."),
    OURO_SLOT(rpow, power, PowerReflected, class_power, "($self, value, mod=None, /)", "Return pow(value, self, mod)."),
    OURO_SLOT(neg, negative, Unary, class_negative, "($self, /)", "-self"),
    OURO_SLOT(pos, positive, Unary, class_positive, "($self, /)", "+self"),
    OURO_SLOT(abs, absolute, Unary, class_absolute, "($self, /)", "abs(self)"),
    OURO_SLOT(bool, boolean, Boolean, class_boolean, "($self, /)", "True if self else False"),
    OURO_SLOT(invert, invert, Unary, class_invert, "($self, /)", "~self"),
    OURO_BINARY(lshift, rlshift, LeftShift, "<<"),
    OURO_BINARY(rshift, rrshift, RightShift, ">>"),
    OURO_BINARY(and, rand, And, "&"),
    OURO_BINARY(xor, rxor, Xor, "^"),
    OURO_BINARY(or, ror, Or, "|"),
    OURO_SLOT(int, to_int, Unary, class_to_int, "($self, /)", "int(self)"),
    OURO_SLOT(float, to_float, Unary, class_to_float, "($self, /)", "float(self)"),
    OURO_IN_PLACE(iadd, Add, "+="),
    OURO_IN_PLACE(isub, Subtract, "-="),
    OURO_IN_PLACE(imul, Multiply, "*="),
    OURO_IN_PLACE(imod, Remainder, "%="),
    OURO_IN_PLACE(ipow, Power, "**="),
    OURO_IN_PLACE(ilshift, LeftShift, "<<="),
    OURO_IN_PLACE(irshift, RightShift, ">>="),
    OURO_IN_PLACE(iand, And, "&="),
    OURO_IN_PLACE(ixor, Xor, "^="),
    OURO_IN_PLACE(ior, Or, "|="),
    OURO_BINARY(floordiv, rfloordiv, FloorDivide, "//"),
    OURO_BINARY(truediv, rtruediv, TrueDivide, "/"),
    OURO_IN_PLACE(ifloordiv, FloorDivide, "//="),
    OURO_IN_PLACE(itruediv, TrueDivide, "/="),
    OURO_SLOT(index, index, Unary, class_index, "($self, /)", "Return self converted to an integer, if self is suitable for use as an index into a list."),
    OURO_BINARY(matmul, rmatmul, MatrixMultiply, "@"),
    OURO_IN_PLACE(imatmul, MatrixMultiply, "@="),
    OURO_SLOT(len, length, Length, class_length, "($self, /)", "Return len(self)."),
    OURO_SLOT(getitem, subscript, Binary, class_subscript, "($self, key, /)", "Return self[key]."),
    OURO_SLOT(setitem, assign_subscript, SetItem, class_assign_subscript, "($self, key, value, /)", "Set self[key] to value."),
    OURO_SLOT(delitem, assign_subscript, DeleteItem, class_assign_subscript, "($self, key, /)", "Delete self[key]."),
    OURO_SLOT(contains, contains, Contains, class_contains, "($self, key, /)", "Return bool(key in self)."),
    {&Names::d_add, offsetof(TypeSlots, concat), Wrap::Binary, 0, nullptr, "($self, value, /)", "Return self+value."},
    {&Names::d_mul, offsetof(TypeSlots, repeat), Wrap::Repeat, 0, nullptr, "($self, value, /)", "Return self*value."},
    {&Names::d_rmul, offsetof(TypeSlots, repeat), Wrap::Repeat, 0, nullptr, "($self, value, /)", "Return value*self."},
    {&Names::d_iadd, offsetof(TypeSlots, in_place_concat), Wrap::Binary, 0, nullptr, "($self, value, /)", "Implement self+=value."},
    {&Names::d_imul, offsetof(TypeSlots, in_place_repeat), Wrap::Repeat, 0, nullptr, "($self, value, /)", "Implement self*=value."},
};

/// Sets one slot of a type from the attributes that stand for it.
void update_one(Vm& vm, TypeObject* type, std::uint16_t offset) {
  AnyFunction specific = nullptr;
  AnyFunction generic = nullptr;
  bool use_generic = false;
  for (const SlotDef& def : kSlotDefs) {
    if (def.offset != offset) continue;
    const Value found = lookup_type_attribute(vm, type, vm.names.*def.name);
    if (found.is_null()) continue;
    if (is_exact(vm, found, vm.types.slot_wrapper) &&
        found.as<SlotWrapperObject>()->def->name == def.name) {
      auto* wrapper = found.as<SlotWrapperObject>();
      if (wrapper->def->offset != offset) continue;  // the same method by the other slot: list.__add__ concatenates
      generic = generic == nullptr ? def.class_function : generic;
      const bool fits = wrapper->def->wrap == def.wrap && type->is_subtype_of(wrapper->owner);
      if (fits && (specific == nullptr || specific == wrapper->function)) {
        specific = wrapper->function;
      } else {
        use_generic = true;
      }
    } else if (offset == offsetof(TypeSlots, construct) && is_exact(vm, found, vm.types.builtin_function) &&
               is_type(found.as<NativeFunctionObject>()->self)) {
      specific = any(found.as<NativeFunctionObject>()->self.as<TypeObject>()->slots.construct);
    } else if (found.is_none() && offset == offsetof(TypeSlots, hash)) {
      specific = any(hash_not_implemented);
    } else {
      use_generic = true;
      generic = def.class_function;
    }
  }
  set_slot_function(type->slots, offset, specific != nullptr && !use_generic ? specific : generic);
}

void update_in_subclasses(Vm& vm, TypeObject* type, StrObject* name) {
  for (const SlotDef& def : kSlotDefs)
    if (vm.names.*def.name == name) update_one(vm, type, def.offset);
  if (type->subclasses == nullptr) return;
  // The vector may grow no more while this runs: lookups of interned names run no Python code.
  for (TypeObject* subclass : *type->subclasses) {
    if (subclass->dict != nullptr && !dict_get_str(vm, subclass->dict, name).is_null()) continue;
    update_in_subclasses(vm, subclass, name);
  }
}

bool is_special_name(const StrObject* name) {
  return name->is_ascii && name->length > 4 && name->ascii().starts_with("__") && name->ascii().ends_with("__");
}

}  // namespace

std::span<const SlotDef> slot_defs() { return kSlotDefs; }

bool add_slot_wrappers(Vm& vm, TypeObject* type) {
  for (const SlotDef& def : kSlotDefs) {
    if (def.wrap == Wrap::None) continue;
    const AnyFunction function = slot_function(type->spec->slots, def.offset);
    if (function == nullptr || function == any(hash_not_implemented)) continue;
    StrObject* name = vm.names.*def.name;
    if (!dict_get_str(vm, type->dict, name).is_null()) continue;
    auto* wrapper = allocate<SlotWrapperObject>(vm, vm.types.slot_wrapper);
    VM_CHECK(wrapper);
    const Ref owned = Ref::adopt(Value(wrapper));
    wrapper->def = &def;
    wrapper->function = function;
    wrapper->owner = type;
    incref(static_cast<Object*>(name));
    wrapper->name = name;
    VM_CHECK(dict_set(vm, type->dict, Value(name), owned));
  }
  return true;
}

void update_slot(Vm& vm, TypeObject* type, StrObject* name) {
  if (!is_special_name(name)) return;
  const Own<StrObject> interned = intern(vm, name);
  if (interned) update_in_subclasses(vm, type, interned);
}

void update_all_slots(Vm& vm, TypeObject* type) {
  // One base only: its slots are true already, and only what the class itself defines can change them.
  if (type->bases->size == 1) {
    std::size_t position = 0;
    Value key;
    Value value;
    while (dict_next(type->dict, position, key, value)) {
      if (!is_str(key) || !is_special_name(key.as<StrObject>())) continue;
      for (const SlotDef& def : kSlotDefs)
        if (Value(vm.names.*def.name) == key) update_one(vm, type, def.offset);
    }
    return;
  }
  std::uint16_t previous = UINT16_MAX;
  for (const SlotDef& def : kSlotDefs) {
    if (def.offset == previous) continue;
    previous = def.offset;
    update_one(vm, type, def.offset);
  }
}

}  // namespace ouro::vm
