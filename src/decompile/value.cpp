#include "decompile/value.h"

#include <algorithm>

#include "syntax/keywords.h"
#include "unicode/unicode.h"

namespace ouro::decompile {

bool is_identifier(std::string_view text) {
  const auto& keywords = syntax::kKeywordTexts;
  static const auto kUnicode = unicode::find_version("15.1");
  return kUnicode && unicode::is_identifier(text, *kUnicode) && std::find(keywords.begin(), keywords.end(), text) == keywords.end();
}

bool same_expression(const Value* a, const Value* b, int depth) {
  a = settle(const_cast<Value*>(a));
  b = settle(const_cast<Value*>(b));
  if (a == b) return true;
  if (a == nullptr || b == nullptr || depth > 60) return false;
  if (a->kind != b->kind || a->op != b->op || a->flag != b->flag || a->number != b->number || a->name != b->name ||
      a->constant != b->constant || a->names != b->names || a->ops != b->ops || a->kids.size() != b->kids.size() ||
      a->pending.size() != b->pending.size() || a->clauses.size() != b->clauses.size()) {
    return false;
  }
  if (a->kind == ValueKind::Phi) return false;
  for (std::size_t i = 0; i < a->kids.size(); ++i) {
    if (!same_expression(a->kids[i], b->kids[i], depth + 1)) return false;
  }
  for (std::size_t i = 0; i < a->pending.size(); ++i) {
    if (!same_expression(a->pending[i], b->pending[i], depth + 1)) return false;
  }
  for (std::size_t i = 0; i < a->clauses.size(); ++i) {
    const Clause& x = a->clauses[i];
    const Clause& y = b->clauses[i];
    if (x.ifs.size() != y.ifs.size() || !same_expression(x.iter, y.iter, depth + 1) ||
        !same_expression(x.target, y.target, depth + 1)) {
      return false;
    }
    for (std::size_t k = 0; k < x.ifs.size(); ++k) {
      if (!same_expression(x.ifs[k], y.ifs[k], depth + 1)) return false;
    }
  }
  return true;
}

}  // namespace ouro::decompile
