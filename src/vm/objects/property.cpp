// property (CPython 3.13 Objects/descrobject.c).
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

PropertyObject* property_in(Value self) { return self.as<PropertyObject>(); }

void assign(Value& place, Value value) {
  xincref(value);
  xdecref(std::exchange(place, value));
}
Value none_to_null(Value value) { return value.is_none() ? Value() : value; }

/// The getter's docstring as the property's: in the instance's dict for subclasses, whose class has a __doc__ of its own.
bool take_doc(Vm& vm, Value self, Value doc) {
  auto* property = property_in(self);
  if (is_exact(vm, self, vm.types.property)) {
    assign(property->doc, doc);
    return true;
  }
  const Value shown = doc.is_null() ? kNone : doc;
  if (set_attribute(vm, self, vm.names.d_doc, shown)) return true;
  // A subclass with __slots__ has no place for it; CPython lets that pass unless the doc came from the getter.
  return !property->getter_doc && catch_error(vm, vm.exc.AttributeError);
}

bool property_init(Vm& vm, Value self, const CallArgs& call_args) {
  VM_PARSE(args, vm, "property(fget=None, fset=None, fdel=None, doc=None)", 4, call_args);
  auto* property = property_in(self);
  assign(property->getter, none_to_null(args[0]));
  assign(property->setter, none_to_null(args[1]));
  assign(property->deleter, none_to_null(args[2]));
  assign(property->doc, Value());
  assign(property->name, Value());
  property->getter_doc = false;
  Ref doc = args.has(3) ? Ref::share(args[3]) : Ref();
  if (!doc && !property->getter.is_null()) {
    VM_CHECK(find_attribute(vm, property->getter, vm.names.d_doc, doc));
    if (doc.is_none()) doc.reset();
    if (doc) property->getter_doc = true;
  }
  return take_doc(vm, self, doc);
}

void property_dealloc(Vm& vm, Object* self) {
  auto* property = static_cast<PropertyObject*>(self);
  vm.heap.untrack(property);
  for (Value* place : {&property->getter, &property->setter, &property->deleter, &property->doc, &property->name})
    xdecref(std::exchange(*place, Value()));
  store_clear(vm, property->store);
  free_object(vm, self, self->type->basic_size);
}
void property_traverse(Object* self, Visitor& visit) {
  auto* property = static_cast<PropertyObject*>(self);
  for (const Value value : {property->getter, property->setter, property->deleter, property->doc, property->name}) visit(value);
  store_traverse(self, property->store, visit);
}
void property_clear(Vm& vm, Object* self) {
  auto* property = static_cast<PropertyObject*>(self);
  for (Value* place : {&property->getter, &property->setter, &property->deleter, &property->doc, &property->name})
    xdecref(std::exchange(*place, Value()));
  store_clear(vm, property->store);
}

/// The name it was assigned to, or its getter's; null where there is none.
bool name_of(Vm& vm, PropertyObject* property, Ref& out) {
  if (!property->name.is_null()) {
    out = Ref::share(property->name);
    return true;
  }
  if (property->getter.is_null()) return true;
  return find_attribute(vm, property->getter, vm.names.d_name, out);
}

Failed raise_without(Vm& vm, PropertyObject* property, Value instance, std::string_view what) {
  Ref name;
  if (!name_of(vm, property, name)) return kFailed;
  const Ref qualname = get_attribute(vm, Value(type_of(vm, instance)), vm.names.d_qualname);
  if (!qualname) return kFailed;
  const Ref shown_type = repr(vm, qualname);
  if (!shown_type) return kFailed;
  if (!name) return raise(vm, vm.exc.AttributeError, "property of {} object has no {}", shown_type.as<StrObject>(), what);
  const Ref shown = repr(vm, name);
  if (!shown) return kFailed;
  return raise(vm, vm.exc.AttributeError, "property {} of {} object has no {}", shown.as<StrObject>(), shown_type.as<StrObject>(), what);
}

Ref property_get(Vm& vm, Value self, Value instance, Value) {
  if (instance.is_null() || instance.is_none()) return Ref::share(self);
  auto* property = property_in(self);
  if (property->getter.is_null()) return raise_without(vm, property, instance, "getter");
  const Ref getter = Ref::share(property->getter);
  return call(vm, getter, {instance});
}

bool property_set(Vm& vm, Value self, Value instance, Value value) {
  auto* property = property_in(self);
  const Ref function = Ref::share(value.is_null() ? property->deleter : property->setter);
  if (!function) return raise_without(vm, property, instance, value.is_null() ? "deleter" : "setter");
  return static_cast<bool>(value.is_null() ? call(vm, function, {instance}) : call(vm, function, {instance, value}));
}

/// A copy with one function replaced (CPython property_copy).
Ref copy_with(Vm& vm, Value self, Value getter, Value setter, Value deleter) {
  auto* property = property_in(self);
  const auto pick = [](Value given, Value own) {
    if (!given.is_null() && !given.is_none()) return given;
    return own.is_null() ? kNone : own;
  };
  const Value get = pick(getter, property->getter);
  const Value doc = property->getter_doc && !get.is_none() ? kNone : property->doc.is_null() ? kNone : property->doc;
  VM_TRY(Ref copy, call(vm, Value(type_of(vm, self)), {get, pick(setter, property->setter), pick(deleter, property->deleter), doc}));
  if (is_instance_of(vm, copy, vm.types.property)) assign(property_in(copy)->name, property->name);
  return copy;
}
Ref property_getter(Vm& vm, Value self, Value function) { return copy_with(vm, self, function, Value(), Value()); }
Ref property_setter(Vm& vm, Value self, Value function) { return copy_with(vm, self, Value(), function, Value()); }
Ref property_deleter(Vm& vm, Value self, Value function) { return copy_with(vm, self, Value(), Value(), function); }

Ref property_set_name(Vm& vm, Value self, const CallArgs& args) {
  if (args.positional != 2)
    return raise(vm, vm.exc.TypeError, "__set_name__() takes 2 positional arguments but {} were given", args.positional);
  assign(property_in(self)->name, args.values[1]);
  return Ref::none();
}

constexpr MethodSpec kMethods[] = {
    {"getter($self, object, /)", property_getter, "Descriptor to obtain a copy of the property with a different getter."},
    {"setter($self, object, /)", property_setter, "Descriptor to obtain a copy of the property with a different setter."},
    {"deleter($self, object, /)", property_deleter, "Descriptor to obtain a copy of the property with a different deleter."},
    {"__set_name__", property_set_name, "Method to set name of a property."},
};

Ref get_name(Vm& vm, Value self) {
  Ref name;
  VM_CHECK(name_of(vm, property_in(self), name));
  if (name) return name;
  return raise_attribute_error(vm, self, vm.names.d_name, "'property' object has no attribute '__name__'");
}
bool set_name(Vm&, Value self, Value value) {
  assign(property_in(self)->name, value);
  return true;
}
Ref get_abstract(Vm& vm, Value self) {
  auto* property = property_in(self);
  bool out = false;
  for (const Value function : {property->getter, property->setter, property->deleter}) {
    if (function.is_null()) continue;
    const Ref kept = Ref::share(function);
    Ref flag;
    VM_CHECK(find_attribute(vm, kept, vm.names.d_isabstractmethod, flag));
    if (!flag) continue;
    VM_CHECK(truth(vm, flag, out));
    if (out) return Ref::boolean(true);
  }
  return Ref::boolean(false);
}
constexpr GetSetSpec kGetSet[] = {{"__name__", get_name, set_name}, {"__isabstractmethod__", get_abstract}};
constexpr MemberSpec kMembers[] = {
    {"fget", MemberSpec::Kind::Object, offsetof(PropertyObject, getter)},
    {"fset", MemberSpec::Kind::Object, offsetof(PropertyObject, setter)},
    {"fdel", MemberSpec::Kind::Object, offsetof(PropertyObject, deleter)},
    {"__doc__", MemberSpec::Kind::Object, offsetof(PropertyObject, doc), false},
};

}  // namespace

const TypeSpec kPropertyType = {
    .name = "property",
    .basic_size = sizeof(PropertyObject),
    .flags = kTypeContainer | kTypeBaseType,
    .doc = "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.\n\n  fget\n    function to be used for getting an attribute value\n"
           "  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del\'ing an attribute\n  doc\n    docstring\n\n"
           "Typical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n"
           "    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I\'m the \'x\' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\n"
           "class C(object):\n    @property\n    def x(self):\n        \"I am the \'x\' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n"
           "    @x.deleter\n    def x(self):\n        del self._x",
    .slots = {.dealloc = property_dealloc, .traverse = property_traverse, .clear = property_clear, .construct = construct_zeroed,
              .init = property_init, .descriptor_get = property_get, .descriptor_set = property_set},
    .methods = kMethods,
    .getset = kGetSet,
    .members = kMembers,
};

}  // namespace ouro::vm
