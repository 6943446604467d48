#include "syntax/ast.h"

#include <array>

namespace ouro::syntax {
namespace {

template <std::size_t Size, class Enum>
std::string_view pick(const std::array<std::string_view, Size>& names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

constexpr std::array<std::string_view, 31> kStmtKindNames = {
    "FunctionDef", "AsyncFunctionDef", "ClassDef", "Return", "Delete", "Assign", "TypeAlias", "AugAssign",
    "AnnAssign", "For", "AsyncFor", "While", "If", "With", "AsyncWith", "Match", "Raise", "Try", "TryStar",
    "Assert", "Import", "ImportFrom", "Global", "Nonlocal", "Expr", "Pass", "Break", "Continue", "Print",
    "Exec", "Raise"};
constexpr std::array<std::string_view, 30> kExprKindNames = {
    "BoolOp", "NamedExpr", "BinOp", "UnaryOp", "Lambda", "IfExp", "Dict", "Set", "ListComp", "SetComp",
    "DictComp", "GeneratorExp", "Await", "Yield", "YieldFrom", "Compare", "Call", "FormattedValue", "JoinedStr",
    "Constant", "Attribute", "Subscript", "Starred", "Name", "List", "Tuple", "Slice", "Interpolation",
    "TemplateStr", "Repr"};
constexpr std::array<std::string_view, 8> kPatternKindNames = {
    "MatchValue", "MatchSingleton", "MatchSequence", "MatchMapping", "MatchClass", "MatchStar", "MatchAs",
    "MatchOr"};
constexpr std::array<std::string_view, 3> kTypeParamKindNames = {
    "TypeVar", "ParamSpec", "TypeVarTuple"};
constexpr std::array<std::string_view, 3> kModKindNames = {
    "Module", "Interactive", "Expression"};
constexpr std::array<std::string_view, 3> kExprContextNames = {
    "Load", "Store", "Del"};
constexpr std::array<std::string_view, 2> kBoolOperatorNames = {
    "And", "Or"};
constexpr std::array<std::string_view, 13> kOperatorNames = {
    "Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd",
    "FloorDiv"};
constexpr std::array<std::string_view, 4> kUnaryOperatorNames = {
    "Invert", "Not", "UAdd", "USub"};
constexpr std::array<std::string_view, 10> kCompareOperatorNames = {
    "Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"};

}  // namespace

std::string_view name_of(StmtKind kind) { return pick(kStmtKindNames, kind); }
std::string_view name_of(ExprKind kind) { return pick(kExprKindNames, kind); }
std::string_view name_of(PatternKind kind) { return pick(kPatternKindNames, kind); }
std::string_view name_of(TypeParamKind kind) { return pick(kTypeParamKindNames, kind); }
std::string_view name_of(ModKind kind) { return pick(kModKindNames, kind); }
std::string_view name_of(ExprContext context) { return pick(kExprContextNames, context); }
std::string_view name_of(BoolOperator op) { return pick(kBoolOperatorNames, op); }
std::string_view name_of(Operator op) { return pick(kOperatorNames, op); }
std::string_view name_of(UnaryOperator op) { return pick(kUnaryOperatorNames, op); }
std::string_view name_of(CompareOperator op) { return pick(kCompareOperatorNames, op); }

void set_context(ExprNode* target, ExprContext context) {
  switch (target->kind) {
    case ExprKind::Name: as<Name>(target).ctx = context; break;
    case ExprKind::Attribute: as<Attribute>(target).ctx = context; break;
    case ExprKind::Subscript: as<Subscript>(target).ctx = context; break;
    case ExprKind::Starred:
      as<Starred>(target).ctx = context;
      set_context(as<Starred>(target).value, context);
      break;
    case ExprKind::List:
      as<List>(target).ctx = context;
      for (ExprNode* element : as<List>(target).elts) set_context(element, context);
      break;
    case ExprKind::Tuple:
      as<Tuple>(target).ctx = context;
      for (ExprNode* element : as<Tuple>(target).elts) set_context(element, context);
      break;
    default: break;
  }
}

}  // namespace ouro::syntax
