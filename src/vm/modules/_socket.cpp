// _socket: the system's sockets, where the host allows the network. Addresses, names, data and constants are in _socket/.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "vm/core/machine_state.h"
#include "vm/modules/_socket/socket.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

SocketObject* socket_in(Value self) { return self.as<SocketObject>(); }

bool set_blocking(Vm& vm, int descriptor, bool blocking) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags < 0) return raise_os_error(vm, errno);
  const int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
  if (wanted != flags && ::fcntl(descriptor, F_SETFL, wanted) < 0) return raise_os_error(vm, errno);
  return true;
}

// --- life

Ref socket_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  VM_TRY(Ref made, construct_zeroed(vm, type, args));
  socket_in(made)->descriptor = -1;
  socket_in(made)->timeout_ns = -1;
  return made;
}

/// What of family, type and protocol was not given, from the descriptor itself.
bool ask_descriptor(Vm& vm, SocketObject* self) {
  SocketAddress address;
  if (::getsockname(self->descriptor, address.raw(), &address.length) != 0) {
    if (self->family == -1 || errno == EBADF || errno == ENOTSOCK) return raise_os_error(vm, errno);
  } else if (self->family == -1) {
    self->family = address.storage.ss_family;
  }
  socklen_t size = sizeof(int);
  if (self->kind == -1 && ::getsockopt(self->descriptor, SOL_SOCKET, SO_TYPE, &self->kind, &size) != 0) return raise_os_error(vm, errno);
  size = sizeof(int);
  if (self->protocol == -1 && ::getsockopt(self->descriptor, SOL_SOCKET, SO_PROTOCOL, &self->protocol, &size) != 0) return raise_os_error(vm, errno);
  return true;
}

bool socket_init(Vm& vm, Value self, const CallArgs& call) {
  VM_PARSE(args, vm, "socket(family=-1, type=-1, proto=-1, fileno=None)", 4, call);
  SocketObject* socket = socket_in(self);
  VM_TRY(const int family, args.integer(vm, 0, -1));
  VM_TRY(const int kind, args.integer(vm, 1, -1));
  VM_TRY(const int protocol, args.integer(vm, 2, -1));
  VM_CHECK(audit(vm, "socket.__new__", {self, Value::small(family), Value::small(kind), Value::small(protocol)}));
  VM_CHECK(network_allowed(vm));
  socket->family = family;
  socket->kind = kind;
  socket->protocol = protocol;
  int descriptor = -1;
  if (args.has(3)) {
    if (is_float(args[3])) return raise(vm, vm.exc.TypeError, "integer argument expected, got float");
    VM_TRY(descriptor, args.integer(vm, 3));
    if (descriptor < 0) return raise(vm, vm.exc.ValueError, "negative file descriptor");
    socket->descriptor = descriptor;
    if (!ask_descriptor(vm, socket)) {
      socket->descriptor = -1;  // it stays the caller's
      return false;
    }
  } else {
    if (family == -1) socket->family = AF_INET;
    if (kind == -1) socket->kind = SOCK_STREAM;
    if (protocol == -1) socket->protocol = 0;
    descriptor = ::socket(socket->family, socket->kind | SOCK_CLOEXEC, socket->protocol);
    if (descriptor < 0) return raise_os_error(vm, errno);
    socket->descriptor = descriptor;
  }
  socket->timeout_ns = machine_state<SocketModuleState>(vm).default_timeout_ns;
  if ((socket->kind & SOCK_NONBLOCK) != 0) {
    socket->timeout_ns = 0;
    socket->kind &= ~SOCK_NONBLOCK;
  } else if (socket->timeout_ns >= 0) {
    VM_CHECK(set_blocking(vm, descriptor, false));
  }
  socket->kind &= ~SOCK_CLOEXEC;
  return true;
}

void socket_finalize(Vm& vm, Object* self) {
  auto* socket = static_cast<SocketObject*>(self);
  if (socket->descriptor == -1) return;
  Ref pending = take_error(vm);
  Ref shown = repr(vm, Value(self));
  if (!shown || !warn(vm, vm.exc.ResourceWarning, "unclosed " + to_utf8(shown.as<StrObject>()))) {
    if (error_matches(vm, vm.exc.Warning)) report_unraisable(vm, Value(self));
    clear_error(vm);
  }
  if (socket->descriptor != -1) ::close(std::exchange(socket->descriptor, -1));
  restore_error(vm, std::move(pending));
}
void socket_dealloc(Vm& vm, Object* self) {
  auto* socket = static_cast<SocketObject*>(self);
  if (socket->descriptor != -1) ::close(std::exchange(socket->descriptor, -1));
  free_object(vm, self, self->type->basic_size);
}
Ref socket_repr(Vm& vm, Value self) {
  const SocketObject* socket = socket_in(self);
  return new_str(vm, format_message("<socket object, fd={}, family={}, type={}, proto={}>", {socket->descriptor, socket->family, socket->kind, socket->protocol}));
}

// --- methods

Ref socket_accept(Vm& vm, Value self) {
  SocketObject* socket = socket_in(self);
  SocketAddress from;
  VM_TRY(const ssize_t descriptor, socket_call(vm, socket, false, socket_deadline(vm, socket), [&]() -> ssize_t {
    from.length = sizeof from.storage;
    return ::accept4(socket->descriptor, from.raw(), &from.length, SOCK_CLOEXEC);
  }));
  VM_TRY(Ref address, show_address(vm, from));
  return new_tuple(vm, {Value::small(descriptor), address.get()});
}

Ref socket_bind(Vm& vm, Value self, Value value) {
  SocketAddress address;
  VM_CHECK(read_address(vm, socket_in(self)->family, value, "bind", address));
  VM_CHECK(audit(vm, "socket.bind", {self, value}));
  if (::bind(socket_in(self)->descriptor, address.raw(), address.length) != 0) return raise_os_error(vm, errno);
  return Ref::none();
}

/// The outcome of a connection as an errno value; nullopt: an exception is set.
std::optional<int> connect_outcome(Vm& vm, SocketObject* socket, const SocketAddress& address) {
  if (::connect(socket->descriptor, address.raw(), address.length) == 0) return 0;
  const int failure = errno;
  if (failure != EINTR && !(failure == EINPROGRESS && socket->timeout_ns > 0)) return failure;
  if (!charge_work(vm, 1) || !socket_wait(vm, socket, true, socket_deadline(vm, socket))) return std::nullopt;
  int result = 0;
  socklen_t size = sizeof result;
  if (::getsockopt(socket->descriptor, SOL_SOCKET, SO_ERROR, &result, &size) != 0) return errno;
  return result;
}
Ref socket_connect(Vm& vm, Value self, Value value) {
  SocketAddress address;
  VM_CHECK(read_address(vm, socket_in(self)->family, value, "connect", address));
  VM_CHECK(audit(vm, "socket.connect", {self, value}));
  VM_TRY(const int failure, connect_outcome(vm, socket_in(self), address));
  if (failure != 0) return raise_os_error(vm, failure);
  return Ref::none();
}
Ref socket_connect_ex(Vm& vm, Value self, Value value) {
  SocketAddress address;
  VM_CHECK(read_address(vm, socket_in(self)->family, value, "connect_ex", address));
  VM_CHECK(audit(vm, "socket.connect", {self, value}));
  const std::optional<int> failure = connect_outcome(vm, socket_in(self), address);
  if (failure) return Ref::small(*failure);
  if (!catch_error(vm, vm.exc.TimeoutError)) return {};
  return Ref::small(EWOULDBLOCK);
}

Ref socket_close(Vm& vm, Value self) {
  const int descriptor = std::exchange(socket_in(self)->descriptor, -1);
  // A connection that the peer reset is closed all the same.
  if (descriptor != -1 && ::close(descriptor) != 0 && errno != ECONNRESET) return raise_os_error(vm, errno);
  return Ref::none();
}
Ref socket_detach(Vm&, Value self) { return Ref::small(std::exchange(socket_in(self)->descriptor, -1)); }
Ref socket_fileno(Vm&, Value self) { return Ref::small(socket_in(self)->descriptor); }
Ref socket_listen(Vm& vm, Value self, Args& args) {
  VM_TRY(const int backlog, args.integer(vm, 0, 128));
  if (::listen(socket_in(self)->descriptor, std::max(backlog, 0)) != 0) return raise_os_error(vm, errno);
  return Ref::none();
}
Ref socket_shutdown(Vm& vm, Value self, Args& args) {
  VM_TRY(const int how, args.integer(vm, 0));
  if (::shutdown(socket_in(self)->descriptor, how) != 0) return raise_os_error(vm, errno);
  return Ref::none();
}
Ref socket_getsockname(Vm& vm, Value self) {
  SocketAddress address;
  if (::getsockname(socket_in(self)->descriptor, address.raw(), &address.length) != 0) return raise_os_error(vm, errno);
  return show_address(vm, address);
}
Ref socket_getpeername(Vm& vm, Value self) {
  SocketAddress address;
  if (::getpeername(socket_in(self)->descriptor, address.raw(), &address.length) != 0) return raise_os_error(vm, errno);
  return show_address(vm, address);
}

// --- waiting

Ref apply_timeout(Vm& vm, SocketObject* self, std::int64_t nanoseconds) {
  VM_CHECK(set_blocking(vm, self->descriptor, nanoseconds < 0));
  self->timeout_ns = nanoseconds;
  return Ref::none();
}
Ref socket_setblocking(Vm& vm, Value self, Value value) {
  bool blocking = false;
  VM_CHECK(truth(vm, value, blocking));
  return apply_timeout(vm, socket_in(self), blocking ? -1 : 0);
}
Ref socket_getblocking(Vm&, Value self) { return Ref::boolean(socket_in(self)->timeout_ns != 0); }
Ref socket_settimeout(Vm& vm, Value self, Value value) {
  std::int64_t nanoseconds = -1;
  VM_CHECK(timeout_argument(vm, value, nanoseconds));
  return apply_timeout(vm, socket_in(self), nanoseconds);
}
Ref socket_gettimeout(Vm& vm, Value self) { return timeout_result(vm, socket_in(self)->timeout_ns); }

// --- options

Ref socket_setsockopt(Vm& vm, Value self, Args& args) {
  VM_TRY(const int level, args.integer(vm, 0));
  VM_TRY(const int name, args.integer(vm, 1));
  const int descriptor = socket_in(self)->descriptor;
  if (args.given(3)) {
    if (!args[2].is_none()) return raise_argument_type(vm, "socket.setsockopt", 3, "None", args[2]);
    VM_TRY(const std::int64_t size, args.int64(vm, 3));
    if (size < 0 || size > 0x7FFFFFFF) return raise(vm, vm.exc.OverflowError, "option length out of range");
    if (::setsockopt(descriptor, level, name, nullptr, static_cast<socklen_t>(size)) != 0) return raise_os_error(vm, errno);
    return Ref::none();
  }
  if (args[2].is_none()) return raise(vm, vm.exc.TypeError, "setsockopt() requires 4 arguments when the third argument is None");
  if (is_int(args[2])) {
    VM_TRY(const int value, args.integer(vm, 2));
    if (::setsockopt(descriptor, level, name, &value, sizeof value) != 0) return raise_os_error(vm, errno);
    return Ref::none();
  }
  BufferView view;
  VM_CHECK(get_buffer(vm, args[2], view));
  if (::setsockopt(descriptor, level, name, view.data, static_cast<socklen_t>(view.length)) != 0) return raise_os_error(vm, errno);
  return Ref::none();
}
Ref socket_getsockopt(Vm& vm, Value self, Args& args) {
  VM_TRY(const int level, args.integer(vm, 0));
  VM_TRY(const int name, args.integer(vm, 1));
  VM_TRY(const int size, args.integer(vm, 2, 0));
  const int descriptor = socket_in(self)->descriptor;
  if (size == 0) {
    int value = 0;
    socklen_t length = sizeof value;
    if (::getsockopt(descriptor, level, name, &value, &length) != 0) return raise_os_error(vm, errno);
    return Ref::small(value);
  }
  if (size < 0 || size > 1024) return raise(vm, vm.exc.OSError, "getsockopt buflen out of range");
  std::vector<char> buffer(static_cast<std::size_t>(size));
  auto length = static_cast<socklen_t>(size);
  if (::getsockopt(descriptor, level, name, buffer.data(), &length) != 0) return raise_os_error(vm, errno);
  return new_bytes(vm, {buffer.data(), length});
}

constexpr MethodSpec kOwnMethods[] = {
    {"_accept($self, /)", socket_accept, "Wait for a connection; gives its descriptor and the peer's address."},
    {"bind($self, address, /)", socket_bind, "Bind the socket to a local address."},
    {"close($self, /)", socket_close, "Close the socket.  It cannot be used after this call."},
    {"connect($self, address, /)", socket_connect, "Connect the socket to a remote address."},
    {"connect_ex($self, address, /)", socket_connect_ex, "Like connect, with an error code instead of an exception."},
    {"detach($self, /)", socket_detach, "Close the socket object without closing the descriptor, which is given."},
    {"fileno($self, /)", socket_fileno, "Return the integer file descriptor of the socket."},
    {"getpeername($self, /)", socket_getpeername, "Return the address of the remote endpoint."},
    {"getsockname($self, /)", socket_getsockname, "Return the address of the local endpoint."},
    {"getsockopt($self, level, option, buffersize=0, /)", socket_getsockopt, "Get a socket option."},
    {"setsockopt($self, level, option, value, optlen=<unrepresentable>, /)", socket_setsockopt, "Set a socket option."},
    {"listen($self, backlog=128, /)", socket_listen, "Enable a server to accept connections."},
    {"setblocking($self, flag, /)", socket_setblocking, "Set the socket to blocking or non-blocking mode."},
    {"getblocking($self, /)", socket_getblocking, "Whether the socket waits."},
    {"settimeout($self, timeout, /)", socket_settimeout, "Set a timeout in seconds; None waits without end."},
    {"gettimeout($self, /)", socket_gettimeout, "Return the timeout in seconds, or None."},
    {"shutdown($self, flag, /)", socket_shutdown, "Shut down one or both directions of the connection."},
};
std::vector<MethodSpec> all_methods() {
  std::vector<MethodSpec> all(std::begin(kOwnMethods), std::end(kOwnMethods));
  const auto data = socket_data_methods();
  all.insert(all.end(), data.begin(), data.end());
  return all;
}
const std::vector<MethodSpec> kMethods = all_methods();

constexpr MemberSpec kMembers[] = {
    {"family", MemberSpec::Kind::Int32, offsetof(SocketObject, family), true, "the socket family"},
    {"type", MemberSpec::Kind::Int32, offsetof(SocketObject, kind), true, "the socket type"},
    {"proto", MemberSpec::Kind::Int32, offsetof(SocketObject, protocol), true, "the socket protocol"},
};
constexpr GetSetSpec kGetSet[] = {{"timeout", socket_gettimeout, nullptr, "the socket timeout"}};

}  // namespace

const TypeSpec kSocketType = {
    .name = "_socket.socket",
    .basic_size = sizeof(SocketObject),
    .flags = kTypeBaseType,
    .doc = "socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nOpen a socket of the given type.",
    .slots = {.dealloc = socket_dealloc, .finalize = socket_finalize, .construct = socket_construct, .init = socket_init, .repr = socket_repr},
    .methods = kMethods,
    .getset = kGetSet,
    .members = kMembers};

namespace {

// --- functions of the module

Ref module_close(Vm& vm, Value, Value value) {
  VM_TRY(const int descriptor, descriptor_argument(vm, value));
  if (::close(descriptor) != 0 && errno != ECONNRESET) return raise_os_error(vm, errno);
  return Ref::none();
}
Ref module_dup(Vm& vm, Value, Value value) {
  VM_TRY(const int descriptor, descriptor_argument(vm, value));
  VM_CHECK(network_allowed(vm));
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return raise_os_error(vm, errno);
  return Ref::small(copy);
}
Ref module_socketpair(Vm& vm, Value, Args& args) {
  VM_TRY(const int family, args.integer(vm, 0, AF_UNIX));
  VM_TRY(const int kind, args.integer(vm, 1, SOCK_STREAM));
  VM_TRY(const int protocol, args.integer(vm, 2, 0));
  VM_CHECK(network_allowed(vm));
  int pair[2];
  if (::socketpair(family, kind | SOCK_CLOEXEC, protocol, static_cast<int*>(pair)) != 0) return raise_os_error(vm, errno);
  const Value type(vm.native_type(kSocketType));
  Ref ends[2];
  for (int i = 0; i < 2; ++i) {
    ends[i] = call(vm, type, {Value::small(family), Value::small(kind), Value::small(protocol), Value::small(pair[i])});
    if (!ends[i]) {
      for (int j = i; j < 2; ++j) ::close(pair[j]);
      return {};
    }
  }
  return new_tuple(vm, {ends[0].get(), ends[1].get()});
}
Ref module_getdefaulttimeout(Vm& vm, Value) { return timeout_result(vm, machine_state<SocketModuleState>(vm).default_timeout_ns); }
Ref module_setdefaulttimeout(Vm& vm, Value, Value value) {
  std::int64_t nanoseconds = -1;
  VM_CHECK(timeout_argument(vm, value, nanoseconds));
  machine_state<SocketModuleState>(vm).default_timeout_ns = nanoseconds;
  return Ref::none();
}
Ref module_cmsg_len(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t size, args.ssize(vm, 0));
  if (size < 0 || size > 0x7FFFFFE0) return raise(vm, vm.exc.OverflowError, "CMSG_LEN() argument out of range");
  return Ref::small(static_cast<std::int64_t>(CMSG_LEN(static_cast<std::size_t>(size))));
}
Ref module_cmsg_space(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t size, args.ssize(vm, 0));
  if (size < 0 || size > 0x7FFFFFE0) return raise(vm, vm.exc.OverflowError, "CMSG_SPACE() argument out of range");
  return Ref::small(static_cast<std::int64_t>(CMSG_SPACE(static_cast<std::size_t>(size))));
}

constexpr MethodSpec kOwnFunctions[] = {
    {"close($module, fd, /)", module_close, "Close an integer socket file descriptor."},
    {"dup($module, fd, /)", module_dup, "Duplicate an integer socket file descriptor."},
    {"socketpair($module, family=AF_UNIX, type=SOCK_STREAM, proto=0, /)", module_socketpair, "Create a pair of connected socket objects."},
    {"getdefaulttimeout($module, /)", module_getdefaulttimeout, "The timeout in seconds of new sockets, or None."},
    {"setdefaulttimeout($module, timeout, /)", module_setdefaulttimeout, "Set the timeout in seconds of new sockets."},
    {"CMSG_LEN($module, length, /)", module_cmsg_len, "Length of an ancillary data item with that much data, without padding."},
    {"CMSG_SPACE($module, length, /)", module_cmsg_space, "Room that an ancillary data item with that much data takes."},
};
std::vector<MethodSpec> all_functions() {
  std::vector<MethodSpec> all(std::begin(kOwnFunctions), std::end(kOwnFunctions));
  const auto names = socket_name_functions();
  all.insert(all.end(), names.begin(), names.end());
  return all;
}

bool add_error(Vm& vm, ModuleObject* module, const char* name, Ref& out) {
  VM_TRY(Own<TupleObject> bases, new_tuple(vm, {Value(vm.exc.OSError)}));
  VM_TRY(out, new_simple_class(vm, std::string("socket.") + name, bases));
  return set_module_attribute(vm, module, name, out.get());
}
bool fill(Vm& vm, ModuleObject* module) {
  auto& state = machine_state<SocketModuleState>(vm);
  VM_CHECK(add_error(vm, module, "herror", state.herror) && add_error(vm, module, "gaierror", state.gaierror));
  return set_module_attribute(vm, module, "error", Value(vm.exc.OSError)) && set_module_attribute(vm, module, "timeout", Value(vm.exc.TimeoutError)) &&
         add_type(vm, module, kSocketType) && set_module_attribute(vm, module, "SocketType", Value(vm.native_type(kSocketType))) &&
         set_module_attribute(vm, module, "has_ipv6", kTrue) && add_socket_constants(vm, module);
}

}  // namespace

const ModuleSpec& _socket_module() {
  static const std::vector<MethodSpec> functions = all_functions();
  static const ModuleSpec spec = {.name = "_socket",
                                  .doc = "Implementation module for socket operations.\n\nSee the socket module for documentation.",
                                  .functions = functions,
                                  .fill = fill};
  return spec;
}

}  // namespace ouro::vm
