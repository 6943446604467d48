// The variable-length integers of 3.11+ tables. Location table: 6 bits a byte, least significant first.
// Exception table: 6 bits a byte, most significant first, bit 7 marks the start of an entry. Bit 6 says that
// more follows, in both. Reading past the end gives zeros.
#pragma once

#include <cstdint>
#include <string_view>

namespace ouro::bytecode {

class VariableIntegerReader {
 public:
  explicit VariableIntegerReader(std::string_view bytes)
      : VariableIntegerReader(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                              reinterpret_cast<const std::uint8_t*>(bytes.data()) + bytes.size()) {}
  VariableIntegerReader(const std::uint8_t* begin, const std::uint8_t* end) : cursor_(begin), end_(end) {}

  [[nodiscard]] bool at_end() const { return cursor_ == end_; }
  std::uint8_t byte() { return cursor_ == end_ ? std::uint8_t{0} : *cursor_++; }

  /// Location table, unsigned.
  std::uint32_t value() {
    std::uint8_t b = byte();
    std::uint32_t value = b & 63U;
    for (unsigned shift = 6; (b & 64U) != 0; shift += 6) {
      b = byte();
      if (shift < 32) value |= static_cast<std::uint32_t>(b & 63U) << shift;
    }
    return value;
  }
  /// Location table, signed: the lowest bit is the sign.
  std::int32_t signed_value() {
    const std::uint32_t raw = value();
    const std::uint32_t magnitude = raw >> 1;
    return static_cast<std::int32_t>((raw & 1U) != 0 ? 0U - magnitude : magnitude);
  }
  /// Exception table. False when the bytes end inside the number.
  bool big_endian(std::uint32_t& value) {
    std::uint8_t b = 0;
    value = 0;
    do {
      if (at_end()) return false;
      b = byte();
      value = (value << 6) | (b & 63U);
    } while ((b & 64U) != 0);
    return true;
  }

 private:
  const std::uint8_t* cursor_;
  const std::uint8_t* end_;
};

}  // namespace ouro::bytecode
