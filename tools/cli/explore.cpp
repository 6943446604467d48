// ouro explore: the explorer's page on this machine's loopback address.
#include <charconv>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "page_server.h"

namespace ouro::cli {
namespace {

std::optional<std::uint16_t> port_of(std::string_view text) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return port;
}

std::string name_of(const std::string& path) { return path == "-" ? "stdin.py" : path.substr(path.rfind('/') + 1); }

/// Where there is a desktop and somebody looks. Whether it worked does not matter: the address is printed.
void open_browser(const std::string& address, const Io& io) {
  if (!io.out.is_terminal() || (io.env("DISPLAY").empty() && io.env("WAYLAND_DISPLAY").empty())) return;
  std::string words[] = {"xdg-open", address};
  char* arguments[] = {words[0].data(), words[1].data(), nullptr};
  pid_t process = 0;
  if (::posix_spawnp(&process, arguments[0], nullptr, nullptr, arguments, environ) == 0) ::waitpid(process, nullptr, 0);
}

int run_explore(const Arguments& arguments, Io& io) {
  const std::optional<std::uint16_t> port = port_of(arguments.value("--port"));
  if (!port) {
    io.error("--port takes a number from 0 to 65535, not '" + std::string(arguments.value("--port")) + "'");
    return kUsage;
  }
  ServerOptions options{.page = {}, .file = std::nullopt, .port = *port};
  if (!arguments.positionals().empty()) {
    const std::string path = arguments.positionals()[0];
    auto bytes = io.read(path);
    if (!bytes) return io.error(path, bytes.error()), kFailure;
    // Standard input can be read once only; a file is read again whenever the page is loaded.
    if (path == "-") {
      options.file = ServedFile{name_of(path), [kept = std::move(*bytes)]() -> Result<std::vector<std::uint8_t>> { return kept; }};
    } else {
      options.file = ServedFile{name_of(path), [path, &io] { return io.read(path); }};
    }
  }
  const std::string folder(arguments.value("--page"));
  auto page = folder.empty() ? embedded_page() : read_page(folder);
  if (!page) return io.error(folder.empty() ? "explore" : folder, page.error()), kFailure;
  options.page = std::move(*page);
  const Status served = serve_page(options, [&](const std::string& address) {
    io.out.line(address);
    io.out.flush();
    if (io.err.is_terminal()) io.err.line("Serving the explorer to this machine alone; Ctrl+C stops it.");
    io.err.flush();
    if (!arguments.has("--no-open")) open_browser(address, io);
  });
  if (!served) return io.error("explore", served.error()), kFailure;
  return kSuccess;
}

constexpr Option kOptions[] = {
    {"--port", "N", "The port to listen on; 0: a free one", "0"},
    {"--no-open", "", "Do not open a browser (it opens when standard output is a terminal of a desktop)"},
    {"--page", "DIR", "Serve the page that a build left there, not the one built into ouro"},
};
constexpr Positional kPositionals[] = {
    {"FILE", "A .py or .pyc file to begin with, or -", Arity::Optional},
};
constexpr Example kExamples[] = {
    {"ouro explore spam.py", "Opens the explorer with the source in it; reload the page after saving."},
    {"ouro explore --no-open --port 8000 spam.pyc", "Prints the address alone."},
};

}  // namespace

extern const Command kExplore;
constexpr Command kExplore{
    .name = "explore",
    .summary = "Look at a file in the browser, all of it linked line by line",
    .description =
        "Serves the explorer: a page that compiles, lists, draws, decompiles and compares in the browser as you type. It is "
        "served on 127.0.0.1 only, to requests that name that address; with FILE the address holds a secret, so that others "
        "on this machine cannot read the file. Prints the address; Ctrl+C stops it.",
    .options = kOptions,
    .positionals = kPositionals,
    .examples = kExamples,
    .run = run_explore};

}  // namespace ouro::cli
