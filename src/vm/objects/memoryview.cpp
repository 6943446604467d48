// memoryview: the type, its items and slices.
#include "vm/objects/memoryview.h"

#include <cstring>

#include "vm/objects/bytes_internal.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/slice.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

MemoryviewObject* as_view(Value self) { return self.as<MemoryviewObject>(); }

void view_dealloc(Vm& vm, Object* self) {
  auto* view = static_cast<MemoryviewObject*>(self);
  release_managed(view);
  free_object(vm, self, sizeof(MemoryviewObject));
}
void view_traverse(Object* self, Visitor& visit) {
  auto* view = static_cast<MemoryviewObject*>(self);
  if (view->managed != nullptr && view->managed->count == 1) visit(view->managed->view.owner.get());
}
void view_clear(Vm&, Object* self) {
  auto* view = static_cast<MemoryviewObject*>(self);
  if (view->exports == 0) release_managed(view);
}

Ref view_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_PARSE(args, vm, "memoryview(object)", 1, call);
  return new_memoryview(vm, args[0]);
}

Ref view_repr(Vm& vm, Value self) {
  const auto address = reinterpret_cast<std::uintptr_t>(self.object());
  std::string text = as_view(self)->managed == nullptr ? "<released memory at 0x" : "<memory at 0x";
  std::string hex;
  for (std::uintptr_t rest = address; rest != 0; rest >>= 4U) hex.insert(hex.begin(), "0123456789abcdef"[rest & 15U]);
  return new_str(vm, text + hex + ">");
}

bool view_hash(Vm& vm, Value self, std::int64_t& out) {
  auto* view = as_view(self);
  if (view->hash == -1) {
    VM_CHECK(check_alive(vm, view));
    if (!view->read_only) return raise(vm, vm.exc.ValueError, "cannot hash writable memoryview object");
    const char format = native_format(view->format);
    if (format != 'B' && format != 'b' && format != 'c')
      return raise(vm, vm.exc.ValueError, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'");
    std::int64_t owner_hash;
    if (!hash(vm, view->managed->view.owner, owner_hash)) return false;
    view->hash = bytes_hash(vm, gathered_bytes(view));
  }
  out = view->hash;
  return true;
}

bool view_length(Vm& vm, Value self, std::size_t& out) {
  VM_CHECK(check_alive(vm, as_view(self)));
  if (as_view(self)->dimensions == 0) return raise(vm, vm.exc.TypeError, "0-dim memory has no length");
  out = static_cast<std::size_t>(as_view(self)->shape[0]);
  return true;
}

// The place of item `index` along `dimension` from `data`.
char* item_at(Vm& vm, MemoryviewObject* view, char* data, std::int64_t index, int dimension) {
  const std::int64_t size = view->shape[dimension];
  if (index < 0) index += size;
  if (index < 0 || index >= size) return raise(vm, vm.exc.IndexError, "index out of bounds on dimension {}", dimension + 1);
  return data + index * view->strides[dimension];
}

bool is_index_tuple(Vm& vm, Value key) {
  if (!is_tuple(key)) return false;
  for (const Value item : key.as<TupleObject>()->view())
    if (!has_index(vm, item)) return false;
  return true;
}
bool is_slice_tuple(Vm& vm, Value key) {
  if (!is_tuple(key) || key.as<TupleObject>()->size == 0) return false;
  for (const Value item : key.as<TupleObject>()->view())
    if (!is_exact(vm, item, vm.types.slice)) return false;
  return true;
}

// Where an int or a tuple of ints points to; null with an exception, also where it names no single item.
char* place_of(Vm& vm, MemoryviewObject* view, Value key) {
  if (is_tuple(key)) {
    const auto* indices = key.as<TupleObject>();
    if (static_cast<int>(indices->size) < view->dimensions)
      return raise(vm, vm.exc.NotImplementedError, "sub-views are not implemented");
    if (static_cast<int>(indices->size) > view->dimensions)
      return raise(vm, vm.exc.TypeError, "cannot index {}-dimension view with {}-element tuple", view->dimensions, indices->size);
    char* place = view->data;
    for (int d = 0; d < view->dimensions; ++d) {
      VM_TRY(const std::int64_t index, to_ssize(vm, (*indices)[static_cast<std::size_t>(d)], vm.exc.IndexError));
      VM_CHECK(check_alive(vm, view));
      place = item_at(vm, view, place, index, d);
      VM_CHECK(place);
    }
    return place;
  }
  VM_TRY(const std::int64_t index, to_ssize(vm, key, vm.exc.IndexError));
  VM_CHECK(check_alive(vm, view));
  if (view->dimensions > 1) return raise(vm, vm.exc.NotImplementedError, "multi-dimensional sub-views are not implemented");
  return item_at(vm, view, view->data, index, 0);
}

Own<MemoryviewObject> sliced(Vm& vm, MemoryviewObject* view, Value key) {
  // The part holds the buffer before a bound's __index__ may release the view.
  VM_TRY(Own<MemoryviewObject> part, share_view(vm, view));
  SliceBounds bounds;
  VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), static_cast<std::size_t>(view->shape[0]), bounds));
  part->data += view->strides[0] * bounds.start;
  part->shape[0] = std::max<std::int64_t>(bounds.count, 0);
  part->strides[0] = static_cast<std::int64_t>(static_cast<std::uint64_t>(view->strides[0]) * static_cast<std::uint64_t>(bounds.step));
  part->length = static_cast<std::size_t>(part->item_size);
  for (int d = 0; d < part->dimensions; ++d) part->length *= static_cast<std::size_t>(part->shape[d]);
  return part;
}

Ref view_subscript(Vm& vm, Value self, Value key) {
  auto* view = as_view(self);
  VM_CHECK(check_alive(vm, view));
  if (view->dimensions == 0) {
    if (is_tuple(key) && key.as<TupleObject>()->size == 0) return unpack_item(vm, view->format, view->data);
    if (key == kEllipsis) return Ref::share(self);
    return raise(vm, vm.exc.TypeError, "invalid indexing of 0-dim memory");
  }
  if (has_index(vm, key) || is_index_tuple(vm, key)) {
    VM_TRY(char* place, place_of(vm, view, key));
    return unpack_item(vm, view->format, place);
  }
  if (is_exact(vm, key, vm.types.slice)) return sliced(vm, view, key);
  if (is_slice_tuple(vm, key)) return raise(vm, vm.exc.NotImplementedError, "multi-dimensional slicing is not implemented");
  return raise(vm, vm.exc.TypeError, "memoryview: invalid slice key");
}

// view[slice] = other buffer of the same format and shape.
bool assign_slice(Vm& vm, MemoryviewObject* view, Value key, Value value) {
  Own<MemoryviewObject> source = Own<MemoryviewObject>::from(new_memoryview(vm, value));
  if (!source) return false;
  Own<MemoryviewObject> target = sliced(vm, view, key);
  if (!target || !check_alive(vm, view)) return false;
  const char* from = native_format(source->format) != 0 && source->format[0] == '@' ? source->format + 1 : source->format;
  const char* to = native_format(target->format) != 0 && target->format[0] == '@' ? target->format + 1 : target->format;
  if (std::string_view(from) != to || source->dimensions != 1 || source->item_size != target->item_size ||
      source->shape[0] != target->shape[0])
    return raise(vm, vm.exc.ValueError, "memoryview assignment: lvalue and rvalue have different structures");
  const std::string content = gathered_bytes(source);
  const auto size = static_cast<std::size_t>(target->item_size);
  for (std::int64_t i = 0; i < target->shape[0]; ++i)
    std::memcpy(target->data + i * target->strides[0], content.data() + static_cast<std::size_t>(i) * size, size);
  return true;
}

bool view_assign_subscript(Vm& vm, Value self, Value key, Value value) {
  auto* view = as_view(self);
  VM_CHECK(check_alive(vm, view));
  if (view->read_only) return raise(vm, vm.exc.TypeError, "cannot modify read-only memory");
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "cannot delete memory");
  if (view->dimensions == 0) {
    if (key == kEllipsis || (is_tuple(key) && key.as<TupleObject>()->size == 0)) return pack_item(vm, view->format, view->data, value);
    return raise(vm, vm.exc.TypeError, "invalid indexing of 0-dim memory");
  }
  if (has_index(vm, key) || is_index_tuple(vm, key)) {
    char* place = place_of(vm, view, key);
    if (place == nullptr) return false;
    const auto size = static_cast<std::size_t>(view->item_size);
    // The value's __index__ may release the view: the item is made apart first.
    char item[16] = {};
    if (size > sizeof(item)) return raise(vm, vm.exc.NotImplementedError, "memoryview: unsupported format {}", view->format);
    if (!pack_item(vm, view->format, item, value) || !check_alive(vm, view)) return false;
    std::memcpy(place, item, size);
    return true;
  }
  if (is_exact(vm, key, vm.types.slice)) {
    if (view->dimensions > 1)
      return raise(vm, vm.exc.NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
    return assign_slice(vm, view, key, value);
  }
  if (is_slice_tuple(vm, key))
    return raise(vm, vm.exc.NotImplementedError, "memoryview slice assignments are currently restricted to ndim = 1");
  return raise(vm, vm.exc.TypeError, "memoryview: invalid slice key");
}

bool view_get_buffer(Vm& vm, Value self, BufferView& out, unsigned flags) {
  auto* view = as_view(self);
  VM_CHECK(check_alive(vm, view));
  if ((flags & kBufferFormat) == 0 && !is_c_contiguous(view))
    return raise(vm, vm.exc.BufferError, "memoryview: underlying buffer is not C-contiguous");
  out.data = view->data;
  out.length = view->length;
  out.read_only = view->read_only;
  out.item_size = view->item_size;
  out.format = view->format;
  out.dimensions = view->dimensions;
  out.shape = view->shape;
  out.strides = view->strides;
  ++view->exports;
  return true;
}
void view_release_buffer(Vm&, Value self, BufferView&) { --as_view(self)->exports; }

// --- iterator

struct ViewIteratorObject : GcObject {
  Value view;  ///< null: exhausted
  std::int64_t index;
  std::int64_t length;
};
extern const TypeSpec kViewIteratorType;
Ref view_iter(Vm& vm, Value self) {
  auto* view = as_view(self);
  VM_CHECK(check_alive(vm, view));
  if (view->dimensions == 0) return raise(vm, vm.exc.TypeError, "invalid indexing of 0-dim memory");
  if (view->dimensions != 1) return raise(vm, vm.exc.NotImplementedError, "multi-dimensional sub-views are not implemented");
  if (native_format(view->format) == 0) return raise(vm, vm.exc.NotImplementedError, "memoryview: format {} not supported", view->format);
  VM_TRY(ViewIteratorObject * iterator, allocate<ViewIteratorObject>(vm, vm.native_type(kViewIteratorType)));
  iterator->view = Ref::share(self).release();
  iterator->length = view->shape[0];
  vm.heap.track(iterator);
  return Own<ViewIteratorObject>::adopt(iterator);
}
void iterator_dealloc(Vm& vm, Object* self) {
  xdecref(static_cast<ViewIteratorObject*>(self)->view);
  free_object(vm, self, sizeof(ViewIteratorObject));
}
void iterator_traverse(Object* self, Visitor& visit) { visit(static_cast<ViewIteratorObject*>(self)->view); }
Ref iterator_iter(Vm&, Value self) { return Ref::share(self); }
Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<ViewIteratorObject>();
  if (iterator->view.is_null()) return {};
  auto* view = as_view(iterator->view);
  if (iterator->index < iterator->length) {
    VM_CHECK(check_alive(vm, view));
    return unpack_item(vm, view->format, view->data + view->strides[0] * iterator->index++);
  }
  xdecref(std::exchange(iterator->view, Value()));
  return {};
}
constexpr TypeSlots iterator_slots() {
  TypeSlots slots;
  slots.dealloc = iterator_dealloc;
  slots.traverse = iterator_traverse;
  slots.iter = iterator_iter;
  slots.next = iterator_next;
  return slots;
}
const TypeSpec kViewIteratorType = {
    .name = "memory_iterator",
    .basic_size = sizeof(ViewIteratorObject),
    .flags = kTypeContainer | kTypeNoInstantiation,
    .slots = iterator_slots(),
};

// --- attributes

Ref sizes_tuple(Vm& vm, const std::int64_t* sizes, int count) {
  VM_TRY(Own<TupleObject> out, allocate_tuple(vm, static_cast<std::size_t>(count)));
  for (int i = 0; i < count; ++i) out->items()[i] = new_int(vm, sizes[i]).release();
  return out;
}
Ref get_obj(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::share(as_view(self)->managed->view.owner.get());
}
Ref get_nbytes(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::small(static_cast<std::int64_t>(as_view(self)->length));
}
Ref get_itemsize(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::small(as_view(self)->item_size);
}
Ref get_format(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return new_str(vm, as_view(self)->format);
}
Ref get_ndim(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::small(as_view(self)->dimensions);
}
Ref get_readonly(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::boolean(as_view(self)->read_only);
}
Ref get_shape(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return sizes_tuple(vm, as_view(self)->shape, as_view(self)->dimensions);
}
Ref get_strides(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return sizes_tuple(vm, as_view(self)->strides, as_view(self)->dimensions);
}
Ref get_suboffsets(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::share(vm.empty_tuple);
}
Ref get_c_contiguous(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::boolean(is_c_contiguous(as_view(self)));
}
Ref get_f_contiguous(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::boolean(is_f_contiguous(as_view(self)));
}
Ref get_contiguous(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::boolean(is_c_contiguous(as_view(self)) || is_f_contiguous(as_view(self)));
}

Ref view_from_flags(Vm& vm, Value, Args& args) {
  VM_TRY(const int flags, args.integer(vm, 1));
  VM_TRY(Ref view, new_memoryview(vm, args[0]));
  constexpr int kWritable = 1;
  if ((flags & kWritable) != 0 && as_view(view)->read_only) return raise(vm, vm.exc.BufferError, "Object is not writable.");
  return view;
}

constexpr GetSetSpec kViewGetSet[] = {
    {"obj", get_obj, nullptr, "The underlying object of the memoryview."},
    {"nbytes", get_nbytes, nullptr, "The amount of space in bytes that the array would use in a contiguous representation."},
    {"readonly", get_readonly, nullptr, "A bool indicating whether the memory is read only."},
    {"itemsize", get_itemsize, nullptr, "The size in bytes of each element of the memoryview."},
    {"format", get_format, nullptr, "A string containing the format (in struct module style) for each element in the view."},
    {"ndim", get_ndim, nullptr, "An integer indicating how many dimensions of a multi-dimensional array the memory represents."},
    {"shape", get_shape, nullptr, "A tuple of ndim integers giving the shape of the memory as an N-dimensional array."},
    {"strides", get_strides, nullptr, "A tuple of ndim integers giving the size in bytes to access each element."},
    {"suboffsets", get_suboffsets, nullptr, "A tuple of integers used internally for PIL-style arrays."},
    {"c_contiguous", get_c_contiguous, nullptr, "A bool indicating whether the memory is C contiguous."},
    {"f_contiguous", get_f_contiguous, nullptr, "A bool indicating whether the memory is Fortran contiguous."},
    {"contiguous", get_contiguous, nullptr, "A bool indicating whether the memory is contiguous."},
};
constexpr MethodSpec kViewMethods[] = {
    {"release($self, /)", view_release, "Release the underlying buffer exposed by the memoryview object."},
    {"tobytes($self, /, order='C')", view_tobytes, "Return the data in the buffer as a byte string."},
    {"hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)", view_hex, "Return the data in the buffer as a str of hexadecimal numbers."},
    {"tolist($self, /)", view_tolist, "Return the data in the buffer as a list of elements."},
    {"cast($self, /, format, shape=<unrepresentable>)", view_cast, "Cast a memoryview to a new format or shape."},
    {"toreadonly($self, /)", view_toreadonly, "Return a readonly version of the memoryview."},
    {"_from_flags($type, /, object, flags)", view_from_flags, "Create a new memoryview object which references the given object.", Binding::Class},
    {"__enter__($self, /)", view_enter},
    {"__exit__($self, /, *exc_info)", view_exit},
};

constexpr TypeSlots view_slots() {
  TypeSlots slots;
  slots.dealloc = view_dealloc;
  slots.traverse = view_traverse;
  slots.clear = view_clear;
  slots.construct = view_construct;
  slots.repr = view_repr;
  slots.hash = view_hash;
  slots.compare = view_compare;
  slots.iter = view_iter;
  slots.length = view_length;
  slots.subscript = view_subscript;
  slots.assign_subscript = view_assign_subscript;
  slots.get_buffer = view_get_buffer;
  slots.release_buffer = view_release_buffer;
  return slots;
}

}  // namespace

const TypeSpec kMemoryviewType = {
    .name = "memoryview",
    .basic_size = sizeof(MemoryviewObject),
    .flags = kTypeContainer | kTypeSequence,
    .doc = "memoryview(object)\n--\n\nCreate a new memoryview object which references the given object.",
    .slots = view_slots(),
    .methods = kViewMethods,
    .getset = kViewGetSet,
    .weakref_offset = offsetof(MemoryviewObject, weakrefs),
};

}  // namespace ouro::vm
