// Unpacking, f-strings, and the parts of calls with * and **.
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/operations.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

void drop(Value* items, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) xdecref(std::exchange(items[i], Value()));
}

/// get_iter with unpacking's own text for what is not iterable.
Ref iter_for_unpacking(Vm& vm, Value sequence) {
  Ref iterator = get_iter(vm, sequence);
  if (iterator) return iterator;
  TypeObject* type = type_of(vm, sequence);
  if (type->slots.iter == nullptr && type->slots.subscript == nullptr && catch_error(vm, vm.exc.TypeError))
    return raise(vm, vm.exc.TypeError, "cannot unpack non-iterable {} object", type_name(vm, sequence));
  return {};
}

/// How a message names a callee: "f()", or "module.f()" for what is not the builtins'.
std::string function_text(Vm& vm, Value callee) {
  Ref error = take_error(vm);
  std::string text;
  Ref qualname;
  if (find_attribute(vm, callee, vm.names.d_qualname, qualname) && qualname && is_str(qualname)) {
    text = to_utf8(qualname.as<StrObject>());
    Ref module;
    if (find_attribute(vm, callee, vm.names.d_module, module) && module && is_str(module)) {
      const std::string name = to_utf8(module.as<StrObject>());
      if (name != "builtins") text = name + "." + text;
    }
    text += "()";
  } else {
    Ref shown = str(vm, callee);
    if (shown) text = to_utf8(shown.as<StrObject>());
  }
  clear_error(vm);
  restore_error(vm, std::move(error));
  return text;
}

}  // namespace

bool unpack_sequence(Vm& vm, Value sequence, std::uint32_t count, Value* out) {
  TypeObject* type = type_of(vm, sequence);
  if (type == vm.types.list || type == vm.types.tuple) {
    const std::span<const Value> items = sequence_items(sequence);
    if (items.size() == count) {
      for (std::uint32_t i = 0; i < count; ++i) out[count - 1 - i] = Ref::share(items[i]).release();
      return true;
    }
    if (items.size() > count)
      return raise(vm, vm.exc.ValueError, "too many values to unpack (expected {})", count);
    return raise(vm, vm.exc.ValueError, "not enough values to unpack (expected {}, got {})", count, items.size());
  }
  VM_TRY(Ref iterator, iter_for_unpacking(vm, sequence));
  for (std::uint32_t i = 0; i < count; ++i) {
    Ref item = iter_next(vm, iterator);
    if (!item) {
      drop(out + (count - i), i);
      if (has_error(vm)) return false;
      return raise(vm, vm.exc.ValueError, "not enough values to unpack (expected {}, got {})", count, i);
    }
    out[count - 1 - i] = item.release();
  }
  const Ref more = iter_next(vm, iterator);
  if (!more && !has_error(vm)) return true;
  drop(out, count);
  if (has_error(vm)) return false;
  return raise(vm, vm.exc.ValueError, "too many values to unpack (expected {})", count);
}

bool unpack_extended(Vm& vm, Value sequence, std::uint32_t before, std::uint32_t after, Value* out) {
  VM_TRY(Ref iterator, iter_for_unpacking(vm, sequence));
  const std::uint32_t count = before + 1 + after;
  std::uint32_t filled = 0;
  for (; filled < before; ++filled) {
    Ref item = iter_next(vm, iterator);
    if (!item) {
      drop(out + (count - filled), filled);
      if (has_error(vm)) return false;
      return raise(vm, vm.exc.ValueError, "not enough values to unpack (expected at least {}, got {})", before + after, filled);
    }
    out[count - 1 - filled] = item.release();
  }
  Own<ListObject> rest = to_list(vm, iterator);
  if (!rest || rest->size < after) {
    drop(out + (count - filled), filled);
    if (!rest) return false;
    return raise(vm, vm.exc.ValueError, "not enough values to unpack (expected at least {}, got {})", before + after,
                 before + rest->size);
  }
  const std::size_t kept = rest->size - after;
  for (std::uint32_t i = 0; i < after; ++i) out[after - 1 - i] = rest->items[kept + i];  // the list's counts move
  rest->size = kept;
  out[after] = Value(rest.release());
  return true;
}

Ref build_string(Vm& vm, const Value* pieces, std::uint32_t count) {
  StrBuilder builder(vm);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!is_str(pieces[i])) return raise(vm, vm.exc.SystemError, "BUILD_STRING of what is no str");
    builder.append(pieces[i].as<StrObject>());
  }
  return builder.finish();
}

bool extend_for_call(Vm& vm, Value list, Value iterable, Value callee_or_null) {
  TypeObject* type = type_of(vm, iterable);
  if (type->slots.iter == nullptr && type->slots.subscript == nullptr) {
    if (callee_or_null.is_null())
      return raise(vm, vm.exc.TypeError, "Value after * must be an iterable, not {}", type_name(vm, iterable));
    return raise(vm, vm.exc.TypeError, "{} argument after * must be an iterable, not {}", function_text(vm, callee_or_null),
                 type_name(vm, iterable));
  }
  return list_extend(vm, list.as<ListObject>(), iterable);
}

bool dict_merge_for_call(Vm& vm, Value callee, Value dict, Value mapping) {
  if (dict_merge(vm, dict.as<DictObject>(), mapping, OnDuplicate::Raise)) return true;
  if (error_matches(vm, vm.exc.AttributeError)) {
    clear_error(vm);
    return raise(vm, vm.exc.TypeError, "{} argument after ** must be a mapping, not {}", function_text(vm, callee),
                 type_name(vm, mapping));
  }
  if (error_matches(vm, vm.exc.KeyError)) {
    Ref error = take_error(vm);
    TupleObject* args = error.as<ExceptionObject>()->args;
    if (args != nullptr && args->size == 1) {
      const Value key = (*args)[0];
      if (is_str(key)) {
        return raise(vm, vm.exc.TypeError, "{} got multiple values for keyword argument '{}'", function_text(vm, callee),
                     key.as<StrObject>());
      }
      return raise(vm, vm.exc.TypeError, "{} keywords must be strings", function_text(vm, callee));
    }
    restore_error(vm, std::move(error));
  }
  return false;
}

Ref str_append(Vm& vm, StrObject* a, StrObject* b) {
  Ref owned = Ref::adopt(Value(a));
  if (a->length == 0) return Ref::share(Value(b));
  return concat(vm, a, b);
}

}  // namespace ouro::vm
