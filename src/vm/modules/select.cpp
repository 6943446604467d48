// select: waiting for descriptors: select() and poll().
#include <poll.h>
#include <sys/select.h>

#include <cerrno>
#include <cmath>
#include <vector>

#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct PollObject : Object {
  std::vector<pollfd>* entries;
};

/// Waits in pieces, so that signals and limits are heard. `milliseconds` < 0: without end. Gives the number ready.
std::optional<int> wait_for(Vm& vm, std::vector<pollfd>& entries, std::int64_t milliseconds) {
  const std::int64_t deadline = vm.host.monotonic_ns() + milliseconds * 1'000'000;
  for (;;) {
    const std::int64_t left = milliseconds < 0 ? 50 : std::max<std::int64_t>(0, (deadline - vm.host.monotonic_ns() + 999'999) / 1'000'000);
    const int ready = ::poll(entries.data(), entries.size(), static_cast<int>(std::min<std::int64_t>(left, 50)));
    if (ready < 0 && errno != EINTR) return raise_os_error(vm, errno);
    if (ready > 0) return ready;
    VM_CHECK(charge_work(vm, 1));
    if (milliseconds >= 0 && left <= 50 && vm.host.monotonic_ns() >= deadline) return 0;
  }
}

std::optional<std::int64_t> timeout_of(Vm& vm, Value value, double scale) {
  if (value.is_null() || value.is_none()) return -1;
  VM_TRY(const double amount, to_double(vm, value));
  return amount < 0 ? -1 : static_cast<std::int64_t>(std::ceil(amount * scale));
}

Ref select_select(Vm& vm, Value, Args& args) {
  VM_CHECK(system_calls_allowed(vm));
  constexpr short kEvents[] = {POLLIN, POLLOUT, POLLPRI};
  constexpr short kReady[] = {POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI};
  std::vector<pollfd> entries;
  std::vector<Ref> objects;
  std::vector<std::size_t> kinds;
  for (std::size_t kind = 0; kind < 3; ++kind) {
    VM_CHECK(for_each(vm, args[kind], [&](Value item) -> bool {
      VM_TRY(const int descriptor, descriptor_argument(vm, item));
      entries.push_back({descriptor, kEvents[kind], 0});
      objects.push_back(Ref::share(item));
      kinds.push_back(kind);
      return true;
    }));
  }
  if (args.has(3)) {
    VM_TRY(const double seconds, to_double(vm, args[3]));
    if (seconds < 0) return raise(vm, vm.exc.ValueError, "timeout must be non-negative");
  }
  VM_TRY(const std::int64_t timeout, timeout_of(vm, args[3], 1000));
  VM_TRY(const int ready, wait_for(vm, entries, timeout));
  (void)ready;
  std::vector<Ref> lists;
  for (std::size_t kind = 0; kind < 3; ++kind) {
    VM_TRY(Own<ListObject> list, new_list(vm));
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (kinds[i] != kind) continue;
      if ((entries[i].revents & POLLNVAL) != 0) return raise_os_error(vm, EBADF);
      if ((entries[i].revents & kReady[kind]) != 0) VM_CHECK(list_append(vm, list, objects[i].get()));
    }
    lists.push_back(std::move(list));
  }
  return new_tuple(vm, {lists[0].get(), lists[1].get(), lists[2].get()});
}

std::vector<pollfd>& entries_of(Value self) { return *self.as<PollObject>()->entries; }

Ref poll_register(Vm& vm, Value self, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_TRY(const int events, args.integer(vm, 1, POLLIN | POLLPRI | POLLOUT));
  for (pollfd& entry : entries_of(self)) {
    if (entry.fd == descriptor) return entry.events = static_cast<short>(events), Ref::none();
  }
  entries_of(self).push_back({descriptor, static_cast<short>(events), 0});
  return Ref::none();
}
Ref poll_modify(Vm& vm, Value self, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_TRY(const int events, args.integer(vm, 1));
  for (pollfd& entry : entries_of(self)) {
    if (entry.fd == descriptor) return entry.events = static_cast<short>(events), Ref::none();
  }
  return raise_os_error(vm, ENOENT);
}
Ref poll_unregister(Vm& vm, Value self, Value value) {
  VM_TRY(const int descriptor, descriptor_argument(vm, value));
  const std::size_t before = entries_of(self).size();
  std::erase_if(entries_of(self), [&](const pollfd& entry) { return entry.fd == descriptor; });
  if (entries_of(self).size() == before) return raise_with(vm, vm.exc.KeyError, Value::small(descriptor));
  return Ref::none();
}
Ref poll_poll(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t timeout, timeout_of(vm, args[0], 1));
  std::vector<pollfd> entries = entries_of(self);
  VM_TRY(const int ready, wait_for(vm, entries, timeout));
  (void)ready;
  VM_TRY(Own<ListObject> list, new_list(vm));
  for (const pollfd& entry : entries) {
    if (entry.revents != 0) VM_CHECK(list_append(vm, list, Ref(new_tuple(vm, {Value::small(entry.fd), Value::small(entry.revents)}))));
  }
  return list;
}
void poll_dealloc(Vm& vm, Object* self) {
  delete static_cast<PollObject*>(self)->entries;
  free_object(vm, self, self->type->basic_size);
}

constexpr MethodSpec kPollMethods[] = {
    {"register($self, fd, eventmask=<unrepresentable>, /)", poll_register, "Register a file descriptor with the polling object."},
    {"modify($self, fd, eventmask, /)", poll_modify, "Modify an already registered file descriptor."},
    {"unregister($self, fd, /)", poll_unregister, "Remove a file descriptor being tracked by the polling object."},
    {"poll($self, timeout=None, /)", poll_poll, "Polls the set of registered file descriptors."}};

const TypeSpec kPollType = {.name = "select.poll", .basic_size = sizeof(PollObject), .flags = kTypeNoInstantiation,
                            .slots = {.dealloc = poll_dealloc}, .methods = kPollMethods};

Ref select_poll(Vm& vm, Value) {
  VM_CHECK(system_calls_allowed(vm));
  auto* self = allocate<PollObject>(vm, vm.native_type(kPollType));
  if (self == nullptr) return {};
  self->entries = new std::vector<pollfd>();
  return Ref::adopt(self);
}

constexpr MethodSpec kFunctions[] = {
    {"select($module, rlist, wlist, xlist, timeout=None, /)", select_select, "Wait until one or more file descriptors are ready for some kind of I/O."},
    {"poll($module, /)", select_poll, "Returns a polling object."}};

bool fill(Vm& vm, ModuleObject* module) {
  constexpr std::pair<std::string_view, int> kConstants[] = {
      {"POLLIN", POLLIN}, {"POLLPRI", POLLPRI}, {"POLLOUT", POLLOUT}, {"POLLERR", POLLERR}, {"POLLHUP", POLLHUP}, {"POLLNVAL", POLLNVAL},
      {"POLLRDNORM", POLLRDNORM}, {"POLLRDBAND", POLLRDBAND}, {"POLLWRNORM", POLLWRNORM}, {"POLLWRBAND", POLLWRBAND}, {"PIPE_BUF", 4096}};
  for (const auto& [name, value] : kConstants) VM_CHECK(set_module_attribute(vm, module, name, Value::small(value)));
  return set_module_attribute(vm, module, "error", Value(vm.exc.OSError));
}

}  // namespace

const ModuleSpec& select_module() {
  static constexpr ModuleSpec kModule = {.name = "select", .doc = "Waiting for descriptors to be ready.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
