// _socket: addresses between Python and the system, and how long a socket waits.
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "vm/core/machine_state.h"
#include "vm/modules/_socket/socket.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"

namespace ouro::vm {

bool network_allowed(Vm& vm) {
  if (vm.host.allows_network()) return true;
  return raise_os_error(vm, EPERM);
}

namespace {
Failed raise_coded(Vm& vm, const Ref& type, int code, const char* text) {
  Ref message = new_str(vm, text);
  if (!message) return kFailed;
  Ref error = call(vm, type, {Value::small(code), message.get()});
  return error ? raise_instance(vm, error) : kFailed;
}
}  // namespace

Failed raise_gaierror(Vm& vm, int code) {
  if (code == EAI_SYSTEM) return raise_os_error(vm, errno);
  return raise_coded(vm, machine_state<SocketModuleState>(vm).gaierror, code, ::gai_strerror(code));
}
Failed raise_herror(Vm& vm, int code) { return raise_coded(vm, machine_state<SocketModuleState>(vm).herror, code, ::hstrerror(code)); }

bool resolve_host(Vm& vm, const std::string& name, int family, SocketAddress& out) {
  addrinfo hints{};
  hints.ai_family = family;
  addrinfo* found = nullptr;
  int failure = 0;
  if (name.empty()) {
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE;
    failure = ::getaddrinfo(nullptr, "0", &hints, &found);
  } else if (name == "255.255.255.255" || name == "<broadcast>") {
    if (family != AF_INET && family != AF_UNSPEC) return raise(vm, vm.exc.OSError, "address family mismatched");
    auto* address = reinterpret_cast<sockaddr_in*>(&out.storage);
    *address = {};
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = INADDR_BROADCAST;
    out.length = sizeof(sockaddr_in);
    return true;
  } else {
    failure = ::getaddrinfo(name.c_str(), nullptr, &hints, &found);
  }
  if (failure != 0) return raise_gaierror(vm, failure);
  out.length = found->ai_addrlen;
  std::memcpy(&out.storage, found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  return true;
}

std::optional<std::string> host_argument(Vm& vm, Value value, std::string_view function) {
  std::string name;
  if (is_str(value)) {
    if (value.as<StrObject>()->is_ascii) {
      name = std::string(value.as<StrObject>()->ascii());
    } else {
      VM_TRY(Ref encoded, call_method(vm, value, "encode", {Value(vm.intern("idna"))}));
      if (!is_bytes(encoded)) return raise(vm, vm.exc.TypeError, "encoding of hostname failed");
      name = std::string(encoded.as<BytesObject>()->view());
    }
  } else if (is_bytes(value) || is_instance_of(vm, value, vm.types.bytearray)) {
    BufferView view;
    VM_CHECK(get_buffer(vm, value, view));
    name = std::string(view.bytes());
  } else {
    return raise(vm, vm.exc.TypeError, "{}() argument 1 must be str, bytes or bytearray, not {}", function, type_name(vm, value));
  }
  if (name.find('\0') != std::string::npos) return raise(vm, vm.exc.TypeError, "host name must not contain null character");
  return name;
}

namespace {

bool port_of(Vm& vm, Value value, std::string_view function, std::uint16_t& out) {
  VM_TRY(Ref index, to_index(vm, value));
  const std::optional<std::int64_t> port = int_to_int64(index);
  if (!port || *port < 0 || *port > 0xFFFF) return raise(vm, vm.exc.OverflowError, "{}(): port must be 0-65535.", function);
  out = htons(static_cast<std::uint16_t>(*port));
  return true;
}

bool read_ipv4(Vm& vm, const TupleObject* parts, std::string_view function, SocketAddress& out) {
  if (parts->size != 2) return raise(vm, vm.exc.TypeError, "{}(): AF_INET address must be a pair (host, port)", function);
  VM_TRY(const std::string host, host_argument(vm, (*parts)[0], function));
  std::uint16_t port = 0;
  VM_CHECK(port_of(vm, (*parts)[1], function, port) && resolve_host(vm, host, AF_INET, out));
  reinterpret_cast<sockaddr_in*>(&out.storage)->sin_port = port;
  return true;
}

bool read_ipv6(Vm& vm, const TupleObject* parts, std::string_view function, SocketAddress& out) {
  if (parts->size < 2 || parts->size > 4) {
    return raise(vm, vm.exc.TypeError, "{}(): AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])", function);
  }
  VM_TRY(const std::string host, host_argument(vm, (*parts)[0], function));
  std::uint16_t port = 0;
  VM_CHECK(port_of(vm, (*parts)[1], function, port));
  std::int64_t numbers[2] = {0, 0};
  for (std::size_t i = 2; i < parts->size; ++i) {
    VM_TRY(numbers[i - 2], to_int64(vm, (*parts)[i]));
  }
  if (numbers[0] < 0 || numbers[0] > 0xFFFFF) return raise(vm, vm.exc.OverflowError, "{}(): flowinfo must be 0-1048575.", function);
  VM_CHECK(resolve_host(vm, host, AF_INET6, out));
  auto* address = reinterpret_cast<sockaddr_in6*>(&out.storage);
  address->sin6_port = port;
  address->sin6_flowinfo = htonl(static_cast<std::uint32_t>(numbers[0]));
  if (parts->size == 4) address->sin6_scope_id = static_cast<std::uint32_t>(numbers[1]);
  return true;
}

bool read_unix(Vm& vm, Value value, SocketAddress& out) {
  std::string path;
  if (is_str(value)) {
    path = to_fs_bytes(value.as<StrObject>());
  } else {
    BufferView view;
    VM_CHECK(get_buffer(vm, value, view));
    path = std::string(view.bytes());
  }
  auto* address = reinterpret_cast<sockaddr_un*>(&out.storage);
  // A name that begins with a zero byte is in Linux's abstract name space and may fill the field.
  const bool is_abstract = !path.empty() && path.front() == '\0';
  if (path.size() + (is_abstract ? 0 : 1) > sizeof address->sun_path) return raise(vm, vm.exc.OSError, "AF_UNIX path too long");
  address->sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address->sun_path), path.data(), path.size());
  out.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (is_abstract || path.empty() ? 0 : 1));
  return true;
}

Ref host_text(Vm& vm, const SocketAddress& address) {
  char host[NI_MAXHOST];
  const int failure = ::getnameinfo(address.raw(), address.length, static_cast<char*>(host), sizeof host, nullptr, 0, NI_NUMERICHOST);
  if (failure != 0) return raise_gaierror(vm, failure);
  return new_str(vm, static_cast<char*>(host));
}

}  // namespace

bool read_address(Vm& vm, int family, Value value, std::string_view function, SocketAddress& out) {
  out = {};
  if (family == AF_UNIX) return read_unix(vm, value, out);
  if (family != AF_INET && family != AF_INET6) return raise(vm, vm.exc.OSError, "{}(): bad family", function);
  if (!is_tuple(value)) {
    return raise(vm, vm.exc.TypeError, "{}(): {} address must be tuple, not {}", function, family == AF_INET ? "AF_INET" : "AF_INET6",
                 type_name(vm, value));
  }
  const auto* parts = value.as<TupleObject>();
  return family == AF_INET ? read_ipv4(vm, parts, function, out) : read_ipv6(vm, parts, function, out);
}

Ref show_address(Vm& vm, const SocketAddress& address) {
  if (address.length == 0) return Ref::none();
  switch (address.storage.ss_family) {
    case AF_INET: {
      VM_TRY(Ref host, host_text(vm, address));
      return new_tuple(vm, {host.get(), Value::small(ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port))});
    }
    case AF_INET6: {
      VM_TRY(Ref host, host_text(vm, address));
      const auto* six = reinterpret_cast<const sockaddr_in6*>(&address.storage);
      return new_tuple(vm, {host.get(), Value::small(ntohs(six->sin6_port)), Value::small(ntohl(six->sin6_flowinfo)),
                            Value::small(six->sin6_scope_id)});
    }
    case AF_UNIX: {
      const auto* local = reinterpret_cast<const sockaddr_un*>(&address.storage);
      const std::size_t used = address.length - offsetof(sockaddr_un, sun_path);
      const char* path = static_cast<const char*>(local->sun_path);
      if (address.length > offsetof(sockaddr_un, sun_path) && path[0] == '\0') return new_bytes(vm, {path, used});
      return new_str_fs(vm, std::string_view(path, ::strnlen(path, address.length > offsetof(sockaddr_un, sun_path) ? used : 0)));
    }
    default: {
      VM_TRY(Ref bytes, new_bytes(vm, {static_cast<const char*>(address.raw()->sa_data), address.length - sizeof(sa_family_t)}));
      return new_tuple(vm, {Value::small(address.storage.ss_family), bytes.get()});
    }
  }
}

bool timeout_argument(Vm& vm, Value value, std::int64_t& nanoseconds) {
  nanoseconds = -1;
  if (value.is_none()) return true;
  VM_TRY(const double seconds, to_double(vm, value));
  if (std::isnan(seconds)) return raise(vm, vm.exc.ValueError, "Invalid value NaN (not a number)");
  if (seconds < 0) return raise(vm, vm.exc.ValueError, "Timeout value out of range");
  if (seconds > 9.2e9) return raise(vm, vm.exc.OverflowError, "timestamp too large to convert to C PyTime_t");
  nanoseconds = static_cast<std::int64_t>(std::ceil(seconds * 1e9));
  return true;
}
Ref timeout_result(Vm& vm, std::int64_t nanoseconds) {
  if (nanoseconds < 0) return Ref::none();
  return new_float(vm, static_cast<double>(nanoseconds) / 1e9);
}

}  // namespace ouro::vm
