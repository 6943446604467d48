// What the files of str share. Private to objects/str_*.cpp and the text modules.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/str.h"

namespace ouro::vm {

/// Calls `f` with the text's typed data.
template <class F>
decltype(auto) with_units(const StrObject* text, F f) {
  switch (text->kind) {
    case 1: return f(text->data1());
    case 2: return f(text->data2());
    default: return f(text->data4());
  }
}
template <class F>
decltype(auto) with_units(StrObject* text, F f) {
  switch (text->kind) {
    case 1: return f(text->data1());
    case 2: return f(text->data2());
    default: return f(text->data4());
  }
}

[[nodiscard]] inline std::uint32_t max_of_class(const StrObject* text) {
  return text->is_ascii ? 0x7F : text->kind == 1 ? 0xFF : text->kind == 2 ? 0xFFFF : 0x10FFFF;
}
[[nodiscard]] inline std::uint8_t kind_for(std::uint32_t max_code_point) {
  return max_code_point < 0x100 ? 1 : max_code_point < 0x10000 ? 2 : 4;
}
/// Writes text[start, end) at to[at...]; `to` is wide enough.
void copy_units(StrObject* to, std::size_t at, const StrObject* text, std::size_t start, std::size_t end);
/// A needle in the units of a wider text.
template <class Unit>
class Widened {
 public:
  explicit Widened(const StrObject* text) : size_(text->length) {
    if (text->kind == sizeof(Unit)) {
      data_ = static_cast<const Unit*>(text->raw());
      return;
    }
    own_.resize(size_ + 1);
    for (std::size_t i = 0; i < size_; ++i) own_[i] = static_cast<Unit>(text->at(i));
    data_ = own_.data();
  }
  [[nodiscard]] const Unit* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  const Unit* data_;
  std::size_t size_;
  std::vector<Unit> own_;
};

/// An owned one-character string.
[[nodiscard]] Own<StrObject> character_str(Vm& vm, std::uint32_t code_point);

/// Whether text[at...] starts with `part` (which fits).
[[nodiscard]] bool matches_at(const StrObject* text, std::size_t at, const StrObject* part);

/// An optional bound of find and its like: None or absent keeps `out`; "slice indices must be integers or None or have
/// an __index__ method".
[[nodiscard]] bool slice_index(Vm& vm, Value value, std::int64_t& out);
/// CPython's ADJUST_INDICES. False when start > end afterwards (nothing can be found, not even the empty string).
inline void adjust_bounds(std::int64_t& start, std::int64_t& end, std::size_t length) {
  const auto size = static_cast<std::int64_t>(length);
  if (end > size) {
    end = size;
  } else if (end < 0) {
    end = end + size < 0 ? 0 : end + size;
  }
  if (start < 0) start = start + size < 0 ? 0 : start + size;
}

// The method tables' functions, by file.
// str_case.cpp
Ref str_lower(Vm& vm, Value self);
Ref str_upper(Vm& vm, Value self);
Ref str_title(Vm& vm, Value self);
Ref str_capitalize(Vm& vm, Value self);
Ref str_casefold(Vm& vm, Value self);
Ref str_swapcase(Vm& vm, Value self);
// str_predicates.cpp
Ref str_isalnum(Vm& vm, Value self);
Ref str_isalpha(Vm& vm, Value self);
Ref str_isascii(Vm& vm, Value self);
Ref str_isdecimal(Vm& vm, Value self);
Ref str_isdigit(Vm& vm, Value self);
Ref str_isidentifier(Vm& vm, Value self);
Ref str_islower(Vm& vm, Value self);
Ref str_isnumeric(Vm& vm, Value self);
Ref str_isprintable(Vm& vm, Value self);
Ref str_isspace(Vm& vm, Value self);
Ref str_istitle(Vm& vm, Value self);
Ref str_isupper(Vm& vm, Value self);
// str_find.cpp
Ref str_count(Vm& vm, Value self, Args& args);
Ref str_find_method(Vm& vm, Value self, Args& args);
Ref str_rfind(Vm& vm, Value self, Args& args);
Ref str_index(Vm& vm, Value self, Args& args);
Ref str_rindex(Vm& vm, Value self, Args& args);
Ref str_startswith(Vm& vm, Value self, Args& args);
Ref str_endswith(Vm& vm, Value self, Args& args);
Ref str_replace(Vm& vm, Value self, Args& args);
Ref str_removeprefix(Vm& vm, Value self, Args& args);
Ref str_removesuffix(Vm& vm, Value self, Args& args);
Ref str_partition(Vm& vm, Value self, Value separator);
Ref str_rpartition(Vm& vm, Value self, Value separator);
// str_split.cpp
Ref str_split(Vm& vm, Value self, Args& args);
Ref str_rsplit(Vm& vm, Value self, Args& args);
Ref str_splitlines(Vm& vm, Value self, Args& args);
Ref str_strip(Vm& vm, Value self, Args& args);
Ref str_lstrip(Vm& vm, Value self, Args& args);
Ref str_rstrip(Vm& vm, Value self, Args& args);
Ref str_join_method(Vm& vm, Value self, Value iterable);
// str_layout.cpp
Ref str_center(Vm& vm, Value self, Args& args);
Ref str_ljust(Vm& vm, Value self, Args& args);
Ref str_rjust(Vm& vm, Value self, Args& args);
Ref str_zfill(Vm& vm, Value self, Args& args);
Ref str_expandtabs(Vm& vm, Value self, Args& args);
Ref str_translate(Vm& vm, Value self, Value table);
Ref str_maketrans(Vm& vm, Value self, Args& args);
// str_format.cpp
Ref str_format(Vm& vm, Value self, const CallArgs& args);
Ref str_format_map(Vm& vm, Value self, Value mapping);

/// TypeError of a function that wants a str: "must be str, not int" in CPython's wording.
[[nodiscard]] inline StrObject* as_str(Value value) { return value.as<StrObject>(); }

}  // namespace ouro::vm
