// ouro versions: what Ouro does for which CPython.
#include <string>

#include "command.h"
#include "compile/compile.h"
#include "support/json_writer.h"
#include "version/facts.h"
#include "version/magic.h"

namespace ouro::cli {
namespace {

std::string_view yes_or_no(bool value) { return value ? "yes" : "no"; }

// The listing is that version's own, compared with its dis, or follows a neighbour's.
std::string dis_support(const Facts& facts) {
  return facts.dis_layout_of.empty() ? "own" : "as " + std::string(facts.dis_layout_of);
}

void append_padded(std::string& out, std::string_view text, std::size_t width) {
  out.append(text);
  if (text.size() < width) out.append(width - text.size(), ' ');
}

void print_text(Io& io) {
  io.out.line("Version  Magic  Unicode  info  dis     compile");
  for (const Facts* facts : version::all_facts()) {
    std::string line;
    append_padded(line, facts->version.to_string(), 9);
    append_padded(line, std::to_string(facts->release_magic), 7);
    append_padded(line, facts->unicode_version.empty() ? "-" : facts->unicode_version, 9);
    append_padded(line, "yes", 6);
    append_padded(line, dis_support(*facts), 8);
    line.append(yes_or_no(compile::is_supported_target(*facts)));
    io.out.line(line);
  }
}

void print_json(Io& io) {
  support::JsonWriter json(io.out.buffer(), support::JsonWriter::Style::Indented);
  json.array();
  for (const Facts* facts : version::all_facts()) {
    json.object();
    json.field("version", facts->version.to_string());
    json.field("magic", facts->release_magic);
    json.key("magic_numbers");
    json.array();
    for (const version::MagicInfo& magic : version::all_magic_numbers())
      if (magic.version == facts->version && magic.implementation == version::Implementation::CPython)
        json.unsigned_integer(magic.number);
    json.end();
    if (!facts->cache_tag.empty()) json.field("cache_tag", facts->cache_tag);
    if (!facts->unicode_version.empty()) json.field("unicode", facts->unicode_version);
    json.field("info", true);
    json.field("dis", facts->dis_layout_of.empty() ? facts->version.to_string() : std::string(facts->dis_layout_of));
    json.field("compile", compile::is_supported_target(*facts));
    json.end();
  }
  json.end();
  io.out.line("");
}

int run_versions(const Arguments& arguments, Io& io) {
  if (arguments.has("--json")) {
    print_json(io);
  } else {
    print_text(io);
  }
  return kSuccess;
}

constexpr Option kOptions[] = {kJsonOption};
constexpr Example kExamples[] = {
    {"ouro versions", "A table."},
    {"ouro versions --json", "The same for a program, with every magic number (docs/json/versions.md)."},
};

}  // namespace

extern const Command kVersions;
constexpr Command kVersions{
    .name = "versions",
    .summary = "Show what is supported for which CPython",
    .description =
        "Lists the CPython versions that Ouro knows: the magic number of their releases, their Unicode, and what works "
        "for them. \"info\" covers reading and writing .pyc files of every release, alpha and beta. \"dis\" says whose "
        "listing is printed: the version's own, or that of a neighbour.",
    .options = kOptions,
    .positionals = {},
    .examples = kExamples,
    .run = run_versions};

}  // namespace ouro::cli
