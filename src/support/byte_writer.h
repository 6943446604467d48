// Little-endian writing into a growing buffer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace ouro::support {

/// Appends to an owned vector of bytes, which is kept longer than what was written so far: no append fills or inserts.
class ByteWriter {
 public:
  void u8(std::uint8_t value) { *room(1) = value; }
  void u16(std::uint16_t value) { little_endian(value); }
  void u32(std::uint32_t value) { little_endian(value); }
  void u64(std::uint64_t value) { little_endian(value); }
  void i16(std::int16_t value) { u16(static_cast<std::uint16_t>(value)); }
  void i32(std::int32_t value) { u32(static_cast<std::uint32_t>(value)); }
  void i64(std::int64_t value) { u64(static_cast<std::uint64_t>(value)); }
  void raw(std::string_view text) {
    if (!text.empty()) std::memcpy(room(text.size()), text.data(), text.size());
  }
  void reserve(std::size_t size) {
    if (size > bytes_.size()) bytes_.resize(size);
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::vector<std::uint8_t> take() {
    bytes_.resize(size_);
    size_ = 0;
    return std::move(bytes_);
  }

 private:
  std::uint8_t* room(std::size_t count) {
    if (bytes_.size() - size_ < count) [[unlikely]] bytes_.resize(std::max(size_ + count, bytes_.size() * 2));
    std::uint8_t* at = bytes_.data() + size_;
    size_ += count;
    return at;
  }
  template <class T>
  void little_endian(T value) {
    std::uint8_t* at = room(sizeof(T));
    for (std::size_t i = 0; i < sizeof(T); ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }

  std::vector<std::uint8_t> bytes_;
  std::size_t size_ = 0;
};

}  // namespace ouro::support
