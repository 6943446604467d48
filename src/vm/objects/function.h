// Functions, bound methods, native functions, cells, modules.
#pragma once

#include <cstdint>

#include "vm/core/binding.h"
#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct CodeObject;

struct FunctionObject : GcObject {
  CodeObject* code;
  DictObject* globals;
  DictObject* builtins;
  Value name, qualname, module, doc;  ///< module and doc: kNone where there is none
  Value defaults;            ///< tuple or null
  Value keyword_defaults;    ///< dict or null
  Value closure;             ///< tuple of cells or null
  Value annotations;         ///< dict, tuple of pairs (as the compiler gives them) or null
  Value type_params;         ///< tuple or null
  AttributeStore store;
  struct WeakRefObject* weakrefs;
  std::uint32_t version;     ///< changes with code and defaults: what call caches compare; 0: not cachable now
};
struct MethodObject : GcObject {
  Value function;
  Value self;
  struct WeakRefObject* weakrefs;
};
struct NativeFunctionObject : GcObject {
  const MethodSpec* spec;
  const Signature* signature;  ///< null until it is needed: signature_of
  Value self;    ///< null: none
  Value module;  ///< __module__; null: None
  struct WeakRefObject* weakrefs;
};
/// method_descriptor, classmethod_descriptor.
struct MethodDescriptorObject : GcObject {
  const MethodSpec* spec;
  const Signature* signature;  ///< null until it is needed: signature_of
  TypeObject* owner;
  StrObject* name;
};
struct CellObject : GcObject {
  Value content;  ///< null: empty
};
struct ModuleObject : GcObject {
  AttributeStore store;  ///< always a dict: module_dict
  const ModuleSpec* spec;
  struct WeakRefObject* weakrefs;
  void* state;           ///< a native module's own
};
struct StaticMethodObject : GcObject {  // and classmethod
  Value callable;
  AttributeStore store;
};
struct PropertyObject : GcObject {
  Value getter, setter, deleter, doc, name;
  bool getter_doc;
  AttributeStore store;
};

extern const TypeSpec kFunctionType;
extern const TypeSpec kMethodType;
extern const TypeSpec kCellType;
extern const TypeSpec kModuleType;

[[nodiscard]] Own<FunctionObject> new_function(Vm& vm, CodeObject* code, DictObject* globals);
[[nodiscard]] Ref new_method(Vm& vm, Value function, Value self);
[[nodiscard]] Own<CellObject> new_cell(Vm& vm, Value content);
[[nodiscard]] Own<ModuleObject> new_module(Vm& vm, StrObject* name);
[[nodiscard]] DictObject* module_dict(ModuleObject* module);
/// The parsed signature of a native function or method descriptor. Most are never called: parsed on first use.
template <class T>
[[nodiscard]] const Signature& signature_of(Vm& vm, T* object) {
  if (object->signature == nullptr) object->signature = &parsed_signature(vm, object->spec->signature);
  return *object->signature;
}
/// Calls a native function's code with checked and parsed arguments. `name_for_errors` as CPython says it: "list.append".
[[nodiscard]] Ref call_native(Vm& vm, const MethodSpec& spec, const Signature& signature, Value self, const CallArgs& args);

}  // namespace ouro::vm
