#include "marshal/pyc.h"

#include <gtest/gtest.h>

#include <string>

#include "marshal/cache_path.h"
#include "marshal/freshness.h"

namespace ouro::marshal {
namespace {

using namespace std::string_literals;

const version::Facts& facts(std::uint8_t major, std::uint8_t minor) { return *version::find_facts({major, minor}); }

std::string header_bytes(const PycHeader& header) {
  std::vector<std::uint8_t> bytes;
  write_header(header, bytes);
  return {bytes.begin(), bytes.end()};
}

TEST(PycHeader, ReadsAndWritesAllThreeLengths) {
  struct Case {
    std::string bytes;
    std::uint8_t size;
    PythonVersion version;
  };
  for (const Case& c : {Case{"\x03\xF3\x0D\x0A\x01\x00\x00\x80"s, 8, {2, 7}},
                        Case{"\x9E\x0C\x0D\x0A\x01\x00\x00\x80\x07\x00\x00\x00"s, 12, {3, 3}},
                        Case{"\xF3\x0D\x0D\x0A\x00\x00\x00\x00\x01\x00\x00\x80\x07\x00\x00\x00"s, 16, {3, 13}}}) {
    const auto header = read_header(support::as_bytes(c.bytes));
    ASSERT_TRUE(header) << header.error().to_string();
    EXPECT_EQ(header->size, c.size);
    EXPECT_EQ(header->version, c.version);
    EXPECT_EQ(header->mtime, 0x80000001U);
    EXPECT_EQ(header->source_size, c.size == 8 ? 0U : 7U);
    EXPECT_EQ(header->invalidation(), Invalidation::Timestamp);
    EXPECT_EQ(header_bytes(*header), c.bytes);
  }
}

TEST(PycHeader, ReadsHashBasedModes) {
  const std::string bytes = "\xF3\x0D\x0D\x0A\x03\x00\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08"s;
  const auto header = read_header(support::as_bytes(bytes));
  ASSERT_TRUE(header);
  EXPECT_EQ(header->invalidation(), Invalidation::CheckedHash);
  EXPECT_EQ(header->hash[7], 8);
  EXPECT_EQ(header_bytes(*header), bytes);
  EXPECT_FALSE(header->has_source_size());
}

TEST(PycHeader, NewHeaderIsWhatTheReleaseWrites) {
  EXPECT_EQ(header_bytes(new_header(facts(3, 13))).substr(0, 4), "\xF3\x0D\x0D\x0A");
  EXPECT_EQ(header_bytes(new_header(facts(2, 7))), "\x03\xF3\x0D\x0A\x00\x00\x00\x00"s);
}

TEST(PycHeader, NamesWhatIsWrong) {
  EXPECT_EQ(read_header(support::as_bytes("\xF3\x0D"s)).error().code, "pyc.truncated");
  EXPECT_EQ(read_header(support::as_bytes("\xF3\x0D\x0D\x0A\x00\x00\x00\x00"s)).error().code, "pyc.truncated");
  EXPECT_EQ(read_header(support::as_bytes("#!/u"s)).error().code, "pyc.bad_magic");
}

TEST(Pyc, WantsACodeObjectOfCPython) {
  const std::string header = "\xF3\x0D\x0D\x0A\x00\x00\x00\x00\x01\x00\x00\x80\x07\x00\x00\x00"s;
  EXPECT_EQ(read_pyc(support::as_bytes(header + "N")).error().code, "pyc.not_code");
  const auto truncated = read_pyc(support::as_bytes(header + "c"));
  EXPECT_EQ(truncated.error().code, "marshal.truncated");
  EXPECT_EQ(truncated.error().offset, 17U);
  // PyPy 2.7's number is 62218.
  EXPECT_EQ(read_pyc(support::as_bytes("\x0A\xF3\x0D\x0A\x00\x00\x00\x00N"s)).error().code, "pyc.foreign");
}

TEST(Pyc, AlphasHaveTheLayoutOfTheirTime) {
  // 3390, 3.7a1: the header of 3.6. 3401, 3.8a1: the code objects of 3.7.
  const auto early = read_header(support::as_bytes("\x3E\x0D\x0D\x0A\x01\x00\x00\x00\x02\x00\x00\x00"s));
  ASSERT_TRUE(early);
  EXPECT_EQ(early->size, 12);
  EXPECT_EQ(early->mtime, 1U);
  EXPECT_EQ(early->version, (PythonVersion{3, 7}));
  const auto later = read_header(support::as_bytes("\x49\x0D\x0D\x0A"s + std::string(12, '\0')));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->layout, (PythonVersion{3, 7}));
  // 3450, 3.11a1.
  const auto none = read_pyc(support::as_bytes("\x7A\x0D\x0D\x0A"s + std::string(12, '\0') + "N"));
  EXPECT_EQ(none.error().code, "pyc.prerelease");
}

TEST(Freshness, ComparesTimeAndSizeModulo32Bits) {
  PycHeader header = new_header(facts(3, 13));
  header.mtime = 5;
  header.source_size = 7;
  EXPECT_EQ(compare_time(header, 5, 7), Freshness::Fresh);
  EXPECT_EQ(compare_time(header, (1LL << 32) + 5, (1ULL << 32) + 7), Freshness::Fresh);
  EXPECT_EQ(compare_time(header, 6, 7), Freshness::TimeDiffers);
  EXPECT_EQ(compare_time(header, 5, 8), Freshness::SizeDiffers);
  PycHeader old = new_header(facts(2, 7));
  old.mtime = 5;
  EXPECT_EQ(compare_time(old, 5, 8), Freshness::Fresh);
}

TEST(Freshness, ComparesTheHash) {
  PycHeader header = new_header(facts(3, 13));
  header.flags = kPycHashBased;
  header.hash = source_hash(support::as_bytes("x = 1\n"), facts(3, 13));
  EXPECT_EQ(compare_hash(header, support::as_bytes("x = 1\n"), facts(3, 13)), Freshness::Fresh);
  EXPECT_EQ(compare_hash(header, support::as_bytes("x = 2\n"), facts(3, 13)), Freshness::HashDiffers);
}

}  // namespace
}  // namespace ouro::marshal
