// What differs between versions in a marshalled value: the fields of a code object and how strings are shared.
#pragma once

#include <cstdint>
#include <span>

#include "code/code_object.h"
#include "version/facts.h"
#include "version/python_version.h"

namespace ouro::marshal {

/// What a field of a code object must be.
enum class FieldType : std::uint8_t {
  Number,  ///< signed, of Layout::number_size bytes
  Bytes,   ///< an object of kind Bytes
  Consts,  ///< a Tuple (in 1.0 to 1.2 also a List)
  Names,   ///< a Tuple (in 1.0 to 1.2 also a List) of text
  Text,    ///< Str, in Python 2 Bytes
};

/// One field of a code object. Of the member pointers one is set; none for co_flags, the only unsigned field.
struct FieldInfo {
  FieldType type;
  std::int32_t CodeObject::*number = nullptr;
  ConstId CodeObject::*object = nullptr;
  const char* name = "";  ///< "co_consts"
};

[[nodiscard]] const FieldInfo& field_info(version::CodeField field);

/// The marshal format of one Python version.
struct Layout {
  std::span<const version::CodeField> fields;  ///< of a code object, in file order
  std::uint8_t number_size = 4;                ///< of a code object's numbers: 2 or 4 bytes
  /// The marshal version that this Python writes by default (marshal.version; 0 before 2.4).
  std::uint8_t default_version = 0;
  /// Python 2: str is Bytes, 't' is an interned str that 'R' refers to, and names are such strs.
  bool bytes_are_text = false;
  /// From marshal version 3 on: the bit kMarshalFlagRef and 'r'.
  bool has_references = false;
  /// 1.0 to 1.2: co_consts and co_names may be lists, and the type code of code is 'C'.
  bool is_first_format = false;
  /// 3.11+: co_localspluskinds has one byte for each of co_localsplusnames.
  bool has_localsplus = false;
};

[[nodiscard]] Layout layout_of(const version::Facts& facts);

/// The same for any version from 1.0 on; one not known yet has the newest layout.
[[nodiscard]] Layout layout_of(PythonVersion version);

}  // namespace ouro::marshal
