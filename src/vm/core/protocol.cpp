// What can be done with any value: text, hash, truth, comparison, dir (CPython 3.13 Objects/object.c).
#include "vm/core/protocol.h"

#include "vm/interpreter/frame.h"
#include "vm/objects/dict.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

Ref repr(Vm& vm, Value value) {
  const RecursionGuard guard(vm, " while getting the repr of an object");
  VM_CHECK(guard);
  VM_TRY(Ref result, type_of(vm, value)->slots.repr(vm, value));
  if (!is_str(result)) return raise(vm, vm.exc.TypeError, "__repr__ returned non-string (type {})", type_name(vm, result));
  return result;
}

Ref str(Vm& vm, Value value) {
  if (is_exact(vm, value, vm.types.str)) return Ref::share(value);
  TypeObject* type = type_of(vm, value);
  if (type->slots.str == nullptr) return repr(vm, value);
  const RecursionGuard guard(vm, " while getting the str of an object");
  VM_CHECK(guard);
  VM_TRY(Ref result, type->slots.str(vm, value));
  if (!is_str(result)) return raise(vm, vm.exc.TypeError, "__str__ returned non-string (type {})", type_name(vm, result));
  return result;
}

Ref ascii(Vm& vm, Value value) {
  VM_TRY(Ref text, repr(vm, value));
  auto* source = text.as<StrObject>();
  if (source->is_ascii) return text;
  StrBuilder out(vm);
  for (std::size_t i = 0; i < source->length; ++i) {
    const std::uint32_t c = source->at(i);
    char buffer[16];
    if (c < 0x80) {
      out.append(c);
      continue;
    }
    std::snprintf(buffer, sizeof buffer, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    out.append(std::string_view(buffer));
  }
  return out.finish();
}

Ref format(Vm& vm, Value value, Value spec) {
  if (!spec.is_null() && !is_str(spec))
    return raise(vm, vm.exc.SystemError, "Format specifier must be a string, not {}", type_name(vm, spec));
  const bool is_plain = spec.is_null() || spec.as<StrObject>()->length == 0;
  if (is_plain && is_exact(vm, value, vm.types.str)) return Ref::share(value);
  if (is_plain && is_exact(vm, value, vm.types.int_)) return str(vm, value);
  Ref method;
  VM_CHECK(lookup_special(vm, value, vm.names.d_format, method));
  if (!method) return raise(vm, vm.exc.TypeError, "Type {} doesn't define __format__", type_name(vm, value));
  VM_TRY(Ref result, call(vm, method, {spec.is_null() ? Value(vm.names.empty) : spec}));
  if (!is_str(result)) return raise(vm, vm.exc.TypeError, "__format__ must return a str, not {}", type_name(vm, result));
  return result;
}

bool hash(Vm& vm, Value value, std::int64_t& out) {
  TypeObject* type = type_of(vm, value);
  if (type->slots.hash == nullptr) return hash_not_implemented(vm, value, out);
  return type->slots.hash(vm, value, out);
}

bool hash_not_implemented(Vm& vm, Value self, std::int64_t&) {
  return raise(vm, vm.exc.TypeError, "unhashable type: '{}'", type_name(vm, self));
}

bool hash_identity(Vm&, Value self, std::int64_t& out) {
  // The low bits of an address are zero: turned round they go to the top (CPython Py_HashPointer).
  const std::uint64_t bits = self.bits();
  out = static_cast<std::int64_t>((bits >> 4U) | (bits << 60U));
  if (out == -1) out = -2;
  return true;
}

bool truth(Vm& vm, Value value, bool& out) {
  if (value.is_bool() || value.is_none()) {
    out = value.is_true();
    return true;
  }
  if (value.is_small()) {
    out = value.small_value() != 0;
    return true;
  }
  const TypeSlots& slots = type_of(vm, value)->slots;
  if (slots.boolean != nullptr) return slots.boolean(vm, value, out);
  out = true;
  if (slots.length == nullptr) return true;
  std::size_t size = 0;
  if (!slots.length(vm, value, size)) return false;
  out = size != 0;
  return true;
}

namespace {

constexpr CompareOp kSwapped[] = {CompareOp::Greater,  CompareOp::GreaterEqual, CompareOp::Equal,
                                  CompareOp::NotEqual, CompareOp::Less,         CompareOp::LessEqual};
constexpr std::string_view kCompareNames[] = {"<", "<=", "==", "!=", ">", ">="};

bool compare_small(std::int64_t a, std::int64_t b, CompareOp op) {
  switch (op) {
    case CompareOp::Less: return a < b;
    case CompareOp::LessEqual: return a <= b;
    case CompareOp::Equal: return a == b;
    case CompareOp::NotEqual: return a != b;
    case CompareOp::Greater: return a > b;
    case CompareOp::GreaterEqual: return a >= b;
  }
  return false;
}

Ref compare_any(Vm& vm, Value a, Value b, CompareOp op) {
  TypeObject* left = type_of(vm, a);
  TypeObject* right = type_of(vm, b);
  bool asked_right = false;
  if (left != right && right->slots.compare != nullptr && right->is_subtype_of(left)) {
    asked_right = true;
    Ref result = right->slots.compare(vm, b, a, kSwapped[static_cast<std::size_t>(op)]);
    if (result.get() != kNotImplemented) return result;
  }
  if (left->slots.compare != nullptr) {
    Ref result = left->slots.compare(vm, a, b, op);
    if (result.get() != kNotImplemented) return result;
  }
  if (!asked_right && right->slots.compare != nullptr) {
    Ref result = right->slots.compare(vm, b, a, kSwapped[static_cast<std::size_t>(op)]);
    if (result.get() != kNotImplemented) return result;
  }
  if (op == CompareOp::Equal) return Ref::boolean(a == b);
  if (op == CompareOp::NotEqual) return Ref::boolean(a != b);
  return raise(vm, vm.exc.TypeError, "'{}' not supported between instances of '{}' and '{}'",
               kCompareNames[static_cast<std::size_t>(op)], left->display_name(), right->display_name());
}

}  // namespace

Ref compare(Vm& vm, Value a, Value b, CompareOp op) {
  if (a.is_small() && b.is_small()) return Ref::boolean(compare_small(a.small_value(), b.small_value(), op));
  const RecursionGuard guard(vm, " in comparison");
  VM_CHECK(guard);
  return compare_any(vm, a, b, op);
}

bool compare_bool(Vm& vm, Value a, Value b, CompareOp op, bool& out) {
  if (a == b && (op == CompareOp::Equal || op == CompareOp::NotEqual)) {
    out = op == CompareOp::Equal;
    return true;
  }
  if (a.is_small() && b.is_small()) {
    out = compare_small(a.small_value(), b.small_value(), op);
    return true;
  }
  const Ref result = compare(vm, a, b, op);
  if (!result) return false;
  return truth(vm, result, out);
}

Ref directory(Vm& vm, Value object) {
  Ref method;
  VM_CHECK(lookup_special(vm, object, vm.names.d_dir, method));
  if (!method) return raise(vm, vm.exc.TypeError, "object does not provide __dir__");
  VM_TRY(Ref names, call(vm, method));
  VM_TRY(Own<ListObject> sorted, to_list(vm, names));
  VM_CHECK(list_sort(vm, sorted, Value(), false));
  return sorted;
}

// --- recursion

RecursionGuard::RecursionGuard(Vm& vm, std::string_view where) : vm_(&vm), entered_(true) {
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  ThreadState* thread = vm.thread;
  if (here < thread->native_stack_limit) [[unlikely]] {
    entered_ = false;
    (void)raise(vm, vm.exc.RecursionError, "maximum recursion depth exceeded{}", where);
    return;
  }
  ++thread->native_depth;
}

RecursionGuard::~RecursionGuard() {
  if (entered_) --vm_->thread->native_depth;
}

ReprGuard::ReprGuard(Vm& vm, Value object) : vm_(&vm), is_cycle_(false) {
  auto& running = vm.thread->repr_running;
  for (const std::uint64_t bits : running)
    if (bits == object.bits()) is_cycle_ = true;
  if (!is_cycle_) running.push_back(object.bits());
}

ReprGuard::~ReprGuard() {
  if (!is_cycle_) vm_->thread->repr_running.pop_back();
}

}  // namespace ouro::vm
