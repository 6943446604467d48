// ouro audit: what a careful reader wants to know of bytecode that nobody trusts.
#include <functional>
#include <memory>

#include "audit_print.h"
#include "audit_report.h"
#include "cache/ordered_parallel.h"
#include "cache_options.h"

namespace ouro::cli {
namespace {

using analysis::Severity;

enum class AuditFormat : std::uint8_t { Text, Json, Sarif };

struct AuditSettings {
  DisInputOptions input;
  Severity least = Severity::Info;
  std::optional<Severity> fail_on;
  AuditFormat format = AuditFormat::Text;
  std::size_t threads = 1;
};

Severity severity_of(std::string_view word) {
  for (const Severity severity : {Severity::Info, Severity::Low, Severity::Medium}) {
    if (to_string(severity) == word) return severity;
  }
  return Severity::High;
}

class AuditJob {
 public:
  AuditJob(const AuditSettings& settings, std::vector<InputFile> files, Io& io)
      : settings_(settings), files_(std::move(files)), io_(io), json_(io.out.buffer()) {}

  int run(bool failed) {
    failed_ = failed;
    if (settings_.format == AuditFormat::Sarif) begin_sarif(json_, OURO_VERSION);
    if (settings_.format == AuditFormat::Json) json_.array();
    Progress progress(io_, io_.out.is_terminal() ? 0 : files_.size());
    const std::function<std::unique_ptr<FileAudit>(std::size_t)> work = [&](std::size_t i) {
      return std::make_unique<FileAudit>(audit_file(files_[i].path, settings_.input, io_));
    };
    const std::function<void(std::size_t, std::unique_ptr<FileAudit>)> take = [&](std::size_t i, std::unique_ptr<FileAudit> audit) {
      if (!audit->messages.empty() || audit->error) progress.hide();
      progress.step(files_[i].path);
      take_file(*audit);
    };
    cache::ordered_parallel<std::unique_ptr<FileAudit>>(files_.size(), settings_.threads, work, take, stop_on_interrupt());
    progress.hide();
    finish();
    return failed_ || found_ || stop_on_interrupt() ? kFailure : kSuccess;
  }

 private:
  void take_file(FileAudit& audit) {
    io_.err.write(audit.messages);
    if (audit.error) io_.error(audit.path, *audit.error);
    if (audit.version.empty()) {
      failed_ = true;
      if (!audit.error) audit.error = make_error("source.syntax", audit.messages);
    }
    for (const auto& finding : audit.report.findings) {
      ++counts_[static_cast<std::size_t>(finding.severity)];
      found_ = found_ || (settings_.fail_on && finding.severity >= *settings_.fail_on);
    }
    switch (settings_.format) {
      case AuditFormat::Json: write_json_audit(json_, audit, settings_.least); break;
      case AuditFormat::Sarif: write_sarif_results(json_, audit, settings_.least); break;
      case AuditFormat::Text:
        if (audit.version.empty()) break;
        if (!first_) io_.out.write("\n");
        first_ = false;
        print_audit(io_.out.buffer(), audit, settings_.least, io_.use_color());
    }
    io_.out.flush_if_full();
  }

  void finish() {
    if (settings_.format == AuditFormat::Sarif) {
      end_sarif(json_, !failed_);
      return io_.out.line("");
    }
    if (settings_.format == AuditFormat::Json) {
      json_.end();
      return io_.out.line("");
    }
    std::string text = first_ ? "" : "\n";
    for (const Severity severity : {Severity::High, Severity::Medium, Severity::Low, Severity::Info}) {
      text += std::to_string(counts_[static_cast<std::size_t>(severity)]) + " " + std::string(to_string(severity)) + (severity == Severity::Info ? "" : ", ");
    }
    io_.out.line(text);
  }

  const AuditSettings& settings_;
  std::vector<InputFile> files_;
  Io& io_;
  support::JsonWriter json_;
  std::uint64_t counts_[4] = {};
  bool failed_ = false;
  bool found_ = false;
  bool first_ = true;
};

int run_audit(const Arguments& arguments, Io& io) {
  AuditSettings settings;
  if (!read_input_options(arguments, io, settings.input)) return kUsage;
  const auto threads = thread_count(arguments, io);
  if (!threads) return kUsage;
  settings.threads = *threads;
  if (arguments.has("--json") && arguments.has("--sarif")) {
    io.error("--json and --sarif exclude each other");
    return kUsage;
  }
  settings.format = arguments.has("--sarif") ? AuditFormat::Sarif : arguments.has("--json") ? AuditFormat::Json : AuditFormat::Text;
  settings.least = severity_of(arguments.value("--severity"));
  if (arguments.value("--fail-on") != "never") settings.fail_on = severity_of(arguments.value("--fail-on"));
  bool failed = false;
  std::vector<InputFile> files = expand_inputs(arguments.positionals(), io, failed);
  return AuditJob(settings, std::move(files), io).run(failed);
}

constexpr Option kOptions[] = {
    {"--severity", "info|low|medium|high", "Show findings from this severity on", "info"},
    {"--fail-on", "low|medium|high|never", "Exit with 1 for findings from this severity on", "high"},
    kInputTargetOption,
    kInputOptimizeOption,
    kThreadsOption,
    {"--sarif", "", "Print SARIF 2.1.0 instead of text"},
    kJsonOption,
};
constexpr Positional kFiles[] = {{"FILE|DIR", "A .pyc or source file, a folder, or -", Arity::AtLeastOne}};
constexpr Example kExamples[] = {
    {"ouro audit suspicious.pyc", "What it imports, and everything worth a look."},
    {"ouro audit --severity medium --sarif build/ > audit.sarif", "For a code-scanning service."},
};

}  // namespace

extern const Command kAudit;
constexpr Command kAudit{
    .name = "audit",
    .summary = "List what bytecode does that a careful reader wants to know",
    .description =
        "Imports; calls that start processes, open connections, run or decode code; constants that are marshalled, "
        "compressed or encoded data, which are opened within bounds and audited too; instructions, tables, lines and "
        "names that no compiler writes; code that nothing reaches; headers that do not fit. Where the source is there "
        "and the header fits it, the source is compiled and compared with the code. Nothing is executed.",
    .options = kOptions,
    .positionals = kFiles,
    .examples = kExamples,
    .run = run_audit};

}  // namespace ouro::cli
