#include "vm/interpreter/breaker.h"

#include "vm/core/error.h"
#include "vm/interpreter/meter.h"
#include "vm/interpreter/pending.h"

namespace ouro::vm {

bool handle_breaker(Vm& vm) {
  const std::uint32_t bits = vm.breaker.load(std::memory_order_acquire);
  const auto take = [&](std::uint32_t bit) {
    if ((bits & bit) == 0) return false;
    vm.breaker.fetch_and(~bit, std::memory_order_acq_rel);
    return true;
  };
  if (take(kBreakCollect)) vm.heap.collect(0);
  if (take(kBreakTimeout)) exceed_limit(vm, "time");
  if ((bits & kBreakLimit) != 0 || !exceeded_limit(vm).empty()) {
    if (!has_error(vm)) raise_limit(vm);
    return false;
  }
  if (take(kBreakSwitch) && pending_hooks(vm).switch_thread != nullptr) pending_hooks(vm).switch_thread(vm);
  if (take(kBreakSignal) && pending_hooks(vm).run_signal_handlers != nullptr && !pending_hooks(vm).run_signal_handlers(vm))
    return false;
  if (take(kBreakPendingCall) && pending_hooks(vm).run_pending_calls != nullptr && !pending_hooks(vm).run_pending_calls(vm))
    return false;
  return true;
}

PendingHooks& pending_hooks(Vm& vm) { return machine_state<PendingHooks>(vm); }

}  // namespace ouro::vm
