// ouro dis: the listing of bytecode, as that version's own dis module prints it.
#include <charconv>
#include <map>
#include <memory>

#include "command.h"
#include "dis/listing.h"
#include "marshal/layout.h"
#include "marshal/pyc.h"
#include "support/text_buffer.h"

namespace ouro::cli {
namespace {

/// A code object to list, and where it came from.
struct Loaded {
  PythonVersion version;
  marshal::Marshalled value;
};

struct Session {
  const Arguments& arguments;
  Io& io;
  dis::ListingOptions options;
  std::optional<PythonVersion> target;
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

// A .pyc; or, when --target names the version, a marshalled code object without a header.
Result<Loaded> load(Session& session, ByteView bytes) {
  auto pyc = marshal::read_pyc(bytes);
  if (pyc) return Loaded{pyc->header.version, std::move(pyc->value)};
  if (!session.target || pyc.error().code != "pyc.bad_magic") return std::move(pyc).error();
  OURO_TRY(auto value, marshal::read(bytes, marshal::layout_of(*session.target)));
  if (value.pool.kind(value.root) != ConstKind::Code) {
    return make_error("dis.not_code", "the marshalled value is no code object");
  }
  return Loaded{*session.target, std::move(value)};
}

Status list_file(Session& session, const std::string& path) {
  OURO_TRY(const auto bytes, session.io.read(path));
  OURO_TRY(const Loaded loaded, load(session, bytes));
  const dis::Disassembler* disassembler = session.disassembler_for(loaded.version);
  if (disassembler == nullptr) return unknown_version(loaded.version);
  dis::Listing listing(*disassembler, loaded.value.pool, loaded.value.root);
  bool more = true;
  while (more && !session.io.out.closed()) {
    more = listing.append_part(session.text);
    session.io.out.write(session.text.view());
    session.text.clear();
  }
  return {};
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

int run_dis(const Arguments& arguments, Io& io) {
  Session session{arguments, io, {}, {}, {}, {}};
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
  if (arguments.has("--target")) session.target = PythonVersion::parse(arguments.value("--target"));
  const bool has_headers = arguments.positionals().size() > 1;
  int status = kSuccess;
  bool first = true;
  for (const std::string& path : arguments.positionals()) {
    if (io.out.closed()) break;
    if (has_headers) io.out.write((first ? "==> " : "\n==> ") + path + " <==\n");
    first = false;
    if (const Status listed = list_file(session, path); !listed) {
      io.error(path, listed.error());
      status = kFailure;
    }
  }
  return status;
}

constexpr Option kOptions[] = {
    {.names = "--target", .value = "X.Y", .help = "The version of a file without a .pyc header"},
    {.names = "-C,--show-caches", .value = {}, .help = "Show inline cache entries (3.11 on)"},
    {.names = "-O,--show-offsets", .value = {}, .help = "Show the offsets of instructions (3.13 on)"},
    {.names = "-P,--show-positions", .value = {}, .help = "Show lines and columns (3.14 on)"},
    {.names = "-S,--adaptive", .value = {}, .help = "Show instructions as the interpreter has them after loading (3.11 on)"},
    {.names = "--nested", .value = {}, .help = "Go on with nested code objects in 2.7 and 3.6 too, whose dis does not"},
    {.names = "--depth", .value = "N", .help = "Levels of nested code objects to go down"},
};
constexpr Positional kFiles[] = {{"FILE", "A .pyc file, or - for standard input", Arity::AtLeastOne}};
constexpr Example kExamples[] = {
    {"ouro dis __pycache__/spam.cpython-313.pyc", "What python3.13's dis.dis prints for it."},
    {"ouro dis --show-caches --show-offsets spam.pyc", "With inline caches and offsets."},
};

}  // namespace

extern const Command kDis;
constexpr Command kDis{.name = "dis",
                       .summary = "List the bytecode of .pyc files",
                       .description = "Prints the text that the dis module of the Python version which wrote the file "
                                      "prints for it, memory addresses aside. Several files are listed each under a "
                                      "line with its name.",
                       .options = kOptions,
                       .positionals = kFiles,
                       .examples = kExamples,
                       .run = run_dis};

}  // namespace ouro::cli
