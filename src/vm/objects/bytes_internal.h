// What the files of bytes and bytearray share. Methods that both have take either as self and give the same kind back.
// Private to objects/bytes*.cpp, bytearray*.cpp and memoryview*.cpp.
#pragma once

#include <cstring>
#include <span>
#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"

namespace ouro::vm {

/// The content of a bytes or bytearray (or an instance of a subclass).
[[nodiscard]] inline std::string_view byte_view(Value self) {
  return is_bytes(self) ? self.as<BytesObject>()->view() : self.as<BytearrayObject>()->view();
}
[[nodiscard]] inline bool is_bytearray(Vm& vm, Value value) { return is_instance_of(vm, value, vm.types.bytearray); }

/// A new bytes or bytearray, as `self` is one, of known length.
struct NewBytes {
  Ref object;
  char* data = nullptr;
  explicit operator bool() const { return static_cast<bool>(object); }
};
[[nodiscard]] NewBytes allocate_like(Vm& vm, Value self, std::size_t length);
[[nodiscard]] Ref bytes_like(Vm& vm, Value self, std::string_view content);
/// self itself where it is an exact bytes, else a copy.
[[nodiscard]] Ref same_bytes(Vm& vm, Value self);
/// A bytearray whose content the caller fills.
[[nodiscard]] Own<BytearrayObject> allocate_bytearray(Vm& vm, std::size_t length);

/// A bytes-like argument, or an int as one byte.
struct ByteNeedle {
  BufferView view;
  char single = 0;
  bool is_single = false;
  [[nodiscard]] std::string_view bytes() const { return is_single ? std::string_view(&single, 1) : view.bytes(); }
};
[[nodiscard]] bool parse_byte_needle(Vm& vm, Value value, ByteNeedle& out);
/// An int in range(256): ValueError "byte must be in range(0, 256)".
[[nodiscard]] std::optional<std::uint8_t> to_byte(Vm& vm, Value value);

[[nodiscard]] Ref bytes_percent(Vm& vm, Value format, Value arguments);
bool slice_index(Vm& vm, Value value, std::int64_t& out);

/// The method tables of both types begin with these.
#define OURO_VM_BYTES_METHODS                                                                                          \
  {"capitalize($self, /)", bytes_capitalize, "Return a copy with only its first character capitalized (ASCII)."},      \
      {"center($self, width, fillchar=b' ', /)", bytes_center, "Return a centered string of length width."},           \
      {"count($self, sub, start=None, end=None, /)", bytes_count, "Return the number of non-overlapping occurrences."}, \
      {"decode($self, /, encoding='utf-8', errors='strict')", bytes_decode, "Decode the bytes using the codec."},      \
      {"endswith($self, suffix, start=None, end=None, /)", bytes_endswith, "Return True if the bytes end with suffix."}, \
      {"expandtabs($self, /, tabsize=8)", bytes_expandtabs, "Return a copy where all tab characters are expanded."},   \
      {"find($self, sub, start=None, end=None, /)", bytes_find, "Return the lowest index where sub is found, or -1."}, \
      {"hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)", bytes_hex, "Create a string of hexadecimal numbers."}, \
      {"index($self, sub, start=None, end=None, /)", bytes_index, "Return the lowest index where sub is found."},      \
      {"isalnum($self, /)", bytes_isalnum, "Return True if all bytes are alphanumeric and there is one."},             \
      {"isalpha($self, /)", bytes_isalpha, "Return True if all bytes are alphabetic and there is one."},               \
      {"isascii($self, /)", bytes_isascii, "Return True if the bytes are empty or all ASCII."},                        \
      {"isdigit($self, /)", bytes_isdigit, "Return True if all bytes are digits and there is one."},                   \
      {"islower($self, /)", bytes_islower, "Return True if all cased bytes are lowercase and there is one."},          \
      {"isspace($self, /)", bytes_isspace, "Return True if all bytes are whitespace and there is one."},               \
      {"istitle($self, /)", bytes_istitle, "Return True if the bytes are title-cased and there is one."},              \
      {"isupper($self, /)", bytes_isupper, "Return True if all cased bytes are uppercase and there is one."},          \
      {"join($self, iterable_of_bytes, /)", bytes_join, "Concatenate any number of bytes objects."},                   \
      {"ljust($self, width, fillchar=b' ', /)", bytes_ljust, "Return a left-justified string of length width."},       \
      {"lower($self, /)", bytes_lower, "Return a copy with all ASCII characters lowercase."},                          \
      {"lstrip($self, bytes=None, /)", bytes_lstrip, "Strip leading bytes contained in the argument."},                \
      {"partition($self, sep, /)", bytes_partition, "Partition the bytes into three parts using the separator."},      \
      {"removeprefix($self, prefix, /)", bytes_removeprefix, "Return a copy with the prefix removed if present."},     \
      {"removesuffix($self, suffix, /)", bytes_removesuffix, "Return a copy with the suffix removed if present."},     \
      {"replace($self, old, new, count=-1, /)", bytes_replace, "Return a copy with old replaced by new."},             \
      {"rfind($self, sub, start=None, end=None, /)", bytes_rfind, "Return the highest index of sub, or -1."},          \
      {"rindex($self, sub, start=None, end=None, /)", bytes_rindex, "Return the highest index of sub."},               \
      {"rjust($self, width, fillchar=b' ', /)", bytes_rjust, "Return a right-justified string of length width."},      \
      {"rpartition($self, sep, /)", bytes_rpartition, "Partition from the end into three parts."},                     \
      {"rsplit($self, /, sep=None, maxsplit=-1)", bytes_rsplit, "Return a list of the sections, from the end."},       \
      {"rstrip($self, bytes=None, /)", bytes_rstrip, "Strip trailing bytes contained in the argument."},               \
      {"split($self, /, sep=None, maxsplit=-1)", bytes_split, "Return a list of the sections using sep."},             \
      {"splitlines($self, /, keepends=False)", bytes_splitlines, "Return a list of the lines."},                       \
      {"startswith($self, prefix, start=None, end=None, /)", bytes_startswith, "Return True if the bytes start with prefix."}, \
      {"strip($self, bytes=None, /)", bytes_strip, "Strip leading and trailing bytes contained in the argument."},     \
      {"swapcase($self, /)", bytes_swapcase, "Return a copy with uppercase and lowercase ASCII exchanged."},           \
      {"title($self, /)", bytes_title, "Return a titlecased version."},                                                \
      {"translate($self, table, /, delete=b'')", bytes_translate, "Return a copy with each character mapped."},        \
      {"upper($self, /)", bytes_upper, "Return a copy with all ASCII characters uppercase."},                          \
      {"zfill($self, width, /)", bytes_zfill, "Pad a numeric string with zeros on the left."},                         \
      {"maketrans(frm, to, /)", bytes_maketrans, "Return a translation table for translate().", Binding::Static}

// bytes_case.cpp
Ref bytes_capitalize(Vm& vm, Value self);
Ref bytes_lower(Vm& vm, Value self);
Ref bytes_upper(Vm& vm, Value self);
Ref bytes_swapcase(Vm& vm, Value self);
Ref bytes_title(Vm& vm, Value self);
Ref bytes_isalnum(Vm& vm, Value self);
Ref bytes_isalpha(Vm& vm, Value self);
Ref bytes_isascii(Vm& vm, Value self);
Ref bytes_isdigit(Vm& vm, Value self);
Ref bytes_islower(Vm& vm, Value self);
Ref bytes_isspace(Vm& vm, Value self);
Ref bytes_istitle(Vm& vm, Value self);
Ref bytes_isupper(Vm& vm, Value self);
// bytes_find.cpp
Ref bytes_count(Vm& vm, Value self, Args& args);
Ref bytes_find(Vm& vm, Value self, Args& args);
Ref bytes_rfind(Vm& vm, Value self, Args& args);
Ref bytes_index(Vm& vm, Value self, Args& args);
Ref bytes_rindex(Vm& vm, Value self, Args& args);
Ref bytes_startswith(Vm& vm, Value self, Args& args);
Ref bytes_endswith(Vm& vm, Value self, Args& args);
Ref bytes_replace(Vm& vm, Value self, Args& args);
Ref bytes_removeprefix(Vm& vm, Value self, Args& args);
Ref bytes_removesuffix(Vm& vm, Value self, Args& args);
Ref bytes_partition(Vm& vm, Value self, Value separator);
Ref bytes_rpartition(Vm& vm, Value self, Value separator);
bool bytes_contains(Vm& vm, Value self, Value item, bool& out);
// bytes_split.cpp
Ref bytes_split(Vm& vm, Value self, Args& args);
Ref bytes_rsplit(Vm& vm, Value self, Args& args);
Ref bytes_splitlines(Vm& vm, Value self, Args& args);
Ref bytes_strip(Vm& vm, Value self, Args& args);
Ref bytes_lstrip(Vm& vm, Value self, Args& args);
Ref bytes_rstrip(Vm& vm, Value self, Args& args);
Ref bytes_join(Vm& vm, Value self, Value iterable);
// bytes_layout.cpp
Ref bytes_center(Vm& vm, Value self, Args& args);
Ref bytes_ljust(Vm& vm, Value self, Args& args);
Ref bytes_rjust(Vm& vm, Value self, Args& args);
Ref bytes_zfill(Vm& vm, Value self, Args& args);
Ref bytes_expandtabs(Vm& vm, Value self, Args& args);
Ref bytes_translate(Vm& vm, Value self, Args& args);
Ref bytes_maketrans(Vm& vm, Value self, Args& args);
Ref bytes_decode(Vm& vm, Value self, Args& args);
Ref bytes_hex(Vm& vm, Value self, Args& args);
/// The bytes that hexadecimal text stands for (bytes.fromhex).
[[nodiscard]] std::optional<std::string> bytes_of_hex(Vm& vm, Value text);
/// hex() of any content; sep null: none.
[[nodiscard]] Ref hex_text(Vm& vm, std::string_view content, Value separator, std::int64_t bytes_per_separator);

}  // namespace ouro::vm
