// Constants of Python bytecode as data.
//
// A ConstantPool owns every object of one marshalled value (or of one compilation) and hands out ConstIds.
// It keeps what the file had: sharing (one id met twice is one object), order, cycles, and the marshal type
// code of each object, so that writing gives back the same bytes.
//
// Sharing makes a graph, not a tree: whoever walks it recursively asks height() first (no deeper than that many
// levels; kCyclicHeight: may never end), and whoever prints it bounds the output, since n shared tuples can
// unfold to 2^n items.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "code/code_object.h"
#include "support/arena.h"
#include "support/big_int.h"

namespace ouro::code {

enum class ConstKind : std::uint8_t {
  Null,  ///< marshal's NULL: a hole, and the end of a dict
  None,
  StopIteration,
  Ellipsis,
  False,
  True,
  Int,    ///< fits 64 bits (marshal 'i' and 'I')
  Long,   ///< any size (marshal 'l'); Python 2's long, Python 3's int beyond 32 bits
  Float,
  Complex,
  Bytes,  ///< Python 3 bytes, Python 2 str
  Str,    ///< Python 3 str, Python 2 unicode; UTF-8 with lone surrogates
  Tuple,
  List,
  Dict,   ///< items: key, value, key, value
  Set,
  FrozenSet,
  Slice,  ///< items: start, stop, step (3.14)
  Code,
  FrozenDict,  ///< items as of a Dict (3.15)
};

/// marshal's FLAG_REF, or'ed to a type code: the object gets the next reference number.
inline constexpr std::uint8_t kMarshalFlagRef = 0x80;

/// The height of an object that holds itself, and of what holds such an object.
inline constexpr std::uint16_t kCyclicHeight = 0xFFFF;

class ConstantPool {
 public:
  ConstantPool() = default;
  ConstantPool(ConstantPool&&) noexcept = default;
  ConstantPool& operator=(ConstantPool&&) noexcept = default;

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] ConstKind kind(ConstId id) const { return node(id).kind; }

  /// marshal type code with kMarshalFlagRef; 0 when the object did not come from a file and the writer
  /// is to choose.
  [[nodiscard]] std::uint8_t wire_type(ConstId id) const { return node(id).wire_type; }
  void set_wire_type(ConstId id, std::uint8_t type) { nodes_[id.value].wire_type = type; }

  /// Levels of containers and code objects below this object: 0 for a number, 1 for (1, 2), kCyclicHeight for
  /// what never ends.
  [[nodiscard]] std::uint16_t height(ConstId id) const { return node(id).height; }

  /// Int only.
  [[nodiscard]] std::int64_t int_value(ConstId id) const { return node(id).payload.integer; }
  /// Long only.
  [[nodiscard]] const BigInt& big_value(ConstId id) const { return big_ints_[node(id).payload.index]; }
  /// Float, and the real part of Complex.
  [[nodiscard]] double real(ConstId id) const;
  /// The imaginary part of Complex.
  [[nodiscard]] double imag(ConstId id) const;
  /// The decimal texts of marshal versions 0 and 1 ("1.5", for Complex "1.5" and "-0.0"); empty when the
  /// file had binary numbers.
  [[nodiscard]] std::string_view real_text(ConstId id) const;
  [[nodiscard]] std::string_view imag_text(ConstId id) const;
  /// Bytes: the bytes. Str: UTF-8 with lone surrogates.
  [[nodiscard]] std::string_view text(ConstId id) const {
    const Node& n = node(id);
    return {n.payload.text, n.size};
  }
  /// Tuple, List, Set, FrozenSet, Dict and FrozenDict (keys and values in turn), Slice.
  [[nodiscard]] std::span<const ConstId> items(ConstId id) const {
    const Node& n = node(id);
    return {n.payload.items, n.size};
  }
  /// Code only. Valid as long as the pool.
  [[nodiscard]] const CodeObject& code(ConstId id) const { return codes_[node(id).payload.index]; }
  [[nodiscard]] CodeObject& code(ConstId id) { return codes_[node(id).payload.index]; }

  ConstId add_singleton(ConstKind kind, std::uint8_t wire_type = 0);
  ConstId add_int(std::int64_t value, std::uint8_t wire_type = 0);
  ConstId add_long(BigInt value, std::uint8_t wire_type = 0);
  ConstId add_float(double value, std::uint8_t wire_type = 0, std::string_view text = {});
  ConstId add_complex(double real, double imag, std::uint8_t wire_type = 0,
                      std::string_view real_text = {}, std::string_view imag_text = {});
  /// Copies the text into the pool.
  ConstId add_bytes(std::string_view bytes, std::uint8_t wire_type = 0);
  ConstId add_str(std::string_view utf8, std::uint8_t wire_type = 0);
  /// Copies a whole input into the pool once, for add_bytes_view and add_str_view to point into.
  std::string_view adopt_input(std::string_view bytes) { return arena_.copy(bytes); }
  /// Like add_bytes and add_str for text that lives as long as the pool (adopt_input): nothing is copied.
  ConstId add_bytes_view(std::string_view bytes, std::uint8_t wire_type) {
    return push_text(ConstKind::Bytes, bytes, wire_type);
  }
  ConstId add_str_view(std::string_view utf8, std::uint8_t wire_type) {
    return push_text(ConstKind::Str, utf8, wire_type);
  }
  void reserve(std::size_t objects) { nodes_.reserve(objects); }

  ConstId add_sequence(ConstKind kind, std::span<const ConstId> items, std::uint8_t wire_type = 0);
  /// A container or code object that is known before its contents are (cycles): fill with set_items, code().
  ConstId add_placeholder(ConstKind kind, std::uint8_t wire_type = 0);
  /// Copies the items; the height becomes one more than the highest of them.
  void set_items(ConstId id, std::span<const ConstId> items);
  /// For what the height could not see: a code object filled in place, or one that holds itself.
  void set_height(ConstId id, std::uint16_t height) { nodes_[id.value].height = height; }
  /// One more than the highest of `items`, saturating below kCyclicHeight.
  [[nodiscard]] std::uint16_t height_over(std::span<const ConstId> items) const;
  ConstId add_code(CodeObject code, std::uint8_t wire_type = 0);

 private:
  struct NumberText {
    double real;
    double imag;
    std::string_view real_text;
    std::string_view imag_text;
  };
  struct Node {
    ConstKind kind;
    std::uint8_t wire_type;
    std::uint16_t height;
    std::uint32_t size;  // of text (bytes) or items
    union {
      std::int64_t integer;
      std::uint32_t index;  // into big_ints_, numbers_ or codes_
      double real;
      const char* text;
      const ConstId* items;
    } payload;
  };
  [[nodiscard]] const Node& node(ConstId id) const { return nodes_[id.value]; }
  ConstId push(Node node) {
    nodes_.push_back(node);
    return ConstId(static_cast<std::uint32_t>(nodes_.size() - 1));
  }

  ConstId push_text(ConstKind kind, std::string_view text, std::uint8_t wire_type) {
    return push({kind, wire_type, 0, static_cast<std::uint32_t>(text.size()), {.text = text.data()}});
  }

  Arena arena_;
  std::vector<Node> nodes_;
  std::deque<BigInt> big_ints_;
  std::vector<NumberText> numbers_;  // complex numbers, and floats that came as text
  std::deque<CodeObject> codes_;
};

}  // namespace ouro::code

namespace ouro {
using code::ConstantPool;
using code::ConstKind;
}  // namespace ouro
