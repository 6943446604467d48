// The lines of the source behind a code object, where it can be found and is the one that was compiled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis_input.h"

namespace ouro::cli {

class SideSource {
 public:
  /// The input itself where it is source; the source of a cache when it is as the cache's header says; else nothing.
  static SideSource find(const std::string& path, const DisInput& input, const Facts& facts, const Io& io);

  /// Without indentation and line end; empty for a line that is not there. Lines count from 1.
  [[nodiscard]] std::string_view line(std::int64_t number) const;
  [[nodiscard]] bool empty() const { return starts_.empty(); }
  /// The whole text.
  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string text_;
  std::vector<std::size_t> starts_;
};

/// Where the source of a cache is: by its __pycache__ name, or beside it. Empty: nothing says it.
[[nodiscard]] std::string source_path_of(const std::string& cache, const Io& io);

}  // namespace ouro::cli
