// str: splitting, stripping, joining.
#include <algorithm>

#include "unicode/characters.h"
#include "vm/objects/list.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/text_search.h"

namespace ouro::vm {
namespace {

bool is_space(std::uint32_t c) {
  if (c < 0x80) return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x1F);
  return unicode::is_kind(c, unicode::kSpace);
}
bool is_line_break(std::uint32_t c) {
  if (c < 0x80) return (c >= 10 && c <= 13) || (c >= 0x1C && c <= 0x1E);
  return unicode::is_kind(c, unicode::kLineBreak);
}

bool append_part(Vm& vm, ListObject* list, StrObject* text, std::size_t start, std::size_t end) {
  Own<StrObject> part = substring(vm, text, start, end);
  return part && list_append(vm, list, Ref(std::move(part)));
}

Ref split_spaces(Vm& vm, StrObject* text, std::size_t most) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  const bool good = with_units(text, [&](const auto* data) {
    std::size_t i = 0;
    const std::size_t size = text->length;
    for (;;) {
      while (i < size && is_space(data[i])) ++i;
      if (i == size) return true;
      const std::size_t start = i;
      if (list->size == most) return append_part(vm, list, text, start, size);
      while (i < size && !is_space(data[i])) ++i;
      if (!append_part(vm, list, text, start, i)) return false;
    }
  });
  VM_CHECK(good);
  return list;
}

Ref rsplit_spaces(Vm& vm, StrObject* text, std::size_t most) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  std::size_t i = text->length;
  for (;;) {
    while (i > 0 && is_space(text->at(i - 1))) --i;
    if (i == 0) break;
    const std::size_t end = i;
    if (list->size == most) {
      VM_CHECK(append_part(vm, list, text, 0, end));
      break;
    }
    while (i > 0 && !is_space(text->at(i - 1))) --i;
    VM_CHECK(append_part(vm, list, text, i, end));
  }
  std::reverse(list->items, list->items + list->size);
  return list;
}

Ref split_by(Vm& vm, StrObject* text, StrObject* separator, std::size_t most) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  if (separator->length == 0) return raise(vm, vm.exc.ValueError, "empty separator");
  const bool good = with_units(text, [&](const auto* data) {
    using Unit = std::remove_cvref_t<decltype(*data)>;
    std::size_t position = 0;
    if (separator->kind <= text->kind) {
      const Widened<Unit> wide(separator);
      while (list->size < most) {
        const auto found = find_units(data + position, text->length - position, wide.data(), wide.size());
        if (found < 0) break;
        if (!append_part(vm, list, text, position, position + static_cast<std::size_t>(found))) return false;
        position += static_cast<std::size_t>(found) + separator->length;
      }
    }
    return append_part(vm, list, text, position, text->length);
  });
  VM_CHECK(good);
  return list;
}

Ref rsplit_by(Vm& vm, StrObject* text, StrObject* separator, std::size_t most) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  if (separator->length == 0) return raise(vm, vm.exc.ValueError, "empty separator");
  const bool good = with_units(text, [&](const auto* data) {
    using Unit = std::remove_cvref_t<decltype(*data)>;
    std::size_t end = text->length;
    if (separator->kind <= text->kind) {
      const Widened<Unit> wide(separator);
      while (list->size < most) {
        const auto found = rfind_units(data, end, wide.data(), wide.size());
        if (found < 0) break;
        if (!append_part(vm, list, text, static_cast<std::size_t>(found) + separator->length, end)) return false;
        end = static_cast<std::size_t>(found);
      }
    }
    return append_part(vm, list, text, 0, end);
  });
  VM_CHECK(good);
  std::reverse(list->items, list->items + list->size);
  return list;
}

Ref split_any(Vm& vm, Value self, Args& args, bool from_right) {
  StrObject* text = as_str(self);
  VM_TRY(const std::int64_t maxsplit, args.ssize(vm, 1, -1));
  const std::size_t most = maxsplit < 0 ? SIZE_MAX : static_cast<std::size_t>(maxsplit);
  VM_CHECK(charge_work(vm, text->length / 8));
  if (!args.has(0)) return from_right ? rsplit_spaces(vm, text, most) : split_spaces(vm, text, most);
  if (!is_str(args[0])) return raise(vm, vm.exc.TypeError, "must be str or None, not {}", type_name(vm, args[0]));
  return from_right ? rsplit_by(vm, text, as_str(args[0]), most) : split_by(vm, text, as_str(args[0]), most);
}

Ref strip_sides(Vm& vm, Value self, Args& args, bool left, bool right, std::string_view name) {
  StrObject* text = as_str(self);
  std::size_t start = 0;
  std::size_t end = text->length;
  const auto strip = [&](auto matches) {
    with_units(text, [&](const auto* data) {
      if (left)
        while (start < end && matches(data[start])) ++start;
      if (right)
        while (end > start && matches(data[end - 1])) --end;
    });
  };
  if (!args.has(0)) {
    strip(is_space);
    return substring(vm, text, start, end);
  }
  if (!is_str(args[0])) return raise(vm, vm.exc.TypeError, "{} arg must be None or str", name);
  const StrObject* set = as_str(args[0]);
  std::uint64_t ascii[2] = {0, 0};
  for (std::size_t i = 0; i < set->length; ++i)
    if (set->at(i) < 128) ascii[set->at(i) / 64] |= std::uint64_t{1} << (set->at(i) % 64);
  VM_CHECK(charge_work(vm, (set->length + text->length) / 16));
  strip([&](std::uint32_t c) {
    if (c < 128) return (ascii[c / 64] >> (c % 64) & 1U) != 0;
    if (set->is_ascii) return false;
    for (std::size_t i = 0; i < set->length; ++i)
      if (set->at(i) == c) return true;
    return false;
  });
  return substring(vm, text, start, end);
}

}  // namespace

Ref str_split(Vm& vm, Value self, Args& args) { return split_any(vm, self, args, false); }
Ref str_rsplit(Vm& vm, Value self, Args& args) { return split_any(vm, self, args, true); }

Ref str_splitlines(Vm& vm, Value self, Args& args) {
  StrObject* text = as_str(self);
  VM_TRY(const bool keep_ends, args.boolean(vm, 0, false));
  VM_TRY(Own<ListObject> list, new_list(vm));
  VM_CHECK(charge_work(vm, text->length / 8));
  const bool good = with_units(text, [&](const auto* data) {
    for (std::size_t i = 0; i < text->length;) {
      const std::size_t start = i;
      while (i < text->length && !is_line_break(data[i])) ++i;
      std::size_t end = i;
      if (i < text->length) {
        i += data[i] == '\r' && i + 1 < text->length && data[i + 1] == '\n' ? 2 : 1;
        if (keep_ends) end = i;
      }
      if (!append_part(vm, list, text, start, end)) return false;
    }
    return true;
  });
  VM_CHECK(good);
  return list;
}

Ref str_strip(Vm& vm, Value self, Args& args) { return strip_sides(vm, self, args, true, true, "strip"); }
Ref str_lstrip(Vm& vm, Value self, Args& args) { return strip_sides(vm, self, args, true, false, "lstrip"); }
Ref str_rstrip(Vm& vm, Value self, Args& args) { return strip_sides(vm, self, args, false, true, "rstrip"); }

Ref str_join(Vm& vm, StrObject* separator, Value sequence) {
  const std::span<const Value> items = sequence_items(sequence);
  if (items.empty()) return new_str(vm, {});
  if (items.size() == 1 && is_exact(vm, items[0], vm.types.str)) return Ref::share(items[0]);
  std::size_t length = 0;
  std::uint32_t max = items.size() > 1 ? max_of_class(separator) : 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!is_str(items[i]))
      return raise(vm, vm.exc.TypeError, "sequence item {}: expected str instance, {} found", i, type_name(vm, items[i]));
    const StrObject* item = as_str(items[i]);
    if (item->length > SIZE_MAX / 16 - length) return raise(vm, vm.exc.OverflowError, "join() result is too long for a Python string");
    length += item->length;
    max = std::max(max, max_of_class(item));
  }
  if (separator->length != 0 && (items.size() - 1) > (SIZE_MAX / 16 - length) / separator->length)
    return raise(vm, vm.exc.OverflowError, "join() result is too long for a Python string");
  length += separator->length * (items.size() - 1);
  VM_CHECK(charge_work(vm, items.size() + length / 64));
  if (length <= 1) {  // shared objects must not be written to
    StrBuilder out(vm);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i != 0) out.append(separator);
      out.append(as_str(items[i]));
    }
    return out.finish();
  }
  VM_TRY(Own<StrObject> out, allocate_str(vm, length, max));
  std::size_t at = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i != 0 && separator->length != 0) {
      copy_units(out, at, separator, 0, separator->length);
      at += separator->length;
    }
    const StrObject* item = as_str(items[i]);
    copy_units(out, at, item, 0, item->length);
    at += item->length;
  }
  return out;
}

Ref str_join_method(Vm& vm, Value self, Value iterable) {
  VM_TRY(Ref items, fast_sequence(vm, iterable, "can only join an iterable"));
  return str_join(vm, as_str(self), items);
}

}  // namespace ouro::vm
