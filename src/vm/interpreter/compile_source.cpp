// Source to code objects, through the compiler that the machine was given.
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/host/compiler_interface.h"
#include "vm/interpreter/compile_error.h"
#include "vm/interpreter/run.h"
#include "vm/modules/import.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

TypeObject* exception_named(Vm& vm, std::string_view name) {
  const Value type = dict_get(vm, vm.builtins, name);
  if (is_type(type) && type.as<TypeObject>()->is_subtype_of(vm.exc.BaseException)) return type.as<TypeObject>();
  return vm.exc.SyntaxError;
}

/// warnings.warn_explicit(message, category, filename, line), natively.
bool warn_explicit(Vm& vm, TypeObject* category, std::string_view message, std::string_view filename, std::int64_t line) {
  Ref module = native_module(vm, "_warnings");
  if (!module) return !has_error(vm);
  VM_TRY(Ref function, get_attribute(vm, module, "warn_explicit"));
  VM_TRY(Own<StrObject> text, new_str(vm, message));
  VM_TRY(Own<StrObject> file, new_str_fs(vm, filename));
  return static_cast<bool>(call(vm, function, {text.get(), Value(category), file.get(), Value::small(line)}));
}

}  // namespace

Failed raise_compile_failure(Vm& vm, const CompileFailure& failure, std::string_view filename) {
  TypeObject* type = exception_named(vm, failure.exception);
  if (!type->is_subtype_of(vm.exc.SyntaxError)) return raise(vm, type, "{}", failure.message);
  VM_TRY(Own<StrObject> message, new_str(vm, failure.message));
  if (!failure.has_position) return raise_with(vm, type, message);
  const auto number = [](std::int64_t value) { return Value::small(value); };
  VM_TRY(Own<StrObject> file, new_str_fs(vm, filename));
  Ref text = failure.text ? Ref(new_str(vm, *failure.text)) : Ref::none();
  if (!text) return {};
  VM_TRY(Own<TupleObject> details, new_tuple(vm, {file.get(), number(failure.line), number(failure.column), text.get(),
                                                  number(failure.end_line), number(failure.end_column)}));
  VM_TRY(Ref error, call(vm, type, {message.get(), details.get()}));
  return raise_instance(vm, error);
}

bool issue_compile_warnings(Vm& vm, const std::vector<CompileWarning>& warnings, std::string_view filename) {
  for (const CompileWarning& warning : warnings) {
    TypeObject* category = exception_named(vm, warning.category);
    if (warn_explicit(vm, category, warning.message, filename, warning.line)) continue;
    if (!catch_error(vm, category)) return false;
    // A warning that is to be an error is a SyntaxError at its place (CPython's _PyErr_EmitSyntaxWarning).
    CompileFailure failure{.exception = "SyntaxError", .message = warning.message};
    failure.line = warning.line;
    failure.column = warning.column;
    failure.end_line = warning.end_line;
    failure.end_column = warning.end_column;
    failure.text = warning.text;
    failure.has_position = true;
    return raise_compile_failure(vm, failure, filename);
  }
  return true;
}

Ref code_of_outcome(Vm& vm, CompileOutcome outcome, std::string_view filename) {
  VM_CHECK(issue_compile_warnings(vm, outcome.warnings, filename));
  if (!outcome.pool) return raise_compile_failure(vm, outcome.failure, filename);
  VM_TRY(Ref made, object_from_pool(vm, *outcome.pool, outcome.root));
  if (type_of(vm, made) == vm.types.code && vm.options.debug_ranges)
    made.as<CodeObject>()->origin = new CodeOrigin{std::move(*outcome.pool), outcome.root};
  return made;
}

Ref compile_source(Vm& vm, std::string_view source, bool is_utf8, std::string_view filename, std::string_view mode,
                   std::uint32_t flags, int optimize) {
  if (vm.compiler == nullptr) return raise(vm, vm.exc.RuntimeError, "this machine has no compiler");
  CompileRequest request;
  request.source = source;
  request.is_utf8 = is_utf8;
  request.filename = filename;
  request.mode = mode == "eval"        ? CompileMode::Eval
                 : mode == "single"    ? CompileMode::Single
                 : mode == "func_type" ? CompileMode::FunctionType
                                       : CompileMode::Exec;
  request.flags = flags;
  request.optimize = optimize < 0 ? vm.options.optimize : optimize;
  VM_CHECK(charge_work(vm, source.size()));
  return code_of_outcome(vm, vm.compiler->compile(request), filename);
}

}  // namespace ouro::vm
