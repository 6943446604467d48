#include "decompress.h"

#include <algorithm>
#include <cstdint>

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>

namespace ouro::cli {
namespace {

enum class Step { More, End, Broken };

class Zlib {
 public:
  explicit Zlib(std::string_view bytes) {
    constexpr int kEitherHeader = 32;
    open_ = inflateInit2(&stream_, MAX_WBITS + kEitherHeader) == Z_OK;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(bytes.size(), UINT32_MAX));
  }
  Zlib(const Zlib&) = delete;
  Zlib& operator=(const Zlib&) = delete;
  ~Zlib() { inflateEnd(&stream_); }
  [[nodiscard]] bool is_open() const { return open_; }
  Step step(char* out, std::size_t& room) {
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(room);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    room = stream_.avail_out;
    return status == Z_OK ? Step::More : status == Z_STREAM_END ? Step::End : Step::Broken;
  }

 private:
  z_stream stream_{};
  bool open_ = false;
};

class Bzip2 {
 public:
  explicit Bzip2(std::string_view bytes) {
    open_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
    stream_.next_in = const_cast<char*>(bytes.data());
    stream_.avail_in = static_cast<unsigned>(std::min<std::size_t>(bytes.size(), UINT32_MAX));
  }
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;
  ~Bzip2() { BZ2_bzDecompressEnd(&stream_); }
  [[nodiscard]] bool is_open() const { return open_; }
  Step step(char* out, std::size_t& room) {
    stream_.next_out = out;
    stream_.avail_out = static_cast<unsigned>(room);
    const int status = BZ2_bzDecompress(&stream_);
    room = stream_.avail_out;
    return status == BZ_OK ? Step::More : status == BZ_STREAM_END ? Step::End : Step::Broken;
  }

 private:
  bz_stream stream_{};
  bool open_ = false;
};

class Xz {
 public:
  explicit Xz(std::string_view bytes) {
    constexpr std::uint64_t kMostMemory = std::uint64_t{128} << 20U;  // a header may ask for 4 GiB
    open_ = lzma_stream_decoder(&stream_, kMostMemory, 0) == LZMA_OK;
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    stream_.avail_in = bytes.size();
  }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;
  ~Xz() { lzma_end(&stream_); }
  [[nodiscard]] bool is_open() const { return open_; }
  Step step(char* out, std::size_t& room) {
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out);
    stream_.avail_out = room;
    const lzma_ret status = lzma_code(&stream_, LZMA_RUN);
    room = stream_.avail_out;
    return status == LZMA_OK ? Step::More : status == LZMA_STREAM_END ? Step::End : Step::Broken;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool open_ = false;
};

template <class Method>
std::optional<std::string> open_all(std::string_view bytes, std::size_t limit) {
  Method method(bytes);
  if (!method.is_open()) return std::nullopt;
  std::string content;
  while (content.size() < limit) {
    char buffer[16384];
    const std::size_t asked = std::min(sizeof buffer, limit - content.size());
    std::size_t room = asked;
    const Step step = method.step(buffer, room);
    content.append(buffer, asked - room);
    if (step == Step::End) return content;
    if (step == Step::Broken || room == asked) return std::nullopt;  // no progress: the data has ended
  }
  return content;
}

}  // namespace

std::optional<std::string> decompress(std::string_view method, std::string_view bytes, std::size_t limit) {
  if (method == "zlib" || method == "gzip") return open_all<Zlib>(bytes, limit);
  if (method == "bzip2") return open_all<Bzip2>(bytes, limit);
  if (method == "xz") return open_all<Xz>(bytes, limit);
  return std::nullopt;
}

}  // namespace ouro::cli
