// unicode_escape, raw_unicode_escape and the bytes escapes of codecs.escape_decode.
#include "unicode/names.h"
#include "vm/core/binding.h"
#include "vm/objects/codecs.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
void append_hex(std::string& out, std::uint32_t value, unsigned digits) {
  for (unsigned i = digits; i-- > 0;) out.push_back("0123456789abcdef"[value >> (4 * i) & 15U]);
}
char simple_escape(char c) {
  switch (c) {
    case '\\':
    case '\'':
    case '"': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'v': return '\v';
    case 'a': return '\a';
    default: return 0;
  }
}

class EscapeDecoder {
 public:
  EscapeDecoder(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed)
      : decoder_(vm, bytes, "unicodeescape", errors), consumed_(consumed) {}

  Ref run() {
    if (consumed_ != nullptr) *consumed_ = decoder_.bytes.size();
    std::size_t i = 0;
    while (i < decoder_.bytes.size()) {
      const char c = decoder_.bytes[i];
      if (c != '\\') {
        decoder_.out.append(static_cast<unsigned char>(c));
        ++i;
        continue;
      }
      bool stop = false;
      if (!escape(i, stop)) return {};
      if (stop) break;
    }
    if (!warn_invalid()) return {};
    return decoder_.out.finish();
  }

 private:
  [[nodiscard]] std::size_t size() const { return decoder_.bytes.size(); }

  // Input ended inside an escape that began at `start`.
  bool incomplete(std::size_t start, std::string_view reason, std::size_t& i, bool& stop) {
    if (consumed_ != nullptr) {
      *consumed_ = start;
      stop = true;
      return true;
    }
    return decoder_.error(start, size(), reason, i);
  }

  bool escape(std::size_t& i, bool& stop) {
    const std::size_t start = i++;
    if (i >= size()) return incomplete(start, "\\ at end of string", i, stop);
    const char c = decoder_.bytes[i++];
    if (c == '\n') return true;
    if (const char plain = simple_escape(c); plain != 0) return decoder_.out.append(static_cast<unsigned char>(plain)) || true;
    if (c >= '0' && c <= '7') {
      std::uint32_t value = static_cast<std::uint32_t>(c - '0');
      for (unsigned k = 0; k < 2 && i < size() && decoder_.bytes[i] >= '0' && decoder_.bytes[i] <= '7'; ++k)
        value = value * 8 + static_cast<std::uint32_t>(decoder_.bytes[i++] - '0');
      if (value > 0xFF && invalid_octal_ < 0) invalid_octal_ = static_cast<int>(value);
      return decoder_.out.append(value) || true;
    }
    switch (c) {
      case 'x': return hex(start, i, 2, "truncated \\xXX escape", stop);
      case 'u': return hex(start, i, 4, "truncated \\uXXXX escape", stop);
      case 'U': return hex(start, i, 8, "truncated \\UXXXXXXXX escape", stop);
      case 'N': return name(start, i, stop);
      default: break;
    }
    if (invalid_ == 0) invalid_ = c;
    decoder_.out.append(std::uint32_t{'\\'});
    decoder_.out.append(static_cast<unsigned char>(c));
    return true;
  }

  bool hex(std::size_t start, std::size_t& i, unsigned digits, std::string_view reason, bool& stop) {
    std::uint32_t value = 0;
    for (unsigned k = 0; k < digits; ++k) {
      if (i >= size()) return incomplete(start, reason, i, stop);
      const int digit = hex_value(decoder_.bytes[i]);
      if (digit < 0) return decoder_.error(start, i, reason, i);
      value = value * 16 + static_cast<std::uint32_t>(digit);
      ++i;
    }
    if (value > 0x10FFFF) return decoder_.error(start, i, "illegal Unicode character", i);
    return decoder_.out.append(value) || true;
  }

  bool name(std::size_t start, std::size_t& i, bool& stop) {
    constexpr std::string_view kMalformed = "malformed \\N character escape";
    if (i >= size()) return incomplete(start, kMalformed, i, stop);
    if (decoder_.bytes[i] != '{') return decoder_.error(start, i, kMalformed, i);
    const std::size_t close = decoder_.bytes.find('}', i);
    if (close == std::string_view::npos) return incomplete(start, kMalformed, i, stop);
    const std::string_view text = decoder_.bytes.substr(i + 1, close - i - 1);
    i = close + 1;
    if (text.empty()) return decoder_.error(start, i, kMalformed, i);
    const auto code = unicode::lookup_name(text, unicode::UnicodeVersion::k15_1);
    if (!code) return decoder_.error(start, i, "unknown Unicode character name", i);
    return decoder_.out.append(*code) || true;
  }

  bool warn_invalid() {
    if (invalid_ != 0)
      return warn(decoder_.vm, decoder_.vm.exc.DeprecationWarning, std::string("invalid escape sequence '\\") + invalid_ + "'");
    if (invalid_octal_ >= 0) {
      std::string octal;
      for (int rest = invalid_octal_; rest != 0; rest /= 8) octal.insert(octal.begin(), static_cast<char>('0' + rest % 8));
      return warn(decoder_.vm, decoder_.vm.exc.DeprecationWarning, "invalid octal escape sequence '\\" + octal + "'");
    }
    return true;
  }

  Decoder decoder_;
  std::size_t* consumed_;
  char invalid_ = 0;
  int invalid_octal_ = -1;
};

}  // namespace

Ref decode_unicode_escape(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed) {
  VM_CHECK(charge_work(vm, bytes.size() / 8));
  return EscapeDecoder(vm, bytes, errors, consumed).run();
}

Ref encode_unicode_escape(Vm& vm, StrObject* text) {
  VM_CHECK(charge_work(vm, text->length / 8));
  if (!vm.heap.has_room(text->length * 2)) return raise_memory_error(vm);
  std::string out;
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c >= 0x20 && c < 0x7F) {
      out.push_back(static_cast<char>(c));
    } else {
      out += c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U";
      append_hex(out, c, c < 0x100 ? 2 : c < 0x10000 ? 4 : 8);
    }
  }
  return new_bytes(vm, out);
}

Ref decode_raw_unicode_escape(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed) {
  if (consumed != nullptr) *consumed = bytes.size();
  VM_CHECK(charge_work(vm, bytes.size() / 8));
  Decoder decoder(vm, bytes, "rawunicodeescape", errors);
  for (std::size_t i = 0; i < decoder.bytes.size();) {
    const std::string_view in = decoder.bytes;
    if (in[i] != '\\' || (i + 1 >= in.size() && consumed == nullptr)) {
      decoder.out.append(static_cast<unsigned char>(in[i++]));
      continue;
    }
    const std::size_t start = i;
    if (i + 1 >= in.size()) {
      *consumed = start;
      break;
    }
    const char kind = in[i + 1];
    if (kind != 'u' && kind != 'U') {
      decoder.out.append(std::uint32_t{'\\'});
      decoder.out.append(static_cast<unsigned char>(kind));
      i += 2;
      continue;
    }
    const unsigned digits = kind == 'u' ? 4 : 8;
    const std::string_view reason = kind == 'u' ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape";
    std::uint32_t value = 0;
    std::size_t k = i + 2;
    for (; k < i + 2 + digits && k < in.size(); ++k) {
      const int digit = hex_value(in[k]);
      if (digit < 0) break;
      value = value * 16 + static_cast<std::uint32_t>(digit);
    }
    if (k == i + 2 + digits) {
      if (value > 0x10FFFF) {
        VM_CHECK(decoder.error(start, k, "\\Uxxxxxxxx out of range", i));
      } else {
        decoder.out.append(value);
        i = k;
      }
      continue;
    }
    if (k >= in.size() && consumed != nullptr) {
      *consumed = start;
      break;
    }
    VM_CHECK(decoder.error(start, k, reason, i));
  }
  return decoder.out.finish();
}

Ref encode_raw_unicode_escape(Vm& vm, StrObject* text) {
  VM_CHECK(charge_work(vm, text->length / 8));
  if (text->kind == 1) return encode_latin1(vm, text, "strict");
  std::string out;
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (c < 0x100) {
      out.push_back(static_cast<char>(c));
    } else {
      out += c < 0x10000 ? "\\u" : "\\U";
      append_hex(out, c, c < 0x10000 ? 4 : 8);
    }
  }
  return new_bytes(vm, out);
}

Ref decode_escape(Vm& vm, std::string_view bytes, std::string_view errors) {
  std::string out;
  char invalid = 0;
  VM_CHECK(charge_work(vm, bytes.size() / 8));
  for (std::size_t i = 0; i < bytes.size();) {
    if (bytes[i] != '\\') {
      out.push_back(bytes[i++]);
      continue;
    }
    ++i;
    if (i >= bytes.size()) return raise(vm, vm.exc.ValueError, "Trailing \\ in string");
    const char c = bytes[i++];
    if (c == '\n') continue;
    if (const char plain = simple_escape(c); plain != 0) {
      out.push_back(plain);
    } else if (c >= '0' && c <= '7') {
      int value = c - '0';
      for (unsigned k = 0; k < 2 && i < bytes.size() && bytes[i] >= '0' && bytes[i] <= '7'; ++k) value = value * 8 + (bytes[i++] - '0');
      out.push_back(static_cast<char>(value));
    } else if (c == 'x') {
      const int high = i < bytes.size() ? hex_value(bytes[i]) : -1;
      const int low = i + 1 < bytes.size() ? hex_value(bytes[i + 1]) : -1;
      if (high >= 0 && low >= 0) {
        out.push_back(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
      if (errors.empty() || errors == "strict") return raise(vm, vm.exc.ValueError, "invalid \\x escape at position {}", i - 2);
      if (errors == "replace") {
        out.push_back('?');
      } else if (errors != "ignore") {
        return raise(vm, vm.exc.ValueError, "decoding error; unknown error handling code: {}", errors);
      }
      if (high >= 0) ++i;
    } else {
      if (invalid == 0) invalid = c;
      out.push_back('\\');
      out.push_back(c);
    }
  }
  if (invalid != 0) VM_CHECK(warn(vm, vm.exc.DeprecationWarning, std::string("invalid escape sequence '\\") + invalid + "'"));
  return new_bytes(vm, out);
}

}  // namespace ouro::vm
