// unicodedata: the character database, and ucd_3_2_0, its state of Unicode 3.2.
#include "unicode/characters.h"
#include "unicode/forms.h"
#include "unicode/names.h"
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/str_internal.h"

namespace ouro::vm {
namespace {

// self: the module's functions have null, ucd_3_2_0's methods the object.
struct UcdObject : Object {};
extern const TypeSpec kUcdType;
bool is_old(Vm& vm, Value self) { return !self.is_null() && is_instance_of(vm, self, vm.native_type(kUcdType)); }

std::optional<std::uint32_t> one_character(Vm& vm, Value value, std::string_view function, bool only_argument) {
  const std::string_view where = only_argument ? "argument" : "argument 1";
  if (!is_str(value))
    return raise(vm, vm.exc.TypeError, "{}() {} must be a unicode character, not {}", function, where, type_name(vm, value));
  if (as_str(value)->length != 1)
    return raise(vm, vm.exc.TypeError, "{}(): {} must be a unicode character, not a string of length {}", function, where, as_str(value)->length);
  return as_str(value)->at(0);
}

constexpr std::uint8_t kUnassigned = 2;  // "Cn" among the categories in alphabetical order
bool is_known_to_old(std::uint32_t c) { return unicode::character(c).old_category != kUnassigned; }
// Decompositions and combining classes are those of a later Unicode: its new characters do not count.
bool is_known_to_new(std::uint32_t c) { return unicode::character(c).category != kUnassigned; }
bool is_known(Vm& vm, Value self, std::uint32_t c) { return is_old(vm, self) ? is_known_to_old(c) : is_known_to_new(c); }

Ref or_default(Vm& vm, Args& args, std::string_view message) {
  if (args.given(1)) return Ref::share(args[1]);
  return raise(vm, vm.exc.ValueError, message);
}

Ref ucd_decimal(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::uint32_t c, one_character(vm, args[0], "decimal", false));
  const auto* record = unicode::numeric_record(c);
  const std::uint8_t decimal = record == nullptr ? 255 : is_old(vm, self) ? record->old_decimal : record->decimal;
  if (decimal == 255) return or_default(vm, args, "not a decimal");
  return Ref::small(decimal);
}
Ref ucd_digit(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::uint32_t c, one_character(vm, args[0], "digit", false));
  const auto* record = unicode::numeric_record(c);
  if (record == nullptr || record->digit == 255) return or_default(vm, args, "not a digit");
  return Ref::small(record->digit);
}
Ref ucd_numeric(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::uint32_t c, one_character(vm, args[0], "numeric", false));
  const auto* record = unicode::numeric_record(c);
  const double number = record == nullptr ? unicode::kNoNumber : is_old(vm, self) ? record->old_numeric : record->numeric;
  if (number == unicode::kNoNumber) return or_default(vm, args, "not a numeric character");
  return new_float(vm, number);
}
Ref ucd_category(Vm& vm, Value self, Value text) {
  VM_TRY(const std::uint32_t c, one_character(vm, text, "category", true));
  const auto& record = unicode::character(c);
  return new_str(vm, unicode::kCategoryNames[is_old(vm, self) ? record.old_category : record.category]);
}
Ref ucd_bidirectional(Vm& vm, Value self, Value text) {
  VM_TRY(const std::uint32_t c, one_character(vm, text, "bidirectional", true));
  const auto& record = unicode::character(c);
  return new_str(vm, unicode::kBidirectionalNames[is_old(vm, self) ? record.old_bidirectional : record.bidirectional]);
}
Ref ucd_combining(Vm& vm, Value self, Value text) {
  VM_TRY(const std::uint32_t c, one_character(vm, text, "combining", true));
  if (!is_known(vm, self, c)) return Ref::small(0);
  return Ref::small(unicode::combining_class_of(c));
}
Ref ucd_mirrored(Vm& vm, Value self, Value text) {
  VM_TRY(const std::uint32_t c, one_character(vm, text, "mirrored", true));
  const auto& record = unicode::character(c);
  return Ref::small(is_old(vm, self) ? record.old_mirrored : record.mirrored);
}
Ref ucd_east_asian_width(Vm& vm, Value self, Value text) {
  VM_TRY(const std::uint32_t c, one_character(vm, text, "east_asian_width", true));
  const auto& record = unicode::character(c);
  return new_str(vm, unicode::kWidthNames[is_old(vm, self) ? record.old_width : record.width]);
}
Ref ucd_decomposition(Vm& vm, Value self, Value text) {
  VM_TRY(const std::uint32_t c, one_character(vm, text, "decomposition", true));
  const auto* record = unicode::decomposition_record(c);
  if (record == nullptr || !is_known(vm, self, c)) return new_str(vm, {});
  std::string out(unicode::kDecompositionTags[record->tag]);
  for (unsigned i = 0; i < record->length; ++i) {
    const std::uint32_t part = unicode::kDecompositionPool[record->offset + i];
    if (!out.empty()) out.push_back(' ');
    const unsigned digits = part > 0xFFFFF ? 6 : part > 0xFFFF ? 5 : 4;
    for (unsigned d = digits; d-- > 0;) out.push_back("0123456789ABCDEF"[part >> (4 * d) & 15U]);
  }
  return new_str(vm, out);
}

bool parse_form(Vm& vm, StrObject* text, unicode::NormalForm& form) {
  using unicode::NormalForm;
  if (str_equal(text, "NFC")) return form = NormalForm::Nfc, true;
  if (str_equal(text, "NFD")) return form = NormalForm::Nfd, true;
  if (str_equal(text, "NFKC")) return form = NormalForm::Nfkc, true;
  if (str_equal(text, "NFKD")) return form = NormalForm::Nfkd, true;
  return raise(vm, vm.exc.ValueError, "invalid normalization form");
}
Ref normalized(Vm& vm, Value self, Args& args, StrObject*& input) {
  VM_TRY(StrObject * form_text, args.string(vm, 0));
  VM_TRY(input, args.string(vm, 1));
  unicode::NormalForm form;
  VM_CHECK(parse_form(vm, form_text, form));
  if (input->is_ascii) return plain_str(vm, input);
  VM_CHECK(charge_work(vm, input->length));
  if (!vm.heap.has_room(input->length * 72)) return raise_memory_error(vm);
  std::u32string text;
  for (std::size_t i = 0; i < input->length; ++i) text.push_back(input->at(i));
  const std::u32string out = unicode::normalize(text, form, is_old(vm, self) ? is_known_to_old : is_known_to_new);
  return new_str_ucs4(vm, reinterpret_cast<const std::uint32_t*>(out.data()), out.size());
}
Ref ucd_normalize(Vm& vm, Value self, Args& args) {
  StrObject* input = nullptr;
  VM_TRY(Ref out, normalized(vm, self, args, input));
  if (str_equal(out.as<StrObject>(), input)) return plain_str(vm, input);
  return out;
}
Ref ucd_is_normalized(Vm& vm, Value self, Args& args) {
  StrObject* input = nullptr;
  VM_TRY(Ref out, normalized(vm, self, args, input));
  return Ref::boolean(str_equal(out.as<StrObject>(), input));
}

Ref ucd_name(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::uint32_t c, one_character(vm, args[0], "name", false));
  const std::string name = is_old(vm, self) && !is_known_to_old(c) ? std::string() : unicode::character_name(c, unicode::UnicodeVersion::k15_1);
  if (name.empty()) return or_default(vm, args, "no such name");
  return new_str(vm, name);
}
Ref ucd_lookup(Vm& vm, Value self, Value argument) {
  BufferView view;
  std::string name;
  if (is_str(argument)) {
    name = to_utf8(as_str(argument));
  } else {
    if (!has_buffer(vm, argument)) return raise(vm, vm.exc.TypeError, "lookup() argument must be str, not {}", type_name(vm, argument));
    VM_CHECK(get_buffer(vm, argument, view));
    name = view.bytes();
  }
  if (name.size() > 256) return raise(vm, vm.exc.KeyError, "name too long");
  const auto code = unicode::lookup_name(name, unicode::UnicodeVersion::k15_1);
  if (!code) {
    VM_TRY(Own<StrObject> message, new_str(vm, "undefined character name '" + name + "'"));
    return raise_with(vm, vm.exc.KeyError, message.get());
  }
  return new_str_of(vm, *code);
}

#define OURO_VM_UCD_FUNCTIONS(SELF)                                                                                    \
  {"decimal(" SELF ", chr, default=<unrepresentable>, /)", ucd_decimal, "Converts a Unicode character into its equivalent decimal value."}, \
      {"digit(" SELF ", chr, default=<unrepresentable>, /)", ucd_digit, "Converts a Unicode character into its equivalent digit value."},   \
      {"numeric(" SELF ", chr, default=<unrepresentable>, /)", ucd_numeric, "Converts a Unicode character into its equivalent numeric value."}, \
      {"category(" SELF ", chr, /)", ucd_category, "Returns the general category assigned to the character chr as string."},               \
      {"bidirectional(" SELF ", chr, /)", ucd_bidirectional, "Returns the bidirectional class assigned to the character chr as string."},  \
      {"combining(" SELF ", chr, /)", ucd_combining, "Returns the canonical combining class assigned to the character chr as integer."},   \
      {"mirrored(" SELF ", chr, /)", ucd_mirrored, "Returns the mirrored property assigned to the character chr as integer."},             \
      {"east_asian_width(" SELF ", chr, /)", ucd_east_asian_width, "Returns the east asian width assigned to the character chr as string."}, \
      {"decomposition(" SELF ", chr, /)", ucd_decomposition, "Returns the character decomposition mapping assigned to the character chr as string."}, \
      {"is_normalized(" SELF ", form, unistr, /)", ucd_is_normalized, "Return whether the Unicode string unistr is in the normal form 'form'."}, \
      {"normalize(" SELF ", form, unistr, /)", ucd_normalize, "Return the normal form 'form' for the Unicode string unistr."},             \
      {"lookup(" SELF ", name, /)", ucd_lookup, "Look up character by name."},                                                             \
      {"name(" SELF ", chr, default=<unrepresentable>, /)", ucd_name, "Returns the name assigned to the character chr as a string."}

Ref get_unidata_version(Vm& vm, Value) { return new_str(vm, "3.2.0"); }
constexpr GetSetSpec kUcdGetSet[] = {{"unidata_version", get_unidata_version}};
constexpr MethodSpec kUcdMethods[] = {OURO_VM_UCD_FUNCTIONS("$self")};
constexpr MethodSpec kFunctions[] = {OURO_VM_UCD_FUNCTIONS("$module")};

const TypeSpec kUcdType = {
    .name = "unicodedata.UCD",
    .basic_size = sizeof(UcdObject),
    .flags = kTypeNoInstantiation | kTypeImmutable,
    .methods = kUcdMethods,
    .getset = kUcdGetSet,
};

bool fill(Vm& vm, ModuleObject* module) {
  UcdObject* old = allocate<UcdObject>(vm, vm.native_type(kUcdType));
  if (old == nullptr) return false;
  const Own<UcdObject> own = Own<UcdObject>::adopt(old);
  const Own<StrObject> version = new_str(vm, "15.1.0");
  return version && set_module_attribute(vm, module, "unidata_version", version.get()) &&
         set_module_attribute(vm, module, "ucd_3_2_0", Value(own.get())) &&
         set_module_attribute(vm, module, "UCD", Value(vm.native_type(kUcdType)));
}
constexpr ModuleSpec kModule = {"unicodedata", "This module provides access to the Unicode Character Database.", kFunctions, fill};

}  // namespace

const ModuleSpec& unicodedata_module() { return kModule; }

}  // namespace ouro::vm
