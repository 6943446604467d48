#include "stats_report.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "bytecode/code_view.h"
#include "dis/disassembler.h"

namespace ouro::cli {
namespace {

using analysis::CodeNode;
using analysis::Figure;

std::vector<std::string> texts_of(const ConstantPool& pool, std::span<const ConstId> ids) {
  std::vector<std::string> texts;
  for (const ConstId id : ids) texts.emplace_back(analysis::text_or_empty(pool, id));
  return texts;
}

CodeDetails details_of(const Facts& facts, const ConstantPool& pool, const CodeObject& code, const analysis::CodeStatistics& statistics) {
  const bytecode::CodeView view = bytecode::view_of(pool, code);
  CodeDetails details;
  std::vector<ConstId> locals;
  std::vector<ConstId> frees;
  for (std::size_t i = 0; i < view.locals.size(); ++i) {
    const std::uint8_t kind = i < view.local_kinds.size() ? static_cast<std::uint8_t>(view.local_kinds[i]) : std::uint8_t{code::kLocalPlain};
    if ((kind & code::kLocalPlain) != 0) locals.push_back(view.locals[i]);
    if ((kind & (code::kLocalCell | code::kLocalFree)) != 0) frees.push_back(view.locals[i]);
  }
  frees.insert(frees.end(), view.cells.begin(), view.cells.end());
  frees.insert(frees.end(), view.frees.begin(), view.frees.end());
  const auto arguments = std::min<std::size_t>(locals.size(), statistics[Figure::Arguments]);
  details.arguments = texts_of(pool, std::span(locals).first(arguments));
  details.locals = texts_of(pool, std::span(locals).subspan(arguments));
  details.free_variables = texts_of(pool, frees);
  details.names = texts_of(pool, view.names);
  const dis::Disassembler disassembler(facts);
  dis::ConstantPrinter printer(pool, disassembler.repr_style());
  TextBuffer text;
  for (const ConstId constant : view.consts) {
    text.clear();
    if (pool.kind(constant) == ConstKind::Code) {
      text.append("<code ");
      text.append(analysis::text_or_empty(pool, pool.code(constant).name));
      text.append('>');
    } else {
      printer.append_repr(text, constant);
    }
    details.constants.emplace_back(text.view());
  }
  return details;
}

bool is_wanted(const StatsFilter& filter, const InputFile& file, const analysis::CodeStatistics& code) {
  if (!file.qualified_name.empty() && code.name != file.qualified_name) return false;
  if (!filter.names.empty() && std::none_of(filter.names.begin(), filter.names.end(), [&](const std::string& glob) {
        return ::fnmatch(glob.c_str(), code.name.c_str(), 0) == 0;
      })) {
    return false;
  }
  if (filter.opcode && std::none_of(code.opcodes.begin(), code.opcodes.end(), [&](const analysis::OpCount& entry) { return entry.op == *filter.opcode; })) {
    return false;
  }
  return std::all_of(filter.conditions.begin(), filter.conditions.end(), [&](const Condition& c) { return c.holds(code.figures); });
}

}  // namespace

bool Condition::holds(const analysis::Figures& figures) const {
  const std::uint64_t figure_value = figures[static_cast<std::size_t>(figure)];
  switch (relation) {
    case Relation::Less: return figure_value < value;
    case Relation::LessEqual: return figure_value <= value;
    case Relation::Equal: return figure_value == value;
    case Relation::NotEqual: return figure_value != value;
    case Relation::GreaterEqual: return figure_value >= value;
    case Relation::Greater: return figure_value > value;
  }
  return false;
}

std::optional<Condition> parse_condition(std::string_view text) {
  using Relation = Condition::Relation;
  constexpr std::pair<std::string_view, Relation> kRelations[] = {
      {"<=", Relation::LessEqual}, {">=", Relation::GreaterEqual}, {"!=", Relation::NotEqual}, {"==", Relation::Equal},
      {"<", Relation::Less},       {">", Relation::Greater},       {"=", Relation::Equal}};
  const std::size_t at = text.find_first_of("<>=!");
  if (at == std::string_view::npos) return std::nullopt;
  const analysis::Figure* figure = analysis::find_figure(text.substr(0, at));
  if (figure == nullptr) return std::nullopt;
  for (const auto& [sign, relation] : kRelations) {
    if (!text.substr(at).starts_with(sign)) continue;
    const std::string_view number = text.substr(at + sign.size());
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != number.data() + number.size()) return std::nullopt;
    return Condition{*figure, relation, value};
  }
  return std::nullopt;
}

FileStats measure_file(const InputFile& file, const MeasureOptions& options, const Io& io) {
  FileStats result;
  LoadedCode loaded = load_code(file.path, options.input, io);
  result.messages = std::move(loaded.messages);
  result.error = std::move(loaded.error);
  if (!loaded.input) return result;
  const ConstantPool& pool = loaded.input->pool;
  result.version = loaded.input->version.to_string();
  analysis::Measurer measurer(*loaded.facts, pool);
  for (const CodeNode& node : analysis::code_tree(pool, loaded.input->root)) {
    analysis::CodeStatistics code = measurer.measure(node);
    if (!is_wanted(options.filter, file, code)) continue;
    result.totals.add_figures(code);
    result.pairs.insert(result.pairs.end(), code.pairs.begin(), code.pairs.end());
    if (!options.keep_rows) continue;
    StatsRow row{.file = file.path, .version = result.version, .name = code.name, .figures = code.figures, .opcodes = {}, .details = {}};
    if (options.with_details) row.details = details_of(*loaded.facts, pool, pool.code(node.id), code);
    if (options.keep_opcodes) row.opcodes = std::move(code.opcodes);
    result.rows.push_back(std::move(row));
  }
  analysis::merge_pairs(result.pairs);
  result.totals.files = 1;
  return result;
}

bool RowKeeper::is_before(const Kept& a, const Kept& b) const {
  if (key_) {
    const std::uint64_t first = a.row.figures[static_cast<std::size_t>(*key_)];
    const std::uint64_t second = b.row.figures[static_cast<std::size_t>(*key_)];
    if (first != second) return ascending_ ? first < second : first > second;
  } else {
    const std::string& first = a.row.name.empty() ? a.row.file : a.row.name;
    const std::string& second = b.row.name.empty() ? b.row.file : b.row.name;
    if (first != second) return ascending_ ? first < second : first > second;
  }
  return a.order < b.order;
}

void RowKeeper::add(StatsRow row) {
  rows_.push_back({std::move(row), next_order_++});
  if (top_ == 0 || rows_.size() < 2 * top_ + 1024) return;
  std::nth_element(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(top_), rows_.end(),
                   [&](const Kept& a, const Kept& b) { return is_before(a, b); });
  rows_.resize(top_);
}

std::vector<StatsRow> RowKeeper::take() {
  std::sort(rows_.begin(), rows_.end(), [&](const Kept& a, const Kept& b) { return is_before(a, b); });
  if (top_ != 0 && rows_.size() > top_) rows_.resize(top_);
  std::vector<StatsRow> result;
  result.reserve(rows_.size());
  for (Kept& kept : rows_) result.push_back(std::move(kept.row));
  rows_.clear();
  return result;
}

}  // namespace ouro::cli
