// str: padding, tabs, translation tables.
#include <algorithm>

#include "vm/objects/dict.h"
#include "vm/objects/int.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

Ref pad(Vm& vm, StrObject* text, std::size_t left, std::size_t right, std::uint32_t fill) {
  if (left == 0 && right == 0) return plain_str(vm, text);
  StrBuilder out(vm);
  if (!vm.heap.has_room(left + right)) return raise_memory_error(vm);
  out.append_repeated(fill, left);
  out.append(text);
  out.append_repeated(fill, right);
  return out.finish();
}

bool fill_character(Vm& vm, Args& args, std::uint32_t& fill) {
  fill = ' ';
  if (!args.given(1)) return true;
  if (!is_str(args[1]))
    return raise(vm, vm.exc.TypeError, "The fill character must be a unicode character, not {}", type_name(vm, args[1]));
  if (as_str(args[1])->length != 1) return raise(vm, vm.exc.TypeError, "The fill character must be exactly one character long");
  fill = as_str(args[1])->at(0);
  return true;
}

// How many characters are missing to the width.
std::optional<std::size_t> missing(Vm& vm, StrObject* text, Args& args, std::uint32_t& fill) {
  VM_TRY(const std::int64_t width, args.ssize(vm, 0));
  VM_CHECK(fill_character(vm, args, fill));
  return width > static_cast<std::int64_t>(text->length) ? static_cast<std::size_t>(width) - text->length : 0;
}

// What a translation table says about a character: appended to `out`.
bool translate_one(Vm& vm, Value table, std::uint32_t c, StrBuilder& out) {
  Ref found = get_item(vm, table, Value::small(c));
  if (!found) {
    if (!catch_error(vm, vm.exc.LookupError)) return false;
    out.append(c);
    return true;
  }
  if (found.is_none()) return true;
  if (is_str(found)) {
    out.append(as_str(found));
    return true;
  }
  if (is_int(found)) {
    const auto code = int_to_int64(found);
    if (!code || *code < 0 || *code > 0x10FFFF)
      return raise(vm, vm.exc.ValueError, "character mapping must be in range(0x110000)");
    out.append(static_cast<std::uint32_t>(*code));
    return true;
  }
  return raise(vm, vm.exc.TypeError, "character mapping must return integer, None or str");
}

Ref table_of_dict(Vm& vm, Value mapping) {
  if (!is_exact(vm, mapping, vm.types.dict))
    return raise(vm, vm.exc.TypeError, "if you give only one argument to maketrans it must be a dict");
  VM_TRY(Own<DictObject> table, new_dict(vm));
  std::size_t position = 0;
  Value key;
  Value value;
  while (dict_next(mapping.as<DictObject>(), position, key, value)) {
    if (is_str(key)) {
      if (as_str(key)->length != 1)
        return raise(vm, vm.exc.ValueError, "string keys in translate table must be of length 1");
      VM_CHECK(dict_set(vm, table, Value::small(as_str(key)->at(0)), value));
    } else if (is_int(key)) {
      VM_CHECK(dict_set(vm, table, key, value));
    } else {
      return raise(vm, vm.exc.TypeError, "keys in translate table must be strings or integers");
    }
  }
  return table;
}

}  // namespace

Ref str_center(Vm& vm, Value self, Args& args) {
  std::uint32_t fill;
  StrObject* text = as_str(self);
  VM_TRY(const std::size_t margin, missing(vm, text, args, fill));
  const std::size_t left = margin / 2 + (margin & (margin + text->length) & 1U);
  return pad(vm, text, left, margin - left, fill);
}
Ref str_ljust(Vm& vm, Value self, Args& args) {
  std::uint32_t fill;
  VM_TRY(const std::size_t margin, missing(vm, as_str(self), args, fill));
  return pad(vm, as_str(self), 0, margin, fill);
}
Ref str_rjust(Vm& vm, Value self, Args& args) {
  std::uint32_t fill;
  VM_TRY(const std::size_t margin, missing(vm, as_str(self), args, fill));
  return pad(vm, as_str(self), margin, 0, fill);
}
Ref str_zfill(Vm& vm, Value self, Args& args) {
  StrObject* text = as_str(self);
  VM_TRY(const std::int64_t width, args.ssize(vm, 0));
  if (width <= static_cast<std::int64_t>(text->length)) return plain_str(vm, text);
  const std::size_t fill = static_cast<std::size_t>(width) - text->length;
  if (!vm.heap.has_room(fill)) return raise_memory_error(vm);
  const bool has_sign = text->length != 0 && (text->at(0) == '+' || text->at(0) == '-');
  StrBuilder out(vm);
  out.append(text, 0, has_sign ? 1 : 0);
  out.append_repeated('0', fill);
  out.append(text, has_sign ? 1 : 0, text->length);
  return out.finish();
}

Ref str_expandtabs(Vm& vm, Value self, Args& args) {
  StrObject* text = as_str(self);
  VM_TRY(const int tab_size, args.integer(vm, 0, 8));
  bool has_tabs = false;
  for (std::size_t i = 0; i < text->length && !has_tabs; ++i) has_tabs = text->at(i) == '\t';
  if (!has_tabs) return plain_str(vm, text);
  StrBuilder out(vm);
  std::size_t column = 0;
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (c == '\t') {
      if (tab_size <= 0) continue;
      const std::size_t fill = static_cast<std::size_t>(tab_size) - column % static_cast<std::size_t>(tab_size);
      if (fill > SIZE_MAX / 16 - out.length()) return raise(vm, vm.exc.OverflowError, "new string is too long");
      if (!vm.heap.has_room(fill)) return raise_memory_error(vm);
      VM_CHECK(charge_work(vm, fill / 64));
      out.append_repeated(' ', fill);
      column += fill;
    } else {
      out.append(c);
      column = c == '\n' || c == '\r' ? 0 : column + 1;
    }
  }
  return out.finish();
}

Ref str_translate(Vm& vm, Value self, Value table) {
  const StrObject* text = as_str(self);
  StrBuilder out(vm);
  // Answers for ASCII are asked once each when the table is a plain dict, which nothing can change meanwhile.
  if (!is_exact(vm, table, vm.types.dict)) {
    for (std::size_t i = 0; i < text->length; ++i) VM_CHECK(translate_one(vm, table, text->at(i), out));
    return out.finish();
  }
  std::int32_t known[128];  // -1: not asked, -2: as it is, -3: anything else, -4: gone, else a character
  std::fill(std::begin(known), std::end(known), -1);
  VM_CHECK(charge_work(vm, text->length / 4));
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (c < 128) {
      if (known[c] == -1) {
        const Value found = dict_get(vm, table.as<DictObject>(), Value::small(c));
        if (found.is_null() && has_error(vm)) return {};
        known[c] = found.is_null()   ? -2
                   : found.is_none() ? -4
                   : found.is_small() && found.small_value() >= 0 && found.small_value() < 0x110000
                       ? static_cast<std::int32_t>(found.small_value())
                   : is_str(found) && as_str(found)->length == 1 ? static_cast<std::int32_t>(as_str(found)->at(0))
                                                                 : -3;
      }
      if (known[c] == -4) continue;
      if (known[c] != -3) {
        out.append(known[c] == -2 ? c : static_cast<std::uint32_t>(known[c]));
        continue;
      }
    }
    VM_CHECK(translate_one(vm, table, c, out));
  }
  return out.finish();
}

Ref str_maketrans(Vm& vm, Value, Args& args) {
  if (!args.given(1)) return table_of_dict(vm, args[0]);
  if (!is_str(args[1])) return raise(vm, vm.exc.TypeError, "maketrans() argument 2 must be str, not {}", type_name(vm, args[1]));
  if (!is_str(args[0]))
    return raise(vm, vm.exc.TypeError, "first maketrans argument must be a string if there is a second argument");
  if (args.given(2) && !is_str(args[2]))
    return raise(vm, vm.exc.TypeError, "maketrans() argument 3 must be str, not {}", type_name(vm, args[2]));
  const StrObject* from = as_str(args[0]);
  const StrObject* to = as_str(args[1]);
  if (from->length != to->length)
    return raise(vm, vm.exc.ValueError, "the first two maketrans arguments must have equal length");
  VM_TRY(Own<DictObject> table, new_dict(vm));
  for (std::size_t i = 0; i < from->length; ++i)
    VM_CHECK(dict_set(vm, table, Value::small(from->at(i)), Value::small(to->at(i))));
  if (args.given(2)) {
    const StrObject* gone = as_str(args[2]);
    for (std::size_t i = 0; i < gone->length; ++i) VM_CHECK(dict_set(vm, table, Value::small(gone->at(i)), kNone));
  }
  return table;
}

}  // namespace ouro::vm
