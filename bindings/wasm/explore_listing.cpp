// The listing as numbers: a page shows forty of ten thousand instructions, so it gets rows that it can skip over
// without parsing them.
#include <string>
#include <unordered_map>

#include "analysis/code_tree.h"
#include "bytecode/code_view.h"
#include "bytecode/exception_table.h"
#include "bytecode/line_table.h"
#include "dis/disassembler.h"
#include "dis/jump_labels.h"
#include "dis/operand_text.h"
#include "explore_parts.h"

namespace ouro::explorer {
namespace {

using support::JsonWriter;

// More text than a browser wants to hold.
constexpr std::size_t kMaxTextBytes = 64U << 20U;

/// Strings, each once, numbered in the order in which they come.
class TextTable {
 public:
  std::int32_t add(std::string_view text) {
    const auto [found, is_new] = numbers_.try_emplace(std::string(text), static_cast<std::int32_t>(texts_.size()));
    if (is_new) {
      texts_.push_back(&found->first);
      bytes_ += text.size();
    }
    return found->second;
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  void write(JsonWriter& json, std::string_view key) const {
    json.key(key);
    json.array();
    for (const std::string* text : texts_) json.string(*text);
    json.end();
  }

 private:
  std::unordered_map<std::string, std::int32_t> numbers_;
  std::vector<const std::string*> texts_;
  std::size_t bytes_ = 0;
};

class NumberListing {
 public:
  NumberListing(JsonWriter& json, const LoadedCode& code, std::vector<std::int32_t>& numbers)
      : json_(json), facts_(*code.facts), pool_(code.pool), root_(code.root), numbers_(numbers), disassembler_(facts_),
        constants_(pool_, disassembler_.repr_style()), operands_(disassembler_, pool_, constants_) {}

  void write() {
    bool is_cut = false;
    json_.key("listing");
    json_.object();
    json_.key("code");
    json_.array();
    for (const analysis::CodeNode& node : analysis::code_tree(pool_, root_)) {
      is_cut = texts_.bytes() > kMaxTextBytes;
      if (is_cut) break;
      write_code(node);
    }
    json_.end();
    json_.field("cut", is_cut);
    texts_.write(json_, "texts");
    json_.end();
  }

 private:
  void write_code(const analysis::CodeNode& node) {
    const CodeObject& object = pool_.code(node.id);
    const bytecode::CodeView view = bytecode::view_of(pool_, object);
    handlers_.clear();
    if (facts_.has_exception_table) bytecode::append_exception_entries(view.exception_table, handlers_);
    labels_.find(facts_, view.code, handlers_);
    operands_.start(view);
    const std::size_t before = numbers_.size();
    append_instructions(object, view);
    json_.object();
    json_.field("name", std::string_view(node.qualified_name));
    json_.field("first_line", object.firstlineno);
    json_.field("stack", object.stacksize);
    json_.field("count", std::uint64_t{(numbers_.size() - before) / kListingWidth});
    json_.key("handlers");
    json_.array();
    for (const bytecode::ExceptionEntry& entry : handlers_) {
      json_.array();
      for (const std::int64_t number : {std::int64_t{entry.start}, std::int64_t{entry.end}, std::int64_t{entry.target},
                                        std::int64_t{entry.depth}, std::int64_t{entry.push_lasti ? 1 : 0}}) {
        json_.integer(number);
      }
      json_.end();
    }
    json_.end();
    json_.end();
  }

  void append_instructions(const CodeObject& object, const bytecode::CodeView& view) {
    lines_.clear();
    bytecode::append_line_ranges(facts_, view.line_table, object.firstlineno, view.code.size(), lines_);
    positions_.clear();
    if (facts_.line_table == version::LineTable::kLocations) {
      bytecode::append_position_ranges(view.line_table, object.firstlineno, positions_);
    }
    std::size_t line = 0;
    std::size_t position = 0;
    bytecode::InstructionReader reader(facts_, view.code, bytecode::ExtendedArgs::Show);
    Instruction instruction;
    while (reader.next(instruction)) {
      const std::uint32_t offset = instruction.offset.value;
      while (line < lines_.size() && lines_[line].end <= offset) ++line;
      while (position < positions_.size() && positions_[position].end <= offset) ++position;
      const bool has_line = line < lines_.size() && lines_[line].start <= offset && lines_[line].line != bytecode::kNoLine;
      const std::uint32_t label = labels_.at(offset);
      const bytecode::Position at = position < positions_.size() ? positions_[position].position : bytecode::Position{};
      numbers_.insert(numbers_.end(),
                      {has_line ? static_cast<std::int32_t>(lines_[line].line) : -1,
                       label == 0 ? 0 : facts_.dis_has_labels ? static_cast<std::int32_t>(label) : -1,
                       static_cast<std::int32_t>(offset), texts_.add(disassembler_.row(instruction.number).name()),
                       static_cast<std::int32_t>(instruction.oparg), operand_text(instruction), at.line, at.column,
                       at.end_line, at.end_column});
    }
  }

  /// Number of the text beside the operand; -1: none, -2: no operand either.
  std::int32_t operand_text(const Instruction& instruction) {
    if (!instruction.has_operand) return -2;
    const auto target = bytecode::jump_target(facts_, instruction);
    text_.clear();
    operands_.append(text_, instruction, facts_.dis_has_labels && target ? labels_.at(*target) : 0);
    return text_.empty() ? -1 : texts_.add(text_.view());
  }

  JsonWriter& json_;
  const Facts& facts_;
  const ConstantPool& pool_;
  ConstId root_;
  std::vector<std::int32_t>& numbers_;
  dis::Disassembler disassembler_;
  dis::ConstantPrinter constants_;
  dis::OperandWriter operands_;
  TextTable texts_;
  dis::JumpLabels labels_;
  support::TextBuffer text_;
  std::vector<bytecode::ExceptionEntry> handlers_;
  std::vector<bytecode::LineRange> lines_;
  std::vector<bytecode::PositionRange> positions_;
};

}  // namespace

void write_listing(JsonWriter& json, const LoadedCode& code, std::vector<std::int32_t>& numbers) {
  NumberListing(json, code, numbers).write();
}

}  // namespace ouro::explorer
