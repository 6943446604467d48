#include "archive/pyinstaller.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "archive/zip_reader.h"
#include "marshal/pyc.h"
#include "version/facts.h"

namespace ouro::archive {

namespace {

using Bytes = std::vector<std::uint8_t>;
using Take = std::function<bool(Result<PackedModule>)>;

constexpr std::array<std::uint8_t, 8> kCookieMagic{'M', 'E', 'I', 014, 013, 012, 013, 016};
/// magic, length, position and length of the table of contents, Python version; from PyInstaller 2.1 on also the name
/// of Python's library.
constexpr std::size_t kOldCookieSize = 24;
constexpr std::size_t kCookieSize = 88;
constexpr std::size_t kTocEntrySize = 18;
constexpr std::array<std::uint8_t, 4> kPyzMagic{'P', 'Y', 'Z', 0};
constexpr std::size_t kPyzHeaderSize = 12;

std::uint32_t big_endian(ByteView bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | bytes[at + i];
  return value;
}

bool starts_with(ByteView bytes, ByteView start) {
  return bytes.size() >= start.size() && std::equal(start.begin(), start.end(), bytes.begin());
}

std::optional<std::size_t> find_cookie(ByteView bytes) {
  const auto found = std::find_end(bytes.begin(), bytes.end(), kCookieMagic.begin(), kCookieMagic.end());
  const auto at = static_cast<std::size_t>(found - bytes.begin());
  if (found == bytes.end() || bytes.size() - at < kOldCookieSize) return std::nullopt;
  return at;
}

std::optional<ByteView> slice(ByteView bytes, std::uint64_t start, std::uint64_t size) {
  if (start > bytes.size() || size > bytes.size() - start) return std::nullopt;
  return bytes.subspan(start, size);
}

/// Unpacks one zlib stream. `name` is for the errors.
Result<Bytes> inflate_all(ByteView packed, const std::string& name) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return make_error("archive.damaged", name + ": zlib does not start");
  Bytes out;
  Bytes chunk(std::size_t{64} << 10);
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  int status = Z_OK;
  while (status == Z_OK && out.size() <= kMaxEntrySize) {
    stream.next_out = chunk.data();
    stream.avail_out = static_cast<uInt>(chunk.size());
    status = inflate(&stream, Z_NO_FLUSH);
    out.insert(out.end(), chunk.begin(), chunk.end() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > kMaxEntrySize) {
    return make_error("archive.too_large", name + ": unpacks to more than " + std::to_string(kMaxEntrySize) + " bytes");
  }
  if (status != Z_STREAM_END) {
    const bool is_zlib = packed.size() >= 2 && (packed[0] & 0x0fU) == 8 && (packed[0] * 256U + packed[1]) % 31 == 0;
    if (is_zlib) return make_error("archive.damaged", name + ": its compressed data is damaged");
    return make_error("archive.encrypted", name + ": not compressed data; PyInstaller's --key makes it so");
  }
  return out;
}

/// `code` with the header of `facts` before it, unless it has one already.
Bytes with_header(ByteView code, const version::Facts& facts) {
  const marshal::PycHeader header = marshal::new_header(facts);
  Bytes pyc;
  marshal::write_header(header, pyc);
  if (starts_with(code, ByteView(pyc).first(4))) return {code.begin(), code.end()};
  pyc.insert(pyc.end(), code.begin(), code.end());
  return pyc;
}

/// The facts for "313" or, before 3.10, "39" and "27".
const version::Facts* facts_of_number(std::uint32_t number) {
  const std::uint32_t major = number >= 100 ? number / 100 : number / 10;
  const std::uint32_t minor = number >= 100 ? number % 100 : number % 10;
  return major > 255 || minor > 255
             ? nullptr
             : version::find_facts({static_cast<std::uint8_t>(major), static_cast<std::uint8_t>(minor)});
}

/// "pkg.mod" as a path; dots that would leave the folder cannot come of it.
std::string module_path(std::string_view name, bool is_package) {
  std::string path(name);
  std::replace_if(path.begin(), path.end(), [](char c) { return c == '/' || c == '\0'; }, '_');
  std::replace(path.begin(), path.end(), '.', '/');
  while (path.starts_with('/')) path.erase(0, 1);
  if (!is_package) return (path.empty() ? "_" : path) + ".pyc";
  return path.empty() ? "__init__.pyc" : path + "/__init__.pyc";
}

/// A PYZ. False when `take` wants no more.
Result<bool> read_pyz(ByteView bytes, const Take& take) {
  if (!starts_with(bytes, kPyzMagic) || bytes.size() < kPyzHeaderSize) {
    return make_error("archive.damaged", "the PYZ does not begin with its magic bytes");
  }
  const version::MagicInfo* known = version::find_magic(static_cast<std::uint16_t>(bytes[4] | bytes[5] << 8));
  const version::Facts* facts = known != nullptr ? version::find_facts(known->version) : nullptr;
  if (facts == nullptr) return make_error("archive.damaged", "no Python ever wrote the PYZ's magic number");
  const std::uint32_t toc_at = big_endian(bytes, 8);
  const auto toc_bytes = slice(bytes, toc_at, bytes.size() - std::min<std::size_t>(toc_at, bytes.size()));
  if (!toc_bytes) return make_error("archive.damaged", "the PYZ's table of contents is not in the file");
  OURO_TRY(const marshal::Marshalled toc, marshal::read(*toc_bytes, marshal::layout_of(*facts), {.base_offset = toc_at}));
  const ConstantPool& pool = toc.pool;
  const auto kind = pool.kind(toc.root);
  if (kind != code::ConstKind::List && kind != code::ConstKind::Dict) {
    return make_error("archive.damaged", "the PYZ's table of contents is neither a list nor a dict");
  }
  // A list of (name, (type, position, size)), or a dict of the same.
  const auto items = pool.items(toc.root);
  const bool is_dict = kind == code::ConstKind::Dict;
  for (std::size_t i = 0; i + (is_dict ? 1 : 0) < items.size(); i += is_dict ? 2 : 1) {
    std::array<ConstId, 2> pair{};
    if (is_dict) {
      pair = {items[i], items[i + 1]};
    } else if (pool.kind(items[i]) == code::ConstKind::Tuple && pool.items(items[i]).size() == 2) {
      pair = {pool.items(items[i])[0], pool.items(items[i])[1]};
    }
    const auto entry = pair[1].value < pool.size() && pool.kind(pair[1]) == code::ConstKind::Tuple
                           ? pool.items(pair[1]) : std::span<const ConstId>{};
    const auto is_text = [&](ConstId id) {
      return pool.kind(id) == code::ConstKind::Str || pool.kind(id) == code::ConstKind::Bytes;
    };
    const auto is_number = [&](ConstId id) {
      return pool.kind(id) == code::ConstKind::Int || pool.kind(id) == code::ConstKind::True ||
             pool.kind(id) == code::ConstKind::False;
    };
    const auto number = [&](ConstId id) {
      return pool.kind(id) == code::ConstKind::Int ? pool.int_value(id) : pool.kind(id) == code::ConstKind::True ? 1 : 0;
    };
    if (entry.size() != 3 || !is_text(pair[0]) || !std::all_of(entry.begin(), entry.end(), is_number)) {
      return make_error("archive.damaged", "entry " + std::to_string(i) + " of the PYZ's table of contents is damaged");
    }
    enum PyzType : std::int64_t { kModule = 0, kPackage = 1 };  // others are data and namespace packages
    const std::int64_t type = number(entry[0]);
    if (type != kModule && type != kPackage) continue;
    PackedModule module{.name = module_path(pool.text(pair[0]), type == kPackage), .pyc = {}};
    const auto packed = number(entry[1]) < 0 || number(entry[2]) < 0
                            ? std::nullopt
                            : slice(bytes, static_cast<std::uint64_t>(number(entry[1])), static_cast<std::uint64_t>(number(entry[2])));
    if (!packed) {
      if (!take(make_error("archive.damaged", module.name + ": its place is not in the file"))) return false;
      continue;
    }
    auto unpacked = inflate_all(*packed, module.name);
    if (!unpacked) {
      if (!take(std::move(unpacked).error())) return false;
      continue;
    }
    module.pyc = with_header(*unpacked, *facts);
    if (!take(std::move(module))) return false;
  }
  return true;
}

/// The CArchive whose cookie is at `cookie`.
Status read_carchive(ByteView bytes, std::size_t cookie, const Take& take) {
  const std::uint64_t length = big_endian(bytes, cookie + 8);
  const std::uint32_t toc_at = big_endian(bytes, cookie + 12);
  const std::uint32_t toc_size = big_endian(bytes, cookie + 16);
  const version::Facts* facts = facts_of_number(big_endian(bytes, cookie + 20));
  if (facts == nullptr) {
    return make_error("archive.not_pyinstaller",
                      "the cookie names no Python: " + std::to_string(big_endian(bytes, cookie + 20)));
  }
  // The archive ends with its cookie, whose size the format's two ages have different.
  std::optional<ByteView> package;
  std::optional<ByteView> toc;
  for (const std::size_t cookie_size : {kCookieSize, kOldCookieSize}) {
    const std::uint64_t end = cookie + cookie_size;
    if (end > bytes.size() || length > end) continue;
    package = slice(bytes, end - length, length);
    toc = package ? slice(*package, toc_at, toc_size) : std::nullopt;
    // A table begins with an entry whose length fits in it.
    if (toc && toc->size() >= kTocEntrySize && big_endian(*toc, 0) >= kTocEntrySize && big_endian(*toc, 0) <= toc->size()) break;
    toc.reset();
  }
  if (!toc) return make_error("archive.not_pyinstaller", "the cookie's places are not in the file");
  for (std::size_t at = 0; at < toc->size();) {
    if (toc->size() - at < kTocEntrySize) return make_error("archive.damaged", "the table of contents is cut off");
    const std::uint32_t size = big_endian(*toc, at);
    if (size < kTocEntrySize || size > toc->size() - at) {
      return make_error("archive.damaged", "the table of contents has an entry of impossible length");
    }
    const bool is_packed = (*toc)[at + 16] == 1;
    const char type = static_cast<char>((*toc)[at + 17]);
    std::string name(support::as_text(toc->subspan(at + kTocEntrySize, size - kTocEntrySize)));
    name.resize(std::min(name.find('\0'), name.size()));
    const auto data = slice(*package, big_endian(*toc, at + 4), big_endian(*toc, at + 8));
    at += size;
    if (std::string_view("smMzZ").find(type) == std::string_view::npos) continue;
    if (!data) {
      if (!take(make_error("archive.damaged", name + ": its place is not in the file"))) return {};
      continue;
    }
    Bytes unpacked;
    ByteView content = *data;
    if (is_packed) {
      auto inflated = inflate_all(*data, name);
      if (!inflated) {
        if (!take(std::move(inflated).error())) return {};
        continue;
      }
      unpacked = std::move(*inflated);
      content = unpacked;
    }
    if (type == 'z' || type == 'Z') {
      auto more = read_pyz(content, take);
      if (!more) {
        if (!take(std::move(more).error().with_context("reading " + name))) return {};
      } else if (!*more) {
        return {};
      }
      continue;
    }
    if (!take(PackedModule{.name = module_path(name, type == 'M'), .pyc = with_header(content, *facts)})) return {};
  }
  return {};
}

}  // namespace

bool is_pyinstaller(ByteView bytes) { return starts_with(bytes, kPyzMagic) || find_cookie(bytes).has_value(); }

Status read_pyinstaller(ByteView bytes, const Take& take) {
  if (starts_with(bytes, kPyzMagic)) {
    OURO_TRY([[maybe_unused]] const bool all, read_pyz(bytes, take));
    return {};
  }
  const auto cookie = find_cookie(bytes);
  if (!cookie) return make_error("archive.not_pyinstaller", "no PyInstaller archive at the file's end");
  return read_carchive(bytes, *cookie, take);
}

}  // namespace ouro::archive
