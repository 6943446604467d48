// Which code object of one file is which of another.
//
// First by name below partners, from the module down; those of one name (lambdas) are aligned by what they hold. Then
// what is left: the same code under another name is renamed, under another parent moved; last comes code that is alike.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/code_keys.h"
#include "analysis/code_tree.h"

namespace ouro::analysis {

/// A file to compare. What it points to must outlive it.
struct CodeSide {
  const Facts* facts = nullptr;
  const ConstantPool* pool = nullptr;
  ConstId root;
};

struct CodePairs {
  std::vector<CodeNode> a;
  std::vector<CodeNode> b;
  std::vector<std::uint32_t> partner_of_a;  ///< by index in `a`: index in `b`, or kUnmatched
  std::vector<std::uint32_t> partner_of_b;
};

[[nodiscard]] CodePairs pair_code(const CodeSide& a, const CodeSide& b, CodeKeys& keys_a, CodeKeys& keys_b, KeyTable& table);

}  // namespace ouro::analysis
