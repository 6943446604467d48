#include "analysis_input.h"

#include <algorithm>
#include <charconv>

#include "cache/os_error.h"
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

bool is_directory(const std::string& path) {
  const auto status = support::file_status(path);
  return status && status->is_directory;
}

}  // namespace

CodePath split_code_path(const std::string& word) {
  const std::size_t at = word.find("::");
  if (at == std::string::npos || at == 0 || support::file_status(word)) return {word, {}};
  return {word.substr(0, at), word.substr(at + 2)};
}

std::optional<InputFile> InputWalk::next() {
  for (;;) {
    if (!tree_) {
      if (root_ == words_.size()) return std::nullopt;
      CodePath path = split_code_path(words_[root_++]);
      const bool is_folder = path.file != "-" && is_directory(path.file);
      if (!is_folder) return InputFile{std::move(path.file), std::move(path.qualified_name), root_ - 1};
      qualified_name_ = std::move(path.qualified_name);
      found_ = false;
      tree_.emplace(path.file, cache::WalkOptions{.suffix = "", .enter_pycache = true});
    }
    std::optional<cache::WalkStep> step = tree_->next();
    if (!step) {
      if (!found_) io_.error(split_code_path(words_[root_ - 1]).file + ": no .py or .pyc file in this folder");
      tree_.reset();
    } else if (step->kind == cache::WalkStep::Kind::CannotList) {
      io_.error(step->path + ": " + cache::OsError{step->error, step->path}.to_string());
      failed_ = found_ = true;
    } else if (step->kind == cache::WalkStep::Kind::File &&
               (is_source(step->path) || (is_cache(step->path) && !support::file_status(source_of(step->path))))) {
      found_ = true;
      return InputFile{std::move(step->path), qualified_name_, root_ - 1};
    }
  }
}

std::vector<InputFile> expand_inputs(std::span<const std::string> words, Io& io, bool& failed) {
  std::vector<InputFile> files;
  InputWalk walk(words, io);
  while (auto file = walk.next()) files.push_back(std::move(*file));
  failed = failed || walk.failed();
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
