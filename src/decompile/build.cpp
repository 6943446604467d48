#include "decompile/build.h"

#include <algorithm>
#include <utility>

#include "decompile/build_impl.h"
#include "decompile/lift.h"

namespace ouro::decompile {
namespace {

using namespace syntax;  // NOLINT: every name here is a node's

constexpr int kDeepestCode = 60;
constexpr std::uint32_t kFutureAnnotations = 0x1000000;
constexpr std::uint32_t kGenerator = 0x20;
constexpr std::uint32_t kHasDocstring = 0x4000000;

bool is_name(const Value* v, std::string_view name) { return v != nullptr && v->kind == ValueKind::Name && v->name == name; }

}  // namespace

Tree build_tree(const Facts& facts, const ConstantPool& constants, ConstId root, AstContext& context,
                const BuildOptions& options) {
  return TreeBuilder(facts, constants, context, options).build(root);
}

std::string_view TreeBuilder::text_of(ConstId id) const {
  if (id == kNoConst) return "?";
  const ConstKind kind = constants_.kind(id);
  return kind == ConstKind::Str || kind == ConstKind::Bytes ? constants_.text(id) : std::string_view("?");
}

std::string_view TreeBuilder::code_name(ConstId code) const { return text_of(constants_.code(code).name); }

Tree TreeBuilder::build(ConstId root) {
  Unit unit;
  unit.code = &constants_.code(root);
  unit.role = CodeRole::Module;
  collect_imports(*unit.code);
  indentation_ = indentation_of(root);
  unit.base = 0;
  StmtList body = unit_body(root, unit);
  tree_.module = ast_.arena.make<Mod>();
  tree_.module->kind = ModKind::Module;
  tree_.module->body = body;
  report_lost(root);
  tree_.reports.assign(std::make_move_iterator(reports_.begin()), std::make_move_iterator(reports_.end()));
  return std::move(tree_);
}

// Code objects of the file that no statement or expression stands for.
void TreeBuilder::report_lost(ConstId root) {
  std::set<ConstId> seen{root};
  std::vector<ConstId> waiting{root};
  while (!waiting.empty()) {
    const ConstId id = waiting.back();
    waiting.pop_back();
    const CodeObject& code = constants_.code(id);
    if (!known_reports_.contains(id)) {
      CodeReport& report = report_for(id);
      report.code = id;
      report.qualname = std::string(text_of(code.qualname));
      report.verdict = Verdict::Stub;
      report.problems.emplace_back("nothing in the source stands for it");
    }
    if (code.consts == kNoConst || constants_.kind(code.consts) != ConstKind::Tuple) continue;
    for (const ConstId inner : constants_.items(code.consts)) {
      if (inner != kNoConst && constants_.kind(inner) == ConstKind::Code && seen.insert(inner).second) waiting.push_back(inner);
    }
  }
}

// How far the bodies of functions and classes are indented: what most of them say.
int TreeBuilder::indentation_of(ConstId root) const {
  std::map<int, int> votes;
  const auto vote = [&](auto&& self, ConstId id, int depth) -> void {
    const CodeObject& code = constants_.code(id);
    const bytecode::CodeView view = bytecode::view_of(constants_, code);
    std::vector<bytecode::PositionRange> ranges;
    bytecode::append_position_ranges(view.line_table, code.firstlineno, ranges);
    std::size_t range = 0;
    for (const Instruction& i : bytecode::decode(facts_, view.code)) {
      if (bytecode::base_info(facts_, *i.info).op != Op::LOAD_CONST || i.oparg >= view.consts.size()) continue;
      const ConstId inner = view.consts[i.oparg];
      while (range < ranges.size() && ranges[range].end <= i.offset.value) ++range;
      if (constants_.kind(inner) != ConstKind::Code || range >= ranges.size() || depth > kDeepestCode) continue;
      const Position& at = ranges[range].position;
      if (known(at) && at.column >= 0 && !code_name(inner).starts_with('<')) {
        const int least = least_column(inner, at.line);
        if (least > at.column && least - at.column <= 16) ++votes[least - at.column];
      }
      self(self, inner, depth + 1);
    }
  };
  vote(vote, root, 0);
  const auto most = std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == votes.end() ? 4 : most->first;
}

int TreeBuilder::least_column(ConstId id, int header) const {
  const CodeObject& code = constants_.code(id);
  std::vector<bytecode::PositionRange> ranges;
  bytecode::append_position_ranges(bytecode::view_of(constants_, code).line_table, code.firstlineno, ranges);
  int least = -1;
  for (const auto& r : ranges) {
    if (r.position.line > header && r.position.column >= 0 && (least < 0 || r.position.column < least)) least = r.position.column;
  }
  return least;
}

TreeBuilder::Body TreeBuilder::decompile(ConstId id, Unit& unit, CodeReport& report, Pool& pool) {
  const CodeObject& code = *unit.code;
  const bytecode::CodeView view = bytecode::view_of(constants_, code);
  report.code = id;
  report.qualname = std::string(text_of(code.qualname));
  unit.future_annotations = (code.flags & kFutureAnnotations) != 0;
  for (const ConstId name : view.locals) unit.locals.insert(text_of(name));
  const InstructionGraph graph = make_graph(facts_, constants_, view, {code.firstlineno, unit.role, indentation_, choices_});
  Body out;
  if (graph.blocks.empty()) {
    report.verdict = Verdict::Stub;
    report.problems.emplace_back("no code");
    return out;
  }
  Lifted lifted = lift({&facts_, &constants_, &code, unit.role, indentation_}, graph, pool);
  const std::string_view name = text_of(code.name);
  const Layout layout(lifted, indentation_, unit.base);
  out.generator = reduce(lifted, pool, {.choices = choices_, .layout = &layout, .is_generator_expression = name == "<genexpr>"});
  Structured structured = structure(lifted, pool, layout, choices_);
  if (out.generator == nullptr || !structured.problems.empty()) {
    if (!structured.problems.empty()) {
      report.verdict = Verdict::Partial;
      report.problems = structured.problems;
      if (report.problems.size() > 20) report.problems.resize(20);
    }
  }
  out.statements = std::move(structured.body);
  return out;
}

CodeReport& TreeBuilder::report_for(ConstId id) {
  const auto [found, fresh] = known_reports_.try_emplace(id, nullptr);
  if (fresh) found->second = &reports_.emplace_back();
  return *found->second;
}

StmtList TreeBuilder::unit_body(ConstId id, Unit& unit) {
  if (code_depth_ >= kDeepestCode) {
    complain("code objects nested too deep");
    std::vector<Stmt*> nothing{pass_at({})};
    return span(nothing);
  }
  if (const auto known = bodies_.find(id); known != bodies_.end()) return known->second;
  CodeReport& report = report_for(id);
  Choices choices;
  Attempt best;
  attempt(id, unit, choices, best);
  if (options_.recompile != nullptr) {
    search(id, unit, choices, best);
    settle_report(best);
  }
  report = std::move(best.report);
  bodies_[id] = best.body;
  return best.body;
}

void TreeBuilder::attempt(ConstId id, Unit& unit, Choices& choices, Attempt& out) {
  ++code_depth_;
  CodeReport* outer_report = report_;
  Unit* outer = unit_;
  Pool* outer_pool = pool_;
  Choices* outer_choices = choices_;
  const int outer_depth = depth_;
  Pool pool;
  choices_ = options_.recompile != nullptr ? &choices : nullptr;
  choices.forget_asked();
  if (unit.role == CodeRole::Module) dead_names_given_ = false;
  const int outer_loops = std::exchange(loop_depth_, 0);
  out.report = {};
  Body body = decompile(id, unit, out.report, pool);
  pool_ = &pool;
  report_ = &out.report;
  unit_ = &unit;
  StmtVector list;
  if (unit.role == CodeRole::Class || unit.role == CodeRole::Module) drop_returns(body.statements, true, 0);
  take_docstring(unit, body.statements, list);
  // `from __future__` comes before everything but the docstring.
  std::size_t future = 0;
  const auto is_future = [](const Statement* s) { return s->kind == StatementKind::ImportFrom && s->text == "__future__" && s->number == 0; };
  while (unit.role == CodeRole::Module && future < body.statements.size() && is_future(body.statements[future])) ++future;
  const auto split = body.statements.begin() + static_cast<std::ptrdiff_t>(future);
  statements(Statements(body.statements.begin(), split), list);
  declarations(unit, list);
  statements(Statements(split, body.statements.end()), list);
  if (unit.role == CodeRole::Function && is_generator_without_yield(*unit.code)) list.push_back(dead_yield(body.statements, list));
  if (list.empty() && unit.role != CodeRole::Module) {
    Position pos;
    pos.line = 0;
    list.push_back(pass_at(pos));
  }
  depth_ = outer_depth;
  loop_depth_ = outer_loops;
  unit_ = outer;
  pool_ = outer_pool;
  report_ = outer_report;
  choices_ = outer_choices;
  --code_depth_;
  out.body = span(list);
}

bool TreeBuilder::is_generator_without_yield(const CodeObject& code) const {
  if ((code.flags & (kGenerator | code::kAsyncGenerator)) == 0) return false;
  for (const Instruction& i : bytecode::decode(facts_, bytecode::view_of(constants_, code).code)) {
    const Op op = bytecode::base_info(facts_, *i.info).op;
    if (op == Op::YIELD_VALUE || op == Op::SEND) return false;
  }
  return true;
}

// `if False: yield` leaves the function a generator and no code but its line.
TreeBuilder::Stmt* TreeBuilder::dead_yield(const Statements& body, StmtVector& list) {
  Position pos;
  if (!body.empty() && body.back()->kind == StatementKind::Return && list.size() == 1 && list[0]->kind == StmtKind::Return) {
    pos = body.back()->pos;
    list.pop_back();
  }
  std::vector<Stmt*> one{ast_.make<syntax::Expr>(at(pos), ast_.make<Yield>(at(pos), static_cast<Expr*>(nullptr)))};
  return ast_.make<If>(at(pos), ast_.make<Constant>(at(pos), false, ConstantValue::of(ConstantKind::False)), span(one), StmtList{});
}

// `global` and `nonlocal`: what is stored to elsewhere, and what is loaded past a local of the same name outside.
void TreeBuilder::declarations(const Unit& unit, StmtVector& out) {
  if (unit.role == CodeRole::Lambda) return;
  const bytecode::CodeView view = bytecode::view_of(constants_, *unit.code);
  std::vector<Identifier> globals;
  std::vector<Identifier> nonlocals;
  const auto add = [&](std::vector<Identifier>& list, std::string_view name) {
    const Identifier id = identifier(name);
    if (std::find(list.begin(), list.end(), id) == list.end()) list.push_back(id);
  };
  const auto outer_local = [&](std::string_view name) {
    for (const Unit* u = unit.parent; u != nullptr; u = u->parent) {
      if (u->role == CodeRole::Function && u->locals.contains(name)) return true;
    }
    return false;
  };
  for (const Instruction& i : bytecode::decode(facts_, view.code)) {
    const Op op = bytecode::base_info(facts_, *i.info).op;
    const bool global_store = op == Op::STORE_GLOBAL || op == Op::DELETE_GLOBAL;
    const bool global_load = op == Op::LOAD_GLOBAL;
    if (global_store || global_load) {
      const std::uint32_t index = global_load ? i.oparg >> i.info->operand_shift : i.oparg;
      if (index >= view.names.size()) continue;
      const std::string_view name = text_of(view.names[index]);
      const bool in_class = unit.role == CodeRole::Class;
      if (global_store || in_class || outer_local(name)) add(globals, name);
    }
    if (op == Op::STORE_DEREF || op == Op::DELETE_DEREF) {
      const bool is_free = i.oparg < view.local_kinds.size() && (static_cast<std::uint8_t>(view.local_kinds[i.oparg]) & code::kLocalFree) != 0;
      const std::string_view name = text_of(view.free_name(facts_, i.oparg));
      if (is_free && name != "__class__" && name != "__classdict__") add(nonlocals, name);
    }
  }
  if (!globals.empty()) out.push_back(ast_.make<Global>(syntax::Position{}, span(globals)));
  if (!nonlocals.empty()) out.push_back(ast_.make<Nonlocal>(syntax::Position{}, span(nonlocals)));
}

// Modules and class bodies end without a return; one elsewhere has no source.
void TreeBuilder::drop_returns(Statements& body, bool at_end, int depth) {
  if (depth > kDeepestCode) return;
  if (at_end && unit_->role == CodeRole::Class) drop_class_frame(body);
  while (at_end && !body.empty() && body.back()->kind == StatementKind::Return) body.pop_back();
  for (std::size_t k = 0; k < body.size(); ++k) {
    Statement* s = body[k];
    if (s->kind == StatementKind::Return) {
      complain("a return outside of a function");
      s->kind = StatementKind::Comment;
      s->text = "return";
      continue;
    }
    const bool last = at_end && k + 1 == body.size();
    const bool ends_alike = last && (s->kind == StatementKind::If || s->kind == StatementKind::Match);
    drop_returns(s->body, ends_alike, depth + 1);
    drop_returns(s->orelse, ends_alike, depth + 1);
    drop_returns(s->finalbody, false, depth + 1);
    for (Handler& h : s->handlers) drop_returns(h.body, last && s->orelse.empty() && s->finalbody.empty(), depth + 1);
    for (Case* c : s->cases) drop_returns(c->body, ends_alike, depth + 1);
  }
}

// What the compiler puts into a class body by itself (CPython 3.13 codegen.c compiler_class_body).
void TreeBuilder::drop_class_frame(Statements& body) {
  const auto added = [&](const Statement* s) {
    if (s->kind == StatementKind::Return) return true;
    if (s->kind != StatementKind::Assign || s->targets.empty() || s->targets[0]->kind != ValueKind::Name) return false;
    const std::string_view name = s->targets[0]->name;
    const Value* v = settle(s->value);
    if (name == "__module__") return is_name(v, "__name__");
    if (name == "__qualname__") {
      return v->kind == ValueKind::Const && v->constant != kNoConst && constants_.kind(v->constant) == ConstKind::Str &&
             constants_.text(v->constant) == text_of(unit_->code->qualname);
    }
    if (name == "__classdict__") return v->kind == ValueKind::Locals;
    if (name == "__type_params__") return is_name(v, ".type_params");
    return name == "__firstlineno__" || name == "__static_attributes__" || name == "__classcell__" || name == "__classdictcell__";
  };
  std::erase_if(body, added);
}

bool TreeBuilder::take_docstring(const Unit& unit, Statements& body, StmtVector& out) {
  const auto put = [&](ConstId text, const Position& pos) {
    Expr* doc = ast_.make<Constant>(at(pos), false, ConstantValue::of_text(ConstantKind::Str, constants_.text(text)));
    out.push_back(ast_.make<syntax::Expr>(at(pos), doc));
    return true;
  };
  if (unit.role == CodeRole::Function) {
    const bytecode::CodeView view = bytecode::view_of(constants_, *unit.code);
    const bool newer = facts_.version >= PythonVersion{3, 14};
    if (newer && (unit.code->flags & kHasDocstring) == 0) return false;
    if (view.consts.empty() || constants_.kind(view.consts[0]) != ConstKind::Str) return false;
    const std::string_view name = text_of(unit.code->name);
    if (name.starts_with('<')) return false;
    return put(view.consts[0], {});
  }
  std::size_t k = 0;
  while (k < body.size() && body[k]->kind == StatementKind::Nop) ++k;
  if (k >= body.size()) return false;
  const Statement* s = body[k];
  if (s->kind != StatementKind::Assign || s->targets.size() != 1 || !is_name(s->targets[0], "__doc__")) return false;
  const Value* v = settle(s->value);
  if (v->kind != ValueKind::Const || v->constant == kNoConst || constants_.kind(v->constant) != ConstKind::Str) return false;
  // Written by hand, the target is narrower than the string.
  if (known(v->pos) && !(v->pos == s->targets[0]->pos)) return false;
  const Position pos = v->pos;
  const ConstId text = v->constant;
  body.erase(body.begin() + static_cast<std::ptrdiff_t>(k));
  return put(text, pos);
}

}  // namespace ouro::decompile
