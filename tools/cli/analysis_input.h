// What `ouro stats`, `diff`, `cfg` and `audit` read: files, folders and single code objects of a file (FILE::QUALNAME).
#pragma once

#include <optional>
#include <string>
#include <vector>

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
/// not there. What can't be listed is reported and sets `failed`.
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
