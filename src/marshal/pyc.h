// The .pyc file: a header of 8, 12 or 16 bytes, then one marshalled code object.
//
//   up to 3.2   magic, time                          8 bytes
//   3.3 to 3.6  magic, time, source size            12 bytes
//   from 3.7    magic, flags, time, source size     16 bytes (PEP 552: or magic, flags, source hash)
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "marshal/reader.h"
#include "marshal/writer.h"
#include "support/byte_reader.h"
#include "support/result.h"
#include "version/magic.h"
#include "version/python_version.h"

namespace ouro::marshal {

/// How an import decides whether a cache is fresh.
enum class Invalidation : std::uint8_t { Timestamp, CheckedHash, UncheckedHash };

/// PEP 552 flag bits.
inline constexpr std::uint32_t kPycHashBased = 1;
inline constexpr std::uint32_t kPycCheckSource = 2;

struct PycHeader {
  std::uint32_t magic = 0;  ///< the first four bytes, little-endian
  PythonVersion version;
  PythonVersion layout;     ///< version::MagicInfo::layout
  version::Implementation implementation = version::Implementation::CPython;
  std::uint8_t size = 16;    ///< 8, 12 or 16
  std::uint32_t flags = 0;   ///< as in the file, unknown bits too; 0 in shorter headers
  std::uint32_t mtime = 0;   ///< seconds since 1970, modulo 2^32; 0 when hash-based
  std::uint32_t source_size = 0;  ///< modulo 2^32; 0 in 8-byte headers and when hash-based
  std::array<std::uint8_t, 8> hash{};  ///< when hash-based

  [[nodiscard]] Invalidation invalidation() const {
    if ((flags & kPycHashBased) == 0) return Invalidation::Timestamp;
    return (flags & kPycCheckSource) != 0 ? Invalidation::CheckedHash : Invalidation::UncheckedHash;
  }
  [[nodiscard]] bool has_source_size() const { return size >= 12 && (flags & kPycHashBased) == 0; }
};

struct Pyc {
  PycHeader header;
  Marshalled value;               ///< root is a code object
  std::size_t trailing_size = 0;  ///< bytes after the code object, which imports ignore
};

/// A header as `facts`' final release writes it, timestamp mode.
[[nodiscard]] PycHeader new_header(const version::Facts& facts);

/// Errors: pyc.truncated, pyc.bad_magic.
[[nodiscard]] Result<PycHeader> read_header(ByteView bytes);
void write_header(const PycHeader& header, std::vector<std::uint8_t>& out);

/// Header and code object. Errors: those of read_header and read(), pyc.not_code, pyc.foreign (another
/// implementation's), pyc.prerelease (an alpha whose code objects no release has).
[[nodiscard]] Result<Pyc> read_pyc(ByteView bytes, ReadOptions options = {});
[[nodiscard]] Result<std::vector<std::uint8_t>> write_pyc(const PycHeader& header, const ConstantPool& pool,
                                                          ConstId root, WriteOptions options = {});

}  // namespace ouro::marshal
