// _symtable: the compiler's symbol table of a source as objects (CPython 3.13 Modules/symtablemodule.c).
#include "vm/core/protocol.h"
#include "vm/host/compiler_interface.h"
#include "vm/interpreter/compile_error.h"
#include "vm/modules/posix/path_argument.h"
#include "vm/objects/bytes.h"
#include "vm/objects/dict.h"
#include "vm/objects/int.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct EntryObject : GcObject {
  Value id, name, symbols, varnames, children;
  std::int64_t block, line;
  std::int64_t nested;
};

Ref entry_repr(Vm& vm, Value self) {
  const auto* entry = self.as<EntryObject>();
  return new_str(vm, format_message("<symtable entry {}({}), line {}>", {entry->name.as<StrObject>(), int_low_bits(entry->id), entry->line}));
}

using Life = LifeOf<EntryObject, &EntryObject::id, &EntryObject::name, &EntryObject::symbols, &EntryObject::varnames, &EntryObject::children>;
constexpr MemberSpec kMembers[] = {
    {"id", MemberSpec::Kind::Object, offsetof(EntryObject, id)},           {"name", MemberSpec::Kind::Object, offsetof(EntryObject, name)},
    {"symbols", MemberSpec::Kind::Object, offsetof(EntryObject, symbols)}, {"varnames", MemberSpec::Kind::Object, offsetof(EntryObject, varnames)},
    {"children", MemberSpec::Kind::Object, offsetof(EntryObject, children)}, {"nested", MemberSpec::Kind::Int64, offsetof(EntryObject, nested)},
    {"type", MemberSpec::Kind::Int64, offsetof(EntryObject, block)},        {"lineno", MemberSpec::Kind::Int64, offsetof(EntryObject, line)}};

const TypeSpec kEntryType = {.name = "symtable entry", .basic_size = sizeof(EntryObject), .flags = kTypeContainer | kTypeNoInstantiation,
                             .slots = {.dealloc = Life::dealloc, .traverse = Life::traverse, .clear = Life::clear, .repr = entry_repr}, .members = kMembers};

/// The entry of a scope without its children.
Own<EntryObject> make_entry(Vm& vm, const SymbolScope& scope) {
  VM_TRY(Own<EntryObject> entry, make_instance<EntryObject>(vm, vm.native_type(kEntryType)));
  VM_TRY(Own<DictObject> symbols, new_dict(vm));
  for (const auto& [name, flags] : scope.symbols) VM_CHECK(dict_set(vm, symbols, std::string_view(name), Value::small(flags)));
  VM_TRY(Own<ListObject> varnames, new_list(vm));
  for (const std::string& name : scope.parameters) {
    VM_TRY(Ref text, new_str(vm, name));
    VM_CHECK(list_append(vm, varnames, std::move(text)));
  }
  VM_TRY(Own<ListObject> children, new_list(vm));
  VM_TRY(Ref name, new_str(vm, scope.name));
  VM_TRY(Ref id, new_uint(vm, reinterpret_cast<std::uintptr_t>(entry.get())));
  entry->id = id.release();
  entry->name = name.release();
  entry->symbols = Value(symbols.release());
  entry->varnames = Value(varnames.release());
  entry->children = Value(children.release());
  entry->block = scope.type;
  entry->line = scope.line;
  entry->nested = scope.nested ? 1 : 0;
  return entry;
}

Ref entries_of(Vm& vm, const SymbolOutcome& outcome) {
  std::vector<Own<EntryObject>> entries;
  for (const SymbolScope& scope : outcome.scopes) {
    VM_CHECK(charge_work(vm, 1 + scope.symbols.size()));
    entries.push_back(make_entry(vm, scope));
    VM_CHECK(entries.back());
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const std::size_t child : outcome.scopes[i].children) {
      VM_CHECK(list_append(vm, entries[i]->children.as<ListObject>(), Value(entries[child])));
    }
  }
  return std::move(entries.front());
}

Ref symtable(Vm& vm, Value, Args& args) {
  std::string source;
  const bool is_text = is_str(args[0]);
  if (is_text) {
    VM_TRY(Ref encoded, str_encode(vm, args[0].as<StrObject>(), "utf-8", "strict"));
    source = std::string(encoded.as<BytesObject>()->view());
  } else if (has_buffer(vm, args[0])) {
    BufferView view;
    VM_CHECK(get_buffer(vm, args[0], view));
    source = std::string(view.bytes());
  } else {
    return raise(vm, vm.exc.TypeError, "symtable() arg 1 must be a string or bytes object");
  }
  if (source.find('\0') != std::string::npos) return raise(vm, vm.exc.SyntaxError, "source code string cannot contain null bytes");
  VM_TRY(const PathArgument filename, path_argument(vm, args[1], "symtable", "filename"));
  VM_TRY(const std::string mode, args.text(vm, 2));
  CompileRequest request;
  if (mode == "eval") request.mode = CompileMode::Eval;
  else if (mode == "single") request.mode = CompileMode::Single;
  else if (mode != "exec") return raise(vm, vm.exc.ValueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'");
  if (vm.compiler == nullptr || vm.compiler->symbols == nullptr) return raise(vm, vm.exc.RuntimeError, "this machine's compiler shows no symbol table");
  request.source = source;
  request.is_utf8 = is_text;
  request.filename = filename.bytes;
  VM_CHECK(charge_work(vm, source.size()));
  const SymbolOutcome outcome = vm.compiler->symbols(request);
  VM_CHECK(issue_compile_warnings(vm, outcome.warnings, filename.bytes));
  if (outcome.scopes.empty()) return raise_compile_failure(vm, outcome.failure, filename.bytes);
  return entries_of(vm, outcome);
}

constexpr MethodSpec kFunctions[] = {
    {"symtable($module, source, filename, startstr, /)", symtable, "Return symbol and scope dictionaries used internally by compiler."}};

bool fill(Vm& vm, ModuleObject* module) {
  constexpr std::pair<const char*, int> kConstants[] = {
      {"USE", 16}, {"DEF_GLOBAL", 1}, {"DEF_NONLOCAL", 8}, {"DEF_LOCAL", 2}, {"DEF_PARAM", 4}, {"DEF_IMPORT", 128},
      {"DEF_BOUND", 134}, {"DEF_ANNOT", 256}, {"DEF_FREE", 32}, {"DEF_FREE_CLASS", 64},
      {"TYPE_FUNCTION", 0}, {"TYPE_CLASS", 1}, {"TYPE_MODULE", 2}, {"TYPE_ANNOTATION", 3}, {"TYPE_TYPE_ALIAS", 4}, {"TYPE_TYPE_PARAMETERS", 5},
      {"TYPE_TYPE_VARIABLE", 6}, {"LOCAL", 1}, {"GLOBAL_EXPLICIT", 2}, {"GLOBAL_IMPLICIT", 3}, {"FREE", 4}, {"CELL", 5}, {"SCOPE_OFF", 12},
      {"SCOPE_MASK", 15}};
  for (const auto& [name, value] : kConstants) VM_CHECK(set_module_attribute(vm, module, name, Value::small(value)));
  return true;
}

}  // namespace

const ModuleSpec& _symtable_module() {
  static constexpr ModuleSpec kModule = {.name = "_symtable", .doc = "The compiler's symbol tables.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
