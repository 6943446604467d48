#include "analysis/instruction_text.h"

#include "analysis/code_tree.h"

namespace ouro::analysis {

// Cut at a character; a code object's address and file say nothing here.
std::string InstructionText::take() {
  constexpr std::size_t kShown = 200;
  std::string text(buffer_.view());
  buffer_.clear();
  if (text.size() > kShown) {
    std::size_t end = kShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    text += "...";
  }
  return text;
}

std::string InstructionText::operand(const Instruction& instruction) {
  if (!instruction.has_operand) return {};
  operands_.append(buffer_, instruction, 0);
  if (buffer_.empty()) return std::to_string(instruction.oparg);
  if (buffer_.view().starts_with("<code object ")) {
    const std::string_view name = buffer_.view().substr(13);
    std::string text = "<code " + std::string(name.substr(0, name.rfind(" at 0x"))) + ">";
    buffer_.clear();
    buffer_.append(text);
  }
  return take();
}

std::string InstructionText::constant(ConstId id) {
  constants_.append_repr(buffer_, id);
  return take();
}

}  // namespace ouro::analysis
