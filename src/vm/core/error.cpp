// Raising, taking and reporting exceptions.
#include "vm/core/error.h"

#include <cstring>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/frame.h"
#include "vm/modules/import.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

Piece::Piece(const StrObject* string) {
  if (string->is_ascii) {
    text_ = string->ascii();
  } else {
    owned_ = to_utf8(string);
    is_owned_ = true;
  }
}

void Piece::append_to(std::string& out) const {
  if (!is_number_) {
    out += is_owned_ ? std::string_view(owned_) : text_;
  } else if (is_negative_) {
    out += std::to_string(static_cast<std::int64_t>(number_));
  } else {
    out += std::to_string(number_);
  }
}

std::string format_message(std::string_view format, std::initializer_list<Piece> pieces) {
  std::string out;
  auto next = pieces.begin();
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == '{' && i + 1 < format.size() && format[i + 1] == '}' && next != pieces.end()) {
      next->append_to(out);
      ++next;
      ++i;
    } else {
      out += format[i];
    }
  }
  return out;
}

Failed raise_text(Vm& vm, TypeObject* type, std::string_view message) {
  const Own<StrObject> text = new_str(vm, message);
  if (!text) return kFailed;
  return raise_with(vm, type, text);
}

Failed raise_with(Vm& vm, TypeObject* type, Value argument) {
  const Ref exception = new_exception(vm, type, argument);
  if (!exception) return kFailed;
  return raise_instance(vm, exception);
}

namespace {

/// The exception being handled here or in a frame further out; null: none.
Value handled_exception(Vm& vm) {
  for (HandledException* entry = vm.thread->handled; entry != nullptr; entry = entry->previous)
    if (!entry->exception.is_null() && !entry->exception.is_none()) return entry->exception;
  return {};
}

/// Takes `exception` out of the chain of contexts that starts at `handled`, so that no cycle comes to be (CPython 3.13
/// Python/errors.c _PyErr_SetObject, with a second pointer against chains that are cycles already).
void break_context_cycle(Value handled, Value exception) {
  Value slow = handled;
  bool advance = false;
  for (auto* at = handled.as<ExceptionObject>(); !at->context.is_null();) {
    if (at->context == exception) {
      xdecref(std::exchange(at->context, Value()));
      return;
    }
    const Value next = at->context;
    if (next == slow) return;
    if (advance) slow = slow.as<ExceptionObject>()->context;
    advance = !advance;
    at = next.as<ExceptionObject>();
  }
}

}  // namespace

Failed raise_instance(Vm& vm, Value exception) {
  const Value handled = handled_exception(vm);
  if (!handled.is_null() && handled != exception) {
    break_context_cycle(handled, exception);
    incref(handled);
    xdecref(std::exchange(exception.as<ExceptionObject>()->context, handled));
  }
  restore_error(vm, Ref::share(exception));
  return kFailed;
}

Failed raise_memory_error(Vm& vm) {
  // The little that the exception itself needs is given beyond the limit.
  const std::size_t limit = vm.heap.limit();
  vm.heap.set_limit(limit + 65536);
  const Ref exception = vm.exc.MemoryError != nullptr ? new_exception(vm, vm.exc.MemoryError, {}) : Ref();
  vm.heap.set_limit(limit);
  if (!exception) return kFailed;
  return raise_instance(vm, exception);
}

Failed raise_os_error(Vm& vm, int error_number, Value filename, Value filename2) {
  char buffer[256];
  const char* text = strerror_r(error_number, buffer, sizeof buffer);
  const Own<StrObject> message = new_str(vm, text);
  if (!message) return kFailed;
  const Value name = filename.is_null() ? kNone : filename;
  const Value arguments[] = {Value::small(error_number), message, name, kNone, filename2};
  const std::size_t count = !filename2.is_null() ? 5 : !filename.is_null() ? 3 : 2;
  const CallArgs args{arguments, count, nullptr};
  TypeObject* type = vm.exc.OSError;
  const Ref exception = type->slots.construct(vm, type, args);
  if (!exception) return kFailed;
  return raise_instance(vm, exception);
}

Failed raise_argument_type(Vm& vm, std::string_view function, unsigned number, std::string_view expected, Value got) {
  const std::string_view name = got.is_none() ? std::string_view("None") : type_name(vm, got);
  if (number == 0) return raise(vm, vm.exc.TypeError, "{}() argument must be {}, not {}", function, expected, name);
  return raise(vm, vm.exc.TypeError, "{}() argument {} must be {}, not {}", function, number, expected, name);
}

Failed raise_attribute_error(Vm& vm, Value object, StrObject* name, std::string_view message) {
  const Own<StrObject> text = new_str(vm, message);
  if (!text) return kFailed;
  const Ref exception = new_exception(vm, vm.exc.AttributeError, text);
  if (!exception) return kFailed;
  auto* error = exception.as<AttributeErrorObject>();
  xincref(object);
  xdecref(std::exchange(error->obj, object));
  incref(static_cast<Object*>(name));
  xdecref(std::exchange(error->name, Value(name)));
  return raise_instance(vm, exception);
}

Failed raise_no_attribute(Vm& vm, Value object, StrObject* name) {
  return raise_attribute_error(
      vm, object, name,
      format_message("'{}' object has no attribute '{}'", {Piece(type_name(vm, object)), Piece(name)}));
}

Value pending_error(Vm& vm) { return vm.thread->error; }

Ref take_error(Vm& vm) { return Ref::adopt(std::exchange(vm.thread->error, Value())); }

void restore_error(Vm& vm, Ref error) { xdecref(std::exchange(vm.thread->error, error.release())); }

void clear_error(Vm& vm) { xdecref(std::exchange(vm.thread->error, Value())); }

bool error_matches(Vm& vm, const TypeObject* type) {
  const Value error = vm.thread->error;
  return !error.is_null() && error.object()->type->is_subtype_of(type);
}

bool catch_error(Vm& vm, const TypeObject* type) {
  if (!error_matches(vm, type)) return false;
  clear_error(vm);
  return true;
}

std::string_view type_name(Vm& vm, Value value) { return type_of(vm, value)->display_name(); }

// --- reports

namespace {

/// What sys.unraisablehook gets: the fields that its documentation names.
Ref unraisable_arguments(Vm& vm, Value error, Value where, std::string_view context) {
  VM_TRY(Own<DictObject> fields, new_dict(vm));
  Ref message = Ref::none();
  if (!context.empty()) {
    VM_TRY(message, new_str(vm, context));
  }
  const Value traceback = error.as<ExceptionObject>()->traceback;
  VM_CHECK(dict_set(vm, fields, "exc_type", Value(error.object()->type)));
  VM_CHECK(dict_set(vm, fields, "exc_value", error));
  VM_CHECK(dict_set(vm, fields, "exc_traceback", traceback.is_null() ? kNone : traceback));
  VM_CHECK(dict_set(vm, fields, "err_msg", message));
  VM_CHECK(dict_set(vm, fields, "object", where.is_null() ? kNone : where));
  return new_simple_namespace(vm, fields);
}

}  // namespace

void report_unraisable(Vm& vm, Value where, std::string_view context) {
  const Ref error = take_error(vm);
  if (!error) return;
  const Value hook = vm.sys_dict != nullptr ? dict_get(vm, vm.sys_dict, "unraisablehook") : Value();
  if (!hook.is_null() && !hook.is_none()) {
    const Ref arguments = unraisable_arguments(vm, error, where, context);
    if (arguments) {
      const Ref kept = Ref::share(hook);
      const Ref result = call(vm, kept, {arguments.get()});
      if (result) return;
    }
    clear_error(vm);
  }
  if (vm.sys_dict == nullptr) return;
  // No hook stands: one line to sys.stderr.
  const Value stream = dict_get(vm, vm.sys_dict, "stderr");
  if (stream.is_null() || stream.is_none()) return;
  std::string text = "Exception ignored";
  text += context.empty() ? "" : " ";
  text += context;
  text += ":\n" + exception_report(vm, error);
  const Own<StrObject> line = new_str(vm, text);
  const Ref done = line ? call_method(vm, stream, vm.names.write, {line.operator Value()}) : Ref();
  if (!done) clear_error(vm);
}

bool warn(Vm& vm, TypeObject* category, std::string_view message, int stack_level) {
  if (vm.modules == nullptr) return true;
  const Ref module = native_module(vm, "_warnings");
  if (!module) return !has_error(vm);
  VM_TRY(Own<StrObject> text, new_str(vm, message));
  VM_TRY(Ref result, call_method(vm, module, "warn", {text.operator Value(), Value(category), Value::small(stack_level)}));
  return true;
}

}  // namespace ouro::vm
