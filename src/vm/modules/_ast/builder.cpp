#include "vm/modules/_ast/builder.h"

#include "vm/modules/_ast/builder_parts.h"
#include "vm/objects/int.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace ast_builder {

std::string_view Builder::class_of(Value object) {
  for (const Value entry : type_of(vm_, object)->mro->view()) {
    const auto found = classes_.find(to_utf8(entry.as<TypeObject>()->name));
    if (found != classes_.end() && found->second.get() == entry) return found->first;
  }
  return {};
}

Failed Builder::unexpected(const char* base, Value value) {
  [[maybe_unused]] Vm& vm = vm_;
  Ref shown = repr(vm, value);
  if (!shown) return kFailed;
  return raise(vm, vm.exc.TypeError, "expected some sort of {}, but got {}", base, shown.as<StrObject>());
}

bool Builder::field(const Node& node, const char* name, bool optional, Ref& out) {
  [[maybe_unused]] Vm& vm = vm_;
  VM_CHECK(find_attribute(vm, node.object, vm.intern(name), out));
  if (out) return true;
  if (!optional) return raise(vm, vm.exc.TypeError, "required field \"{}\" missing from {}", name, node.owner);
  out = Ref::none();
  return true;
}

bool Builder::integer(const Node& node, const char* name, bool optional, std::int32_t otherwise, std::int32_t& out) {
  [[maybe_unused]] Vm& vm = vm_;
  Ref value;
  VM_CHECK(field(node, name, optional, value));
  out = otherwise;
  if (value.is_none() && optional) return true;
  if (!is_int(value)) {
    if (value.is_none()) return raise(vm, vm.exc.TypeError, "required field \"{}\" missing from {}", name, node.owner);
    VM_TRY(Ref shown, repr(vm, value));
    return raise(vm, vm.exc.ValueError, "invalid integer value: {}", shown.as<StrObject>());
  }
  const std::optional<std::int64_t> number = int_to_int64(value);
  if (!number || *number < INT32_MIN || *number > INT32_MAX) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C int");
  out = static_cast<std::int32_t>(*number);
  return true;
}

bool Builder::identifier_of(Value value, Identifier& out) {
  if (!is_str(value)) return raise(vm_, vm_.exc.TypeError, "AST identifier must be of type str");
  const std::string text = to_utf8(value.as<StrObject>());
  if (text == "None" || text == "True" || text == "False") return raise(vm_, vm_.exc.ValueError, "identifier field can't represent '{}' constant", text);
  out = context_.interner.intern(text);
  return true;
}
bool Builder::identifier(const Node& node, const char* name, bool optional, Identifier& out) {
  [[maybe_unused]] Vm& vm = vm_;
  Ref value;
  VM_CHECK(field(node, name, optional, value));
  if (!value.is_none()) return identifier_of(value, out);
  out = {};
  return optional || raise(vm, vm.exc.ValueError, "field '{}' is required for {}", name, node.owner);
}

bool Builder::position(Value object, std::string_view base, Position& out) {
  [[maybe_unused]] Vm& vm = vm_;
  const Node node{object, base};
  VM_CHECK(integer(node, "lineno", false, 0, out.lineno) && integer(node, "col_offset", false, 0, out.col_offset));
  VM_CHECK(integer(node, "end_lineno", true, out.lineno, out.end_lineno) && integer(node, "end_col_offset", true, out.col_offset, out.end_col_offset));
  if (out.lineno > out.end_lineno) {
    return raise(vm, vm.exc.ValueError, "AST node line range ({}, {}) is not valid", out.lineno, out.end_lineno);
  }
  if ((out.lineno < 0 && out.end_lineno != out.lineno) || (out.col_offset < 0 && out.col_offset != out.end_col_offset)) {
    return raise(vm, vm.exc.ValueError, "AST node column range ({}, {}) for line range ({}, {}) is not valid", out.col_offset, out.end_col_offset,
                 out.lineno, out.end_lineno);
  }
  if (out.lineno == out.end_lineno && out.col_offset > out.end_col_offset) {
    return raise(vm, vm.exc.ValueError, "line {}, column {}-{} is not a valid range", out.lineno, out.col_offset, out.end_col_offset);
  }
  return true;
}

bool Builder::module(Value tree, std::string_view mode, Mod& out) {
  [[maybe_unused]] Vm& vm = vm_;
  const std::string_view wanted = mode == "eval" ? "Expression" : mode == "single" ? "Interactive" : "Module";
  const std::string_view name = class_of(tree);
  if (name != wanted) return raise(vm, vm.exc.TypeError, "expected {} node, got {}", wanted, type_of(vm, tree)->name);
  const Node node{tree, wanted};
  if (mode == "eval") {
    out.kind = ModKind::Expression;
    return expression_field(node, "body", out.expression);
  }
  out.kind = mode == "single" ? ModKind::Interactive : ModKind::Module;
  return statements(node, "body", out.body);
}

// --- patterns

bool Builder::patterns(const Node& node, const char* name, PatternList& out) {
  return list(node, name, out, [&](Value item, PatternNode*& made) { return pattern(item, made); });
}

bool Builder::pattern(Value object, PatternNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  RecursionGuard guard(vm, " while traversing 'pattern' node");
  if (!guard) return false;
  const std::string_view name = class_of(object);
  const Node node{object, name};
  Position pos;
  Identifier bound;
  PatternList parts;
  if (name.starts_with("Match") && name != "Match") VM_CHECK(position(object, "pattern", pos));
  if (name == "MatchValue") {
    ExprNode* value = nullptr;
    VM_CHECK(expression_field(node, "value", value));
    out = context_.make<MatchValue>(pos, value);
  } else if (name == "MatchSingleton") {
    Ref value;
    VM_CHECK(field(node, "value", false, value));
    if (!value.is_none() && !value.get().is_bool()) return raise(vm, vm.exc.ValueError, "MatchSingleton can only contain True, False and None");
    ConstantValue constant;
    VM_CHECK(constant_value(value, constant));
    out = context_.make<MatchSingleton>(pos, constant);
  } else if (name == "MatchSequence") {
    VM_CHECK(patterns(node, "patterns", parts));
    out = context_.make<MatchSequence>(pos, parts);
  } else if (name == "MatchMapping") {
    ExprList keys;
    VM_CHECK(expressions(node, "keys", keys) && patterns(node, "patterns", parts) && identifier(node, "rest", true, bound));
    if (keys.size() != parts.size()) return raise(vm, vm.exc.ValueError, "MatchMapping doesn't have the same number of keys as patterns");
    out = context_.make<MatchMapping>(pos, keys, parts, bound);
  } else if (name == "MatchClass") {
    ExprNode* type = nullptr;
    IdentifierList attributes;
    PatternList keyword_parts;
    VM_CHECK(expression_field(node, "cls", type) && patterns(node, "patterns", parts) &&
             list(node, "kwd_attrs", attributes, [&](Value item, Identifier& made) { return identifier_of(item, made); }) &&
             patterns(node, "kwd_patterns", keyword_parts));
    if (attributes.size() != keyword_parts.size()) {
      return raise(vm, vm.exc.ValueError, "MatchClass doesn't have the same number of keyword attributes as patterns");
    }
    out = context_.make<MatchClass>(pos, type, parts, attributes, keyword_parts);
  } else if (name == "MatchStar") {
    VM_CHECK(identifier(node, "name", true, bound));
    out = context_.make<MatchStar>(pos, bound);
  } else if (name == "MatchAs") {
    Ref inner;
    PatternNode* part = nullptr;
    VM_CHECK(field(node, "pattern", true, inner));
    if (!inner.is_none()) VM_CHECK(pattern(inner, part));
    VM_CHECK(identifier(node, "name", true, bound));
    if (part != nullptr && !bound) return raise(vm, vm.exc.ValueError, "MatchAs must specify a target name if a pattern is given");
    out = context_.make<MatchAs>(pos, part, bound);
  } else if (name == "MatchOr") {
    VM_CHECK(patterns(node, "patterns", parts));
    if (parts.size() < 2) return raise(vm, vm.exc.ValueError, "MatchOr requires at least 2 patterns");
    out = context_.make<MatchOr>(pos, parts);
  } else {
    return unexpected("pattern", object);
  }
  return true;
}

}  // namespace ast_builder

bool build_tree(Vm& vm, const AstClasses& classes, Value tree, std::string_view mode, syntax::AstContext& context, syntax::Mod& out) {
  return ast_builder::Builder(vm, classes, context).module(tree, mode, out);
}

}  // namespace ouro::vm
