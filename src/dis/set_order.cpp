#include "dis/set_order.h"

#include <bit>
#include <cmath>

#include "support/siphash.h"
#include "support/utf8.h"

namespace ouro::dis {
namespace {

constexpr std::uint64_t kMersenne61 = (std::uint64_t{1} << 61U) - 1;
constexpr int kMaxNesting = 100;  // of tuples in tuples; beyond it the hash is 0

std::int64_t not_minus_one(std::uint64_t hash) {
  return hash == UINT64_MAX ? -2 : static_cast<std::int64_t>(hash);
}

// CPython Objects/longobject.c long_hash: the value modulo 2^61 - 1, with its sign.
std::int64_t big_int_hash(const BigInt& value) {
  const std::span<const std::uint32_t> limbs = value.limbs();
  std::uint64_t hash = 0;
  for (std::size_t i = limbs.size(); i > 0; --i) {
    const auto wide = static_cast<unsigned __int128>(hash) << 32U | limbs[i - 1];
    hash = static_cast<std::uint64_t>(wide % kMersenne61);
  }
  return not_minus_one(value.is_negative() ? 0 - hash : hash);
}

// CPython Python/pyhash.c _Py_HashDouble.
std::int64_t float_hash(double value) {
  if (std::isinf(value)) return value > 0 ? 314159 : -314159;
  if (std::isnan(value)) return 0;  // to 3.9; later by address
  int exponent = 0;
  double mantissa = std::frexp(value, &exponent);
  const bool negative = mantissa < 0;
  if (negative) mantissa = -mantissa;
  std::uint64_t hash = 0;
  while (mantissa != 0) {
    hash = ((hash << 28U) & kMersenne61) | hash >> (61U - 28U);
    mantissa *= 268435456.0;
    exponent -= 28;
    const auto part = static_cast<std::uint64_t>(mantissa);
    mantissa -= static_cast<double>(part);
    hash += part;
    if (hash >= kMersenne61) hash -= kMersenne61;
  }
  const int shift = exponent >= 0 ? exponent % 61 : 61 - 1 - ((-1 - exponent) % 61);
  hash = ((hash << static_cast<unsigned>(shift)) & kMersenne61) | hash >> static_cast<unsigned>(61 - shift);
  return not_minus_one(negative ? 0 - hash : hash);
}

std::int64_t bytes_hash(const Facts& facts, ByteView bytes) {
  if (bytes.empty()) return 0;
  const std::uint64_t hash = facts.str_hash == version::SourceHash::kSipHash24 ? support::siphash24({}, bytes)
                                                                               : support::siphash13({}, bytes);
  return not_minus_one(hash);
}

// A str is hashed as it lies in memory: 1, 2 or 4 bytes a character.
std::int64_t str_hash(const Facts& facts, std::string_view utf8) {
  if (support::is_ascii(utf8)) return bytes_hash(facts, support::as_bytes(utf8));
  std::vector<std::uint32_t> characters;
  std::uint32_t highest = 0;
  for (std::size_t i = 0; i < utf8.size();) {
    const support::DecodedCodePoint step = support::decode_utf8(utf8, i);
    characters.push_back(step.code_point);
    highest |= step.code_point;
    i += step.length;
  }
  const unsigned width = highest < 0x100 ? 1 : highest < 0x10000 ? 2 : 4;
  std::vector<std::uint8_t> memory;
  memory.reserve(characters.size() * width);
  for (const std::uint32_t c : characters) {
    for (unsigned byte = 0; byte < width; ++byte) memory.push_back(static_cast<std::uint8_t>(c >> (8 * byte)));
  }
  return bytes_hash(facts, memory);
}

std::int64_t hash_at(const Facts& facts, const ConstantPool& pool, ConstId id, int depth);

// CPython Objects/tupleobject.c tuple_hash.
std::int64_t tuple_hash(const Facts& facts, const ConstantPool& pool, ConstId id, int depth) {
  const std::span<const ConstId> items = pool.items(id);
  if (facts.tuple_hash_is_xxhash) {
    constexpr std::uint64_t kPrime1 = 11400714785074694791ULL;
    constexpr std::uint64_t kPrime2 = 14029467366897019727ULL;
    constexpr std::uint64_t kPrime5 = 2870177450012600261ULL;
    std::uint64_t sum = kPrime5;
    for (const ConstId item : items) {
      sum += static_cast<std::uint64_t>(hash_at(facts, pool, item, depth + 1)) * kPrime2;
      sum = std::rotl(sum, 31) * kPrime1;
    }
    sum += items.size() ^ (kPrime5 ^ 3527539ULL);
    return sum == UINT64_MAX ? 1546275796 : static_cast<std::int64_t>(sum);
  }
  std::uint64_t hash = 0x345678;
  std::uint64_t factor = 1000003;
  std::uint64_t left = items.size();
  for (const ConstId item : items) {
    --left;
    hash = (hash ^ static_cast<std::uint64_t>(hash_at(facts, pool, item, depth + 1))) * factor;
    factor += 82520 + left + left;
  }
  return not_minus_one(hash + 97531);
}

// CPython Objects/setobject.c frozenset_hash.
std::int64_t set_hash(const Facts& facts, const ConstantPool& pool, ConstId id, int depth) {
  std::uint64_t hash = 0;
  for (const ConstId item : pool.items(id)) {
    const auto h = static_cast<std::uint64_t>(hash_at(facts, pool, item, depth + 1));
    hash ^= ((h ^ 89869747ULL) ^ (h << 16U)) * 3644798167ULL;
  }
  hash ^= (pool.items(id).size() + 1) * 1927868237ULL;
  hash ^= (hash >> 11U) ^ (hash >> 25U);
  hash = hash * 69069ULL + 907133923ULL;
  return hash == UINT64_MAX ? 590923713 : static_cast<std::int64_t>(hash);
}

std::int64_t hash_at(const Facts& facts, const ConstantPool& pool, ConstId id, int depth) {
  if (depth > kMaxNesting) return 0;
  switch (pool.kind(id)) {
    case ConstKind::None: return facts.none_hash_is_fixed ? 0xFCA86420 : 0;
    case ConstKind::True: return 1;
    case ConstKind::Int: return big_int_hash(BigInt(pool.int_value(id)));
    case ConstKind::Long: return big_int_hash(pool.big_value(id));
    case ConstKind::Float: return float_hash(pool.real(id));
    case ConstKind::Complex:
      return not_minus_one(static_cast<std::uint64_t>(float_hash(pool.real(id))) +
                           1000003ULL * static_cast<std::uint64_t>(float_hash(pool.imag(id))));
    case ConstKind::Bytes: return bytes_hash(facts, support::as_bytes(pool.text(id)));
    case ConstKind::Str: return str_hash(facts, pool.text(id));
    case ConstKind::Tuple: return tuple_hash(facts, pool, id, depth);
    case ConstKind::FrozenSet: return set_hash(facts, pool, id, depth);
    default: return 0;
  }
}

// CPython Objects/setobject.c set_add_entry, set_insert_clean, set_table_resize.
class SetTable {
 public:
  explicit SetTable(bool grows_at_three_fifths) : grows_at_three_fifths_(grows_at_three_fifths), slots_(8) {}

  void add(ConstId id, std::int64_t hash) {
    place({id, static_cast<std::uint64_t>(hash)});
    ++used_;
    const std::size_t mask = slots_.size() - 1;
    if (grows_at_three_fifths_ ? used_ * 5 < mask * 3 : used_ * 3 < mask * 2) return;
    resize(used_ > 50000 ? used_ * 2 : used_ * 4);
  }
  [[nodiscard]] std::vector<ConstId> order() const {
    std::vector<ConstId> out;
    for (const Slot& slot : slots_) {
      if (slot.id != kNoConst) out.push_back(slot.id);
    }
    return out;
  }

 private:
  struct Slot {
    ConstId id = kNoConst;
    std::uint64_t hash = 0;
  };
  static constexpr std::size_t kLinearProbes = 9;

  void place(Slot slot) {
    const std::size_t mask = slots_.size() - 1;
    std::uint64_t perturb = slot.hash;
    std::size_t i = slot.hash & mask;
    while (true) {
      const std::size_t probes = i + kLinearProbes <= mask ? kLinearProbes : 0;
      for (std::size_t at = i; at <= i + probes; ++at) {
        if (slots_[at].id != kNoConst) continue;
        slots_[at] = slot;
        return;
      }
      perturb >>= 5U;
      i = (i * 5 + 1 + perturb) & mask;
    }
  }
  void resize(std::size_t least) {
    std::size_t size = 8;
    while (size <= least) size *= 2;
    std::vector<Slot> old(size);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.id != kNoConst) place(slot);
    }
  }

  bool grows_at_three_fifths_;
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace

std::int64_t constant_hash(const Facts& facts, const ConstantPool& pool, ConstId id) {
  return hash_at(facts, pool, id, 0);
}

void order_set(const Facts& facts, const ConstantPool& pool, std::vector<ConstId>& items) {
  if (facts.str_hash == version::SourceHash::kNone) return;
  SetTable table(facts.set_grows_at_three_fifths);
  for (const ConstId item : items) table.add(item, constant_hash(facts, pool, item));
  items = table.order();
}

}  // namespace ouro::dis
