// ouro decompile: bytecode back into source.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <thread>

#include "bytecode_files.h"
#include "command.h"
#include "compile/compile.h"
#include "decompile/decompile.h"
#include "marshal/pyc.h"
#include "support/file.h"
#include "support/json_writer.h"

namespace ouro::cli {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  std::string source;
  std::vector<decompile::CodeReport> reports;
  std::optional<Error> problem;
};

constexpr std::string_view name_of(decompile::Verdict v) {
  switch (v) {
    case decompile::Verdict::Whole: return "whole";
    case decompile::Verdict::Partial: return "partial";
    case decompile::Verdict::Stub: return "stub";
  }
  return "stub";
}

Outcome decompile_bytes(ByteView bytes, const decompile::DecompileOptions& options) {
  Outcome out;
  Result<marshal::Pyc> pyc = marshal::read_pyc(bytes);
  if (!pyc) {
    out.problem = std::move(pyc).error();
    return out;
  }
  const Facts* facts = version::find_facts(pyc->header.version);
  if (facts == nullptr) {
    out.problem = make_error("decompile.unsupported_version", "nothing is known about this version");
    return out;
  }
  const decompile::RecompileFunction recompile = [facts](std::string_view source) -> std::optional<decompile::Recompiled> {
    compile::CompileResult made = compile::compile_bytes(source, {.target = facts});
    if (!made.code) return std::nullopt;
    return decompile::Recompiled{std::move(made.code->pool), made.code->root};
  };
  decompile::DecompileOptions with_search = options;
  if (compile::is_supported_target(*facts)) with_search.recompile = &recompile;
  Result<decompile::Decompiled> result = decompile::decompile(*facts, pyc->value.pool, pyc->value.root, with_search);
  if (!result) {
    out.problem = std::move(result).error();
    return out;
  }
  out.source = std::move(result->source);
  out.reports = std::move(result->reports);
  return out;
}

// __pycache__/spam.cpython-313.pyc → spam.py
std::string source_name(const std::string& relative) {
  fs::path p(relative);
  std::string stem = p.stem().string();
  fs::path folder = p.parent_path();
  if (folder.filename() == "__pycache__") folder = folder.parent_path();
  if (const std::size_t tag = stem.find(".cpython-"); tag != std::string::npos) stem.resize(tag);
  return (folder / (stem + ".py")).string();
}

Status write_source(const std::string& path, std::string_view text) {
  std::error_code error;
  fs::create_directories(fs::path(path).parent_path(), error);
  return support::write_file_atomically(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

void print_json(const BytecodeFile& job, const Outcome& outcome, support::JsonWriter& json) {
  json.object();
  json.field("file", job.path);
  if (outcome.problem) {
    json.field("error", outcome.problem->to_string());
  } else {
    json.field("source", outcome.source);
    json.key("code_objects");
    json.array();
    for (const auto& report : outcome.reports) {
      json.object();
      json.field("qualname", report.qualname);
      json.field("verdict", name_of(report.verdict));
      if (report.checked) {
        json.key("perfect");
        json.boolean(report.perfect);
        if (!report.perfect) json.field("difference", report.difference);
      }
      json.key("problems");
      json.array();
      for (const std::string& p : report.problems) json.string(p);
      json.end();
      json.end();
    }
    json.end();
  }
  json.end();
}

struct Totals {
  std::size_t files = 0, failed = 0, codes = 0, incomplete = 0;
};

int run_decompile(const Arguments& arguments, Io& io) {
  const decompile::DecompileOptions options{.keep_lines = !arguments.has("--reflow")};
  std::vector<BytecodeFile> jobs;
  for (const std::string& path : arguments.positionals()) find_bytecode(path, io, jobs);
  const bool to_folder = arguments.has("-o");
  const bool as_json = arguments.has("--json");
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  if (const std::string_view given = arguments.value("-j"); !given.empty()) {
    std::from_chars(given.data(), given.data() + given.size(), threads);
    threads = std::clamp(threads, 1U, 256U);
  }
  std::vector<Outcome> outcomes(jobs.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t k = next++; k < jobs.size(); k = next++) {
      const auto bytes = jobs[k].read();
      if (!bytes) {
        outcomes[k].problem = bytes.error();
        continue;
      }
      outcomes[k] = decompile_bytes(*bytes, options);
      if (to_folder && !outcomes[k].problem) {
        const std::string path = (fs::path(arguments.value("-o")) / source_name(jobs[k].relative)).string();
        if (auto written = write_source(path, outcomes[k].source); !written) outcomes[k].problem = written.error();
        if (!as_json) outcomes[k].source = {};
      }
    }
  };
  std::vector<std::thread> pool;
  for (unsigned t = 1; t < std::min<std::size_t>(threads, jobs.size()); ++t) pool.emplace_back(work);
  work();
  for (std::thread& t : pool) t.join();

  support::JsonWriter json(io.out.buffer(), support::JsonWriter::Style::Indented);
  if (as_json) json.array();
  Totals totals;
  for (std::size_t k = 0; k < jobs.size(); ++k) {
    const Outcome& outcome = outcomes[k];
    ++totals.files;
    totals.codes += outcome.reports.size();
    const auto incomplete = static_cast<std::size_t>(std::count_if(outcome.reports.begin(), outcome.reports.end(), [](const auto& r) { return r.verdict != decompile::Verdict::Whole; }));
    totals.incomplete += incomplete;
    if (outcome.problem || incomplete > 0) ++totals.failed;
    if (as_json) {
      print_json(jobs[k], outcome, json);
    } else if (outcome.problem) {
      io.error(jobs[k].path, *outcome.problem);
    } else if (!to_folder) {
      io.out.write(outcome.source);
    }
    if (!as_json && incomplete > 0) {
      for (const auto& report : outcome.reports) {
        if (report.verdict == decompile::Verdict::Whole) continue;
        io.error(jobs[k].path + ": " + report.qualname + ": " + std::string(name_of(report.verdict)) +
                 (report.problems.empty() ? "" : ": " + report.problems[0]));
      }
    }
    io.out.flush_if_full();
  }
  if (as_json) {
    json.end();
    io.out.line("");
  }
  if (totals.files > 1 || to_folder) {
    io.err.line("ouro: " + std::to_string(totals.files) + " files, " + std::to_string(totals.failed) + " not whole; " +
                std::to_string(totals.codes) + " code objects, " + std::to_string(totals.incomplete) + " not whole");
  }
  return totals.failed == 0 ? kSuccess : kFailure;
}

constexpr Option kOptions[] = {
    {"-o,--output", "DIR", "Write sources below DIR, as the inputs lie in their folders"},
    {"--reflow", "", "Compact layout instead of every statement on its original line"},
    {"-j,--jobs", "N", "Threads; default: all"},
    kJsonOption,
};
constexpr Positional kFiles[] = {{"FILE", "A .pyc file, a folder or archive (zip, wheel, egg, PyInstaller) of them, or - for standard input", Arity::AtLeastOne}};
constexpr Example kExamples[] = {
    {"ouro decompile spam.pyc", "The source, on standard output."},
    {"ouro decompile -o out lib/__pycache__", "A folder, into another one."},
    {"ouro decompile -o out program.exe", "The modules that PyInstaller packed into a program."},
};

}  // namespace

extern const Command kDecompile;
constexpr Command kDecompile{.name = "decompile",
                             .summary = "Turn bytecode back into source",
                             .description = "Writes the source of .pyc files of Python 3.12 to 3.14 (of 3.14 not with, assert and "
                                            "template strings yet). Every statement stands on its original line where the "
                                            "bytecode has lines. What can't be turned back is marked by comments, reported on "
                                            "standard error, and makes the exit status 1.",
                             .options = kOptions,
                             .positionals = kFiles,
                             .examples = kExamples,
                             .run = run_decompile};

}  // namespace ouro::cli
