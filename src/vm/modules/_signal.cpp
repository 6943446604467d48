// _signal: Python handlers for signals. A handler runs at the next safe point (interpreter/breaker.h), in the main thread.
#include <atomic>
#include <array>
#include <csignal>
#include <cerrno>
#include <cstring>
#include <sys/time.h>
#include <unistd.h>

#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/interpreter/breaker.h"
#include "vm/interpreter/frame.h"
#include "vm/interpreter/pending.h"
#include "vm/modules/signals.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/set.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr int kSignals = 65;

/// What the C handler may touch: one machine at a time hears signals.
std::array<std::atomic<bool>, kSignals> pending_signals{};
std::atomic<Vm*> listening{nullptr};

struct SignalState {
  std::array<Ref, kSignals> handlers;
  Ref default_interrupt;
  int wakeup = -1;
};

void on_signal(int number) {
  const int kept = errno;
  pending_signals[static_cast<std::size_t>(number)].store(true, std::memory_order_relaxed);
  if (Vm* vm = listening.load(std::memory_order_acquire)) vm->breaker.fetch_or(kBreakSignal, std::memory_order_release);
  errno = kept;
}

bool install(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  return ::sigaction(number, &action, nullptr) == 0;
}

std::optional<int> number_argument(Vm& vm, Args& args, std::size_t at) {
  VM_TRY(const int number, args.integer(vm, at));
  if (number < 1 || number >= kSignals) return raise(vm, vm.exc.ValueError, "signal number out of range");
  return number;
}

Ref default_handler(Vm& vm, Value, Args&) { return raise_instance(vm, call(vm, Value(vm.exc.KeyboardInterrupt))); }

Ref current_handler(SignalState& state, int number) {
  const Ref& handler = state.handlers[static_cast<std::size_t>(number)];
  if (handler) return handler.clone();
  struct sigaction action {};
  ::sigaction(number, nullptr, &action);
  return action.sa_handler == SIG_IGN ? Ref::small(1) : Ref::small(0);
}

Ref set_handler(Vm& vm, Value, Args& args) {
  VM_TRY(const int number, number_argument(vm, args, 0));
  if (!vm.host.allows_processes()) return raise_os_error(vm, EPERM);
  SignalState& state = machine_state<SignalState>(vm);
  Ref index;
  void (*wanted)(int) = on_signal;
  if (!is_callable(vm, args[1])) {
    const auto value = is_int(args[1]) ? to_int64(vm, args[1]) : std::nullopt;
    if (!value || (*value != 0 && *value != 1)) {
      clear_error(vm);
      return raise(vm, vm.exc.TypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    }
    wanted = *value == 1 ? SIG_IGN : SIG_DFL;
  }
  Ref old = current_handler(state, number);
  pending_hooks(vm).run_signal_handlers = run_signal_handlers;
  listening.store(&vm, std::memory_order_release);
  if (!install(number, wanted)) return raise_os_error(vm, errno);
  state.handlers[static_cast<std::size_t>(number)] = Ref::share(args[1]);
  return old;
}

Ref get_handler(Vm& vm, Value, Args& args) {
  VM_TRY(const int number, number_argument(vm, args, 0));
  return current_handler(machine_state<SignalState>(vm), number);
}

Ref signal_raise(Vm& vm, Value, Args& args) {
  VM_TRY(const int number, args.integer(vm, 0));
  if (!vm.host.allows_processes()) return raise_os_error(vm, EPERM);
  if (::raise(number) != 0) return raise_os_error(vm, errno);
  VM_CHECK(run_signal_handlers(vm));
  return Ref::none();
}

Ref signal_alarm(Vm& vm, Value, Args& args) {
  VM_TRY(const int seconds, args.integer(vm, 0));
  if (!vm.host.allows_processes()) return raise_os_error(vm, EPERM);
  return Ref::small(::alarm(static_cast<unsigned>(seconds)));
}

Ref signal_strsignal(Vm& vm, Value, Args& args) {
  VM_TRY(const int number, number_argument(vm, args, 0));
  const char* text = ::strsignal(number);
  return text == nullptr ? Ref::none() : Ref(new_str(vm, text));
}

Ref valid_signals(Vm& vm, Value) {
  VM_TRY(Own<SetObject> all, new_set(vm));
  for (int number = 1; number < kSignals; ++number) {
    if (number == 32 || number == 33) continue;  // the C library's own
    VM_CHECK(set_add(vm, all, Value::small(number)));
  }
  return all;
}

Ref set_wakeup(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, args.integer(vm, 0));
  return Ref::small(std::exchange(machine_state<SignalState>(vm).wakeup, descriptor));
}

Ref itimer_value(Vm& vm, const itimerval& value) {
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  VM_TRY(Ref left, new_float(vm, seconds(value.it_value)));
  VM_TRY(Ref interval, new_float(vm, seconds(value.it_interval)));
  return new_tuple(vm, {left.get(), interval.get()});
}
Ref signal_setitimer(Vm& vm, Value, Args& args) {
  VM_TRY(const int which, args.integer(vm, 0));
  VM_TRY(const double first, args.number(vm, 1));
  VM_TRY(const double interval, args.number(vm, 2, 0.0));
  if (!vm.host.allows_processes()) return raise_os_error(vm, EPERM);
  const auto value = [](double t) { return timeval{static_cast<time_t>(t), static_cast<suseconds_t>((t - static_cast<double>(static_cast<time_t>(t))) * 1e6)}; };
  const itimerval wanted{value(interval), value(first)};
  itimerval old{};
  if (::setitimer(static_cast<__itimer_which_t>(which), &wanted, &old) != 0) return raise_os_error(vm, errno);
  return itimer_value(vm, old);
}
Ref signal_getitimer(Vm& vm, Value, Args& args) {
  VM_TRY(const int which, args.integer(vm, 0));
  itimerval now{};
  if (::getitimer(static_cast<__itimer_which_t>(which), &now) != 0) return raise_os_error(vm, errno);
  return itimer_value(vm, now);
}

constexpr MethodSpec kFunctions[] = {
    {"signal($module, signalnum, handler, /)", set_handler, "Set the action for the given signal."},
    {"getsignal($module, signalnum, /)", get_handler, "Return the current action for the given signal."},
    {"raise_signal($module, signalnum, /)", signal_raise, "Send a signal to the executing process."},
    {"alarm($module, seconds, /)", signal_alarm, "Arrange for SIGALRM to arrive after the given number of seconds."},
    {"strsignal($module, signalnum, /)", signal_strsignal, "Return the system description of the given signal."},
    {"valid_signals($module, /)", valid_signals, "Return a set of valid signal numbers on this platform."},
    {"set_wakeup_fd($module, fd, /, *, warn_on_full_buffer=True)", set_wakeup, "Sets the fd to be written to (with the signal number) when a signal comes in."},
    {"setitimer($module, which, seconds, interval=0.0, /)", signal_setitimer, "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF)."},
    {"getitimer($module, which, /)", signal_getitimer, "Returns current value of given itimer."},
    {"default_int_handler($module, signalnum, frame, /)", default_handler, "The default handler for SIGINT installed by Python."},
};

constexpr std::pair<std::string_view, int> kNames[] = {
    {"SIGHUP", SIGHUP}, {"SIGINT", SIGINT}, {"SIGQUIT", SIGQUIT}, {"SIGILL", SIGILL}, {"SIGTRAP", SIGTRAP}, {"SIGABRT", SIGABRT},
    {"SIGIOT", SIGIOT}, {"SIGBUS", SIGBUS}, {"SIGFPE", SIGFPE}, {"SIGKILL", SIGKILL}, {"SIGUSR1", SIGUSR1}, {"SIGSEGV", SIGSEGV},
    {"SIGUSR2", SIGUSR2}, {"SIGPIPE", SIGPIPE}, {"SIGALRM", SIGALRM}, {"SIGTERM", SIGTERM}, {"SIGCHLD", SIGCHLD}, {"SIGCLD", SIGCHLD},
    {"SIGCONT", SIGCONT}, {"SIGSTOP", SIGSTOP}, {"SIGTSTP", SIGTSTP}, {"SIGTTIN", SIGTTIN}, {"SIGTTOU", SIGTTOU}, {"SIGURG", SIGURG},
    {"SIGXCPU", SIGXCPU}, {"SIGXFSZ", SIGXFSZ}, {"SIGVTALRM", SIGVTALRM}, {"SIGPROF", SIGPROF}, {"SIGWINCH", SIGWINCH}, {"SIGIO", SIGIO},
    {"SIGPOLL", SIGIO}, {"SIGPWR", SIGPWR}, {"SIGSYS", SIGSYS}, {"SIG_DFL", 0}, {"SIG_IGN", 1}, {"SIG_BLOCK", SIG_BLOCK},
    {"SIG_UNBLOCK", SIG_UNBLOCK}, {"SIG_SETMASK", SIG_SETMASK}, {"NSIG", kSignals}, {"ITIMER_REAL", 0}, {"ITIMER_VIRTUAL", 1}, {"ITIMER_PROF", 2}};

bool fill(Vm& vm, ModuleObject* module) {
  for (const auto& [name, number] : kNames) VM_CHECK(set_module_attribute(vm, module, name, Value::small(number)));
  return set_module_attribute(vm, module, "SIGRTMIN", Value::small(SIGRTMIN)) &&
         set_module_attribute(vm, module, "SIGRTMAX", Value::small(SIGRTMAX)) &&
         set_module_attribute(vm, module, "ItimerError", Value(vm.exc.OSError));
}

}  // namespace

bool run_signal_handlers(Vm& vm) {
  if (listening.load(std::memory_order_acquire) != &vm) return true;
  SignalState& state = machine_state<SignalState>(vm);
  for (int number = 1; number < kSignals; ++number) {
    if (!pending_signals[static_cast<std::size_t>(number)].exchange(false, std::memory_order_acq_rel)) continue;
    const Ref& stored = state.handlers[static_cast<std::size_t>(number)];
    if (!stored || !is_callable(vm, stored)) {
      if (number == SIGINT) return raise_instance(vm, call(vm, Value(vm.exc.KeyboardInterrupt)));
      continue;
    }
    const Ref handler = stored.clone();
    Frame* frame = current_frame(vm);
    const Value shown = frame == nullptr ? kNone : Value(frame_object(vm, frame));
    VM_CHECK(call(vm, handler, {Value::small(number), shown}));
  }
  return true;
}

void listen_for_interrupt(Vm& vm) {
  pending_hooks(vm).run_signal_handlers = run_signal_handlers;
  listening.store(&vm, std::memory_order_release);
  install(SIGINT, on_signal);
}

const ModuleSpec& _signal_module() {
  static constexpr ModuleSpec kModule = {.name = "_signal", .doc = "This module provides mechanisms to use signal handlers in Python.",
                                         .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
