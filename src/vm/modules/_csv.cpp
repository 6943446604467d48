// _csv: reading and writing comma-separated values. Dialects, reader and writer are in _csv/.
#include "vm/modules/_csv/csv.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace csv {

Failed raise_csv_error(Vm& vm, std::string_view message) { return raise_text(vm, state_of(vm).error.as<TypeObject>(), message); }

namespace {

Ref register_dialect(Vm& vm, Value, const CallArgs& call) {
  if (call.positional < 1 || call.positional > 2) {
    return raise(vm, vm.exc.TypeError, "register_dialect expected at {} 1 argument, got {}", call.positional < 1 ? "least" : "most", call.positional);
  }
  if (!is_str(call.values[0])) return raise(vm, vm.exc.TypeError, "dialect name must be a string");
  VM_TRY(Own<DialectObject> dialect, make_dialect(vm, call.positional > 1 ? call.values[1] : Value(), call, 0));
  VM_CHECK(dict_set(vm, state_of(vm).dialects, call.values[0], Value(dialect)));
  return Ref::none();
}
Ref unregister_dialect(Vm& vm, Value, Args& args) {
  const Ref dialects = Ref::share(state_of(vm).dialects);
  if (!delete_item(vm, dialects, args[0])) {
    if (!catch_error(vm, vm.exc.KeyError)) return {};
    return raise_csv_error(vm, "unknown dialect");
  }
  return Ref::none();
}
Ref get_dialect(Vm& vm, Value, Args& args) {
  const Value found = dict_get(vm, state_of(vm).dialects, args[0]);
  if (!found.is_null()) return Ref::share(found);
  if (has_error(vm)) return {};
  return raise_csv_error(vm, "unknown dialect");
}
Ref list_dialects(Vm& vm, Value) { return to_list(vm, Value(state_of(vm).dialects)); }
Ref field_size_limit(Vm& vm, Value, Args& args) {
  State& state = state_of(vm);
  const std::int64_t before = state.field_limit;
  if (args.given(0)) {
    if (!is_int(args[0]) || args[0].is_bool()) return raise(vm, vm.exc.TypeError, "limit must be an integer");
    VM_TRY(state.field_limit, to_int64(vm, args[0]));
  }
  return new_int(vm, before);
}

constexpr MethodSpec kFunctions[] = {
    {"reader", new_reader, "csv_reader = reader(iterable [, dialect='excel'] [optional keyword args])"},
    {"writer", new_writer, "csv_writer = csv.writer(fileobj [, dialect='excel'] [optional keyword args])"},
    {"register_dialect", register_dialect, "Create a mapping from a string name to a dialect class."},
    {"unregister_dialect($module, /, name)", unregister_dialect, "Delete the name/dialect mapping associated with a string name."},
    {"get_dialect($module, /, name)", get_dialect, "Return the dialect instance associated with name."},
    {"list_dialects($module, /)", list_dialects, "Return a list of all known dialect names."},
    {"field_size_limit($module, /, new_limit=<unrepresentable>)", field_size_limit, "Sets an upper limit on parsed fields; gives the limit before."},
};

bool fill(Vm& vm, ModuleObject* module) {
  State& state = state_of(vm);
  VM_TRY(Own<TupleObject> bases, new_tuple(vm, {Value(vm.exc.Exception)}));
  VM_TRY(state.error, new_simple_class(vm, "_csv.Error", bases));
  VM_TRY(state.dialects, new_dict(vm));
  constexpr std::pair<const char*, int> kConstants[] = {{"QUOTE_MINIMAL", kQuoteMinimal}, {"QUOTE_ALL", kQuoteAll}, {"QUOTE_NONNUMERIC", kQuoteNonnumeric},
                                                        {"QUOTE_NONE", kQuoteNone}, {"QUOTE_STRINGS", kQuoteStrings}, {"QUOTE_NOTNULL", kQuoteNotNull}};
  for (const auto& [name, value] : kConstants) VM_CHECK(set_module_attribute(vm, module, name, Value::small(value)));
  return set_module_attribute(vm, module, "Error", state.error.get()) && set_module_attribute(vm, module, "_dialects", Value(state.dialects)) &&
         add_type(vm, module, kDialectType) && set_module_attribute(vm, module, "Reader", Value(vm.native_type(kReaderType))) &&
         set_module_attribute(vm, module, "Writer", Value(vm.native_type(kWriterType)));
}

}  // namespace
}  // namespace csv

const ModuleSpec& _csv_module() {
  static constexpr ModuleSpec kModule = {.name = "_csv", .doc = "CSV parsing and writing.", .functions = csv::kFunctions, .fill = csv::fill};
  return kModule;
}

}  // namespace ouro::vm
