// Quoted-printable (RFC 1521), as CPython 3.13 Modules/binascii.c has it.
#include "vm/modules/binascii/binascii.h"

namespace ouro::vm::binascii {
namespace {

constexpr std::size_t kLongestLine = 76;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class QpEncoder {
 public:
  QpEncoder(std::string_view in, bool quote_tabs, bool is_text, bool header) : in_(in), quote_tabs_(quote_tabs), is_text_(is_text), header_(header) {
    const std::size_t newline = in.find('\n');
    crlf_ = newline != std::string_view::npos && newline > 0 && in[newline - 1] == '\r';
  }

  std::string run() {
    for (std::size_t i = 0; i < in_.size();) {
      const char c = in_[i];
      if (must_quote(i)) {
        if (line_ + 3 >= kLongestLine) soft_break();
        quote(c);
        line_ += 3;
        ++i;
        continue;
      }
      const bool is_newline = is_text_ && (c == '\n' || (c == '\r' && at(i + 1) == '\n'));
      if (is_newline) {
        line_ = 0;
        // A space or tab at the end of a line is quoted.
        if (!out_.empty() && (out_.back() == ' ' || out_.back() == '\t')) {
          const char last = out_.back();
          out_.pop_back();
          quote(last);
        }
        if (crlf_) out_.push_back('\r');
        out_.push_back('\n');
        i += c == '\r' ? 2 : 1;
        continue;
      }
      if (i + 1 != in_.size() && in_[i + 1] != '\n' && line_ + 1 >= kLongestLine) soft_break();
      ++line_;
      out_.push_back(header_ && c == ' ' ? '_' : c);
      ++i;
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] char at(std::size_t i) const { return i < in_.size() ? in_[i] : '\0'; }
  [[nodiscard]] bool must_quote(std::size_t i) const {
    const auto c = static_cast<unsigned char>(in_[i]);
    if (c > 126 || c == '=' || (header_ && c == '_')) return true;
    if (c == '.' && line_ == 0 && (i + 1 == in_.size() || at(i + 1) == '\n' || at(i + 1) == '\r' || at(i + 1) == 0)) return true;
    if (!is_text_ && (c == '\r' || c == '\n')) return true;
    if ((c == '\t' || c == ' ') && i + 1 == in_.size()) return true;
    return c < 33 && c != '\r' && c != '\n' && (quote_tabs_ || (c != '\t' && c != ' '));
  }
  void soft_break() {
    out_ += crlf_ ? "=\r\n" : "=\n";
    line_ = 0;
  }
  void quote(char c) {
    out_.push_back('=');
    out_.push_back("0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4U]);
    out_.push_back("0123456789ABCDEF"[static_cast<unsigned char>(c) & 15U]);
  }
  std::string_view in_;
  bool quote_tabs_, is_text_, header_, crlf_;
  std::size_t line_ = 0;
  std::string out_;
};

}  // namespace

Ref a2b_qp(Vm& vm, Value, Args& args) {
  AsciiInput input;
  VM_CHECK(input.open(vm, args[0]));
  VM_TRY(const bool header, args.boolean(vm, 1, false));
  const std::string_view in = input.bytes();
  VM_CHECK(charge_work(vm, in.size() / 8));
  std::string out;
  for (std::size_t i = 0; i < in.size();) {
    if (in[i] == '=') {
      if (++i >= in.size()) break;
      if (in[i] == '\n' || in[i] == '\r') {  // a soft line break
        if (in[i] != '\n')
          while (i < in.size() && in[i] != '\n') ++i;
        if (i < in.size()) ++i;
      } else if (in[i] == '=') {
        out.push_back('=');
        ++i;
      } else if (i + 1 < in.size() && hex_digit(in[i]) >= 0 && hex_digit(in[i + 1]) >= 0) {
        out.push_back(static_cast<char>(hex_digit(in[i]) * 16 + hex_digit(in[i + 1])));
        i += 2;
      } else {
        out.push_back('=');
      }
    } else {
      out.push_back(header && in[i] == '_' ? ' ' : in[i]);
      ++i;
    }
  }
  return new_bytes(vm, out);
}

Ref b2a_qp(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const bool quote_tabs, args.boolean(vm, 1, false));
  VM_TRY(const bool is_text, args.boolean(vm, 2, true));
  VM_TRY(const bool header, args.boolean(vm, 3, false));
  VM_CHECK(charge_work(vm, view.length / 8));
  if (!vm.heap.has_room(view.length * 4)) return raise_memory_error(vm);
  return new_bytes(vm, QpEncoder(view.bytes(), quote_tabs, is_text, header).run());
}

}  // namespace ouro::vm::binascii
