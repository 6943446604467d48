// match: a chain of tests on one subject, each with its captures, guard and body.
//
// reduce has joined the tests of a case. Before the graph is analysed, blocks are split so that a case's test, its
// captures and its body are blocks of their own; then the cases are those that follow each other where one fails.
#include <algorithm>

#include "decompile/pattern.h"
#include "decompile/structure_impl.h"

namespace ouro::decompile {
namespace {

constexpr int kMatchWidth = 6;  // "match "
constexpr int kCaseWidth = 5;   // "case "
constexpr std::size_t kMostCases = 5000;

bool is_capture(const Statement* s) { return s->kind == StatementKind::Capture; }

// `case _`: the only thing that drops a subject without a test.
bool is_marker(const Block& block) { return !block.body.empty() && is_capture(block.body[0]) && block.body[0]->targets.empty() && block.body[0]->other == nullptr; }

bool is_pattern_test(const Block& block) {
  return block.terminator == TerminatorKind::Branch && block.value != nullptr && settle(block.value)->matched;
}

bool is_wildcard_line(const Statement* s, int column) {
  return s->kind == StatementKind::Nop && known(s->pos) && s->pos.line == s->pos.end_line && s->pos.end_column - s->pos.column == 1 &&
         s->pos.column == column;
}

}  // namespace

// Cuts a block in two; what comes from `at` on is the new one.
int Structurer::split(int b, std::size_t from) {
  const int made = static_cast<int>(l_.blocks.size());
  Block rest;
  Block& block = at(b);
  rest.body.assign(block.body.begin() + static_cast<std::ptrdiff_t>(from), block.body.end());
  block.body.resize(from);
  rest.terminator = block.terminator;
  rest.value = block.value;
  rest.cause = block.cause;
  rest.target = block.target;
  rest.other = block.other;
  rest.handler = block.handler;
  rest.falls_true = block.falls_true;
  rest.computes = block.computes;
  rest.pos = block.pos;
  rest.offset = rest.body.empty() ? (rest.value != nullptr ? rest.value->offset / 2 : block.end_offset) : rest.body[0]->offset / 2;
  rest.offset = std::clamp(rest.offset, block.offset, block.end_offset);
  rest.end_offset = block.end_offset;
  block.terminator = TerminatorKind::Jump;
  block.value = block.cause = nullptr;
  block.target = {made, {}};
  block.other = {};
  l_.blocks.push_back(std::move(rest));
  l_.handler_parent.push_back(kNoBlock);
  return made;
}

void Structurer::split_cases() {
  for (std::size_t b = 0; b < l_.blocks.size() && l_.blocks.size() < 4'000'000; ++b) {
    if (at(static_cast<int>(b)).dead) continue;
    const Statements& body = at(static_cast<int>(b)).body;
    if (body.empty()) continue;
    std::size_t cut = 0;
    const bool starts = is_capture(body[0]);
    while (cut < body.size() && is_capture(body[cut]) == starts) ++cut;
    const Block& block = at(static_cast<int>(b));
    const auto leads_to_marker = [&](int to) { return to >= 0 && is_marker(at(to)); };
    const bool guards = block.terminator == TerminatorKind::Branch && (leads_to_marker(block.target.block) || leads_to_marker(block.other.block));
    const bool ends_otherwise = starts ? block.terminator != TerminatorKind::Jump : is_pattern_test(block) || guards;
    if (cut < body.size() || ends_otherwise) split(static_cast<int>(b), cut);
  }
}

bool Structurer::begins_match(int b) {
  const Block& block = at(b);
  if (!block.body.empty()) return is_capture(block.body[0]) && !block.body[0]->flag;
  if (is_pattern_test(block)) return true;
  return guarded_wildcard(b) != kNoBlock;
}

// `case _ if guard` before other cases: the subject is dropped where the guard holds.
int Structurer::guarded_wildcard(int b) {
  const Block& block = at(b);
  if (block.terminator != TerminatorKind::Branch || !block.body.empty()) return kNoBlock;
  for (const int to : {block.target.block, block.other.block}) {
    if (to >= 0 && to != b && is_marker(at(to)) && !at(to).body[0]->flag && g_.preds[to].size() == 1) return to;
  }
  return kNoBlock;
}

const Value* Structurer::match_subject(int b) {
  const Block& block = at(b);
  if (!block.body.empty() && is_capture(block.body[0])) return subject_of(block.body[0]->other != nullptr ? block.body[0]->other : block.body[0]->value);
  if (is_pattern_test(block)) return subject_of(block.value);
  const int marker = guarded_wildcard(b);
  return marker == kNoBlock ? nullptr : subject_of(at(marker).body[0]->value);
}

int Structurer::match_column(int b) {
  const Value* subject = match_subject(b);
  const int column = subject == nullptr ? -1 : leftmost_column(subject);
  return column < kMatchWidth ? -1 : round_column(column - kMatchWidth);
}

// Whether `b` is the next case of a match on `subject`.
bool Structurer::continues_match(int b, const Value* subject) {
  return b >= 0 && b != end() && !at(b).dead && g_.rank[b] >= 0 && !g_.is_header[b] && begins_match(b) && match_subject(b) == subject;
}

bool Structurer::is_guard(int b, int fail, const Value* subject, const Position& pattern) {
  const Block& block = at(b);
  if (block.terminator != TerminatorKind::Branch || is_pattern_test(block) || block.target.block == block.other.block) return false;
  if (fail != kNoBlock) return block.target.block == fail || block.other.block == fail;
  if (continues_match(block.target.block, subject) || continues_match(block.other.block, subject)) return true;
  return known(pattern) && known(block.pos) && block.pos.line == pattern.end_line;
}

// Reads the test, captures and guard of the case at `b`.
Structurer::CaseParts Structurer::read_case(int b, const Value* subject) {
  CaseParts parts;
  PatternInput input;
  input.subject = subject;
  visit(b);
  parts.blocks.push_back(b);
  int captures = b;
  if (is_pattern_test(at(b)) && at(b).body.empty()) {
    const Block& block = at(b);
    input.test = block.value;
    parts.fail = block.other.block;
    parts.body = block.target;
    captures = block.target.block;
    if (captures < 0 || captures == end() || at(captures).body.empty() || !is_capture(at(captures).body[0]) || g_.preds[captures].size() != 1 ||
        match_subject(captures) != subject) {
      captures = kNoBlock;
    }
  }
  if (captures != kNoBlock && at(captures).body.empty()) parts.body = {captures, {}};
  if (captures != kNoBlock && !at(captures).body.empty()) {
    visit(captures);
    parts.blocks.push_back(captures);
    for (Statement* s : at(captures).body) {
      s->flag = true;
      if (known(s->pos)) input.pos = s->pos;
      if (s->other != nullptr) input.test = s->other;
      if (!s->targets.empty()) input.captures.push_back({s->value, s->targets[0]->name});
    }
    parts.body = at(captures).target;
  }
  if (input.test != nullptr && !known(input.pos)) input.pos = settle(input.test)->pos;
  const int guard = parts.body.block;
  if (guard >= 0 && guard != end() && at(guard).body.empty() && (guard == b || g_.preds[guard].size() == 1) && is_guard(guard, parts.fail, subject, input.pos)) {
    take_guard(guard, subject, input.pos, parts);
  }
  // What drops the subject once the case has been chosen.
  if (parts.body.block == parts.fail && continues_match(parts.fail, subject)) {  // `if False`: the body is gone
    parts.guard = pool_.value(ValueKind::Text);
    parts.guard->name = "False";
    parts.empty = true;
  }
  if (const int to = parts.body.block; !parts.empty && to >= 0 && to != end() && is_marker(at(to)) && at(to).terminator == TerminatorKind::Jump && match_subject(to) == subject) {
    visit(to);
    for (Statement* s : at(to).body) {
      s->flag = true;
      if (!known(input.pos)) input.pos = s->pos;
    }
    parts.body = at(to).target;
  }
  std::string problem_text;
  parts.pattern = read_pattern(pool_, input, problem_text);
  parts.problem = std::move(problem_text);
  parts.pos = input.pos;
  return parts;
}

void Structurer::take_guard(int b, const Value* subject, const Position& pattern, CaseParts& parts) {
  const Block& block = at(b);
  visit(b);
  parts.blocks.push_back(b);
  bool straight = block.falls_true;
  if (parts.fail != kNoBlock) straight = block.other.block == parts.fail;
  else if (block.target.block >= 0 && is_marker(at(block.target.block))) straight = true;
  else if (block.other.block >= 0 && is_marker(at(block.other.block))) straight = false;
  else if (continues_match(block.other.block, subject)) straight = true;
  else if (continues_match(block.target.block, subject)) straight = false;
  (void)pattern;
  parts.guard = straight ? block.value : negate(block.value, pool_);
  parts.body = straight ? block.target : block.other;
  parts.fail = straight ? block.other.block : block.target.block;
}

// Where the bodies meet.
int Structurer::match_join(const std::vector<int>& blocks, const Context& context, int own) {
  int best = kNoBlock;
  for (const int child : g_.order) {
    if (g_.idom[child] < 0 || std::find(blocks.begin(), blocks.end(), g_.idom[child]) == blocks.end()) continue;
    if (at(child).is_handler || child == end() || g_.forward_preds(child) < 2) continue;
    if (child == context.stop || child == context.loop_exit || child == context.loop_header) continue;
    if (std::find(blocks.begin(), blocks.end(), child) != blocks.end()) continue;
    if (std::find(in_use_.begin(), in_use_.end(), child) != in_use_.end()) continue;
    if (own >= 0 && block_column(child) > own) continue;
    if (best == kNoBlock || at(child).offset < at(best).offset) best = child;
  }
  return best;
}

Structurer::Sequence Structurer::case_body(const CaseParts& parts, const Context& context) {
  Sequence body;
  if (parts.empty) return body;
  if (parts.body.block == context.stop && !known(parts.body.jump)) {
    body.falls = true;
    return body;
  }
  const int to = follow(parts.body, context, body);
  return to == kNoBlock ? body : sequence(to, context);
}

// `case _:` at the end has no code but a NOP on its line.
bool Structurer::take_default(int last, int pattern_column, const Context& context, CaseParts& parts) {
  if (last == kNoBlock || last == end() || last == context.stop || last == context.loop_header || last == context.loop_exit) return false;
  Block& block = at(last);
  const bool line = !block.body.empty() && is_wildcard_line(block.body[0], pattern_column);
  const bool has_guard = !line && block.body.empty() && block.terminator == TerminatorKind::Branch && !is_pattern_test(block) &&
                         leftmost_column(block.value) == pattern_column + kCaseWidth;
  const int column = block_column(last);
  if (!line && !has_guard && (pattern_column < 0 || column <= pattern_column)) return false;
  parts.pattern = pool_.pattern(PatternKind::As, {});
  parts.body = {last, {}};
  if (line) {
    parts.pos = parts.pattern->pos = block.body[0]->pos;
    block.body.erase(block.body.begin());
  } else if (has_guard) {
    parts.pos = parts.pattern->pos = block.pos;
    take_guard(last, nullptr, {}, parts);
  } else {
    Position pos;
    pos.line = block.body.empty() ? block.pos.line : start_line(block.body[0]);
    parts.pos = parts.pattern->pos = pos;
  }
  return true;
}

// A pattern that fails at the end of a function returns from where it stands.
bool Structurer::returns_at(int b, const Position& pattern) {
  const Block& block = at(b);
  return b != end() && block.body.empty() && block.terminator == TerminatorKind::Return && block.value != nullptr &&
         settle(block.value)->kind == ValueKind::Const && known(block.pos) && known(pattern) && block.pos.line >= pattern.line && block.pos.end_line <= pattern.end_line;
}

// `pass` at the end of a function became the return that follows it; in `return None` the constant stands further right.
void Structurer::keep_pass(Statements& body, const Position& pattern) {
  if (body.size() != 1 || body[0]->kind != StatementKind::Return || body[0]->value == nullptr || !known(pattern)) return;
  const Position& pos = body[0]->pos;
  if (settle(body[0]->value)->kind == ValueKind::Const && known(pos) && pos.end_column - pos.column == 4 && pos.column <= pattern.column && pos.line > pattern.end_line) {
    body[0] = make(StatementKind::Nop, pos);
  }
}

int Structurer::match(int b, const Context& context, Sequence& out) {
  const Value* subject = match_subject(b);
  const int own = match_column(b);
  Statement* s = make(StatementKind::Match, subject->pos, subject->offset);
  s->value = settle(const_cast<Value*>(subject));
  std::vector<CaseParts> cases;
  std::vector<int> chain;
  int last = b;
  while (continues_match(last, subject) || cases.empty()) {
    chain.push_back(last);
    cases.push_back(read_case(last, subject));
    last = cases.back().fail;
    if (cases.size() > kMostCases || std::find(chain.begin(), chain.end(), last) != chain.end()) {
      problem(out.body, "cases without an end");
      return kNoBlock;
    }
  }
  if (last >= 0 && returns_at(last, cases.back().pos)) {
    visit(last);
    last = end();
  }
  const int pattern_column = known(cases[0].pos) && own >= 0 ? cases[0].pos.column : -1;
  CaseParts otherwise;
  const bool has_default = take_default(last, pattern_column, context, otherwise);
  if (has_default) {
    chain.push_back(last);
    cases.push_back(std::move(otherwise));
    last = cases.back().fail;
  }
  const bool open = last != kNoBlock;  // nothing may match
  const bool ends_elsewhere = open && last != context.stop && (last == context.loop_header || last == context.loop_exit || last == end());
  std::vector<int> blocks = chain;
  for (const CaseParts& parts : cases) blocks.insert(blocks.end(), parts.blocks.begin(), parts.blocks.end());
  const int join = open ? last : match_join(blocks, context, own);
  Context inner = context;
  inner.if_column = -1;
  const bool changes_stop = join != kNoBlock && join != context.stop && !ends_elsewhere;
  if (changes_stop) {
    in_use_.push_back(context.stop);
    inner.stop = join;
  }
  bool falls = false;
  Statements after;
  for (std::size_t k = 0; k < cases.size(); ++k) {
    CaseParts& parts = cases[k];
    if (parts.pattern == nullptr) {
      problem(out.body, parts.problem);
      parts.pattern = pool_.pattern(PatternKind::As, {});
      if (parts.guard == nullptr && k + 1 < cases.size()) parts.guard = pool_.value(ValueKind::Unknown);
    }
    Sequence body = case_body(parts, inner);
    keep_pass(body.body, parts.pos);
    falls = falls || body.falls;
    if (k + 1 == cases.size() && join == kNoBlock) split_after(body.body, own, after);
    Case* made = pool_.make_case();
    made->pattern = parts.pattern;
    made->guard = parts.guard;
    made->body = std::move(body.body);
    made->pos = parts.pos;
    s->cases.push_back(made);
  }
  if (changes_stop) in_use_.pop_back();
  out.body.push_back(s);
  out.body.insert(out.body.end(), after.begin(), after.end());
  if (join == kNoBlock) out.falls = out.falls || falls;
  return join;
}

// The last body never meets another: what is no deeper than `match` comes after it.
void Structurer::split_after(Statements& body, int own, Statements& after) {
  if (own < 0) return;
  for (std::size_t k = 0; k < body.size(); ++k) {
    const int column = start_column(body[k]);
    if (column < 0 || column > own) continue;
    after.assign(body.begin() + static_cast<std::ptrdiff_t>(k), body.end());
    body.resize(k);
    return;
  }
}

}  // namespace ouro::decompile
