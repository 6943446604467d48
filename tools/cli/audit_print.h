// Audits as text, JSON and SARIF 2.1.0.
#pragma once

#include <string>

#include "audit_report.h"
#include "support/json_writer.h"

namespace ouro::cli {

void print_audit(std::string& out, const FileAudit& audit, analysis::Severity least, bool color);
void write_json_audit(support::JsonWriter& json, const FileAudit& audit, analysis::Severity least);

/// The run with its tool and rules, up to the open array of results.
void begin_sarif(support::JsonWriter& json, std::string_view version);
void write_sarif_results(support::JsonWriter& json, const FileAudit& audit, analysis::Severity least);
/// Closes everything.
void end_sarif(support::JsonWriter& json, bool successful);

}  // namespace ouro::cli
