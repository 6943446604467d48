#include "analysis/code_tree.h"

#include <algorithm>
#include <map>

#include "bytecode/code_view.h"

namespace ouro::analysis {
namespace {

constexpr std::size_t kLongestName = 1000;

/// Many code objects can share one long field: only a file made for it comes near this.
constexpr std::size_t kMostBytes = std::size_t{64} << 20U;

std::size_t size_of(const bytecode::CodeView& view) {
  return view.code.size() + view.line_table.size() + view.exception_table.size() +
         sizeof(ConstId) * (view.consts.size() + view.names.size() + view.locals.size());
}

std::string short_name(std::string name) {
  if (name.size() <= kLongestName) return name;
  std::size_t end = kLongestName;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
  name.resize(end);
  return name;
}

}  // namespace

std::string_view text_or_empty(const ConstantPool& pool, ConstId id) {
  if (id == kNoConst) return {};
  const ConstKind kind = pool.kind(id);
  return kind == ConstKind::Str || kind == ConstKind::Bytes ? pool.text(id) : std::string_view{};
}

std::vector<CodeNode> code_tree(const ConstantPool& pool, ConstId root) {
  struct Pending {
    ConstId id;
    std::uint32_t parent;
  };
  std::vector<CodeNode> nodes;
  std::vector<bool> seen(pool.size(), false);
  std::vector<Pending> stack{{root, kNoParent}};
  std::map<std::string, std::uint32_t, std::less<>> counts;
  std::size_t bytes = 0;
  while (!stack.empty()) {
    const Pending next = stack.back();
    stack.pop_back();
    if (pool.kind(next.id) != ConstKind::Code || seen[next.id.value]) continue;
    seen[next.id.value] = true;
    const CodeObject& code = pool.code(next.id);
    bytes += size_of(bytecode::view_of(pool, code));
    if (bytes > kMostBytes && !nodes.empty()) break;
    CodeNode node{next.id, next.parent, 0, 0, {}};
    if (code.qualname != kNoConst) {
      node.qualified_name = short_name(std::string(text_or_empty(pool, code.qualname).substr(0, kLongestName + 4)));
    } else {
      node.qualified_name = text_or_empty(pool, code.name).substr(0, kLongestName + 4);
    }
    if (next.parent != kNoParent) {
      const CodeNode& parent = nodes[next.parent];
      node.depth = parent.depth + 1;
      if (code.qualname == kNoConst && parent.parent != kNoParent) {
        const bool in_function = (pool.code(parent.id).flags & code::kOptimized) != 0;
        node.qualified_name = parent.qualified_name + (in_function ? ".<locals>." : ".") + node.qualified_name;
      }
    }
    node.qualified_name = short_name(std::move(node.qualified_name));
    node.ordinal = counts[node.qualified_name]++;
    const auto self = static_cast<std::uint32_t>(nodes.size());
    nodes.push_back(std::move(node));
    // A tuple of constants that many code objects share is gone through once.
    if (code.consts == kNoConst || seen[code.consts.value]) continue;
    seen[code.consts.value] = true;
    const auto constants = bytecode::view_of(pool, code).consts;
    for (auto item = constants.rbegin(); item != constants.rend(); ++item) {
      if (pool.kind(*item) == ConstKind::Code) stack.push_back({*item, self});
    }
  }
  return nodes;
}

}  // namespace ouro::analysis
