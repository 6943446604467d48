// Errors and warnings of the code generator (CPython 3.13 forbidden_name, check_compare, check_caller,
// check_subscripter, check_index).
#include <string>

#include "compile/code_generator.h"

namespace ouro::compile {

using namespace syntax;  // the tree's node names

void CodeGenerator::fail(const SourceLocation& where, std::string message) {
  problems_.fail(Position{where.line, where.column, where.end_line, where.end_column}, std::move(message));
}

bool CodeGenerator::forbid_debug(Identifier name, ExprContext context, const SourceLocation& where) {
  if (name != names_.debug || context == ExprContext::Load) return false;
  fail(where, context == ExprContext::Store ? "cannot assign to __debug__" : "cannot delete __debug__");
  return true;
}

namespace {

std::string_view type_name(const ConstantValue& value) {
  switch (value.kind) {
    case ConstantKind::None: return "NoneType";
    case ConstantKind::True:
    case ConstantKind::False: return "bool";
    case ConstantKind::Ellipsis: return "ellipsis";
    case ConstantKind::Int:
    case ConstantKind::BigInt: return "int";
    case ConstantKind::Float: return "float";
    case ConstantKind::Complex: return "complex";
    case ConstantKind::Str: return "str";
    case ConstantKind::Bytes: return "bytes";
    case ConstantKind::Tuple: return "tuple";
    case ConstantKind::FrozenSet: return "frozenset";
  }
  return {};
}

// The type an expression surely has; empty when that is not known.
std::string_view infer_type(const ExprNode* node) {
  switch (node->kind) {
    case ExprKind::Tuple: return "tuple";
    case ExprKind::List:
    case ExprKind::ListComp: return "list";
    case ExprKind::Dict:
    case ExprKind::DictComp: return "dict";
    case ExprKind::Set:
    case ExprKind::SetComp: return "set";
    case ExprKind::GeneratorExp: return "generator";
    case ExprKind::Lambda: return "function";
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: return "str";
    case ExprKind::Constant: return type_name(as<Constant>(node).value);
    default: return {};
  }
}

// Not a literal other than the named singletons.
bool has_identity(const ExprNode* node) {
  const auto* constant = try_as<const Constant>(node);
  if (constant == nullptr) return true;
  switch (constant->value.kind) {
    case ConstantKind::None:
    case ConstantKind::True:
    case ConstantKind::False:
    case ConstantKind::Ellipsis: return true;
    default: return false;
  }
}

}  // namespace

void CodeGenerator::check_compare(const Compare& node) {
  const ExprNode* left = node.left;
  for (std::size_t i = 0; i < node.ops.size(); ++i) {
    const ExprNode* right = node.comparators[i];
    const CompareOperator op = node.ops[i];
    if ((op == CompareOperator::Is || op == CompareOperator::IsNot) &&
        (!has_identity(left) || !has_identity(right))) {
      const std::string type(infer_type(has_identity(left) ? right : left));
      return warn(&node, op == CompareOperator::Is ? "\"is\" with '" + type + "' literal. Did you mean \"==\"?"
                                                   : "\"is not\" with '" + type + "' literal. Did you mean \"!=\"?");
    }
    left = right;
  }
}

void CodeGenerator::check_caller(const ExprNode* function) {
  switch (function->kind) {
    case ExprKind::Constant:
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::Dict:
    case ExprKind::DictComp:
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue:
      return warn(function, "'" + std::string(infer_type(function)) +
                                "' object is not callable; perhaps you missed a comma?");
    default: return;
  }
}

void CodeGenerator::check_subscripter(const ExprNode* value) {
  switch (value->kind) {
    case ExprKind::Constant:
      switch (as<Constant>(value).value.kind) {
        case ConstantKind::Str:
        case ConstantKind::Bytes:
        case ConstantKind::Tuple: return;
        default: break;
      }
      break;
    case ExprKind::Set:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::Lambda: break;
    default: return;
  }
  warn(value, "'" + std::string(infer_type(value)) + "' object is not subscriptable; perhaps you missed a comma?");
}

void CodeGenerator::check_index(const ExprNode* value, const ExprNode* index) {
  const std::string_view type = infer_type(index);
  if (type.empty() || type == "int" || type == "bool") return;
  switch (value->kind) {
    case ExprKind::Constant:
      switch (as<Constant>(value).value.kind) {
        case ConstantKind::Str:
        case ConstantKind::Bytes:
        case ConstantKind::Tuple: break;
        default: return;
      }
      break;
    case ExprKind::Tuple:
    case ExprKind::List:
    case ExprKind::ListComp:
    case ExprKind::JoinedStr:
    case ExprKind::FormattedValue: break;
    default: return;
  }
  warn(value, std::string(infer_type(value)) + " indices must be integers or slices, not " + std::string(type) +
                  "; perhaps you missed a comma?");
}

}  // namespace ouro::compile
