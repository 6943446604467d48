// bytes and bytearray: splitting, stripping, joining.
#include <algorithm>

#include "vm/objects/bytes_internal.h"
#include "vm/objects/list.h"
#include "vm/objects/text_search.h"

namespace ouro::vm {
namespace {

bool is_space(char c) { return c == ' ' || (c >= 9 && c <= 13); }

bool append_part(Vm& vm, ListObject* list, Value self, std::size_t start, std::size_t end) {
  const std::string_view text = byte_view(self);
  Ref part = start == 0 && end == text.size() ? same_bytes(vm, self) : bytes_like(vm, self, text.substr(start, end - start));
  return part && list_append(vm, list, std::move(part));
}

bool split_spaces(Vm& vm, Value self, ListObject* list, std::size_t most) {
  const std::string_view text = byte_view(self);
  for (std::size_t i = 0;;) {
    while (i < text.size() && is_space(text[i])) ++i;
    if (i == text.size()) return true;
    const std::size_t start = i;
    if (list->size == most) return append_part(vm, list, self, start, text.size());
    while (i < text.size() && !is_space(text[i])) ++i;
    if (!append_part(vm, list, self, start, i)) return false;
  }
}
bool rsplit_spaces(Vm& vm, Value self, ListObject* list, std::size_t most) {
  const std::string_view text = byte_view(self);
  for (std::size_t i = text.size();;) {
    while (i > 0 && is_space(text[i - 1])) --i;
    if (i == 0) return true;
    const std::size_t end = i;
    if (list->size == most) return append_part(vm, list, self, 0, end);
    while (i > 0 && !is_space(text[i - 1])) --i;
    if (!append_part(vm, list, self, i, end)) return false;
  }
}
bool split_by(Vm& vm, Value self, ListObject* list, std::string_view what, std::size_t most) {
  const std::string_view text = byte_view(self);
  std::size_t position = 0;
  while (list->size < most) {
    const auto found = find_units(text.data() + position, text.size() - position, what.data(), what.size());
    if (found < 0) break;
    if (!append_part(vm, list, self, position, position + static_cast<std::size_t>(found))) return false;
    position += static_cast<std::size_t>(found) + what.size();
  }
  return append_part(vm, list, self, position, text.size());
}
bool rsplit_by(Vm& vm, Value self, ListObject* list, std::string_view what, std::size_t most) {
  const std::string_view text = byte_view(self);
  std::size_t end = text.size();
  while (list->size < most) {
    const auto found = rfind_units(text.data(), end, what.data(), what.size());
    if (found < 0) break;
    if (!append_part(vm, list, self, static_cast<std::size_t>(found) + what.size(), end)) return false;
    end = static_cast<std::size_t>(found);
  }
  return append_part(vm, list, self, 0, end);
}

Ref split_any(Vm& vm, Value self, Args& args, bool from_right) {
  VM_TRY(const std::int64_t maxsplit, args.ssize(vm, 1, -1));
  const std::size_t most = maxsplit < 0 ? SIZE_MAX : static_cast<std::size_t>(maxsplit);
  VM_TRY(Own<ListObject> list, new_list(vm));
  VM_CHECK(charge_work(vm, byte_view(self).size() / 8));
  if (args.has(0)) {
    BufferView separator;
    VM_CHECK(get_buffer(vm, args[0], separator));
    if (separator.length == 0) return raise(vm, vm.exc.ValueError, "empty separator");
    VM_CHECK(from_right ? rsplit_by(vm, self, list, separator.bytes(), most) : split_by(vm, self, list, separator.bytes(), most));
  } else {
    VM_CHECK(from_right ? rsplit_spaces(vm, self, list, most) : split_spaces(vm, self, list, most));
  }
  if (from_right) std::reverse(list->items, list->items + list->size);
  return list;
}

Ref strip_sides(Vm& vm, Value self, Args& args, bool left, bool right) {
  bool unwanted[256] = {};
  if (args.has(0)) {
    BufferView set;
    VM_CHECK(get_buffer(vm, args[0], set));
    for (const char c : set.bytes()) unwanted[static_cast<unsigned char>(c)] = true;
  } else {
    for (const unsigned char c : {9, 10, 11, 12, 13, 32}) unwanted[c] = true;
  }
  const std::string_view text = byte_view(self);
  std::size_t start = 0;
  std::size_t end = text.size();
  if (left)
    while (start < end && unwanted[static_cast<unsigned char>(text[start])]) ++start;
  if (right)
    while (end > start && unwanted[static_cast<unsigned char>(text[end - 1])]) --end;
  if (start == 0 && end == text.size()) return same_bytes(vm, self);
  return bytes_like(vm, self, text.substr(start, end - start));
}

}  // namespace

Ref bytes_split(Vm& vm, Value self, Args& args) { return split_any(vm, self, args, false); }
Ref bytes_rsplit(Vm& vm, Value self, Args& args) { return split_any(vm, self, args, true); }
Ref bytes_strip(Vm& vm, Value self, Args& args) { return strip_sides(vm, self, args, true, true); }
Ref bytes_lstrip(Vm& vm, Value self, Args& args) { return strip_sides(vm, self, args, true, false); }
Ref bytes_rstrip(Vm& vm, Value self, Args& args) { return strip_sides(vm, self, args, false, true); }

Ref bytes_splitlines(Vm& vm, Value self, Args& args) {
  VM_TRY(const bool keep_ends, args.boolean(vm, 0, false));
  VM_TRY(Own<ListObject> list, new_list(vm));
  const std::string_view text = byte_view(self);
  VM_CHECK(charge_work(vm, text.size() / 8));
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    while (i < text.size() && text[i] != '\n' && text[i] != '\r') ++i;
    std::size_t end = i;
    if (i < text.size()) {
      i += text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
      if (keep_ends) end = i;
    }
    VM_CHECK(append_part(vm, list, self, start, end));
  }
  return list;
}

Ref bytes_join(Vm& vm, Value self, Value iterable) {
  VM_TRY(Ref sequence, fast_sequence(vm, iterable, "can only join an iterable"));
  const std::span<const Value> items = sequence_items(sequence);
  if (items.empty()) return bytes_like(vm, self, {});
  if (items.size() == 1 && is_bytes(self) && is_exact(vm, items[0], vm.types.bytes)) return Ref::share(items[0]);
  const std::string_view separator = byte_view(self);
  std::vector<BufferView> views(items.size());
  std::size_t length = separator.size() * (items.size() - 1);
  VM_CHECK(charge_work(vm, items.size()));
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!has_buffer(vm, items[i]))
      return raise(vm, vm.exc.TypeError, "sequence item {}: expected a bytes-like object, {} found", i, type_name(vm, items[i]));
    VM_CHECK(get_buffer(vm, items[i], views[i]));
    length += views[i].length;
    if (length > SIZE_MAX / 8) return raise(vm, vm.exc.OverflowError, "join() result is too long for bytes");
  }
  NewBytes out = allocate_like(vm, self, length);
  VM_CHECK(out);
  char* to = out.data;
  for (std::size_t i = 0; i < views.size(); ++i) {
    if (i != 0 && !separator.empty()) {
      std::memcpy(to, separator.data(), separator.size());
      to += separator.size();
    }
    if (views[i].length != 0) std::memcpy(to, views[i].data, views[i].length);
    to += views[i].length;
  }
  return std::move(out.object);
}

}  // namespace ouro::vm
