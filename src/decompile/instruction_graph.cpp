#include "decompile/instruction_graph.h"

#include <algorithm>
#include <map>

namespace ouro::decompile {
namespace {

using bytecode::Position;

bool is_push_exception(const GraphInstruction& i) { return i.op == Op::PUSH_EXC_INFO; }
bool is_jump_only(const GraphInstruction& i) { return i.info->is_jump() && i.op != Op::FOR_ITER && i.op != Op::SEND; }
bool ends_block(const GraphInstruction& i) {
  return i.info->is_terminator() || i.info->is_jump() || i.op == Op::GET_ANEXT || i.op == Op::RERAISE ||
         i.op == Op::RAISE_VARARGS || i.op == Op::RETURN_VALUE || i.op == Op::RETURN_CONST;
}
bool falls_through(const GraphInstruction& i) {
  switch (i.op) {
    case Op::RETURN_VALUE: case Op::RETURN_CONST: case Op::RAISE_VARARGS: case Op::RERAISE:
    case Op::JUMP_FORWARD: case Op::JUMP_BACKWARD: case Op::JUMP_BACKWARD_NO_INTERRUPT: case Op::SEND:
    case Op::INTERPRETER_EXIT:
      return false;
    default: return !i.info->is_terminator();
  }
}

class Builder {
 public:
  Builder(const Facts& facts, const ConstantPool& pool, const bytecode::CodeView& view, const GraphOptions& options)
      : facts_(facts), pool_(pool), view_(view), role_(options.role), indentation_(std::max(options.indentation, 1)),
        choices_(options.choices) {}

  InstructionGraph build(std::int32_t first_line) {
    decode(first_line);
    cover();
    settle_handlers();
    fill_holes();
    make_blocks();
    compute_depths();
    merge_exits();
    mark_silent_returns();
    return std::move(g_);
  }

 private:
  void decode(std::int32_t first_line) {
    std::vector<bytecode::PositionRange> ranges;
    bytecode::append_position_ranges(view_.line_table, first_line, ranges);
    std::size_t range = 0;
    for (const Instruction& raw : bytecode::decode(facts_, view_.code)) {
      const OpcodeInfo& info = bytecode::base_info(facts_, *raw.info);
      if (info.op == Op::CACHE) continue;
      GraphInstruction i;
      i.op = info.op;
      i.info = &info;
      i.oparg = raw.oparg;
      i.offset = raw.start_offset.value;
      i.end = raw.end_offset.value;
      while (range < ranges.size() && ranges[range].end <= raw.offset.value) ++range;
      if (range < ranges.size() && ranges[range].start <= raw.offset.value) i.pos = ranges[range].position;
      if (const auto target = bytecode::jump_target(facts_, raw)) jump_offsets_.emplace_back(g_.instructions.size(), *target);
      g_.instructions.push_back(i);
    }
    for (const auto& [index, offset] : jump_offsets_) {
      const int at = offset < 0 ? -1 : g_.index_at(static_cast<std::uint32_t>(offset));
      g_.instructions[index].target = at < 0 ? -2 : at;
      if (at < 0) g_.problems.emplace_back("a jump leads out of the code or into an instruction");
    }
  }

  void cover() {
    bytecode::append_exception_entries(view_.exception_table, g_.entries);
    for (std::size_t e = 0; e < g_.entries.size(); ++e) {
      const auto& entry = g_.entries[e];
      auto first = std::lower_bound(g_.instructions.begin(), g_.instructions.end(), entry.start,
                                    [](const GraphInstruction& i, std::uint32_t offset) { return i.offset < offset; });
      for (; first != g_.instructions.end() && first->offset < entry.end; ++first) {
        if (first->entry < 0) first->entry = static_cast<int>(e);
      }
    }
  }

  // Jumps that the assembler put in have no handler: they take their neighbour's, so that regions have no holes.
  void settle_handlers() {
    const int count = static_cast<int>(g_.instructions.size());
    for (int i = 0; i < count; ++i) g_.instructions[i].handler = g_.real_handler(i);
    for (int i = 1; i < count; ++i) {
      GraphInstruction& here = g_.instructions[i];
      const GraphInstruction& before = g_.instructions[i - 1];
      if (here.entry >= 0 || !is_jump_only(here) || before.handler < 0) continue;
      if (falls_through(before) && !(before.op == Op::POP_TOP || before.op == Op::POP_EXCEPT)) here.handler = before.handler;
    }
  }

  // The NOP of `try:` as the first thing under a handler has no entry of its own.
  void fill_holes() {
    const int count = static_cast<int>(g_.instructions.size());
    for (int i = 1; i + 1 < count; ++i) {
      GraphInstruction& here = g_.instructions[i];
      const int before = g_.instructions[i - 1].handler;
      if (here.entry >= 0 || here.op != Op::NOP || before < 0 || !falls_through(g_.instructions[i - 1])) continue;
      int after = i + 1;
      while (after + 1 < count && g_.instructions[after].op == Op::NOP && g_.instructions[after].entry < 0) ++after;
      int handler = g_.instructions[after].handler;
      for (int step = 0; step < 200 && handler >= 0 && handler != before; ++step) handler = g_.real_handler(handler);
      if (handler == before) here.handler = before;
    }
  }

  // The NOP that a `break` or `continue` left.
  static bool is_jump_line(const GraphInstruction& i) {
    const int width = i.pos.end_column - i.pos.column;
    return (i.op == Op::NOP || i.op == Op::POP_TOP) && i.pos.line > 0 && i.pos.line == i.pos.end_line && (width == 5 || width == 8);
  }

  // The NOP of a part of a folded tuple (`False` is as wide as `break`).
  [[nodiscard]] bool leads_to_folded(int i) const {
    const Position& part = g_.instructions[i].pos;
    const int count = static_cast<int>(g_.instructions.size());
    for (++i; i < count && g_.instructions[i].op == Op::NOP;) ++i;
    if (i >= count || g_.instructions[i].op != Op::LOAD_CONST || g_.instructions[i].oparg >= view_.consts.size()) return false;
    const Position& whole = g_.instructions[i].pos;
    return pool_.kind(view_.consts[g_.instructions[i].oparg]) == ConstKind::Tuple && whole.line <= part.line && part.end_line <= whole.end_line;
  }

  // `return False` out of a with statement: the constant's line, the clean-up, the return.
  [[nodiscard]] bool leads_to_return(int i) const {
    const int count = static_cast<int>(g_.instructions.size());
    for (++i; i < count; ++i) {
      const GraphInstruction& here = g_.instructions[i];
      switch (here.op) {
        case Op::LOAD_CONST: case Op::CALL: case Op::POP_TOP: case Op::NOP: break;
        case Op::RETURN_CONST:
          return here.oparg < view_.consts.size() && pool_.kind(view_.consts[here.oparg]) == ConstKind::False;
        default: return false;
      }
    }
    return false;
  }

  void make_blocks() {
    const int count = static_cast<int>(g_.instructions.size());
    std::vector<bool> leader(count + 1, false);
    if (count > 0) leader[0] = true;
    for (int i = 0; i < count; ++i) {
      const GraphInstruction& here = g_.instructions[i];
      if (here.target >= 0) leader[here.target] = true;
      if (ends_block(here) || (is_jump_line(here) && !leads_to_return(i) && !leads_to_folded(i))) leader[i + 1] = true;
      if (i > 0 && (here.handler != g_.instructions[i - 1].handler)) leader[i] = true;
      if (is_push_exception(here) || here.op == Op::END_ASYNC_FOR) leader[i] = true;
      if (here.op == Op::POP_EXCEPT) leader[i + 1] = true;
      if (here.op == Op::BEFORE_WITH || here.op == Op::BEFORE_ASYNC_WITH) leader[i + 1] = true;
    }
    g_.block_of.assign(count, -1);
    for (int i = 0; i < count; ++i) {
      if (leader[i]) {
        GraphBlock block;
        block.begin = i;
        g_.blocks.push_back(block);
      }
      g_.block_of[i] = static_cast<int>(g_.blocks.size()) - 1;
      g_.blocks.back().end = i + 1;
    }
    for (std::size_t b = 0; b < g_.blocks.size(); ++b) connect(g_.blocks[b]);
  }

  void connect(GraphBlock& block) {
    const GraphInstruction& last = g_.instructions[block.end - 1];
    if (falls_through(last) && block.end < static_cast<int>(g_.instructions.size())) block.next = g_.block_of[block.end];
    if (last.target >= 0) block.jump = g_.block_of[last.target];
    if (last.op == Op::GET_ANEXT) {
      // The loop's end is reached through the exception table; the item comes after the SEND that awaits it.
      const int exit = g_.async_exit(block.end - 1);
      block.jump = exit < 0 ? -1 : g_.block_of[exit];
    }
  }

  void compute_depths() {
    std::vector<std::pair<int, int>> work;  // block, depth
    if (!g_.blocks.empty()) work.emplace_back(0, 0);
    for (const auto& entry : g_.entries) {
      const int at = g_.index_at(entry.target);
      if (at >= 0) work.emplace_back(g_.block_of[at], static_cast<int>(entry.depth) + (entry.push_lasti ? 2 : 1));
    }
    // Entries first come, first served: what normal flow reaches has the same depth.
    std::vector<bool> seen(g_.blocks.size());
    while (!work.empty()) {
      const auto [b, start] = work.back();
      work.pop_back();
      if (seen[b]) continue;
      seen[b] = true;
      const GraphBlock& block = g_.blocks[b];
      int depth = start;
      for (int i = block.begin; i < block.end; ++i) {
        GraphInstruction& here = g_.instructions[i];
        here.depth = depth;
        if (i + 1 == block.end && block.jump >= 0) {
          work.emplace_back(block.jump, depth_after(here, version::JumpTaken::Yes));
        }
        depth = depth_after(here, version::JumpTaken::No);
      }
      if (block.next >= 0) work.emplace_back(block.next, depth);
    }
  }

  // Damaged code may take more than there is or pile up without end: the depth stays within 0 and a million.
  static int depth_after(const GraphInstruction& i, version::JumpTaken taken) {
    // Up to 3.12 the effect leaves out the value that resumes the generator and that POP_TOP then takes.
    const std::int64_t effect = i.op == Op::RETURN_GENERATOR ? 1 : version::stack_effect(*i.info, i.oparg, taken);
    return static_cast<int>(std::clamp<std::int64_t>(i.depth + effect, 0, 1000000));
  }

  // CPython 3.13 flowgraph.c inline_small_or_no_lineno_blocks copies exits of up to four instructions to where
  // jumps to them were. Copies keep their positions, which is how they are known again.
  void merge_exits() {
    std::map<std::tuple<int, std::uint32_t, int, int, int, int>, int> canonical;
    const int cold = first_cold_block();
    const int count = static_cast<int>(g_.blocks.size());
    for (int pass = 0; pass < 2; ++pass) {
      for (int b = count - 1; b >= 0; --b) {
        if ((b < cold) != (pass == 0)) continue;
        const GraphInstruction& last = g_.instructions[g_.blocks[b].end - 1];
        if (!is_exit(last) || has_borrowed_place(g_.blocks[b].end - 1) || last.pos.line <= 0 || last.pos.end_column < 0 || last.depth < 0) continue;
        const auto key = std::make_tuple(static_cast<int>(last.op), last.oparg, last.pos.line, last.pos.column,
                                         last.pos.end_column, last.depth);
        const auto [found, fresh] = canonical.try_emplace(key, b);
        if (!fresh) merge_pair(found->second, b);
      }
    }
  }

  [[nodiscard]] int first_cold_block() const {
    for (std::size_t b = 0; b < g_.blocks.size(); ++b) {
      if (is_push_exception(g_.instructions[g_.blocks[b].begin])) return static_cast<int>(b);
    }
    return static_cast<int>(g_.blocks.size());
  }

  static bool is_exit(const GraphInstruction& i) {
    return i.op == Op::RETURN_VALUE || i.op == Op::RETURN_CONST || i.op == Op::RAISE_VARARGS;
  }

  // After the clean-up of a with or try statement a return has that one's place: equal places mean nothing.
  [[nodiscard]] bool has_borrowed_place(int index) const {
    const GraphInstruction& i = g_.instructions[index];
    return i.op == Op::RETURN_VALUE && index > 0 && g_.instructions[index - 1].pos == i.pos && g_.instructions[index - 1].op == Op::POP_TOP;
  }

  static bool same_instruction(const GraphInstruction& a, const GraphInstruction& b) {
    // Whether a local may be unbound is each copy's own matter.
    const auto plain = [](Op op) { return op == Op::LOAD_FAST_CHECK || op == Op::LOAD_FAST_BORROW ? Op::LOAD_FAST : op; };
    return plain(a.op) == plain(b.op) && a.oparg == b.oparg && a.pos == b.pos && a.handler == b.handler && a.depth == b.depth;
  }

  // Splits the common end off `a` (it stays at the canonical place) and makes `b` jump to it.
  void merge_pair(int& a, int b) {
    GraphBlock& first = g_.blocks[a];
    GraphBlock& second = g_.blocks[b];
    int length = 0;
    while (length < 5 && first.end - length > first.begin && second.end - length > second.begin &&
           same_instruction(g_.instructions[first.end - 1 - length], g_.instructions[second.end - 1 - length])) {
      ++length;
    }
    while (length > 0 && is_cleanup(first.end - length)) --length;
    if (length == 0) return;
    int shared = a;
    if (first.end - length > first.begin) {
      GraphBlock tail = first;
      tail.begin = first.end - length;
      first.end = tail.begin;
      first.jump = -1;
      shared = static_cast<int>(g_.blocks.size());
      first.next = shared;
      g_.blocks.push_back(tail);
      for (int i = tail.begin; i < tail.end; ++i) g_.block_of[i] = shared;
      a = shared;
    }
    GraphBlock& other = g_.blocks[b];
    other.end -= length;
    other.jump = -1;
    other.next = shared;
  }

  // What throws away values of its own path: equal there does not mean the same.
  [[nodiscard]] bool is_cleanup(int index) const {
    const Op op = g_.instructions[index].op;
    return op == Op::SWAP || op == Op::POP_EXCEPT || op == Op::POP_TOP || op == Op::STORE_FAST || op == Op::DELETE_FAST;
  }

  void mark_silent_returns() {
    if (role_ == CodeRole::Lambda) return;
    std::vector<std::vector<int>> before(g_.blocks.size());
    for (std::size_t b = 0; b < g_.blocks.size(); ++b) {
      for (const int to : {g_.blocks[b].next, g_.blocks[b].jump}) {
        if (to >= 0) before[to].push_back(static_cast<int>(b));
      }
    }
    for (std::size_t b = 0; b < g_.blocks.size(); ++b) {
      GraphBlock& block = g_.blocks[b];
      if (block.begin >= block.end) continue;
      const int length = none_return_length(block);
      if (length == 0) continue;
      bool silent = is_silent(block, length, before[b]);
      if (choices_ != nullptr && role_ == CodeRole::Function &&
          choices_->ask(ChoiceKind::SilentReturn, g_.instructions[block.end - 1].offset, 2) == 1) {
        silent = !silent;
      }
      if (!silent) continue;
      block.end -= length;
      block.returns_none = true;
    }
  }

  [[nodiscard]] int none_return_length(const GraphBlock& block) const {
    const GraphInstruction& last = g_.instructions[block.end - 1];
    if (last.op == Op::RETURN_CONST) return is_none(last.oparg) ? 1 : 0;
    if (last.op != Op::RETURN_VALUE || block.end - block.begin < 2) return 0;
    const GraphInstruction& load = g_.instructions[block.end - 2];
    return load.op == Op::LOAD_CONST && is_none(load.oparg) ? 2 : 0;
  }

  [[nodiscard]] bool is_none(std::uint32_t index) const {
    return index < view_.consts.size() && pool_.kind(view_.consts[index]) == ConstKind::None;
  }

  [[nodiscard]] bool is_silent(const GraphBlock& block, int length, const std::vector<int>& before) const {
    if (role_ != CodeRole::Function) return true;
    const Position& pos = g_.instructions[block.end - length].pos;
    if (pos.line <= 0 || pos.column < 0) return true;
    const int first = block.end - length;
    // A handler that ends in `pass`.
    if (pos.line == pos.end_line && pos.end_column - pos.column == 4 && pos.column % indentation_ == 0 && g_.unwinding_before(first) > 0) return true;
    if (const int at = first - g_.unwinding_before(first); at > block.begin || at < first) {
      return at == 0 || (g_.instructions[at - 1].pos == pos && falls_through(g_.instructions[at - 1]));
    }
    for (const int b : before) {
      const GraphBlock& from = g_.blocks[b];
      if (from.end > from.begin && g_.instructions[from.end - 1].pos == pos) return true;
    }
    return before.empty();
  }

  const Facts& facts_;
  const ConstantPool& pool_;
  const bytecode::CodeView& view_;
  CodeRole role_;
  int indentation_;
  Choices* choices_;
  InstructionGraph g_;
  std::vector<std::pair<std::size_t, std::int64_t>> jump_offsets_;
};

}  // namespace

int InstructionGraph::index_at(std::uint32_t offset) const {
  const auto found = std::lower_bound(instructions.begin(), instructions.end(), offset,
                                      [](const GraphInstruction& i, std::uint32_t o) { return i.offset < o; });
  return found != instructions.end() && found->offset == offset ? static_cast<int>(found - instructions.begin()) : -1;
}

int InstructionGraph::real_handler(int instruction) const {
  // The handlers of the code generator's own clean-up lead outwards; the table can be hostile, so steps are counted.
  for (int step = 0; step < 200; ++step) {
    const int entry = instructions[instruction].entry;
    if (entry < 0) return -1;
    const int at = index_at(entries[entry].target);
    if (at < 0 || at == instruction) return -1;
    if (is_push_exception(instructions[at])) return at;
    instruction = at;
  }
  return -1;
}

namespace {
bool is_unwinding(Op op) {
  switch (op) {
    case Op::POP_EXCEPT: case Op::POP_TOP: case Op::SWAP: case Op::LOAD_CONST: case Op::STORE_FAST: case Op::STORE_NAME:
    case Op::STORE_GLOBAL: case Op::STORE_DEREF: case Op::DELETE_FAST: case Op::DELETE_NAME: case Op::DELETE_GLOBAL:
    case Op::DELETE_DEREF: case Op::NOP:
      return true;
    default: return false;
  }
}
}  // namespace

int InstructionGraph::unwinding_before(int index) const {
  int n = 0;
  while (index - n > 0 && is_unwinding(instructions[index - n - 1].op) && instructions[index - n - 1].pos == instructions[index].pos) ++n;
  return n;
}

int InstructionGraph::async_exit(int instruction) const {
  const int entry = instructions[instruction].entry;
  if (entry < 0) return -1;
  const int at = index_at(entries[entry].target);
  return at >= 0 && instructions[at].op == Op::END_ASYNC_FOR ? at : -1;
}

InstructionGraph make_graph(const Facts& facts, const ConstantPool& pool, const bytecode::CodeView& view,
                            const GraphOptions& options) {
  return Builder(facts, pool, view, options).build(options.first_line);
}

}  // namespace ouro::decompile
