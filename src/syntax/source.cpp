#include "syntax/source.h"

#include <cstring>

#include "support/utf8.h"

namespace ouro::syntax {

bool SourceText::refuse(SyntaxErrorType type, std::string message, std::int32_t lineno, std::int32_t offset) {
  error_ = {type, std::move(message), lineno, offset, lineno, offset};
  text_.clear();
  return false;
}

bool SourceText::assign(std::string_view utf8) { return take_utf8(utf8, true); }

bool SourceText::decode(std::string_view bytes) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  return take_utf8(bytes, false);
}

// Newlines become "\n", a missing last one is added.
bool SourceText::take_utf8(std::string_view utf8, bool) {
  if (std::memchr(utf8.data(), '\0', utf8.size()) != nullptr) {
    return refuse(SyntaxErrorType::SyntaxError, "source code string cannot contain null bytes");
  }
  text_.clear();
  text_.reserve(utf8.size() + 1);
  if (utf8.find('\r') == std::string_view::npos) {
    text_ = utf8;
  } else {
    for (std::size_t i = 0; i < utf8.size(); ++i) {
      if (utf8[i] != '\r') {
        text_ += utf8[i];
        continue;
      }
      text_ += '\n';
      if (i + 1 < utf8.size() && utf8[i + 1] == '\n') ++i;
    }
  }
  if (!text_.empty() && text_.back() != '\n') text_ += '\n';
  return true;
}

}  // namespace ouro::syntax
