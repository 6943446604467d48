// A growing text output: one block of memory, raw appends, no streams. For the printers that write hundreds of
// megabytes (dis, JSON).
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace ouro::support {

/// Number of decimal digits of `value` (1 for 0).
[[nodiscard]] constexpr unsigned decimal_width(std::uint64_t value) {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  unsigned width = 4;
  for (value /= 10000; value != 0; value /= 10) ++width;
  return width;
}

/// Writes `value` in decimal at `out`, which has room for `width` digits; `width` is decimal_width(value).
inline void write_decimal(char* out, std::uint64_t value, unsigned width) {
  char* p = out + width;
  do {
    *--p = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
}

class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;
  TextBuffer(TextBuffer&& other) noexcept
      : begin_(std::exchange(other.begin_, nullptr)),
        cursor_(std::exchange(other.cursor_, nullptr)),
        end_(std::exchange(other.end_, nullptr)) {}
  TextBuffer& operator=(TextBuffer&& other) noexcept {
    std::swap(begin_, other.begin_);
    std::swap(cursor_, other.cursor_);
    std::swap(end_, other.end_);
    return *this;
  }
  ~TextBuffer() { std::free(begin_); }

  /// Room for `count` more bytes; returns where they go. Follow with commit().
  char* reserve(std::size_t count) {
    if (static_cast<std::size_t>(end_ - cursor_) < count) [[unlikely]] grow(count);
    return cursor_;
  }
  /// `end` is one past the last byte written into what reserve() gave.
  void commit(char* end) { cursor_ = end; }

  void append(std::string_view text) {
    if (text.empty()) return;
    char* out = reserve(text.size());
    std::memcpy(out, text.data(), text.size());
    cursor_ = out + text.size();
  }
  void append(char c) {
    *reserve(1) = c;
    ++cursor_;
  }
  void append_fill(std::size_t count, char c) {
    if (count == 0) return;
    std::memset(reserve(count), c, count);
    cursor_ += count;
  }
  void append_decimal(std::uint64_t value) {
    const unsigned width = decimal_width(value);
    write_decimal(reserve(width), value, width);
    cursor_ += width;
  }
  void append_signed(std::int64_t value) {
    if (value < 0) append('-');
    append_decimal(value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value));
  }

  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(cursor_ - begin_); }
  [[nodiscard]] bool empty() const { return cursor_ == begin_; }
  [[nodiscard]] std::string_view view() const { return {begin_, size()}; }
  /// Forgets the text, keeps the memory.
  void clear() { cursor_ = begin_; }
  /// Drops everything after the first `size` bytes.
  void truncate(std::size_t size) { cursor_ = begin_ + size; }

 private:
  void grow(std::size_t count) {
    const std::size_t used = size();
    std::size_t capacity = static_cast<std::size_t>(end_ - begin_) * 2;
    if (capacity < used + count) capacity = used + count;
    if (capacity < 4096) capacity = 4096;
    char* block = static_cast<char*>(std::realloc(begin_, capacity));
    if (block == nullptr) std::abort();  // out of memory, as operator new would
    begin_ = block;
    cursor_ = block + used;
    end_ = block + capacity;
  }

  char* begin_ = nullptr;
  char* cursor_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace ouro::support

namespace ouro {
using support::TextBuffer;
}  // namespace ouro
