// A difference as text and as JSON.
#pragma once

#include <string>

#include "analysis/code_diff.h"
#include "source_lines.h"
#include "support/json_writer.h"

namespace ouro::cli {

/// One side of a comparison.
struct DiffSideText {
  std::string label;    ///< the file as given
  std::string version;  ///< "3.13"
  SideSource source;
};

struct DiffStyle {
  bool color = false;
  bool summary_only = false;
  std::size_t width = 100;
};

void print_file_diff(std::string& out, const analysis::FileDiff& diff, const DiffSideText& a, const DiffSideText& b, const DiffStyle& style);
/// The last lines: figures of both sides.
void print_diff_summary(std::string& out, const analysis::FileDiff& totals);

/// Members of an open object: "summary" and "code" (what differs, or everything).
void write_json_diff(support::JsonWriter& json, const analysis::FileDiff& diff);
void write_json_summary(support::JsonWriter& json, const analysis::FileDiff& totals);

}  // namespace ouro::cli
