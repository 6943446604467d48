#include "analysis_input.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "cache/os_error.h"
#include "cache/tree_walk.h"
#include "marshal/cache_path.h"
#include "support/file.h"

namespace ouro::cli {
namespace {

bool is_source(std::string_view path) { return path.ends_with(".py") || path.ends_with(".pyw"); }
bool is_cache(std::string_view path) { return path.ends_with(".pyc") || path.ends_with(".pyo"); }

std::string source_of(const std::string& path) {
  if (const auto name = marshal::source_from_cache(path)) return name->source;
  return path.substr(0, path.size() - 1);
}

}  // namespace

CodePath split_code_path(const std::string& word) {
  const std::size_t at = word.find("::");
  if (at == std::string::npos || at == 0 || support::file_status(word)) return {word, {}};
  return {word.substr(0, at), word.substr(at + 2)};
}

std::vector<InputFile> expand_inputs(std::span<const std::string> words, Io& io, bool& failed) {
  std::vector<InputFile> files;
  for (std::size_t root = 0; root < words.size(); ++root) {
    const CodePath path = split_code_path(words[root]);
    const auto status = path.file == "-" ? Result<support::FileStatus>(support::FileStatus{}) : support::file_status(path.file);
    if (!status || !status->is_directory) {
      files.push_back({path.file, path.qualified_name, root});
      continue;
    }
    const auto steps = cache::walk_tree(path.file, {.suffix = "", .enter_pycache = true});
    std::unordered_set<std::string> sources;
    for (const cache::WalkStep& step : steps) {
      if (step.kind == cache::WalkStep::Kind::File && is_source(step.path)) sources.insert(step.path);
    }
    for (const cache::WalkStep& step : steps) {
      if (step.kind == cache::WalkStep::Kind::CannotList) {
        io.error(step.path + ": " + cache::OsError{step.error, step.path}.to_string());
        failed = true;
      } else if (step.kind == cache::WalkStep::Kind::File &&
                 (is_source(step.path) || (is_cache(step.path) && !sources.contains(source_of(step.path))))) {
        files.push_back({step.path, path.qualified_name, root});
      }
    }
  }
  return files;
}

LoadedCode load_code(const std::string& path, const DisInputOptions& options, const Io& io) {
  LoadedCode loaded;
  std::string unused;
  {
    Output out(&unused);
    Output err(&loaded.messages);
    Io quiet{out, err, io.input, io.environment, ColorMode::Never};
    auto input = read_dis_input(path, options, quiet);
    if (!input) {
      loaded.error = input.error();
    } else if (*input) {
      loaded.input = std::move(*input);
    }
  }
  if (!loaded.input) return loaded;
  loaded.facts = version::find_facts(loaded.input->version);
  if (loaded.facts == nullptr) {
    loaded.error = make_error("dis.unknown_version", "no instruction tables for Python " +
                                                         loaded.input->version.to_string() + "; see `ouro versions`");
    loaded.input.reset();
  }
  return loaded;
}

bool read_input_options(const Arguments& arguments, Io& io, DisInputOptions& options) {
  if (arguments.has("--target")) {
    options.target = target_version(arguments, io);
    if (!options.target) return false;
  }
  options.optimize = static_cast<int>(std::min<std::size_t>(arguments.count("-O"), 2));
  return true;
}

std::optional<std::size_t> count_option(const Arguments& arguments, std::string_view name, Io& io) {
  const std::string_view text = arguments.value(name);
  std::size_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && !text.empty()) return value;
  io.error(std::string(name) + " takes a whole number, 0 or more, not '" + std::string(text) + "'");
  return std::nullopt;
}

}  // namespace ouro::cli
