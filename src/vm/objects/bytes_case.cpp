// bytes and bytearray: ASCII case and the is... methods.
#include "vm/objects/bytes_internal.h"

namespace ouro::vm {
namespace {

bool is_upper(unsigned char c) { return static_cast<unsigned char>(c - 'A') < 26; }
bool is_lower(unsigned char c) { return static_cast<unsigned char>(c - 'a') < 26; }
bool is_alpha(unsigned char c) { return is_upper(c) || is_lower(c); }
bool is_digit(unsigned char c) { return static_cast<unsigned char>(c - '0') < 10; }
bool is_space(unsigned char c) { return c == ' ' || (c >= 9 && c <= 13); }
char to_lower(unsigned char c) { return static_cast<char>(is_upper(c) ? c + 32 : c); }
char to_upper(unsigned char c) { return static_cast<char>(is_lower(c) ? c - 32 : c); }

template <class Map>
Ref map_bytes(Vm& vm, Value self, Map map) {
  const std::string_view text = byte_view(self);
  NewBytes out = allocate_like(vm, self, text.size());
  VM_CHECK(out);
  for (std::size_t i = 0; i < text.size(); ++i) out.data[i] = map(static_cast<unsigned char>(text[i]));
  return std::move(out.object);
}
template <class Test>
Ref all_bytes(Value self, Test test) {
  const std::string_view text = byte_view(self);
  for (const char c : text)
    if (!test(static_cast<unsigned char>(c))) return Ref::boolean(false);
  return Ref::boolean(!text.empty());
}

}  // namespace

Ref bytes_lower(Vm& vm, Value self) { return map_bytes(vm, self, to_lower); }
Ref bytes_upper(Vm& vm, Value self) { return map_bytes(vm, self, to_upper); }
Ref bytes_swapcase(Vm& vm, Value self) {
  return map_bytes(vm, self, [](unsigned char c) { return is_upper(c) ? to_lower(c) : to_upper(c); });
}
Ref bytes_capitalize(Vm& vm, Value self) {
  return map_bytes(vm, self, [first = true](unsigned char c) mutable {
    const char mapped = first ? to_upper(c) : to_lower(c);
    first = false;
    return mapped;
  });
}
Ref bytes_title(Vm& vm, Value self) {
  return map_bytes(vm, self, [after_cased = false](unsigned char c) mutable {
    const char mapped = after_cased ? to_lower(c) : to_upper(c);
    after_cased = is_alpha(c);
    return mapped;
  });
}
Ref bytes_isalnum(Vm&, Value self) {
  return all_bytes(self, [](unsigned char c) { return is_alpha(c) || is_digit(c); });
}
Ref bytes_isalpha(Vm&, Value self) { return all_bytes(self, is_alpha); }
Ref bytes_isdigit(Vm&, Value self) { return all_bytes(self, is_digit); }
Ref bytes_isspace(Vm&, Value self) { return all_bytes(self, is_space); }
Ref bytes_isascii(Vm&, Value self) {
  for (const char c : byte_view(self))
    if (static_cast<unsigned char>(c) >= 0x80) return Ref::boolean(false);
  return Ref::boolean(true);
}
Ref bytes_islower(Vm&, Value self) {
  bool found = false;
  for (const char c : byte_view(self)) {
    if (is_upper(static_cast<unsigned char>(c))) return Ref::boolean(false);
    found |= is_lower(static_cast<unsigned char>(c));
  }
  return Ref::boolean(found);
}
Ref bytes_isupper(Vm&, Value self) {
  bool found = false;
  for (const char c : byte_view(self)) {
    if (is_lower(static_cast<unsigned char>(c))) return Ref::boolean(false);
    found |= is_upper(static_cast<unsigned char>(c));
  }
  return Ref::boolean(found);
}
Ref bytes_istitle(Vm&, Value self) {
  bool found = false;
  bool after_cased = false;
  for (const char signed_c : byte_view(self)) {
    const auto c = static_cast<unsigned char>(signed_c);
    if (is_upper(c) ? after_cased : is_lower(c) && !after_cased) return Ref::boolean(false);
    after_cased = is_alpha(c);
    found |= after_cased;
  }
  return Ref::boolean(found);
}

}  // namespace ouro::vm
