#include "archive/wheel_record.h"

#include <sha2.h>

#include <array>
#include <cstdint>

namespace ouro::archive {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string url_safe_base64(ByteView bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 6; count -= 6) text.push_back(kAlphabet[(bits >> (count - 6)) & 63]);
  }
  if (count > 0) text.push_back(kAlphabet[(bits << (6 - count)) & 63]);
  return text;
}

/// A field of the csv module's default dialect.
std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  return quoted + "\"";
}

}  // namespace

std::string record_hash(ByteView bytes) {
  SHA2_CTX context;
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256Init(&context);
  SHA256Update(&context, bytes.data(), bytes.size());
  SHA256Final(digest.data(), &context);
  return "sha256=" + url_safe_base64(digest);
}

WheelRecord::WheelRecord(std::string text) : text_(std::move(text)) {}

void WheelRecord::set(std::string_view name, ByteView bytes) {
  const std::string key = csv_field(name) + ",";
  const std::string_view newline = text_.find("\r\n") != std::string::npos ? "\r\n" : "\n";
  const std::string row = key + record_hash(bytes) + "," + std::to_string(bytes.size());
  for (std::size_t start = 0; start < text_.size();) {
    const std::size_t end = std::min(text_.find('\n', start), text_.size());
    if (text_.compare(start, key.size(), key) == 0) {
      const std::size_t length = end > start && text_[end - 1] == '\r' ? end - 1 - start : end - start;
      text_.replace(start, length, row);
      return;
    }
    start = end + 1;
  }
  if (!text_.empty() && text_.back() != '\n') text_ += newline;
  text_.append(row).append(newline);
}

}  // namespace ouro::archive
