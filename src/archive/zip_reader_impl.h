// What ZipReader and ZipWriter share of minizip.
#pragma once

#include <minizip/unzip.h>

#include "archive/zip_reader.h"

namespace ouro::archive {

struct ZipReader::Impl {
  struct Place {
    unz64_file_pos position;
  };

  unzFile file = nullptr;
  std::string path;
  std::vector<ZipEntry> entries;
  std::vector<Place> places;

  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (file != nullptr) unzClose(file);
  }

  /// Makes entry `index` minizip's current file.
  [[nodiscard]] Status go_to(std::size_t index) {
    if (unzGoToFilePos64(file, &places[index].position) == UNZ_OK) return {};
    return damaged(index, "its central directory entry cannot be read again");
  }
  [[nodiscard]] Error damaged(std::size_t index, const std::string& why) const {
    return make_error("archive.damaged", path + "/" + entries[index].name + ": " + why);
  }
};

}  // namespace ouro::archive
