#include "support/json_writer.h"

#include <charconv>
#include <cmath>

#include "support/float_text.h"
#include "support/result.h"
#include "support/utf8.h"

namespace ouro::support {
namespace {

void append_hex_escape(std::string& out, std::uint32_t unit) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kHex[(unit >> shift) & 15U]);
}

void append_control(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: append_hex_escape(out, static_cast<std::uint8_t>(c));
  }
}

bool is_plain(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t plain = i;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text, i, plain - i);
    i = plain;
    if (i == text.size()) break;
    if (static_cast<std::uint8_t>(text[i]) < 0x80) {
      append_control(out, text[i++]);
      continue;
    }
    const DecodedCodePoint step = decode_utf8(text, i);
    if (!step.valid) {
      append_utf8(out, kReplacement);
    } else if (step.code_point >= 0xD800 && step.code_point < 0xE000) {
      append_hex_escape(out, step.code_point);
    } else {
      out.append(text, i, step.length);
    }
    i += step.length;
  }
  out.push_back('"');
}

void JsonWriter::new_line() {
  if (style_ == Style::Compact) return;
  out_.push_back('\n');
  out_.append(levels_.size() * 2, ' ');
}

void JsonWriter::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  OURO_ASSERT(levels_.back().close == ']');
  if (!levels_.back().empty) out_.push_back(',');
  levels_.back().empty = false;
  new_line();
}

void JsonWriter::open(char bracket) {
  before_value();
  out_.push_back(bracket);
  levels_.push_back({bracket == '{' ? '}' : ']'});
}

void JsonWriter::end() {
  OURO_ASSERT(!levels_.empty() && !after_key_);
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.empty) new_line();
  out_.push_back(level.close);
}

void JsonWriter::key(std::string_view name) {
  OURO_ASSERT(!levels_.empty() && levels_.back().close == '}' && !after_key_);
  if (!levels_.back().empty) out_.push_back(',');
  levels_.back().empty = false;
  new_line();
  append_json_string(out_, name);
  out_ += style_ == Style::Compact ? ":" : ": ";
  after_key_ = true;
}

void JsonWriter::string(std::string_view text) {
  before_value();
  append_json_string(out_, text);
}

void JsonWriter::integer(std::int64_t value) {
  before_value();
  char buffer[24];
  out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void JsonWriter::unsigned_integer(std::uint64_t value) {
  before_value();
  char buffer[24];
  out_.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

void JsonWriter::number(double value) {
  if (!std::isfinite(value)) return string(float_repr(value));
  before_value();
  append_float_repr(out_, value);
}

void JsonWriter::boolean(bool value) {
  before_value();
  out_ += value ? "true" : "false";
}

void JsonWriter::null() {
  before_value();
  out_ += "null";
}

void JsonWriter::raw(std::string_view json) {
  before_value();
  out_ += json;
}

}  // namespace ouro::support
