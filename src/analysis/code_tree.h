// The code objects of a file, each once, with their qualified names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "code/constant_pool.h"

namespace ouro::analysis {

inline constexpr std::uint32_t kNoParent = 0xFFFFFFFFU;

struct CodeNode {
  ConstId id;
  std::uint32_t parent = kNoParent;  ///< index in the list
  std::uint32_t depth = 0;           ///< 0: the module
  std::uint32_t ordinal = 0;         ///< which of those with the same qualified name, from 0
  std::string qualified_name;        ///< co_qualname; before 3.11 made as 3.11 makes it
};

/// Depth first, in the order of the constants; a shared code object stands where it is met first. Names of damaged
/// files are cut after 1,000 bytes, and the list ends where code objects that share their fields add up to 64 MiB.
[[nodiscard]] std::vector<CodeNode> code_tree(const ConstantPool& pool, ConstId root);

/// The text of a Str or Bytes; empty for anything else.
[[nodiscard]] std::string_view text_or_empty(const ConstantPool& pool, ConstId id);

}  // namespace ouro::analysis
