// The types of _collections: a file each.
#pragma once

#include "vm/core/binding.h"

namespace ouro::vm {

extern const TypeSpec kDequeType;
extern const TypeSpec kDequeIteratorType;
extern const TypeSpec kDequeReverseIteratorType;
extern const TypeSpec kDefaultDictType;
extern const TypeSpec kTupleGetterType;
extern const TypeSpec kOrderedDictType;

}  // namespace ouro::vm
