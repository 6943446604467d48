// Literals: strings, bytes, numbers, f-strings.
#include <cmath>
#include <cstdio>

#include "decompile/print_impl.h"
#include "support/float_text.h"

namespace ouro::decompile {
namespace {

using namespace syntax;  // NOLINT: every name here is a node's

void append_hex(std::string& out, const char* format, unsigned value) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, format, value);
  out += buffer;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text, char quote, bool is_bytes, bool braces, bool keep_newlines) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto u = static_cast<unsigned char>(c);
    if (c == '\n' && keep_newlines) {
      out += c;
    } else if (c == '\\' || (quote != 0 && c == quote)) {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t' && !keep_newlines) {
      out += "\\t";
    } else if (c == '\t') {
      out += c;
    } else if (u < 0x20 || u == 0x7F || (is_bytes && u >= 0x80)) {
      append_hex(out, "\\x%02x", u);
    } else if (braces && (c == '{' || c == '}')) {
      out += c;
      out += c;
    } else if (u < 0x80) {
      out += c;
    } else {
      // UTF-8 with lone surrogates; what is no valid sequence can't come from a str.
      const std::size_t length = u >= 0xF0 ? 4 : u >= 0xE0 ? 3 : 2;
      if (i + length > text.size()) {
        append_hex(out, "\\x%02x", u);
        continue;
      }
      unsigned value = length == 4 ? u & 7U : length == 3 ? u & 15U : u & 31U;
      for (std::size_t k = 1; k < length; ++k) value = value << 6U | (static_cast<unsigned char>(text[i + k]) & 63U);
      if ((value >= 0xD800 && value < 0xE000) || value == 0xFEFF || (value >= 0x200B && value <= 0x200F) ||
          (value >= 0x2028 && value <= 0x202E)) {
        append_hex(out, "\\u%04x", value);
      } else if (value < 0xA1) {
        append_hex(out, "\\x%02x", value);
      } else {
        out.append(text.substr(i, length));
      }
      i += length - 1;
    }
  }
}

std::string quoted(std::string_view text, bool is_bytes) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string out = is_bytes ? "b" : "";
  out += quote;
  append_escaped(out, text, quote, is_bytes, false);
  out += quote;
  return out;
}

void Printer::constant(const ConstantValue& v, bool atom) {
  switch (v.kind) {
    case ConstantKind::None: put("None"); return;
    case ConstantKind::False: put("False"); return;
    case ConstantKind::True: put("True"); return;
    case ConstantKind::Ellipsis: put("..."); return;
    case ConstantKind::Int: {
      const std::string text = std::to_string(v.integer);
      put(atom ? "(" + text + ")" : text);
      return;
    }
    case ConstantKind::BigInt:
      // CPython reads at most 4,300 decimal digits.
      put(v.big->bit_length() > 14000 ? "0x" + v.big->to_text_power_of_two(16) : v.big->to_decimal());
      return;
    case ConstantKind::Float:
      if (std::isinf(v.real)) put("1e309");
      else put(support::float_repr(v.real));
      return;
    case ConstantKind::Complex: {
      if (std::isinf(v.complex.imag)) {
        put("1e309j");
        return;
      }
      std::string text;
      support::append_complex_part(text, v.complex.imag);
      put(text + "j");
      return;
    }
    case ConstantKind::Str: put(quoted(v.text(), false)); return;
    case ConstantKind::Bytes: put(quoted(v.text(), true)); return;
    default: put("()"); return;
  }
}

void Printer::joined(const JoinedStr& j) {
  std::string text;
  joined_parts(j, text, false);
  put("f");
  put(text.find('\'') != std::string::npos && text.find('"') == std::string::npos ? "\"" : "'");
  const char quote = out_.back();
  if (quote == '\'' && text.find('\'') != std::string::npos) {
    // Both kinds of quotes: from 3.12 on fields may hold any; in the literal parts they are escaped below.
    text.clear();
    joined_parts(j, text, false);
  }
  put(text);
  put(std::string_view(&quote, 1));
}

// Literal parts escape the single quote only when the whole is in single quotes; to keep that simple they always
// write both quotes as escapes unless a field could not.
void Printer::joined_parts(const JoinedStr& j, std::string& text, bool is_spec) {
  for (const Expr* part : j.values) {
    if (part->kind == ExprKind::Constant) {
      std::string raw;
      append_escaped(raw, as<Constant>(part).value.text(), '\'', false, true);
      text += raw;
      continue;
    }
    if (part->kind != ExprKind::FormattedValue) {
      if (part->kind == ExprKind::JoinedStr) joined_parts(as<JoinedStr>(part), text, is_spec);
      continue;
    }
    const auto& field = as<FormattedValue>(part);
    std::string outer;
    outer.swap(out_);
    const bool was_one_line = one_line_;
    one_line_ = true;
    expression(field.value, Level::Or);
    one_line_ = was_one_line;
    outer.swap(out_);
    text += outer.starts_with('{') ? "{ " : "{";
    text += outer;
    if (field.conversion > 0) {
      text += '!';
      text += static_cast<char>(field.conversion);
    }
    if (field.format_spec != nullptr) {
      text += ':';
      if (field.format_spec->kind == ExprKind::JoinedStr) joined_parts(as<JoinedStr>(field.format_spec), text, true);
    }
    text += '}';
  }
}

}  // namespace ouro::decompile
