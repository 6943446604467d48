// Layout of classes: best base, __slots__, __dict__, __weakref__ (CPython 3.13 Objects/typeobject.c best_base, type_new_slots).
#include "vm/objects/class_layout.h"

#include <algorithm>
#include <vector>

#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {

extern const GetSetSpec kInstanceDict;  // type_ready.cpp gives it to built-in types
namespace {

/// Whether instances have fields that the base's do not have (dict and weak references apart).
bool adds_fields(const TypeObject* type) {
  if (type->base == nullptr) return false;
  if (type->has(kTypeHeap)) return type->slot_count != 0;
  // The collector's part is no field: Generic has nothing but that.
  if (type->base->base == nullptr && type->basic_size == sizeof(GcObject)) return type->slots.construct != type->base->slots.construct;
  return type->basic_size != type->base->basic_size || type->slots.construct != type->base->slots.construct;
}

const TypeObject* solid_base(const TypeObject* type) {
  while (type->base != nullptr && !adds_fields(type)) type = type->base;
  return type;
}

/// int, tuple and bytes: their content follows the fields.
bool has_variable_part(const TypeObject* type) {
  return (type->flags & (kTypeInt | kTypeTuple | kTypeBytes | kTypeMetaclass)) != 0;
}

/// __dict__ of the built-in base, which goes before that of classes (CPython's get_builtin_base_with_dict). Null: it has none.
Value native_dict_descriptor(Vm& vm, Value self);
Ref instance_dict(Vm& vm, Value self) {
  if (const Value descriptor = native_dict_descriptor(vm, self))
    return type_of(vm, descriptor)->slots.descriptor_get(vm, descriptor, self, Value(type_of(vm, self)));
  if (!has_store(self)) return raise(vm, vm.exc.AttributeError, "This object has no __dict__");
  DictObject* dict = store_dict(vm, self.object());
  return dict == nullptr ? Ref() : Ref::share(Value(dict));
}
bool set_instance_dict(Vm& vm, Value self, Value value) {
  if (const Value descriptor = native_dict_descriptor(vm, self)) {
    const auto set = type_of(vm, descriptor)->slots.descriptor_set;
    if (set == nullptr) return raise(vm, vm.exc.TypeError, "This object has no __dict__");
    return set(vm, descriptor, self, value);
  }
  if (!has_store(self)) return raise(vm, vm.exc.TypeError, "This object has no __dict__");
  if (value.is_null()) {
    VM_TRY(Own<DictObject> empty, new_dict(vm));
    store_replace(vm, self.object(), empty);
    return true;
  }
  if (!is_dict(value))
    return raise(vm, vm.exc.TypeError, "__dict__ must be set to a dictionary, not a '{}'", type_name(vm, value));
  store_replace(vm, self.object(), value.as<DictObject>());
  return true;
}
Value native_dict_descriptor(Vm& vm, Value self) {
  const Value found = lookup_type_attribute(vm, native_base(type_of(vm, self)), vm.names.d_dict);
  const bool is_ours = !found.is_null() && type_of(vm, found) == vm.types.getset_descriptor &&
                       found.as<GetSetDescriptorObject>()->spec->get == instance_dict;
  return is_ours ? Value() : found;
}
Ref instance_weakref(Vm&, Value self) {
  Object* object = self.object();
  auto* head = *reinterpret_cast<WeakRefObject**>(reinterpret_cast<char*>(object) + object->type->weakref_offset);
  return head == nullptr ? Ref::none() : Ref::share(Value(head));
}
constexpr GetSetSpec kInstanceWeakref{"__weakref__", instance_weakref, nullptr, "list of weak references to the object"};

bool is_identifier(Vm& vm, Value text) {
  const Ref result = call_method(vm, text, "isidentifier");
  if (!result) clear_error(vm);
  return result.get().is_true();
}

/// _Class__name for __name (CPython _Py_Mangle).
Own<StrObject> mangle(Vm& vm, StrObject* class_name, StrObject* name) {
  const std::string text = to_utf8(name);
  if (!text.starts_with("__") || text.ends_with("__") || text.find('.') != std::string::npos)
    return Own<StrObject>::share(name);
  std::string owner = to_utf8(class_name);
  const std::size_t first = owner.find_first_not_of('_');
  if (first == std::string::npos) return Own<StrObject>::share(name);
  return new_str(vm, "_" + owner.substr(first) + text);
}

struct SlotNames {
  std::vector<Own<StrObject>> names;
  bool wants_dict = false;
  bool wants_weakref = false;
};

bool read_slots(Vm& vm, TypeObject* type, Value slots, bool may_add_dict, bool may_add_weakref, SlotNames& out) {
  VM_TRY(Own<TupleObject> given, is_str(slots) ? new_tuple(vm, {slots}) : to_tuple(vm, slots));
  if (given->size != 0 && has_variable_part(type->base))
    return raise(vm, vm.exc.TypeError, "nonempty __slots__ not supported for subtype of '{}'", type->base->display_name());
  for (const Value entry : given->view()) {
    if (!is_str(entry)) return raise(vm, vm.exc.TypeError, "__slots__ items must be strings, not '{}'", type_name(vm, entry));
    auto* name = entry.as<StrObject>();
    if (!is_identifier(vm, entry)) return raise(vm, vm.exc.TypeError, "__slots__ must be identifiers");
    if (str_equal(name, "__dict__")) {
      if (!may_add_dict || out.wants_dict)
        return raise(vm, vm.exc.TypeError, "__dict__ slot disallowed: we already got one");
      out.wants_dict = true;
      continue;
    }
    if (str_equal(name, "__weakref__")) {
      if (!may_add_weakref || out.wants_weakref)
        return raise(vm, vm.exc.TypeError, "__weakref__ slot disallowed: we already got one");
      out.wants_weakref = true;
      continue;
    }
    VM_TRY(Own<StrObject> mangled, mangle(vm, type->name, name));
    // A __doc__ of None is what every class without a docstring got before: it is no class variable.
    const Value present = dict_get_str(vm, type->dict, mangled);
    const bool absent = present.is_null() || (present.is_none() && str_equal(name, "__doc__"));
    if (!absent && !str_equal(name, "__qualname__") &&
        !str_equal(name, "__classcell__") && !str_equal(name, "__classdictcell__")) {
      VM_TRY(Ref shown, repr(vm, mangled));
      return raise(vm, vm.exc.ValueError, "{} in __slots__ conflicts with class variable", shown.as<StrObject>());
    }
    VM_TRY(Own<StrObject> interned, intern(vm, mangled));
    out.names.push_back(std::move(interned));
  }
  std::sort(out.names.begin(), out.names.end(),
            [](const Own<StrObject>& a, const Own<StrObject>& b) { return str_compare(a, b) < 0; });
  return true;
}

bool add_slot_members(Vm& vm, TypeObject* type, const std::vector<Own<StrObject>>& names) {
  std::size_t offset = fields_start(type->base);
  type->slot_count = static_cast<std::uint32_t>(names.size());
  for (const Own<StrObject>& name : names) {
    VM_TRY(Ref member, new_member_descriptor(vm, type, name, offset, MemberSpec::Kind::ObjectOrError, false, nullptr, true));
    VM_CHECK(dict_set(vm, type->dict, name, member));
    offset += sizeof(Value);
  }
  type->basic_size = offset;
  return true;
}

bool add_store(Vm& vm, TypeObject* type) {
  type->store_offset = static_cast<std::uint32_t>(type->basic_size);
  type->basic_size += sizeof(AttributeStore);
  type->flags |= kTypeHasStore;
  if (!dict_get_str(vm, type->dict, vm.names.d_dict).is_null()) return true;
  VM_TRY(Ref getset, new_getset_descriptor(vm, type, kInstanceDict));
  return dict_set(vm, type->dict, Value(vm.names.d_dict), getset);
}

bool add_weakrefs(Vm& vm, TypeObject* type) {
  type->weakref_offset = static_cast<std::uint32_t>(type->basic_size);
  type->basic_size += sizeof(WeakRefObject*);
  type->flags |= kTypeHasWeakrefs;
  if (!dict_get_str(vm, type->dict, vm.names.d_weakref).is_null()) return true;
  VM_TRY(Ref getset, new_getset_descriptor(vm, type, kInstanceWeakref));
  return dict_set(vm, type->dict, Value(vm.names.d_weakref), getset);
}

}  // namespace

const GetSetSpec kInstanceDict{"__dict__", instance_dict, set_instance_dict, "dictionary for instance variables"};

TypeObject* best_base(Vm& vm, TupleObject* bases) {
  TypeObject* base = nullptr;
  const TypeObject* winner = nullptr;
  for (const Value entry : bases->view()) {
    if (!is_type(entry)) {
      Ref entries;
      VM_CHECK(find_attribute(vm, entry, vm.names.d_mro_entries, entries));
      if (entries) {
        return raise(vm, vm.exc.TypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
      }
      return raise(vm, vm.exc.TypeError, "bases must be types");
    }
    auto* candidate_type = entry.as<TypeObject>();
    if (!candidate_type->has(kTypeBaseType))
      return raise(vm, vm.exc.TypeError, "type '{}' is not an acceptable base type", candidate_type->display_name());
    const TypeObject* candidate = solid_base(candidate_type);
    if (winner == nullptr) {
      winner = candidate;
      base = candidate_type;
    } else if (winner->is_subtype_of(candidate)) {
      continue;
    } else if (candidate->is_subtype_of(winner)) {
      winner = candidate;
      base = candidate_type;
    } else {
      return raise(vm, vm.exc.TypeError, "multiple bases have instance lay-out conflict");
    }
  }
  return base;
}

bool lay_out_class(Vm& vm, TypeObject* type) {
  TypeObject* base = type->base;
  if (base->base == nullptr) type->flags |= kTypeContainer;
  const bool may_add_dict = base->store_offset == 0 && !base->has(kTypeMetaclass);
  const bool may_add_weakref = base->weakref_offset == 0 && !has_variable_part(base);
  const Value slots = dict_get_str(vm, type->dict, vm.names.d_slots);
  SlotNames names;
  if (slots.is_null()) {
    names.wants_dict = may_add_dict;
    names.wants_weakref = may_add_weakref;
  } else {
    const Ref kept = Ref::share(slots);
    VM_CHECK(read_slots(vm, type, kept, may_add_dict, may_add_weakref, names));
    for (const Value entry : type->bases->view()) {
      const auto* other = entry.as<TypeObject>();
      if (other == base) continue;
      if (may_add_dict && other->store_offset != 0) names.wants_dict = true;
      if (may_add_weakref && other->weakref_offset != 0) names.wants_weakref = true;
    }
  }
  VM_CHECK(add_slot_members(vm, type, names.names));
  if (names.wants_dict) VM_CHECK(add_store(vm, type));
  if (names.wants_weakref) VM_CHECK(add_weakrefs(vm, type));
  return true;
}

bool has_same_layout(const TypeObject* a, const TypeObject* b) {
  if (a->basic_size != b->basic_size || a->store_offset != b->store_offset || a->weakref_offset != b->weakref_offset ||
      (a->flags & kTypeContainer) != (b->flags & kTypeContainer))
    return false;
  // Classes that add nothing but dict and weak references stand for their bases; then slots must have the same names.
  const TypeObject* left = solid_base(a);
  const TypeObject* right = solid_base(b);
  while (left != right) {
    if (!left->has(kTypeHeap) || !right->has(kTypeHeap) || left->slot_count != right->slot_count) return false;
    const Value theirs[] = {dict_get_str(*a->vm, left->dict, a->vm->names.d_slots), dict_get_str(*a->vm, right->dict, a->vm->names.d_slots)};
    bool same = false;
    if (theirs[0].is_null() || theirs[1].is_null() || !compare_bool(*a->vm, theirs[0], theirs[1], CompareOp::Equal, same) || !same)
      return false;
    left = solid_base(left->base);
    right = solid_base(right->base);
  }
  return true;
}

}  // namespace ouro::vm
