#include "io.h"

#include <cerrno>
#include <cstdlib>

#include <unistd.h>

#include "support/file.h"

namespace ouro::cli {

void Output::flush() {
  if (sink_ != nullptr) {
    sink_->append(buffer_);
    buffer_.clear();
    return;
  }
  std::string_view left = buffer_;
  while (!left.empty() && !closed_ && failure_ == 0) {
    const ssize_t count = ::write(descriptor_, left.data(), left.size());
    if (count >= 0) {
      left.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EPIPE) {
      closed_ = true;
    } else if (errno != EINTR) {
      failure_ = errno;
    }
  }
  buffer_.clear();
}

bool Output::is_terminal() const { return sink_ == nullptr && ::isatty(descriptor_) == 1; }

Result<std::vector<std::uint8_t>> Io::read(const std::string& path) const {
  if (path == "-" && input != nullptr) return std::vector<std::uint8_t>(input->begin(), input->end());
  return support::read_file(path);
}

std::string_view Io::env(const char* name) const {
  const char* value = environment != nullptr ? environment(name) : std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

bool Io::use_color() const {
  if (color != ColorMode::Auto) return color == ColorMode::Always;
  return env("NO_COLOR").empty() && env("TERM") != "dumb" && out.is_terminal();
}

void Io::error(std::string_view file, const Error& error) {
  out.flush();  // the order on a terminal is the order in time
  err.write("ouro: ");
  err.write(file == "-" ? "<stdin>" : file);
  err.write(": ");
  err.line(error.to_string());
  err.flush();
}

void Io::error(std::string_view message) {
  out.flush();
  err.write("ouro: ");
  err.line(message);
  err.flush();
}

}  // namespace ouro::cli
