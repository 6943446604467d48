// termios: settings of terminals.
#include <sys/ioctl.h>
#include <termios.h>

#include <cerrno>

#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct TermiosState {
  Ref error;
};
/// termios.error(number, text).
Failed raise_termios(Vm& vm, int number) {
  Ref text = new_str(vm, ::strerror(number));
  if (!text) return kFailed;
  Ref error = call(vm, machine_state<TermiosState>(vm).error, {Value::small(number), text.get()});
  return error ? raise_instance(vm, error) : kFailed;
}
Ref done(Vm& vm, int result) {
  if (result != 0) return raise_termios(vm, errno);
  return Ref::none();
}

constexpr bool is_number_at(const termios& mode, int index) { return (mode.c_lflag & ICANON) == 0 && (index == VMIN || index == VTIME); }

Ref get_attributes(Vm& vm, Value, Value file) {
  VM_TRY(const int descriptor, descriptor_argument(vm, file));
  VM_CHECK(system_calls_allowed(vm));
  termios mode{};
  if (::tcgetattr(descriptor, &mode) != 0) return raise_termios(vm, errno);
  VM_TRY(Own<ListObject> characters, new_list(vm));
  for (int i = 0; i < NCCS; ++i) {
    const char character = static_cast<char>(mode.c_cc[i]);
    VM_TRY(Ref item, is_number_at(mode, i) ? Ref::small(mode.c_cc[i]) : Ref(new_bytes(vm, {&character, 1})));
    VM_CHECK(list_append(vm, characters, std::move(item)));
  }
  const Value items[] = {Value::small(mode.c_iflag), Value::small(mode.c_oflag), Value::small(mode.c_cflag), Value::small(mode.c_lflag),
                         Value::small(::cfgetispeed(&mode)), Value::small(::cfgetospeed(&mode)), Value(characters)};
  return new_list(vm, items);
}

Ref set_attributes(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_TRY(const int when, args.integer(vm, 1));
  if (!is_list(args[2]) || args[2].as<ListObject>()->size != 7) return raise(vm, vm.exc.TypeError, "tcsetattr, arg 3: must be 7 element list");
  VM_CHECK(system_calls_allowed(vm));
  termios mode{};
  if (::tcgetattr(descriptor, &mode) != 0) return raise_termios(vm, errno);
  std::int64_t numbers[6];
  for (std::size_t i = 0; i < 6; ++i) {
    VM_TRY(numbers[i], to_int64(vm, args[2].as<ListObject>()->items[i]));
    if (args[2].as<ListObject>()->size != 7) return raise(vm, vm.exc.TypeError, "tcsetattr, arg 3: must be 7 element list");
  }
  const Value characters = args[2].as<ListObject>()->items[6];
  if (!is_list(characters) || characters.as<ListObject>()->size != NCCS) {
    return raise(vm, vm.exc.TypeError, "tcsetattr: attributes[6] must be {} element list", NCCS);
  }
  mode.c_iflag = static_cast<tcflag_t>(numbers[0]);
  mode.c_oflag = static_cast<tcflag_t>(numbers[1]);
  mode.c_cflag = static_cast<tcflag_t>(numbers[2]);
  mode.c_lflag = static_cast<tcflag_t>(numbers[3]);
  for (std::size_t i = 0; i < NCCS; ++i) {
    const Value item = characters.as<ListObject>()->items[i];
    if (is_bytes(item) && item.as<BytesObject>()->length == 1) {
      mode.c_cc[i] = static_cast<cc_t>(item.as<BytesObject>()->data()[0]);
    } else if (item.is_small()) {
      mode.c_cc[i] = static_cast<cc_t>(item.small_value());
    } else {
      return raise(vm, vm.exc.TypeError, "tcsetattr: elements of attributes must be characters or integers");
    }
  }
  if (::cfsetispeed(&mode, static_cast<speed_t>(numbers[4])) != 0 || ::cfsetospeed(&mode, static_cast<speed_t>(numbers[5])) != 0) return raise_termios(vm, errno);
  return done(vm, ::tcsetattr(descriptor, when, &mode));
}

template <int (*kFunction)(int, int)>
Ref with_number(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  VM_TRY(const int number, args.integer(vm, 1));
  VM_CHECK(system_calls_allowed(vm));
  return done(vm, kFunction(descriptor, number));
}
Ref drain(Vm& vm, Value, Value file) {
  VM_TRY(const int descriptor, descriptor_argument(vm, file));
  VM_CHECK(system_calls_allowed(vm));
  return done(vm, ::tcdrain(descriptor));
}
Ref get_window_size(Vm& vm, Value, Value file) {
  VM_TRY(const int descriptor, descriptor_argument(vm, file));
  VM_CHECK(system_calls_allowed(vm));
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return raise_termios(vm, errno);
  return new_tuple(vm, {Value::small(size.ws_row), Value::small(size.ws_col)});
}
Ref set_window_size(Vm& vm, Value, Args& args) {
  VM_TRY(const int descriptor, descriptor_argument(vm, args[0]));
  if (!is_tuple(args[1]) || args[1].as<TupleObject>()->size != 2) return raise(vm, vm.exc.TypeError, "tcsetwinsize, arg 2: must be a two-item sequence");
  VM_TRY(const std::int64_t rows, to_int64(vm, (*args[1].as<TupleObject>())[0]));
  VM_TRY(const std::int64_t columns, to_int64(vm, (*args[1].as<TupleObject>())[1]));
  if (rows < 0 || rows > 0xFFFF || columns < 0 || columns > 0xFFFF) return raise(vm, vm.exc.OverflowError, "winsize value(s) out of range.");
  VM_CHECK(system_calls_allowed(vm));
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return raise_termios(vm, errno);
  size.ws_row = static_cast<unsigned short>(rows);
  size.ws_col = static_cast<unsigned short>(columns);
  return done(vm, ::ioctl(descriptor, TIOCSWINSZ, &size));
}

constexpr MethodSpec kFunctions[] = {
    {"tcgetattr($module, fd, /)", get_attributes, "Get the tty attributes for file descriptor fd."},
    {"tcsetattr($module, fd, when, attributes, /)", set_attributes, "Set the tty attributes for file descriptor fd."},
    {"tcsendbreak($module, fd, duration, /)", with_number<::tcsendbreak>, "Send a break on file descriptor fd."},
    {"tcflush($module, fd, queue, /)", with_number<::tcflush>, "Discard queued data on file descriptor fd."},
    {"tcflow($module, fd, action, /)", with_number<::tcflow>, "Suspend or resume input or output on file descriptor fd."},
    {"tcdrain($module, fd, /)", drain, "Wait until all output written to file descriptor fd has been transmitted."},
    {"tcgetwinsize($module, fd, /)", get_window_size, "Get the tty winsize for file descriptor fd."},
    {"tcsetwinsize($module, fd, winsize, /)", set_window_size, "Set the tty winsize for file descriptor fd."},
};

#define OURO_TERMIOS_CONSTANTS(C) \
  C(B0) C(B1000000) C(B110) C(B115200) C(B1152000) C(B1200) C(B134) C(B150) C(B1500000) C(B1800) C(B19200) C(B200)               \
  C(B2000000) C(B230400) C(B2400) C(B2500000) C(B300) C(B3000000) C(B3500000) C(B38400) C(B4000000) C(B460800) C(B4800)          \
  C(B50) C(B500000) C(B57600) C(B576000) C(B600) C(B75) C(B921600) C(B9600) C(BRKINT) C(BS0) C(BS1) C(BSDLY) C(CBAUD)            \
  C(CBAUDEX) C(CDSUSP) C(CEOF) C(CEOL) C(CEOT) C(CERASE) C(CFLUSH) C(CIBAUD) C(CINTR) C(CKILL) C(CLNEXT) C(CLOCAL) C(CQUIT)      \
  C(CR0) C(CR1) C(CR2) C(CR3) C(CRDLY) C(CREAD) C(CRPRNT) C(CRTSCTS) C(CS5) C(CS6) C(CS7) C(CS8) C(CSIZE) C(CSTART) C(CSTOP)     \
  C(CSTOPB) C(CSUSP) C(CWERASE) C(ECHO) C(ECHOCTL) C(ECHOE) C(ECHOK) C(ECHOKE) C(ECHONL) C(ECHOPRT) C(EXTA) C(EXTB)              \
  C(EXTPROC) C(FF0) C(FF1) C(FFDLY) C(FIOASYNC) C(FIOCLEX) C(FIONBIO) C(FIONCLEX) C(FIONREAD) C(FLUSHO) C(HUPCL) C(ICANON)       \
  C(ICRNL) C(IEXTEN) C(IGNBRK) C(IGNCR) C(IGNPAR) C(IMAXBEL) C(INLCR) C(INPCK) C(IOCSIZE_MASK) C(IOCSIZE_SHIFT) C(ISIG)          \
  C(ISTRIP) C(IUCLC) C(IUTF8) C(IXANY) C(IXOFF) C(IXON) C(NCC) C(NCCS) C(NL0) C(NL1) C(NLDLY) C(NOFLSH) C(N_MOUSE) C(N_PPP)      \
  C(N_SLIP) C(N_STRIP) C(N_TTY) C(OCRNL) C(OFDEL) C(OFILL) C(OLCUC) C(ONLCR) C(ONLRET) C(ONOCR) C(OPOST) C(PARENB) C(PARMRK)     \
  C(PARODD) C(PENDIN) C(TAB0) C(TAB1) C(TAB2) C(TAB3) C(TABDLY) C(TCFLSH) C(TCGETA) C(TCGETS) C(TCIFLUSH) C(TCIOFF)              \
  C(TCIOFLUSH) C(TCION) C(TCOFLUSH) C(TCOOFF) C(TCOON) C(TCSADRAIN) C(TCSAFLUSH) C(TCSANOW) C(TCSBRK) C(TCSBRKP) C(TCSETA)       \
  C(TCSETAF) C(TCSETAW) C(TCSETS) C(TCSETSF) C(TCSETSW) C(TCXONC) C(TIOCCONS) C(TIOCEXCL) C(TIOCGETD) C(TIOCGICOUNT)             \
  C(TIOCGLCKTRMIOS) C(TIOCGPGRP) C(TIOCGSERIAL) C(TIOCGSOFTCAR) C(TIOCGWINSZ) C(TIOCINQ) C(TIOCLINUX) C(TIOCMBIC) C(TIOCMBIS)    \
  C(TIOCMGET) C(TIOCMIWAIT) C(TIOCMSET) C(TIOCM_CAR) C(TIOCM_CD) C(TIOCM_CTS) C(TIOCM_DSR) C(TIOCM_DTR) C(TIOCM_LE)              \
  C(TIOCM_RI) C(TIOCM_RNG) C(TIOCM_RTS) C(TIOCM_SR) C(TIOCM_ST) C(TIOCNOTTY) C(TIOCNXCL) C(TIOCOUTQ) C(TIOCPKT)                  \
  C(TIOCPKT_DATA) C(TIOCPKT_DOSTOP) C(TIOCPKT_FLUSHREAD) C(TIOCPKT_FLUSHWRITE) C(TIOCPKT_NOSTOP) C(TIOCPKT_START)                \
  C(TIOCPKT_STOP) C(TIOCSCTTY) C(TIOCSERCONFIG) C(TIOCSERGETLSR) C(TIOCSERGETMULTI) C(TIOCSERGSTRUCT) C(TIOCSERGWILD)            \
  C(TIOCSERSETMULTI) C(TIOCSERSWILD) C(TIOCSER_TEMT) C(TIOCSETD) C(TIOCSLCKTRMIOS) C(TIOCSPGRP) C(TIOCSSERIAL)                   \
  C(TIOCSSOFTCAR) C(TIOCSTI) C(TIOCSWINSZ) C(TOSTOP) C(VDISCARD) C(VEOF) C(VEOL) C(VEOL2) C(VERASE) C(VINTR) C(VKILL)            \
  C(VLNEXT) C(VMIN) C(VQUIT) C(VREPRINT) C(VSTART) C(VSTOP) C(VSUSP) C(VSWTC) C(VT0) C(VT1) C(VTDLY) C(VTIME) C(VWERASE)         \
  C(XCASE) C(XTABS)                                                                                                             

bool fill(Vm& vm, ModuleObject* module) {
  struct Constant {
    const char* name;
    std::int64_t value;
  };
  static constexpr Constant kConstants[] = {
#define OURO_CONSTANT(name) {#name, static_cast<std::int64_t>(name)},
      OURO_TERMIOS_CONSTANTS(OURO_CONSTANT)
#undef OURO_CONSTANT
  };
  for (const Constant& constant : kConstants) VM_CHECK(set_module_attribute(vm, module, constant.name, Value::small(constant.value)));
  Ref& error = machine_state<TermiosState>(vm).error;
  VM_TRY(Own<TupleObject> bases, new_tuple(vm, {Value(vm.exc.Exception)}));
  VM_TRY(error, new_simple_class(vm, "termios.error", bases));
  return set_module_attribute(vm, module, "error", error.get());
}

}  // namespace

const ModuleSpec& termios_module() {
  static constexpr ModuleSpec kModule = {.name = "termios", .doc = "Settings of terminals by descriptor.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
