// faulthandler: tracebacks on demand. What reports crashes of the interpreter itself is not there, and says so.
#include <cerrno>

#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/interpreter/frame.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/code.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

constexpr std::size_t kMostFrames = 100;  // as CPython's MAX_FRAME_DEPTH

/// Innermost first, as CPython 3.13 Python/traceback.c _Py_DumpTraceback writes it.
std::string stack_text(Vm& vm) {
  char head[64];
  std::snprintf(static_cast<char*>(head), sizeof head, "Current thread 0x%016llx (most recent call first):\n", static_cast<unsigned long long>(vm.thread->id));
  std::string text = static_cast<char*>(head);
  std::size_t shown = 0;
  for (Frame* frame = current_frame(vm); frame != nullptr; frame = frame->previous) {
    if (!frame->is_complete || frame->code == nullptr) continue;
    if (++shown > kMostFrames) {
      text += "  ...\n";
      break;
    }
    const std::int32_t line = frame_line(frame);
    text += "  File \"" + to_utf8(frame->code->filename) + "\", line " + (line > 0 ? std::to_string(line) : std::string("???")) + " in " +
            to_utf8(frame->code->name) + "\n";
  }
  return shown == 0 ? text + "  <no Python frame>\n" : text;
}

Ref dump_traceback(Vm& vm, Value, Args& args) {
  int descriptor = 2;
  Ref file = args.has(0) ? Ref::share(args[0]) : Ref();
  if (!file) {
    const Value standard = sys_attribute(vm, "stderr");
    if (standard.is_null()) return raise(vm, vm.exc.RuntimeError, "unable to get sys.stderr");
    if (standard.is_none()) return raise(vm, vm.exc.RuntimeError, "sys.stderr is None");
    file = Ref::share(standard);
  }
  VM_TRY(descriptor, descriptor_argument(vm, file));
  if (!is_int(file) && !call_method(vm, file, "flush")) clear_error(vm);
  const std::string text = stack_text(vm);
  for (std::size_t done = 0; done < text.size();) {
    std::size_t written = 0;
    const int failure = vm.host.write(descriptor, text.data() + done, text.size() - done, written);
    if (failure != 0) return raise_os_error(vm, failure);
    done += written;
  }
  return Ref::none();
}

Ref enable(Vm& vm, Value, Args&) {
  VM_CHECK(warn(vm, vm.exc.RuntimeWarning, "this interpreter does not report its own crashes: faulthandler stays disabled"));
  return Ref::none();
}
Ref disable(Vm&, Value) { return Ref::boolean(false); }
Ref is_enabled(Vm&, Value) { return Ref::boolean(false); }
Ref no_timer(Vm& vm, Value, Args&) { return raise(vm, vm.exc.RuntimeError, "faulthandler cannot watch the time here: no thread runs besides the program's"); }
Ref cancel(Vm&, Value) { return Ref::none(); }
Ref no_signal(Vm& vm, Value, Args&) { return raise(vm, vm.exc.RuntimeError, "faulthandler cannot write from a signal here: use signal.signal() and dump_traceback()"); }
Ref unregister(Vm&, Value, Args&) { return Ref::boolean(false); }

constexpr MethodSpec kFunctions[] = {
    {"enable($module, /, file=sys.stderr, all_threads=True)", enable, "Warns that crashes of the interpreter are not reported."},
    {"disable($module, /)", disable, "Disable the fault handler."},
    {"is_enabled($module, /)", is_enabled, "Check if the handler is enabled."},
    {"dump_traceback($module, /, file=sys.stderr, all_threads=True)", dump_traceback, "Dump the traceback of the current thread into file."},
    {"dump_traceback_later($module, /, timeout, repeat=False, file=sys.stderr, exit=False)", no_timer, "RuntimeError: there is no watchdog."},
    {"cancel_dump_traceback_later($module, /)", cancel, "Cancel the previous call to dump_traceback_later()."},
    {"register($module, /, signum, file=sys.stderr, all_threads=True, chain=False)", no_signal, "RuntimeError: nothing is written from a signal."},
    {"unregister($module, /, signum)", unregister, "Unregister the handler of a signal."},
};

}  // namespace

const ModuleSpec& faulthandler_module() {
  static constexpr ModuleSpec kModule = {.name = "faulthandler", .doc = "faulthandler module.", .functions = kFunctions};
  return kModule;
}

}  // namespace ouro::vm
