// Bringing up the types of a new machine, in phases: a string needs its type, and a type its name.
#include "vm/core/bootstrap.h"

#include <vector>

#include "vm/core/machine_state.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct CoreType {
  TypeObject* Types::* member;
  const TypeSpec* spec;
};
const CoreType kCoreTypes[] = {
    {&Types::type, &kTypeType}, {&Types::object, &kObjectType}, {&Types::none, &kNoneType},
    {&Types::ellipsis, &kEllipsisType}, {&Types::not_implemented, &kNotImplementedType}, {&Types::int_, &kIntType},
    {&Types::bool_, &kBoolType}, {&Types::float_, &kFloatType}, {&Types::complex, &kComplexType},
    {&Types::str, &kStrType}, {&Types::bytes, &kBytesType}, {&Types::bytearray, &kBytearrayType},
    {&Types::memoryview, &kMemoryviewType}, {&Types::tuple, &kTupleType}, {&Types::list, &kListType},
    {&Types::dict, &kDictType}, {&Types::set, &kSetType}, {&Types::frozenset, &kFrozensetType},
    {&Types::slice, &kSliceType}, {&Types::range, &kRangeType}, {&Types::enumerate, &kEnumerateType},
    {&Types::zip, &kZipType}, {&Types::map, &kMapType}, {&Types::filter, &kFilterType},
    {&Types::reversed, &kReversedType}, {&Types::property, &kPropertyType},
    {&Types::static_method, &kStaticMethodType}, {&Types::class_method, &kClassMethodType},
    {&Types::super, &kSuperType}, {&Types::function, &kFunctionType}, {&Types::method, &kMethodType},
    {&Types::builtin_function, &kBuiltinFunctionType}, {&Types::method_descriptor, &kMethodDescriptorType},
    {&Types::class_method_descriptor, &kClassMethodDescriptorType}, {&Types::slot_wrapper, &kSlotWrapperType},
    {&Types::method_wrapper, &kMethodWrapperType}, {&Types::member_descriptor, &kMemberDescriptorType},
    {&Types::getset_descriptor, &kGetsetDescriptorType}, {&Types::mapping_proxy, &kMappingProxyType},
    {&Types::module, &kModuleType}, {&Types::code, &kCodeType}, {&Types::frame, &kFrameType},
    {&Types::traceback, &kTracebackType}, {&Types::cell, &kCellType}, {&Types::generator, &kGeneratorType},
    {&Types::coroutine, &kCoroutineType}, {&Types::async_generator, &kAsyncGeneratorType},
    {&Types::list_iterator, &kListIteratorType}, {&Types::tuple_iterator, &kTupleIteratorType},
    {&Types::range_iterator, &kRangeIteratorType}, {&Types::str_iterator, &kStrIteratorType},
    {&Types::dict_keys, &kDictKeysType}, {&Types::dict_values, &kDictValuesType},
    {&Types::dict_items, &kDictItemsType}, {&Types::dict_key_iterator, &kDictKeyIteratorType},
    {&Types::dict_value_iterator, &kDictValueIteratorType}, {&Types::dict_item_iterator, &kDictItemIteratorType},
    {&Types::set_iterator, &kSetIteratorType}, {&Types::sequence_iterator, &kSequenceIteratorType},
    {&Types::callable_iterator, &kCallableIteratorType}, {&Types::generic_alias, &kGenericAliasType},
    {&Types::union_, &kUnionType}, {&Types::simple_namespace, &kSimpleNamespaceType}, {&Types::weakref, &kWeakrefType},
};

struct PlainName {
  StrObject* Names::* member;
  std::string_view text;
};
/// A trailing underscore only keeps the member apart from a keyword.
constexpr std::string_view without_underscore(std::string_view text) {
  return text.ends_with('_') ? text.substr(0, text.size() - 1) : text;
}
constexpr PlainName kPlainNames[] = {
#define OURO_VM_ROW(name) {&Names::name, without_underscore(#name)},
    OURO_VM_NAMES(OURO_VM_ROW)
#undef OURO_VM_ROW
#define OURO_VM_ROW(name) {&Names::d_##name, "__" #name "__"},
    OURO_VM_DUNDERS(OURO_VM_ROW)
#undef OURO_VM_ROW
    {&Names::f_static_attributes, "__static_attributes__"},
    {&Names::lambda, "<lambda>"},
    {&Names::underscore, "_"},
    {&Names::empty, ""},
};

void make_strings(Vm& vm) {
  for (unsigned i = 0; i < 256; ++i) {
    const char character = static_cast<char>(i);
    StrObject* text = allocate_str(vm, 1, i).release();
    text->data1()[0] = static_cast<std::uint8_t>(character);
    vm.latin1[i] = intern(vm, text).release();
  }
  for (const PlainName& name : kPlainNames) vm.names.*name.member = vm.intern(name.text);
}

}  // namespace

void bootstrap(Vm& vm) {
  for (const CoreType& core : kCoreTypes) vm.types.*core.member = raw_native_type(vm, *core.spec);
  for (auto& [spec, type] : vm.native_types) type->Object::type = vm.types.type;

  auto* empty = allocate<TupleObject>(vm, vm.types.tuple);
  empty->items_offset = vm.types.tuple->basic_size;
  vm.empty_tuple = empty;
  make_strings(vm);

  for (const CoreType& core : kCoreTypes) (void)ready_native_type(vm, vm.types.*core.member);
  (void)make_exception_types(vm);
  // Others that were asked for on the way, before names were there.
  std::vector<TypeObject*> rest;
  for (auto& [spec, type] : vm.native_types)
    if (!type->has(kTypeReady)) rest.push_back(type);
  for (TypeObject* type : rest) (void)ready_native_type(vm, type);
}

}  // namespace ouro::vm
