// gc: the cycle collector as Python sees it.
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct CollectorState {
  std::int64_t debug = 0;
  std::int64_t thresholds[3] = {2000, 10, 0};
  Ref garbage, callbacks;
};

class Referents final : public Visitor {
 public:
  explicit Referents(std::vector<Ref>& out) : out_(&out) {}
  void visit_object(Object* object) override { out_->push_back(Ref::share(object)); }

 private:
  std::vector<Ref>* out_;
};

class Finder final : public Visitor {
 public:
  explicit Finder(std::span<const Value> wanted) : wanted_(wanted) {}
  void visit_object(Object* object) override {
    for (const Value each : wanted_) found = found || each == Value(object);
  }
  bool found = false;

 private:
  std::span<const Value> wanted_;
};

Ref run_callbacks(Vm& vm, const CollectorState& state, std::string_view phase, int generation, std::size_t collected) {
  if (!state.callbacks || state.callbacks.as<ListObject>()->size == 0) return Ref::none();
  VM_TRY(Own<DictObject> information, new_dict(vm));
  VM_CHECK(dict_set(vm, information, "generation", Value::small(generation)));
  VM_CHECK(dict_set(vm, information, "collected", Value::small(static_cast<std::int64_t>(collected))));
  VM_CHECK(dict_set(vm, information, "uncollectable", Value::small(0)));
  VM_TRY(Own<StrObject> text, new_str(vm, phase));
  VM_TRY(Own<ListObject> callbacks, to_list(vm, state.callbacks));
  for (const Value callback : callbacks->view()) {
    if (!call(vm, callback, {Value(text.get()), Value(information.get())})) report_unraisable(vm, callback);
  }
  return Ref::none();
}

Ref gc_collect(Vm& vm, Value, Args& args) {
  VM_TRY(const int generation, args.integer(vm, 0, 2));
  if (generation < 0 || generation > 2) return raise(vm, vm.exc.ValueError, "invalid generation");
  const CollectorState& state = machine_state<CollectorState>(vm);
  VM_CHECK(run_callbacks(vm, state, "start", generation, 0));
  const std::size_t count = vm.heap.collect(generation);
  VM_CHECK(run_callbacks(vm, state, "stop", generation, count));
  return Ref::small(static_cast<std::int64_t>(count));
}
Ref gc_enable(Vm& vm, Value) {
  vm.heap.gc_enabled = true;
  return Ref::none();
}
Ref gc_disable(Vm& vm, Value) {
  vm.heap.gc_enabled = false;
  return Ref::none();
}
Ref gc_isenabled(Vm& vm, Value) { return Ref::boolean(vm.heap.gc_enabled); }
Ref gc_get_debug(Vm& vm, Value) { return Ref::small(machine_state<CollectorState>(vm).debug); }
Ref gc_set_debug(Vm& vm, Value, Args& args) {
  VM_TRY(const int flags, args.integer(vm, 0));
  machine_state<CollectorState>(vm).debug = flags;
  return Ref::none();
}
Ref gc_get_threshold(Vm& vm, Value) {
  const CollectorState& state = machine_state<CollectorState>(vm);
  return new_tuple(vm, {Value::small(state.thresholds[0]), Value::small(state.thresholds[1]), Value::small(state.thresholds[2])});
}
Ref gc_set_threshold(Vm& vm, Value, Args& args) {
  CollectorState& state = machine_state<CollectorState>(vm);
  for (std::size_t i = 0; i < 3; ++i) {
    if (!args.given(i)) continue;
    VM_TRY(const int value, args.integer(vm, i));
    state.thresholds[i] = value;
  }
  // 0 turns automatic collection off.
  vm.heap.threshold = state.thresholds[0] <= 0 ? SIZE_MAX : static_cast<std::size_t>(state.thresholds[0]);
  return Ref::none();
}
Ref gc_get_count(Vm& vm, Value) { return new_tuple(vm, {Value::small(0), Value::small(0), Value::small(0)}); }

Ref gc_get_stats(Vm& vm, Value) {
  VM_TRY(Own<ListObject> all, new_list(vm));
  for (const std::size_t collections : vm.heap.collections) {
    VM_TRY(Own<DictObject> entry, new_dict(vm));
    VM_CHECK(dict_set(vm, entry, "collections", Value::small(static_cast<std::int64_t>(collections))));
    VM_CHECK(dict_set(vm, entry, "collected", Value::small(0)) && dict_set(vm, entry, "uncollectable", Value::small(0)));
    VM_CHECK(list_append(vm, all, Ref(std::move(entry))));
  }
  return all;
}

Ref gc_get_objects(Vm& vm, Value, Args&) {
  std::vector<Ref> found;
  vm.heap.for_each_tracked([&](GcObject* object) { found.push_back(Ref::share(object)); });
  VM_TRY(Own<ListObject> all, new_list(vm));
  for (Ref& each : found) VM_CHECK(list_append(vm, all, std::move(each)));
  return all;
}

Ref gc_get_referents(Vm& vm, Value, const CallArgs& args) {
  std::vector<Ref> found;
  Referents visitor(found);
  for (const Value value : args.positionals()) {
    if (!value.is_object()) continue;
    Object* object = value.object();
    if (object->type->has(kTypeContainer) && object->type->slots.traverse != nullptr) object->type->slots.traverse(object, visitor);
  }
  VM_TRY(Own<ListObject> all, new_list(vm));
  for (Ref& each : found) VM_CHECK(list_append(vm, all, std::move(each)));
  return all;
}

Ref gc_get_referrers(Vm& vm, Value, const CallArgs& args) {
  std::vector<Ref> found;
  vm.heap.for_each_tracked([&](GcObject* object) {
    if (object->type->slots.traverse == nullptr) return;
    Finder finder(args.positionals());
    object->type->slots.traverse(object, finder);
    if (finder.found) found.push_back(Ref::share(object));
  });
  VM_TRY(Own<ListObject> all, new_list(vm));
  for (Ref& each : found) VM_CHECK(list_append(vm, all, std::move(each)));
  return all;
}

Ref gc_is_tracked(Vm&, Value, Value object) {
  return Ref::boolean(object.is_object() && (object.object()->gc_word & kGcTracked) != 0);
}
Ref gc_is_finalized(Vm&, Value, Value object) {
  return Ref::boolean(object.is_object() && (object.object()->gc_word & kGcFinalized) != 0);
}
Ref gc_nothing(Vm&, Value) { return Ref::none(); }
Ref gc_freeze_count(Vm&, Value) { return Ref::small(0); }

constexpr MethodSpec kFunctions[] = {
    {"enable($module, /)", gc_enable, "Enable automatic garbage collection."},
    {"disable($module, /)", gc_disable, "Disable automatic garbage collection."},
    {"isenabled($module, /)", gc_isenabled, "Returns true if automatic garbage collection is enabled."},
    {"set_debug($module, flags, /)", gc_set_debug, "Set the garbage collection debugging flags."},
    {"get_debug($module, /)", gc_get_debug, "Get the garbage collection debugging flags."},
    {"get_count($module, /)", gc_get_count, "Return a three-tuple of the current collection counts."},
    {"set_threshold($module, threshold0, threshold1=0, threshold2=0, /)", gc_set_threshold, "Set the collection thresholds (the collection frequency)."},
    {"get_threshold($module, /)", gc_get_threshold, "Return the current collection thresholds."},
    {"collect($module, /, generation=2)", gc_collect, "Run the garbage collector; the number of unreachable objects is returned."},
    {"get_objects($module, /, generation=None)", gc_get_objects, "Return a list of objects tracked by the collector."},
    {"get_stats($module, /)", gc_get_stats, "Return a list of dictionaries containing per-generation statistics."},
    {"is_tracked($module, obj, /)", gc_is_tracked, "Returns true if the object is tracked by the garbage collector."},
    {"is_finalized($module, obj, /)", gc_is_finalized, "Returns true if the object has been already finalized by the GC."},
    {"get_referrers", gc_get_referrers, "get_referrers(*objs)\n\nReturn the list of objects that directly refer to any of objs."},
    {"get_referents", gc_get_referents, "get_referents(*objs)\n\nReturn the list of objects that are directly referred to by 'objs'."},
    {"freeze($module, /)", gc_nothing, "Freeze all current tracked objects and ignore them for future collections."},
    {"unfreeze($module, /)", gc_nothing, "Unfreeze all objects in the permanent generation."},
    {"get_freeze_count($module, /)", gc_freeze_count, "Return the number of objects in the permanent generation."},
};

bool fill(Vm& vm, ModuleObject* module) {
  CollectorState& state = machine_state<CollectorState>(vm);
  VM_TRY(state.garbage, new_list(vm));
  VM_TRY(state.callbacks, new_list(vm));
  constexpr std::pair<std::string_view, int> kFlags[] = {{"DEBUG_STATS", 1}, {"DEBUG_COLLECTABLE", 2}, {"DEBUG_UNCOLLECTABLE", 4}, {"DEBUG_SAVEALL", 32}, {"DEBUG_LEAK", 38}};
  for (const auto& [name, flag] : kFlags) VM_CHECK(set_module_attribute(vm, module, name, Value::small(flag)));
  return set_module_attribute(vm, module, "garbage", state.garbage.get()) && set_module_attribute(vm, module, "callbacks", state.callbacks.get());
}

}  // namespace

const ModuleSpec& gc_module() {
  static constexpr ModuleSpec kModule = {.name = "gc", .doc = "This module provides access to the garbage collector for reference cycles.",
                                         .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
