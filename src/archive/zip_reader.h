// Reading zip archives: wheels, eggs, zipapps, python_stdlib.zip. minizip reads the format; this adds bounds and errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/result.h"

namespace ouro::archive {

struct ZipEntry {
  std::string name;  ///< as stored, '/' between the parts; directories end in '/'
  std::uint32_t dos_time = 0;  ///< date and time of the central directory, no time zone
  std::uint32_t external_attributes = 0;
  std::uint64_t compressed_size = 0;
  std::uint64_t size = 0;  ///< as the archive claims
  std::uint32_t method = 8;  ///< 0 stored, 8 deflated
  bool encrypted = false;

  [[nodiscard]] bool is_directory() const { return name.ends_with('/'); }
};

/// What is unpacked of one entry at most, unless told otherwise. No source or cache comes near it.
inline constexpr std::uint64_t kMaxEntrySize = std::uint64_t{256} << 20;

/// An open archive. Not for several threads at once.
class ZipReader {
 public:
  /// Errors: file.not_found, file.permission, ... (as support::read_file), archive.not_zip, archive.damaged.
  [[nodiscard]] static Result<ZipReader> open(const std::string& path);

  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;
  ~ZipReader();

  [[nodiscard]] const std::vector<ZipEntry>& entries() const;
  /// Unpacks one entry and checks its sum.
  /// Errors: archive.damaged, archive.encrypted, archive.unsupported (a method other than stored or deflated),
  /// archive.too_large.
  [[nodiscard]] Result<std::vector<std::uint8_t>> read(std::size_t index, std::uint64_t limit = kMaxEntrySize) const;

  /// Bytes before the first entry: the "#!" line of a zipapp, the stub of a self-extracting archive.
  [[nodiscard]] Result<std::uint64_t> prefix_size() const;
  /// The archive's comment.
  [[nodiscard]] std::string comment() const;

 private:
  friend class ZipWriter;
  struct Impl;
  explicit ZipReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ouro::archive
