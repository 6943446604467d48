// ouro decompile: bytecode back into source.
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

#include "bytecode_files.h"
#include "cache/ordered_parallel.h"
#include "cache_options.h"
#include "command.h"
#include "compile/compile.h"
#include "decompile/decompile.h"
#include "marshal/layout.h"
#include "marshal/pyc.h"
#include "progress.h"
#include "support/file.h"
#include "support/json_writer.h"
#include "verify/verify.h"

namespace ouro::cli {
namespace {

namespace fs = std::filesystem;

struct Outcome {
  std::string source;
  std::vector<decompile::CodeReport> reports;
  std::optional<verify::Verification> verification;
  std::optional<Error> problem;

  [[nodiscard]] std::size_t incomplete() const {
    return static_cast<std::size_t>(std::count_if(reports.begin(), reports.end(), [](const auto& r) { return r.verdict != decompile::Verdict::Whole; }));
  }
  /// Whether this input makes the exit status 1.
  [[nodiscard]] bool failed() const { return problem || incomplete() > 0 || (verification && !verification->is_perfect()); }
};

struct Settings {
  decompile::DecompileOptions options;
  std::optional<PythonVersion> target;  ///< of marshalled code without a header
  bool verify = false;
};

constexpr std::string_view name_of(decompile::Verdict v) {
  switch (v) {
    case decompile::Verdict::Whole: return "whole";
    case decompile::Verdict::Partial: return "partial";
    case decompile::Verdict::Stub: return "stub";
  }
  return "stub";
}

struct Input {
  PythonVersion version;
  marshal::Marshalled value;
};

// A .pyc has "\r\n" after its magic number; anything else is marshalled code when the version is given.
Result<Input> read_input(ByteView bytes, const Settings& settings) {
  const bool has_header = bytes.size() >= 4 && bytes[2] == '\r' && bytes[3] == '\n';
  if (has_header || !settings.target) {
    OURO_TRY(auto pyc, marshal::read_pyc(bytes));
    return Input{pyc.header.version, std::move(pyc.value)};
  }
  OURO_TRY(auto value, marshal::read(bytes, marshal::layout_of(*settings.target)));
  if (value.pool.kind(value.root) != ConstKind::Code) return make_error("decompile.not_code", "the marshalled value is no code object");
  return Input{*settings.target, std::move(value)};
}

Outcome decompile_bytes(ByteView bytes, const Settings& settings) {
  Outcome out;
  Result<Input> input = read_input(bytes, settings);
  if (!input) {
    out.problem = std::move(input).error();
    return out;
  }
  const Facts* facts = version::find_facts(input->version);
  if (facts == nullptr) {
    out.problem = make_error("decompile.unsupported_version", "nothing is known about this version");
    return out;
  }
  const decompile::RecompileFunction recompile = [facts](std::string_view source) -> std::optional<decompile::Recompiled> {
    compile::CompileResult made = compile::compile_bytes(source, {.target = facts});
    if (!made.code) return std::nullopt;
    return decompile::Recompiled{std::move(made.code->pool), made.code->root};
  };
  decompile::DecompileOptions with_search = settings.options;
  if (compile::is_supported_target(*facts)) with_search.recompile = &recompile;
  const ConstantPool& pool = input->value.pool;
  Result<decompile::Decompiled> result = decompile::decompile(*facts, pool, input->value.root, with_search);
  if (!result) {
    out.problem = std::move(result).error();
    return out;
  }
  out.source = std::move(result->source);
  out.reports = std::move(result->reports);
  if (settings.verify) out.verification = verify::verify(*facts, pool, input->value.root, out.source);
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

void print_code(const decompile::CodeReport& report, const verify::CodeVerdict* verdict, support::JsonWriter& json) {
  json.object();
  json.field("qualname", report.qualname);
  json.field("verdict", name_of(report.verdict));
  if (verdict != nullptr) {
    json.field("verified", verify::name_of(verdict->verdict));
    if (!verdict->difference.empty()) json.field("difference", verdict->difference);
  } else if (report.checked) {
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

std::string_view name_of(verify::Outcome outcome) {
  switch (outcome) {
    case verify::Outcome::Compared: return "compared";
    case verify::Outcome::NotCompiling: return "not compiling";
    case verify::Outcome::NotVerified: return "not verified";
  }
  return "not verified";
}

void print_json(const BytecodeFile& job, const Outcome& outcome, support::JsonWriter& json) {
  json.object();
  json.field("file", job.path);
  if (outcome.problem) {
    json.field("error", outcome.problem->to_string());
    json.end();
    return;
  }
  std::map<ConstId, const verify::CodeVerdict*> verdicts;
  if (const auto& v = outcome.verification) {
    json.field("verification", name_of(v->outcome));
    if (!v->reason.empty()) json.field("reason", v->reason);
    for (const auto& code : v->codes) verdicts[code.code] = &code;
  }
  json.field("source", outcome.source);
  json.key("code_objects");
  json.array();
  for (const auto& report : outcome.reports) {
    const auto found = verdicts.find(report.code);
    print_code(report, found == verdicts.end() || outcome.verification->outcome == verify::Outcome::NotVerified ? nullptr : found->second, json);
  }
  json.end();
  json.end();
}

void print_verification(const BytecodeFile& job, const verify::Verification& v, Io& io) {
  if (v.outcome != verify::Outcome::Compared) {
    io.error(job.path + ": " + std::string(name_of(v.outcome)) + ": " + v.reason);
    return;
  }
  if (v.is_perfect()) {
    io.error(job.path + ": perfect");
    return;
  }
  io.error(job.path + ": " + std::to_string(v.codes.size() - v.count(verify::Verdict::Perfect)) + " of " + std::to_string(v.codes.size()) +
           " code objects are not perfect");
  for (const auto& code : v.codes) {
    if (code.verdict == verify::Verdict::Perfect) continue;
    io.error(job.path + ": " + code.qualname + ": " + std::string(verify::name_of(code.verdict)) + ": " + code.difference);
  }
}

void print_text(const BytecodeFile& job, const Outcome& outcome, bool to_folder, Io& io) {
  if (outcome.problem) {
    io.error(job.path, *outcome.problem);
    return;
  }
  if (!to_folder) io.out.write(outcome.source);
  for (const auto& report : outcome.reports) {
    if (report.verdict == decompile::Verdict::Whole) continue;
    io.error(job.path + ": " + report.qualname + ": " + std::string(name_of(report.verdict)) +
             (report.problems.empty() ? "" : ": " + report.problems[0]));
  }
  if (outcome.verification) print_verification(job, *outcome.verification, io);
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

struct Totals {
  std::size_t files = 0, failed = 0, codes = 0, incomplete = 0;
  std::size_t perfect_files = 0, perfect_codes = 0, compared_codes = 0, not_compiling = 0, not_verified = 0;

  void add(const Outcome& outcome) {
    ++files;
    codes += outcome.reports.size();
    incomplete += outcome.incomplete();
    if (outcome.problem || outcome.incomplete() > 0) ++failed;
    if (!outcome.verification) {
      ++not_verified;
      return;
    }
    const verify::Verification& v = *outcome.verification;
    perfect_files += v.is_perfect() ? 1 : 0;
    not_compiling += v.outcome == verify::Outcome::NotCompiling ? 1 : 0;
    not_verified += v.outcome == verify::Outcome::NotVerified ? 1 : 0;
    compared_codes += v.codes.size();
    perfect_codes += v.count(verify::Verdict::Perfect);
  }

  void print(bool verified, Io& io) const {
    std::string line = "ouro: " + counted(files, "file") + ", " + std::to_string(failed) + " not whole; " + counted(codes, "code object") +
                       ", " + std::to_string(incomplete) + " not whole";
    if (verified) {
      line += "; perfect: " + counted(perfect_files, "file") + ", " + std::to_string(perfect_codes) + " of " +
              counted(compared_codes, "code object") + "; not compiling: " + counted(not_compiling, "file") + "; not verified: " +
              counted(not_verified, "file");
    }
    io.err.line(line);
  }
};

Outcome run_job(const BytecodeFile& job, const Settings& settings, const std::optional<std::string>& folder) {
  const auto bytes = job.read();
  Outcome outcome;
  if (!bytes) {
    outcome.problem = bytes.error();
    return outcome;
  }
  outcome = decompile_bytes(*bytes, settings);
  if (!folder || outcome.problem) return outcome;
  const std::string path = (fs::path(*folder) / source_name(job.relative)).string();
  if (auto written = write_source(path, outcome.source); !written) outcome.problem = written.error();
  return outcome;
}

int run_decompile(const Arguments& arguments, Io& io) {
  Settings settings{.options = {.keep_lines = !arguments.has("--reflow")}, .target = {}, .verify = arguments.has("--verify")};
  if (arguments.has("--target")) {
    settings.target = target_version(arguments, io);
    if (!settings.target) return kUsage;
  }
  std::vector<BytecodeFile> jobs;
  for (const std::string& path : arguments.positionals()) find_bytecode(path, io, jobs);
  const bool as_json = arguments.has("--json");
  std::optional<std::string> folder;
  if (arguments.has("-o")) folder = arguments.value("-o");
  std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  if (arguments.has("-j")) {
    const auto given = thread_count(arguments, io);
    if (!given) return kUsage;
    threads = *given;
  }
  support::JsonWriter json(io.out.buffer(), support::JsonWriter::Style::Indented);
  if (as_json) json.array();
  Totals totals;
  bool failed = false;
  Progress progress(io, !folder && io.out.is_terminal() ? 0 : jobs.size());
  std::atomic<bool> stop{false};
  cache::ordered_parallel<Outcome>(
      jobs.size(), threads, [&](std::size_t k) { return run_job(jobs[k], settings, folder); },
      [&](std::size_t k, const Outcome& outcome) {
        totals.add(outcome);
        failed = failed || outcome.failed();
        if (outcome.failed() || settings.verify) progress.hide();
        if (as_json) print_json(jobs[k], outcome, json);
        else print_text(jobs[k], outcome, folder.has_value(), io);
        progress.step(jobs[k].path);
        io.out.flush_if_full();
        if (io.out.closed()) stop = true;
      },
      stop);
  progress.hide();
  if (as_json) {
    json.end();
    io.out.line("");
  }
  if (totals.files > 1 || folder) totals.print(settings.verify, io);
  return failed ? kFailure : kSuccess;
}

constexpr Option kOptions[] = {
    {"-o,--output", "DIR", "Write sources below DIR, as the inputs lie in their folders"},
    {"--verify", "", "Compile the source again and say for each file: perfect, or which code objects differ"},
    {"--reflow", "", "Compact layout instead of every statement on its original line"},
    {"-j,--jobs", "N", "Threads; default: all"},
    {"--target", "X.Y", "The version of a marshalled code object without a header"},
    kJsonOption,
};
constexpr Positional kFiles[] = {{"FILE", "A .pyc file, a folder or archive (zip, wheel, egg, PyInstaller) of them, or - for standard input", Arity::AtLeastOne}};
constexpr Example kExamples[] = {
    {"ouro decompile spam.pyc", "The source, on standard output."},
    {"ouro decompile --verify -o out lib/__pycache__", "A folder, into another one, and which code objects are not what they were."},
    {"ouro decompile -o out program.exe", "The modules that PyInstaller packed into a program."},
};

}  // namespace

extern const Command kDecompile;
constexpr Command kDecompile{.name = "decompile",
                             .summary = "Turn bytecode back into source",
                             .description = "Writes the source of .pyc files of Python 3.12 to 3.14 (of 3.14 not annotations and "
                                            "template strings yet). Every statement stands on its original line where the "
                                            "bytecode has lines. --verify compiles the source again and compares code, constants, names, "
                                            "flags and exception tables; versions that the compiler does not write are reported as not "
                                            "verified. What can't be turned back is marked by comments, reported on "
                                            "standard error, and makes the exit status 1; so does a code object that is not perfect.",
                             .options = kOptions,
                             .positionals = kFiles,
                             .examples = kExamples,
                             .run = run_decompile};

}  // namespace ouro::cli
