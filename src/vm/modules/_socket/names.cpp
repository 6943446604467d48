// _socket: names of hosts, services, protocols and interfaces, and numbers in network order.
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "vm/core/machine_state.h"
#include "vm/modules/_socket/socket.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

Ref socket_gethostname(Vm& vm, Value) {
  VM_CHECK(network_allowed(vm));
  char name[1024] = {};
  if (::gethostname(static_cast<char*>(name), sizeof name - 1) != 0) return raise_os_error(vm, errno);
  return new_str_fs(vm, static_cast<char*>(name));
}
Ref socket_sethostname(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument name, path_argument(vm, args[0], "sethostname", "name"));
  VM_CHECK(network_allowed(vm));
  if (::sethostname(name.bytes.data(), name.bytes.size()) != 0) return raise_os_error(vm, errno);
  return Ref::none();
}
Ref socket_gethostbyname(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, host_argument(vm, args[0], "gethostbyname"));
  VM_CHECK(network_allowed(vm));
  SocketAddress address;
  VM_CHECK(resolve_host(vm, name, AF_INET, address));
  VM_TRY(Ref shown, show_address(vm, address));
  return Ref::share((*shown.as<TupleObject>())[0]);
}

/// (name, aliases, addresses) of a hostent.
Ref host_entry(Vm& vm, const hostent* entry) {
  if (entry == nullptr) return raise_herror(vm, h_errno);
  VM_TRY(Own<ListObject> aliases, new_list(vm));
  VM_TRY(Own<ListObject> addresses, new_list(vm));
  for (char** alias = entry->h_aliases; alias != nullptr && *alias != nullptr; ++alias) {
    VM_TRY(Ref text, new_str_fs(vm, *alias));
    VM_CHECK(list_append(vm, aliases, std::move(text)));
  }
  for (char** address = entry->h_addr_list; address != nullptr && *address != nullptr; ++address) {
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(entry->h_addrtype, *address, static_cast<char*>(text), sizeof text);
    VM_TRY(Ref shown, new_str(vm, static_cast<char*>(text)));
    VM_CHECK(list_append(vm, addresses, std::move(shown)));
  }
  VM_TRY(Ref name, new_str_fs(vm, entry->h_name));
  return new_tuple(vm, {name.get(), Value(aliases), Value(addresses)});
}
Ref socket_gethostbyname_ex(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, host_argument(vm, args[0], "gethostbyname_ex"));
  VM_CHECK(network_allowed(vm));
  SocketAddress address;
  VM_CHECK(resolve_host(vm, name, AF_INET, address));
  return host_entry(vm, ::gethostbyname(name.c_str()));
}
Ref socket_gethostbyaddr(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, host_argument(vm, args[0], "gethostbyaddr"));
  VM_CHECK(network_allowed(vm));
  SocketAddress address;
  VM_CHECK(resolve_host(vm, name, AF_UNSPEC, address));
  if (address.storage.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_addr;
    return host_entry(vm, ::gethostbyaddr(&six, sizeof six, AF_INET6));
  }
  const auto& four = reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr;
  return host_entry(vm, ::gethostbyaddr(&four, sizeof four, AF_INET));
}

bool service_argument(Vm& vm, Value value, std::string& out, bool& given) {
  given = !value.is_none();
  if (value.is_none()) return true;
  if (is_int(value)) {
    VM_TRY(const std::int64_t port, to_int64(vm, value));
    out = std::to_string(port);
  } else if (is_str(value)) {
    out = to_utf8(value.as<StrObject>());
  } else if (is_bytes(value)) {
    out = std::string(value.as<BytesObject>()->view());
  } else {
    return raise(vm, vm.exc.OSError, "Int or String expected");
  }
  return true;
}

Ref socket_getaddrinfo(Vm& vm, Value, Args& args) {
  std::string host;
  if (!args[0].is_none()) {
    if (!is_str(args[0]) && !is_bytes(args[0])) return raise(vm, vm.exc.TypeError, "getaddrinfo() argument 1 must be string or None");
    VM_TRY(host, host_argument(vm, args[0], "getaddrinfo"));
  }
  std::string port;
  bool has_port = false;
  VM_CHECK(service_argument(vm, args[1], port, has_port));
  addrinfo hints{};
  VM_TRY(hints.ai_family, args.integer(vm, 2, AF_UNSPEC));
  VM_TRY(hints.ai_socktype, args.integer(vm, 3, 0));
  VM_TRY(hints.ai_protocol, args.integer(vm, 4, 0));
  VM_TRY(hints.ai_flags, args.integer(vm, 5, 0));
  VM_CHECK(audit(vm, "socket.getaddrinfo", {args[0], args[1], args.get(2, Value::small(0)), args.get(3, Value::small(0)), args.get(4, Value::small(0))}));
  VM_CHECK(network_allowed(vm));
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(args[0].is_none() ? nullptr : host.c_str(), has_port ? port.c_str() : nullptr, &hints, &found);
  if (failure != 0) return raise_gaierror(vm, failure);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  VM_TRY(Own<ListObject> all, new_list(vm));
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    SocketAddress address;
    address.length = one->ai_addrlen;
    std::memcpy(&address.storage, one->ai_addr, one->ai_addrlen);
    VM_TRY(Ref shown, show_address(vm, address));
    VM_TRY(Ref name, new_str_fs(vm, one->ai_canonname == nullptr ? "" : one->ai_canonname));
    VM_TRY(Ref entry, new_tuple(vm, {Value::small(one->ai_family), Value::small(one->ai_socktype), Value::small(one->ai_protocol), name.get(), shown.get()}));
    VM_CHECK(list_append(vm, all, std::move(entry)));
  }
  return all;
}

Ref socket_getnameinfo(Vm& vm, Value, Args& args) {
  VM_TRY(const int flags, args.integer(vm, 1));
  if (!is_tuple(args[0])) return raise(vm, vm.exc.TypeError, "getnameinfo() argument 1 must be a tuple");
  const auto* parts = args[0].as<TupleObject>();
  if (parts->size < 2 || parts->size > 4 || !is_str((*parts)[0])) return raise(vm, vm.exc.TypeError, "getnameinfo(): illegal sockaddr argument");
  std::int64_t numbers[3] = {};
  for (std::size_t i = 1; i < parts->size; ++i) {
    VM_TRY(numbers[i - 1], to_int64(vm, (*parts)[i]));
  }
  if (numbers[1] > 0xFFFFF) return raise(vm, vm.exc.OverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
  VM_CHECK(network_allowed(vm));
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(numbers[0]);
  int failure = ::getaddrinfo(to_utf8((*parts)[0].as<StrObject>()).c_str(), port.c_str(), &hints, &found);
  if (failure != 0) return raise_gaierror(vm, failure);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  if (found->ai_next != nullptr) return raise(vm, vm.exc.OSError, "sockaddr resolved to multiple addresses");
  if (found->ai_family == AF_INET && parts->size != 2) return raise(vm, vm.exc.OSError, "IPv4 sockaddr must be 2 tuple");
  if (found->ai_family == AF_INET6) {
    auto* six = reinterpret_cast<sockaddr_in6*>(found->ai_addr);
    six->sin6_flowinfo = htonl(static_cast<std::uint32_t>(numbers[1]));
    six->sin6_scope_id = static_cast<std::uint32_t>(numbers[2]);
  }
  char host[NI_MAXHOST];
  char service[NI_MAXSERV];
  failure = ::getnameinfo(found->ai_addr, found->ai_addrlen, static_cast<char*>(host), sizeof host, static_cast<char*>(service), sizeof service, flags);
  if (failure != 0) return raise_gaierror(vm, failure);
  VM_TRY(Ref first, new_str_fs(vm, static_cast<char*>(host)));
  VM_TRY(Ref second, new_str_fs(vm, static_cast<char*>(service)));
  return new_tuple(vm, {first.get(), second.get()});
}

Ref socket_getservbyname(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, args.text(vm, 0));
  VM_TRY(const std::string protocol, args.text(vm, 1));
  VM_CHECK(network_allowed(vm));
  const servent* entry = ::getservbyname(name.c_str(), args.given(1) ? protocol.c_str() : nullptr);
  if (entry == nullptr) return raise(vm, vm.exc.OSError, "service/proto not found");
  return Ref::small(ntohs(static_cast<std::uint16_t>(entry->s_port)));
}
Ref socket_getservbyport(Vm& vm, Value, Args& args) {
  VM_TRY(const int port, args.integer(vm, 0));
  VM_TRY(const std::string protocol, args.text(vm, 1));
  if (port < 0 || port > 0xFFFF) return raise(vm, vm.exc.OverflowError, "getservbyport: port must be 0-65535.");
  VM_CHECK(network_allowed(vm));
  const servent* entry = ::getservbyport(htons(static_cast<std::uint16_t>(port)), args.given(1) ? protocol.c_str() : nullptr);
  if (entry == nullptr) return raise(vm, vm.exc.OSError, "port/proto not found");
  return new_str_fs(vm, entry->s_name);
}
Ref socket_getprotobyname(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, args.text(vm, 0));
  VM_CHECK(network_allowed(vm));
  const protoent* entry = ::getprotobyname(name.c_str());
  if (entry == nullptr) return raise(vm, vm.exc.OSError, "protocol not found");
  return Ref::small(entry->p_proto);
}

// --- numbers in network order

Ref swapped(Vm& vm, Value value, std::string_view function, std::int64_t limit, std::string_view width) {
  VM_TRY(Ref index, to_index(vm, value));
  const std::optional<std::int64_t> number = int_to_int64(index);
  if (int_sign(index) < 0) {
    return width == "16" ? raise(vm, vm.exc.OverflowError, "{}: can't convert negative Python int to C 16-bit unsigned integer", function)
                         : raise(vm, vm.exc.OverflowError, "can't convert negative value to unsigned int");
  }
  if (!number || *number > limit) {
    return width == "16" ? raise(vm, vm.exc.OverflowError, "{}: Python int too large to convert to C 16-bit unsigned integer", function)
                         : raise(vm, vm.exc.OverflowError, "int larger than 32 bits");
  }
  if (width == "16") return Ref::small(htons(static_cast<std::uint16_t>(*number)));
  return Ref::small(htonl(static_cast<std::uint32_t>(*number)));
}
Ref socket_ntohs(Vm& vm, Value, Value value) { return swapped(vm, value, "ntohs", 0xFFFF, "16"); }
Ref socket_htons(Vm& vm, Value, Value value) { return swapped(vm, value, "htons", 0xFFFF, "16"); }
Ref socket_ntohl(Vm& vm, Value, Value value) { return swapped(vm, value, "ntohl", 0xFFFFFFFF, "32"); }
Ref socket_htonl(Vm& vm, Value, Value value) { return swapped(vm, value, "htonl", 0xFFFFFFFF, "32"); }

Ref socket_inet_aton(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string text, args.text(vm, 0));
  in_addr address{};
  if (::inet_aton(text.c_str(), &address) == 0) return raise(vm, vm.exc.OSError, "illegal IP address string passed to inet_aton");
  return new_bytes(vm, {reinterpret_cast<const char*>(&address), sizeof address});
}
Ref socket_inet_ntoa(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  if (view.length != sizeof(in_addr)) return raise(vm, vm.exc.OSError, "packed IP wrong length");
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, view.data, static_cast<char*>(text), sizeof text);
  return new_str(vm, static_cast<char*>(text));
}
Ref socket_inet_pton(Vm& vm, Value, Args& args) {
  VM_TRY(const int family, args.integer(vm, 0));
  VM_TRY(const std::string text, args.text(vm, 1));
  char packed[sizeof(in6_addr)] = {};
  const int result = ::inet_pton(family, text.c_str(), static_cast<char*>(packed));
  if (result < 0) return raise_os_error(vm, errno);
  if (result == 0) return raise(vm, vm.exc.OSError, "illegal IP address string passed to inet_pton");
  return new_bytes(vm, {static_cast<char*>(packed), family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr)});
}
Ref socket_inet_ntop(Vm& vm, Value, Args& args) {
  VM_TRY(const int family, args.integer(vm, 0));
  BufferView view;
  VM_CHECK(get_buffer(vm, args[1], view));
  if (family != AF_INET && family != AF_INET6) return raise(vm, vm.exc.ValueError, "unknown address family {}", family);
  if (view.length != (family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr))) {
    return raise(vm, vm.exc.ValueError, "invalid length of packed IP address string");
  }
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(family, view.data, static_cast<char*>(text), sizeof text);
  return new_str(vm, static_cast<char*>(text));
}

// --- interfaces

Ref socket_if_nameindex(Vm& vm, Value) {
  VM_CHECK(network_allowed(vm));
  struct if_nameindex* found = ::if_nameindex();
  if (found == nullptr) return raise_os_error(vm, errno);
  const std::unique_ptr<struct if_nameindex, void (*)(struct if_nameindex*)> owner(found, ::if_freenameindex);
  VM_TRY(Own<ListObject> all, new_list(vm));
  for (auto* one = found; one->if_index != 0 && one->if_name != nullptr; ++one) {
    VM_TRY(Ref name, new_str_fs(vm, one->if_name));
    VM_TRY(Ref entry, new_tuple(vm, {Value::small(one->if_index), name.get()}));
    VM_CHECK(list_append(vm, all, std::move(entry)));
  }
  return all;
}
Ref socket_if_nametoindex(Vm& vm, Value, Args& args) {
  VM_TRY(const PathArgument name, path_argument(vm, args[0], "if_nametoindex", "oname"));
  VM_CHECK(network_allowed(vm));
  const unsigned index = ::if_nametoindex(name.bytes.c_str());
  if (index == 0) return raise(vm, vm.exc.OSError, "no interface with this name");
  return Ref::small(index);
}
Ref socket_if_indextoname(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t index, args.int64(vm, 0));
  VM_CHECK(network_allowed(vm));
  char name[IF_NAMESIZE] = {};
  if (::if_indextoname(static_cast<unsigned>(index), static_cast<char*>(name)) == nullptr) return raise_os_error(vm, errno);
  return new_str_fs(vm, static_cast<char*>(name));
}

constexpr MethodSpec kFunctions[] = {
    {"gethostname($module, /)", socket_gethostname, "Return the current host name."},
    {"sethostname($module, name, /)", socket_sethostname, "Sets the hostname to name."},
    {"gethostbyname($module, host, /)", socket_gethostbyname, "Return the IP address for a host."},
    {"gethostbyname_ex($module, host, /)", socket_gethostbyname_ex, "Return the true host name, a list of aliases, and a list of IP addresses."},
    {"gethostbyaddr($module, host, /)", socket_gethostbyaddr, "Return the true host name, a list of aliases, and a list of IP addresses."},
    {"getaddrinfo($module, /, host, port, family=0, type=0, proto=0, flags=0)", socket_getaddrinfo, "Resolve host and port into addrinfo struct."},
    {"getnameinfo($module, sockaddr, flags, /)", socket_getnameinfo, "Get host and port for a sockaddr."},
    {"getservbyname($module, servicename, protocolname=<unrepresentable>, /)", socket_getservbyname, "Return a port number from a service name."},
    {"getservbyport($module, port, protocolname=<unrepresentable>, /)", socket_getservbyport, "Return the service name from a port number."},
    {"getprotobyname($module, name, /)", socket_getprotobyname, "Return the protocol number for the named protocol."},
    {"ntohs($module, integer, /)", socket_ntohs, "Convert a 16-bit unsigned integer from network to host byte order."},
    {"ntohl($module, integer, /)", socket_ntohl, "Convert a 32-bit integer from network to host byte order."},
    {"htons($module, integer, /)", socket_htons, "Convert a 16-bit unsigned integer from host to network byte order."},
    {"htonl($module, integer, /)", socket_htonl, "Convert a 32-bit integer from host to network byte order."},
    {"inet_aton($module, ip_addr, /)", socket_inet_aton, "Convert an IP address in string format to the 32-bit packed binary format."},
    {"inet_ntoa($module, packed_ip, /)", socket_inet_ntoa, "Convert an IP address from 32-bit packed binary format to string format."},
    {"inet_pton($module, family, ip, /)", socket_inet_pton, "Convert an IP address from string format to a packed string."},
    {"inet_ntop($module, family, packed_ip, /)", socket_inet_ntop, "Convert a packed IP address of the given family to string format."},
    {"if_nameindex($module, /)", socket_if_nameindex, "Return a list of network interface information (index, name) tuples."},
    {"if_nametoindex($module, oname, /)", socket_if_nametoindex, "Returns the interface index corresponding to the interface name."},
    {"if_indextoname($module, index, /)", socket_if_indextoname, "Returns the interface name corresponding to the interface index."},
};

}  // namespace

std::span<const MethodSpec> socket_name_functions() { return kFunctions; }

}  // namespace ouro::vm
