// Everything the explorer's page shows of one input, as one JSON text.
//
// In: a file's bytes, source or .pyc (told apart by content), and what is wanted of it. Out: JSON, explore.cpp
// has its members. Bad input is a member "error" of an otherwise valid answer; nothing here fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "version/python_version.h"

namespace ouro::explorer {

/// Panes are bits: only what is asked for is made.
enum Pane : std::uint32_t {
  kTokens = 1U << 0U,
  kTree = 1U << 1U,
  kListing = 1U << 2U,
  kTables = 1U << 3U,
  kGraph = 1U << 4U,
  kDecompiled = 1U << 5U,
  kStatistics = 1U << 6U,
  kDifference = 1U << 7U,
  kMarshalled = 1U << 8U,
  kText = 1U << 9U,     ///< no pane: source is text, not a file's bytes: a coding cookie means nothing
  kDecoded = 1U << 10U,  ///< the text of a source file
};

/// One input and how to read it.
struct Input {
  std::string_view bytes;
  std::string_view filename = "<string>";
  int optimize = 0;
  PythonVersion target{3, 13};
};

struct Request {
  std::uint32_t panes = kListing;
  Input input;
  Input other;  ///< with kDifference: what `input` is compared with
};

struct Answer {
  std::string json;
  std::vector<std::int32_t> numbers;     ///< with kListing: its instructions (explore_parts.h)
  std::vector<std::uint8_t> marshalled;  ///< with kMarshalled: the code object as CPython's py_compile marshals it
};

[[nodiscard]] Answer explore(const Request& request);

/// Members "targets" (versions the compiler writes) and "versions" (bytecode that is read).
[[nodiscard]] std::string describe();

}  // namespace ouro::explorer
