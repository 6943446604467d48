// _blake2: BLAKE2b and BLAKE2s (RFC 7693) with their parameters.
#include <array>
#include <bit>
#include <cstring>

#include "vm/modules/_hash/hash.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"

namespace ouro::vm {
namespace {

using namespace hashes;

constexpr std::uint8_t kSigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

template <class Word>
struct Shape;
template <>
struct Shape<std::uint64_t> {
  static constexpr int kRounds = 12;
  static constexpr int kRotations[4] = {32, 24, 16, 63};
  static constexpr std::array<std::uint64_t, 8> kStart = {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
                                                          0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};
};
template <>
struct Shape<std::uint32_t> {
  static constexpr int kRounds = 10;
  static constexpr int kRotations[4] = {16, 12, 8, 7};
  static constexpr std::array<std::uint32_t, 8> kStart = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                                                          0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
};

template <class Word>
class Blake2 final : public Algorithm {
 public:
  static constexpr std::size_t kBlock = 16 * sizeof(Word);
  /// `parameters`: the parameter block, eight words.
  Blake2(const std::array<Word, 8>& parameters, std::size_t digest_size, bool last_node) : digest_size_(digest_size), last_node_(last_node) {
    for (unsigned i = 0; i < 8; ++i) state_[i] = Shape<Word>::kStart[i] ^ parameters[i];
  }
  void update(std::string_view data) override {
    while (!data.empty()) {
      if (filled_ == kBlock) {
        count_ += kBlock;
        compress(false);
        filled_ = 0;
      }
      const std::size_t size = std::min(kBlock - filled_, data.size());
      std::memcpy(block_.data() + filled_, data.data(), size);
      filled_ += size;
      data.remove_prefix(size);
    }
  }
  std::string digest(std::size_t) const override {
    Blake2 end = *this;
    end.count_ += filled_;
    std::memset(end.block_.data() + filled_, 0, kBlock - filled_);
    end.compress(true);
    std::string out(sizeof(end.state_), '\0');
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<char>(end.state_[i / sizeof(Word)] >> (8 * (i % sizeof(Word))) & 0xFFU);
    out.resize(digest_size_);
    return out;
  }
  std::unique_ptr<Algorithm> copy() const override { return std::make_unique<Blake2>(*this); }

 private:
  void compress(bool is_last) {
    Word m[16];
    for (unsigned i = 0; i < 16; ++i) {
      m[i] = 0;
      for (unsigned b = 0; b < sizeof(Word); ++b)
        m[i] |= static_cast<Word>(static_cast<unsigned char>(block_[i * sizeof(Word) + b])) << (8 * b);
    }
    Word v[16];
    for (unsigned i = 0; i < 8; ++i) {
      v[i] = state_[i];
      v[i + 8] = Shape<Word>::kStart[i];
    }
    v[12] ^= static_cast<Word>(count_);
    if constexpr (sizeof(Word) == 4) v[13] ^= static_cast<Word>(count_ >> 32U);
    if (is_last) v[14] = ~v[14];
    if (is_last && last_node_) v[15] = ~v[15];
    const auto mix = [&](unsigned a, unsigned b, unsigned c, unsigned d, Word x, Word y) {
      constexpr const int* kTurn = Shape<Word>::kRotations;
      v[a] = v[a] + v[b] + x;
      v[d] = std::rotr(static_cast<Word>(v[d] ^ v[a]), kTurn[0]);
      v[c] = v[c] + v[d];
      v[b] = std::rotr(static_cast<Word>(v[b] ^ v[c]), kTurn[1]);
      v[a] = v[a] + v[b] + y;
      v[d] = std::rotr(static_cast<Word>(v[d] ^ v[a]), kTurn[2]);
      v[c] = v[c] + v[d];
      v[b] = std::rotr(static_cast<Word>(v[b] ^ v[c]), kTurn[3]);
    };
    for (int round = 0; round < Shape<Word>::kRounds; ++round) {
      const std::uint8_t* s = kSigma[round % 10];
      for (unsigned i = 0; i < 4; ++i) mix(i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[2 * i + 1]]);
      for (unsigned i = 0; i < 4; ++i) mix(i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[s[8 + 2 * i]], m[s[9 + 2 * i]]);
    }
    for (unsigned i = 0; i < 8; ++i) state_[i] ^= v[i] ^ v[i + 8];
  }
  std::array<Word, 8> state_;
  std::array<char, kBlock> block_{};
  std::size_t filled_ = 0;
  std::uint64_t count_ = 0;
  std::size_t digest_size_;
  bool last_node_;
};

std::optional<std::uint64_t> unsigned_argument(Vm& vm, Args& args, std::size_t index) {
  if (!args.given(index)) return 0;
  VM_TRY(Ref number, to_index(vm, args[index]));
  if (int_sign(number) < 0) return raise(vm, vm.exc.ValueError, "value must be positive");
  const auto word = int_to_uint64(number);
  if (!word) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C unsigned long");
  return *word;
}

// The bytes of an argument, at most `most`; nullopt: an exception is set.
std::optional<std::string> limited(Vm& vm, Args& args, std::size_t index, std::size_t most, std::string_view name) {
  if (!args.given(index)) return std::string();
  BufferView view;
  VM_CHECK(get_buffer(vm, args[index], view));
  if (view.length > most) return raise(vm, vm.exc.ValueError, "maximum {} length is {} bytes", name, most);
  return std::string(view.bytes());
}

extern const TypeSpec kBlake2bType, kBlake2sType;

template <class Word>
Ref blake2_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  constexpr bool kLong = sizeof(Word) == 8;
  constexpr std::size_t kMostDigest = 8 * sizeof(Word);
  constexpr std::size_t kSalt = 2 * sizeof(Word);
  VM_PARSE(args, vm,
           "blake2(data=b'', /, *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, "
           "node_depth=0, inner_size=0, last_node=False, usedforsecurity=True)", 13, call);
  VM_TRY(const int digest_size, args.integer(vm, 1, static_cast<int>(kMostDigest)));
  if (digest_size <= 0 || digest_size > static_cast<int>(kMostDigest))
    return raise(vm, vm.exc.ValueError, "digest_size must be between 1 and {} bytes", kMostDigest);
  auto salt = limited(vm, args, 3, kSalt, "salt");
  VM_CHECK(salt.has_value());
  auto person = limited(vm, args, 4, kSalt, "person");
  VM_CHECK(person.has_value());
  VM_TRY(const int fanout, args.integer(vm, 5, 1));
  if (fanout < 0 || fanout > 255) return raise(vm, vm.exc.ValueError, "fanout must be between 0 and 255");
  VM_TRY(const int depth, args.integer(vm, 6, 1));
  if (depth <= 0 || depth > 255) return raise(vm, vm.exc.ValueError, "depth must be between 1 and 255");
  VM_TRY(const std::uint64_t leaf_size, unsigned_argument(vm, args, 7));
  if (leaf_size > 0xFFFFFFFFU) return raise(vm, vm.exc.OverflowError, "leaf_size is too large");
  VM_TRY(const std::uint64_t node_offset, unsigned_argument(vm, args, 8));
  if (!kLong && node_offset > 0xFFFFFFFFFFFFU) return raise(vm, vm.exc.OverflowError, "node_offset is too large");
  VM_TRY(const int node_depth, args.integer(vm, 9, 0));
  if (node_depth < 0 || node_depth > 255) return raise(vm, vm.exc.ValueError, "node_depth must be between 0 and 255");
  VM_TRY(const int inner_size, args.integer(vm, 10, 0));
  if (inner_size < 0 || inner_size > static_cast<int>(kMostDigest))
    return raise(vm, vm.exc.ValueError, "inner_size must be between 0 and is {}", kMostDigest);
  VM_TRY(const bool last_node, args.boolean(vm, 11, false));
  auto key = limited(vm, args, 2, kMostDigest, "key");
  VM_CHECK(key.has_value());
  std::array<unsigned char, 8 * sizeof(Word)> block{};
  block[0] = static_cast<unsigned char>(digest_size);
  block[1] = static_cast<unsigned char>(key->size());
  block[2] = static_cast<unsigned char>(fanout);
  block[3] = static_cast<unsigned char>(depth);
  for (unsigned i = 0; i < 4; ++i) block[4 + i] = static_cast<unsigned char>(leaf_size >> (8 * i));
  for (unsigned i = 0; i < (kLong ? 8 : 6); ++i) block[8 + i] = static_cast<unsigned char>(node_offset >> (8 * i));
  block[kLong ? 16 : 14] = static_cast<unsigned char>(node_depth);
  block[kLong ? 17 : 15] = static_cast<unsigned char>(inner_size);
  std::memcpy(block.data() + 4 * sizeof(Word), salt->data(), salt->size());
  std::memcpy(block.data() + 6 * sizeof(Word), person->data(), person->size());
  std::array<Word, 8> parameters{};
  for (std::size_t i = 0; i < block.size(); ++i) parameters[i / sizeof(Word)] |= static_cast<Word>(block[i]) << (8 * (i % sizeof(Word)));
  auto algorithm = std::make_unique<Blake2<Word>>(parameters, static_cast<std::size_t>(digest_size), last_node);
  if (!key->empty()) {
    key->resize(Blake2<Word>::kBlock, '\0');
    algorithm->update(*key);
  }
  VM_TRY(Ref hash, new_hash(vm, kLong ? kBlake2bType : kBlake2sType, std::move(algorithm), kLong ? "blake2b" : "blake2s",
                            Blake2<Word>::kBlock, digest_size));
  VM_CHECK(update_hash(vm, hash.as<HashObject>(), args[0]));
  return hash;
}

template <class Word>
constexpr TypeSlots blake2_slots() {
  TypeSlots slots = hash_slots();
  slots.construct = blake2_construct<Word>;
  return slots;
}
bool finish_type(Vm& vm, TypeObject* type, std::int64_t word) {
  return dict_set(vm, type->dict, "SALT_SIZE", Value::small(2 * word)) && dict_set(vm, type->dict, "PERSON_SIZE", Value::small(2 * word)) &&
         dict_set(vm, type->dict, "MAX_KEY_SIZE", Value::small(8 * word)) && dict_set(vm, type->dict, "MAX_DIGEST_SIZE", Value::small(8 * word));
}
bool finish_long(Vm& vm, TypeObject* type) { return finish_type(vm, type, 8); }
bool finish_short(Vm& vm, TypeObject* type) { return finish_type(vm, type, 4); }
const TypeSpec kBlake2bType = {.name = "_blake2.blake2b", .basic_size = sizeof(HashObject), .slots = blake2_slots<std::uint64_t>(),
                               .methods = kHashMethods, .getset = kHashGetSet, .finish = finish_long};
const TypeSpec kBlake2sType = {.name = "_blake2.blake2s", .basic_size = sizeof(HashObject), .slots = blake2_slots<std::uint32_t>(),
                               .methods = kHashMethods, .getset = kHashGetSet, .finish = finish_short};

bool fill(Vm& vm, ModuleObject* module) {
  for (const auto& [prefix, size] : {std::pair<std::string_view, std::int64_t>{"BLAKE2B_", 8}, {"BLAKE2S_", 4}}) {
    const std::string start(prefix);
    if (!set_module_attribute(vm, module, start + "SALT_SIZE", Value::small(2 * size)) ||
        !set_module_attribute(vm, module, start + "PERSON_SIZE", Value::small(2 * size)) ||
        !set_module_attribute(vm, module, start + "MAX_KEY_SIZE", Value::small(8 * size)) ||
        !set_module_attribute(vm, module, start + "MAX_DIGEST_SIZE", Value::small(8 * size)))
      return false;
  }
  return set_module_attribute(vm, module, "blake2b", Value(vm.native_type(kBlake2bType))) &&
         set_module_attribute(vm, module, "blake2s", Value(vm.native_type(kBlake2sType)));
}
constexpr ModuleSpec kModule = {"_blake2", "_blake2b provides BLAKE2b for hashlib", {}, fill};

}  // namespace

const ModuleSpec& _blake2_module() { return kModule; }

}  // namespace ouro::vm
