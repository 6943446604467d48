// Bump allocation for trees and graphs whose nodes die together.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace ouro::support {

/// Owns everything it hands out until it is destroyed or reset. Only trivially destructible types: no
/// destructor is ever run. Not thread-safe; movable, and handed-out pointers stay valid over a move.
class Arena {
 public:
  explicit Arena(std::size_t first_block = 16 * 1024) : next_block_(first_block) {}
  Arena(Arena&&) noexcept = default;
  Arena& operator=(Arena&&) noexcept = default;

  /// `size` raw bytes aligned to `alignment` (a power of two, at most alignof(max_align_t)).
  void* allocate(std::size_t size, std::size_t alignment) {
    std::uintptr_t start = (cursor_ + alignment - 1) & ~(alignment - 1);
    if (start + size > limit_) [[unlikely]] {
      grow(size + alignment);
      start = (cursor_ + alignment - 1) & ~(alignment - 1);
    }
    cursor_ = start + size;
    return reinterpret_cast<void*>(start);
  }

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return ::new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  /// An uninitialised-then-value-initialised array of `count` elements.
  template <class T>
  std::span<T> make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    T* data = static_cast<T*>(allocate(sizeof(T) * count, alignof(T)));
    std::uninitialized_value_construct_n(data, count);
    return {data, count};
  }

  template <class T>
  std::span<T> copy(std::span<const T> source) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    if (source.empty()) return {};
    T* data = static_cast<T*>(allocate(source.size_bytes(), alignof(T)));
    std::memcpy(static_cast<void*>(data), source.data(), source.size_bytes());
    return {data, source.size()};
  }
  template <class T>
  std::span<T> copy(const std::vector<T>& source) { return copy(std::span<const T>(source)); }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* data = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(data, text.data(), text.size());
    return {data, text.size()};
  }

  /// Bytes obtained from the system so far.
  [[nodiscard]] std::size_t reserved_bytes() const { return reserved_; }

  /// Forgets everything handed out; keeps the largest block for the next use.
  void reset() {
    if (blocks_.empty()) return;
    Block last = std::move(blocks_.back());
    blocks_.clear();
    cursor_ = reinterpret_cast<std::uintptr_t>(last.data.get());
    limit_ = cursor_ + last.size;
    reserved_ = last.size;
    blocks_.push_back(std::move(last));
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> data;
    std::size_t size;
  };

  void grow(std::size_t at_least) {
    const std::size_t size = std::max(at_least, next_block_);
    next_block_ = std::min<std::size_t>(size * 2, 8U << 20U);
    blocks_.push_back({std::unique_ptr<std::byte[]>(new std::byte[size]), size});
    cursor_ = reinterpret_cast<std::uintptr_t>(blocks_.back().data.get());
    limit_ = cursor_ + size;
    reserved_ += size;
  }

  std::vector<Block> blocks_;
  std::uintptr_t cursor_ = 0;
  std::uintptr_t limit_ = 0;
  std::size_t next_block_;
  std::size_t reserved_ = 0;
};

}  // namespace ouro::support

namespace ouro {
using support::Arena;
}  // namespace ouro
