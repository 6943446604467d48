#include "arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace ouro::cli {
namespace {

CLI::Option* add_option(CLI::App& app, const Option& option) {
  if (option.value.empty()) return app.add_flag(std::string(option.names));
  CLI::Option* added = app.add_option(std::string(option.names));
  added->expected(1)->allow_extra_args(false);
  added->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  return added;
}

/// The allowed words of "auto|always|never"; empty when any value will do.
std::vector<std::string_view> choices_of(const Option& option) {
  if (option.value.find('|') == std::string_view::npos) return {};
  return split(option.value, '|');
}

std::string check_positionals(const Command& command, const std::vector<std::string>& words) {
  std::size_t least = 0;
  std::size_t most = 0;
  for (const Positional& positional : command.positionals) {
    if (positional.arity == Arity::One || positional.arity == Arity::AtLeastOne) {
      if (words.size() <= least) return "needs " + std::string(positional.name);
      ++least;
    }
    const bool many = positional.arity == Arity::Any || positional.arity == Arity::AtLeastOne;
    most = many ? words.size() + 1 : most + 1;
  }
  if (words.size() > most) return "has no use for '" + words[most] + "'";
  return {};
}

std::string unknown_option(const Command& command, const std::string& word) {
  std::vector<std::string_view> names;
  for (const auto options : {command.options, common_options()}) {
    for (const Option& option : options) {
      for (const std::string_view name : split(option.names, ',')) names.push_back(name);
    }
  }
  std::string problem = "has no option '" + word + "'";
  const std::string_view guess = nearest(word, names);
  if (!guess.empty()) problem += " (did you mean " + std::string(guess) + "?)";
  return problem;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  }
  return parts;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = word.size() / 3 + 2;
  for (const std::string_view candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);  // Levenshtein distance, one row at a time
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = row[0]++;
      for (std::size_t j = 1; j < row.size(); ++j) {
        const std::size_t changed = diagonal + (word[i] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

ParseOutcome parse_arguments(const Command& command, std::span<const std::string> words) {
  if (command.raw) return {Arguments({}, {words.begin(), words.end()}), {}};
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  std::vector<const Option*> definitions;
  std::vector<CLI::Option*> options;
  for (const auto list : {command.options, common_options()}) {
    for (const Option& option : list) {
      definitions.push_back(&option);
      options.push_back(add_option(app, option));
    }
  }
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::ParseError& error) {
    return {std::nullopt, error.what()};
  }
  std::vector<std::string> positionals;
  std::vector<std::string> rest = app.remaining();
  bool options_end = false;
  for (std::string& word : rest) {
    if (word == "--" && !options_end) {
      options_end = true;
    } else if (!options_end && word.size() > 1 && word[0] == '-') {
      return {std::nullopt, unknown_option(command, word)};
    } else {
      positionals.push_back(std::move(word));
    }
  }

  std::vector<Arguments::Entry> entries;
  bool help = false;
  for (std::size_t i = 0; i < options.size(); ++i) {
    Arguments::Entry entry{definitions[i], options[i]->results()};
    if (entry.option->value.empty()) entry.values.assign(options[i]->count(), "");
    const std::vector<std::string_view> choices = choices_of(*entry.option);
    for (const std::string& value : entry.values) {
      if (choices.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) continue;
      return {std::nullopt, std::string(entry.option->names) + " is one of " + std::string(entry.option->value) +
                                ", not '" + value + "'"};
    }
    help = help || (entry.option->names.find("--help") != std::string_view::npos && !entry.values.empty());
    entries.push_back(std::move(entry));
  }
  std::string problem = help ? std::string{} : check_positionals(command, positionals);
  if (!problem.empty()) return {std::nullopt, std::move(problem)};
  return {Arguments(std::move(entries), std::move(positionals)), {}};
}

}  // namespace ouro::cli
