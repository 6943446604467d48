// Exceptions with fields of their own, OSError and the Unicode errors apart (CPython 3.13 Objects/exceptions.c).
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception_impl.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

using Kind = MemberSpec::Kind;

/// The call's positional arguments alone.
CallArgs positional_only(const CallArgs& args) { return CallArgs{args.values, args.positional, nullptr}; }

// --- StopIteration, SystemExit

bool stop_iteration_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, args));
  assign_field(self.as<StopIterationObject>()->value, args.positional > 0 ? args.values[0] : kNone);
  return true;
}
using StopIterationSlots = FieldSlots<StopIterationObject, &StopIterationObject::value>;
constexpr MemberSpec kStopIterationMembers[] = {
    {"value", Kind::Object, offsetof(StopIterationObject, value), false, "generator return value"}};

bool system_exit_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, args));
  auto* exit = self.as<SystemExitObject>();
  if (args.positional == 1) assign_field(exit->code, args.values[0]);
  if (args.positional > 1) assign_field(exit->code, Value(exit->args));
  return true;
}
using SystemExitSlots = FieldSlots<SystemExitObject, &SystemExitObject::code>;
constexpr MemberSpec kSystemExitMembers[] = {{"code", Kind::Object, offsetof(SystemExitObject, code), false, "exception code"}};

// --- ImportError

bool import_error_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, positional_only(args)));
  auto* error = self.as<ImportErrorObject>();
  assign_field(error->name, Value());
  assign_field(error->path, Value());
  assign_field(error->name_from, Value());
  const KeywordField fields[] = {{"name", &error->name}, {"path", &error->path}, {"name_from", &error->name_from}};
  VM_CHECK(take_keyword_fields(vm, "ImportError", args, fields));
  assign_field(error->msg, args.positional == 1 ? args.values[0] : Value());
  return true;
}
Ref import_error_str(Vm& vm, Value self) {
  const Value msg = self.as<ImportErrorObject>()->msg;
  if (!msg.is_null() && is_exact(vm, msg, vm.types.str)) return Ref::share(msg);
  return exception_str(vm, self);
}
using ImportErrorSlots = FieldSlots<ImportErrorObject, &ImportErrorObject::msg, &ImportErrorObject::name, &ImportErrorObject::path, &ImportErrorObject::name_from>;
constexpr MemberSpec kImportErrorMembers[] = {
    {"msg", Kind::Object, offsetof(ImportErrorObject, msg), false, "exception message"},
    {"name", Kind::Object, offsetof(ImportErrorObject, name), false, "module name"},
    {"path", Kind::Object, offsetof(ImportErrorObject, path), false, "module path"},
    {"name_from", Kind::Object, offsetof(ImportErrorObject, name_from), false, "name imported from module"}};
Ref import_error_reduce(Vm& vm, Value self) {
  auto* error = self.as<ImportErrorObject>();
  VM_TRY(Own<DictObject> state, new_dict(vm));
  VM_TRY(Ref own, get_attribute(vm, self, vm.names.d_dict));
  VM_CHECK(dict_merge(vm, state, own, OnDuplicate::Replace));
  if (!error->name.is_null()) VM_CHECK(dict_set(vm, state, "name", error->name));
  if (!error->path.is_null()) VM_CHECK(dict_set(vm, state, "path", error->path));
  if (!error->name_from.is_null()) VM_CHECK(dict_set(vm, state, "name_from", error->name_from));
  const Value args = error->args == nullptr ? Value(vm.empty_tuple) : Value(error->args);
  if (state->used == 0) return new_tuple(vm, {Value(type_of(vm, self)), args});
  return new_tuple(vm, {Value(type_of(vm, self)), args, state.operator Value()});
}
constexpr MethodSpec kImportErrorMethods[] = {{"__reduce__($self, /)", import_error_reduce}};

// --- AttributeError, NameError

bool attribute_error_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, positional_only(args)));
  auto* error = self.as<AttributeErrorObject>();
  assign_field(error->name, Value());
  assign_field(error->obj, Value());
  const KeywordField fields[] = {{"name", &error->name}, {"obj", &error->obj}};
  return take_keyword_fields(vm, "AttributeError", args, fields);
}
using AttributeErrorSlots = FieldSlots<AttributeErrorObject, &AttributeErrorObject::obj, &AttributeErrorObject::name>;
constexpr MemberSpec kAttributeErrorMembers[] = {
    {"name", Kind::Object, offsetof(AttributeErrorObject, name), false, "attribute name"},
    {"obj", Kind::Object, offsetof(AttributeErrorObject, obj), false, "object"}};
Ref attribute_error_getstate(Vm& vm, Value self) {
  auto* error = self.as<AttributeErrorObject>();
  VM_TRY(Own<DictObject> state, new_dict(vm));
  VM_TRY(Ref own, get_attribute(vm, self, vm.names.d_dict));
  VM_CHECK(dict_merge(vm, state, own, OnDuplicate::Replace));
  if (!error->name.is_null()) VM_CHECK(dict_set(vm, state, "name", error->name));
  const Value args = error->args == nullptr ? Value(vm.empty_tuple) : Value(error->args);
  VM_CHECK(dict_set(vm, state, "args", args));
  return state;
}
Ref attribute_error_reduce(Vm& vm, Value self) {
  VM_TRY(Ref state, attribute_error_getstate(vm, self));
  TupleObject* args = self.as<AttributeErrorObject>()->args;
  return new_tuple(vm, {Value(type_of(vm, self)), args == nullptr ? Value(vm.empty_tuple) : Value(args), state.get()});
}
constexpr MethodSpec kAttributeErrorMethods[] = {{"__getstate__($self, /)", attribute_error_getstate},
                                                 {"__reduce__($self, /)", attribute_error_reduce}};

bool name_error_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, positional_only(args)));
  auto* error = self.as<NameErrorObject>();
  assign_field(error->name, Value());
  const KeywordField fields[] = {{"name", &error->name}};
  return take_keyword_fields(vm, "NameError", args, fields);
}
using NameErrorSlots = FieldSlots<NameErrorObject, &NameErrorObject::name>;
constexpr MemberSpec kNameErrorMembers[] = {{"name", Kind::Object, offsetof(NameErrorObject, name), false, "name"}};

// --- SyntaxError

bool syntax_error_init(Vm& vm, Value self, const CallArgs& args) {
  VM_CHECK(exception_init(vm, self, args));
  auto* error = self.as<SyntaxErrorObject>();
  if (args.positional >= 1) assign_field(error->msg, args.values[0]);
  if (args.positional != 2) return true;
  VM_TRY(Own<TupleObject> info, to_tuple(vm, args.values[1]));
  if (info->size < 4 || info->size > 6) {
    return raise(vm, vm.exc.TypeError, "function takes at {} {} arguments ({} given)", info->size < 4 ? "least" : "most",
                 info->size < 4 ? 4 : 6, info->size);
  }
  Value* const places[] = {&error->filename, &error->lineno, &error->offset, &error->text, &error->end_lineno, &error->end_offset};
  for (std::size_t i = 0; i < 6; ++i) assign_field(*places[i], i < info->size ? (*info)[i] : Value());
  if (!error->end_lineno.is_null() && error->end_offset.is_null())
    return raise(vm, vm.exc.TypeError, "end_offset must be provided when end_lineno is provided");
  return true;
}

Ref syntax_error_str(Vm& vm, Value self) {
  auto* error = self.as<SyntaxErrorObject>();
  VM_TRY(Ref msg, str(vm, error->msg.is_null() ? kNone : error->msg));
  std::string text = to_utf8(msg.as<StrObject>());
  std::string file;
  const bool has_file = !error->filename.is_null() && is_str(error->filename);
  if (has_file) {
    file = to_utf8(error->filename.as<StrObject>());
    file = file.substr(file.rfind('/') + 1);
  }
  const bool has_line = !error->lineno.is_null() && is_exact(vm, error->lineno, vm.types.int_);
  std::string line;
  if (has_line) {
    VM_TRY(line, int_to_text(vm, error->lineno, 10));
  }
  if (has_file && has_line) {
    text += " (" + file + ", line " + line + ")";
  } else if (has_file) {
    text += " (" + file + ")";
  } else if (has_line) {
    text += " (line " + line + ")";
  }
  return new_str(vm, text);
}
using SyntaxErrorSlots =
    FieldSlots<SyntaxErrorObject, &SyntaxErrorObject::msg, &SyntaxErrorObject::filename, &SyntaxErrorObject::lineno, &SyntaxErrorObject::offset,
               &SyntaxErrorObject::end_lineno, &SyntaxErrorObject::end_offset, &SyntaxErrorObject::text, &SyntaxErrorObject::print_file_and_line>;
constexpr MemberSpec kSyntaxErrorMembers[] = {
    {"msg", Kind::Object, offsetof(SyntaxErrorObject, msg), false, "exception msg"},
    {"filename", Kind::Object, offsetof(SyntaxErrorObject, filename), false, "exception filename"},
    {"lineno", Kind::Object, offsetof(SyntaxErrorObject, lineno), false, "exception lineno"},
    {"offset", Kind::Object, offsetof(SyntaxErrorObject, offset), false, "exception offset"},
    {"text", Kind::Object, offsetof(SyntaxErrorObject, text), false, "exception text"},
    {"end_lineno", Kind::Object, offsetof(SyntaxErrorObject, end_lineno), false, "exception end lineno"},
    {"end_offset", Kind::Object, offsetof(SyntaxErrorObject, end_offset), false, "exception end offset"},
    {"print_file_and_line", Kind::Object, offsetof(SyntaxErrorObject, print_file_and_line), false, "exception print_file_and_line"}};

}  // namespace

#define OURO_VM_LIFE(slots) .dealloc = slots::dealloc, .traverse = slots::traverse, .clear = slots::clear, .construct = exception_construct

const TypeSpec kStopIterationType = {.name = "StopIteration", .basic_size = sizeof(StopIterationObject), .flags = kTypeBaseType,
                                     .base = &kExceptionType, .doc = "Signal the end from iterator.__next__().",
                                     .slots = {OURO_VM_LIFE(StopIterationSlots), .init = stop_iteration_init},
                                     .members = kStopIterationMembers};
const TypeSpec kSystemExitType = {.name = "SystemExit", .basic_size = sizeof(SystemExitObject), .flags = kTypeBaseType,
                                  .base = &kBaseExceptionType, .doc = "Request to exit from the interpreter.",
                                  .slots = {OURO_VM_LIFE(SystemExitSlots), .init = system_exit_init}, .members = kSystemExitMembers};
const TypeSpec kImportErrorType = {.name = "ImportError", .basic_size = sizeof(ImportErrorObject), .flags = kTypeBaseType,
                                   .base = &kExceptionType, .doc = "Import can't find module, or can't find name in module.",
                                   .slots = {OURO_VM_LIFE(ImportErrorSlots), .init = import_error_init, .str = import_error_str},
                                   .methods = kImportErrorMethods, .members = kImportErrorMembers};
const TypeSpec kModuleNotFoundErrorType = {.name = "ModuleNotFoundError", .basic_size = sizeof(ImportErrorObject), .flags = kTypeBaseType,
                                           .base = &kImportErrorType, .doc = "Module not found.",
                                           .slots = {.construct = exception_construct, .init = import_error_init}};
const TypeSpec kAttributeErrorType = {.name = "AttributeError", .basic_size = sizeof(AttributeErrorObject), .flags = kTypeBaseType,
                                      .base = &kExceptionType, .doc = "Attribute not found.",
                                      .slots = {OURO_VM_LIFE(AttributeErrorSlots), .init = attribute_error_init},
                                      .methods = kAttributeErrorMethods, .members = kAttributeErrorMembers};
const TypeSpec kNameErrorType = {.name = "NameError", .basic_size = sizeof(NameErrorObject), .flags = kTypeBaseType,
                                 .base = &kExceptionType, .doc = "Name not found globally.",
                                 .slots = {OURO_VM_LIFE(NameErrorSlots), .init = name_error_init}, .members = kNameErrorMembers};
const TypeSpec kUnboundLocalErrorType = {.name = "UnboundLocalError", .basic_size = sizeof(NameErrorObject), .flags = kTypeBaseType,
                                         .base = &kNameErrorType, .doc = "Local name referenced but not bound to a value.",
                                         .slots = {.construct = exception_construct, .init = name_error_init}};
const TypeSpec kSyntaxErrorType = {.name = "SyntaxError", .basic_size = sizeof(SyntaxErrorObject), .flags = kTypeBaseType,
                                   .base = &kExceptionType, .doc = "Invalid syntax.",
                                   .slots = {OURO_VM_LIFE(SyntaxErrorSlots), .init = syntax_error_init, .str = syntax_error_str},
                                   .members = kSyntaxErrorMembers};
#define OURO_VM_SYNTAX(id, parent, text)                                                                           \
  const TypeSpec k##id##Type = {.name = #id, .basic_size = sizeof(SyntaxErrorObject), .flags = kTypeBaseType,      \
                                  .base = &k##parent##Type, .doc = text,                                             \
                                  .slots = {.construct = exception_construct, .init = syntax_error_init}};
OURO_VM_SYNTAX(IndentationError, SyntaxError, "Improper indentation.")
OURO_VM_SYNTAX(TabError, IndentationError, "Improper mixture of spaces and tabs.")
OURO_VM_SYNTAX(_IncompleteInputError, SyntaxError, "incomplete input.")

}  // namespace ouro::vm
