#include "library_path.h"

#include <dirent.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <vector>

#include "arguments.h"

namespace ouro::cli {
namespace {

constexpr std::string_view kPython = "python3.13";

bool is_library(const std::string& directory) { return ::access((directory + "/os.py").c_str(), R_OK) == 0; }

/// PREFIX/lib/python3.13 of PREFIX/bin/python3.13, links followed; a wrapper script (pyenv's shims) has none.
std::string library_of_program(const std::string& program) {
  char resolved[PATH_MAX];
  if (::realpath(program.c_str(), static_cast<char*>(resolved)) == nullptr) return {};
  std::string prefix = static_cast<const char*>(resolved);
  for (int level = 0; level < 2; ++level) {
    const std::size_t slash = prefix.find_last_of('/');
    if (slash == std::string::npos) return {};
    prefix.resize(slash);
  }
  std::string library = prefix + "/lib/" + std::string(kPython);
  return is_library(library) ? library : std::string();
}

std::string library_of_pyenv(const Io& io) {
  std::string root(io.env("PYENV_ROOT"));
  if (root.empty()) root = std::string(io.env("HOME")) + "/.pyenv";
  const std::string versions = root + "/versions";
  DIR* directory = ::opendir(versions.c_str());
  if (directory == nullptr) return {};
  std::string best;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (!name.starts_with("3.13")) continue;
    std::string library = versions + "/" + std::string(name) + "/lib/" + std::string(kPython);
    if (is_library(library) && library > best) best = std::move(library);
  }
  ::closedir(directory);
  return best;
}

}  // namespace

std::string find_python_library(std::string_view given, const Io& io) {
  if (!given.empty()) return std::string(given);
  if (const std::string_view named = io.env("OURO_PYTHON_LIBRARY"); !named.empty()) return std::string(named);
  for (const std::string_view directory : split(io.env("PATH"), ':')) {
    if (directory.empty()) continue;
    const std::string program = std::string(directory) + "/" + std::string(kPython);
    if (::access(program.c_str(), X_OK) != 0) continue;
    if (std::string library = library_of_program(program); !library.empty()) return library;
  }
  if (std::string library = library_of_pyenv(io); !library.empty()) return library;
  for (const char* place : {"/usr/lib/python3.13", "/usr/local/lib/python3.13"}) {
    if (is_library(place)) return place;
  }
  return {};
}

}  // namespace ouro::cli
