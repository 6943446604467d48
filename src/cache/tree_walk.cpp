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

}  // namespace

TreeWalk::TreeWalk(std::string root, WalkOptions options) : options_(std::move(options)) {
  stack_.push_back({.path = std::move(root), .is_directory = true});
}

std::optional<WalkStep> TreeWalk::next() {
  if (stack_.empty()) return std::nullopt;
  Pending next = std::move(stack_.back());
  stack_.pop_back();
  if (next.error != 0) return WalkStep{WalkStep::Kind::CannotList, std::move(next.path), next.error};
  if (!next.is_directory) return WalkStep{WalkStep::Kind::File, std::move(next.path)};
  enter(next);
  return WalkStep{WalkStep::Kind::Listing, std::move(next.path)};
}

void TreeWalk::enter(const Pending& directory) {
  std::vector<Entry> entries;
  if (const int error = list_directory(directory.path, entries); error != 0) {
    stack_.push_back({.path = directory.path, .error = error});
    return;
  }
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->name == "__pycache__" && !options_.enter_pycache) continue;
    if (entry->is_directory) {
      if (directory.level < options_.max_levels && !entry->is_link) {
        stack_.push_back({.path = join(directory.path, entry->name), .level = directory.level + 1, .is_directory = true});
      }
    } else if (entry->name.ends_with(options_.suffix)) {
      stack_.push_back({.path = join(directory.path, entry->name), .level = directory.level});
    }
  }
}

std::vector<WalkStep> walk_tree(const std::string& root, const WalkOptions& options) {
  std::vector<WalkStep> steps;
  TreeWalk walk(root, options);
  while (auto step = walk.next()) steps.push_back(std::move(*step));
  return steps;
}

}  // namespace ouro::cache
