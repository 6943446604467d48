// A program for tests/differential/marshal_marks.py: reads marshalled code objects of CPython 3.13, forgets which
// objects were marked as references, marks them anew and writes them; the bytes must be the same. Not installed.
#include <cstdio>
#include <string>

#include "compile/marshal_marks.h"
#include "marshal/reader.h"
#include "marshal/writer.h"
#include "support/file.h"

namespace {

using namespace ouro;

bool is_interned(std::uint8_t wire_type) {
  const int type = wire_type & ~code::kMarshalFlagRef;
  return type == 'Z' || type == 'A' || type == 't';
}

/// What ConstantTable and assemble() know when they make the objects.
void mark_as_made(ConstantPool& pool) {
  for (std::uint32_t i = 0; i < pool.size(); ++i) {
    const ConstId id(i);
    const bool interned = is_interned(pool.wire_type(id));
    pool.set_wire_type(id, interned ? compile::interned_wire_type(pool.text(id)) : compile::immortal_mark(pool, id));
  }
  for (std::uint32_t i = 0; i < pool.size(); ++i) {
    if (pool.kind(ConstId(i)) != ConstKind::Code) continue;
    const CodeObject& code = pool.code(ConstId(i));
    if (pool.text(code.localspluskinds).size() == 1) pool.set_wire_type(code.localspluskinds, 0);
    pool.set_wire_type(code.code, code::kMarshalFlagRef);
  }
}

bool check(const std::string& path, const marshal::Layout& layout) {
  const auto bytes = support::read_file(path);
  if (!bytes) return false;
  auto value = marshal::read(*bytes, layout);
  if (!value) {
    std::printf("%s: %s\n", path.c_str(), value.error().to_string().c_str());
    return false;
  }
  mark_as_made(value->pool);
  compile::mark_shared(value->pool, value->root, compile::RootHeld::Yes);
  const auto written = marshal::write(value->pool, value->root, layout);
  if (written && *written == *bytes) return true;
  std::size_t at = 0;
  while (written && at < written->size() && at < bytes->size() && (*written)[at] == (*bytes)[at]) ++at;
  std::printf("%s: differs at byte %zu of %zu: %02x for %02x\n", path.c_str(), at, bytes->size(),
              written ? (*written)[at] : 0, (*bytes)[at]);
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const version::Facts* facts = version::find_facts({3, 13});
  if (facts == nullptr) return 2;
  const marshal::Layout layout = marshal::layout_of(*facts);
  int wrong = 0;
  for (int i = 1; i < argc; ++i) wrong += check(argv[i], layout) ? 0 : 1;
  std::printf("%d files, %d differ\n", argc - 1, wrong);
  return wrong == 0 ? 0 : 1;
}
