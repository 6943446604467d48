// Attribute stores of instances: shapes, and dicts once shapes no longer fit.
#include "vm/core/shape.h"

#include <new>

#include "vm/core/error.h"
#include "vm/core/vm.h"
#include "vm/objects/dict.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

/// Counts the shapes of a type: the root's own.
std::uint32_t count_shapes(const Shape* shape, std::uint32_t most) {
  std::uint32_t count = 1;
  for (const Shape* child : shape->children) {
    if (count >= most) break;
    count += count_shapes(child, most - count);
  }
  return count;
}

Shape* new_shape(TypeObject* type, Shape* parent, StrObject* name) {
  auto* shape = new (std::nothrow) Shape;
  if (shape == nullptr) return nullptr;
  shape->type = type;
  shape->parent = parent;
  shape->name = name;
  if (name != nullptr) incref(static_cast<Object*>(name));
  shape->count = parent == nullptr ? 0 : parent->count + 1;
  return shape;
}

/// The store's attributes move into a dict of their own.
bool become_dict(Vm& vm, AttributeStore& store) {
  Shape* shape = store.shape;
  if (shape == nullptr) return true;
  Own<DictObject> dict = new_dict(vm, shape->count);
  if (!dict) return false;
  for (std::uint32_t i = 0; i < shape->count; ++i)
    if (!dict_set(vm, dict, Value(shape->name_at(i)), store.values[i])) return false;
  Value* values = store.values;
  const std::uint32_t count = shape->count;
  store.shape = nullptr;
  store.dict = dict.release();
  for (std::uint32_t i = 0; i < count; ++i) decref(values[i]);
  if (values != nullptr) vm.heap.free(values, store_capacity(count) * sizeof(Value));
  return true;
}

}  // namespace

int Shape::find(StrObject* wanted) const {
  // The path is walked from its end; names are interned, so identity decides first.
  for (const Shape* at = this; at->parent != nullptr; at = at->parent)
    if (at->name == wanted) return static_cast<int>(at->count) - 1;
  if (wanted->is_interned) return -1;
  for (const Shape* at = this; at->parent != nullptr; at = at->parent)
    if (str_equal(at->name, wanted)) return static_cast<int>(at->count) - 1;
  return -1;
}

StrObject* Shape::name_at(std::uint32_t index) const {
  const Shape* at = this;
  while (at->count != index + 1) at = at->parent;
  return at->name;
}

Shape* root_shape_of(Vm&, TypeObject* type) {
  if (type->root_shape == nullptr) type->root_shape = new_shape(type, nullptr, nullptr);
  return type->root_shape;
}

Shape* shape_with(Vm& vm, Shape* shape, StrObject* name) {
  for (Shape* child : shape->children)
    if (child->name == name) return child;
  if (!name->is_interned) {
    for (Shape* child : shape->children)
      if (str_equal(child->name, name)) return child;
  }
  if (shape->count >= kMostShapeAttributes) return nullptr;
  if (count_shapes(shape->type->root_shape, kMostShapesOfType) >= kMostShapesOfType) return nullptr;
  const Own<StrObject> interned = intern(vm, name);
  if (!interned) {
    clear_error(vm);
    return nullptr;
  }
  Shape* child = new_shape(shape->type, shape, interned);
  if (child != nullptr) shape->children.push_back(child);
  return child;
}

void free_shapes(Vm& vm, Shape* root) {
  if (root == nullptr) return;
  std::vector<Shape*> todo{root};
  while (!todo.empty()) {
    Shape* shape = todo.back();
    todo.pop_back();
    todo.insert(todo.end(), shape->children.begin(), shape->children.end());
    if (shape->name != nullptr) decref(static_cast<Object*>(shape->name));
    delete shape;
  }
}

Value store_get(Vm& vm, Object* object, StrObject* name) {
  const AttributeStore& store = store_of(object);
  if (store.shape != nullptr) {
    const int index = store.shape->find(name);
    return index < 0 ? Value() : store.values[index];
  }
  return store.dict == nullptr ? Value() : dict_get_str(vm, store.dict, name);
}

bool store_append(Vm& vm, AttributeStore& store, Shape* to, Value value) {
  const std::uint32_t before = store_capacity(to->count - 1);
  const std::uint32_t after = store_capacity(to->count);
  if (before != after) {
    void* values = vm.heap.reallocate(store.values, before * sizeof(Value), after * sizeof(Value));
    if (values == nullptr) return raise_memory_error(vm);
    store.values = static_cast<Value*>(values);
  }
  incref(value);
  store.values[to->count - 1] = value;
  store.shape = to;
  return true;
}

bool store_set(Vm& vm, Object* object, StrObject* name, Value value) {
  AttributeStore& store = store_of(object);
  if (store.shape == nullptr && store.dict == nullptr) {
    store.shape = root_shape_of(vm, object->type);
    store.values = nullptr;
  }
  if (store.shape != nullptr) {
    const int index = store.shape->find(name);
    if (index >= 0) {
      incref(value);
      decref(std::exchange(store.values[index], value));
      return true;
    }
    Shape* next = shape_with(vm, store.shape, name);
    if (next != nullptr) return store_append(vm, store, next, value);
    if (!become_dict(vm, store)) return false;
  }
  const Own<DictObject> dict = Own<DictObject>::share(store.dict);
  return dict_set(vm, dict, Value(name), value);
}

bool store_delete(Vm& vm, Object* object, StrObject* name) {
  AttributeStore& store = store_of(object);
  if (store.shape != nullptr) {
    if (store.shape->find(name) < 0) return false;
    if (!become_dict(vm, store)) return false;
  }
  if (store.dict == nullptr) return false;
  const Own<DictObject> dict = Own<DictObject>::share(store.dict);
  if (dict_get_str(vm, dict, name).is_null()) return false;
  return dict_delete(vm, dict, Value(name));
}

DictObject* store_dict(Vm& vm, Object* object) {
  AttributeStore& store = store_of(object);
  if (!become_dict(vm, store)) return nullptr;
  if (store.dict == nullptr) store.dict = new_dict(vm).release();
  return store.dict;
}

void store_replace(Vm& vm, Object* object, DictObject* dict) {
  incref(static_cast<Object*>(dict));
  AttributeStore& store = store_of(object);
  store_clear(vm, store);
  store.dict = dict;
}

void store_traverse(Object*, AttributeStore& store, Visitor& visit) {
  if (store.shape == nullptr) {
    visit(store.dict);
    return;
  }
  for (std::uint32_t i = 0; i < store.shape->count; ++i) visit(store.values[i]);
}

void store_clear(Vm& vm, AttributeStore& store) {
  Shape* shape = std::exchange(store.shape, nullptr);
  if (shape == nullptr) {
    DictObject* dict = std::exchange(store.dict, nullptr);
    if (dict != nullptr) decref(static_cast<Object*>(dict));
    return;
  }
  Value* values = std::exchange(store.values, nullptr);
  for (std::uint32_t i = 0; i < shape->count; ++i) decref(values[i]);
  if (values != nullptr) vm.heap.free(values, store_capacity(shape->count) * sizeof(Value));
}

}  // namespace ouro::vm
