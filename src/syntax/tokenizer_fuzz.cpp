// Any bytes through decoding and the tokenizer: ends, and every token lies inside the source.
#include <cstdint>
#include <cstdlib>

#include "support/byte_reader.h"
#include "syntax/source.h"
#include "syntax/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ouro::syntax;
  SourceText source;
  if (!source.decode(ouro::support::as_text({data, size}))) return 0;
  Interner interner;
  std::vector<SyntaxWarning> warnings;
  Tokenizer tokenizer(source.text(), interner, LanguageFeatures{}, &warnings);
  const char* begin = source.text().data();
  const char* end = begin + source.text().size();
  std::size_t budget = 4 * source.text().size() + 400;
  Token token;
  do {
    tokenizer.next(token);
    if (token.start < begin || token.end > end || token.start > token.end || budget-- == 0) std::abort();
  } while (token.kind != TokenKind::EndMarker && token.kind != TokenKind::Error);
  return 0;
}
