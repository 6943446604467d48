// From ast objects to the compiler's tree: expressions and their parts.
#include "vm/modules/_ast/builder_parts.h"
#include "vm/objects/bytes.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/set.h"
#include "vm/objects/tuple.h"

namespace ouro::vm::ast_builder {

bool Builder::expression_field(const Node& node, const char* name, ExprNode*& out, bool optional, ExprContext wanted) {
  [[maybe_unused]] Vm& vm = vm_;
  Ref value;
  VM_CHECK(field(node, name, optional, value));
  out = nullptr;
  if (!value.is_none()) return expression(value, wanted, out);
  return optional || raise(vm, vm.exc.ValueError, "field '{}' is required for {}", name, node.owner);
}

bool Builder::expressions(const Node& node, const char* name, ExprList& out, ExprContext wanted, bool none_allowed) {
  return list(node, name, out, [&](Value item, ExprNode*& made) -> bool {
    made = nullptr;
    if (!item.is_none()) return expression(item, wanted, made);
    return none_allowed || raise(vm_, vm_.exc.ValueError, "None disallowed in expression list");
  });
}

bool Builder::expression(Value object, ExprContext wanted, ExprNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  RecursionGuard guard(vm, " while traversing 'expr' node");
  if (!guard) return false;
  const std::string_view name = class_of(object);
  ExprKind kind{};
  bool known = false;
  for (int i = 0; i <= static_cast<int>(ExprKind::Slice) && !known; ++i) {
    kind = static_cast<ExprKind>(i);
    known = name_of(kind) == name;
  }
  if (!known) return unexpected("expr", object);
  const Node node{object, name};
  Position pos;
  VM_CHECK(position(object, "expr", pos));
  switch (kind) {
    case ExprKind::Attribute:
    case ExprKind::Subscript:
    case ExprKind::Starred:
    case ExprKind::Name:
    case ExprKind::List:
    case ExprKind::Tuple: return target_expression(kind, node, pos, wanted, out);
    default: break;
  }
  if (wanted != ExprContext::Load) {
    return raise(vm, vm.exc.ValueError, "expression which can't be assigned to in {} context", name_of(wanted));
  }
  switch (kind) {
    case ExprKind::Constant: return constant(node, pos, out);
    case ExprKind::Dict:
    case ExprKind::Set:
    case ExprKind::ListComp:
    case ExprKind::SetComp:
    case ExprKind::GeneratorExp:
    case ExprKind::DictComp:
    case ExprKind::Compare:
    case ExprKind::Call: return display(kind, node, pos, out);
    default: return simple_expression(kind, node, pos, out);
  }
}

bool Builder::check_context(const Node& node, ExprContext wanted) {
  [[maybe_unused]] Vm& vm = vm_;
  ExprContext context{};
  Ref value;
  VM_CHECK(field(node, "ctx", true, value));
  if (!value.is_none()) VM_CHECK(symbol_of(value, "expr_context", ExprContext::Del, context));
  if (context == wanted) return true;
  return raise(vm, vm.exc.ValueError, "expression must have {} context but has {} instead", name_of(wanted), name_of(context));
}

bool Builder::target_expression(ExprKind kind, const Node& node, const Position& pos, ExprContext wanted, ExprNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  VM_CHECK(check_context(node, wanted));
  ExprNode* value = nullptr;
  ExprNode* slice = nullptr;
  Identifier name;
  ExprList items;
  switch (kind) {
    case ExprKind::Attribute:
      VM_CHECK(expression_field(node, "value", value) && identifier(node, "attr", false, name));
      out = context_.make<Attribute>(pos, wanted, value, name);
      return true;
    case ExprKind::Subscript:
      VM_CHECK(expression_field(node, "value", value) && expression_field(node, "slice", slice));
      out = context_.make<Subscript>(pos, wanted, value, slice);
      return true;
    case ExprKind::Starred:
      VM_CHECK(expression_field(node, "value", value, false, wanted));
      out = context_.make<Starred>(pos, wanted, value);
      return true;
    case ExprKind::Name:
      VM_CHECK(identifier(node, "id", false, name));
      out = context_.make<Name>(pos, wanted, name);
      return true;
    case ExprKind::List:
      VM_CHECK(expressions(node, "elts", items, wanted));
      out = context_.make<List>(pos, wanted, items);
      return true;
    default:
      VM_CHECK(expressions(node, "elts", items, wanted));
      out = context_.make<Tuple>(pos, wanted, items);
      return true;
  }
}

bool Builder::simple_expression(ExprKind kind, const Node& node, const Position& pos, ExprNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  ExprNode* a = nullptr;
  ExprNode* b = nullptr;
  ExprNode* c = nullptr;
  switch (kind) {
    case ExprKind::BoolOp: {
      BoolOperator op{};
      ExprList values;
      VM_CHECK(symbol(node, "op", "boolop", BoolOperator::Or, op) && expressions(node, "values", values));
      if (values.size() < 2) return raise(vm, vm.exc.ValueError, "BoolOp with less than 2 values");
      out = context_.make<BoolOp>(pos, op, values);
      return true;
    }
    case ExprKind::NamedExpr:
      VM_CHECK(expression_field(node, "target", a, false, ExprContext::Store) && expression_field(node, "value", b));
      if (!is<Name>(a)) return raise(vm, vm.exc.TypeError, "NamedExpr target must be a Name");
      out = context_.make<NamedExpr>(pos, a, b);
      return true;
    case ExprKind::BinOp: {
      Operator op{};
      VM_CHECK(expression_field(node, "left", a) && symbol(node, "op", "operator", Operator::FloorDiv, op) && expression_field(node, "right", b));
      out = context_.make<BinOp>(pos, op, a, b);
      return true;
    }
    case ExprKind::UnaryOp: {
      UnaryOperator op{};
      VM_CHECK(symbol(node, "op", "unaryop", UnaryOperator::USub, op) && expression_field(node, "operand", a));
      out = context_.make<UnaryOp>(pos, op, a);
      return true;
    }
    case ExprKind::Lambda: {
      Arguments* parameters = nullptr;
      VM_CHECK(arguments(node, parameters) && expression_field(node, "body", a));
      out = context_.make<Lambda>(pos, parameters, a);
      return true;
    }
    case ExprKind::IfExp:
      VM_CHECK(expression_field(node, "test", a) && expression_field(node, "body", b) && expression_field(node, "orelse", c));
      out = context_.make<IfExp>(pos, a, b, c);
      return true;
    case ExprKind::Await:
      VM_CHECK(expression_field(node, "value", a));
      out = context_.make<Await>(pos, a);
      return true;
    case ExprKind::Yield:
      VM_CHECK(expression_field(node, "value", a, true));
      out = context_.make<Yield>(pos, a);
      return true;
    case ExprKind::YieldFrom:
      VM_CHECK(expression_field(node, "value", a));
      out = context_.make<YieldFrom>(pos, a);
      return true;
    case ExprKind::FormattedValue: {
      std::int32_t conversion = -1;
      VM_CHECK(expression_field(node, "value", a) && integer(node, "conversion", false, -1, conversion) && expression_field(node, "format_spec", b, true));
      if (conversion != -1 && conversion != 's' && conversion != 'r' && conversion != 'a') {
        return raise(vm, vm.exc.SystemError, "Unrecognized conversion character {}", conversion);
      }
      out = context_.make<FormattedValue>(pos, conversion, a, b);
      return true;
    }
    case ExprKind::JoinedStr: {
      ExprList values;
      VM_CHECK(expressions(node, "values", values));
      out = context_.make<JoinedStr>(pos, values);
      return true;
    }
    default:
      VM_CHECK(expression_field(node, "lower", a, true) && expression_field(node, "upper", b, true) && expression_field(node, "step", c, true));
      out = context_.make<Slice>(pos, a, b, c);
      return true;
  }
}

bool Builder::display(ExprKind kind, const Node& node, const Position& pos, ExprNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  ExprNode* a = nullptr;
  ExprNode* b = nullptr;
  ExprList first, second;
  std::span<Comprehension*> generators;
  switch (kind) {
    case ExprKind::Dict:
      VM_CHECK(expressions(node, "keys", first, ExprContext::Load, true) && expressions(node, "values", second));
      if (first.size() != second.size()) return raise(vm, vm.exc.ValueError, "Dict doesn't have the same number of keys as values");
      out = context_.make<Dict>(pos, first, second);
      return true;
    case ExprKind::Set:
      VM_CHECK(expressions(node, "elts", first));
      out = context_.make<Set>(pos, first);
      return true;
    case ExprKind::DictComp:
      VM_CHECK(expression_field(node, "key", a) && expression_field(node, "value", b) && comprehensions(node, generators));
      out = context_.make<DictComp>(pos, a, b, generators);
      return true;
    case ExprKind::Compare: {
      std::span<CompareOperator> ops;
      VM_CHECK(expression_field(node, "left", a) && list(node, "ops", ops, [&](Value item, CompareOperator& made) {
                 return symbol_of(item, "cmpop", CompareOperator::NotIn, made);
               }) && expressions(node, "comparators", first));
      if (first.empty()) return raise(vm, vm.exc.ValueError, "Compare has no comparators");
      if (first.size() != ops.size()) return raise(vm, vm.exc.ValueError, "Compare has a different number of comparators and operands");
      out = context_.make<Compare>(pos, a, ops, first);
      return true;
    }
    case ExprKind::Call: {
      std::span<Keyword*> named;
      VM_CHECK(expression_field(node, "func", a) && expressions(node, "args", first) && keywords(node, named));
      out = context_.make<Call>(pos, a, first, named);
      return true;
    }
    default:
      VM_CHECK(expression_field(node, "elt", a) && comprehensions(node, generators));
      out = context_.make_as<ElementComp>(kind, pos, a, generators);
      return true;
  }
}

bool Builder::constant_value(Value value, ConstantValue& out) {
  [[maybe_unused]] Vm& vm = vm_;
  const TypeObject* type = type_of(vm, value);
  if (value.is_none()) {
    out = ConstantValue::of(ConstantKind::None);
  } else if (value.is_bool()) {
    out = ConstantValue::of_bool(value.is_true());
  } else if (value == kEllipsis) {
    out = ConstantValue::of(ConstantKind::Ellipsis);
  } else if (type == vm.types.int_) {
    if (const std::optional<std::int64_t> small = int_to_int64(value)) {
      out = ConstantValue::of_int(*small);
      return true;
    }
    const auto* big = value.as<IntObject>();
    std::vector<std::uint32_t> halves;
    for (std::uint32_t i = 0; i < big->size; ++i) {
      halves.push_back(static_cast<std::uint32_t>(big->limbs()[i]));
      halves.push_back(static_cast<std::uint32_t>(big->limbs()[i] >> 32U));
    }
    out = ConstantValue::of_big(context_.keep(BigInt::from_limbs(std::move(halves), big->is_negative)));
  } else if (type == vm.types.float_) {
    out = ConstantValue::of_float(value.as<FloatObject>()->value);
  } else if (type == vm.types.complex) {
    out = ConstantValue::of_complex(value.as<ComplexObject>()->real, value.as<ComplexObject>()->imag);
  } else if (type == vm.types.str) {
    out = ConstantValue::of_text(ConstantKind::Str, context_.arena.copy(std::string_view(to_utf8(value.as<StrObject>()))));
  } else if (type == vm.types.bytes) {
    out = ConstantValue::of_text(ConstantKind::Bytes, context_.arena.copy(value.as<BytesObject>()->view()));
  } else if (type == vm.types.tuple || type == vm.types.frozenset) {
    RecursionGuard guard(vm, " during compilation");
    if (!guard) return false;
    VM_TRY(Own<TupleObject> items, to_tuple(vm, value));
    std::span<ConstantValue> values = context_.arena.make_array<ConstantValue>(items->size);
    for (std::size_t i = 0; i < items->size; ++i) VM_CHECK(constant_value((*items)[i], values[i]));
    out = ConstantValue::of_items(type == vm.types.tuple ? ConstantKind::Tuple : ConstantKind::FrozenSet, values);
  } else {
    return raise(vm, vm.exc.TypeError, "got an invalid type in Constant: {}", type_name(vm, value));
  }
  return true;
}

bool Builder::constant(const Node& node, const Position& pos, ExprNode*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  Ref value, kind;
  VM_CHECK(field(node, "value", false, value) && field(node, "kind", true, kind));
  ConstantValue made;
  VM_CHECK(constant_value(value, made));
  out = context_.make<Constant>(pos, is_str(kind) && str_equal(kind.as<StrObject>(), "u"), made);
  return true;
}

bool Builder::comprehensions(const Node& node, std::span<Comprehension*>& out) {
  [[maybe_unused]] Vm& vm = vm_;
  VM_CHECK(list(node, "generators", out, [&](Value item, Comprehension*& made) -> bool {
    if (class_of(item) != "comprehension") return unexpected("comprehension", item);
    const Node part{item, "comprehension"};
    made = context_.arena.make<Comprehension>();
    std::int32_t is_async = 0;
    VM_CHECK(expression_field(part, "target", made->target, false, ExprContext::Store) && expression_field(part, "iter", made->iter) &&
             expressions(part, "ifs", made->ifs) && integer(part, "is_async", false, 0, is_async));
    made->is_async = is_async != 0;
    return true;
  }));
  return !out.empty() || raise(vm, vm.exc.ValueError, "comprehension with no generators");
}

bool Builder::keywords(const Node& node, std::span<Keyword*>& out) {
  return list(node, "keywords", out, [&](Value item, Keyword*& made) -> bool {
    [[maybe_unused]] Vm& vm = vm_;
    if (class_of(item) != "keyword") return unexpected("keyword", item);
    const Node part{item, "keyword"};
    made = context_.arena.make<Keyword>();
    VM_CHECK(position(item, "keyword", made->pos));
    return identifier(part, "arg", true, made->arg) && expression_field(part, "value", made->value);
  });
}

bool Builder::parameter(Value object, Arg*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  out = nullptr;
  if (class_of(object) != "arg") return unexpected("arg", object);
  const Node part{object, "arg"};
  out = context_.arena.make<Arg>();
  VM_CHECK(position(object, "arg", out->pos));
  return identifier(part, "arg", false, out->arg) && expression_field(part, "annotation", out->annotation, true);
}

bool Builder::arguments(const Node& owner, Arguments*& out) {
  [[maybe_unused]] Vm& vm = vm_;
  Ref value;
  VM_CHECK(field(owner, "args", false, value));
  if (class_of(value) != "arguments") return unexpected("arguments", value);
  const Node node{value, "arguments"};
  out = context_.arena.make<Arguments>();
  const auto one = [&](Value item, Arg*& made) { return parameter(item, made); };
  const auto optional_one = [&](const char* name, Arg*& made) -> bool {
    Ref object;
    VM_CHECK(field(node, name, true, object));
    return object.is_none() || parameter(object, made);
  };
  VM_CHECK(list(node, "posonlyargs", out->posonlyargs, one) && list(node, "args", out->args, one) && optional_one("vararg", out->vararg) &&
           list(node, "kwonlyargs", out->kwonlyargs, one) && expressions(node, "kw_defaults", out->kw_defaults, ExprContext::Load, true) &&
           optional_one("kwarg", out->kwarg) && expressions(node, "defaults", out->defaults));
  if (out->defaults.size() > out->posonlyargs.size() + out->args.size()) {
    return raise(vm, vm.exc.ValueError, "more positional defaults than args on arguments");
  }
  if (out->kw_defaults.size() != out->kwonlyargs.size()) {
    return raise(vm, vm.exc.ValueError, "length of kwonlyargs is not the same as kw_defaults on arguments");
  }
  return true;
}

}  // namespace ouro::vm::ast_builder
