// array: methods, pickling.
#include <algorithm>
#include <cstring>

#include "vm/modules/array/array.h"
#include "vm/modules/import.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm::arrays {
namespace {

Ref array_append(Vm& vm, Value self, Value item) {
  VM_CHECK(append(vm, as_array(self), item));
  return Ref::none();
}
Ref array_buffer_info(Vm& vm, Value self) {
  VM_TRY(Ref address, new_uint(vm, reinterpret_cast<std::uintptr_t>(as_array(self)->data)));
  return new_tuple(vm, {address.get(), Value::small(static_cast<std::int64_t>(as_array(self)->length))});
}
Ref array_byteswap(Vm&, Value self) {
  auto* array = as_array(self);
  for (std::size_t i = 0; i < array->length; ++i) std::reverse(array->data + i * array->item_size, array->data + (i + 1) * array->item_size);
  return Ref::none();
}
Ref array_clear(Vm& vm, Value self) {
  VM_CHECK(resize(vm, as_array(self), 0));
  return Ref::none();
}
Ref array_copy(Vm& vm, Value self) {
  auto* array = as_array(self);
  VM_TRY(Own<ArrayObject> out, new_array(vm, vm.native_type(kArrayType), array->typecode, array->length));
  if (array->length != 0) std::memcpy(out->data, array->data, array->length * array->item_size);
  return out;
}
Ref array_deepcopy(Vm& vm, Value self, Value) { return array_copy(vm, self); }

// The first place of an equal item at or after `start`; -1: none.
std::optional<std::int64_t> find(Vm& vm, ArrayObject* array, Value item, std::size_t start, std::size_t stop) {
  for (std::size_t i = start; i < stop && i < array->length; ++i) {
    VM_TRY(Ref here, get(vm, array, i));
    bool same;
    VM_CHECK(equal(vm, here, item, same));
    if (same) return static_cast<std::int64_t>(i);
  }
  return -1;
}
Ref array_count(Vm& vm, Value self, Value item) {
  auto* array = as_array(self);
  std::int64_t count = 0;
  for (std::size_t i = 0; i < array->length; ++i) {
    VM_TRY(Ref here, get(vm, array, i));
    bool same;
    VM_CHECK(equal(vm, here, item, same));
    count += same ? 1 : 0;
  }
  return Ref::small(count);
}
Ref array_index(Vm& vm, Value self, Args& args) {
  auto* array = as_array(self);
  std::int64_t start = 0;
  std::int64_t stop = INT64_MAX;
  VM_CHECK(slice_index(vm, args[1], start) && slice_index(vm, args[2], stop));
  const auto size = static_cast<std::int64_t>(array->length);
  if (start < 0) start = std::max<std::int64_t>(start + size, 0);
  if (stop < 0) stop = std::max<std::int64_t>(stop + size, 0);
  VM_TRY(const std::int64_t found, find(vm, array, args[0], static_cast<std::size_t>(start), static_cast<std::size_t>(stop)));
  if (found < 0) return raise(vm, vm.exc.ValueError, "array.index(x): x not in array");
  return Ref::small(found);
}
Ref array_remove(Vm& vm, Value self, Value item) {
  auto* array = as_array(self);
  VM_TRY(const std::int64_t found, find(vm, array, item, 0, SIZE_MAX));
  if (found < 0) return raise(vm, vm.exc.ValueError, "array.remove(x): x not in array");
  VM_CHECK(splice(vm, array, static_cast<std::size_t>(found), static_cast<std::size_t>(found) + 1, {}));
  return Ref::none();
}
Ref array_pop(Vm& vm, Value self, Args& args) {
  auto* array = as_array(self);
  VM_TRY(std::int64_t index, args.ssize(vm, 0, -1));
  if (array->length == 0) return raise(vm, vm.exc.IndexError, "pop from empty array");
  if (index < 0) index += static_cast<std::int64_t>(array->length);
  if (index < 0 || index >= static_cast<std::int64_t>(array->length)) return raise(vm, vm.exc.IndexError, "pop index out of range");
  const auto at = static_cast<std::size_t>(index);
  VM_TRY(Ref item, get(vm, array, at));
  VM_CHECK(splice(vm, array, at, at + 1, {}));
  return item;
}
Ref array_insert(Vm& vm, Value self, Args& args) {
  auto* array = as_array(self);
  VM_TRY(std::int64_t index, args.ssize(vm, 0));
  char item[8] = {};
  VM_CHECK(pack(vm, array->typecode, item, args[1]));
  const auto size = static_cast<std::int64_t>(array->length);
  if (index < 0) index = std::max<std::int64_t>(index + size, 0);
  const auto at = static_cast<std::size_t>(std::min(index, size));
  VM_CHECK(splice(vm, array, at, at, {item, array->item_size}));
  return Ref::none();
}
Ref array_extend(Vm& vm, Value self, Value iterable) {
  VM_CHECK(extend(vm, as_array(self), iterable));
  return Ref::none();
}
Ref array_reverse(Vm&, Value self) {
  auto* array = as_array(self);
  const std::size_t size = array->item_size;
  for (std::size_t i = 0, k = array->length; i + 1 < k; ++i) {
    --k;
    std::swap_ranges(array->data + i * size, array->data + (i + 1) * size, array->data + k * size);
  }
  return Ref::none();
}

Ref array_frombytes(Vm& vm, Value self, Value buffer) {
  auto* array = as_array(self);
  BufferView view;
  VM_CHECK(get_buffer(vm, buffer, view));
  if (view.length % array->item_size != 0) return raise(vm, vm.exc.ValueError, "bytes length not a multiple of item size");
  const std::string content(view.bytes());
  view.release();
  VM_CHECK(splice(vm, array, array->length, array->length, content));
  return Ref::none();
}
Ref array_fromlist(Vm& vm, Value self, Value list) {
  auto* array = as_array(self);
  if (!is_list(list)) return raise(vm, vm.exc.TypeError, "arg must be list");
  const std::size_t old_length = array->length;
  const std::size_t count = list.as<ListObject>()->size;
  for (std::size_t i = 0; i < count; ++i) {
    if (list.as<ListObject>()->size != count) {
      VM_CHECK(resize(vm, array, old_length));
      return raise(vm, vm.exc.RuntimeError, "list changed size during iteration");
    }
    const Ref item = Ref::share(list.as<ListObject>()->items[i]);
    if (!append(vm, array, item)) {
      Ref error = take_error(vm);
      if (!resize(vm, array, old_length)) clear_error(vm);
      restore_error(vm, std::move(error));
      return {};
    }
  }
  return Ref::none();
}
Ref array_fromfile(Vm& vm, Value self, Args& args) {
  auto* array = as_array(self);
  VM_TRY(const std::int64_t count, args.ssize(vm, 1));
  if (count < 0) return raise(vm, vm.exc.ValueError, "negative count");
  if (count > INT64_MAX / array->item_size) return raise_memory_error(vm);
  const std::int64_t wanted = count * array->item_size;
  VM_TRY(Ref content, call_method(vm, args[0], vm.names.read, {Value::small(wanted)}));
  if (!is_bytes(content)) return raise(vm, vm.exc.TypeError, "read() didn't return bytes");
  const bool is_short = static_cast<std::int64_t>(byte_view(content).size()) != wanted;
  VM_CHECK(array_frombytes(vm, self, content));
  if (is_short) return raise(vm, vm.exc.EOFError, "read() didn't return enough bytes");
  return Ref::none();
}
Ref array_tofile(Vm& vm, Value self, Value file) {
  constexpr std::size_t kBlock = 64 * 1024;
  const std::size_t total = as_array(self)->bytes().size();
  for (std::size_t done = 0; done < total; done += kBlock) {
    VM_TRY(Own<BytesObject> block, new_bytes(vm, as_array(self)->bytes().substr(done, kBlock)));
    VM_CHECK(call_method(vm, file, vm.names.write, {Value(block.get())}));
  }
  return Ref::none();
}
Ref array_tobytes(Vm& vm, Value self) { return new_bytes(vm, as_array(self)->bytes()); }
Ref array_tolist(Vm& vm, Value self) { return list_of(vm, as_array(self)); }

bool is_text(const ArrayObject* array) { return array->typecode == 'u' || array->typecode == 'w'; }
Ref array_fromunicode(Vm& vm, Value self, Value text) {
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "fromunicode() argument must be str, not {}", type_name(vm, text));
  if (!is_text(as_array(self))) return raise(vm, vm.exc.ValueError, "fromunicode() may only be called on unicode type arrays ('u' or 'w')");
  VM_CHECK(extend_text(vm, as_array(self), text));
  return Ref::none();
}
Ref array_tounicode(Vm& vm, Value self) {
  if (!is_text(as_array(self))) return raise(vm, vm.exc.ValueError, "tounicode() may only be called on unicode type arrays ('u' or 'w')");
  return text_of(vm, as_array(self));
}
Ref array_sizeof(Vm&, Value self) { return Ref::small(static_cast<std::int64_t>(64 + as_array(self)->capacity)); }

// The machine format codes of pickles: CPython 3.13 Modules/arraymodule.c.
int machine_format(char typecode) {
  switch (typecode) {
    case 'b': return 1;
    case 'B': return 0;
    case 'u':
    case 'w': return 20;
    case 'H': return 2;
    case 'h': return 4;
    case 'I': return 6;
    case 'i': return 8;
    case 'L':
    case 'Q': return 10;
    case 'l':
    case 'q': return 12;
    case 'f': return 14;
    default: return 16;
  }
}

Ref array_reduce_ex(Vm& vm, Value self, Value protocol_value) {
  auto* array = as_array(self);
  VM_TRY(const std::int64_t protocol, to_ssize(vm, protocol_value, vm.exc.OverflowError));
  Ref dict = Ref::none();
  Ref found;
  VM_CHECK(find_attribute(vm, self, vm.names.d_dict, found));
  if (found) dict = std::move(found);
  VM_TRY(Own<StrObject> code, new_str_of(vm, static_cast<unsigned char>(array->typecode)));
  const Value type = type_of(vm, self);
  if (protocol < 3) {
    VM_TRY(Ref items, list_of(vm, array));
    VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {Value(code.get()), items.get()}));
    return new_tuple(vm, {type, arguments.get(), dict.get()});
  }
  VM_TRY(Ref function, import_attribute(vm, "array", "_array_reconstructor"));
  VM_TRY(Own<BytesObject> content, new_bytes(vm, array->bytes()));
  VM_TRY(Own<TupleObject> arguments,
         new_tuple(vm, {type, Value(code.get()), Value::small(machine_format(array->typecode)), Value(content.get())}));
  return new_tuple(vm, {function.get(), arguments.get(), dict.get()});
}

constexpr MethodSpec kMethodTable[] = {
    {"append($self, v, /)", array_append, "Append new value v to the end of the array."},
    {"buffer_info($self, /)", array_buffer_info, "Return a tuple (address, length)."},
    {"byteswap($self, /)", array_byteswap, "Byteswap all items of the array."},
    {"clear($self, /)", array_clear, "Remove all items from the array."},
    {"__copy__($self, /)", array_copy, "Return a copy of the array."},
    {"__deepcopy__($self, unused, /)", array_deepcopy, "Return a copy of the array."},
    {"count($self, v, /)", array_count, "Return number of occurrences of v in the array."},
    {"extend($self, bb, /)", array_extend, "Append items to the end of the array."},
    {"fromfile($self, f, n, /)", array_fromfile, "Read n objects from the file object f and append them to the end of the array."},
    {"fromlist($self, list, /)", array_fromlist, "Append items to array from list."},
    {"frombytes($self, buffer, /)", array_frombytes, "Appends items from the string, interpreting it as an array of machine values."},
    {"fromunicode($self, ustr, /)", array_fromunicode, "Extends this array with data from the unicode string ustr."},
    {"index($self, v, start=0, stop=sys.maxsize, /)", array_index, "Return index of first occurrence of v in the array."},
    {"insert($self, i, v, /)", array_insert, "Insert a new item v into the array before position i."},
    {"pop($self, i=-1, /)", array_pop, "Return the i-th element and delete it from the array."},
    {"__reduce_ex__($self, value, /)", array_reduce_ex, "Return state information for pickling."},
    {"remove($self, v, /)", array_remove, "Remove the first occurrence of v in the array."},
    {"reverse($self, /)", array_reverse, "Reverse the order of the items in the array."},
    {"tofile($self, f, /)", array_tofile, "Write all items (as machine values) to the file object f."},
    {"tolist($self, /)", array_tolist, "Convert array to an ordinary list with the same items."},
    {"tobytes($self, /)", array_tobytes, "Convert the array to an array of machine values and return the bytes representation."},
    {"tounicode($self, /)", array_tounicode, "Convert the array to a unicode string."},
    {"__sizeof__($self, /)", array_sizeof, "Size of the array in memory, in bytes."},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};

}  // namespace

const std::span<const MethodSpec> kMethods = kMethodTable;

// From a pickle: the bytes of another machine are taken apart by struct.
Ref reconstruct(Vm& vm, Value, Args& args) {
  constexpr std::string_view kFormats[] = {"B", "b", "<H", ">H", "<h", ">h", "<I", ">I", "<i", ">i", "<Q", ">Q", "<q", ">q", "<f", ">f", "<d", ">d"};
  if (!is_type(args[0])) return raise(vm, vm.exc.TypeError, "first argument must be a type object, not {}", type_name(vm, args[0]));
  if (!args[0].as<TypeObject>()->is_subtype_of(vm.native_type(kArrayType)))
    return raise(vm, vm.exc.TypeError, "{} is not a subtype of array.array", args[0].as<TypeObject>()->display_name());
  VM_TRY(StrObject * code, args.string(vm, 1));
  if (code->length != 1)
    return raise(vm, vm.exc.TypeError, "_array_reconstructor() argument 2 must be a unicode character, not str");
  const char typecode = code->at(0) < 128 ? static_cast<char>(code->at(0)) : '\0';
  if (item_size_of(typecode) == 0) return raise(vm, vm.exc.ValueError, "second argument must be a valid type code");
  VM_TRY(const int format, args.integer(vm, 2));
  if (format < 0 || format > 21) return raise(vm, vm.exc.ValueError, "third argument must be a valid machine format code.");
  if (!is_bytes(args[3])) return raise(vm, vm.exc.TypeError, "fourth argument should be bytes, not {}", type_name(vm, args[3]));
  Ref content = Ref::share(args[3]);
  if (format != machine_format(typecode)) {
    if (format >= 18) {
      constexpr std::string_view kEncodings[] = {"utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"};
      content = str_decode(vm, byte_view(content), kEncodings[format - 18], "strict");
    } else {
      VM_TRY(Ref unpack, import_attribute(vm, "struct", "iter_unpack"));
      VM_TRY(Own<StrObject> spec, new_str(vm, kFormats[format]));
      VM_TRY(Ref rows, call(vm, unpack, {Value(spec.get()), content.get()}));
      VM_TRY(Own<ListObject> items, new_list(vm));
      VM_CHECK(for_each(vm, rows, [&](Value row) { return list_append(vm, items, (*row.as<TupleObject>())[0]); }));
      content = std::move(items);
    }
    VM_CHECK(content);
  }
  return call(vm, args[0], {Value(code), content.get()});
}

}  // namespace ouro::vm::arrays
