// _operator: operators as functions; itemgetter, attrgetter, methodcaller. CPython 3.13 Modules/_operator.c.
#include "vm/modules/import.h"
#include "vm/objects/bytes.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

template <BinaryOp kOp>
Ref binary_function(Vm& vm, Value, Args& args) { return binary(vm, args[0], args[1], kOp); }
template <BinaryOp kOp>
Ref in_place_function(Vm& vm, Value, Args& args) { return in_place(vm, args[0], args[1], kOp); }
template <CompareOp kOp>
Ref compare_function(Vm& vm, Value, Args& args) { return compare(vm, args[0], args[1], kOp); }

Ref op_pow(Vm& vm, Value, Args& args) { return power(vm, args[0], args[1], kNone); }
Ref op_abs(Vm& vm, Value, Value a) { return absolute(vm, a); }
Ref op_index(Vm& vm, Value, Value a) {
  VM_TRY(Ref index, to_index(vm, a));
  return int_plain(vm, index);
}
Ref op_invert(Vm& vm, Value, Value a) { return invert(vm, a); }
Ref op_neg(Vm& vm, Value, Value a) { return negative(vm, a); }
Ref op_pos(Vm& vm, Value, Value a) { return positive(vm, a); }
Ref op_truth(Vm& vm, Value, Value a) {
  bool out = false;
  VM_CHECK(truth(vm, a, out));
  return Ref::boolean(out);
}
Ref op_not(Vm& vm, Value, Value a) {
  bool out = false;
  VM_CHECK(truth(vm, a, out));
  return Ref::boolean(!out);
}
Ref op_is(Vm&, Value, Args& args) { return Ref::boolean(args[0] == args[1]); }
Ref op_is_not(Vm&, Value, Args& args) { return Ref::boolean(args[0] != args[1]); }
Ref op_contains(Vm& vm, Value, Args& args) {
  bool out = false;
  VM_CHECK(contains(vm, args[0], args[1], out));
  return Ref::boolean(out);
}
bool is_sequence(Vm& vm, Value value) {
  const TypeObject* type = type_of(vm, value);
  return type->slots.concat != nullptr || type->has(kTypeSequence) || (type->has(kTypeHeap) && type->slots.subscript != nullptr);
}
Ref op_concat(Vm& vm, Value, Args& args) {
  if (!is_sequence(vm, args[0]) || !is_sequence(vm, args[1])) {
    const Value culprit = is_sequence(vm, args[0]) ? args[1] : args[0];
    if (const auto concat = type_of(vm, args[0])->slots.concat) return concat(vm, args[0], args[1]);
    return raise(vm, vm.exc.TypeError, "'{}' object can't be concatenated", type_name(vm, culprit));
  }
  if (const auto concat = type_of(vm, args[0])->slots.concat) return concat(vm, args[0], args[1]);
  return binary(vm, args[0], args[1], BinaryOp::Add);
}
Ref op_iconcat(Vm& vm, Value, Args& args) {
  if (!is_sequence(vm, args[0])) {
    return raise(vm, vm.exc.TypeError, "'{}' object can't be concatenated", type_name(vm, args[0]));
  }
  return in_place(vm, args[0], args[1], BinaryOp::Add);
}
Ref op_getitem(Vm& vm, Value, Args& args) { return get_item(vm, args[0], args[1]); }
Ref op_setitem(Vm& vm, Value, Args& args) {
  VM_CHECK(set_item(vm, args[0], args[1], args[2]));
  return Ref::none();
}
Ref op_delitem(Vm& vm, Value, Args& args) {
  VM_CHECK(delete_item(vm, args[0], args[1]));
  return Ref::none();
}
Ref op_count_of(Vm& vm, Value, Args& args) {
  std::int64_t total = 0;
  VM_CHECK(for_each(vm, args[0], [&](Value item) -> bool {
    bool same = false;
    VM_CHECK(equal(vm, item, args[1], same));
    total += same ? 1 : 0;
    return true;
  }));
  return Ref::small(total);
}
Ref op_index_of(Vm& vm, Value, Args& args) {
  VM_TRY(Ref iterator, get_iter(vm, args[0]));
  for (std::int64_t i = 0;; ++i) {
    const Ref item = iter_next(vm, iterator);
    if (!item) {
      VM_CHECK(!has_error(vm));
      return raise(vm, vm.exc.ValueError, "sequence.index(x): x not in sequence");
    }
    bool same = false;
    VM_CHECK(equal(vm, item, args[1], same));
    if (same) return Ref::small(i);
  }
}
Ref op_length_hint(Vm& vm, Value, Args& args) {
  std::int64_t otherwise = 0;
  if (args.given(1)) {
    if (!is_int(args[1])) {
      return raise(vm, vm.exc.TypeError, "'{}' object cannot be interpreted as an integer", type_name(vm, args[1]));
    }
    VM_TRY(otherwise, to_ssize(vm, args[1], vm.exc.OverflowError));
  }
  // A negative default comes back as it is, where nothing says a length.
  VM_TRY(std::size_t hint, length_hint(vm, args[0], static_cast<std::size_t>(otherwise)));
  return new_int(vm, static_cast<std::int64_t>(hint));
}
Ref op_call(Vm& vm, Value, const CallArgs& args) {
  if (args.positional == 0) return raise(vm, vm.exc.TypeError, "call expected at least 1 argument, got 0");
  return call(vm, args.values[0], CallArgs{args.values + 1, args.positional - 1, args.keyword_names});
}
Ref op_compare_digest(Vm& vm, Value, Args& args) {
  std::string a, b;
  if (is_str(args[0]) && is_str(args[1])) {
    const auto *x = args[0].as<StrObject>(), *y = args[1].as<StrObject>();
    if (!x->is_ascii || !y->is_ascii) {
      return raise(vm, vm.exc.TypeError, "comparing strings with non-ASCII characters is not supported");
    }
    a = x->ascii();
    b = y->ascii();
  } else {
    if (!has_buffer(vm, args[0]) || !has_buffer(vm, args[1])) {
      return raise(vm, vm.exc.TypeError, "unsupported operand types(s) or combination of types: '{}' and '{}'",
                   type_name(vm, args[0]), type_name(vm, args[1]));
    }
    BufferView x, y;
    VM_CHECK(get_buffer(vm, args[0], x));
    VM_CHECK(get_buffer(vm, args[1], y));
    a = x.bytes();
    b = y.bytes();
  }
  // Time depends on the second length alone.
  unsigned difference = a.size() != b.size() ? 1 : 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const unsigned char left = a.size() == b.size() ? static_cast<unsigned char>(a[i]) : static_cast<unsigned char>(b[i]);
    difference |= left ^ static_cast<unsigned char>(b[i]);
  }
  return Ref::boolean(difference == 0);
}

#define OURO_VM_BINARY(name, op) {name "($module, a, b, /)", binary_function<BinaryOp::op>}
#define OURO_VM_IN_PLACE(name, op) {name "($module, a, b, /)", in_place_function<BinaryOp::op>}
#define OURO_VM_COMPARE(name, op) {name "($module, a, b, /)", compare_function<CompareOp::op>}
constexpr MethodSpec kFunctions[] = {
    OURO_VM_BINARY("add", Add), OURO_VM_BINARY("and_", And), OURO_VM_BINARY("floordiv", FloorDivide),
    OURO_VM_BINARY("lshift", LeftShift), OURO_VM_BINARY("matmul", MatrixMultiply), OURO_VM_BINARY("mod", Remainder),
    OURO_VM_BINARY("mul", Multiply), OURO_VM_BINARY("or_", Or), OURO_VM_BINARY("rshift", RightShift),
    OURO_VM_BINARY("sub", Subtract), OURO_VM_BINARY("truediv", TrueDivide), OURO_VM_BINARY("xor", Xor),
    OURO_VM_IN_PLACE("iadd", Add), OURO_VM_IN_PLACE("iand", And), OURO_VM_IN_PLACE("ifloordiv", FloorDivide),
    OURO_VM_IN_PLACE("ilshift", LeftShift), OURO_VM_IN_PLACE("imatmul", MatrixMultiply), OURO_VM_IN_PLACE("imod", Remainder),
    OURO_VM_IN_PLACE("imul", Multiply), OURO_VM_IN_PLACE("ior", Or), OURO_VM_IN_PLACE("ipow", Power),
    OURO_VM_IN_PLACE("irshift", RightShift), OURO_VM_IN_PLACE("isub", Subtract), OURO_VM_IN_PLACE("itruediv", TrueDivide),
    OURO_VM_IN_PLACE("ixor", Xor),
    OURO_VM_COMPARE("lt", Less), OURO_VM_COMPARE("le", LessEqual), OURO_VM_COMPARE("eq", Equal),
    OURO_VM_COMPARE("ne", NotEqual), OURO_VM_COMPARE("gt", Greater), OURO_VM_COMPARE("ge", GreaterEqual),
    {"pow($module, a, b, /)", op_pow},
    {"abs($module, a, /)", op_abs},
    {"index($module, a, /)", op_index},
    {"inv($module, a, /)", op_invert},
    {"invert($module, a, /)", op_invert},
    {"neg($module, a, /)", op_neg},
    {"pos($module, a, /)", op_pos},
    {"truth($module, a, /)", op_truth},
    {"not_($module, a, /)", op_not},
    {"is_($module, a, b, /)", op_is},
    {"is_not($module, a, b, /)", op_is_not},
    {"contains($module, a, b, /)", op_contains},
    {"concat($module, a, b, /)", op_concat},
    {"iconcat($module, a, b, /)", op_iconcat},
    {"getitem($module, a, b, /)", op_getitem},
    {"setitem($module, a, b, c, /)", op_setitem},
    {"delitem($module, a, b, /)", op_delitem},
    {"countOf($module, a, b, /)", op_count_of},
    {"indexOf($module, a, b, /)", op_index_of},
    {"length_hint($module, obj, default=0, /)", op_length_hint},
    {"call($module, obj, /, *args, **kwargs)", op_call},
    {"_compare_digest($module, a, b, /)", op_compare_digest},
};

// --- itemgetter and attrgetter: a tuple of what to get
struct GetterObject : GcObject {
  Value wanted;  ///< tuple of items; of attrgetter tuples of names
  Value keys;    ///< as they were given
};
using GetterLife = LifeOf<GetterObject, &GetterObject::wanted, &GetterObject::keys>;

bool one_argument(Vm& vm, const CallArgs& call, std::string_view name, Value& out) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", name);
  if (call.positional != 1) return raise(vm, vm.exc.TypeError, "{} expected 1 argument, got {}", name, call.positional);
  out = call.values[0];
  return true;
}

Ref itemgetter_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "itemgetter"));
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "itemgetter expected 1 argument, got 0");
  VM_TRY(Own<GetterObject> self, make_instance<GetterObject>(vm, type));
  VM_TRY(Ref keys, new_tuple(vm, call.positionals()));
  assign(self->keys, keys.get());
  return self;
}
template <class Get>
Ref get_all(Vm& vm, const TupleObject* keys, Get get) {
  if (keys->size == 1) return get((*keys)[0]);
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, keys->size));
  for (std::size_t i = 0; i < keys->size; ++i) {
    VM_TRY(Ref item, get((*keys)[i]));
    result->items()[i] = item.release();
  }
  return result;
}
Ref itemgetter_call(Vm& vm, Value self, const CallArgs& call) {
  Value object;
  VM_CHECK(one_argument(vm, call, "itemgetter", object));
  return get_all(vm, self.as<GetterObject>()->keys.as<TupleObject>(), [&](Value key) { return get_item(vm, object, key); });
}
Ref getter_repr(Vm& vm, Value self) {
  const auto* getter = self.as<GetterObject>();
  const ReprGuard guard(vm, self);
  StrBuilder out(vm);
  out.append_utf8(type_name(vm, self));
  if (guard.is_cycle()) {
    out.append(std::string_view("(...)"));
    return out.finish();
  }
  VM_TRY(Ref text, repr(vm, getter->keys));
  auto* shown = text.as<StrObject>();
  if (getter->keys.as<TupleObject>()->size == 1) {
    out.append(shown, 0, shown->length - 2);  // without the comma
    out.append(')');
  } else {
    out.append(shown);
  }
  return out.finish();
}
Ref getter_reduce(Vm& vm, Value self) {
  return new_tuple(vm, {Value(type_of(vm, self)), self.as<GetterObject>()->keys});
}

/// "a.b.c" as a tuple of interned names.
Ref split_name(Vm& vm, StrObject* name) {
  VM_TRY(Own<ListObject> parts, new_list(vm));
  std::size_t start = 0;
  for (std::size_t i = 0; i <= name->length; ++i) {
    if (i != name->length && name->at(i) != '.') continue;
    VM_TRY(Own<StrObject> part, substring(vm, name, start, i));
    VM_TRY(part, intern(vm, part));
    VM_CHECK(list_append(vm, parts, Value(part.get())));
    start = i + 1;
  }
  return to_tuple(vm, parts);
}
Ref attrgetter_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_CHECK(no_keywords(vm, call, "attrgetter"));
  if (call.positional == 0) return raise(vm, vm.exc.TypeError, "attrgetter expected 1 argument, got 0");
  VM_TRY(Own<GetterObject> self, make_instance<GetterObject>(vm, type));
  VM_TRY(Own<TupleObject> wanted, allocate_tuple(vm, call.positional));
  for (std::size_t i = 0; i < call.positional; ++i) {
    if (!is_str(call.values[i])) return raise(vm, vm.exc.TypeError, "attribute name must be a string");
    VM_TRY(Ref path, split_name(vm, call.values[i].as<StrObject>()));
    wanted->items()[i] = path.release();
  }
  VM_TRY(Ref keys, new_tuple(vm, call.positionals()));
  assign(self->wanted, Value(wanted.get()));
  assign(self->keys, keys.get());
  return self;
}
Ref attrgetter_call(Vm& vm, Value self, const CallArgs& call) {
  Value object;
  VM_CHECK(one_argument(vm, call, "attrgetter", object));
  return get_all(vm, self.as<GetterObject>()->wanted.as<TupleObject>(), [&](Value path) -> Ref {
    Ref current = Ref::share(object);
    for (const Value name : path.as<TupleObject>()->view()) {
      VM_TRY(current, get_attribute(vm, current, name.as<StrObject>()));
    }
    return current;
  });
}

// --- methodcaller
struct MethodCallerObject : GcObject {
  Value name, arguments, keywords;  ///< keywords: dict or null
};
using MethodCallerLife =
    LifeOf<MethodCallerObject, &MethodCallerObject::name, &MethodCallerObject::arguments, &MethodCallerObject::keywords>;

Ref methodcaller_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (call.positional == 0) {
    return raise(vm, vm.exc.TypeError, "methodcaller needs at least one argument, the method name");
  }
  if (!is_str(call.values[0])) return raise(vm, vm.exc.TypeError, "method name must be a string");
  VM_TRY(Own<MethodCallerObject> self, make_instance<MethodCallerObject>(vm, type));
  VM_TRY(Own<StrObject> name, intern(vm, call.values[0].as<StrObject>()));
  assign(self->name, Value(name.get()));
  VM_TRY(Ref arguments, new_tuple(vm, call.positionals().subspan(1)));
  assign(self->arguments, arguments.get());
  if (call.has_keywords()) {
    VM_TRY(Own<DictObject> keywords, new_dict(vm));
    for (std::size_t i = 0; i < call.keyword_count(); ++i) {
      VM_CHECK(dict_set(vm, keywords, (*call.keyword_names)[i], call.keyword_value(i)));
    }
    assign(self->keywords, Value(keywords.get()));
  }
  return self;
}
Ref methodcaller_call(Vm& vm, Value self, const CallArgs& call) {
  Value object;
  VM_CHECK(one_argument(vm, call, "methodcaller", object));
  const auto* caller = self.as<MethodCallerObject>();
  VM_TRY(Ref method, get_attribute(vm, object, caller->name.as<StrObject>()));
  return call_with(vm, method, caller->arguments.as<TupleObject>(),
                   caller->keywords.is_null() ? nullptr : caller->keywords.as<DictObject>());
}
Ref methodcaller_repr(Vm& vm, Value self) {
  const auto* caller = self.as<MethodCallerObject>();
  const ReprGuard guard(vm, self);
  StrBuilder out(vm);
  out.append_utf8(type_name(vm, self));
  if (guard.is_cycle()) {
    out.append(std::string_view("(...)"));
    return out.finish();
  }
  out.append('(');
  VM_TRY(Ref name, repr(vm, caller->name));
  out.append(name.as<StrObject>());
  for (const Value argument : caller->arguments.as<TupleObject>()->view()) {
    VM_TRY(Ref text, repr(vm, argument));
    out.append(std::string_view(", "));
    out.append(text.as<StrObject>());
  }
  if (!caller->keywords.is_null()) {
    std::size_t position = 0;
    Value key, value;
    while (dict_next(caller->keywords.as<DictObject>(), position, key, value)) {
      VM_TRY(Ref text, repr(vm, value));
      out.append(std::string_view(", "));
      out.append(key.as<StrObject>());
      out.append('=');
      out.append(text.as<StrObject>());
    }
  }
  out.append(')');
  return out.finish();
}
Ref methodcaller_reduce(Vm& vm, Value self) {
  const auto* caller = self.as<MethodCallerObject>();
  const auto* arguments = caller->arguments.as<TupleObject>();
  VM_TRY(Own<TupleObject> all, allocate_tuple(vm, arguments->size + 1));
  all->items()[0] = owned(caller->name);
  copy_values(all->items() + 1, arguments->view());
  if (caller->keywords.is_null()) return new_tuple(vm, {Value(type_of(vm, self)), Value(all.get())});
  // functools.partial(methodcaller, name, **keywords)(*arguments)
  VM_TRY(Ref maker, import_attribute(vm, "functools", "partial"));
  VM_TRY(Own<TupleObject> first, new_tuple(vm, {Value(type_of(vm, self)), caller->name}));
  VM_TRY(Ref partial, call_with(vm, maker, first, caller->keywords.as<DictObject>()));
  return new_tuple(vm, {partial.get(), caller->arguments});
}

constexpr MethodSpec kGetterMethods[] = {
    {"__reduce__($self, /)", getter_reduce, "Return state information for pickling"},
};
constexpr MethodSpec kMethodCallerMethods[] = {
    {"__reduce__($self, /)", methodcaller_reduce, "Return state information for pickling"},
};

template <class Life>
constexpr TypeSlots callable_slots(Ref (*construct)(Vm&, TypeObject*, const CallArgs&),
                                   Ref (*call)(Vm&, Value, const CallArgs&), UnarySlot repr) {
  TypeSlots s = Life::slots();
  s.construct = construct;
  s.call = call;
  s.repr = repr;
  return s;
}
const TypeSpec kItemGetterType = {
    .name = "operator.itemgetter",
    .basic_size = sizeof(GetterObject),
    .flags = kTypeImmutable | kTypeContainer,
    .doc = "itemgetter(item, /, *items)\n--\n\nA callable that gets items from its argument.",
    .slots = callable_slots<GetterLife>(itemgetter_construct, itemgetter_call, getter_repr),
    .methods = kGetterMethods,
};
const TypeSpec kAttrGetterType = {
    .name = "operator.attrgetter",
    .basic_size = sizeof(GetterObject),
    .flags = kTypeImmutable | kTypeContainer,
    .doc = "attrgetter(attr, /, *attrs)\n--\n\nA callable that gets attributes from its argument; 'a.b' goes two steps.",
    .slots = callable_slots<GetterLife>(attrgetter_construct, attrgetter_call, getter_repr),
    .methods = kGetterMethods,
};
const TypeSpec kMethodCallerType = {
    .name = "operator.methodcaller",
    .basic_size = sizeof(MethodCallerObject),
    .flags = kTypeImmutable | kTypeContainer,
    .doc = "methodcaller(name, /, *args, **kwargs)\n--\n\nA callable that calls a method of its argument.",
    .slots = callable_slots<MethodCallerLife>(methodcaller_construct, methodcaller_call, methodcaller_repr),
    .methods = kMethodCallerMethods,
};

bool fill(Vm& vm, ModuleObject* module) {
  return add_type(vm, module, kItemGetterType) && add_type(vm, module, kAttrGetterType) && add_type(vm, module, kMethodCallerType);
}

}  // namespace

const ModuleSpec& _operator_module() {
  static const ModuleSpec spec = {
      .name = "_operator",
      .doc = "Operator interface.\n\nThe operators of the language as functions.",
      .functions = kFunctions,
      .fill = fill,
  };
  return spec;
}

}  // namespace ouro::vm
