// Serves the explorer's page on the loopback interface until the process is told to stop. HTTP is libevent's.
//
// Whoever else uses this machine, or a web page in the user's browser, may talk to the port too. So a request must name
// the loopback address in its Host header (a name that an attacker's DNS leads here does not count), and where a file is
// served every path begins with a token that only the printed address holds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "explorer_page.h"

namespace ouro::cli {

struct ServedFile {
  std::string name;  ///< as the page shows it
  /// The bytes now; read at each request, so that reloading the page shows what has been saved since.
  std::function<Result<std::vector<std::uint8_t>>()> read;
};

struct ServerOptions {
  ExplorerPage page;
  std::optional<ServedFile> file;
  std::uint16_t port = 0;  ///< 0: a free one
};

/// Calls `ready` with the address once the port is open, and comes back after SIGINT or SIGTERM.
/// Errors: explore.cannot_listen.
[[nodiscard]] Status serve_page(const ServerOptions& options, const std::function<void(const std::string& address)>& ready);

}  // namespace ouro::cli
