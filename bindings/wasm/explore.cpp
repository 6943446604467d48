#include "explore.h"

#include "compile/compile.h"
#include "explore_parts.h"
#include "marshal/pyc.h"
#include "syntax/error_text.h"

namespace ouro::explorer {
namespace {

using support::JsonWriter;

// Every .pyc holds a NUL; "\r\n" behind two bytes, as in the magic number, a source may have too.
bool is_pyc(std::string_view bytes) { return bytes.find('\0') != std::string_view::npos; }

std::string_view line_of(std::string_view text, std::int32_t number) {
  for (std::int32_t i = 1; i < number; ++i) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, std::min(text.find('\n'), text.size()));
}

void write_place(JsonWriter& json, std::int32_t line, std::int32_t column, std::int32_t end_line, std::int32_t end_column) {
  json.field("line", line);
  json.field("column", column);
  json.field("end_line", end_line);
  json.field("end_column", end_column);
}

void write_error(JsonWriter& json, const syntax::SyntaxError& error, std::string_view filename, std::string_view text) {
  json.key("error");
  json.object();
  json.field("type", syntax::name_of(error.type));
  json.field("message", std::string_view(error.message));
  if (error.has_place()) write_place(json, error.lineno, error.offset, error.end_lineno, error.end_offset);
  json.field("text", std::string_view(syntax::error_text(error, filename, line_of(text, error.lineno))));
  json.end();
}

void write_error(JsonWriter& json, const Error& error) {
  json.key("error");
  json.object();
  json.field("type", error.code);
  json.field("message", std::string_view(error.detail));
  if (error.offset) json.field("offset", *error.offset);
  json.field("text", std::string_view(error.to_string()));
  json.end();
}

void write_warnings(JsonWriter& json, const std::vector<syntax::SyntaxWarning>& warnings) {
  json.key("warnings");
  json.array();
  for (const syntax::SyntaxWarning& warning : warnings) {
    json.object();
    json.field("type", warning.deprecation ? "DeprecationWarning" : "SyntaxWarning");
    json.field("message", std::string_view(warning.message));
    write_place(json, warning.lineno, warning.offset, warning.end_lineno, warning.end_offset);
    json.end();
  }
  json.end();
}

void write_header(JsonWriter& json, const marshal::Pyc& pyc) {
  const marshal::PycHeader& header = pyc.header;
  json.key("header");
  json.object();
  json.field("magic", header.magic & 0xFFFFU);
  json.field("size", std::uint32_t{header.size});
  json.field("flags", header.flags);
  if (header.invalidation() == marshal::Invalidation::Timestamp) {
    json.field("mtime", header.mtime);
    if (header.has_source_size()) json.field("source_size", header.source_size);
  }
  json.field("trailing", std::uint64_t{pyc.trailing_size});
  json.end();
}

/// Reads or compiles one input; what goes wrong is written as members "kind", "error" and so on.
class Loader {
 public:
  Loader(JsonWriter& json, const Input& input) : json_(json), input_(input) {}

  std::optional<LoadedCode> load(std::uint32_t panes) {
    return is_pyc(input_.bytes) ? load_pyc() : load_source(panes);
  }

 private:
  std::optional<LoadedCode> load_pyc() {
    json_.field("kind", "pyc");
    const ByteView bytes(reinterpret_cast<const std::uint8_t*>(input_.bytes.data()), input_.bytes.size());
    auto pyc = marshal::read_pyc(bytes);
    if (!pyc) return write_error(json_, pyc.error()), std::nullopt;
    json_.field("version", std::string_view(pyc->header.version.to_string()));
    write_header(json_, *pyc);
    const Facts* facts = version::find_facts(pyc->header.version);
    if (facts == nullptr) {
      write_error(json_, make_error("dis.unknown_version", "no instruction tables for this version"));
      return std::nullopt;
    }
    return LoadedCode{std::move(pyc->value.pool), pyc->value.root, facts};
  }

  std::optional<LoadedCode> load_source(std::uint32_t panes) {
    json_.field("kind", "source");
    json_.field("version", std::string_view(input_.target.to_string()));
    const Facts* facts = version::find_facts(input_.target);
    if (facts == nullptr || !compile::is_supported_target(*facts)) {
      write_error(json_, make_error("dis.no_compiler", "the compiler does not write code for this version"));
      return std::nullopt;
    }
    syntax::SourceText source;
    if (!((panes & kText) != 0 ? source.assign(input_.bytes) : source.decode(input_.bytes))) {
      write_error(json_, source.error(), input_.filename, input_.bytes);
      return std::nullopt;
    }
    if ((panes & kDecoded) != 0) json_.field("text", source.text());
    if ((panes & kTokens) != 0) write_tokens(json_, source);
    if ((panes & kTree) != 0) write_tree(json_, source);
    auto result = compile::compile_source(
        source, {.target = facts, .optimize = input_.optimize, .filename = input_.filename});
    write_warnings(json_, result.warnings);
    if (!result.code) {
      write_error(json_, result.code.error(), input_.filename, source.text());
      return std::nullopt;
    }
    return LoadedCode{std::move(result.code->pool), result.code->root, facts};
  }

  JsonWriter& json_;
  const Input& input_;
};

}  // namespace

Answer explore(const Request& request) {
  Answer answer;
  JsonWriter json(answer.json);
  json.object();
  const auto code = Loader(json, request.input).load(request.panes);
  const auto wants = [&](Pane pane) { return code && (request.panes & pane) != 0; };
  if (wants(kListing)) write_listing(json, *code, answer.numbers);
  if (wants(kTables)) write_tables(json, *code);
  if (wants(kGraph)) write_graphs(json, *code);
  if (wants(kDecompiled)) write_decompiled(json, *code);
  if (wants(kStatistics)) write_statistics(json, *code);
  if (wants(kMarshalled)) {
    auto bytes = marshal::write(code->pool, code->root, marshal::layout_of(*code->facts));
    if (bytes) {
      answer.marshalled = std::move(*bytes);
      json.field("marshalled_size", std::uint64_t{answer.marshalled.size()});
    } else {
      write_error(json, bytes.error());
    }
  }
  if ((request.panes & kDifference) != 0) {
    json.key("other");
    json.object();
    const auto other = Loader(json, request.other).load(request.panes & kText);
    json.end();
    if (code && other) write_difference(json, *code, *other);
  }
  json.end();
  return answer;
}

std::string describe() {
  std::string text;
  JsonWriter json(text);
  json.object();
  const auto list = [&](std::string_view name, auto&& accepts) {
    json.key(name);
    json.array();
    for (const Facts* facts : version::all_facts()) {
      if (accepts(*facts)) json.string(facts->version.to_string());
    }
    json.end();
  };
  list("targets", [](const Facts& facts) { return compile::is_supported_target(facts); });
  list("versions", [](const Facts&) { return true; });
  json.end();
  return text;
}

}  // namespace ouro::explorer
