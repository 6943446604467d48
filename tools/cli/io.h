// Where a command reads from and writes to: the process's streams, or strings when a test runs it in-process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/result.h"

namespace ouro::cli {

/// A buffered stream of bytes. A closed pipe makes it silently swallow the rest (`closed()` tells a long job that
/// it may stop); any other failure is kept for the exit status.
class Output {
 public:
  /// Writes to a file descriptor that it does not own.
  explicit Output(int descriptor) : descriptor_(descriptor) {}
  /// Appends to `*sink`.
  explicit Output(std::string* sink) : sink_(sink) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { flush(); }

  void write(std::string_view text) {
    buffer_.append(text);
    if (buffer_.size() >= kBufferSize) flush();
  }
  void line(std::string_view text) {
    buffer_.append(text);
    buffer_.push_back('\n');
    if (buffer_.size() >= kBufferSize) flush();
  }
  void flush();
  [[nodiscard]] bool closed() const { return closed_; }
  /// 0, or errno of the first write that failed for another reason than a closed pipe.
  [[nodiscard]] int failure() const { return failure_; }
  [[nodiscard]] bool is_terminal() const;
  /// Where text is appended; call flush_if_full() now and then. For big listings without a copy.
  [[nodiscard]] std::string& buffer() { return buffer_; }
  void flush_if_full() {
    if (buffer_.size() >= kBufferSize) flush();
  }

 private:
  static constexpr std::size_t kBufferSize = 64 * 1024;
  std::string buffer_;
  int descriptor_ = -1;
  std::string* sink_ = nullptr;
  bool closed_ = false;
  int failure_ = 0;
};

enum class ColorMode : std::uint8_t { Auto, Always, Never };

/// Everything outside the program that a command may touch, files apart.
struct Io {
  Output& out;
  Output& err;
  /// What "-" reads; nullptr: the process's standard input.
  const std::string* input = nullptr;
  /// An environment variable, or nullptr. Tests give a fixed environment.
  const char* (*environment)(const char* name) = nullptr;
  ColorMode color = ColorMode::Auto;

  /// The bytes of a file, or of standard input for "-".
  [[nodiscard]] Result<std::vector<std::uint8_t>> read(const std::string& path) const;
  /// Colour on standard output: --color, then NO_COLOR, then whether it is a terminal.
  [[nodiscard]] bool use_color() const;
  [[nodiscard]] std::string_view env(const char* name) const;

  /// "ouro: FILE: what went wrong" on standard error.
  void error(std::string_view file, const Error& error);
  void error(std::string_view message);
};

}  // namespace ouro::cli
