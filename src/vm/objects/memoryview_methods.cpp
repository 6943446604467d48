// memoryview: creation, items by format, methods.
#include <cstring>

#include "vm/objects/bytes_internal.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/memoryview.h"
#include "vm/objects/pack_float.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

MemoryviewObject* as_view(Value self) { return self.as<MemoryviewObject>(); }

void gather(const MemoryviewObject* view, const char* data, int dimension, std::string& out) {
  if (dimension == view->dimensions) {
    out.append(data, static_cast<std::size_t>(view->item_size));
    return;
  }
  for (std::int64_t i = 0; i < view->shape[dimension]; ++i) gather(view, data + i * view->strides[dimension], dimension + 1, out);
}
void gather_fortran(const MemoryviewObject* view, const char* data, int dimension, std::string& out) {
  if (dimension < 0) {
    out.append(data, static_cast<std::size_t>(view->item_size));
    return;
  }
  for (std::int64_t i = 0; i < view->shape[dimension]; ++i) gather_fortran(view, data + i * view->strides[dimension], dimension - 1, out);
}

template <class T>
T load(const char* item) {
  T value;
  std::memcpy(&value, item, sizeof(T));
  return value;
}
template <class T>
void store(char* item, T value) {
  std::memcpy(item, &value, sizeof(T));
}

bool invalid_value(Vm& vm, std::string_view format) {
  return raise(vm, vm.exc.ValueError, "memoryview: invalid value for format '{}'", format);
}
bool invalid_type(Vm& vm, std::string_view format) {
  return raise(vm, vm.exc.TypeError, "memoryview: invalid type for format '{}'", format);
}

bool pack_integer(Vm& vm, std::string_view format, char code, char* item, Value value) {
  Ref number = to_index(vm, value);
  if (!number) {
    if (!catch_error(vm, vm.exc.TypeError)) return false;
    return invalid_type(vm, format);
  }
  const std::int64_t size = native_size(code);
  const bool is_signed = code >= 'a';
  const unsigned bits = static_cast<unsigned>(size) * 8;
  std::uint64_t word;
  if (is_signed) {
    const auto small = int_to_int64(number);
    if (!small || (bits < 64 && (*small < -(std::int64_t{1} << (bits - 1)) || *small >= std::int64_t{1} << (bits - 1))))
      return invalid_value(vm, format);
    word = static_cast<std::uint64_t>(*small);
  } else {
    const auto small = int_to_uint64(number);
    if (!small || (bits < 64 && *small >> bits != 0)) return invalid_value(vm, format);
    word = *small;
  }
  std::memcpy(item, &word, static_cast<std::size_t>(size));
  return true;
}

Ref list_of(Vm& vm, const MemoryviewObject* view, const char* data, int dimension) {
  if (dimension == view->dimensions) return unpack_item(vm, view->format, data);
  VM_TRY(Own<ListObject> list, new_list(vm));
  for (std::int64_t i = 0; i < view->shape[dimension]; ++i) {
    VM_TRY(Ref item, list_of(vm, view, data + i * view->strides[dimension], dimension + 1));
    VM_CHECK(list_append(vm, list, std::move(item)));
  }
  return list;
}

void set_contiguous_strides(MemoryviewObject* view) {
  std::int64_t stride = view->item_size;
  for (int d = view->dimensions - 1; d >= 0; --d) {
    view->strides[d] = stride;
    stride *= view->shape[d];
  }
}

// The shape that cast() is given, checked against the bytes there are.
bool apply_shape(Vm& vm, MemoryviewObject* view, Value shape) {
  if (!is_list(shape) && !is_tuple(shape)) return raise(vm, vm.exc.TypeError, "shape must be a list or a tuple");
  const auto sizes = sequence_items(shape);
  if (sizes.size() > kMostDimensions)
    return raise(vm, vm.exc.ValueError, "memoryview: number of dimensions must not exceed {}", kMostDimensions);
  if (view->dimensions != 1 && sizes.size() != 1 && !sizes.empty())
    return raise(vm, vm.exc.TypeError, "memoryview: cast must be 1D -> ND or ND -> 1D");
  std::uint64_t total = static_cast<std::uint64_t>(view->item_size);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (!is_int(sizes[i])) return raise(vm, vm.exc.TypeError, "memoryview.cast(): elements of shape must be integers");
    const auto size = int_to_int64(sizes[i]);
    if (!size || *size <= 0) return raise(vm, vm.exc.ValueError, "memoryview.cast(): elements of shape must be integers > 0");
    if (total > static_cast<std::uint64_t>(INT64_MAX) / static_cast<std::uint64_t>(*size))
      return raise(vm, vm.exc.ValueError, "memoryview.cast(): product(shape) > SSIZE_MAX");
    total *= static_cast<std::uint64_t>(*size);
    view->shape[i] = *size;
  }
  if (total != view->length)
    return raise(vm, vm.exc.TypeError, "memoryview: product(shape) * itemsize != buffer size");
  view->dimensions = static_cast<int>(sizes.size());
  set_contiguous_strides(view);
  return true;
}

bool same_items(Vm& vm, const MemoryviewObject* a, const char* x, const MemoryviewObject* b, const char* y, int dimension, bool& out) {
  if (dimension == a->dimensions) {
    Ref left = unpack_item(vm, a->format, x);
    if (!left) return false;
    Ref right = unpack_item(vm, b->format, y);
    if (!right) return false;
    // A NaN is not equal to itself here: values, not identities, are compared.
    const Ref same = compare(vm, left, right, CompareOp::Equal);
    return same && truth(vm, same, out);
  }
  for (std::int64_t i = 0; i < a->shape[dimension]; ++i) {
    if (!same_items(vm, a, x + i * a->strides[dimension], b, y + i * b->strides[dimension], dimension + 1, out)) return false;
    if (!out) return true;
  }
  return true;
}

}  // namespace

bool check_alive(Vm& vm, const MemoryviewObject* self) {
  if (self->managed != nullptr) return true;
  return raise(vm, vm.exc.ValueError, "operation forbidden on released memoryview object");
}
void release_managed(MemoryviewObject* self) {
  ManagedBuffer* managed = std::exchange(self->managed, nullptr);
  if (managed != nullptr && --managed->count == 0) delete managed;
}

bool is_c_contiguous(const MemoryviewObject* self) {
  std::int64_t stride = self->item_size;
  for (int d = self->dimensions - 1; d >= 0; --d) {
    if (self->shape[d] == 0) return true;
    if (self->shape[d] > 1 && self->strides[d] != stride) return false;
    stride *= self->shape[d];
  }
  return true;
}
bool is_f_contiguous(const MemoryviewObject* self) {
  std::int64_t stride = self->item_size;
  for (int d = 0; d < self->dimensions; ++d) {
    if (self->shape[d] == 0) return true;
    if (self->shape[d] > 1 && self->strides[d] != stride) return false;
    stride *= self->shape[d];
  }
  return true;
}

Own<MemoryviewObject> share_view(Vm& vm, const MemoryviewObject* self) {
  VM_TRY(MemoryviewObject * view, allocate<MemoryviewObject>(vm, vm.types.memoryview));
  view->managed = self->managed;
  ++view->managed->count;
  view->data = self->data;
  view->length = self->length;
  view->item_size = self->item_size;
  view->read_only = self->read_only;
  view->dimensions = self->dimensions;
  std::memcpy(view->shape, self->shape, sizeof(view->shape));
  std::memcpy(view->strides, self->strides, sizeof(view->strides));
  std::memcpy(view->format, self->format, sizeof(view->format));
  view->hash = -1;
  vm.heap.track(view);
  return Own<MemoryviewObject>::adopt(view);
}

Ref new_memoryview(Vm& vm, Value object) {
  if (is_exact(vm, object, vm.types.memoryview)) {
    VM_CHECK(check_alive(vm, as_view(object)));
    return share_view(vm, as_view(object));
  }
  if (!has_buffer(vm, object))
    return raise(vm, vm.exc.TypeError, "memoryview: a bytes-like object is required, not '{}'", type_name(vm, object));
  VM_TRY(MemoryviewObject * view, allocate<MemoryviewObject>(vm, vm.types.memoryview));
  Own<MemoryviewObject> own = Own<MemoryviewObject>::adopt(view);
  view->hash = -1;
  auto managed = std::make_unique<ManagedBuffer>();
  VM_CHECK(get_buffer(vm, object, managed->view, kBufferFormat));
  const BufferView& buffer = managed->view;
  view->data = buffer.data;
  view->length = buffer.length;
  view->item_size = buffer.item_size;
  view->read_only = buffer.read_only;
  view->dimensions = std::min(buffer.dimensions, kMostDimensions);
  const std::string_view format = buffer.format == nullptr ? "B" : buffer.format;
  std::memcpy(view->format, format.data(), std::min(format.size(), sizeof(view->format) - 1));
  if (buffer.shape != nullptr) {
    std::memcpy(view->shape, buffer.shape, sizeof(std::int64_t) * static_cast<std::size_t>(view->dimensions));
  } else {
    view->shape[0] = static_cast<std::int64_t>(buffer.length) / std::max<std::int64_t>(buffer.item_size, 1);
  }
  if (buffer.strides != nullptr) {
    std::memcpy(view->strides, buffer.strides, sizeof(std::int64_t) * static_cast<std::size_t>(view->dimensions));
  } else {
    set_contiguous_strides(view);
  }
  managed->count = 1;
  view->managed = managed.release();
  vm.heap.track(view);
  return own;
}

char native_format(std::string_view format) {
  if (!format.empty() && format[0] == '@') format.remove_prefix(1);
  if (format.size() != 1 || std::string_view("cbBhHiIlLqQnNfdeP?").find(format[0]) == std::string_view::npos) return 0;
  return format[0];
}
std::int64_t native_size(char format) {
  switch (format) {
    case 'c':
    case 'b':
    case 'B':
    case '?': return 1;
    case 'h':
    case 'H':
    case 'e': return 2;
    case 'i':
    case 'I':
    case 'f': return 4;
    default: return 8;
  }
}

Ref unpack_item(Vm& vm, std::string_view format, const char* item) {
  switch (native_format(format)) {
    case 'c': return new_bytes(vm, {item, 1});
    case 'b': return Ref::small(load<std::int8_t>(item));
    case 'B': return Ref::small(load<std::uint8_t>(item));
    case '?': return Ref::boolean(load<std::uint8_t>(item) != 0);
    case 'h': return Ref::small(load<std::int16_t>(item));
    case 'H': return Ref::small(load<std::uint16_t>(item));
    case 'i': return Ref::small(load<std::int32_t>(item));
    case 'I': return Ref::small(load<std::uint32_t>(item));
    case 'l':
    case 'q':
    case 'n': return new_int(vm, load<std::int64_t>(item));
    case 'L':
    case 'Q':
    case 'N':
    case 'P': return new_uint(vm, load<std::uint64_t>(item));
    case 'f': return new_float(vm, static_cast<double>(load<float>(item)));
    case 'd': return new_float(vm, load<double>(item));
    case 'e': return new_float(vm, half_to_double(load<std::uint16_t>(item)));
    default: return raise(vm, vm.exc.NotImplementedError, "memoryview: format {} not supported", format);
  }
}

bool pack_item(Vm& vm, std::string_view format, char* item, Value value) {
  const char code = native_format(format);
  switch (code) {
    case 0: return raise(vm, vm.exc.NotImplementedError, "memoryview: format {} not supported", format);
    case 'c':
      if (!is_bytes(value)) return invalid_type(vm, format);
      if (byte_view(value).size() != 1) return invalid_value(vm, format);
      *item = byte_view(value)[0];
      return true;
    case '?': {
      bool flag;
      if (!truth(vm, value, flag)) return false;
      *item = flag ? 1 : 0;
      return true;
    }
    case 'f':
    case 'd':
    case 'e': {
      const auto number = to_double(vm, value);
      if (!number) {
        if (!catch_error(vm, vm.exc.TypeError)) return false;
        return invalid_type(vm, format);
      }
      if (code == 'd') {
        store(item, *number);
      } else if (code == 'f') {
        store(item, static_cast<float>(*number));
      } else {
        const auto half = double_to_half(*number);
        if (!half) return raise(vm, vm.exc.OverflowError, "float too large to pack with e format");
        store(item, *half);
      }
      return true;
    }
    case 'n':
    case 'l':
    case 'q': return pack_integer(vm, format, 'q', item, value);
    case 'N':
    case 'P': return pack_integer(vm, format, 'Q', item, value);
    default: return pack_integer(vm, format, code, item, value);
  }
}

std::string gathered_bytes(const MemoryviewObject* self, bool fortran) {
  if (!fortran && is_c_contiguous(self)) return {self->data, self->length};
  std::string out;
  out.reserve(self->length);
  if (fortran) {
    gather_fortran(self, self->data, self->dimensions - 1, out);
  } else {
    gather(self, self->data, 0, out);
  }
  return out;
}

Ref view_release(Vm& vm, Value self) {
  auto* view = as_view(self);
  if (view->managed == nullptr) return Ref::none();
  if (view->exports != 0)
    return raise(vm, vm.exc.BufferError, "memoryview has {} exported buffer{}", view->exports, view->exports == 1 ? "" : "s");
  release_managed(view);
  return Ref::none();
}
Ref view_tobytes(Vm& vm, Value self, Args& args) {
  VM_CHECK(check_alive(vm, as_view(self)));
  bool fortran = false;
  if (args.has(0)) {
    VM_TRY(const StrObject* order, args.string(vm, 0));
    if (str_equal(order, "F")) {
      fortran = true;
    } else if (str_equal(order, "A")) {
      fortran = is_f_contiguous(as_view(self)) && !is_c_contiguous(as_view(self));
    } else if (!str_equal(order, "C")) {
      return raise(vm, vm.exc.ValueError, "order must be 'C', 'F' or 'A'");
    }
  }
  return new_bytes(vm, gathered_bytes(as_view(self), fortran));
}
Ref view_hex(Vm& vm, Value self, Args& args) {
  VM_CHECK(check_alive(vm, as_view(self)));
  VM_TRY(const int group, args.integer(vm, 1, 1));
  return hex_text(vm, gathered_bytes(as_view(self)), args[0], group);
}
Ref view_tolist(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return list_of(vm, as_view(self), as_view(self)->data, 0);
}
Ref view_toreadonly(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  VM_TRY(Own<MemoryviewObject> view, share_view(vm, as_view(self)));
  view->read_only = true;
  return view;
}
Ref view_enter(Vm& vm, Value self) {
  VM_CHECK(check_alive(vm, as_view(self)));
  return Ref::share(self);
}
Ref view_exit(Vm& vm, Value self, Args&) { return view_release(vm, self); }

Ref view_cast(Vm& vm, Value self, Args& args) {
  auto* view = as_view(self);
  VM_CHECK(check_alive(vm, view));
  VM_TRY(StrObject * format_text, args.string(vm, 0));
  if (!is_c_contiguous(view)) return raise(vm, vm.exc.TypeError, "memoryview: casts are restricted to C-contiguous views");
  const std::string format = to_utf8(format_text);
  const bool has_zero = [&] {
    for (int d = 0; d < view->dimensions; ++d)
      if (view->shape[d] == 0) return true;
    return false;
  }();
  if ((args.has(1) || view->dimensions != 1) && has_zero)
    return raise(vm, vm.exc.TypeError, "memoryview: cannot cast view with zeros in shape or strides");
  const char to = native_format(format);
  const char from = native_format(view->format);
  if (to == 0)
    return raise(vm, vm.exc.ValueError, "memoryview: destination format must be a native single character format prefixed with an optional '@'");
  const auto is_byte = [](char code) { return code == 'B' || code == 'b' || code == 'c'; };
  if (from == 0)
    return raise(vm, vm.exc.ValueError, "memoryview: source format must be a native single character format prefixed with an optional '@'");
  VM_TRY(Own<MemoryviewObject> out, share_view(vm, view));
  if (!is_byte(to) && !is_byte(from)) {
    return raise(vm, vm.exc.TypeError, "memoryview: cannot cast between two non-byte formats");
  }
  const std::int64_t size = native_size(to);
  if (view->length % static_cast<std::size_t>(size) != 0)
    return raise(vm, vm.exc.TypeError, "memoryview: length is not a multiple of itemsize");
  std::memset(out->format, 0, sizeof(out->format));
  std::memcpy(out->format, format.data(), format.size());
  out->item_size = size;
  if (args.has(1)) {
    VM_CHECK(apply_shape(vm, out, args[1]));
    return out;
  }
  out->dimensions = 1;
  out->shape[0] = static_cast<std::int64_t>(view->length) / size;
  out->strides[0] = size;
  return out;
}

Ref view_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (op != CompareOp::Equal && op != CompareOp::NotEqual) return Ref::not_implemented();
  if (!is_exact(vm, self, vm.types.memoryview)) return Ref::not_implemented();
  const bool wants_equal = op == CompareOp::Equal;
  auto* a = as_view(self);
  if (a->managed == nullptr) return Ref::boolean((self == other) == wants_equal);
  Ref holder;
  if (!is_exact(vm, other, vm.types.memoryview)) {
    if (!has_buffer(vm, other)) return Ref::not_implemented();
    holder = new_memoryview(vm, other);
    if (!holder) {
      clear_error(vm);
      return Ref::not_implemented();
    }
  } else {
    holder = Ref::share(other);
    if (as_view(other)->managed == nullptr) return Ref::boolean((self == other) == wants_equal);
  }
  auto* b = as_view(holder);
  bool same = a->dimensions == b->dimensions;
  for (int d = 0; same && d < a->dimensions; ++d) {
    same = a->shape[d] == b->shape[d];
    if (a->shape[d] == 0) break;
  }
  if (!same) return Ref::boolean(!wants_equal);
  const char x = native_format(a->format);
  const char y = native_format(b->format);
  if (x == y && x != 0 && x != 'f' && x != 'd' && x != 'e') return Ref::boolean((gathered_bytes(a) == gathered_bytes(b)) == wants_equal);
  // Items of unknown formats are equal to nothing.
  if (x == 0 || y == 0) return Ref::boolean(!wants_equal);
  VM_CHECK(charge_work(vm, a->length));
  VM_CHECK(same_items(vm, a, a->data, b, b->data, 0, same));
  return Ref::boolean(same == wants_equal);
}

}  // namespace ouro::vm
