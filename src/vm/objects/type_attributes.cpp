// The computed attributes of classes (CPython 3.13 Objects/typeobject.c type_getsets).
#include "vm/objects/type_attributes.h"

#include <vector>

#include "vm/core/protocol.h"
#include "vm/objects/class_layout.h"
#include "vm/objects/dict.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/slot_defs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

TypeObject* type_in(Value self) { return self.as<TypeObject>(); }

bool check_settable(Vm& vm, TypeObject* type, Value value, std::string_view name) {
  if (type->has(kTypeImmutable))
    return raise(vm, vm.exc.TypeError, "cannot set '{}' attribute of immutable type '{}'", name, type->display_name());
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "cannot delete '{}' attribute of type '{}'", name, type->display_name());
  return true;
}

Ref get_name(Vm&, Value self) { return Ref::share(Value(type_in(self)->name)); }
bool set_name(Vm& vm, Value self, Value value) {
  VM_CHECK(check_settable(vm, type_in(self), value, "__name__"));
  if (!is_str(value)) {
    return raise(vm, vm.exc.TypeError, "can only assign string to {}.__name__, not '{}'", type_in(self)->display_name(),
                 type_name(vm, value));
  }
  auto* text = value.as<StrObject>();
  for (std::size_t i = 0; i < text->length; ++i)
    if (text->at(i) == 0) return raise(vm, vm.exc.ValueError, "type name must not contain null characters");
  incref(value);
  decref(static_cast<Object*>(std::exchange(type_in(self)->name, text)));
  return true;
}

Ref get_qualname(Vm&, Value self) { return Ref::share(Value(type_in(self)->qualname)); }
bool set_qualname(Vm& vm, Value self, Value value) {
  VM_CHECK(check_settable(vm, type_in(self), value, "__qualname__"));
  if (!is_str(value)) {
    return raise(vm, vm.exc.TypeError, "can only assign string to {}.__qualname__, not '{}'", type_in(self)->display_name(),
                 type_name(vm, value));
  }
  incref(value);
  decref(static_cast<Object*>(std::exchange(type_in(self)->qualname, value.as<StrObject>())));
  return true;
}

Ref get_module(Vm& vm, Value self) {
  const Value found = dict_get_str(vm, type_in(self)->dict, vm.names.d_module);
  if (!found.is_null()) return Ref::share(found);
  if (!type_in(self)->has(kTypeHeap)) return Ref::share(Value(vm.names.builtins));
  return raise(vm, vm.exc.AttributeError, "__module__");
}
bool set_module(Vm& vm, Value self, Value value) {
  VM_CHECK(check_settable(vm, type_in(self), value, "__module__"));
  type_modified(type_in(self));
  if (!dict_get(vm, type_in(self)->dict, "__firstlineno__").is_null()) {
    const Ref dropped = dict_pop(vm, type_in(self)->dict, Value(vm.names.d_firstlineno));
  }
  return dict_set(vm, type_in(self)->dict, Value(vm.names.d_module), value);
}

Ref get_bases(Vm&, Value self) { return Ref::share(Value(type_in(self)->bases)); }

/// New MROs for the class and all below it; `undo` keeps the old ones.
bool renew_mro(Vm& vm, TypeObject* type, std::vector<std::pair<TypeObject*, Own<TupleObject>>>& undo) {
  VM_TRY(Own<TupleObject> order, compute_mro(vm, type));
  undo.emplace_back(type, Own<TupleObject>::adopt(std::exchange(type->mro, order.release())));
  if (type->subclasses == nullptr) return true;
  for (TypeObject* subclass : *type->subclasses) VM_CHECK(renew_mro(vm, subclass, undo));
  return true;
}

void renew_slots(Vm& vm, TypeObject* type) {
  for (const SlotDef& def : slot_defs()) update_slot(vm, type, vm.names.*def.name);
}

bool set_bases(Vm& vm, Value self, Value value) {
  TypeObject* type = type_in(self);
  VM_CHECK(check_settable(vm, type, value, "__bases__"));
  if (!is_tuple(value)) {
    return raise(vm, vm.exc.TypeError, "can only assign tuple to {}.__bases__, not {}", type->display_name(), type_name(vm, value));
  }
  auto* bases = value.as<TupleObject>();
  if (bases->size == 0)
    return raise(vm, vm.exc.TypeError, "can only assign non-empty tuple to {}.__bases__, not ()", type->display_name());
  for (const Value base : bases->view()) {
    if (!is_type(base)) {
      return raise(vm, vm.exc.TypeError, "{}.__bases__ must be tuple of classes, not '{}'", type->display_name(), type_name(vm, base));
    }
    if (base.as<TypeObject>()->is_subtype_of(type))
      return raise(vm, vm.exc.TypeError, "a __bases__ item causes an inheritance cycle");
  }
  VM_TRY(TypeObject * base, best_base(vm, bases));
  if (!has_same_layout(type->base, base) && native_base(type->base) != native_base(base)) {
    return raise(vm, vm.exc.TypeError, "__bases__ assignment: '{}' object layout differs from '{}'", base->display_name(),
                 type->base->display_name());
  }
  if (!has_same_layout(type->base, base)) {
    return raise(vm, vm.exc.TypeError, "__bases__ assignment: '{}' object layout differs from '{}'", base->display_name(),
                 type->base->display_name());
  }
  Own<TupleObject> old_bases = Own<TupleObject>::adopt(std::exchange(type->bases, Own<TupleObject>::share(bases).release()));
  Own<TypeObject> old_base = Own<TypeObject>::adopt(std::exchange(type->base, Own<TypeObject>::share(base).release()));
  std::vector<std::pair<TypeObject*, Own<TupleObject>>> undo;
  if (!renew_mro(vm, type, undo)) {
    for (auto& [changed, mro] : undo) decref(static_cast<Object*>(std::exchange(changed->mro, mro.release())));
    decref(static_cast<Object*>(std::exchange(type->bases, old_bases.release())));
    decref(static_cast<Object*>(std::exchange(type->base, old_base.release())));
    return false;
  }
  for (const Value entry : old_bases->view()) remove_subclass(entry.as<TypeObject>(), type);
  for (const Value entry : bases->view()) add_subclass(entry.as<TypeObject>(), type);
  type_modified(type);
  renew_slots(vm, type);
  return true;
}

Ref get_abstract(Vm& vm, Value self) {
  const Value found = type_in(self) == vm.types.type ? Value() : dict_get_str(vm, type_in(self)->dict, vm.names.d_abstractmethods);
  if (!found.is_null()) return Ref::share(found);
  return raise_attribute_error(vm, self, vm.names.d_abstractmethods, "__abstractmethods__");
}
bool set_abstract(Vm& vm, Value self, Value value) {
  TypeObject* type = type_in(self);
  bool is_abstract = false;
  type_modified(type);
  if (!value.is_null()) {
    VM_CHECK(truth(vm, value, is_abstract));
    VM_CHECK(dict_set(vm, type->dict, Value(vm.names.d_abstractmethods), value));
  } else {
    const Ref old = dict_pop(vm, type->dict, Value(vm.names.d_abstractmethods));
    if (!old) return raise_attribute_error(vm, self, vm.names.d_abstractmethods, "__abstractmethods__");
  }
  type->flags = is_abstract ? type->flags | kTypeAbstract : type->flags & ~kTypeAbstract;
  return true;
}

Ref get_dict(Vm& vm, Value self) { return new_mapping_proxy(vm, Value(type_in(self)->dict)); }

Ref get_doc(Vm& vm, Value self) {
  TypeObject* type = type_in(self);
  if (!type->has(kTypeHeap) && type->spec->doc != nullptr) {
    return Ref::share(dict_get_str(vm, type->dict, vm.names.d_doc));
  }
  const Ref found = Ref::share(lookup_type_attribute(vm, type, vm.names.d_doc));
  if (!found) return Ref::none();
  const auto get = type_of(vm, found)->slots.descriptor_get;
  return get == nullptr ? found.clone() : get(vm, found, Value(), self);
}
bool set_doc(Vm& vm, Value self, Value value) {
  VM_CHECK(check_settable(vm, type_in(self), value, "__doc__"));
  type_modified(type_in(self));
  return dict_set(vm, type_in(self)->dict, Value(vm.names.d_doc), value);
}

Ref get_text_signature(Vm& vm, Value self) {
  const TypeObject* type = type_in(self);
  if (type->has(kTypeHeap) || type->spec->doc == nullptr) return Ref::none();
  const std::string_view doc = type->spec->doc;
  const std::size_t end = doc.find("\n--\n\n");
  const std::size_t open = doc.find('(');
  if (end == std::string_view::npos || open > end) return Ref::none();
  return new_str(vm, doc.substr(open, end - open));
}

Ref get_annotations(Vm& vm, Value self) {
  TypeObject* type = type_in(self);
  if (!type->has(kTypeHeap)) {
    return raise_attribute_error(vm, self, vm.names.d_annotations,
                                 format_message("type object '{}' has no attribute '__annotations__'", {Piece(type->display_name())}));
  }
  const Ref found = Ref::share(dict_get_str(vm, type->dict, vm.names.d_annotations));
  if (found) {
    const auto get = type_of(vm, found)->slots.descriptor_get;
    return get == nullptr ? found.clone() : get(vm, found, Value(), self);
  }
  VM_TRY(Own<DictObject> fresh, new_dict(vm));
  type_modified(type);
  VM_CHECK(dict_set(vm, type->dict, Value(vm.names.d_annotations), fresh));
  return fresh;
}
bool set_annotations(Vm& vm, Value self, Value value) {
  TypeObject* type = type_in(self);
  if (type->has(kTypeImmutable))
    return raise(vm, vm.exc.TypeError, "cannot set '__annotations__' attribute of immutable type '{}'", type->display_name());
  type_modified(type);
  if (!value.is_null()) return dict_set(vm, type->dict, Value(vm.names.d_annotations), value);
  const Ref old = dict_pop(vm, type->dict, Value(vm.names.d_annotations));
  return old || raise(vm, vm.exc.AttributeError, "__annotations__");
}

Ref get_type_params(Vm& vm, Value self) {
  if (type_in(self) != vm.types.type) {
    const Value found = dict_get_str(vm, type_in(self)->dict, vm.names.d_type_params);
    if (!found.is_null()) return Ref::share(found);
  }
  return Ref::share(Value(vm.empty_tuple));
}
bool set_type_params(Vm& vm, Value self, Value value) {
  VM_CHECK(check_settable(vm, type_in(self), value, "__type_params__"));
  type_modified(type_in(self));
  return dict_set(vm, type_in(self)->dict, Value(vm.names.d_type_params), value);
}

Ref get_mro(Vm&, Value self) {
  TupleObject* mro = type_in(self)->mro;
  return mro == nullptr ? Ref::none() : Ref::share(Value(mro));
}
Ref get_base(Vm&, Value self) {
  TypeObject* base = type_in(self)->base;
  return base == nullptr ? Ref::none() : Ref::share(Value(base));
}

/// CPython's Py_TPFLAGS_* as far as Python code looks at them (Include/object.h).
Ref get_flags(Vm& vm, Value self) {
  const std::uint32_t flags = type_in(self)->flags;
  struct Row {
    std::uint32_t ours;
    unsigned theirs;
  };
  constexpr Row kRows[] = {{kTypeHeap, 9},      {kTypeBaseType, 10}, {kTypeImmutable, 8}, {kTypeContainer, 14}, {kTypeSequence, 5},
                           {kTypeMapping, 6},   {kTypeMatchSelf, 22}, {kTypeNoInstantiation, 7}, {kTypeMethodDescriptor, 17},
                           {kTypeAbstract, 20}, {kTypeReady, 12},    {kTypeInt, 24},      {kTypeList, 25},      {kTypeTuple, 26},
                           {kTypeBytes, 27},    {kTypeStr, 28},      {kTypeDict, 29},     {kTypeException, 30}, {kTypeMetaclass, 31}};
  std::uint64_t out = std::uint64_t{1} << 18U;  // Py_TPFLAGS_HAVE_VERSION_TAG
  for (const Row& row : kRows)
    if ((flags & row.ours) != 0) out |= std::uint64_t{1} << row.theirs;
  if (type_in(self)->store_offset != 0 && (flags & kTypeHeap) != 0) out |= 1U << 4U | 1U << 2U;  // MANAGED_DICT, INLINE_VALUES
  if (type_in(self)->weakref_offset != 0 && (flags & kTypeHeap) != 0) out |= 1U << 3U;            // MANAGED_WEAKREF
  return new_uint(vm, out);
}
Ref get_basic_size(Vm& vm, Value self) { return new_uint(vm, type_in(self)->basic_size); }
Ref get_item_size(Vm& vm, Value self) {
  const std::uint32_t flags = type_in(self)->flags;
  return new_int(vm, (flags & kTypeInt) != 0 ? 4 : (flags & kTypeTuple) != 0 ? 8 : (flags & kTypeBytes) != 0 ? 1 : (flags & kTypeMetaclass) != 0 ? 40 : 0);
}
Ref get_dict_offset(Vm& vm, Value self) {
  if (type_in(self)->has(kTypeMetaclass)) return new_int(vm, offsetof(TypeObject, dict));
  return new_int(vm, type_in(self)->store_offset);
}
Ref get_weakref_offset(Vm& vm, Value self) { return new_int(vm, type_in(self)->weakref_offset); }

constexpr GetSetSpec kGetSet[] = {
    {"__name__", get_name, set_name},
    {"__qualname__", get_qualname, set_qualname},
    {"__bases__", get_bases, set_bases},
    {"__mro__", get_mro},
    {"__base__", get_base},
    {"__module__", get_module, set_module},
    {"__abstractmethods__", get_abstract, set_abstract},
    {"__dict__", get_dict},
    {"__doc__", get_doc, set_doc},
    {"__text_signature__", get_text_signature},
    {"__annotations__", get_annotations, set_annotations},
    {"__type_params__", get_type_params, set_type_params},
    {"__flags__", get_flags},
    {"__basicsize__", get_basic_size},
    {"__itemsize__", get_item_size},
    {"__dictoffset__", get_dict_offset},
    {"__weakrefoffset__", get_weakref_offset},
};

}  // namespace

const std::span<const GetSetSpec> kTypeGetSet = kGetSet;
const std::span<const MemberSpec> kTypeMembers;

Ref type_full_name(Vm& vm, TypeObject* type) {
  Ref module = get_module(vm, Value(type));
  if (!module) clear_error(vm);
  if (!module || !is_str(module) || str_equal(module.as<StrObject>(), "builtins")) return Ref::share(Value(type->qualname));
  return new_str(vm, format_message("{}.{}", {Piece(module.as<StrObject>()), Piece(type->qualname)}));
}

}  // namespace ouro::vm
