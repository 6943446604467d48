// --trace, --profile and --coverage.
#include <algorithm>
#include <map>
#include <set>

#include "bytecode/instruction.h"
#include "bytecode/line_table.h"
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/interpreter/tracing.h"
#include "vm/interpreter/tracing_state.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr std::size_t kMostShown = 24;   ///< characters of a value
constexpr std::size_t kMostEntries = 8;  ///< of a stack
constexpr std::size_t kTopRows = 20;

const Facts& facts_313() {
  static const Facts* const facts = version::find_facts(PythonVersion{3, 13});
  return *facts;
}

/// The instruction's row and operand in co_code.
const OpcodeInfo& instruction_at(const CodeObject* code, std::int32_t offset, std::uint32_t& oparg) {
  const std::string_view text = code->code->view();
  const auto at = static_cast<std::size_t>(offset);
  oparg = static_cast<std::uint8_t>(text[at + 1]);
  unsigned shift = 8;
  for (std::size_t before = at; before >= 2 && shift < 32 && static_cast<std::uint8_t>(text[before - 2]) == facts_313().extended_arg;
       before -= 2, shift += 8)
    oparg |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(text[before - 1])) << shift;
  return version::opcode_info(facts_313(), static_cast<std::uint8_t>(text[at]));
}

/// A value in a few characters, without running any of the program's code.
std::string shown(Vm& vm, Value value) {
  if (value.is_null()) return "NULL";
  if (value.is_none()) return "None";
  if (value.is_bool()) return value.is_true() ? "True" : "False";
  TypeObject* type = type_of(vm, value);
  if (value.is_small()) return std::to_string(value.small_value());
  if (type == vm.types.float_) return float_text(value.as<FloatObject>()->value);
  if (type == vm.types.str) {
    std::string text = to_utf8(value.as<StrObject>());
    if (text.size() > kMostShown) text = text.substr(0, kMostShown) + "...";
    std::replace(text.begin(), text.end(), '\n', ' ');
    return "'" + text + "'";
  }
  if (is_type(value)) return "<class " + std::string(value.as<TypeObject>()->display_name()) + ">";
  return "<" + std::string(type->display_name()) + ">";
}

void write_error(Vm& vm, std::string_view text) {
  while (!text.empty()) {
    std::size_t done = 0;
    if (vm.host.write(2, text.data(), text.size(), done) != 0 || done == 0) return;
    text.remove_prefix(done);
  }
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  char text[32];
  std::snprintf(text, sizeof text, "%6.2f %%", whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  return text;
}
std::string padded(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

struct LineCounts {
  std::map<std::int32_t, std::uint64_t> ran;  ///< line: how often its most frequent instruction ran
  std::set<std::int32_t> all;
};

/// Lines of a code object and of all code objects in its constants.
void add_lines(Vm& vm, const TracingState& state, CodeObject* code, LineCounts& out, bool with_nested) {
  std::vector<bytecode::LineRange> ranges;
  bytecode::append_line_ranges(facts_313(), code->line_table->view(), code->firstlineno, code->code->length, ranges);
  for (const bytecode::LineRange& range : ranges)
    if (range.line > 0) out.all.insert(range.line);
  if (const auto found = state.codes.find(code); found != state.codes.end()) {
    const ExecutableCode* executable = code->executable;
    for (std::size_t i = 0; i < found->second.counts.size(); ++i) {
      const std::uint64_t count = found->second.counts[i];
      if (count == 0) continue;
      const std::int32_t line = line_of(code, static_cast<std::int32_t>(executable->offsets[i]));
      if (line > 0) out.ran[line] = std::max(out.ran[line], count);
    }
  }
  if (!with_nested) return;
  for (Value constant : code->consts->view())
    if (constant.is_object() && constant.object()->type == vm.types.code) add_lines(vm, state, constant.as<CodeObject>(), out, true);
}

std::map<std::string, LineCounts> lines_by_file(Vm& vm, bool with_nested) {
  const TracingState& state = tracing_state(vm);
  std::map<std::string, LineCounts> files;
  for (const auto& [code, counts] : state.codes) add_lines(vm, state, code, files[to_utf8(code->filename)], with_nested);
  return files;
}

/// "3-5, 9"
std::string ranges_of(const std::vector<std::int32_t>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size();) {
    std::size_t last = i;
    while (last + 1 < lines.size() && lines[last + 1] == lines[last] + 1) ++last;
    text += (text.empty() ? "" : ", ") + std::to_string(lines[i]);
    if (last != i) text += "-" + std::to_string(lines[last]);
    i = last + 1;
  }
  return text;
}

std::string profile_report(Vm& vm) {
  const TracingState& state = tracing_state(vm);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - state.start).count();
  char head[128];
  std::snprintf(head, sizeof head, "%llu instructions in %.3f s\n", static_cast<unsigned long long>(state.instructions), seconds);
  std::string out = std::string("\n--- profile: ") + head + "\n       count     share  opcode\n";
  std::vector<std::pair<std::uint64_t, std::uint16_t>> opcodes;
  for (std::uint16_t i = 0; i < 256; ++i)
    if (state.opcodes[i] != 0) opcodes.emplace_back(state.opcodes[i], i);
  std::sort(opcodes.rbegin(), opcodes.rend());
  for (std::size_t i = 0; i < opcodes.size() && i < kTopRows; ++i) {
    out += padded(std::to_string(opcodes[i].first), 12) + "  " + percent(opcodes[i].first, state.instructions) + "  " +
           std::string(version::opcode_info(facts_313(), opcodes[i].second).name()) + "\n";
  }
  struct Row {
    std::uint64_t count;
    std::string place;
  };
  std::vector<Row> rows;
  for (const auto& [file, lines] : lines_by_file(vm, false))
    for (const auto& [line, count] : lines.ran) rows.push_back({count, file + ":" + std::to_string(line)});
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.count > b.count; });
  out += "\n       times  line\n";
  for (std::size_t i = 0; i < rows.size() && i < kTopRows; ++i) out += padded(std::to_string(rows[i].count), 12) + "  " + rows[i].place + "\n";
  return out;
}

std::string coverage_report(Vm& vm) {
  std::string out = "\n--- coverage\n   lines  missed   cover  file: lines that did not run\n";
  for (const auto& [file, lines] : lines_by_file(vm, true)) {
    if (!vm.options.library_path.empty() && file.starts_with(vm.options.library_path)) continue;
    std::vector<std::int32_t> missed;
    for (const std::int32_t line : lines.all)
      if (!lines.ran.contains(line)) missed.push_back(line);
    out += padded(std::to_string(lines.all.size()), 8) + padded(std::to_string(missed.size()), 8) + " " +
           percent(lines.all.size() - missed.size(), lines.all.size()) + " " + file + (missed.empty() ? "" : ": " + ranges_of(missed)) + "\n";
  }
  return out;
}

}  // namespace

void log_instruction(Vm& vm, Frame* frame, Value* stack_top) {
  const std::int32_t offset = frame_offset(frame);
  if (offset < 0) return;
  std::uint32_t oparg = 0;
  const OpcodeInfo& info = instruction_at(frame->code, offset, oparg);
  std::string line = to_utf8(frame->code->filename) + ":" + std::to_string(frame_line(frame)) + " " + to_utf8(frame->code->qualname) +
                     " " + std::to_string(offset) + " " + std::string(info.name());
  if (info.has_arg()) line += " " + std::to_string(oparg);
  line += "  [";
  const Value* bottom = frame->stack_base();
  const auto depth = static_cast<std::size_t>(stack_top - bottom);
  if (depth > kMostEntries) line += "... ";
  for (std::size_t i = depth > kMostEntries ? depth - kMostEntries : 0; i < depth; ++i) {
    if (i != 0 && line.back() != ' ') line += ", ";
    line += shown(vm, bottom[i]);
  }
  write_error(vm, line + "]\n");
}

void count_instruction(Vm& vm, Frame* frame) {
  TracingState& state = tracing_state(vm);
  ++state.instructions;
  const ExecutableCode* executable = frame->code->executable;
  CodeCounts& counts = state.codes[frame->code];
  if (counts.counts.empty()) {
    counts.code = Own<CodeObject>::share(frame->code);
    counts.counts.resize(executable->instructions.size());
  }
  const auto index = static_cast<std::size_t>(frame->ip - executable->instructions.data());
  ++counts.counts[index];
  ++state.opcodes[static_cast<std::uint8_t>(frame->code->code->view()[executable->offsets[index]])];
}

std::string tracing_report(Vm& vm) {
  std::string out;
  if (vm.options.profile) out += profile_report(vm);
  if (vm.options.coverage) out += coverage_report(vm);
  return out;
}

}  // namespace ouro::vm
