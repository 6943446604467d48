#include "support/file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include <unistd.h>

namespace ouro::support {
namespace {

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "ouro_file_test_" +
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(FileTest, WritesAndReadsBack) {
  const std::string path = folder_ + "/a";
  ASSERT_TRUE(write_file_atomically(path, as_bytes("one")));
  ASSERT_TRUE(write_file_atomically(path, as_bytes("two"), 0600));
  const auto bytes = read_file(path);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(as_text(*bytes), "two");
  const auto status = file_status(path);
  ASSERT_TRUE(status);
  EXPECT_EQ(status->size, 3U);
  EXPECT_EQ(status->mode, 0600U);
  EXPECT_TRUE(status->is_regular);
}

TEST_F(FileTest, LeavesNothingBehindWhenItFails) {
  const std::string path = folder_ + "/taken";
  std::filesystem::create_directories(path + "/inside");
  EXPECT_FALSE(write_file_atomically(path, as_bytes("x")));
  std::size_t entries = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder_)) ++entries;
  EXPECT_EQ(entries, 1U);
}

TEST_F(FileTest, NamesWhatIsWrong) {
  EXPECT_EQ(read_file(folder_ + "/none").error().code, "file.not_found");
  EXPECT_EQ(read_file(folder_).error().code, "file.is_directory");
  EXPECT_EQ(file_status(folder_ + "/none").error().code, "file.not_found");
  EXPECT_EQ(write_file_atomically(folder_ + "/none/x", {}).error().code, "file.not_found");
}

TEST_F(FileTest, NamesMissingPermission) {
  const std::string path = folder_ + "/secret";
  ASSERT_TRUE(write_file_atomically(path, as_bytes("x"), 0));
  const uid_t user = geteuid();
  ASSERT_EQ(seteuid(user == 0 ? 65534 : user), 0);  // root may read everything
  const auto bytes = read_file(path);
  ASSERT_EQ(seteuid(user), 0);
  EXPECT_EQ(bytes.error().code, "file.permission");
}

TEST_F(FileTest, GivesTheSystemsWordsForTheRest) {
  EXPECT_EQ(read_file("/proc/self/mem").error().code, "file.failed");
}

TEST_F(FileTest, ReadsWhatHasNoSize) {
  const auto bytes = read_file("/proc/self/status");
  ASSERT_TRUE(bytes);
  EXPECT_GT(bytes->size(), 100U);
}

}  // namespace
}  // namespace ouro::support
