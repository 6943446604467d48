#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "archive/wheel_record.h"
#include "archive/zip_reader.h"
#include "archive/zip_writer.h"
#include "support/file.h"

namespace ouro::archive {
namespace {

using support::as_bytes;
using support::as_text;

class ZipTest : public ::testing::Test {
 protected:
  ZipTest() {
    std::string name = (std::filesystem::temp_directory_path() / "ouro_archive.XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~ZipTest() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  [[nodiscard]] std::vector<std::uint8_t> content(const std::string& name) const {
    return support::read_file(path(name)).value();
  }
  void replace(const std::string& name, const std::vector<std::uint8_t>& bytes) const {
    ASSERT_TRUE(support::write_file_atomically(path(name), bytes));
  }
  /// Two entries, "a.txt" and "päth/b.txt" (the second compressible), with a comment.
  void make(const std::string& name, const ZipReader* prefix_of = nullptr) const {
    auto writer = ZipWriter::create(path(name), {.mode = 0640, .prefix_of = prefix_of});
    ASSERT_TRUE(writer) << writer.error().to_string();
    ASSERT_TRUE(writer->add("a.txt", {.dos_time = 0x5a21'6000, .external_attributes = 0100644U << 16}, as_bytes("hello")));
    ASSERT_TRUE(writer->add("päth/b.txt", {.dos_time = kFirstDosTime}, as_bytes(std::string(100'000, 'x'))));
    ASSERT_TRUE(writer->finish("a comment"));
  }

  std::string folder_;
};

TEST_F(ZipTest, ReadsWhatItWrote) {
  make("x.zip");
  const auto zip = ZipReader::open(path("x.zip"));
  ASSERT_TRUE(zip) << zip.error().to_string();
  ASSERT_EQ(zip->entries().size(), 2U);
  EXPECT_EQ(zip->entries()[0].name, "a.txt");
  EXPECT_EQ(zip->entries()[0].dos_time, 0x5a21'6000U);
  EXPECT_EQ(zip->entries()[0].external_attributes, 0100644U << 16);
  EXPECT_EQ(zip->entries()[1].name, "päth/b.txt");
  EXPECT_LT(zip->entries()[1].compressed_size, 1000U);
  EXPECT_EQ(as_text(*zip->read(0)), "hello");
  EXPECT_EQ(as_text(*zip->read(1)), std::string(100'000, 'x'));
  EXPECT_EQ(zip->comment(), "a comment");
  EXPECT_EQ(support::file_status(path("x.zip"))->mode & 0777U, 0640U);
}

TEST_F(ZipTest, SameInputSameBytes) {
  make("x.zip");
  make("y.zip");
  EXPECT_EQ(content("x.zip"), content("y.zip"));
}

TEST_F(ZipTest, CopiesEntriesAndWhatStandsBeforeThem) {
  make("x.zip");
  std::vector<std::uint8_t> bytes = content("x.zip");
  const std::string_view stub = "#!/usr/bin/env python3\n";
  bytes.insert(bytes.begin(), stub.begin(), stub.end());
  replace("x.pyz", bytes);
  const auto zip = ZipReader::open(path("x.pyz"));
  ASSERT_TRUE(zip);
  EXPECT_EQ(*zip->prefix_size(), stub.size());
  {
    auto writer = ZipWriter::create(path("y.pyz"), {.prefix_of = &*zip});
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->copy(*zip, 1));
    ASSERT_TRUE(writer->finish());
  }
  EXPECT_TRUE(as_text(content("y.pyz")).starts_with(stub));
  const auto copy = ZipReader::open(path("y.pyz"));
  ASSERT_TRUE(copy);
  ASSERT_EQ(copy->entries().size(), 1U);
  EXPECT_EQ(as_text(*copy->read(0)), std::string(100'000, 'x'));
}

TEST_F(ZipTest, UnfinishedLeavesNothing) {
  { ASSERT_TRUE(ZipWriter::create(path("x.zip"), {})); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(ZipTest, CannotWrite) {
  const auto writer = ZipWriter::create(path("missing/x.zip"), {});
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, "archive.write_failed");
}

TEST_F(ZipTest, NotAnArchive) {
  replace("x.zip", {'P', 'K', 3, 4});
  EXPECT_EQ(ZipReader::open(path("x.zip")).error().code, "archive.not_zip");
  EXPECT_EQ(ZipReader::open(folder_).error().code, "archive.not_zip");
  EXPECT_EQ(ZipReader::open(path("none.zip")).error().code, "file.not_found");
}

TEST_F(ZipTest, DamagedEncryptedUnsupported) {
  make("x.zip");
  const std::vector<std::uint8_t> good = content("x.zip");
  std::size_t directory = 0;
  for (std::size_t i = 0; i + 4 <= good.size(); ++i) {
    if (good[i] == 'P' && good[i + 1] == 'K' && good[i + 2] == 1 && good[i + 3] == 2) {
      directory = i;
      break;
    }
  }
  ASSERT_GT(directory, 0U);
  const auto read_first = [&](std::size_t offset, std::uint8_t value, std::size_t local_offset) {
    std::vector<std::uint8_t> bad = good;
    bad[offset] = value;
    if (local_offset != 0) bad[local_offset] = value;
    replace("bad.zip", bad);
    const auto zip = ZipReader::open(path("bad.zip"));
    EXPECT_TRUE(zip);
    return std::string(zip->read(0).error().code);
  };
  EXPECT_EQ(read_first(directory + 16, static_cast<std::uint8_t>(good[directory + 16] ^ 1U), 14), "archive.damaged");
  EXPECT_EQ(read_first(directory + 8, 1, 6), "archive.encrypted");
  EXPECT_EQ(read_first(directory + 10, 99, 8), "archive.unsupported");
}

TEST_F(ZipTest, UnpacksNoMoreThanTheLimit) {
  make("x.zip");
  const auto zip = ZipReader::open(path("x.zip"));
  ASSERT_TRUE(zip);
  EXPECT_EQ(zip->read(1, 99'999).error().code, "archive.too_large");
  EXPECT_TRUE(zip->read(1, 100'000));
}

TEST(DosTime, IsUtcAndClamped) {
  EXPECT_EQ(dos_time_of(0), kFirstDosTime);
  EXPECT_EQ(dos_time_of(1'000'000'000), (21U << 25) | (9U << 21) | (9U << 16) | (1U << 11) | (46U << 5) | 20U);
  EXPECT_EQ(dos_time_of(std::int64_t{1} << 40), 0xff9fbf7dU);
}

TEST(WheelRecordTest, HashesAsPep376Says) {
  EXPECT_EQ(record_hash({}), "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
  EXPECT_EQ(record_hash(as_bytes("abc")), "sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
}

TEST(WheelRecordTest, AddsAndReplacesRows) {
  WheelRecord record("a.py,sha256=x,1\r\nspam-1.dist-info/RECORD,,\r\n");
  record.set("b,c.pyc", as_bytes("abc"));
  record.set("a.py", {});
  EXPECT_EQ(record.text(),
            "a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\r\n"
            "spam-1.dist-info/RECORD,,\r\n"
            "\"b,c.pyc\",sha256=ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0,3\r\n");
}

}  // namespace
}  // namespace ouro::archive
