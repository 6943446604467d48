// Reads marshalled values of every CPython version (Python/marshal.c, versions 0 to 6 and what came before).
//
// In: bytes and the layout of the version that wrote them. Out: a ConstantPool that owns everything, and the id of
// the value. What always holds of the pool afterwards: every id in it is valid; the fields of a code object have
// the kinds that code_object.h says; no object is higher than `max_depth` unless it holds itself
// (ConstantPool::height), and only lists, dicts, sets and tuples do. Memory is linear in the input's length.
#pragma once

#include <cstdint>

#include "code/constant_pool.h"
#include "marshal/layout.h"
#include "support/byte_reader.h"
#include "support/result.h"

namespace ouro::marshal {

struct ReadOptions {
  /// Levels of objects in objects, and the height of any object (CPython's MAX_MARSHAL_STACK_DEPTH). At most 65,000.
  std::uint32_t max_depth = 2000;
  /// Added to the offsets in errors: where `bytes` starts in its file.
  std::uint64_t base_offset = 0;
};

/// A value with everything that it refers to.
struct Marshalled {
  ConstantPool pool;
  ConstId root;
  std::size_t size = 0;  ///< bytes taken from the input; what follows is not looked at, as in CPython
  /// write() gives back these bytes. False only for the reference bit on 'r' or '0', which CPython never writes,
  /// and when reading overlooks.
  bool is_exact = true;
};

/// Errors: marshal.truncated, marshal.bad_type, marshal.bad_ref, marshal.too_deep, marshal.bad_length,
/// marshal.bad_string, marshal.bad_digit, marshal.bad_number, marshal.unexpected_null, marshal.bad_code.
[[nodiscard]] Result<Marshalled> read(ByteView bytes, const Layout& layout, ReadOptions options = {});

}  // namespace ouro::marshal
