// Any bytes through decoding, the parser in its three modes, and the dumper: ends, and what is accepted has sane places.
#include <cstdint>
#include <cstdlib>

#include "support/byte_reader.h"
#include "syntax/dump.h"
#include "syntax/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ouro::syntax;
  SourceText source;
  if (!source.decode(ouro::support::as_text({data, size}))) return 0;
  for (const ParseMode mode : {ParseMode::Exec, ParseMode::Single, ParseMode::Eval}) {
    AstContext context;
    std::vector<SyntaxWarning> warnings;
    const auto module = parse(source, context, {.mode = mode}, warnings);
    if (!module) {
      if (module.error().message.empty()) std::abort();
      continue;
    }
    for (const StmtNode* statement : (*module)->body) {
      const Position& pos = statement->pos;
      if (pos.lineno < 1 || pos.col_offset < 0 || pos.end_lineno < pos.lineno || pos.end_col_offset < 0) std::abort();
    }
    if (size < 2000) (void)dump(**module, {.include_attributes = true});
  }
  return 0;
}
