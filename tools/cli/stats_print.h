// The results of `ouro stats` as text, JSON and CSV.
#pragma once

#include <string>
#include <vector>

#include "analysis/statistics.h"
#include "stats_report.h"
#include "support/json_writer.h"

namespace ouro::cli {

enum class StatsBy : std::uint8_t { Code, File, Tree, Opcode, Family, Pair };

struct StatsTextStyle {
  bool bars = false;
  bool ascii = false;
  std::size_t width = 80;
  std::size_t top = 0;  ///< rows of the tables of opcodes and pairs; 0: all
};

void print_summary(std::string& out, const std::string& title, const analysis::Totals& totals);
void print_rows(std::string& out, const std::vector<StatsRow>& rows, StatsBy by, bool name_files);
void print_details(std::string& out, const StatsRow& row, const StatsTextStyle& style);
/// One of the tables of counts: Opcode, Family or Pair.
void print_counts(std::string& out, const analysis::Totals& totals, StatsBy by, const StatsTextStyle& style);

void write_json_row(support::JsonWriter& json, const StatsRow& row, StatsBy by);
/// The members "opcodes", "families", "pairs" of an open object.
void write_json_counts(support::JsonWriter& json, const analysis::Totals& totals, std::size_t top);
void write_json_figures(support::JsonWriter& json, const analysis::Figures& figures);

[[nodiscard]] std::string csv_head(StatsBy by);
[[nodiscard]] std::string csv_row(const StatsRow& row, StatsBy by);
void csv_counts(std::string& out, const analysis::Totals& totals, StatsBy by, std::size_t top);

}  // namespace ouro::cli
