#include "diff_print.h"

#include <algorithm>

#include "text_table.h"

namespace ouro::cli {
namespace {

using analysis::CodeDiff;
using analysis::CodeStatus;
using analysis::DiffLine;
using analysis::LineKind;

constexpr std::string_view kRed = "\033[31m", kGreen = "\033[32m", kCyan = "\033[36m", kBold = "\033[1m", kDim = "\033[2m", kReset = "\033[0m";

class Printer {
 public:
  Printer(std::string& out, const DiffSideText& a, const DiffSideText& b, const DiffStyle& style) : out_(out), a_(a), b_(b), style_(style) {}

  void code(const CodeDiff& diff) {
    out_ += '\n';
    paint(kCyan, head_of(diff));
    if (style_.summary_only) return;
    for (const auto& change : diff.attributes) {
      paint(kRed, "-  " + change.name + " " + shorten(change.before.empty() ? "none" : change.before, style_.width));
      paint(kGreen, "+  " + change.name + " " + shorten(change.after.empty() ? "none" : change.after, style_.width));
    }
    for (const std::string& text : diff.constants_removed) paint(kRed, "-  constant " + shorten(text, style_.width));
    for (const std::string& text : diff.constants_added) paint(kGreen, "+  constant " + shorten(text, style_.width));
    bool first = true;
    for (const auto& hunk : diff.hunks) {
      if (!first) out_ += "   ...\n";
      first = false;
      hunk_lines(hunk);
    }
  }

 private:
  static std::string change(std::uint64_t before, std::uint64_t after) {
    return before == after ? std::to_string(after) : std::to_string(before) + " -> " + std::to_string(after);
  }

  static std::string head_of(const CodeDiff& diff) {
    std::string head = "@@ ";
    if (diff.status == CodeStatus::Added || diff.status == CodeStatus::Removed) {
      const bool added = diff.status == CodeStatus::Added;
      const auto& numbers = added ? diff.b : diff.a;
      head += (added ? diff.name_b + " @@ added" : diff.name_a + " @@ removed");
      head += ", line " + std::to_string(added ? diff.line_b : diff.line_a) + ": " + std::to_string(numbers.instructions) + " instructions, " +
              std::to_string(numbers.bytes) + " bytes";
      return head;
    }
    head += diff.name_a;
    if (diff.name_a != diff.name_b) head += " -> " + diff.name_b;
    head += " @@ ";
    if (diff.renamed) head += "renamed, ";
    if (diff.moved) head += "moved, ";
    head += "line " + (diff.line_a == diff.line_b ? std::to_string(diff.line_b) : std::to_string(diff.line_a) + " -> " + std::to_string(diff.line_b));
    if (diff.status == CodeStatus::Same) return head + ": the same code";
    head += ": " + change(diff.a.instructions, diff.b.instructions) + " instructions (-" + std::to_string(diff.removed) + " +" + std::to_string(diff.added);
    if (diff.retargeted != 0) head += " ~" + std::to_string(diff.retargeted);
    head += "), " + change(diff.a.bytes, diff.b.bytes) + " bytes, stack " + change(diff.a.stack, diff.b.stack) + ", constants " +
            change(diff.a.constants, diff.b.constants);
    return head;
  }

  void paint(std::string_view color, const std::string& line) {
    if (style_.color) out_ += color;
    out_ += line;
    if (style_.color) out_ += kReset;
    out_ += '\n';
  }

  void hunk_lines(const analysis::DiffHunk& hunk) {
    std::size_t opcode_width = 20;
    std::size_t operand_width = 12;
    for (const DiffLine& line : hunk.lines) {
      opcode_width = std::max(opcode_width, line.opcode.size());
      operand_width = std::max(operand_width, std::min<std::size_t>(text_width(line.operand), 32));
    }
    std::int32_t last_a = -2;
    std::int32_t last_b = -2;
    for (const DiffLine& line : hunk.lines) {
      const bool from_a = line.kind == LineKind::Removed;
      const std::int32_t number = from_a ? line.line_a : line.line_b;
      bool starts = number > 0 && number != (from_a ? last_a : last_b);
      if (line.kind != LineKind::Added) last_a = line.line_a;
      if (line.kind != LineKind::Removed) last_b = line.line_b;
      std::string text(1, line.kind == LineKind::Kept ? ' ' : from_a ? '-' : '+');
      const std::string number_text = starts ? std::to_string(number) : "";
      text.append(number_text.size() < 6 ? 6 - number_text.size() : 0, ' ');
      text += number_text + "  " + line.opcode;
      const std::string operand = shorten(line.operand, 48);
      const std::string_view source = starts ? (from_a ? a_ : b_).source.line(number) : std::string_view{};
      if (!operand.empty() || !source.empty()) {
        text.append(opcode_width - line.opcode.size() + 1, ' ');
        text += operand;
      }
      std::string beside;
      if (!source.empty()) {
        const std::size_t used = text_width(operand);
        beside = std::string(used < operand_width ? operand_width - used : 0, ' ') + "  | " + shorten(source, 72);
      }
      emit(line.kind, text, beside);
    }
  }

  void emit(LineKind kind, const std::string& text, const std::string& beside) {
    const std::string_view color = kind == LineKind::Removed ? kRed : kind == LineKind::Added ? kGreen : std::string_view{};
    if (style_.color) out_ += color;
    out_ += text;
    if (style_.color && !color.empty()) out_ += kReset;
    if (style_.color && !beside.empty()) out_ += kDim;
    out_ += beside;
    if (style_.color && !beside.empty()) out_ += kReset;
    out_ += '\n';
  }

  std::string& out_;
  const DiffSideText& a_;
  const DiffSideText& b_;
  const DiffStyle& style_;
};

struct StatusCounts {
  std::uint64_t same = 0, changed = 0, added = 0, removed = 0, renamed = 0, moved = 0;
};

StatusCounts count(const analysis::FileDiff& diff) {
  StatusCounts counts;
  for (const CodeDiff& code : diff.codes) {
    counts.same += code.differs() ? 0 : 1;
    counts.changed += code.status == CodeStatus::Changed ? 1 : 0;
    counts.added += code.status == CodeStatus::Added ? 1 : 0;
    counts.removed += code.status == CodeStatus::Removed ? 1 : 0;
    counts.renamed += code.renamed ? 1 : 0;
    counts.moved += code.moved ? 1 : 0;
  }
  return counts;
}

std::string_view word_of(CodeStatus status) {
  switch (status) {
    case CodeStatus::Same: return "same";
    case CodeStatus::Changed: return "changed";
    case CodeStatus::Removed: return "removed";
    case CodeStatus::Added: return "added";
  }
  return "";
}

void write_numbers(support::JsonWriter& json, std::string_view key, const analysis::CodeNumbers& numbers) {
  json.key(key);
  json.object();
  json.field("code_objects", numbers.code_objects);
  json.field("instructions", numbers.instructions);
  json.field("code_bytes", numbers.bytes);
  json.field("constants", numbers.constants);
  json.field("stack_depth", numbers.stack);
  json.end();
}

void write_strings(support::JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  json.key(key);
  json.array();
  for (const std::string& text : texts) json.string(text);
  json.end();
}

void write_line(support::JsonWriter& json, const DiffLine& line) {
  json.object();
  json.field("kind", line.kind == LineKind::Kept ? "kept" : line.kind == LineKind::Removed ? "removed" : "added");
  if (line.line_a > 0) json.field("line_a", line.line_a);
  if (line.line_b > 0) json.field("line_b", line.line_b);
  json.field("opcode", std::string_view(line.opcode));
  if (!line.operand.empty()) json.field("operand", std::string_view(line.operand));
  if (line.retargeted) json.field("retargeted", true);
  json.end();
}

void write_code(support::JsonWriter& json, const CodeDiff& code) {
  json.object();
  json.field("status", word_of(code.status));
  json.field("renamed", code.renamed);
  json.field("moved", code.moved);
  if (code.status != CodeStatus::Added) {
    json.field("name_a", std::string_view(code.name_a));
    json.field("line_a", code.line_a);
    write_numbers(json, "a", code.a);
  }
  if (code.status != CodeStatus::Removed) {
    json.field("name_b", std::string_view(code.name_b));
    json.field("line_b", code.line_b);
    write_numbers(json, "b", code.b);
  }
  json.field("removed", code.removed);
  json.field("added", code.added);
  json.field("retargeted", code.retargeted);
  json.key("attributes");
  json.array();
  for (const auto& change : code.attributes) {
    json.object();
    json.field("name", std::string_view(change.name));
    json.field("before", std::string_view(change.before));
    json.field("after", std::string_view(change.after));
    json.end();
  }
  json.end();
  write_strings(json, "constants_removed", code.constants_removed);
  write_strings(json, "constants_added", code.constants_added);
  json.key("hunks");
  json.array();
  for (const auto& hunk : code.hunks) {
    json.object();
    json.field("begin_a", hunk.begin_a);
    json.field("begin_b", hunk.begin_b);
    json.key("lines");
    json.array();
    for (const DiffLine& line : hunk.lines) write_line(json, line);
    json.end();
    json.end();
  }
  json.end();
  json.end();
}

}  // namespace

void print_file_diff(std::string& out, const analysis::FileDiff& diff, const DiffSideText& a, const DiffSideText& b, const DiffStyle& style) {
  const auto head = [&](std::string_view sign, const DiffSideText& side) {
    if (style.color) out += kBold;
    out += std::string(sign) + " " + side.label + "  (Python " + side.version + ")";
    if (style.color) out += kReset;
    out += '\n';
  };
  head("---", a);
  head("+++", b);
  Printer printer(out, a, b, style);
  for (const CodeDiff& code : diff.codes) {
    if (code.differs()) printer.code(code);
  }
}

void print_diff_summary(std::string& out, const analysis::FileDiff& totals) {
  const StatusCounts counts = count(totals);
  out += "\nCode objects  " + std::to_string(counts.same) + " same, " + std::to_string(counts.changed) + " changed, " + std::to_string(counts.added) +
         " added, " + std::to_string(counts.removed) + " removed, " + std::to_string(counts.renamed) + " renamed, " + std::to_string(counts.moved) + " moved\n";
  const auto line = [&](std::string_view title, std::uint64_t a, std::uint64_t b, const std::string& more) {
    out += std::string(title) + std::to_string(a) + " -> " + std::to_string(b);
    if (a != 0 && a != b) {
      const bool grew = b > a;
      out += std::string(" (") + (grew ? "+" : "-") + percent(grew ? b - a : a - b, a) + ")";
    }
    out += more + "\n";
  };
  line("Instructions  ", totals.a.instructions, totals.b.instructions,
       ", -" + std::to_string(totals.removed) + " +" + std::to_string(totals.added) + (totals.retargeted != 0 ? " ~" + std::to_string(totals.retargeted) : ""));
  line("Bytes         ", totals.a.bytes, totals.b.bytes, "");
  line("Constants     ", totals.a.constants, totals.b.constants, "");
  line("Stack         ", totals.a.stack, totals.b.stack, "");
}

void write_json_summary(support::JsonWriter& json, const analysis::FileDiff& totals) {
  const StatusCounts counts = count(totals);
  json.key("summary");
  json.object();
  json.field("same", counts.same);
  json.field("changed", counts.changed);
  json.field("added", counts.added);
  json.field("removed", counts.removed);
  json.field("renamed", counts.renamed);
  json.field("moved", counts.moved);
  json.field("instructions_removed", totals.removed);
  json.field("instructions_added", totals.added);
  json.field("jumps_retargeted", totals.retargeted);
  write_numbers(json, "a", totals.a);
  write_numbers(json, "b", totals.b);
  json.end();
}

void write_json_diff(support::JsonWriter& json, const analysis::FileDiff& diff) {
  write_json_summary(json, diff);
  json.key("code");
  json.array();
  for (const CodeDiff& code : diff.codes) {
    if (code.differs()) write_code(json, code);
  }
  json.end();
}

}  // namespace ouro::cli
