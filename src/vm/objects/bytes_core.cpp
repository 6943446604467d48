// bytes: creation, hash, repr; and what bytes and bytearray share.
#include "vm/objects/bytes_internal.h"
#include "vm/objects/hash_key.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

// Items of an iterable as bytes.
bool collect_bytes(Vm& vm, Value iterable, std::string& out) {
  const auto add = [&](Value item) {
    const auto byte = [&]() -> std::optional<std::uint8_t> {
      if (item.is_small() && item.small_value() >= 0 && item.small_value() < 256)
        return static_cast<std::uint8_t>(item.small_value());
      const Ref keep = Ref::share(item);
      VM_TRY(Ref index, to_index(vm, item));
      const auto number = int_to_int64(index);
      if (!number || *number < 0 || *number > 255) return raise(vm, vm.exc.ValueError, "bytes must be in range(0, 256)");
      return static_cast<std::uint8_t>(*number);
    }();
    if (!byte) return false;
    if (!vm.heap.has_room(out.size() + 1)) return static_cast<bool>(raise_memory_error(vm));
    out.push_back(static_cast<char>(*byte));
    return true;
  };
  if (is_exact(vm, iterable, vm.types.list)) {
    const Ref keep = Ref::share(iterable);
    auto* list = iterable.as<ListObject>();
    for (std::size_t i = 0; i < list->size; ++i)
      if (!add(list->items[i])) return false;
    return true;
  }
  if (is_exact(vm, iterable, vm.types.tuple)) {
    for (const Value item : iterable.as<TupleObject>()->view())
      if (!add(item)) return false;
    return true;
  }
  return for_each(vm, iterable, add);
}

}  // namespace

Own<BytesObject> allocate_bytes(Vm& vm, std::size_t length) {
  if (length > SIZE_MAX / 8) return raise_memory_error(vm);
  void* memory = vm.heap.allocate(sizeof(BytesObject) + length + 1);
  if (memory == nullptr) return raise_memory_error(vm);
  auto* bytes = static_cast<BytesObject*>(memory);
  bytes->refcount = 1;
  bytes->gc_word = 0;
  bytes->type = vm.types.bytes;
  bytes->hash = -1;
  bytes->length = length;
  bytes->data_offset = sizeof(BytesObject);
  bytes->data()[length] = 0;
  return Own<BytesObject>::adopt(bytes);
}

Own<BytesObject> new_bytes(Vm& vm, std::string_view content) {
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, content.size()));
  if (!content.empty()) std::memcpy(bytes->data(), content.data(), content.size());
  return bytes;
}

NewBytes allocate_like(Vm& vm, Value self, std::size_t length) {
  NewBytes out;
  if (length > SIZE_MAX / 8) {
    (void)raise_memory_error(vm);
    return out;
  }
  if (is_bytes(self)) {
    Own<BytesObject> bytes = allocate_bytes(vm, length);
    if (bytes) out.data = bytes->data();
    out.object = std::move(bytes);
  } else {
    Own<BytearrayObject> array = allocate_bytearray(vm, length);
    if (array) out.data = array->data;
    out.object = std::move(array);
  }
  return out;
}
Ref bytes_like(Vm& vm, Value self, std::string_view content) {
  if (is_bytes(self)) return new_bytes(vm, content);
  return new_bytearray(vm, content);
}
Ref same_bytes(Vm& vm, Value self) {
  if (is_exact(vm, self, vm.types.bytes)) return Ref::share(self);
  return bytes_like(vm, self, byte_view(self));
}

std::int64_t bytes_hash(Vm& vm, std::string_view content) { return hash_bytes(vm, content.data(), content.size()); }

Ref bytes_repr(Vm& vm, std::string_view content) {
  constexpr char kDigits[] = "0123456789abcdef";
  VM_CHECK(charge_work(vm, content.size() / 16));
  const char quote = content.find('\'') != std::string_view::npos && content.find('"') == std::string_view::npos ? '"' : '\'';
  StrBuilder out(vm);
  out.append("b");
  out.append(std::string_view(&quote, 1));
  for (std::size_t i = 0; i < content.size();) {
    const std::size_t start = i;
    while (i < content.size() && content[i] >= 0x20 && content[i] < 0x7F && content[i] != quote && content[i] != '\\') ++i;
    if (!out.append(content.substr(start, i - start)) || i == content.size()) break;
    const char c = content[i++];
    switch (c) {
      case '\n': out.append("\\n"); break;
      case '\r': out.append("\\r"); break;
      case '\t': out.append("\\t"); break;
      case '\\': out.append("\\\\"); break;
      case '\'': out.append("\\'"); break;
      case '"': out.append("\\\""); break;
      default: {
        const char escape[4] = {'\\', 'x', kDigits[static_cast<unsigned char>(c) >> 4U], kDigits[static_cast<unsigned char>(c) & 15U]};
        out.append(std::string_view(escape, 4));
      }
    }
  }
  out.append(std::string_view(&quote, 1));
  return out.finish();
}

std::optional<std::string> bytes_from(Vm& vm, Value object) {
  if (has_buffer(vm, object)) {
    BufferView view;
    VM_CHECK(get_buffer(vm, object, view));
    return std::string(view.bytes());
  }
  if (is_str(object)) return raise(vm, vm.exc.TypeError, "cannot convert 'str' object to bytes");
  std::string out;
  if (!is_exact(vm, object, vm.types.list) && !is_exact(vm, object, vm.types.tuple)) {
    Ref iterator = get_iter(vm, object);
    if (!iterator) {
      if (catch_error(vm, vm.exc.TypeError))
        return raise(vm, vm.exc.TypeError, "cannot convert '{}' object to bytes", type_name(vm, object));
      return {};
    }
    VM_CHECK(collect_bytes(vm, iterator, out));
    return out;
  }
  VM_CHECK(collect_bytes(vm, object, out));
  return out;
}

// --- buffers

BufferView::~BufferView() { release(); }
void BufferView::release() {
  if (!owner) return;
  const Value object = owner.get();
  if (object.is_object()) {
    const auto slot = object.object()->type->slots.release_buffer;
    if (slot != nullptr) slot(*vm, object, *this);
  }
  owner.reset();
  data = nullptr;
  length = 0;
}

bool has_buffer(Vm& vm, Value object) { return type_of(vm, object)->slots.get_buffer != nullptr; }

bool get_buffer(Vm& vm, Value object, BufferView& view, unsigned flags) {
  const auto slot = type_of(vm, object)->slots.get_buffer;
  if (slot == nullptr) return raise(vm, vm.exc.TypeError, "a bytes-like object is required, not '{}'", type_name(vm, object));
  view.vm = &vm;
  if (!slot(vm, object, view, flags)) return false;
  if (!view.owner) view.owner = Ref::share(object);
  if ((flags & kBufferWritable) != 0 && view.read_only) {
    view.release();
    return raise(vm, vm.exc.TypeError, "argument must be read-write bytes-like object, not {}", type_name(vm, object));
  }
  return true;
}

}  // namespace ouro::vm
