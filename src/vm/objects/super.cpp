// super (CPython 3.13 Objects/typeobject.c super_*).
#include "vm/objects/super.h"

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/frame.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

/// Whose MRO is searched: the object's class, or the object itself where it is a class below `type`.
Ref super_check(Vm& vm, TypeObject* type, Value object) {
  if (is_type(object) && object.as<TypeObject>()->is_subtype_of(type)) return Ref::share(object);
  if (is_instance_of(vm, object, type)) return Ref::share(Value(type_of(vm, object)));
  Ref claimed;
  VM_CHECK(find_attribute(vm, object, vm.names.d_class, claimed));
  if (claimed && is_type(claimed) && claimed.get() != Value(type_of(vm, object)) && claimed.as<TypeObject>()->is_subtype_of(type))
    return claimed;
  const bool is_class = is_type(object);
  return raise(vm, vm.exc.TypeError, "super(type, obj): obj ({} {}) is not an instance or subtype of type ({}).",
               is_class ? "type" : "instance of", is_class ? object.as<TypeObject>()->display_name() : type_name(vm, object),
               type->display_name());
}

bool super_find(Vm& vm, TypeObject* type, Value object, TypeObject* object_type, StrObject* name, bool as_method, bool& is_method, Ref& out) {
  is_method = false;
  if (object_type->mro == nullptr) return true;
  const Own<TupleObject> mro = Own<TupleObject>::share(object_type->mro);
  std::size_t i = 0;
  while (i < mro->size && (*mro)[i] != Value(type)) ++i;
  for (++i; i < mro->size; ++i) {
    DictObject* dict = (*mro)[i].as<TypeObject>()->dict;
    const Ref found = dict == nullptr ? Ref() : Ref::share(dict_get_str(vm, dict, name));
    if (!found) continue;
    TypeObject* kind = type_of(vm, found);
    if (as_method && kind->has(kTypeMethodDescriptor)) {
      is_method = true;
      out = found.clone();
      return true;
    }
    if (kind->slots.descriptor_get == nullptr) {
      out = found.clone();
      return true;
    }
    const Value instance = object == Value(object_type) ? Value() : object;
    out = kind->slots.descriptor_get(vm, found, instance, Value(object_type));
    return static_cast<bool>(out);
  }
  return true;
}

Ref super_attribute(Vm& vm, TypeObject* type, Value object, StrObject* name, bool as_method, bool& is_method) {
  VM_TRY(Ref object_type, super_check(vm, type, object));
  Ref out;
  if (!str_equal(name, "__class__")) {
    VM_CHECK(super_find(vm, type, object, object_type.as<TypeObject>(), name, as_method, is_method, out));
    if (is_method && object == object_type.get()) {  // super() in a class method: the class itself is the object
      is_method = false;
      TypeObject* kind = type_of(vm, out);
      return kind->slots.descriptor_get(vm, out, Value(), object_type);
    }
    if (out) return out;
  }
  is_method = false;
  const Value arguments[] = {Value(type), object};
  VM_TRY(Ref super, vm.types.super->slots.construct(vm, vm.types.super, CallArgs{arguments, 2, nullptr}));
  VM_CHECK(vm.types.super->slots.init(vm, super, CallArgs{arguments, 2, nullptr}));
  return generic_get_attribute(vm, super, name);
}

namespace {

SuperObject* super_in(Value self) { return self.as<SuperObject>(); }

/// super() without arguments: the first argument of the running function and its cell __class__.
bool from_frame(Vm& vm, Ref& type, Ref& object) {
  Frame* frame = current_frame(vm);
  if (frame == nullptr) return raise(vm, vm.exc.RuntimeError, "super(): no current frame");
  const CodeObject* code = frame->code;
  if (code->argcount == 0) return raise(vm, vm.exc.RuntimeError, "super(): no arguments");
  Value first = frame->locals_plus()[0];
  if (!first.is_null() && code->locals_plus_kinds->length != 0) {
    const auto kind = static_cast<unsigned char>(code->locals_plus_kinds->data()[0]);
    constexpr unsigned kCellKind = 0x40;  // CPython CO_FAST_CELL
    if ((kind & kCellKind) != 0 && is_exact(vm, first, vm.types.cell)) first = first.as<CellObject>()->content;
  }
  if (first.is_null()) return raise(vm, vm.exc.RuntimeError, "super(): arg[0] deleted");
  const auto count = static_cast<std::size_t>(code->locals_plus_count);
  for (std::size_t i = count - static_cast<std::size_t>(code->free_count); i < count; ++i) {
    if (!str_equal((*code->locals_plus_names)[i].as<StrObject>(), "__class__")) continue;
    const Value cell = frame->locals_plus()[i];
    if (cell.is_null() || !is_exact(vm, cell, vm.types.cell)) return raise(vm, vm.exc.RuntimeError, "super(): bad __class__ cell");
    const Value content = cell.as<CellObject>()->content;
    if (content.is_null()) return raise(vm, vm.exc.RuntimeError, "super(): empty __class__ cell");
    if (!is_type(content)) return raise(vm, vm.exc.RuntimeError, "super(): __class__ is not a type ({})", type_name(vm, content));
    type = Ref::share(content);
    object = Ref::share(first);
    return true;
  }
  return raise(vm, vm.exc.RuntimeError, "super(): __class__ cell not found");
}

bool super_init(Vm& vm, Value self, const CallArgs& args) {
  if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "super() takes no keyword arguments");
  if (args.positional > 2) return raise(vm, vm.exc.TypeError, "super() expected at most 2 arguments, got {}", args.positional);
  Ref type;
  Ref object;
  if (args.positional == 0) {
    VM_CHECK(from_frame(vm, type, object));
  } else {
    if (!is_type(args.values[0])) return raise_argument_type(vm, "super", 1, "a type", args.values[0]);
    type = Ref::share(args.values[0]);
    if (args.positional == 2) object = Ref::share(args.values[1]);
  }
  if (object.is_none()) object.reset();
  Ref object_type;
  if (object) {
    object_type = super_check(vm, type.as<TypeObject>(), object);
    VM_CHECK(object_type);
  }
  auto* super = super_in(self);
  xdecref(std::exchange(super->type, type.release()));
  xdecref(std::exchange(super->object, object.release()));
  xdecref(std::exchange(super->object_type, object_type.release()));
  return true;
}

void super_dealloc(Vm& vm, Object* self) {
  auto* super = static_cast<SuperObject*>(self);
  vm.heap.untrack(super);
  xdecref(super->type);
  xdecref(super->object);
  xdecref(super->object_type);
  free_object(vm, self, self->type->basic_size);
}
void super_traverse(Object* self, Visitor& visit) {
  auto* super = static_cast<SuperObject*>(self);
  visit(super->type);
  visit(super->object);
  visit(super->object_type);
}

Ref super_get_attribute(Vm& vm, Value self, StrObject* name) {
  auto* super = super_in(self);
  if (!super->object.is_null() && !str_equal(name, "__class__")) {
    Ref out;
    bool is_method = false;
    VM_CHECK(super_find(vm, super->type.as<TypeObject>(), super->object, super->object_type.as<TypeObject>(), name, false, is_method, out));
    if (out) return out;
  }
  return generic_get_attribute(vm, self, name);
}

Ref super_get(Vm& vm, Value self, Value instance, Value) {
  auto* super = super_in(self);
  if (instance.is_null() || instance.is_none() || !super->object.is_null()) return Ref::share(self);
  if (!is_exact(vm, self, vm.types.super)) return call(vm, Value(type_of(vm, self)), {super->type, instance});
  VM_TRY(Ref object_type, super_check(vm, super->type.as<TypeObject>(), instance));
  VM_TRY(Ref bound, construct_zeroed(vm, vm.types.super, CallArgs{}));
  super_in(bound)->type = Ref::share(super->type).release();
  super_in(bound)->object = Ref::share(instance).release();
  super_in(bound)->object_type = object_type.release();
  return bound;
}

Ref super_repr(Vm& vm, Value self) {
  auto* super = super_in(self);
  const std::string_view type = super->type.is_null() ? "NULL" : super->type.as<TypeObject>()->display_name();
  if (super->object_type.is_null()) return new_str(vm, format_message("<super: <class '{}'>, NULL>", {Piece(type)}));
  return new_str(vm, format_message("<super: <class '{}'>, <{} object>>",
                                    {Piece(type), Piece(super->object_type.as<TypeObject>()->display_name())}));
}

constexpr MemberSpec kMembers[] = {
    {"__thisclass__", MemberSpec::Kind::Object, offsetof(SuperObject, type), true, "the class invoking super()"},
    {"__self__", MemberSpec::Kind::Object, offsetof(SuperObject, object), true, "the instance invoking super(); may be None"},
    {"__self_class__", MemberSpec::Kind::Object, offsetof(SuperObject, object_type), true, "the type of the instance invoking super(); may be None"},
};

}  // namespace

const TypeSpec kSuperType = {
    .name = "super",
    .basic_size = sizeof(SuperObject),
    .flags = kTypeContainer | kTypeBaseType,
    .doc = "super() -> same as super(__class__, <first argument>)\nsuper(type) -> unbound super object\n"
           "super(type, obj) -> bound super object; requires isinstance(obj, type)\nsuper(type, type2) -> bound super object; requires issubclass(type2, type)\n"
           "Typical use to call a cooperative superclass method:\nclass C(B):\n    def meth(self, arg):\n        super().meth(arg)\n"
           "This works for class methods too:\nclass C(B):\n    @classmethod\n    def cmeth(cls, arg):\n        super().cmeth(arg)\n",
    .slots = {.dealloc = super_dealloc, .traverse = super_traverse, .construct = construct_zeroed, .init = super_init,
              .repr = super_repr, .get_attribute = super_get_attribute, .descriptor_get = super_get},
    .members = kMembers,
};

}  // namespace ouro::vm
