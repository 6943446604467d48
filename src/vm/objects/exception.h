// Exceptions and tracebacks.
#pragma once

#include <cstdint>
#include <string>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct FrameObject;

struct ExceptionObject : GcObject {
  AttributeStore store;
  TupleObject* args;
  Value traceback;  ///< TracebackObject or null
  Value context;    ///< null: None
  Value cause;
  Value notes;
  bool suppress_context;
};
// Subtypes with more fields (OSError, SyntaxError, UnicodeError, ImportError, AttributeError, NameError, StopIteration,
// SystemExit, ExceptionGroup) extend it in exception_*.cpp.
struct StopIterationObject : ExceptionObject {
  Value value;
};
struct SystemExitObject : ExceptionObject {
  Value code;
};
struct OSErrorObject : ExceptionObject {
  Value error_number, strerror, filename, filename2;
  std::int64_t written;  ///< BlockingIOError.characters_written; -1: unset
};
struct SyntaxErrorObject : ExceptionObject {
  Value msg, filename, lineno, offset, end_lineno, end_offset, text, print_file_and_line;
};
struct ImportErrorObject : ExceptionObject {
  Value msg, name, path, name_from;
};
struct AttributeErrorObject : ExceptionObject {
  Value obj, name;
};
struct NameErrorObject : ExceptionObject {
  Value name;
};
struct UnicodeErrorObject : ExceptionObject {
  Value encoding, object;
  std::int64_t start, end;
  Value reason;
};
struct ExceptionGroupObject : ExceptionObject {
  Value message, exceptions;
};

struct TracebackObject : GcObject {
  TracebackObject* next;
  FrameObject* frame;
  std::int32_t last_instruction;  ///< byte offset in co_code
  std::int32_t line;
};

/// Creates all exception types (vm.exc) and their attributes.
[[nodiscard]] bool make_exception_types(Vm& vm);
[[nodiscard]] Ref new_exception(Vm& vm, TypeObject* type, Value argument);  ///< argument null: none
/// Prints the exception with its traceback, chained ones and groups as CPython does, carets included; for sys.excepthook.
[[nodiscard]] std::string exception_report(Vm& vm, Value exception);
/// Puts a traceback entry for the frame in front of the exception's traceback.
[[nodiscard]] bool add_traceback(Vm& vm, Value exception, FrameObject* frame, std::int32_t last_instruction, std::int32_t line);
/// exception matches a class or tuple of classes (CHECK_EXC_MATCH); TypeError for what is no class.
[[nodiscard]] bool exception_matches(Vm& vm, Value exception, Value classes, bool& out);
/// except*: splits into matching and rest (CHECK_EG_MATCH).
[[nodiscard]] bool exception_group_match(Vm& vm, Value exception, Value classes, Ref& match, Ref& rest);
/// The end of try/except*: what to re-raise (INTRINSIC_PREP_RERAISE_STAR); kNone: nothing.
[[nodiscard]] Ref prepare_reraise_star(Vm& vm, Value original, Value raised_list);

}  // namespace ouro::vm
