// Attribute instructions beyond their caches: the general way, and what is remembered for the next time.
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/interpreter/operations.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

/// An instruction whose cache missed this often is left general.
constexpr std::uint32_t kMostMisses = 64;

AttrCache& cache_of(Instr* instr) { return *reinterpret_cast<AttrCache*>(instr + 1); }

void set_kind(Instr* instr, AttrCacheKind kind) { instr->aux = static_cast<std::uint16_t>(kind); }

/// False when the instruction gave up. Counts in the operand's upper half of what `Never` needs: the version field.
bool may_specialize(Instr* instr) {
  if (static_cast<AttrCacheKind>(instr->aux) == AttrCacheKind::Never) {
    AttrCache& cache = cache_of(instr);
    if (++cache.index < kMostMisses) return false;
    cache.index = 0;
    set_kind(instr, AttrCacheKind::Empty);
  }
  return true;
}
void give_up(Instr* instr) {
  set_kind(instr, AttrCacheKind::Never);
  cache_of(instr) = AttrCache{};
}

bool has_plain_lookup(const TypeObject* type) { return type->slots.get_attribute == generic_get_attribute; }

/// Where `object`'s own store has the name, when its type has nothing of that name that goes before it.
void remember_instance(Vm& vm, Value object, StrObject* name, Value type_attribute, Instr* instr) {
  TypeObject* type = object.object()->type;
  if (!type_attribute.is_null() && type_of(vm, type_attribute)->slots.descriptor_set != nullptr) return give_up(instr);
  const AttributeStore& store = store_of(object.object());
  if (store.shape == nullptr) return give_up(instr);
  const int index = store.shape->find(name);
  if (index < 0) return give_up(instr);
  cache_of(instr) = {type->version, static_cast<std::uint32_t>(index), store.shape, nullptr};
  set_kind(instr, AttrCacheKind::Value);
}

/// A __slots__ member: its offset.
bool remember_member(Vm& vm, TypeObject* type, Value type_attribute, Instr* instr) {
  if (type_attribute.is_null() || type_of(vm, type_attribute) != vm.types.member_descriptor) return false;
  const auto* member = type_attribute.as<MemberDescriptorObject>();
  if (member->kind != MemberSpec::Kind::ObjectOrError) return false;
  cache_of(instr) = {type->version, member->offset, nullptr, nullptr};
  set_kind(instr, AttrCacheKind::Member);
  return true;
}

void specialize_load(Vm& vm, Value object, StrObject* name, Instr* instr) {
  if (!object.is_object()) return give_up(instr);
  TypeObject* type = object.object()->type;
  if (type == vm.types.module) {
    DictObject* dict = object.as<ModuleObject>()->store.dict;
    DictEntry* entry = dict == nullptr ? nullptr : dict_find_str(vm, dict, name);
    if (entry == nullptr) return give_up(instr);
    cache_of(instr) = {dict_keys_version(vm, dict), static_cast<std::uint32_t>(entry - dict->entries), nullptr, nullptr};
    set_kind(instr, AttrCacheKind::Module);
    return;
  }
  if (!has_plain_lookup(type)) return give_up(instr);
  const Value type_attribute = lookup_type_attribute(vm, type, name);
  if (type->version == 0) return give_up(instr);
  if (remember_member(vm, type, type_attribute, instr)) return;
  if (type->store_offset == 0) return give_up(instr);
  remember_instance(vm, object, name, type_attribute, instr);
}

}  // namespace

Ref load_attribute(Vm& vm, Value object, StrObject* name, Instr* instr) {
  Ref value = get_attribute(vm, object, name);
  if (value && may_specialize(instr)) specialize_load(vm, object, name, instr);
  return value;
}

bool load_method(Vm& vm, Value object, StrObject* name, Instr* instr, Value& callee, bool& is_method) {
  Ref value = get_method(vm, object, name, is_method);
  if (!value) return false;
  if (may_specialize(instr)) {
    TypeObject* type = type_of(vm, object);
    const bool has_instance_store = object.is_object() && type->store_offset != 0;
    if (is_method && has_plain_lookup(type) && lookup_type_attribute(vm, type, name) == value.get() && type->version != 0 &&
        (!has_instance_store || store_of(object.object()).shape != nullptr)) {
      const Shape* shape = has_instance_store ? store_of(object.object()).shape : nullptr;
      cache_of(instr) = {type->version, 0, shape, value.get().object()};
      set_kind(instr, AttrCacheKind::Method);
    } else {
      give_up(instr);
    }
  }
  callee = value.release();
  return true;
}

bool store_attribute(Vm& vm, Value object, StrObject* name, Value value, Instr* instr) {
  if (!object.is_object() || object.object()->type->store_offset == 0 || !may_specialize(instr))
    return set_attribute(vm, object, name, value);
  TypeObject* type = object.object()->type;
  Shape* before = store_of(object.object()).shape;
  if (!set_attribute(vm, object, name, value)) return false;
  const AttributeStore& store = store_of(object.object());
  if (type != object.object()->type || type->slots.set_attribute != generic_set_attribute || store.shape == nullptr ||
      before == nullptr) {
    give_up(instr);
    return true;
  }
  const Value type_attribute = lookup_type_attribute(vm, type, name);
  if ((!type_attribute.is_null() && type_of(vm, type_attribute)->slots.descriptor_set != nullptr) || type->version == 0) {
    give_up(instr);
    return true;
  }
  const int index = store.shape->find(name);
  if (index < 0 || (store.shape != before && store.shape->parent != before)) {
    give_up(instr);
    return true;
  }
  Object* after = store.shape == before ? nullptr : reinterpret_cast<Object*>(store.shape);
  cache_of(instr) = {type->version, static_cast<std::uint32_t>(index), before, after};
  set_kind(instr, AttrCacheKind::Value);
  return true;
}

}  // namespace ouro::vm
