#include "dis/jump_labels.h"

#include <algorithm>

namespace ouro::dis {

void JumpLabels::mark(std::int64_t offset) {
  if (offset >= 0 && static_cast<std::uint64_t>(offset) < inside_.size()) {
    inside_[static_cast<std::size_t>(offset)] = 1;
  } else {
    outside_.push_back(offset);
  }
}

void JumpLabels::find(const Facts& facts, std::string_view code, std::span<const bytecode::ExceptionEntry> handlers) {
  inside_.assign(code.size() + 1, 0);
  outside_.clear();
  bytecode::InstructionReader reader(facts, code, bytecode::ExtendedArgs::Show);
  Instruction instruction;
  bool has_targets = !handlers.empty();
  while (reader.next(instruction)) {
    if (!instruction.info->is_jump()) continue;
    has_targets = true;
    if (facts.dis_labels_ignore_extended_arg) instruction.oparg &= 0xFFFFU;
    mark(*bytecode::jump_target(facts, instruction));
  }
  for (const bytecode::ExceptionEntry& entry : handlers) {
    // Without labels only targets are marked, and only those of entries that cover something.
    if (facts.dis_has_labels) {
      mark(entry.start);
      mark(entry.end);
      mark(entry.target);
    } else if (entry.start < entry.end) {
      mark(entry.target);
    }
  }
  count_ = 0;
  before_ = 0;
  if (!has_targets) return;
  std::sort(outside_.begin(), outside_.end());
  outside_.erase(std::unique(outside_.begin(), outside_.end()), outside_.end());
  before_ = static_cast<std::uint32_t>(std::lower_bound(outside_.begin(), outside_.end(), 0) - outside_.begin());
  count_ = before_;
  for (std::uint32_t& label : inside_) {
    if (label != 0) label = ++count_;
  }
  count_ += static_cast<std::uint32_t>(outside_.size()) - before_;
}

std::uint32_t JumpLabels::outside_label(std::int64_t offset) const {
  const auto found = std::lower_bound(outside_.begin(), outside_.end(), offset);
  if (found == outside_.end() || *found != offset) return 0;
  const auto index = static_cast<std::uint32_t>(found - outside_.begin());
  const auto inside = count_ - static_cast<std::uint32_t>(outside_.size());
  return index < before_ ? index + 1 : index + 1 + inside;
}

}  // namespace ouro::dis
