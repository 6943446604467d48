// Instructions, tables and names against each other.
#include <algorithm>
#include <deque>

#include "analysis/audit_impl.h"

namespace ouro::analysis::audit {
namespace {

using bytecode::FlowProblem;
using version::OperandKind;

std::string_view text_of(FlowProblem::Kind kind) {
  switch (kind) {
    case FlowProblem::Kind::JumpOutOfCode: return "a jump leads out of the code";
    case FlowProblem::Kind::JumpIntoInstruction: return "a jump leads into the middle of an instruction";
    case FlowProblem::Kind::HandlerOutOfCode: return "an exception table entry leads to no instruction";
    case FlowProblem::Kind::HandlerRange: return "an exception table entry covers no code, or code that is not there";
    case FlowProblem::Kind::RunsOffEnd: return "control can run off the end of the code";
  }
  return "";
}

class StructureCheck {
 public:
  StructureCheck(const CodeUnderAudit& code, Sink& sink) : code_(code), facts_(*code.side->facts), sink_(sink), used_(code.view.names.size(), false) {}

  void run() {
    for (const FlowProblem& problem : code_.flow.problems) {
      // What nothing reaches may run off the end: compilers before 3.8 leave it so.
      const std::uint32_t index = index_of(problem.offset.value);
      const bool reached = index == bytecode::kNoNode || code_.flow.is_reached(code_.flow.block_of(index));
      if (reached) sink_.add(AuditRule::CodeDamaged, code_, problem.offset.value, std::string(text_of(problem.kind)));
    }
    for (const Instruction& instruction : code_.flow.instructions) check_instruction(instruction);
    check_unreachable();
    if (code_.flow.problems.empty()) check_stack();
    check_lines();
    check_names();
  }

 private:
  [[nodiscard]] std::uint32_t index_of(std::uint32_t offset) const {
    const auto& list = code_.flow.instructions;
    const auto at = std::lower_bound(list.begin(), list.end(), offset, [](const Instruction& i, std::uint32_t o) { return i.offset.value < o; });
    return at == list.end() ? bytecode::kNoNode : static_cast<std::uint32_t>(at - list.begin());
  }

  void damaged(const Instruction& instruction, std::string message) { sink_.add(AuditRule::CodeDamaged, code_, instruction.offset.value, std::move(message)); }

  void check_instruction(const Instruction& instruction) {
    const OpcodeInfo& info = bytecode::base_info(facts_, *instruction.info);
    if (!info.is_known()) return damaged(instruction, "no instruction has the number " + std::to_string(instruction.number));
    if (instruction.is_truncated) return damaged(instruction, "the code ends inside an instruction");
    if (instruction.info->kind == version::OpcodeKind::Instrumented) {
      return damaged(instruction, std::string(instruction.info->name()) + " is put in by a running interpreter, never written to a file");
    }
    const std::uint32_t oparg = instruction.oparg;
    const auto outside = [&](std::string_view table, std::size_t index, std::size_t size) {
      if (index >= size) damaged(instruction, std::string(info.name()) + " takes item " + std::to_string(index) + " of " + std::string(table) + ", which has " + std::to_string(size));
    };
    switch (info.operand) {
      case OperandKind::Const: return outside("co_consts", oparg, code_.view.consts.size());
      case OperandKind::Name: {
        const std::size_t index = oparg >> info.operand_shift;
        if (index < used_.size()) used_[index] = true;
        return outside("co_names", index, code_.view.names.size());
      }
      case OperandKind::Local: return outside("the local variables", oparg, code_.view.locals.size());
      case OperandKind::LocalPair:
        outside("the local variables", oparg >> 4U, code_.view.locals.size());
        return outside("the local variables", oparg & 15U, code_.view.locals.size());
      case OperandKind::Free:
        if (facts_.cell_and_free_start_at_zero) return outside("the cell and free variables", oparg, code_.view.cells.size() + code_.view.frees.size());
        return outside("the local variables", oparg, code_.view.locals.size());
      default: return;
    }
  }

  // Compilers leave jumps, clean-up and `return None` behind, and handlers of what can't fail; calls and stores that
  // nothing reaches they leave only before 3.8.
  void check_unreachable() {
    bool is_handler = false;
    for (std::uint32_t b = 0; b < code_.flow.blocks.size(); ++b) {
      const bytecode::BasicBlock& block = code_.flow.blocks[b];
      if (code_.flow.is_reached(b)) {
        is_handler = false;
        continue;
      }
      is_handler = is_handler || code_.flow.instructions[block.begin].info->op == Op::PUSH_EXC_INFO;
      if (is_handler) continue;
      for (std::uint32_t i = block.begin; i < block.end; ++i) {
        const Instruction& instruction = code_.flow.instructions[i];
        const std::string_view name = instruction.info->name();
        if (!name.starts_with("CALL") && !name.starts_with("STORE_") && !name.starts_with("IMPORT_")) continue;
        if (code_.line_at(instruction.offset.value) == bytecode::kNoLine) continue;  // clean-up
        sink_.add(AuditRule::CodeUnreachable, code_, code_.flow.instructions[block.begin].offset.value,
                  std::to_string(block.end - block.begin) + " instructions that nothing reaches, " + std::string(name) + " among them");
        break;
      }
    }
  }

  // The deepest the stack gets, from the entry on. A table that can't be right gives no finding of its own.
  void check_stack() {
    if (!facts_.has_exception_table || code_.flow.blocks.empty()) return;
    std::vector<std::int64_t> depth(code_.flow.blocks.size(), -1);
    std::vector<std::int64_t> handler_depth(code_.view.code.size() + 1, -1);
    for (const auto& entry : code_.flow.handlers) handler_depth[std::min<std::size_t>(entry.target, code_.view.code.size())] = entry.depth + 1 + (entry.push_lasti ? 1 : 0);
    std::deque<std::uint32_t> work{0};
    depth[0] = 0;
    std::vector<std::size_t> first_edge(code_.flow.blocks.size() + 1, 0);
    for (const auto& edge : code_.flow.edges) ++first_edge[edge.from + 1];
    for (std::size_t b = 0; b < code_.flow.blocks.size(); ++b) first_edge[b + 1] += first_edge[b];
    while (!work.empty()) {
      const std::uint32_t b = work.front();
      work.pop_front();
      std::int64_t now = depth[b];
      const bytecode::BasicBlock& block = code_.flow.blocks[b];
      std::int64_t jumped = now;
      for (std::uint32_t i = block.begin; i < block.end; ++i) {
        const Instruction& instruction = code_.flow.instructions[i];
        const OpcodeInfo& info = bytecode::base_info(facts_, *instruction.info);
        jumped = now + version::stack_effect(info, instruction.oparg, version::JumpTaken::Yes);
        now += version::stack_effect(info, instruction.oparg, version::JumpTaken::No);
        if (std::max(now, info.is_jump() ? jumped : now) <= std::max(code_.object->stacksize, 1)) continue;
        sink_.add(AuditRule::StackTooSmall, code_, instruction.offset.value,
                  "the stack holds " + std::to_string(now) + " values, co_stacksize is " + std::to_string(code_.object->stacksize));
        return;
      }
      for (std::size_t e = first_edge[b]; e < first_edge[b + 1]; ++e) {
        const auto& edge = code_.flow.edges[e];
        if (depth[edge.to] >= 0) continue;
        const std::uint32_t offset = code_.flow.instructions[code_.flow.blocks[edge.to].begin].start_offset.value;
        const bool falls = edge.kind == bytecode::EdgeKind::FallThrough || (edge.kind == bytecode::EdgeKind::LoopBack && edge.to == b + 1);
        depth[edge.to] = edge.kind == bytecode::EdgeKind::Exception ? std::max<std::int64_t>(handler_depth[offset], 0) : std::max<std::int64_t>(falls ? now : jumped, 0);
        work.push_back(edge.to);
      }
    }
  }

  void misfit(std::string message) { sink_.add(AuditRule::LinesMisfit, code_, {}, std::move(message)); }

  void check_lines() {
    if (code_.lines.empty()) {
      if (!code_.view.code.empty() && facts_.has_exception_table) misfit("no line table");
      return;
    }
    // Tables of ranges (3.10 on) cover the code to its last byte.
    if (facts_.has_exception_table && code_.lines.back().end != code_.view.code.size()) {
      misfit("the line table covers " + std::to_string(code_.lines.back().end) + " bytes of " + std::to_string(code_.view.code.size()));
    }
    for (const bytecode::LineRange& range : code_.lines) {
      if (range.line == bytecode::kNoLine || range.line >= 0) continue;
      misfit("line " + std::to_string(range.line));
      return;
    }
  }

  void check_names() {
    std::string unused;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      const std::string_view name = text_or_empty(*code_.side->pool, code_.view.names[i]);
      if (!used_[i] && unused.size() < 200) unused += (unused.empty() ? "" : ", ") + std::string(name.substr(0, 100));
      if (std::any_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; })) {
        sink_.add(AuditRule::NamesMisfit, code_, {}, "the name '" + std::string(name.substr(0, 100)) + "' has blanks or control characters in it");
      }
    }
    if (!unused.empty()) sink_.add(AuditRule::NamesUnused, code_, {}, "no instruction uses " + unused);
    if (code_.object->qualname == kNoConst) return;
    const std::string_view name = text_or_empty(*code_.side->pool, code_.object->name);
    const std::string_view qualified = text_or_empty(*code_.side->pool, code_.object->qualname);
    if (!qualified.ends_with(name)) {
      sink_.add(AuditRule::NamesMisfit, code_, {}, "co_name is '" + std::string(name.substr(0, 100)) + "', co_qualname '" + std::string(qualified.substr(0, 200)) + "'");
    }
  }

  const CodeUnderAudit& code_;
  const Facts& facts_;
  Sink& sink_;
  std::vector<bool> used_;
};

}  // namespace

void check_structure(const CodeUnderAudit& code, Sink& sink) { StructureCheck(code, sink).run(); }

}  // namespace ouro::analysis::audit
