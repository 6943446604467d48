// Pattern.sub, subn, split, findall; templates.
#include "vm/modules/_sre/objects.h"
#include "vm/modules/import.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"

namespace ouro::vm::sre {
namespace {

PatternObject* as_pattern(Value value) { return value.as<PatternObject>(); }

Ref join(Vm& vm, const Subject& subject, ListObject* items) {
  VM_TRY(Ref empty, subject.slice(vm, 0, 0));
  if (items->size == 0) return empty;
  if (is_str(empty)) return str_join(vm, empty.as<StrObject>(), items);
  return call_method(vm, empty, vm.names.join, {Value(items)});
}

// Whether a replacement has no backslash: then it stands for itself.
bool is_literal(Vm& vm, Value text, bool& out) {
  if (is_str(text)) {
    const auto* string = text.as<StrObject>();
    out = true;
    for (std::size_t i = 0; out && i < string->length; ++i) out = string->at(i) != '\\';
    return true;
  }
  BufferView view;
  if (!has_buffer(vm, text)) {
    out = false;
    return true;
  }
  if (!get_buffer(vm, text, view)) return false;
  out = view.bytes().find('\\') == std::string_view::npos;
  return true;
}

Ref substitute(Vm& vm, PatternObject* pattern, Value replacement, Value string, std::int64_t most, std::int64_t& done) {
  Ref filter = Ref::share(replacement);
  bool is_call = is_callable(vm, replacement);
  bool is_template = false;
  if (!is_call) {
    bool literal = false;
    VM_CHECK(is_literal(vm, replacement, literal));
    if (!literal) {
      filter = compile_template(vm, pattern, replacement);
      VM_CHECK(filter);
      if (is_exact(vm, filter, vm.native_type(kTemplateType))) {
        is_template = filter.as<TemplateObject>()->count != 0;
        if (!is_template) filter = Ref::share(filter.as<TemplateObject>()->literal);
      } else {
        is_call = is_callable(vm, filter);
      }
    }
  }
  Subject subject;
  VM_CHECK(subject.open(vm, pattern, string));
  const auto length = static_cast<std::int64_t>(subject.length());
  const auto search = subject.search(vm, pattern, length);
  VM_TRY(Own<ListObject> list, new_list(vm));
  std::int64_t copied = 0;
  std::int64_t start = 0;
  for (done = 0; most == 0 || done < most; ++done) {
    const Outcome outcome = search->search(start);
    if (outcome == Outcome::Error) return {};
    if (outcome == Outcome::NoMatch) break;
    if (copied < search->match_start) {
      VM_TRY(Ref part, subject.slice(vm, copied, search->match_start));
      VM_CHECK(list_append(vm, list, std::move(part)));
    }
    const std::int64_t match_start = search->match_start;
    const std::int64_t match_end = search->match_end;
    if (is_call || is_template) {
      VM_TRY(Ref match, new_match(vm, pattern, string, *search, 0, length));
      Ref item = is_template ? expand_template(vm, filter.as<TemplateObject>(), match.as<MatchObject>()) : call(vm, filter, {match.get()});
      VM_CHECK(item);
      if (!item.is_none()) VM_CHECK(list_append(vm, list, std::move(item)));
    } else {
      VM_CHECK(list_append(vm, list, filter.get()));
    }
    copied = start = match_end;
    search->must_advance_at = match_start == match_end ? start : -1;
  }
  if (copied < length) {
    VM_TRY(Ref rest, subject.slice(vm, copied, length));
    VM_CHECK(list_append(vm, list, std::move(rest)));
  }
  return join(vm, subject, list);
}

Ref group_slice(Vm& vm, const Subject& subject, const Search& search, std::size_t group) {
  const std::int64_t start = search.marks[group * 2];
  const std::int64_t end = search.marks[group * 2 + 1];
  if (start < 0 || end < start) return {};
  return subject.slice(vm, start, end);
}

}  // namespace

Ref pattern_sub(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t most, args.ssize(vm, 2, 0));
  std::int64_t done;
  return substitute(vm, as_pattern(self), args[0], args[1], most, done);
}
Ref pattern_subn(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t most, args.ssize(vm, 2, 0));
  std::int64_t done;
  VM_TRY(Ref text, substitute(vm, as_pattern(self), args[0], args[1], most, done));
  return new_tuple(vm, {text.get(), Value::small(done)});
}

Ref pattern_split(Vm& vm, Value self, Args& args) {
  PatternObject* pattern = as_pattern(self);
  VM_TRY(const std::int64_t most, args.ssize(vm, 1, 0));
  Subject subject;
  VM_CHECK(subject.open(vm, pattern, args[0]));
  const auto length = static_cast<std::int64_t>(subject.length());
  const auto search = subject.search(vm, pattern, length);
  VM_TRY(Own<ListObject> list, new_list(vm));
  std::int64_t last = 0;
  std::int64_t start = 0;
  for (std::int64_t done = 0; most == 0 || done < most; ++done) {
    const Outcome outcome = search->search(start);
    if (outcome == Outcome::Error) return {};
    if (outcome == Outcome::NoMatch) break;
    VM_TRY(Ref part, subject.slice(vm, last, search->match_start));
    VM_CHECK(list_append(vm, list, std::move(part)));
    for (std::size_t group = 0; group < pattern->groups; ++group) {
      Ref item = group_slice(vm, subject, *search, group);
      if (!item) {
        if (has_error(vm)) return {};
        item = Ref::none();
      }
      VM_CHECK(list_append(vm, list, std::move(item)));
    }
    last = start = search->match_end;
    search->must_advance_at = search->match_start == search->match_end ? start : -1;
  }
  VM_TRY(Ref rest, subject.slice(vm, last, length));
  VM_CHECK(list_append(vm, list, std::move(rest)));
  return list;
}

Ref pattern_findall(Vm& vm, Value self, Args& args) {
  PatternObject* pattern = as_pattern(self);
  VM_TRY(std::int64_t pos, args.ssize(vm, 1, 0));
  VM_TRY(std::int64_t endpos, args.ssize(vm, 2, INT64_MAX));
  Subject subject;
  VM_CHECK(subject.open(vm, pattern, args[0]));
  subject.clamp(pos, endpos);
  const auto search = subject.search(vm, pattern, endpos);
  VM_TRY(Own<ListObject> list, new_list(vm));
  VM_TRY(Ref empty, subject.slice(vm, 0, 0));
  for (std::int64_t start = pos; start <= endpos;) {
    const Outcome outcome = search->search(start);
    if (outcome == Outcome::Error) return {};
    if (outcome == Outcome::NoMatch) break;
    const auto group = [&](std::size_t index) {
      Ref item = group_slice(vm, subject, *search, index);
      return item || has_error(vm) ? std::move(item) : empty.clone();
    };
    Ref item;
    if (pattern->groups == 0) {
      item = subject.slice(vm, search->match_start, search->match_end);
    } else if (pattern->groups == 1) {
      item = group(0);
    } else {
      VM_TRY(Own<TupleObject> all, allocate_tuple(vm, pattern->groups));
      for (std::size_t i = 0; i < pattern->groups; ++i) {
        VM_TRY(Ref part, group(i));
        all->items()[i] = part.release();
      }
      item = std::move(all);
    }
    VM_CHECK(item);
    VM_CHECK(list_append(vm, list, std::move(item)));
    start = search->match_end;
    search->must_advance_at = search->match_start == search->match_end ? start : -1;
  }
  return list;
}

// --- templates

Ref compile_template(Vm& vm, PatternObject* pattern, Value text) {
  VM_TRY(Ref function, import_attribute(vm, "re", "_compile_template"));
  Ref result = call(vm, function, {Value(pattern), text});
  // An unhashable replacement (a bytearray) is tried as bytes.
  if (!result && error_matches(vm, vm.exc.TypeError) && !is_str(text) && !is_bytes(text) && has_buffer(vm, text)) {
    clear_error(vm);
    BufferView view;
    VM_CHECK(get_buffer(vm, text, view));
    VM_TRY(Own<BytesObject> bytes, new_bytes(vm, view.bytes()));
    result = call(vm, function, {Value(pattern), Value(bytes.get())});
  }
  return result;
}

Ref make_template(Vm& vm, Value pattern, Value list) {
  if (!is_list(list)) return raise(vm, vm.exc.TypeError, "invalid template");
  const auto parts = list.as<ListObject>()->view();
  if (parts.size() % 2 == 0) return raise(vm, vm.exc.TypeError, "invalid template");
  const std::size_t count = parts.size() / 2;
  VM_TRY(TemplateObject * out, allocate<TemplateObject>(vm, vm.native_type(kTemplateType), count * sizeof(TemplateObject::Item)));
  Own<TemplateObject> own = Own<TemplateObject>::adopt(out);
  out->literal = Ref::share(parts[0]).release();
  out->count = count;
  for (std::size_t i = 0; i < count; ++i) {
    const Value group = parts[1 + 2 * i];
    if (!is_int(group)) return raise(vm, vm.exc.TypeError, "an integer is required");
    if (!group.is_small() || group.small_value() < 0) return raise(vm, vm.exc.TypeError, "invalid template");
    out->items()[i].group = group.small_value();
    const Value literal = parts[2 + 2 * i];
    const bool is_empty = is_str(literal) ? literal.as<StrObject>()->length == 0 : is_bytes(literal) && literal.as<BytesObject>()->length == 0;
    out->items()[i].literal = is_empty ? Value() : Ref::share(literal).release();
  }
  (void)pattern;
  vm.heap.track(out);
  return own;
}

Ref expand_template(Vm& vm, TemplateObject* parts, MatchObject* match) {
  if (parts->count == 0) return Ref::share(parts->literal);
  VM_TRY(Own<ListObject> list, new_list(vm));
  VM_CHECK(list_append(vm, list, parts->literal));
  for (std::size_t i = 0; i < parts->count; ++i) {
    const auto& item = parts->items()[i];
    if (static_cast<std::size_t>(item.group) >= match->groups) return raise(vm, vm.exc.IndexError, "no such group");
    VM_TRY(Ref part, match_slice(vm, match, static_cast<std::size_t>(item.group), kNone));
    if (!part.is_none()) VM_CHECK(list_append(vm, list, std::move(part)));
    if (!item.literal.is_null()) VM_CHECK(list_append(vm, list, item.literal));
  }
  VM_TRY(Ref empty, slice_of(vm, match->string, 0, 0));
  if (is_str(empty)) return str_join(vm, empty.as<StrObject>(), list.get());
  return call_method(vm, empty, vm.names.join, {Value(list.get())});
}

}  // namespace ouro::vm::sre
