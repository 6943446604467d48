#include "marshal/pyc.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

namespace ouro::marshal {
namespace {

struct MagicRange {
  std::uint32_t first;
  std::uint32_t last;
  PythonVersion version;
};

// CPython Lib/importlib/_bootstrap_external.py (Include/internal/pycore_magic_number.h from 3.14) and Python/import.c
// before 3.2: the 16-bit numbers, alphas included; each is followed by "\r\n".
constexpr std::array kMagicRanges{
    MagicRange{11913, 11913, {1, 3}}, MagicRange{5892, 5892, {1, 4}},   MagicRange{20121, 20121, {1, 5}},
    MagicRange{50428, 50429, {1, 6}}, MagicRange{50823, 50824, {2, 0}}, MagicRange{60202, 60203, {2, 1}},
    MagicRange{60717, 60718, {2, 2}}, MagicRange{62011, 62022, {2, 3}}, MagicRange{62041, 62062, {2, 4}},
    MagicRange{62071, 62132, {2, 5}}, MagicRange{62151, 62162, {2, 6}}, MagicRange{62171, 62212, {2, 7}},
    MagicRange{3000, 3132, {3, 0}},   MagicRange{3140, 3152, {3, 1}},   MagicRange{3160, 3181, {3, 2}},
    MagicRange{3190, 3231, {3, 3}},   MagicRange{3250, 3311, {3, 4}},   MagicRange{3320, 3359, {3, 5}},
    MagicRange{3360, 3389, {3, 6}},   MagicRange{3390, 3399, {3, 7}},   MagicRange{3400, 3419, {3, 8}},
    MagicRange{3420, 3429, {3, 9}},   MagicRange{3430, 3449, {3, 10}},  MagicRange{3450, 3499, {3, 11}},
    MagicRange{3500, 3549, {3, 12}},  MagicRange{3550, 3599, {3, 13}},  MagicRange{3600, 3649, {3, 14}},
    MagicRange{3650, 3699, {3, 15}},
};

std::optional<PythonVersion> version_of_magic(std::uint32_t magic) {
  if (magic == 0x00999902) return PythonVersion{1, 0};  // 1.0 and 1.1
  if (magic == 0x00999903) return PythonVersion{1, 2};
  if (magic >> 16U != 0x0A0D) return std::nullopt;
  const std::uint32_t number = magic & 0xFFFFU;
  for (const MagicRange& range : kMagicRanges) {
    if (number >= range.first && number <= range.last) return range.version;
  }
  return std::nullopt;
}

}  // namespace

std::uint8_t header_size(PythonVersion version) {
  if (version >= PythonVersion{3, 7}) return 16;
  return version >= PythonVersion{3, 3} ? 12 : 8;
}

Result<PycHeader> read_header(ByteView bytes) {
  support::ByteReader reader(bytes, "pyc.truncated");
  PycHeader header;
  OURO_TRY(header.magic, reader.u32());
  const std::optional<PythonVersion> version = version_of_magic(header.magic);
  if (!version) {
    char detail[64];
    std::snprintf(detail, sizeof detail, "no Python has the magic number %02x %02x %02x %02x", bytes[0], bytes[1],
                  bytes[2], bytes[3]);
    return error_at("pyc.bad_magic", 0, detail);
  }
  header.version = *version;
  header.size = header_size(*version);
  if (header.size == 16) {
    OURO_TRY(header.flags, reader.u32());
  }
  if ((header.flags & kPycHashBased) != 0) {
    OURO_TRY(const ByteView hash, reader.take(8));
    std::copy(hash.begin(), hash.end(), header.hash.begin());
    return header;
  }
  OURO_TRY(header.mtime, reader.u32());
  if (header.size >= 12) {
    OURO_TRY(header.source_size, reader.u32());
  }
  return header;
}

void write_header(const PycHeader& header, std::vector<std::uint8_t>& out) {
  const auto u32 = [&out](std::uint32_t value) {
    for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::uint8_t>(value >> shift));
  };
  u32(header.magic);
  if (header.size == 16) u32(header.flags);
  if ((header.flags & kPycHashBased) != 0) {
    out.insert(out.end(), header.hash.begin(), header.hash.end());
    return;
  }
  u32(header.mtime);
  if (header.size >= 12) u32(header.source_size);
}

Result<Pyc> read_pyc(ByteView bytes, ReadOptions options) {
  OURO_TRY(const PycHeader header, read_header(bytes));
  options.base_offset += header.size;
  const ByteView body = bytes.subspan(header.size);
  OURO_TRY(Marshalled value, read(body, layout_of(header.version), options));
  if (value.pool.kind(value.root) != ConstKind::Code) {
    return error_at("pyc.not_code", options.base_offset, "the value is not a code object");
  }
  const std::size_t trailing = body.size() - value.size;
  return Pyc{header, std::move(value), trailing};
}

Result<std::vector<std::uint8_t>> write_pyc(const PycHeader& header, const ConstantPool& pool, ConstId root,
                                            WriteOptions options) {
  std::vector<std::uint8_t> out;
  write_header(header, out);
  OURO_TRY(const std::vector<std::uint8_t> body, write(pool, root, layout_of(header.version), options));
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

}  // namespace ouro::marshal
