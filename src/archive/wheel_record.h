// RECORD, the list of files of an installed or packed distribution (PEP 376, PEP 427): path, hash, size.
#pragma once

#include <string>
#include <string_view>

#include "support/byte_reader.h"

namespace ouro::archive {

/// "sha256=" and the digest in URL-safe base64 without padding.
[[nodiscard]] std::string record_hash(ByteView bytes);

class WheelRecord {
 public:
  explicit WheelRecord(std::string text);
  /// Adds the row of `name`, or replaces it. Other rows keep their text and order.
  void set(std::string_view name, ByteView bytes);
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace ouro::archive
