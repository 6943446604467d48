// How types come to be: built-in ones from their specs, classes from class statements; their MRO, attribute cache and
// slots; and the descriptors that stand in their dicts.
#pragma once

#include <cstdint>
#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

// --- classes: objects/type_new.cpp
/// builtins.__build_class__(function, name, *bases, metaclass=..., **keywords).
[[nodiscard]] Ref build_class(Vm& vm, const CallArgs& args);
/// types.resolve_bases: bases with __mro_entries__ replaced. The tuple itself when there are none.
[[nodiscard]] Own<TupleObject> resolve_bases(Vm& vm, TupleObject* bases);
/// The most derived metaclass of all; TypeError "metaclass conflict: ...".
[[nodiscard]] TypeObject* calculate_metaclass(Vm& vm, TypeObject* metaclass, TupleObject* bases);
/// type.__new__(metaclass, name, bases, namespace, **keywords).
[[nodiscard]] Ref new_class(Vm& vm, TypeObject* metaclass, StrObject* name, TupleObject* bases, DictObject* space,
                            TupleObject* keyword_names = nullptr, const Value* keyword_values = nullptr);
/// A class without a class statement: name "module.Name" as in TypeSpec, bases null: object. For native modules.
[[nodiscard]] Ref new_simple_class(Vm& vm, std::string_view name, TupleObject* bases, std::string_view doc = {});

// --- slots for specs
/// The hash slot of unhashable types: TypeError "unhashable type: 'list'". A spec with compare and no hash gets it.
bool hash_not_implemented(Vm& vm, Value self, std::int64_t& out);
/// The default hash: of the address.
bool hash_identity(Vm& vm, Value self, std::int64_t& out);
/// construct for types whose instances are zeroed memory: object.__new__ without checking arguments.
[[nodiscard]] Ref construct_zeroed(Vm& vm, TypeObject* type, const CallArgs& args);
/// iter slot of iterators.
Ref iter_self(Vm& vm, Value self);

// --- readiness: objects/type_ready.cpp
/// A TypeObject's memory with what needs no other object: flags, sizes, slots (inherited ones too). For bootstrap.
[[nodiscard]] TypeObject* raw_native_type(Vm& vm, const TypeSpec& spec);
/// Name, bases, MRO and dict with descriptors.
[[nodiscard]] bool ready_native_type(Vm& vm, TypeObject* type);
/// Copies every slot that `type` lacks from `base`.
void inherit_slots(TypeObject* type, const TypeObject* base);

// --- MRO and attribute cache: objects/type_lookup.cpp
[[nodiscard]] Own<TupleObject> compute_mro(Vm& vm, TypeObject* type);
/// Attributes or bases changed: versions of the type and all its subclasses end.
void type_modified(TypeObject* type);
/// A version to compare with, given now if need be.
[[nodiscard]] std::uint32_t type_version(Vm& vm, TypeObject* type);
/// The dict entry along the MRO without the cache. Borrowed.
[[nodiscard]] Value find_in_mro(Vm& vm, TypeObject* type, StrObject* name);
void add_subclass(TypeObject* base, TypeObject* type);
void remove_subclass(TypeObject* base, TypeObject* type);
/// Takes the type's entries out of the cache's reach; frees what types own beside objects.
void free_type_cache(Vm& vm);

// --- special methods and slots: objects/slot_defs.cpp, class_slots.cpp
/// Puts slot wrappers for the slots that the spec itself fills into the type's dict.
[[nodiscard]] bool add_slot_wrappers(Vm& vm, TypeObject* type);
/// Sets the slots that `name` stands for after it changed in the type's dict; and in all subclasses.
void update_slot(Vm& vm, TypeObject* type, StrObject* name);
/// Sets all slots of a new class.
void update_all_slots(Vm& vm, TypeObject* type);

// Life of instances of classes: objects/class_life.cpp.
void class_dealloc(Vm& vm, Object* self);
void class_traverse(Object* self, Visitor& visit);
void class_clear(Vm& vm, Object* self);
void class_finalize(Vm& vm, Object* self);
/// The nearest base that is built in.
[[nodiscard]] TypeObject* native_base(TypeObject* type);

// --- descriptors: objects/descriptor.cpp
struct GetSetDescriptorObject : GcObject {
  const GetSetSpec* spec;
  TypeObject* owner;
  StrObject* name;
  Value qualname;  ///< null: not asked for yet
};
struct MemberDescriptorObject : GcObject {
  TypeObject* owner;
  StrObject* name;
  const char* doc;
  std::uint32_t offset;
  MemberSpec::Kind kind;
  bool read_only;
  bool is_slot;  ///< made by __slots__
};
struct SlotDef;
using AnyFunction = void (*)();
struct SlotWrapperObject : GcObject {
  const SlotDef* def;
  AnyFunction function;
  TypeObject* owner;
  StrObject* name;
};
struct MethodWrapperObject : GcObject {
  SlotWrapperObject* wrapper;
  Value self;
};
struct MappingProxyObject : GcObject {
  Value mapping;
  struct WeakRefObject* weakrefs;
};
[[nodiscard]] Ref new_mapping_proxy(Vm& vm, Value mapping);
[[nodiscard]] Ref new_getset_descriptor(Vm& vm, TypeObject* owner, const GetSetSpec& spec);
[[nodiscard]] Ref new_member_descriptor(Vm& vm, TypeObject* owner, StrObject* name, std::size_t offset,
                                        MemberSpec::Kind kind, bool read_only, const char* doc, bool is_slot);
[[nodiscard]] Ref new_method_descriptor(Vm& vm, TypeObject* owner, const MethodSpec& spec);  ///< Binding::Class too
/// Calls a slot wrapper's function: self checked by the caller.
[[nodiscard]] Ref call_slot_wrapper(Vm& vm, SlotWrapperObject* wrapper, Value self, const CallArgs& args);
/// "append" of "append($self, object, /)".
[[nodiscard]] std::string_view method_name(const MethodSpec& spec);
/// __text_signature__ and __doc__ of a spec's texts.
[[nodiscard]] Ref method_text_signature(Vm& vm, const MethodSpec& spec);
[[nodiscard]] Ref method_doc(Vm& vm, const MethodSpec& spec);
/// TypeError of a method called on the wrong type; true when `self` fits.
[[nodiscard]] bool check_descriptor_self(Vm& vm, TypeObject* owner, StrObject* name, Value self);
/// Raises AttributeError "'x' object has no attribute 'y'" with name and obj set.
Failed raise_no_attribute(Vm& vm, Value object, StrObject* name);
/// Any AttributeError with name and obj.
Failed raise_attribute_error(Vm& vm, Value object, StrObject* name, std::string_view message);

/// isinstance and issubclass without asking __instancecheck__ and __subclasscheck__: what type's own do.
[[nodiscard]] bool plain_is_instance(Vm& vm, Value object, Value type, bool& out);
[[nodiscard]] bool plain_is_subclass(Vm& vm, Value type, Value wanted, bool& out);
/// generic_get_attribute without raising: `out` stays null where there is no such attribute.
[[nodiscard]] bool find_generic_attribute(Vm& vm, Value object, StrObject* name, Ref& out);
/// `in` by going through the items, and the iterator over __getitem__(0), (1), ...: core/protocol_containers.cpp.
[[nodiscard]] bool contains_by_iteration(Vm& vm, Value container, Value item, bool& out);
[[nodiscard]] Ref new_sequence_iterator(Vm& vm, Value sequence);

// --- generic aliases and unions: objects/generic_alias.cpp, union.cpp
/// list[int]: __class_getitem__ of built-in types is
/// {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class}.
[[nodiscard]] Ref generic_alias_of(Vm& vm, Value type, Value arguments);
[[nodiscard]] Ref new_generic_alias(Vm& vm, Value origin, Value arguments);
/// a | b of types; NotImplemented for what is no type.
[[nodiscard]] Ref type_or(Vm& vm, Value a, Value b);
[[nodiscard]] Ref new_simple_namespace(Vm& vm, DictObject* attributes);

}  // namespace ouro::vm
