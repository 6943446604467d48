#include "audit_report.h"

#include <algorithm>

#include "analysis/code_diff.h"
#include "compile/compile.h"
#include "decompress.h"
#include "marshal/cache_path.h"
#include "marshal/freshness.h"
#include "source_lines.h"
#include "support/file.h"

namespace ouro::cli {
namespace {

using analysis::AuditRule;

class HeaderCheck {
 public:
  HeaderCheck(FileAudit& audit, const LoadedCode& loaded, std::size_t trailing, const Io& io)
      : audit_(audit), input_(*loaded.input), facts_(*loaded.facts), header_(*loaded.input->header), trailing_(trailing), io_(io) {}

  void run() {
    constexpr std::uint32_t kKnownFlags = marshal::kPycHashBased | marshal::kPycCheckSource;
    if ((header_.flags & ~kKnownFlags) != 0 || header_.flags == marshal::kPycCheckSource) add(AuditRule::HeaderFlags, "flags are " + std::to_string(header_.flags));
    if (trailing_ != 0) add(AuditRule::HeaderTrailing, std::to_string(trailing_) + " bytes after the code object");
    if (header_.invalidation() == marshal::Invalidation::UncheckedHash) add(AuditRule::HeaderUnchecked, "imports take this cache whatever the source says");
    const std::string source = audit_.path == "-" ? std::string() : source_path_of(audit_.path, io_);
    if (source.empty()) return;
    compare_file_name(source);
    const auto bytes = support::read_file(source);
    if (!bytes) return;
    if (!is_fresh(source, *bytes)) return;
    audit_.source = source;
    compare_source(source, support::as_text(*bytes));
  }

 private:
  void add(AuditRule rule, std::string message) {
    audit_.report.findings.push_back({rule, info_of(rule).severity, "", -1, {}, std::move(message)});
  }

  static std::string_view base_name(std::string_view path) { return path.substr(path.find_last_of("/\\") + 1); }

  void compare_file_name(const std::string& source) {
    const std::string_view named = analysis::text_or_empty(input_.pool, input_.pool.code(input_.root).filename);
    if (base_name(named) == base_name(source)) return;
    add(AuditRule::FilenameMismatch, "the module's co_filename is '" + std::string(named.substr(0, 200)) + "', this is the cache of '" + std::string(base_name(source)) + "'");
  }

  bool is_fresh(const std::string& source, ByteView bytes) {
    marshal::Freshness freshness{};
    if (header_.invalidation() == marshal::Invalidation::Timestamp) {
      const auto status = support::file_status(source);
      if (!status) return false;
      freshness = marshal::compare_time(header_, status->mtime, status->size);
    } else {
      freshness = marshal::compare_hash(header_, bytes, facts_);
    }
    constexpr std::string_view kWhat[] = {"", "time", "size", "hash"};
    if (freshness == marshal::Freshness::Fresh) return true;
    add(AuditRule::HeaderStale, "the header's " + std::string(kWhat[static_cast<std::size_t>(freshness)]) + " is not that of " + source);
    return false;
  }

  // What the source compiles to at the level of the cache's name; without one, at any level.
  void compare_source(const std::string& source, std::string_view text) {
    if (!compile::is_supported_target(facts_) || facts_.release_magic != (header_.magic & 0xFFFFU)) return;
    std::vector<int> levels{0, 1, 2};
    if (const auto name = marshal::source_from_cache(audit_.path)) {
      levels = {name->optimization == "1" ? 1 : name->optimization == "2" ? 2 : 0};
    }
    std::string difference;
    for (const int level : levels) {
      const compile::CompileResult result = compile::compile_bytes(text, {.target = &facts_, .optimize = level, .filename = source});
      if (!result.code) {
        difference = "the source does not compile";
        break;
      }
      const analysis::FileDiff diff = analysis::diff_code({&facts_, &result.code->pool, result.code->root}, {&facts_, &input_.pool, input_.root}, {.with_hunks = false});
      if (!diff.differs()) return;
      if (difference.empty()) difference = describe(diff);
    }
    add(AuditRule::SourceMismatch, difference);
  }

  static std::string describe(const analysis::FileDiff& diff) {
    std::size_t count = 0;
    std::string first;
    for (const analysis::CodeDiff& code : diff.codes) {
      if (!code.differs()) continue;
      ++count;
      if (first.empty()) first = code.name_b.empty() ? code.name_a + " is missing" : code.name_b + (code.status == analysis::CodeStatus::Added ? " is new" : " is other code");
    }
    return "compiling the source gives something else: " + first + (count > 1 ? ", and " + std::to_string(count - 1) + " more code objects differ" : "");
  }

  FileAudit& audit_;
  const DisInput& input_;
  const Facts& facts_;
  const marshal::PycHeader& header_;
  std::size_t trailing_;
  const Io& io_;
};

}  // namespace

FileAudit audit_file(const std::string& path, const DisInputOptions& options, const Io& io) {
  FileAudit audit;
  audit.path = path;
  LoadedCode loaded = load_code(path, options, io);
  audit.messages = std::move(loaded.messages);
  audit.error = std::move(loaded.error);
  if (!loaded.input) return audit;
  const DisInput& input = *loaded.input;
  audit.version = input.version.to_string();
  audit.report = analysis::audit_code({loaded.facts, &input.pool, input.root}, {.decompress = decompress});
  if (input.header) HeaderCheck(audit, loaded, input.trailing_size, io).run();
  std::stable_sort(audit.report.findings.begin(), audit.report.findings.end(),
                   [](const auto& a, const auto& b) { return a.severity > b.severity; });
  return audit;
}

}  // namespace ouro::cli
