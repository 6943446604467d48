#include "path_pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace ouro::cli {

struct PathPattern::Code {
  explicit Code(pcre2_code* c) : code(c) {}
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() { pcre2_code_free(code); }
  pcre2_code* code;
};

Result<PathPattern> PathPattern::compile(std::string_view expression) {
  int number = 0;
  PCRE2_SIZE offset = 0;
  const auto* text = reinterpret_cast<PCRE2_SPTR>(expression.data());
  pcre2_code* code = pcre2_compile(text, expression.size(), PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &number, &offset, nullptr);
  if (code == nullptr) {
    PCRE2_UCHAR message[200];
    pcre2_get_error_message(number, message, sizeof(message));
    Error error = make_error("path_pattern.syntax", std::string(reinterpret_cast<const char*>(message)) + " at column " +
                                                        std::to_string(offset + 1) + " of the regular expression");
    return error;
  }
  return PathPattern(std::make_shared<const Code>(code));
}

bool PathPattern::found_in(std::string_view path) const {
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create_from_pattern(code_->code, nullptr), &pcre2_match_data_free);
  const auto* text = reinterpret_cast<PCRE2_SPTR>(path.data());
  return data && pcre2_match(code_->code, text, path.size(), 0, 0, data.get(), nullptr) >= 0;
}

}  // namespace ouro::cli
