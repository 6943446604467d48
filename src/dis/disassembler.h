// What every listing of one version shares: how its dis module lays out lines, prepared once.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "dis/constant_repr.h"
#include "version/facts.h"

namespace ouro::dis {

/// The options of that version's dis.dis(); one that the version's dis does not have changes nothing.
struct ListingOptions {
  bool show_caches = false;     ///< 3.11+: a line for each inline cache entry
  bool show_offsets = false;    ///< 3.13+: the offset of each instruction
  bool show_positions = false;  ///< 3.14+: lines and columns instead of the line alone
  bool adaptive = false;        ///< 3.11+: opcodes as the interpreter has them after loading, not as compiled
  /// Go on with nested code objects where that version's dis.dis() does not (up to 3.6).
  bool nested = false;
  std::uint32_t max_depth = UINT32_MAX;  ///< levels of nested code objects
};

/// Default for how long a listing may get before it is cut off: 4 GiB.
inline constexpr std::uint64_t kMaxListingBytes = UINT64_C(1) << 32U;

/// One opcode number, ready to print.
struct OpcodeRow {
  std::array<char, 48> text{};  ///< the name, padded to its column, and a space
  std::uint8_t text_size = 0;
  std::uint8_t name_size = 0;
  std::uint8_t operand_width = 0;
  const OpcodeInfo* meaning = nullptr;  ///< of the base opcode for specialised and instrumented ones

  [[nodiscard]] std::string_view name() const { return {text.data(), name_size}; }
};

class Disassembler {
 public:
  explicit Disassembler(const Facts& facts, const ListingOptions& options = {});

  [[nodiscard]] const Facts& facts() const { return *facts_; }
  [[nodiscard]] const ListingOptions& options() const { return options_; }
  [[nodiscard]] const ReprStyle& repr_style() const { return repr_style_; }
  [[nodiscard]] const OpcodeRow& row(std::uint8_t number) const { return rows_[number]; }

 private:
  const Facts* facts_;
  ListingOptions options_;
  ReprStyle repr_style_;
  std::array<OpcodeRow, 256> rows_;
};

}  // namespace ouro::dis
