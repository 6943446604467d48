// Bytes written one after another: reused from unit to unit, so that room is asked for once per entry and nothing is
// cleared or filled twice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace ouro::compile {

class OutputBuffer {
 public:
  /// Where to write at most `count` further bytes; end_at() then says how far it went.
  [[nodiscard]] std::uint8_t* room(std::size_t count) {
    if (capacity_ - size_ < count) [[unlikely]] grow(count);
    return data_.get() + size_;
  }
  void end_at(const std::uint8_t* end) { size_ = static_cast<std::size_t>(end - data_.get()); }
  void push_back(std::uint8_t byte) {
    *room(1) = byte;
    ++size_;
  }
  void clear() { size_ = 0; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<const char*>(data_.get()), size_}; }

 private:
  void grow(std::size_t count) {
    const std::size_t capacity = std::max(size_ + count, capacity_ * 2 + 256);
    std::unique_ptr<std::uint8_t[]> data(new std::uint8_t[capacity]);
    if (size_ > 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<std::uint8_t[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace ouro::compile
