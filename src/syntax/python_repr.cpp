#include "syntax/python_repr.h"

#include "support/float_text.h"
#include "support/utf8.h"
#include "syntax/unicode_facts.h"

namespace ouro::syntax {
namespace {

void append_hex(std::string& out, std::uint32_t value, int digits) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += kDigits[(value >> static_cast<unsigned>(shift)) & 15U];
}

char pick_quote(std::string_view text) {
  return text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos ? '"' : '\'';
}

// ASCII with the escapes both kinds have; false where the caller must say more.
bool append_plain(std::string& out, char c, char quote) {
  switch (c) {
    case '\n': out += "\\n"; return true;
    case '\r': out += "\\r"; return true;
    case '\t': out += "\\t"; return true;
    case '\\': out += "\\\\"; return true;
    default: break;
  }
  if (c == quote) out += '\\';
  else if (c < 0x20 || c == 0x7F) return false;
  out += c;
  return true;
}

void append_items(std::string& out, const ConstantValue& value) {
  bool first = true;
  for (const ConstantValue& item : value.items()) {
    if (!first) out += ", ";
    first = false;
    append_constant_repr(out, item);
  }
}

}  // namespace

void append_str_repr(std::string& out, std::string_view text) {
  const char quote = pick_quote(text);
  out += quote;
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      if (!append_plain(out, text[i], quote)) {
        out += "\\x";
        append_hex(out, static_cast<unsigned char>(text[i]), 2);
      }
      ++i;
      continue;
    }
    const support::DecodedCodePoint character = support::decode_utf8(text, i);
    if (is_printable(character.code_point)) {
      out.append(text.substr(i, character.length));
    } else if (character.code_point < 0x100) {
      out += "\\x";
      append_hex(out, character.code_point, 2);
    } else if (character.code_point < 0x10000) {
      out += "\\u";
      append_hex(out, character.code_point, 4);
    } else {
      out += "\\U";
      append_hex(out, character.code_point, 8);
    }
    i += character.length;
  }
  out += quote;
}

void append_bytes_repr(std::string& out, std::string_view bytes) {
  const char quote = pick_quote(bytes);
  out += 'b';
  out += quote;
  for (const char c : bytes) {
    if (static_cast<unsigned char>(c) < 0x80 && append_plain(out, c, quote)) continue;
    out += "\\x";
    append_hex(out, static_cast<unsigned char>(c), 2);
  }
  out += quote;
}

void append_constant_repr(std::string& out, const ConstantValue& value) {
  switch (value.kind) {
    case ConstantKind::None: out += "None"; break;
    case ConstantKind::False: out += "False"; break;
    case ConstantKind::True: out += "True"; break;
    case ConstantKind::Ellipsis: out += "Ellipsis"; break;
    case ConstantKind::Int: out += std::to_string(value.integer); break;
    case ConstantKind::BigInt: out += value.big->to_decimal(); break;
    case ConstantKind::Float: support::append_float_repr(out, value.real); break;
    case ConstantKind::Complex: support::append_complex_repr(out, value.complex.real, value.complex.imag); break;
    case ConstantKind::Str: append_str_repr(out, value.text()); break;
    case ConstantKind::Bytes: append_bytes_repr(out, value.text()); break;
    case ConstantKind::Tuple:
      out += '(';
      append_items(out, value);
      out += value.items().size() == 1 ? ",)" : ")";
      break;
    case ConstantKind::FrozenSet:
      out += "frozenset({";
      append_items(out, value);
      out += "})";
      break;
  }
}

}  // namespace ouro::syntax
