#include "archive/zip_reader.h"

#include <algorithm>

#include "archive/zip_reader_impl.h"
#include "support/file.h"

namespace ouro::archive {

namespace {

constexpr std::uint32_t kFlagEncrypted = 1;
/// Fixed part of a local file header (APPNOTE.TXT 4.3.7).
constexpr std::uint64_t kLocalHeaderSize = 30;
constexpr unsigned kMethodDeflated = 8;

}  // namespace

ZipReader::ZipReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader& ZipReader::operator=(ZipReader&&) noexcept = default;
ZipReader::~ZipReader() = default;

Result<ZipReader> ZipReader::open(const std::string& path) {
  OURO_TRY(const support::FileStatus status, support::file_status(path));
  if (!status.is_regular) return make_error("archive.not_zip", path + ": not a regular file");
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->file = unzOpen64(path.c_str());
  if (impl->file == nullptr) return make_error("archive.not_zip", path + ": no zip directory at its end");
  unz_global_info64 global{};
  if (unzGetGlobalInfo64(impl->file, &global) != UNZ_OK) {
    return make_error("archive.damaged", path + ": its directory cannot be read");
  }
  std::uint64_t count = 0;
  for (int step = global.number_entry == 0 ? UNZ_END_OF_LIST_OF_FILE : unzGoToFirstFile(impl->file);
       step != UNZ_END_OF_LIST_OF_FILE; step = unzGoToNextFile(impl->file), ++count) {
    unz_file_info64 info{};
    Impl::Place place{};
    std::string name;
    bool good = step == UNZ_OK && unzGetCurrentFileInfo64(impl->file, &info, nullptr, 0, nullptr, 0, nullptr, 0) == UNZ_OK;
    if (good) {
      name.resize(info.size_filename);
      good = unzGetCurrentFileInfo64(impl->file, nullptr, name.data(), info.size_filename, nullptr, 0, nullptr, 0) ==
                 UNZ_OK &&
             unzGetFilePos64(impl->file, &place.position) == UNZ_OK;
    }
    if (!good) {
      return make_error("archive.damaged", path + ": entry " + std::to_string(count + 1) + " of " +
                                               std::to_string(global.number_entry) + " of its directory is damaged");
    }
    impl->entries.push_back({.name = std::move(name),
                             .dos_time = static_cast<std::uint32_t>(info.dosDate),
                             .external_attributes = static_cast<std::uint32_t>(info.external_fa),
                             .compressed_size = info.compressed_size,
                             .size = info.uncompressed_size,
                             .method = static_cast<std::uint32_t>(info.compression_method),
                             .encrypted = (info.flag & kFlagEncrypted) != 0});
    impl->places.push_back(place);
  }
  return ZipReader(std::move(impl));
}

const std::vector<ZipEntry>& ZipReader::entries() const { return impl_->entries; }

Result<std::vector<std::uint8_t>> ZipReader::read(std::size_t index, std::uint64_t limit) const {
  const ZipEntry& entry = impl_->entries[index];
  const std::string where = impl_->path + "/" + entry.name;
  if (entry.encrypted) return make_error("archive.encrypted", where + ": encrypted entries are not read");
  OURO_CHECK(impl_->go_to(index));
  if (entry.method != 0 && entry.method != kMethodDeflated) {
    return make_error("archive.unsupported", where + ": compression method " + std::to_string(entry.method) +
                                                 " is not read, only stored and deflated");
  }
  if (unzOpenCurrentFile(impl_->file) != UNZ_OK) return impl_->damaged(index, "its header does not fit the directory");
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint8_t> chunk(std::size_t{64} << 10);
  int count = 0;
  while ((count = unzReadCurrentFile(impl_->file, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0) {
    bytes.insert(bytes.end(), chunk.begin(), chunk.begin() + count);
    if (bytes.size() > limit) break;
  }
  const int closed = unzCloseCurrentFile(impl_->file);
  if (bytes.size() > limit) {
    return make_error("archive.too_large", where + ": unpacks to more than " + std::to_string(limit) + " bytes");
  }
  if (count < 0) return impl_->damaged(index, "its compressed data is damaged");
  if (closed == UNZ_CRCERROR) return impl_->damaged(index, "its CRC-32 does not fit");
  if (closed != UNZ_OK || bytes.size() != entry.size) return impl_->damaged(index, "it is shorter than the directory says");
  return bytes;
}

Result<std::uint64_t> ZipReader::prefix_size() const {
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < impl_->entries.size(); ++i) {
    OURO_CHECK(impl_->go_to(i));
    if (unzOpenCurrentFile2(impl_->file, nullptr, nullptr, 1) != UNZ_OK) {
      return impl_->damaged(i, "its header does not fit the directory");
    }
    const std::uint64_t data = unzGetCurrentFileZStreamPos64(impl_->file);
    const int extra = unzGetLocalExtrafield(impl_->file, nullptr, 0);
    unzCloseCurrentFile(impl_->file);
    const std::uint64_t header = kLocalHeaderSize + impl_->entries[i].name.size() + static_cast<std::uint64_t>(std::max(extra, 0));
    const std::uint64_t start = data > header ? data - header : 0;
    first = i == 0 ? start : std::min(first, start);
  }
  return first;
}

std::string ZipReader::comment() const {
  unz_global_info64 global{};
  if (unzGetGlobalInfo64(impl_->file, &global) != UNZ_OK || global.size_comment == 0) return {};
  std::string text(global.size_comment, '\0');
  const int size = unzGetGlobalComment(impl_->file, text.data(), global.size_comment);
  text.resize(static_cast<std::size_t>(std::max(size, 0)));
  return text;
}

}  // namespace ouro::archive
