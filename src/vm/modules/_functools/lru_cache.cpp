// functools._lru_cache_wrapper: CPython 3.13 Modules/_functoolsmodule.c. The cache is a dict in order of use: a hit moves
// its entry to the end, the oldest stands first.
#include "vm/modules/_functools/lru_cache.h"

#include "vm/core/shape.h"
#include "vm/objects/dict_table.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/life.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

struct LruCacheObject : GcObject {
  Value function, info_type, max_size_value;
  Value mark;  ///< an object that separates positional from keyword arguments in keys
  Value cache;  ///< dict
  std::int64_t max_size;  ///< -1: no bound
  bool typed;
  std::int64_t hits, misses;
  DictEntry* scanned;   ///< the table that `oldest` is about
  std::uint32_t oldest; ///< no entry before this one lives
  AttributeStore store;
  WeakRefObject* weakrefs;
};

Ref lru_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "lru_cache(user_function, maxsize, typed, cache_info_type)", 4, call);
  if (!is_callable(vm, args[0])) return raise(vm, vm.exc.TypeError, "the first argument must be callable");
  std::int64_t max_size = -1;
  if (!args[1].is_none()) {
    if (!has_index(vm, args[1])) return raise(vm, vm.exc.TypeError, "maxsize should be integer or None");
    VM_TRY(max_size, to_ssize(vm, args[1], vm.exc.OverflowError));
    if (max_size < 0) max_size = 0;
  }
  VM_TRY(bool typed, args.boolean(vm, 2));
  VM_TRY(Own<LruCacheObject> self, make_instance<LruCacheObject>(vm, type));
  VM_TRY(Own<DictObject> cache, new_dict(vm));
  VM_TRY(Ref mark, vm::call(vm, vm.types.object));
  assign(self->function, args[0]);
  assign(self->info_type, args[3]);
  assign(self->max_size_value, args[1]);
  assign(self->cache, Value(cache.get()));
  assign(self->mark, mark.get());
  self->max_size = max_size;
  self->typed = typed;
  return self;
}
void lru_dealloc(Vm& vm, Object* self) {
  auto* object = static_cast<LruCacheObject*>(self);
  vm.heap.untrack(object);
  clear_weakrefs(vm, self);
  store_clear(vm, object->store);
  for (const Value part : {object->function, object->info_type, object->max_size_value, object->cache, object->mark}) xdecref(part);
  free_object(vm, self, object->type->basic_size);
}
void lru_traverse(Object* self, Visitor& visit) {
  auto* object = static_cast<LruCacheObject*>(self);
  visit(object->function);
  visit(object->info_type);
  visit(object->cache);
  store_traverse(self, object->store, visit);
}
void lru_clear(Vm& vm, Object* self) {
  auto* object = static_cast<LruCacheObject*>(self);
  dict_clear(vm, object->cache.as<DictObject>());
  store_clear(vm, object->store);
}

/// A lone exact int or str is its own key; everything else a tuple.
Ref make_key(Vm& vm, const LruCacheObject* object, const CallArgs& call) {
  const std::size_t keywords = call.keyword_count();
  if (!object->typed && keywords == 0 && call.positional == 1) {
    const Value only = call.values[0];
    if (only.is_small() || is_exact(vm, only, vm.types.str) || is_exact(vm, only, vm.types.int_)) return Ref::share(only);
  }
  std::size_t size = call.positional;
  if (keywords != 0) size += 1 + 2 * keywords;
  if (object->typed) size += call.positional + keywords;
  VM_TRY(Own<TupleObject> key, allocate_tuple(vm, size));
  Value* out = key->items();
  for (const Value value : call.positionals()) *out++ = owned(value);
  if (keywords != 0) {
    *out++ = owned(object->mark);
    for (std::size_t i = 0; i < keywords; ++i) {
      *out++ = owned((*call.keyword_names)[i]);
      *out++ = owned(call.keyword_value(i));
    }
  }
  if (object->typed) {
    for (std::size_t i = 0; i < call.positional + keywords; ++i) *out++ = owned(Value(type_of(vm, call.values[i])));
  }
  return key;
}

bool evict_oldest(Vm& vm, LruCacheObject* object) {
  auto* cache = object->cache.as<DictObject>();
  if (object->scanned != cache->entries || object->oldest > cache->entry_count) {
    object->scanned = cache->entries;
    object->oldest = 0;
  }
  while (object->oldest < cache->entry_count && cache->entries[object->oldest].key.is_null()) ++object->oldest;
  if (object->oldest == cache->entry_count) return true;
  const Ref key = Ref::share(cache->entries[object->oldest].key);
  const std::int64_t hash_value = cache->entries[object->oldest].hash;
  Ref value;
  return dict_take_hashed(vm, cache, key, hash_value, value);
}

Ref lru_call(Vm& vm, Value self, const CallArgs& call) {
  auto* object = self.as<LruCacheObject>();
  const Ref held = Ref::share(self);
  if (object->max_size == 0) {
    ++object->misses;
    return vm::call(vm, object->function, call);
  }
  VM_TRY(Ref key, make_key(vm, object, call));
  std::int64_t hash_value = 0;
  VM_CHECK(hash(vm, key, hash_value));
  auto* cache = object->cache.as<DictObject>();
  Value found;
  VM_CHECK(dict_find_hashed(vm, cache, key, hash_value, found));
  if (!found.is_null()) {
    Ref result = Ref::share(found);
    ++object->hits;
    if (object->max_size > 0) {
      Ref taken;
      VM_CHECK(dict_take_hashed(vm, cache, key, hash_value, taken));
      if (taken) VM_CHECK(dict_set_hashed(vm, cache, key, hash_value, taken));
      if (object->scanned != cache->entries) {
        object->scanned = cache->entries;
        object->oldest = 0;
      }
    }
    return result;
  }
  ++object->misses;
  VM_TRY(Ref result, vm::call(vm, object->function, call));
  VM_CHECK(dict_find_hashed(vm, cache, key, hash_value, found));
  if (!found.is_null()) return result;  // put there meanwhile
  while (object->max_size > 0 && cache->used >= static_cast<std::size_t>(object->max_size)) {
    const std::size_t before = cache->used;
    VM_CHECK(evict_oldest(vm, object));
    if (cache->used >= before) break;
  }
  VM_CHECK(dict_set_hashed(vm, cache, key, hash_value, result));
  if (object->scanned != cache->entries) {
    object->scanned = cache->entries;
    object->oldest = 0;
  }
  return result;
}

Ref lru_descriptor_get(Vm& vm, Value self, Value instance, Value) {
  if (instance.is_null() || instance.is_none()) return Ref::share(self);
  return new_method(vm, self, instance);
}
Ref lru_cache_info(Vm& vm, Value self) {
  const auto* object = self.as<LruCacheObject>();
  const Value bound = object->max_size < 0 ? kNone : Value::small(object->max_size);
  return call(vm, object->info_type,
              {Value::small(object->hits), Value::small(object->misses), bound,
               Value::small(static_cast<std::int64_t>(object->cache.as<DictObject>()->used))});
}
Ref lru_cache_clear(Vm& vm, Value self) {
  auto* object = self.as<LruCacheObject>();
  object->hits = object->misses = 0;
  object->scanned = nullptr;
  dict_clear(vm, object->cache.as<DictObject>());
  return Ref::none();
}
Ref lru_reduce(Vm& vm, Value self) { return get_attribute(vm, self, vm.names.d_qualname); }
Ref lru_copy(Vm&, Value self) { return Ref::share(self); }
Ref lru_deepcopy(Vm&, Value self, Value) { return Ref::share(self); }

constexpr MethodSpec kMethods[] = {
    {"cache_info($self, /)", lru_cache_info, "Hits, misses, bound and size of the cache."},
    {"cache_clear($self, /)", lru_cache_clear, "Empties the cache and its counts."},
    {"__reduce__($self, /)", lru_reduce},
    {"__copy__($self, /)", lru_copy},
    {"__deepcopy__($self, memo, /)", lru_deepcopy},
};
constexpr TypeSlots slots() {
  TypeSlots s;
  s.dealloc = lru_dealloc;
  s.traverse = lru_traverse;
  s.clear = lru_clear;
  s.construct = lru_construct;
  s.call = lru_call;
  s.descriptor_get = lru_descriptor_get;
  return s;
}

}  // namespace

const TypeSpec kLruCacheType = {
    .name = "functools._lru_cache_wrapper",
    .basic_size = sizeof(LruCacheObject),
    .flags = kTypeBaseType | kTypeImmutable | kTypeContainer | kTypeMethodDescriptor,
    .doc = "A callable that keeps its results: functools.lru_cache makes it.",
    .slots = slots(),
    .methods = kMethods,
    .store_offset = offsetof(LruCacheObject, store),
    .weakref_offset = offsetof(LruCacheObject, weakrefs),
};

}  // namespace ouro::vm
