// Weak references and proxies (CPython 3.13 Objects/weakrefobject.c).
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

#include <vector>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/dict.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"
#include "vm/objects/weakref_impl.h"

namespace ouro::vm {

WeakRefObject*& weakref_list(Object* object) {
  return *reinterpret_cast<WeakRefObject**>(reinterpret_cast<char*>(object) + object->type->weakref_offset);
}

namespace {

WeakRefObject* reference_in(Value self) { return self.as<WeakRefObject>(); }

void insert(WeakRefObject* reference, Object* target) {
  WeakRefObject*& head = weakref_list(target);
  reference->target = target;
  // References without callback stand first, so that they are found to be shared.
  WeakRefObject* after = nullptr;
  if (!reference->callback.is_null() || reference->is_proxy) {
    for (WeakRefObject* at = head; at != nullptr && at->callback.is_null(); at = at->next) after = at;
  }
  reference->previous = after;
  reference->next = after == nullptr ? head : after->next;
  if (reference->next != nullptr) reference->next->previous = reference;
  if (after == nullptr) {
    head = reference;
  } else {
    after->next = reference;
  }
}

/// The shareable reference of an object: plain, without callback.
WeakRefObject* plain_reference(Object* target, const TypeObject* type) {
  for (WeakRefObject* at = weakref_list(target); at != nullptr && at->callback.is_null(); at = at->next)
    if (at->Object::type == type && at->refcount > 0) return at;
  return nullptr;
}

}  // namespace

void detach_weakref(WeakRefObject* reference) {
  if (reference->target == nullptr) return;
  if (reference->previous != nullptr) {
    reference->previous->next = reference->next;
  } else {
    weakref_list(reference->target) = reference->next;
  }
  if (reference->next != nullptr) reference->next->previous = reference->previous;
  reference->target = nullptr;
  reference->next = reference->previous = nullptr;
}

Ref make_weakref(Vm& vm, TypeObject* type, Value target, Value callback, bool is_proxy) {
  if (!target.is_object() || target.object()->type->weakref_offset == 0)
    return raise(vm, vm.exc.TypeError, "cannot create weak reference to '{}' object", type_name(vm, target));
  if (callback.is_none()) callback = Value();
  const bool is_shareable = callback.is_null() && !type->has(kTypeHeap);
  if (is_shareable) {
    WeakRefObject* known = plain_reference(target.object(), type);
    if (known != nullptr) return Ref::share(Value(known));
  }
  auto* reference = allocate<WeakRefObject>(vm, type);
  VM_CHECK(reference);
  reference->hash = -1;
  reference->is_proxy = is_proxy;
  reference->callback = Ref::share(callback).release();
  insert(reference, target.object());
  vm.heap.track(reference);
  return Ref::adopt(Value(reference));
}

Ref new_weakref(Vm& vm, Value target, Value callback) { return make_weakref(vm, vm.types.weakref, target, callback, false); }

Value weakref_target(const WeakRefObject* reference) {
  return reference->target == nullptr || reference->target->refcount == 0 ? Value() : Value(reference->target);
}

void clear_weakrefs(Vm& vm, Object* object) {
  WeakRefObject* head = weakref_list(object);
  if (head == nullptr) return;
  std::vector<std::pair<Own<WeakRefObject>, Ref>> calls;
  while (head != nullptr) {
    detach_weakref(head);
    Ref callback = Ref::adopt(std::exchange(head->callback, Value()));
    if (callback && head->refcount > 0) calls.emplace_back(Own<WeakRefObject>::share(head), std::move(callback));
    head = weakref_list(object);
  }
  if (calls.empty()) return;
  Ref pending = take_error(vm);
  // The last made is called first, as CPython's list has it.
  for (const auto& [reference, callback] : calls) {
    const Ref result = call(vm, callback, {reference.operator Value()});
    if (!result) report_unraisable(vm, callback);
  }
  if (pending) restore_error(vm, std::move(pending));
}

void weakref_dealloc(Vm& vm, Object* self) {
  auto* reference = static_cast<WeakRefObject*>(self);
  vm.heap.untrack(reference);
  detach_weakref(reference);
  xdecref(std::exchange(reference->callback, Value()));
  store_clear(vm, reference->store);
  free_object(vm, self, self->type->basic_size);
}
void weakref_traverse(Object* self, Visitor& visit) {
  visit(static_cast<WeakRefObject*>(self)->callback);
  store_traverse(self, static_cast<WeakRefObject*>(self)->store, visit);
}
void weakref_clear(Vm& vm, Object* self) {
  auto* reference = static_cast<WeakRefObject*>(self);
  detach_weakref(reference);
  xdecref(std::exchange(reference->callback, Value()));
}

namespace {

Ref reference_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  if (args.positional < 1) return raise(vm, vm.exc.TypeError, "{}expected at least 1 argument, got 0", "__new__ ");
  if (args.positional > 2) return raise(vm, vm.exc.TypeError, "__new__ expected at most 2 arguments, got {}", args.positional);
  return make_weakref(vm, type, args.values[0], args.positional == 2 ? args.values[1] : Value(), false);
}

bool reference_init(Vm& vm, Value, const CallArgs& args) {
  if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "ref() takes no keyword arguments");
  if (args.positional >= 1 && args.positional <= 2) return true;
  return raise(vm, vm.exc.TypeError, "__init__ expected at {} argument{}, got {}", args.positional == 0 ? "least 1" : "most 2",
               args.positional == 0 ? "" : "s", args.positional);
}

Ref reference_call(Vm& vm, Value self, const CallArgs& args) {
  if (args.positional != 0 || args.has_keywords()) {
    if (args.has_keywords()) return raise(vm, vm.exc.TypeError, "weakref() takes no keyword arguments");
    return raise(vm, vm.exc.TypeError, "weakref expected 0 arguments, got {}", args.positional);
  }
  const Value target = weakref_target(reference_in(self));
  return target.is_null() ? Ref::none() : Ref::share(target);
}

bool reference_hash(Vm& vm, Value self, std::int64_t& out) {
  auto* reference = reference_in(self);
  if (reference->hash == -1) {
    const Ref target = Ref::share(weakref_target(reference));
    if (!target) return raise(vm, vm.exc.TypeError, "weak object has gone away");
    VM_CHECK(hash(vm, target, reference->hash));
  }
  out = reference->hash;
  return true;
}

Ref reference_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || !is_instance_of(vm, other, vm.types.weakref))
    return Ref::not_implemented();
  const Ref a = Ref::share(weakref_target(reference_in(self)));
  const Ref b = Ref::share(weakref_target(reference_in(other)));
  if (!a || !b) return Ref::boolean((self == other) == (op == CompareOp::Equal));
  return compare(vm, a, b, op);
}

Ref reference_repr(Vm& vm, Value self) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "<weakref at 0x%llx; ", static_cast<unsigned long long>(self.bits()));
  std::string text = buffer;
  const Ref target = Ref::share(weakref_target(reference_in(self)));
  if (!target) return new_str(vm, text + "dead>");
  text += "to '" + std::string(type_name(vm, target)) + "' at ";
  std::snprintf(buffer, sizeof buffer, "0x%llx", static_cast<unsigned long long>(target.get().bits()));
  text += buffer;
  Ref name;
  VM_CHECK(find_attribute(vm, target, vm.names.d_name, name));
  if (name && is_str(name)) text += " (" + to_utf8(name.as<StrObject>()) + ")";
  return new_str(vm, text + ">");
}

constexpr MethodSpec kMethods[] = {{"__class_getitem__($type, object, /)", generic_alias_of, "See PEP 585", Binding::Class}};
constexpr MemberSpec kMembers[] = {{"__callback__", MemberSpec::Kind::Object, offsetof(WeakRefObject, callback)}};

}  // namespace

const TypeSpec kWeakrefType = {
    .name = "weakref.ReferenceType",
    .basic_size = sizeof(WeakRefObject),
    .flags = kTypeContainer | kTypeBaseType,
    .slots = {.dealloc = weakref_dealloc, .traverse = weakref_traverse, .clear = weakref_clear, .construct = reference_construct,
              .init = reference_init, .repr = reference_repr, .hash = reference_hash, .call = reference_call,
              .compare = reference_compare},
    .methods = kMethods,
    .members = kMembers,
};

}  // namespace ouro::vm
