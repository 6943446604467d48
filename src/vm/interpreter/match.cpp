// The instructions of match statements that look things up.
#include <vector>

#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/operations.h"
#include "vm/objects/dict.h"
#include "vm/objects/set.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

/// subject.name, once only; null without exception where there is none.
bool match_attribute(Vm& vm, Value subject, TypeObject* type, StrObject* name, SetObject* seen, Ref& out) {
  bool found = false;
  if (!set_contains(vm, seen, name, found)) return false;
  if (found)
    return raise(vm, vm.exc.TypeError, "{}() got multiple sub-patterns for attribute '{}'", type->display_name(), name);
  return set_add(vm, seen, name) && find_attribute(vm, subject, name, out);
}

/// The names behind positional patterns: __match_args__. Null without exception: none.
bool match_args_of(Vm& vm, TypeObject* type, Ref& out) {
  if (!find_attribute(vm, type, vm.names.d_match_args, out)) return false;
  if (out && type_of(vm, out) != vm.types.tuple) {
    return raise(vm, vm.exc.TypeError, "{}.__match_args__ must be a tuple (got {})", type->display_name(), type_name(vm, out));
  }
  return true;
}

}  // namespace

Ref match_keys(Vm& vm, Value mapping, Value keys) {
  if (!is_tuple(keys)) return raise(vm, vm.exc.SystemError, "MATCH_KEYS without a tuple");
  auto* wanted = keys.as<TupleObject>();
  if (wanted->size == 0) return Ref(new_tuple(vm, {}));
  bool is_method = false;
  VM_TRY(Ref get, get_method(vm, mapping, vm.names.get, is_method));
  VM_TRY(Own<SetObject> seen, new_set(vm));
  VM_TRY(Ref dummy, call(vm, vm.types.object));
  VM_TRY(Own<TupleObject> values, allocate_tuple(vm, wanted->size));
  for (std::size_t i = 0; i < wanted->size; ++i) {
    const Value key = (*wanted)[i];
    bool found = false;
    VM_CHECK(set_contains(vm, seen.get(), key, found));
    if (found) {
      VM_TRY(Ref shown, repr(vm, key));
      return raise(vm, vm.exc.ValueError, "mapping pattern checks duplicate key ({})", shown.as<StrObject>());
    }
    VM_CHECK(set_add(vm, seen.get(), key));
    Ref value = is_method ? call(vm, get, {mapping, key, dummy.get()}) : call(vm, get, {key, dummy.get()});
    if (!value) return {};
    if (value.get() == dummy.get()) return Ref::none();
    values->items()[i] = value.release();
  }
  return Ref(std::move(values));
}

Ref match_class(Vm& vm, Value subject, Value type_value, std::uint32_t positional, Value keyword_names) {
  if (!is_type(type_value)) return raise(vm, vm.exc.TypeError, "called match pattern must be a class");
  if (!is_tuple(keyword_names)) return raise(vm, vm.exc.SystemError, "MATCH_CLASS without a tuple");
  auto* type = type_value.as<TypeObject>();
  bool fits = false;
  VM_CHECK(is_instance(vm, subject, type_value, fits));
  if (!fits) return Ref::none();
  VM_TRY(Own<SetObject> seen, new_set(vm));
  std::vector<Ref> attributes;
  if (positional != 0) {
    Ref match_args;
    VM_CHECK(match_args_of(vm, type, match_args));
    const bool match_self = !match_args && type->has(kTypeMatchSelf);
    const std::size_t allowed = match_args ? match_args.as<TupleObject>()->size : match_self ? 1 : 0;
    if (allowed < positional) {
      return raise(vm, vm.exc.TypeError, "{}() accepts {} positional sub-pattern{} ({} given)", type->display_name(), allowed,
                   allowed == 1 ? "" : "s", positional);
    }
    if (match_self) {
      attributes.push_back(Ref::share(subject));
    } else {
      for (std::uint32_t i = 0; i < positional; ++i) {
        const Value name = (*match_args.as<TupleObject>())[i];
        if (!is_str(name))
          return raise(vm, vm.exc.TypeError, "__match_args__ elements must be strings (got {})", type_name(vm, name));
        Ref attribute;
        VM_CHECK(match_attribute(vm, subject, type, name.as<StrObject>(), seen.get(), attribute));
        if (!attribute) return Ref::none();
        attributes.push_back(std::move(attribute));
      }
    }
  }
  for (Value name : keyword_names.as<TupleObject>()->view()) {
    if (!is_str(name)) return raise(vm, vm.exc.SystemError, "MATCH_CLASS with a name that is no str");
    Ref attribute;
    VM_CHECK(match_attribute(vm, subject, type, name.as<StrObject>(), seen.get(), attribute));
    if (!attribute) return Ref::none();
    attributes.push_back(std::move(attribute));
  }
  VM_TRY(Own<TupleObject> result, allocate_tuple(vm, attributes.size()));
  for (std::size_t i = 0; i < attributes.size(); ++i) result->items()[i] = attributes[i].release();
  return Ref(std::move(result));
}

}  // namespace ouro::vm
