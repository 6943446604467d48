// Exception groups, and what except* needs (CPython 3.13 Objects/exceptions.c, Python/ceval.c).
#include <algorithm>
#include <vector>

#include "vm/core/protocol.h"
#include "vm/objects/exception_impl.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

ExceptionGroupObject* group_in(Value self) { return self.as<ExceptionGroupObject>(); }
bool is_group(Vm& vm, Value value) { return is_instance_of(vm, value, vm.exc.BaseExceptionGroup); }

bool check_items(Vm& vm, TupleObject* items, bool& has_base_exceptions) {
  has_base_exceptions = false;
  for (std::size_t i = 0; i < items->size; ++i) {
    const Value item = (*items)[i];
    if (!is_exception(item))
      return raise(vm, vm.exc.ValueError, "Item {} of second argument (exceptions) is not an exception", i);
    has_base_exceptions = has_base_exceptions || !item.object()->type->is_subtype_of(vm.exc.Exception);
  }
  return true;
}

Ref group_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  if (args.positional != 2) {
    return raise(vm, vm.exc.TypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", args.positional);
  }
  if (!is_str(args.values[0])) {
    return raise(vm, vm.exc.TypeError, "argument 1 must be str, not {}", type_name(vm, args.values[0]));
  }
  const Value given = args.values[1];
  const TypeSlots& slots = type_of(vm, given)->slots;
  if (slots.subscript == nullptr || is_dict(given) || is_set(given))
    return raise(vm, vm.exc.TypeError, "second argument (exceptions) must be a sequence");
  VM_TRY(Own<TupleObject> items, to_tuple(vm, given));
  if (items->size == 0) return raise(vm, vm.exc.ValueError, "second argument (exceptions) must be a non-empty sequence");
  bool has_base = false;
  VM_CHECK(check_items(vm, items, has_base));
  if (type == vm.exc.ExceptionGroup) {
    if (has_base) return raise(vm, vm.exc.TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
  } else if (type == vm.exc.BaseExceptionGroup) {
    if (!has_base) type = vm.exc.ExceptionGroup;
  } else if (has_base && type->is_subtype_of(vm.exc.Exception)) {
    return raise(vm, vm.exc.TypeError, "Cannot nest BaseExceptions in '{}'", type->display_name());
  }
  VM_TRY(Ref made, exception_construct(vm, type, CallArgs{args.values, args.positional, nullptr}));
  assign_field(group_in(made)->message, args.values[0]);
  assign_field(group_in(made)->exceptions, items);
  return made;
}

bool group_init(Vm& vm, Value self, const CallArgs& args) {
  if (args.has_keywords())
    return raise(vm, vm.exc.TypeError, "BaseExceptionGroup.__init__() takes no keyword arguments");
  return set_exception_args(vm, self.as<ExceptionObject>(), args.positionals());
}

Ref group_str(Vm& vm, Value self) {
  VM_TRY(Ref message, str(vm, group_in(self)->message));
  const std::size_t count = group_in(self)->exceptions.as<TupleObject>()->size;
  return new_str(vm, format_message("{} ({} sub-exception{})", {Piece(message.as<StrObject>()), Piece(count), Piece(count > 1 ? "s" : "")}));
}

using Slots = FieldSlots<ExceptionGroupObject, &ExceptionGroupObject::message, &ExceptionGroupObject::exceptions>;

/// What decides which leaves match: classes, a predicate, or identity.
struct Matcher {
  Value condition;                  ///< class, tuple of classes or callable
  bool is_callable = false;
  const std::vector<Value>* leaves = nullptr;  ///< the very exceptions
};

bool matches(Vm& vm, const Matcher& matcher, Value exception, bool& out) {
  if (matcher.leaves != nullptr) {
    out = !is_group(vm, exception) && std::find(matcher.leaves->begin(), matcher.leaves->end(), exception) != matcher.leaves->end();
    return true;
  }
  if (!matcher.is_callable) return exception_matches(vm, exception, matcher.condition, out);
  VM_TRY(Ref result, call(vm, matcher.condition, {exception}));
  return truth(vm, result, out);
}

/// group.derive(exceptions) with what the original carries.
Ref derive_like(Vm& vm, Value original, ListObject* exceptions) {
  VM_TRY(Own<ListObject> items, new_list(vm, exceptions->view()));
  VM_TRY(Ref made, call_method(vm, original, "derive", {items.operator Value()}));
  if (!is_group(vm, made)) return raise(vm, vm.exc.TypeError, "derive must return an instance of BaseExceptionGroup");
  auto* from = original.as<ExceptionObject>();
  auto* to = made.as<ExceptionObject>();
  assign_field(to->traceback, from->traceback);
  assign_field(to->context, from->context);
  assign_field(to->cause, from->cause);
  to->suppress_context = from->suppress_context;
  Ref notes;
  VM_CHECK(find_attribute(vm, original, vm.names.d_notes, notes));
  if (notes && type_of(vm, notes)->slots.subscript != nullptr && !is_dict(notes)) {
    VM_TRY(Own<ListObject> copy, to_list(vm, notes));
    VM_CHECK(set_attribute(vm, made, vm.names.d_notes, copy));
  }
  return made;
}

bool split(Vm& vm, Value exception, const Matcher& matcher, bool want_rest, Ref& match, Ref& rest) {
  match = Ref::none();
  rest = Ref::none();
  bool whole = false;
  VM_CHECK(matches(vm, matcher, exception, whole));
  if (whole) {
    match = Ref::share(exception);
    return true;
  }
  if (!is_group(vm, exception)) {
    if (want_rest) rest = Ref::share(exception);
    return true;
  }
  const RecursionGuard guard(vm, " in exceptiongroup_split_recursive");
  VM_CHECK(guard);
  VM_TRY(Own<ListObject> matching, new_list(vm));
  VM_TRY(Own<ListObject> others, new_list(vm));
  const Own<TupleObject> items = Own<TupleObject>::share(group_in(exception)->exceptions.as<TupleObject>());
  for (const Value item : items->view()) {
    Ref item_match;
    Ref item_rest;
    VM_CHECK(split(vm, item, matcher, want_rest, item_match, item_rest));
    if (!item_match.is_none()) VM_CHECK(list_append(vm, matching, item_match.get()));
    if (!item_rest.is_none()) VM_CHECK(list_append(vm, others, item_rest.get()));
  }
  if (matching->size != 0) {
    match = derive_like(vm, exception, matching);
    VM_CHECK(match);
  }
  if (want_rest && others->size != 0) {
    rest = derive_like(vm, exception, others);
    VM_CHECK(rest);
  }
  return true;
}

bool make_matcher(Vm& vm, Value condition, Matcher& out) {
  out.condition = condition;
  const auto is_class = [](Value value) { return is_type(value) && value.as<TypeObject>()->has(kTypeException); };
  if (is_class(condition)) return true;
  if (is_tuple(condition)) {
    bool all = true;
    for (const Value entry : condition.as<TupleObject>()->view()) all = all && is_class(entry);
    if (all) return true;
  } else if (!is_type(condition) && is_callable(vm, condition)) {
    out.is_callable = true;
    return true;
  }
  return raise(vm, vm.exc.TypeError, "expected an exception type, a tuple of exception types, or a callable (other than a class)");
}

Ref group_split(Vm& vm, Value self, Value condition) {
  Matcher matcher;
  VM_CHECK(make_matcher(vm, condition, matcher));
  Ref match;
  Ref rest;
  VM_CHECK(split(vm, self, matcher, true, match, rest));
  return new_tuple(vm, {match.get(), rest.get()});
}
Ref group_subgroup(Vm& vm, Value self, Value condition) {
  Matcher matcher;
  VM_CHECK(make_matcher(vm, condition, matcher));
  Ref match;
  Ref rest;
  VM_CHECK(split(vm, self, matcher, false, match, rest));
  return match;
}
Ref group_derive(Vm& vm, Value self, Value exceptions) {
  const Value arguments[] = {group_in(self)->message, exceptions};
  TypeObject* type = vm.exc.BaseExceptionGroup;
  return type->slots.construct(vm, type, CallArgs{arguments, 2, nullptr});
}

constexpr MethodSpec kMethods[] = {
    {"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class},
    {"derive($self, exceptions, /)", group_derive},
    {"split($self, matcher_value, /)", group_split},
    {"subgroup($self, matcher_value, /)", group_subgroup},
};
constexpr MemberSpec kMembers[] = {
    {"message", MemberSpec::Kind::Object, offsetof(ExceptionGroupObject, message), true, "exception message"},
    {"exceptions", MemberSpec::Kind::Object, offsetof(ExceptionGroupObject, exceptions), true, "nested exceptions"}};

/// A group of one or more, as except* makes them.
Ref make_group(Vm& vm, TupleObject* exceptions) {
  const Value arguments[] = {Value(vm.names.empty), Value(exceptions)};
  TypeObject* type = vm.exc.BaseExceptionGroup;
  return type->slots.construct(vm, type, CallArgs{arguments, 2, nullptr});
}

void collect_leaves(Vm& vm, Value exception, std::vector<Value>& out) {
  if (!is_group(vm, exception)) {
    out.push_back(exception);
    return;
  }
  for (const Value item : group_in(exception)->exceptions.as<TupleObject>()->view()) collect_leaves(vm, item, out);
}

/// Whether it is a part of the original, raised again as it was.
bool same_metadata(Vm& vm, Value a, Value b) {
  const auto* left = a.as<ExceptionObject>();
  const auto* right = b.as<ExceptionObject>();
  return left->traceback == right->traceback && left->cause == right->cause && left->context == right->context;
}

bool check_star_classes(Vm& vm, Value classes) {
  const auto check = [&](Value entry) -> bool {
    if (!is_type(entry) || !entry.as<TypeObject>()->has(kTypeException))
      return raise(vm, vm.exc.TypeError, "catching classes that do not inherit from BaseException is not allowed");
    if (entry.as<TypeObject>()->is_subtype_of(vm.exc.BaseExceptionGroup))
      return raise(vm, vm.exc.TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
    return true;
  };
  if (!is_tuple(classes)) return check(classes);
  for (const Value entry : classes.as<TupleObject>()->view()) VM_CHECK(check(entry));
  return true;
}

}  // namespace

const TypeSpec kBaseExceptionGroupType = {
    .name = "BaseExceptionGroup",
    .basic_size = sizeof(ExceptionGroupObject),
    .flags = kTypeBaseType,
    .base = &kBaseExceptionType,
    .doc = "A combination of multiple unrelated exceptions.",
    .slots = {.dealloc = Slots::dealloc, .traverse = Slots::traverse, .clear = Slots::clear, .construct = group_construct,
              .init = group_init, .str = group_str},
    .methods = kMethods,
    .members = kMembers,
};

bool exception_group_match(Vm& vm, Value exception, Value classes, Ref& match, Ref& rest) {
  VM_CHECK(check_star_classes(vm, classes));
  match = Ref::none();
  rest = Ref::none();
  if (exception.is_none()) return true;
  bool whole = false;
  VM_CHECK(exception_matches(vm, exception, classes, whole));
  if (whole) {
    if (is_group(vm, exception)) {
      match = Ref::share(exception);
      return true;
    }
    VM_TRY(Own<TupleObject> one, new_tuple(vm, {exception}));
    match = make_group(vm, one);
    return static_cast<bool>(match);
  }
  if (!is_group(vm, exception)) {
    rest = Ref::share(exception);
    return true;
  }
  VM_TRY(Ref pair, call_method(vm, exception, "split", {classes}));
  if (!is_tuple(pair)) {
    return raise(vm, vm.exc.TypeError, "{}.split must return a tuple, not {}", type_name(vm, exception), type_name(vm, pair));
  }
  auto* tuple = pair.as<TupleObject>();
  if (tuple->size < 2) {
    return raise(vm, vm.exc.TypeError, "{}.split must return a 2-tuple, got tuple of size {}", type_name(vm, exception), tuple->size);
  }
  match = Ref::share((*tuple)[0]);
  rest = Ref::share((*tuple)[1]);
  return true;
}

Ref prepare_reraise_star(Vm& vm, Value original, Value raised_list) {
  auto* list = raised_list.as<ListObject>();
  if (list->size == 0) return Ref::none();
  if (!is_group(vm, original)) {
    // A naked exception was caught and wrapped: one clause at most can have run.
    return Ref::share(list->items[0]);
  }
  VM_TRY(Own<ListObject> raised, new_list(vm));
  std::vector<Value> leaves;
  bool has_reraised = false;
  for (const Value item : list->view()) {
    if (item.is_none()) continue;
    if (is_group(vm, item) && same_metadata(vm, item, original)) {
      collect_leaves(vm, item, leaves);
      has_reraised = true;
    } else {
      VM_CHECK(list_append(vm, raised, item));
    }
  }
  Ref reraised = Ref::none();
  if (has_reraised) {
    Matcher matcher;
    matcher.leaves = &leaves;
    Ref rest;
    VM_CHECK(split(vm, original, matcher, false, reraised, rest));
  }
  if (raised->size == 0) return reraised;
  if (!reraised.is_none()) VM_CHECK(list_append(vm, raised, reraised.get()));
  if (raised->size == 1) return Ref::share(raised->items[0]);
  VM_TRY(Own<TupleObject> all, new_tuple(vm, raised->view()));
  return make_group(vm, all);
}

}  // namespace ouro::vm
