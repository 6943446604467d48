// Descriptors of built-in types: methods, class methods, members, computed attributes (CPython 3.13 Objects/descrobject.c).
#include <cstring>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/core/signature.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

std::string_view method_name(const MethodSpec& spec) {
  const std::string_view text = spec.signature;
  return text.substr(0, text.find('('));
}

Ref method_text_signature(Vm& vm, const MethodSpec& spec) {
  const std::string_view text = spec.signature;
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) return Ref::none();
  std::string_view signature = text.substr(open);
  signature = signature.substr(0, signature.find(" --"));
  return new_str(vm, signature);
}

Ref method_doc(Vm& vm, const MethodSpec& spec) {
  if (spec.doc == nullptr) return Ref::none();
  return new_str(vm, spec.doc);
}

bool check_descriptor_self(Vm& vm, TypeObject* owner, StrObject* name, Value self) {
  if (is_instance_of(vm, self, owner)) return true;
  return raise(vm, vm.exc.TypeError, "descriptor '{}' for '{}' objects doesn't apply to a '{}' object", name,
               owner->display_name(), type_name(vm, self));
}

namespace {

Ref qualified_name(Vm& vm, TypeObject* owner, StrObject* name) {
  return new_str(vm, format_message("{}.{}", {Piece(owner->qualname), Piece(name)}));
}
/// How a descriptor is pickled: getattr(owner, name).
Ref reduce_descriptor(Vm& vm, TypeObject* owner, StrObject* name) {
  const Ref getattr = Ref::share(dict_get(vm, vm.builtins, "getattr"));
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {Value(owner), Value(name)}));
  return new_tuple(vm, {getattr ? getattr.get() : kNone, arguments.operator Value()});
}

// --- methods

MethodDescriptorObject* method_in(Value self) { return self.as<MethodDescriptorObject>(); }

Ref bind_native(Vm& vm, const MethodDescriptorObject* method, Value self) {
  auto* bound = allocate<NativeFunctionObject>(vm, vm.types.builtin_function);
  VM_CHECK(bound);
  bound->spec = method->spec;
  bound->signature = method->signature;
  bound->self = Ref::share(self).release();
  vm.heap.track(bound);
  return Ref::adopt(Value(bound));
}

Ref method_get(Vm& vm, Value self, Value instance, Value) {
  if (instance.is_null()) return Ref::share(self);
  auto* method = method_in(self);
  VM_CHECK(check_descriptor_self(vm, method->owner, method->name, instance));
  return bind_native(vm, method, instance);
}

Ref method_call(Vm& vm, Value self, const CallArgs& args) {
  auto* method = method_in(self);
  if (args.positional == 0) {
    return raise(vm, vm.exc.TypeError, "unbound method {}.{}() needs an argument", method->owner->display_name(), method->name);
  }
  const Value instance = args.values[0];
  VM_CHECK(check_descriptor_self(vm, method->owner, method->name, instance));
  return call_native(vm, *method->spec, signature_of(vm, method), instance,
                     CallArgs{args.values + 1, args.positional - 1, args.keyword_names});
}

Ref class_method_get(Vm& vm, Value self, Value instance, Value owner) {
  auto* method = method_in(self);
  if (owner.is_null()) {
    if (instance.is_null()) {
      return raise(vm, vm.exc.TypeError, "descriptor '{}' for type '{}' needs either an object or a type", method->name,
                   method->owner->display_name());
    }
    owner = Value(type_of(vm, instance));
  }
  if (!is_type(owner)) {
    return raise(vm, vm.exc.TypeError, "descriptor '{}' for type '{}' needs a type, not a '{}' as arg 2", method->name,
                 method->owner->display_name(), type_name(vm, owner));
  }
  if (!owner.as<TypeObject>()->is_subtype_of(method->owner)) {
    return raise(vm, vm.exc.TypeError, "descriptor '{}' requires a subtype of '{}' but received '{}'", method->name,
                 method->owner->display_name(), owner.as<TypeObject>()->display_name());
  }
  return bind_native(vm, method, owner);
}

Ref class_method_call(Vm& vm, Value self, const CallArgs& args) {
  auto* method = method_in(self);
  if (args.positional == 0) {
    return raise(vm, vm.exc.TypeError, "descriptor '{}' of '{}' object needs an argument", method->name, method->owner->display_name());
  }
  VM_TRY(Ref bound, class_method_get(vm, self, Value(), args.values[0]));
  return call(vm, bound, CallArgs{args.values + 1, args.positional - 1, args.keyword_names});
}

Ref method_repr(Vm& vm, Value self) {
  auto* method = method_in(self);
  return new_str(vm, format_message("<method '{}' of '{}' objects>", {Piece(method->name), Piece(method->owner->display_name())}));
}

void method_dealloc(Vm& vm, Object* self) {
  decref(static_cast<Object*>(static_cast<MethodDescriptorObject*>(self)->name));
  free_object(vm, self, self->type->basic_size);
}

Ref method_doc_of(Vm& vm, Value self) { return method_doc(vm, *method_in(self)->spec); }
Ref method_signature_of(Vm& vm, Value self) { return method_text_signature(vm, *method_in(self)->spec); }
Ref method_name_of(Vm&, Value self) { return Ref::share(Value(method_in(self)->name)); }
Ref method_owner_of(Vm&, Value self) { return Ref::share(Value(method_in(self)->owner)); }
Ref method_qualname_of(Vm& vm, Value self) { return qualified_name(vm, method_in(self)->owner, method_in(self)->name); }
Ref method_reduce(Vm& vm, Value self) { return reduce_descriptor(vm, method_in(self)->owner, method_in(self)->name); }
constexpr GetSetSpec kMethodGetSet[] = {
    {"__doc__", method_doc_of},        {"__text_signature__", method_signature_of}, {"__name__", method_name_of},
    {"__objclass__", method_owner_of}, {"__qualname__", method_qualname_of},
};
constexpr MethodSpec kMethodMethods[] = {{"__reduce__($self, /)", method_reduce}};

// --- computed attributes

GetSetDescriptorObject* getset_in(Value self) { return self.as<GetSetDescriptorObject>(); }

Ref getset_get(Vm& vm, Value self, Value instance, Value) {
  if (instance.is_null()) return Ref::share(self);
  auto* getset = getset_in(self);
  VM_CHECK(check_descriptor_self(vm, getset->owner, getset->name, instance));
  if (getset->spec->get != nullptr) return getset->spec->get(vm, instance);
  return raise(vm, vm.exc.AttributeError, "attribute '{}' of '{}' objects is not readable", getset->name, getset->owner->display_name());
}

bool getset_set(Vm& vm, Value self, Value instance, Value value) {
  auto* getset = getset_in(self);
  VM_CHECK(check_descriptor_self(vm, getset->owner, getset->name, instance));
  if (getset->spec->set != nullptr) return getset->spec->set(vm, instance, value);
  return raise_attribute_error(vm, instance, getset->name,
                               format_message("attribute '{}' of '{}' objects is not writable",
                                              {Piece(getset->name), Piece(getset->owner->display_name())}));
}

Ref getset_repr(Vm& vm, Value self) {
  return new_str(vm, format_message("<attribute '{}' of '{}' objects>",
                                    {Piece(getset_in(self)->name), Piece(getset_in(self)->owner->display_name())}));
}
void getset_dealloc(Vm& vm, Object* self) {
  auto* getset = static_cast<GetSetDescriptorObject*>(self);
  vm.heap.untrack(getset);
  decref(static_cast<Object*>(getset->name));
  if (getset->owner->has(kTypeHeap)) decref(static_cast<Object*>(getset->owner));
  free_object(vm, self, self->type->basic_size);
}
void getset_traverse(Object* self, Visitor& visit) {
  auto* getset = static_cast<GetSetDescriptorObject*>(self);
  if (getset->owner->has(kTypeHeap)) visit(getset->owner);
}
Ref getset_doc_of(Vm& vm, Value self) {
  const char* doc = getset_in(self)->spec->doc;
  return doc == nullptr ? Ref::none() : Ref(new_str(vm, doc));
}
Ref getset_name_of(Vm&, Value self) { return Ref::share(Value(getset_in(self)->name)); }
Ref getset_owner_of(Vm&, Value self) { return Ref::share(Value(getset_in(self)->owner)); }
Ref getset_qualname_of(Vm& vm, Value self) { return qualified_name(vm, getset_in(self)->owner, getset_in(self)->name); }
constexpr GetSetSpec kGetSetGetSet[] = {
    {"__doc__", getset_doc_of}, {"__name__", getset_name_of}, {"__objclass__", getset_owner_of}, {"__qualname__", getset_qualname_of}};

// --- members

MemberDescriptorObject* member_in(Value self) { return self.as<MemberDescriptorObject>(); }

Ref read_member(Vm& vm, MemberDescriptorObject* member, Value instance) {
  const char* at = reinterpret_cast<const char*>(instance.object()) + member->offset;
  switch (member->kind) {
    case MemberSpec::Kind::Object: {
      const Value value = *reinterpret_cast<const Value*>(at);
      return value.is_null() ? Ref::none() : Ref::share(value);
    }
    case MemberSpec::Kind::ObjectOrError: {
      const Value value = *reinterpret_cast<const Value*>(at);
      if (!value.is_null()) return Ref::share(value);
      return raise_no_attribute(vm, instance, member->name);
    }
    case MemberSpec::Kind::Int32: return new_int(vm, *reinterpret_cast<const std::int32_t*>(at));
    case MemberSpec::Kind::UInt32: return new_int(vm, *reinterpret_cast<const std::uint32_t*>(at));
    case MemberSpec::Kind::Int64: return new_int(vm, *reinterpret_cast<const std::int64_t*>(at));
    case MemberSpec::Kind::Size: return new_uint(vm, *reinterpret_cast<const std::size_t*>(at));
    case MemberSpec::Kind::Bool: return Ref::boolean(*reinterpret_cast<const bool*>(at));
    case MemberSpec::Kind::Double: return new_float(vm, *reinterpret_cast<const double*>(at));
  }
  return {};
}

bool write_member(Vm& vm, MemberDescriptorObject* member, Value instance, Value value) {
  char* at = reinterpret_cast<char*>(instance.object()) + member->offset;
  switch (member->kind) {
    case MemberSpec::Kind::Object:
    case MemberSpec::Kind::ObjectOrError: {
      auto& place = *reinterpret_cast<Value*>(at);
      if (value.is_null() && place.is_null() && member->kind == MemberSpec::Kind::ObjectOrError)
        return raise_no_attribute(vm, instance, member->name);
      xincref(value);
      xdecref(std::exchange(place, value));
      return true;
    }
    case MemberSpec::Kind::Bool:
      if (!value.is_bool()) return raise(vm, vm.exc.TypeError, "attribute value type must be bool");
      *reinterpret_cast<bool*>(at) = value.is_true();
      return true;
    case MemberSpec::Kind::Double: {
      VM_TRY(double number, to_double(vm, value));
      *reinterpret_cast<double*>(at) = number;
      return true;
    }
    default: break;
  }
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "can't delete numeric/char attribute");
  VM_TRY(std::int64_t number, to_int64(vm, value));
  if (member->kind == MemberSpec::Kind::Int64 || member->kind == MemberSpec::Kind::Size) {
    *reinterpret_cast<std::int64_t*>(at) = number;
  } else {
    *reinterpret_cast<std::int32_t*>(at) = static_cast<std::int32_t>(number);
  }
  return true;
}

Ref member_get(Vm& vm, Value self, Value instance, Value) {
  if (instance.is_null()) return Ref::share(self);
  VM_CHECK(check_descriptor_self(vm, member_in(self)->owner, member_in(self)->name, instance));
  return read_member(vm, member_in(self), instance);
}
bool member_set(Vm& vm, Value self, Value instance, Value value) {
  auto* member = member_in(self);
  VM_CHECK(check_descriptor_self(vm, member->owner, member->name, instance));
  if (member->read_only) return raise(vm, vm.exc.AttributeError, "readonly attribute");
  return write_member(vm, member, instance, value);
}
Ref member_repr(Vm& vm, Value self) {
  return new_str(vm, format_message("<member '{}' of '{}' objects>",
                                    {Piece(member_in(self)->name), Piece(member_in(self)->owner->display_name())}));
}
void member_dealloc(Vm& vm, Object* self) {
  auto* member = static_cast<MemberDescriptorObject*>(self);
  vm.heap.untrack(member);
  decref(static_cast<Object*>(member->name));
  if (member->owner->has(kTypeHeap)) decref(static_cast<Object*>(member->owner));
  free_object(vm, self, self->type->basic_size);
}
void member_traverse(Object* self, Visitor& visit) {
  auto* member = static_cast<MemberDescriptorObject*>(self);
  if (member->owner->has(kTypeHeap)) visit(member->owner);
}
Ref member_doc_of(Vm& vm, Value self) {
  const char* doc = member_in(self)->doc;
  return doc == nullptr ? Ref::none() : Ref(new_str(vm, doc));
}
Ref member_name_of(Vm&, Value self) { return Ref::share(Value(member_in(self)->name)); }
Ref member_owner_of(Vm&, Value self) { return Ref::share(Value(member_in(self)->owner)); }
Ref member_qualname_of(Vm& vm, Value self) { return qualified_name(vm, member_in(self)->owner, member_in(self)->name); }
Ref member_reduce(Vm& vm, Value self) { return reduce_descriptor(vm, member_in(self)->owner, member_in(self)->name); }
constexpr GetSetSpec kMemberGetSet[] = {
    {"__doc__", member_doc_of}, {"__name__", member_name_of}, {"__objclass__", member_owner_of}, {"__qualname__", member_qualname_of}};
constexpr MethodSpec kMemberMethods[] = {{"__reduce__($self, /)", member_reduce}};

}  // namespace

Ref new_getset_descriptor(Vm& vm, TypeObject* owner, const GetSetSpec& spec) {
  auto* getset = allocate<GetSetDescriptorObject>(vm, vm.types.getset_descriptor);
  VM_CHECK(getset);
  getset->spec = &spec;
  getset->owner = owner;
  getset->name = vm.intern(spec.name);
  incref(static_cast<Object*>(getset->name));
  if (owner->has(kTypeHeap)) {
    incref(static_cast<Object*>(owner));
    vm.heap.track(getset);
  }
  return Ref::adopt(Value(getset));
}

Ref new_member_descriptor(Vm& vm, TypeObject* owner, StrObject* name, std::size_t offset, MemberSpec::Kind kind, bool read_only,
                          const char* doc, bool is_slot) {
  auto* member = allocate<MemberDescriptorObject>(vm, vm.types.member_descriptor);
  VM_CHECK(member);
  member->owner = owner;
  member->name = name;
  incref(static_cast<Object*>(name));
  member->doc = doc;
  member->offset = static_cast<std::uint32_t>(offset);
  member->kind = kind;
  member->read_only = read_only;
  member->is_slot = is_slot;
  if (owner->has(kTypeHeap)) {
    incref(static_cast<Object*>(owner));
    vm.heap.track(member);
  }
  return Ref::adopt(Value(member));
}

Ref new_method_descriptor(Vm& vm, TypeObject* owner, const MethodSpec& spec) {
  TypeObject* type = spec.binding == Binding::Class ? vm.types.class_method_descriptor : vm.types.method_descriptor;
  auto* method = allocate<MethodDescriptorObject>(vm, type);
  VM_CHECK(method);
  method->spec = &spec;
  method->owner = owner;
  method->name = vm.intern(method_name(spec));
  incref(static_cast<Object*>(method->name));
  return Ref::adopt(Value(method));
}

const TypeSpec kMethodDescriptorType = {
    .name = "method_descriptor",
    .basic_size = sizeof(MethodDescriptorObject),
    .flags = kTypeContainer | kTypeMethodDescriptor | kTypeNoInstantiation,
    .slots = {.dealloc = method_dealloc, .repr = method_repr, .call = method_call, .descriptor_get = method_get},
    .methods = kMethodMethods,
    .getset = kMethodGetSet,
};
const TypeSpec kClassMethodDescriptorType = {
    .name = "classmethod_descriptor",
    .basic_size = sizeof(MethodDescriptorObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = method_dealloc, .repr = method_repr, .call = class_method_call, .descriptor_get = class_method_get},
    .methods = kMethodMethods,
    .getset = kMethodGetSet,
};
const TypeSpec kGetsetDescriptorType = {
    .name = "getset_descriptor",
    .basic_size = sizeof(GetSetDescriptorObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = getset_dealloc, .traverse = getset_traverse, .repr = getset_repr,
              .descriptor_get = getset_get, .descriptor_set = getset_set},
    .getset = kGetSetGetSet,
};
const TypeSpec kMemberDescriptorType = {
    .name = "member_descriptor",
    .basic_size = sizeof(MemberDescriptorObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = {.dealloc = member_dealloc, .traverse = member_traverse, .repr = member_repr,
              .descriptor_get = member_get, .descriptor_set = member_set},
    .methods = kMemberMethods,
    .getset = kMemberGetSet,
};

}  // namespace ouro::vm
