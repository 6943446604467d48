// _testinternalcapi: what CPython's own tests ask about the interpreter, as far as this machine has an answer. What looks
// into CPython's insides (its compiler's stages, its optimizers, other interpreters) is absent.
#include <ctime>

#include "vm/core/machine_state.h"
#include "vm/core/shape.h"
#include "vm/interpreter/frame.h"
#include "vm/modules/sys/sys_state.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

bool put_text(Vm& vm, DictObject* dict, const char* name, const std::string& text, bool empty_is_none = false) {
  VM_TRY(Ref value, text.empty() && empty_is_none ? Ref::none() : Ref(new_str_fs(vm, text)));
  return dict_set(vm, dict, vm.intern(name), value);
}
bool put_texts(Vm& vm, DictObject* dict, const char* name, const std::vector<std::string>& texts) {
  VM_TRY(Own<ListObject> list, new_list(vm));
  for (const std::string& text : texts) {
    VM_TRY(Ref item, new_str_fs(vm, text));
    VM_CHECK(list_append(vm, list, std::move(item)));
  }
  return dict_set(vm, dict, vm.intern(name), Value(list));
}

/// The configuration that the machine was started with, by CPython's names (PyConfig).
Ref get_config(Vm& vm, Value) {
  VM_TRY(Own<DictObject> dict, new_dict(vm));
  const StartOptions& start = machine_state<SysState>(vm).start;
  const std::pair<const char*, bool> kSwitches[] = {
      {"isolated", vm.options.isolated}, {"use_environment", !start.ignore_environment}, {"dev_mode", start.dev_mode},
      {"use_hash_seed", !vm.options.hash_randomised}, {"faulthandler", false}, {"import_time", false}, {"code_debug_ranges", vm.options.debug_ranges},
      {"site_import", !start.no_site}, {"warn_default_encoding", start.warn_default_encoding}, {"inspect", start.inspect != 0},
      {"write_bytecode", !start.dont_write_bytecode}, {"quiet", start.quiet != 0}, {"user_site_directory", !start.no_user_site},
      {"buffered_stdio", !start.unbuffered}, {"safe_path", start.safe_path}, {"use_frozen_modules", false}};
  for (const auto& [name, value] : kSwitches) VM_CHECK(dict_set(vm, dict, vm.intern(name), Value::boolean(value)));
  const std::pair<const char*, std::int64_t> kNumbers[] = {
      {"hash_seed", static_cast<std::int64_t>(vm.options.hash_randomised ? 0 : vm.options.hash_seed)}, {"tracemalloc", 0}, {"perf_profiling", 0},
      {"bytes_warning", start.bytes_warning}, {"optimization_level", vm.options.optimize}, {"verbose", start.verbose},
      {"int_max_str_digits", vm.int_max_str_digits}, {"cpu_count", -1}};
  for (const auto& [name, value] : kNumbers) VM_CHECK(dict_set(vm, dict, vm.intern(name), Value::small(value)));
  VM_CHECK(put_text(vm, dict, "filesystem_encoding", "utf-8") && put_text(vm, dict, "filesystem_errors", "surrogateescape") &&
           put_text(vm, dict, "stdio_encoding", start.stream_encoding.empty() ? "utf-8" : start.stream_encoding) &&
           put_text(vm, dict, "check_hash_pycs_mode", start.check_hash_pycs) && put_text(vm, dict, "pycache_prefix", start.pycache_prefix, true) &&
           put_text(vm, dict, "executable", start.executable) && put_text(vm, dict, "stdlib_dir", vm.options.library_path, true));
  VM_CHECK(put_texts(vm, dict, "argv", start.argv) && put_texts(vm, dict, "orig_argv", start.orig_argv) &&
           put_texts(vm, dict, "module_search_paths", start.path) && put_texts(vm, dict, "warnoptions", start.warn_options));
  return dict;
}

/// Whether the attributes are kept as an array by shape, which is this machine's form of CPython's inline values.
Ref has_inline_values(Vm&, Value, Value object) {
  if (!has_store(object)) return Ref::boolean(false);
  const AttributeStore& store = store_of(object.object());
  return Ref::boolean(store.shape != nullptr || store.dict == nullptr);
}

Ref get_recursion_depth(Vm& vm, Value) { return Ref::small(vm.thread->recursion); }

// Nothing is immortal here, so there is nothing to hold back.
Ref suppress_immortalization(Vm& vm, Value, Value value) {
  bool ignored = false;
  VM_CHECK(truth(vm, value, ignored));
  return Ref::none();
}
Ref get_immortalize_deferred(Vm&, Value) { return Ref::boolean(false); }

Ref encode_locale(Vm& vm, Value, Args& args) {
  VM_TRY(StrObject* text, args.string(vm, 0));
  VM_TRY(const std::string errors, args.text(vm, 2, "strict"));
  if (errors != "strict" && errors != "surrogateescape" && errors != "surrogatepass") return raise(vm, vm.exc.ValueError, "unsupported error handler");
  return str_encode(vm, text, "utf-8", errors);
}

constexpr MethodSpec kFunctions[] = {
    {"get_config($module, /)", get_config, "The configuration that the interpreter was started with."},
    {"has_inline_values($module, obj, /)", has_inline_values, "Whether an instance's attributes are kept in an array."},
    {"get_recursion_depth($module, /)", get_recursion_depth, "Depth of calls of the current thread."},
    {"suppress_immortalization($module, suppress, /)", suppress_immortalization, "Has no effect: nothing is made immortal."},
    {"get_immortalize_deferred($module, /)", get_immortalize_deferred, "Whether functions and classes are made immortal."},
    {"EncodeLocaleEx($module, text, current_locale=0, errors=<unrepresentable>, /)", encode_locale, "Text in the locale's encoding, UTF-8."},
};

bool fill(Vm& vm, ModuleObject* module) {
  const std::pair<const char*, std::size_t> kSizes[] = {{"SIZEOF_PYGC_HEAD", sizeof(GcObject) - sizeof(Object)},
                                                        {"SIZEOF_MANAGED_PRE_HEADER", sizeof(AttributeStore)},
                                                        {"SIZEOF_PYOBJECT", sizeof(Object)},
                                                        {"SIZEOF_TIME_T", sizeof(std::time_t)}};
  for (const auto& [name, size] : kSizes) VM_CHECK(set_module_attribute(vm, module, name, Value::small(static_cast<std::int64_t>(size))));
  return true;
}

}  // namespace

const ModuleSpec& _testinternalcapi_module() {
  static constexpr ModuleSpec kModule = {.name = "_testinternalcapi", .doc = "Questions of CPython's tests about the interpreter.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
