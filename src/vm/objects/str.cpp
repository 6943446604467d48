// str: the type.
#include "vm/core/binding.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/slice.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/specs.h"

namespace ouro::vm {
namespace {

void str_dealloc(Vm& vm, Object* self) {
  auto* text = static_cast<StrObject*>(self);
  free_object(vm, self, text->text_offset + text->kind * (text->length + 1));
}

// An instance of a subclass with the text of `plain`.
Ref str_of_type(Vm& vm, TypeObject* type, StrObject* plain) {
  if (type == vm.types.str) return plain_str(vm, plain);
  VM_TRY(StrObject * text, allocate<StrObject>(vm, type, plain->kind * (plain->length + 1)));
  text->hash = plain->hash;
  text->length = plain->length;
  text->kind = plain->kind;
  text->is_ascii = plain->is_ascii;
  text->is_interned = false;
  text->text_offset = static_cast<std::uint32_t>(type->basic_size);
  std::memcpy(text->raw(), plain->raw(), plain->kind * (plain->length + 1));
  return Own<StrObject>::adopt(text);
}

Ref decoded(Vm& vm, Value object, Args& args) {
  if (is_str(object)) return raise(vm, vm.exc.TypeError, "decoding str is not supported");
  VM_TRY(const std::string encoding, args.text(vm, 1, "utf-8"));
  VM_TRY(const std::string errors, args.text(vm, 2, "strict"));
  BufferView view;
  if (!has_buffer(vm, object))
    return raise(vm, vm.exc.TypeError, "decoding to str: need a bytes-like object, {} found", type_name(vm, object));
  VM_CHECK(get_buffer(vm, object, view));
  return str_decode(vm, view.bytes(), encoding, errors);
}

Ref str_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (call.positional == 1 && call.keyword_names == nullptr && type == vm.types.str) return str(vm, call.values[0]);
  if (call.positional > 3) return raise(vm, vm.exc.TypeError, "str expected at most 3 arguments, got {}", call.positional);
  VM_PARSE(args, vm, "str(object='', encoding='utf-8', errors='strict')", 3, call);
  Ref text;
  if (!args.given(0)) {
    text = new_str(vm, {});
  } else if (args.given(1) || args.given(2)) {
    text = decoded(vm, args[0], args);
  } else {
    text = str(vm, args[0]);
  }
  VM_CHECK(text);
  return str_of_type(vm, type, as_str(text));
}

Ref str_str(Vm& vm, Value self) { return plain_str(vm, as_str(self)); }
Ref str_repr_slot(Vm& vm, Value self) { return str_repr(vm, as_str(self)); }
bool str_hash_slot(Vm& vm, Value self, std::int64_t& out) {
  out = str_hash(vm, as_str(self));
  return true;
}

Ref str_compare_slot(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_str(self) || !is_str(other)) return Ref::not_implemented();
  const StrObject* a = as_str(self);
  const StrObject* b = as_str(other);
  if (op == CompareOp::Equal) return Ref::boolean(str_equal(a, b));
  if (op == CompareOp::NotEqual) return Ref::boolean(!str_equal(a, b));
  const int order = str_compare(a, b);
  switch (op) {
    case CompareOp::Less: return Ref::boolean(order < 0);
    case CompareOp::LessEqual: return Ref::boolean(order <= 0);
    case CompareOp::Greater: return Ref::boolean(order > 0);
    default: return Ref::boolean(order >= 0);
  }
}

Ref str_remainder(Vm& vm, Value left, Value right) {
  if (!is_str(left)) return Ref::not_implemented();
  return str_percent(vm, as_str(left), right);
}

bool str_length(Vm&, Value self, std::size_t& out) {
  out = as_str(self)->length;
  return true;
}

bool str_contains(Vm& vm, Value self, Value item, bool& out) {
  if (!is_str(item))
    return raise(vm, vm.exc.TypeError, "'in <string>' requires string as left operand, not {}", type_name(vm, item));
  const StrObject* text = as_str(self);
  if (!charge_work(vm, text->length / 64)) return false;
  out = str_find(text, as_str(item), 0, text->length) >= 0;
  return true;
}

Ref str_concat(Vm& vm, Value left, Value right) {
  if (!is_str(right))
    return raise(vm, vm.exc.TypeError, "can only concatenate str (not \"{}\") to str", type_name(vm, right));
  return concat(vm, as_str(left), as_str(right));
}

Ref str_repeat(Vm& vm, Value self, std::int64_t count) {
  StrObject* text = as_str(self);
  if (count <= 0 || text->length == 0) return new_str(vm, {});
  if (count == 1) return plain_str(vm, text);
  const auto times = static_cast<std::size_t>(count);
  if (text->length > static_cast<std::size_t>(INT64_MAX) / times) return raise(vm, vm.exc.OverflowError, "repeated string is too long");
  const std::size_t length = text->length * times;
  if (length > SIZE_MAX / 16 || !vm.heap.has_room(length * text->kind)) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, length / 64));
  VM_TRY(Own<StrObject> out, allocate_str(vm, length, max_of_class(text)));
  auto* to = static_cast<char*>(out->raw());
  const std::size_t unit = text->length * text->kind;
  const std::size_t total = length * text->kind;
  if (unit == 1) {
    std::memset(to, text->data1()[0], total);
    return out;
  }
  std::memcpy(to, text->raw(), unit);
  for (std::size_t done = unit; done < total;) {
    const std::size_t more = std::min(done, total - done);
    std::memcpy(to + done, to, more);
    done += more;
  }
  return out;
}

// --- iterator

Ref str_iter(Vm& vm, Value self) {
  VM_TRY(StrIteratorObject * iterator, allocate<StrIteratorObject>(vm, vm.types.str_iterator));
  iterator->text = as_str(self);
  incref(static_cast<Object*>(iterator->text));
  iterator->index = 0;
  return Own<StrIteratorObject>::adopt(iterator);
}
void iterator_dealloc(Vm& vm, Object* self) {
  auto* iterator = static_cast<StrIteratorObject*>(self);
  if (iterator->text != nullptr) decref(static_cast<Object*>(iterator->text));
  free_object(vm, self, sizeof(StrIteratorObject));
}
Ref iterator_next(Vm& vm, Value self) {
  auto* iterator = self.as<StrIteratorObject>();
  StrObject* text = iterator->text;
  if (text == nullptr) return {};
  if (iterator->index < text->length) return character_str(vm, text->at(iterator->index++));
  iterator->text = nullptr;
  decref(static_cast<Object*>(text));
  return {};
}
Ref iterator_iter(Vm&, Value self) { return Ref::share(self); }
Ref iterator_length_hint(Vm&, Value self) {
  auto* iterator = self.as<StrIteratorObject>();
  if (iterator->text == nullptr) return Ref::small(0);
  return Ref::small(static_cast<std::int64_t>(iterator->text->length - iterator->index));
}
Ref iterator_reduce(Vm& vm, Value self) {
  auto* iterator = self.as<StrIteratorObject>();
  VM_TRY(Ref iter, get_item(vm, vm.builtins, vm.names.iter));
  if (iterator->text == nullptr) {
    VM_TRY(Own<TupleObject> nothing, new_tuple(vm, {Value(vm.names.empty)}));
    return new_tuple(vm, {iter, nothing.get()});
  }
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {Value(iterator->text)}));
  return new_tuple(vm, {iter, arguments.get(), Value::small(static_cast<std::int64_t>(iterator->index))});
}
Ref iterator_setstate(Vm& vm, Value self, Value state) {
  auto* iterator = self.as<StrIteratorObject>();
  VM_TRY(std::int64_t index, to_ssize(vm, state, vm.exc.OverflowError));
  if (iterator->text != nullptr) {
    index = std::max<std::int64_t>(index, 0);
    iterator->index = std::min(static_cast<std::size_t>(index), iterator->text->length);
  }
  return Ref::none();
}

constexpr MethodSpec kIteratorMethods[] = {
    {"__length_hint__($self, /)", iterator_length_hint, "Private method returning an estimate of len(list(it))."},
    {"__reduce__($self, /)", iterator_reduce, "Return state information for pickling."},
    {"__setstate__($self, state, /)", iterator_setstate, "Set state information for unpickling."},
};
constexpr TypeSlots iterator_slots() {
  TypeSlots slots;
  slots.dealloc = iterator_dealloc;
  slots.iter = iterator_iter;
  slots.next = iterator_next;
  return slots;
}

// --- methods without a file of their own

Ref str_encode_method(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::string encoding, args.text(vm, 0, "utf-8"));
  VM_TRY(const std::string errors, args.text(vm, 1, "strict"));
  return str_encode(vm, as_str(self), encoding, errors);
}
Ref str_format_method(Vm& vm, Value self, Value spec) {
  if (!is_str(spec)) return raise(vm, vm.exc.TypeError, "__format__() argument must be str, not {}", type_name(vm, spec));
  if (as_str(spec)->length == 0) return is_exact(vm, self, vm.types.str) ? Ref::share(self) : str(vm, self);
  return str_format_spec(vm, self, as_str(spec));
}
Ref str_getnewargs(Vm& vm, Value self) {
  // Another object, so that a copy of an instance is one.
  StrBuilder builder(vm);
  builder.append(as_str(self));
  VM_TRY(Own<StrObject> copy, builder.finish());
  return new_tuple(vm, {Value(copy.get())});
}
// The sizes of CPython 3.13: 40 bytes and the text for ASCII, 56 otherwise.
Ref str_sizeof(Vm&, Value self) {
  const StrObject* text = as_str(self);
  return Ref::small(static_cast<std::int64_t>((text->is_ascii ? 40 : 56) + text->kind * (text->length + 1)));
}

constexpr MethodSpec kStrMethods[] = {
    {"encode($self, /, encoding='utf-8', errors='strict')", str_encode_method,
     "Encode the string using the codec registered for encoding."},
    {"replace($self, old, new, /, count=-1)", str_replace,
     "Return a copy with all occurrences of substring old replaced by new."},
    {"split($self, /, sep=None, maxsplit=-1)", str_split,
     "Return a list of the substrings in the string, using sep as the separator string."},
    {"rsplit($self, /, sep=None, maxsplit=-1)", str_rsplit,
     "Return a list of the substrings in the string, using sep as the separator string, from the end."},
    {"join($self, iterable, /)", str_join_method, "Concatenate any number of strings."},
    {"capitalize($self, /)", str_capitalize, "Return a capitalized version of the string."},
    {"casefold($self, /)", str_casefold, "Return a version of the string suitable for caseless comparisons."},
    {"title($self, /)", str_title, "Return a version of the string where each word is titlecased."},
    {"center($self, width, fillchar=' ', /)", str_center, "Return a centered string of length width."},
    {"count($self, sub, start=None, end=None, /)", str_count, "Return the number of non-overlapping occurrences of sub."},
    {"expandtabs($self, /, tabsize=8)", str_expandtabs, "Return a copy where all tab characters are expanded using spaces."},
    {"find($self, sub, start=None, end=None, /)", str_find_method, "Return the lowest index where sub is found, or -1."},
    {"partition($self, sep, /)", str_partition, "Partition the string into three parts using the given separator."},
    {"index($self, sub, start=None, end=None, /)", str_index, "Return the lowest index where sub is found."},
    {"ljust($self, width, fillchar=' ', /)", str_ljust, "Return a left-justified string of length width."},
    {"lower($self, /)", str_lower, "Return a copy of the string converted to lowercase."},
    {"lstrip($self, chars=None, /)", str_lstrip, "Return a copy of the string with leading whitespace removed."},
    {"rfind($self, sub, start=None, end=None, /)", str_rfind, "Return the highest index where sub is found, or -1."},
    {"rindex($self, sub, start=None, end=None, /)", str_rindex, "Return the highest index where sub is found."},
    {"rjust($self, width, fillchar=' ', /)", str_rjust, "Return a right-justified string of length width."},
    {"rstrip($self, chars=None, /)", str_rstrip, "Return a copy of the string with trailing whitespace removed."},
    {"rpartition($self, sep, /)", str_rpartition, "Partition the string into three parts using the given separator."},
    {"splitlines($self, /, keepends=False)", str_splitlines, "Return a list of the lines in the string, breaking at line boundaries."},
    {"strip($self, chars=None, /)", str_strip, "Return a copy of the string with leading and trailing whitespace removed."},
    {"swapcase($self, /)", str_swapcase, "Convert uppercase characters to lowercase and lowercase characters to uppercase."},
    {"translate($self, table, /)", str_translate, "Replace each character in the string using the given translation table."},
    {"upper($self, /)", str_upper, "Return a copy of the string converted to uppercase."},
    {"startswith($self, prefix, start=None, end=None, /)", str_startswith, "Return True if the string starts with the prefix."},
    {"endswith($self, suffix, start=None, end=None, /)", str_endswith, "Return True if the string ends with the suffix."},
    {"removeprefix($self, prefix, /)", str_removeprefix, "Return a str with the given prefix string removed if present."},
    {"removesuffix($self, suffix, /)", str_removesuffix, "Return a str with the given suffix string removed if present."},
    {"isascii($self, /)", str_isascii, "Return True if all characters in the string are ASCII, False otherwise."},
    {"islower($self, /)", str_islower, "Return True if the string is a lowercase string, False otherwise."},
    {"isupper($self, /)", str_isupper, "Return True if the string is an uppercase string, False otherwise."},
    {"istitle($self, /)", str_istitle, "Return True if the string is a title-cased string, False otherwise."},
    {"isspace($self, /)", str_isspace, "Return True if the string is a whitespace string, False otherwise."},
    {"isdecimal($self, /)", str_isdecimal, "Return True if the string is a decimal string, False otherwise."},
    {"isdigit($self, /)", str_isdigit, "Return True if the string is a digit string, False otherwise."},
    {"isnumeric($self, /)", str_isnumeric, "Return True if the string is a numeric string, False otherwise."},
    {"isalpha($self, /)", str_isalpha, "Return True if the string is an alphabetic string, False otherwise."},
    {"isalnum($self, /)", str_isalnum, "Return True if the string is an alpha-numeric string, False otherwise."},
    {"isidentifier($self, /)", str_isidentifier, "Return True if the string is a valid Python identifier, False otherwise."},
    {"isprintable($self, /)", str_isprintable, "Return True if all characters in the string are printable, False otherwise."},
    {"zfill($self, width, /)", str_zfill, "Pad a numeric string with zeros on the left, to fill a field of the given width."},
    {"format", str_format, "Return a formatted version of the string, using substitutions from args and kwargs."},
    {"format_map($self, mapping, /)", str_format_map, "Return a formatted version of the string, using substitutions from mapping."},
    {"__format__($self, format_spec, /)", str_format_method, "Return a formatted version of the string as described by format_spec."},
    {"maketrans(x, y=<unrepresentable>, z=<unrepresentable>, /)", str_maketrans,
     "Return a translation table usable for str.translate().", Binding::Static},
    {"__getnewargs__($self, /)", str_getnewargs},
    {"__sizeof__($self, /)", str_sizeof, "Return the size of the string in memory, in bytes."},
};

constexpr TypeSlots str_slots() {
  TypeSlots slots;
  slots.dealloc = str_dealloc;
  slots.construct = str_construct;
  slots.repr = str_repr_slot;
  slots.str = str_str;
  slots.hash = str_hash_slot;
  slots.compare = str_compare_slot;
  slots.iter = str_iter;
  slots.binary[static_cast<std::size_t>(BinaryOp::Remainder)] = str_remainder;
  slots.length = str_length;
  slots.subscript = str_subscript;
  slots.contains = str_contains;
  slots.concat = str_concat;
  slots.repeat = str_repeat;
  return slots;
}

}  // namespace

Ref str_subscript(Vm& vm, Value self, Value key) {
  StrObject* text = as_str(self);
  if (key.is_small()) {
    std::int64_t index = key.small_value();
    if (index < 0) index += static_cast<std::int64_t>(text->length);
    if (index < 0 || index >= static_cast<std::int64_t>(text->length)) return raise(vm, vm.exc.IndexError, "string index out of range");
    return character_str(vm, text->at(static_cast<std::size_t>(index)));
  }
  if (is_exact(vm, key, vm.types.slice)) {
    SliceBounds bounds;
    VM_CHECK(slice_bounds(vm, key.as<SliceObject>(), text->length, bounds));
    const auto count = static_cast<std::size_t>(bounds.count);
    if (bounds.count <= 0) return new_str(vm, {});
    if (bounds.step == 1)
      return substring(vm, text, static_cast<std::size_t>(bounds.start), static_cast<std::size_t>(bounds.start) + count);
    StrBuilder out(vm);
    for (std::size_t i = 0; i < count; ++i)
      out.append(text->at(static_cast<std::size_t>(bounds.start + static_cast<std::int64_t>(i) * bounds.step)));
    return out.finish();
  }
  if (!has_index(vm, key)) return raise(vm, vm.exc.TypeError, "string indices must be integers, not '{}'", type_name(vm, key));
  std::size_t index;
  VM_CHECK(normalise_index(vm, key, text->length, "string", index));
  return character_str(vm, text->at(index));
}

const TypeSpec kStrIteratorType = {
    .name = "str_ascii_iterator",
    .basic_size = sizeof(StrIteratorObject),
    .slots = iterator_slots(),
    .methods = kIteratorMethods,
};

const TypeSpec kStrType = {
    .name = "str",
    .basic_size = sizeof(StrObject),
    .flags = kTypeBaseType | kTypeMatchSelf | kTypeStr,
    .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
           "Create a new string object from the given object.",
    .slots = str_slots(),
    .methods = kStrMethods,
};

}  // namespace ouro::vm
