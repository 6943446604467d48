#include "unicode/unicode.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "support/utf8.h"
#include "unicode/names.h"
#include "unicode/normalize.h"

namespace ouro::unicode {
namespace {

constexpr std::uint32_t kLimit = 0x110000;
constexpr auto kUnicode15 = UnicodeVersion::k15_1;

// zlib's CRC-32, which the golden checksums use.
class Crc32 {
 public:
  Crc32() {
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      table_[byte] = byte;
      for (int bit = 0; bit < 8; ++bit) table_[byte] = table_[byte] >> 1 ^ (table_[byte] & 1 ? 0xEDB88320U : 0);
    }
  }
  void add(std::string_view bytes) {
    for (const char c : bytes) value_ = value_ >> 8 ^ table_[(value_ ^ static_cast<unsigned char>(c)) & 0xFF];
  }
  [[nodiscard]] std::uint32_t value() const { return ~value_; }

 private:
  std::uint32_t table_[256];
  std::uint32_t value_ = 0xFFFFFFFFU;
};

std::string utf8(std::uint32_t code_point) {
  std::string out;
  support::append_utf8(out, code_point);
  return out;
}

bool is_surrogate(std::uint32_t code_point) { return code_point >= 0xD800 && code_point < 0xE000; }

// Unicode version to checksums, from data/unicode/golden.tsv: what the CPythons themselves answered.
std::map<std::string, std::map<std::string, std::uint32_t>> golden() {
  std::map<std::string, std::map<std::string, std::uint32_t>> result;
  std::ifstream file(OURO_SOURCE_DIR "/data/unicode/golden.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string version, what;
    std::uint32_t crc = 0;
    if (line[0] != '#' && words >> version >> what >> crc) result[version][what] = crc;
  }
  return result;
}

template <class Describe>
std::uint32_t checksum(Describe describe) {
  Crc32 crc;
  std::string block;
  for (std::uint32_t c = 0; c < kLimit; ++c) {
    describe(c, block);
    if (block.size() > 4096) {
      crc.add(block);
      block.clear();
    }
  }
  crc.add(block);
  return crc.value();
}

constexpr std::string_view kCategoryNames[] = {"Cc", "Cf", "Cn", "Co", "Cs", "Ll", "Lm", "Lo", "Lt", "Lu",
                                               "Mc", "Me", "Mn", "Nd", "Nl", "No", "Pc", "Pd", "Pe", "Pf",
                                               "Pi", "Po", "Ps", "Sc", "Sk", "Sm", "So", "Zl", "Zp", "Zs"};

TEST(Golden, EveryCodePointIsAsCPythonHasIt) {
  const auto expected = golden();
  ASSERT_EQ(expected.size(), 9U);
  for (const auto& [text, sums] : expected) {
    SCOPED_TRACE(text);
    const auto version = find_version(text);
    ASSERT_TRUE(version);
    EXPECT_EQ(sums.at("printable"), checksum([&](std::uint32_t c, std::string& out) {
      out.push_back(static_cast<char>(is_printable(c, *version)));
    }));
    EXPECT_EQ(sums.at("category"), checksum([&](std::uint32_t c, std::string& out) {
      out += kCategoryNames[static_cast<std::size_t>(category(c, *version))];
    }));
    EXPECT_EQ(sums.at("identifier"), checksum([&](std::uint32_t c, std::string& out) {
      out.push_back(is_xid_start(c, *version) ? 'S' : is_xid_continue(c, *version) ? 'C' : '-');
    }));
  }
}

TEST(Golden, NamesAreAsCPythonHasThem) {
  for (const auto& [text, sums] : golden()) {
    if (text != "11.0" && text != "15.1" && text != "17.0") continue;  // names stay: these take the time
    SCOPED_TRACE(text);
    const UnicodeVersion version = *find_version(text);
    EXPECT_EQ(sums.at("names"), checksum([&](std::uint32_t c, std::string& out) {
      if (const std::string name = character_name(c, version); !name.empty()) {
        char number[16];
        std::snprintf(number, sizeof number, "%X ", c);
        out += number + name + "\n";
      }
    }));
  }
}

TEST(Golden, NormalFormsAreAsCPythonHasThem) {
  for (const auto& [text, sums] : golden()) {
    if (text != "15.1" && text != "17.0") continue;  // one table serves all: these take the time
    SCOPED_TRACE(text);
    const UnicodeVersion version = *find_version(text);
    std::vector<std::uint32_t> interesting;
    EXPECT_EQ(sums.at("nfkc_single"), checksum([&](std::uint32_t c, std::string& out) {
      if (is_surrogate(c) || !is_assigned(c, version)) return;
      const std::string normal = normalize_nfkc(utf8(c));
      out += normal + "\n";
      // A combining character is a mark, and moves past one of class 1 (U+0334) or 232 (U+0315).
      const Category kind = category(c, version);
      const bool combining = (kind == Category::Mn || kind == Category::Mc) &&
                             (normalize_nfkc(utf8(c) + "\u0334") != normal + "\u0334" ||
                             normalize_nfkc("\u0315" + utf8(c)) != "\u0315" + normal);
      if (normal != utf8(c) || combining) interesting.push_back(c);
    }));
    Crc32 crc;
    std::uint32_t state = 1;
    for (int i = 0; i < 100000; ++i) {
      std::string sample;
      for (int j = 0; j < 4; ++j) {
        state = (state * 1103515245U + 12345U) & 0x7FFFFFFFU;
        sample += utf8(interesting[(state >> 8) % interesting.size()]);
      }
      crc.add(normalize_nfkc(sample) + "\n");
    }
    EXPECT_EQ(sums.at("nfkc_random"), crc.value());
  }
}

TEST(Names, EveryNameFindsItsCharacter) {
  for (std::uint32_t c = 0; c < kLimit; ++c) {
    const std::string name = character_name(c, kNewestVersion);
    if (!name.empty()) { ASSERT_EQ(lookup_name(name, kNewestVersion), c) << name; }
  }
}

TEST(Names, LookupFollowsTheVersion) {
  EXPECT_EQ(lookup_name("latin small letter a", kUnicode15), 'a');
  EXPECT_EQ(lookup_name("LF", kUnicode15), 10U);
  EXPECT_EQ(lookup_name("BELL", kUnicode15), 0x1F514U);
  EXPECT_EQ(lookup_name("HANGUL SYLLABLE GAG", kUnicode15), 0xAC01U);
  EXPECT_EQ(lookup_name("hangul syllable gag", kUnicode15), std::nullopt);
  EXPECT_EQ(lookup_name("hangul syllable gag", UnicodeVersion::k17_0), 0xAC01U);
  EXPECT_EQ(lookup_name("CJK UNIFIED IDEOGRAPH-04E00", kUnicode15), 0x4E00U);
  EXPECT_EQ(lookup_name("CJK UNIFIED IDEOGRAPH-04E00", UnicodeVersion::k17_0), std::nullopt);
  EXPECT_EQ(lookup_name("cjk unified ideograph-4e00", UnicodeVersion::k17_0), 0x4E00U);
  EXPECT_EQ(lookup_name("TANGUT IDEOGRAPH-17000", kUnicode15), std::nullopt);
  EXPECT_EQ(lookup_name("TANGUT IDEOGRAPH-17000", UnicodeVersion::k17_0), 0x17000U);
  EXPECT_EQ(lookup_name("EGYPTIAN HIEROGLYPH-13460", kUnicode15), std::nullopt);
  EXPECT_EQ(lookup_name("FVS4", UnicodeVersion::k13_0), std::nullopt);
  EXPECT_EQ(lookup_name("FVS4", UnicodeVersion::k14_0), 0x180FU);
}

TEST(Names, RefusesWhatIsNoName) {
  for (const std::string_view name : {"", " ", "LATIN SMALL LETTER A ", "LATIN  SMALL LETTER A", "LATIN", "SMALL",
                                      "HANGUL SYLLABLE ", "CJK UNIFIED IDEOGRAPH-", "CJK UNIFIED IDEOGRAPH-FFFFF",
                                      "KEYCAP DIGIT ONE", "CONTROL-0000"})
    EXPECT_EQ(lookup_name(name, kUnicode15), std::nullopt) << name;
  EXPECT_EQ(lookup_name(std::string(1000000, 'A'), kUnicode15), std::nullopt);
}

TEST(Normalize, KeepsMalformedTextAndSurrogates) {
  EXPECT_EQ(normalize_nfkc("a\xFF\xC3" "b"), "a\xFF\xC3" "b");
  EXPECT_EQ(normalize_nfkc("\xED\xA0\x80"), "\xED\xA0\x80");
  EXPECT_EQ(normalize_nfkc("\xEF\xAC\x81"), "fi");
  EXPECT_EQ(normalize_nfkc("e\xCC\x81"), "\xC3\xA9");
}

TEST(Normalize, LongRunsOfMarksTakeLittleTime) {
  std::string text;
  for (int i = 0; i < 200000; ++i) text += i % 2 ? "\xCC\x81" : "\xCC\xB4";
  EXPECT_EQ(normalize_nfkc(text).size(), text.size());
}

TEST(Identifier, WholeWords) {
  EXPECT_TRUE(is_identifier("_a1", kUnicode15));
  EXPECT_TRUE(is_identifier("\xC3\xA9t\xC3\xA9", kUnicode15));
  EXPECT_FALSE(is_identifier("", kUnicode15));
  EXPECT_FALSE(is_identifier("1a", kUnicode15));
  EXPECT_FALSE(is_identifier("a\xFF", kUnicode15));
  EXPECT_FALSE(is_identifier("a-b", kUnicode15));
}

TEST(Versions, AreFoundByText) {
  EXPECT_EQ(find_version("15.1.0"), kUnicode15);
  EXPECT_EQ(find_version("15.1"), kUnicode15);
  EXPECT_EQ(find_version("6.0.0"), UnicodeVersion::k6_0);
  EXPECT_EQ(find_version("5.2.0"), std::nullopt);
  EXPECT_EQ(find_version("15.10"), std::nullopt);
  EXPECT_EQ(find_version(""), std::nullopt);
}

}  // namespace
}  // namespace ouro::unicode
