// What a careful reader wants to know of bytecode that nobody trusts.
//
// In: the code objects of a file, as they came. Nothing is executed. Out: what it imports, and findings, each with a
// rule, a place, a reason and a severity. Constants that hold code or compressed data are opened, within bounds, and
// what is in them is audited too.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/code_pairs.h"

namespace ouro::analysis {

enum class Severity : std::uint8_t { Info, Low, Medium, High };
/// "info", "low", "medium", "high".
[[nodiscard]] std::string_view to_string(Severity severity);

enum class AuditRule : std::uint8_t {
  CallProcess,
  CallNetwork,
  CallExecute,
  CallDecode,
  CallNative,
  ExecuteDecoded,
  ConstantCode,
  ConstantCompressed,
  ConstantEncoded,
  CodeDamaged,
  CodeUnreachable,
  StackTooSmall,
  LinesMisfit,
  NamesMisfit,
  NamesUnused,
  HeaderStale,
  HeaderUnchecked,
  HeaderTrailing,
  HeaderFlags,
  SourceMismatch,
  FilenameMismatch,
  TooDeep,
};
inline constexpr std::size_t kAuditRuleCount = static_cast<std::size_t>(AuditRule::TooDeep) + 1;

struct AuditRuleInfo {
  std::string_view id;  ///< "call.process": stable
  Severity severity;    ///< of most findings; some are graver
  std::string_view title;
  std::string_view reason;  ///< why a reader wants to know
};
[[nodiscard]] const AuditRuleInfo& info_of(AuditRule rule);

struct AuditFinding {
  AuditRule rule;
  Severity severity;
  std::string code;  ///< qualified name; inside of a constant "outer > constant 3 > zlib > <module>"
  std::int32_t line = -1;
  std::optional<std::uint32_t> offset;  ///< in co_code
  std::string message;
};

struct AuditImport {
  std::string module;  ///< dots in front when relative
  std::string code;
  std::int32_t line = -1;
};

struct AuditReport {
  std::vector<AuditImport> imports;  ///< each module once for each code object
  std::vector<AuditFinding> findings;
};

/// Opens "zlib", "gzip", "bzip2" or "xz" data; at most `limit` bytes. nullopt: it is none, damaged, or this can't open it.
using Decompress = std::function<std::optional<std::string>(std::string_view method, std::string_view bytes, std::size_t limit)>;

struct AuditOptions {
  Decompress decompress;                   ///< empty: compressed constants are only recognised
  std::uint32_t max_depth = 4;             ///< constants in constants
  std::size_t max_opened = 16U << 20U;     ///< bytes of opened constants, all together
  std::size_t max_findings = 10000;
};

/// The code alone; header and source are the caller's to compare.
[[nodiscard]] AuditReport audit_code(const CodeSide& side, const AuditOptions& options);

}  // namespace ouro::analysis
