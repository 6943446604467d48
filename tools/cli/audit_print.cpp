#include "audit_print.h"

#include <algorithm>

#include "text_table.h"

namespace ouro::cli {
namespace {

using analysis::AuditFinding;
using analysis::AuditRule;
using analysis::Severity;

std::string_view color_of(Severity severity) {
  switch (severity) {
    case Severity::High: return "\033[1;31m";
    case Severity::Medium: return "\033[31m";
    case Severity::Low: return "\033[33m";
    case Severity::Info: return "\033[2m";
  }
  return "";
}

std::string_view level_of(Severity severity) {
  return severity == Severity::High ? "error" : severity == Severity::Medium ? "warning" : "note";
}

std::string place_of(const AuditFinding& finding) {
  std::string place = finding.code.empty() ? "file" : finding.code;
  if (finding.line > 0) place += ", line " + std::to_string(finding.line);
  if (finding.offset) place += ", offset " + std::to_string(*finding.offset);
  return place;
}

std::string uri_of(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("-._~/").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      uri += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return uri;
}

void write_text(support::JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  json.object();
  json.field("text", text);
  json.end();
}

}  // namespace

void print_audit(std::string& out, const FileAudit& audit, Severity least, bool color) {
  out += audit.path + "  (Python " + audit.version + ")\n";
  std::vector<std::string> modules;
  for (const auto& import : audit.report.imports) modules.push_back(import.module);
  std::sort(modules.begin(), modules.end());
  modules.erase(std::unique(modules.begin(), modules.end()), modules.end());
  out += "  imports";
  for (std::size_t i = 0; i < modules.size(); ++i) out += (i == 0 ? " " : ", ") + shorten(modules[i], 80);
  out += modules.empty() ? " nothing\n" : "\n";
  if (!audit.source.empty()) out += "  compared with its source " + audit.source + "\n";
  for (const AuditFinding& finding : audit.report.findings) {
    if (finding.severity < least) continue;
    std::string word(to_string(finding.severity));
    word.resize(7, ' ');
    out += "  ";
    out += color ? std::string(color_of(finding.severity)) + word + "\033[0m" : word;
    std::string rule(info_of(finding.rule).id);
    rule.resize(std::max<std::size_t>(rule.size() + 1, 20), ' ');
    out += rule + shorten(place_of(finding), 100) + ": " + shorten(finding.message, 300) + "\n";
  }
}

void write_json_audit(support::JsonWriter& json, const FileAudit& audit, Severity least) {
  json.object();
  json.field("file", std::string_view(audit.path));
  if (audit.error) {
    json.key("error");
    json.object();
    json.field("code", audit.error->code);
    json.field("detail", std::string_view(audit.error->detail));
    if (audit.error->offset) json.field("offset", *audit.error->offset);
    json.end();
  }
  if (!audit.version.empty()) {
    json.field("version", std::string_view(audit.version));
    if (!audit.source.empty()) json.field("source", std::string_view(audit.source));
    json.key("imports");
    json.array();
    for (const auto& import : audit.report.imports) {
      json.object();
      json.field("module", std::string_view(import.module));
      json.field("code", std::string_view(import.code));
      if (import.line > 0) json.field("line", import.line);
      json.end();
    }
    json.end();
    json.key("findings");
    json.array();
    for (const AuditFinding& finding : audit.report.findings) {
      if (finding.severity < least) continue;
      json.object();
      json.field("rule", info_of(finding.rule).id);
      json.field("severity", to_string(finding.severity));
      json.field("code", std::string_view(finding.code));
      if (finding.line > 0) json.field("line", finding.line);
      if (finding.offset) json.field("offset", *finding.offset);
      json.field("message", std::string_view(finding.message));
      json.field("reason", info_of(finding.rule).reason);
      json.end();
    }
    json.end();
  }
  json.end();
}

void begin_sarif(support::JsonWriter& json, std::string_view version) {
  json.object();
  json.field("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
  json.field("version", "2.1.0");
  json.key("runs");
  json.array();
  json.object();
  json.key("tool");
  json.object();
  json.key("driver");
  json.object();
  json.field("name", "ouro audit");
  json.field("version", version);
  json.key("rules");
  json.array();
  for (std::size_t i = 0; i < analysis::kAuditRuleCount; ++i) {
    const auto& rule = analysis::info_of(static_cast<AuditRule>(i));
    json.object();
    json.field("id", rule.id);
    write_text(json, "shortDescription", rule.title);
    write_text(json, "fullDescription", rule.reason);
    json.key("defaultConfiguration");
    json.object();
    json.field("level", level_of(rule.severity));
    json.end();
    json.end();
  }
  json.end();
  json.end();
  json.end();
  json.key("results");
  json.array();
}

void write_sarif_results(support::JsonWriter& json, const FileAudit& audit, Severity least) {
  for (const AuditFinding& finding : audit.report.findings) {
    if (finding.severity < least) continue;
    json.object();
    json.field("ruleId", info_of(finding.rule).id);
    json.field("ruleIndex", static_cast<std::uint64_t>(finding.rule));
    json.field("level", level_of(finding.severity));
    write_text(json, "message", finding.message);
    json.key("locations");
    json.array();
    json.object();
    json.key("physicalLocation");
    json.object();
    json.key("artifactLocation");
    json.object();
    json.field("uri", std::string_view(uri_of(audit.path)));
    json.end();
    if (finding.line > 0) {
      json.key("region");
      json.object();
      json.field("startLine", finding.line);
      json.end();
    }
    json.end();
    if (!finding.code.empty()) {
      json.key("logicalLocations");
      json.array();
      json.object();
      json.field("fullyQualifiedName", std::string_view(finding.code));
      json.field("kind", finding.code == "<module>" ? "module" : "function");
      json.end();
      json.end();
    }
    json.end();
    json.end();
    json.key("properties");
    json.object();
    json.field("severity", to_string(finding.severity));
    if (finding.offset) json.field("codeOffset", *finding.offset);
    json.end();
    json.end();
  }
}

void end_sarif(support::JsonWriter& json, bool successful) {
  json.end();
  json.key("invocations");
  json.array();
  json.object();
  json.field("executionSuccessful", successful);
  json.end();
  json.end();
  json.end();
  json.end();
  json.end();
}

}  // namespace ouro::cli
