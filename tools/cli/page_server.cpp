#include "page_server.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <sys/random.h>

namespace ouro::cli {
namespace {

constexpr const char* kLoopback = "127.0.0.1";

struct Free {
  void operator()(event_base* base) const { event_base_free(base); }
  void operator()(evhttp* server) const { evhttp_free(server); }
  void operator()(event* one) const { event_free(one); }
  void operator()(evbuffer* buffer) const { evbuffer_free(buffer); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

std::string html_attribute(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') out += "&amp;";
    else if (c == '"') out += "&quot;";
    else if (c == '<') out += "&lt;";
    else out += c;
  }
  return out;
}

std::string_view content_type(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/javascript; charset=utf-8";
}

Result<std::string> random_token() {
  std::array<std::uint8_t, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return make_error("explore.cannot_listen", "no random numbers: " + std::string(std::strerror(errno)));
  }
  std::string token;
  for (const std::uint8_t byte : bytes) {
    token += "0123456789abcdef"[byte >> 4U];
    token += "0123456789abcdef"[byte & 15U];
  }
  return token;
}

class PageServer {
 public:
  explicit PageServer(const ServerOptions& options) : page_(options.page), file_(options.file) {}

  Status open(std::uint16_t port) {
    if (file_) {
      auto token = random_token();
      if (!token) return tl::make_unexpected(token.error());
      root_ = "/" + *token + "/";
      // The page asks for "file" where its root element has this attribute.
      PageFile& index = page_["index.html"];
      std::string html = plain_body(index);
      const std::size_t at = html.find("<html");
      if (at != std::string::npos) html.insert(at + 5, " data-file=\"" + html_attribute(file_->name) + "\"");
      index = {std::move(html), false};
    }
    base_.reset(event_base_new());
    if (base_) server_.reset(evhttp_new(base_.get()));
    if (!server_) return make_error("explore.cannot_listen", "no event loop");
    errno = 0;
    evhttp_bound_socket* socket = evhttp_bind_socket_with_handle(server_.get(), kLoopback, port);
    if (socket == nullptr) {
      return make_error("explore.cannot_listen", "port " + std::to_string(port) + ": " + std::strerror(errno));
    }
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(evhttp_bound_socket_get_fd(socket), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    evhttp_set_max_headers_size(server_.get(), 16384);
    evhttp_set_max_body_size(server_.get(), 4096);
    evhttp_set_timeout(server_.get(), 60);
    evhttp_set_gencb(server_.get(), [](evhttp_request* request, void* self) { static_cast<PageServer*>(self)->answer(request); }, this);
    return {};
  }

  [[nodiscard]] std::string address() const { return std::string("http://") + kLoopback + ":" + std::to_string(port_) + root_; }

  void run_until_told() {
    Owned<event> stops[2];
    const int signals[] = {SIGINT, SIGTERM};
    for (std::size_t i = 0; i < 2; ++i) {
      stops[i].reset(evsignal_new(base_.get(), signals[i], [](evutil_socket_t, short, void* base) { event_base_loopbreak(static_cast<event_base*>(base)); },
                                  base_.get()));
      if (stops[i]) event_add(stops[i].get(), nullptr);
    }
    event_base_dispatch(base_.get());
  }

 private:
  void answer(evhttp_request* request) {
    evkeyvalq* headers = evhttp_request_get_output_headers(request);
    for (const auto& [name, value] : kHeaders) evhttp_add_header(headers, name, value);
    const char* host = evhttp_find_header(evhttp_request_get_input_headers(request), "Host");
    const std::string port = ":" + std::to_string(port_);
    if (host == nullptr || (host != kLoopback + port && host != "localhost" + port)) {
      return refuse(request, 403, "Forbidden", "This address is not served.\n");
    }
    const evhttp_cmd_type method = evhttp_request_get_command(request);
    if (method != EVHTTP_REQ_GET && method != EVHTTP_REQ_HEAD) {
      evhttp_add_header(headers, "Allow", "GET, HEAD");
      return refuse(request, 405, "Method Not Allowed", "Only GET and HEAD.\n");
    }
    const char* whole = evhttp_request_get_uri(request);
    std::string_view path = whole == nullptr ? std::string_view() : std::string_view(whole);
    path = path.substr(0, path.find('?'));
    if (!path.starts_with(root_)) return refuse(request, 404, "Not Found", "Open the address that ouro explore printed.\n");
    path.remove_prefix(root_.size());
    if (path == "file" && file_) return send_file(request);
    const auto found = page_.find(path.empty() ? "index.html" : path);
    if (found == page_.end()) return refuse(request, 404, "Not Found", "No such page.\n");
    send_page(request, found->first, found->second);
  }

  void send_page(evhttp_request* request, std::string_view name, const PageFile& file) {
    evkeyvalq* headers = evhttp_request_get_output_headers(request);
    evhttp_add_header(headers, "Content-Type", std::string(content_type(name)).c_str());
    const char* accepted = evhttp_find_header(evhttp_request_get_input_headers(request), "Accept-Encoding");
    const bool packed = file.is_gzip && accepted != nullptr && std::strstr(accepted, "gzip") != nullptr;
    if (packed) evhttp_add_header(headers, "Content-Encoding", "gzip");
    send(request, 200, "OK", packed ? file.body : plain_body(file));
  }

  void send_file(evhttp_request* request) {
    const auto bytes = file_->read();
    if (!bytes) return refuse(request, 404, "Not Found", bytes.error().to_string() + "\n");
    evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "application/octet-stream");
    send(request, 200, "OK", {reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  }

  void refuse(evhttp_request* request, int status, const char* reason, std::string_view text) {
    evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", "text/plain; charset=utf-8");
    send(request, status, reason, text);
  }

  static void send(evhttp_request* request, int status, const char* reason, std::string_view body) {
    const Owned<evbuffer> buffer(evbuffer_new());
    const bool is_head = evhttp_request_get_command(request) == EVHTTP_REQ_HEAD;
    if (is_head) {
      evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Length", std::to_string(body.size()).c_str());
    } else {
      evbuffer_add(buffer.get(), body.data(), body.size());
    }
    evhttp_send_reply(request, status, reason, buffer.get());
  }

  // The page needs its own files, WebAssembly and the style attributes of its bars; nothing from elsewhere.
  static constexpr std::pair<const char*, const char*> kHeaders[] = {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; "
       "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Referrer-Policy", "no-referrer"},
      {"Cache-Control", "no-store"},
  };

  ExplorerPage page_;
  std::optional<ServedFile> file_;
  std::string root_ = "/";
  std::uint16_t port_ = 0;
  Owned<event_base> base_;  // outlives the server
  Owned<evhttp> server_;
};

}  // namespace

Status serve_page(const ServerOptions& options, const std::function<void(const std::string& address)>& ready) {
  PageServer server(options);
  if (const Status open = server.open(options.port); !open) return open;
  ready(server.address());
  server.run_until_told();
  return {};
}

}  // namespace ouro::cli
