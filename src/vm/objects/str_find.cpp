// str: searching and replacing.
#include <algorithm>

#include "vm/objects/str_internal.h"
#include "vm/objects/text_search.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct Needle {
  StrObject* text = nullptr;
  std::int64_t start = 0;
  std::int64_t end = INT64_MAX;
};

// The arguments of find and its like.
bool parse_needle(Vm& vm, StrObject* self, Args& args, Needle& out) {
  out.text = args.string(vm, 0);
  if (out.text == nullptr) return false;
  if (!slice_index(vm, args[1], out.start) || !slice_index(vm, args[2], out.end)) return false;
  adjust_bounds(out.start, out.end, self->length);
  return true;
}

std::int64_t find_from_end(const StrObject* text, const StrObject* needle, std::size_t start, std::size_t end) {
  if (start > end || needle->length > end - start || needle->kind > text->kind) return -1;
  return with_units(text, [&](const auto* data) -> std::int64_t {
    using Unit = std::remove_cvref_t<decltype(*data)>;
    const Widened<Unit> wide(needle);
    const std::int64_t found = rfind_units(data + start, end - start, wide.data(), wide.size());
    return found < 0 ? -1 : found + static_cast<std::int64_t>(start);
  });
}

std::optional<std::int64_t> search(Vm& vm, Value self, Args& args, bool from_end) {
  StrObject* text = as_str(self);
  Needle needle;
  VM_CHECK(parse_needle(vm, text, args, needle));
  VM_CHECK(charge_work(vm, text->length / 64));
  if (needle.start > needle.end) return -1;
  const auto start = static_cast<std::size_t>(needle.start);
  const auto end = static_cast<std::size_t>(needle.end);
  return from_end ? find_from_end(text, needle.text, start, end) : str_find(text, needle.text, start, end);
}

Ref matches_end(Vm& vm, Value self, Args& args, bool at_end) {
  StrObject* text = as_str(self);
  std::int64_t start = 0;
  std::int64_t end = INT64_MAX;
  VM_CHECK(slice_index(vm, args[1], start) && slice_index(vm, args[2], end));
  adjust_bounds(start, end, text->length);
  const auto matches = [&](const StrObject* part) {
    if (end - start < static_cast<std::int64_t>(part->length)) return false;
    return matches_at(text, static_cast<std::size_t>(at_end ? end : start) - (at_end ? part->length : 0), part);
  };
  const std::string_view name = at_end ? "endswith" : "startswith";
  if (is_str(args[0])) return Ref::boolean(matches(as_str(args[0])));
  if (!is_tuple(args[0]))
    return raise(vm, vm.exc.TypeError, "{} first arg must be str or a tuple of str, not {}", name, type_name(vm, args[0]));
  for (const Value part : args[0].as<TupleObject>()->view()) {
    if (!is_str(part)) return raise(vm, vm.exc.TypeError, "tuple for {} must only contain str, not {}", name, type_name(vm, part));
    if (matches(as_str(part))) return Ref::boolean(true);
  }
  return Ref::boolean(false);
}

Own<StrObject> replace_empty(Vm& vm, StrObject* text, StrObject* by, std::size_t most) {
  StrBuilder out(vm);
  std::size_t done = 0;
  for (std::size_t i = 0; i <= text->length; ++i) {
    if (done < most) {
      if (!out.append(by)) break;
      ++done;
    }
    if (i < text->length && !out.append(text->at(i))) break;
  }
  return out.finish();
}

Own<StrObject> replace_characters(Vm& vm, StrObject* text, std::uint8_t from, std::uint8_t to, std::size_t most) {
  VM_TRY(Own<StrObject> out, allocate_str(vm, text->length, 0x7F));
  std::memcpy(out->raw(), text->raw(), text->length);
  std::uint8_t* data = out->data1();
  const std::uint8_t* end = data + text->length;
  for (; most > 0; --most) {
    data = static_cast<std::uint8_t*>(std::memchr(data, from, static_cast<std::size_t>(end - data)));
    if (data == nullptr) break;
    *data++ = to;
  }
  return out;
}

Own<StrObject> replace_all(Vm& vm, StrObject* text, StrObject* what, StrObject* by, std::int64_t count) {
  const std::size_t most = count < 0 ? SIZE_MAX : static_cast<std::size_t>(count);
  VM_CHECK(charge_work(vm, text->length / 16));
  if (most == 0 || str_equal(what, by)) return plain_str(vm, text);
  if (what->length == 0) return replace_empty(vm, text, by, most);
  std::int64_t found = str_find(text, what, 0, text->length);
  if (found < 0) return plain_str(vm, text);
  if (text->is_ascii && what->length == 1 && by->length == 1 && by->is_ascii && text->length > 1)
    return replace_characters(vm, text, what->data1()[0], by->data1()[0], most);
  return with_units(text, [&](const auto* data) -> Own<StrObject> {
    using Unit = std::remove_cvref_t<decltype(*data)>;
    const Widened<Unit> wide(what);
    StrBuilder out(vm);
    std::size_t position = 0;
    for (std::size_t done = 0; done < most; ++done) {
      const auto next = find_units(data + position, text->length - position, wide.data(), wide.size());
      if (next < 0) break;
      if (!out.append(text, position, position + static_cast<std::size_t>(next)) || !out.append(by)) break;
      position += static_cast<std::size_t>(next) + what->length;
    }
    out.append(text, position, text->length);
    return out.finish();
  });
}

Ref partition_at(Vm& vm, StrObject* text, StrObject* separator, std::int64_t found, bool keep_left) {
  if (found < 0) {
    VM_TRY(Own<StrObject> whole, plain_str(vm, text));
    if (keep_left) return new_tuple(vm, {Value(whole.get()), vm.names.empty, vm.names.empty});
    return new_tuple(vm, {vm.names.empty, vm.names.empty, Value(whole.get())});
  }
  const auto at = static_cast<std::size_t>(found);
  VM_TRY(Own<StrObject> before, substring(vm, text, 0, at));
  VM_TRY(Own<StrObject> after, substring(vm, text, at + separator->length, text->length));
  return new_tuple(vm, {Value(before.get()), Value(separator), Value(after.get())});
}

}  // namespace

bool slice_index(Vm& vm, Value value, std::int64_t& out) {
  if (value.is_null() || value.is_none()) return true;
  if (value.is_small()) {
    out = value.small_value();
    return true;
  }
  if (!has_index(vm, value))
    return raise(vm, vm.exc.TypeError, "slice indices must be integers or None or have an __index__ method");
  const auto index = to_ssize(vm, value, nullptr);
  if (!index) return false;
  out = *index;
  return true;
}

Ref str_find_method(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t found, search(vm, self, args, false));
  return Ref::small(found);
}
Ref str_rfind(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t found, search(vm, self, args, true));
  return Ref::small(found);
}
Ref str_index(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t found, search(vm, self, args, false));
  if (found < 0) return raise(vm, vm.exc.ValueError, "substring not found");
  return Ref::small(found);
}
Ref str_rindex(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t found, search(vm, self, args, true));
  if (found < 0) return raise(vm, vm.exc.ValueError, "substring not found");
  return Ref::small(found);
}
Ref str_count(Vm& vm, Value self, Args& args) {
  StrObject* text = as_str(self);
  Needle needle;
  VM_CHECK(parse_needle(vm, text, args, needle));
  VM_CHECK(charge_work(vm, text->length / 32));
  if (needle.start > needle.end) return Ref::small(0);
  const auto start = static_cast<std::size_t>(needle.start);
  const auto size = static_cast<std::size_t>(needle.end) - start;
  if (needle.text->length == 0) return Ref::small(static_cast<std::int64_t>(size) + 1);
  if (needle.text->kind > text->kind || needle.text->length > size) return Ref::small(0);
  return with_units(text, [&](const auto* data) {
    using Unit = std::remove_cvref_t<decltype(*data)>;
    const Widened<Unit> wide(needle.text);
    return Ref::small(static_cast<std::int64_t>(count_units(data + start, size, wide.data(), wide.size(), SIZE_MAX)));
  });
}
Ref str_startswith(Vm& vm, Value self, Args& args) { return matches_end(vm, self, args, false); }
Ref str_endswith(Vm& vm, Value self, Args& args) { return matches_end(vm, self, args, true); }

Ref str_replace(Vm& vm, Value self, Args& args) {
  VM_TRY(StrObject * what, args.string(vm, 0));
  VM_TRY(StrObject * by, args.string(vm, 1));
  VM_TRY(const std::int64_t count, args.ssize(vm, 2, -1));
  return replace_all(vm, as_str(self), what, by, count);
}
Ref str_removeprefix(Vm& vm, Value self, Args& args) {
  VM_TRY(StrObject * prefix, args.string(vm, 0));
  StrObject* text = as_str(self);
  if (prefix->length > text->length || !matches_at(text, 0, prefix)) return plain_str(vm, text);
  return substring(vm, text, prefix->length, text->length);
}
Ref str_removesuffix(Vm& vm, Value self, Args& args) {
  VM_TRY(StrObject * suffix, args.string(vm, 0));
  StrObject* text = as_str(self);
  if (suffix->length == 0 || suffix->length > text->length || !matches_at(text, text->length - suffix->length, suffix))
    return plain_str(vm, text);
  return substring(vm, text, 0, text->length - suffix->length);
}
Ref str_partition(Vm& vm, Value self, Value separator) {
  if (!is_str(separator)) return raise(vm, vm.exc.TypeError, "must be str, not {}", type_name(vm, separator));
  StrObject* text = as_str(self);
  if (as_str(separator)->length == 0) return raise(vm, vm.exc.ValueError, "empty separator");
  return partition_at(vm, text, as_str(separator), str_find(text, as_str(separator), 0, text->length), true);
}
Ref str_rpartition(Vm& vm, Value self, Value separator) {
  if (!is_str(separator)) return raise(vm, vm.exc.TypeError, "must be str, not {}", type_name(vm, separator));
  StrObject* text = as_str(self);
  if (as_str(separator)->length == 0) return raise(vm, vm.exc.ValueError, "empty separator");
  return partition_at(vm, text, as_str(separator), find_from_end(text, as_str(separator), 0, text->length), false);
}

}  // namespace ouro::vm
