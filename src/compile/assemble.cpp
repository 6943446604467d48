#include "compile/assemble.h"

#include <algorithm>
#include <cstring>

#include "compile/exception_table.h"
#include "compile/location_table.h"

namespace ouro::compile {

namespace {

/// Code units of an instruction without its caches: one, and an EXTENDED_ARG for each further byte of the operand.
std::int32_t size_with_operand(std::int32_t oparg) {
  return 1 + (oparg > 0xFF ? 1 : 0) + (oparg > 0xFFFF ? 1 : 0) + (oparg > 0xFFFFFF ? 1 : 0);
}

/// Only the last instruction of a block jumps, so that everything else has its size before distances are known.
class Assembler {
 public:
  Assembler(const AssemblyInput& input, AssemblyBuffers& buffers)
      : graph_(input.graph), opcodes_(input.graph.opcodes()), unit_(input.unit), buffers_(buffers) {}

  void run() {
    number_instructions();
    direct_jumps();
    resolve_jumps();
    write();
  }

 private:
  [[nodiscard]] CfgInstruction* jump_of(const Block& b) const {
    CfgInstruction* last = b.last();
    return last != nullptr && graph_.is(*last, kIsJump) ? last : nullptr;
  }

  void number_instructions() {
    std::int32_t count = 0;
    for (Block* b = graph_.entry(); b != nullptr; b = b->next) {
      b->first_index = count;
      count += b->used;
    }
  }

  // Operands start as instruction indexes.
  void direct_jumps() {
    for (Block* b = graph_.entry(); b != nullptr; b = b->next) {
      CfgInstruction* jump = jump_of(*b);
      std::int32_t units = 0;
      for (const CfgInstruction& i : b->body()) units += size_with_operand(i.oparg) + opcodes_.caches(i.op);
      b->fixed_units = units;
      if (jump == nullptr) continue;
      b->fixed_units -= size_with_operand(jump->oparg) + opcodes_.caches(jump->op);
      const bool forward = jump->target->first_index >= b->first_index + b->used;
      if (jump->op == Op::JUMP) {
        jump->op = forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD;
      } else if (jump->op == Op::JUMP_NO_INTERRUPT) {
        jump->op = forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD_NO_INTERRUPT;
      }
      jump->oparg = jump->target->first_index;
    }
  }

  [[nodiscard]] std::int32_t jump_units(const CfgInstruction& jump) const {
    return size_with_operand(jump.oparg) + opcodes_.caches(jump.op);
  }

  // CPython resolve_jump_offsets. That operands start as indexes can give a jump one EXTENDED_ARG too many in the
  // first round; the same rounds give the same result.
  void resolve_jumps() {
    bool again = true;
    while (again) {
      std::int32_t offset = 0;
      for (Block* b = graph_.entry(); b != nullptr; b = b->next) {
        b->first_unit = offset;
        offset += b->fixed_units;
        if (const CfgInstruction* jump = jump_of(*b)) offset += jump_units(*jump);
      }
      total_units_ = offset;
      again = false;
      for (Block* b = graph_.entry(); b != nullptr; b = b->next) {
        CfgInstruction* jump = jump_of(*b);
        if (jump == nullptr) continue;
        const std::int32_t size = jump_units(*jump);
        const std::int32_t end = b->first_unit + b->fixed_units + size;
        const std::int32_t there = jump->target->first_unit;
        jump->oparg = there < end ? end - there : there - end;
        again |= jump_units(*jump) != size;
      }
    }
  }

  /// Code, location table and exception table, in one walk.
  void write() {
    buffers_.code.clear();
    buffers_.locations.clear();
    buffers_.exceptions.clear();
    const std::size_t size = 2 * static_cast<std::size_t>(total_units_);
    std::uint8_t* const start = buffers_.code.room(size);
    std::memset(start, 0, size);  // caches
    std::uint8_t* at = start;
    LocationTableWriter locations(buffers_.locations, unit_.firstlineno);
    SourceLocation location = kNoLocation;
    std::int32_t location_unit = 0;
    for (Block* b = graph_.entry(); b != nullptr; b = b->next) {
      for (CfgInstruction& i : b->body()) {
        const auto unit = static_cast<std::int32_t>((at - start) / 2);
        if (i.location.line == kNextLocation.line && i.location == kNextLocation) resolve_next_location(*b, i);
        if (i.location != location) {
          locations.add(location, unit - location_unit);
          location = i.location;
          location_unit = unit;
        }
        if (i.handler != handler_) protect(i.handler, unit);
        at = write_instruction(i, at);
      }
    }
    locations.add(location, total_units_ - location_unit);
    protect(nullptr, total_units_);
    buffers_.code.end_at(start + size);
  }

  std::uint8_t* write_instruction(const CfgInstruction& i, std::uint8_t* at) const {
    const auto oparg = static_cast<std::uint32_t>(i.oparg);
    if (oparg > 0xFF) [[unlikely]] {
      for (unsigned shift = 24; shift > 0; shift -= 8) {
        if (oparg >> shift == 0) continue;
        *at++ = opcodes_.number(Op::EXTENDED_ARG);
        *at++ = static_cast<std::uint8_t>(oparg >> shift);
      }
    }
    at[0] = opcodes_.number(i.op);
    at[1] = static_cast<std::uint8_t>(oparg);
    return at + 2 + 2 * opcodes_.caches(i.op);
  }

  /// Gives `from` and what follows it the location of the next instruction that has one of its own.
  void resolve_next_location(Block& block, CfgInstruction& from) {
    SourceLocation found = kNoLocation;
    CfgInstruction* i = &from;
    for (Block* b = &block; b != nullptr;) {
      if (i == b->instructions + b->used) {
        b = b->next;
        if (b != nullptr) i = b->instructions;
        continue;
      }
      if (i->location != kNextLocation) {
        found = i->location;
        break;
      }
      if (graph_.is(*i, static_cast<OpFlag>(kIsTerminator))) break;
      ++i;
    }
    from.location = found;
  }

  /// From `unit` on `handler` is in charge.
  void protect(const Block* handler, std::int32_t unit) {
    if (handler_ != nullptr) {
      const std::int32_t lasti = handler_->preserve_lasti ? 1 : 0;
      append_exception_range(buffers_.exceptions, {handler_start_, unit, handler_->first_unit,
                                                   handler_->start_depth - 1 - lasti, handler_->preserve_lasti});
    }
    handler_ = handler;
    handler_start_ = unit;
  }

  FlowGraph& graph_;
  const TargetOpcodes& opcodes_;
  const UnitMetadata& unit_;
  AssemblyBuffers& buffers_;
  std::int32_t total_units_ = 0;
  const Block* handler_ = nullptr;
  std::int32_t handler_start_ = 0;
};

/// CPython compute_localsplus_info: local variables, then cells that are not among them, then free variables.
void add_locals_plus(const UnitMetadata& unit, ConstantTable& constants, AssemblyBuffers& buffers, CodeObject& code) {
  OutputBuffer& kinds = buffers.code;
  kinds.clear();
  buffers.names.clear();
  for (std::int32_t i = 0; i < unit.varnames.size(); ++i) {
    const syntax::Identifier name = unit.varnames[i];
    unsigned kind = code::kLocalPlain;
    if (static_cast<std::size_t>(i) < unit.fast_hidden.size() && unit.fast_hidden[static_cast<std::size_t>(i)]) {
      kind |= code::kLocalHidden;
    }
    if (unit.cellvars.contains(name)) kind |= code::kLocalCell;
    buffers.names.push_back(constants.add_name(name));
    kinds.push_back(static_cast<std::uint8_t>(kind));
  }
  for (const syntax::Identifier name : unit.cellvars.keys()) {
    if (unit.varnames.contains(name)) continue;
    buffers.names.push_back(constants.add_name(name));
    kinds.push_back(code::kLocalCell);
  }
  for (const syntax::Identifier name : unit.freevars.keys()) {
    buffers.names.push_back(constants.add_name(name));
    kinds.push_back(code::kLocalFree);
  }
  code.localsplusnames = constants.add_names(buffers.names);
  code.localspluskinds = constants.add_own_bytes(kinds.text());
}

}  // namespace

CodeObject assemble(const AssemblyInput& input, ConstantTable& constants, AssemblyBuffers& buffers) {
  Assembler(input, buffers).run();
  const UnitMetadata& unit = input.unit;
  CodeObject code;
  code.argcount = unit.posonlyargcount + unit.argcount;
  code.posonlyargcount = unit.posonlyargcount;
  code.kwonlyargcount = unit.kwonlyargcount;
  code.stacksize = std::max(input.stack_depth, 1);  // frames have room for one value at least
  code.flags = unit.flags;
  code.firstlineno = unit.firstlineno;
  code.code = constants.add_own_bytes(buffers.code.text());
  constants.pool().set_wire_type(code.code, code::kMarshalFlagRef);  // CPython's code object keeps it at hand
  code.linetable = constants.add_bytes(buffers.locations.text());
  code.exceptiontable = constants.add_bytes(buffers.exceptions.text());
  buffers.names.clear();
  for (const syntax::Identifier name : unit.names.keys()) buffers.names.push_back(constants.add_name(name));
  code.names = constants.add_names(buffers.names);
  code.consts = constants.add_consts(unit.consts.keys());
  add_locals_plus(unit, constants, buffers, code);
  code.filename = input.filename;
  code.name = constants.add_name(unit.name);
  code.qualname = unit.qualname ? constants.add_name(unit.qualname) : code.name;
  return code;
}

}  // namespace ouro::compile
