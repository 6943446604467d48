#include "help.h"

#include <algorithm>

#include "arguments.h"

namespace ouro::cli {
namespace {

constexpr std::size_t kWidth = 88;

/// `text` in lines of at most kWidth columns, each after `indent` spaces; the first starts at column `column`.
void append_wrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t column) {
  const std::string margin(indent, ' ');
  if (column < indent) {
    out.append(indent - column, ' ');
    column = indent;
  } else if (column > indent) {
    out += "\n" + margin;
    column = indent;
  }
  while (!text.empty()) {
    const std::size_t space = text.find_first_of(" \n");
    const std::string_view word = text.substr(0, space);
    if (column > indent && column + 1 + word.size() > kWidth) {
      out += "\n" + margin;
      column = indent;
    } else if (column > indent) {
      out.push_back(' ');
      ++column;
    }
    out += word;
    column += word.size();
    if (space == std::string_view::npos) break;
    if (text[space] == '\n') {
      out += "\n" + margin;
      column = indent;
    }
    text.remove_prefix(space + 1);
  }
  out.push_back('\n');
}

std::string spelling(const Option& option) {
  std::string text;
  for (const std::string_view name : split(option.names, ',')) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  if (!option.value.empty()) text += " " + std::string(option.value);
  return text;
}

std::string usage_line(const Command& command) {
  std::string text = "ouro " + std::string(command.name);
  if (!command.options.empty()) text += " [OPTIONS]";
  for (const Positional& positional : command.positionals) {
    const std::string name(positional.name);
    switch (positional.arity) {
      case Arity::One: text += " " + name; break;
      case Arity::Optional: text += " [" + name + "]"; break;
      case Arity::Any: text += " [" + name + "...]"; break;
      case Arity::AtLeastOne: text += " " + name + "..."; break;
    }
  }
  return text;
}

std::string help_of(const Option& option) {
  std::string text(option.help);
  if (!option.fallback.empty()) text += " [default: " + std::string(option.fallback) + "]";
  return text;
}

void append_entry(std::string& out, std::string_view left, std::string_view right) {
  constexpr std::size_t kIndent = 28;
  out += "  ";
  out += left;
  append_wrapped(out, right, kIndent, std::min(left.size() + 2, left.size() + 4 > kIndent ? kIndent + 1 : left.size() + 2));
}

/// Text for a troff source: backslashes, and dots or quotes at the start of a line, are escaped.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out.push_back(c);
    }
    line_start = c == '\n';
  }
  return out;
}

void append_man_options(std::string& out, std::span<const Option> options) {
  for (const Option& option : options) {
    out += ".TP\n.B " + roff(spelling(option)) + "\n" + roff(help_of(option)) + "\n";
  }
}

void append_man_overview(std::string& out) {
  out += ".SH NAME\nouro \\- a toolchain for all of Python bytecode\n";
  out += ".SH SYNOPSIS\n.B ouro\n.I COMMAND\n[ARGUMENTS]\n.SH COMMANDS\n";
  for (const Command* command : all_commands()) {
    if (command->hidden) continue;
    out += ".TP\n.B " + roff(command->name) + "\n" + roff(command->summary) + ". See\n.BR ouro\\-" +
           roff(command->name) + " (1).\n";
  }
}

void append_man_command(std::string& out, const Command& command) {
  out += ".SH NAME\nouro\\-" + roff(command.name) + " \\- " + roff(command.summary) + "\n";
  out += ".SH SYNOPSIS\n.B " + roff(usage_line(command)) + "\n.SH DESCRIPTION\n" + roff(command.description) + "\n";
  if (!command.positionals.empty()) out += ".SH ARGUMENTS\n";
  for (const Positional& positional : command.positionals) {
    out += ".TP\n.I " + roff(positional.name) + "\n" + roff(positional.help) + "\n";
  }
  out += ".SH OPTIONS\n";
  append_man_options(out, command.options);
  append_man_options(out, common_options());
  if (!command.examples.empty()) out += ".SH EXAMPLES\n";
  for (const Example& example : command.examples) {
    out += ".TP\n.B " + roff(example.line) + "\n" + roff(example.what) + "\n";
  }
}

}  // namespace

std::string overview_help() {
  std::string out = "ouro: a toolchain for all of Python bytecode\n\nUsage: ouro COMMAND [ARGUMENTS]\n\nCommands:\n";
  for (const Command* command : all_commands()) {
    if (!command->hidden) append_entry(out, command->name, command->summary);
  }
  out +=
      "\nOptions:\n"
      "  -h, --help                Show this help, or a command's: ouro COMMAND --help\n"
      "  -V, --version             Show the version\n"
      "\nExit status: 0 all done; 1 the job failed for some input, or a comparison found a\n"
      "difference; 2 wrong usage.\n";
  return out;
}

std::string command_help(const Command& command) {
  std::string out = "ouro " + std::string(command.name) + ": " + std::string(command.summary) + "\n\nUsage: " +
                    usage_line(command) + "\n\n";
  append_wrapped(out, command.description, 0, 0);
  if (!command.positionals.empty()) out += "\nArguments:\n";
  for (const Positional& positional : command.positionals) append_entry(out, positional.name, positional.help);
  out += "\nOptions:\n";
  for (const auto options : {command.options, common_options()}) {
    for (const Option& option : options) append_entry(out, spelling(option), help_of(option));
  }
  if (!command.examples.empty()) out += "\nExamples:\n";
  for (const Example& example : command.examples) {
    out += "  " + std::string(example.line) + "\n";
    append_wrapped(out, example.what, 6, 0);
  }
  return out;
}

std::string man_page(const Command* command) {
  std::string title = "OURO";
  if (command != nullptr) {
    title += "-";
    for (const char c : command->name) title.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
  }
  std::string out = ".TH " + title + " 1 \"\" \"ouro\" \"User Commands\"\n";
  if (command == nullptr) {
    append_man_overview(out);
  } else {
    append_man_command(out, *command);
  }
  out += ".SH EXIT STATUS\n0 all done; 1 the job failed for some input, or a comparison found a difference; 2 wrong usage.\n";
  return out;
}

}  // namespace ouro::cli
