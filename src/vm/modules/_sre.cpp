// _sre: what the standard library's re compiles patterns to. The engine stands in _sre/.
#include <algorithm>

#include "vm/modules/_sre/characters.h"
#include "vm/modules/_sre/objects.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/type_object.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace sre {
namespace {

PatternObject* as_pattern(Value value) { return value.as<PatternObject>(); }

void pattern_dealloc(Vm& vm, Object* self) {
  auto* pattern = static_cast<PatternObject*>(self);
  xdecref(pattern->pattern);
  xdecref(pattern->group_index);
  xdecref(pattern->index_group);
  if (pattern->code != nullptr) vm.heap.free(pattern->code, pattern->code_size * sizeof(std::uint32_t));
  free_object(vm, self, sizeof(PatternObject));
}
void pattern_traverse(Object* self, Visitor& visit) {
  auto* pattern = static_cast<PatternObject*>(self);
  visit(pattern->pattern);
  visit(pattern->group_index);
  visit(pattern->index_group);
}

enum class Mode : std::uint8_t { Match, Fullmatch, Search };
Ref find(Vm& vm, Value self, Args& args, Mode mode) {
  PatternObject* pattern = as_pattern(self);
  std::int64_t pos = 0;
  std::int64_t endpos = INT64_MAX;
  if (args.given(1) || args.given(2)) {
    VM_TRY(pos, args.ssize(vm, 1, 0));
    VM_TRY(endpos, args.ssize(vm, 2, INT64_MAX));
  }
  Subject subject;
  VM_CHECK(subject.open(vm, pattern, args[0]));
  subject.clamp(pos, endpos);
  if (pos > endpos) return Ref::none();
  const auto search = subject.search(vm, pattern, endpos);
  const Outcome outcome = mode == Mode::Search ? search->search(pos) : search->match(pos, mode == Mode::Fullmatch);
  if (outcome == Outcome::Error) return {};
  if (outcome == Outcome::NoMatch) return Ref::none();
  return new_match(vm, pattern, args[0], *search, pos, endpos);
}
Ref pattern_match(Vm& vm, Value self, Args& args) { return find(vm, self, args, Mode::Match); }
Ref pattern_fullmatch(Vm& vm, Value self, Args& args) { return find(vm, self, args, Mode::Fullmatch); }
Ref pattern_search(Vm& vm, Value self, Args& args) { return find(vm, self, args, Mode::Search); }

Ref pattern_scanner(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t pos, args.ssize(vm, 1, 0));
  VM_TRY(const std::int64_t endpos, args.ssize(vm, 2, INT64_MAX));
  return new_scanner(vm, as_pattern(self), args[0], pos, endpos);
}
Ref pattern_finditer(Vm& vm, Value self, Args& args) {
  VM_TRY(Ref scanner, pattern_scanner(vm, self, args));
  VM_TRY(Ref search, get_attribute(vm, scanner, "search"));
  VM_TRY(Ref iter, get_item(vm, vm.builtins, vm.names.iter));
  return call(vm, iter, {search.get(), kNone});
}
Ref pattern_copy(Vm&, Value self) { return Ref::share(self); }
Ref pattern_deepcopy(Vm&, Value self, Value) { return Ref::share(self); }

Ref pattern_repr(Vm& vm, Value self) {
  constexpr struct {
    std::string_view name;
    std::uint32_t flag;
  } kNames[] = {{"re.IGNORECASE", kFlagIgnorecase}, {"re.MULTILINE", kFlagMultiline}, {"re.DOTALL", kFlagDotall}, {"re.VERBOSE", kFlagVerbose},
                {"re.DEBUG", kFlagDebug},           {"re.ASCII", kFlagAscii},         {"re.LOCALE", kFlagLocale}};
  PatternObject* pattern = as_pattern(self);
  auto flags = static_cast<std::uint32_t>(pattern->flags);
  if (!pattern->is_bytes && (flags & (kFlagLocale | kFlagUnicode | kFlagAscii)) == kFlagUnicode) flags &= ~kFlagUnicode;
  std::string shown;
  for (const auto& row : kNames) {
    if ((flags & row.flag) == 0) continue;
    if (!shown.empty()) shown += '|';
    shown += row.name;
    flags &= ~row.flag;
  }
  if (flags != 0) {
    std::string hex;
    for (std::uint32_t rest = flags; rest != 0; rest >>= 4U) hex.insert(hex.begin(), "0123456789abcdef"[rest & 15U]);
    if (!shown.empty()) shown += '|';
    shown += "0x" + hex;
  }
  VM_TRY(Ref text, repr(vm, pattern->pattern));
  StrBuilder out(vm);
  out.append("re.compile(");
  const auto* source = text.as<StrObject>();
  out.append(source, 0, std::min<std::size_t>(source->length, 200));
  if (!shown.empty()) {
    out.append(", ");
    out.append(shown);
  }
  out.append(")");
  return out.finish();
}

bool pattern_hash(Vm& vm, Value self, std::int64_t& out) {
  PatternObject* pattern = as_pattern(self);
  if (!hash(vm, pattern->pattern, out)) return false;
  out ^= bytes_hash(vm, {reinterpret_cast<const char*>(pattern->code), pattern->code_size * sizeof(std::uint32_t)});
  out ^= pattern->flags ^ (pattern->is_bytes ? 1 : 0) ^ static_cast<std::int64_t>(pattern->code_size);
  if (out == -1) out = -2;
  return true;
}
Ref pattern_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (op != CompareOp::Equal && op != CompareOp::NotEqual) return Ref::not_implemented();
  if (type_of(vm, self) != type_of(vm, other)) return Ref::not_implemented();
  PatternObject* a = as_pattern(self);
  PatternObject* b = as_pattern(other);
  bool same = a == b;
  if (!same && a->flags == b->flags && a->is_bytes == b->is_bytes && std::ranges::equal(a->code_view(), b->code_view()))
    VM_CHECK(equal(vm, a->pattern, b->pattern, same));
  return Ref::boolean(same == (op == CompareOp::Equal));
}

Ref get_pattern(Vm&, Value self) { return Ref::share(as_pattern(self)->pattern); }
Ref get_flags(Vm&, Value self) { return Ref::small(as_pattern(self)->flags); }
Ref get_groups(Vm&, Value self) { return Ref::small(static_cast<std::int64_t>(as_pattern(self)->groups)); }
Ref get_groupindex(Vm& vm, Value self) { return new_mapping_proxy(vm, as_pattern(self)->group_index); }

constexpr GetSetSpec kPatternGetSet[] = {
    {"groupindex", get_groupindex, nullptr, "A dictionary mapping group names to group numbers."},
    {"pattern", get_pattern, nullptr, "The pattern string from which the RE object was compiled."},
    {"flags", get_flags, nullptr, "The regex matching flags."},
    {"groups", get_groups, nullptr, "The number of capturing groups in the pattern."},
};
constexpr MethodSpec kPatternMethods[] = {
    {"match($self, /, string, pos=0, endpos=sys.maxsize)", pattern_match, "Matches zero or more characters at the beginning of the string."},
    {"fullmatch($self, /, string, pos=0, endpos=sys.maxsize)", pattern_fullmatch, "Matches against all of the string."},
    {"search($self, /, string, pos=0, endpos=sys.maxsize)", pattern_search,
     "Scan through string looking for a match, and return a corresponding match object instance."},
    {"sub($self, /, repl, string, count=0)", pattern_sub,
     "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl."},
    {"subn($self, /, repl, string, count=0)", pattern_subn, "Return the tuple (new_string, number_of_subs_made)."},
    {"findall($self, /, string, pos=0, endpos=sys.maxsize)", pattern_findall, "Return a list of all non-overlapping matches of pattern in string."},
    {"split($self, /, string, maxsplit=0)", pattern_split, "Split string by the occurrences of pattern."},
    {"finditer($self, /, string, pos=0, endpos=sys.maxsize)", pattern_finditer,
     "Return an iterator over all non-overlapping matches for the RE pattern in string."},
    {"scanner($self, /, string, pos=0, endpos=sys.maxsize)", pattern_scanner},
    {"__copy__($self, /)", pattern_copy},
    {"__deepcopy__($self, memo, /)", pattern_deepcopy},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr TypeSlots pattern_slots() {
  TypeSlots slots;
  slots.dealloc = pattern_dealloc;
  slots.traverse = pattern_traverse;
  slots.repr = pattern_repr;
  slots.hash = pattern_hash;
  slots.compare = pattern_compare;
  return slots;
}

// --- scanner

void scanner_dealloc(Vm& vm, Object* self) {
  auto* scanner = static_cast<ScannerObject*>(self);
  decref(static_cast<Object*>(scanner->pattern));
  xdecref(scanner->string);
  xdecref(scanner->held);
  free_object(vm, self, sizeof(ScannerObject));
}
void scanner_traverse(Object* self, Visitor& visit) {
  visit(static_cast<ScannerObject*>(self)->pattern);
  visit(static_cast<ScannerObject*>(self)->string);
  visit(static_cast<ScannerObject*>(self)->held);
}
Ref scan(Vm& vm, Value self, bool anywhere) {
  auto* scanner = self.as<ScannerObject>();
  if (scanner->running) return raise(vm, vm.exc.ValueError, "regular expression scanner already executing");
  if (scanner->start < 0) return Ref::none();
  Subject subject;
  VM_CHECK(subject.open(vm, scanner->pattern, scanner->string));
  std::int64_t start = scanner->start;
  std::int64_t endpos = scanner->endpos;
  subject.clamp(start, endpos);
  if (start > endpos) return Ref::none();
  const auto search = subject.search(vm, scanner->pattern, endpos);
  search->must_advance_at = scanner->must_advance ? start : -1;
  scanner->running = true;
  const Outcome outcome = anywhere ? search->search(start) : search->match(start, false);
  scanner->running = false;
  if (outcome == Outcome::Error) return {};
  if (outcome == Outcome::NoMatch) {
    scanner->start = -1;
    return Ref::none();
  }
  VM_TRY(Ref match, new_match(vm, scanner->pattern, scanner->string, *search, scanner->pos, endpos));
  scanner->must_advance = search->match_start == search->match_end;
  scanner->start = search->match_end;
  return match;
}
Ref scanner_match(Vm& vm, Value self) { return scan(vm, self, false); }
Ref get_scanner_pattern(Vm&, Value self) { return Ref::share(self.as<ScannerObject>()->pattern); }
constexpr MethodSpec kScannerMethods[] = {{"match($self, /)", scanner_match}, {"search($self, /)", scanner_search}};
constexpr GetSetSpec kScannerGetSet[] = {{"pattern", get_scanner_pattern}};
constexpr TypeSlots scanner_slots() {
  TypeSlots slots;
  slots.dealloc = scanner_dealloc;
  slots.traverse = scanner_traverse;
  return slots;
}

// --- module functions

Ref compile(Vm& vm, Value, Args& args) {
  VM_TRY(const int flags, args.integer(vm, 1));
  if (!is_list(args[2])) return raise(vm, vm.exc.TypeError, "compile() argument 'code' must be list, not {}", type_name(vm, args[2]));
  VM_TRY(const std::int64_t groups, args.ssize(vm, 3));
  if (!is_dict(args[4])) return raise(vm, vm.exc.TypeError, "compile() argument 'groupindex' must be dict, not {}", type_name(vm, args[4]));
  if (!is_tuple(args[5])) return raise(vm, vm.exc.TypeError, "compile() argument 'indexgroup' must be tuple, not {}", type_name(vm, args[5]));
  const auto code = args[2].as<ListObject>()->view();
  VM_TRY(PatternObject * pattern, allocate<PatternObject>(vm, vm.native_type(kPatternType)));
  Own<PatternObject> own = Own<PatternObject>::adopt(pattern);
  pattern->pattern = Ref::share(args[0]).release();
  pattern->group_index = Ref::share(args[4]).release();
  pattern->index_group = Ref::share(args[5]).release();
  pattern->flags = flags;
  pattern->groups = static_cast<std::size_t>(std::max<std::int64_t>(groups, 0));
  pattern->is_bytes = !args[0].is_none() && !is_str(args[0]);
  if (!code.empty()) {
    pattern->code = static_cast<std::uint32_t*>(vm.heap.allocate(code.size() * sizeof(std::uint32_t)));
    if (pattern->code == nullptr) return raise_memory_error(vm);
    pattern->code_size = code.size();
    std::fill_n(pattern->code, code.size(), 0U);
  }
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (!is_int(code[i])) return raise(vm, vm.exc.TypeError, "an integer is required");
    const auto word = is_int(code[i]) ? int_to_int64(code[i]) : std::nullopt;
    if (!word || *word < 0 || *word > UINT32_MAX) return raise(vm, vm.exc.OverflowError, "regular expression code size limit exceeded");
    pattern->code[i] = static_cast<std::uint32_t>(*word);
  }
  if (groups < 0 || groups > static_cast<std::int64_t>(kMaxGroups) || !validate(pattern->code_view(), pattern->groups))
    return raise(vm, vm.exc.RuntimeError, "invalid SRE code");
  vm.heap.track(pattern);
  return own;
}

Ref module_template(Vm& vm, Value, Args& args) { return make_template(vm, args[0], args[1]); }
Ref getcodesize(Vm&, Value) { return Ref::small(4); }
std::optional<std::uint32_t> character_argument(Vm& vm, Value value) {
  VM_TRY(const std::int64_t code, to_ssize(vm, value, vm.exc.OverflowError));
  if (code < 0 || code > 0x10FFFF) return code < 0 ? 0x110000U : 0x110000U;
  return static_cast<std::uint32_t>(code);
}
Ref ascii_iscased(Vm& vm, Value, Value c) {
  VM_TRY(const std::uint32_t code, character_argument(vm, c));
  return Ref::boolean((code | 32U) - 'a' < 26 && code < 128);
}
Ref ascii_tolower(Vm& vm, Value, Value c) {
  VM_TRY(const std::uint32_t code, character_argument(vm, c));
  return Ref::small(ascii_lower(code));
}
Ref unicode_iscased(Vm& vm, Value, Value c) {
  VM_TRY(const std::uint32_t code, character_argument(vm, c));
  if (code > 0x10FFFF) return Ref::boolean(false);
  return Ref::boolean(unicode_lower(code) != code || unicode_upper(code) != code);
}
Ref unicode_tolower(Vm& vm, Value, Value c) {
  VM_TRY(const std::uint32_t code, character_argument(vm, c));
  return Ref::small(code > 0x10FFFF ? code : unicode_lower(code));
}

constexpr MethodSpec kFunctions[] = {
    {"compile($module, /, pattern, flags, code, groups, groupindex, indexgroup)", compile},
    {"template($module, pattern, template, /)", module_template},
    {"getcodesize($module, /)", getcodesize},
    {"ascii_iscased($module, character, /)", ascii_iscased},
    {"unicode_iscased($module, character, /)", unicode_iscased},
    {"ascii_tolower($module, character, /)", ascii_tolower},
    {"unicode_tolower($module, character, /)", unicode_tolower},
};

bool fill(Vm& vm, ModuleObject* module) {
  return set_module_attribute(vm, module, "MAGIC", Value::small(kMagic)) && set_module_attribute(vm, module, "CODESIZE", Value::small(4)) &&
         set_module_attribute(vm, module, "MAXREPEAT", Value::small(kMaxRepeat)) &&
         set_module_attribute(vm, module, "MAXGROUPS", Value::small(kMaxGroups)) && vm.native_type(kPatternType) != nullptr &&
         vm.native_type(kMatchType) != nullptr;
}
constexpr ModuleSpec kModule = {"_sre", nullptr, kFunctions, fill};

}  // namespace

Ref new_scanner(Vm& vm, PatternObject* pattern, Value string, std::int64_t pos, std::int64_t endpos) {
  Subject subject;
  VM_CHECK(subject.open(vm, pattern, string));
  subject.clamp(pos, endpos);
  VM_TRY(ScannerObject * scanner, allocate<ScannerObject>(vm, vm.native_type(kScannerType)));
  scanner->pattern = pattern;
  incref(static_cast<Object*>(pattern));
  // What may change its size is kept from doing so while the scanner lives.
  Ref held = Ref::share(string);
  if (!is_str(string) && !is_bytes(string)) {
    held = new_memoryview(vm, string);
    if (!held) return {};
  }
  scanner->string = Ref::share(string).release();
  scanner->held = held.release();
  scanner->pos = scanner->start = pos;
  scanner->endpos = endpos;
  vm.heap.track(scanner);
  return Own<ScannerObject>::adopt(scanner);
}
Ref scanner_search(Vm& vm, Value self) { return scan(vm, self, true); }

const TypeSpec kPatternType = {
    .name = "re.Pattern",
    .basic_size = sizeof(PatternObject),
    .flags = kTypeContainer | kTypeNoInstantiation | kTypeImmutable,
    .doc = "Compiled regular expression object.",
    .slots = pattern_slots(),
    .methods = kPatternMethods,
    .getset = kPatternGetSet,
    .weakref_offset = offsetof(PatternObject, weakrefs),
};
const TypeSpec kScannerType = {
    .name = "_sre.SRE_Scanner",
    .basic_size = sizeof(ScannerObject),
    .flags = kTypeContainer | kTypeNoInstantiation | kTypeImmutable,
    .slots = scanner_slots(),
    .methods = kScannerMethods,
    .getset = kScannerGetSet,
};

}  // namespace sre

const ModuleSpec& _sre_module() { return sre::kModule; }

}  // namespace ouro::vm
