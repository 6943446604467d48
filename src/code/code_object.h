// The code object of every CPython version in one struct.
#pragma once

#include <array>
#include <cstdint>

#include "support/strong_id.h"

namespace ouro::code {

/// An object of a ConstantPool.
using ConstId = StrongId<struct ConstIdTag>;

/// "This version's code objects have no such field."
inline constexpr ConstId kNoConst{0xFFFFFFFFU};

/// co_flags bits that Ouro's own steps ask for (CPython Include/cpython/code.h); names of all bits of a
/// version are in its facts.
enum CodeFlag : std::uint32_t {
  kOptimized = 0x1,
  kNewLocals = 0x2,
  kVarArgs = 0x4,
  kVarKeywords = 0x8,
  kNested = 0x10,
  kGenerator = 0x20,
  kNoFree = 0x40,
  kCoroutine = 0x80,
  kIterableCoroutine = 0x100,
  kAsyncGenerator = 0x200,
};

/// 3.11+: bits of co_localspluskinds (CPython Include/internal/pycore_code.h).
enum LocalKind : std::uint8_t {
  kLocalArgKwOnly = 0x08,  // 3.14: what kind of argument it is
  kLocalHidden = 0x10,     // 3.12: an inlined comprehension's variable
  kLocalPlain = 0x20,
  kLocalCell = 0x40,
  kLocalFree = 0x80,
};

/// One code object. Fields that are Python objects stay ids, since files share them (a code string met
/// twice is one object); fields that a version does not have are kNoConst or 0.
struct CodeObject {
  std::int32_t argcount = 0;
  std::int32_t posonlyargcount = 0;  ///< 3.8+
  std::int32_t kwonlyargcount = 0;   ///< 3.0+
  std::int32_t nlocals = 0;          ///< 1.3 to 3.10; 3.11+ derives it from localspluskinds
  std::int32_t stacksize = 0;
  std::uint32_t flags = 0;
  std::int32_t firstlineno = 0;

  ConstId code = kNoConst;      ///< Bytes
  ConstId consts = kNoConst;    ///< Tuple
  ConstId names = kNoConst;     ///< Tuple of str
  ConstId varnames = kNoConst;  ///< Tuple of str; up to 3.10
  ConstId freevars = kNoConst;  ///< 2.1 to 3.10
  ConstId cellvars = kNoConst;  ///< 2.1 to 3.10
  ConstId localsplusnames = kNoConst;  ///< Tuple of str; 3.11+
  ConstId localspluskinds = kNoConst;  ///< Bytes of LocalKind; 3.11+
  ConstId filename = kNoConst;
  ConstId name = kNoConst;
  ConstId qualname = kNoConst;        ///< 3.11+
  ConstId linetable = kNoConst;       ///< co_lnotab up to 3.9, co_linetable from 3.10
  ConstId exceptiontable = kNoConst;  ///< 3.11+
};

/// Every field that is a Python object, kNoConst where the version has none.
[[nodiscard]] inline std::array<ConstId, 13> object_fields(const CodeObject& c) {
  return {c.code, c.consts, c.names, c.varnames, c.freevars, c.cellvars, c.localsplusnames, c.localspluskinds,
          c.filename, c.name, c.qualname, c.linetable, c.exceptiontable};
}

}  // namespace ouro::code

namespace ouro {
using code::CodeObject;
using code::ConstId;
using code::kNoConst;
}  // namespace ouro
