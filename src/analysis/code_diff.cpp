#include "analysis/code_diff.h"

#include <algorithm>
#include <map>

#include "analysis/instruction_text.h"
#include "analysis/sequence_diff.h"
#include "dis/disassembler.h"

namespace ouro::analysis {
namespace {

/// The alignment of two code objects, both ways.
struct Alignment {
  std::vector<std::uint32_t> of_a;
  std::vector<std::uint32_t> of_b;
};

bool starts_line(const KeyedCode& code, std::uint32_t index) {
  return index == 0 || (code.lines[index] != code.lines[index - 1] && code.lines[index] > 0);
}

// A run of additions (or, sides swapped, of removals) that could stand elsewhere as well stands where a source line
// starts: readers see whole lines come and go.
void slide_runs(const KeyedCode& code, std::vector<std::uint32_t>& own, std::vector<std::uint32_t>& other) {
  constexpr std::uint32_t kFurthest = 100;
  const auto count = static_cast<std::uint32_t>(own.size());
  for (std::uint32_t begin = 0; begin < count;) {
    if (own[begin] != kUnmatched) {
      ++begin;
      continue;
    }
    std::uint32_t end = begin;
    while (end < count && own[end] == kUnmatched) ++end;
    const std::uint32_t next = end;
    if (!starts_line(code, begin)) {
      // Up: what stands before the run equals its last instruction.
      std::uint32_t up = 0;
      while (up < kFurthest && begin > up && own[begin - up - 1] != kUnmatched && code.keys[begin - up - 1] == code.keys[end - up - 1]) {
        ++up;
        if (starts_line(code, begin - up)) break;
      }
      if (up > 0 && starts_line(code, begin - up)) {
        for (std::uint32_t i = 1; i <= up; ++i) {
          const std::uint32_t partner = own[begin - i];
          own[end - i] = partner;
          own[begin - i] = kUnmatched;
          other[partner] = end - i;
        }
      }
    }
    begin = next;
  }
}

Alignment align(const KeyedCode& a, const KeyedCode& b) {
  Alignment result;
  result.of_a = align_sequences(a.keys, b.keys);
  result.of_b.assign(b.keys.size(), kUnmatched);
  for (std::uint32_t i = 0; i < result.of_a.size(); ++i) {
    if (result.of_a[i] != kUnmatched) result.of_b[result.of_a[i]] = i;
  }
  slide_runs(b, result.of_b, result.of_a);
  slide_runs(a, result.of_a, result.of_b);
  return result;
}

/// Whether two places are the same, when what was put in or taken out just there is left out of account.
class Places {
 public:
  explicit Places(const Alignment& alignment, std::size_t count_b)
      : alignment_(alignment), previous_(alignment.of_a.size() + 1), next_(alignment.of_a.size() + 1) {
    std::int64_t last = -1;
    for (std::size_t i = 0; i < alignment.of_a.size(); ++i) {
      previous_[i] = last;
      if (alignment.of_a[i] != kUnmatched) last = alignment.of_a[i];
    }
    previous_[alignment.of_a.size()] = last;
    auto following = static_cast<std::int64_t>(count_b);
    next_[alignment.of_a.size()] = following;
    for (std::size_t i = alignment.of_a.size(); i-- > 0;) {
      if (alignment.of_a[i] != kUnmatched) following = alignment.of_a[i];
      next_[i] = following;
    }
  }
  [[nodiscard]] bool correspond(std::uint32_t in_a, std::uint32_t in_b) const {
    if (in_a == kUnmatched || in_b == kUnmatched) return in_a == in_b;
    return previous_[in_a] < static_cast<std::int64_t>(in_b) && static_cast<std::int64_t>(in_b) <= next_[in_a];
  }

 private:
  const Alignment& alignment_;
  std::vector<std::int64_t> previous_;  // by place in a: the partner of the last kept one before it
  std::vector<std::int64_t> next_;      // and of the first kept one from it on
};

std::string number_list(const std::vector<bytecode::ExceptionEntry>& entries) {
  std::string text = std::to_string(entries.size());
  return text + (entries.size() == 1 ? " entry" : " entries");
}

/// Compares the files of one call.
class Differ {
 public:
  Differ(const CodeSide& a, const CodeSide& b, const DiffOptions& options)
      : a_(a), b_(b), options_(options), keys_a_(*a.facts, *a.pool, table_), keys_b_(*b.facts, *b.pool, table_), text_a_(*a.facts, *a.pool),
        text_b_(*b.facts, *b.pool) {}

  FileDiff whole() {
    const CodePairs pairs = pair_code(a_, b_, keys_a_, keys_b_, table_);
    // Removed ones go before what follows them in a.
    std::map<std::uint32_t, std::vector<std::uint32_t>> removed_before;
    auto anchor = static_cast<std::uint32_t>(pairs.b.size());
    for (auto i = static_cast<std::uint32_t>(pairs.a.size()); i-- > 0;) {
      if (pairs.partner_of_a[i] == kUnmatched) {
        removed_before[anchor].push_back(i);
      } else {
        anchor = pairs.partner_of_a[i];
      }
    }
    const auto put_removed = [&](std::uint32_t place) {
      const auto found = removed_before.find(place);
      if (found == removed_before.end()) return;
      for (auto i = found->second.rbegin(); i != found->second.rend(); ++i) put(&pairs.a[*i], nullptr, false);
    };
    for (std::uint32_t j = 0; j < pairs.b.size(); ++j) {
      put_removed(j);
      const std::uint32_t i = pairs.partner_of_b[j];
      if (i == kUnmatched) {
        put(nullptr, &pairs.b[j], false);
        continue;
      }
      const std::uint32_t parent = pairs.a[i].parent;
      const bool moved = parent == kNoParent ? pairs.b[j].parent != kNoParent : pairs.partner_of_a[parent] != pairs.b[j].parent;
      put(&pairs.a[i], &pairs.b[j], moved);
    }
    put_removed(static_cast<std::uint32_t>(pairs.b.size()));
    return std::move(result_);
  }

 private:
  static CodeNumbers numbers_of(const CodeSide& side, const CodeNode& node, const KeyedCode& keyed) {
    const CodeObject& code = side.pool->code(node.id);
    return {1, keyed.instructions.size(), bytecode::view_of(*side.pool, code).code.size(), bytecode::view_of(*side.pool, code).consts.size(),
            static_cast<std::uint64_t>(std::max(code.stacksize, 0))};
  }

  void put(const CodeNode* a, const CodeNode* b, bool moved) {
    CodeDiff diff;
    KeyedCode code_a;
    KeyedCode code_b;
    if (a != nullptr) {
      code_a = keys_a_.code(a->id);
      diff.name_a = a->qualified_name;
      diff.line_a = a_.pool->code(a->id).firstlineno;
      diff.a = numbers_of(a_, *a, code_a);
      result_.a.add(diff.a);
    }
    if (b != nullptr) {
      code_b = keys_b_.code(b->id);
      diff.name_b = b->qualified_name;
      diff.line_b = b_.pool->code(b->id).firstlineno;
      diff.b = numbers_of(b_, *b, code_b);
      result_.b.add(diff.b);
    }
    if (a != nullptr && b != nullptr) {
      diff.moved = moved;
      const auto simple_name = [](const CodeSide& side, const CodeNode& node) { return text_or_empty(*side.pool, side.pool->code(node.id).name); };
      const bool are_roots = a->parent == kNoParent && b->parent == kNoParent;
      diff.renamed = (options_.names_of_roots_count || !are_roots) && simple_name(a_, *a) != simple_name(b_, *b);
    }
    const Alignment alignment = align(code_a, code_b);
    std::vector<bool> retargeted(code_a.keys.size(), false);
    count_changes(diff, code_a, code_b, alignment, retargeted);
    if (a != nullptr && b != nullptr) compare_attributes(diff, *a, *b, code_a, code_b);
    if (a == nullptr) {
      diff.status = CodeStatus::Added;
    } else if (b == nullptr) {
      diff.status = CodeStatus::Removed;
    } else {
      const bool same = diff.removed + diff.added + diff.retargeted == 0 && diff.attributes.empty() && diff.constants_removed.empty() &&
                        diff.constants_added.empty();
      diff.status = same ? CodeStatus::Same : CodeStatus::Changed;
    }
    result_.removed += diff.removed;
    result_.added += diff.added;
    result_.retargeted += diff.retargeted;
    if (options_.with_hunks && diff.status != CodeStatus::Same) {
      if (a != nullptr) text_a_.start(a->id);
      if (b != nullptr) text_b_.start(b->id);
      make_hunks(diff, code_a, code_b, alignment, retargeted);
    }
    result_.codes.push_back(std::move(diff));
  }

  static void count_changes(CodeDiff& diff, const KeyedCode& a, const KeyedCode& b, const Alignment& alignment, std::vector<bool>& retargeted) {
    const Places places(alignment, b.keys.size());
    for (std::size_t i = 0; i < a.keys.size(); ++i) {
      const std::uint32_t j = alignment.of_a[i];
      if (j == kUnmatched) {
        ++diff.removed;
      } else if (!places.correspond(a.targets[i], b.targets[j])) {
        retargeted[i] = true;
        ++diff.retargeted;
      }
    }
    diff.added = static_cast<std::uint64_t>(std::count(alignment.of_b.begin(), alignment.of_b.end(), kUnmatched));
  }

  [[nodiscard]] static std::string flag_text(const Facts& facts, std::uint32_t flags) {
    std::string text;
    for (std::uint32_t bit = 0; bit < 32; ++bit) {
      if ((flags >> bit & 1U) == 0) continue;
      if (!text.empty()) text += '|';
      const bool named = bit < facts.code_flag_names.size() && !facts.code_flag_names[bit].empty();
      text += named ? std::string(facts.code_flag_names[bit]) : "bit " + std::to_string(bit);
    }
    return text.empty() ? "0" : text;
  }

  struct Variables {
    std::string locals;
    std::string cells;
    std::string frees;
  };
  [[nodiscard]] static Variables variables_of(const CodeSide& side, const CodeObject& code) {
    const bytecode::CodeView view = bytecode::view_of(*side.pool, code);
    Variables variables;
    const auto add = [&](std::string& list, ConstId id) {
      if (!list.empty()) list += ", ";
      list += text_or_empty(*side.pool, id);
    };
    for (std::size_t i = 0; i < view.locals.size(); ++i) {
      const std::uint8_t kind = i < view.local_kinds.size() ? static_cast<std::uint8_t>(view.local_kinds[i]) : std::uint8_t{code::kLocalPlain};
      if ((kind & code::kLocalPlain) != 0) add(variables.locals, view.locals[i]);
      if ((kind & code::kLocalCell) != 0) add(variables.cells, view.locals[i]);
      if ((kind & code::kLocalFree) != 0) add(variables.frees, view.locals[i]);
    }
    for (const ConstId id : view.cells) add(variables.cells, id);
    for (const ConstId id : view.frees) add(variables.frees, id);
    return variables;
  }

  void compare_attributes(CodeDiff& diff, const CodeNode& a, const CodeNode& b, const KeyedCode& code_a, const KeyedCode& code_b) {
    const CodeObject& first = a_.pool->code(a.id);
    const CodeObject& second = b_.pool->code(b.id);
    const auto compare = [&](const char* name, std::string before, std::string after) {
      if (before != after) diff.attributes.push_back({name, std::move(before), std::move(after)});
    };
    const auto number = [&](const char* name, std::int32_t before, std::int32_t after) { compare(name, std::to_string(before), std::to_string(after)); };
    number("co_argcount", first.argcount, second.argcount);
    number("co_posonlyargcount", first.posonlyargcount, second.posonlyargcount);
    number("co_kwonlyargcount", first.kwonlyargcount, second.kwonlyargcount);
    number("co_stacksize", first.stacksize, second.stacksize);
    compare("co_flags", flag_text(*a_.facts, first.flags), flag_text(*b_.facts, second.flags));
    Variables variables_a = variables_of(a_, first);
    Variables variables_b = variables_of(b_, second);
    compare("co_varnames", std::move(variables_a.locals), std::move(variables_b.locals));
    compare("co_cellvars", std::move(variables_a.cells), std::move(variables_b.cells));
    compare("co_freevars", std::move(variables_a.frees), std::move(variables_b.frees));
    // Between changed instructions the table changes of necessity.
    if (diff.removed + diff.added + diff.retargeted == 0 && code_a.handlers != code_b.handlers) {
      std::string before = number_list(code_a.handlers);
      std::string after = number_list(code_b.handlers);
      if (before == after) after += ", other ranges";
      compare("co_exceptiontable", std::move(before), std::move(after));
    }
    compare_constants(diff, first, second, code_a, code_b);
  }

  void compare_constants(CodeDiff& diff, const CodeObject& first, const CodeObject& second, const KeyedCode& a, const KeyedCode& b) {
    std::map<std::uint32_t, std::int64_t> counts;
    for (const std::uint32_t key : a.constants) --counts[key];
    for (const std::uint32_t key : b.constants) ++counts[key];
    const auto list = [&](const CodeSide& side, CodeKeys& keys, InstructionText& text, const CodeObject& code, int sign, std::vector<std::string>& out) {
      for (const ConstId id : bytecode::view_of(*side.pool, code).consts) {
        if (side.pool->kind(id) == ConstKind::Code) continue;
        std::int64_t& count = counts[keys.constant(id)];
        if (count * sign <= 0) continue;
        count -= sign;
        out.push_back(text.constant(id));
      }
    };
    list(a_, keys_a_, text_a_, first, -1, diff.constants_removed);
    list(b_, keys_b_, text_b_, second, 1, diff.constants_added);
  }

  // One step through both sides.
  struct Step {
    LineKind kind;
    std::uint32_t a;
    std::uint32_t b;
    bool retargeted;
  };

  static std::vector<Step> steps_of(const Alignment& alignment, const std::vector<bool>& retargeted) {
    std::vector<Step> steps;
    std::uint32_t i = 0;
    std::uint32_t j = 0;
    const auto count_a = static_cast<std::uint32_t>(alignment.of_a.size());
    const auto count_b = static_cast<std::uint32_t>(alignment.of_b.size());
    while (i < count_a || j < count_b) {
      if (i < count_a && alignment.of_a[i] == kUnmatched) {
        steps.push_back({LineKind::Removed, i, j, false});
        ++i;
      } else if (j < count_b && alignment.of_b[j] == kUnmatched) {
        steps.push_back({LineKind::Added, i, j, false});
        ++j;
      } else if (i < count_a && retargeted[i]) {
        steps.push_back({LineKind::Removed, i, j, true});
        steps.push_back({LineKind::Added, i, j, true});
        ++i, ++j;
      } else {
        steps.push_back({LineKind::Kept, i, j, false});
        ++i, ++j;
      }
    }
    return steps;
  }

  void make_hunks(CodeDiff& diff, const KeyedCode& a, const KeyedCode& b, const Alignment& alignment, const std::vector<bool>& retargeted) {
    const std::vector<Step> steps = steps_of(alignment, retargeted);
    std::size_t shown_to = 0;
    for (std::size_t s = 0; s < steps.size(); ++s) {
      if (steps[s].kind == LineKind::Kept) continue;
      const std::size_t from = std::max(shown_to, s > options_.context ? s - options_.context : 0);
      if (diff.hunks.empty() || from > shown_to) diff.hunks.push_back({steps[from].a, steps[from].b, {}});
      std::size_t to = s + 1;
      while (to < steps.size() && steps[to].kind != LineKind::Kept) ++to;
      to = std::min(steps.size(), to + options_.context);
      for (std::size_t k = from; k < to; ++k) diff.hunks.back().lines.push_back(line_of(steps[k], a, b));
      shown_to = to;
      s = to - 1;
      // What follows within the context belongs to the same hunk.
    }
  }

  DiffLine line_of(const Step& step, const KeyedCode& a, const KeyedCode& b) {
    DiffLine line{.kind = step.kind, .opcode = {}, .operand = {}, .retargeted = step.retargeted};
    if (step.kind != LineKind::Added) line.line_a = a.lines[step.a];
    if (step.kind != LineKind::Removed) line.line_b = b.lines[step.b];
    const bool from_a = step.kind == LineKind::Removed;
    const KeyedCode& code = from_a ? a : b;
    const std::uint32_t index = from_a ? step.a : step.b;
    InstructionText& text = from_a ? text_a_ : text_b_;
    line.opcode = text.opcode(code.instructions[index]);
    if (code.targets[index] != kUnmatched) {
      const std::int32_t target_line = code.lines[code.targets[index]];
      line.operand = target_line > 0 ? "to line " + std::to_string(target_line) : "to " + std::to_string(code.instructions[code.targets[index]].start_offset.value);
    } else {
      line.operand = text.operand(code.instructions[index]);
    }
    return line;
  }

  CodeSide a_;
  CodeSide b_;
  DiffOptions options_;
  KeyTable table_;
  CodeKeys keys_a_;
  CodeKeys keys_b_;
  InstructionText text_a_;
  InstructionText text_b_;
  FileDiff result_;
};

}  // namespace

void CodeNumbers::add(const CodeNumbers& other) {
  code_objects += other.code_objects;
  instructions += other.instructions;
  bytes += other.bytes;
  constants += other.constants;
  stack = std::max(stack, other.stack);
}

bool FileDiff::differs() const {
  return std::any_of(codes.begin(), codes.end(), [](const CodeDiff& code) { return code.differs(); });
}

FileDiff diff_code(const CodeSide& a, const CodeSide& b, const DiffOptions& options) { return Differ(a, b, options).whole(); }

}  // namespace ouro::analysis
