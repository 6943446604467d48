// _ast: the classes of syntax trees, and compile(..., PyCF_ONLY_AST).
#include "vm/modules/_ast/nodes.h"

#include <map>

#include "support/big_int.h"
#include "syntax/node_fields.h"
#include "syntax/parser.h"
#include "syntax/source.h"
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/core/shape.h"
#include "vm/host/compiler_interface.h"
#include "vm/interpreter/compile_error.h"
#include "vm/interpreter/run.h"
#include "vm/modules/_ast/builder.h"
#include "vm/modules/ast.h"
#include "vm/modules/import.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct AstObject : GcObject {
  AttributeStore store;
  struct WeakRefObject* weakrefs;
};

struct AstState {
  std::map<std::string, Ref, std::less<>> classes;
  std::map<std::string, Ref, std::less<>> symbols;  ///< Load() and the operators: one object each
};

Ref ast_construct(Vm& vm, TypeObject* type, const CallArgs&) {
  auto* self = allocate<AstObject>(vm, type);
  if (self == nullptr) return {};
  vm.heap.track(self);
  return Ref::adopt(self);
}
void ast_traverse(Object* self, Visitor& visit) { store_traverse(self, static_cast<AstObject*>(self)->store, visit); }
void ast_clear(Vm& vm, Object* self) { store_clear(vm, static_cast<AstObject*>(self)->store); }
void ast_dealloc(Vm& vm, Object* self) {
  vm.heap.untrack(static_cast<GcObject*>(self));
  ast_clear(vm, self);
  free_object(vm, self, self->type->basic_size);
}

/// CPython 3.13 Python/Python-ast.c ast_type_init: fields by position or name; what is left out gets its default.
bool ast_init(Vm& vm, Value self, const CallArgs& call_args) {
  TypeObject* type = type_of(vm, self);
  VM_TRY(Ref fields, get_attribute(vm, Value(type), "_fields"));
  VM_TRY(Own<TupleObject> names, to_tuple(vm, fields));
  if (call_args.positional > names->size) {
    return raise(vm, vm.exc.TypeError, "{} constructor takes at most {} positional argument{}", type->display_name(), names->size,
                 names->size == 1 ? "" : "s");
  }
  std::vector<bool> given(names->size, false);
  for (std::size_t i = 0; i < call_args.positional; ++i) {
    VM_CHECK(set_attribute(vm, self, (*names)[i].as<StrObject>(), call_args.values[i]));
    given[i] = true;
  }
  for (std::size_t k = 0; k < call_args.keyword_count(); ++k) {
    auto* name = (*call_args.keyword_names)[k].as<StrObject>();
    for (std::size_t i = 0; i < names->size; ++i) {
      if (!str_equal((*names)[i].as<StrObject>(), name)) continue;
      if (i < call_args.positional) {
        return raise(vm, vm.exc.TypeError, "{} got multiple values for argument '{}'", type->display_name(), name);
      }
      given[i] = true;
    }
    VM_CHECK(set_attribute(vm, self, name, call_args.keyword_value(k)));
  }
  Ref types;
  VM_TRY(Own<StrObject> types_name, new_str(vm, "_defaults"));
  VM_CHECK(find_attribute(vm, Value(type), types_name, types));
  for (std::size_t i = 0; i < names->size && types && is_dict(types); ++i) {
    if (given[i]) continue;
    const Value kind = dict_get(vm, types.as<DictObject>(), (*names)[i]);
    auto* name = (*names)[i].as<StrObject>();
    if (kind.is_none()) {
      VM_CHECK(set_attribute(vm, self, name, kNone));
    } else if (kind.is_true()) {
      VM_TRY(Own<ListObject> empty, new_list(vm));
      VM_CHECK(set_attribute(vm, self, name, empty));
    } else if (!kind.is_null() && kind.is_object()) {
      VM_CHECK(set_attribute(vm, self, name, kind));  // Load()
    } else {
      VM_CHECK(warn(vm, vm.exc.DeprecationWarning,
                    format_message("{}.__init__ missing 1 required positional argument: '{}'. This will become an error in Python 3.15.",
                                   {type->display_name(), name})));
    }
  }
  return true;
}

Ref ast_reduce(Vm& vm, Value self) {
  DictObject* dict = store_dict(vm, self.object());
  if (dict == nullptr) return {};
  VM_TRY(Own<TupleObject> none, new_tuple(vm, {}));
  return new_tuple(vm, {Value(type_of(vm, self)), Value(none.get()), Value(dict)});
}

constexpr MethodSpec kAstMethods[] = {{"__reduce__($self, /)", ast_reduce}};

Ref ast_dict(Vm& vm, Value self) {
  DictObject* dict = store_dict(vm, self.object());
  return dict == nullptr ? Ref() : Ref::share(dict);
}
constexpr GetSetSpec kAstGetSet[] = {{"__dict__", ast_dict}};

const TypeSpec kAstType = {
    .name = "ast.AST", .basic_size = sizeof(AstObject), .flags = kTypeBaseType | kTypeContainer,
    .slots = {.dealloc = ast_dealloc, .traverse = ast_traverse, .clear = ast_clear, .construct = ast_construct, .init = ast_init},
    .methods = kAstMethods, .getset = kAstGetSet, .store_offset = offsetof(AstObject, store), .weakref_offset = offsetof(AstObject, weakrefs),
    .finish = +[](Vm& vm, TypeObject* type) -> bool {
      VM_TRY(Own<TupleObject> none, new_tuple(vm, {}));
      return dict_set(vm, type->dict, "_fields", none) && dict_set(vm, type->dict, "_attributes", none) &&
             dict_set(vm, type->dict, "__match_args__", none);
    }};

struct FieldRow {
  std::string type, name;
  bool optional = false, list = false;
};

std::vector<FieldRow> fields_of(std::string_view text) {
  std::vector<FieldRow> rows;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(", "), text.size());
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    const std::size_t blank = one.find(' ');
    FieldRow row{std::string(one.substr(0, blank)), std::string(one.substr(blank + 1)), false, false};
    while (row.type.back() == '*' || row.type.back() == '?') {
      (row.type.back() == '*' ? row.list : row.optional) = true;
      row.type.pop_back();
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Ref text_tuple(Vm& vm, const std::vector<std::string>& texts) {
  std::vector<Ref> items;
  for (const std::string& text : texts) {
    const Own<StrObject> made = new_str(vm, text);
    VM_CHECK(made);
    items.push_back(intern(vm, made));
    VM_CHECK(items.back());
  }
  const std::vector<Value> values(items.begin(), items.end());
  return new_tuple(vm, values);
}

bool add_class(Vm& vm, ModuleObject* module, AstState& state, const AstClass& row) {
  const auto base = state.classes.find(row.base);
  const Value base_value = base == state.classes.end() ? Value(vm.native_type(kAstType)) : base->second.get();
  VM_TRY(Own<DictObject> space, new_dict(vm));
  const std::vector<FieldRow> rows = fields_of(row.fields);
  std::vector<std::string> names;
  std::string doc;
  VM_TRY(Own<DictObject> defaults, new_dict(vm));
  VM_TRY(Own<DictObject> types, new_dict(vm));
  for (const FieldRow& field : rows) {
    names.push_back(field.name);
    doc += (doc.empty() ? "" : ", ") + field.type + (field.list ? "*" : field.optional ? "?" : "") + " " + field.name;
    const auto load = state.symbols.find("Load");
    const Value otherwise = field.list ? kTrue : field.optional ? kNone : field.type == "expr_context" && load != state.symbols.end() ? load->second.get() : kFalse;
    VM_CHECK(dict_set(vm, defaults, std::string_view(field.name), otherwise));
    const auto known = state.classes.find(field.type);
    const Value type = field.type == "int" ? Value(vm.types.int_) : known != state.classes.end() ? known->second.get()
                       : field.type == "identifier" || field.type == "string" ? Value(vm.types.str) : Value(vm.types.object);
    VM_CHECK(dict_set(vm, types, std::string_view(field.name), type));
    if (field.optional && !field.list) VM_CHECK(dict_set(vm, space, std::string_view(field.name), kNone));
  }
  VM_TRY(Ref field_names, text_tuple(vm, names));
  if (row.base != "AST" || !rows.empty() || row.has_position) {
    VM_CHECK(dict_set(vm, space, "_fields", field_names) && dict_set(vm, space, "__match_args__", field_names));
  }
  if (row.has_position || row.base == "AST") {
    VM_TRY(Ref attributes, text_tuple(vm, row.has_position ? std::vector<std::string>{"lineno", "col_offset", "end_lineno", "end_col_offset"}
                                                           : std::vector<std::string>{}));
    VM_CHECK(dict_set(vm, space, "_attributes", attributes));
    if (row.has_position) VM_CHECK(dict_set(vm, space, "end_lineno", kNone) && dict_set(vm, space, "end_col_offset", kNone));
  }
  VM_CHECK(dict_set(vm, space, "_defaults", defaults) && dict_set(vm, space, "_field_types", types));
  VM_TRY(Own<StrObject> module_name, new_str(vm, "ast"));
  VM_TRY(Own<StrObject> shown, new_str(vm, std::string(row.name) + (doc.empty() ? "" : "(" + doc + ")")));
  VM_CHECK(dict_set(vm, space, "__module__", module_name) && dict_set(vm, space, "__doc__", shown));
  VM_TRY(Own<StrObject> name, new_str(vm, row.name));
  VM_TRY(Own<TupleObject> bases, new_tuple(vm, {base_value}));
  VM_TRY(Ref made, call(vm, Value(vm.types.type), {Value(name.get()), Value(bases.get()), Value(space.get())}));
  state.classes[std::string(row.name)] = made.clone();
  if (row.fields.empty() && row.base != "AST" && row.base != "stmt") {
    VM_TRY(Ref symbol, call(vm, made));
    state.symbols[std::string(row.name)] = std::move(symbol);
  }
  return set_module_attribute(vm, module, row.name, made.get());
}

bool fill(Vm& vm, ModuleObject* module) {
  AstState& state = machine_state<AstState>(vm);
  VM_CHECK(add_type(vm, module, kAstType));
  // Contexts first: they are defaults of others' fields.
  for (const bool contexts : {true, false}) {
    for (const AstClass& row : ast_classes()) {
      const bool is_context = row.name == "expr_context" || row.base == "expr_context";
      if (is_context == contexts) VM_CHECK(add_class(vm, module, state, row));
    }
  }
  constexpr std::pair<std::string_view, int> kFlags[] = {{"PyCF_ONLY_AST", 0x400}, {"PyCF_TYPE_COMMENTS", 0x1000}, {"PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000}, {"PyCF_OPTIMIZED_AST", 0x8400}};
  for (const auto& [name, flag] : kFlags) VM_CHECK(set_module_attribute(vm, module, name, Value::small(flag)));
  return true;
}

// --- from a tree

class Converter {
 public:
  Converter(Vm& vm, AstState& state) : vm_(vm), state_(state) {}

  Ref node(syntax::NodeRef ref) {
    Vm& vm = vm_;
    RecursionGuard guard(vm, " during ast construction");
    if (!guard) return {};
    const syntax::NodeView view = syntax::view_node(ref);
    const auto found = state_.classes.find(view.name);
    if (found == state_.classes.end()) return raise(vm, vm.exc.SystemError, "no class for the node {}", view.name);
    auto* type = found->second.as<TypeObject>();
    VM_TRY(Ref object, ast_construct(vm, type, {}));
    VM_CHECK(set_fields(object, view, ref));
    if (view.pos != nullptr) VM_CHECK(set_position(object, *view.pos));
    return object;
  }

 private:
  bool set(Value object, std::string_view name, Value value) {
    StrObject* interned = vm_.intern(name);
    return interned != nullptr && set_attribute(vm_, object, interned, value);
  }

  bool set_position(Value object, const syntax::Position& position) {
    return set(object, "lineno", Value::small(position.lineno)) && set(object, "col_offset", Value::small(position.col_offset)) &&
           set(object, "end_lineno", Value::small(position.end_lineno)) && set(object, "end_col_offset", Value::small(position.end_col_offset));
  }

  bool set_fields(Value object, const syntax::NodeView& view, syntax::NodeRef ref) {
    for (const AstClass& row : ast_classes()) {
      if (row.name != view.name) continue;
      for (const FieldRow& field : fields_of(row.fields)) VM_CHECK(set_field(object, view, ref, field));
    }
    return true;
  }

  bool set_field(Value object, const syntax::NodeView& view, syntax::NodeRef ref, const FieldRow& row) {
    Vm& vm = vm_;
    const syntax::Field* field = nullptr;
    for (const syntax::Field& each : view.fields) {
      if (each.name == row.name) field = &each;
    }
    if (row.type == "constant") {
      VM_TRY(Ref value, constant_of(ref));
      return set(object, row.name, value);
    }
    if (row.list) {
      VM_TRY(Own<ListObject> list, new_list(vm));
      if (field != nullptr) {
        for (const syntax::Field::Item& item : field->items) {
          VM_TRY(Ref value, item_value(item, row));
          VM_CHECK(list_append(vm, list, std::move(value)));
        }
      }
      return set(object, row.name, list);
    }
    if (field == nullptr || field->items.empty()) {
      return set(object, row.name, row.type == "int" ? Value::small(0) : kNone);
    }
    VM_TRY(Ref value, item_value(field->items[0], row));
    return set(object, row.name, value);
  }

  Ref item_value(const syntax::Field::Item& item, const FieldRow& row) {
    Vm& vm = vm_;
    if (item.node.type != syntax::NodeRef::Type::None) return node(item.node);
    const std::string& text = item.text;
    if (text == "None" || text.empty()) return Ref::none();
    if (text.ends_with("()")) {
      const auto symbol = state_.symbols.find(std::string_view(text).substr(0, text.size() - 2));
      if (symbol != state_.symbols.end()) return symbol->second.clone();
    }
    if (row.type == "int") return Ref::small(std::atoll(text.c_str()));
    const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"');
    VM_TRY(Own<StrObject> made, new_str(vm, quoted ? std::string_view(text).substr(1, text.size() - 2) : std::string_view(text)));
    return intern(vm, made);
  }

  Ref constant_of(syntax::NodeRef ref) {
    if (ref.type == syntax::NodeRef::Type::Expr) {
      return value_of(static_cast<const syntax::Constant*>(static_cast<const syntax::ExprNode*>(ref.node))->value);
    }
    return value_of(static_cast<const syntax::MatchSingleton*>(static_cast<const syntax::PatternNode*>(ref.node))->value);
  }

  Ref value_of(const syntax::ConstantValue& value) {
    using Kind = syntax::ConstantKind;
    Vm& vm = vm_;
    switch (value.kind) {
      case Kind::None: return Ref::none();
      case Kind::False: return Ref::boolean(false);
      case Kind::True: return Ref::boolean(true);
      case Kind::Ellipsis: return Ref::adopt(kEllipsis);
      case Kind::Int: return new_int(vm, value.integer);
      case Kind::BigInt: {
        const std::string digits = value.big->to_text_power_of_two(16);
        return new_int_text(vm, digits, 16, kNone);
      }
      case Kind::Float: return new_float(vm, value.real);
      case Kind::Complex: return new_complex(vm, value.complex.real, value.complex.imag);
      case Kind::Str: return new_str(vm, value.text());
      case Kind::Bytes: return new_bytes(vm, value.text());
      default: return raise(vm, vm.exc.SystemError, "a folded constant in a tree");
    }
  }

  Vm& vm_;
  AstState& state_;
};

}  // namespace

bool is_ast(Vm& vm, Value value) {
  return !machine_state<AstState>(vm).classes.empty() && is_instance_of(vm, value, vm.native_type(kAstType));
}

Ref parse_to_ast(Vm& vm, std::string_view text, bool is_utf8, std::string_view filename, std::string_view mode, std::uint32_t flags,
                 int optimize) {
  VM_TRY(Ref module, import_module(vm, "_ast"));
  syntax::SourceText source;
  syntax::AstContext context;
  std::vector<syntax::SyntaxWarning> warnings;
  syntax::ParseOptions options;
  options.mode = mode == "eval" ? syntax::ParseMode::Eval : mode == "single" ? syntax::ParseMode::Single : syntax::ParseMode::Exec;
  const bool decoded = is_utf8 ? source.assign(text) : source.decode(text);
  const auto tree = decoded ? syntax::parse(source, context, options, warnings) : tl::unexpected(source.error());
  if (!tree) {
    // The compiler meets the same error, and raises it with all its fields.
    Ref code = compile_source(vm, text, is_utf8, filename, mode, flags & ~0x8400U, optimize);
    if (!code) return {};
    return raise(vm, vm.exc.SyntaxError, "invalid syntax");
  }
  Converter converter(vm, machine_state<AstState>(vm));
  return converter.node({syntax::NodeRef::Type::Mod, *tree});
}

Ref compile_ast(Vm& vm, Value tree, std::string_view filename, std::string_view mode, std::uint32_t flags, int optimize) {
  if ((flags & 0x400U) != 0) return Ref::share(tree);
  if (vm.compiler == nullptr) return raise(vm, vm.exc.RuntimeError, "this machine has no compiler");
  syntax::AstContext context;
  syntax::Mod module;
  VM_CHECK(build_tree(vm, machine_state<AstState>(vm).classes, tree, mode, context, module));
  CompileRequest request;
  request.filename = filename;
  request.mode = mode == "eval" ? CompileMode::Eval : mode == "single" ? CompileMode::Single : CompileMode::Exec;
  request.flags = flags;
  request.optimize = optimize < 0 ? vm.options.optimize : optimize;
  return code_of_outcome(vm, vm.compiler->compile_tree(module, context, request), filename);
}

const ModuleSpec& _ast_module() {
  static constexpr ModuleSpec kModule = {.name = "_ast", .doc = "The classes of syntax trees.", .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
