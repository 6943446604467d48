// str: the is... methods.
#include "unicode/characters.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

Ref all_of(const StrObject* text, std::uint16_t kinds) {
  if (text->length == 0) return Ref::boolean(false);
  return with_units(text, [&](const auto* data) {
    for (std::size_t i = 0; i < text->length; ++i)
      if (!unicode::is_kind(data[i], kinds)) return Ref::boolean(false);
    return Ref::boolean(true);
  });
}

// islower and isupper: some character of the wanted case, none of the others.
Ref one_case(const StrObject* text, std::uint16_t wanted, std::uint16_t unwanted) {
  return with_units(text, [&](const auto* data) {
    bool found = false;
    for (std::size_t i = 0; i < text->length; ++i) {
      const std::uint16_t kinds = unicode::character(data[i]).kinds;
      if ((kinds & unwanted) != 0) return Ref::boolean(false);
      found |= (kinds & wanted) != 0;
    }
    return Ref::boolean(found);
  });
}

}  // namespace

Ref str_isalnum(Vm& vm, Value self) { return all_of(as_str(self), unicode::kAlphaNumeric); }
Ref str_isalpha(Vm& vm, Value self) { return all_of(as_str(self), unicode::kAlpha); }
Ref str_isascii(Vm& vm, Value self) { return Ref::boolean(as_str(self)->is_ascii); }
Ref str_isdecimal(Vm& vm, Value self) { return all_of(as_str(self), unicode::kDecimal); }
Ref str_isdigit(Vm& vm, Value self) { return all_of(as_str(self), unicode::kDigit | unicode::kDecimal); }
Ref str_isnumeric(Vm& vm, Value self) { return all_of(as_str(self), unicode::kNumeric | unicode::kDigit | unicode::kDecimal); }
Ref str_isspace(Vm& vm, Value self) { return all_of(as_str(self), unicode::kSpace); }
Ref str_isprintable(Vm& vm, Value self) {
  return as_str(self)->length == 0 ? Ref::boolean(true) : all_of(as_str(self), unicode::kPrintable);
}
Ref str_isidentifier(Vm& vm, Value self) {
  const StrObject* text = as_str(self);
  if (text->length == 0 || !unicode::is_kind(text->at(0), unicode::kIdentifierStart)) return Ref::boolean(false);
  for (std::size_t i = 1; i < text->length; ++i)
    if (!unicode::is_kind(text->at(i), unicode::kIdentifierPart)) return Ref::boolean(false);
  return Ref::boolean(true);
}
Ref str_islower(Vm& vm, Value self) {
  return one_case(as_str(self), unicode::kLower, unicode::kUpper | unicode::kTitle);
}
Ref str_isupper(Vm& vm, Value self) {
  return one_case(as_str(self), unicode::kUpper, unicode::kLower | unicode::kTitle);
}
Ref str_istitle(Vm& vm, Value self) {
  const StrObject* text = as_str(self);
  bool after_cased = false;
  bool found = false;
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint16_t kinds = unicode::character(text->at(i)).kinds;
    if ((kinds & (unicode::kUpper | unicode::kTitle)) != 0) {
      if (after_cased) return Ref::boolean(false);
      after_cased = found = true;
    } else if ((kinds & unicode::kLower) != 0) {
      if (!after_cased) return Ref::boolean(false);
      found = true;
    } else {
      after_cased = false;
    }
  }
  return Ref::boolean(found);
}

}  // namespace ouro::vm
