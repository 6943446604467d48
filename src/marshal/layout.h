// What differs between versions in a marshalled value: the fields of a code object and how strings are shared.
#pragma once

#include <cstdint>
#include <span>

#include "code/code_object.h"
#include "version/python_version.h"

namespace ouro::marshal {

/// How a field of a code object is written.
enum class FieldType : std::uint8_t {
  Int16,   ///< signed, 2 bytes; up to 2.2
  Int32,   ///< signed, 4 bytes
  Bytes,   ///< an object that must be Bytes
  Consts,  ///< an object that must be a Tuple (in 1.0 to 1.2 also a List)
  Names,   ///< an object that must be a Tuple (in 1.0 to 1.2 also a List) of text
  Text,    ///< an object that must be Str, in Python 2 Bytes
};

/// One field of a code object, in file order. Of the member pointers one is set; none for co_flags, the only
/// unsigned field.
struct CodeField {
  FieldType type;
  std::int32_t CodeObject::*number = nullptr;
  ConstId CodeObject::*object = nullptr;
  const char* name = "";  ///< "co_consts"

  [[nodiscard]] constexpr bool is_number() const { return type <= FieldType::Int32; }
};

/// The marshal format of one Python version.
struct Layout {
  std::span<const CodeField> code_fields;
  /// The marshal version that this Python writes by default (marshal.version; 0 before 2.4).
  std::uint8_t default_version = 0;
  /// Python 2: str is Bytes, 't' is an interned str that 'R' refers to, and names are such strs.
  bool bytes_are_text = false;
  /// 3.4+: the bit kMarshalFlagRef and 'r'.
  bool has_references = false;
  /// 1.0 to 1.2: co_consts and co_names may be lists.
  bool lists_in_code = false;
  /// 3.11+: co_localspluskinds has one byte for each of co_localsplusnames.
  bool has_localsplus = false;
};

/// The layout of `version`; a version not known yet has the newest one.
[[nodiscard]] const Layout& layout_of(PythonVersion version);

}  // namespace ouro::marshal
