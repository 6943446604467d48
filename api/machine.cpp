#include "ouro/machine.h"

#include "machine_values.h"
#include "run/source_compiler.h"
#include "vm/core/binding.h"
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/host/sandbox_host.h"
#include "vm/interpreter/meter.h"
#include "vm/interpreter/run.h"
#include "vm/interpreter/startup.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro {
namespace {

/// Everything denied but reading the library; what is printed is kept.
class KeepingHost final : public vm::SandboxHost {
 public:
  using vm::SandboxHost::SandboxHost;
  int write(int descriptor, const void* buffer, std::size_t size, std::size_t& done) override {
    if (descriptor != 1 && descriptor != 2) return SandboxHost::write(descriptor, buffer, size, done);
    (descriptor == 1 ? output : errors).append(static_cast<const char*>(buffer), size);
    done = size;
    return 0;
  }
  bool is_terminal(int) override { return false; }

  std::string output;
  std::string errors;
};

vm::SandboxRules rules_of(const MachineOptions& options) {
  vm::SandboxRules rules;
  rules.standard_input = false;
  if (!options.library_path.empty()) rules.read.push_back(options.library_path);
  return rules;
}

vm::Options vm_options(const MachineOptions& options) {
  vm::Options out;
  out.limits.fuel = options.fuel;
  out.limits.memory = options.memory;
  out.limits.recursion = options.recursion;
  out.limits.output_bytes = options.output;
  out.library_path = options.library_path;
  out.isolated = true;
  return out;
}

/// A C++ function as Python sees it. The machine's State owns the function.
struct HostFunctionObject : vm::Object {
  const HostFunction* function;
};

vm::Ref call_host_function(vm::Vm& machine, vm::Value self, const vm::CallArgs& args) {
  if (args.has_keywords()) return vm::raise(machine, machine.exc.TypeError, "host functions take no keyword arguments");
  std::vector<PyValue> values;
  for (const vm::Value argument : args.positionals()) {
    std::optional<PyValue> value = value_from_object(machine, argument);
    if (!value) {
      return vm::raise(machine, machine.exc.TypeError, "a host function cannot be given a value of type {}",
                       vm::type_name(machine, argument));
    }
    values.push_back(std::move(*value));
  }
  const Outcome<PyValue> result = (*self.as<HostFunctionObject>()->function)(values);
  if (!result) return vm::raise(machine, machine.exc.RuntimeError, "{}", result.failure().message);
  return object_from_value(machine, *result);
}
void end_host_function(vm::Vm& machine, vm::Object* self) { vm::free_object(machine, self, sizeof(HostFunctionObject)); }

const vm::TypeSpec kHostFunctionType{
    .name = "host_function",
    .basic_size = sizeof(HostFunctionObject),
    .flags = vm::kTypeNoInstantiation,
    .slots = {.dealloc = end_host_function, .call = call_host_function},
};

}  // namespace

struct Machine::State {
  explicit State(const MachineOptions& options)
      : host(rules_of(options)), machine(vm_options(options), host, &run::source_compiler()) {}
  KeepingHost host;
  vm::Vm machine;
  std::vector<std::unique_ptr<HostFunction>> functions;
  bool is_started = false;

  /// The exception that is set, taken out: its type's name and its text.
  std::pair<std::string, std::string> take_exception() {
    vm::Ref error = vm::take_error(machine);
    if (!error) return {"SystemError", "no exception"};
    std::pair<std::string, std::string> out{std::string(vm::type_name(machine, error)), {}};
    vm::Ref text = vm::str(machine, error);
    if (text) out.second = vm::to_utf8(text.as<vm::StrObject>());
    vm::clear_error(machine);
    return out;
  }
  Failure take_failure() {
    if (!vm::exceeded_limit(machine).empty()) {
      vm::clear_error(machine);
      return {"machine.limit", "the " + vm::exceeded_limit(machine) + " limit ended the program", {}};
    }
    const auto [type, text] = take_exception();
    return {"machine.exception", type + (text.empty() ? "" : ": " + text), {}};
  }
  void flush() {
    for (const std::string_view name : {"stdout", "stderr"}) {
      const vm::Value stream = vm::dict_get(machine, machine.sys_dict, name);
      if (stream.is_null() || stream.is_none() || !vm::exceeded_limit(machine).empty()) continue;
      if (!vm::call_method(machine, stream, "flush")) vm::clear_error(machine);
    }
  }
};

Machine::Machine(MachineOptions options) : state_(std::make_unique<State>(options)) {
  vm::StartOptions start;
  start.argv = {""};
  start.dont_write_bytecode = start.ignore_environment = start.no_user_site = start.no_site = start.safe_path = true;
  if (!options.library_path.empty()) start.path = {options.library_path};
  state_->is_started = vm::start_machine(state_->machine, start);
  if (!state_->is_started) vm::clear_error(state_->machine);
}
Machine::~Machine() = default;
Machine::Machine(Machine&&) noexcept = default;
Machine& Machine::operator=(Machine&&) noexcept = default;

RunResult Machine::run(std::string_view source, std::string_view filename) {
  State& state = *state_;
  RunResult result;
  if (!state.is_started) {
    result.exception = "MemoryError";
    result.message = "the machine could not start within its memory limit";
    return result;
  }
  result.ok = vm::run_main_source(state.machine, source, true, filename);
  if (!result.ok && vm::exceeded_limit(state.machine).empty()) {
    std::tie(result.exception, result.message) = state.take_exception();
  }
  result.limit = vm::exceeded_limit(state.machine);
  if (!result.limit.empty()) {
    result.ok = false;
    vm::clear_error(state.machine);
  }
  state.flush();
  result.output = std::exchange(state.host.output, {});
  result.errors = std::exchange(state.host.errors, {});
  return result;
}

Outcome<PyValue> Machine::evaluate(std::string_view expression) {
  State& state = *state_;
  if (!state.is_started) return Failure{"machine.limit", "the machine could not start within its memory limit", {}};
  vm::DictObject* globals = vm::main_globals(state.machine);
  vm::Ref code = vm::compile_source(state.machine, expression, true, "<expression>", "eval", 0, 0);
  vm::Ref value = code ? vm::run_code(state.machine, code.as<vm::CodeObject>(), globals, globals) : vm::Ref();
  if (!value) return state.take_failure();
  std::optional<PyValue> out = value_from_object(state.machine, value);
  if (!out) return Failure{"machine.no_value", "a value of type " + std::string(vm::type_name(state.machine, value)), {}};
  return std::move(*out);
}

Outcome<PyValue> Machine::call(std::string_view name, std::span<const PyValue> arguments) {
  State& state = *state_;
  if (!state.is_started) return Failure{"machine.limit", "the machine could not start within its memory limit", {}};
  const vm::Value function = vm::dict_get(state.machine, vm::main_globals(state.machine), name);
  if (function.is_null()) return Failure{"machine.no_variable", "__main__ has no variable " + std::string(name), {}};
  const vm::Ref held = vm::Ref::share(function);
  vm::Own<vm::TupleObject> values = vm::allocate_tuple(state.machine, arguments.size());
  for (std::size_t i = 0; values && i < arguments.size(); ++i) {
    vm::Ref value = object_from_value(state.machine, arguments[i]);
    if (!value) return state.take_failure();
    values->items()[i] = value.release();
  }
  vm::Ref result = values ? vm::call_with(state.machine, held, values.get(), nullptr) : vm::Ref();
  if (!result) return state.take_failure();
  std::optional<PyValue> out = value_from_object(state.machine, result);
  if (!out) return Failure{"machine.no_value", "a value of type " + std::string(vm::type_name(state.machine, result)), {}};
  return std::move(*out);
}

Outcome<PyValue> Machine::get(std::string_view name) const {
  State& state = *state_;
  const vm::Value value =
      state.is_started ? vm::dict_get(state.machine, vm::main_globals(state.machine), name) : vm::Value();
  if (value.is_null()) return Failure{"machine.no_variable", "__main__ has no variable " + std::string(name), {}};
  std::optional<PyValue> out = value_from_object(state.machine, value);
  if (!out) return Failure{"machine.no_value", "a value of type " + std::string(vm::type_name(state.machine, value)), {}};
  return std::move(*out);
}

bool Machine::set(std::string_view name, const PyValue& value) {
  State& state = *state_;
  if (!state.is_started) return false;
  vm::Ref object = object_from_value(state.machine, value);
  if (object && vm::dict_set(state.machine, vm::main_globals(state.machine), name, object)) return true;
  vm::clear_error(state.machine);
  return false;
}

bool Machine::add_function(std::string_view name, HostFunction function) {
  State& state = *state_;
  if (!state.is_started) return false;
  auto* object = vm::allocate<HostFunctionObject>(state.machine, state.machine.native_type(kHostFunctionType));
  if (object == nullptr) {
    vm::clear_error(state.machine);
    return false;
  }
  state.functions.push_back(std::make_unique<HostFunction>(std::move(function)));
  object->function = state.functions.back().get();
  const vm::Ref held = vm::Ref::adopt(object);
  if (vm::dict_set(state.machine, vm::main_globals(state.machine), name, held)) return true;
  vm::clear_error(state.machine);
  return false;
}

std::uint64_t Machine::fuel_used() const { return state_->machine.fuel_used; }
std::uint64_t Machine::memory_used() const { return state_->machine.heap.used(); }

}  // namespace ouro
