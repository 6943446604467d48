// The import system: see modules/import.h.
#include "vm/modules/import.h"

#include <fcntl.h>

#include <string>
#include <vector>

#include "marshal/pyc.h"
#include "marshal/freshness.h"
#include "vm/core/binding.h"
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/host/host.h"
#include "vm/interpreter/run.h"
#include "vm/modules/_imp/import_state.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/code.h"
#include "vm/objects/exception.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr std::string_view kBootstrapFile = "<frozen importlib._bootstrap>";
constexpr std::string_view kExternalFile = "<frozen importlib._bootstrap_external>";

const NativeModule* find_native(std::string_view name) {
  for (const NativeModule& native : native_modules()) {
    if (native.name == name) return &native;
  }
  return nullptr;
}

/// The module in sys.modules, borrowed; null: none (or None: an import of it is forbidden).
Value loaded_module(Vm& vm, Value name) {
  return is_str(name) ? dict_get_str(vm, vm.modules, name.as<StrObject>()) : dict_get(vm, vm.modules, name);
}

std::optional<std::string> read_file(Vm& vm, const std::string& path) {
  int descriptor = -1;
  if (vm.host.open(path, O_RDONLY, 0, AT_FDCWD, descriptor) != 0) return std::nullopt;
  std::string content;
  char buffer[65536];
  for (;;) {
    std::size_t done = 0;
    if (vm.host.read(descriptor, static_cast<char*>(buffer), sizeof buffer, done) != 0) {
      vm.host.close(descriptor);
      return std::nullopt;
    }
    if (done == 0) break;
    content.append(static_cast<const char*>(buffer), done);
  }
  vm.host.close(descriptor);
  return content;
}

/// The cached code of a library source, when its cache is fresh.
Ref cached_code(Vm& vm, const std::string& directory, const std::string& name, std::string_view filename, bool& found) {
  found = false;
  FileStatus source;
  if (vm.host.status(directory + "/" + name + ".py", true, AT_FDCWD, source) != 0) return {};
  const std::string suffix = vm.options.optimize == 0 ? "" : ".opt-" + std::to_string(vm.options.optimize);
  const auto bytes = read_file(vm, directory + "/__pycache__/" + name + ".cpython-313" + suffix + ".pyc");
  if (!bytes) return {};
  auto pyc = marshal::read_pyc({reinterpret_cast<const std::uint8_t*>(bytes->data()), bytes->size()});
  if (!pyc || pyc->header.version != PythonVersion{3, 13} || pyc->header.invalidation() != marshal::Invalidation::Timestamp) return {};
  if (marshal::compare_time(pyc->header, source.modify_ns / 1'000'000'000, source.size) != marshal::Freshness::Fresh) return {};
  found = true;
  VM_TRY(Ref code, object_from_pool(vm, pyc->value.pool, pyc->value.root));
  VM_TRY(Own<StrObject> shown, new_str(vm, filename));
  fix_code_filename(vm, code.as<CodeObject>(), shown);
  return code;
}

Ref bootstrap_code(Vm& vm, const std::string& name, std::string_view filename) {
  const std::string directory = vm.options.library_path + "/importlib";
  bool found = false;
  Ref code = cached_code(vm, directory, name, filename, found);
  if (found) return code;
  const auto source = read_file(vm, directory + "/" + name + ".py");
  if (!source) {
    return raise(vm, vm.exc.ImportError,
                 "the import system needs the standard library of Python 3.13, which was not found (--library, "
                 "OURO_PYTHON_LIBRARY)");
  }
  return compile_source(vm, *source, false, filename, "exec", 0, vm.options.optimize);
}

Ref run_bootstrap(Vm& vm, const std::string& file, std::string_view module_name, std::string_view filename) {
  VM_TRY(Ref code, bootstrap_code(vm, file, filename));
  VM_TRY(Own<StrObject> name, new_str(vm, module_name));
  VM_TRY(Own<ModuleObject> module, new_module(vm, name));
  DictObject* dict = module_dict(module);
  VM_CHECK(dict_set(vm, dict, "__builtins__", dict_get(vm, vm.modules, "builtins")));
  VM_TRY(Own<StrObject> origin, new_str(vm, "importlib." + file));
  VM_CHECK(dict_set(vm, dict, "__origname__", origin));  // what FrozenImporter asks for
  VM_CHECK(dict_set(vm, vm.modules, module_name, module));
  VM_TRY(Ref result, run_code(vm, code.as<CodeObject>(), dict, dict));
  return module;
}

bool install_importlib(Vm& vm, ImportState& state) {
  VM_TRY(Ref imp, native_module(vm, "_imp"));
  for (const std::string_view needed : {"_thread", "_weakref", "_warnings", "_io", "marshal", "posix", "_signal", "time"}) {
    VM_TRY(Ref module, native_module(vm, needed));
  }
  VM_TRY(Ref bootstrap, run_bootstrap(vm, "_bootstrap", "_frozen_importlib", kBootstrapFile));
  VM_TRY(Ref external, run_bootstrap(vm, "_bootstrap_external", "_frozen_importlib_external", kExternalFile));
  const Value sys = dict_get(vm, vm.modules, "sys");
  VM_TRY(Ref installed, call_method(vm, bootstrap, "_install", {sys, imp.get()}));
  state.bootstrap = bootstrap.clone();
  VM_TRY(Ref installed_external, call_method(vm, bootstrap, "_install_external_importers"));
  VM_TRY(state.find_and_load, get_attribute(vm, bootstrap, "_find_and_load"));
  VM_TRY(state.handle_from_list, get_attribute(vm, bootstrap, "_handle_fromlist"));
  return add_zip_importer(vm);
}

/// CPython 3.13 Python/import.c remove_importlib_frames: what importlib did is not shown, unless it failed itself.
void trim_traceback(Vm& vm) {
  if (machine_state<SysState>(vm).start.verbose > 0) return;
  Ref error = take_error(vm);
  if (!error) return;
  const bool always = is_instance_of(vm, error, vm.exc.ImportError);
  auto* exception = error.as<ExceptionObject>();
  // Entries are collected, then the links between the kept ones are made anew.
  std::vector<TracebackObject*> kept;
  std::size_t chunk_begin = SIZE_MAX;
  for (Value entry = exception->traceback; !entry.is_null();) {
    auto* traceback = entry.as<TracebackObject>();
    CodeObject* code = traceback->frame->frame->code;
    const bool is_importlib = str_equal(code->filename, kBootstrapFile) || str_equal(code->filename, kExternalFile);
    if (is_importlib && chunk_begin == SIZE_MAX) chunk_begin = kept.size();
    if (!is_importlib) chunk_begin = SIZE_MAX;
    kept.push_back(traceback);
    if (is_importlib && (always || str_equal(code->name, "_call_with_frames_removed"))) kept.resize(chunk_begin);
    entry = traceback->next == nullptr ? Value() : Value(traceback->next);
  }
  std::vector<Ref> owned;
  for (TracebackObject* traceback : kept) owned.push_back(Ref::share(traceback));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    TracebackObject* next = i + 1 < kept.size() ? kept[i + 1] : nullptr;
    if (kept[i]->next == next) continue;
    if (next != nullptr) incref(static_cast<Object*>(next));
    TracebackObject* old = std::exchange(kept[i]->next, next);
    if (old != nullptr) decref(static_cast<Object*>(old));
  }
  const Value first = kept.empty() ? Value() : Value(kept.front());
  xincref(first);
  xdecref(std::exchange(exception->traceback, first));
  restore_error(vm, std::move(error));
}

Ref find_and_load(Vm& vm, Value name) {
  ImportState& state = machine_state<ImportState>(vm);
  const bool outermost = state.bootstrap && state.find_and_load;
  if (!outermost) {
    if (is_str(name)) {
      VM_TRY(Ref native, Ref(native_module_or_none(vm, name.as<StrObject>())));
      if (!native.is_none()) return native;
    }
    if (state.bootstrap) {  // while importlib itself is being installed
      VM_TRY(Ref function, get_attribute(vm, state.bootstrap, "_find_and_load"));
      VM_TRY(Ref import, get_attribute(vm, state.bootstrap, "_gcd_import"));
      return call(vm, function, {name, import.get()});
    }
    if (vm.options.library_path.empty()) {
      VM_TRY(Ref shown, repr(vm, name));
      const Ref error = call(vm, Value(vm.exc.ModuleNotFoundError),
                             {new_str(vm, "No module named " + to_utf8(shown.as<StrObject>()))});
      if (!error) return {};
      VM_CHECK(set_attribute(vm, error, vm.names.name, name));
      return raise_instance(vm, error);
    }
    VM_CHECK(load_importlib(vm));
    const Value now = loaded_module(vm, name);
    if (!now.is_null() && !now.is_none()) return Ref::share(now);
  }
  VM_TRY(Ref import, Ref::share(dict_get(vm, vm.builtins, "__import__")));
  Ref module = call(vm, state.find_and_load, {name, import.get()});
  if (!module) trim_traceback(vm);
  return module;
}

/// Waits for another thread's import of the module to end.
bool ensure_initialised(Vm& vm, Value module, Value name) {
  ImportState& state = machine_state<ImportState>(vm);
  if (!state.bootstrap) return true;
  Ref spec;
  VM_CHECK(find_attribute(vm, module, vm.names.d_spec, spec));
  if (!spec || spec.is_none()) return true;
  if (!state.initializing) {
    VM_TRY(state.initializing, new_str(vm, "_initializing"));
  }
  Ref initializing;
  if (!find_attribute(vm, spec, state.initializing.as<StrObject>(), initializing)) return false;
  bool is_busy = false;
  if (initializing) VM_CHECK(truth(vm, initializing, is_busy));
  if (!is_busy) return true;
  VM_TRY(Ref done, call_method(vm, state.bootstrap, "_lock_unlock_module", {name}));
  return true;
}

/// CPython 3.13 Python/import.c resolve_name: the absolute name of a relative import.
Ref resolve_name(Vm& vm, Value name, Value globals, std::int64_t level) {
  if (globals.is_null() || globals.is_none()) return raise(vm, vm.exc.KeyError, "'__name__' not in globals");
  if (!is_dict(globals)) return raise(vm, vm.exc.TypeError, "globals must be a dict");
  auto* dict = globals.as<DictObject>();
  Value package = dict_get_str(vm, dict, vm.names.d_package);
  const Value spec = dict_get_str(vm, dict, vm.names.d_spec);
  Ref parent;
  std::string base;
  if (!spec.is_null() && !spec.is_none()) {
    VM_TRY(parent, get_attribute(vm, spec, "parent"));
  }
  if (!package.is_null() && !package.is_none()) {
    if (!is_str(package)) return raise(vm, vm.exc.TypeError, "package must be a string");
    base = to_utf8(package.as<StrObject>());
    if (parent) {
      bool same = false;
      VM_CHECK(equal(vm, package, parent, same));
      if (!same) VM_CHECK(warn(vm, vm.exc.DeprecationWarning, "__package__ != __spec__.parent", 1));
    }
  } else if (parent) {
    if (!is_str(parent)) return raise(vm, vm.exc.TypeError, "__spec__.parent must be a string");
    base = to_utf8(parent.as<StrObject>());
  } else {
    VM_CHECK(warn(vm, vm.exc.ImportWarning,
                  "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__", 1));
    const Value own = dict_get_str(vm, dict, vm.names.d_name);
    if (own.is_null()) return raise(vm, vm.exc.KeyError, "'__name__' not in globals");
    if (!is_str(own)) return raise(vm, vm.exc.TypeError, "__name__ must be a string");
    base = to_utf8(own.as<StrObject>());
    if (dict_get_str(vm, dict, vm.names.d_path).is_null()) base.resize(std::min(base.find_last_of('.'), base.size()) == base.size() ? 0 : base.find_last_of('.'));
  }
  if (base.empty()) return raise(vm, vm.exc.ImportError, "attempted relative import with no known parent package");
  for (std::int64_t up = 1; up < level; ++up) {
    const std::size_t dot = base.find_last_of('.');
    if (dot == std::string::npos) return raise(vm, vm.exc.ImportError, "attempted relative import beyond top-level package");
    base.resize(dot);
  }
  const std::string rest = to_utf8(name.as<StrObject>());
  return new_str(vm, rest.empty() ? base : base + "." + rest);
}

/// `import a.b` binds a; of a relative import, as many parts as `name` has left out.
Ref top_module(Vm& vm, Value name, Value absolute, Value module, std::int64_t level) {
  const std::string text = to_utf8(name.as<StrObject>());
  const std::size_t dot = text.find('.');
  if (dot == std::string::npos) return Ref::share(module);
  if (level == 0) {
    VM_TRY(Own<StrObject> front, new_str(vm, text.substr(0, dot)));
    return import_name(vm, front, {}, {}, {}, 0);
  }
  const std::string full = to_utf8(absolute.as<StrObject>());
  const std::string wanted = full.substr(0, full.size() - (text.size() - dot));
  const Value found = dict_get(vm, vm.modules, std::string_view(wanted));
  if (found.is_null()) return raise(vm, vm.exc.KeyError, "'{}' not in sys.modules as expected", wanted);
  return Ref::share(found);
}

}  // namespace

Ref native_module_or_none(Vm& vm, StrObject* name) {
  if (!name->is_ascii) return Ref::none();
  Ref module = native_module(vm, name->ascii());
  if (!module && !has_error(vm)) return Ref::none();
  return module;
}

void fix_code_filename(Vm& vm, CodeObject* code, StrObject* filename) {
  incref(static_cast<Object*>(filename));
  decref(static_cast<Object*>(std::exchange(code->filename, filename)));
  for (const Value constant : code->consts->view()) {
    if (is_exact(vm, constant, vm.types.code)) fix_code_filename(vm, constant.as<CodeObject>(), filename);
  }
}

Ref native_module(Vm& vm, std::string_view name) {
  const Value loaded = dict_get(vm, vm.modules, name);
  if (!loaded.is_null() && !loaded.is_none()) return Ref::share(loaded);
  const NativeModule* native = find_native(name);
  if (native == nullptr) return {};
  VM_TRY(Ref module, create_native(vm, name));
  VM_CHECK(dict_set(vm, vm.modules, name, module));
  return module;
}

Ref create_native(Vm& vm, std::string_view name) {
  ImportState& state = machine_state<ImportState>(vm);
  const auto made = state.made.find(std::string(name));
  if (made != state.made.end()) return made->second.clone();
  const NativeModule* native = find_native(name);
  if (native == nullptr) return Ref::none();
  VM_TRY(Own<ModuleObject> module, make_module(vm, native->get()));
  Ref result = std::move(module);
  state.made.emplace(name, result.clone());
  return result;
}

bool is_native(std::string_view name) { return find_native(name) != nullptr; }

bool importlib_is_loaded(Vm& vm) {
  const ImportState& state = machine_state<ImportState>(vm);
  return state.bootstrap && state.find_and_load;
}

bool load_importlib(Vm& vm) {
  ImportState& state = machine_state<ImportState>(vm);
  if (state.bootstrap || state.loading) return true;
  state.loading = true;
  const bool done = install_importlib(vm, state);
  state.loading = false;
  return done;
}

Ref import_name(Vm& vm, Value name, Value globals, Value, Value from_list, std::int64_t level) {
  if (!is_str(name)) return raise(vm, vm.exc.TypeError, "module name must be a string");
  if (level < 0) return raise(vm, vm.exc.ValueError, "level must be >= 0");
  Ref absolute;
  if (level > 0) {
    VM_TRY(absolute, resolve_name(vm, name, globals, level));
  } else {
    if (name.as<StrObject>()->length == 0) return raise(vm, vm.exc.ValueError, "Empty module name");
    absolute = Ref::share(name);
  }
  const Value loaded = loaded_module(vm, absolute);
  if (loaded.is_null() && has_error(vm)) return {};
  Ref module;
  if (!loaded.is_null() && !loaded.is_none()) {
    module = Ref::share(loaded);
    VM_CHECK(ensure_initialised(vm, module, absolute));
  } else {
    VM_TRY(module, find_and_load(vm, absolute));
  }
  bool has_from = false;
  if (!from_list.is_null() && !from_list.is_none()) VM_CHECK(truth(vm, from_list, has_from));
  if (!has_from) {
    if (level > 0 && name.as<StrObject>()->length == 0) return module;
    return top_module(vm, name, absolute, module, level);
  }
  Ref path;
  VM_CHECK(find_attribute(vm, module, vm.names.d_path, path));
  ImportState& state = machine_state<ImportState>(vm);
  if (!path || !state.handle_from_list) return module;
  const Value import = dict_get(vm, vm.builtins, "__import__");
  Ref handled = call(vm, state.handle_from_list, {module.get(), from_list, import});
  if (!handled) trim_traceback(vm);
  return handled;
}

Ref import_module(Vm& vm, std::string_view name) {
  VM_TRY(Own<StrObject> text, new_str(vm, name));
  VM_TRY(Own<StrObject> interned, intern(vm, text));
  VM_TRY(Ref top, import_name(vm, interned, {}, {}, {}, 0));
  const Value module = dict_get_str(vm, vm.modules, interned);
  if (module.is_null()) return top;
  return Ref::share(module);
}

Ref import_attribute(Vm& vm, std::string_view module, std::string_view name) {
  VM_TRY(Ref found, import_module(vm, module));
  return get_attribute(vm, found, name);
}

/// Archives on sys.path need zipimport, which costs a dozen modules: it is imported when there is a path that is a file.
bool add_zip_importer(Vm& vm) {
  const Value path = sys_attribute(vm, "path");
  if (path.is_null() || !is_list(path)) return true;
  bool has_archive = false;
  for (const Value entry : path.as<ListObject>()->view()) {
    FileStatus status;
    if (!is_str(entry) || vm.host.status(to_fs_bytes(entry.as<StrObject>()), true, AT_FDCWD, status) != 0) continue;
    has_archive = has_archive || (status.mode & 0170000U) == 0100000U;
  }
  if (!has_archive) return true;
  const Value hooks = sys_attribute(vm, "path_hooks");
  if (hooks.is_null() || !is_list(hooks)) return true;
  VM_TRY(Ref importer, import_attribute(vm, "zipimport", "zipimporter"));
  const Value first = importer.get();
  return list_replace(vm, hooks.as<ListObject>(), 0, 0, {&first, 1});
}

}  // namespace ouro::vm
