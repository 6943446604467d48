// Patterns of match statements.
#include "decompile/print_impl.h"

namespace ouro::decompile {

using namespace syntax;  // NOLINT: every name here is a node's

// Brackets around a pattern that goes over lines; most have their own.
void Printer::whole_pattern(const PatternNode* p) {
  const std::size_t size = out_.size();
  const int line = line_;
  wants_brackets_ = false;
  pattern(p, Binding::As);
  if (!wants_brackets_) return;
  out_.resize(size);
  line_ = line;
  open("(");
  pattern(p, Binding::As);
  close(")");
  wants_brackets_ = false;
}

void Printer::patterns(PatternList list, std::string_view separator, Binding binding, bool first) {
  for (const PatternNode* p : list) {
    if (!first) put(separator);
    first = false;
    part(p->pos.lineno);
    pattern(p, binding);
  }
}

void Printer::pattern(const PatternNode* p, Binding binding) {
  switch (p->kind) {
    case PatternKind::MatchValue: expression(as<MatchValue>(p).value, Level::Sum); return;
    case PatternKind::MatchSingleton: constant(as<MatchSingleton>(p).value, false); return;
    case PatternKind::MatchSequence:
      open("[");
      patterns(as<MatchSequence>(p).patterns, ", ", Binding::As);
      close("]");
      return;
    case PatternKind::MatchMapping: mapping_pattern(as<MatchMapping>(p)); return;
    case PatternKind::MatchClass: class_pattern(as<MatchClass>(p)); return;
    case PatternKind::MatchStar:
      put("*");
      put(as<MatchStar>(p).name ? as<MatchStar>(p).name.view() : "_");
      return;
    case PatternKind::MatchAs: {
      const auto& named = as<MatchAs>(p);
      const std::string_view name = named.name ? named.name.view() : "_";
      if (named.pattern == nullptr) {
        put(name);
        return;
      }
      const bool brackets = binding != Binding::As;
      if (brackets) open("(");
      pattern(named.pattern, Binding::Or);
      put(" as ");
      put(name);
      if (brackets) close(")");
      return;
    }
    case PatternKind::MatchOr: {
      const bool brackets = binding == Binding::Closed;
      if (brackets) open("(");
      patterns(as<MatchOr>(p).patterns, " | ", Binding::Closed);
      if (brackets) close(")");
      return;
    }
  }
}

void Printer::mapping_pattern(const MatchMapping& p) {
  open("{");
  for (std::size_t k = 0; k < p.keys.size() && k < p.patterns.size(); ++k) {
    if (k != 0) put(", ");
    part(p.keys[k]->pos.lineno);
    expression(p.keys[k], Level::Sum);
    put(": ");
    pattern(p.patterns[k], Binding::As);
  }
  if (p.rest) {
    if (!p.keys.empty()) put(", ");
    put("**");
    put(p.rest.view());
  }
  close("}");
}

void Printer::class_pattern(const MatchClass& p) {
  expression(p.cls, Level::Atom);
  open("(");
  patterns(p.patterns, ", ", Binding::As);
  for (std::size_t k = 0; k < p.kwd_attrs.size() && k < p.kwd_patterns.size(); ++k) {
    if (k != 0 || !p.patterns.empty()) put(", ");
    part(p.kwd_patterns[k]->pos.lineno);
    put(p.kwd_attrs[k].view());
    put("=");
    pattern(p.kwd_patterns[k], Binding::As);
  }
  close(")");
}

}  // namespace ouro::decompile
