// What a page shows of a code object.
#include "analysis/code_diff.h"
#include "analysis/code_tree.h"
#include "analysis/statistics.h"
#include "bytecode/control_flow.h"
#include "bytecode/line_table.h"
#include "decompile/decompile.h"
#include "explore_parts.h"

namespace ouro::explorer {
namespace {

using support::JsonWriter;

void write_rows(JsonWriter& json, std::initializer_list<std::int64_t> numbers) {
  json.array();
  for (const std::int64_t number : numbers) json.integer(number);
  json.end();
}

void write_name(JsonWriter& json, const analysis::CodeNode& node, const LoadedCode& code) {
  json.field("name", std::string_view(node.qualified_name));
  json.field("first_line", code.pool.code(node.id).firstlineno);
}

void write_line_table(JsonWriter& json, const LoadedCode& code, const CodeObject& object, const bytecode::CodeView& view) {
  std::vector<bytecode::LineRange> lines;
  bytecode::append_line_ranges(*code.facts, view.line_table, object.firstlineno, view.code.size(), lines);
  json.key("lines");
  json.array();
  for (const bytecode::LineRange& range : lines) write_rows(json, {range.start, range.end, range.line});
  json.end();
  if (code.facts->line_table != version::LineTable::kLocations) return;
  std::vector<bytecode::PositionRange> positions;
  bytecode::append_position_ranges(view.line_table, object.firstlineno, positions);
  json.key("positions");
  json.array();
  for (const auto& [start, end, at] : positions) {
    write_rows(json, {start, end, at.line, at.column, at.end_line, at.end_column});
  }
  json.end();
}

void write_figures(JsonWriter& json, const analysis::Figures& figures) {
  json.array();
  for (const std::uint64_t figure : figures) json.unsigned_integer(figure);
  json.end();
}

std::string_view word_of(bytecode::EdgeKind kind) {
  constexpr std::string_view kWords[] = {"fall-through", "jump", "exception", "loop"};
  return kWords[static_cast<std::size_t>(kind)];
}

void write_graph(JsonWriter& json, const bytecode::ControlFlow& flow) {
  json.key("blocks");
  json.array();
  for (std::uint32_t i = 0; i < flow.blocks.size(); ++i) {
    const bytecode::BasicBlock& block = flow.blocks[i];
    json.array();
    json.unsigned_integer(flow.instructions[block.begin].offset.value);
    json.unsigned_integer(flow.instructions[block.end - 1].offset.value);
    json.boolean(flow.is_reached(i));
    json.end();
  }
  json.end();
  json.key("edges");
  json.array();
  for (const bytecode::FlowEdge& edge : flow.edges) {
    json.array();
    json.unsigned_integer(edge.from);
    json.unsigned_integer(edge.to);
    json.string(word_of(edge.kind));
    json.end();
  }
  json.end();
}

void write_numbers(JsonWriter& json, std::string_view key, const analysis::CodeNumbers& numbers) {
  json.key(key);
  json.object();
  json.field("code_objects", numbers.code_objects);
  json.field("instructions", numbers.instructions);
  json.field("bytes", numbers.bytes);
  json.field("constants", numbers.constants);
  json.field("stack", numbers.stack);
  json.end();
}

void write_hunks(JsonWriter& json, const analysis::CodeDiff& code) {
  json.key("hunks");
  json.array();
  for (const analysis::DiffHunk& hunk : code.hunks) {
    json.array();
    for (const analysis::DiffLine& line : hunk.lines) {
      json.array();
      json.string(line.kind == analysis::LineKind::Kept ? " " : line.kind == analysis::LineKind::Removed ? "-" : "+");
      json.integer(line.line_a);
      json.integer(line.line_b);
      json.string(line.opcode);
      json.string(line.operand);
      json.end();
    }
    json.end();
  }
  json.end();
}

}  // namespace

void write_tables(JsonWriter& json, const LoadedCode& code) {
  json.key("tables");
  json.array();
  for (const analysis::CodeNode& node : analysis::code_tree(code.pool, code.root)) {
    const CodeObject& object = code.pool.code(node.id);
    const bytecode::CodeView view = bytecode::view_of(code.pool, object);
    json.object();
    write_name(json, node, code);
    write_line_table(json, code, object, view);
    if (code.facts->has_exception_table) {
      std::vector<bytecode::ExceptionEntry> entries;
      bytecode::append_exception_entries(view.exception_table, entries);
      json.key("handlers");
      json.array();
      for (const auto& entry : entries) {
        write_rows(json, {entry.start, entry.end, entry.target, entry.depth, entry.push_lasti ? 1 : 0});
      }
      json.end();
    }
    json.end();
  }
  json.end();
}

void write_graphs(JsonWriter& json, const LoadedCode& code) {
  json.key("graphs");
  json.array();
  for (const analysis::CodeNode& node : analysis::code_tree(code.pool, code.root)) {
    json.object();
    write_name(json, node, code);
    const bytecode::CodeView view = bytecode::view_of(code.pool, code.pool.code(node.id));
    write_graph(json, bytecode::control_flow_of(*code.facts, view));
    json.end();
  }
  json.end();
}

void write_decompiled(JsonWriter& json, const LoadedCode& code) {
  json.key("decompiled");
  json.object();
  const auto result = decompile::decompile(*code.facts, code.pool, code.root);
  if (!result) {
    json.field("error", std::string_view(result.error().detail));
    json.end();
    return;
  }
  json.field("source", std::string_view(result->source));
  json.key("problems");
  json.array();
  for (const decompile::CodeReport& report : result->reports) {
    for (const std::string& problem : report.problems) json.string(report.qualname + ": " + problem);
  }
  json.end();
  json.end();
}

void write_statistics(JsonWriter& json, const LoadedCode& code) {
  analysis::Measurer measurer(*code.facts, code.pool);
  analysis::Totals totals;
  json.key("statistics");
  json.object();
  json.key("figures");
  json.array();
  for (std::size_t i = 0; i < analysis::kFigureCount; ++i) json.string(analysis::info_of(static_cast<analysis::Figure>(i)).key);
  json.end();
  json.key("rows");
  json.array();
  for (const analysis::CodeNode& node : analysis::code_tree(code.pool, code.root)) {
    const analysis::CodeStatistics statistics = measurer.measure(node);
    totals.add(statistics);
    json.array();
    json.string(statistics.name);
    write_figures(json, statistics.figures);
    json.end();
  }
  json.end();
  json.key("totals");
  write_figures(json, totals.figures);
  const auto counts = [&](std::string_view key, auto&& write) {
    json.key(key);
    json.array();
    write();
    json.end();
  };
  const auto count = [&](std::string_view name, std::uint64_t number) {
    json.array();
    json.string(name);
    json.unsigned_integer(number);
    json.end();
  };
  constexpr std::size_t kMostPairs = 50;
  counts("opcodes", [&] { for (const auto& [op, number] : totals.ranked_opcodes()) count(version::op_name(op), number); });
  counts("families", [&] {
    const auto families = totals.families();
    for (std::size_t i = 0; i < families.size(); ++i) {
      if (families[i] > 0) count(analysis::to_string(static_cast<analysis::InstructionFamily>(i)), families[i]);
    }
  });
  counts("pairs", [&] {
    const auto pairs = totals.ranked_pairs();
    for (std::size_t i = 0; i < std::min(pairs.size(), kMostPairs); ++i) {
      count(std::string(version::op_name(pairs[i].first)) + " " + std::string(version::op_name(pairs[i].second)), pairs[i].count);
    }
  });
  json.end();
}

void write_difference(JsonWriter& json, const LoadedCode& a, const LoadedCode& b) {
  const analysis::FileDiff diff = analysis::diff_code({a.facts, &a.pool, a.root}, {b.facts, &b.pool, b.root});
  json.key("difference");
  json.object();
  write_numbers(json, "a", diff.a);
  write_numbers(json, "b", diff.b);
  json.field("removed", diff.removed);
  json.field("added", diff.added);
  json.field("retargeted", diff.retargeted);
  json.key("code");
  json.array();
  for (const analysis::CodeDiff& code : diff.codes) {
    if (!code.differs()) continue;
    constexpr std::string_view kWords[] = {"same", "changed", "removed", "added"};
    json.object();
    json.field("status", kWords[static_cast<std::size_t>(code.status)]);
    json.field("name_a", std::string_view(code.name_a));
    json.field("name_b", std::string_view(code.name_b));
    write_numbers(json, "a", code.a);
    write_numbers(json, "b", code.b);
    json.key("attributes");
    json.array();
    for (const auto& [name, before, after] : code.attributes) {
      json.array();
      for (const std::string* text : {&name, &before, &after}) json.string(*text);
      json.end();
    }
    json.end();
    write_hunks(json, code);
    json.end();
  }
  json.end();
  json.end();
}

}  // namespace ouro::explorer
