#include "marshal/layout.h"

#include <array>

namespace ouro::marshal {
namespace {

using C = CodeObject;
using Field = version::CodeField;

constexpr FieldInfo number(std::int32_t C::*member, const char* name) {
  return {FieldType::Number, member, nullptr, name};
}
constexpr FieldInfo object(FieldType type, ConstId C::*member, const char* name) {
  return {type, nullptr, member, name};
}

constexpr FieldInfo describe(Field field) {
  switch (field) {
    case Field::kArgcount: return number(&C::argcount, "co_argcount");
    case Field::kPosonlyargcount: return number(&C::posonlyargcount, "co_posonlyargcount");
    case Field::kKwonlyargcount: return number(&C::kwonlyargcount, "co_kwonlyargcount");
    case Field::kNlocals: return number(&C::nlocals, "co_nlocals");
    case Field::kStacksize: return number(&C::stacksize, "co_stacksize");
    case Field::kFlags: return {FieldType::Number, nullptr, nullptr, "co_flags"};
    case Field::kCode: return object(FieldType::Bytes, &C::code, "co_code");
    case Field::kConsts: return object(FieldType::Consts, &C::consts, "co_consts");
    case Field::kNames: return object(FieldType::Names, &C::names, "co_names");
    case Field::kVarnames: return object(FieldType::Names, &C::varnames, "co_varnames");
    case Field::kFreevars: return object(FieldType::Names, &C::freevars, "co_freevars");
    case Field::kCellvars: return object(FieldType::Names, &C::cellvars, "co_cellvars");
    case Field::kLocalsplusnames: return object(FieldType::Names, &C::localsplusnames, "co_localsplusnames");
    case Field::kLocalspluskinds: return object(FieldType::Bytes, &C::localspluskinds, "co_localspluskinds");
    case Field::kFilename: return object(FieldType::Text, &C::filename, "co_filename");
    case Field::kName: return object(FieldType::Text, &C::name, "co_name");
    case Field::kQualname: return object(FieldType::Text, &C::qualname, "co_qualname");
    case Field::kFirstlineno: return number(&C::firstlineno, "co_firstlineno");
    case Field::kLinetable: return object(FieldType::Bytes, &C::linetable, "the line table");
    case Field::kExceptiontable: return object(FieldType::Bytes, &C::exceptiontable, "co_exceptiontable");
  }
  return {FieldType::Number};
}

constexpr std::size_t kFieldCount = static_cast<std::size_t>(Field::kExceptiontable) + 1;

constexpr std::array<FieldInfo, kFieldCount> kFields = [] {
  std::array<FieldInfo, kFieldCount> fields{};
  for (std::size_t i = 0; i < kFieldCount; ++i) fields[i] = describe(static_cast<Field>(i));
  return fields;
}();

// Older than data/versions/ goes back: known from files that 1.0 to 1.4 wrote.
constexpr std::array kFields10{Field::kCode, Field::kConsts, Field::kNames, Field::kFilename, Field::kName};
constexpr std::array kFields13{Field::kArgcount, Field::kNlocals,  Field::kFlags,    Field::kCode, Field::kConsts,
                               Field::kNames,    Field::kVarnames, Field::kFilename, Field::kName};

}  // namespace

const FieldInfo& field_info(version::CodeField field) { return kFields[static_cast<std::size_t>(field)]; }

Layout layout_of(const version::Facts& facts) {
  return {.fields = facts.code_fields,
          .number_size = static_cast<std::uint8_t>(facts.code_int_size),
          .default_version = static_cast<std::uint8_t>(facts.marshal_version),
          .bytes_are_text = facts.str_is_bytes,
          .has_references = facts.marshal_version >= 3,
          .has_localsplus = facts.has_localsplus};
}

Layout layout_of(PythonVersion version) {
  if (const version::Facts* facts = version::find_facts(version)) return layout_of(*facts);
  if (version < PythonVersion{1, 3}) {
    return {.fields = kFields10, .number_size = 2, .bytes_are_text = true, .is_first_format = true};
  }
  if (version < PythonVersion{1, 5}) return {.fields = kFields13, .number_size = 2, .bytes_are_text = true};
  return layout_of(*version::all_facts().back());
}

}  // namespace ouro::marshal
