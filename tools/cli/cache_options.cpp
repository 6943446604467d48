#include "cache_options.h"

#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>

namespace ouro::cli {

const version::Facts* target_facts(const Arguments& arguments, Io& io) {
  const auto version = target_version(arguments, io);
  if (!version) return nullptr;
  const version::Facts* facts = version::find_facts(*version);
  if (facts == nullptr) io.error("--target " + version->to_string() + ": no such CPython; see `ouro versions`");
  return facts;
}

std::optional<std::size_t> thread_count(const Arguments& arguments, Io& io) {
  const std::string_view text = arguments.value("-j");
  int count = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || count < 0) {
    io.error("-j takes a whole number, 0 or more, not '" + std::string(text) + "'");
    return std::nullopt;
  }
  if (count > 0) return std::min(count, 256);
  return std::max(1U, std::thread::hardware_concurrency());
}

marshal::Invalidation invalidation_mode(const Arguments& arguments, const Io& io) {
  const std::string_view mode = arguments.value("--invalidation-mode");
  if (mode == "checked-hash") return marshal::Invalidation::CheckedHash;
  if (mode == "unchecked-hash") return marshal::Invalidation::UncheckedHash;
  if (mode == "timestamp" || io.env("SOURCE_DATE_EPOCH").empty()) return marshal::Invalidation::Timestamp;
  return marshal::Invalidation::CheckedHash;
}

bool matches_any(const std::string& path, std::span<const std::string> globs) {
  const std::string name = path.substr(path.find_last_of('/') + 1);
  return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), path.c_str(), 0) == 0 || ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
  });
}

namespace {
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);
void on_interrupt(int) { interrupted = true; }
}  // namespace

const std::atomic<bool>& stop_on_interrupt() {
  std::signal(SIGINT, on_interrupt);
  return interrupted;
}

namespace {

/// Standard output of a command; nullopt when it cannot be run or fails.
std::optional<std::string> run_and_read(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string output;
  char buffer[4096];
  while (const std::size_t count = std::fread(buffer, 1, sizeof(buffer), pipe)) output.append(buffer, count);
  if (::pclose(pipe) != 0) return std::nullopt;
  return output;
}

}  // namespace

std::optional<std::vector<std::string>> found_python_path(PythonVersion version) {
  const std::string name = version.to_string();
  // The program's own sys.path begins with '' where -m has the current directory.
  const std::string script =
      " -c 'import os, sys; print(\"\\0\".join([os.getcwd()] + sys.path[1:]), end=\"\")' 2>/dev/null";
  for (const std::string& candidate :
       {"python" + name, "$(ls -d \"${PYENV_ROOT:-$HOME/.pyenv}\"/versions/" + name + ".*/bin/python 2>/dev/null | tail -n 1)"}) {
    const auto output = run_and_read(candidate + script);
    if (!output || output->empty()) continue;
    std::vector<std::string> path;
    for (std::size_t start = 0; start <= output->size();) {
      const std::size_t end = std::min(output->find('\0', start), output->size());
      path.push_back(output->substr(start, end - start));
      start = end + 1;
    }
    return path;
  }
  return std::nullopt;
}

}  // namespace ouro::cli
