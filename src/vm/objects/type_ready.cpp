// Built-in types from their specs (the part of CPython 3.13 Objects/typeobject.c type_ready).
#include <cstring>
#include <new>

#include "vm/core/machine_state.h"
#include "vm/core/shape.h"
#include "vm/objects/bytes.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/typing.h"

namespace ouro::vm {

/// __dict__ of instances with an AttributeStore: class_layout.cpp.
extern const GetSetSpec kInstanceDict;
namespace {

/// Flags that an instance's layout or behaviour hands down.
constexpr std::uint32_t kInheritedFlags =
    kTypeFamilies | kTypeContainer | kTypeSequence | kTypeMapping | kTypeMatchSelf | kTypeHasStore | kTypeHasWeakrefs;

std::uint32_t family_of(const TypeSpec& spec) {
  struct Family {
    const TypeSpec* spec;
    std::uint32_t flag;
  };
  const Family families[] = {{&kIntType, kTypeInt},     {&kStrType, kTypeStr},     {&kBytesType, kTypeBytes},
                             {&kTupleType, kTypeTuple}, {&kListType, kTypeList},   {&kDictType, kTypeDict},
                             {&kTypeType, kTypeMetaclass},   {&kFloatType, kTypeFloat}, {&kSetType, kTypeSet},
                             {&kFrozensetType, kTypeSet}};
  for (const Family& family : families)
    if (family.spec == &spec) return family.flag;
  return 0;
}

template <class Slot>
void inherit(Slot& slot, const Slot& from) {
  if (slot == nullptr) slot = from;
}

/// "list(iterable=(), /)\n--\n\nBuilt-in ..." without the signature.
std::string_view doc_body(std::string_view doc) {
  const std::size_t mark = doc.find("\n--\n\n");
  return mark == std::string_view::npos ? doc : doc.substr(mark + 5);
}

/// type.__new__ of built-in types: the first argument says what is made (CPython tp_new_wrapper).
Ref native_new(Vm& vm, Value self, const CallArgs& args) {
  auto* owner = self.as<TypeObject>();
  if (args.positional == 0)
    return raise(vm, vm.exc.TypeError, "{}.__new__(): not enough arguments", owner->display_name());
  const Value first = args.values[0];
  if (!is_type(first)) {
    return raise(vm, vm.exc.TypeError, "{}.__new__(X): X is not a type object ({})", owner->display_name(),
                 type_name(vm, first));
  }
  auto* wanted = first.as<TypeObject>();
  if (!wanted->is_subtype_of(owner)) {
    return raise(vm, vm.exc.TypeError, "{}.__new__({}): {} is not a subtype of {}", owner->display_name(),
                 wanted->display_name(), wanted->display_name(), owner->display_name());
  }
  TypeObject* layout = native_base(wanted);
  if (layout->slots.construct != owner->slots.construct) {
    return raise(vm, vm.exc.TypeError, "{}.__new__({}) is not safe, use {}.__new__()", owner->display_name(),
                 wanted->display_name(), layout->display_name());
  }
  const CallArgs rest{args.values + 1, args.positional - 1, args.keyword_names};
  return owner->slots.construct(vm, wanted, rest);
}
constexpr MethodSpec kNativeNew{"__new__($type, *args, **kwargs)", native_new,
                                "Create and return a new object.  See help(type) for accurate signature."};

bool add_methods(Vm& vm, TypeObject* type) {
  for (const MethodSpec& method : type->spec->methods) {
    Ref attribute;
    if (method.binding == Binding::Static) {
      const Ref function = new_native_function(vm, method, Value(type), Value());
      VM_CHECK(function);
      const Value arguments[] = {function};
      attribute = vm.types.static_method->slots.construct(vm, vm.types.static_method, CallArgs{arguments, 1, nullptr});
      VM_CHECK(attribute);
      xdecref(std::exchange(attribute.as<StaticMethodObject>()->callable, Ref::share(function).release()));
    } else {
      attribute = new_method_descriptor(vm, type, method);
      VM_CHECK(attribute);
    }
    StrObject* name = vm.intern(method_name(method));
    VM_CHECK(name != nullptr && dict_set(vm, type->dict, Value(name), attribute));
  }
  return true;
}

bool add_fields(Vm& vm, TypeObject* type) {
  for (const MemberSpec& member : type->spec->members) {
    StrObject* name = vm.intern(member.name);
    const Ref attribute = new_member_descriptor(vm, type, name, member.offset, member.kind, member.read_only, member.doc, false);
    VM_CHECK(attribute && dict_set(vm, type->dict, Value(name), attribute));
  }
  for (const GetSetSpec& getset : type->spec->getset) {
    const Ref attribute = new_getset_descriptor(vm, type, getset);
    VM_CHECK(attribute && dict_set(vm, type->dict, Value(vm.intern(getset.name)), attribute));
  }
  // Instances with attributes of their own show them, whether the spec says so or not.
  if (type->spec->store_offset != 0 && dict_get(vm, type->dict, "__dict__").is_null()) {
    const Ref attribute = new_getset_descriptor(vm, type, kInstanceDict);
    VM_CHECK(attribute && dict_set(vm, type->dict, Value(vm.names.d_dict), attribute));
  }
  return true;
}

bool add_new(Vm& vm, TypeObject* type) {
  if (type->spec->slots.construct == nullptr) return true;
  const Ref function = new_native_function(vm, kNativeNew, Value(type), Value());
  return function && dict_set(vm, type->dict, Value(vm.names.d_new), function);
}

bool add_texts(Vm& vm, TypeObject* type) {
  const std::string_view name = type->spec->name;
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    VM_CHECK(dict_set(vm, type->dict, Value(vm.names.d_module), Value(vm.intern(name.substr(0, dot)))));
  }
  if (dict_get_str(vm, type->dict, vm.names.d_doc).is_null()) {
    Ref doc = Ref::none();
    if (type->spec->doc != nullptr) doc = new_str(vm, doc_body(type->spec->doc));
    VM_CHECK(doc && dict_set(vm, type->dict, Value(vm.names.d_doc), doc));
  }
  return true;
}

}  // namespace

void inherit_slots(TypeObject* type, const TypeObject* base) {
  TypeSlots& to = type->slots;
  const TypeSlots& from = base->slots;
  if (to.compare == nullptr && to.hash == nullptr) {
    to.compare = from.compare;
    to.hash = from.hash;
  }
  inherit(to.dealloc, from.dealloc);
  inherit(to.traverse, from.traverse);
  inherit(to.clear, from.clear);
  inherit(to.finalize, from.finalize);
  inherit(to.init, from.init);
  inherit(to.repr, from.repr);
  inherit(to.str, from.str);
  inherit(to.call, from.call);
  inherit(to.get_attribute, from.get_attribute);
  inherit(to.set_attribute, from.set_attribute);
  inherit(to.iter, from.iter);
  inherit(to.next, from.next);
  inherit(to.descriptor_get, from.descriptor_get);
  inherit(to.descriptor_set, from.descriptor_set);
  for (std::size_t op = 0; op < kBinaryOps; ++op) {
    inherit(to.binary[op], from.binary[op]);
    inherit(to.in_place[op], from.in_place[op]);
  }
  inherit(to.power, from.power);
  inherit(to.negative, from.negative);
  inherit(to.positive, from.positive);
  inherit(to.absolute, from.absolute);
  inherit(to.invert, from.invert);
  inherit(to.boolean, from.boolean);
  inherit(to.to_int, from.to_int);
  inherit(to.to_float, from.to_float);
  inherit(to.index, from.index);
  inherit(to.length, from.length);
  inherit(to.subscript, from.subscript);
  inherit(to.assign_subscript, from.assign_subscript);
  inherit(to.contains, from.contains);
  inherit(to.concat, from.concat);
  inherit(to.in_place_concat, from.in_place_concat);
  inherit(to.repeat, from.repeat);
  inherit(to.in_place_repeat, from.in_place_repeat);
  inherit(to.get_buffer, from.get_buffer);
  inherit(to.release_buffer, from.release_buffer);
  inherit(to.await, from.await);
  inherit(to.async_iter, from.async_iter);
  inherit(to.async_next, from.async_next);
}

TypeObject* raw_native_type(Vm& vm, const TypeSpec& spec) {
  const auto found = vm.native_types.find(&spec);
  if (found != vm.native_types.end()) return found->second;
  TypeObject* base = nullptr;
  if (spec.base != nullptr) {
    base = raw_native_type(vm, *spec.base);
  } else if (&spec != &kObjectType) {
    base = raw_native_type(vm, kObjectType);
  }
  void* memory = vm.heap.allocate(sizeof(TypeObject));
  std::memset(memory, 0, sizeof(TypeObject));
  auto* type = static_cast<TypeObject*>(memory);
  type->refcount = 1;
  type->gc_word = kGcIsContainer;
  type->Object::type = vm.types.type;
  type->vm = &vm;
  type->spec = &spec;
  type->flags = spec.flags | family_of(spec) | kTypeImmutable;
  type->slots = spec.slots;
  type->base = base;
  type->basic_size = spec.basic_size;
  type->store_offset = spec.store_offset;
  type->weakref_offset = spec.weakref_offset;
  if (base != nullptr) {
    type->flags |= base->flags & kInheritedFlags;
    if (type->basic_size < base->basic_size) type->basic_size = base->basic_size;
    if (type->store_offset == 0) type->store_offset = base->store_offset;
    if (type->weakref_offset == 0) type->weakref_offset = base->weakref_offset;
    if (type->slots.compare != nullptr && type->slots.hash == nullptr) type->slots.hash = hash_not_implemented;
    inherit_slots(type, base);
    if (type->slots.construct == nullptr && (type->flags & kTypeNoInstantiation) == 0) {
      // Generic is a base for classes and nothing of its own: its instances are made as object's are.
      if (base->spec == &kObjectType && &spec != &kGenericType) {
        type->flags |= kTypeNoInstantiation;
      } else {
        type->slots.construct = base->slots.construct;
        type->flags |= base->flags & kTypeNoInstantiation;
      }
    }
  }
  if (type->store_offset != 0) type->flags |= kTypeHasStore;
  if (type->weakref_offset != 0) type->flags |= kTypeHasWeakrefs;
  vm.native_types.emplace(&spec, type);
  return type;
}

bool ready_native_type(Vm& vm, TypeObject* type) {
  if (type->has(kTypeReady)) return true;
  if (type->base != nullptr) VM_CHECK(ready_native_type(vm, type->base));
  type->flags |= kTypeReady;
  const std::string_view full_name = type->spec->name;
  const std::size_t dot = full_name.rfind('.');
  type->name = vm.intern(dot == std::string_view::npos ? full_name : full_name.substr(dot + 1));
  type->qualname = type->name;
  type->dict = new_dict(vm, type->spec->methods.size()).release();
  VM_CHECK(type->name != nullptr && type->dict != nullptr);
  TypeObject* base = type->base;
  type->bases = base == nullptr ? Own<TupleObject>::share(vm.empty_tuple).release() : new_tuple(vm, {Value(base)}).release();
  VM_CHECK(type->bases != nullptr);
  const std::size_t depth = base == nullptr ? 0 : base->mro->size;
  type->mro = allocate_tuple(vm, depth + 1).release();
  VM_CHECK(type->mro != nullptr);
  incref(static_cast<Object*>(type));
  type->mro->items()[0] = Value(type);
  for (std::size_t i = 0; i < depth; ++i) type->mro->items()[i + 1] = Ref::share((*base->mro)[i]).release();
  if (base != nullptr) add_subclass(base, type);

  VM_CHECK(add_slot_wrappers(vm, type));
  VM_CHECK(add_new(vm, type) && add_methods(vm, type) && add_fields(vm, type) && add_texts(vm, type));
  if (type->spec->slots.compare != nullptr && type->spec->slots.hash == nullptr) {
    VM_CHECK(dict_set(vm, type->dict, Value(vm.names.d_hash), kNone));
  } else if (type->spec->slots.hash == hash_not_implemented) {
    VM_CHECK(dict_set(vm, type->dict, Value(vm.names.d_hash), kNone));
  }
  return type->spec->finish == nullptr || type->spec->finish(vm, type);
}

bool TypeObject::is_subtype_of(const TypeObject* other) const {
  if (this == other) return true;
  if (mro != nullptr) {
    for (const Value entry : mro->view())
      if (entry.object() == other) return true;
    return false;
  }
  for (const TypeObject* at = this; at != nullptr; at = at->base)
    if (at == other) return true;
  return other == vm->types.object;
}

namespace {
/// Class names that are not ASCII, as UTF-8 that stays where it is.
struct DisplayNames {
  std::unordered_map<const StrObject*, std::pair<Own<StrObject>, std::string>> texts;
};
}  // namespace

std::string_view TypeObject::display_name() const {
  if (!has(kTypeHeap)) return spec->name;
  if (name->is_ascii) return name->ascii();
  auto& entry = machine_state<DisplayNames>(*vm).texts[name];
  if (!entry.first) {
    entry.first = Own<StrObject>::share(name);
    entry.second = to_utf8(name);
  }
  return entry.second;
}

}  // namespace ouro::vm
