#include "syntax/codecs.h"

#include <gtest/gtest.h>

namespace ouro::syntax {
namespace {

std::string decoded(std::string_view encoding, std::string_view bytes) {
  const auto text = decode_bytes(encoding, bytes);
  return text ? *text : "refused: " + text.error();
}

TEST(Codecs, DecodesSingleBytes) {
  EXPECT_EQ(decoded("ISO_8859-15", "\xA4"), "€");
  EXPECT_EQ(decoded("koi8-r", "x\xC1"), "xа");
  EXPECT_EQ(decoded("cp037", "\x81\x82\x83"), "abc");  // not even its lower half is ASCII
  EXPECT_EQ(decoded("cp1252", "x\x81"), "refused: 'charmap' codec can't decode byte 0x81 in position 1: character maps to <undefined>");
  EXPECT_EQ(decoded("US-ASCII", "\x80"), "refused: 'ascii' codec can't decode byte 0x80 in position 0: ordinal not in range(128)");
}

TEST(Codecs, DecodesSeveralBytes) {
  EXPECT_EQ(decoded("Shift_JIS", "a\x93\xFA\x96\x7B\xB1"), "a日本ｱ");
  EXPECT_EQ(decoded("shift_jis_2004", "\\\x82\xF5"), "¥か゚");  // one sequence, two characters
  EXPECT_EQ(decoded("euc-jp", "\xC6\xFC\x8E\xB1\x8F\xB0\xA1"), "日ｱ丂");
  EXPECT_EQ(decoded("gb2312", "\xD6\xD0"), "中");
  EXPECT_EQ(decoded("gbk", "\x81\x40"), "丂");
  EXPECT_EQ(decoded("gb18030", "\x81\x30\x84\x36\x90\x30\x81\x30"), "¥𐀀");
  EXPECT_EQ(decoded("big5", "\xA4\xA4"), "中");
  EXPECT_EQ(decoded("big5hkscs", "\x88\x62\x87\x40"), "Ê̄䏰");
  EXPECT_EQ(decoded("euc_kr", "\xB0\xA1\xA4\xD4\xA4\xA1\xA4\xBF\xA4\xD4"), "가가");
  EXPECT_EQ(decoded("utf-16", "#\x20"), "‣");
}

TEST(Codecs, RefusesInCPythonsWords) {
  EXPECT_EQ(decoded("sjis", "x\x83\x01"), "refused: 'shift_jis' codec can't decode byte 0x83 in position 1: illegal multibyte sequence");
  EXPECT_EQ(decoded("gbk", "x\x83"), "refused: 'gbk' codec can't decode byte 0x83 in position 1: incomplete multibyte sequence");
  EXPECT_EQ(decoded("gb18030", "\x81\x30"), "refused: 'gb18030' codec can't decode bytes in position 0-1: incomplete multibyte sequence");
  EXPECT_EQ(decoded("utf-16", "abc"), "refused: 'utf-16-le' codec can't decode byte 0x63 in position 2: truncated data");
  EXPECT_EQ(decoded("utf-32", "# coding"), "refused: 'utf-32-le' codec can't decode bytes in position 0-3: code point not in range(0x110000)");
  EXPECT_EQ(decoded("Rot_13", ""), "refused: 'Rot_13' is not a text encoding; use codecs.decode() to handle arbitrary codecs");
  EXPECT_EQ(decoded("klingon", ""), "refused: unknown encoding: klingon");
  EXPECT_EQ(decoded("UTF8", "a\xE2\x82"), "refused: 'utf-8' codec can't decode bytes in position 1-2: unexpected end of data");
}

}  // namespace
}  // namespace ouro::syntax
