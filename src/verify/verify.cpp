#include "verify/verify.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "compile/compile.h"
#include "decompile/compare.h"

namespace ouro::verify {
namespace {

using decompile::CodeRef;

struct Pair {
  ConstId original;
  std::optional<ConstId> made;
};

std::string_view text_of(const ConstantPool& pool, ConstId id) {
  if (id == kNoConst || pool.kind(id) != ConstKind::Str) return "?";
  return pool.text(id);
}

std::vector<ConstId> children(const ConstantPool& pool, ConstId code) {
  std::vector<ConstId> out;
  const ConstId constants = pool.code(code).consts;
  if (constants == kNoConst || pool.kind(constants) != ConstKind::Tuple) return out;
  for (const ConstId id : pool.items(constants)) {
    if (id != kNoConst && pool.kind(id) == ConstKind::Code) out.push_back(id);
  }
  return out;
}

// The inner code objects of one pair: by place where the names are the same, else the next unused one of that name.
std::vector<Pair> pair_children(const ConstantPool& a, const ConstantPool& b, const Pair& parent) {
  const std::vector<ConstId> mine = children(a, parent.original);
  const std::vector<ConstId> others = parent.made ? children(b, *parent.made) : std::vector<ConstId>{};
  std::vector<bool> used(others.size(), false);
  std::vector<Pair> out;
  for (std::size_t k = 0; k < mine.size(); ++k) {
    const std::string_view name = text_of(a, a.code(mine[k]).name);
    const auto fits = [&](std::size_t n) { return !used[n] && text_of(b, b.code(others[n]).name) == name; };
    std::size_t found = k;
    if (k >= others.size() || !fits(k)) {
      found = 0;
      while (found < others.size() && !fits(found)) ++found;
    }
    out.push_back({mine[k], std::nullopt});
    if (found >= others.size()) continue;
    used[found] = true;
    out.back().made = others[found];
  }
  return out;
}

CodeVerdict compare(const Facts& facts, const ConstantPool& a, const ConstantPool& b, const Pair& pair) {
  CodeVerdict out;
  out.code = pair.original;
  const CodeObject& code = a.code(pair.original);
  out.qualname = std::string(text_of(a, code.qualname != kNoConst ? code.qualname : code.name));
  if (!pair.made) {
    out.difference = "no code object of this name";
    return out;
  }
  const CodeObject& made = b.code(*pair.made);
  const decompile::CodeComparison result = decompile::compare_code(facts, {&a, pair.original}, {&b, *pair.made}, decompile::Place::Same);
  const bool same_names = text_of(a, code.name) == text_of(b, made.name) && text_of(a, code.qualname) == text_of(b, made.qualname);
  out.difference = result.difference;
  if (!same_names && out.difference.empty()) out.difference = "qualified name";
  const bool equal = result.equal && same_names;
  out.verdict = equal ? Verdict::Perfect : result.equal_without_nops && same_names ? Verdict::OnlyNops : Verdict::Different;
  return out;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::Perfect: return "perfect";
    case Verdict::OnlyNops: return "nops";
    case Verdict::Different: return "different";
    case Verdict::Missing: return "missing";
  }
  return "missing";
}

std::size_t Verification::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::count_if(codes.begin(), codes.end(), [&](const CodeVerdict& c) { return c.verdict == verdict; }));
}

Verification verify(const Facts& facts, const ConstantPool& pool, ConstId root, std::string_view source) {
  Verification out;
  if (!compile::is_supported_target(facts)) {
    out.reason = "the compiler does not write code for Python " + facts.version.to_string() + " yet";
    return out;
  }
  const compile::CompileResult made = compile::compile_bytes(source, {.target = &facts});
  out.outcome = made.code ? Outcome::Compared : Outcome::NotCompiling;
  if (!made.code) out.reason = "line " + std::to_string(made.code.error().lineno) + ": " + made.code.error().message;
  const ConstantPool nothing;
  const ConstantPool& other = made.code ? made.code->pool : nothing;
  // Damaged files may share code objects, or hold them in themselves.
  std::set<ConstId> seen{root};
  std::vector<Pair> waiting{{root, made.code ? std::optional(made.code->root) : std::nullopt}};
  while (!waiting.empty()) {
    const Pair pair = waiting.back();
    waiting.pop_back();
    out.codes.push_back(compare(facts, pool, other, pair));
    std::vector<Pair> inner = pair_children(pool, other, pair);
    for (auto it = inner.rbegin(); it != inner.rend(); ++it) {
      if (seen.insert(it->original).second) waiting.push_back(*it);
    }
  }
  return out;
}

}  // namespace ouro::verify
