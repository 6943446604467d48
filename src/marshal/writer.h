// Writes marshalled values as every CPython version does (Python/marshal.c w_object).
//
// In: a pool and the id of the value. Out: bytes. An object that came from a file has its type code with it
// (ConstantPool::wire_type), so what read() gave is written back byte for byte: an object met again is a reference
// ('r', Python 2's 'R') when its first meeting was marked as one, and is written out again otherwise.
//
// For an object that came from no file wire_type is 0 (not marked) or kMarshalFlagRef alone (marked as a
// reference), and choose_type() picks the type code from value and version. Interned strings are the caller's
// knowledge: give them the wire_type that interned_type() says.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "code/constant_pool.h"
#include "marshal/layout.h"
#include "support/result.h"

namespace ouro::marshal {

struct WriteOptions {
  /// Marshal version, 0 to 6, that chosen type codes belong to; nullopt: the layout's own.
  std::optional<std::uint8_t> version;
  /// Levels of objects in objects (CPython's MAX_MARSHAL_STACK_DEPTH).
  std::uint32_t max_depth = 2000;
  /// Objects that are shared but not marked as references can unfold without end.
  std::size_t max_size = 0x7FFFFFFF;
};

/// Errors: marshal.too_deep, marshal.too_large, marshal.unrepresentable (the type code or the version can't hold
/// the value: a set in version 1, 70,000 in a 16-bit field, a code object without a field that its layout wants).
[[nodiscard]] Result<std::vector<std::uint8_t>> write(const ConstantPool& pool, ConstId root, const Layout& layout,
                                                      WriteOptions options = {});

/// The type code, without kMarshalFlagRef, that marshal version `version` writes for the value.
[[nodiscard]] std::uint8_t choose_type(const ConstantPool& pool, ConstId id, const Layout& layout, std::uint8_t version);

/// The type code of an interned string: 'Z', 'A' or 't', or 'u' and 's' where the version keeps no interning.
[[nodiscard]] std::uint8_t interned_type(std::string_view text, const Layout& layout, std::uint8_t version);

}  // namespace ouro::marshal
