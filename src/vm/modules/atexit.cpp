// atexit: functions called when the program ends, last first.
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/objects/function.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct ExitState {
  struct Entry {
    Ref function, arguments, keywords;  ///< keywords null: none
  };
  std::vector<Entry> entries;
};

Ref register_function(Vm& vm, Value, const CallArgs& args) {
  if (args.positional == 0) return raise(vm, vm.exc.TypeError, "register() takes at least 1 argument (0 given)");
  const Value function = args.values[0];
  if (!is_callable(vm, function)) return raise(vm, vm.exc.TypeError, "the first argument must be callable");
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, args.positionals().subspan(1)));
  Ref keywords;
  if (args.has_keywords()) {
    VM_TRY(Own<DictObject> dict, new_dict(vm));
    for (std::size_t i = 0; i < args.keyword_count(); ++i) {
      VM_CHECK(dict_set(vm, dict, (*args.keyword_names)[i], args.keyword_value(i)));
    }
    keywords = std::move(dict);
  }
  machine_state<ExitState>(vm).entries.push_back({Ref::share(function), std::move(arguments), std::move(keywords)});
  return Ref::share(function);
}

Ref run_functions(Vm& vm, Value) {
  ExitState& state = machine_state<ExitState>(vm);
  while (!state.entries.empty()) {
    const ExitState::Entry entry = std::move(state.entries.back());
    state.entries.pop_back();
    const Ref done = call_with(vm, entry.function, entry.arguments.as<TupleObject>(),
                               entry.keywords ? entry.keywords.as<DictObject>() : nullptr);
    if (!done) report_unraisable(vm, entry.function, "Exception ignored in atexit callback");
  }
  return Ref::none();
}

Ref clear_functions(Vm& vm, Value) {
  machine_state<ExitState>(vm).entries.clear();
  return Ref::none();
}

Ref unregister_function(Vm& vm, Value, Value function) {
  std::vector<ExitState::Entry>& entries = machine_state<ExitState>(vm).entries;
  for (std::size_t i = 0; i < entries.size();) {
    bool same = false;
    VM_CHECK(equal(vm, entries[i].function, function, same));
    if (same && i < entries.size()) entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(i));
    else ++i;
  }
  return Ref::none();
}

Ref count_functions(Vm& vm, Value) { return Ref::small(static_cast<std::int64_t>(machine_state<ExitState>(vm).entries.size())); }

constexpr MethodSpec kFunctions[] = {
    {"register", register_function, "register(func, *args, **kwargs) -> func\n\nRegister a function to be executed upon normal program termination"},
    {"unregister($module, func, /)", unregister_function, "Unregister an exit function which was previously registered using atexit.register"},
    {"_clear($module, /)", clear_functions, "Clear the list of previously registered exit functions."},
    {"_run_exitfuncs($module, /)", run_functions, "Run all registered exit functions."},
    {"_ncallbacks($module, /)", count_functions, "Return the number of registered exit functions."},
};

}  // namespace

const ModuleSpec& atexit_module() {
  static constexpr ModuleSpec kModule = {.name = "atexit", .doc = "allow programmer to define multiple exit functions to be executed upon normal program termination.",
                                         .functions = kFunctions};
  return kModule;
}

}  // namespace ouro::vm
