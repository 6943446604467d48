#include "archive/zip_writer.h"

#include <fcntl.h>
#include <minizip/zip.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <span>
#include <vector>

#include "archive/zip_reader_impl.h"

namespace ouro::archive {

namespace {

/// "Version made by": Unix, 2.0, so that the upper half of the external attributes is a file mode.
constexpr unsigned long kMadeByUnix = (3U << 8) | 20U;
constexpr unsigned long kFlagUtf8 = 1U << 11;
constexpr unsigned long kFlagDataDescriptor = 1U << 3;
constexpr unsigned kZip64ExtraField = 1;
/// From this size on the local header needs 64-bit fields.
constexpr std::uint64_t kZip64Size = 0xffffffff;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Error write_failed(const std::string& path, int number) {
  return make_error("archive.write_failed", path + ": " + std::strerror(number != 0 ? number : EIO));
}

/// The extra field (id, size, data, ...) without its 64-bit sizes, which minizip writes itself where they are needed.
/// minizip's own zipRemoveExtraInfoBlock believes the sizes that the field states. What is malformed is left out.
std::vector<char> without_zip64(std::span<const char> extra) {
  const auto number = [&](std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(extra[at]) | static_cast<unsigned char>(extra[at + 1]) << 8);
  };
  std::vector<char> kept;
  while (extra.size() >= 4 && number(2) <= extra.size() - 4) {
    const auto block = extra.first(4 + std::size_t{number(2)});
    if (number(0) != kZip64ExtraField) kept.insert(kept.end(), block.begin(), block.end());
    extra = extra.subspan(block.size());
  }
  return kept;
}

/// What open() would give a file made with 0666.
mode_t new_file_mode() {
  const mode_t mask = ::umask(022);
  ::umask(mask);
  return 0666U & ~mask;
}

/// The first `size` bytes of `from` to the open file `to`; 0 or errno.
int copy_prefix(const std::string& from, int to, std::uint64_t size) {
  const int fd = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  std::vector<char> buffer(std::size_t{64} << 10);
  int error = 0;
  while (size > 0 && error == 0) {
    const ssize_t count = ::read(fd, buffer.data(), std::min<std::uint64_t>(size, buffer.size()));
    if (count <= 0 || ::write(to, buffer.data(), static_cast<std::size_t>(count)) != count) error = errno != 0 ? errno : EIO;
    size -= static_cast<std::uint64_t>(std::max<ssize_t>(count, 0));
  }
  ::close(fd);
  return error;
}

}  // namespace

std::uint32_t dos_time_of(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  if (::gmtime_r(&time, &parts) == nullptr || parts.tm_year < 80) return kFirstDosTime;
  if (parts.tm_year > 207) return 0xff9fbf7d;  // 2107-12-31 23:59:58
  const auto bits = [](int value, unsigned shift) { return static_cast<std::uint32_t>(value) << shift; };
  return bits(parts.tm_year - 80, 25) | bits(parts.tm_mon + 1, 21) | bits(parts.tm_mday, 16) | bits(parts.tm_hour, 11) |
         bits(parts.tm_min, 5) | bits(parts.tm_sec / 2, 0);
}

struct ZipWriter::Impl {
  zipFile file = nullptr;
  std::string path;
  std::string temporary;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (file != nullptr) zipClose(file, nullptr);
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }
};

ZipWriter::ZipWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipWriter::ZipWriter(ZipWriter&&) noexcept = default;
ZipWriter& ZipWriter::operator=(ZipWriter&&) noexcept = default;
ZipWriter::~ZipWriter() = default;

Result<ZipWriter> ZipWriter::create(const std::string& path, const Options& options) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  std::string temporary = path + ".XXXXXX";
  errno = 0;
  const int fd = ::mkstemp(temporary.data());
  if (fd < 0) return write_failed(path, errno);
  impl->temporary = temporary;
  int error = ::fchmod(fd, options.mode ? *options.mode & 0777U : new_file_mode()) == 0 ? 0 : errno;
  if (options.prefix_of != nullptr && error == 0) {
    auto size = options.prefix_of->prefix_size();
    if (!size) {
      ::close(fd);
      return std::move(size).error();
    }
    error = copy_prefix(options.prefix_of->impl_->path, fd, *size);
  }
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error != 0) return write_failed(path, error);
  impl->file = zipOpen64(temporary.c_str(), APPEND_STATUS_CREATEAFTER);
  if (impl->file == nullptr) return write_failed(path, errno);
  return ZipWriter(std::move(impl));
}

Status ZipWriter::add(const std::string& name, const ZipEntry& like, ByteView bytes) {
  zip_fileinfo info{};
  info.dosDate = like.dos_time;
  info.external_fa = like.external_attributes;
  const unsigned long flags = is_ascii(name) ? 0 : kFlagUtf8;
  errno = 0;
  int status = zipOpenNewFileInZip4_64(impl_->file, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED,
                                       Z_DEFAULT_COMPRESSION, 0, -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr,
                                       0, kMadeByUnix, flags, bytes.size() >= kZip64Size ? 1 : 0);
  while (status == ZIP_OK && !bytes.empty()) {
    const std::size_t size = std::min<std::size_t>(bytes.size(), std::size_t{1} << 20);
    status = zipWriteInFileInZip(impl_->file, bytes.data(), static_cast<unsigned>(size));
    bytes = bytes.subspan(size);
  }
  if (status == ZIP_OK) status = zipCloseFileInZip(impl_->file);
  if (status != ZIP_OK) return write_failed(impl_->path, errno);
  return {};
}

Status ZipWriter::copy(const ZipReader& from, std::size_t index) {
  ZipReader::Impl& source = *from.impl_;
  OURO_CHECK(source.go_to(index));
  unz_file_info64 info{};
  if (unzGetCurrentFileInfo64(source.file, &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK) {
    return source.damaged(index, "its directory entry cannot be read");
  }
  std::vector<char> extra(info.size_file_extra);
  std::string comment(info.size_file_comment, '\0');
  int method = 0;
  int level = 0;
  if (unzGetCurrentFileInfo64(source.file, nullptr, nullptr, 0, extra.data(), extra.size(), comment.data(),
                              comment.size()) != UNZ_OK ||
      unzOpenCurrentFile2(source.file, &method, &level, 1) != UNZ_OK) {
    return source.damaged(index, "its header does not fit the directory");
  }
  std::vector<char> local_extra(static_cast<std::size_t>(std::max(unzGetLocalExtrafield(source.file, nullptr, 0), 0)));
  const int local_size = local_extra.empty() ? 0 : unzGetLocalExtrafield(source.file, local_extra.data(), static_cast<unsigned>(local_extra.size()));
  local_extra.resize(static_cast<std::size_t>(std::max(local_size, 0)));
  extra = without_zip64(extra);
  local_extra = without_zip64(local_extra);

  zip_fileinfo out{};
  out.dosDate = info.dosDate;
  out.internal_fa = info.internal_fa;
  out.external_fa = info.external_fa;
  const bool zip64 = info.compressed_size >= kZip64Size || info.uncompressed_size >= kZip64Size;
  errno = 0;
  int status = zipOpenNewFileInZip4_64(
      impl_->file, source.entries[index].name.c_str(), &out, local_extra.data(), static_cast<unsigned>(local_extra.size()),
      extra.data(), static_cast<unsigned>(extra.size()), comment.empty() ? nullptr : comment.c_str(), method, 0, 1,
      -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0, info.version, info.flag & ~kFlagDataDescriptor,
      zip64 ? 1 : 0);
  std::vector<char> chunk(std::size_t{64} << 10);
  std::uint64_t left = info.compressed_size;
  while (status == ZIP_OK && left > 0) {
    const int count = unzReadCurrentFile(source.file, chunk.data(), static_cast<unsigned>(chunk.size()));
    if (count <= 0) {
      unzCloseCurrentFile(source.file);
      return source.damaged(index, "its compressed data ends too early");
    }
    status = zipWriteInFileInZip(impl_->file, chunk.data(), static_cast<unsigned>(count));
    left -= static_cast<std::uint64_t>(count);
  }
  unzCloseCurrentFile(source.file);
  if (status == ZIP_OK) status = zipCloseFileInZipRaw64(impl_->file, info.uncompressed_size, info.crc);
  if (status != ZIP_OK) return write_failed(impl_->path, errno);
  return {};
}

Status ZipWriter::finish(const std::string& comment) {
  errno = 0;
  if (zipClose(std::exchange(impl_->file, nullptr), comment.empty() ? nullptr : comment.c_str()) != ZIP_OK ||
      ::rename(impl_->temporary.c_str(), impl_->path.c_str()) != 0) {
    return write_failed(impl_->path, errno);
  }
  impl_->temporary.clear();
  return {};
}

}  // namespace ouro::archive
