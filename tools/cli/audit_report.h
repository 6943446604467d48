// One file's audit: the code's (analysis/audit.h), and what header, file name and source say to it.
#pragma once

#include <string>

#include "analysis/audit.h"
#include "analysis_input.h"

namespace ouro::cli {

struct FileAudit {
  std::string path;
  std::string version;
  std::string source;  ///< the source that the code was compared with; empty: none
  analysis::AuditReport report;
  std::string messages;
  std::optional<Error> error;
};

[[nodiscard]] FileAudit audit_file(const std::string& path, const DisInputOptions& options, const Io& io);

}  // namespace ouro::cli
