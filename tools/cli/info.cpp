// ouro info: what a .pyc says about itself.
#include "command.h"
#include "info_report.h"
#include "progress.h"

namespace ouro::cli {
namespace {

bool is_damaged(const InfoReport& report) { return report.problem && report.problem->code != "pyc.foreign"; }

int run_info(const Arguments& arguments, Io& io) {
  const bool as_json = arguments.has("--json");
  support::JsonWriter json(io.out.buffer(), support::JsonWriter::Style::Indented);
  if (as_json) json.array();
  int status = kSuccess;
  // On a terminal the reports themselves show how far the work is.
  Progress progress(io, io.out.is_terminal() ? 0 : arguments.positionals().size());
  for (const std::string& path : arguments.positionals()) {
    if (io.out.closed()) break;
    progress.step(path);
    const auto bytes = io.read(path);
    const Result<InfoReport> report = bytes ? make_info_report(path, *bytes, io) : bytes.error();
    if (!report) {
      status = kFailure;
      if (!as_json) {
        progress.hide();
        io.error(path, report.error());
        continue;
      }
      json.object();
      json.field("file", path);
      print_error_json(report.error(), json);
      json.end();
      continue;
    }
    if (as_json) {
      print_info_json(*report, json);
    } else {
      print_info_text(*report, io.out.buffer());
    }
    io.out.flush_if_full();
    if (!is_damaged(*report)) continue;
    status = kFailure;
    if (as_json) continue;
    progress.hide();
    io.error(path, *report->problem);
  }
  if (as_json) {
    json.end();
    io.out.line("");
  }
  return status;
}

constexpr Option kOptions[] = {kJsonOption};
constexpr Positional kFiles[] = {{"FILE", "A .pyc file, or - for standard input", Arity::AtLeastOne}};
constexpr Example kExamples[] = {
    {"ouro info __pycache__/spam.cpython-313.pyc", "Header, freshness and code objects."},
    {"ouro info --json *.pyc", "The same of many files, for a program (docs/json/info.md)."},
};

}  // namespace

extern const Command kInfo;
constexpr Command kInfo{.name = "info",
                        .summary = "Show the header and the code objects of .pyc files",
                        .description = "Shows what a .pyc says about itself: version, flags, source time and size or "
                                       "hash, whether the cache is fresh for its source, and the tree of code objects.",
                        .options = kOptions,
                        .positionals = kFiles,
                        .examples = kExamples,
                        .run = run_info};

}  // namespace ouro::cli
