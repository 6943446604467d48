// Bounds-checked little-endian reading.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "support/result.h"

namespace ouro::support {

/// A view of bytes owned by somebody else.
using ByteView = std::span<const std::uint8_t>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A cursor over bytes. Every read checks what is left first; a failed read moves nothing and gives an
/// Error with `code` (given once, "marshal.truncated" say) and the offset.
class ByteReader {
 public:
  ByteReader(ByteView bytes, std::string_view truncated_code)
      : bytes_(bytes), truncated_code_(truncated_code) {}

  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t remaining() const { return bytes_.size() - offset_; }
  [[nodiscard]] ByteView bytes() const { return bytes_; }

  Result<std::uint8_t> u8() {
    if (remaining() < 1) return truncated(1);
    return bytes_[offset_++];
  }
  Result<std::uint16_t> u16() { return little_endian<std::uint16_t>(); }
  Result<std::uint32_t> u32() { return little_endian<std::uint32_t>(); }
  Result<std::uint64_t> u64() { return little_endian<std::uint64_t>(); }
  Result<std::int16_t> i16() { return signed_of<std::int16_t>(u16()); }
  Result<std::int32_t> i32() { return signed_of<std::int32_t>(u32()); }
  Result<std::int64_t> i64() { return signed_of<std::int64_t>(u64()); }

  Result<ByteView> take(std::size_t count) {
    if (remaining() < count) return truncated(count);
    ByteView view = bytes_.subspan(offset_, count);
    offset_ += count;
    return view;
  }

  [[nodiscard]] Error truncated(std::size_t needed) const {
    return error_at(truncated_code_, offset_,
                    "needs " + std::to_string(needed) + " bytes, " + std::to_string(remaining()) + " left");
  }

 private:
  template <class T>
  Result<T> little_endian() {
    if (remaining() < sizeof(T)) return truncated(sizeof(T));
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<T>(value | (static_cast<T>(bytes_[offset_ + i]) << (8 * i)));
    }
    offset_ += sizeof(T);
    return value;
  }
  template <class S, class U>
  static Result<S> signed_of(Result<U> value) {
    if (!value) return std::move(value).error();
    return static_cast<S>(*value);
  }

  ByteView bytes_;
  std::string_view truncated_code_;
  std::size_t offset_ = 0;
};

}  // namespace ouro::support

namespace ouro {
using support::ByteView;
}  // namespace ouro
