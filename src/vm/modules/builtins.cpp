// builtins: the module. CPython 3.13 Python/bltinmodule.c.
#include "vm/modules/builtins/builtins.h"

#include "vm/objects/function.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

struct NamedSpec {
  const char* name;
  const TypeSpec* spec;
};
const NamedSpec kTypes[] = {
    {"object", &kObjectType},         {"type", &kTypeType},
    {"bool", &kBoolType},             {"int", &kIntType},
    {"float", &kFloatType},           {"complex", &kComplexType},
    {"str", &kStrType},               {"bytes", &kBytesType},
    {"bytearray", &kBytearrayType},   {"memoryview", &kMemoryviewType},
    {"tuple", &kTupleType},           {"list", &kListType},
    {"dict", &kDictType},             {"set", &kSetType},
    {"frozenset", &kFrozensetType},   {"slice", &kSliceType},
    {"range", &kRangeType},           {"enumerate", &kEnumerateType},
    {"zip", &kZipType},               {"map", &kMapType},
    {"filter", &kFilterType},         {"reversed", &kReversedType},
    {"property", &kPropertyType},     {"staticmethod", &kStaticMethodType},
    {"classmethod", &kClassMethodType}, {"super", &kSuperType},
};

bool fill(Vm& vm, ModuleObject* module) {
  VM_CHECK(set_module_attribute(vm, module, "None", kNone));
  VM_CHECK(set_module_attribute(vm, module, "Ellipsis", kEllipsis));
  VM_CHECK(set_module_attribute(vm, module, "NotImplemented", kNotImplemented));
  VM_CHECK(set_module_attribute(vm, module, "False", kFalse));
  VM_CHECK(set_module_attribute(vm, module, "True", kTrue));
  VM_CHECK(set_module_attribute(vm, module, "__debug__", Value::boolean(vm.options.optimize == 0)));
  for (const NamedSpec& type : kTypes) {
    VM_CHECK(set_module_attribute(vm, module, type.name, Value(vm.native_type(*type.spec))));
  }
#define OURO_VM_ADD(name, base) VM_CHECK(set_module_attribute(vm, module, #name, Value(vm.exc.name)));
  VM_CHECK(set_module_attribute(vm, module, "BaseException", Value(vm.exc.BaseException)));
  OURO_VM_EXCEPTIONS(OURO_VM_ADD)
#undef OURO_VM_ADD
  VM_CHECK(set_module_attribute(vm, module, "ExceptionGroup", Value(vm.exc.ExceptionGroup)));
  VM_CHECK(set_module_attribute(vm, module, "EnvironmentError", Value(vm.exc.OSError)));
  VM_CHECK(set_module_attribute(vm, module, "IOError", Value(vm.exc.OSError)));
  VM_TRY(StrObject * name, vm.intern("builtins"));
  for (const auto functions :
       {builtin_object_functions(), builtin_iteration_functions(), builtin_code_functions(), builtin_io_functions()}) {
    for (const MethodSpec& spec : functions) {
      VM_TRY(Ref function, new_native_function(vm, spec, module, name));
      const std::string_view signature = spec.signature;
      VM_CHECK(set_module_attribute(vm, module, signature.substr(0, signature.find_first_of("( ")), std::move(function)));
    }
  }
  return true;
}

}  // namespace

const ModuleSpec& builtins_module() {
  static const ModuleSpec spec = {
      .name = "builtins",
      .doc = "Built-in functions, types, exceptions, and other objects.\n\n"
             "What every module sees without an import.",
      .fill = fill,
  };
  return spec;
}

}  // namespace ouro::vm
