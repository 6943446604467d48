#include <algorithm>

#include "support/utf8.h"
#include "syntax/python_repr.h"
#include "syntax/unicode_facts.h"
#include "syntax/unparser_impl.h"

namespace ouro::syntax {
namespace {

constexpr std::string_view kOverflow = "1e309";  // reads back as infinity

Precedence next(Precedence p) {
  return p == Precedence::Atom ? p : static_cast<Precedence>(static_cast<std::uint8_t>(p) + 1);
}

struct BinaryText {
  std::string_view text;
  Precedence precedence;
};

BinaryText binary_text(Operator op) {
  switch (op) {
    case Operator::Add: return {"+", Precedence::Arithmetic};
    case Operator::Sub: return {"-", Precedence::Arithmetic};
    case Operator::Mult: return {"*", Precedence::Term};
    case Operator::MatMult: return {"@", Precedence::Term};
    case Operator::Div: return {"/", Precedence::Term};
    case Operator::Mod: return {"%", Precedence::Term};
    case Operator::Pow: return {"**", Precedence::Power};
    case Operator::LShift: return {"<<", Precedence::Shift};
    case Operator::RShift: return {">>", Precedence::Shift};
    case Operator::BitOr: return {"|", Precedence::BitOr};
    case Operator::BitXor: return {"^", Precedence::BitXor};
    case Operator::BitAnd: return {"&", Precedence::BitAnd};
    case Operator::FloorDiv: return {"//", Precedence::Term};
  }
  return {};
}

constexpr std::string_view kComparisons[] = {"==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in"};
constexpr std::string_view kUnaryOperators[] = {"~", "not ", "+", "-"};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t i = text.find(from); i != std::string::npos; i = text.find(from, i + to.size())) {
    text.replace(i, from.size(), to);
  }
}

bool contains(const Quotes& quotes, std::string_view quote) {
  return std::find(quotes.begin(), quotes.end(), quote) != quotes.end();
}

}  // namespace

// CPython 3.13 Lib/ast.py _str_literal_helper.
std::string literal_text(std::string_view text, const Quotes& quotes, bool escape_white_space, Quotes& possible) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size();) {
    const support::DecodedCodePoint character = support::decode_utf8(text, i);
    const std::string_view bytes = text.substr(i, character.length);
    const bool white = bytes == "\n" || bytes == "\t";
    if ((white && !escape_white_space) || (bytes != "\\" && is_printable(character.code_point))) {
      escaped += bytes;
    } else {
      std::string repr;
      append_str_repr(repr, bytes);
      escaped.append(repr, 1, repr.size() - 2);
    }
    i += character.length;
  }
  possible.clear();
  const bool lines = escaped.find('\n') != std::string::npos;
  for (const std::string_view quote : quotes) {
    if ((!lines || quote.size() == 3) && escaped.find(quote) == std::string::npos) possible.push_back(quote);
  }
  if (possible.empty()) {
    std::string repr;
    append_str_repr(repr, text);
    const auto fits = std::find_if(quotes.begin(), quotes.end(), [&](std::string_view q) { return q.front() == repr.front(); });
    possible.push_back(fits != quotes.end() ? *fits : repr.front() == '"' ? "\"" : "'");
    return repr.substr(1, repr.size() - 2);
  }
  if (escaped.empty()) return escaped;
  std::stable_partition(possible.begin(), possible.end(), [&](std::string_view q) { return q.front() != escaped.back(); });
  if (possible.front().front() == escaped.back()) escaped.insert(escaped.size() - 1, "\\");
  return escaped;
}

void Unparser::expression(const ExprNode* node, Precedence wanted) {
  if (++depth_ > kMaxDepth) too_deep_ = true;
  if (!too_deep_) expression_inner(node, wanted);
  --depth_;
}

void Unparser::expression_inner(const ExprNode* node, Precedence wanted) {
  const auto prefixed = [&](std::string_view word, const ExprNode* value, Precedence own) {
    const Parentheses parentheses(*this, wanted > own);
    out_ += word;
    if (value == nullptr) return;
    out_ += ' ';
    expression(value, Precedence::Atom);
  };
  switch (node->kind) {
    case ExprKind::BoolOp: return bool_op(as<BoolOp>(node), wanted);
    case ExprKind::NamedExpr: {
      const Parentheses parentheses(*this, wanted > Precedence::NamedExpr);
      expression(as<NamedExpr>(node).target, Precedence::Atom);
      out_ += " := ";
      return expression(as<NamedExpr>(node).value, Precedence::Atom);
    }
    case ExprKind::BinOp: return bin_op(as<BinOp>(node), wanted);
    case ExprKind::UnaryOp: {
      const UnaryOperator op = as<UnaryOp>(node).op;
      const Precedence own = op == UnaryOperator::Not ? Precedence::Not : Precedence::Factor;
      const Parentheses parentheses(*this, wanted > own);
      out_ += kUnaryOperators[static_cast<std::size_t>(op)];
      return expression(as<UnaryOp>(node).operand, own);
    }
    case ExprKind::Lambda: return lambda(as<Lambda>(node), wanted);
    case ExprKind::IfExp: {
      const auto& conditional = as<IfExp>(node);
      const Parentheses parentheses(*this, wanted > Precedence::Test);
      expression(conditional.body, Precedence::Or);
      out_ += " if ";
      expression(conditional.test, Precedence::Or);
      out_ += " else ";
      return expression(conditional.orelse, Precedence::Test);
    }
    case ExprKind::Dict: return dict(as<Dict>(node));
    case ExprKind::Set:
      if (as<Set>(node).elts.empty()) {
        out_ += "{*()}";
        return;
      }
      out_ += '{';
      list(as<Set>(node).elts);
      out_ += '}';
      return;
    case ExprKind::ListComp:
      return comprehension("[", as<ElementComp>(node).elt, nullptr, as<ElementComp>(node).generators, ']');
    case ExprKind::SetComp:
      return comprehension("{", as<ElementComp>(node).elt, nullptr, as<ElementComp>(node).generators, '}');
    case ExprKind::GeneratorExp:
      return comprehension("(", as<ElementComp>(node).elt, nullptr, as<ElementComp>(node).generators, ')');
    case ExprKind::DictComp:
      return comprehension("{", as<DictComp>(node).key, as<DictComp>(node).value, as<DictComp>(node).generators, '}');
    case ExprKind::Await: return prefixed("await", as<Await>(node).value, Precedence::Await);
    case ExprKind::Yield: return prefixed("yield", as<Yield>(node).value, Precedence::Yield);
    case ExprKind::YieldFrom: return prefixed("yield from", as<YieldFrom>(node).value, Precedence::Yield);
    case ExprKind::Compare: return compare(as<Compare>(node), wanted);
    case ExprKind::Call:
      expression(as<Call>(node).func, Precedence::Atom);
      out_ += '(';
      call_arguments(as<Call>(node).args, as<Call>(node).keywords);
      out_ += ')';
      return;
    case ExprKind::FormattedValue: return formatted_value(as<FormattedValue>(node));
    case ExprKind::JoinedStr: return joined_str(as<JoinedStr>(node));
    case ExprKind::Constant:
      if (as<Constant>(node).u_kind) out_ += 'u';
      return constant(as<Constant>(node).value);
    case ExprKind::Attribute: {
      const auto& attribute = as<Attribute>(node);
      expression(attribute.value, Precedence::Atom);
      const Constant* number = try_as<const Constant>(static_cast<const ExprNode*>(attribute.value));
      if (number != nullptr && number->value.kind >= ConstantKind::False && number->value.kind <= ConstantKind::BigInt &&
          number->value.kind != ConstantKind::Ellipsis) {
        out_ += ' ';
      }
      out_ += '.';
      out_ += attribute.attr.view();
      return;
    }
    case ExprKind::Subscript: return subscript(as<Subscript>(node));
    case ExprKind::Starred:
      out_ += '*';
      return expression(as<Starred>(node).value, Precedence::BitOr);
    case ExprKind::Name: out_ += as<Name>(node).id.view(); return;
    case ExprKind::List:
      out_ += '[';
      list(as<List>(node).elts);
      out_ += ']';
      return;
    case ExprKind::Tuple: {
      const Parentheses parentheses(*this, as<Tuple>(node).elts.empty() || wanted > Precedence::Tuple);
      return items(as<Tuple>(node).elts);
    }
    case ExprKind::Slice:
      if (as<Slice>(node).lower != nullptr) expression(as<Slice>(node).lower);
      out_ += ':';
      if (as<Slice>(node).upper != nullptr) expression(as<Slice>(node).upper);
      if (as<Slice>(node).step == nullptr) return;
      out_ += ':';
      return expression(as<Slice>(node).step);
    case ExprKind::Repr:
      out_ += '`';
      expression(as<Repr>(node).value);
      out_ += '`';
      return;
    case ExprKind::Interpolation:
    case ExprKind::TemplateStr: too_deep_ = true; return;  // 3.14 has no unparser here yet
  }
}

void Unparser::list(ExprList nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (i != 0) out_ += ", ";
    expression(nodes[i]);
  }
}

// A tuple's elements: one alone has a comma.
void Unparser::items(ExprList nodes) {
  list(nodes);
  if (nodes.size() == 1) out_ += ',';
}

void Unparser::bool_op(const BoolOp& node, Precedence wanted) {
  Precedence own = node.op == BoolOperator::And ? Precedence::And : Precedence::Or;
  const Parentheses parentheses(*this, wanted > own);
  for (std::size_t i = 0; i < node.values.size(); ++i) {
    if (i != 0) out_ += node.op == BoolOperator::And ? " and " : " or ";
    own = next(own);  // as ast.unparse: every value binds tighter than the one before
    expression(node.values[i], own);
  }
}

void Unparser::bin_op(const BinOp& node, Precedence wanted) {
  const BinaryText op = binary_text(node.op);
  const Parentheses parentheses(*this, wanted > op.precedence);
  const bool right_associative = node.op == Operator::Pow;
  expression(node.left, right_associative ? next(op.precedence) : op.precedence);
  out_ += ' ';
  out_ += op.text;
  out_ += ' ';
  expression(node.right, right_associative ? op.precedence : next(op.precedence));
}

void Unparser::compare(const Compare& node, Precedence wanted) {
  const Parentheses parentheses(*this, wanted > Precedence::Compare);
  expression(node.left, next(Precedence::Compare));
  for (std::size_t i = 0; i < node.ops.size(); ++i) {
    out_ += ' ';
    out_ += kComparisons[static_cast<std::size_t>(node.ops[i])];
    out_ += ' ';
    expression(node.comparators[i], next(Precedence::Compare));
  }
}

void Unparser::dict(const Dict& node) {
  out_ += '{';
  for (std::size_t i = 0; i < node.values.size(); ++i) {
    if (i != 0) out_ += ", ";
    if (node.keys[i] == nullptr) {
      out_ += "**";
      expression(node.values[i], Precedence::BitOr);
      continue;
    }
    expression(node.keys[i]);
    out_ += ": ";
    expression(node.values[i]);
  }
  out_ += '}';
}

void Unparser::subscript(const Subscript& node) {
  expression(node.value, Precedence::Atom);
  out_ += '[';
  const Tuple* tuple = try_as<const Tuple>(static_cast<const ExprNode*>(node.slice));
  if (tuple != nullptr && !tuple->elts.empty()) items(tuple->elts);
  else expression(node.slice);
  out_ += ']';
}

void Unparser::comprehension(std::string_view open, const ExprNode* element, const ExprNode* value,
                             std::span<Comprehension* const> clauses, char close) {
  out_ += open;
  expression(element);
  if (value != nullptr) {
    out_ += ": ";
    expression(value);
  }
  for (const Comprehension* clause : clauses) {
    out_ += clause->is_async ? " async for " : " for ";
    expression(clause->target, Precedence::Tuple);
    out_ += " in ";
    expression(clause->iter, next(Precedence::Test));
    for (const ExprNode* condition : clause->ifs) {
      out_ += " if ";
      expression(condition, next(Precedence::Test));
    }
  }
  out_ += close;
}

void Unparser::call_arguments(ExprList positional, std::span<Keyword* const> keywords) {
  list(positional);
  bool first = positional.empty();
  for (const Keyword* keyword : keywords) {
    if (!first) out_ += ", ";
    first = false;
    out_ += keyword->arg ? keyword->arg.view() : "**";
    if (keyword->arg) out_ += '=';
    expression(keyword->value);
  }
}

void Unparser::argument(const Arg& arg) {
  out_ += arg.arg.view();
  if (arg.annotation == nullptr) return;
  out_ += ": ";
  expression(arg.annotation);
}

void Unparser::arguments(const Arguments& arguments) {
  bool first = true;
  const auto separate = [&] {
    if (!first) out_ += ", ";
    first = false;
  };
  const auto with_default = [this](const Arg& arg, const ExprNode* value) {
    argument(arg);
    if (value == nullptr) return;
    out_ += '=';
    expression(value);
  };
  const std::size_t positional = arguments.posonlyargs.size() + arguments.args.size();
  const std::size_t without = positional - arguments.defaults.size();
  for (std::size_t i = 0; i < positional; ++i) {
    separate();
    const bool only = i < arguments.posonlyargs.size();
    const Arg& arg = only ? *arguments.posonlyargs[i] : *arguments.args[i - arguments.posonlyargs.size()];
    with_default(arg, i >= without ? arguments.defaults[i - without] : nullptr);
    if (i + 1 == arguments.posonlyargs.size()) out_ += ", /";
  }
  if (arguments.vararg != nullptr || !arguments.kwonlyargs.empty()) {
    separate();
    out_ += '*';
    if (arguments.vararg != nullptr) argument(*arguments.vararg);
  }
  for (std::size_t i = 0; i < arguments.kwonlyargs.size(); ++i) {
    separate();
    with_default(*arguments.kwonlyargs[i], arguments.kw_defaults[i]);
  }
  if (arguments.kwarg != nullptr) {
    separate();
    out_ += "**";
    argument(*arguments.kwarg);
  }
}

void Unparser::lambda(const Lambda& node, Precedence wanted) {
  const Parentheses parentheses(*this, wanted > Precedence::Test);
  out_ += "lambda ";
  const std::size_t before = out_.size();
  arguments(*node.args);
  if (out_.size() == before) out_.pop_back();
  out_ += ": ";
  expression(node.body, Precedence::Test);
}

void Unparser::joined_str(const JoinedStr& node) {
  struct Part {
    std::string text;
    bool is_constant;
  };
  std::vector<Part> parts;
  std::string outer;
  outer.swap(out_);
  for (const ExprNode* value : node.values) {
    out_.clear();
    fstring_inner(value, false);
    parts.push_back({out_, is<Constant>(value)});
  }
  outer.swap(out_);
  Quotes quotes = {"'", "\"", "\"\"\"", "'''"};
  std::string inside;
  bool fallback = false;
  for (const Part& part : parts) {
    if (part.is_constant) {
      Quotes fit;
      inside += literal_text(part.text, quotes, true, fit);
      fallback = std::none_of(fit.begin(), fit.end(), [&](std::string_view q) { return contains(quotes, q); });
      if (fallback) break;
      quotes = fit;
    } else {
      if (part.text.find('\n') != std::string::npos) std::erase_if(quotes, [](std::string_view q) { return q.size() != 3; });
      inside += part.text;
    }
  }
  if (fallback || quotes.empty()) {  // repr with triple quotes holds anything
    quotes = {"'''"};
    inside.clear();
    for (const Part& part : parts) {
      if (!part.is_constant) {
        inside += part.text;
        continue;
      }
      std::string repr;
      append_str_repr(repr, '"' + part.text);
      inside.append(repr, 2, repr.size() - 3);
    }
  }
  out_ += 'f';
  out_ += quotes.front();
  out_ += inside;
  out_ += quotes.front();
}

void Unparser::fstring_inner(const ExprNode* node, bool format_spec) {
  if (++depth_ > kMaxDepth) too_deep_ = true;
  if (too_deep_) {
  } else if (const auto* joined = try_as<const JoinedStr>(node)) {
    for (const ExprNode* value : joined->values) fstring_inner(value, format_spec);
  } else if (const auto* text = try_as<const Constant>(node)) {
    std::string value(text->value.text());
    replace_all(value, "{", "{{");
    replace_all(value, "}", "}}");
    if (format_spec) {
      replace_all(value, "\\", "\\\\");
      replace_all(value, "'", "\\'");
      replace_all(value, "\"", "\\\"");
      replace_all(value, "\n", "\\n");
    }
    out_ += value;
  } else {
    formatted_value(as<FormattedValue>(node));
  }
  --depth_;
}

void Unparser::formatted_value(const FormattedValue& node) {
  out_ += '{';
  const std::size_t before = out_.size();
  expression(node.value, next(Precedence::Test));
  if (out_.size() > before && out_[before] == '{') out_.insert(before, " ");
  if (node.conversion != -1) {
    out_ += '!';
    out_ += static_cast<char>(node.conversion);
  }
  if (node.format_spec != nullptr) {
    out_ += ':';
    fstring_inner(node.format_spec, true);
  }
  out_ += '}';
}

void Unparser::constant(const ConstantValue& value) {
  switch (value.kind) {
    case ConstantKind::Ellipsis: out_ += "..."; return;
    case ConstantKind::Float:
    case ConstantKind::Complex: {
      std::string repr;
      append_constant_repr(repr, value);
      replace_all(repr, "inf", kOverflow);
      replace_all(repr, "nan", "(1e309-1e309)");
      out_ += repr;
      return;
    }
    case ConstantKind::Tuple:
      out_ += '(';
      for (std::size_t i = 0; i < value.items().size(); ++i) {
        if (i != 0) out_ += ", ";
        constant(value.items()[i]);
      }
      out_ += value.items().size() == 1 ? ",)" : ")";
      return;
    default: append_constant_repr(out_, value); return;
  }
}

}  // namespace ouro::syntax
