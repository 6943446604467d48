// isinstance and issubclass (CPython 3.13 Objects/abstract.c).
#include "vm/core/protocol.h"
#include "vm/objects/specs.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

/// __bases__ where it is a tuple; null without exception otherwise.
bool bases_of(Vm& vm, Value type, Ref& out) {
  VM_CHECK(find_attribute(vm, type, vm.names.d_bases, out));
  if (out && !is_tuple(out)) out.reset();
  return true;
}

bool check_class(Vm& vm, Value type, std::string_view message) {
  Ref bases;
  VM_CHECK(bases_of(vm, type, bases));
  if (bases) return true;
  return raise(vm, vm.exc.TypeError, message);
}

/// Whether `type` reaches `wanted` through __bases__ (CPython abstract_issubclass).
bool reaches(Vm& vm, Value type, Value wanted, bool& out) {
  const RecursionGuard guard(vm, " in __issubclass__");
  VM_CHECK(guard);
  out = type == wanted;
  if (out) return true;
  Ref bases;
  VM_CHECK(bases_of(vm, type, bases));
  if (!bases) return true;
  for (const Value base : bases.as<TupleObject>()->view()) {
    VM_CHECK(reaches(vm, base, wanted, out));
    if (out) return true;
  }
  return true;
}

constexpr std::string_view kInstanceMessage = "isinstance() arg 2 must be a type, a tuple of types, or a union";
constexpr std::string_view kSubclassMessage = "issubclass() arg 2 must be a class, a tuple of classes, or a union";

}  // namespace

bool plain_is_instance(Vm& vm, Value object, Value type, bool& out) {
  out = false;
  if (is_type(type)) {
    out = is_instance_of(vm, object, type.as<TypeObject>());
    if (out) return true;
    Ref claimed;
    VM_CHECK(find_attribute(vm, object, vm.names.d_class, claimed));
    if (claimed && is_type(claimed) && claimed.get() != Value(type_of(vm, object)))
      out = claimed.as<TypeObject>()->is_subtype_of(type.as<TypeObject>());
    return true;
  }
  VM_CHECK(check_class(vm, type, kInstanceMessage));
  Ref claimed;
  VM_CHECK(find_attribute(vm, object, vm.names.d_class, claimed));
  if (!claimed) return true;
  return reaches(vm, claimed, type, out);
}

bool plain_is_subclass(Vm& vm, Value type, Value wanted, bool& out) {
  if (is_type(type) && is_type(wanted)) {
    out = type.as<TypeObject>()->is_subtype_of(wanted.as<TypeObject>());
    return true;
  }
  VM_CHECK(check_class(vm, type, "issubclass() arg 1 must be a class"));
  VM_CHECK(check_class(vm, wanted, kSubclassMessage));
  return reaches(vm, type, wanted, out);
}

bool is_instance(Vm& vm, Value object, Value wanted, bool& out) {
  out = Value(type_of(vm, object)) == wanted;
  if (out) return true;
  if (is_exact(vm, wanted, vm.types.type)) return plain_is_instance(vm, object, wanted, out);
  if (is_tuple(wanted)) {
    const RecursionGuard guard(vm, " in __instancecheck__");
    VM_CHECK(guard);
    for (const Value entry : wanted.as<TupleObject>()->view()) {
      VM_CHECK(is_instance(vm, object, entry, out));
      if (out) return true;
    }
    return true;
  }
  Ref check;
  VM_CHECK(lookup_special(vm, wanted, vm.names.d_instancecheck, check));
  if (!check) return plain_is_instance(vm, object, wanted, out);
  const RecursionGuard guard(vm, " in __instancecheck__");
  VM_CHECK(guard);
  VM_TRY(Ref result, call(vm, check, {object}));
  return truth(vm, result, out);
}

bool is_subclass(Vm& vm, Value type, Value wanted, bool& out) {
  if (is_exact(vm, wanted, vm.types.type)) {
    out = type == wanted;
    return out || plain_is_subclass(vm, type, wanted, out);
  }
  if (is_tuple(wanted)) {
    const RecursionGuard guard(vm, " in __subclasscheck__");
    VM_CHECK(guard);
    out = false;
    for (const Value entry : wanted.as<TupleObject>()->view()) {
      VM_CHECK(is_subclass(vm, type, entry, out));
      if (out) return true;
    }
    return true;
  }
  Ref check;
  VM_CHECK(lookup_special(vm, wanted, vm.names.d_subclasscheck, check));
  if (!check) return plain_is_subclass(vm, type, wanted, out);
  const RecursionGuard guard(vm, " in __subclasscheck__");
  VM_CHECK(guard);
  VM_TRY(Ref result, call(vm, check, {type}));
  return truth(vm, result, out);
}

}  // namespace ouro::vm
