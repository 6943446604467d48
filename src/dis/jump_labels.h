// Which offsets of a code object are jumped to, and (3.13+) the numbers of their labels.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"

namespace ouro::dis {

/// Reused from one code object to the next.
class JumpLabels {
 public:
  /// Collects the targets of jumps and of exception handlers (Lib/dis.py findlabels, _make_labels_map).
  void find(const Facts& facts, std::string_view code, std::span<const bytecode::ExceptionEntry> handlers);

  /// 0 when nothing jumps there; otherwise the label's number, from 1 in order of offset.
  [[nodiscard]] std::uint32_t at(std::int64_t offset) const {
    if (offset >= 0 && static_cast<std::uint64_t>(offset) < inside_.size()) [[likely]] {
      return inside_[static_cast<std::size_t>(offset)];
    }
    return outside_label(offset);
  }
  [[nodiscard]] std::uint32_t count() const { return count_; }

 private:
  void mark(std::int64_t offset);
  [[nodiscard]] std::uint32_t outside_label(std::int64_t offset) const;

  std::vector<std::uint32_t> inside_;   // by offset, 0 to the length of the code
  std::vector<std::int64_t> outside_;   // targets of damaged code, sorted
  std::uint32_t before_ = 0;            // how many of them are negative
  std::uint32_t count_ = 0;
};

}  // namespace ouro::dis
