// str: case mappings.
#include "unicode/characters.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

using unicode::CaseForm;

constexpr std::uint32_t kCapitalSigma = 0x3A3;
constexpr std::uint32_t kSmallSigma = 0x3C3;
constexpr std::uint32_t kFinalSigma = 0x3C2;

bool is_upper_ascii(std::uint8_t c) { return static_cast<std::uint8_t>(c - 'A') < 26; }
bool is_lower_ascii(std::uint8_t c) { return static_cast<std::uint8_t>(c - 'a') < 26; }

template <class Map>
Ref map_ascii(Vm& vm, const StrObject* text, Map map) {
  if (text->length == 1) return character_str(vm, map(text->data1()[0]));
  VM_TRY(Own<StrObject> out, allocate_str(vm, text->length, 0x7F));
  const std::uint8_t* from = text->data1();
  std::uint8_t* to = out->data1();
  for (std::size_t i = 0; i < text->length; ++i) to[i] = map(from[i]);
  return out;
}

// The small form of a capital sigma at `index`: final where a cased letter stands before it and none after it, those
// that are case-ignorable left out (CPython 3.13 Objects/unicodeobject.c handle_capital_sigma).
std::uint32_t small_sigma(const StrObject* text, std::size_t index) {
  std::size_t i = index;
  while (i > 0 && unicode::is_kind(text->at(i - 1), unicode::kCaseIgnorable)) --i;
  if (i == 0 || !unicode::is_kind(text->at(i - 1), unicode::kCased)) return kSmallSigma;
  i = index + 1;
  while (i < text->length && unicode::is_kind(text->at(i), unicode::kCaseIgnorable)) ++i;
  return i < text->length && unicode::is_kind(text->at(i), unicode::kCased) ? kSmallSigma : kFinalSigma;
}

void append_form(StrBuilder& out, const StrObject* text, std::size_t index, CaseForm form) {
  const std::uint32_t c = text->at(index);
  if (form == CaseForm::Lower && c == kCapitalSigma) {
    out.append(small_sigma(text, index));
    return;
  }
  const auto mapped = unicode::case_form(c, form);
  if (mapped.empty()) {
    out.append(c);
    return;
  }
  for (const std::uint32_t part : mapped) out.append(part);
}

Ref map_all(Vm& vm, const StrObject* text, CaseForm form) {
  VM_CHECK(charge_work(vm, text->length / 4));
  StrBuilder out(vm);
  for (std::size_t i = 0; i < text->length; ++i) append_form(out, text, i, form);
  return out.finish();
}

std::uint8_t lower_ascii(std::uint8_t c) { return is_upper_ascii(c) ? static_cast<std::uint8_t>(c + 32) : c; }
std::uint8_t upper_ascii(std::uint8_t c) { return is_lower_ascii(c) ? static_cast<std::uint8_t>(c - 32) : c; }

}  // namespace

Ref str_lower(Vm& vm, Value self) {
  const StrObject* text = as_str(self);
  return text->is_ascii ? map_ascii(vm, text, lower_ascii) : map_all(vm, text, CaseForm::Lower);
}
Ref str_upper(Vm& vm, Value self) {
  const StrObject* text = as_str(self);
  return text->is_ascii ? map_ascii(vm, text, upper_ascii) : map_all(vm, text, CaseForm::Upper);
}
Ref str_casefold(Vm& vm, Value self) {
  const StrObject* text = as_str(self);
  return text->is_ascii ? map_ascii(vm, text, lower_ascii) : map_all(vm, text, CaseForm::Fold);
}
Ref str_swapcase(Vm& vm, Value self) {
  const StrObject* text = as_str(self);
  if (text->is_ascii)
    return map_ascii(vm, text, [](std::uint8_t c) { return is_upper_ascii(c) ? lower_ascii(c) : upper_ascii(c); });
  StrBuilder out(vm);
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint16_t kinds = unicode::character(text->at(i)).kinds;
    if ((kinds & unicode::kUpper) != 0) {
      append_form(out, text, i, CaseForm::Lower);
    } else if ((kinds & unicode::kLower) != 0) {
      append_form(out, text, i, CaseForm::Upper);
    } else {
      out.append(text->at(i));
    }
  }
  return out.finish();
}
Ref str_capitalize(Vm& vm, Value self) {
  const StrObject* text = as_str(self);
  StrBuilder out(vm);
  for (std::size_t i = 0; i < text->length; ++i) append_form(out, text, i, i == 0 ? CaseForm::Title : CaseForm::Lower);
  return out.finish();
}
Ref str_title(Vm& vm, Value self) {
  const StrObject* text = as_str(self);
  StrBuilder out(vm);
  bool after_cased = false;
  constexpr std::uint16_t kWithCase = unicode::kUpper | unicode::kLower | unicode::kTitle;
  for (std::size_t i = 0; i < text->length; ++i) {
    append_form(out, text, i, after_cased ? CaseForm::Lower : CaseForm::Title);
    const std::uint16_t kinds = unicode::character(text->at(i)).kinds;
    // CPython asks for the property Cased here, which characters that are case-ignorable may have too.
    after_cased = (kinds & (unicode::kCased | kWithCase)) != 0;
  }
  return out.finish();
}

}  // namespace ouro::vm
