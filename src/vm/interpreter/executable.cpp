// From co_code to the interpreter's instructions, checked on the way.
#include "vm/interpreter/executable.h"

#include <algorithm>
#include <optional>

#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"
#include "vm/core/error.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr std::uint8_t kCacheWords[] = {
#define OURO_VM_DECLARE(name, caches) caches,
    OURO_VM_OPS(OURO_VM_DECLARE)
#undef OURO_VM_DECLARE
};

constexpr unsigned kInPlaceBase = 13;  ///< BINARY_OP operands from here on are the in-place operators
constexpr std::uint16_t kCompareToBool = 16;

const Facts& facts_313() {
  static const Facts* const facts = version::find_facts(PythonVersion{3, 13});
  return *facts;
}

/// Which internal instruction, with its operands, stands for one of CPython's.
Instr translate(Op op, std::uint32_t oparg) {
  const auto instr = [](VmOp vm_op, std::uint32_t arg = 0, std::uint16_t aux = 0) {
    return Instr{static_cast<std::uint16_t>(vm_op), aux, arg};
  };
  switch (op) {
    case Op::BINARY_OP: {
      if (oparg >= kInPlaceBase) {
        const auto aux = static_cast<std::uint16_t>(oparg - kInPlaceBase);
        return instr(aux == 0 ? VmOp::INPLACE_ADD : VmOp::INPLACE_OTHER, oparg, aux);
      }
      const auto aux = static_cast<std::uint16_t>(oparg);
      switch (static_cast<BinaryOp>(oparg)) {
        case BinaryOp::Add: return instr(VmOp::BINARY_ADD, oparg, aux);
        case BinaryOp::Subtract: return instr(VmOp::BINARY_SUBTRACT, oparg, aux);
        case BinaryOp::Multiply: return instr(VmOp::BINARY_MULTIPLY, oparg, aux);
        case BinaryOp::FloorDivide: return instr(VmOp::BINARY_FLOOR_DIVIDE, oparg, aux);
        case BinaryOp::Remainder: return instr(VmOp::BINARY_REMAINDER, oparg, aux);
        case BinaryOp::TrueDivide: return instr(VmOp::BINARY_TRUE_DIVIDE, oparg, aux);
        case BinaryOp::And: return instr(VmOp::BINARY_AND, oparg, aux);
        default: return instr(VmOp::BINARY_OTHER, oparg, aux);
      }
    }
    case Op::COMPARE_OP: {
      constexpr VmOp kOps[] = {VmOp::COMPARE_LT, VmOp::COMPARE_LE, VmOp::COMPARE_EQ,
                               VmOp::COMPARE_NE, VmOp::COMPARE_GT, VmOp::COMPARE_GE};
      return oparg >> 5U < 6 ? instr(kOps[oparg >> 5U], oparg, (oparg & kCompareToBool) != 0 ? 1 : 0) : instr(VmOp::BAD);
    }
    case Op::LOAD_GLOBAL:
      return instr((oparg & 1U) != 0 ? VmOp::LOAD_GLOBAL_NULL : VmOp::LOAD_GLOBAL, oparg >> 1U);
    case Op::LOAD_ATTR:
      return instr((oparg & 1U) != 0 ? VmOp::LOAD_METHOD : VmOp::LOAD_ATTR, oparg >> 1U);
    case Op::LOAD_SUPER_ATTR:
      return instr(VmOp::LOAD_SUPER_ATTR, oparg >> 2U, static_cast<std::uint16_t>(oparg & 3U));
    case Op::RETURN_CONST: return instr(VmOp::RETURN_CONST, oparg);
#define OURO_VM_SAME(name) \
  case Op::name: return instr(VmOp::name, oparg);
    OURO_VM_SAME(NOP) OURO_VM_SAME(POP_TOP) OURO_VM_SAME(PUSH_NULL) OURO_VM_SAME(COPY) OURO_VM_SAME(SWAP)
    OURO_VM_SAME(LOAD_CONST) OURO_VM_SAME(LOAD_FAST) OURO_VM_SAME(LOAD_FAST_CHECK) OURO_VM_SAME(LOAD_FAST_AND_CLEAR)
    OURO_VM_SAME(STORE_FAST) OURO_VM_SAME(DELETE_FAST) OURO_VM_SAME(LOAD_FAST_LOAD_FAST)
    OURO_VM_SAME(STORE_FAST_LOAD_FAST) OURO_VM_SAME(STORE_FAST_STORE_FAST) OURO_VM_SAME(STORE_GLOBAL)
    OURO_VM_SAME(DELETE_GLOBAL) OURO_VM_SAME(LOAD_NAME) OURO_VM_SAME(STORE_NAME) OURO_VM_SAME(DELETE_NAME)
    OURO_VM_SAME(LOAD_LOCALS) OURO_VM_SAME(LOAD_FROM_DICT_OR_GLOBALS) OURO_VM_SAME(LOAD_DEREF) OURO_VM_SAME(STORE_DEREF)
    OURO_VM_SAME(DELETE_DEREF) OURO_VM_SAME(LOAD_FROM_DICT_OR_DEREF) OURO_VM_SAME(MAKE_CELL) OURO_VM_SAME(COPY_FREE_VARS)
    OURO_VM_SAME(STORE_ATTR) OURO_VM_SAME(DELETE_ATTR) OURO_VM_SAME(UNARY_NEGATIVE) OURO_VM_SAME(UNARY_NOT)
    OURO_VM_SAME(UNARY_INVERT) OURO_VM_SAME(TO_BOOL) OURO_VM_SAME(IS_OP) OURO_VM_SAME(CONTAINS_OP)
    OURO_VM_SAME(BINARY_SUBSCR) OURO_VM_SAME(STORE_SUBSCR) OURO_VM_SAME(DELETE_SUBSCR) OURO_VM_SAME(BINARY_SLICE)
    OURO_VM_SAME(STORE_SLICE) OURO_VM_SAME(BUILD_LIST) OURO_VM_SAME(BUILD_TUPLE) OURO_VM_SAME(BUILD_SET)
    OURO_VM_SAME(BUILD_MAP) OURO_VM_SAME(BUILD_CONST_KEY_MAP) OURO_VM_SAME(BUILD_SLICE) OURO_VM_SAME(BUILD_STRING)
    OURO_VM_SAME(LIST_APPEND) OURO_VM_SAME(LIST_EXTEND) OURO_VM_SAME(SET_ADD) OURO_VM_SAME(SET_UPDATE)
    OURO_VM_SAME(MAP_ADD) OURO_VM_SAME(DICT_UPDATE) OURO_VM_SAME(DICT_MERGE) OURO_VM_SAME(UNPACK_SEQUENCE)
    OURO_VM_SAME(UNPACK_EX) OURO_VM_SAME(CONVERT_VALUE) OURO_VM_SAME(FORMAT_SIMPLE) OURO_VM_SAME(FORMAT_WITH_SPEC)
    OURO_VM_SAME(JUMP_FORWARD) OURO_VM_SAME(JUMP_BACKWARD) OURO_VM_SAME(JUMP_BACKWARD_NO_INTERRUPT)
    OURO_VM_SAME(POP_JUMP_IF_FALSE) OURO_VM_SAME(POP_JUMP_IF_TRUE) OURO_VM_SAME(POP_JUMP_IF_NONE)
    OURO_VM_SAME(POP_JUMP_IF_NOT_NONE) OURO_VM_SAME(GET_ITER) OURO_VM_SAME(FOR_ITER) OURO_VM_SAME(END_FOR)
    OURO_VM_SAME(GET_YIELD_FROM_ITER) OURO_VM_SAME(CALL) OURO_VM_SAME(CALL_KW) OURO_VM_SAME(CALL_FUNCTION_EX)
    OURO_VM_SAME(CALL_INTRINSIC_1) OURO_VM_SAME(CALL_INTRINSIC_2) OURO_VM_SAME(MAKE_FUNCTION)
    OURO_VM_SAME(SET_FUNCTION_ATTRIBUTE) OURO_VM_SAME(RETURN_VALUE) OURO_VM_SAME(RESUME) OURO_VM_SAME(RETURN_GENERATOR)
    OURO_VM_SAME(YIELD_VALUE) OURO_VM_SAME(SEND) OURO_VM_SAME(END_SEND) OURO_VM_SAME(GET_AWAITABLE)
    OURO_VM_SAME(GET_AITER) OURO_VM_SAME(GET_ANEXT) OURO_VM_SAME(END_ASYNC_FOR) OURO_VM_SAME(CLEANUP_THROW)
    OURO_VM_SAME(BEFORE_WITH) OURO_VM_SAME(BEFORE_ASYNC_WITH) OURO_VM_SAME(WITH_EXCEPT_START)
    OURO_VM_SAME(PUSH_EXC_INFO) OURO_VM_SAME(POP_EXCEPT) OURO_VM_SAME(CHECK_EXC_MATCH) OURO_VM_SAME(CHECK_EG_MATCH)
    OURO_VM_SAME(RAISE_VARARGS) OURO_VM_SAME(RERAISE) OURO_VM_SAME(LOAD_ASSERTION_ERROR) OURO_VM_SAME(LOAD_BUILD_CLASS)
    OURO_VM_SAME(SETUP_ANNOTATIONS) OURO_VM_SAME(IMPORT_NAME) OURO_VM_SAME(IMPORT_FROM) OURO_VM_SAME(GET_LEN)
    OURO_VM_SAME(MATCH_MAPPING) OURO_VM_SAME(MATCH_SEQUENCE) OURO_VM_SAME(MATCH_KEYS) OURO_VM_SAME(MATCH_CLASS)
#undef OURO_VM_SAME
    default: return instr(VmOp::BAD);
  }
}

/// How many stack entries an instruction looks at or takes.
std::uint32_t entries_needed(const Instr& instr, Op op) {
  switch (static_cast<VmOp>(instr.op)) {
    case VmOp::POP_TOP: case VmOp::STORE_FAST: case VmOp::STORE_GLOBAL: case VmOp::STORE_NAME: case VmOp::STORE_DEREF:
    case VmOp::LOAD_FROM_DICT_OR_GLOBALS: case VmOp::LOAD_FROM_DICT_OR_DEREF: case VmOp::LOAD_ATTR: case VmOp::LOAD_METHOD:
    case VmOp::DELETE_ATTR: case VmOp::UNARY_NEGATIVE: case VmOp::UNARY_NOT: case VmOp::UNARY_INVERT: case VmOp::TO_BOOL:
    case VmOp::CONVERT_VALUE: case VmOp::FORMAT_SIMPLE: case VmOp::POP_JUMP_IF_FALSE: case VmOp::POP_JUMP_IF_TRUE:
    case VmOp::POP_JUMP_IF_NONE: case VmOp::POP_JUMP_IF_NOT_NONE: case VmOp::GET_ITER: case VmOp::FOR_ITER: case VmOp::END_FOR:
    case VmOp::GET_YIELD_FROM_ITER: case VmOp::CALL_INTRINSIC_1: case VmOp::MAKE_FUNCTION: case VmOp::RETURN_VALUE:
    case VmOp::YIELD_VALUE: case VmOp::GET_AWAITABLE: case VmOp::GET_AITER: case VmOp::GET_ANEXT: case VmOp::BEFORE_WITH:
    case VmOp::BEFORE_ASYNC_WITH: case VmOp::PUSH_EXC_INFO: case VmOp::POP_EXCEPT: case VmOp::IMPORT_FROM:
    case VmOp::GET_LEN: case VmOp::MATCH_MAPPING: case VmOp::MATCH_SEQUENCE: case VmOp::UNPACK_SEQUENCE: case VmOp::UNPACK_EX:
    case VmOp::STORE_FAST_LOAD_FAST:
      return 1;
    case VmOp::STORE_ATTR: case VmOp::BINARY_ADD: case VmOp::BINARY_SUBTRACT: case VmOp::BINARY_MULTIPLY:
    case VmOp::BINARY_OTHER: case VmOp::INPLACE_ADD: case VmOp::INPLACE_OTHER: case VmOp::BINARY_FLOOR_DIVIDE:
    case VmOp::BINARY_REMAINDER: case VmOp::BINARY_TRUE_DIVIDE: case VmOp::BINARY_AND: case VmOp::COMPARE_LT:
    case VmOp::COMPARE_LE: case VmOp::COMPARE_EQ: case VmOp::COMPARE_NE: case VmOp::COMPARE_GT: case VmOp::COMPARE_GE:
    case VmOp::IS_OP: case VmOp::CONTAINS_OP: case VmOp::BINARY_SUBSCR: case VmOp::DELETE_SUBSCR: case VmOp::FORMAT_WITH_SPEC:
    case VmOp::CALL_INTRINSIC_2: case VmOp::SET_FUNCTION_ATTRIBUTE: case VmOp::SEND: case VmOp::END_SEND:
    case VmOp::END_ASYNC_FOR: case VmOp::CHECK_EXC_MATCH: case VmOp::CHECK_EG_MATCH: case VmOp::IMPORT_NAME:
    case VmOp::MATCH_KEYS: case VmOp::STORE_FAST_STORE_FAST:
      return 2;
    case VmOp::LOAD_SUPER_ATTR: case VmOp::STORE_SUBSCR: case VmOp::BINARY_SLICE: case VmOp::CLEANUP_THROW:
    case VmOp::MATCH_CLASS:
      return 3;
    case VmOp::STORE_SLICE: case VmOp::WITH_EXCEPT_START: return 4;
    case VmOp::COPY: case VmOp::SWAP: case VmOp::BUILD_LIST: case VmOp::BUILD_TUPLE: case VmOp::BUILD_SET:
    case VmOp::BUILD_STRING: case VmOp::RAISE_VARARGS:
      return instr.arg;
    case VmOp::BUILD_SLICE: return instr.arg == 3 ? 3 : 2;
    case VmOp::BUILD_MAP: return instr.arg < 0x7FFFFFFFU ? 2 * instr.arg : 0xFFFFFFFFU;
    case VmOp::BUILD_CONST_KEY_MAP: case VmOp::LIST_APPEND: case VmOp::LIST_EXTEND: case VmOp::SET_ADD: case VmOp::SET_UPDATE:
    case VmOp::DICT_UPDATE: case VmOp::RERAISE:
      return instr.arg < 0xFFFFFFFFU ? instr.arg + 1 : instr.arg;
    case VmOp::MAP_ADD: case VmOp::CALL: return instr.arg < 0xFFFFFFF0U ? instr.arg + 2 : instr.arg;
    case VmOp::DICT_MERGE: return instr.arg < 0xFFFFFFF0U ? instr.arg + 4 : instr.arg;
    case VmOp::CALL_KW: return instr.arg < 0xFFFFFFF0U ? instr.arg + 3 : instr.arg;
    case VmOp::CALL_FUNCTION_EX: return 3 + (instr.arg & 1U);
    default: (void)op; return 0;
  }
}

class Builder {
 public:
  Builder(Vm& vm, CodeObject& code) : vm_(vm), code_(code), out_(std::make_unique<ExecutableCode>()) {}

  std::unique_ptr<ExecutableCode> build() {
    if (code_.stacksize < 0 || code_.stacksize > 1'000'000 || code_.locals_plus_count < 0 || code_.argcount < 0 ||
        code_.kwonlyargcount < 0 || code_.posonlyargcount > code_.argcount)
      return fail("sizes out of range", 0);
    source_ = bytecode::decode(facts_313(), code_.code->view());
    if (!lay_out() || !resolve_jumps() || !read_handlers() || !check_operands() || !check_depths()) return nullptr;
    for (Value value : code_.consts->view()) out_->consts.push_back(value);
    for (Value value : code_.names->view()) out_->names.push_back(value.as<StrObject>());
    out_->frame_values = static_cast<std::uint32_t>(code_.locals_plus_count + code_.stacksize);
    constexpr std::uint32_t kVariable = code::kVarArgs | code::kVarKeywords;
    if (code_.kwonlyargcount == 0 && (code_.flags & kVariable) == 0) out_->simple_arguments = code_.argcount;
    return std::move(out_);
  }

 private:
  /// Which stack entries may be no value, by position from the bottom.
  using Nulls = std::vector<std::uint32_t>;

  Failed failed(std::string_view what, std::uint32_t offset) {
    return raise(vm_, vm_.exc.ValueError, "code object that no compiler writes: {} at offset {}", what, offset);
  }
  std::unique_ptr<ExecutableCode> fail(std::string_view what, std::uint32_t offset) {
    failed(what, offset);
    return nullptr;
  }

  bool lay_out() {
    for (const Instruction& instruction : source_) {
      if (instruction.is_truncated) return failed("an instruction cut off", instruction.offset.value);
      const Op op = instruction.info->base != Op::Unknown ? instruction.info->base : instruction.info->op;
      ops_.push_back(op);
      const Instr instr = translate(op, instruction.oparg);
      if (instr.op == static_cast<std::uint16_t>(VmOp::BAD) && op != Op::CACHE && op != Op::RESERVED)
        return raise(vm_, vm_.exc.SystemError, "unknown opcode {}", static_cast<unsigned>(instruction.number));
      index_.push_back(static_cast<std::uint32_t>(out_->instructions.size()));
      out_->instructions.push_back(instr);
      out_->offsets.push_back(instruction.offset.value);
      for (unsigned i = 0; i < kCacheWords[instr.op]; ++i) {
        out_->instructions.push_back({0, 0, 0});
        out_->offsets.push_back(instruction.offset.value);
      }
    }
    if (source_.empty()) return failed("no instruction", 0);
    // Whatever runs past the end meets this one.
    out_->instructions.push_back({static_cast<std::uint16_t>(VmOp::BAD), 0, 0});
    out_->offsets.push_back(source_.back().offset.value);
    return true;
  }

  /// Number (in source_) of the instruction whose first EXTENDED_ARG or opcode stands at a byte offset.
  std::optional<std::uint32_t> number_at(std::int64_t offset) const {
    const auto found = std::lower_bound(source_.begin(), source_.end(), offset, [](const Instruction& i, std::int64_t o) {
      return static_cast<std::int64_t>(i.start_offset.value) < o;
    });
    if (found == source_.end() || static_cast<std::int64_t>(found->start_offset.value) != offset) return std::nullopt;
    return static_cast<std::uint32_t>(found - source_.begin());
  }

  bool resolve_jumps() {
    targets_.assign(source_.size(), 0);
    for (std::size_t i = 0; i < source_.size(); ++i) {
      const std::optional<std::int64_t> target = bytecode::jump_target(facts_313(), source_[i]);
      if (!target) continue;
      const std::optional<std::uint32_t> number = number_at(*target);
      if (!number) return failed("a jump to no instruction", source_[i].offset.value);
      targets_[i] = *number;
      out_->instructions[index_[i]].arg = index_[*number];
    }
    return true;
  }

  bool read_handlers() {
    std::vector<bytecode::ExceptionEntry> entries;
    bytecode::append_exception_entries(code_.exception_table->view(), entries);
    const auto size = static_cast<std::uint32_t>(code_.code->length);
    for (const bytecode::ExceptionEntry& entry : entries) {
      const auto target = number_at(entry.target);
      if (!target || entry.start >= entry.end || entry.end > size)
        return failed("an exception table entry that does not fit", entry.start);
      HandlerRow row{0, 0, index_[*target], entry.depth, entry.push_lasti};
      row.start = index_from(entry.start);
      row.end = index_from(entry.end);
      out_->handlers.push_back(row);
      handler_numbers_.push_back(*target);
    }
    return true;
  }
  /// Index of the first instruction at or after a byte offset.
  std::uint32_t index_from(std::uint32_t offset) const {
    const auto found = std::lower_bound(source_.begin(), source_.end(), offset,
                                        [](const Instruction& i, std::uint32_t o) { return i.offset.value < o; });
    if (found == source_.end()) return static_cast<std::uint32_t>(out_->instructions.size() - 1);
    return index_[static_cast<std::size_t>(found - source_.begin())];
  }

  bool check_operands() {
    const auto consts = static_cast<std::uint32_t>(code_.consts->size), names = static_cast<std::uint32_t>(code_.names->size);
    const auto locals = static_cast<std::uint32_t>(code_.locals_plus_count);
    for (std::size_t i = 0; i < source_.size(); ++i) {
      const Instr& instr = out_->instructions[index_[i]];
      bool fits = true;
      switch (static_cast<VmOp>(instr.op)) {
        case VmOp::LOAD_CONST: case VmOp::RETURN_CONST: fits = instr.arg < consts; break;
        case VmOp::LOAD_GLOBAL: case VmOp::LOAD_GLOBAL_NULL: case VmOp::STORE_GLOBAL: case VmOp::DELETE_GLOBAL:
        case VmOp::LOAD_NAME: case VmOp::STORE_NAME: case VmOp::DELETE_NAME: case VmOp::LOAD_FROM_DICT_OR_GLOBALS:
        case VmOp::LOAD_ATTR: case VmOp::LOAD_METHOD: case VmOp::STORE_ATTR: case VmOp::DELETE_ATTR:
        case VmOp::LOAD_SUPER_ATTR: case VmOp::IMPORT_NAME: case VmOp::IMPORT_FROM:
          fits = instr.arg < names;
          break;
        case VmOp::LOAD_FAST: case VmOp::LOAD_FAST_CHECK: case VmOp::LOAD_FAST_AND_CLEAR: case VmOp::STORE_FAST:
        case VmOp::DELETE_FAST: case VmOp::LOAD_DEREF: case VmOp::STORE_DEREF: case VmOp::DELETE_DEREF:
        case VmOp::LOAD_FROM_DICT_OR_DEREF: case VmOp::MAKE_CELL:
          fits = instr.arg < locals;
          break;
        case VmOp::LOAD_FAST_LOAD_FAST: case VmOp::STORE_FAST_LOAD_FAST: case VmOp::STORE_FAST_STORE_FAST:
          fits = instr.arg >> 4U < locals && (instr.arg & 15U) < locals;
          break;
        case VmOp::COPY_FREE_VARS: fits = instr.arg == static_cast<std::uint32_t>(code_.free_count); break;
        case VmOp::COPY: fits = instr.arg >= 1; break;
        case VmOp::SWAP: fits = instr.arg >= 1; break;
        case VmOp::LIST_APPEND: case VmOp::SET_ADD: case VmOp::MAP_ADD: case VmOp::LIST_EXTEND: case VmOp::SET_UPDATE:
        case VmOp::DICT_UPDATE: case VmOp::DICT_MERGE:
          fits = instr.arg >= 1;
          break;
        case VmOp::BINARY_OTHER: fits = instr.arg <= 12; break;
        case VmOp::INPLACE_OTHER: fits = instr.aux <= 12; break;
        case VmOp::CALL_INTRINSIC_1: fits = instr.arg >= 1 && instr.arg <= 11; break;
        case VmOp::CALL_INTRINSIC_2: fits = instr.arg >= 1 && instr.arg <= 5; break;
        case VmOp::RAISE_VARARGS: fits = instr.arg <= 2; break;
        case VmOp::CONVERT_VALUE: fits = instr.arg >= 1 && instr.arg <= 3; break;
        case VmOp::SET_FUNCTION_ATTRIBUTE: fits = instr.arg == 1 || instr.arg == 2 || instr.arg == 4 || instr.arg == 8; break;
        default: break;
      }
      if (!fits) return failed("an operand out of range", source_[i].offset.value);
    }
    return true;
  }

  /// Every way to an instruction must have the same stack depth, within 0 and co_stacksize.
  bool check_depths() {
    depths_.assign(source_.size(), -1);
    nulls_.assign(source_.size(), {});
    if (!reach(0, 0, {})) return false;
    do {
      while (!todo_.empty()) {
        const std::uint32_t number = todo_.back();
        todo_.pop_back();
        if (!follow(number)) return false;
      }
      // Handlers of what was reached: again, until nothing new is learnt.
      for (std::size_t h = 0; h < handler_numbers_.size(); ++h) {
        const HandlerRow& row = out_->handlers[h];
        bool is_reached = false;
        Nulls nulls;
        const auto first = std::lower_bound(index_.begin(), index_.end(), row.start) - index_.begin();
        for (auto i = static_cast<std::size_t>(first); i < source_.size() && index_[i] < row.end; ++i) {
          if (depths_[i] < 0) continue;
          if (depths_[i] < static_cast<std::int64_t>(row.depth))
            return failed("an exception handler deeper than its code", source_[i].offset.value);
          is_reached = true;
          for (std::uint32_t position : nulls_[i])
            if (position < row.depth) add_null(nulls, position);
        }
        if (is_reached &&
            !reach(handler_numbers_[h], static_cast<std::int64_t>(row.depth) + (row.push_lasti ? 1 : 0) + 1, nulls))
          return false;
      }
    } while (!todo_.empty());
    return true;
  }

  static bool add_null(Nulls& nulls, std::uint32_t position) {
    if (std::find(nulls.begin(), nulls.end(), position) != nulls.end()) return false;
    nulls.push_back(position);
    return true;
  }

  bool reach(std::uint32_t number, std::int64_t depth, const Nulls& nulls) {
    if (depth < 0 || depth > code_.stacksize) return failed("stack depth out of range", source_[number].offset.value);
    bool is_new = depths_[number] < 0;
    if (!is_new && depths_[number] != depth) return failed("two stack depths", source_[number].offset.value);
    depths_[number] = depth;
    for (std::uint32_t position : nulls) is_new = add_null(nulls_[number], position) || is_new;
    if (is_new) todo_.push_back(number);
    return true;
  }

  /// How many entries from the top the instruction takes for values, of those that entries_needed counts.
  static std::uint32_t values_taken(const Instr& instr, std::uint32_t needed) {
    switch (static_cast<VmOp>(instr.op)) {
      case VmOp::POP_TOP: case VmOp::COPY: case VmOp::SWAP: case VmOp::STORE_FAST: case VmOp::STORE_FAST_LOAD_FAST:
      case VmOp::STORE_FAST_STORE_FAST: case VmOp::END_FOR:
        return 0;
      case VmOp::LIST_APPEND: case VmOp::LIST_EXTEND: case VmOp::SET_ADD: case VmOp::SET_UPDATE: case VmOp::DICT_UPDATE:
      case VmOp::DICT_MERGE: case VmOp::RERAISE:
        return 1;
      case VmOp::MAP_ADD: return 2;
      default: return needed;
    }
  }
  /// The entry below the arguments of a call, which is self or nothing; from the top, 0: the instruction has none.
  static std::uint32_t self_entry(const Instr& instr) {
    switch (static_cast<VmOp>(instr.op)) {
      case VmOp::CALL: return instr.arg + 1;
      case VmOp::CALL_KW: return instr.arg + 2;
      case VmOp::CALL_FUNCTION_EX: return 2 + (instr.arg & 1U);
      default: return 0;
    }
  }

  /// The nulls after an instruction, `nulls` being those before. False: it would take one for a value.
  bool step_nulls(std::uint32_t number, const Instr& instr, std::uint32_t depth, Nulls& nulls, std::int64_t after) {
    const auto op = static_cast<VmOp>(instr.op);
    const std::uint32_t needed = entries_needed(instr, ops_[number]);
    if (op == VmOp::SWAP || op == VmOp::COPY) {
      const std::uint32_t other = depth - instr.arg;
      Nulls moved;
      for (std::uint32_t position : nulls) {
        if (op == VmOp::COPY) {
          moved.push_back(position);
          if (position == other) moved.push_back(depth);
        } else {
          moved.push_back(position == other ? depth - 1 : position == depth - 1 ? other : position);
        }
      }
      nulls = std::move(moved);
      return true;
    }
    const std::uint32_t first = depth - values_taken(instr, needed);
    const std::uint32_t self = self_entry(instr);
    for (std::uint32_t position : nulls)
      if (position >= first && (self == 0 || position != depth - self)) return failed("no value on the stack", source_[number].offset.value);
    const std::uint32_t kept = std::min<std::uint32_t>(first, static_cast<std::uint32_t>(after));
    std::erase_if(nulls, [&](std::uint32_t position) { return position >= kept; });
    const auto top = static_cast<std::uint32_t>(after) - 1;
    switch (op) {
      case VmOp::PUSH_NULL: case VmOp::LOAD_FAST_AND_CLEAR: case VmOp::LOAD_GLOBAL_NULL: case VmOp::LOAD_METHOD:
        nulls.push_back(top);
        break;
      case VmOp::LOAD_SUPER_ATTR:
        if ((instr.aux & 1U) != 0) nulls.push_back(top);
        break;
      default: break;
    }
    return true;
  }

  bool follow(std::uint32_t number) {
    const Instruction& instruction = source_[number];
    const OpcodeInfo& info = bytecode::base_info(facts_313(), *instruction.info);
    const Instr& instr = out_->instructions[index_[number]];
    if (instr.op == static_cast<std::uint16_t>(VmOp::BAD)) return failed("unknown instruction", instruction.offset.value);
    const std::int64_t depth = depths_[number];
    if (static_cast<std::int64_t>(entries_needed(instr, ops_[number])) > depth)
      return failed("stack underflow", instruction.offset.value);
    const auto op = static_cast<VmOp>(instr.op);
    if (op == VmOp::RETURN_GENERATOR && depth != 0) return failed("a generator begun with a stack", instruction.offset.value);
    if (op == VmOp::FOR_ITER && ops_[targets_[number]] != Op::END_FOR)
      return failed("a loop that does not end with END_FOR", instruction.offset.value);
    const auto go = [&](std::uint32_t target, version::JumpTaken taken) {
      const std::int64_t after = depth + version::stack_effect(info, instruction.oparg, taken);
      if (after < 0 || after > code_.stacksize) return static_cast<bool>(failed("stack depth out of range", instruction.offset.value));
      Nulls nulls = nulls_[number];
      return step_nulls(number, instr, static_cast<std::uint32_t>(depth), nulls, after) && reach(target, after, nulls);
    };
    if (info.is_jump() && !go(targets_[number], version::JumpTaken::Yes)) return false;
    if (info.is_terminator()) {
      Nulls nulls = nulls_[number];
      return info.is_jump() || step_nulls(number, instr, static_cast<std::uint32_t>(depth), nulls, depth);
    }
    if (number + 1 == source_.size()) return failed("code runs off its end", instruction.offset.value);
    return go(number + 1, version::JumpTaken::No);
  }

  Vm& vm_;
  CodeObject& code_;
  std::unique_ptr<ExecutableCode> out_;
  std::vector<Instruction> source_;
  std::vector<Op> ops_;
  std::vector<std::uint32_t> index_;    ///< by number in source_: index in out_->instructions
  std::vector<std::uint32_t> targets_;  ///< by number: of the jump's target
  std::vector<std::uint32_t> handler_numbers_;
  std::vector<std::int64_t> depths_;
  std::vector<Nulls> nulls_;
  std::vector<std::uint32_t> todo_;
};

}  // namespace

std::int32_t ExecutableCode::index_of(std::uint32_t byte_offset) const {
  const auto found = std::lower_bound(offsets.begin(), offsets.end(), byte_offset);
  if (found == offsets.end() || *found != byte_offset) return -1;
  return static_cast<std::int32_t>(found - offsets.begin());
}

ExecutableCode* executable_of(Vm& vm, CodeObject* code) {
  if (code->executable == nullptr) code->executable = Builder(vm, *code).build().release();
  return code->executable;
}

void free_executable(ExecutableCode* executable) { delete executable; }

}  // namespace ouro::vm
