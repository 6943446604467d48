#include "dis/json_listing.h"

#include <algorithm>
#include <vector>

#include "bytecode/cache_layout.h"
#include "bytecode/code_view.h"
#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"
#include "bytecode/line_table.h"
#include "bytecode/quicken.h"
#include "dis/constant_repr.h"
#include "dis/jump_labels.h"
#include "dis/operand_text.h"

namespace ouro::dis {
namespace {

using version::OperandKind;

class JsonListing {
 public:
  JsonListing(const Disassembler& disassembler, const ConstantPool& pool, std::string& out, support::JsonWriter& json,
              std::uint64_t max_bytes)
      : max_bytes_(max_bytes), disassembler_(disassembler), facts_(disassembler.facts()), pool_(pool), out_(out), json_(json),
        constants_(pool, disassembler.repr_style()), operands_(disassembler, pool, constants_) {}

  // Depth first; each code object's "code_objects" stays open until its nested ones are written.
  Status write(ConstId root) {
    open(root);
    while (!stack_.empty()) {
      if (out_.size() > max_bytes_) {
        return make_error("dis.too_long", "the listing is longer than " +
                                              std::to_string(max_bytes_) + " bytes");
      }
      const ConstId next = next_nested();
      if (next != kNoConst) {
        open(next);
        continue;
      }
      json_.end();
      json_.end();
      stack_.pop_back();
    }
    return {};
  }

 private:
  struct Frame {
    ConstId code;
    std::size_t next_const;
  };

  ConstId next_nested() {
    if (stack_.size() > disassembler_.options().max_depth) return kNoConst;
    Frame& frame = stack_.back();
    const auto consts = bytecode::view_of(pool_, pool_.code(frame.code)).consts;
    while (frame.next_const < consts.size()) {
      const ConstId id = consts[frame.next_const++];
      const auto is_same = [&](const Frame& open) { return open.code == id; };
      if (pool_.kind(id) == ConstKind::Code && std::none_of(stack_.begin(), stack_.end(), is_same)) return id;
    }
    return kNoConst;
  }

  void open(ConstId id) {
    stack_.push_back({id, 0});
    const CodeObject& code = pool_.code(id);
    view_ = bytecode::view_of(pool_, code);
    operands_.start(view_);
    json_.object();
    name_field("name", code.name);
    if (code.qualname != kNoConst) name_field("qualname", code.qualname);
    name_field("filename", code.filename);
    json_.field("first_line", code.firstlineno);
    json_.field("argcount", code.argcount);
    json_.field("posonlyargcount", code.posonlyargcount);
    json_.field("kwonlyargcount", code.kwonlyargcount);
    json_.field("stacksize", code.stacksize);
    json_.field("flags", code.flags);
    reprs("consts", view_.consts);
    names("names", view_.names);
    names("locals", view_.locals);
    if (facts_.cell_and_free_start_at_zero) {
      names("cells", view_.cells);
      names("frees", view_.frees);
    }
    write_instructions(code);
    write_handlers();
    json_.key("code_objects");
    json_.array();
  }

  void name_field(std::string_view key, ConstId id) {
    text_.clear();
    constants_.append_name(text_, id);
    json_.field(key, text_.view());
  }
  void names(std::string_view key, std::span<const ConstId> ids) {
    json_.key(key);
    json_.array();
    for (const ConstId id : ids) {
      text_.clear();
      constants_.append_name(text_, id);
      json_.string(text_.view());
    }
    json_.end();
  }
  void reprs(std::string_view key, std::span<const ConstId> ids) {
    json_.key(key);
    json_.array();
    for (const ConstId id : ids) {
      text_.clear();
      constants_.append_repr(text_, id);
      json_.string(text_.view());
    }
    json_.end();
  }

  void write_instructions(const CodeObject& code) {
    handlers_.clear();
    if (facts_.has_exception_table) bytecode::append_exception_entries(view_.exception_table, handlers_);
    labels_.find(facts_, view_.code, handlers_);
    lines_.clear();
    bytecode::append_line_ranges(facts_, view_.line_table, code.firstlineno, view_.code.size(), lines_);
    positions_.clear();
    if (facts_.line_table == version::LineTable::kLocations) {
      bytecode::append_position_ranges(view_.line_table, code.firstlineno, positions_);
    }
    std::size_t line = 0;
    std::size_t position = 0;
    json_.key("instructions");
    json_.array();
    code_ = view_.code;
    if (disassembler_.options().adaptive && facts_.has_caches) {
      adaptive_code_ = bytecode::quickened_code(facts_, view_.code);
      code_ = adaptive_code_;
    }
    bytecode::InstructionReader reader(facts_, code_, bytecode::ExtendedArgs::Show);
    Instruction instruction;
    while (reader.next(instruction)) {
      const std::uint32_t offset = instruction.offset.value;
      while (line < lines_.size() && lines_[line].end <= offset) ++line;
      while (position < positions_.size() && positions_[position].end <= offset) ++position;
      json_.object();
      write_instruction(instruction);
      if (line < lines_.size() && lines_[line].start <= offset && lines_[line].line != bytecode::kNoLine) {
        json_.field("line", lines_[line].line);
        json_.field("starts_line", lines_[line].start == offset);
      }
      if (position < positions_.size()) write_position(positions_[position].position);
      json_.end();
      if (out_.size() > max_bytes_) break;
    }
    json_.end();
  }

  void write_instruction(const Instruction& instruction) {
    const OpcodeRow& row = disassembler_.row(instruction.number);
    json_.field("offset", instruction.offset.value);
    if (instruction.start_offset != instruction.offset) json_.field("start_offset", instruction.start_offset.value);
    json_.field("opcode", std::uint32_t{instruction.number});
    json_.field("opname", row.name());
    if (instruction.has_operand) {
      json_.field("arg", instruction.oparg);
      const auto target = bytecode::jump_target(facts_, instruction);
      text_.clear();
      operands_.append(text_, instruction, facts_.dis_has_labels && target ? labels_.at(*target) : 0);
      if (!text_.empty()) json_.field("argrepr", text_.view());
      write_argval(*row.meaning, instruction.oparg);
      if (target) json_.field("target", *target);
    }
    const std::uint32_t label = labels_.at(instruction.offset.value);
    if (label != 0) json_.field("is_jump_target", true);
    if (label != 0 && facts_.dis_has_labels) json_.field("label", label);
    if (instruction.caches > 0) write_caches(instruction);
  }

  // The name or the constant itself; dis.Instruction.argval without what argrepr adds ("+ NULL").
  void write_argval(const OpcodeInfo& meaning, std::uint32_t oparg) {
    ConstId id = kNoConst;
    const std::uint32_t index = oparg >> meaning.operand_shift;
    switch (meaning.operand) {
      case OperandKind::Name: id = index < view_.names.size() ? view_.names[index] : kNoConst; break;
      case OperandKind::Local: id = view_.local_name(oparg); break;
      case OperandKind::Free: id = view_.free_name(facts_, oparg); break;
      default: return;
    }
    if (id != kNoConst) name_field("argval", id);
  }

  void write_caches(const Instruction& instruction) {
    json_.key("caches");
    json_.array();
    std::size_t at = instruction.offset.value + 2;
    for (const bytecode::CacheValue& value : bytecode::cache_layout(*instruction.info)) {
      std::uint64_t number = 0;
      for (std::size_t i = 0; i < std::size_t{2} * value.size && at + i < code_.size(); ++i) {
        number |= std::uint64_t{static_cast<std::uint8_t>(code_[at + i])} << (8 * i);
      }
      at += std::size_t{2} * value.size;
      json_.object();
      json_.field("name", value.name);
      json_.field("units", std::uint32_t{value.size});
      json_.field("value", number);
      json_.end();
    }
    json_.end();
  }

  void write_position(const bytecode::Position& position) {
    if (position == bytecode::Position{}) return;
    json_.key("position");
    json_.array();
    for (const std::int32_t value : {position.line, position.end_line, position.column, position.end_column}) {
      if (value == -1) {
        json_.null();
      } else {
        json_.integer(value);
      }
    }
    json_.end();
  }

  void write_handlers() {
    if (!facts_.has_exception_table) return;
    json_.key("exception_table");
    json_.array();
    for (const bytecode::ExceptionEntry& entry : handlers_) {
      json_.object();
      json_.field("start", entry.start);
      json_.field("end", entry.end);
      json_.field("target", entry.target);
      json_.field("depth", entry.depth);
      json_.field("lasti", entry.push_lasti);
      json_.end();
    }
    json_.end();
  }

  std::uint64_t max_bytes_;
  const Disassembler& disassembler_;
  const Facts& facts_;
  const ConstantPool& pool_;
  std::string& out_;
  support::JsonWriter& json_;
  ConstantPrinter constants_;
  OperandWriter operands_;
  bytecode::CodeView view_;
  std::string adaptive_code_;
  std::string_view code_;  // of the instructions: co_code, or adaptive_code_
  std::vector<Frame> stack_;
  std::vector<bytecode::ExceptionEntry> handlers_;
  std::vector<bytecode::LineRange> lines_;
  std::vector<bytecode::PositionRange> positions_;
  JumpLabels labels_;
  TextBuffer text_;
};

}  // namespace

Status write_json(const Disassembler& disassembler, const ConstantPool& pool, ConstId root, std::string& out,
                  support::JsonWriter& json, std::uint64_t max_bytes) {
  return JsonListing(disassembler, pool, out, json, max_bytes).write(root);
}

}  // namespace ouro::dis
