#include "compile/marshal_marks.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "compile/marshalled_constant.h"

namespace ouro::compile {

namespace {

using code::kMarshalFlagRef;

constexpr std::size_t kMaxShort = 255;

template <class Visit>
void visit_children(const ConstantPool& pool, ConstId id, Visit visit) {
  switch (pool.kind(id)) {
    case ConstKind::Tuple:
      for (const ConstId item : pool.items(id)) visit(item);
      break;
    case ConstKind::FrozenSet:
      // marshal sorts a set's items in a list of its own, which holds them too.
      for (const ConstId item : pool.items(id)) {
        visit(item);
        visit(item);
      }
      break;
    case ConstKind::Code: {
      const CodeObject& code = pool.code(id);
      for (const ConstId field : {code.code, code.consts, code.names, code.localsplusnames, code.localspluskinds,
                                  code.filename, code.name, code.qualname, code.linetable, code.exceptiontable}) {
        if (field != kNoConst) visit(field);
      }
      break;
    }
    default: break;
  }
}

/// None and its like are written as one byte each time.
bool has_no_reference(ConstKind kind) {
  return kind == ConstKind::None || kind == ConstKind::True || kind == ConstKind::False ||
         kind == ConstKind::Ellipsis || kind == ConstKind::Null || kind == ConstKind::StopIteration;
}

/// Puts the items of a set in the order in which marshal writes them (Python/marshal.c w_complex_object): by each item's
/// own marshalled bytes. The items' marks must stand.
void sort_items(ConstantPool& pool, ConstId set) {
  std::vector<std::pair<std::string, ConstId>> items;
  for (const ConstId item : pool.items(set)) items.emplace_back(marshalled_constant(pool, item), item);
  std::sort(items.begin(), items.end());
  std::vector<ConstId> sorted;
  for (const auto& [bytes, item] : items) sorted.push_back(item);
  pool.set_items(set, sorted);
}

}  // namespace

std::uint8_t interned_wire_type(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii) return 't' | kMarshalFlagRef;
  return (text.size() <= kMaxShort ? 'Z' : 'A') | kMarshalFlagRef;
}

bool is_latin1_character(std::string_view text) {
  const auto first = text.empty() ? 0U : static_cast<unsigned char>(text[0]);
  return (text.size() == 1 && first < 0x80) || (text.size() == 2 && (first == 0xC2 || first == 0xC3));
}

std::uint8_t immortal_mark(const ConstantPool& pool, ConstId id) {
  bool immortal = false;
  switch (pool.kind(id)) {
    case ConstKind::Int: immortal = pool.int_value(id) >= -5 && pool.int_value(id) <= 256; break;
    case ConstKind::Bytes: immortal = pool.text(id).size() <= 1; break;
    case ConstKind::Tuple: immortal = pool.items(id).empty(); break;
    default: break;
  }
  return immortal ? kMarshalFlagRef : 0;
}

void mark_shared(ConstantPool& pool, ConstId root, RootHeld held) {
  std::vector<bool> seen(pool.size());
  std::vector<ConstId> todo;
  std::vector<ConstId> sets;
  const auto hold = [&](ConstId id) {
    if (has_no_reference(pool.kind(id))) return;
    if (seen[id.value]) {
      pool.set_wire_type(id, pool.wire_type(id) | kMarshalFlagRef);
      return;
    }
    seen[id.value] = true;
    todo.push_back(id);
  };
  hold(root);
  if (held == RootHeld::Yes) hold(root);
  while (!todo.empty()) {
    const ConstId id = todo.back();
    todo.pop_back();
    if (pool.kind(id) == ConstKind::FrozenSet) sets.push_back(id);
    visit_children(pool, id, hold);
  }
  for (const ConstId set : sets) sort_items(pool, set);
}

}  // namespace ouro::compile
