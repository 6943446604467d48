#include "bytecode/code_view.h"

namespace ouro::bytecode {
namespace {

std::string_view bytes_of(const ConstantPool& pool, ConstId id) {
  return id != kNoConst && pool.kind(id) == ConstKind::Bytes ? pool.text(id) : std::string_view{};
}

std::span<const ConstId> items_of(const ConstantPool& pool, ConstId id) {
  if (id == kNoConst) return {};
  const ConstKind kind = pool.kind(id);
  return kind == ConstKind::Tuple || kind == ConstKind::List ? pool.items(id) : std::span<const ConstId>{};
}

}  // namespace

CodeView view_of(const ConstantPool& pool, const CodeObject& code) {
  CodeView view;
  view.code = bytes_of(pool, code.code);
  view.line_table = bytes_of(pool, code.linetable);
  view.exception_table = bytes_of(pool, code.exceptiontable);
  view.consts = items_of(pool, code.consts);
  view.names = items_of(pool, code.names);
  view.locals = items_of(pool, code.localsplusnames != kNoConst ? code.localsplusnames : code.varnames);
  view.cells = items_of(pool, code.cellvars);
  view.frees = items_of(pool, code.freevars);
  view.local_kinds = bytes_of(pool, code.localspluskinds);
  return view;
}

}  // namespace ouro::bytecode
