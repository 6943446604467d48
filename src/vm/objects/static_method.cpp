// staticmethod and classmethod (CPython 3.13 Objects/funcobject.c).
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/tuple.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

StaticMethodObject* wrapper_in(Value self) { return self.as<StaticMethodObject>(); }

/// What functools.wraps copies (CPython functools_wraps).
bool copy_names(Vm& vm, Value self, Value callable) {
  StrObject* const names[] = {vm.names.d_module, vm.names.d_name, vm.names.d_qualname, vm.names.d_doc};
  for (StrObject* name : names) {
    Ref value;
    VM_CHECK(find_attribute(vm, callable, name, value));
    if (value) VM_CHECK(store_set(vm, self.object(), name, value));
  }
  return true;
}

bool wrapper_init(Vm& vm, Value self, const CallArgs& args, std::string_view name) {
  if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", name);
  if (args.positional != 1) return raise(vm, vm.exc.TypeError, "{} expected 1 argument, got {}", name, args.positional);
  incref(args.values[0]);
  xdecref(std::exchange(wrapper_in(self)->callable, args.values[0]));
  return copy_names(vm, self, args.values[0]);
}
bool static_init(Vm& vm, Value self, const CallArgs& args) { return wrapper_init(vm, self, args, "staticmethod"); }
bool class_init_slot(Vm& vm, Value self, const CallArgs& args) { return wrapper_init(vm, self, args, "classmethod"); }

void wrapper_dealloc(Vm& vm, Object* self) {
  auto* wrapper = static_cast<StaticMethodObject*>(self);
  vm.heap.untrack(wrapper);
  xdecref(std::exchange(wrapper->callable, Value()));
  store_clear(vm, wrapper->store);
  free_object(vm, self, self->type->basic_size);
}
void wrapper_traverse(Object* self, Visitor& visit) {
  visit(static_cast<StaticMethodObject*>(self)->callable);
  store_traverse(self, static_cast<StaticMethodObject*>(self)->store, visit);
}
void wrapper_clear(Vm& vm, Object* self) {
  xdecref(std::exchange(static_cast<StaticMethodObject*>(self)->callable, Value()));
  store_clear(vm, static_cast<StaticMethodObject*>(self)->store);
}

Ref static_get(Vm& vm, Value self, Value, Value) {
  const Value callable = wrapper_in(self)->callable;
  if (callable.is_null()) return raise(vm, vm.exc.RuntimeError, "uninitialized staticmethod object");
  return Ref::share(callable);
}
Ref static_call(Vm& vm, Value self, const CallArgs& args) {
  const Ref callable = Ref::share(wrapper_in(self)->callable);
  return call(vm, callable, args);
}
Ref class_get(Vm& vm, Value self, Value instance, Value owner) {
  const Value callable = wrapper_in(self)->callable;
  if (callable.is_null()) return raise(vm, vm.exc.RuntimeError, "uninitialized classmethod object");
  if (owner.is_null()) owner = Value(type_of(vm, instance));
  return new_method(vm, callable, owner);
}

Ref wrapper_repr(Vm& vm, Value self, std::string_view name) {
  const Value callable = wrapper_in(self)->callable;
  VM_TRY(Ref shown, repr(vm, callable.is_null() ? kNone : callable));
  return new_str(vm, format_message("<{}({})>", {Piece(name), Piece(shown.as<StrObject>())}));
}
Ref static_repr(Vm& vm, Value self) { return wrapper_repr(vm, self, "staticmethod"); }
Ref class_repr_slot(Vm& vm, Value self) { return wrapper_repr(vm, self, "classmethod"); }

Ref get_callable(Vm&, Value self) {
  const Value callable = wrapper_in(self)->callable;
  return callable.is_null() ? Ref::none() : Ref::share(callable);
}
Ref get_abstract(Vm& vm, Value self) {
  const Value callable = wrapper_in(self)->callable;
  if (callable.is_null()) return Ref::boolean(false);
  Ref flag;
  VM_CHECK(find_attribute(vm, callable, vm.names.d_isabstractmethod, flag));
  bool out = false;
  if (flag) VM_CHECK(truth(vm, flag, out));
  return Ref::boolean(out);
}
Ref get_dict(Vm& vm, Value self) {
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  return Ref::share(Value(dict));
}
bool set_dict(Vm& vm, Value self, Value value) {
  if (value.is_null() || !is_dict(value)) return raise(vm, vm.exc.TypeError, "__dict__ must be set to a dictionary");
  store_replace(vm, self.object(), value.as<DictObject>());
  return true;
}
constexpr GetSetSpec kGetSet[] = {{"__func__", get_callable},
                                  {"__wrapped__", get_callable},
                                  {"__isabstractmethod__", get_abstract},
                                  {"__dict__", get_dict, set_dict}};
constexpr MethodSpec kMethods[] = {{"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class}};

}  // namespace

const TypeSpec kStaticMethodType = {
    .name = "staticmethod",
    .basic_size = sizeof(StaticMethodObject),
    .flags = kTypeContainer | kTypeBaseType,
    .doc = "staticmethod(function, /)\n--\n\nConvert a function to be a static method.\n\nA static method does not receive an implicit first argument.\n"
           "To declare a static method, use this idiom:\n\n     class C:\n         @staticmethod\n         def f(arg1, arg2, argN):\n             ...\n\n"
           "It can be called either on the class (e.g. C.f()) or on an instance\n(e.g. C().f()). Both the class and the instance are ignored, and\n"
           "neither is passed implicitly as the first argument to the method.\n\nStatic methods in Python are similar to those found in Java or C++.\n"
           "For a more advanced concept, see the classmethod builtin.",
    .slots = {.dealloc = wrapper_dealloc, .traverse = wrapper_traverse, .clear = wrapper_clear, .construct = construct_zeroed,
              .init = static_init, .repr = static_repr, .call = static_call, .descriptor_get = static_get},
    .methods = kMethods,
    .getset = kGetSet,
    .store_offset = offsetof(StaticMethodObject, store),
};
const TypeSpec kClassMethodType = {
    .name = "classmethod",
    .basic_size = sizeof(StaticMethodObject),
    .flags = kTypeContainer | kTypeBaseType,
    .doc = "classmethod(function, /)\n--\n\nConvert a function to be a class method.\n\nA class method receives the class as implicit first argument,\n"
           "just like an instance method receives the instance.\nTo declare a class method, use this idiom:\n\n  class C:\n      @classmethod\n"
           "      def f(cls, arg1, arg2, argN):\n          ...\n\nIt can be called either on the class (e.g. C.f()) or on an instance\n"
           "(e.g. C().f()).  The instance is ignored except for its class.\nIf a class method is called for a derived class, the derived class\n"
           "object is passed as the implied first argument.\n\nClass methods are different than C++ or Java static methods.\n"
           "If you want those, see the staticmethod builtin.",
    .slots = {.dealloc = wrapper_dealloc, .traverse = wrapper_traverse, .clear = wrapper_clear, .construct = construct_zeroed,
              .init = class_init_slot, .repr = class_repr_slot, .descriptor_get = class_get},
    .methods = kMethods,
    .getset = kGetSet,
    .store_offset = offsetof(StaticMethodObject, store),
};

}  // namespace ouro::vm
