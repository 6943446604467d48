// The instructions the code generator emits and the backend rewrites: version's Op, and what the passes ask of one
// target's instructions, in flat tables.
#pragma once

#include <array>
#include <cstdint>

#include "version/opcodes.h"

namespace ouro::compile {

using version::Op;

enum OpFlag : std::uint16_t {
  kHasArg = 1,
  kIsJump = 2,              ///< OPCODE_HAS_JUMP: real jumps and JUMP, JUMP_NO_INTERRUPT
  kIsBlockPush = 4,         ///< SETUP_FINALLY, SETUP_WITH, SETUP_CLEANUP
  kIsUnconditional = 8,     ///< jumps that never fall through
  kIsScopeExit = 16,        ///< returns and raises
  kHasConst = 32,           ///< the operand is an index into co_consts
  kHasEvalBreak = 64,       ///< the interpreter looks for signals there
  kHasTarget = kIsJump | kIsBlockPush,
  kIsTerminator = kIsJump | kIsScopeExit,
  kNoFallthrough = kIsUnconditional | kIsScopeExit,
};

/// The instructions of one target version by Op. Build once a target; a few kilobytes.
class TargetOpcodes {
 public:
  explicit TargetOpcodes(const version::Facts& facts);

  [[nodiscard]] std::uint16_t flags(Op op) const { return rows_[static_cast<std::size_t>(op)].flags; }
  [[nodiscard]] bool has(Op op, OpFlag flag) const { return (flags(op) & flag) != 0; }
  [[nodiscard]] std::uint8_t number(Op op) const { return rows_[static_cast<std::size_t>(op)].number; }
  [[nodiscard]] std::uint8_t caches(Op op) const { return rows_[static_cast<std::size_t>(op)].caches; }
  /// How the instruction changes the stack's depth on the way given.
  [[nodiscard]] std::int32_t stack_effect(Op op, std::int32_t oparg, version::JumpTaken taken) const {
    const Row& row = rows_[static_cast<std::size_t>(op)];
    const std::int8_t fixed = row.fixed_effect[static_cast<std::size_t>(taken)];
    if (fixed != kEffectVaries) return fixed;
    return static_cast<std::int32_t>(
        version::stack_effect(*row.info, static_cast<std::uint32_t>(oparg), taken));
  }

 private:
  struct Row {
    std::uint16_t flags = 0;
    std::uint8_t number = 0;
    std::uint8_t caches = 0;
    std::array<std::int8_t, 2> fixed_effect{};  // by JumpTaken; kEffectVaries: ask `info`
    const version::OpcodeInfo* info = nullptr;
  };
  static constexpr std::int8_t kEffectVaries = 127;
  static std::int8_t fixed_effect(const version::OpcodeInfo& info, version::JumpTaken taken);
  static constexpr std::size_t kRows = 512;
  std::array<Row, kRows> rows_{};
};

}  // namespace ouro::compile
