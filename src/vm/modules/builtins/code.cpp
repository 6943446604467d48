// builtins: compiling and running code, namespaces, classes and imports. CPython 3.13 Python/bltinmodule.c.
#include "vm/interpreter/frame.h"
#include "vm/interpreter/run.h"
#include "vm/modules/ast.h"
#include "vm/modules/builtins/builtins.h"
#include "vm/modules/import.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

// Include/cpython/compile.h.
constexpr std::uint32_t kFutureBits = 0x1FE0000;  // CO_FUTURE_DIVISION to CO_FUTURE_ANNOTATIONS
constexpr std::uint32_t kOnlyAst = 0x400;
constexpr std::uint32_t kKnownFlags = kFutureBits | 0x10 | 0x100 | 0x200 | kOnlyAst | 0x800 | 0x1000 | 0x2000 | 0x4000 | 0x8000;

bool is_code(Vm& vm, Value value) { return is_exact(vm, value, vm.types.code); }

/// Source text of compile, exec and eval: str, or bytes of a file.
struct Source {
  std::string text;
  bool is_utf8 = false;
};
bool source_of(Vm& vm, Value source, std::string_view function, std::string_view what, Source& out) {
  if (is_str(source)) {
    VM_TRY(Ref encoded, str_encode(vm, source.as<StrObject>(), "utf-8", "strict"));
    out.text = encoded.as<BytesObject>()->view();
    out.is_utf8 = true;
  } else if (is_bytes(source) || has_buffer(vm, source)) {
    BufferView buffer;
    VM_CHECK(get_buffer(vm, source, buffer));
    out.text = buffer.bytes();
  } else {
    return raise(vm, vm.exc.TypeError, "{}() arg 1 must be a {} object", function, what);
  }
  if (out.text.find('\0') != std::string::npos) {
    return raise(vm, vm.exc.SyntaxError, "source code string cannot contain null bytes");
  }
  return true;
}

/// A path argument: str, bytes or os.PathLike.
std::optional<std::string> filename_of(Vm& vm, Value value) {
  Ref held = Ref::share(value);
  if (!is_str(value) && !is_bytes(value)) {
    Ref method;
    if (!lookup_special(vm, value, vm.names.d_fspath, method)) return std::nullopt;
    if (!method) {
      if (has_buffer(vm, value)) {
        BufferView buffer;
        VM_CHECK(get_buffer(vm, value, buffer));
        return std::string(buffer.bytes());
      }
      return raise(vm, vm.exc.TypeError, "expected str, bytes or os.PathLike object, not {}", type_name(vm, value));
    }
    VM_TRY(held, call(vm, method));
  }
  if (is_bytes(held)) return std::string(held.as<BytesObject>()->view());
  if (is_str(held)) return to_utf8(held.as<StrObject>());
  return raise(vm, vm.exc.TypeError, "expected {}.__fspath__() to return str or bytes, not {}", type_name(vm, value),
               type_name(vm, held));
}

std::uint32_t inherited_flags(Vm& vm) {
  const Frame* frame = current_frame(vm);
  return frame == nullptr ? 0 : frame->code->flags & kFutureBits;
}

Ref builtin_compile(Vm& vm, Value, Args& args) {
  VM_TRY(std::string filename, filename_of(vm, args[1]));
  VM_TRY(std::string mode, args.text(vm, 2));
  VM_TRY(int flags, args.integer(vm, 3, 0));
  VM_TRY(bool dont_inherit, args.boolean(vm, 4, false));
  VM_TRY(int optimize, args.integer(vm, 5, -1));
  auto bits = static_cast<std::uint32_t>(flags);
  if ((bits & ~kKnownFlags) != 0) return raise(vm, vm.exc.ValueError, "compile(): unrecognised flags");
  if (optimize < -1 || optimize > 2) return raise(vm, vm.exc.ValueError, "compile(): invalid optimize value");
  if (optimize == -1) optimize = vm.options.optimize;
  if (!dont_inherit) bits |= inherited_flags(vm);
  if (mode == "func_type") {
    if ((bits & kOnlyAst) == 0) {
      return raise(vm, vm.exc.ValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
    }
  } else if (mode != "exec" && mode != "eval" && mode != "single") {
    return raise(vm, vm.exc.ValueError,
                 (bits & kOnlyAst) != 0 ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                        : "compile() mode must be 'exec', 'eval' or 'single'");
  }
  if (is_ast(vm, args[0])) return compile_ast(vm, args[0], filename, mode, bits, optimize);
  Source source;
  VM_CHECK(source_of(vm, args[0], "compile", "string, bytes or AST", source));
  if ((bits & kOnlyAst) != 0) return parse_to_ast(vm, source.text, source.is_utf8, filename, mode, bits, optimize);
  return compile_source(vm, source.text, source.is_utf8, filename, mode, bits, optimize);
}

/// globals and locals of exec and eval: the caller's where they are not given.
bool namespaces(Vm& vm, Args& args, std::string_view function, Ref& globals, Ref& locals) {
  Frame* frame = current_frame(vm);
  if (args.has(1)) {
    if (!is_dict(args[1])) {
      if (function == "eval" && type_of(vm, args[1])->slots.subscript != nullptr) {
        return raise(vm, vm.exc.TypeError, "globals must be a real dict; try eval(code, {}, mapping)");
      }
      return raise(vm, vm.exc.TypeError, function == "eval" ? "globals must be a dict" : "exec() globals must be a dict, not {}",
                   type_name(vm, args[1]));
    }
    globals = Ref::share(args[1]);
    locals = Ref::share(args.has(2) ? args[2] : args[1]);
  } else {
    if (frame == nullptr) return raise(vm, vm.exc.SystemError, "globals and locals cannot be NULL");
    globals = Ref::share(Value(frame->globals));
    if (args.has(2)) {
      locals = Ref::share(args[2]);
    } else {
      VM_TRY(locals, frame_locals(vm, frame));
    }
  }
  if (args.has(2) && type_of(vm, args[2])->slots.subscript == nullptr) {
    if (function == "eval") return raise(vm, vm.exc.TypeError, "locals must be a mapping");
    return raise(vm, vm.exc.TypeError, "locals must be a mapping or None, not {}", type_name(vm, args[2]));
  }
  auto* dict = globals.as<DictObject>();
  if (dict_get_str(vm, dict, vm.names.d_builtins).is_null()) {
    Value builtins = frame != nullptr && frame->builtins != nullptr ? Value(frame->builtins) : Value(vm.builtins);
    VM_CHECK(dict_set(vm, dict, Value(vm.names.d_builtins), builtins));
  }
  return true;
}

Ref builtin_eval(Vm& vm, Value, Args& args) {
  Ref globals, locals;
  VM_CHECK(namespaces(vm, args, "eval", globals, locals));
  if (is_code(vm, args[0])) {
    if (args[0].as<CodeObject>()->free_count > 0) {
      return raise(vm, vm.exc.TypeError, "code object passed to eval() may not contain free variables");
    }
    return run_code(vm, args[0].as<CodeObject>(), globals.as<DictObject>(), locals);
  }
  Source source;
  VM_CHECK(source_of(vm, args[0], "eval", "string, bytes or code", source));
  const std::size_t first = source.text.find_first_not_of(" \t");
  source.text.erase(0, first);
  VM_TRY(Ref code, compile_source(vm, source.text, source.is_utf8, "<string>", "eval", inherited_flags(vm), vm.options.optimize));
  return run_code(vm, code.as<CodeObject>(), globals.as<DictObject>(), locals);
}

bool check_closure(Vm& vm, const CodeObject* code, Value closure) {
  const std::int32_t wanted = code->free_count;
  if (wanted == 0) {
    if (closure.is_null()) return true;
    return raise(vm, vm.exc.TypeError, "cannot use a closure with this code object");
  }
  bool fits = !closure.is_null() && is_exact(vm, closure, vm.types.tuple) &&
              closure.as<TupleObject>()->size == static_cast<std::size_t>(wanted);
  if (fits) {
    for (const Value cell : closure.as<TupleObject>()->view()) fits = fits && is_exact(vm, cell, vm.types.cell);
  }
  if (fits) return true;
  return raise(vm, vm.exc.TypeError, "code object requires a closure of exactly length {}", wanted);
}

Ref builtin_exec(Vm& vm, Value, Args& args) {
  Ref globals, locals;
  VM_CHECK(namespaces(vm, args, "exec", globals, locals));
  const Value closure = args.has(3) ? args[3] : Value();
  Ref code;
  if (is_code(vm, args[0])) {
    code = Ref::share(args[0]);
    VM_CHECK(check_closure(vm, code.as<CodeObject>(), closure));
  } else {
    if (!closure.is_null()) return raise(vm, vm.exc.TypeError, "closure can only be used when source is a code object");
    Source source;
    VM_CHECK(source_of(vm, args[0], "exec", "string, bytes or code", source));
    VM_TRY(code, compile_source(vm, source.text, source.is_utf8, "<string>", "exec", inherited_flags(vm), vm.options.optimize));
  }
  VM_TRY(Ref result, run_code(vm, code.as<CodeObject>(), globals.as<DictObject>(), locals, closure));
  return Ref::none();
}

Ref builtin_globals(Vm& vm, Value) {
  const Frame* frame = current_frame(vm);
  return frame == nullptr ? Ref::none() : Ref::share(Value(frame->globals));
}
Ref builtin_locals(Vm& vm, Value) {
  Frame* frame = current_frame(vm);
  if (frame == nullptr) return raise(vm, vm.exc.SystemError, "frame does not exist");
  return frame_locals(vm, frame);
}

Ref builtin_vars(Vm& vm, Value, const CallArgs& call) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "vars() takes no keyword arguments");
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "vars expected at most 1 argument, got {}", call.positional);
  if (call.positional == 0) return builtin_locals(vm, kNone);
  Ref found;
  VM_CHECK(find_attribute(vm, call.values[0], vm.names.d_dict, found));
  if (!found) return raise(vm, vm.exc.TypeError, "vars() argument must have __dict__ attribute");
  return found;
}

Ref builtin_dir(Vm& vm, Value, const CallArgs& call) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "dir() takes no keyword arguments");
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "dir expected at most 1 argument, got {}", call.positional);
  if (call.positional == 1) return directory(vm, call.values[0]);
  VM_TRY(Ref locals, builtin_locals(vm, kNone));
  VM_TRY(Ref keys, call_method(vm, locals, vm.names.keys));
  VM_TRY(Own<ListObject> names, to_list(vm, keys));
  VM_CHECK(list_sort(vm, names, {}, false));
  return names;
}

Ref builtin_import(Vm& vm, Value, Args& args) {
  VM_TRY(int level, args.integer(vm, 4, 0));
  return import_name(vm, args[0], args[1], args[2], args[3], level);
}
Ref builtin_build_class(Vm& vm, Value, const CallArgs& call) { return build_class(vm, call); }

Ref builtin_breakpoint(Vm& vm, Value, const CallArgs& call) {
  const Value hook = dict_get(vm, vm.sys_dict, "breakpointhook");
  if (hook.is_null()) return raise(vm, vm.exc.RuntimeError, "lost sys.breakpointhook");
  const Ref held = Ref::share(hook);
  return vm::call(vm, held, call);
}

constexpr MethodSpec kFunctions[] = {
    {"__build_class__", builtin_build_class, "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class"},
    {"__import__($module, /, name, globals=None, locals=None, fromlist=(), level=0)", builtin_import,
     "What the import statement calls; importlib.import_module() is for programs."},
    {"breakpoint($module, /, *args, **kws)", builtin_breakpoint, "Calls sys.breakpointhook(*args, **kws)."},
    {"compile($module, /, source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)",
     builtin_compile, "Compiles source into a code object for exec() or eval()."},
    {"dir -- ([object])", builtin_dir, "dir([object]) -> list of strings\n\nThe names of an object's attributes, or those in scope."},
    {"eval($module, source, /, globals=None, locals=None)", builtin_eval, "The value of an expression."},
    {"exec($module, source, /, globals=None, locals=None, *, closure=None)", builtin_exec, "Runs statements."},
    {"globals($module, /)", builtin_globals, "The dict of the module's names."},
    {"locals($module, /)", builtin_locals, "The names of the scope and their values."},
    {"vars -- ([object])", builtin_vars, "vars([object]) -> dictionary\n\nobject.__dict__, or locals()."},
};

}  // namespace

std::span<const MethodSpec> builtin_code_functions() { return kFunctions; }

}  // namespace ouro::vm
