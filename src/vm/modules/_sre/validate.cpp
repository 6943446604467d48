// Checks code that _sre.compile is given, so that the engine need not: what CPython's _validate (Modules/_sre/sre.c) asks.
#include <algorithm>

#include "vm/modules/_sre/engine.h"
#include "vm/modules/_sre/opcodes.h"

namespace ouro::vm::sre {
namespace {

constexpr int kDeepest = 1000;

class Validator {
 public:
  Validator(std::span<const std::uint32_t> code, std::size_t groups) : code_(code), groups_(groups) {}

  bool run() {
    if (code_.empty() || code_.back() != kSuccess) return false;
    std::size_t pc = 0;
    if (code_[0] == kInfo && !info(pc)) return false;
    return block(pc, code_.size() - 1, 0);
  }

 private:
  // A set of a byte class that ends in FAILURE right before `end`.
  bool set(std::size_t pc, std::size_t end) const {
    if (end == 0 || pc >= end || code_[end - 1] != kFailure) return false;
    for (--end; pc < end;) {
      const std::size_t left = end - pc - 1;
      switch (code_[pc++]) {
        case kNegate: break;
        case kLiteral:
          if (left < 1) return false;
          ++pc;
          break;
        case kRange:
        case kRangeUniIgnore:
          if (left < 2) return false;
          pc += 2;
          break;
        case kCharset:
          if (left < 8) return false;
          pc += 8;
          break;
        case kBigCharset: {
          if (left < 65) return false;
          const std::uint32_t blocks = code_[pc++];
          const auto* indices = reinterpret_cast<const std::uint8_t*>(&code_[pc]);
          if (std::any_of(indices, indices + 256, [&](std::uint8_t block) { return block >= blocks; })) return false;
          if (blocks > (end - pc - 64) / 8) return false;
          pc += 64 + std::size_t{blocks} * 8;
          break;
        }
        case kCategory:
          if (left < 1 || code_[pc] >= kCategories) return false;
          ++pc;
          break;
        default: return false;
      }
    }
    return pc == end;
  }

  // INFO at the start: sets `pc` behind it.
  bool info(std::size_t& pc) const {
    if (code_.size() < 5) return false;
    const std::size_t end = std::size_t{1} + code_[1];
    if (end >= code_.size() || end < 5) return false;
    const std::uint32_t flags = code_[2];
    if ((flags & ~(kInfoPrefix | kInfoLiteral | kInfoCharset)) != 0) return false;
    if ((flags & kInfoPrefix) != 0 && (flags & kInfoCharset) != 0) return false;
    if ((flags & kInfoLiteral) != 0 && (flags & kInfoPrefix) == 0) return false;
    if ((flags & kInfoPrefix) != 0) {
      if (end < 7) return false;
      const std::size_t size = code_[5];
      if (size > (end - 7) / 2 || end != 7 + 2 * size) return false;
    } else if ((flags & kInfoCharset) != 0) {
      if (!set(5, end)) return false;
    }
    pc = end;
    return true;
  }

  bool has(std::size_t pc, std::size_t count, std::size_t end) const { return count < end - pc; }

  // The block behind an operation at `pc` whose length stands at `skip`; its end, or 0.
  std::size_t target(std::size_t skip, std::size_t end) const {
    const std::size_t to = skip + code_[skip];
    return code_[skip] == 0 || to > end ? 0 : to;
  }

  bool branch(std::size_t& pc, std::size_t end, int depth) {
    std::size_t common = 0;
    for (;;) {
      if (pc >= end) return false;
      const std::size_t skip = code_[pc];
      if (skip == 0) break;
      const std::size_t next = pc + skip;
      if (skip < 3 || next >= end || code_[next - 2] != kJump) return false;
      if (!block(pc + 1, next - 2, depth + 1)) return false;
      const std::size_t to = next - 1 + code_[next - 1];
      if (code_[next - 1] == 0 || to > end || (common != 0 && to != common)) return false;
      common = to;
      pc = next;
    }
    ++pc;
    return common == 0 || common == pc;
  }

  bool one(std::size_t& pc, std::size_t end, int depth) {
    const std::uint32_t op = code_[pc];
    switch (op) {
      case kAny:
      case kAnyAll: ++pc; return true;
      case kFailure: ++pc; return true;
      case kMark:
        if (!has(pc, 1, end) || code_[pc + 1] >= groups_ * 2) return false;
        pc += 2;
        return true;
      case kLiteral:
      case kNotLiteral:
      case kLiteralIgnore:
      case kNotLiteralIgnore:
      case kLiteralUniIgnore:
      case kNotLiteralUniIgnore:
      case kLiteralLocIgnore:
      case kNotLiteralLocIgnore:
        if (!has(pc, 1, end)) return false;
        pc += 2;
        return true;
      case kAt:
        if (!has(pc, 1, end) || code_[pc + 1] > kAtUniNonBoundary) return false;
        pc += 2;
        return true;
      case kCategory:
        if (!has(pc, 1, end) || code_[pc + 1] >= kCategories) return false;
        pc += 2;
        return true;
      case kGroupref:
      case kGrouprefIgnore:
      case kGrouprefUniIgnore:
      case kGrouprefLocIgnore:
        if (!has(pc, 1, end) || code_[pc + 1] >= groups_) return false;
        pc += 2;
        return true;
      case kJump: return false;
      case kIn:
      case kInIgnore:
      case kInUniIgnore:
      case kInLocIgnore: {
        if (!has(pc, 1, end)) return false;
        const std::size_t to = target(pc + 1, end);
        if (to == 0 || !set(pc + 2, to)) return false;
        pc = to;
        return true;
      }
      case kBranch: return branch(++pc, end, depth);
      default: return nested(pc, end, depth);
    }
  }

  bool nested(std::size_t& pc, std::size_t end, int depth) {
    switch (code_[pc]) {
      case kRepeatOne:
      case kMinRepeatOne:
      case kPossessiveRepeatOne: {
        if (!has(pc, 3, end) || code_[pc + 2] > code_[pc + 3]) return false;
        const std::size_t to = target(pc + 1, end);
        if (to < pc + 5 || code_[to - 1] != kSuccess || !block(pc + 4, to - 1, depth + 1)) return false;
        pc = to;
        return true;
      }
      case kRepeat:
      case kPossessiveRepeat: {
        if (!has(pc, 3, end) || code_[pc + 2] > code_[pc + 3]) return false;
        const std::size_t to = target(pc + 1, end);
        if (to < pc + 4 || to >= end || !block(pc + 4, to, depth + 1)) return false;
        const std::uint32_t until = code_[to];
        if (code_[pc] == kRepeat ? until != kMaxUntil && until != kMinUntil : until != kSuccess) return false;
        pc = to + 1;
        return true;
      }
      case kAtomicGroup: {
        if (!has(pc, 1, end)) return false;
        const std::size_t to = target(pc + 1, end);
        if (to < pc + 3 || code_[to - 1] != kSuccess || !block(pc + 2, to - 1, depth + 1)) return false;
        pc = to;
        return true;
      }
      case kAssert:
      case kAssertNot: {
        if (!has(pc, 2, end) || code_[pc + 2] > 0x7FFFFFFF) return false;
        const std::size_t to = target(pc + 1, end);
        if (to < pc + 4 || code_[to - 1] != kSuccess || !block(pc + 3, to - 1, depth + 1)) return false;
        pc = to;
        return true;
      }
      case kGrouprefExists: return group_exists(pc, end, depth);
      default: return false;
    }
  }

  // GROUPREF_EXISTS group skip yes [JUMP skip no]
  bool group_exists(std::size_t& pc, std::size_t end, int depth) {
    if (!has(pc, 2, end) || code_[pc + 1] >= groups_) return false;
    const std::size_t no = pc + 1 + code_[pc + 2];
    if (code_[pc + 2] < 2 || no > end) return false;
    const std::size_t yes = pc + 3;
    if (no >= yes + 2 && code_[no - 2] == kJump && code_[no - 1] != 0 && no - 1 + code_[no - 1] <= end &&
        block(yes, no - 2, depth + 1)) {
      const std::size_t to = no - 1 + code_[no - 1];
      if (to >= no && block(no, to, depth + 1)) {
        pc = to;
        return true;
      }
    }
    if (!block(yes, no, depth + 1)) return false;
    pc = no;
    return true;
  }

  bool block(std::size_t pc, std::size_t end, int depth) {
    if (depth > kDeepest || pc > end || end > code_.size()) return false;
    while (pc < end)
      if (!one(pc, end, depth)) return false;
    return pc == end;
  }

  std::span<const std::uint32_t> code_;
  std::size_t groups_;
};

}  // namespace

bool validate(std::span<const std::uint32_t> code, std::size_t groups) { return Validator(code, groups).run(); }

}  // namespace ouro::vm::sre
