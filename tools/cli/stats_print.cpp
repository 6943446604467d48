#include "stats_print.h"

#include <algorithm>

#include "text_table.h"

namespace ouro::cli {
namespace {

using analysis::Figure;
using analysis::kFigureCount;

struct Count {
  std::string label;
  std::string second;  // of a pair; family of an opcode
  std::uint64_t count;
};

std::vector<Count> counts_of(const analysis::Totals& totals, StatsBy by) {
  std::vector<Count> list;
  if (by == StatsBy::Opcode) {
    for (const auto& entry : totals.ranked_opcodes()) {
      const std::string_view name = version::op_name(entry.op);
      list.push_back({std::string(name.empty() ? "(unknown)" : name), std::string(to_string(analysis::family_of(entry.op))), entry.count});
    }
  } else if (by == StatsBy::Pair) {
    for (const auto& entry : totals.ranked_pairs()) {
      const auto name = [](version::Op op) { return op == version::Op::Unknown ? "(unknown)" : std::string(version::op_name(op)); };
      list.push_back({name(entry.first), name(entry.second), entry.count});
    }
  } else {
    const auto families = totals.families();
    for (std::size_t i = 0; i < families.size(); ++i) {
      if (families[i] != 0) list.push_back({std::string(to_string(static_cast<analysis::InstructionFamily>(i))), {}, families[i]});
    }
    std::stable_sort(list.begin(), list.end(), [](const Count& a, const Count& b) { return a.count > b.count; });
  }
  return list;
}

std::uint64_t sum(const std::vector<Count>& counts) {
  std::uint64_t total = 0;
  for (const Count& entry : counts) total += entry.count;
  return total;
}

constexpr Figure kColumns[] = {Figure::Line,  Figure::Arguments,    Figure::Locals,    Figure::Constants,
                               Figure::Names, Figure::Instructions, Figure::CodeBytes, Figure::StackDepth,
                               Figure::Loops, Figure::LoopInstructions, Figure::Specialisable};

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) {
    if (!text.empty()) text += ", ";
    text += shorten(item, 60);
  }
  return text.empty() ? "none" : text;
}

void write_list(support::JsonWriter& json, std::string_view key, const std::vector<std::string>& items) {
  json.key(key);
  json.array();
  for (const std::string& item : items) json.string(item);
  json.end();
}

}  // namespace

void print_summary(std::string& out, const std::string& title, const analysis::Totals& totals) {
  const auto n = [&](Figure figure) { return std::to_string(totals[figure]); };
  const std::uint64_t instructions = totals[Figure::Instructions];
  out += title + "\n";
  if (totals.files > 1) out += "  Files           " + std::to_string(totals.files) + "\n";
  out += "  Code objects    " + std::to_string(totals.code_objects) + ", nested up to " + n(Figure::Depth) + " deep\n";
  out += "  Instructions    " + n(Figure::Instructions) + ", " + n(Figure::LoopInstructions) + " in loops (" +
         percent(totals[Figure::LoopInstructions], instructions) + ")";
  if (totals[Figure::Specialisable] != 0) {
    out += ", " + n(Figure::Specialisable) + " specialisable (" + percent(totals[Figure::Specialisable], instructions) + ")";
  }
  out += "\n  Control flow    " + n(Figure::Blocks) + " blocks, " + n(Figure::Branches) + " jumps, " + n(Figure::Loops) +
         " loops nested up to " + n(Figure::LoopDepth) + " deep\n";
  out += "  Bytes           " + n(Figure::CodeBytes) + " code, " + n(Figure::LineTableBytes) + " line tables, " +
         n(Figure::ExceptionTableBytes) + " exception tables, " + n(Figure::ConstantBytes) + " constants\n";
  out += "  Variables       " + n(Figure::Arguments) + " arguments, " + n(Figure::Locals) + " locals, " + n(Figure::FreeVariables) +
         " cell and free; " + n(Figure::Constants) + " constants, " + n(Figure::Names) + " names\n";
  out += "  Stack           " + n(Figure::StackDepth) + " at most\n";
}

void print_rows(std::string& out, const std::vector<StatsRow>& rows, StatsBy by, bool name_files) {
  TextTable table;
  const bool by_code = by == StatsBy::Code;
  std::vector<std::string> head{by_code ? "code object" : by == StatsBy::File ? "file" : "tree"};
  if (by == StatsBy::Tree) head.emplace_back("files");
  if (!by_code) head.emplace_back("code");
  for (const Figure figure : kColumns) {
    if (figure != Figure::Line || by_code) head.emplace_back(info_of(figure).title);
  }
  table.add(std::move(head));
  for (const StatsRow& row : rows) {
    std::string label = by_code ? (name_files ? row.file + "::" + row.name : row.name) : row.file;
    constexpr std::size_t kWidth = 64;
    if (text_width(label) > kWidth) {  // the end of a path says more than its start
      std::size_t cut = label.size() - kWidth + 1;
      while (cut < label.size() && (static_cast<unsigned char>(label[cut]) & 0xC0U) == 0x80U) ++cut;
      label = "…" + label.substr(cut);
    }
    std::vector<std::string> cells{shorten(label, kWidth)};
    if (by == StatsBy::Tree) cells.push_back(std::to_string(row.files));
    if (!by_code) cells.push_back(std::to_string(row.code_objects));
    for (const Figure figure : kColumns) {
      if (figure != Figure::Line || by_code) cells.push_back(std::to_string(row.figures[static_cast<std::size_t>(figure)]));
    }
    table.add(std::move(cells));
  }
  table.print(out);
}

void print_details(std::string& out, const StatsRow& row, const StatsTextStyle& style) {
  const auto n = [&](Figure figure) { return row.figures[static_cast<std::size_t>(figure)]; };
  const CodeDetails& details = *row.details;
  out += row.file + "::" + row.name + "  (Python " + row.version + ", line " + std::to_string(n(Figure::Line)) + ")\n";
  out += "  Arguments        " + std::to_string(n(Figure::Arguments)) + ": " + joined(details.arguments) + "\n";
  out += "  Local variables  " + std::to_string(n(Figure::Locals)) + ": " + joined([&] {
           std::vector<std::string> all = details.arguments;
           all.insert(all.end(), details.locals.begin(), details.locals.end());
           return all;
         }()) + "\n";
  if (!details.free_variables.empty()) out += "  Cell and free    " + joined(details.free_variables) + "\n";
  out += "  Constants        " + joined(details.constants) + "\n";
  out += "  Names used       " + joined(details.names) + "\n";
  out += "  Instructions     " + std::to_string(n(Figure::Instructions)) + " in " + std::to_string(n(Figure::CodeBytes)) + " bytes, " +
         std::to_string(n(Figure::Blocks)) + " blocks, " + std::to_string(n(Figure::Loops)) + " loops, " +
         std::to_string(n(Figure::LoopInstructions)) + " in loops, " + std::to_string(n(Figure::Specialisable)) + " specialisable\n";
  out += "  Stack            " + std::to_string(n(Figure::StackDepth)) + "\n";
  analysis::Totals totals;
  analysis::CodeStatistics counted;
  counted.opcodes = row.opcodes;
  totals.add(counted);
  StatsTextStyle whole = style;
  whole.top = 0;
  print_counts(out, totals, StatsBy::Opcode, whole);
}

void print_counts(std::string& out, const analysis::Totals& totals, StatsBy by, const StatsTextStyle& style) {
  const std::vector<Count> counts = counts_of(totals, by);
  if (counts.empty()) return;
  const std::uint64_t total = sum(counts);
  const std::size_t shown = style.top == 0 || by == StatsBy::Family ? counts.size() : std::min(style.top, counts.size());
  std::size_t label_width = 0;
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < shown; ++i) {
    labels.push_back(by == StatsBy::Pair ? counts[i].label + " " + counts[i].second : counts[i].label);
    label_width = std::max(label_width, labels.back().size());
  }
  const std::string_view title = by == StatsBy::Opcode ? "Opcodes" : by == StatsBy::Pair ? "Pairs" : "Families";
  out += std::string(title) + " (" + std::to_string(counts.size()) + (shown < counts.size() ? ", the first " + std::to_string(shown) : "") + ")\n";
  const std::size_t number_width = std::to_string(counts.front().count).size();
  const std::size_t used = 2 + label_width + 2 + number_width + 2 + 6 + 2;
  const std::size_t bar_width = style.width > used + 8 ? std::min<std::size_t>(style.width - used, 60) : 8;
  for (std::size_t i = 0; i < shown; ++i) {
    const std::string number = std::to_string(counts[i].count);
    const std::string share = percent(counts[i].count, total);
    out += "  " + labels[i] + std::string(label_width - labels[i].size() + 2 + number_width - number.size(), ' ') + number;
    out += std::string(2 + 6 - std::min<std::size_t>(share.size(), 6), ' ') + share;
    if (style.bars) out += "  " + bar(counts[i].count, counts.front().count, bar_width, style.ascii);
    out += '\n';
  }
}

void write_json_figures(support::JsonWriter& json, const analysis::Figures& figures) {
  for (std::size_t i = 0; i < kFigureCount; ++i) json.field(info_of(static_cast<Figure>(i)).key, figures[i]);
}

void write_json_row(support::JsonWriter& json, const StatsRow& row, StatsBy by) {
  json.object();
  json.field("file", std::string_view(row.file));
  if (by == StatsBy::Code) json.field("name", std::string_view(row.name));
  if (!row.version.empty()) json.field("version", std::string_view(row.version));
  if (by == StatsBy::Tree) json.field("files", row.files);
  if (by != StatsBy::Code) json.field("code_objects", row.code_objects);
  write_json_figures(json, row.figures);
  if (by == StatsBy::Code) {
    json.key("opcodes");
    json.object();
    for (const auto& entry : row.opcodes) json.field(entry.op == version::Op::Unknown ? "(unknown)" : version::op_name(entry.op), entry.count);
    json.end();
  }
  if (row.details) {
    json.key("details");
    json.object();
    write_list(json, "arguments", row.details->arguments);
    write_list(json, "locals", row.details->locals);
    write_list(json, "free_variables", row.details->free_variables);
    write_list(json, "constants", row.details->constants);
    write_list(json, "names", row.details->names);
    json.end();
  }
  json.end();
}

void write_json_counts(support::JsonWriter& json, const analysis::Totals& totals, std::size_t top) {
  json.key("opcodes");
  json.object();
  for (const Count& entry : counts_of(totals, StatsBy::Opcode)) json.field(entry.label, entry.count);
  json.end();
  json.key("families");
  json.object();
  for (const Count& entry : counts_of(totals, StatsBy::Family)) json.field(entry.label, entry.count);
  json.end();
  json.key("pairs");
  json.array();
  std::size_t shown = 0;
  for (const Count& entry : counts_of(totals, StatsBy::Pair)) {
    if (top != 0 && shown++ == top) break;
    json.object();
    json.field("first", std::string_view(entry.label));
    json.field("second", std::string_view(entry.second));
    json.field("count", entry.count);
    json.end();
  }
  json.end();
}

std::string csv_head(StatsBy by) {
  switch (by) {
    case StatsBy::Opcode: return "opcode,family,count,share";
    case StatsBy::Family: return "family,count,share";
    case StatsBy::Pair: return "first,second,count,share";
    default: break;
  }
  std::string head = by == StatsBy::Code ? "file,name,version" : by == StatsBy::File ? "file,version,code_objects" : "tree,files,code_objects";
  for (std::size_t i = 0; i < kFigureCount; ++i) head += "," + std::string(info_of(static_cast<Figure>(i)).key);
  return head;
}

std::string csv_row(const StatsRow& row, StatsBy by) {
  std::string line = csv_field(row.file);
  if (by == StatsBy::Code) line += "," + csv_field(row.name) + "," + row.version;
  if (by == StatsBy::File) line += "," + row.version + "," + std::to_string(row.code_objects);
  if (by == StatsBy::Tree) line += "," + std::to_string(row.files) + "," + std::to_string(row.code_objects);
  for (const std::uint64_t figure : row.figures) line += "," + std::to_string(figure);
  return line;
}

void csv_counts(std::string& out, const analysis::Totals& totals, StatsBy by, std::size_t top) {
  const std::vector<Count> counts = counts_of(totals, by);
  const std::uint64_t total = sum(counts);
  std::size_t shown = 0;
  for (const Count& entry : counts) {
    if (top != 0 && shown++ == top) break;
    char share[32];
    std::snprintf(share, sizeof share, "%.6f", static_cast<double>(entry.count) / static_cast<double>(std::max<std::uint64_t>(total, 1)));
    out += csv_field(entry.label);
    if (by != StatsBy::Family) out += "," + csv_field(entry.second);
    out += "," + std::to_string(entry.count) + "," + share + "\n";
  }
}

}  // namespace ouro::cli
