#include "vm/objects/frame_locals.h"

#include <optional>

#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/core/binding.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct ProxyObject : GcObject {
  FrameObject* frame;
};

FrameObject* object_of(Value self) { return self.as<ProxyObject>()->frame; }

void proxy_dealloc(Vm& vm, Object* self) {
  auto* proxy = static_cast<ProxyObject*>(self);
  vm.heap.untrack(proxy);
  decref(static_cast<Object*>(proxy->frame));
  free_object(vm, self, sizeof(ProxyObject));
}
void proxy_traverse(Object* self, Visitor& visit) { visit(static_cast<ProxyObject*>(self)->frame); }

/// The slot of a variable; nullopt: the frame has none of that name.
std::optional<std::size_t> slot_of(Vm& vm, Frame* frame, Value key) {
  (void)vm;
  if (frame == nullptr || !is_str(key)) return std::nullopt;
  const auto names = frame->code->locals_plus_names->view();
  const std::string_view kinds = frame->code->locals_plus_kinds->view();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if ((static_cast<std::uint8_t>(kinds[i]) & code::kLocalHidden) != 0) continue;
    if (names[i] == key || str_equal(names[i].as<StrObject>(), key.as<StrObject>())) return i;
  }
  return std::nullopt;
}
Value value_at(Vm& vm, Frame* frame, std::size_t slot) {
  const Value value = frame->locals_plus()[slot];
  const auto kind = static_cast<std::uint8_t>(frame->code->locals_plus_kinds->view()[slot]);
  if ((kind & (code::kLocalCell | code::kLocalFree)) != 0 && value.is_object() && value.object()->type == vm.types.cell)
    return value.as<CellObject>()->content;
  return value;
}

/// Everything as a plain dict: variables, then what was added.
Own<DictObject> as_dict(Vm& vm, Value self) {
  FrameObject* object = object_of(self);
  Own<DictObject> dict;
  if (object->frame == nullptr) {
    dict = new_dict(vm);
  } else {
    dict = Own<DictObject>::from(frame_locals(vm, object->frame));
  }
  if (dict && !object->extra_locals.is_null() && !dict_merge(vm, dict.get(), object->extra_locals, OnDuplicate::Replace))
    return {};
  return dict;
}

bool proxy_find(Vm& vm, Value self, Value key, Value& out) {
  FrameObject* object = object_of(self);
  out = Value();
  if (const auto slot = slot_of(vm, object->frame, key)) {
    out = value_at(vm, object->frame, *slot);
    if (!out.is_null()) return true;
  }
  if (object->extra_locals.is_null()) return true;
  out = dict_get(vm, object->extra_locals.as<DictObject>(), key);
  return !has_error(vm);
}

Ref proxy_subscript(Vm& vm, Value self, Value key) {
  Value value;
  VM_CHECK(proxy_find(vm, self, key, value));
  if (!value.is_null()) return Ref::share(value);
  if (is_str(key)) return raise(vm, vm.exc.KeyError, "local variable '{}' is not defined", key.as<StrObject>());
  return raise_with(vm, vm.exc.KeyError, key);
}
bool proxy_assign(Vm& vm, Value self, Value key, Value value) {
  FrameObject* object = object_of(self);
  if (const auto slot = slot_of(vm, object->frame, key)) {
    if (value.is_null())
      return raise(vm, vm.exc.ValueError, "cannot remove local variables from FrameLocalsProxy");
    Value& target = object->frame->locals_plus()[*slot];
    Value* place = &target;
    const auto kind = static_cast<std::uint8_t>(object->frame->code->locals_plus_kinds->view()[*slot]);
    if ((kind & (code::kLocalCell | code::kLocalFree)) != 0 && target.is_object() && target.object()->type == vm.types.cell)
      place = &target.as<CellObject>()->content;
    incref(value);
    xdecref(std::exchange(*place, value));
    return true;
  }
  if (value.is_null()) {
    if (object->extra_locals.is_null()) return raise_with(vm, vm.exc.KeyError, key);
    return dict_delete(vm, object->extra_locals.as<DictObject>(), key);
  }
  if (object->extra_locals.is_null()) {
    VM_TRY(Own<DictObject> dict, new_dict(vm));
    object->extra_locals = Value(dict.release());
    vm.heap.track(object);
  }
  return dict_set(vm, object->extra_locals.as<DictObject>(), key, value);
}
bool proxy_contains(Vm& vm, Value self, Value key, bool& out) {
  Value value;
  if (!proxy_find(vm, self, key, value)) return false;
  out = !value.is_null();
  return true;
}
bool proxy_length(Vm& vm, Value self, std::size_t& out) {
  Own<DictObject> dict = as_dict(vm, self);
  if (!dict) return false;
  out = dict->used;
  return true;
}
Ref proxy_iter(Vm& vm, Value self) {
  VM_TRY(Own<DictObject> dict, as_dict(vm, self));
  VM_TRY(Own<ListObject> keys, dict_keys(vm, dict.get()));
  return get_iter(vm, keys);
}
Ref proxy_repr(Vm& vm, Value self) {
  ReprGuard guard(vm, self);
  if (guard.is_cycle()) return new_str(vm, "{...}");
  VM_TRY(Own<DictObject> dict, as_dict(vm, self));
  return repr(vm, dict);
}
Ref proxy_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (op != CompareOp::Equal && op != CompareOp::NotEqual) return Ref::not_implemented();
  if (type_of(vm, other) == type_of(vm, self)) {
    const bool same = object_of(self) == object_of(other);
    return Ref::boolean(same == (op == CompareOp::Equal));
  }
  if (!is_dict(other)) return Ref::not_implemented();
  VM_TRY(Own<DictObject> dict, as_dict(vm, self));
  return compare(vm, dict, other, op);
}

Ref proxy_keys(Vm& vm, Value self) {
  VM_TRY(Own<DictObject> dict, as_dict(vm, self));
  return dict_keys(vm, dict.get());
}
Ref proxy_values(Vm& vm, Value self) {
  VM_TRY(Own<DictObject> dict, as_dict(vm, self));
  return dict_values(vm, dict.get());
}
Ref proxy_items(Vm& vm, Value self) {
  VM_TRY(Own<DictObject> dict, as_dict(vm, self));
  return dict_items(vm, dict.get());
}
Ref proxy_copy(Vm& vm, Value self) { return as_dict(vm, self); }
Ref proxy_get(Vm& vm, Value self, Args& args) {
  Value value;
  VM_CHECK(proxy_find(vm, self, args[0], value));
  return Ref::share(value.is_null() ? args.get(1, kNone) : value);
}
Ref proxy_update(Vm& vm, Value self, Value other) {
  VM_TRY(Own<DictObject> dict, new_dict(vm));
  VM_CHECK(dict_merge(vm, dict.get(), other, OnDuplicate::Replace));
  std::size_t position = 0;
  Value key, value;
  while (dict_next(dict.get(), position, key, value)) VM_CHECK(proxy_assign(vm, self, key, value));
  return Ref::none();
}
Ref proxy_set_default(Vm& vm, Value self, Args& args) {
  Value value;
  VM_CHECK(proxy_find(vm, self, args[0], value));
  if (!value.is_null()) return Ref::share(value);
  VM_CHECK(proxy_assign(vm, self, args[0], args.get(1, kNone)));
  return Ref::share(args.get(1, kNone));
}
Ref proxy_pop(Vm& vm, Value self, Args& args) {
  FrameObject* object = object_of(self);
  if (slot_of(vm, object->frame, args[0]))
    return raise(vm, vm.exc.ValueError, "cannot remove local variables from FrameLocalsProxy");
  if (!object->extra_locals.is_null()) {
    Ref value = dict_pop(vm, object->extra_locals.as<DictObject>(), args[0]);
    if (value || has_error(vm)) return value;
  }
  if (args.given(1)) return Ref::share(args[1]);
  return raise_with(vm, vm.exc.KeyError, args[0]);
}
Ref proxy_or(Vm& vm, Value left, Value right) {
  VM_TRY(Own<DictObject> dict, new_dict(vm));
  if (!dict_merge(vm, dict.get(), left, OnDuplicate::Replace) || !dict_merge(vm, dict.get(), right, OnDuplicate::Replace)) {
    clear_error(vm);
    return Ref::not_implemented();
  }
  return dict;
}

constexpr MethodSpec kMethods[] = {
    {"keys($self, /)", proxy_keys},
    {"values($self, /)", proxy_values},
    {"items($self, /)", proxy_items},
    {"copy($self, /)", proxy_copy},
    {"get($self, key, default=None, /)", proxy_get},
    {"update($self, other, /)", proxy_update},
    {"setdefault($self, key, default=None, /)", proxy_set_default},
    {"pop($self, key, default=<unrepresentable>, /)", proxy_pop},
};

TypeSlots proxy_slots() {
  TypeSlots slots{.dealloc = proxy_dealloc,
                  .traverse = proxy_traverse,
                  .repr = proxy_repr,
                  .compare = proxy_compare,
                  .iter = proxy_iter,
                  .length = proxy_length,
                  .subscript = proxy_subscript,
                  .assign_subscript = proxy_assign,
                  .contains = proxy_contains};
  slots.binary[static_cast<std::size_t>(BinaryOp::Or)] = proxy_or;
  return slots;
}
const TypeSpec kFrameLocalsProxyType{
    .name = "FrameLocalsProxy",
    .basic_size = sizeof(ProxyObject),
    .flags = kTypeContainer | kTypeMapping | kTypeNoInstantiation,
    .slots = proxy_slots(),
    .methods = kMethods,
};

}  // namespace

Ref new_frame_locals_proxy(Vm& vm, FrameObject* frame) {
  auto* proxy = allocate<ProxyObject>(vm, vm.native_type(kFrameLocalsProxyType));
  if (proxy == nullptr) return {};
  incref(static_cast<Object*>(frame));
  proxy->frame = frame;
  vm.heap.track(proxy);
  return Ref::adopt(proxy);
}

}  // namespace ouro::vm
