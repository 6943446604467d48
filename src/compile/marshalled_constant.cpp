#include "compile/marshalled_constant.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace ouro::compile {

namespace {

class Encoder {
 public:
  explicit Encoder(const ConstantPool& pool) : pool_(pool) {}

  // Depth is that of the constant, which the parser bounds.
  void value(ConstId id) {
    switch (pool_.kind(id)) {
      case ConstKind::None: out_ += 'N'; break;
      case ConstKind::False: out_ += 'F'; break;
      case ConstKind::True: out_ += 'T'; break;
      case ConstKind::Ellipsis: out_ += '.'; break;
      case ConstKind::Int: integer(id, BigInt(pool_.int_value(id))); break;
      case ConstKind::Long: integer(id, pool_.big_value(id)); break;
      case ConstKind::Float:
        type(id, 'g');
        little_endian(std::bit_cast<std::uint64_t>(pool_.real(id)), 8);
        break;
      case ConstKind::Complex:
        type(id, 'y');
        little_endian(std::bit_cast<std::uint64_t>(pool_.real(id)), 8);
        little_endian(std::bit_cast<std::uint64_t>(pool_.imag(id)), 8);
        break;
      case ConstKind::Str: text(id); break;
      case ConstKind::Bytes: sized(id, 's', pool_.text(id)); break;
      case ConstKind::Tuple: tuple(id); break;
      case ConstKind::FrozenSet: frozenset(id); break;
      default: break;
    }
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void type(ConstId id, char letter) {
    out_ += static_cast<char>(static_cast<unsigned char>(letter) | (pool_.wire_type(id) & code::kMarshalFlagRef));
  }
  void little_endian(std::uint64_t number, int bytes) {
    for (int i = 0; i < bytes; ++i) out_ += static_cast<char>(number >> (8 * i));
  }
  void sized(ConstId id, char letter, std::string_view bytes) {
    type(id, letter);
    little_endian(bytes.size(), 4);
    out_ += bytes;
  }

  void integer(ConstId id, const BigInt& number) {
    const auto small = number.to_int64();
    if (small && *small >= std::numeric_limits<std::int32_t>::min() &&
        *small <= std::numeric_limits<std::int32_t>::max()) {
      type(id, 'i');
      little_endian(static_cast<std::uint64_t>(*small), 4);
      return;
    }
    const std::vector<std::uint16_t> digits = number.to_digits15();
    type(id, 'l');
    const auto count = static_cast<std::int64_t>(digits.size());
    little_endian(static_cast<std::uint64_t>(number.is_negative() ? -count : count), 4);
    for (const std::uint16_t digit : digits) little_endian(digit, 2);
  }

  void text(ConstId id) {
    const std::string_view utf8 = pool_.text(id);
    const int given = pool_.wire_type(id) & ~code::kMarshalFlagRef;  // Z, A, t: interned
    const bool ascii = std::all_of(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    const bool is_short = ascii && utf8.size() < 256;
    if (!is_short) return sized(id, given != 0 ? static_cast<char>(given) : (ascii ? 'a' : 'u'), utf8);
    type(id, given != 0 ? 'Z' : 'z');
    little_endian(utf8.size(), 1);
    out_ += utf8;
  }

  void tuple(ConstId id) {
    const auto items = pool_.items(id);
    type(id, items.size() < 256 ? ')' : '(');
    little_endian(items.size(), items.size() < 256 ? 1 : 4);
    for (const ConstId item : items) value(item);
  }

  void frozenset(ConstId id) {
    std::vector<std::string> items;
    for (const ConstId item : pool_.items(id)) items.push_back(marshalled_constant(pool_, item));
    std::sort(items.begin(), items.end());
    type(id, '>');
    little_endian(items.size(), 4);
    for (const std::string& item : items) out_ += item;
  }

  const ConstantPool& pool_;
  std::string out_;
};

}  // namespace

std::string marshalled_constant(const ConstantPool& pool, ConstId id) {
  Encoder encoder(pool);
  encoder.value(id);
  return encoder.take();
}

}  // namespace ouro::compile
