// Every built-in type that the core asks for by name, in one place: what bootstrap (core/bootstrap.cpp) makes vm.types of.
// The spec of OURO_VM_TYPES' member static_method is kStaticMethodType, of bool_ it is kBoolType.
#pragma once

#include "vm/core/binding.h"

namespace ouro::vm {

extern const TypeSpec kObjectType, kTypeType, kNoneType, kEllipsisType, kNotImplementedType;
extern const TypeSpec kBoolType, kIntType, kFloatType, kComplexType, kStrType, kBytesType, kBytearrayType, kMemoryviewType;
extern const TypeSpec kTupleType, kListType, kDictType, kSetType, kFrozensetType, kSliceType, kRangeType;
extern const TypeSpec kEnumerateType, kZipType, kMapType, kFilterType, kReversedType;
extern const TypeSpec kPropertyType, kStaticMethodType, kClassMethodType, kSuperType;
extern const TypeSpec kFunctionType, kMethodType, kBuiltinFunctionType, kMethodDescriptorType, kClassMethodDescriptorType;
extern const TypeSpec kSlotWrapperType, kMethodWrapperType, kMemberDescriptorType, kGetsetDescriptorType, kMappingProxyType;
extern const TypeSpec kModuleType, kCodeType, kFrameType, kTracebackType, kCellType;
extern const TypeSpec kGeneratorType, kCoroutineType, kAsyncGeneratorType;
extern const TypeSpec kListIteratorType, kTupleIteratorType, kRangeIteratorType, kStrIteratorType;
extern const TypeSpec kDictKeysType, kDictValuesType, kDictItemsType;
extern const TypeSpec kDictKeyIteratorType, kDictValueIteratorType, kDictItemIteratorType;
extern const TypeSpec kSetIteratorType, kSequenceIteratorType, kCallableIteratorType;
extern const TypeSpec kGenericAliasType, kUnionType, kSimpleNamespaceType, kWeakrefType;

}  // namespace ouro::vm
