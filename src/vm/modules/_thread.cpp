// _thread: locks, and threads that run to their end when they are started, one after another: a machine has one C++ thread.
// A lock that nobody else can release any more is a deadlock, and says so.
#include <cmath>
#include <vector>

#include "vm/core/binding.h"
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/interpreter/frame.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

struct ThreadCounter {
  std::uint64_t main = 0;
  std::uint64_t next = 0;
  std::uint64_t running = 0;  ///< threads started and not ended, the main one apart
};

ThreadCounter& counter_of(Vm& vm) {
  auto& counter = machine_state<ThreadCounter>(vm);
  if (counter.main == 0) counter.main = counter.next = vm.thread->id;
  return counter;
}

// --- lock and RLock

struct LockObject : Object {
  WeakRefObject* weakrefs;
  std::uint64_t owner;  ///< thread id
  std::uint64_t count;  ///< 0: free; of a plain lock at most 1
};

LockObject* lock_in(Value self) { return self.as<LockObject>(); }
void lock_dealloc(Vm& vm, Object* self) { free_object(vm, self, self->type->basic_size); }

/// blocking and timeout as acquire takes them. `wait` false: try only.
bool acquire_arguments(Vm& vm, Args& args, bool& wait, bool& bounded) {
  VM_TRY(wait, args.boolean(vm, 0, true));
  bounded = false;
  if (!args.given(1)) return true;
  VM_TRY(double timeout, args.number(vm, 1, -1));
  if (!wait && timeout != -1) return raise(vm, vm.exc.ValueError, "can't specify a timeout for a non-blocking call");
  if (timeout < 0 && timeout != -1) return raise(vm, vm.exc.ValueError, "timeout value must be a non-negative number");
  if (std::isnan(timeout)) return raise(vm, vm.exc.ValueError, "Invalid value NaN (not a number)");
  if (timeout > 9223372036.0) return raise(vm, vm.exc.OverflowError, "timestamp out of range for platform time_t");
  bounded = timeout >= 0;
  return true;
}

Ref lock_acquire(Vm& vm, Value self, Args& args) {
  bool wait = true;
  bool bounded = false;
  VM_CHECK(acquire_arguments(vm, args, wait, bounded));
  LockObject* lock = lock_in(self);
  if (lock->count == 0) {
    lock->count = 1;
    lock->owner = vm.thread->id;
    return Ref::boolean(true);
  }
  if (!wait || bounded) return Ref::boolean(false);
  return raise(vm, vm.exc.RuntimeError, "deadlock: the lock is held and no other thread is left to release it");
}
Ref lock_release(Vm& vm, Value self) {
  if (lock_in(self)->count == 0) return raise(vm, vm.exc.RuntimeError, "release unlocked lock");
  lock_in(self)->count = 0;
  return Ref::none();
}
Ref lock_locked(Vm&, Value self) { return Ref::boolean(lock_in(self)->count != 0); }
Ref lock_reset(Vm&, Value self) {
  lock_in(self)->count = 0;
  lock_in(self)->owner = 0;
  return Ref::none();
}
Ref lock_enter(Vm& vm, Value self) { return call_method(vm, self, "acquire"); }
Ref lock_exit(Vm& vm, Value self, Args&) { return lock_release(vm, self); }
Ref lock_repr(Vm& vm, Value self) {
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(self.bits()));
  return new_str(vm, format_message("<{} {} object at {}>", {Piece(lock_in(self)->count != 0 ? "locked" : "unlocked"),
                                                             Piece(type_name(vm, self)), Piece(address)}));
}
Ref lock_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  if (args.positional != 0 || args.has_keywords()) return raise(vm, vm.exc.TypeError, "lock() takes no arguments");
  return construct_zeroed(vm, type, args);
}
constexpr MethodSpec kLockMethods[] = {
    {"acquire($self, /, blocking=True, timeout=-1)", lock_acquire, "Lock the lock."},
    {"acquire_lock($self, /, blocking=True, timeout=-1)", lock_acquire, "An obsolete synonym of acquire()."},
    {"release($self, /)", lock_release, "Release the lock."},
    {"release_lock($self, /)", lock_release, "An obsolete synonym of release()."},
    {"locked($self, /)", lock_locked, "Return whether the lock is in the locked state."},
    {"locked_lock($self, /)", lock_locked, "An obsolete synonym of locked()."},
    {"__enter__($self, /)", lock_enter, "Lock the lock."},
    {"__exit__($self, /, *args)", lock_exit, "Release the lock."},
    {"_at_fork_reinit($self, /)", lock_reset},
};
const TypeSpec kLockType = {.name = "_thread.lock", .basic_size = sizeof(LockObject), .doc = "A lock object is a synchronization primitive.",
                            .slots = {.dealloc = lock_dealloc, .construct = lock_construct, .repr = lock_repr},
                            .methods = kLockMethods, .weakref_offset = offsetof(LockObject, weakrefs)};

Ref rlock_acquire(Vm& vm, Value self, Args& args) {
  bool wait = true;
  bool bounded = false;
  VM_CHECK(acquire_arguments(vm, args, wait, bounded));
  LockObject* lock = lock_in(self);
  if (lock->count == 0 || lock->owner == vm.thread->id) {
    lock->owner = vm.thread->id;
    ++lock->count;
    return Ref::boolean(true);
  }
  if (!wait || bounded) return Ref::boolean(false);
  return raise(vm, vm.exc.RuntimeError, "deadlock: the lock is held and no other thread is left to release it");
}
Ref rlock_release(Vm& vm, Value self) {
  LockObject* lock = lock_in(self);
  if (lock->count == 0 || lock->owner != vm.thread->id) return raise(vm, vm.exc.RuntimeError, "cannot release un-acquired lock");
  if (--lock->count == 0) lock->owner = 0;
  return Ref::none();
}
Ref rlock_exit(Vm& vm, Value self, Args&) { return rlock_release(vm, self); }
Ref rlock_is_owned(Vm& vm, Value self) { return Ref::boolean(lock_in(self)->count != 0 && lock_in(self)->owner == vm.thread->id); }
Ref rlock_count(Vm& vm, Value self) { return new_uint(vm, lock_in(self)->owner == vm.thread->id ? lock_in(self)->count : 0); }
Ref rlock_save(Vm& vm, Value self) {
  LockObject* lock = lock_in(self);
  if (lock->count == 0) return raise(vm, vm.exc.RuntimeError, "cannot release un-acquired lock");
  VM_TRY(Ref count, new_uint(vm, lock->count));
  VM_TRY(Ref owner, new_uint(vm, lock->owner));
  lock->count = lock->owner = 0;
  return new_tuple(vm, {count.get(), owner.get()});
}
Ref rlock_restore(Vm& vm, Value self, Value state) {
  if (!is_tuple(state) || state.as<TupleObject>()->size != 2) return raise(vm, vm.exc.TypeError, "_acquire_restore() argument 1 must be a tuple");
  VM_TRY(std::int64_t count, to_int64(vm, (*state.as<TupleObject>())[0]));
  lock_in(self)->count = static_cast<std::uint64_t>(count);
  lock_in(self)->owner = int_low_bits((*state.as<TupleObject>())[1]);
  return Ref::none();
}
Ref rlock_repr(Vm& vm, Value self) {
  char text[128];
  std::snprintf(text, sizeof text, "<%s _thread.RLock object owner=%llu count=%llu at 0x%llx>", lock_in(self)->count != 0 ? "locked" : "unlocked",
                static_cast<unsigned long long>(lock_in(self)->owner), static_cast<unsigned long long>(lock_in(self)->count),
                static_cast<unsigned long long>(self.bits()));
  return new_str(vm, text);
}
constexpr MethodSpec kRLockMethods[] = {
    {"acquire($self, /, blocking=True, timeout=-1)", rlock_acquire, "Lock the lock."},
    {"release($self, /)", rlock_release, "Release the lock."},
    {"__enter__($self, /, blocking=True, timeout=-1)", rlock_acquire, "Lock the lock."},
    {"__exit__($self, /, *args)", rlock_exit, "Release the lock."},
    {"_is_owned($self, /)", rlock_is_owned},
    {"_recursion_count($self, /)", rlock_count},
    {"_release_save($self, /)", rlock_save},
    {"_acquire_restore($self, state, /)", rlock_restore},
    {"_at_fork_reinit($self, /)", lock_reset},
};
const TypeSpec kRLockType = {.name = "_thread.RLock", .basic_size = sizeof(LockObject), .flags = kTypeBaseType,
                             .slots = {.dealloc = lock_dealloc, .construct = construct_zeroed, .repr = rlock_repr},
                             .methods = kRLockMethods, .weakref_offset = offsetof(LockObject, weakrefs)};

// --- thread-local data: with one thread at a time each object has one dict a thread id

struct LocalObject : GcObject {
  DictObject* dicts;  ///< thread id: dict
  Value args;         ///< tuple: what __init__ gets in each thread
  Value keywords;     ///< dict or null
  WeakRefObject* weakrefs;
};

LocalObject* local_in(Value self) { return self.as<LocalObject>(); }
void local_dealloc(Vm& vm, Object* self) {
  auto* local = static_cast<LocalObject*>(self);
  vm.heap.untrack(local);
  if (local->dicts != nullptr) decref(static_cast<Object*>(local->dicts));
  xdecref(local->args);
  xdecref(local->keywords);
  free_object(vm, self, self->type->basic_size);
}
void local_traverse(Object* self, Visitor& visit) {
  auto* local = static_cast<LocalObject*>(self);
  visit(local->dicts);
  visit(local->args);
  visit(local->keywords);
}

/// This thread's dict; in a thread that sees the object first, __init__ runs again.
Own<DictObject> local_dict(Vm& vm, Value self) {
  auto* local = local_in(self);
  VM_TRY(Ref id, new_uint(vm, vm.thread->id));
  const Value known = dict_get(vm, local->dicts, id);
  if (!known.is_null()) return Own<DictObject>::share(known.as<DictObject>());
  VM_TRY(Own<DictObject> fresh, new_dict(vm));
  const bool is_first = local->dicts->used == 0;
  VM_CHECK(dict_set(vm, local->dicts, id, fresh));
  TypeObject* type = type_of(vm, self);
  if (!is_first && type->slots.init != vm.types.object->slots.init) {
    VM_TRY(Ref init, get_attribute(vm, Value(type), vm.names.d_init));
    std::vector<Value> values{self};
    for (const Value value : local->args.as<TupleObject>()->view()) values.push_back(value);
    VM_TRY(Own<TupleObject> positional, new_tuple(vm, values));
    VM_TRY(Ref done, call_with(vm, init, positional, local->keywords.is_null() ? nullptr : local->keywords.as<DictObject>()));
  }
  return fresh;
}

Ref local_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  if ((args.positional != 0 || args.has_keywords()) && type->slots.init == vm.types.object->slots.init)
    return raise(vm, vm.exc.TypeError, "Initialization arguments are not supported");
  VM_TRY(Ref made, construct_zeroed(vm, type, args));
  local_in(made)->dicts = new_dict(vm).release();
  VM_CHECK(local_in(made)->dicts != nullptr);
  VM_TRY(Own<TupleObject> positional, new_tuple(vm, args.positionals()));
  local_in(made)->args = Value(positional.release());
  if (args.has_keywords()) {
    VM_TRY(Own<DictObject> keywords, new_dict(vm));
    for (std::size_t i = 0; i < args.keyword_count(); ++i) VM_CHECK(dict_set(vm, keywords, (*args.keyword_names)[i], args.keyword_value(i)));
    local_in(made)->keywords = Value(keywords.release());
  }
  VM_TRY(Own<DictObject> first, local_dict(vm, made));
  return made;
}

Ref local_get_attribute(Vm& vm, Value self, StrObject* name) {
  VM_TRY(Own<DictObject> dict, local_dict(vm, self));
  if (str_equal(name, "__dict__")) return dict;
  TypeObject* type = type_of(vm, self);
  const Value found = lookup_type_attribute(vm, type, name);
  const bool is_data = !found.is_null() && type_of(vm, found)->slots.descriptor_set != nullptr;
  if (!is_data) {
    const Value own = dict_get_str(vm, dict, name);
    if (!own.is_null()) return Ref::share(own);
  }
  return generic_get_attribute(vm, self, name);
}
bool local_set_attribute(Vm& vm, Value self, StrObject* name, Value value) {
  VM_TRY(Own<DictObject> dict, local_dict(vm, self));
  if (str_equal(name, "__dict__"))
    return raise(vm, vm.exc.AttributeError, "'{}' object attribute '__dict__' is read-only", type_name(vm, self));
  const Value found = lookup_type_attribute(vm, type_of(vm, self), name);
  if (!found.is_null() && type_of(vm, found)->slots.descriptor_set != nullptr) return generic_set_attribute(vm, self, name, value);
  if (!value.is_null()) return dict_set(vm, dict, Value(name), value);
  if (dict_get_str(vm, dict, name).is_null()) return raise_no_attribute(vm, self, name);
  return dict_delete(vm, dict, Value(name));
}
const TypeSpec kLocalType = {.name = "_thread._local", .basic_size = sizeof(LocalObject), .flags = kTypeContainer | kTypeBaseType,
                             .doc = "Thread-local data",
                             .slots = {.dealloc = local_dealloc, .traverse = local_traverse, .construct = local_construct,
                                       .get_attribute = local_get_attribute, .set_attribute = local_set_attribute},
                             .weakref_offset = offsetof(LocalObject, weakrefs)};

// --- threads

struct HandleObject : Object {
  std::uint64_t id;
  bool is_done;
};

Ref handle_construct(Vm& vm, TypeObject* type, const CallArgs& args) { return construct_zeroed(vm, type, args); }
Ref handle_join(Vm& vm, Value self, Args&) {
  if (self.as<HandleObject>()->id == vm.thread->id && !self.as<HandleObject>()->is_done)
    return raise(vm, vm.exc.RuntimeError, "Cannot join current thread");
  return Ref::none();
}
Ref handle_is_done(Vm&, Value self) { return Ref::boolean(self.as<HandleObject>()->is_done); }
Ref handle_set_done(Vm&, Value self) {
  self.as<HandleObject>()->is_done = true;
  return Ref::none();
}
Ref handle_ident(Vm& vm, Value self) { return new_uint(vm, self.as<HandleObject>()->id); }
constexpr MethodSpec kHandleMethods[] = {{"join($self, timeout=None, /)", handle_join},
                                         {"is_done($self, /)", handle_is_done},
                                         {"_set_done($self, /)", handle_set_done}};
constexpr GetSetSpec kHandleGetSet[] = {{"ident", handle_ident}};
const TypeSpec kHandleType = {.name = "_thread._ThreadHandle", .basic_size = sizeof(HandleObject),
                              .slots = {.dealloc = lock_dealloc, .construct = handle_construct},
                              .methods = kHandleMethods, .getset = kHandleGetSet};

/// Runs a thread's function to its end, as a thread of its own number.
bool run_thread(Vm& vm, std::uint64_t id, Value function, TupleObject* args, DictObject* keywords) {
  ThreadCounter& counter = counter_of(vm);
  ThreadState* thread = vm.thread;
  const std::uint64_t caller = std::exchange(thread->id, id);
  HandledException nothing{Value(), nullptr};
  HandledException* handled = std::exchange(thread->handled, &nothing);
  ++counter.running;
  const Ref result = call_with(vm, function, args, keywords);
  --counter.running;
  thread->handled = handled;
  thread->id = caller;
  xdecref(nothing.exception);
  if (result) return true;
  if (catch_error(vm, vm.exc.SystemExit)) return true;
  if (!error_matches(vm, vm.exc.Exception)) return false;
  report_unraisable(vm, function, "in thread started by");
  return true;
}

Ref start_new_thread(Vm& vm, Value, Args& args) {
  if (!is_callable(vm, args[0])) return raise(vm, vm.exc.TypeError, "first arg must be callable");
  if (!is_tuple(args[1])) return raise(vm, vm.exc.TypeError, "2nd arg must be a tuple");
  if (args.given(2) && !is_dict(args[2])) return raise(vm, vm.exc.TypeError, "optional 3rd arg must be a dictionary");
  const std::uint64_t id = ++counter_of(vm).next;
  VM_CHECK(run_thread(vm, id, args[0], args[1].as<TupleObject>(), args.given(2) ? args[2].as<DictObject>() : nullptr));
  return new_uint(vm, id);
}

Ref start_joinable_thread(Vm& vm, Value, Args& args) {
  if (!is_callable(vm, args[0])) return raise(vm, vm.exc.TypeError, "thread function must be callable");
  Ref handle = args.has(1) ? Ref::share(args[1]) : construct_zeroed(vm, vm.native_type(kHandleType), CallArgs{});
  VM_CHECK(handle);
  if (type_of(vm, handle) != vm.native_type(kHandleType))
    return raise(vm, vm.exc.TypeError, "'handle' must be a _ThreadHandle");
  if (handle.as<HandleObject>()->id != 0) return raise(vm, vm.exc.RuntimeError, "thread already started");
  handle.as<HandleObject>()->id = ++counter_of(vm).next;
  VM_CHECK(run_thread(vm, handle.as<HandleObject>()->id, args[0], vm.empty_tuple, nullptr));
  handle.as<HandleObject>()->is_done = true;
  return handle;
}

Ref make_handle(Vm& vm, Value, Value ident) {
  VM_TRY(Ref handle, construct_zeroed(vm, vm.native_type(kHandleType), CallArgs{}));
  handle.as<HandleObject>()->id = int_low_bits(ident);
  return handle;
}
Ref get_ident(Vm& vm, Value) { return new_uint(vm, vm.thread->id); }
Ref get_main_ident(Vm& vm, Value) { return new_uint(vm, counter_of(vm).main); }
Ref thread_count(Vm& vm, Value) { return new_uint(vm, counter_of(vm).running); }
Ref allocate_lock(Vm& vm, Value) { return construct_zeroed(vm, vm.native_type(kLockType), CallArgs{}); }
Ref nothing(Vm&, Value) { return Ref::none(); }
Ref always_true(Vm&, Value) { return Ref::boolean(true); }
Ref exit_thread(Vm& vm, Value) { return raise_with(vm, vm.exc.SystemExit, {}); }
Ref interrupt_main(Vm& vm, Value, Args&) { return raise_with(vm, vm.exc.KeyboardInterrupt, {}); }
Ref stack_size(Vm& vm, Value, Args& args) {
  VM_TRY(std::int64_t size, args.ssize(vm, 0, 0));
  if (size < 0) return raise(vm, vm.exc.ValueError, "size must be 0 or a positive value");
  return Ref::small(0);
}

constexpr MethodSpec kFunctions[] = {
    {"start_new_thread($module, function, args, kwargs={}, /)", start_new_thread, "Start a new thread and return its identifier."},
    {"start_new($module, function, args, kwargs={}, /)", start_new_thread, "An obsolete synonym of start_new_thread()."},
    {"start_joinable_thread($module, /, function, handle=None, daemon=True)", start_joinable_thread, "Start a new thread."},
    {"_make_thread_handle($module, ident, /)", make_handle},
    {"get_ident($module, /)", get_ident, "Return a non-zero integer that uniquely identifies the current thread amongst other threads that exist simultaneously."},
    {"get_native_id($module, /)", get_ident},
    {"_get_main_thread_ident($module, /)", get_main_ident},
    {"_count($module, /)", thread_count},
    {"_is_main_interpreter($module, /)", always_true},
    {"daemon_threads_allowed($module, /)", always_true},
    {"_shutdown($module, /)", nothing},
    {"allocate_lock($module, /)", allocate_lock, "Create a new lock object."},
    {"allocate($module, /)", allocate_lock, "An obsolete synonym of allocate_lock()."},
    {"exit($module, /)", exit_thread},
    {"exit_thread($module, /)", exit_thread},
    {"interrupt_main($module, signum=2, /)", interrupt_main},
    {"stack_size($module, size=0, /)", stack_size},
};

bool fill(Vm& vm, ModuleObject* module) {
  (void)counter_of(vm);
  return set_module_attribute(vm, module, "error", Value(vm.exc.RuntimeError)) && add_type(vm, module, kLockType) &&
         set_module_attribute(vm, module, "LockType", Value(vm.native_type(kLockType))) && add_type(vm, module, kRLockType) &&
         add_type(vm, module, kLocalType) && add_type(vm, module, kHandleType) &&
         set_module_attribute(vm, module, "TIMEOUT_MAX", new_float(vm, 9223372036.0));
}

}  // namespace

const ModuleSpec& _thread_module() {
  static const ModuleSpec spec = {.name = "_thread",
                                  .doc = "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
                                  .functions = kFunctions,
                                  .fill = fill};
  return spec;
}

}  // namespace ouro::vm
