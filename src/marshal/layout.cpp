#include "marshal/layout.h"

#include <array>

namespace ouro::marshal {
namespace {

using C = CodeObject;

constexpr CodeField number16(std::int32_t C::*member, const char* name) {
  return {FieldType::Int16, member, nullptr, name};
}
constexpr CodeField number(std::int32_t C::*member, const char* name) {
  return {FieldType::Int32, member, nullptr, name};
}
constexpr CodeField object(FieldType type, ConstId C::*member, const char* name) {
  return {type, nullptr, member, name};
}

constexpr CodeField kCode = object(FieldType::Bytes, &C::code, "co_code");
constexpr CodeField kConsts = object(FieldType::Consts, &C::consts, "co_consts");
constexpr CodeField kNames = object(FieldType::Names, &C::names, "co_names");
constexpr CodeField kVarnames = object(FieldType::Names, &C::varnames, "co_varnames");
constexpr CodeField kFreevars = object(FieldType::Names, &C::freevars, "co_freevars");
constexpr CodeField kCellvars = object(FieldType::Names, &C::cellvars, "co_cellvars");
constexpr CodeField kLocalsplusNames = object(FieldType::Names, &C::localsplusnames, "co_localsplusnames");
constexpr CodeField kLocalsplusKinds = object(FieldType::Bytes, &C::localspluskinds, "co_localspluskinds");
constexpr CodeField kFilename = object(FieldType::Text, &C::filename, "co_filename");
constexpr CodeField kName = object(FieldType::Text, &C::name, "co_name");
constexpr CodeField kQualname = object(FieldType::Text, &C::qualname, "co_qualname");
constexpr CodeField kLnotab = object(FieldType::Bytes, &C::linetable, "co_lnotab");
constexpr CodeField kLinetable = object(FieldType::Bytes, &C::linetable, "co_linetable");
constexpr CodeField kExceptiontable = object(FieldType::Bytes, &C::exceptiontable, "co_exceptiontable");

constexpr CodeField kArgcount16 = number16(&C::argcount, "co_argcount");
constexpr CodeField kNlocals16 = number16(&C::nlocals, "co_nlocals");
constexpr CodeField kStacksize16 = number16(&C::stacksize, "co_stacksize");
constexpr CodeField kFirstlineno16 = number16(&C::firstlineno, "co_firstlineno");
constexpr CodeField kArgcount = number(&C::argcount, "co_argcount");
constexpr CodeField kPosonly = number(&C::posonlyargcount, "co_posonlyargcount");
constexpr CodeField kKwonly = number(&C::kwonlyargcount, "co_kwonlyargcount");
constexpr CodeField kNlocals = number(&C::nlocals, "co_nlocals");
constexpr CodeField kStacksize = number(&C::stacksize, "co_stacksize");
constexpr CodeField kFirstlineno = number(&C::firstlineno, "co_firstlineno");
constexpr CodeField kFlags16{FieldType::Int16, nullptr, nullptr, "co_flags"};
constexpr CodeField kFlags{FieldType::Int32, nullptr, nullptr, "co_flags"};

constexpr std::array kFields10{kCode, kConsts, kNames, kFilename, kName};
constexpr std::array kFields13{kArgcount16, kNlocals16, kFlags16, kCode, kConsts, kNames, kVarnames, kFilename,
                               kName};
constexpr std::array kFields15{kArgcount16, kNlocals16, kStacksize16, kFlags16, kCode, kConsts, kNames, kVarnames,
                               kFilename, kName, kFirstlineno16, kLnotab};
constexpr std::array kFields21{kArgcount16, kNlocals16, kStacksize16, kFlags16, kCode, kConsts, kNames, kVarnames,
                               kFreevars, kCellvars, kFilename, kName, kFirstlineno16, kLnotab};
constexpr std::array kFields23{kArgcount, kNlocals, kStacksize, kFlags, kCode, kConsts, kNames, kVarnames,
                               kFreevars, kCellvars, kFilename, kName, kFirstlineno, kLnotab};
constexpr std::array kFields30{kArgcount, kKwonly, kNlocals, kStacksize, kFlags, kCode, kConsts, kNames, kVarnames,
                               kFreevars, kCellvars, kFilename, kName, kFirstlineno, kLnotab};
constexpr std::array kFields38{kArgcount, kPosonly, kKwonly, kNlocals, kStacksize, kFlags, kCode, kConsts, kNames,
                               kVarnames, kFreevars, kCellvars, kFilename, kName, kFirstlineno, kLnotab};
constexpr std::array kFields311{kArgcount, kPosonly, kKwonly, kStacksize, kFlags, kCode, kConsts, kNames,
                                kLocalsplusNames, kLocalsplusKinds, kFilename, kName, kQualname, kFirstlineno,
                                kLinetable, kExceptiontable};

constexpr Layout k10{.code_fields = kFields10, .bytes_are_text = true, .lists_in_code = true};
constexpr Layout k13{.code_fields = kFields13, .bytes_are_text = true};
constexpr Layout k15{.code_fields = kFields15, .bytes_are_text = true};
constexpr Layout k21{.code_fields = kFields21, .bytes_are_text = true};
constexpr Layout k23{.code_fields = kFields23, .bytes_are_text = true};
constexpr Layout k24{.code_fields = kFields23, .default_version = 1, .bytes_are_text = true};
constexpr Layout k25{.code_fields = kFields23, .default_version = 2, .bytes_are_text = true};
constexpr Layout k30{.code_fields = kFields30, .default_version = 2};
constexpr Layout k34{.code_fields = kFields30, .default_version = 4, .has_references = true};
constexpr Layout k38{.code_fields = kFields38, .default_version = 4, .has_references = true};
constexpr Layout k311{.code_fields = kFields311, .default_version = 4, .has_references = true, .has_localsplus = true};
constexpr Layout k314{.code_fields = kFields311, .default_version = 5, .has_references = true, .has_localsplus = true};

struct Since {
  PythonVersion version;
  const Layout* layout;
};
constexpr std::array kLayouts{
    Since{{3, 14}, &k314}, Since{{3, 11}, &k311}, Since{{3, 8}, &k38}, Since{{3, 4}, &k34},
    Since{{3, 0}, &k30},   Since{{2, 5}, &k25},   Since{{2, 4}, &k24}, Since{{2, 3}, &k23},
    Since{{2, 1}, &k21},   Since{{1, 5}, &k15},   Since{{1, 3}, &k13}, Since{{0, 0}, &k10},
};

}  // namespace

const Layout& layout_of(PythonVersion version) {
  for (const Since& entry : kLayouts) {
    if (version >= entry.version) return *entry.layout;
  }
  return k10;
}

}  // namespace ouro::marshal
