#include "vm/modules/_sre/engine.h"

#include <algorithm>
#include <memory>

#include "vm/core/protocol.h"
#include "vm/modules/_sre/characters.h"
#include "vm/objects/text_search.h"

namespace ouro::vm::sre {
namespace {

constexpr std::uint32_t kNoNode = UINT32_MAX;
constexpr std::uint32_t kNoBarrier = UINT32_MAX;

enum class ChoiceKind : std::uint8_t {
  Branch, RepeatOne, MinRepeatOne, MaxUntil, MinUntil,
  Assert, AssertNot, Atomic, Possessive,  // barriers
};

struct RepeatNode {
  std::uint32_t previous;  ///< the enclosing repeat, or kNoNode
  std::uint32_t pc;        ///< of the REPEAT
  std::int64_t count;
  std::int64_t last;       ///< where the last iteration began; -1: none
};

template <class Unit>
class Matcher final : public Search {
 public:
  Matcher(Vm& vm, std::span<const std::uint32_t> code, std::size_t groups, const void* text, std::size_t end)
      : vm_(vm), code_(code), text_(static_cast<const Unit*>(text)), end_(text_ + end) {
    marks.assign(groups * 2, -1);
    pc_ = 0;
    if (code[0] == kInfo) {
      first_ = 1 + code[1];
      min_width_ = code[3];
    }
  }
  ~Matcher() override { vm_.heap.discharge(charged_); }

  Outcome match(std::int64_t start, bool whole) override {
    whole_ = whole;
    return run(text_ + start);
  }

  Outcome search(std::int64_t start) override {
    whole_ = false;
    const Unit* ptr = text_ + start;
    if (ptr > end_) return Outcome::NoMatch;
    const std::uint32_t flags = code_[0] == kInfo ? code_[2] : 0;
    if ((flags & kInfoPrefix) != 0 && code_[5] > 0) return search_prefix(ptr, (flags & kInfoLiteral) != 0);
    if (code_[0] == kInfo && (flags & kInfoCharset) != 0)
      return scan(ptr, [set = &code_[5]](std::uint32_t c) { return in_set(set, c); });
    if (code_[first_] == kAt && (code_[first_ + 1] == kAtBeginning || code_[first_ + 1] == kAtBeginningString))
      return ptr == text_ ? run(ptr) : Outcome::NoMatch;
    const std::uint32_t pc = first_unit();
    if (pc != UINT32_MAX) {
      if (code_[pc] == kLiteral && sizeof(Unit) == 1) return search_literal(ptr, code_[pc + 1]);
      return scan(ptr, [op = &code_[pc]](std::uint32_t c) { return unit_matches(op, c); });
    }
    for (; end_ - ptr >= static_cast<std::int64_t>(min_width_); ++ptr) {
      const Outcome outcome = run(ptr);
      if (outcome != Outcome::NoMatch) return outcome;
      if (ptr == end_) break;
    }
    return Outcome::NoMatch;
  }

 private:
  struct Choice {
    const Unit* ptr;
    std::int64_t count;
    std::uint32_t pc;
    std::uint32_t trail;
    std::uint32_t nodes;
    std::uint32_t repeat;
    std::uint32_t barrier;   ///< barriers: the one outside
    std::int32_t last_index;
    ChoiceKind kind;
  };
  struct Trail {
    std::uint32_t mark;
    std::int64_t old;
  };

  // The operation that the first character must match; UINT32_MAX: unknown.
  std::uint32_t first_unit() const {
    std::uint32_t pc = first_;
    while (code_[pc] == kMark) pc += 2;
    if ((code_[pc] == kRepeatOne || code_[pc] == kMinRepeatOne || code_[pc] == kPossessiveRepeatOne) && code_[pc + 2] > 0) pc += 4;
    return is_unit_op(code_[pc]) ? pc : UINT32_MAX;
  }

  template <class Test>
  Outcome scan(const Unit* ptr, Test test) {
    std::size_t skipped = 0;
    for (; ptr < end_; ++ptr) {
      if (!test(*ptr)) {
        if ((++skipped & 0xFFFU) == 0 && !charge_work(vm_, 0x200)) return Outcome::Error;
        continue;
      }
      const Outcome outcome = run(ptr);
      if (outcome != Outcome::NoMatch) return outcome;
    }
    return Outcome::NoMatch;
  }
  Outcome search_literal(const Unit* ptr, std::uint32_t literal) {
    if (literal > 255) return Outcome::NoMatch;
    const Unit wanted = static_cast<Unit>(literal);
    while (ptr < end_) {
      const auto found = find_units(ptr, static_cast<std::size_t>(end_ - ptr), &wanted, 1);
      if (found < 0) break;
      ptr += found;
      const Outcome outcome = run(ptr);
      if (outcome != Outcome::NoMatch) return outcome;
      ++ptr;
    }
    return Outcome::NoMatch;
  }
  Outcome search_prefix(const Unit* ptr, bool is_whole_pattern) {
    const std::uint32_t size = code_[5];
    std::vector<Unit> prefix(size);
    for (std::uint32_t i = 0; i < size; ++i) {
      if (code_[7 + i] != static_cast<Unit>(code_[7 + i])) return Outcome::NoMatch;
      prefix[i] = static_cast<Unit>(code_[7 + i]);
    }
    if (!charge_work(vm_, static_cast<std::size_t>(end_ - ptr) / 64)) return Outcome::Error;
    while (ptr < end_) {
      const auto found = find_units(ptr, static_cast<std::size_t>(end_ - ptr), prefix.data(), size);
      if (found < 0) break;
      ptr += found;
      if (is_whole_pattern) {
        std::fill(marks.begin(), marks.end(), -1);
        last_index = -1;
        match_start = ptr - text_;
        match_end = match_start + size;
        return Outcome::Match;
      }
      const Outcome outcome = run(ptr);
      if (outcome != Outcome::NoMatch) return outcome;
      ++ptr;
    }
    return Outcome::NoMatch;
  }

  bool grow() {
    const std::size_t bytes = choices_.capacity() * sizeof(Choice) + trail_.capacity() * sizeof(Trail) + nodes_.capacity() * sizeof(RepeatNode);
    if (bytes > charged_) {
      if (!vm_.heap.charge(bytes - charged_)) return raise_memory_error(vm_);
      charged_ = bytes;
    }
    return true;
  }
  Choice& push(ChoiceKind kind, std::uint32_t pc, const Unit* ptr, std::int64_t count) {
    choices_.push_back({ptr, count, pc, static_cast<std::uint32_t>(trail_.size()), static_cast<std::uint32_t>(nodes_.size()), repeat_,
                        barrier_, static_cast<std::int32_t>(last_index), kind});
    return choices_.back();
  }
  void push_barrier(ChoiceKind kind, std::uint32_t pc, const Unit* ptr, std::int64_t count) {
    push(kind, pc, ptr, count);
    barrier_ = static_cast<std::uint32_t>(choices_.size() - 1);
  }
  void undo_to(std::size_t height) {
    while (trail_.size() > height) {
      marks[trail_.back().mark] = trail_.back().old;
      trail_.pop_back();
    }
  }
  std::uint32_t new_node(const RepeatNode& node) {
    nodes_.push_back(node);
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }

  // How many characters from `ptr` match the unit operation at `pc`, at most `most`.
  std::int64_t count_units_at(const Unit* ptr, std::uint32_t pc, std::uint32_t most) {
    const std::int64_t left = end_ - ptr;
    const Unit* stop = most == kMaxRepeat || left < static_cast<std::int64_t>(most) ? end_ : ptr + most;
    const Unit* p = ptr;
    const std::uint32_t* op = &code_[pc];
    switch (op[0]) {
      case kAnyAll: p = stop; break;
      case kAny:
        while (p < stop && *p != '\n') ++p;
        break;
      case kLiteral:
        while (p < stop && *p == op[1]) ++p;
        break;
      case kNotLiteral:
        while (p < stop && *p != op[1]) ++p;
        break;
      case kIn:
        while (p < stop && in_set(op + 2, *p)) ++p;
        break;
      default:
        while (p < stop && unit_matches(op, *p)) ++p;
    }
    steps_ += static_cast<std::uint64_t>(p - ptr) / 16;
    return p - ptr;
  }

  bool is_word_at(const Unit* ptr, bool unicode) const {
    if (ptr < text_ || ptr >= end_) return false;
    return unicode ? is_unicode_word(*ptr) : is_ascii_word(*ptr);
  }
  bool at(std::uint32_t where, const Unit* ptr) const {
    switch (where) {
      case kAtBeginning:
      case kAtBeginningString: return ptr == text_;
      case kAtBeginningLine: return ptr == text_ || ptr[-1] == '\n';
      case kAtEnd: return ptr == end_ || (end_ - ptr == 1 && *ptr == '\n');
      case kAtEndLine: return ptr == end_ || *ptr == '\n';
      case kAtEndString: return ptr == end_;
      case kAtBoundary:
      case kAtLocBoundary: return text_ != end_ && is_word_at(ptr, false) != is_word_at(ptr - 1, false);
      case kAtNonBoundary:
      case kAtLocNonBoundary: return text_ != end_ && is_word_at(ptr, false) == is_word_at(ptr - 1, false);
      case kAtUniBoundary: return text_ != end_ && is_word_at(ptr, true) != is_word_at(ptr - 1, true);
      case kAtUniNonBoundary: return text_ != end_ && is_word_at(ptr, true) == is_word_at(ptr - 1, true);
      default: return false;
    }
  }

  bool match_group(std::uint32_t pc, const Unit*& ptr) const {
    const std::int64_t start = marks[code_[pc + 1] * 2];
    const std::int64_t stop = marks[code_[pc + 1] * 2 + 1];
    if (start < 0 || stop < start || end_ - ptr < stop - start) return false;
    for (std::int64_t i = start; i < stop; ++i, ++ptr) {
      const std::uint32_t a = text_[i];
      const std::uint32_t b = *ptr;
      if (a == b) continue;
      if (code_[pc] == kGroupref) return false;
      if (code_[pc] == kGrouprefUniIgnore ? unicode_lower(a) != unicode_lower(b) : ascii_lower(a) != ascii_lower(b)) return false;
    }
    return true;
  }

  // Whether an alternative at `pc` may match here, by its first operation.
  bool may_begin(std::uint32_t pc, const Unit* ptr) const {
    if (code_[pc] == kLiteral) return ptr < end_ && *ptr == code_[pc + 1];
    if (code_[pc] == kIn) return ptr < end_ && in_set(&code_[pc + 2], *ptr);
    return true;
  }
  // Goes to the first alternative at or after `alternative` that may match; false: there is none.
  bool take_branch(std::uint32_t alternative, bool resumed) {
    while (code_[alternative] != 0 && !may_begin(alternative + 1, ptr_)) alternative += code_[alternative];
    if (code_[alternative] == 0) {
      if (resumed) choices_.pop_back();
      return false;
    }
    const std::uint32_t next = alternative + code_[alternative];
    if (resumed) {
      choices_.back().pc = next;
      if (code_[next] == 0) choices_.pop_back();
    } else if (code_[next] != 0) {
      push(ChoiceKind::Branch, next, ptr_, 0);
    }
    pc_ = alternative + 1;
    return true;
  }

  // Greedy repeat of one character: from `count` items downwards. `resumed`: the choice is on the stack.
  bool take_repeat_one(std::uint32_t pc, const Unit* base, std::int64_t count, bool resumed) {
    const std::int64_t least = code_[pc + 2];
    const std::uint32_t next = pc + 1 + code_[pc + 1];
    if (code_[next] == kLiteral) {
      while (count >= least && (base + count >= end_ || base[count] != code_[next + 1])) --count;
    }
    if (count < least) {
      if (resumed) choices_.pop_back();
      return false;
    }
    if (count == least) {
      if (resumed) choices_.pop_back();
    } else if (resumed) {
      choices_.back().count = count;
    } else {
      push(ChoiceKind::RepeatOne, pc, base, count);
    }
    ptr_ = base + count;
    pc_ = next;
    return true;
  }

  bool max_until() {
    const RepeatNode node = nodes_[repeat_];
    const std::int64_t count = node.count + 1;
    const std::uint32_t least = code_[node.pc + 2];
    const std::uint32_t most = code_[node.pc + 3];
    if (count < static_cast<std::int64_t>(least)) {
      repeat_ = new_node({node.previous, node.pc, count, node.last});
      pc_ = node.pc + 4;
      return true;
    }
    if ((most == kMaxRepeat || count < static_cast<std::int64_t>(most)) && ptr_ - text_ != node.last) {
      push(ChoiceKind::MaxUntil, pc_, ptr_, 0);
      repeat_ = new_node({node.previous, node.pc, count, ptr_ - text_});
      pc_ = node.pc + 4;
      return true;
    }
    repeat_ = node.previous;
    ++pc_;
    return true;
  }
  bool min_until() {
    const RepeatNode node = nodes_[repeat_];
    const std::int64_t count = node.count + 1;
    if (count < static_cast<std::int64_t>(code_[node.pc + 2])) {
      repeat_ = new_node({node.previous, node.pc, count, node.last});
      pc_ = node.pc + 4;
      return true;
    }
    push(ChoiceKind::MinUntil, pc_, ptr_, count);
    repeat_ = node.previous;
    ++pc_;
    return true;
  }
  // One more iteration of a lazy repeat.
  bool resume_min_until(const Choice& choice) {
    const RepeatNode node = nodes_[choice.repeat];
    const std::uint32_t most = code_[node.pc + 3];
    if ((most != kMaxRepeat && choice.count >= static_cast<std::int64_t>(most)) || choice.ptr - text_ == node.last) return false;
    repeat_ = new_node({node.previous, node.pc, choice.count, choice.ptr - text_});
    pc_ = node.pc + 4;
    return true;
  }

  bool start_possessive(std::uint32_t pc, std::int64_t count, const Unit* last) {
    const std::uint32_t least = code_[pc + 2];
    const std::uint32_t most = code_[pc + 3];
    const bool more = count < static_cast<std::int64_t>(least) ||
                      ((most == kMaxRepeat || count < static_cast<std::int64_t>(most)) && ptr_ != last);
    if (!more) {
      pc_ = pc + 1 + code_[pc + 1] + 1;
      return true;
    }
    push_barrier(ChoiceKind::Possessive, pc, ptr_, count);
    pc_ = pc + 4;
    return true;
  }

  // SUCCESS: of the innermost barrier's body, or of everything. 1: everything matched, 0: go on, -1: fail.
  int succeed() {
    if (barrier_ == kNoBarrier) {
      if (whole_ && ptr_ != end_) return -1;
      if (ptr_ - text_ == must_advance_at && ptr_ == start_) return -1;
      return 1;
    }
    const Choice choice = choices_[barrier_];
    choices_.resize(barrier_);
    barrier_ = choice.barrier;
    repeat_ = choice.repeat;
    switch (choice.kind) {
      case ChoiceKind::Assert:
        ptr_ = choice.ptr;
        pc_ = choice.pc + 1 + code_[choice.pc + 1];
        return 0;
      case ChoiceKind::AssertNot:
        undo_to(choice.trail);
        last_index = choice.last_index;
        return -1;
      case ChoiceKind::Atomic:
        pc_ = choice.pc + 1 + code_[choice.pc + 1];
        return 0;
      default: return start_possessive(choice.pc, choice.count + 1, choice.ptr) ? 0 : -1;
    }
  }

  // Back to the latest choice. False: there is none.
  bool backtrack() {
    while (!choices_.empty()) {
      Choice& choice = choices_.back();
      undo_to(choice.trail);
      nodes_.resize(choice.nodes);
      repeat_ = choice.repeat;
      barrier_ = choice.barrier;
      last_index = choice.last_index;
      ptr_ = choice.ptr;
      switch (choice.kind) {
        case ChoiceKind::Branch:
          if (take_branch(choice.pc, true)) return true;
          break;
        case ChoiceKind::RepeatOne:
          if (take_repeat_one(choice.pc, choice.ptr, choice.count - 1, true)) return true;
          break;
        case ChoiceKind::MinRepeatOne:
          if (resume_min_repeat_one(choice)) return true;
          break;
        case ChoiceKind::MaxUntil: {
          pc_ = choice.pc + 1;
          repeat_ = nodes_[choice.repeat].previous;
          choices_.pop_back();
          return true;
        }
        case ChoiceKind::MinUntil: {
          const Choice copy = choice;
          choices_.pop_back();
          if (resume_min_until(copy)) return true;
          break;
        }
        case ChoiceKind::AssertNot: {
          const std::uint32_t pc = choice.pc;
          ptr_ = choice.ptr;
          choices_.pop_back();
          pc_ = pc + 1 + code_[pc + 1];
          return true;
        }
        case ChoiceKind::Possessive: {
          const Choice copy = choice;
          choices_.pop_back();
          if (copy.count < static_cast<std::int64_t>(code_[copy.pc + 2])) break;
          pc_ = copy.pc + 1 + code_[copy.pc + 1] + 1;
          return true;
        }
        default: choices_.pop_back();
      }
    }
    return false;
  }

  bool resume_min_repeat_one(Choice& choice) {
    const std::uint32_t pc = choice.pc;
    const std::uint32_t most = code_[pc + 3];
    const std::uint32_t next = pc + 1 + code_[pc + 1];
    for (;;) {
      if (choice.ptr >= end_ || !unit_matches(&code_[pc + 4], *choice.ptr)) {
        choices_.pop_back();
        return false;
      }
      ++choice.ptr;
      ++choice.count;
      const bool is_last = most != kMaxRepeat && choice.count >= static_cast<std::int64_t>(most);
      if (!is_last && code_[next] == kLiteral && (choice.ptr >= end_ || *choice.ptr != code_[next + 1])) {
        steps_ += (choice.count & 15) == 0 ? 1 : 0;
        continue;
      }
      ptr_ = choice.ptr;
      pc_ = next;
      if (is_last) choices_.pop_back();
      return true;
    }
  }

  bool min_repeat_one() {
    const std::uint32_t pc = pc_;
    const std::uint32_t least = code_[pc + 2];
    const std::uint32_t most = code_[pc + 3];
    if (least > 0) {
      if (end_ - ptr_ < static_cast<std::int64_t>(least)) return false;
      if (count_units_at(ptr_, pc + 4, least) < static_cast<std::int64_t>(least)) return false;
      ptr_ += least;
    }
    if (most == kMaxRepeat || least < most) push(ChoiceKind::MinRepeatOne, pc, ptr_, least);
    pc_ = pc + 1 + code_[pc + 1];
    return true;
  }

  bool repeat_one(bool possessive) {
    const std::uint32_t pc = pc_;
    const std::int64_t least = code_[pc + 2];
    if (end_ - ptr_ < least) return false;
    const std::int64_t count = count_units_at(ptr_, pc + 4, code_[pc + 3]);
    if (count < least) return false;
    if (!possessive) return take_repeat_one(pc, ptr_, count, false);
    ptr_ += count;
    pc_ = pc + 1 + code_[pc + 1];
    return true;
  }

  // One operation. False: it fails.
  bool step() {
    const std::uint32_t pc = pc_;
    switch (code_[pc]) {
      case kLiteral:
        if (ptr_ >= end_ || *ptr_ != code_[pc + 1]) return false;
        ++ptr_;
        pc_ = pc + 2;
        return true;
      case kMark: {
        const std::uint32_t mark = code_[pc + 1];
        trail_.push_back({mark, marks[mark]});
        marks[mark] = ptr_ - text_;
        if ((mark & 1U) != 0) last_index = mark / 2 + 1;
        pc_ = pc + 2;
        return true;
      }
      case kAt:
        pc_ = pc + 2;
        return at(code_[pc + 1], ptr_);
      case kBranch: return take_branch(pc + 1, false);
      case kJump:
      case kInfo: pc_ = pc + 1 + code_[pc + 1]; return true;
      case kRepeatOne: return repeat_one(false);
      case kPossessiveRepeatOne: return repeat_one(true);
      case kMinRepeatOne: return min_repeat_one();
      case kRepeat:
        repeat_ = new_node({repeat_, pc, -1, -1});
        pc_ = pc + 1 + code_[pc + 1];
        return true;
      case kMaxUntil: return repeat_ != kNoNode && max_until();
      case kMinUntil: return repeat_ != kNoNode && min_until();
      case kPossessiveRepeat: return start_possessive(pc, 0, nullptr);
      case kAssert: {
        const std::int64_t back = code_[pc + 2];
        if (ptr_ - text_ < back) return false;
        push_barrier(ChoiceKind::Assert, pc, ptr_, 0);
        ptr_ -= back;
        pc_ = pc + 3;
        return true;
      }
      case kAssertNot: {
        const std::int64_t back = code_[pc + 2];
        if (ptr_ - text_ < back) {
          pc_ = pc + 1 + code_[pc + 1];
          return true;
        }
        push_barrier(ChoiceKind::AssertNot, pc, ptr_, 0);
        ptr_ -= back;
        pc_ = pc + 3;
        return true;
      }
      case kAtomicGroup:
        push_barrier(ChoiceKind::Atomic, pc, ptr_, 0);
        pc_ = pc + 2;
        return true;
      case kGroupref:
      case kGrouprefIgnore:
      case kGrouprefLocIgnore:
      case kGrouprefUniIgnore:
        pc_ = pc + 2;
        return match_group(pc, ptr_);
      case kGrouprefExists: {
        const std::uint32_t group = code_[pc + 1];
        const bool exists = marks[group * 2] >= 0 && marks[group * 2 + 1] >= marks[group * 2];
        pc_ = exists ? pc + 3 : pc + 1 + code_[pc + 2];
        return true;
      }
      default:
        if (ptr_ >= end_ || !is_unit_op(code_[pc]) || !unit_matches(&code_[pc], *ptr_)) return false;
        ++ptr_;
        pc_ = after_unit(code_, pc);
        return true;
    }
  }

  Outcome run(const Unit* start) {
    if (end_ - start < static_cast<std::int64_t>(min_width_)) return Outcome::NoMatch;
    choices_.clear();
    trail_.clear();
    nodes_.clear();
    std::fill(marks.begin(), marks.end(), -1);
    last_index = -1;
    repeat_ = kNoNode;
    barrier_ = kNoBarrier;
    start_ = ptr_ = start;
    pc_ = first_;
    for (;;) {
      if (++steps_ >= kStepsBetweenCharges) {
        if (!charge_work(vm_, steps_) || !grow()) return Outcome::Error;
        steps_ = 0;
      }
      bool good;
      if (code_[pc_] == kSuccess) {
        const int outcome = succeed();
        if (outcome > 0) break;
        good = outcome == 0;
      } else {
        good = step();
      }
      if (!good && !backtrack()) return Outcome::NoMatch;
    }
    match_start = start - text_;
    match_end = ptr_ - text_;
    return Outcome::Match;
  }

  static constexpr std::uint64_t kStepsBetweenCharges = 256;
  Vm& vm_;
  std::span<const std::uint32_t> code_;
  const Unit* text_;
  const Unit* end_;
  std::uint32_t first_ = 0;
  std::uint32_t min_width_ = 0;
  bool whole_ = false;
  const Unit* start_ = nullptr;
  const Unit* ptr_ = nullptr;
  std::uint32_t pc_;
  std::uint32_t repeat_ = kNoNode;
  std::uint32_t barrier_ = kNoBarrier;
  std::uint64_t steps_ = 0;
  std::size_t charged_ = 0;
  std::vector<Choice> choices_;
  std::vector<Trail> trail_;
  std::vector<RepeatNode> nodes_;
};

}  // namespace

std::unique_ptr<Search> new_search(Vm& vm, std::span<const std::uint32_t> code, std::size_t groups, const void* text, unsigned kind,
                                   std::size_t end) {
  switch (kind) {
    case 1: return std::make_unique<Matcher<std::uint8_t>>(vm, code, groups, text, end);
    case 2: return std::make_unique<Matcher<std::uint16_t>>(vm, code, groups, text, end);
    default: return std::make_unique<Matcher<std::uint32_t>>(vm, code, groups, text, end);
  }
}

}  // namespace ouro::vm::sre
