// Fuel and limits; tracing stands in tracing.cpp.
#include "vm/interpreter/meter.h"

#include "vm/core/error.h"
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/breaker.h"
#include "vm/interpreter/tracing.h"

namespace ouro::vm {

bool is_metered(const Vm& vm) { return vm.options.limits.fuel != 0 || vm.is_traced; }

bool meter_instruction(Vm& vm, Frame* frame, Value* stack_top) {
  if (vm.options.limits.fuel != 0) {
    if (vm.fuel_used >= vm.options.limits.fuel) {
      exceed_limit(vm, "fuel");
      raise_limit(vm);
      return false;
    }
    ++vm.fuel_used;
  }
  return !vm.is_traced || trace_instruction(vm, frame, stack_top);
}

bool charge_work(Vm& vm, std::uint64_t units) {
  if (vm.options.limits.fuel != 0) {
    if (vm.options.limits.fuel - vm.fuel_used < units) {
      vm.fuel_used = vm.options.limits.fuel;
      exceed_limit(vm, "fuel");
      raise_limit(vm);
      return false;
    }
    vm.fuel_used += units;
  }
  return vm.breaker.load(std::memory_order_relaxed) == 0 || handle_breaker(vm);
}

void exceed_limit(Vm& vm, std::string_view what) {
  if (vm.limit_exceeded.empty()) vm.limit_exceeded = what;
  vm.breaker.fetch_or(kBreakLimit, std::memory_order_acq_rel);
}

void raise_limit(Vm& vm) {
  const std::string& what = vm.limit_exceeded;
  const std::string_view text = what == "fuel"     ? "the instruction limit (--fuel) is reached"
                                : what == "time"   ? "the time limit (--timeout) is reached"
                                : what == "output" ? "the output limit (--output-limit) is reached"
                                                   : "a limit is reached";
  raise(vm, vm.exc.SystemExit, "{}", text);
}

const std::string& exceeded_limit(const Vm& vm) { return vm.limit_exceeded; }

}  // namespace ouro::vm
