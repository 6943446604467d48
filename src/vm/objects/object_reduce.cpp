// What copying and pickling ask of any object.
#include "vm/objects/object_reduce.h"

#include "vm/core/protocol.h"
#include "vm/modules/import.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

/// copyreg._slotnames: the class's slots, kept in its __slotnames__.
Ref slot_names(Vm& vm, TypeObject* type) {
  const Value known = dict_get(vm, type->dict, "__slotnames__");
  if (!known.is_null()) return Ref::share(known);
  VM_TRY(Ref function, import_attribute(vm, "copyreg", "_slotnames"));
  VM_TRY(Ref names, call(vm, function, {Value(type)}));
  if (names.is_none() || is_list(names)) return names;
  return raise(vm, vm.exc.TypeError, "copyreg._slotnames didn't return a list or None");
}

Ref state_of(Vm& vm, Value object, bool required) {
  StrObject* getstate = vm.names.d_getstate;
  VM_TRY(Ref method, get_attribute(vm, object, getstate));
  if (is_exact(vm, method, vm.types.builtin_function) || type_of(vm, method)->spec == nullptr) {
    const Value found = lookup_type_attribute(vm, type_of(vm, object), getstate);
    if (found == lookup_type_attribute(vm, vm.types.object, getstate)) return object_state(vm, object, required);
  }
  return call(vm, method);
}

/// The arguments for __new__ that the object names itself.
bool new_arguments(Vm& vm, Value object, Ref& positional, Ref& keywords) {
  Ref method;
  VM_CHECK(lookup_special(vm, object, vm.names.d_getnewargs_ex, method));
  if (method) {
    VM_TRY(Ref pair, call(vm, method));
    if (!is_tuple(pair)) return raise(vm, vm.exc.TypeError, "__getnewargs_ex__ should return a tuple, not '{}'", type_name(vm, pair));
    auto* tuple = pair.as<TupleObject>();
    if (tuple->size != 2)
      return raise(vm, vm.exc.ValueError, "__getnewargs_ex__ should return a tuple of length 2, not {}", tuple->size);
    if (!is_tuple((*tuple)[0])) {
      return raise(vm, vm.exc.TypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'", type_name(vm, (*tuple)[0]));
    }
    if (!is_dict((*tuple)[1])) {
      return raise(vm, vm.exc.TypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'", type_name(vm, (*tuple)[1]));
    }
    positional = Ref::share((*tuple)[0]);
    keywords = Ref::share((*tuple)[1]);
    return true;
  }
  VM_CHECK(lookup_special(vm, object, vm.names.d_getnewargs, method));
  if (!method) return true;
  VM_TRY(Ref arguments, call(vm, method));
  if (!is_tuple(arguments)) return raise(vm, vm.exc.TypeError, "__getnewargs__ should return a tuple, not '{}'", type_name(vm, arguments));
  positional = std::move(arguments);
  return true;
}

Ref reduce_new_object(Vm& vm, Value object) {
  TypeObject* type = type_of(vm, object);
  if (type->slots.construct == nullptr) return raise(vm, vm.exc.TypeError, "cannot pickle '{}' object", type->display_name());
  Ref positional;
  Ref keywords;
  VM_CHECK(new_arguments(vm, object, positional, keywords));
  Own<ListObject> arguments = new_list(vm);
  VM_CHECK(arguments && list_append(vm, arguments, Value(type)));
  std::string_view function = "__newobj__";
  const bool has_keywords = keywords && keywords.as<DictObject>()->used != 0;
  if (has_keywords) {
    function = "__newobj_ex__";
    VM_CHECK(list_append(vm, arguments, positional.get()) && list_append(vm, arguments, keywords.get()));
  } else if (positional) {
    for (const Value value : positional.as<TupleObject>()->view()) VM_CHECK(list_append(vm, arguments, value));
  }
  VM_TRY(Ref constructor, import_attribute(vm, "copyreg", function));
  VM_TRY(Own<TupleObject> argument_tuple, new_tuple(vm, arguments->view()));
  const bool required = !positional && !is_list(object) && !is_dict(object);
  VM_TRY(Ref state, state_of(vm, object, required));
  Ref list_items = Ref::none();
  if (is_list(object)) {
    VM_TRY(list_items, get_iter(vm, object));
  }
  Ref dict_entries = Ref::none();
  if (is_dict(object)) {
    VM_TRY(Ref items, call_method(vm, object, vm.names.items));
    VM_TRY(dict_entries, get_iter(vm, items));
  }
  return new_tuple(vm, {constructor.get(), argument_tuple.operator Value(), state.get(), list_items.get(), dict_entries.get()});
}

}  // namespace

Ref object_state(Vm& vm, Value object, bool required) {
  TypeObject* type = type_of(vm, object);
  if (required && (type->flags & (kTypeInt | kTypeTuple | kTypeBytes | kTypeMetaclass)) != 0 && !type->has(kTypeHeap))
    return raise(vm, vm.exc.TypeError, "cannot pickle '{}' object", type->display_name());
  Ref state = Ref::none();
  if (type->store_offset != 0 || type->has(kTypeMetaclass)) {
    VM_CHECK(find_attribute(vm, object, vm.names.d_dict, state));
    if (!state) state = Ref::none();
    if (is_dict(state)) {
      // What pickling keeps must not change with the object.
      if (state.as<DictObject>()->used == 0) {
        state = Ref::none();
      }
    }
  }
  VM_TRY(Ref names, slot_names(vm, type));
  if (required) {
    const TypeObject* native = native_base(type);
    if (native->base != nullptr && native->slots.construct != vm.types.object->slots.construct && !type->has(kTypeException) &&
        lookup_type_attribute(vm, type, vm.names.d_setstate).is_null() && !native->has(kTypeBaseType))
      return raise(vm, vm.exc.TypeError, "cannot pickle '{}' object", type->display_name());
  }
  if (names.is_none() || names.as<ListObject>()->size == 0) return state;
  VM_TRY(Own<DictObject> slots, new_dict(vm));
  const Own<ListObject> list = Own<ListObject>::share(names.as<ListObject>());
  for (std::size_t i = 0; i < list->size; ++i) {
    const Ref name = Ref::share(list->items[i]);
    Ref value;
    VM_CHECK(find_attribute(vm, object, name.as<StrObject>(), value));
    if (value) VM_CHECK(dict_set(vm, slots, name, value));
  }
  if (slots->used == 0) return state;
  return new_tuple(vm, {state.get(), slots.operator Value()});
}

Ref reduce_object(Vm& vm, Value object, int protocol) {
  if (protocol >= 2) return reduce_new_object(vm, object);
  VM_TRY(Ref function, import_attribute(vm, "copyreg", "_reduce_ex"));
  return call(vm, function, {object, Value::small(protocol)});
}

}  // namespace ouro::vm
