// Between the files of memoryview. Private to them.
#pragma once

#include <cstdint>
#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"

namespace ouro::vm {

inline constexpr int kMostDimensions = 64;

/// The exporter's buffer, shared by a memoryview and those sliced or cast from it.
struct ManagedBuffer {
  BufferView view;
  std::size_t count = 0;
};

struct MemoryviewObject : GcObject {
  ManagedBuffer* managed;  ///< null: released
  char* data;
  std::size_t length;      ///< bytes of all items
  std::int64_t item_size;
  bool read_only;
  int dimensions;
  std::int64_t shape[kMostDimensions];
  std::int64_t strides[kMostDimensions];
  char format[24];
  std::size_t exports;
  std::int64_t hash;       ///< -1: not computed yet
  struct WeakRefObject* weakrefs;
};

/// ValueError where released.
[[nodiscard]] bool check_alive(Vm& vm, const MemoryviewObject* self);
[[nodiscard]] bool is_c_contiguous(const MemoryviewObject* self);
[[nodiscard]] bool is_f_contiguous(const MemoryviewObject* self);
/// A new view of the same buffer, with the same layout.
[[nodiscard]] Own<MemoryviewObject> share_view(Vm& vm, const MemoryviewObject* self);
/// The one letter of a native format; 0: another.
[[nodiscard]] char native_format(std::string_view format);
[[nodiscard]] std::int64_t native_size(char format);
[[nodiscard]] Ref unpack_item(Vm& vm, std::string_view format, const char* item);
[[nodiscard]] bool pack_item(Vm& vm, std::string_view format, char* item, Value value);
/// All items in C order (or Fortran order) as bytes.
[[nodiscard]] std::string gathered_bytes(const MemoryviewObject* self, bool fortran = false);
void release_managed(MemoryviewObject* self);

// memoryview_methods.cpp
Ref view_release(Vm& vm, Value self);
Ref view_tobytes(Vm& vm, Value self, Args& args);
Ref view_hex(Vm& vm, Value self, Args& args);
Ref view_tolist(Vm& vm, Value self);
Ref view_cast(Vm& vm, Value self, Args& args);
Ref view_toreadonly(Vm& vm, Value self);
Ref view_enter(Vm& vm, Value self);
Ref view_exit(Vm& vm, Value self, Args& args);
Ref view_compare(Vm& vm, Value self, Value other, CompareOp op);

}  // namespace ouro::vm
