// How compiling comes in: this module manages files and knows nothing of Python's grammar.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/byte_reader.h"
#include "tl/expected.hpp"

namespace ouro::cache {

struct CompileInput {
  ByteView source;            ///< the file's bytes, undecoded
  std::string_view filename;  ///< becomes co_filename; bytes as the file system has them
  int optimize = 0;           ///< 0, 1 or 2
};

/// What a successful compilation gives: the marshalled code object, without a header.
struct CompiledSource {
  std::vector<std::uint8_t> code;
  std::string warnings;  ///< as CPython prints them on standard error, each line ended
};

/// Why a source does not compile, as traceback.format_exception_only prints it, last newline included.
struct CompileFailure {
  std::string text;
  std::string warnings;  ///< given before, as CPython prints them
};

/// Called from several threads at once, so it must not share mutable state between calls.
using CompileFunction = std::function<tl::expected<CompiledSource, CompileFailure>(const CompileInput&)>;

}  // namespace ouro::cache
