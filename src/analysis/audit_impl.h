// What the parts of the audit share. Private to the module.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/audit.h"
#include "bytecode/code_view.h"
#include "bytecode/control_flow.h"
#include "bytecode/line_table.h"

namespace ouro::analysis::audit {

/// One code object while it is looked at.
struct CodeUnderAudit {
  const CodeSide* side = nullptr;
  const CodeNode* node = nullptr;
  const CodeObject* object = nullptr;
  bytecode::CodeView view;
  bytecode::ControlFlow flow;
  std::vector<bytecode::LineRange> lines;
  std::string place;  ///< for findings

  [[nodiscard]] std::int32_t line_at(std::uint32_t offset) const;
};

class Sink {
 public:
  Sink(AuditReport& report, const AuditOptions& options) : report_(report), options_(options) {}
  void add(AuditRule rule, const CodeUnderAudit& code, std::optional<std::uint32_t> offset, std::string message,
           std::optional<Severity> severity = {});
  void add_import(const CodeUnderAudit& code, std::uint32_t offset, std::string module);
  [[nodiscard]] const AuditOptions& options() const { return options_; }
  [[nodiscard]] AuditReport& report() { return report_; }
  std::size_t opened = 0;

 private:
  AuditReport& report_;
  const AuditOptions& options_;
};

/// What names stand for in one code object: "np" for "numpy". An empty text: something else was stored there.
using Aliases = std::map<std::string, std::string, std::less<>>;

/// Where names are looked up. Of the module's own code all three are the same.
struct Scopes {
  Aliases* module;
  const Aliases* parent;
  Aliases* own;
};

/// Follows values through a code object far enough to say which functions it calls.
void find_calls(const CodeUnderAudit& code, const Scopes& scopes, Sink& sink);

/// Code, tables and names that no compiler writes.
void check_structure(const CodeUnderAudit& code, Sink& sink);

/// Constants that hold something.
void check_constants(const CodeUnderAudit& code, std::uint32_t depth, Sink& sink);

/// All code objects below a root.
void audit_tree(const CodeSide& side, const std::string& prefix, std::uint32_t depth, Sink& sink);

}  // namespace ouro::analysis::audit
