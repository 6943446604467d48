// _socket: what is sent and received, and waiting for it.
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "vm/modules/_socket/socket.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {

std::int64_t socket_deadline(Vm& vm, const SocketObject* self) {
  return self->timeout_ns > 0 ? vm.host.monotonic_ns() + self->timeout_ns : -1;
}

// In pieces, so that signals and limits are heard.
bool socket_wait(Vm& vm, SocketObject* self, bool writing, std::int64_t deadline_ns) {
  for (;;) {
    pollfd entry{self->descriptor, static_cast<short>(writing ? POLLOUT : POLLIN), 0};
    std::int64_t left = 50;
    if (deadline_ns >= 0) left = std::clamp<std::int64_t>((deadline_ns - vm.host.monotonic_ns() + 999'999) / 1'000'000, 0, 50);
    const int ready = ::poll(&entry, 1, static_cast<int>(left));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return raise_os_error(vm, errno);
    if (deadline_ns >= 0 && vm.host.monotonic_ns() >= deadline_ns) return raise(vm, vm.exc.TimeoutError, "timed out");
    VM_CHECK(charge_work(vm, 1));
  }
}

namespace {

SocketObject* socket_in(Value self) { return self.as<SocketObject>(); }

bool size_argument(Vm& vm, Args& args, std::size_t at, std::string_view function, std::size_t& out) {
  VM_TRY(const std::int64_t size, args.ssize(vm, at));
  if (size < 0) return raise(vm, vm.exc.ValueError, "negative buffersize in {}", function);
  out = static_cast<std::size_t>(size);
  return true;
}

Ref socket_recv(Vm& vm, Value self, Args& args) {
  std::size_t size = 0;
  VM_CHECK(size_argument(vm, args, 0, "recv", size));
  VM_TRY(const int flags, args.integer(vm, 1, 0));
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, size));
  if (size == 0) return bytes;
  SocketObject* socket = socket_in(self);
  VM_TRY(const ssize_t got, socket_call(vm, socket, false, socket_deadline(vm, socket), [&] {
    return ::recv(socket->descriptor, bytes->data(), size, flags);
  }));
  if (static_cast<std::size_t>(got) == size) return bytes;
  return new_bytes(vm, {bytes->data(), static_cast<std::size_t>(got)});
}

Ref socket_recvfrom(Vm& vm, Value self, Args& args) {
  std::size_t size = 0;
  VM_CHECK(size_argument(vm, args, 0, "recvfrom", size));
  VM_TRY(const int flags, args.integer(vm, 1, 0));
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, size));
  SocketObject* socket = socket_in(self);
  SocketAddress from;
  VM_TRY(const ssize_t got, socket_call(vm, socket, false, socket_deadline(vm, socket), [&] {
    from.length = sizeof from.storage;
    return ::recvfrom(socket->descriptor, bytes->data(), size, flags, from.raw(), &from.length);
  }));
  VM_TRY(Ref content, new_bytes(vm, {bytes->data(), static_cast<std::size_t>(got)}));
  VM_TRY(Ref address, show_address(vm, from));
  return new_tuple(vm, {content.get(), address.get()});
}

/// The buffer and size of a ..._into method; size 0 is all of it.
bool into_arguments(Vm& vm, Args& args, std::string_view function, BufferView& view, std::size_t& size) {
  VM_CHECK(get_buffer(vm, args[0], view, kBufferWritable));
  VM_TRY(const std::int64_t asked, args.ssize(vm, 1, 0));
  if (asked < 0) return raise(vm, vm.exc.ValueError, "negative buffersize in {}", function);
  size = asked == 0 ? view.length : static_cast<std::size_t>(asked);
  if (size > view.length) {
    return function == "recv_into" ? raise(vm, vm.exc.ValueError, "buffer too small for requested bytes")
                                   : raise(vm, vm.exc.ValueError, "nbytes is greater than the length of the buffer");
  }
  return true;
}
Ref socket_recv_into(Vm& vm, Value self, Args& args) {
  BufferView view;
  std::size_t size = 0;
  VM_CHECK(into_arguments(vm, args, "recv_into", view, size));
  VM_TRY(const int flags, args.integer(vm, 2, 0));
  if (size == 0) return Ref::small(0);
  SocketObject* socket = socket_in(self);
  VM_TRY(const ssize_t got, socket_call(vm, socket, false, socket_deadline(vm, socket), [&] {
    return ::recv(socket->descriptor, view.data, size, flags);
  }));
  return Ref::small(got);
}
Ref socket_recvfrom_into(Vm& vm, Value self, Args& args) {
  BufferView view;
  std::size_t size = 0;
  VM_CHECK(into_arguments(vm, args, "recvfrom_into", view, size));
  VM_TRY(const int flags, args.integer(vm, 2, 0));
  SocketObject* socket = socket_in(self);
  SocketAddress from;
  VM_TRY(const ssize_t got, socket_call(vm, socket, false, socket_deadline(vm, socket), [&] {
    from.length = sizeof from.storage;
    return ::recvfrom(socket->descriptor, view.data, size, flags, from.raw(), &from.length);
  }));
  VM_TRY(Ref address, show_address(vm, from));
  return new_tuple(vm, {Value::small(got), address.get()});
}

Ref socket_send(Vm& vm, Value self, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const int flags, args.integer(vm, 1, 0));
  SocketObject* socket = socket_in(self);
  VM_TRY(const ssize_t sent, socket_call(vm, socket, true, socket_deadline(vm, socket), [&] {
    return ::send(socket->descriptor, view.data, view.length, flags | MSG_NOSIGNAL);
  }));
  return Ref::small(sent);
}
Ref socket_sendall(Vm& vm, Value self, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const int flags, args.integer(vm, 1, 0));
  SocketObject* socket = socket_in(self);
  const std::int64_t deadline = socket_deadline(vm, socket);
  for (std::size_t done = 0; done < view.length;) {
    VM_TRY(const ssize_t sent, socket_call(vm, socket, true, deadline, [&] {
      // A blocking socket would take everything at once and hear nothing meanwhile.
      const int extra = socket->timeout_ns < 0 ? MSG_DONTWAIT : 0;
      return ::send(socket->descriptor, view.data + done, view.length - done, flags | MSG_NOSIGNAL | extra);
    }));
    done += static_cast<std::size_t>(sent);
    VM_CHECK(charge_work(vm, 1));
  }
  return Ref::none();
}
Ref socket_sendto(Vm& vm, Value self, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  int flags = 0;
  if (args.given(2)) VM_CHECK([&] {
    const std::optional<int> value = args.integer(vm, 1);
    if (value) flags = *value;
    return value.has_value();
  }());
  SocketObject* socket = socket_in(self);
  SocketAddress to;
  VM_CHECK(read_address(vm, socket->family, args.given(2) ? args[2] : args[1], "sendto", to));
  VM_TRY(const ssize_t sent, socket_call(vm, socket, true, socket_deadline(vm, socket), [&] {
    return ::sendto(socket->descriptor, view.data, view.length, flags | MSG_NOSIGNAL, to.raw(), to.length);
  }));
  return Ref::small(sent);
}

// --- messages with ancillary data

constexpr std::int64_t kMostAncillary = 1 << 20;

Ref ancillary_list(Vm& vm, msghdr& message) {
  VM_TRY(Own<ListObject> all, new_list(vm));
  for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
    // What the kernel cut off is not there, though cmsg_len may count it.
    const auto* data = reinterpret_cast<const char*>(CMSG_DATA(one));
    const char* end = static_cast<const char*>(message.msg_control) + message.msg_controllen;
    const std::size_t claimed = one->cmsg_len >= CMSG_LEN(0) ? one->cmsg_len - CMSG_LEN(0) : 0;
    const std::size_t size = data >= end ? 0 : std::min(claimed, static_cast<std::size_t>(end - data));
    VM_TRY(Ref bytes, new_bytes(vm, {data, size}));
    VM_TRY(Ref entry, new_tuple(vm, {Value::small(one->cmsg_level), Value::small(one->cmsg_type), bytes.get()}));
    VM_CHECK(list_append(vm, all, std::move(entry)));
  }
  return all;
}

/// Receives into `parts`; gives (what `first` makes of the count, ancillary data, flags, address).
template <class First>
Ref receive_message(Vm& vm, Value self, std::vector<iovec>& parts, std::int64_t ancillary, int flags, First first) {
  if (ancillary < 0 || ancillary > kMostAncillary) return raise(vm, vm.exc.ValueError, "invalid ancillary data buffer length");
  SocketObject* socket = socket_in(self);
  std::vector<char> control(static_cast<std::size_t>(ancillary));
  SocketAddress from;
  msghdr message{};
  VM_TRY(const ssize_t got, socket_call(vm, socket, false, socket_deadline(vm, socket), [&] {
    from.length = sizeof from.storage;
    message = {};
    message.msg_name = from.raw();
    message.msg_namelen = from.length;
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    message.msg_control = control.empty() ? nullptr : control.data();
    message.msg_controllen = control.size();
    return ::recvmsg(socket->descriptor, &message, flags);
  }));
  from.length = message.msg_namelen;
  VM_TRY(Ref data, ancillary_list(vm, message));
  VM_TRY(Ref address, show_address(vm, from));
  VM_TRY(Ref content, first(got));
  return new_tuple(vm, {content.get(), data.get(), Value::small(message.msg_flags), address.get()});
}

Ref socket_recvmsg(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t size, args.ssize(vm, 0));
  if (size < 0) return raise(vm, vm.exc.ValueError, "negative buffer size in recvmsg()");
  VM_TRY(const std::int64_t ancillary, args.ssize(vm, 1, 0));
  VM_TRY(const int flags, args.integer(vm, 2, 0));
  VM_TRY(Own<BytesObject> bytes, allocate_bytes(vm, static_cast<std::size_t>(size)));
  std::vector<iovec> parts{{bytes->data(), static_cast<std::size_t>(size)}};
  return receive_message(vm, self, parts, ancillary, flags, [&](ssize_t got) -> Ref { return new_bytes(vm, {bytes->data(), static_cast<std::size_t>(got)}); });
}

/// The memory of each item of an iterable of buffers.
bool buffers_of(Vm& vm, Value iterable, unsigned access, std::vector<std::unique_ptr<BufferView>>& views, std::vector<iovec>& parts) {
  return for_each(vm, iterable, [&](Value item) -> bool {
    if (parts.size() >= 1024) return raise(vm, vm.exc.OSError, "too many buffers");
    auto view = std::make_unique<BufferView>();
    VM_CHECK(get_buffer(vm, item, *view, access));
    parts.push_back({view->data, view->length});
    views.push_back(std::move(view));
    return true;
  });
}

Ref socket_recvmsg_into(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t ancillary, args.ssize(vm, 1, 0));
  VM_TRY(const int flags, args.integer(vm, 2, 0));
  std::vector<std::unique_ptr<BufferView>> views;
  std::vector<iovec> parts;
  VM_CHECK(buffers_of(vm, args[0], kBufferWritable, views, parts));
  return receive_message(vm, self, parts, ancillary, flags, [](ssize_t got) { return Ref::small(got); });
}

/// Appends one (level, type, data) to a control buffer.
bool append_ancillary(Vm& vm, Value item, std::vector<char>& control) {
  VM_TRY(Ref sequence, fast_sequence(vm, item, "[sendmsg() ancillary data items] argument must be sequence"));
  const std::span<const Value> fields = sequence_items(sequence);
  if (fields.size() != 3) return raise(vm, vm.exc.TypeError, "[sendmsg() ancillary data items] argument must be sequence of length 3");
  VM_TRY(const std::int64_t level, to_int64(vm, fields[0]));
  VM_TRY(const std::int64_t kind, to_int64(vm, fields[1]));
  BufferView view;
  VM_CHECK(get_buffer(vm, fields[2], view));
  const std::size_t start = control.size();
  if (start + CMSG_SPACE(view.length) > static_cast<std::size_t>(kMostAncillary)) return raise(vm, vm.exc.OSError, "too much ancillary data");
  control.resize(start + CMSG_SPACE(view.length));
  cmsghdr header{};
  header.cmsg_len = CMSG_LEN(view.length);
  header.cmsg_level = static_cast<int>(level);
  header.cmsg_type = static_cast<int>(kind);
  std::memcpy(control.data() + start, &header, sizeof header);
  if (view.length != 0) std::memcpy(control.data() + start + CMSG_LEN(0), view.data, view.length);
  return true;
}

Ref socket_sendmsg(Vm& vm, Value self, Args& args) {
  std::vector<std::unique_ptr<BufferView>> views;
  std::vector<iovec> parts;
  VM_CHECK(buffers_of(vm, args[0], 0, views, parts));
  std::vector<char> control;
  if (args.given(1)) VM_CHECK(for_each(vm, args[1], [&](Value item) { return append_ancillary(vm, item, control); }));
  VM_TRY(const int flags, args.integer(vm, 2, 0));
  SocketObject* socket = socket_in(self);
  SocketAddress to;
  msghdr message{};
  if (args.has(3)) {
    VM_CHECK(read_address(vm, socket->family, args[3], "sendmsg", to));
    message.msg_name = to.raw();
    message.msg_namelen = to.length;
  }
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  message.msg_control = control.empty() ? nullptr : control.data();
  message.msg_controllen = control.size();
  VM_TRY(const ssize_t sent, socket_call(vm, socket, true, socket_deadline(vm, socket), [&] {
    return ::sendmsg(socket->descriptor, &message, flags | MSG_NOSIGNAL);
  }));
  return Ref::small(sent);
}

constexpr MethodSpec kMethods[] = {
    {"recv($self, buffersize, flags=0, /)", socket_recv, "Receive up to buffersize bytes from the socket."},
    {"recv_into($self, /, buffer, nbytes=0, flags=0)", socket_recv_into, "Receive into a buffer; gives the number of bytes."},
    {"recvfrom($self, buffersize, flags=0, /)", socket_recvfrom, "Like recv, with the sender's address."},
    {"recvfrom_into($self, /, buffer, nbytes=0, flags=0)", socket_recvfrom_into, "Like recv_into, with the sender's address."},
    {"recvmsg($self, bufsize, ancbufsize=0, flags=0, /)", socket_recvmsg, "Receive data and ancillary data."},
    {"recvmsg_into($self, buffers, ancbufsize=0, flags=0, /)", socket_recvmsg_into, "Receive data into buffers, and ancillary data."},
    {"send($self, data, flags=0, /)", socket_send, "Send a data string to the socket; gives the number of bytes sent."},
    {"sendall($self, data, flags=0, /)", socket_sendall, "Send all of a data string to the socket."},
    {"sendto($self, data, flags_or_address, address=<unrepresentable>, /)", socket_sendto, "Send data to an address."},
    {"sendmsg($self, buffers, ancdata=(), flags=0, address=None, /)", socket_sendmsg, "Send data and ancillary data."},
};

}  // namespace

std::span<const MethodSpec> socket_data_methods() { return kMethods; }

}  // namespace ouro::vm
