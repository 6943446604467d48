#include "machine_values.h"

#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro {
namespace {

constexpr unsigned kMostDepth = 200;

std::optional<PyValue> list_from(vm::Vm& vm, std::span<const vm::Value> items, unsigned depth) {
  PyList list;
  for (const vm::Value item : items) {
    std::optional<PyValue> value = value_from_object(vm, item, depth + 1);
    if (!value) return std::nullopt;
    list.push_back(std::move(*value));
  }
  return PyValue(std::move(list));
}

std::optional<PyValue> dict_from(vm::Vm& vm, const vm::DictObject* dict, unsigned depth) {
  PyDict out;
  std::size_t position = 0;
  vm::Value key, value;
  while (vm::dict_next(dict, position, key, value)) {
    std::optional<PyValue> first = value_from_object(vm, key, depth + 1);
    std::optional<PyValue> second = value_from_object(vm, value, depth + 1);
    if (!first || !second) return std::nullopt;
    out.emplace_back(std::move(*first), std::move(*second));
  }
  return PyValue(std::move(out));
}

}  // namespace

std::optional<PyValue> value_from_object(vm::Vm& vm, vm::Value object, unsigned depth) {
  if (depth > kMostDepth) return std::nullopt;
  if (object.is_none()) return PyValue();
  if (object.is_bool()) return PyValue(object.is_true());
  if (vm::is_int(object)) {
    const std::optional<std::int64_t> number = vm::int_to_int64(object);
    return number ? std::optional(PyValue(*number)) : std::nullopt;
  }
  if (vm::is_float(object)) return PyValue(object.as<vm::FloatObject>()->value);
  if (vm::is_str(object)) return PyValue(vm::to_utf8(object.as<vm::StrObject>()));
  if (vm::is_bytes(object)) return PyValue(PyBytes{std::string(object.as<vm::BytesObject>()->view())});
  if (vm::is_list(object)) return list_from(vm, object.as<vm::ListObject>()->view(), depth);
  if (vm::is_tuple(object)) return list_from(vm, object.as<vm::TupleObject>()->view(), depth);
  if (vm::is_dict(object)) return dict_from(vm, object.as<vm::DictObject>(), depth);
  return std::nullopt;
}

vm::Ref object_from_value(vm::Vm& vm, const PyValue& value) {
  struct Maker {
    vm::Vm& vm;
    vm::Ref operator()(std::monostate) const { return vm::Ref::none(); }
    vm::Ref operator()(bool flag) const { return vm::Ref::boolean(flag); }
    vm::Ref operator()(std::int64_t number) const { return vm::new_int(vm, number); }
    vm::Ref operator()(double number) const { return vm::new_float(vm, number); }
    vm::Ref operator()(const std::string& text) const { return vm::new_str(vm, text); }
    vm::Ref operator()(const PyBytes& bytes) const { return vm::new_bytes(vm, bytes.content); }
    vm::Ref operator()(const PyList& items) const {
      VM_TRY(vm::Own<vm::ListObject> list, vm::new_list(vm));
      for (const PyValue& item : items) {
        VM_TRY(vm::Ref made, object_from_value(vm, item));
        VM_CHECK(vm::list_append(vm, list.get(), std::move(made)));
      }
      return vm::Ref(std::move(list));
    }
    vm::Ref operator()(const PyDict& items) const {
      VM_TRY(vm::Own<vm::DictObject> dict, vm::new_dict(vm, items.size()));
      for (const auto& [key, item] : items) {
        VM_TRY(vm::Ref made_key, object_from_value(vm, key));
        VM_TRY(vm::Ref made, object_from_value(vm, item));
        VM_CHECK(vm::dict_set(vm, dict.get(), made_key, made));
      }
      return vm::Ref(std::move(dict));
    }
  };
  return std::visit(Maker{vm}, value.content);
}

}  // namespace ouro
