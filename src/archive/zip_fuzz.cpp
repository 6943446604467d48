// Any bytes as a zip archive: its directory, every entry, and a copy of them into a new archive.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "archive/zip_reader.h"
#include "archive/zip_writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ouro::archive;
  static const std::string copy = "/tmp/ouro_zip_fuzz." + std::to_string(::getpid());
  const int fd = ::memfd_create("archive", 0);
  if (fd < 0 || ::write(fd, data, size) != static_cast<ssize_t>(size)) return 0;
  if (const auto zip = ZipReader::open("/proc/self/fd/" + std::to_string(fd))) {
    auto writer = ZipWriter::create(copy, {.prefix_of = &*zip});
    for (std::size_t i = 0; i < zip->entries().size() && i < 100; ++i) {
      static_cast<void>(zip->read(i, 1U << 20U));
      if (writer) static_cast<void>(writer->copy(*zip, i));
    }
  }
  ::close(fd);
  return 0;
}
