// ouro cfg: control-flow graphs as text, DOT, SVG or JSON.
#include "analysis/block_graph.h"
#include "analysis_input.h"

namespace ouro::cli {
namespace {

/// The graphs of the code objects that are asked for.
std::vector<analysis::BlockGraph> graphs_of(const LoadedCode& loaded, std::string_view qualified_name) {
  const analysis::CodeSide side{loaded.facts, &loaded.input->pool, loaded.input->root};
  std::vector<analysis::BlockGraph> graphs;
  for (const analysis::CodeNode& node : analysis::code_tree(*side.pool, side.root)) {
    if (qualified_name.empty() || node.qualified_name == qualified_name) graphs.push_back(analysis::block_graph(side, node));
  }
  return graphs;
}

void write_json(const std::string& path, const std::vector<analysis::BlockGraph>& graphs, Io& io) {
  support::JsonWriter json(io.out.buffer());
  json.object();
  json.field("file", std::string_view(path));
  json.key("graphs");
  json.array();
  for (const analysis::BlockGraph& graph : graphs) {
    analysis::write_graph_json(json, graph);
    io.out.flush_if_full();
  }
  json.end();
  json.end();
  io.out.line("");
}

int run_cfg(const Arguments& arguments, Io& io) {
  DisInputOptions options;
  if (!read_input_options(arguments, io, options)) return kUsage;
  const std::vector<std::string>& words = arguments.positionals();
  CodePath path = split_code_path(words[0]);
  if (words.size() > 1) path.qualified_name = words[1];
  const LoadedCode loaded = load_code(path.file, options, io);
  io.err.write(loaded.messages);
  if (!loaded.input) {
    if (loaded.error) io.error(path.file, *loaded.error);
    return kFailure;
  }
  const std::vector<analysis::BlockGraph> graphs = graphs_of(loaded, path.qualified_name);
  if (graphs.empty()) {
    io.error(path.file, make_error("analysis.no_such_code", "no code object '" + path.qualified_name + "'"));
    return kFailure;
  }
  const analysis::GraphStyle style{.with_dominators = arguments.has("--dominators"), .with_loops = arguments.has("--loops")};
  if (arguments.has("--json")) {
    write_json(path.file, graphs, io);
  } else if (arguments.value("--format") == "dot") {
    io.out.write(analysis::graph_dot(graphs, style));
  } else if (arguments.value("--format") == "svg") {
    io.out.write(analysis::graph_svg(graphs, style));
  } else {
    bool first = true;
    for (const analysis::BlockGraph& graph : graphs) {
      std::string text = first ? "" : "\n\n";
      analysis::append_graph_text(text, graph, style);
      io.out.write(text);
      first = false;
    }
  }
  return kSuccess;
}

constexpr Option kOptions[] = {
    {"--format", "text|dot|svg", "How to show the graph", "text"},
    {"--dominators", "", "Also the dominator tree: dotted lines in a picture"},
    {"--loops", "", "Also the loops with their blocks (text)"},
    kInputTargetOption,
    kInputOptimizeOption,
    kJsonOption,
};
constexpr Positional kPositionals[] = {
    {"FILE", "A .pyc or source file, FILE::QUALNAME, or -", Arity::One},
    {"QUALNAME", "One code object, such as Spam.loop; left out: all of the file", Arity::Optional},
};
constexpr Example kExamples[] = {
    {"ouro cfg spam.py Spam.loop", "The basic blocks of one function with their edges."},
    {"ouro cfg --format svg spam.py Spam.loop > loop.svg", "A picture, for any browser."},
    {"ouro cfg --format dot spam.pyc | dot -Tpdf > spam.pdf", "A whole file, drawn by Graphviz."},
};

}  // namespace

extern const Command kCfg;
constexpr Command kCfg{
    .name = "cfg",
    .summary = "Draw control-flow graphs",
    .description =
        "Basic blocks with their lines, and edges of four kinds: fall-through, jump, exception, and loop-back (to a block "
        "that every way to here has passed). Handlers come from the exception table, before 3.11 from the block stack. "
        "SVG is laid out by ouro itself.",
    .options = kOptions,
    .positionals = kPositionals,
    .examples = kExamples,
    .run = run_cfg};

}  // namespace ouro::cli
