#include "compile/assemble.h"

#include <algorithm>

#include "compile/exception_table.h"
#include "compile/location_table.h"

namespace ouro::compile {

namespace {

struct FinalInstruction {
  Op op;
  std::int32_t oparg;
  SourceLocation location;
  std::int32_t target;  // index of the jump's target, -1
  std::int32_t offset;  // in code units
  const Block* handler;
};

class Assembler {
 public:
  Assembler(const AssemblyInput& input, ConstantTable& constants, AssemblyBuffers& buffers)
      : graph_(input.graph), opcodes_(input.graph.opcodes()), unit_(input.unit), constants_(constants), buffers_(buffers) {}

  void run() {
    flatten();
    resolve_jumps();
    write_code();
    write_locations();
    write_exceptions();
  }

 private:
  [[nodiscard]] std::int32_t size_of(const FinalInstruction& i) const {
    return 1 + (i.oparg > 0xFF ? 1 : 0) + (i.oparg > 0xFFFF ? 1 : 0) + (i.oparg > 0xFFFFFF ? 1 : 0) +
           opcodes_.caches(i.op);
  }

  void flatten() {
    std::int32_t count = 0;
    for (Block* b = graph_.entry(); b != nullptr; b = b->next) {
      b->first_index = count;
      count += b->used;
    }
    list_ = graph_.arena().make_array<FinalInstruction>(static_cast<std::size_t>(count));
    std::size_t at = 0;
    for (const Block* b = graph_.entry(); b != nullptr; b = b->next) {
      for (const CfgInstruction& i : b->body()) {
        FinalInstruction& to = list_[at];
        to = {i.op, i.oparg, i.location, -1, 0, i.handler};
        if (opcodes_.has(i.op, kIsJump)) {
          to.target = to.oparg = i.target->first_index;
          direct_jump(to, static_cast<std::int32_t>(at));
        }
        ++at;
      }
    }
  }

  static void direct_jump(FinalInstruction& jump, std::int32_t index) {
    const bool forward = jump.target > index;
    if (jump.op == Op::JUMP) {
      jump.op = forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD;
    } else if (jump.op == Op::JUMP_NO_INTERRUPT) {
      jump.op = forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD_NO_INTERRUPT;
    }
  }

  // CPython resolve_jump_offsets. Operands start as instruction indexes, which can give a jump one EXTENDED_ARG
  // too many in the first round; the same rounds give the same result.
  void resolve_jumps() {
    bool again = true;
    while (again) {
      std::int32_t offset = 0;
      for (FinalInstruction& i : list_) {
        i.offset = offset;
        offset += size_of(i);
      }
      again = false;
      for (FinalInstruction& i : list_) {
        if (i.target < 0) continue;
        const std::int32_t size = size_of(i);
        const std::int32_t end = i.offset + size;
        const std::int32_t there = list_[static_cast<std::size_t>(i.target)].offset;
        i.oparg = there < end ? end - there : there - end;
        again |= size_of(i) != size;
      }
    }
  }

  void write_code() {
    std::vector<std::uint8_t>& out = buffers_.code;
    out.clear();
    const std::uint8_t extended = opcodes_.number(Op::EXTENDED_ARG);
    for (const FinalInstruction& i : list_) {
      const auto oparg = static_cast<std::uint32_t>(i.oparg);
      for (unsigned shift = 24; shift > 0; shift -= 8) {
        if (oparg >> shift == 0) continue;
        out.push_back(extended);
        out.push_back(static_cast<std::uint8_t>(oparg >> shift));
      }
      out.push_back(opcodes_.number(i.op));
      out.push_back(static_cast<std::uint8_t>(oparg));
      out.insert(out.end(), 2U * opcodes_.caches(i.op), 0);
    }
  }

  void write_locations() {
    for (std::size_t i = list_.size(); i-- > 0;) {
      FinalInstruction& here = list_[i];
      if (here.location != kNextLocation) continue;
      const bool ends = opcodes_.has(here.op, static_cast<OpFlag>(kIsTerminator)) || i + 1 == list_.size();
      here.location = ends ? kNoLocation : list_[i + 1].location;
    }
    buffers_.locations.clear();
    LocationTableWriter writer(buffers_.locations, unit_.firstlineno);
    SourceLocation location = kNoLocation;
    std::int32_t units = 0;
    for (const FinalInstruction& i : list_) {
      if (i.location != location) {
        writer.add(location, units);
        location = i.location;
        units = 0;
      }
      units += size_of(i);
    }
    writer.add(location, units);
  }

  void write_exceptions() {
    buffers_.exceptions.clear();
    const Block* handler = nullptr;
    std::int32_t start = 0;
    std::int32_t offset = 0;
    const auto close = [&] {
      if (handler == nullptr) return;
      const std::int32_t lasti = handler->preserve_lasti ? 1 : 0;
      append_exception_range(buffers_.exceptions,
                             {start, offset, list_[static_cast<std::size_t>(handler->first_index)].offset,
                              handler->start_depth - 1 - lasti, handler->preserve_lasti});
    };
    for (const FinalInstruction& i : list_) {
      if (i.handler != handler) {
        close();
        handler = i.handler;
        start = offset;
      }
      offset += size_of(i);
    }
    close();
  }

  FlowGraph& graph_;
  const TargetOpcodes& opcodes_;
  const UnitMetadata& unit_;
  ConstantTable& constants_;
  AssemblyBuffers& buffers_;
  std::span<FinalInstruction> list_;
};

std::string_view as_text(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// CPython compute_localsplus_info: local variables, then cells that are not among them, then free variables.
void add_locals_plus(const UnitMetadata& unit, ConstantTable& constants, AssemblyBuffers& buffers, CodeObject& code) {
  std::vector<std::uint8_t>& kinds = buffers.code;
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
  code.localsplusnames = constants.add_tuple(buffers.names);
  code.localspluskinds = constants.add_own_bytes(as_text(kinds));
}

}  // namespace

CodeObject assemble(const AssemblyInput& input, ConstantTable& constants, AssemblyBuffers& buffers) {
  Assembler(input, constants, buffers).run();
  const UnitMetadata& unit = input.unit;
  CodeObject code;
  code.argcount = unit.posonlyargcount + unit.argcount;
  code.posonlyargcount = unit.posonlyargcount;
  code.kwonlyargcount = unit.kwonlyargcount;
  code.stacksize = std::max(input.stack_depth, 1);  // frames have room for one value at least
  code.flags = unit.flags;
  code.firstlineno = unit.firstlineno;
  code.code = constants.add_own_bytes(as_text(buffers.code));
  constants.pool().set_wire_type(code.code, code::kMarshalFlagRef);  // CPython's code object keeps it at hand
  code.linetable = constants.add_bytes(as_text(buffers.locations));
  code.exceptiontable = constants.add_bytes(as_text(buffers.exceptions));
  buffers.names.clear();
  for (const syntax::Identifier name : unit.names.keys()) buffers.names.push_back(constants.add_name(name));
  code.names = constants.add_tuple(buffers.names);
  code.consts = constants.add_tuple(unit.consts.keys());
  add_locals_plus(unit, constants, buffers, code);
  code.filename = input.filename;
  code.name = constants.add_name(unit.name);
  code.qualname = unit.qualname ? constants.add_name(unit.qualname) : code.name;
  return code;
}

}  // namespace ouro::compile
