#include "compile/backend.h"

namespace ouro::compile {

Backend::Backend(std::string_view filename) : filename_(constants_.add_interned(filename)) {}

Result<ConstId> Backend::finish_unit(Unit& unit) {
  CodeObject code;
  code.argcount = unit.metadata.argcount;
  code.posonlyargcount = unit.metadata.posonlyargcount;
  code.kwonlyargcount = unit.metadata.kwonlyargcount;
  code.firstlineno = unit.metadata.firstlineno;
  code.flags = unit.metadata.flags;
  code.filename = filename_;
  return make_error("compile.unfinished", "the backend's passes are not in yet");
}

}  // namespace ouro::compile
