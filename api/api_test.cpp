#include "ouro/ouro.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace {

std::vector<std::uint8_t> corpus(const std::string& version) {
  std::ifstream file(OURO_SOURCE_DIR "/tests/corpus/" + version + "/spam.pyc", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(PublicApi, LooksIntoAFile) {
  const auto file = ouro::PycFile::read(corpus("3.13"));
  ASSERT_TRUE(file) << file.failure().message;
  EXPECT_EQ(file->version(), "3.13");
  EXPECT_EQ(file->magic_number(), 3571);
  EXPECT_EQ(file->mode(), ouro::PycMode::Timestamp);
  EXPECT_EQ(file->source_time(), 1700000000U);
  const ouro::Code module = file->module();
  EXPECT_EQ(module.name(), "<module>");
  EXPECT_EQ(module.filename(), "spam.py");
  ASSERT_EQ(module.nested().size(), 2U);
  EXPECT_EQ(module.nested()[0].nested()[0].qualified_name(), "Spam.__init__");
  EXPECT_EQ(module.nested()[0].nested()[0].argument_count(), 3);
}

TEST(PublicApi, WritesTheSameBytesForEveryVersion) {
  for (const char* version : {"2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"}) {
    const auto bytes = corpus(version);
    const auto file = ouro::PycFile::read(bytes);
    ASSERT_TRUE(file) << version << ": " << file.failure().message;
    EXPECT_EQ(file->version(), version);
    EXPECT_EQ(file->write().value(), bytes) << version;
    EXPECT_NE(file->disassemble().value().find("LOAD_CONST"), std::string::npos) << version;
  }
}

TEST(PublicApi, SaysWhatIsWrong) {
  const auto file = ouro::PycFile::read({});
  ASSERT_FALSE(file);
  EXPECT_EQ(file.failure().code, "pyc.truncated");
  EXPECT_EQ(file.failure().offset, 0U);
}

}  // namespace
