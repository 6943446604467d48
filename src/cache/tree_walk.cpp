#include "cache/tree_walk.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace ouro::cache {

namespace {

struct Entry {
  std::string name;
  bool is_directory;  // a link to one too
  bool is_link;
};

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

bool points_to_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string join(const std::string& directory, std::string_view name) {
  std::string path = directory;
  if (!path.empty() && path.back() != '/') path.push_back('/');
  return path.append(name);
}

/// 0, or the errno of the failure.
int list_directory(const std::string& path, std::vector<Entry>& entries) {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(path.c_str()));
  if (!directory) return errno;
  while (const dirent* item = ::readdir(directory.get())) {
    const std::string_view name = item->d_name;
    if (name == "." || name == "..") continue;
    bool is_link = item->d_type == DT_LNK;
    bool is_directory = item->d_type == DT_DIR;
    if (item->d_type == DT_LNK || item->d_type == DT_UNKNOWN) {
      const std::string full = join(path, name);
      is_directory = points_to_directory(full);
      struct stat status {};
      if (item->d_type == DT_UNKNOWN) is_link = ::lstat(full.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
    }
    entries.push_back({std::string(name), is_directory, is_link});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return 0;
}

/// A directory still to list, or a file whose turn comes after the directories sorted before it.
struct Pending {
  std::string path;
  std::size_t level;
  bool is_directory;
};

}  // namespace

std::vector<WalkStep> walk_tree(const std::string& root, const WalkOptions& options) {
  std::vector<WalkStep> steps;
  std::vector<Pending> stack{{root, 0, true}};
  std::vector<Entry> entries;
  while (!stack.empty()) {
    Pending next = std::move(stack.back());
    stack.pop_back();
    if (!next.is_directory) {
      steps.push_back({WalkStep::Kind::File, std::move(next.path)});
      continue;
    }
    steps.push_back({WalkStep::Kind::Listing, next.path});
    entries.clear();
    if (const int error = list_directory(next.path, entries); error != 0) {
      steps.push_back({WalkStep::Kind::CannotList, next.path, error});
      continue;
    }
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (entry->name == "__pycache__" && !options.enter_pycache) continue;
      if (entry->is_directory) {
        if (next.level < options.max_levels && !entry->is_link) {
          stack.push_back({join(next.path, entry->name), next.level + 1, true});
        }
      } else if (entry->name.ends_with(options.suffix)) {
        stack.push_back({join(next.path, entry->name), next.level, false});
      }
    }
  }
  return steps;
}

}  // namespace ouro::cache
