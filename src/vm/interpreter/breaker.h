// What may wait for the interpreter at its next safe point: bits of Vm::breaker. Safe points are function entries and
// backward jumps, as in CPython (RESUME, JUMP_BACKWARD).
#pragma once

#include <cstdint>

#include "vm/core/vm.h"

namespace ouro::vm {

inline constexpr std::uint32_t kBreakCollect = 1;      ///< the cycle collector wants to run
inline constexpr std::uint32_t kBreakSignal = 2;       ///< a signal came: modules/_signal.cpp
inline constexpr std::uint32_t kBreakSwitch = 4;       ///< another Python thread waits for its turn
inline constexpr std::uint32_t kBreakTimeout = 8;      ///< the wall-clock limit is reached
inline constexpr std::uint32_t kBreakPendingCall = 16; ///< an exception set from another thread, a pending call
inline constexpr std::uint32_t kBreakLimit = 32;       ///< the program is being ended by a limit: every safe point fails

inline constexpr std::uint32_t kBreakTrace = 64;       ///< vm.is_traced: the plain loop goes over to the metered one

/// Does what waits. False: an exception is set.
[[nodiscard]] bool handle_breaker(Vm& vm);

}  // namespace ouro::vm
