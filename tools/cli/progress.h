// A progress line for work over many files, on standard error and only when that is a terminal.
#pragma once

#include <chrono>
#include <string_view>

#include "io.h"

namespace ouro::cli {

/// "  37% 640/1721 spam.py", redrawn at most ten times a second, gone when the object is. Call from one thread.
class Progress {
 public:
  Progress(Io& io, std::size_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { hide(); }

  /// There are `total` in all, as is known now.
  void set_total(std::size_t total);
  /// One more is done; `name` is what comes now.
  void step(std::string_view name);
  /// Wipes the line, so that something else can be printed; the next step draws it again.
  void hide();

 private:
  Io& io_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  bool on_terminal_;
  bool enabled_ = false;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_draw_;
};

}  // namespace ouro::cli
