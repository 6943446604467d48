// Parsing of a command's arguments from its definition. The only file that knows CLI11 is arguments.cpp.
#pragma once

#include <span>
#include <string>

#include "command.h"

namespace ouro::cli {

struct ParseOutcome {
  std::optional<Arguments> arguments;
  std::string problem;  ///< why there are none: one sentence for standard error
};

[[nodiscard]] ParseOutcome parse_arguments(const Command& command, std::span<const std::string> words);

/// The candidate nearest to `word`, or empty when none is near enough to be meant.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// "-o,--output" → {"-o", "--output"}; "auto|always" with '|' likewise.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace ouro::cli
