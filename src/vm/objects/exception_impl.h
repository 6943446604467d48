// What the files of exceptions share.
#pragma once

#include "vm/core/binding.h"
#include "vm/objects/exception.h"

namespace ouro::vm {

// kBaseExceptionType, kValueErrorExceptionType, ...: ExceptionGroup alone has two bases and is made as a class.
extern const TypeSpec kBaseExceptionType;
#define OURO_VM_DECLARE(name, base) extern const TypeSpec k##name##Type;
OURO_VM_EXCEPTIONS(OURO_VM_DECLARE)
#undef OURO_VM_DECLARE

/// An instance of any exception type with args set.
[[nodiscard]] Ref exception_construct(Vm& vm, TypeObject* type, const CallArgs& args);
/// Sets args; TypeError where keywords are given.
bool exception_init(Vm& vm, Value self, const CallArgs& args);
void exception_dealloc(Vm& vm, Object* self);
void exception_traverse(Object* self, Visitor& visit);
void exception_clear(Vm& vm, Object* self);
Ref exception_str(Vm& vm, Value self);
bool set_exception_args(Vm& vm, ExceptionObject* self, std::span<const Value> args);

/// Lifecycle slots for a struct with `kCount` Values from `kFirst` on, beside those of ExceptionObject.
template <class T, Value T::*... kFields>
struct FieldSlots {
  static void dealloc(Vm& vm, Object* self) {
    drop(self);
    exception_dealloc(vm, self);
  }
  static void traverse(Object* self, Visitor& visit) {
    (visit(static_cast<T*>(self)->*kFields), ...);
    exception_traverse(self, visit);
  }
  static void clear(Vm& vm, Object* self) {
    drop(self);
    exception_clear(vm, self);
  }

 private:
  static void drop(Object* self) { (xdecref(std::exchange(static_cast<T*>(self)->*kFields, Value())), ...); }
};

inline void assign_field(Value& place, Value value) {
  xincref(value);
  xdecref(std::exchange(place, value));
}

/// Reads keyword arguments that are fields: AttributeError(..., name=, obj=). TypeError for others.
struct KeywordField {
  const char* name;
  Value* place;
};
[[nodiscard]] bool take_keyword_fields(Vm& vm, std::string_view type_name, const CallArgs& args, std::span<const KeywordField> fields);

}  // namespace ouro::vm
