// array: compact arrays of numbers and characters.
#include "vm/modules/array/array.h"

#include <algorithm>
#include <cstring>

#include "vm/modules/import.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace arrays {
namespace {

constexpr std::string_view kTypeCodes = "bBuwhHiIlLqQfd";

void array_dealloc(Vm& vm, Object* self) {
  auto* array = static_cast<ArrayObject*>(self);
  if (array->capacity != 0) vm.heap.free(array->data, array->capacity);
  free_object(vm, self, array->type->basic_size);
}

// The initial value: a list, bytes, another array, text or any iterable.
bool initialise(Vm& vm, ArrayObject* array, Value initial) {
  const bool is_text = array->typecode == 'u' || array->typecode == 'w';
  if (is_str(initial)) {
    if (!is_text) return raise(vm, vm.exc.TypeError, "cannot use a str to initialize an array with typecode '{}'", std::string(1, array->typecode));
    return extend_text(vm, array, initial);
  }
  if (is_array(vm, initial)) {
    const auto* other = as_array(initial);
    const bool other_text = other->typecode == 'u' || other->typecode == 'w';
    if (other_text && !is_text)
      return raise(vm, vm.exc.TypeError, "cannot use a unicode array to initialize an array with typecode '{}'", std::string(1, array->typecode));
    if (other->typecode == array->typecode) return splice(vm, array, 0, 0, other->bytes());
  }
  if (is_bytes(initial) || is_bytearray(vm, initial)) {
    const std::string_view content = byte_view(initial);
    if (content.size() % array->item_size != 0) return raise(vm, vm.exc.ValueError, "bytes length not a multiple of item size");
    return splice(vm, array, 0, 0, content);
  }
  return for_each(vm, initial, [&](Value item) { return append(vm, array, item); });
}

Ref array_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (type == vm.native_type(kArrayType) && call.has_keywords()) return raise(vm, vm.exc.TypeError, "array.array() takes no keyword arguments");
  if (call.positional < 1) return raise(vm, vm.exc.TypeError, "array() takes at least 1 argument (0 given)");
  if (call.positional > 2) return raise(vm, vm.exc.TypeError, "array() takes at most 2 arguments ({} given)", call.positional);
  const Value code = call.values[0];
  if (!is_str(code) || code.as<StrObject>()->length != 1)
    return raise(vm, vm.exc.TypeError, "array() argument 1 must be a unicode character, not {}", type_name(vm, code));
  const std::uint32_t typecode = code.as<StrObject>()->at(0);
  if (typecode > 127 || kTypeCodes.find(static_cast<char>(typecode)) == std::string_view::npos)
    return raise(vm, vm.exc.ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)");
  if (typecode == 'u')
    VM_CHECK(warn(vm, vm.exc.DeprecationWarning, "The 'u' type code is deprecated and will be removed in Python 3.16"));
  VM_TRY(Own<ArrayObject> array, new_array(vm, type, static_cast<char>(typecode), 0));
  if (call.positional == 2) VM_CHECK(initialise(vm, array, call.values[1]));
  return array;
}

Ref array_repr(Vm& vm, Value self) {
  auto* array = as_array(self);
  StrBuilder out(vm);
  const std::string_view name = type_name(vm, self);
  out.append_utf8(name.substr(name.rfind('.') + 1));
  out.append("('");
  out.append(static_cast<unsigned char>(array->typecode));
  out.append("'");
  if (array->length != 0) {
    out.append(", ");
    VM_TRY(Ref content, array->typecode == 'u' || array->typecode == 'w' ? text_of(vm, array) : list_of(vm, array));
    VM_TRY(Ref shown, repr(vm, content));
    out.append(shown.as<StrObject>());
  }
  out.append(")");
  return out.finish();
}

Ref array_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_array(vm, self) || !is_array(vm, other)) return Ref::not_implemented();
  auto* a = as_array(self);
  auto* b = as_array(other);
  if (a->length != b->length && (op == CompareOp::Equal || op == CompareOp::NotEqual)) return Ref::boolean(op == CompareOp::NotEqual);
  const std::size_t common = std::min(a->length, b->length);
  for (std::size_t i = 0; i < common && i < a->length && i < b->length; ++i) {
    VM_TRY(Ref x, get(vm, a, i));
    VM_TRY(Ref y, get(vm, b, i));
    VM_TRY(Ref same, compare(vm, x, y, CompareOp::Equal));
    bool is_same;
    VM_CHECK(truth(vm, same, is_same));
    if (is_same) continue;
    if (op == CompareOp::Equal) return Ref::boolean(false);
    if (op == CompareOp::NotEqual) return Ref::boolean(true);
    return compare(vm, x, y, op);
  }
  switch (op) {
    case CompareOp::Less: return Ref::boolean(a->length < b->length);
    case CompareOp::LessEqual: return Ref::boolean(a->length <= b->length);
    case CompareOp::Equal: return Ref::boolean(a->length == b->length);
    case CompareOp::NotEqual: return Ref::boolean(a->length != b->length);
    case CompareOp::Greater: return Ref::boolean(a->length > b->length);
    default: return Ref::boolean(a->length >= b->length);
  }
}

bool array_length(Vm&, Value self, std::size_t& out) {
  out = as_array(self)->length;
  return true;
}

std::optional<std::size_t> item_index(Vm& vm, ArrayObject* array, Value key, std::string_view message) {
  VM_TRY(std::int64_t index, to_ssize(vm, key, vm.exc.IndexError));
  if (index < 0) index += static_cast<std::int64_t>(array->length);
  if (index < 0 || index >= static_cast<std::int64_t>(array->length)) return raise(vm, vm.exc.IndexError, message);
  return static_cast<std::size_t>(index);
}

Ref array_subscript(Vm& vm, Value self, Value key) {
  auto* array = as_array(self);
  if (is_exact(vm, key, vm.types.slice)) {
    SliceBounds bounds;
    VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), array->length, bounds));
    const auto count = static_cast<std::size_t>(std::max<std::int64_t>(bounds.count, 0));
    VM_TRY(Own<ArrayObject> out, new_array(vm, vm.native_type(kArrayType), array->typecode, count));
    for (std::size_t i = 0; i < count; ++i)
      std::memcpy(out->data + i * array->item_size, array->data + (bounds.start + static_cast<std::int64_t>(i) * bounds.step) * array->item_size,
                  array->item_size);
    return out;
  }
  if (!has_index(vm, key)) return raise(vm, vm.exc.TypeError, "array indices must be integers");
  VM_TRY(const std::size_t index, item_index(vm, array, key, "array index out of range"));
  return get(vm, array, index);
}

bool assign_slice(Vm& vm, ArrayObject* array, Value key, Value value) {
  std::string content;
  if (!value.is_null()) {
    if (!is_array(vm, value)) return raise(vm, vm.exc.TypeError, "can only assign array (not \"{}\") to array slice", type_name(vm, value));
    if (as_array(value)->typecode != array->typecode) return raise(vm, vm.exc.TypeError, "bad argument type for built-in operation");
    content = as_array(value)->bytes();
  }
  SliceBounds bounds;
  VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), array->length, bounds));
  const std::size_t size = array->item_size;
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(bounds.count, 0));
  if (bounds.step == 1) {
    const auto low = static_cast<std::size_t>(bounds.start);
    return splice(vm, array, low, low + count, content);
  }
  if (value.is_null()) {
    if (count == 0) return true;
    if (array->exports != 0) return raise(vm, vm.exc.BufferError, "cannot resize an array that is exporting buffers");
    std::vector<bool> gone(array->length);
    for (std::size_t i = 0; i < count; ++i) gone[static_cast<std::size_t>(bounds.start + static_cast<std::int64_t>(i) * bounds.step)] = true;
    std::size_t to = 0;
    for (std::size_t i = 0; i < array->length; ++i)
      if (!gone[i]) std::memmove(array->data + to++ * size, array->data + i * size, size);
    return resize(vm, array, to);
  }
  if (content.size() / size != count)
    return raise(vm, vm.exc.ValueError, "attempt to assign array of size {} to extended slice of size {}", content.size() / size, count);
  for (std::size_t i = 0; i < count; ++i)
    std::memcpy(array->data + (bounds.start + static_cast<std::int64_t>(i) * bounds.step) * static_cast<std::int64_t>(size), content.data() + i * size, size);
  return true;
}

bool array_assign_subscript(Vm& vm, Value self, Value key, Value value) {
  auto* array = as_array(self);
  if (is_exact(vm, key, vm.types.slice)) return assign_slice(vm, array, key, value);
  if (!has_index(vm, key)) return raise(vm, vm.exc.TypeError, "array indices must be integers");
  const auto index = item_index(vm, array, key, "array assignment index out of range");
  if (!index) return false;
  if (value.is_null()) return splice(vm, array, *index, *index + 1, {});
  char item[8] = {};
  if (!pack(vm, array->typecode, item, value)) return false;
  if (*index >= array->length) return raise(vm, vm.exc.IndexError, "array assignment index out of range");
  std::memcpy(array->data + *index * array->item_size, item, array->item_size);
  return true;
}

bool array_contains(Vm& vm, Value self, Value item, bool& out) {
  auto* array = as_array(self);
  out = false;
  for (std::size_t i = 0; i < array->length && !out; ++i) {
    const Ref here = get(vm, array, i);
    if (!here || !equal(vm, here, item, out)) return false;
  }
  return true;
}

Ref array_concat(Vm& vm, Value left, Value right) {
  if (!is_array(vm, right)) return raise(vm, vm.exc.TypeError, "can only append array (not \"{}\") to array", type_name(vm, right));
  auto* a = as_array(left);
  auto* b = as_array(right);
  if (a->typecode != b->typecode) return raise(vm, vm.exc.TypeError, "bad argument type for built-in operation");
  VM_TRY(Own<ArrayObject> out, new_array(vm, vm.native_type(kArrayType), a->typecode, a->length + b->length));
  const std::size_t split = a->length * a->item_size;
  if (a->length != 0) std::memcpy(out->data, a->data, split);
  if (b->length != 0) std::memcpy(out->data + split, b->data, b->length * b->item_size);
  return out;
}
Ref array_in_place_concat(Vm& vm, Value left, Value right) {
  if (!is_array(vm, right)) return raise(vm, vm.exc.TypeError, "can only extend with array (not \"{}\")", type_name(vm, right));
  VM_CHECK(extend(vm, as_array(left), right));
  return Ref::share(left);
}
bool repeat_into(Vm& vm, ArrayObject* out, std::size_t unit_items, std::int64_t count) {
  const auto times = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
  if (times != 0 && unit_items > SIZE_MAX / 64 / times) return raise_memory_error(vm);
  const std::size_t unit = unit_items * out->item_size;
  if (!vm.heap.has_room(unit * times)) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, unit * times / 64));
  VM_CHECK(resize(vm, out, unit_items * times));
  for (std::size_t i = 1; i < times && unit != 0; ++i) std::memcpy(out->data + i * unit, out->data, unit);
  return true;
}
Ref array_repeat(Vm& vm, Value self, std::int64_t count) {
  auto* array = as_array(self);
  VM_TRY(Own<ArrayObject> out, new_array(vm, vm.native_type(kArrayType), array->typecode, count > 0 ? array->length : 0));
  if (count <= 0) return out;
  if (array->length != 0) std::memcpy(out->data, array->data, array->length * array->item_size);
  VM_CHECK(repeat_into(vm, out, array->length, count));
  return out;
}
Ref array_in_place_repeat(Vm& vm, Value self, std::int64_t count) {
  VM_CHECK(repeat_into(vm, as_array(self), as_array(self)->length, count));
  return Ref::share(self);
}

bool array_get_buffer(Vm&, Value self, BufferView& view, unsigned) {
  static char nothing[1] = {0};
  auto* array = as_array(self);
  view.data = array->data == nullptr ? nothing : array->data;
  view.length = array->length * array->item_size;
  view.read_only = false;
  view.item_size = array->item_size;
  switch (array->typecode) {
    case 'b': view.format = "b"; break;
    case 'B': view.format = "B"; break;
    case 'u':
    case 'w': view.format = "w"; break;
    case 'h': view.format = "h"; break;
    case 'H': view.format = "H"; break;
    case 'i': view.format = "i"; break;
    case 'I': view.format = "I"; break;
    case 'l': view.format = "l"; break;
    case 'L': view.format = "L"; break;
    case 'q': view.format = "q"; break;
    case 'Q': view.format = "Q"; break;
    case 'f': view.format = "f"; break;
    default: view.format = "d";
  }
  ++array->exports;
  return true;
}
void array_release_buffer(Vm&, Value self, BufferView&) { --as_array(self)->exports; }

// --- iterator

struct IteratorObject : GcObject {
  Value array;  ///< null: exhausted
  std::size_t index;
};
extern const TypeSpec kIteratorType;
Ref array_iter(Vm& vm, Value self) {
  VM_TRY(IteratorObject * iterator, allocate<IteratorObject>(vm, vm.native_type(kIteratorType)));
  iterator->array = Ref::share(self).release();
  vm.heap.track(iterator);
  return Own<IteratorObject>::adopt(iterator);
}
void iterator_dealloc(Vm& vm, Object* self) {
  xdecref(static_cast<IteratorObject*>(self)->array);
  free_object(vm, self, sizeof(IteratorObject));
}
void iterator_traverse(Object* self, Visitor& visit) { visit(static_cast<IteratorObject*>(self)->array); }
Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<IteratorObject>();
  if (iterator->array.is_null()) return {};
  if (iterator->index < as_array(iterator->array)->length) return get(vm, as_array(iterator->array), iterator->index++);
  xdecref(std::exchange(iterator->array, Value()));
  return {};
}
Ref iterator_reduce(Vm& vm, Value self) {
  auto* iterator = self.as<IteratorObject>();
  VM_TRY(Ref iter, get_item(vm, vm.builtins, vm.names.iter));
  if (iterator->array.is_null()) {
    VM_TRY(Own<TupleObject> nothing, new_tuple(vm, {Value(vm.empty_tuple)}));
    return new_tuple(vm, {iter, nothing.get()});
  }
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {iterator->array}));
  return new_tuple(vm, {iter, arguments.get(), Value::small(static_cast<std::int64_t>(iterator->index))});
}
Ref iterator_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<IteratorObject>();
  VM_TRY(const std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (!iterator->array.is_null()) {
    const auto size = static_cast<std::int64_t>(as_array(iterator->array)->length);
    iterator->index = static_cast<std::size_t>(std::clamp<std::int64_t>(index, 0, size));
  }
  return Ref::none();
}
constexpr MethodSpec kIteratorMethods[] = {{"__reduce__($self, /)", iterator_reduce, "Return state information for pickling."},
                                           {"__setstate__($self, state, /)", iterator_setstate, "Set state information for unpickling."}};
constexpr TypeSlots iterator_slots() {
  TypeSlots slots;
  slots.dealloc = iterator_dealloc;
  slots.traverse = iterator_traverse;
  slots.iter = iter_self;
  slots.next = iterator_next;
  return slots;
}
const TypeSpec kIteratorType = {.name = "array.arrayiterator", .basic_size = sizeof(IteratorObject),
                                .flags = kTypeContainer | kTypeNoInstantiation | kTypeImmutable, .slots = iterator_slots(), .methods = kIteratorMethods};

Ref get_typecode(Vm& vm, Value self) { return new_str_of(vm, static_cast<unsigned char>(as_array(self)->typecode)); }
Ref get_itemsize(Vm&, Value self) { return Ref::small(as_array(self)->item_size); }
constexpr GetSetSpec kArrayGetSet[] = {{"typecode", get_typecode, nullptr, "the typecode character used to create the array"},
                                       {"itemsize", get_itemsize, nullptr, "the size, in bytes, of one array item"}};

constexpr TypeSlots array_slots() {
  TypeSlots slots;
  slots.dealloc = array_dealloc;
  slots.construct = array_construct;
  slots.repr = array_repr;
  slots.compare = array_compare;
  slots.iter = array_iter;
  slots.length = array_length;
  slots.subscript = array_subscript;
  slots.assign_subscript = array_assign_subscript;
  slots.contains = array_contains;
  slots.concat = array_concat;
  slots.in_place_concat = array_in_place_concat;
  slots.repeat = array_repeat;
  slots.in_place_repeat = array_in_place_repeat;
  slots.get_buffer = array_get_buffer;
  slots.release_buffer = array_release_buffer;
  return slots;
}

constexpr MethodSpec kFunctions[] = {
    {"_array_reconstructor($module, arraytype, typecode, mformat_code, items, /)", reconstruct, "Internal. Used for pickling support."},
};
bool fill(Vm& vm, ModuleObject* module) {
  const Value type = vm.native_type(kArrayType);
  if (!set_module_attribute(vm, module, "array", type) || !set_module_attribute(vm, module, "ArrayType", type) ||
      !set_module_attribute(vm, module, "typecodes", Ref(new_str(vm, kTypeCodes))))
    return false;
  // An array is a MutableSequence where collections.abc is loaded already; otherwise importing it here would cost too much.
  Ref abc = get_item(vm, vm.modules, Ref(new_str(vm, "collections.abc")));
  if (!abc) {
    clear_error(vm);
    return true;
  }
  const Ref sequence = get_attribute(vm, abc, "MutableSequence");
  return sequence && call_method(vm, sequence, "register", {type});
}
constexpr ModuleSpec kModule = {"array", "This module defines an object type which can efficiently represent an array of basic values.", kFunctions, fill};

}  // namespace

const TypeSpec kArrayType = {
    .name = "array.array",
    .basic_size = sizeof(ArrayObject),
    .flags = kTypeBaseType | kTypeSequence,
    .doc = "array(typecode [, initializer]) -> array",
    .slots = array_slots(),
    .methods = kMethods,
    .getset = kArrayGetSet,
    .weakref_offset = offsetof(ArrayObject, weakrefs),
};

}  // namespace arrays

const ModuleSpec& array_module() { return arrays::kModule; }

}  // namespace ouro::vm
