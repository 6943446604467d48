// Shapes: the layout of instances' attributes.
//
// Instances of one type that got the same attributes in the same order share a Shape, and keep only an array of values.
// A shape is a node of its type's tree: one more name than its parent. Inline caches compare shapes. Deleting an
// attribute, asking for __dict__, or too many attributes or shapes turn an instance's store into a dict.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "vm/core/type.h"

namespace ouro::vm {

struct Shape {
  TypeObject* type;     ///< borrowed: the type owns its shapes
  Shape* parent;        ///< null for the root
  StrObject* name;      ///< the attribute this node adds; null for the root. Counted
  std::uint32_t count;  ///< attributes, this one included
  std::vector<Shape*> children;
  /// name's index among the attributes, or -1. Interned names only differ by identity; others are compared.
  [[nodiscard]] int find(StrObject* name) const;
  /// Attribute `index` of the path that ends here.
  [[nodiscard]] StrObject* name_at(std::uint32_t index) const;
};
inline constexpr std::uint32_t kMostShapeAttributes = 64;
inline constexpr std::uint32_t kMostShapesOfType = 256;

/// The store of an object whose type has one (kTypeHasStore).
[[nodiscard]] inline AttributeStore& store_of(Object* object) {
  return *reinterpret_cast<AttributeStore*>(reinterpret_cast<char*>(object) + object->type->store_offset);
}
[[nodiscard]] inline bool has_store(Value value) {
  return value.is_object() && value.object()->type->store_offset != 0;
}

// core/shape.cpp
/// Borrowed; null where there is none (nothing raised).
[[nodiscard]] Value store_get(Vm& vm, Object* object, StrObject* name);
[[nodiscard]] bool store_set(Vm& vm, Object* object, StrObject* name, Value value);
/// False without exception where there was none; check has_error.
[[nodiscard]] bool store_delete(Vm& vm, Object* object, StrObject* name);
/// The store as a dict (made now if it was an array): __dict__. Borrowed.
[[nodiscard]] DictObject* store_dict(Vm& vm, Object* object);
/// Replaces it: __dict__ = d.
void store_replace(Vm& vm, Object* object, DictObject* dict);
void store_traverse(Object* object, AttributeStore& store, Visitor& visit);
void store_clear(Vm& vm, AttributeStore& store);
/// The child of `shape` for `name`, made if need be; null: use a dict.
[[nodiscard]] Shape* shape_with(Vm& vm, Shape* shape, StrObject* name);
/// Root shape of a type's instances.
[[nodiscard]] Shape* root_shape_of(Vm& vm, TypeObject* type);
void free_shapes(Vm& vm, Shape* root);
/// Appends a value for a store moving from `from` to its child `to` (which the caller checked).
[[nodiscard]] bool store_append(Vm& vm, AttributeStore& store, Shape* to, Value value);
/// Capacity of value arrays: a function of the count, so that nothing needs storing.
[[nodiscard]] constexpr std::uint32_t store_capacity(std::uint32_t count) {
  if (count == 0) return 0;
  std::uint32_t capacity = 4;
  while (capacity < count) capacity *= 2;
  return capacity;
}

}  // namespace ouro::vm
