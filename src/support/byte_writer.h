// Little-endian writing into a growing buffer.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace ouro::support {

/// Appends to an owned vector of bytes.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { bytes_.push_back(value); }
  void u16(std::uint16_t value) { little_endian(value); }
  void u32(std::uint32_t value) { little_endian(value); }
  void u64(std::uint64_t value) { little_endian(value); }
  void i16(std::int16_t value) { u16(static_cast<std::uint16_t>(value)); }
  void i32(std::int32_t value) { u32(static_cast<std::uint32_t>(value)); }
  void i64(std::int64_t value) { u64(static_cast<std::uint64_t>(value)); }
  void raw(std::span<const std::uint8_t> view) { bytes_.insert(bytes_.end(), view.begin(), view.end()); }
  void raw(std::string_view text) {
    const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
    bytes_.insert(bytes_.end(), data, data + text.size());
  }
  void reserve(std::size_t size) { bytes_.reserve(size); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::vector<std::uint8_t>& bytes() { return bytes_; }
  [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  template <class T>
  void little_endian(T value) {
    std::uint8_t data[sizeof(T)];
    for (std::size_t i = 0; i < sizeof(T); ++i) data[i] = static_cast<std::uint8_t>(value >> (8 * i));
    bytes_.insert(bytes_.end(), data, data + sizeof(T));
  }
  std::vector<std::uint8_t> bytes_;
};

}  // namespace ouro::support
