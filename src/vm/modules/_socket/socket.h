// What the parts of _socket share.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <span>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/host/host.h"

namespace ouro::vm {

struct WeakRefObject;

struct SocketObject : Object {
  WeakRefObject* weakrefs;
  int descriptor;
  int family, kind, protocol;
  std::int64_t timeout_ns;  ///< -1: waits without end; 0: does not wait
};

struct SocketModuleState {
  Ref herror, gaierror;
  std::int64_t default_timeout_ns = -1;
};

/// An address of any family, with how much of it is used.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);
  [[nodiscard]] sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

extern const TypeSpec kSocketType;

[[nodiscard]] std::span<const MethodSpec> socket_name_functions();
[[nodiscard]] bool add_socket_constants(Vm& vm, ModuleObject* module);

/// PermissionError unless the host allows the network.
[[nodiscard]] bool network_allowed(Vm& vm);
Failed raise_gaierror(Vm& vm, int code);
Failed raise_herror(Vm& vm, int code);
/// A host by name or number into an address of `family` (AF_UNSPEC: any); port 0.
[[nodiscard]] bool resolve_host(Vm& vm, const std::string& name, int family, SocketAddress& out);
/// str, bytes or bytearray as the host functions take it; str goes through IDNA when not ASCII.
[[nodiscard]] std::optional<std::string> host_argument(Vm& vm, Value value, std::string_view function);
/// Python's address for a socket of that family into a system's; `function` as messages name it.
[[nodiscard]] bool read_address(Vm& vm, int family, Value value, std::string_view function, SocketAddress& out);
/// The system's address as Python shows it; None where it is empty.
[[nodiscard]] Ref show_address(Vm& vm, const SocketAddress& address);
/// None is -1; seconds rounded up. ValueError for negative ones.
[[nodiscard]] bool timeout_argument(Vm& vm, Value value, std::int64_t& nanoseconds);
[[nodiscard]] Ref timeout_result(Vm& vm, std::int64_t nanoseconds);

// socket_data.cpp
[[nodiscard]] std::span<const MethodSpec> socket_data_methods();
/// Waits until the descriptor can be read or written; then true. False: an exception is set (TimeoutError, a signal's).
[[nodiscard]] bool socket_wait(Vm& vm, SocketObject* self, bool writing, std::int64_t deadline_ns);
/// Calls `action` (a system call's result, < 0 with errno) when the socket is ready, again after EINTR. nullopt: raised.
template <class Action>
[[nodiscard]] std::optional<ssize_t> socket_call(Vm& vm, SocketObject* self, bool writing, std::int64_t deadline_ns, Action action) {
  for (;;) {
    if (self->timeout_ns != 0 && !socket_wait(vm, self, writing, deadline_ns)) return std::nullopt;
    const ssize_t result = action();
    if (result >= 0) return result;
    const int failure = errno;
    if (failure == EINTR || (self->timeout_ns != 0 && (failure == EAGAIN || failure == EWOULDBLOCK))) {
      if (!charge_work(vm, 1)) return std::nullopt;
      continue;
    }
    return raise_os_error(vm, failure);
  }
}
[[nodiscard]] std::int64_t socket_deadline(Vm& vm, const SocketObject* self);

}  // namespace ouro::vm
