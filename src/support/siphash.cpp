#include "support/siphash.h"

#include <bit>

namespace ouro::support {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void rounds(int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  }
};

template <int kBlockRounds, int kFinalRounds>
std::uint64_t siphash(SipKey key, ByteView bytes) {
  State state{key.k0 ^ 0x736f6d6570736575U, key.k1 ^ 0x646f72616e646f6dU, key.k0 ^ 0x6c7967656e657261U,
              key.k1 ^ 0x7465646279746573U};
  const auto absorb = [&state](std::uint64_t word) {
    state.v3 ^= word;
    state.rounds(kBlockRounds);
    state.v0 ^= word;
  };
  const std::size_t whole = bytes.size() & ~std::size_t{7};
  for (std::size_t i = 0; i < whole; i += 8) {
    std::uint64_t word = 0;
    for (std::size_t j = 8; j-- > 0;) word = (word << 8) | bytes[i + j];
    absorb(word);
  }
  std::uint64_t last = static_cast<std::uint64_t>(bytes.size()) << 56;
  for (std::size_t j = whole; j < bytes.size(); ++j) last |= static_cast<std::uint64_t>(bytes[j]) << (8 * (j - whole));
  absorb(last);
  state.v2 ^= 0xFF;
  state.rounds(kFinalRounds);
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace

std::uint64_t siphash24(SipKey key, ByteView bytes) { return siphash<2, 4>(key, bytes); }
std::uint64_t siphash13(SipKey key, ByteView bytes) { return siphash<1, 3>(key, bytes); }

}  // namespace ouro::support
