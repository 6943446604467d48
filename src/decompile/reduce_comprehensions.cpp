// Loops that only fill a container: comprehensions (inlined since 3.12, PEP 709) and generator expressions.
#include "decompile/reduce_impl.h"

namespace ouro::decompile {
namespace {
constexpr int kDeepestComprehension = 40;
}

bool Reducer::parse_loop(int header, int exit, Parsed& out, int depth) {
  Block& loop = at(header);
  if (depth > kDeepestComprehension || loop.terminator != TerminatorKind::ForEach || loop.other.block != exit) return false;
  Clause clause;
  clause.iter = loop.value->kids.empty() ? nullptr : loop.value->kids[0];
  clause.is_async = loop.value->flag;
  out.clauses.push_back(clause);
  out.blocks.push_back(header);
  const int body = loop.target.block;
  if (body < 0 || !single(body, header)) return false;
  return parse_body(header, body, out, depth);
}

bool Reducer::parse_body(int header, int b, Parsed& out, int depth) {
  bool have_target = false;
  for (int steps = 0; steps < 10000; ++steps) {
    Block& block = at(b);
    out.blocks.push_back(b);
    for (Statement* s : block.body) {
      if (s->kind == StatementKind::Nop) continue;
      if (!have_target) {
        if (s->kind != StatementKind::Assign || s->targets.size() != 1) return false;
        const Value* item = settle(s->value);
        if (item->kind != ValueKind::Item || item->kids[0] != at(header).value) return false;
        out.clauses.back().target = s->targets[0];
        have_target = true;
        continue;
      }
      const bool is_element = s->kind == StatementKind::Append ||
                              (options_.is_generator_expression && s->kind == StatementKind::Expression &&
                               settle(s->value)->kind == ValueKind::Yield);
      if (!is_element || out.element != nullptr) return false;
      out.element = s;
    }
    if (!have_target) return false;
    if (block.terminator == TerminatorKind::Jump) {
      const int to = block.target.block;
      if (to == header) return out.element != nullptr;
      if (to < 0 || out.element != nullptr || to == b) return false;
      if (at(to).terminator == TerminatorKind::ForEach && at(to).body.empty()) return parse_loop(to, header, out, depth + 1);
      if (!single(to, b)) return false;
      b = to;
      continue;
    }
    if (block.terminator == TerminatorKind::ForEach) {
      return block.body.empty() && parse_loop(b, header, out, depth + 1);
    }
    if (block.terminator != TerminatorKind::Branch || out.element != nullptr) return false;
    const bool body_is_true = block.other.block == header;
    if (!body_is_true && block.target.block != header) return false;
    out.clauses.back().ifs.push_back(body_is_true ? block.value : negate(block.value, pool_));
    const int next = body_is_true ? block.target.block : block.other.block;
    if (next < 0 || next == header || !single(next, b)) return false;
    b = next;
  }
  return false;
}

bool Reducer::comprehension(int b) {
  Block& header = at(b);
  if (header.terminator != TerminatorKind::ForEach || !header.body.empty() || header.other.block < 0) return false;
  Parsed parsed;
  if (!parse_loop(b, header.other.block, parsed, 0) || parsed.element == nullptr) return false;
  Value* result = nullptr;
  if (parsed.element->kind == StatementKind::Append) {
    result = parsed.element->other;
    // The distance to the container counts the loops around: an inner one is not a comprehension by itself.
    if (!result->kids.empty() || parsed.element->number != static_cast<std::int32_t>(parsed.clauses.size()) + 1) return false;
    result->op = parsed.element->op;
    result->kids = parsed.element->targets;
  } else {
    const Value* iter = parsed.clauses[0].iter;
    if (iter == nullptr || iter->kind != ValueKind::Name || iter->name != ".0") return false;
    result = pool_.value(ValueKind::Comprehension, header.pos);
    result->op = static_cast<std::uint8_t>(ComprehensionKind::Generator);
    result->kids = {settle(parsed.element->value)->kids[0]};
    generator_ = result;
  }
  result->kind = ValueKind::Comprehension;
  result->clauses = std::move(parsed.clauses);
  const int exit = header.other.block;
  for (const int dead : parsed.blocks) {
    if (dead != b) kill(dead);
  }
  header.terminator = TerminatorKind::Jump;
  header.value = nullptr;
  header.target = {exit, {}};
  header.other = {};
  return true;
}

}  // namespace ouro::decompile
