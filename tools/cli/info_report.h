// What `ouro info` says about one file, as a value; printed as text and as JSON (docs/json/info.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io.h"
#include "marshal/freshness.h"
#include "marshal/pyc.h"
#include "support/json_writer.h"

namespace ouro::cli {

/// Whether an import would take the cache.
enum class CacheState : std::uint8_t {
  Fresh,
  Stale,
  Unchecked,  ///< unchecked hash: imports take it unseen
  Orphaned,   ///< the source is not there
  Unknown,    ///< nothing says where the source is
};

/// One code object of the tree; `depth` 0 is the module.
struct CodeSummary {
  std::uint32_t depth = 0;
  std::string name;  ///< co_qualname, or co_name before 3.11
  std::int32_t first_line = 0;
  std::int32_t last_line = 0;  ///< the highest in the line table, at least first_line
  std::int32_t argcount = 0;
  std::int32_t posonlyargcount = 0;
  std::int32_t kwonlyargcount = 0;
  std::int32_t stacksize = 0;
  std::uint32_t flags = 0;
  std::size_t code_size = 0;
  std::size_t constants = 0;
};

struct InfoReport {
  std::string file;
  std::size_t size = 0;
  marshal::PycHeader header;
  const version::MagicInfo* magic = nullptr;
  const version::Facts* facts = nullptr;  ///< nullptr before 1.5
  std::string source;                     ///< where the source should be; empty when nothing says it
  CacheState state = CacheState::Unknown;
  std::optional<marshal::Freshness> freshness;  ///< when there is a source to compare with
  std::string filename;                         ///< the module's co_filename
  std::vector<CodeSummary> code;                ///< depth first, in the order of the constants
  std::size_t trailing_size = 0;
  std::optional<Error> problem;  ///< why `code` is empty
};

/// Error: the header can't be read.
[[nodiscard]] Result<InfoReport> make_info_report(const std::string& path, ByteView bytes, const Io& io);

void print_info_text(const InfoReport& report, std::string& out);
void print_info_json(const InfoReport& report, support::JsonWriter& json);

/// "error": {...} inside an open object.
void print_error_json(const Error& error, support::JsonWriter& json);

/// "OPTIMIZED|NEWLOCALS"; bits without a name in hexadecimal.
[[nodiscard]] std::string flag_names(std::uint32_t flags, const version::Facts* facts);

}  // namespace ouro::cli
