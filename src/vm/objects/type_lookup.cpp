// Method resolution order, the attribute cache, and the tree of subclasses.
#include <vector>

#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

/// One entry a slot: what (version, name) led to. Values are borrowed: a change of the class ends its version.
struct TypeCache {
  struct Entry {
    std::uint32_t version = 0;
    StrObject* name = nullptr;
    Value value;
  };
  static constexpr std::size_t kSize = 4096;
  Entry entries[kSize];
};

namespace {

std::size_t cache_index(std::uint32_t version, const StrObject* name) {
  return (version * 31 + (reinterpret_cast<std::uintptr_t>(name) >> 4U)) % TypeCache::kSize;
}

/// One sequence of the merge: the MRO of a base, or the bases.
struct Merged {
  std::span<const Value> items;
  std::size_t at = 0;
};

bool stands_later(const Merged& list, Value candidate) {
  for (std::size_t i = list.at + 1; i < list.items.size(); ++i)
    if (list.items[i] == candidate) return true;
  return false;
}

Failed raise_no_mro(Vm& vm, const std::vector<Merged>& lists) {
  std::string names;
  std::vector<Value> heads;
  for (const Merged& list : lists) {
    if (list.at >= list.items.size()) continue;
    const Value head = list.items[list.at];
    bool known = false;
    for (const Value other : heads) known = known || other == head;
    if (known) continue;
    heads.push_back(head);
    if (!names.empty()) names += ", ";
    names += to_utf8(head.as<TypeObject>()->name);
  }
  return raise(vm, vm.exc.TypeError, "Cannot create a consistent method resolution order (MRO) for bases {}", names);
}

/// C3 (CPython 3.13 Objects/typeobject.c mro_implementation, pmerge).
bool merge(Vm& vm, std::vector<Merged>& lists, std::vector<Value>& out) {
  for (;;) {
    bool done = true;
    bool found = false;
    for (Merged& list : lists) {
      if (list.at >= list.items.size()) continue;
      done = false;
      const Value candidate = list.items[list.at];
      bool blocked = false;
      for (const Merged& other : lists) blocked = blocked || stands_later(other, candidate);
      if (blocked) continue;
      out.push_back(candidate);
      for (Merged& other : lists)
        if (other.at < other.items.size() && other.items[other.at] == candidate) ++other.at;
      found = true;
      break;
    }
    if (done) return true;
    if (!found) return raise_no_mro(vm, lists);
  }
}

}  // namespace

Own<TupleObject> compute_mro(Vm& vm, TypeObject* type) {
  std::vector<Value> order{Value(type)};
  const auto bases = type->bases->view();
  for (const Value base : bases) {
    if (base.as<TypeObject>()->mro == nullptr)
      return raise(vm, vm.exc.TypeError, "Cannot extend an incomplete type '{}'", base.as<TypeObject>()->display_name());
  }
  if (bases.size() == 1) {
    for (const Value entry : bases[0].as<TypeObject>()->mro->view()) order.push_back(entry);
    return new_tuple(vm, order);
  }
  for (std::size_t i = 0; i < bases.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (bases[i] == bases[j])
        return raise(vm, vm.exc.TypeError, "duplicate base class {}", bases[i].as<TypeObject>()->name);
    }
  }
  std::vector<Merged> lists;
  for (const Value base : bases) lists.push_back({base.as<TypeObject>()->mro->view()});
  lists.push_back({bases});
  VM_CHECK(merge(vm, lists, order));
  return new_tuple(vm, order);
}

void type_modified(TypeObject* type) {
  if (type->version != 0) type->version = 0;
  if (type->subclasses == nullptr) return;
  for (TypeObject* subclass : *type->subclasses) type_modified(subclass);
}

std::uint32_t type_version(Vm& vm, TypeObject* type) {
  if (type->version == 0 && vm.next_type_version != UINT32_MAX) type->version = ++vm.next_type_version;
  return type->version;
}

Value find_in_mro(Vm& vm, TypeObject* type, StrObject* name) {
  if (type->mro == nullptr) return {};
  // A lookup of a name that is no exact str may run Python code, which may replace the MRO.
  const Own<TupleObject> mro = Own<TupleObject>::share(type->mro);
  for (const Value entry : mro->view()) {
    DictObject* dict = entry.as<TypeObject>()->dict;
    if (dict == nullptr) continue;
    const Value found = dict_get_str(vm, dict, name);
    if (!found.is_null()) return found;
  }
  return {};
}

Value lookup_type_attribute(Vm& vm, TypeObject* type, StrObject* name) {
  if (!name->is_interned) return find_in_mro(vm, type, name);
  if (vm.type_cache == nullptr) vm.type_cache = new TypeCache;
  const std::uint32_t version = type->version != 0 ? type->version : type_version(vm, type);
  TypeCache::Entry& entry = vm.type_cache->entries[cache_index(version, name)];
  if (entry.version == version && entry.name == name) return entry.value;
  const Value found = find_in_mro(vm, type, name);
  if (version != 0 && type->version == version) entry = {version, name, found};
  return found;
}

void add_subclass(TypeObject* base, TypeObject* type) {
  if (base->subclasses == nullptr) base->subclasses = new std::vector<TypeObject*>;
  base->subclasses->push_back(type);
}

void remove_subclass(TypeObject* base, TypeObject* type) {
  if (base->subclasses == nullptr) return;
  std::erase(*base->subclasses, type);
}

void free_type_cache(Vm& vm) {
  delete vm.type_cache;
  vm.type_cache = nullptr;
  for (auto& [spec, type] : vm.native_types) {
    delete type->subclasses;
    type->subclasses = nullptr;
  }
}

}  // namespace ouro::vm
