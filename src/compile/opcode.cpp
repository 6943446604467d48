#include "compile/opcode.h"

#include "version/effect_facts.h"
#include "version/facts.h"

namespace ouro::compile {

namespace {

std::uint16_t flags_of(const version::OpcodeInfo& info) {
  using version::Flow;
  std::uint16_t flags = 0;
  if (info.has_arg()) flags |= kHasArg;
  if (info.operand == version::OperandKind::Const) flags |= kHasConst;
  if (info.flow == Flow::Return || info.flow == Flow::Raise) flags |= kIsScopeExit;
  switch (info.op) {
    case Op::SETUP_FINALLY:
    case Op::SETUP_WITH:
    case Op::SETUP_CLEANUP: flags |= kIsBlockPush; break;
    // CPython names these three pseudo jumps and the three real ones one by one (pycore_opcode_utils.h).
    case Op::JUMP:
    case Op::JUMP_NO_INTERRUPT:
    case Op::JUMP_FORWARD:
    case Op::JUMP_BACKWARD:
    case Op::JUMP_BACKWARD_NO_INTERRUPT: flags |= kIsUnconditional | kIsJump; break;
    default:
      if (info.is_jump()) flags |= kIsJump;
  }
  switch (info.op) {
    case Op::CALL:
    case Op::CALL_FUNCTION_EX:
    case Op::CALL_KW:
    case Op::JUMP:
    case Op::JUMP_BACKWARD:
    case Op::RESUME: flags |= kHasEvalBreak; break;
    default: break;
  }
  return flags;
}

}  // namespace

std::int8_t TargetOpcodes::fixed_effect(const version::OpcodeInfo& info, version::JumpTaken taken) {
  return version::stack_effect_varies(info, taken) ? kEffectVaries
                                                   : static_cast<std::int8_t>(version::stack_effect(info, 0, taken));
}

TargetOpcodes::TargetOpcodes(const version::Facts& facts) {
  static_assert(version::kOpCount <= kRows);
  for (std::size_t i = 1; i < version::kOpCount; ++i) {
    const version::OpcodeInfo* info = version::find_opcode(facts, static_cast<Op>(i));
    if (info == nullptr) continue;
    rows_[i] = {flags_of(*info), static_cast<std::uint8_t>(info->number), info->caches,
                {fixed_effect(*info, version::JumpTaken::No), fixed_effect(*info, version::JumpTaken::Yes)}, info};
  }
}

}  // namespace ouro::compile
