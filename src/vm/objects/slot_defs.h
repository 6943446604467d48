// Which special method stands for which slot, and how each is called from the other's side.
#pragma once

#include <cstdint>
#include <span>

#include "vm/core/names.h"
#include "vm/core/type.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

/// How a slot wrapper (list.__len__) hands its arguments to the slot's function.
enum class Wrap : std::uint8_t {
  Unary, BinaryLeft, BinaryRight, Binary, InPlace, Power, PowerReflected, Compare, Hash, Call, GetAttribute, SetAttribute,
  DeleteAttribute, Next, DescriptorGet, DescriptorSet, DescriptorDelete, Boolean, Length, Contains, SetItem, DeleteItem,
  Repeat, Init, Finalize, None
};

struct SlotDef {
  StrObject* Names::* name;
  std::uint16_t offset;         ///< of the function in TypeSlots
  Wrap wrap;
  std::uint8_t op;              ///< CompareOp
  AnyFunction class_function;   ///< put into classes whose Python code defines the method; null: the slot stays empty
  const char* signature;        ///< for __text_signature__: "($self, value, /)"
  const char* doc;
};

[[nodiscard]] std::span<const SlotDef> slot_defs();
[[nodiscard]] inline AnyFunction slot_function(const TypeSlots& slots, std::size_t offset) {
  return *reinterpret_cast<const AnyFunction*>(reinterpret_cast<const char*>(&slots) + offset);
}
inline void set_slot_function(TypeSlots& slots, std::size_t offset, AnyFunction function) {
  *reinterpret_cast<AnyFunction*>(reinterpret_cast<char*>(&slots) + offset) = function;
}

// objects/class_slots*.cpp: slot functions that call Python's special methods.
/// The special method of the value's type called with arguments; `missing` set where there is none.
[[nodiscard]] Ref call_special(Vm& vm, Value self, StrObject* name, std::span<const Value> arguments, bool& missing);
[[nodiscard]] AnyFunction class_binary_slot(std::size_t op);
[[nodiscard]] AnyFunction class_in_place_slot(std::size_t op);

Ref class_construct(Vm& vm, TypeObject* type, const CallArgs& args);
bool class_init(Vm& vm, Value self, const CallArgs& args);
Ref class_repr(Vm& vm, Value self);
Ref class_str(Vm& vm, Value self);
bool class_hash(Vm& vm, Value self, std::int64_t& out);
Ref class_call(Vm& vm, Value self, const CallArgs& args);
Ref class_get_attribute(Vm& vm, Value self, StrObject* name);
bool class_set_attribute(Vm& vm, Value self, StrObject* name, Value value);
Ref class_compare(Vm& vm, Value self, Value other, CompareOp op);
Ref class_iter(Vm& vm, Value self);
Ref class_next(Vm& vm, Value self);
Ref class_descriptor_get(Vm& vm, Value self, Value instance, Value owner);
bool class_descriptor_set(Vm& vm, Value self, Value instance, Value value);
Ref class_power(Vm& vm, Value base, Value exponent, Value modulus);
Ref class_negative(Vm& vm, Value self);
Ref class_positive(Vm& vm, Value self);
Ref class_absolute(Vm& vm, Value self);
Ref class_invert(Vm& vm, Value self);
bool class_boolean(Vm& vm, Value self, bool& out);
Ref class_to_int(Vm& vm, Value self);
Ref class_to_float(Vm& vm, Value self);
Ref class_index(Vm& vm, Value self);
bool class_length(Vm& vm, Value self, std::size_t& out);
Ref class_subscript(Vm& vm, Value self, Value key);
bool class_assign_subscript(Vm& vm, Value self, Value key, Value value);
bool class_contains(Vm& vm, Value self, Value item, bool& out);
Ref class_await(Vm& vm, Value self);
Ref class_async_iter(Vm& vm, Value self);
Ref class_async_next(Vm& vm, Value self);

}  // namespace ouro::vm
