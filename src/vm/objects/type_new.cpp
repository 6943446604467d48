// Making classes (CPython 3.13 Objects/typeobject.c type_new, Python/bltinmodule.c __build_class__).
#include <algorithm>
#include <vector>

#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/interpreter/frame.h"
#include "vm/interpreter/run.h"
#include "vm/objects/class_layout.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/slot_defs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

TypeObject* calculate_metaclass(Vm& vm, TypeObject* metaclass, TupleObject* bases) {
  TypeObject* winner = metaclass;
  for (const Value base : bases->view()) {
    TypeObject* kind = type_of(vm, base);
    if (winner->is_subtype_of(kind)) continue;
    if (!kind->is_subtype_of(winner)) {
      return raise(vm, vm.exc.TypeError,
                   "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of "
                   "all its bases");
    }
    winner = kind;
  }
  return winner;
}

namespace {

/// A function in a class body becomes a static or class method by its name alone.
bool wrap_function(Vm& vm, DictObject* space, StrObject* name, TypeObject* wrapper) {
  const Value function = dict_get_str(vm, space, name);
  if (function.is_null() || !is_exact(vm, function, vm.types.function)) return true;
  const Value arguments[] = {function};
  const CallArgs args{arguments, 1, nullptr};
  const Ref wrapped = wrapper->slots.construct(vm, wrapper, args);
  VM_CHECK(wrapped && wrapper->slots.init(vm, wrapped, args));
  return dict_set(vm, space, Value(name), wrapped);
}

bool set_names_of_class(Vm& vm, TypeObject* type, StrObject* name) {
  type->name = Own<StrObject>::share(name).release();
  const Value qualname = dict_get_str(vm, type->dict, vm.names.d_qualname);
  if (qualname.is_null()) {
    type->qualname = Own<StrObject>::share(name).release();
  } else {
    if (!is_str(qualname))
      return raise(vm, vm.exc.TypeError, "type __qualname__ must be a str, not {}", type_name(vm, qualname));
    type->qualname = Own<StrObject>::share(qualname.as<StrObject>()).release();
    VM_CHECK(dict_delete(vm, type->dict, Value(vm.names.d_qualname)));
  }
  if (dict_get_str(vm, type->dict, vm.names.d_module).is_null()) {
    Frame* frame = current_frame(vm);
    const Value module = frame == nullptr ? Value() : dict_get_str(vm, frame->globals, vm.names.d_name);
    if (!module.is_null()) VM_CHECK(dict_set(vm, type->dict, Value(vm.names.d_module), module));
  }
  if (dict_get_str(vm, type->dict, vm.names.d_doc).is_null())
    VM_CHECK(dict_set(vm, type->dict, Value(vm.names.d_doc), kNone));
  return true;
}

/// __classcell__ and __classdictcell__: the body's cells learn what they stand for.
bool fill_cell(Vm& vm, TypeObject* type, StrObject* name, Value content) {
  const Ref cell = Ref::share(dict_get_str(vm, type->dict, name));
  if (!cell) return true;
  if (!is_exact(vm, cell, vm.types.cell)) {
    VM_TRY(Ref kind, repr(vm, Value(type_of(vm, cell))));
    return raise(vm, vm.exc.TypeError, "{} must be a nonlocal cell, not {}", name, kind.as<StrObject>());
  }
  incref(content);
  xdecref(std::exchange(cell.as<CellObject>()->content, content));
  return dict_delete(vm, type->dict, Value(name));
}

/// The base (or the type itself) that last added fields to instances (CPython's solid_base).
const TypeObject* solid_base(const TypeObject* type) {
  while (type->base != nullptr) {
    const bool adds = type->has(kTypeHeap) ? type->slot_count != 0 : type->basic_size != type->base->basic_size;
    if (adds) break;
    type = type->base;
  }
  return type;
}

/// Whether instances of `type` begin with what methods of `entry` expect.
bool fits_layout(const TypeObject* type, const TypeObject* entry) {
  const TypeObject* wanted = solid_base(entry);
  for (const TypeObject* base = solid_base(type); base != nullptr; base = base->base)
    if (base == wanted) return true;
  return false;
}

bool set_mro(Vm& vm, TypeObject* type) {
  TypeObject* metaclass = type->Object::type;
  if (metaclass != vm.types.type) {
    const Value found = lookup_type_attribute(vm, metaclass, vm.names.mro);
    if (found != lookup_type_attribute(vm, vm.types.type, vm.names.mro)) {
      VM_TRY(Ref given, call_method(vm, Value(type), vm.names.mro));
      VM_TRY(Own<TupleObject> order, to_tuple(vm, given));
      for (const Value entry : order->view()) {
        if (!is_type(entry)) return raise(vm, vm.exc.TypeError, "mro() returned a non-class ('{}')", type_name(vm, entry));
        if (!fits_layout(type, entry.as<TypeObject>())) {
          return raise(vm, vm.exc.TypeError, "mro() returned base with unsuitable layout ('{}')",
                       entry.as<TypeObject>()->display_name());
        }
      }
      type->mro = order.release();
      type_modified(type);  // what was looked up before there was an order is void
      return true;
    }
  }
  type->mro = compute_mro(vm, type).release();
  return type->mro != nullptr;
}

/// Tells the values of the class body where they stand now.
bool call_set_name(Vm& vm, TypeObject* type) {
  VM_TRY(Own<DictObject> copy, dict_copy(vm, type->dict));
  std::size_t position = 0;
  Value key;
  Value value;
  while (dict_next(copy, position, key, value)) {
    Ref method;
    VM_CHECK(lookup_special(vm, value, vm.names.d_set_name, method));
    if (!method) continue;
    const Ref result = call(vm, method, {Value(type), key});
    if (result) continue;
    Ref error = take_error(vm);
    VM_TRY(Ref shown, repr(vm, key));
    VM_TRY(Own<StrObject> note, new_str(vm, format_message("Error calling __set_name__ on '{}' instance {} in '{}'",
                                                           {Piece(type_name(vm, value)), Piece(shown.as<StrObject>()), Piece(type->name)})));
    const Ref added = call_method(vm, error, "add_note", {note.operator Value()});
    clear_error(vm);
    restore_error(vm, std::move(error));
    return false;
  }
  return true;
}

bool call_init_subclass(Vm& vm, TypeObject* type, TupleObject* keyword_names, const Value* keyword_values) {
  const Value arguments[] = {Value(type), Value(type)};
  TypeObject* super_type = vm.types.super;
  const CallArgs args{arguments, 2, nullptr};
  VM_TRY(Ref super, super_type->slots.construct(vm, super_type, args));
  VM_CHECK(super_type->slots.init(vm, super, args));
  VM_TRY(Ref method, get_attribute(vm, super, vm.names.d_init_subclass));
  return static_cast<bool>(call(vm, method, CallArgs{keyword_values, 0, keyword_names}));
}

void inherit_from_bases(TypeObject* type) {
  for (std::size_t i = 1; i < type->mro->size; ++i) {
    const auto* base = (*type->mro)[i].as<TypeObject>();
    inherit_slots(type, base);
    if ((type->flags & (kTypeSequence | kTypeMapping)) == 0) type->flags |= base->flags & (kTypeSequence | kTypeMapping);
  }
  type->slots.construct = type->base->slots.construct;
  type->slots.dealloc = class_dealloc;
  type->slots.traverse = type->has(kTypeContainer) ? class_traverse : nullptr;
  type->slots.clear = type->has(kTypeContainer) ? class_clear : nullptr;
}

Own<TypeObject> allocate_class(Vm& vm, TypeObject* metaclass, TypeObject* base, TupleObject* bases, DictObject* space) {
  auto* memory = allocate<TypeObject>(vm, metaclass);
  VM_CHECK(memory);
  Own<TypeObject> type = Own<TypeObject>::adopt(memory);
  type->vm = &vm;
  type->spec = base->spec;
  constexpr std::uint32_t kHandedDown = kTypeFamilies | kTypeContainer | kTypeSequence | kTypeMapping | kTypeMatchSelf |
                                        kTypeHasStore | kTypeHasWeakrefs;
  type->flags = kTypeHeap | kTypeBaseType | kTypeReady | (base->flags & kHandedDown);
  incref(static_cast<Object*>(base));
  type->base = base;
  type->bases = Own<TupleObject>::share(bases).release();
  type->store_offset = base->store_offset;
  type->weakref_offset = base->weakref_offset;
  type->dict = dict_copy(vm, space).release();
  VM_CHECK(type->dict != nullptr);
  return type;
}

}  // namespace

Ref new_class(Vm& vm, TypeObject* metaclass, StrObject* name, TupleObject* given_bases, DictObject* space,
              TupleObject* keyword_names, const Value* keyword_values) {
  Own<TupleObject> bases = Own<TupleObject>::share(given_bases);
  if (bases->size == 0) {
    bases = new_tuple(vm, {Value(vm.types.object)});
    VM_CHECK(bases);
  }
  VM_TRY(TypeObject * base, best_base(vm, bases));
  VM_TRY(Own<TypeObject> type, allocate_class(vm, metaclass, base, bases, space));
  VM_CHECK(set_names_of_class(vm, type, name));
  VM_CHECK(lay_out_class(vm, type));
  VM_CHECK(wrap_function(vm, type->dict, vm.names.d_new, vm.types.static_method));
  VM_CHECK(wrap_function(vm, type->dict, vm.names.d_init_subclass, vm.types.class_method));
  VM_CHECK(wrap_function(vm, type->dict, vm.names.d_class_getitem, vm.types.class_method));
  VM_CHECK(fill_cell(vm, type, vm.names.d_classcell, Value(type.get())));
  VM_CHECK(fill_cell(vm, type, vm.names.d_classdictcell, Value(type->dict)));
  VM_CHECK(set_mro(vm, type));
  const Value hash = dict_get_str(vm, type->dict, vm.names.d_hash);
  if (hash.is_null() && !dict_get_str(vm, type->dict, vm.names.d_eq).is_null())
    VM_CHECK(dict_set(vm, type->dict, Value(vm.names.d_hash), kNone));
  inherit_from_bases(type);
  for (const Value entry : bases->view()) add_subclass(entry.as<TypeObject>(), type);
  update_all_slots(vm, type);
  vm.heap.track(type.get());
  VM_CHECK(call_set_name(vm, type));
  VM_CHECK(call_init_subclass(vm, type, keyword_names, keyword_values));
  return type;
}

Ref new_simple_class(Vm& vm, std::string_view name, TupleObject* bases, std::string_view doc) {
  VM_TRY(Own<DictObject> space, new_dict(vm));
  const std::size_t dot = name.rfind('.');
  StrObject* module = vm.intern(dot == std::string_view::npos ? "builtins" : name.substr(0, dot));
  StrObject* short_name = vm.intern(dot == std::string_view::npos ? name : name.substr(dot + 1));
  VM_CHECK(dict_set(vm, space, Value(vm.names.d_module), Value(module)));
  if (!doc.empty()) {
    VM_TRY(Own<StrObject> text, new_str(vm, doc));
    VM_CHECK(dict_set(vm, space, Value(vm.names.d_doc), text));
  }
  TupleObject* parents = bases == nullptr ? vm.empty_tuple : bases;
  VM_TRY(TypeObject * metaclass, calculate_metaclass(vm, vm.types.type, parents));
  return new_class(vm, metaclass, short_name, parents, space);
}

// --- class statements

Own<TupleObject> resolve_bases(Vm& vm, TupleObject* bases) {
  Own<ListObject> resolved;
  for (std::size_t i = 0; i < bases->size; ++i) {
    const Value base = (*bases)[i];
    Ref method;
    if (!is_type(base)) VM_CHECK(find_attribute(vm, base, vm.names.d_mro_entries, method));
    if (!method) {
      if (resolved) VM_CHECK(list_append(vm, resolved, base));
      continue;
    }
    VM_TRY(Ref entries, call(vm, method, {Value(bases)}));
    if (!is_tuple(entries)) return raise(vm, vm.exc.TypeError, "__mro_entries__ must return a tuple");
    if (!resolved) {
      resolved = new_list(vm, bases->view().first(i));
      VM_CHECK(resolved);
    }
    for (const Value entry : entries.as<TupleObject>()->view()) VM_CHECK(list_append(vm, resolved, entry));
  }
  if (!resolved) return Own<TupleObject>::share(bases);
  return new_tuple(vm, resolved->view());
}

namespace {

/// The keywords of a class statement without metaclass=.
struct ClassKeywords {
  Own<TupleObject> names;
  std::vector<Value> values;
  Value metaclass;
};

bool split_keywords(Vm& vm, const CallArgs& args, ClassKeywords& out) {
  std::vector<Value> names;
  for (std::size_t i = 0; i < args.keyword_count(); ++i) {
    const Value name = (*args.keyword_names)[i];
    if (str_equal(name.as<StrObject>(), "metaclass")) {
      out.metaclass = args.keyword_value(i);
      continue;
    }
    names.push_back(name);
    out.values.push_back(args.keyword_value(i));
  }
  if (names.empty()) return true;
  out.names = new_tuple(vm, names);
  return static_cast<bool>(out.names);
}

/// callable(positional..., **keywords)
Ref call_with_keywords(Vm& vm, Value callable, std::initializer_list<Value> positional, const ClassKeywords& keywords) {
  std::vector<Value> values(positional);
  values.insert(values.end(), keywords.values.begin(), keywords.values.end());
  return call(vm, callable, CallArgs{values.data(), positional.size(), keywords.names.get()});
}

Ref prepare_namespace(Vm& vm, Value metaclass, Value name, TupleObject* bases, const ClassKeywords& keywords) {
  Ref prepare;
  VM_CHECK(find_attribute(vm, metaclass, vm.names.d_prepare, prepare));
  if (!prepare) return new_dict(vm);
  VM_TRY(Ref space, call_with_keywords(vm, prepare, {name, Value(bases)}, keywords));
  if (type_of(vm, space)->slots.subscript == nullptr) {
    const std::string_view who = is_type(metaclass) ? metaclass.as<TypeObject>()->display_name() : "<metaclass>";
    return raise(vm, vm.exc.TypeError, "{}.__prepare__() must return a mapping, not {}", who, type_name(vm, space));
  }
  return space;
}

bool check_class_cell(Vm& vm, Value cell, Value type, Value name) {
  if (!is_exact(vm, cell, vm.types.cell) || !is_type(type)) return true;
  const Value content = cell.as<CellObject>()->content;
  if (content == type) return true;
  VM_TRY(Ref shown_name, repr(vm, name));
  VM_TRY(Ref shown_type, repr(vm, type));
  if (content.is_null()) {
    return raise(vm, vm.exc.RuntimeError,
                 "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                 shown_name.as<StrObject>(), shown_type.as<StrObject>());
  }
  VM_TRY(Ref shown_content, repr(vm, content));
  return raise(vm, vm.exc.TypeError, "__class__ set to {} defining {} as {}", shown_content.as<StrObject>(),
               shown_name.as<StrObject>(), shown_type.as<StrObject>());
}

}  // namespace

Ref build_class(Vm& vm, const CallArgs& args) {
  if (args.positional < 2) return raise(vm, vm.exc.TypeError, "__build_class__: not enough arguments");
  if (!is_exact(vm, args.values[0], vm.types.function))
    return raise(vm, vm.exc.TypeError, "__build_class__: func must be a function");
  auto* function = args.values[0].as<FunctionObject>();
  const Value name = args.values[1];
  if (!is_str(name)) return raise(vm, vm.exc.TypeError, "__build_class__: name is not a string");
  VM_TRY(Own<TupleObject> original, new_tuple(vm, args.positionals().subspan(2)));
  VM_TRY(Own<TupleObject> bases, resolve_bases(vm, original));
  ClassKeywords keywords;
  VM_CHECK(split_keywords(vm, args, keywords));
  Value metaclass = keywords.metaclass;
  if (metaclass.is_null()) metaclass = bases->size == 0 ? Value(vm.types.type) : Value(type_of(vm, (*bases)[0]));
  if (is_type(metaclass)) {
    VM_TRY(TypeObject * winner, calculate_metaclass(vm, metaclass.as<TypeObject>(), bases));
    metaclass = Value(winner);
  }
  const Ref kept_metaclass = Ref::share(metaclass);
  VM_TRY(Ref space, prepare_namespace(vm, metaclass, name, bases, keywords));
  VM_TRY(Ref cell, run_code(vm, function->code, function->globals, space, function->closure));
  if (bases.get() != original.get()) VM_CHECK(set_item(vm, space, Value(vm.names.d_orig_bases), original));
  VM_TRY(Ref type, call_with_keywords(vm, metaclass, {name, bases.operator Value(), space.get()}, keywords));
  VM_CHECK(check_class_cell(vm, cell, type, name));
  return type;
}

}  // namespace ouro::vm
