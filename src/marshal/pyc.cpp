#include "marshal/pyc.h"

#include <algorithm>
#include <cstdio>
#include <string>

namespace ouro::marshal {
namespace {

constexpr std::uint32_t kLineEnd = 0x0A0D;      // after the number: "\r\n"
constexpr std::uint32_t kFirstLineEnd = 0x0099;  // up to 1.2

const version::MagicInfo* find(std::uint32_t magic) {
  const std::uint32_t ending = magic >> 16U;
  if (ending != kLineEnd && ending != kFirstLineEnd) return nullptr;
  return version::find_magic(static_cast<std::uint16_t>(magic & 0xFFFFU));
}

/// 8, 12 or 16.
std::uint8_t header_size(PythonVersion version) {
  if (const version::Facts* facts = version::find_facts(version)) {
    return static_cast<std::uint8_t>(facts->pyc_header_size);
  }
  return version < PythonVersion{2, 0} ? 8 : 16;
}

}  // namespace

PycHeader new_header(const version::Facts& facts) {
  return {.magic = facts.release_magic | kLineEnd << 16U,
          .version = facts.version,
          .layout = facts.version,
          .size = static_cast<std::uint8_t>(facts.pyc_header_size)};
}

Result<PycHeader> read_header(ByteView bytes) {
  support::ByteReader reader(bytes, "pyc.truncated");
  PycHeader header;
  OURO_TRY(header.magic, reader.u32());
  const version::MagicInfo* info = find(header.magic);
  if (info == nullptr) {
    char detail[64];
    std::snprintf(detail, sizeof detail, "no Python has the magic number %02x %02x %02x %02x", bytes[0], bytes[1],
                  bytes[2], bytes[3]);
    return error_at("pyc.bad_magic", 0, detail);
  }
  header.version = info->version;
  header.layout = info->layout == PythonVersion{} ? info->version : info->layout;
  header.implementation = info->implementation;
  header.size = header_size(header.layout);
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
  if (header.implementation != version::Implementation::CPython) {
    return error_at("pyc.foreign", 0, "written by " + std::string(to_string(header.implementation)) + ", for Python " +
                                          header.version.to_string());
  }
  if (const version::MagicInfo* info = find(header.magic); info->layout == PythonVersion{}) {
    return error_at("pyc.prerelease", 0, "written by " + std::string(info->release) + ", whose code objects no release has");
  }
  options.base_offset += header.size;
  const ByteView body = bytes.subspan(header.size);
  OURO_TRY(Marshalled value, read(body, layout_of(header.layout), options));
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
  const PythonVersion layout = header.layout == PythonVersion{} ? header.version : header.layout;
  OURO_TRY(const std::vector<std::uint8_t> body, write(pool, root, layout_of(layout), options));
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

}  // namespace ouro::marshal
