// What single parts of the machine keep, so that Vm itself need not know them: one value a C++ type, made when first asked
// for, destroyed with the machine.
//
//   struct InternalState { Ref cached; };
//   auto& state = machine_state<InternalState>(vm);
#pragma once

#include <memory>
#include <unordered_map>

#include "vm/core/vm.h"

namespace ouro::vm {

struct Signature;

struct MachineState {
  std::unordered_map<const char*, std::unique_ptr<Signature>> signatures;  ///< core/binding.cpp, by the spec's text
  std::unordered_map<const void*, std::shared_ptr<void>> parts;            ///< by the address that stands for the type
  MachineState();
  ~MachineState();
};

template <class T>
T& machine_state(Vm& vm) {
  static constexpr char kTag = 0;
  std::shared_ptr<void>& part = vm.state->parts[&kTag];
  if (!part) part = std::make_shared<T>();
  return *static_cast<T*>(part.get());
}

}  // namespace ouro::vm
