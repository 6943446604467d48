// ouro dis: the listing of bytecode, as that version's own dis module prints it.
#include <charconv>
#include <map>
#include <memory>

#include "analysis/code_tree.h"
#include "analysis_input.h"
#include "dis/json_listing.h"
#include "dis/listing.h"
#include "support/text_buffer.h"

namespace ouro::cli {
namespace {

struct Session {
  Io& io;
  dis::ListingOptions options;
  DisInputOptions input;
  std::map<PythonVersion, std::unique_ptr<dis::Disassembler>> disassemblers;
  TextBuffer text;

  const dis::Disassembler* disassembler_for(PythonVersion version) {
    auto& slot = disassemblers[version];
    if (slot == nullptr) {
      const Facts* facts = version::find_facts(version);
      if (facts == nullptr) return nullptr;
      slot = std::make_unique<dis::Disassembler>(*facts, options);
    }
    return slot.get();
  }
};

Error unknown_version(PythonVersion version) {
  return make_error("dis.unknown_version",
                    "no instruction tables for Python " + version.to_string() + "; see `ouro versions`");
}

// Hostile code objects could say things without end: text grows with the file, within reason.
std::uint64_t most_bytes(const DisInput& input) {
  constexpr std::uint64_t kLeast = UINT64_C(64) << 20U;
  constexpr std::uint64_t kTimesFile = 512;
  return kLeast + kTimesFile * input.size;
}

// FILE or FILE::QUALNAME. Of several code objects of one name the last counts, which is what the name means once the
// module has run.
Result<std::optional<DisInput>> read_code(const std::string& path, Session& session) {
  const CodePath word = split_code_path(path);
  OURO_TRY(auto input, read_dis_input(word.file, session.input, session.io));
  if (!input || word.qualified_name.empty()) return input;
  ConstId found = kNoConst;
  for (const analysis::CodeNode& node : analysis::code_tree(input->pool, input->root)) {
    if (node.qualified_name == word.qualified_name) found = node.id;
  }
  if (found == kNoConst) return make_error("analysis.no_such_code", "no code object '" + word.qualified_name + "'");
  input->root = found;
  return input;
}

Result<bool> list_text(Session& session, const std::string& path) {
  OURO_TRY(const auto input, read_code(path, session));
  if (!input) return false;
  const dis::Disassembler* disassembler = session.disassembler_for(input->version);
  if (disassembler == nullptr) return unknown_version(input->version);
  dis::Listing listing(*disassembler, input->pool, input->root, most_bytes(*input));
  bool more = true;
  while (more && !session.io.out.closed()) {
    more = listing.append_part(session.text);
    session.io.out.write(session.text.view());
    session.text.clear();
  }
  if (!listing.is_cut_off()) return true;
  return make_error("dis.too_long", "the listing was cut off: it is far longer than the file accounts for");
}

Result<bool> list_json(Session& session, const std::string& path, std::string& out) {
  OURO_TRY(const auto input, read_code(path, session));
  if (!input) return false;
  const dis::Disassembler* disassembler = session.disassembler_for(input->version);
  if (disassembler == nullptr) return unknown_version(input->version);
  support::JsonWriter json(out);
  json.object();
  json.field("file", path);
  json.field("version", input->version.to_string());
  if (input->header) {
    json.field("magic", std::uint32_t{input->header->magic & 0xFFFFU});
    json.field("flags", input->header->flags);
  }
  json.key("code");
  OURO_CHECK(dis::write_json(*disassembler, input->pool, input->root, out, json, most_bytes(*input)));
  json.end();
  return true;
}

std::string json_error(const std::string& path, const Error& error) {
  std::string out;
  support::JsonWriter json(out);
  json.object();
  json.field("file", path);
  json.key("error");
  json.object();
  json.field("code", error.code);
  json.field("detail", error.detail);
  if (error.offset) json.field("offset", *error.offset);
  json.end();
  json.end();
  return out;
}

int run_json(Session& session, const std::vector<std::string>& paths) {
  int status = kSuccess;
  bool first = true;
  session.io.out.write("[");
  for (const std::string& path : paths) {
    if (session.io.out.closed()) break;
    std::string text;
    const auto listed = list_json(session, path, text);
    if (!listed) {
      session.io.error(path, listed.error());
      text = json_error(path, listed.error());
    }
    if (!listed || !*listed) status = kFailure;
    if (text.empty()) continue;
    session.io.out.write(first ? "\n" : ",\n");
    session.io.out.write(text);
    first = false;
  }
  session.io.out.write("\n]\n");
  return status;
}

int run_text(Session& session, const std::vector<std::string>& paths) {
  int status = kSuccess;
  bool first = true;
  for (const std::string& path : paths) {
    if (session.io.out.closed()) break;
    if (paths.size() > 1) session.io.out.write((first ? "==> " : "\n==> ") + path + " <==\n");
    first = false;
    const auto listed = list_text(session, path);
    if (!listed) session.io.error(path, listed.error());
    if (!listed || !*listed) status = kFailure;
  }
  return status;
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

int run_dis(const Arguments& arguments, Io& io) {
  Session session{io, {}, {}, {}, {}};
  session.options = {.show_caches = arguments.has("--show-caches"),
                     .show_offsets = arguments.has("--show-offsets"),
                     .show_positions = arguments.has("--show-positions"),
                     .adaptive = arguments.has("--adaptive"),
                     .nested = arguments.has("--nested")};
  if (arguments.has("--depth")) {
    const auto depth = parse_count(arguments.value("--depth"));
    if (!depth) {
      io.error("--depth: needs a number, not " + std::string(arguments.value("--depth")));
      return kUsage;
    }
    session.options.max_depth = *depth;
  }
  if (arguments.has("--target")) {
    const auto target = target_version(arguments, io);
    if (!target) return kUsage;
    session.input.target = target;
  }
  session.input.optimize = static_cast<int>(std::min<std::size_t>(arguments.count("-O"), 2));
  const std::vector<std::string>& paths = arguments.positionals();
  return arguments.has("--json") ? run_json(session, paths) : run_text(session, paths);
}

constexpr Option kOptions[] = {
    {.names = "--target", .value = "X.Y", .help = "The version of source, or of a marshalled code object without a header"},
    {.names = "-O", .value = {}, .help = "Compile source without asserts; -OO without docstrings too"},
    {.names = "-C,--show-caches", .value = {}, .help = "Show inline cache entries (3.11 on)"},
    {.names = "--show-offsets", .value = {}, .help = "Show the offsets of instructions (3.13 on; before, always)"},
    {.names = "-P,--show-positions", .value = {}, .help = "Show lines and columns (3.14 on)"},
    {.names = "-S,--adaptive", .value = {}, .help = "Show instructions as the interpreter has them after loading (3.11 on)"},
    {.names = "--nested", .value = {}, .help = "Go on with nested code objects also where that version's dis does not (up to 3.6)"},
    {.names = "--depth", .value = "N", .help = "Levels of nested code objects to go down"},
    kJsonOption,
};
constexpr Positional kFiles[] = {{"FILE", "A .pyc or source file, FILE::QUALNAME for one function or class, or - for standard input", Arity::AtLeastOne}};
constexpr Example kExamples[] = {
    {"ouro dis __pycache__/spam.cpython-313.pyc", "What dis.dis of Python 3.13 prints for it."},
    {"ouro dis spam.py", "What `python3.13 -m dis spam.py` prints."},
    {"ouro dis spam.py::Spam.loop", "What `dis.dis(spam.Spam.loop)` prints."},
    {"ouro dis --show-caches --show-offsets spam.pyc", "With inline caches and offsets."},
};

}  // namespace

extern const Command kDis;
constexpr Command kDis{.name = "dis",
                       .summary = "List bytecode",
                       .description = "Prints the text that the dis module of the Python version which wrote the file "
                                      "prints for it, memory addresses aside. Source is compiled first. Several files "
                                      "are listed each under a line with its name.",
                       .options = kOptions,
                       .positionals = kFiles,
                       .examples = kExamples,
                       .run = run_dis};

}  // namespace ouro::cli
