// str.__repr__.
#include "unicode/characters.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_escape(StrBuilder& out, std::uint32_t c) {
  char text[10];
  std::size_t digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  text[0] = '\\';
  text[1] = c < 0x100 ? 'x' : c < 0x10000 ? 'u' : 'U';
  for (std::size_t i = 0; i < digits; ++i) text[2 + i] = kHex[c >> (4 * (digits - 1 - i)) & 15U];
  out.append(std::string_view(text, digits + 2));
}

bool is_plain(std::uint32_t c, std::uint32_t quote) {
  if (c < 0x7F) return c >= 0x20 && c != quote && c != '\\';
  return c != 0x7F && unicode::is_kind(c, unicode::kPrintable);
}

}  // namespace

Ref str_repr(Vm& vm, StrObject* text) {
  VM_CHECK(charge_work(vm, text->length / 32));
  bool has_single = false;
  bool has_double = false;
  for (std::size_t i = 0; i < text->length; ++i) {
    has_single |= text->at(i) == '\'';
    has_double |= text->at(i) == '"';
  }
  const std::uint32_t quote = has_single && !has_double ? '"' : '\'';
  StrBuilder out(vm);
  out.append(quote);
  for (std::size_t i = 0; i < text->length;) {
    const std::size_t start = i;
    while (i < text->length && is_plain(text->at(i), quote)) ++i;
    out.append(text, start, i);
    if (i == text->length) break;
    const std::uint32_t c = text->at(i++);
    switch (c) {
      case '\n': out.append("\\n"); break;
      case '\r': out.append("\\r"); break;
      case '\t': out.append("\\t"); break;
      case '\\':
      case '\'':
      case '"':
        out.append(std::uint32_t{'\\'});
        out.append(c);
        break;
      default: append_escape(out, c);
    }
  }
  out.append(quote);
  return out.finish();
}

}  // namespace ouro::vm
