#include "support/siphash.h"

#include <gtest/gtest.h>

#include <vector>

namespace ouro::support {
namespace {

// The reference vectors: key 00 01 .. 0f, message 00 01 .. of each length.
TEST(SipHash, MatchesTheReferenceVectors) {
  const SipKey key{0x0706050403020100U, 0x0f0e0d0c0b0a0908U};
  std::vector<std::uint8_t> message;
  EXPECT_EQ(siphash24(key, message), 0x726fdb47dd0e0e31U);
  for (std::uint8_t i = 0; i < 15; ++i) message.push_back(i);
  EXPECT_EQ(siphash24(key, message), 0xa129ca6149be45e5U);  // the paper's example
}

TEST(SipHash, OneThreeDiffersInRoundsOnly) {
  EXPECT_EQ(siphash13({168627699, 0}, {}), 0x14b8932f316dec27U);  // _imp.source_hash(.., b'') of CPython 3.13.0
}

}  // namespace
}  // namespace ouro::support
