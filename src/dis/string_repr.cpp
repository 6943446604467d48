// repr() of strings. Follows CPython Objects/unicodeobject.c unicode_repr and Objects/bytesobject.c
// PyBytes_Repr; for 2.7 Objects/unicodeobject.c unicodeescape_string and Objects/stringobject.c string_repr.
#include <array>
#include <cstring>

#include "dis/constant_repr.h"
#include "support/utf8.h"

namespace ouro::dis {
namespace {

enum ByteClass : std::uint8_t { Plain, Quote, Escape, NotAscii };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned i = 0; i < 256; ++i) {
    classes[i] = i >= 0x80 ? NotAscii : (i < 0x20 || i == 0x7F || i == '\\') ? Escape : Plain;
  }
  classes['\''] = Quote;
  classes['"'] = Quote;
  return classes;
}
constexpr std::array<std::uint8_t, 256> kClasses = make_classes();

std::uint8_t class_of(char c) { return kClasses[static_cast<std::uint8_t>(c)]; }

char choose_quote(std::string_view text) {
  if (std::memchr(text.data(), '\'', text.size()) == nullptr) return '\'';
  return std::memchr(text.data(), '"', text.size()) == nullptr ? '"' : '\'';
}

char* write_hex(char* out, std::uint32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[(value >> shift) & 15U];
  return out;
}

// The escape of one code point: \t \n \r \\, \xNN, \uNNNN or \UNNNNNNNN. At most 10 bytes.
char* write_escape(char* out, std::uint32_t c) {
  *out++ = '\\';
  switch (c) {
    case '\t': *out++ = 't'; return out;
    case '\n': *out++ = 'n'; return out;
    case '\r': *out++ = 'r'; return out;
    case '\\': *out++ = '\\'; return out;
    default: break;
  }
  const int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  *out++ = digits == 2 ? 'x' : digits == 4 ? 'u' : 'U';
  return write_hex(out, c, digits);
}

// Walks over `text`, copying runs of plain ASCII; `other(out, position)` writes what starts at a byte from
// 0x80 on and gives how many bytes it was.
template <class Other>
void append_quoted(TextBuffer& out, std::string_view text, const Other& other) {
  const char quote = choose_quote(text);
  out.append(quote);
  std::size_t i = 0;
  while (true) {
    const std::size_t run = i;
    while (i < text.size() && class_of(text[i]) == Plain) ++i;
    out.append(text.substr(run, i - run));
    if (i == text.size()) break;
    const char c = text[i];
    if (class_of(c) == NotAscii) {
      i += other(i);
      continue;
    }
    char* p = out.reserve(10);
    if (class_of(c) == Quote) {
      if (c == quote) *p++ = '\\';
      *p++ = c;
    } else {
      p = write_escape(p, static_cast<std::uint8_t>(c));
    }
    out.commit(p);
    ++i;
  }
  out.append(quote);
}

}  // namespace

void append_str_repr(TextBuffer& out, std::string_view utf8, unicode::UnicodeVersion version) {
  append_quoted(out, utf8, [&](std::size_t i) -> std::size_t {
    const support::DecodedCodePoint step = support::decode_utf8(utf8, i);
    if (unicode::is_printable(step.code_point, version)) {
      out.append(utf8.substr(i, step.length));
    } else {
      out.commit(write_escape(out.reserve(10), step.code_point));
    }
    return step.length;
  });
}

void append_unicode_repr(TextBuffer& out, std::string_view utf8) {
  append_quoted(out, utf8, [&](std::size_t i) -> std::size_t {
    const support::DecodedCodePoint step = support::decode_utf8(utf8, i);
    out.commit(write_escape(out.reserve(10), step.code_point));
    return step.length;
  });
}

void append_bytes_repr(TextBuffer& out, std::string_view bytes) {
  append_quoted(out, bytes, [&](std::size_t i) -> std::size_t {
    out.commit(write_escape(out.reserve(10), static_cast<std::uint8_t>(bytes[i])));
    return 1;
  });
}

}  // namespace ouro::dis
