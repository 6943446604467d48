// Writing zip archives: whole or not at all, and the same bytes for the same input.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "archive/zip_reader.h"
#include "support/byte_reader.h"
#include "support/result.h"

namespace ouro::archive {

/// 1980-01-01 00:00:00, the first moment a zip can tell.
inline constexpr std::uint32_t kFirstDosTime = 0x00210000;

/// Seconds since 1970 as UTC in the zip's form; clamped to 1980..2107.
[[nodiscard]] std::uint32_t dos_time_of(std::int64_t seconds);

/// Fills a temporary file beside `path`; finish() renames it. Without finish() nothing of it remains.
class ZipWriter {
 public:
  struct Options {
    std::optional<unsigned> mode;          ///< permission bits of the new archive; none: as any new file's
    const ZipReader* prefix_of = nullptr;  ///< begins with what stands before this archive's first entry
  };
  /// Errors: archive.write_failed, and those of ZipReader::prefix_size.
  [[nodiscard]] static Result<ZipWriter> create(const std::string& path, const Options& options);

  ZipWriter(ZipWriter&&) noexcept;
  ZipWriter& operator=(ZipWriter&&) noexcept;
  ~ZipWriter();

  /// Deflates `bytes` into an entry, `like` giving time and attributes. Errors: archive.write_failed.
  [[nodiscard]] Status add(const std::string& name, const ZipEntry& like, ByteView bytes);
  /// Takes an entry over without unpacking it. Errors: archive.write_failed, archive.damaged.
  [[nodiscard]] Status copy(const ZipReader& from, std::size_t index);
  /// Errors: archive.write_failed.
  [[nodiscard]] Status finish(const std::string& comment = {});

 private:
  struct Impl;
  explicit ZipWriter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ouro::archive
