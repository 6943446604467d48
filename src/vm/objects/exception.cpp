// BaseException and what is common to all exceptions (CPython 3.13 Objects/exceptions.c).
#include "vm/objects/exception.h"

#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception_impl.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

bool set_exception_args(Vm& vm, ExceptionObject* self, std::span<const Value> args) {
  VM_TRY(Own<TupleObject> tuple, new_tuple(vm, args));
  TupleObject* old = std::exchange(self->args, tuple.release());
  if (old != nullptr) decref(static_cast<Object*>(old));
  return true;
}

Ref exception_construct(Vm& vm, TypeObject* type, const CallArgs& args) {
  auto* memory = allocate<ExceptionObject>(vm, type);
  VM_CHECK(memory);
  Ref exception = Ref::adopt(Value(memory));
  VM_CHECK(set_exception_args(vm, memory, args.positionals()));
  vm.heap.track(memory);
  return exception;
}

bool exception_init(Vm& vm, Value self, const CallArgs& args) {
  if (args.has_keywords())
    return raise(vm, vm.exc.TypeError, "{}() takes no keyword arguments", type_name(vm, self));
  return set_exception_args(vm, self.as<ExceptionObject>(), args.positionals());
}

namespace {
void drop_fields(Vm& vm, ExceptionObject* self) {
  TupleObject* args = std::exchange(self->args, nullptr);
  if (args != nullptr) decref(static_cast<Object*>(args));
  for (Value* place : {&self->traceback, &self->context, &self->cause, &self->notes}) xdecref(std::exchange(*place, Value()));
  store_clear(vm, self->store);
}
}  // namespace

void exception_dealloc(Vm& vm, Object* self) {
  auto* exception = static_cast<ExceptionObject*>(self);
  vm.heap.untrack(exception);
  drop_fields(vm, exception);
  free_object(vm, self, self->type->basic_size);
}
void exception_traverse(Object* self, Visitor& visit) {
  auto* exception = static_cast<ExceptionObject*>(self);
  visit(exception->args);
  visit(exception->traceback);
  visit(exception->context);
  visit(exception->cause);
  store_traverse(self, exception->store, visit);
}
void exception_clear(Vm& vm, Object* self) { drop_fields(vm, static_cast<ExceptionObject*>(self)); }

Ref exception_str(Vm& vm, Value self) {
  TupleObject* args = self.as<ExceptionObject>()->args;
  if (args == nullptr || args->size == 0) return Ref::share(Value(vm.names.empty));
  if (args->size == 1) return str(vm, (*args)[0]);
  return str(vm, Value(args));
}

bool take_keyword_fields(Vm& vm, std::string_view type_name_text, const CallArgs& args, std::span<const KeywordField> fields) {
  for (std::size_t i = 0; i < args.keyword_count(); ++i) {
    auto* name = (*args.keyword_names)[i].as<StrObject>();
    bool known = false;
    for (const KeywordField& field : fields) {
      if (!str_equal(name, field.name)) continue;
      assign_field(*field.place, args.keyword_value(i));
      known = true;
    }
    if (!known) return raise(vm, vm.exc.TypeError, "{}() got an unexpected keyword argument '{}'", type_name_text, name);
  }
  return true;
}

namespace {

ExceptionObject* exception_in(Value self) { return self.as<ExceptionObject>(); }

Ref exception_repr(Vm& vm, Value self) {
  TupleObject* args = exception_in(self)->args;
  StrObject* name = type_of(vm, self)->name;
  if (args != nullptr && args->size == 1) {
    VM_TRY(Ref shown, repr(vm, (*args)[0]));
    return new_str(vm, format_message("{}({})", {Piece(name), Piece(shown.as<StrObject>())}));
  }
  VM_TRY(Ref shown, repr(vm, args == nullptr ? Value(vm.empty_tuple) : Value(args)));
  return new_str(vm, format_message("{}{}", {Piece(name), Piece(shown.as<StrObject>())}));
}

// --- attributes

Ref get_args(Vm& vm, Value self) {
  TupleObject* args = exception_in(self)->args;
  return Ref::share(args == nullptr ? Value(vm.empty_tuple) : Value(args));
}
bool set_args(Vm& vm, Value self, Value value) {
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "args may not be deleted");
  VM_TRY(Own<TupleObject> tuple, to_tuple(vm, value));
  return set_exception_args(vm, exception_in(self), tuple->view());
}

Ref get_traceback(Vm&, Value self) {
  const Value traceback = exception_in(self)->traceback;
  return traceback.is_null() ? Ref::none() : Ref::share(traceback);
}
bool set_traceback(Vm& vm, Value self, Value value) {
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "__traceback__ may not be deleted");
  if (!value.is_none() && !is_exact(vm, value, vm.types.traceback))
    return raise(vm, vm.exc.TypeError, "__traceback__ must be a traceback or None");
  assign_field(exception_in(self)->traceback, value.is_none() ? Value() : value);
  return true;
}

bool check_chained(Vm& vm, Value value, std::string_view what, std::string_view name) {
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "{} may not be deleted", name);
  if (value.is_none() || is_exception(value)) return true;
  return raise(vm, vm.exc.TypeError, "exception {} must be None or derive from BaseException", what);
}
Ref get_context(Vm&, Value self) {
  const Value context = exception_in(self)->context;
  return context.is_null() ? Ref::none() : Ref::share(context);
}
bool set_context(Vm& vm, Value self, Value value) {
  VM_CHECK(check_chained(vm, value, "context", "__context__"));
  assign_field(exception_in(self)->context, value.is_none() ? Value() : value);
  return true;
}
Ref get_cause(Vm&, Value self) {
  const Value cause = exception_in(self)->cause;
  return cause.is_null() ? Ref::none() : Ref::share(cause);
}
bool set_cause(Vm& vm, Value self, Value value) {
  VM_CHECK(check_chained(vm, value, "cause", "__cause__"));
  exception_in(self)->suppress_context = true;
  assign_field(exception_in(self)->cause, value.is_none() ? Value() : value);
  return true;
}
Ref get_dict(Vm& vm, Value self) {
  VM_TRY(DictObject * dict, store_dict(vm, self.object()));
  return Ref::share(Value(dict));
}
bool set_dict(Vm& vm, Value self, Value value) {
  if (value.is_null()) return raise(vm, vm.exc.TypeError, "cannot delete __dict__");
  if (!is_dict(value)) return raise(vm, vm.exc.TypeError, "__dict__ must be set to a dictionary, not a '{}'", type_name(vm, value));
  store_replace(vm, self.object(), value.as<DictObject>());
  return true;
}
constexpr GetSetSpec kGetSet[] = {
    {"__dict__", get_dict, set_dict},          {"args", get_args, set_args},
    {"__traceback__", get_traceback, set_traceback}, {"__context__", get_context, set_context},
    {"__cause__", get_cause, set_cause},
};
constexpr MemberSpec kMembers[] = {
    {"__suppress_context__", MemberSpec::Kind::Bool, offsetof(ExceptionObject, suppress_context), false}};

// --- methods

Ref exception_reduce(Vm& vm, Value self) {
  const AttributeStore& store = exception_in(self)->store;
  const bool has_dict = store.shape != nullptr ? store.shape->count != 0 : store.dict != nullptr && store.dict->used != 0;
  VM_TRY(Ref args, get_args(vm, self));
  if (!has_dict) return new_tuple(vm, {Value(type_of(vm, self)), args.get()});
  VM_TRY(Ref dict, get_dict(vm, self));
  return new_tuple(vm, {Value(type_of(vm, self)), args.get(), dict.get()});
}

Ref exception_setstate(Vm& vm, Value self, Value state) {
  if (state.is_none()) return Ref::none();
  if (!is_dict(state)) return raise(vm, vm.exc.TypeError, "state is not a dictionary");
  std::size_t position = 0;
  Value key;
  Value value;
  VM_TRY(Own<DictObject> copy, dict_copy(vm, state.as<DictObject>()));
  while (dict_next(copy, position, key, value)) {
    if (!is_str(key)) return raise(vm, vm.exc.TypeError, "attribute name must be string, not '{}'", type_name(vm, key));
    VM_CHECK(set_attribute(vm, self, key.as<StrObject>(), value));
  }
  return Ref::none();
}

Ref exception_with_traceback(Vm& vm, Value self, Value traceback) {
  VM_CHECK(set_traceback(vm, self, traceback));
  return Ref::share(self);
}

Ref exception_add_note(Vm& vm, Value self, Value note) {
  if (!is_str(note)) return raise(vm, vm.exc.TypeError, "note must be a str, not '{}'", type_name(vm, note));
  Ref notes;
  VM_CHECK(find_attribute(vm, self, vm.names.d_notes, notes));
  if (!notes) {
    notes = new_list(vm);
    VM_CHECK(notes);
    VM_CHECK(set_attribute(vm, self, vm.names.d_notes, notes));
  }
  if (!is_list(notes)) return raise(vm, vm.exc.TypeError, "Cannot add note: __notes__ is not a list");
  VM_CHECK(list_append(vm, notes.as<ListObject>(), note));
  return Ref::none();
}

constexpr MethodSpec kMethods[] = {
    {"__reduce__($self, /)", exception_reduce},
    {"__setstate__($self, object, /)", exception_setstate},
    {"with_traceback($self, object, /)", exception_with_traceback, "Exception.with_traceback(tb) --\nset self.__traceback__ to tb and return self."},
    {"add_note($self, object, /)", exception_add_note, "Exception.add_note(note) --\nadd a note to the exception"},
};

Ref key_error_str(Vm& vm, Value self) {
  TupleObject* args = exception_in(self)->args;
  if (args != nullptr && args->size == 1) return repr(vm, (*args)[0]);
  return exception_str(vm, self);
}

}  // namespace

const TypeSpec kBaseExceptionType = {
    .name = "BaseException",
    .basic_size = sizeof(ExceptionObject),
    .flags = kTypeContainer | kTypeBaseType | kTypeException,
    .doc = "Common base class for all exceptions",
    .slots = {.dealloc = exception_dealloc, .traverse = exception_traverse, .clear = exception_clear,
              .construct = exception_construct, .init = exception_init, .repr = exception_repr, .str = exception_str},
    .methods = kMethods,
    .getset = kGetSet,
    .members = kMembers,
    .store_offset = offsetof(ExceptionObject, store),
};

// Exceptions that add nothing to their base.
#define OURO_VM_SIMPLE(id, parent, text)                                                                        \
  const TypeSpec k##id##Type = {.name = #id, .basic_size = 0, .flags = kTypeBaseType, .base = &k##parent##Type, .doc = text, \
                                  .slots = {.construct = exception_construct, .init = exception_init}};
OURO_VM_SIMPLE(Exception, BaseException, "Common base class for all non-exit exceptions.")
OURO_VM_SIMPLE(GeneratorExit, BaseException, "Request that a generator exit.")
OURO_VM_SIMPLE(KeyboardInterrupt, BaseException, "Program interrupted by user.")
OURO_VM_SIMPLE(ArithmeticError, Exception, "Base class for arithmetic errors.")
OURO_VM_SIMPLE(FloatingPointError, ArithmeticError, "Floating-point operation failed.")
OURO_VM_SIMPLE(OverflowError, ArithmeticError, "Result too large to be represented.")
OURO_VM_SIMPLE(ZeroDivisionError, ArithmeticError, "Second argument to a division or modulo operation was zero.")
OURO_VM_SIMPLE(AssertionError, Exception, "Assertion failed.")
OURO_VM_SIMPLE(BufferError, Exception, "Buffer error.")
OURO_VM_SIMPLE(EOFError, Exception, "Read beyond end of file.")
OURO_VM_SIMPLE(LookupError, Exception, "Base class for lookup errors.")
OURO_VM_SIMPLE(IndexError, LookupError, "Sequence index out of range.")
OURO_VM_SIMPLE(MemoryError, Exception, "Out of memory.")
OURO_VM_SIMPLE(ReferenceError, Exception, "Weak ref proxy used after referent went away.")
OURO_VM_SIMPLE(RuntimeError, Exception, "Unspecified run-time error.")
OURO_VM_SIMPLE(NotImplementedError, RuntimeError, "Method or function hasn't been implemented yet.")
OURO_VM_SIMPLE(RecursionError, RuntimeError, "Recursion limit exceeded.")
OURO_VM_SIMPLE(PythonFinalizationError, RuntimeError, "Operation blocked during Python finalization.")
OURO_VM_SIMPLE(StopAsyncIteration, Exception, "Signal the end from iterator.__anext__().")
OURO_VM_SIMPLE(SystemError, Exception,
               "Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\n"
               "the Python version, and the hardware/OS platform and version.")
OURO_VM_SIMPLE(TypeError, Exception, "Inappropriate argument type.")
OURO_VM_SIMPLE(ValueError, Exception, "Inappropriate argument value (of correct type).")
OURO_VM_SIMPLE(UnicodeError, ValueError, "Unicode related error.")
OURO_VM_SIMPLE(Warning, Exception, "Base class for warning categories.")
OURO_VM_SIMPLE(BytesWarning, Warning, "Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.")
OURO_VM_SIMPLE(DeprecationWarning, Warning, "Base class for warnings about deprecated features.")
OURO_VM_SIMPLE(EncodingWarning, Warning, "Base class for warnings about encodings.")
OURO_VM_SIMPLE(FutureWarning, Warning, "Base class for warnings about constructs that will change semantically\nin the future.")
OURO_VM_SIMPLE(ImportWarning, Warning, "Base class for warnings about probable mistakes in module imports")
OURO_VM_SIMPLE(PendingDeprecationWarning, Warning, "Base class for warnings about features which will be deprecated\nin the future.")
OURO_VM_SIMPLE(ResourceWarning, Warning, "Base class for warnings about resource usage.")
OURO_VM_SIMPLE(RuntimeWarning, Warning, "Base class for warnings about dubious runtime behavior.")
OURO_VM_SIMPLE(SyntaxWarning, Warning, "Base class for warnings about dubious syntax.")
OURO_VM_SIMPLE(UnicodeWarning, Warning, "Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.")
OURO_VM_SIMPLE(UserWarning, Warning, "Base class for warnings generated by user code.")
#undef OURO_VM_SIMPLE

const TypeSpec kKeyErrorType = {.name = "KeyError", .basic_size = 0, .flags = kTypeBaseType, .base = &kLookupErrorType,
                                .doc = "Mapping key not found.",
                                .slots = {.construct = exception_construct, .init = exception_init, .str = key_error_str}};

bool make_exception_types(Vm& vm) {
  vm.exc.BaseException = vm.native_type(kBaseExceptionType);
#define OURO_VM_MAKE(name, base) vm.exc.name = vm.native_type(k##name##Type);
  OURO_VM_EXCEPTIONS(OURO_VM_MAKE)
#undef OURO_VM_MAKE
  VM_TRY(Own<TupleObject> bases, new_tuple(vm, {Value(vm.exc.BaseExceptionGroup), Value(vm.exc.Exception)}));
  VM_TRY(Ref group, new_simple_class(vm, "builtins.ExceptionGroup", bases));
  vm.exc.ExceptionGroup = group.as<TypeObject>();
  (void)group.release();  // the machine's own
  return true;
}

Ref new_exception(Vm& vm, TypeObject* type, Value argument) {
  const CallArgs args{&argument, argument.is_null() ? 0U : 1U, nullptr};
  VM_TRY(Ref exception, type->slots.construct(vm, type, args));
  if (type->slots.init != nullptr && is_exception(exception)) VM_CHECK(type->slots.init(vm, exception, args));
  return exception;
}

bool exception_matches(Vm& vm, Value exception, Value classes, bool& out) {
  out = false;
  if (is_tuple(classes)) {
    // All entries are looked at before any matches (CPython 3.13 Python/ceval.c _PyEval_CheckExceptTypeValid).
    for (const Value entry : classes.as<TupleObject>()->view()) {
      if (!is_type(entry) || !entry.as<TypeObject>()->has(kTypeException))
        return raise(vm, vm.exc.TypeError, "catching classes that do not inherit from BaseException is not allowed");
    }
    for (const Value entry : classes.as<TupleObject>()->view())
      out = out || exception.object()->type->is_subtype_of(entry.as<TypeObject>());
    return true;
  }
  if (!is_type(classes) || !classes.as<TypeObject>()->has(kTypeException))
    return raise(vm, vm.exc.TypeError, "catching classes that do not inherit from BaseException is not allowed");
  out = exception.object()->type->is_subtype_of(classes.as<TypeObject>());
  return true;
}

}  // namespace ouro::vm
