// sys: what can be asked and set of the machine.
#include "vm/core/protocol.h"
#include "vm/interpreter/frame.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/struct_sequence.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

extern const StructSequenceSpec kAsyncGenHooks;

namespace {

Ref get_recursion_limit(Vm& vm, Value) { return Ref::small(vm.options.limits.recursion); }

Ref set_recursion_limit(Vm& vm, Value, Args& args) {
  VM_TRY(const int limit, args.integer(vm, 0));
  if (limit < 1) return raise(vm, vm.exc.ValueError, "recursion limit must be greater or equal than 1");
  if (vm.thread->recursion >= static_cast<std::uint32_t>(limit)) {
    return raise(vm, vm.exc.RecursionError,
                 "cannot set the recursion limit to {} at the recursion depth {}: the limit is too low", limit,
                 vm.thread->recursion);
  }
  vm.options.limits.recursion = static_cast<std::uint32_t>(limit);
  return Ref::none();
}

Ref get_reference_count(Vm& vm, Value, Value object) {
  // Immediate values have no count: CPython shows the greatest of its immortal objects.
  if (!object.is_object()) return Ref::small(0xFFFFFFFF);
  return Ref::small(object.object()->refcount);
}

Ref get_size_of(Vm& vm, Value, Args& args) {
  Ref method;
  VM_TRY(Own<StrObject> name, new_str(vm, "__sizeof__"));
  VM_CHECK(lookup_special(vm, args[0], name, method));
  Ref size = method ? call(vm, method) : Ref(raise(vm, vm.exc.TypeError, "Type {} doesn't define __sizeof__", type_name(vm, args[0])));
  if (!size) {
    if (args.given(1) && catch_error(vm, vm.exc.TypeError)) return Ref::share(args[1]);
    return {};
  }
  VM_TRY(const std::int64_t bytes, to_ssize(vm, size, vm.exc.OverflowError));
  if (bytes < 0) return raise(vm, vm.exc.ValueError, "__sizeof__() should return >= 0");
  const bool is_container = args[0].is_object() && args[0].object()->type->has(kTypeContainer);
  return new_int(vm, bytes + (is_container ? 16 : 0));
}

Ref intern_text(Vm& vm, Value, Value text) {
  if (!is_exact(vm, text, vm.types.str)) {
    if (is_str(text)) return raise(vm, vm.exc.TypeError, "can't intern {}", type_name(vm, text));
    return raise_argument_type(vm, "intern", 0, "str", text);
  }
  return intern(vm, text.as<StrObject>());
}

Ref is_interned(Vm& vm, Value, Value text) {
  if (!is_str(text)) return raise_argument_type(vm, "_is_interned", 0, "str", text);
  return Ref::boolean(text.as<StrObject>()->is_interned);
}

Ref get_max_digits(Vm& vm, Value) { return Ref::small(vm.int_max_str_digits); }

Ref set_max_digits(Vm& vm, Value, Args& args) {
  VM_TRY(const int digits, args.integer(vm, 0));
  if (digits != 0 && digits < 640) return raise(vm, vm.exc.ValueError, "maxdigits must be 0 or larger than 640");
  vm.int_max_str_digits = digits;
  return Ref::none();
}

Ref get_default_encoding(Vm& vm, Value) { return new_str(vm, "utf-8"); }
Ref get_file_system_errors(Vm& vm, Value) { return new_str(vm, "surrogateescape"); }

Ref get_switch_interval(Vm& vm, Value) { return new_float(vm, machine_state<SysState>(vm).switch_interval); }
Ref set_switch_interval(Vm& vm, Value, Args& args) {
  VM_TRY(const double seconds, args.number(vm, 0));
  if (!(seconds > 0)) return raise(vm, vm.exc.ValueError, "switch interval must be strictly positive");
  machine_state<SysState>(vm).switch_interval = seconds;
  return Ref::none();
}

Ref is_finalizing(Vm& vm, Value) { return Ref::boolean(machine_state<SysState>(vm).finalizing); }
Ref nothing(Vm&, Value) { return Ref::none(); }
Ref always_false(Vm&, Value) { return Ref::boolean(false); }
Ref always_true(Vm&, Value) { return Ref::boolean(true); }
Ref get_allocated_blocks(Vm& vm, Value) { return Ref::small(static_cast<std::int64_t>(vm.heap.used() / 64)); }
Ref get_interned_size(Vm&, Value, Args&) { return Ref::small(0); }
Ref get_cpu_count_config(Vm&, Value) { return Ref::small(-1); }

Ref get_origin_depth(Vm& vm, Value) { return Ref::small(vm.thread->coroutine_origin_depth); }
Ref set_origin_depth(Vm& vm, Value, Args& args) {
  VM_TRY(const int depth, args.integer(vm, 0));
  if (depth < 0) return raise(vm, vm.exc.ValueError, "depth must be >= 0");
  vm.thread->coroutine_origin_depth = static_cast<std::uint32_t>(depth);
  return Ref::none();
}

Ref get_async_hooks(Vm& vm, Value) {
  std::vector<Ref> hooks;
  for (const Value hook : {vm.thread->async_gen_first_iter, vm.thread->async_gen_finalizer}) {
    hooks.push_back(hook.is_null() ? Ref::none() : Ref::share(hook));
  }
  return new_struct_sequence(vm, kAsyncGenHooks, std::move(hooks));
}

bool set_hook(Vm& vm, Value& hook, Value wanted, std::string_view name) {
  if (!wanted.is_none() && !is_callable(vm, wanted)) {
    return raise(vm, vm.exc.TypeError, "callable {} expected, got {}", name, type_name(vm, wanted));
  }
  if (wanted.is_none()) wanted = Value();
  xincref(wanted);
  xdecref(std::exchange(hook, wanted));
  return true;
}

Ref set_async_hooks(Vm& vm, Value, Args& args) {
  if (args.given(1)) VM_CHECK(set_hook(vm, vm.thread->async_gen_finalizer, args[1], "finalizer"));
  if (args.given(0)) VM_CHECK(set_hook(vm, vm.thread->async_gen_first_iter, args[0], "firstiter"));
  return Ref::none();
}

Ref get_dlopen_flags(Vm&, Value) { return Ref::small(2); }
Ref set_dlopen_flags(Vm&, Value, Value) { return Ref::none(); }
Ref activate_trampoline(Vm& vm, Value, Value) {
  return raise(vm, vm.exc.ValueError, "perf trampoline not available");
}

constexpr MethodSpec kFunctions[] = {
    {"getrecursionlimit($module, /)", get_recursion_limit, "Return the current value of the recursion limit."},
    {"setrecursionlimit($module, limit, /)", set_recursion_limit, "Set the maximum depth of the interpreter stack."},
    {"getrefcount($module, object, /)", get_reference_count, "Return the reference count of object."},
    {"getsizeof($module, object, default=<unrepresentable>)", get_size_of, "Return the size of object in bytes."},
    {"intern($module, string, /)", intern_text, "Return the interned string equal to the argument."},
    {"_is_interned($module, string, /)", is_interned, "Return True if the given string is interned."},
    {"get_int_max_str_digits($module, /)", get_max_digits, "Return the maximum string digits limit for non-binary int<->str conversions."},
    {"set_int_max_str_digits($module, /, maxdigits)", set_max_digits, "Set the maximum string digits limit for non-binary int<->str conversions."},
    {"getdefaultencoding($module, /)", get_default_encoding, "Return the current default encoding used by the Unicode implementation."},
    {"getfilesystemencoding($module, /)", get_default_encoding, "Return the encoding used to convert Unicode filenames to OS filenames."},
    {"getfilesystemencodeerrors($module, /)", get_file_system_errors, "Return the error mode used for Unicode to OS filename conversion."},
    {"getswitchinterval($module, /)", get_switch_interval, "Return the current thread switch interval."},
    {"setswitchinterval($module, interval, /)", set_switch_interval, "Set the ideal thread switching delay, in seconds."},
    {"is_finalizing($module, /)", is_finalizing, "Return True if the interpreter is exiting."},
    {"_clear_type_cache($module, /)", nothing, "Clear the internal type lookup cache."},
    {"_clear_internal_caches($module, /)", nothing, "Clear all internal performance-related caches."},
    {"_debugmallocstats($module, /)", nothing, "Does nothing here: the heap is not CPython's."},
    {"_is_gil_enabled($module, /)", always_true, "Return True if the GIL is currently enabled."},
    {"is_stack_trampoline_active($module, /)", always_false, "Return True if a stack profiler trampoline is active."},
    {"activate_stack_trampoline($module, backend, /)", activate_trampoline, "Activate stack profiler trampoline."},
    {"deactivate_stack_trampoline($module, /)", nothing, "Deactivate the current stack profiler trampoline backend."},
    {"getallocatedblocks($module, /)", get_allocated_blocks, "Return the number of memory blocks currently allocated."},
    {"getunicodeinternedsize($module, /, *, _only_immortal=False)", get_interned_size, "Return the number of interned strings."},
    {"_get_cpu_count_config($module, /)", get_cpu_count_config, "Return the value of -X cpu_count; -1: not given."},
    {"get_coroutine_origin_tracking_depth($module, /)", get_origin_depth, "Check status of origin tracking for coroutine objects in this thread."},
    {"set_coroutine_origin_tracking_depth($module, /, depth)", set_origin_depth, "Enable or disable origin tracking for coroutine objects in this thread."},
    {"get_asyncgen_hooks($module, /)", get_async_hooks, "Return the installed asynchronous generators hooks."},
    {"set_asyncgen_hooks($module, /, firstiter=None, finalizer=None)", set_async_hooks, "Set a finalizer for async generators objects."},
    {"getdlopenflags($module, /)", get_dlopen_flags, "Return the current value of the flags that are used for dlopen calls."},
    {"setdlopenflags($module, flags, /)", set_dlopen_flags, "Set the flags used by the interpreter for dlopen calls."},
};

}  // namespace

std::span<const MethodSpec> sys_setting_functions() { return kFunctions; }

}  // namespace ouro::vm
