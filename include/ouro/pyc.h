// Reading, looking into, listing and writing the .pyc files of every CPython.
//
//   auto file = ouro::PycFile::read(bytes);
//   if (!file) return complain(file.failure().message);
//   std::puts(file->version().c_str());                        // "3.13"
//   for (const ouro::Code& code : file->module().nested()) std::puts(std::string(code.name()).c_str());
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ouro/outcome.h"

namespace ouro {

/// How an import decides whether a cache is fresh (PEP 552).
enum class PycMode : std::uint8_t { Timestamp, CheckedHash, UncheckedHash };

struct PycContents;  // private

/// A code object of a PycFile. Cheap to copy; keeps the file's contents alive.
class Code {
 public:
  /// co_name; UTF-8 (Python 2: the bytes of the str).
  [[nodiscard]] std::string_view name() const;
  /// co_qualname; co_name before 3.11.
  [[nodiscard]] std::string_view qualified_name() const;
  [[nodiscard]] std::string_view filename() const;
  [[nodiscard]] std::int32_t first_line() const;
  [[nodiscard]] std::uint32_t flags() const;
  [[nodiscard]] std::int32_t argument_count() const;
  [[nodiscard]] std::int32_t stack_size() const;
  /// co_code as the file has it.
  [[nodiscard]] std::string_view bytecode() const;
  /// The code objects among the constants, in their order.
  [[nodiscard]] std::vector<Code> nested() const;

 private:
  friend class PycFile;
  Code(std::shared_ptr<const PycContents> contents, std::uint32_t id) : contents_(std::move(contents)), id_(id) {}
  std::shared_ptr<const PycContents> contents_;
  std::uint32_t id_;
};

/// One .pyc file. Immutable; copies share their contents and may be used from several threads.
class PycFile {
 public:
  /// Reads the whole file's bytes, which need not live longer than the call. Failures: pyc.*, marshal.*.
  static Outcome<PycFile> read(std::span<const std::uint8_t> bytes);

  /// "3.13": the series whose bytecode it is.
  [[nodiscard]] std::string version() const;
  [[nodiscard]] std::uint16_t magic_number() const;
  [[nodiscard]] PycMode mode() const;
  /// Timestamp mode: the source's time in seconds since 1970, and its size (0 before 3.3), modulo 2^32.
  [[nodiscard]] std::uint32_t source_time() const;
  [[nodiscard]] std::uint32_t source_size() const;

  /// The module's code object.
  [[nodiscard]] Code module() const;

  /// The file's bytes again, without what stood after the code object. Failures: marshal.unrepresentable (never for
  /// what CPython wrote).
  [[nodiscard]] Outcome<std::vector<std::uint8_t>> write() const;

  /// The text that this Python's own dis.dis(code) prints, memory addresses aside. Failures: dis.unknown_version.
  [[nodiscard]] Outcome<std::string> disassemble() const;

 private:
  explicit PycFile(std::shared_ptr<const PycContents> contents) : contents_(std::move(contents)) {}
  std::shared_ptr<const PycContents> contents_;
};

}  // namespace ouro
