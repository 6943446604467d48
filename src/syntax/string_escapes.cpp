#include "syntax/string_escapes.h"

#include <optional>

#include "support/utf8.h"
#include "syntax/unicode_facts.h"

namespace ouro::syntax {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The one-character escapes both kinds of literal share; nullopt for others.
std::optional<char> simple_escape(char c) {
  switch (c) {
    case '\\': case '\'': case '"': return c;
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return std::nullopt;
  }
}

// Up to three octal digits at `i`, which is moved over them.
std::uint32_t read_octal(std::string_view body, std::size_t& i) {
  std::uint32_t value = 0;
  for (int digits = 0; digits < 3 && i < body.size() && body[i] >= '0' && body[i] <= '7'; ++digits, ++i) {
    value = value * 8 + static_cast<std::uint32_t>(body[i] - '0');
  }
  return value;
}

// CPython decodes a copy of the literal in which every non-ASCII character is \UXXXXXXXX, and a backslash before
// one is \u005c; positions in its messages are in that copy.
std::size_t expanded_position(std::string_view body, std::size_t index) {
  std::size_t position = 0;
  for (std::size_t i = 0; i < index;) {
    const auto byte = static_cast<unsigned char>(body[i]);
    if (byte >= 0x80) {
      position += 10;
      i += support::decode_utf8(body, i).length;
    } else if (byte == '\\' && i + 1 < index) {
      const bool before_non_ascii = static_cast<unsigned char>(body[i + 1]) >= 0x80;
      position += before_non_ascii ? 6 : 2;
      i += before_non_ascii ? 1 : 2;
    } else {
      ++position;
      ++i;
    }
  }
  return position;
}

class TextDecoder {
 public:
  TextDecoder(std::string_view body, std::string& out) : body_(body), out_(out) {}

  EscapeResult run() {
    while (i_ < body_.size() && result_.error.empty()) {
      const std::size_t backslash = body_.find('\\', i_);
      out_.append(body_.substr(i_, backslash - i_));
      if (backslash == std::string_view::npos) break;
      i_ = backslash + 1;
      escape(backslash);
    }
    return std::move(result_);
  }

 private:
  void fail(std::size_t from, std::size_t last, std::string_view reason) {
    const std::size_t start = expanded_position(body_, from);
    result_.error = "'unicodeescape' codec can't decode bytes in position " + std::to_string(start) + "-" +
                    std::to_string(start + last - from) + ": " + std::string(reason);
  }

  void escape(std::size_t backslash) {
    if (i_ == body_.size()) {  // only in parts of f-strings
      out_ += '\\';
      return;
    }
    const char c = body_[i_];
    if (const std::optional<char> simple = simple_escape(c)) {
      ++i_;
      out_ += *simple;
    } else if (c == '\n') {
      ++i_;
    } else if (c >= '0' && c <= '7') {
      const std::uint32_t value = read_octal(body_, i_);
      if (value > 0377) invalid(backslash);
      support::append_utf8(out_, value);
    } else if (c == 'x' || c == 'u' || c == 'U') {
      hexadecimal(backslash, c == 'x' ? 2 : c == 'u' ? 4 : 8);
    } else if (c == 'N') {
      named(backslash);
    } else {  // not an escape: both characters stay
      if (static_cast<unsigned char>(c) < 0x80) invalid(backslash);
      out_ += '\\';
    }
  }

  void invalid(std::size_t backslash) {
    if (result_.first_invalid == std::string_view::npos) result_.first_invalid = backslash;
  }

  void hexadecimal(std::size_t backslash, std::size_t digits) {
    ++i_;
    std::uint32_t value = 0;
    std::size_t count = 0;
    for (; count < digits && i_ < body_.size() && hex_value(body_[i_]) >= 0; ++count, ++i_) {
      value = value << 4U | static_cast<std::uint32_t>(hex_value(body_[i_]));
    }
    if (count < digits) {
      return fail(backslash, i_ - 1,
                  digits == 2   ? "truncated \\xXX escape"
                  : digits == 4 ? "truncated \\uXXXX escape"
                                : "truncated \\UXXXXXXXX escape");
    }
    if (value > 0x10FFFF) return fail(backslash, i_ - 1, "illegal Unicode character");
    support::append_utf8(out_, value);
  }

  void named(std::size_t backslash) {
    ++i_;
    if (i_ == body_.size() || body_[i_] != '{') return fail(backslash, i_ - 1, "malformed \\N character escape");
    const std::size_t close = body_.find('}', i_);
    const std::string_view name = body_.substr(i_ + 1, close == std::string_view::npos ? close : close - i_ - 1);
    if (close == std::string_view::npos || name.empty()) {
      return fail(backslash, close == std::string_view::npos ? body_.size() - 1 : i_, "malformed \\N character escape");
    }
    const std::optional<std::uint32_t> character = lookup_character_name(name);
    if (!character) return fail(backslash, close, "unknown Unicode character name");
    i_ = close + 1;
    support::append_utf8(out_, *character);
  }

  std::string_view body_;
  std::string& out_;
  std::size_t i_ = 0;
  EscapeResult result_;
};

}  // namespace

std::string invalid_escape_message(std::string_view body, std::size_t backslash) {
  const char c = body[backslash + 1];
  if (c >= '4' && c <= '7') return "invalid octal escape sequence '" + std::string(body.substr(backslash, 4)) + "'";
  return "invalid escape sequence '" + std::string(body.substr(backslash, 2)) + "'";
}

EscapeResult decode_text_escapes(std::string_view body, std::string& out) { return TextDecoder(body, out).run(); }

EscapeResult decode_bytes_escapes(std::string_view body, std::string& out) {
  EscapeResult result;
  for (std::size_t i = 0; i < body.size();) {
    const std::size_t backslash = body.find('\\', i);
    out.append(body.substr(i, backslash - i));
    if (backslash == std::string_view::npos) break;
    i = backslash + 1;
    const auto invalid = [&] {
      if (result.first_invalid == std::string_view::npos) result.first_invalid = backslash;
    };
    const char c = i < body.size() ? body[i] : '\0';
    if (const std::optional<char> simple = simple_escape(c)) {
      ++i;
      out += *simple;
    } else if (c == '\n') {
      ++i;
    } else if (c >= '0' && c <= '7') {
      const std::uint32_t value = read_octal(body, i);
      if (value > 0377) invalid();
      out += static_cast<char>(value & 0xFFU);
    } else if (c == 'x') {
      if (i + 2 >= body.size() || hex_value(body[i + 1]) < 0 || hex_value(body[i + 2]) < 0) {
        result.error = "invalid \\x escape at position " + std::to_string(backslash);
        return result;
      }
      out += static_cast<char>(hex_value(body[i + 1]) * 16 + hex_value(body[i + 2]));
      i += 3;
    } else {
      invalid();
      out += '\\';
    }
  }
  return result;
}

}  // namespace ouro::syntax
