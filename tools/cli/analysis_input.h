// What `ouro stats`, `diff`, `cfg` and `audit` read: files, folders and single code objects of a file (FILE::QUALNAME).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cache/tree_walk.h"
#include "dis_input.h"
#include "version/facts.h"

namespace ouro::cli {

/// "spam.py::Spam.loop" in two; a file whose whole name is that counts as a file.
struct CodePath {
  std::string file;
  std::string qualified_name;  ///< empty: all of the file
};
[[nodiscard]] CodePath split_code_path(const std::string& word);

/// A file to look at.
struct InputFile {
  std::string path;
  std::string qualified_name;  ///< as in CodePath
  std::size_t root = 0;        ///< which of the command's arguments it comes from
};

/// The arguments with folders replaced by what they hold, each module once: every .py, and every .pyc whose source is
/// not there. A folder that holds none is told of, and no failure. One file after the other, in memory that does not grow with the tree.
class InputWalk {
 public:
  /// Both must outlive the walk.
  InputWalk(std::span<const std::string> words, Io& io) : words_(words), io_(io) {}
  /// nullopt after the last one. What can't be listed is reported and passed over.
  [[nodiscard]] std::optional<InputFile> next();
  /// Something could not be listed.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::span<const std::string> words_;
  Io& io_;
  std::size_t root_ = 0;  ///< of the word that comes next; the one before it while a tree is open
  std::string qualified_name_;
  std::optional<cache::TreeWalk> tree_;
  bool found_ = false;  ///< the open tree has given something, be it a complaint
  bool failed_ = false;
};

/// All of an InputWalk; `failed` is set when it failed.
[[nodiscard]] std::vector<InputFile> expand_inputs(std::span<const std::string> words, Io& io, bool& failed);

/// One file read without printing anything, so from any thread.
struct LoadedCode {
  std::optional<DisInput> input;  ///< nullopt: see the other two
  const Facts* facts = nullptr;   ///< set with `input`
  std::string messages;           ///< warnings and syntax errors as CPython prints them
  std::optional<Error> error;
};
[[nodiscard]] LoadedCode load_code(const std::string& path, const DisInputOptions& options, const Io& io);

/// --target and -O as in `ouro dis`. False: reported, wrong usage.
[[nodiscard]] bool read_input_options(const Arguments& arguments, Io& io, DisInputOptions& options);
inline constexpr Option kInputTargetOption{"--target", "X.Y", "The version of source, or of a marshalled code object without a header"};
inline constexpr Option kInputOptimizeOption{"-O", "", "Compile source without asserts; -OO without docstrings too"};

/// A whole number of an option; reports and gives nullopt otherwise.
[[nodiscard]] std::optional<std::size_t> count_option(const Arguments& arguments, std::string_view name, Io& io);

}  // namespace ouro::cli
