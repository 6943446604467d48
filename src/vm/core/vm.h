// The machine: everything that one running Python needs, and nothing global. Many machines may live in one process,
// each used by one thread at a time (its Python threads take turns, interpreter/thread.h).
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "vm/core/heap.h"
#include "vm/core/names.h"
#include "vm/core/type.h"
#include "vm/core/value.h"

namespace ouro::vm {

struct Frame;
struct ModuleObject;
struct ModuleSpec;
struct StrObject;
struct IntObject;
class Host;
struct CompilerInterface;
struct ThreadState;
struct InternTable;
struct TypeCache;
struct MachineState;

#define OURO_VM_TYPES(X)                                                                                              \
  X(object) X(type) X(none) X(ellipsis) X(not_implemented) X(bool_) X(int_) X(float_) X(complex) X(str) X(bytes)        \
  X(bytearray) X(memoryview) X(tuple) X(list) X(dict) X(set) X(frozenset) X(slice) X(range) X(enumerate) X(zip) X(map)   \
  X(filter) X(reversed) X(property) X(static_method) X(class_method) X(super) X(function) X(method) X(builtin_function)  \
  X(method_descriptor) X(class_method_descriptor) X(slot_wrapper) X(method_wrapper) X(member_descriptor)                 \
  X(getset_descriptor) X(mapping_proxy) X(module) X(code) X(frame) X(traceback) X(cell) X(generator) X(coroutine)        \
  X(async_generator) X(list_iterator) X(tuple_iterator) X(range_iterator) X(str_iterator) X(dict_keys) X(dict_values)    \
  X(dict_items) X(dict_key_iterator) X(dict_value_iterator) X(dict_item_iterator) X(set_iterator) X(sequence_iterator)   \
  X(callable_iterator) X(generic_alias) X(union_) X(simple_namespace) X(weakref)

/// Built-in types that the core asks for by name; those of native modules are found with native_type.
struct Types {
#define OURO_VM_DECLARE(name) TypeObject* name = nullptr;
  OURO_VM_TYPES(OURO_VM_DECLARE)
#undef OURO_VM_DECLARE
};

// Every built-in exception with its base (CPython 3.13 Objects/exceptions.c), bases first.
#define OURO_VM_EXCEPTIONS(X)                                                                                         \
  X(Exception, BaseException) X(BaseExceptionGroup, BaseException) X(GeneratorExit, BaseException)                      \
  X(KeyboardInterrupt, BaseException) X(SystemExit, BaseException) X(ArithmeticError, Exception)                         \
  X(FloatingPointError, ArithmeticError) X(OverflowError, ArithmeticError) X(ZeroDivisionError, ArithmeticError)         \
  X(AssertionError, Exception) X(AttributeError, Exception) X(BufferError, Exception) X(EOFError, Exception)             \
  X(ImportError, Exception) X(ModuleNotFoundError, ImportError) X(LookupError, Exception) X(IndexError, LookupError)     \
  X(KeyError, LookupError) X(MemoryError, Exception) X(NameError, Exception) X(UnboundLocalError, NameError)             \
  X(OSError, Exception) X(BlockingIOError, OSError) X(ChildProcessError, OSError) X(ConnectionError, OSError)            \
  X(BrokenPipeError, ConnectionError) X(ConnectionAbortedError, ConnectionError)                                         \
  X(ConnectionRefusedError, ConnectionError) X(ConnectionResetError, ConnectionError) X(FileExistsError, OSError)        \
  X(FileNotFoundError, OSError) X(InterruptedError, OSError) X(IsADirectoryError, OSError)                               \
  X(NotADirectoryError, OSError) X(PermissionError, OSError) X(ProcessLookupError, OSError) X(TimeoutError, OSError)     \
  X(ReferenceError, Exception) X(RuntimeError, Exception) X(NotImplementedError, RuntimeError)                           \
  X(RecursionError, RuntimeError) X(PythonFinalizationError, RuntimeError) X(StopAsyncIteration, Exception)              \
  X(StopIteration, Exception) X(SyntaxError, Exception) X(IndentationError, SyntaxError)                                 \
  X(_IncompleteInputError, SyntaxError) X(TabError, IndentationError) X(SystemError, Exception)                          \
  X(TypeError, Exception) X(ValueError, Exception) X(UnicodeError, ValueError) X(UnicodeDecodeError, UnicodeError)       \
  X(UnicodeEncodeError, UnicodeError) X(UnicodeTranslateError, UnicodeError) X(Warning, Exception)                       \
  X(BytesWarning, Warning) X(DeprecationWarning, Warning) X(EncodingWarning, Warning) X(FutureWarning, Warning)          \
  X(ImportWarning, Warning) X(PendingDeprecationWarning, Warning) X(ResourceWarning, Warning) X(RuntimeWarning, Warning) \
  X(SyntaxWarning, Warning) X(UnicodeWarning, Warning) X(UserWarning, Warning)

struct ExceptionTypes {
  TypeObject* BaseException = nullptr;
#define OURO_VM_DECLARE(name, base) TypeObject* name = nullptr;
  OURO_VM_EXCEPTIONS(OURO_VM_DECLARE)
#undef OURO_VM_DECLARE
  TypeObject* ExceptionGroup = nullptr;  ///< of BaseExceptionGroup and Exception
};

/// Bounds of one run. Each is exact and ends the program with a LimitExceeded (interpreter/limits.h) or the Python
/// exception that CPython raises (memory: MemoryError, recursion: RecursionError).
struct Limits {
  std::uint64_t fuel = 0;            ///< instructions; 0: unlimited
  std::size_t memory = 0;            ///< bytes of the heap; 0: unlimited
  std::uint32_t recursion = 1000;    ///< Python frames (sys.setrecursionlimit)
  std::uint64_t wall_milliseconds = 0;
  std::uint64_t output_bytes = 0;
};

struct Options {
  Limits limits;
  bool isolated = false;
  bool trace = false, profile = false, coverage = false;
  bool debug_ranges = true;          ///< false: code objects keep lines only (-X no_debug_ranges)
  int optimize = 0;
  std::uint64_t hash_seed = 0;       ///< 0: PYTHONHASHSEED=0, no randomisation
  bool hash_randomised = false;
  std::string library_path;          ///< where the pure-Python standard library stands; empty: none found
};

class Vm {
 public:
  Vm(Options options, Host& host, const CompilerInterface* compiler);
  ~Vm();
  Vm(const Vm&) = delete;
  Vm& operator=(const Vm&) = delete;

  // What the interpreter touches all the time stands first.
  ThreadState* thread = nullptr;      ///< of the Python thread that runs now
  std::atomic<std::uint32_t> breaker{0};  ///< non-zero: something waits at the next safe point (interpreter/breaker.h)
  Types types;
  ExceptionTypes exc;
  Names names;
  Heap heap;
  DictObject* builtins = nullptr;     ///< of the builtins module
  DictObject* modules = nullptr;      ///< sys.modules
  DictObject* sys_dict = nullptr;
  TupleObject* empty_tuple = nullptr;
  std::array<StrObject*, 256> latin1{};  ///< one-character strings
  TypeCache* type_cache = nullptr;    ///< (type version, name) to attribute: objects/type_lookup.cpp
  std::uint32_t next_type_version = 1;
  std::uint32_t next_dict_version = 1;
  bool is_traced = false;             ///< somebody looks at every instruction: interpreter/meter.h
  std::uint64_t fuel_used = 0;
  std::string limit_exceeded;         ///< "fuel", "time", "output": the program is being ended
  int int_max_str_digits = 4300;      ///< sys.set_int_max_str_digits; 0: no limit

  Options options;
  Host& host;
  const CompilerInterface* compiler;  ///< null: no source can be compiled

  /// The type made from a spec, made and made ready when first asked for. Never null once the machine stands.
  TypeObject* native_type(const TypeSpec& spec);
  /// Counted by the machine; same text, same object. Null: out of memory.
  StrObject* intern(std::string_view utf8);

  std::unique_ptr<InternTable> interned;
  std::unordered_map<const TypeSpec*, TypeObject*> native_types;
  std::unique_ptr<MachineState> state;  ///< what single modules keep: core/machine_state.h
};

inline TypeObject* type_of(Vm& vm, Value value) {
  if (value.is_object()) return value.object()->type;
  if (value.is_small()) return vm.types.int_;
  switch (value.singleton_index()) {
    case 0: return vm.types.none;
    case 1:
    case 2: return vm.types.bool_;
    case 3: return vm.types.ellipsis;
    default: return vm.types.not_implemented;
  }
}

/// Type is exactly `type`, no subclass.
inline bool is_exact(Vm& vm, Value value, TypeObject* type) { return type_of(vm, value) == type; }
inline bool is_instance_of(Vm& vm, Value value, const TypeObject* type) {
  const TypeObject* t = type_of(vm, value);
  return t == type || t->is_subtype_of(type);
}
/// The value as a T, or null when its type is not spec's or derived from it (nothing is raised).
template <class T>
T* cast(Vm& vm, Value value, const TypeSpec& spec) {
  return value.is_object() && is_instance_of(vm, value, vm.native_type(spec)) ? value.as<T>() : nullptr;
}

/// Memory for an instance of `type` (basic_size + extra bytes), zeroed, count 1, type counted, not yet tracked.
/// Null: MemoryError is set. Containers: call vm.heap.track when the object can be traversed.
[[nodiscard]] Object* allocate_object(Vm& vm, TypeObject* type, std::size_t extra = 0);
template <class T>
[[nodiscard]] T* allocate(Vm& vm, TypeObject* type, std::size_t extra = 0) {
  return static_cast<T*>(allocate_object(vm, type, extra));
}
/// The other end: untracks, clears weak references, gives the memory back, drops the count of a heap type.
/// For dealloc slots, after what the object owned was dropped. `size`: what was allocated, that is
/// object->type->basic_size + extra (never sizeof: a subclass written in Python has more fields).
void free_object(Vm& vm, Object* object, std::size_t size);

}  // namespace ouro::vm
