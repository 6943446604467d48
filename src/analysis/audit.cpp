#include "analysis/audit.h"

#include <algorithm>
#include <iterator>

#include "analysis/audit_impl.h"

namespace ouro::analysis {
namespace {

constexpr AuditRuleInfo kRules[] = {
    {"call.process", Severity::Medium, "Starts a process", "Another program can do anything that its user may."},
    {"call.network", Severity::Low, "Opens a connection", "Data can leave or come in."},
    {"call.execute", Severity::Low, "Runs code made while running", "What runs does not stand in this file."},
    {"call.decode", Severity::Info, "Decodes or unpacks data", "What comes out can't be read here; pickle and marshal can run code."},
    {"call.native", Severity::Low, "Calls native code", "Native code is bound by none of Python's rules."},
    {"execute.decoded", Severity::High, "Runs code that it decodes first", "The common shape of hidden code."},
    {"constant.code", Severity::Medium, "A constant is a marshalled code object", "Code that does not show in a listing; it is audited below."},
    {"constant.compressed", Severity::Low, "A constant is compressed data", "Its content does not show in a listing; it is opened and audited below."},
    {"constant.encoded", Severity::Info, "A constant is a long encoded string", "Its content does not show in a listing."},
    {"code.damaged", Severity::High, "Instructions or tables that no compiler writes", "Interpreters trust bytecode: this can crash them, or hide what runs."},
    {"code.unreachable", Severity::Low, "Code that nothing reaches", "It may be there to mislead readers and tools."},
    {"code.stack", Severity::High, "The stack grows past co_stacksize", "The interpreter would write outside of its frame."},
    {"lines.misfit", Severity::Medium, "Line table and code do not fit", "Tracebacks and debuggers will show other lines than those that run."},
    {"names.misfit", Severity::Medium, "Names that no compiler writes", "They mislead readers and tools."},
    {"names.unused", Severity::Info, "Names that no instruction uses", "Left over where the compiler dropped code, or put in by hand."},
    {"header.stale", Severity::Low, "The header does not fit the source", "An import would not use this cache."},
    {"header.unchecked", Severity::Info, "The cache is used without looking at the source", "The source may say something else."},
    {"header.trailing", Severity::Medium, "Bytes after the code object", "Imports ignore them, so anything can be hidden there."},
    {"header.flags", Severity::Medium, "Flags that no version defines", "Imports refuse such a file."},
    {"source.mismatch", Severity::High, "The code is not what its source compiles to", "The source that people read is not what runs."},
    {"filename.mismatch", Severity::Low, "The code names another source file", "Tracebacks will show lines of another file."},
    {"audit.limit", Severity::Low, "Something was not looked at", "A limit of this audit was reached."},
};
static_assert(std::size(kRules) == kAuditRuleCount);

// A file of which parts name different sources was put together from several.
void check_filenames(const CodeSide& side, const std::vector<CodeNode>& nodes, const std::string& prefix, audit::Sink& sink) {
  const std::string_view expected = text_or_empty(*side.pool, side.pool->code(nodes.front().id).filename);
  for (const CodeNode& node : nodes) {
    const CodeObject& object = side.pool->code(node.id);
    const std::string_view name = text_or_empty(*side.pool, object.filename);
    if (name == expected) continue;
    audit::CodeUnderAudit code;
    code.place = prefix + node.qualified_name;
    code.object = &object;
    sink.add(AuditRule::FilenameMismatch, code, {}, "co_filename is '" + std::string(name.substr(0, 200)) + "', of the module '" + std::string(expected.substr(0, 200)) + "'", Severity::Medium);
  }
}

}  // namespace

std::string_view to_string(Severity severity) {
  constexpr std::string_view kNames[] = {"info", "low", "medium", "high"};
  return kNames[static_cast<std::size_t>(severity)];
}

const AuditRuleInfo& info_of(AuditRule rule) { return kRules[static_cast<std::size_t>(rule)]; }

namespace audit {

std::int32_t CodeUnderAudit::line_at(std::uint32_t offset) const {
  const auto after = std::upper_bound(lines.begin(), lines.end(), offset, [](std::uint32_t o, const bytecode::LineRange& r) { return o < r.start; });
  if (after == lines.begin()) return -1;
  const bytecode::LineRange& range = *std::prev(after);
  return offset < range.end ? range.line : -1;
}

void Sink::add(AuditRule rule, const CodeUnderAudit& code, std::optional<std::uint32_t> offset, std::string message, std::optional<Severity> severity) {
  if (report_.findings.size() > options_.max_findings) return;
  if (report_.findings.size() == options_.max_findings) {
    report_.findings.push_back({AuditRule::TooDeep, info_of(AuditRule::TooDeep).severity, code.place, -1, {}, "more findings than are listed"});
    return;
  }
  const std::int32_t line = offset ? code.line_at(*offset) : code.object != nullptr ? code.object->firstlineno : -1;
  report_.findings.push_back({rule, severity.value_or(info_of(rule).severity), code.place, line, offset, std::move(message)});
}

void Sink::add_import(const CodeUnderAudit& code, std::uint32_t offset, std::string module) {
  if (report_.imports.size() >= options_.max_findings) return;
  const bool known = std::any_of(report_.imports.rbegin(), report_.imports.rend(), [&](const AuditImport& i) { return i.module == module && i.code == code.place; });
  if (!known) report_.imports.push_back({std::move(module), code.place, code.line_at(offset)});
}

void audit_tree(const CodeSide& side, const std::string& prefix, std::uint32_t depth, Sink& sink) {
  const std::vector<CodeNode> nodes = code_tree(*side.pool, side.root);
  check_filenames(side, nodes, prefix, sink);
  std::vector<Aliases> scopes(nodes.size());
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    CodeUnderAudit code;
    code.side = &side;
    code.node = &nodes[n];
    code.object = &side.pool->code(nodes[n].id);
    code.view = bytecode::view_of(*side.pool, *code.object);
    code.flow = bytecode::control_flow_of(*side.facts, code.view);
    bytecode::append_line_ranges(*side.facts, code.view.line_table, code.object->firstlineno, code.view.code.size(), code.lines);
    code.place = prefix + nodes[n].qualified_name;
    const std::uint32_t parent = nodes[n].parent;
    find_calls(code, {&scopes[0], &scopes[parent == kNoParent ? n : parent], &scopes[n]}, sink);
    check_structure(code, sink);
    check_constants(code, depth, sink);
  }
}

}  // namespace audit

AuditReport audit_code(const CodeSide& side, const AuditOptions& options) {
  AuditReport report;
  audit::Sink sink(report, options);
  audit::audit_tree(side, "", 0, sink);
  return report;
}

}  // namespace ouro::analysis
