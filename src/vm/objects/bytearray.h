// Between the files of bytearray. Private to them.
#pragma once

#include <string_view>

#include "vm/core/binding.h"
#include "vm/objects/bytes.h"

namespace ouro::vm {

/// self[low:high] = content.
[[nodiscard]] bool bytearray_assign(Vm& vm, BytearrayObject* self, std::size_t low, std::size_t high, std::string_view content);

// bytearray_methods.cpp
Ref bytearray_append(Vm& vm, Value self, Value item);
Ref bytearray_clear(Vm& vm, Value self);
Ref bytearray_copy(Vm& vm, Value self);
Ref bytearray_extend(Vm& vm, Value self, Value iterable);
Ref bytearray_insert(Vm& vm, Value self, Args& args);
Ref bytearray_pop(Vm& vm, Value self, Args& args);
Ref bytearray_remove(Vm& vm, Value self, Value item);
Ref bytearray_reverse(Vm& vm, Value self);
Ref bytearray_fromhex(Vm& vm, Value type, Value text);
Ref bytearray_alloc(Vm& vm, Value self);
Ref bytearray_reduce(Vm& vm, Value self);
Ref bytearray_reduce_ex(Vm& vm, Value self, Args& args);
Ref bytearray_sizeof(Vm& vm, Value self);

#define OURO_VM_BYTEARRAY_METHODS                                                                                     \
  {"append($self, item, /)", bytearray_append, "Append a single item to the end of the bytearray."},                  \
      {"clear($self, /)", bytearray_clear, "Remove all items from the bytearray."},                                   \
      {"copy($self, /)", bytearray_copy, "Return a copy of B."},                                                      \
      {"extend($self, iterable_of_ints, /)", bytearray_extend, "Append all the items from the iterator or sequence."}, \
      {"insert($self, index, item, /)", bytearray_insert, "Insert a single item into the bytearray before the given index."}, \
      {"pop($self, index=-1, /)", bytearray_pop, "Remove and return a single item from B."},                          \
      {"remove($self, value, /)", bytearray_remove, "Remove the first occurrence of a value in the bytearray."},      \
      {"reverse($self, /)", bytearray_reverse, "Reverse the order of the values in B in place."},                     \
      {"fromhex($type, string, /)", bytearray_fromhex, "Create a bytearray object from hexadecimal numbers.", Binding::Class}, \
      {"__alloc__($self, /)", bytearray_alloc, "Return the number of bytes actually allocated."},                     \
      {"__reduce__($self, /)", bytearray_reduce, "Return state information for pickling."},                           \
      {"__reduce_ex__($self, proto=0, /)", bytearray_reduce_ex, "Return state information for pickling."},            \
      {"__sizeof__($self, /)", bytearray_sizeof, "Returns the size of the bytearray object in memory, in bytes."}

}  // namespace ouro::vm
