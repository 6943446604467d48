// time: clocks, sleeping, calendar time (CPython 3.13 Modules/timemodule.c).
#include <climits>
#include <cmath>
#include <cerrno>
#include <ctime>

#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/modules/import.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

constexpr std::int64_t kNanoseconds = 1'000'000'000;

constexpr StructField kTimeFields[] = {{"tm_year", "year, for example, 1993"}, {"tm_mon", "month of year, range [1, 12]"},
                                       {"tm_mday", "day of month, range [1, 31]"}, {"tm_hour", "hours, range [0, 23]"},
                                       {"tm_min", "minutes, range [0, 59]"}, {"tm_sec", "seconds, range [0, 61])"},
                                       {"tm_wday", "day of week, range [0, 6], Monday is 0"},
                                       {"tm_yday", "day of year, range [1, 366]"},
                                       {"tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"},
                                       {"tm_zone", "abbreviation of timezone name"}, {"tm_gmtoff", "offset from UTC in seconds"}};
const StructSequenceSpec kStructTime = struct_sequence_spec("time.struct_time", "The time value as returned by gmtime(), localtime(), and strptime().", kTimeFields, 9);

Ref seconds(Vm& vm, std::int64_t nanoseconds) { return new_float(vm, static_cast<double>(nanoseconds) * 1e-9); }

Ref time_time(Vm& vm, Value) { return seconds(vm, vm.host.wall_clock_ns()); }
Ref time_time_ns(Vm& vm, Value) { return new_int(vm, vm.host.wall_clock_ns()); }
Ref time_monotonic(Vm& vm, Value) { return seconds(vm, vm.host.monotonic_ns()); }
Ref time_monotonic_ns(Vm& vm, Value) { return new_int(vm, vm.host.monotonic_ns()); }
Ref time_process(Vm& vm, Value) { return seconds(vm, vm.host.processor_ns()); }
Ref time_process_ns(Vm& vm, Value) { return new_int(vm, vm.host.processor_ns()); }

Ref time_sleep(Vm& vm, Value, Value duration) {
  std::int64_t nanoseconds = 0;
  if (is_float(duration)) {
    const double value = duration.as<FloatObject>()->value;
    if (std::isnan(value)) return raise(vm, vm.exc.ValueError, "Invalid value NaN (not a number)");
    if (std::abs(value) > 9.2e9) return raise(vm, vm.exc.OverflowError, "timestamp too large to convert to C PyTime_t");
    nanoseconds = static_cast<std::int64_t>(std::ceil(value * 1e9));
  } else {
    Ref index;
    if (is_int(duration)) {
      index = Ref::share(duration);
    } else if (has_index(vm, duration)) {
      VM_TRY(index, to_index(vm, duration));
    } else {
      VM_TRY(const double value, to_double(vm, duration));
      if (std::abs(value) > 9.2e9) return raise(vm, vm.exc.OverflowError, "timestamp too large to convert to C PyTime_t");
      nanoseconds = static_cast<std::int64_t>(std::ceil(value * 1e9));
    }
    if (index) {
      const auto whole = int_to_int64(index);
      if (!whole || *whole > INT64_MAX / kNanoseconds || *whole < INT64_MIN / kNanoseconds) {
        return raise(vm, vm.exc.OverflowError, "timestamp too large to convert to C PyTime_t");
      }
      nanoseconds = *whole * kNanoseconds;
    }
  }
  if (nanoseconds < 0) return raise(vm, vm.exc.ValueError, "sleep length must be non-negative");
  const std::int64_t deadline = vm.host.monotonic_ns() + nanoseconds;
  // In pieces, so that signals and time limits are heard.
  for (std::int64_t left = nanoseconds;;) {
    const int failure = vm.host.sleep_ns(std::min<std::int64_t>(left, 50'000'000));
    if (failure != 0 && failure != EINTR) return raise_os_error(vm, failure);
    VM_CHECK(charge_work(vm, 1));
    left = deadline - vm.host.monotonic_ns();
    if (left <= 0) return Ref::none();
  }
}

// --- calendar time
bool uses_local_zone(Vm& vm) { return vm.host.allows_system_calls(); }

Ref new_struct_time(Vm& vm, const std::tm& tm, bool local) {
  std::vector<Ref> items;
  for (const int field : {tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, (tm.tm_wday + 6) % 7,
                          tm.tm_yday + 1, tm.tm_isdst}) {
    items.push_back(Ref::small(field));
  }
  items.push_back(Ref(new_str(vm, local && tm.tm_zone != nullptr ? tm.tm_zone : "UTC")));
  items.push_back(Ref::small(local ? tm.tm_gmtoff : 0));
  return new_struct_sequence(vm, kStructTime, std::move(items));
}

/// The seconds argument, rounded down; absent or None: now.
std::optional<std::time_t> seconds_argument(Vm& vm, Args& args, std::size_t at) {
  if (!args.has(at)) {
    const std::int64_t now = vm.host.wall_clock_ns();
    return static_cast<std::time_t>(now >= 0 ? now / kNanoseconds : -((-now + kNanoseconds - 1) / kNanoseconds));
  }
  if (is_float(args[at])) {
    const double value = std::floor(args[at].as<FloatObject>()->value);
    if (std::isnan(value)) return raise(vm, vm.exc.ValueError, "Invalid value NaN (not a number)");
    if (value < -9.2e18 || value > 9.2e18) return raise(vm, vm.exc.OverflowError, "timestamp out of range for platform time_t");
    return static_cast<std::time_t>(value);
  }
  VM_TRY(Ref index, to_index(vm, args[at]));
  const auto whole = int_to_int64(index);
  if (!whole) return raise(vm, vm.exc.OverflowError, "timestamp out of range for platform time_t");
  return static_cast<std::time_t>(*whole);
}

std::optional<std::tm> broken_down(Vm& vm, std::time_t time, bool local) {
  std::tm tm{};
  errno = 0;
  const bool done = local && uses_local_zone(vm) ? ::localtime_r(&time, &tm) != nullptr : ::gmtime_r(&time, &tm) != nullptr;
  if (!done) {
    if (errno == EOVERFLOW) return raise(vm, vm.exc.OverflowError, "timestamp out of range for platform time_t");
    return raise_os_error(vm, errno == 0 ? EINVAL : errno);
  }
  return tm;
}

Ref time_gmtime(Vm& vm, Value, Args& args) {
  VM_TRY(const std::time_t time, seconds_argument(vm, args, 0));
  VM_TRY(const std::tm tm, broken_down(vm, time, false));
  return new_struct_time(vm, tm, false);
}
Ref time_localtime(Vm& vm, Value, Args& args) {
  VM_TRY(const std::time_t time, seconds_argument(vm, args, 0));
  VM_TRY(const std::tm tm, broken_down(vm, time, true));
  return new_struct_time(vm, tm, uses_local_zone(vm));
}

/// A 9-tuple or struct_time as a tm; fields are not checked.
std::optional<std::tm> tm_argument(Vm& vm, Value value, std::string_view function) {
  if (!is_tuple(value)) return raise(vm, vm.exc.TypeError, "Tuple or struct_time argument required");
  TupleObject& tuple = *value.as<TupleObject>();
  if (tuple.size != 9) {
    return raise(vm, vm.exc.TypeError, "{}(): illegal time tuple argument", function);
  }
  std::tm tm{};
  int* fields[] = {&tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &tm.tm_wday, &tm.tm_yday, &tm.tm_isdst};
  for (std::size_t i = 0; i < 9; ++i) {
    VM_TRY(Ref index, to_index(vm, tuple[i]));
    const auto number = int_to_int64(index);
    if (!number || *number > INT_MAX || *number < INT_MIN) {
      return raise(vm, vm.exc.OverflowError, "{} integer is {} than {}", "signed", number && *number < 0 ? "less" : "greater",
                   number && *number < 0 ? "minimum" : "maximum");
    }
    *fields[i] = static_cast<int>(*number);
  }
  if (tm.tm_year < INT_MIN + 1900) return raise(vm, vm.exc.OverflowError, "year out of range");
  tm.tm_year -= 1900;
  --tm.tm_mon;
  tm.tm_wday = (tm.tm_wday + 1) % 7;
  --tm.tm_yday;
  if (tuple.type->spec == &kStructTime && is_str(tuple.items()[9]) && is_int(tuple.items()[10])) {
    tm.tm_gmtoff = static_cast<long>(int_to_int64(tuple.items()[10]).value_or(0));
  }
  return tm;
}

/// CPython 3.13 Modules/timemodule.c checktm.
bool check_tm(Vm& vm, std::tm& tm) {
  if (tm.tm_mon == -1) tm.tm_mon = 0;
  if (tm.tm_mday == 0) tm.tm_mday = 1;
  if (tm.tm_yday == -1) tm.tm_yday = 0;
  const auto range = [&](bool ok, std::string_view what) -> bool {
    return ok || static_cast<bool>(raise(vm, vm.exc.ValueError, "{} out of range", what));
  };
  return range(tm.tm_mon >= 0 && tm.tm_mon <= 11, "month") && range(tm.tm_mday >= 0 && tm.tm_mday <= 31, "day of month") &&
         range(tm.tm_hour >= 0 && tm.tm_hour <= 23, "hour") && range(tm.tm_min >= 0 && tm.tm_min <= 59, "minute") &&
         range(tm.tm_sec >= 0 && tm.tm_sec <= 61, "seconds") && range(tm.tm_wday >= 0, "day of week") &&
         range(tm.tm_yday >= 0 && tm.tm_yday <= 365, "day of year");
}

std::optional<std::tm> tm_or_now(Vm& vm, Args& args, std::size_t at, std::string_view function) {
  if (args.given(at)) return tm_argument(vm, args[at], function);
  VM_TRY(const std::time_t now, seconds_argument(vm, args, at));
  return broken_down(vm, now, true);
}

std::string asctime_text(const std::tm& tm) {
  constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char rest[64];
  std::snprintf(static_cast<char*>(rest), sizeof rest, "%3d %.2d:%.2d:%.2d %d", tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, 1900 + tm.tm_year);
  return std::string(kDays[static_cast<std::size_t>(tm.tm_wday)]) + " " + std::string(kMonths[static_cast<std::size_t>(tm.tm_mon)]) + static_cast<const char*>(rest);
}

Ref time_asctime(Vm& vm, Value, Args& args) {
  VM_TRY(std::tm tm, tm_or_now(vm, args, 0, "asctime"));
  VM_CHECK(check_tm(vm, tm));
  return new_str(vm, asctime_text(tm));
}
Ref time_ctime(Vm& vm, Value, Args& args) {
  VM_TRY(const std::time_t time, seconds_argument(vm, args, 0));
  VM_TRY(const std::tm tm, broken_down(vm, time, true));
  return new_str(vm, asctime_text(tm));
}

Ref time_mktime(Vm& vm, Value, Value tuple) {
  VM_TRY(std::tm tm, tm_argument(vm, tuple, "mktime"));
  tm.tm_wday = -1;
  const std::time_t time = uses_local_zone(vm) ? ::mktime(&tm) : ::timegm(&tm);
  if (time == -1 && tm.tm_wday == -1) return raise(vm, vm.exc.OverflowError, "mktime argument out of range");
  return new_float(vm, static_cast<double>(time));
}

Ref time_strftime(Vm& vm, Value, Args& args) {
  VM_TRY(StrObject * format, args.string(vm, 0));
  VM_TRY(std::tm tm, tm_or_now(vm, args, 1, "strftime"));
  VM_CHECK(check_tm(vm, tm));
  if (tm.tm_isdst < -1) tm.tm_isdst = -1;
  if (tm.tm_isdst > 1) tm.tm_isdst = 1;
  if (args.given(1)) tm.tm_zone = tm.tm_isdst >= 0 && uses_local_zone(vm) ? ::tzname[tm.tm_isdst] : "UTC";
  // A part that may give nothing ("%p") is told from a buffer that is too small by a character in front.
  const std::string text = to_utf8(format);
  std::string out;
  std::size_t at = 0;
  while (at <= text.size()) {  // pieces between null characters
    const std::size_t end = std::min(text.find('\0', at), text.size());
    const std::string piece = "x" + text.substr(at, end - at);
    for (std::size_t room = 256;; room *= 2) {
      std::string buffer(room, '\0');
      const std::size_t size = ::strftime(buffer.data(), room, piece.c_str(), &tm);
      if (size != 0) {
        out.append(buffer, 1, size - 1);
        break;
      }
      if (room > piece.size() * 256 + 65536) return raise(vm, vm.exc.ValueError, "Invalid format string");
    }
    if (end == text.size()) break;
    out += '\0';
    at = end + 1;
  }
  return new_str(vm, out);
}

Ref time_strptime(Vm& vm, Value, const CallArgs& args) {
  VM_TRY(Ref function, import_attribute(vm, "_strptime", "_strptime_time"));
  return call(vm, function, args);
}

// --- clocks
std::optional<std::int64_t> read_clock(Vm& vm, int clock) {
  if (!vm.host.allows_system_calls()) {
    if (clock == CLOCK_REALTIME) return vm.host.wall_clock_ns();
    return clock == CLOCK_PROCESS_CPUTIME_ID ? vm.host.processor_ns() : vm.host.monotonic_ns();
  }
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) return raise_os_error(vm, errno);
  return static_cast<std::int64_t>(now.tv_sec) * kNanoseconds + now.tv_nsec;
}
Ref time_clock_gettime(Vm& vm, Value, Args& args) {
  VM_TRY(const int clock, args.integer(vm, 0));
  VM_TRY(const std::int64_t now, read_clock(vm, clock));
  return seconds(vm, now);
}
Ref time_clock_gettime_ns(Vm& vm, Value, Args& args) {
  VM_TRY(const int clock, args.integer(vm, 0));
  VM_TRY(const std::int64_t now, read_clock(vm, clock));
  return new_int(vm, now);
}
Ref time_clock_getres(Vm& vm, Value, Args& args) {
  VM_TRY(const int clock, args.integer(vm, 0));
  timespec resolution{};
  if (::clock_getres(clock, &resolution) != 0) return raise_os_error(vm, errno);
  return new_float(vm, static_cast<double>(resolution.tv_sec) + 1e-9 * static_cast<double>(resolution.tv_nsec));
}
Ref time_thread_time(Vm& vm, Value) {
  VM_TRY(const std::int64_t now, read_clock(vm, CLOCK_THREAD_CPUTIME_ID));
  return seconds(vm, now);
}
Ref time_thread_time_ns(Vm& vm, Value) {
  VM_TRY(const std::int64_t now, read_clock(vm, CLOCK_THREAD_CPUTIME_ID));
  return new_int(vm, now);
}

Ref time_get_clock_info(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, args.text(vm, 0));
  struct Clock {
    std::string_view name, implementation;
    bool monotonic, adjustable;
  };
  constexpr Clock kClocks[] = {{"time", "clock_gettime(CLOCK_REALTIME)", false, true},
                               {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", true, false},
                               {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", true, false},
                               {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", true, false},
                               {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", true, false}};
  for (const Clock& clock : kClocks) {
    if (clock.name != name) continue;
    VM_TRY(Own<DictObject> fields, new_dict(vm));
    VM_TRY(Own<StrObject> implementation, new_str(vm, clock.implementation));
    VM_TRY(Ref resolution, new_float(vm, 1e-9));
    VM_CHECK(dict_set(vm, fields, "implementation", implementation) && dict_set(vm, fields, "monotonic", Value::boolean(clock.monotonic)) &&
             dict_set(vm, fields, "adjustable", Value::boolean(clock.adjustable)) && dict_set(vm, fields, "resolution", resolution));
    return new_simple_namespace(vm, fields);
  }
  return raise(vm, vm.exc.ValueError, "unknown clock");
}

bool set_zone(Vm& vm, ModuleObject* module) {
  std::string names[2] = {"UTC", "UTC"};
  long offset = 0;
  long alternative = 0;
  bool daylight_saving = false;
  if (uses_local_zone(vm)) {
    ::tzset();
    names[0] = ::tzname[0];
    names[1] = ::tzname[1];
    offset = ::timezone;
    daylight_saving = ::daylight != 0;
    alternative = daylight_saving ? offset - 3600 : offset;
  }
  VM_TRY(Own<StrObject> standard, new_str(vm, names[0]));
  VM_TRY(Own<StrObject> summer, new_str(vm, names[1]));
  return set_module_attribute(vm, module, "timezone", Value::small(offset)) &&
         set_module_attribute(vm, module, "altzone", Value::small(alternative)) &&
         set_module_attribute(vm, module, "daylight", Value::small(daylight_saving ? 1 : 0)) &&
         set_module_attribute(vm, module, "tzname", Ref(new_tuple(vm, {Value(standard.get()), Value(summer.get())})));
}
Ref time_tzset(Vm& vm, Value self) {
  VM_CHECK(set_zone(vm, self.as<ModuleObject>()));
  return Ref::none();
}

constexpr MethodSpec kFunctions[] = {
    {"time($module, /)", time_time, "Return the current time in seconds since the Epoch."},
    {"time_ns($module, /)", time_time_ns, "Return the current time in nanoseconds since the Epoch."},
    {"monotonic($module, /)", time_monotonic, "Monotonic clock, cannot go backward."},
    {"monotonic_ns($module, /)", time_monotonic_ns, "Monotonic clock, cannot go backward, as nanoseconds."},
    {"perf_counter($module, /)", time_monotonic, "Performance counter for benchmarking."},
    {"perf_counter_ns($module, /)", time_monotonic_ns, "Performance counter for benchmarking as nanoseconds."},
    {"process_time($module, /)", time_process, "Process time for profiling: sum of the kernel and user-space CPU time."},
    {"process_time_ns($module, /)", time_process_ns, "Process time for profiling as nanoseconds."},
    {"thread_time($module, /)", time_thread_time, "Thread time for profiling."},
    {"thread_time_ns($module, /)", time_thread_time_ns, "Thread time for profiling as nanoseconds."},
    {"sleep($module, object, /)", time_sleep, "Delay execution for a given number of seconds."},
    {"gmtime($module, seconds=None, /)", time_gmtime, "Convert seconds since the Epoch to a time tuple expressing UTC."},
    {"localtime($module, seconds=None, /)", time_localtime, "Convert seconds since the Epoch to a time tuple expressing local time."},
    {"asctime($module, tuple=<unrepresentable>, /)", time_asctime, "Convert a time tuple to a string."},
    {"ctime($module, seconds=None, /)", time_ctime, "Convert a time in seconds since the Epoch to a string in local time."},
    {"mktime($module, tuple, /)", time_mktime, "Convert a time tuple in local time to seconds since the Epoch."},
    {"strftime($module, format, tuple=<unrepresentable>, /)", time_strftime, "Convert a time tuple to a string according to a format specification."},
    {"strptime", time_strptime, "strptime(string, format) -> struct_time\n\nParse a string to a time tuple according to a format specification."},
    {"clock_gettime($module, clk_id, /)", time_clock_gettime, "Return the time of the specified clock clk_id as a float."},
    {"clock_gettime_ns($module, clk_id, /)", time_clock_gettime_ns, "Return the time of the specified clock clk_id as nanoseconds."},
    {"clock_getres($module, clk_id, /)", time_clock_getres, "Return the resolution of the specified clock clk_id."},
    {"get_clock_info($module, name, /)", time_get_clock_info, "Get information of the specified clock."},
    {"tzset($module, /)", time_tzset, "Initialize, or reinitialize, the local timezone."},
};

bool fill(Vm& vm, ModuleObject* module) {
  constexpr std::pair<std::string_view, int> kClocks[] = {
      {"CLOCK_REALTIME", CLOCK_REALTIME}, {"CLOCK_MONOTONIC", CLOCK_MONOTONIC}, {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
      {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID}, {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
      {"CLOCK_BOOTTIME", CLOCK_BOOTTIME}, {"CLOCK_TAI", CLOCK_TAI}};
  for (const auto& [name, clock] : kClocks) VM_CHECK(set_module_attribute(vm, module, name, Value::small(clock)));
  return set_zone(vm, module) && set_module_attribute(vm, module, "_STRUCT_TM_ITEMS", Value::small(11)) &&
         add_type(vm, module, kStructTime);
}

}  // namespace

const ModuleSpec& time_module() {
  static constexpr ModuleSpec kModule = {.name = "time", .doc = "This module provides various functions to manipulate time values.",
                                         .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
