// repr() of constants, as each Python version writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "code/constant_pool.h"
#include "support/text_buffer.h"
#include "unicode/unicode.h"
#include "version/facts.h"

namespace ouro::dis {

/// What differs between versions.
struct ReprStyle {
  bool python2 = false;        ///< u'' and plain '' strings, L on longs, frozenset([1])
  bool float_17_digits = false;  ///< to 2.6 and in 3.0: "%.17g"
  /// Longer integers are not written out (CPython's int-to-str limit, 4300 where it has one).
  std::uint32_t max_int_digits = 4300;
  /// Whose str.isprintable counts.
  unicode::UnicodeVersion unicode_version{};
  /// The version's hashes, for the order of a set's elements; nullptr keeps the order of the file.
  const Facts* hashing = nullptr;
};

/// Writes reprs into a TextBuffer. Nesting and length are bounded, cycles are cut as CPython cuts them
/// ("(...)"): what a file can make this write is at most `max_bytes` and one string for each repr.
class ConstantPrinter {
 public:
  ConstantPrinter(const ConstantPool& pool, const ReprStyle& style, std::size_t max_bytes = 1U << 22U)
      : pool_(pool), style_(style), max_bytes_(max_bytes) {}

  /// Appends repr(id).
  void append_repr(TextBuffer& out, ConstId id);
  /// Appends str(id) as printing a name does: text raw, anything else as repr.
  void append_name(TextBuffer& out, ConstId id);
  /// Appends the number that stands for the memory address of a code object: 0x7f0000000000 for the first
  /// one mentioned, 0x100 more for each next one.
  void append_address(TextBuffer& out, ConstId id);

 private:
  struct Frame {
    ConstId id;
    std::uint32_t next;
    std::vector<ConstId> ordered;  // the items of a set, in iteration order
  };
  void append_atom(TextBuffer& out, ConstId id);
  void append_code(TextBuffer& out, ConstId id);
  void append_number_text(TextBuffer& out, ConstId id);
  bool open(TextBuffer& out, std::vector<Frame>& stack, ConstId id);
  void close(TextBuffer& out, ConstId id);

  const ConstantPool& pool_;
  const ReprStyle& style_;
  std::size_t max_bytes_;
  std::vector<std::uint32_t> ordinals_;  // of code objects, by ConstId; 0 is "not mentioned yet"
  std::uint32_t code_count_ = 0;
  // Text of large integers: quadratic work that a short program could ask for at each of its instructions.
  std::unordered_map<std::uint32_t, std::string> long_ints_;
};

/// Python 3 str: quotes, escapes, printable text as it is.
void append_str_repr(TextBuffer& out, std::string_view utf8, unicode::UnicodeVersion version);
/// Python 2 unicode, without the u: everything outside ASCII escaped.
void append_unicode_repr(TextBuffer& out, std::string_view utf8);
/// Python 3 bytes without the b, Python 2 str.
void append_bytes_repr(TextBuffer& out, std::string_view bytes);

}  // namespace ouro::dis
