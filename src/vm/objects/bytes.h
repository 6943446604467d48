// bytes, bytearray, memoryview, and the buffer protocol that ties them to array, mmap and io.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct BytesObject : Object {
  std::int64_t hash;  ///< -1: not computed yet
  std::size_t length;
  std::size_t data_offset;  ///< from the object's start: sizeof(BytesObject), or in a subclass type->basic_size
  [[nodiscard]] char* data() { return reinterpret_cast<char*>(this) + data_offset; }
  [[nodiscard]] const char* data() const { return reinterpret_cast<const char*>(this) + data_offset; }
  [[nodiscard]] std::string_view view() const { return {data(), length}; }
};

struct BytearrayObject : Object {
  char* data;            ///< of the heap; null while capacity is 0
  std::size_t length;
  std::size_t capacity;
  std::size_t exports;   ///< buffers that look at it: resizing raises BufferError
  [[nodiscard]] std::string_view view() const { return {data, length}; }
};

extern const TypeSpec kBytesType;
extern const TypeSpec kBytearrayType;
extern const TypeSpec kMemoryviewType;

inline constexpr unsigned kBufferWritable = 1;
inline constexpr unsigned kBufferFormat = 2;

/// One look at an object's memory (CPython's Py_buffer). Released by its destructor.
struct BufferView {
  Vm* vm = nullptr;
  Ref owner;
  char* data = nullptr;
  std::size_t length = 0;  ///< bytes
  bool read_only = true;
  std::int64_t item_size = 1;
  const char* format = "B";  ///< lives as long as the view
  int dimensions = 1;
  std::int64_t* shape = nullptr;    ///< `dimensions` entries; null: one dimension of length / item_size
  std::int64_t* strides = nullptr;  ///< null: contiguous
  void* internal = nullptr;         ///< the exporter's

  BufferView() = default;
  ~BufferView();
  BufferView(const BufferView&) = delete;
  BufferView& operator=(const BufferView&) = delete;
  void release();
  [[nodiscard]] std::string_view bytes() const { return {data, length}; }
};

/// TypeError "a bytes-like object is required, not 'x'" where there is none, or none that can be written to; BufferError where
/// not contiguous.
[[nodiscard]] bool get_buffer(Vm& vm, Value object, BufferView& view, unsigned flags = 0);
[[nodiscard]] bool has_buffer(Vm& vm, Value object);
[[nodiscard]] Own<BytesObject> new_bytes(Vm& vm, std::string_view content);
[[nodiscard]] Own<BytesObject> allocate_bytes(Vm& vm, std::size_t length);
[[nodiscard]] Ref new_bytearray(Vm& vm, std::string_view content);
[[nodiscard]] bool bytearray_resize(Vm& vm, BytearrayObject* self, std::size_t length);
[[nodiscard]] Ref new_memoryview(Vm& vm, Value object);
[[nodiscard]] Ref bytes_repr(Vm& vm, std::string_view content);
[[nodiscard]] std::int64_t bytes_hash(Vm& vm, std::string_view content);
/// Bytes of a bytes-like object or an iterable of ints: what bytes(x) accepts.
[[nodiscard]] std::optional<std::string> bytes_from(Vm& vm, Value object);

}  // namespace ouro::vm
