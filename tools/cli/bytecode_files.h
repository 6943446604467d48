// The bytecode files that a command's arguments name: files, folders, and what archives hold.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "command.h"

namespace ouro::cli {

struct BytecodeFile {
  std::string path;      ///< for messages: "lib/x.pyc", "spam.whl/pkg/x.pyc"
  std::string relative;  ///< below the folder or archive it was found in; its name otherwise. Never leads out
  /// May be called from any thread.
  std::function<Result<std::vector<std::uint8_t>>()> read;
};

/// Appends what `path` stands for: the *.pyc of a folder (sorted), of a zip archive (wheels, eggs and zipapps too) or
/// of a PyInstaller executable or PYZ, each told by its content; anything else, and "-", is one file. Archives that
/// cannot be read are given as one file whose read() says why, entries of theirs likewise.
void find_bytecode(const std::string& path, Io& io, std::vector<BytecodeFile>& files);

}  // namespace ouro::cli
