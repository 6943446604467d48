// Finding the files of a tree in compileall's order.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ouro::cache {

/// A step of a walk, in the order CPython 3.13 Lib/compileall.py _walk_dir makes them.
struct WalkStep {
  enum class Kind { Listing, CannotList, File } kind;
  std::string path;  ///< of the directory, or of the file
  int error = 0;     ///< errno of CannotList
};

struct WalkOptions {
  /// Directories below the root that are entered: 0 is the root only.
  std::size_t max_levels = 1000;
  /// Files that do not end so are left out (CPython lists and then ignores them); empty: all files.
  std::string suffix = ".py";
  /// Also walk __pycache__ directories.
  bool enter_pycache = false;
};

/// The steps of one tree, one after the other: entries of each directory sorted by name (as CPython sorts decoded
/// names), symbolic links to directories not followed, __pycache__ passed over. Memory grows with the folders that are
/// open, not with the tree.
class TreeWalk {
 public:
  explicit TreeWalk(std::string root, WalkOptions options = {});
  /// nullopt after the last one.
  [[nodiscard]] std::optional<WalkStep> next();

 private:
  /// A directory still to list, or a file whose turn comes after the directories sorted before it.
  struct Pending {
    std::string path;
    std::size_t level = 0;
    bool is_directory = false;
    int error = 0;  ///< of a directory that could not be listed
  };
  void enter(const Pending& directory);

  WalkOptions options_;
  std::vector<Pending> stack_;
};

/// All steps of one tree.
[[nodiscard]] std::vector<WalkStep> walk_tree(const std::string& root, const WalkOptions& options = {});

}  // namespace ouro::cache
