#include "info_report.h"

#include <algorithm>

#include "bytecode/line_table.h"
#include "marshal/cache_path.h"
#include "support/file.h"

namespace ouro::cli {
namespace {

std::string_view text_of(const ConstantPool& pool, ConstId id) { return id == kNoConst ? "" : pool.text(id); }

/// Lists the code objects of one value.
class CodeCollector {
 public:
  CodeCollector(const ConstantPool& pool, const version::Facts* facts) : pool_(pool), facts_(facts), seen_(pool.size()) {}

  /// Every code object once, where it is met first, and every tuple of constants once: shared ones would make the
  /// tree grow without end.
  std::vector<CodeSummary> collect(ConstId root) {
    std::vector<CodeSummary> list;
    stack_.push_back({root, 0});
    while (!stack_.empty()) {
      const Pending next = stack_.back();
      stack_.pop_back();
      if (!first_time(next.id)) continue;
      list.push_back(summarise(next.id, next.depth));
      const ConstId constants = pool_.code(next.id).consts;
      if (first_time(constants)) push_code(pool_.items(constants), next.depth + 1);
    }
    return list;
  }

 private:
  struct Pending {
    ConstId id;
    std::uint32_t depth;
  };

  bool first_time(ConstId id) {
    if (seen_[id.value]) return false;
    seen_[id.value] = true;
    return true;
  }

  void push_code(std::span<const ConstId> constants, std::uint32_t depth) {
    for (auto item = constants.rbegin(); item != constants.rend(); ++item) {
      if (pool_.kind(*item) == ConstKind::Code) stack_.push_back({*item, depth});
    }
  }

  CodeSummary summarise(ConstId id, std::uint32_t depth) {
    const CodeObject& object = pool_.code(id);
    return {.depth = depth,
            .name = std::string(text_of(pool_, object.qualname != kNoConst ? object.qualname : object.name)),
            .first_line = object.firstlineno,
            .last_line = last_line(object),
            .argcount = object.argcount,
            .posonlyargcount = object.posonlyargcount,
            .kwonlyargcount = object.kwonlyargcount,
            .stacksize = object.stacksize,
            .flags = object.flags,
            .code_size = pool_.text(object.code).size(),
            .constants = pool_.items(object.consts).size()};
  }

  std::int32_t last_line(const CodeObject& object) {
    std::int32_t last = object.firstlineno;
    if (facts_ == nullptr || object.linetable == kNoConst) return last;
    const std::string_view table = pool_.text(object.linetable);
    if (table.size() > line_table_bytes_left_) return last;
    line_table_bytes_left_ -= table.size();
    ranges_.clear();
    bytecode::append_line_ranges(*facts_, table, object.firstlineno, pool_.text(object.code).size(), ranges_);
    for (const bytecode::LineRange& range : ranges_) last = std::max(last, range.line);
    return last;
  }

  const ConstantPool& pool_;
  const version::Facts* facts_;
  std::vector<bool> seen_;
  std::vector<Pending> stack_;
  std::vector<bytecode::LineRange> ranges_;
  /// Many code objects can share one long table: only a file made for it comes near this.
  std::size_t line_table_bytes_left_ = std::size_t{256} << 20U;
};

/// Where the source of a cache is: by its __pycache__ name, or beside it.
std::string find_source(const std::string& path, const Io& io) {
  if (const auto name = marshal::source_from_cache(path, io.env("PYTHONPYCACHEPREFIX"))) return name->source;
  if (path.ends_with(".pyc") || path.ends_with(".pyo")) return path.substr(0, path.size() - 1);
  return {};
}

void judge_freshness(InfoReport& report) {
  if (report.source.empty()) return;
  const bool by_time = report.header.invalidation() == marshal::Invalidation::Timestamp;
  const auto status = support::file_status(report.source);
  if (!status || !status->is_regular) {
    report.state = CacheState::Orphaned;
    return;
  }
  if (by_time) {
    report.freshness = marshal::compare_time(report.header, status->mtime, status->size);
  } else {
    const auto source = support::read_file(report.source);
    if (!source || report.facts == nullptr) return;
    report.freshness = marshal::compare_hash(report.header, *source, *report.facts);
  }
  report.state = report.freshness == marshal::Freshness::Fresh ? CacheState::Fresh : CacheState::Stale;
  if (report.header.invalidation() == marshal::Invalidation::UncheckedHash) report.state = CacheState::Unchecked;
}

}  // namespace

Result<InfoReport> make_info_report(const std::string& path, ByteView bytes, const Io& io) {
  InfoReport report;
  OURO_TRY(report.header, marshal::read_header(bytes));
  report.file = path;
  report.size = bytes.size();
  report.magic = version::find_magic(static_cast<std::uint16_t>(report.header.magic & 0xFFFFU));
  report.facts = version::find_facts(report.header.version);
  if (path != "-") report.source = find_source(path, io);
  judge_freshness(report);
  const auto pyc = marshal::read_pyc(bytes);
  if (!pyc) {
    report.problem = pyc.error();
    return report;
  }
  const ConstantPool& pool = pyc->value.pool;
  report.filename = text_of(pool, pool.code(pyc->value.root).filename);
  report.trailing_size = pyc->trailing_size;
  report.code = CodeCollector(pool, report.facts).collect(pyc->value.root);
  return report;
}

std::string flag_names(std::uint32_t flags, const version::Facts* facts) {
  std::string text;
  for (std::uint32_t bit = 0; bit < 32; ++bit) {
    if ((flags >> bit & 1U) == 0) continue;
    if (!text.empty()) text.push_back('|');
    if (facts != nullptr && bit < facts->code_flag_names.size() && !facts->code_flag_names[bit].empty()) {
      text += facts->code_flag_names[bit];
    } else {
      char buffer[16];
      std::snprintf(buffer, sizeof buffer, "0x%x", 1U << bit);
      text += buffer;
    }
  }
  return text;
}

}  // namespace ouro::cli
