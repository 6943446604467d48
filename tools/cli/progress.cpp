#include "progress.h"

#include <string>

namespace ouro::cli {

namespace {

constexpr std::chrono::milliseconds kInterval{100};
constexpr std::size_t kNameWidth = 48;

}  // namespace

Progress::Progress(Io& io, std::size_t total)
    : io_(io), on_terminal_(io.err.is_terminal()), next_draw_(std::chrono::steady_clock::now() + kInterval) {  // short work shows nothing
  set_total(total);
}

void Progress::set_total(std::size_t total) {
  total_ = total;
  enabled_ = total > 1 && on_terminal_;
}

void Progress::step(std::string_view name) {
  ++done_;
  if (!enabled_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_draw_) return;
  next_draw_ = now + kInterval;
  if (name.size() > kNameWidth) name.remove_prefix(name.size() - kNameWidth);
  const std::size_t percent = total_ == 0 ? 100 : done_ * 100 / total_;
  io_.err.write("\r\033[K" + std::string(percent < 10 ? 2 : percent < 100 ? 1 : 0, ' ') + std::to_string(percent) +
                "% " + std::to_string(done_) + "/" + std::to_string(total_) + " ");
  io_.err.write(name);
  io_.err.flush();
  shown_ = true;
}

void Progress::hide() {
  if (!shown_) return;
  io_.err.write("\r\033[K");
  io_.err.flush();
  shown_ = false;
}

}  // namespace ouro::cli
