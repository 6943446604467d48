// bytes and bytearray: searching and replacing.
#include "vm/objects/bytes_internal.h"
#include "vm/objects/int.h"
#include "vm/objects/text_search.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

void adjust(std::int64_t& start, std::int64_t& end, std::size_t length) {
  const auto size = static_cast<std::int64_t>(length);
  if (end > size) {
    end = size;
  } else if (end < 0) {
    end = end + size < 0 ? 0 : end + size;
  }
  if (start < 0) start = start + size < 0 ? 0 : start + size;
}

std::optional<std::int64_t> search(Vm& vm, Value self, Args& args, bool from_end) {
  ByteNeedle needle;
  std::int64_t start = 0;
  std::int64_t end = INT64_MAX;
  VM_CHECK(parse_byte_needle(vm, args[0], needle) && slice_index(vm, args[1], start) && slice_index(vm, args[2], end));
  const std::string_view text = byte_view(self);
  adjust(start, end, text.size());
  VM_CHECK(charge_work(vm, text.size() / 64));
  if (start > end) return -1;
  const std::string_view what = needle.bytes();
  const auto size = static_cast<std::size_t>(end - start);
  const std::int64_t found = from_end ? rfind_units(text.data() + start, size, what.data(), what.size())
                                      : find_units(text.data() + start, size, what.data(), what.size());
  return found < 0 ? -1 : found + start;
}

Ref matches_end(Vm& vm, Value self, Args& args, bool at_end) {
  std::int64_t start = 0;
  std::int64_t end = INT64_MAX;
  VM_CHECK(slice_index(vm, args[1], start) && slice_index(vm, args[2], end));
  const std::string_view name = at_end ? "endswith" : "startswith";
  const auto matches = [&](Value part, bool& out) {
    BufferView view;
    if (!get_buffer(vm, part, view)) return false;
    const std::string_view text = byte_view(self);
    std::int64_t low = start;
    std::int64_t high = end;
    adjust(low, high, text.size());
    const auto size = static_cast<std::int64_t>(view.length);
    out = high - low >= size &&
          text.substr(static_cast<std::size_t>(at_end ? high - size : low), view.length) == view.bytes();
    return true;
  };
  bool out = false;
  if (is_tuple(args[0])) {
    for (const Value part : args[0].as<TupleObject>()->view()) {
      VM_CHECK(matches(part, out));
      if (out) return Ref::boolean(true);
    }
    return Ref::boolean(false);
  }
  if (!has_buffer(vm, args[0]))
    return raise(vm, vm.exc.TypeError, "{} first arg must be bytes or a tuple of bytes, not {}", name, type_name(vm, args[0]));
  VM_CHECK(matches(args[0], out));
  return Ref::boolean(out);
}

// Two passes: the length, then the content.
Ref replace_all(Vm& vm, Value self, std::string_view what, std::string_view by, std::int64_t count) {
  const std::string_view text = byte_view(self);
  std::size_t most = count < 0 ? SIZE_MAX : static_cast<std::size_t>(count);
  VM_CHECK(charge_work(vm, text.size() / 16));
  std::size_t times;
  if (what.empty()) {
    times = std::min(most, text.size() + 1);
  } else {
    times = count_units(text.data(), text.size(), what.data(), what.size(), most);
  }
  if (times == 0) return same_bytes(vm, self);
  if (by.size() > what.size() && times > (SIZE_MAX / 8 - text.size()) / (by.size() - what.size()))
    return raise(vm, vm.exc.OverflowError, "replace bytes is too long");
  const std::size_t length = text.size() + times * by.size() - times * what.size();
  NewBytes out = allocate_like(vm, self, length);
  VM_CHECK(out);
  char* to = out.data;
  const auto put = [&](std::string_view part) {
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    to += part.size();
  };
  std::size_t position = 0;
  for (; times > 0; --times) {
    if (what.empty()) {
      put(by);
      if (position < text.size()) put(text.substr(position++, 1));
      continue;
    }
    const auto found = static_cast<std::size_t>(
        find_units(text.data() + position, text.size() - position, what.data(), what.size()));
    put(text.substr(position, found));
    put(by);
    position += found + what.size();
  }
  put(text.substr(position));
  return std::move(out.object);
}

Ref partition_by(Vm& vm, Value self, Value separator, bool from_end) {
  BufferView view;
  VM_CHECK(get_buffer(vm, separator, view));
  if (view.length == 0) return raise(vm, vm.exc.ValueError, "empty separator");
  const std::string_view text = byte_view(self);
  const std::string_view what = view.bytes();
  const std::int64_t found = from_end ? rfind_units(text.data(), text.size(), what.data(), what.size())
                                      : find_units(text.data(), text.size(), what.data(), what.size());
  if (found < 0) {
    VM_TRY(Ref whole, same_bytes(vm, self));
    VM_TRY(Ref one, bytes_like(vm, self, {}));
    VM_TRY(Ref two, bytes_like(vm, self, {}));
    if (from_end) return new_tuple(vm, {one, two, whole});
    return new_tuple(vm, {whole, one, two});
  }
  const auto at = static_cast<std::size_t>(found);
  VM_TRY(Ref before, bytes_like(vm, self, text.substr(0, at)));
  Ref middle = is_bytes(self) ? Ref::share(separator) : bytes_like(vm, self, what);
  VM_CHECK(middle);
  VM_TRY(Ref after, bytes_like(vm, self, text.substr(at + what.size())));
  return new_tuple(vm, {before, middle, after});
}

}  // namespace

bool parse_byte_needle(Vm& vm, Value value, ByteNeedle& out) {
  if (has_buffer(vm, value)) return get_buffer(vm, value, out.view);
  if (!has_index(vm, value))
    return raise(vm, vm.exc.TypeError, "argument should be integer or bytes-like object, not '{}'", type_name(vm, value));
  const auto byte = to_byte(vm, value);
  if (!byte) return false;
  out.single = static_cast<char>(*byte);
  out.is_single = true;
  return true;
}

std::optional<std::uint8_t> to_byte(Vm& vm, Value value) {
  if (value.is_small() && value.small_value() >= 0 && value.small_value() < 256)
    return static_cast<std::uint8_t>(value.small_value());
  VM_TRY(Ref index, to_index(vm, value));
  const auto number = int_to_int64(index);
  if (!number || *number < 0 || *number > 255) return raise(vm, vm.exc.ValueError, "byte must be in range(0, 256)");
  return static_cast<std::uint8_t>(*number);
}

Ref bytes_find(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t found, search(vm, self, args, false));
  return Ref::small(found);
}
Ref bytes_rfind(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t found, search(vm, self, args, true));
  return Ref::small(found);
}
Ref bytes_index(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t found, search(vm, self, args, false));
  if (found < 0) return raise(vm, vm.exc.ValueError, "subsection not found");
  return Ref::small(found);
}
Ref bytes_rindex(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t found, search(vm, self, args, true));
  if (found < 0) return raise(vm, vm.exc.ValueError, "subsection not found");
  return Ref::small(found);
}
Ref bytes_count(Vm& vm, Value self, Args& args) {
  ByteNeedle needle;
  std::int64_t start = 0;
  std::int64_t end = INT64_MAX;
  VM_CHECK(parse_byte_needle(vm, args[0], needle) && slice_index(vm, args[1], start) && slice_index(vm, args[2], end));
  const std::string_view text = byte_view(self);
  adjust(start, end, text.size());
  VM_CHECK(charge_work(vm, text.size() / 32));
  if (start > end) return Ref::small(0);
  const std::string_view what = needle.bytes();
  if (what.empty()) return Ref::small(end - start + 1);
  return Ref::small(static_cast<std::int64_t>(
      count_units(text.data() + start, static_cast<std::size_t>(end - start), what.data(), what.size(), SIZE_MAX)));
}
bool bytes_contains(Vm& vm, Value self, Value item, bool& out) {
  const std::string_view text = byte_view(self);
  if (!charge_work(vm, text.size() / 64)) return false;
  if (!has_buffer(vm, item) && !has_index(vm, item))
    return raise(vm, vm.exc.TypeError, "a bytes-like object is required, not '{}'", type_name(vm, item));
  ByteNeedle needle;
  if (!parse_byte_needle(vm, item, needle)) return false;
  const std::string_view what = needle.bytes();
  out = find_units(text.data(), text.size(), what.data(), what.size()) >= 0;
  return true;
}
Ref bytes_startswith(Vm& vm, Value self, Args& args) { return matches_end(vm, self, args, false); }
Ref bytes_endswith(Vm& vm, Value self, Args& args) { return matches_end(vm, self, args, true); }

Ref bytes_replace(Vm& vm, Value self, Args& args) {
  BufferView what;
  BufferView by;
  VM_CHECK(get_buffer(vm, args[0], what) && get_buffer(vm, args[1], by));
  VM_TRY(const std::int64_t count, args.ssize(vm, 2, -1));
  return replace_all(vm, self, what.bytes(), by.bytes(), count);
}
Ref bytes_removeprefix(Vm& vm, Value self, Args& args) {
  BufferView prefix;
  VM_CHECK(get_buffer(vm, args[0], prefix));
  const std::string_view text = byte_view(self);
  if (prefix.length == 0 || text.substr(0, prefix.length) != prefix.bytes()) return same_bytes(vm, self);
  return bytes_like(vm, self, text.substr(prefix.length));
}
Ref bytes_removesuffix(Vm& vm, Value self, Args& args) {
  BufferView suffix;
  VM_CHECK(get_buffer(vm, args[0], suffix));
  const std::string_view text = byte_view(self);
  if (suffix.length == 0 || suffix.length > text.size() || text.substr(text.size() - suffix.length) != suffix.bytes())
    return same_bytes(vm, self);
  return bytes_like(vm, self, text.substr(0, text.size() - suffix.length));
}
Ref bytes_partition(Vm& vm, Value self, Value separator) { return partition_by(vm, self, separator, false); }
Ref bytes_rpartition(Vm& vm, Value self, Value separator) { return partition_by(vm, self, separator, true); }

}  // namespace ouro::vm
