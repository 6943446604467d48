// Match, and what makes one: strings as the engine reads them.
#include <algorithm>

#include "vm/modules/_sre/objects.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/type_object.h"

namespace ouro::vm::sre {

bool Subject::open(Vm& vm, const PatternObject* pattern, Value string) {
  string_ = Ref::share(string);
  is_str_ = is_str(string);
  if (is_str_) {
    const auto* text = string.as<StrObject>();
    data_ = text->raw();
    length_ = text->length;
    kind_ = text->kind;
  } else {
    if (!has_buffer(vm, string)) return raise(vm, vm.exc.TypeError, "expected string or bytes-like object, got '{}'", type_name(vm, string));
    if (!get_buffer(vm, string, view_)) return false;
    data_ = view_.data;
    length_ = view_.length;
  }
  if (pattern->pattern.is_none()) return true;
  if (is_str_ && pattern->is_bytes) return raise(vm, vm.exc.TypeError, "cannot use a bytes pattern on a string-like object");
  if (!is_str_ && !pattern->is_bytes) return raise(vm, vm.exc.TypeError, "cannot use a string pattern on a bytes-like object");
  return true;
}
void Subject::clamp(std::int64_t& pos, std::int64_t& endpos) const {
  const auto size = static_cast<std::int64_t>(length_);
  pos = std::clamp<std::int64_t>(pos, 0, size);
  endpos = std::clamp<std::int64_t>(endpos, 0, size);
}
std::unique_ptr<Search> Subject::search(Vm& vm, const PatternObject* pattern, std::int64_t endpos) const {
  return new_search(vm, pattern->code_view(), pattern->groups, data_, kind_, static_cast<std::size_t>(endpos));
}
Ref Subject::slice(Vm& vm, std::int64_t start, std::int64_t end) const {
  if (is_str_) return substring(vm, string_.as<StrObject>(), static_cast<std::size_t>(start), static_cast<std::size_t>(end));
  if (start == 0 && static_cast<std::size_t>(end) == length_ && is_exact(vm, string_, vm.types.bytes)) return string_.clone();
  return new_bytes(vm, view_.bytes().substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start)));
}

Ref slice_of(Vm& vm, Value string, std::int64_t start, std::int64_t end) {
  if (is_str(string)) {
    const auto size = static_cast<std::int64_t>(string.as<StrObject>()->length);
    return substring(vm, string.as<StrObject>(), static_cast<std::size_t>(std::min(start, size)), static_cast<std::size_t>(std::min(end, size)));
  }
  BufferView view;
  VM_CHECK(get_buffer(vm, string, view));
  const auto size = static_cast<std::int64_t>(view.length);
  start = std::min(start, size);
  end = std::min(end, size);
  if (start == 0 && end == size && is_exact(vm, string, vm.types.bytes)) return Ref::share(string);
  return new_bytes(vm, view.bytes().substr(static_cast<std::size_t>(start), static_cast<std::size_t>(std::max(end - start, std::int64_t{0}))));
}

Ref new_match(Vm& vm, PatternObject* pattern, Value string, const Search& search, std::int64_t pos, std::int64_t endpos) {
  const std::size_t groups = pattern->groups + 1;
  VM_TRY(MatchObject * match, allocate<MatchObject>(vm, vm.native_type(kMatchType), groups * 2 * sizeof(std::int64_t)));
  match->string = Ref::share(string).release();
  match->pattern = pattern;
  incref(static_cast<Object*>(pattern));
  match->pos = pos;
  match->endpos = endpos;
  match->last_index = search.last_index;
  match->groups = groups;
  match->marks()[0] = search.match_start;
  match->marks()[1] = search.match_end;
  for (std::size_t i = 0; i < pattern->groups; ++i) {
    const bool is_set = search.marks[i * 2] >= 0 && search.marks[i * 2 + 1] >= search.marks[i * 2];
    match->marks()[i * 2 + 2] = is_set ? search.marks[i * 2] : -1;
    match->marks()[i * 2 + 3] = is_set ? search.marks[i * 2 + 1] : -1;
  }
  vm.heap.track(match);
  return Own<MatchObject>::adopt(match);
}

Ref match_slice(Vm& vm, MatchObject* match, std::size_t group, Value otherwise) {
  const std::int64_t start = match->marks()[group * 2];
  if (start < 0) return Ref::share(otherwise);
  return slice_of(vm, match->string, start, match->marks()[group * 2 + 1]);
}

namespace {

MatchObject* as_match(Value value) { return value.as<MatchObject>(); }

// A group by number or name; nullopt: IndexError is set.
std::optional<std::size_t> group_number(Vm& vm, MatchObject* match, Value key) {
  if (key.is_null()) return 0;
  std::int64_t number = -1;
  if (has_index(vm, key)) {
    VM_TRY(Ref index, to_index(vm, key));
    number = int_to_int64(index).value_or(-1);
  } else {
    const Value found = dict_get(vm, match->pattern->group_index.as<DictObject>(), key);
    if (!found.is_null() && found.is_small()) number = found.small_value();
    clear_error(vm);
  }
  if (number < 0 || static_cast<std::size_t>(number) >= match->groups) return raise(vm, vm.exc.IndexError, "no such group");
  return static_cast<std::size_t>(number);
}

void match_dealloc(Vm& vm, Object* self) {
  auto* match = static_cast<MatchObject*>(self);
  const std::size_t size = sizeof(MatchObject) + match->groups * 2 * sizeof(std::int64_t);
  xdecref(match->string);
  xdecref(match->regs);
  decref(static_cast<Object*>(match->pattern));
  free_object(vm, self, size);
}
void match_traverse(Object* self, Visitor& visit) {
  auto* match = static_cast<MatchObject*>(self);
  visit(match->string);
  visit(match->regs);
  visit(match->pattern);
}

Ref match_group(Vm& vm, Value self, const CallArgs& args) {
  if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "Match.group() takes no keyword arguments");
  MatchObject* match = as_match(self);
  if (args.positional == 0) return match_slice(vm, match, 0, kNone);
  if (args.positional == 1) {
    VM_TRY(const std::size_t group, group_number(vm, match, args.values[0]));
    return match_slice(vm, match, group, kNone);
  }
  VM_TRY(Own<TupleObject> out, allocate_tuple(vm, args.positional));
  for (std::size_t i = 0; i < args.positional; ++i) {
    VM_TRY(const std::size_t group, group_number(vm, match, args.values[i]));
    VM_TRY(Ref part, match_slice(vm, match, group, kNone));
    out->items()[i] = part.release();
  }
  return out;
}
Ref match_subscript(Vm& vm, Value self, Value key) {
  VM_TRY(const std::size_t group, group_number(vm, as_match(self), key));
  return match_slice(vm, as_match(self), group, kNone);
}
Ref match_groups(Vm& vm, Value self, Args& args) {
  MatchObject* match = as_match(self);
  VM_TRY(Own<TupleObject> out, allocate_tuple(vm, match->groups - 1));
  for (std::size_t i = 1; i < match->groups; ++i) {
    VM_TRY(Ref part, match_slice(vm, match, i, args.get(0, kNone)));
    out->items()[i - 1] = part.release();
  }
  return out;
}
Ref match_groupdict(Vm& vm, Value self, Args& args) {
  MatchObject* match = as_match(self);
  VM_TRY(Own<DictObject> out, new_dict(vm));
  std::size_t position = 0;
  Value key;
  Value value;
  while (dict_next(match->pattern->group_index.as<DictObject>(), position, key, value)) {
    VM_TRY(const std::size_t group, group_number(vm, match, value));
    VM_TRY(Ref part, match_slice(vm, match, group, args.get(0, kNone)));
    VM_CHECK(dict_set(vm, out, key, part.get()));
  }
  return out;
}
Ref match_start(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::size_t group, group_number(vm, as_match(self), args[0]));
  return Ref::small(as_match(self)->marks()[group * 2]);
}
Ref match_end(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::size_t group, group_number(vm, as_match(self), args[0]));
  return Ref::small(as_match(self)->marks()[group * 2 + 1]);
}
Ref span_of(Vm& vm, MatchObject* match, std::size_t group) {
  return new_tuple(vm, {Value::small(match->marks()[group * 2]), Value::small(match->marks()[group * 2 + 1])});
}
Ref match_span(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::size_t group, group_number(vm, as_match(self), args[0]));
  return span_of(vm, as_match(self), group);
}
Ref match_expand(Vm& vm, Value self, Args& args) {
  MatchObject* match = as_match(self);
  VM_TRY(Ref parts, compile_template(vm, match->pattern, args[0]));
  if (is_exact(vm, parts, vm.native_type(kTemplateType))) return expand_template(vm, parts.as<TemplateObject>(), match);
  return call(vm, parts, {self});
}
Ref match_copy(Vm&, Value self) { return Ref::share(self); }
Ref match_deepcopy(Vm&, Value self, Value) { return Ref::share(self); }

Ref match_repr(Vm& vm, Value self) {
  MatchObject* match = as_match(self);
  VM_TRY(Ref whole, match_slice(vm, match, 0, kNone));
  VM_TRY(Ref shown, repr(vm, whole));
  StrBuilder out(vm);
  out.append("<re.Match object; span=(");
  out.append(std::to_string(match->marks()[0]));
  out.append(", ");
  out.append(std::to_string(match->marks()[1]));
  out.append("), match=");
  out.append(shown.as<StrObject>());
  out.append(">");
  return out.finish();
}

Ref get_re(Vm&, Value self) { return Ref::share(as_match(self)->pattern); }
Ref get_string(Vm&, Value self) { return Ref::share(as_match(self)->string); }
Ref get_pos(Vm&, Value self) { return Ref::small(as_match(self)->pos); }
Ref get_endpos(Vm&, Value self) { return Ref::small(as_match(self)->endpos); }
Ref get_lastindex(Vm&, Value self) {
  return as_match(self)->last_index < 0 ? Ref::none() : Ref::small(as_match(self)->last_index);
}
Ref get_lastgroup(Vm& vm, Value self) {
  MatchObject* match = as_match(self);
  if (match->last_index < 0 || !is_tuple(match->pattern->index_group)) return Ref::none();
  const auto names = match->pattern->index_group.as<TupleObject>()->view();
  if (static_cast<std::size_t>(match->last_index) >= names.size()) return Ref::none();
  return Ref::share(names[static_cast<std::size_t>(match->last_index)]);
}
Ref get_regs(Vm& vm, Value self) {
  MatchObject* match = as_match(self);
  if (!match->regs.is_null()) return Ref::share(match->regs);
  VM_TRY(Own<TupleObject> out, allocate_tuple(vm, match->groups));
  for (std::size_t i = 0; i < match->groups; ++i) {
    VM_TRY(Ref span, span_of(vm, match, i));
    out->items()[i] = span.release();
  }
  match->regs = Ref::share(out.get()).release();
  return out;
}

constexpr GetSetSpec kMatchGetSet[] = {
    {"lastindex", get_lastindex, nullptr, "The integer index of the last matched capturing group."},
    {"lastgroup", get_lastgroup, nullptr, "The name of the last matched capturing group."},
    {"regs", get_regs},
    {"string", get_string, nullptr, "The string passed to match() or search()."},
    {"re", get_re, nullptr, "The regular expression object."},
    {"pos", get_pos, nullptr, "The index into the string at which the RE engine started looking for a match."},
    {"endpos", get_endpos, nullptr, "The index into the string beyond which the RE engine will not go."},
};
constexpr MethodSpec kMatchMethods[] = {
    {"group", match_group, "group([group1, ...]) -> str or tuple.\n\nReturn subgroup(s) of the match by indices or names."},
    {"start($self, group=0, /)", match_start, "Return index of the start of the substring matched by group."},
    {"end($self, group=0, /)", match_end, "Return index of the end of the substring matched by group."},
    {"span($self, group=0, /)", match_span, "For match object m, return the 2-tuple (m.start(group), m.end(group))."},
    {"groups($self, /, default=None)", match_groups, "Return a tuple containing all the subgroups of the match, from 1."},
    {"groupdict($self, /, default=None)", match_groupdict, "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name."},
    {"expand($self, /, template)", match_expand, "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method."},
    {"__copy__($self, /)", match_copy},
    {"__deepcopy__($self, memo, /)", match_deepcopy},
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
};
constexpr TypeSlots match_slots() {
  TypeSlots slots;
  slots.dealloc = match_dealloc;
  slots.traverse = match_traverse;
  slots.repr = match_repr;
  slots.subscript = match_subscript;
  return slots;
}

void template_dealloc(Vm& vm, Object* self) {
  auto* parts = static_cast<TemplateObject*>(self);
  const std::size_t size = sizeof(TemplateObject) + parts->count * sizeof(TemplateObject::Item);
  xdecref(parts->literal);
  for (std::size_t i = 0; i < parts->count; ++i) xdecref(parts->items()[i].literal);
  free_object(vm, self, size);
}
void template_traverse(Object* self, Visitor& visit) {
  auto* parts = static_cast<TemplateObject*>(self);
  visit(parts->literal);
  for (std::size_t i = 0; i < parts->count; ++i) visit(parts->items()[i].literal);
}
constexpr TypeSlots template_slots() {
  TypeSlots slots;
  slots.dealloc = template_dealloc;
  slots.traverse = template_traverse;
  return slots;
}

}  // namespace

const TypeSpec kMatchType = {
    .name = "re.Match",
    .basic_size = sizeof(MatchObject),
    .flags = kTypeContainer | kTypeNoInstantiation | kTypeImmutable,
    .doc = "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    .slots = match_slots(),
    .methods = kMatchMethods,
    .getset = kMatchGetSet,
};
const TypeSpec kTemplateType = {
    .name = "_sre.SRE_Template",
    .basic_size = sizeof(TemplateObject),
    .flags = kTypeContainer | kTypeNoInstantiation | kTypeImmutable,
    .slots = template_slots(),
};

}  // namespace ouro::vm::sre
