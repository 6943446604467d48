// What `ouro dis` reads: a .pyc, a marshalled code object, or source that it compiles.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "code/constant_pool.h"
#include "command.h"
#include "marshal/pyc.h"
#include "support/result.h"

namespace ouro::cli {

struct DisInputOptions {
  std::optional<PythonVersion> target;  ///< --target
  int optimize = 0;                     ///< for source
};

/// A code object ready to list.
struct DisInput {
  PythonVersion version;
  ConstantPool pool;
  ConstId root;
  std::optional<marshal::PycHeader> header;
  std::size_t size = 0;  ///< of the file in bytes
  std::size_t trailing_size = 0;  ///< bytes after the code object of a .pyc
};

/// Reads one file. nullopt when it is source with an error, which has been reported as CPython reports it.
[[nodiscard]] Result<std::optional<DisInput>> read_dis_input(const std::string& path, const DisInputOptions& options,
                                                             Io& io);

}  // namespace ouro::cli
