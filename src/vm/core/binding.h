// The binding layer: how built-in functions, methods, types and modules are declared. A declaration reads like its
// documentation; the signature text is what is parsed, what help() shows and what inspect.signature reads.
//
//   Ref list_pop(Vm& vm, Value self, Args& args) {
//     VM_TRY(std::int64_t index, args.ssize(vm, 0, -1));
//     ...
//   }
//   constexpr MethodSpec kListMethods[] = {
//     {"append($self, object, /)", list_append, "Append object to the end of the list."},
//     {"pop($self, index=-1, /)", list_pop, "Remove and return item at index (default last)."},
//     {"sort($self, /, *, key=None, reverse=False)", list_sort, "..."},
//   };
//
// Signature: parameters after $self (methods), $type (class methods) or $module (functions), '/' and '*' as in Python,
// "*args" and "**kwargs" allowed. A default is anything after '=': it is shown, and an argument that is not given is a null
// Value for the function. Which convention a function has (no argument, exactly one, any) follows from the signature, and
// with it CPython's error texts: "list.append() takes exactly one argument (2 given)".
// Text after " --" is not part of the parsed signature. A name alone, "vars", has no signature: it takes *args and **kwargs
// raw (Args::raw), as CPython's METH_VARARGS|METH_KEYWORDS functions without a text signature do.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/core/type.h"
#include "vm/objects/dict.h"

namespace ouro::vm {

struct StrObject;
struct ModuleObject;
struct Signature;  // parsed form, made once a machine: core/binding.cpp

/// The arguments of one call, in the order of the signature; absent ones are null.
class Args {
 public:
  Args(const Signature& signature, Value* slots) : signature_(&signature), slots_(slots) {}
  /// What parsing fills.
  [[nodiscard]] Value* slots() { return slots_; }

  [[nodiscard]] Value operator[](std::size_t parameter) const { return slots_[parameter]; }
  [[nodiscard]] bool given(std::size_t parameter) const { return !slots_[parameter].is_null(); }
  /// Given and not None.
  [[nodiscard]] bool has(std::size_t parameter) const { return given(parameter) && !slots_[parameter].is_none(); }
  [[nodiscard]] Value get(std::size_t parameter, Value otherwise) const {
    return given(parameter) ? slots_[parameter] : otherwise;
  }
  /// What *args took.
  std::span<const Value> rest;
  /// What **kwargs took; null when nothing did.
  Own<DictObject> keywords;
  /// A function without signature: the call as it came.
  CallArgs raw;

  // Conversions with CPython's messages; the otherwise-value is for arguments that are not given.
  [[nodiscard]] std::optional<std::int64_t> ssize(Vm& vm, std::size_t parameter, std::int64_t otherwise = 0) const;
  /// C int: OverflowError "Python int too large to convert to C int" / "signed integer is greater than maximum".
  [[nodiscard]] std::optional<int> integer(Vm& vm, std::size_t parameter, int otherwise = 0) const;
  [[nodiscard]] std::optional<std::int64_t> int64(Vm& vm, std::size_t parameter, std::int64_t otherwise = 0) const;
  [[nodiscard]] std::optional<double> number(Vm& vm, std::size_t parameter, double otherwise = 0) const;
  [[nodiscard]] std::optional<bool> boolean(Vm& vm, std::size_t parameter, bool otherwise = false) const;
  /// A str; "pop() argument 'name' must be str, not int". `otherwise` null is allowed: then the result is null too, without
  /// exception, so ask given() first.
  [[nodiscard]] StrObject* string(Vm& vm, std::size_t parameter) const;
  /// The same as UTF-8 (surrogates kept as three bytes).
  [[nodiscard]] std::optional<std::string> text(Vm& vm, std::size_t parameter, std::string_view otherwise = {}) const;

  [[nodiscard]] const Signature& signature() const { return *signature_; }

 private:
  const Signature* signature_;
  Value* slots_;
};

using NoArgsFunction = Ref (*)(Vm&, Value self);
using OneArgFunction = Ref (*)(Vm&, Value self, Value argument);
using GeneralFunction = Ref (*)(Vm&, Value self, Args& args);
/// As the call came: for hot functions that read the arguments themselves.
using RawFunction = Ref (*)(Vm&, Value self, const CallArgs& args);

enum class Binding : std::uint8_t { Instance, Class, Static };

/// A function or method. Aggregates are constexpr tables; see the top of the file.
struct MethodSpec {
  const char* signature;
  union Code {
    NoArgsFunction no_args;
    OneArgFunction one_arg;
    GeneralFunction general;
    RawFunction raw;
    constexpr Code(NoArgsFunction f) : no_args(f) {}   // NOLINT
    constexpr Code(OneArgFunction f) : one_arg(f) {}   // NOLINT
    constexpr Code(GeneralFunction f) : general(f) {}  // NOLINT
    constexpr Code(RawFunction f) : raw(f) {}          // NOLINT
  } code;
  enum class Kind : std::uint8_t { NoArgs, OneArg, General, Raw } kind;
  const char* doc;
  Binding binding;

  constexpr MethodSpec(const char* s, NoArgsFunction f, const char* d = nullptr, Binding b = Binding::Instance)
      : signature(s), code(f), kind(Kind::NoArgs), doc(d), binding(b) {}
  constexpr MethodSpec(const char* s, OneArgFunction f, const char* d = nullptr, Binding b = Binding::Instance)
      : signature(s), code(f), kind(Kind::OneArg), doc(d), binding(b) {}
  constexpr MethodSpec(const char* s, GeneralFunction f, const char* d = nullptr, Binding b = Binding::Instance)
      : signature(s), code(f), kind(Kind::General), doc(d), binding(b) {}
  constexpr MethodSpec(const char* s, RawFunction f, const char* d = nullptr, Binding b = Binding::Instance)
      : signature(s), code(f), kind(Kind::Raw), doc(d), binding(b) {}
};

/// A computed attribute. set null: read-only ("attribute 'x' of 'y' objects is not writable").
struct GetSetSpec {
  const char* name;
  Ref (*get)(Vm&, Value self);
  bool (*set)(Vm&, Value self, Value value) = nullptr;  ///< value null: delete
  const char* doc = nullptr;
};

/// A field of the instance struct shown as an attribute.
struct MemberSpec {
  enum class Kind : std::uint8_t { Object, ObjectOrError, Int32, UInt32, Int64, Size, Bool, Double };
  const char* name;
  Kind kind;           ///< Object: null shows as None; ObjectOrError: null raises AttributeError (__slots__)
  std::size_t offset;  ///< offsetof
  bool read_only = true;
  const char* doc = nullptr;
};

struct TypeSpec {
  const char* name;  ///< "list", "collections.deque": the part before the last dot is __module__
  std::size_t basic_size;
  std::uint32_t flags = 0;  ///< kType...
  const TypeSpec* base = nullptr;  ///< null: object
  const char* doc = nullptr;       ///< may start with a signature line for __text_signature__: "list(iterable=(), /)\n--\n\n..."
  TypeSlots slots = {};
  std::span<const MethodSpec> methods = {};
  std::span<const GetSetSpec> getset = {};
  std::span<const MemberSpec> members = {};
  std::uint32_t store_offset = 0;    ///< offset of an AttributeStore in the instance: it has __dict__
  std::uint32_t weakref_offset = 0;  ///< offset of a WeakRefObject*: it can be weakly referenced
  bool (*finish)(Vm&, TypeObject*) = nullptr;  ///< last words at creation: constants in the type's dict
};

struct ModuleSpec {
  const char* name;
  const char* doc = nullptr;
  std::span<const MethodSpec> functions = {};
  /// Adds constants and types: set_module_attribute, add_type.
  bool (*fill)(Vm&, ModuleObject*) = nullptr;
};

// core/binding.cpp
/// A function object (builtin_function_or_method) for a spec, bound to `self` (may be null).
[[nodiscard]] Ref new_native_function(Vm& vm, const MethodSpec& spec, Value self, Value module_name);
/// Parses arguments for a General function outside a table (constructors): `signature` as in MethodSpec, static storage.
/// `slots` must hold as many Values as there are parameters.
[[nodiscard]] bool parse_arguments(Vm& vm, const char* signature, const CallArgs& call, Args& out);
[[nodiscard]] const Signature& parsed_signature(Vm& vm, const char* signature);
template <std::size_t kCount>
struct ParsedArgs {
  Value slots[kCount == 0 ? 1 : kCount] = {};
  Args args;
  ParsedArgs(Vm& vm, const char* signature) : args(parsed_signature(vm, signature), slots) {}
};
/// In a construct or init slot:  VM_PARSE(args, vm, "int(x=0, /, base=10)", 2, call);
#define VM_PARSE(name, vm, signature, count, call)                       \
  ::ouro::vm::ParsedArgs<count> name##_parsed((vm), (signature));        \
  ::ouro::vm::Args& name = name##_parsed.args;                           \
  VM_CHECK(::ouro::vm::parse_arguments((vm), (signature), (call), name))

[[nodiscard]] Own<ModuleObject> make_module(Vm& vm, const ModuleSpec& spec);
[[nodiscard]] bool set_module_attribute(Vm& vm, ModuleObject* module, std::string_view name, Value value);
[[nodiscard]] bool set_module_attribute(Vm& vm, ModuleObject* module, std::string_view name, Ref value);  ///< false for a null value
[[nodiscard]] bool add_type(Vm& vm, ModuleObject* module, const TypeSpec& spec);

/// Native modules by name: generated from the list in CMakeLists.txt; each file modules/X.cpp defines X_module().
using ModuleGetter = const ModuleSpec& (*)();
struct NativeModule {
  std::string_view name;
  ModuleGetter get;
};
[[nodiscard]] std::span<const NativeModule> native_modules();

}  // namespace ouro::vm
