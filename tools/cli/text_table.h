// Columns of text and bars for a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io.h"

namespace ouro::cli {

/// Rows of cells; the first column is flush left, the others flush right. Widths count UTF-8 characters.
class TextTable {
 public:
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// Appends all rows, each behind `indent` blanks.
  void print(std::string& out, std::size_t indent = 2) const;
  [[nodiscard]] bool empty() const { return rows_.empty(); }

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// A bar of `part` in `whole`, `width` columns when full: eighths of blocks, or '#' where `ascii`.
[[nodiscard]] std::string bar(std::uint64_t part, std::uint64_t whole, std::size_t width, bool ascii);

/// "12.3%".
[[nodiscard]] std::string percent(std::uint64_t part, std::uint64_t whole);

/// Whether the locale of the environment writes UTF-8.
[[nodiscard]] bool has_utf8_locale(const Io& io);

/// Columns of the terminal: COLUMNS, what the terminal says, or 80.
[[nodiscard]] std::size_t terminal_width(const Io& io);

/// Characters of UTF-8 text.
[[nodiscard]] std::size_t text_width(std::string_view text);

/// At most `width` characters, with a mark at the end where something was cut; control characters made visible.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t width);

/// A field of a CSV file, in quotes where RFC 4180 wants them.
[[nodiscard]] std::string csv_field(std::string_view text);

}  // namespace ouro::cli
