// Shell completions, made from the commands' definitions.
#include "arguments.h"
#include "help.h"

namespace ouro::cli {
namespace {

std::string words_of(const Command& command) {
  std::string words;
  for (const auto options : {command.options, common_options()}) {
    for (const Option& option : options) {
      for (const std::string_view name : split(option.names, ',')) {
        if (!words.empty()) words.push_back(' ');
        words += name;
      }
    }
  }
  return words;
}

std::string command_names() {
  std::string names;
  for (const Command* command : all_commands()) {
    if (command->hidden) continue;
    if (!names.empty()) names.push_back(' ');
    names += command->name;
  }
  return names;
}

std::string bash() {
  std::string out = "# bash completion for ouro; load it with: source <(ouro completion bash)\n_ouro() {\n";
  out += "  local word=${COMP_WORDS[COMP_CWORD]}\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n";
  out += "    COMPREPLY=($(compgen -W '" + command_names() + "' -- \"$word\"))\n    return\n  fi\n";
  out += "  local words=\n  case ${COMP_WORDS[1]} in\n";
  for (const Command* command : all_commands()) {
    if (!command->hidden) out += "    " + std::string(command->name) + ") words='" + words_of(*command) + "' ;;\n";
  }
  out += "  esac\n  case $word in\n    -*) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n";
  out += "    *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n  esac\n}\ncomplete -o filenames -F _ouro ouro\n";
  return out;
}

/// Between single quotes of zsh and fish.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out.push_back(c);
    }
  }
  return out + "'";
}

std::string zsh() {
  std::string out = "#compdef ouro\n# zsh completion for ouro; save it as _ouro in a folder of $fpath\n_ouro() {\n";
  out += "  if (( CURRENT == 2 )); then\n    local -a commands=(\n";
  for (const Command* command : all_commands()) {
    if (command->hidden) continue;
    out += "      " + quoted(std::string(command->name) + ":" + std::string(command->summary)) + "\n";
  }
  out += "    )\n    _describe command commands\n    return\n  fi\n  case $words[2] in\n";
  for (const Command* command : all_commands()) {
    if (command->hidden) continue;
    out += "    " + std::string(command->name) + ") compadd -- " + words_of(*command) + " ;;\n";
  }
  out += "  esac\n  _files\n}\ncompdef _ouro ouro\n";
  return out;
}

void append_fish_option(std::string& out, const Command& command, const Option& option) {
  out += "complete -c ouro -n '__fish_seen_subcommand_from " + std::string(command.name) + "'";
  for (const std::string_view name : split(option.names, ',')) {
    if (name.starts_with("--")) {
      out += " -l " + std::string(name.substr(2));
    } else if (name.size() == 2) {
      out += " -s " + std::string(name.substr(1));
    } else {
      out += " -o " + std::string(name.substr(1));
    }
  }
  if (!option.value.empty()) out += " -r";
  out += " -d " + quoted(option.help) + "\n";
}

std::string fish() {
  std::string out = "# fish completion for ouro; load it with: ouro completion fish | source\n";
  for (const Command* command : all_commands()) {
    if (command->hidden) continue;
    out += "complete -c ouro -n __fish_use_subcommand -a " + std::string(command->name) + " -d " +
           quoted(command->summary) + "\n";
    for (const auto options : {command->options, common_options()}) {
      for (const Option& option : options) append_fish_option(out, *command, option);
    }
  }
  return out;
}

}  // namespace

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return bash();
  if (shell == "zsh") return zsh();
  if (shell == "fish") return fish();
  return {};
}

}  // namespace ouro::cli
