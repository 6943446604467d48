#include "compile/annotation_text.h"

#include <cmath>
#include <cstring>

#include "support/float_text.h"
#include "support/utf8.h"
#include "syntax/unicode_facts.h"

namespace ouro::compile {
namespace {

using namespace syntax;  // the tree's node names

// Binding strength, weakest first (CPython's PR_*).
enum Level : int {
  kTuple, kTest, kOr, kAnd, kNot, kComparison, kBitOr, kBitXor, kBitAnd, kShift, kArithmetic, kTerm, kFactor,
  kPower, kAwait, kAtom,
};
constexpr int kExpression = kBitOr;

struct OperatorText {
  std::string_view text;
  int level;
};

OperatorText text_of(Operator op) {
  switch (op) {
    case Operator::Add: return {" + ", kArithmetic};
    case Operator::Sub: return {" - ", kArithmetic};
    case Operator::Mult: return {" * ", kTerm};
    case Operator::MatMult: return {" @ ", kTerm};
    case Operator::Div: return {" / ", kTerm};
    case Operator::Mod: return {" % ", kTerm};
    case Operator::Pow: return {" ** ", kPower};
    case Operator::LShift: return {" << ", kShift};
    case Operator::RShift: return {" >> ", kShift};
    case Operator::BitOr: return {" | ", kBitOr};
    case Operator::BitXor: return {" ^ ", kBitXor};
    case Operator::BitAnd: return {" & ", kBitAnd};
    case Operator::FloorDiv: return {" // ", kTerm};
  }
  return {};
}

std::string_view text_of(CompareOperator op) {
  switch (op) {
    case CompareOperator::Eq: return " == ";
    case CompareOperator::NotEq: return " != ";
    case CompareOperator::Lt: return " < ";
    case CompareOperator::LtE: return " <= ";
    case CompareOperator::Gt: return " > ";
    case CompareOperator::GtE: return " >= ";
    case CompareOperator::Is: return " is ";
    case CompareOperator::IsNot: return " is not ";
    case CompareOperator::In: return " in ";
    case CompareOperator::NotIn: return " not in ";
  }
  return {};
}

void append_hex(std::string& out, std::uint32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += "0123456789abcdef"[(value >> shift) & 15U];
}

void append_escaped(std::string& out, std::uint32_t c) {
  switch (c) {
    case '\t': out += "\\t"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    default: break;
  }
  out += c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U";
  append_hex(out, c, c < 0x100 ? 2 : c < 0x10000 ? 4 : 8);
}

// repr() of a str or of bytes.
void append_quoted(std::string& out, std::string_view text, bool is_bytes) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  out += quote;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (byte < 0x80 || is_bytes) {
      ++i;
      if (byte == '\\' || byte == static_cast<std::uint8_t>(quote)) {
        out += '\\';
        out += static_cast<char>(byte);
      } else if (byte < 0x20 || byte >= 0x7F) {
        append_escaped(out, byte);
      } else {
        out += static_cast<char>(byte);
      }
      continue;
    }
    const support::DecodedCodePoint step = support::decode_utf8(text, i);
    if (is_printable(step.code_point)) {
      out += text.substr(i, step.length);
    } else {
      append_escaped(out, step.code_point);
    }
    i += step.length;
  }
  out += quote;
}

class Writer {
 public:
  [[nodiscard]] std::string take() { return std::move(out_); }

  void expression(const ExprNode* node, int level);
  void constant(const ConstantValue& value);

 private:
  // `body` between parentheses when `condition`.
  template <class Body>
  void grouped(bool condition, Body body) {
    if (condition) out_ += '(';
    body();
    if (condition) out_ += ')';
  }
  void list(ExprList elements, int level) {
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (i > 0) out_ += ", ";
      expression(elements[i], level);
    }
  }
  void bracketed(char open, ExprList elements, char close) {
    out_ += open;
    list(elements, kTest);
    out_ += close;
  }
  void bool_op(const BoolOp& node, int level);
  void binary(const BinOp& node, int level);
  void unary(const UnaryOp& node, int level);
  void lambda(const Lambda& node, int level);
  void arguments(const Arguments& arguments);
  void argument(const Arg& arg);
  void dict(const Dict& node);
  void tuple(const Tuple& node, int level);
  void comprehensions(std::span<Comprehension* const> generators);
  void compare(const Compare& node, int level);
  void call(const Call& node);
  void joined_string(const JoinedStr& node, bool is_format_spec);
  void string_part(const ExprNode* node, bool is_format_spec);
  void formatted_value(const FormattedValue& node);
  void slice(const Slice& node);

  std::string out_;
};

void Writer::constant(const ConstantValue& value) {
  switch (value.kind) {
    case ConstantKind::None: out_ += "None"; return;
    case ConstantKind::False: out_ += "False"; return;
    case ConstantKind::True: out_ += "True"; return;
    case ConstantKind::Ellipsis: out_ += "Ellipsis"; return;
    case ConstantKind::Int: out_ += std::to_string(value.integer); return;
    case ConstantKind::BigInt: out_ += value.big->to_decimal(); return;
    case ConstantKind::Float: support::append_float_repr(out_, value.real); return;
    case ConstantKind::Complex: support::append_complex_repr(out_, value.complex.real, value.complex.imag); return;
    case ConstantKind::Str: append_quoted(out_, value.text(), false); return;
    case ConstantKind::Bytes:
      out_ += 'b';
      append_quoted(out_, value.text(), true);
      return;
    case ConstantKind::Tuple:
    case ConstantKind::FrozenSet: {
      out_ += '(';
      const auto items = value.items();
      for (std::size_t i = 0; i < items.size(); ++i) {
        if (i > 0) out_ += ", ";
        constant(items[i]);
      }
      out_ += items.size() == 1 ? ",)" : ")";
      return;
    }
  }
}

void Writer::bool_op(const BoolOp& node, int level) {
  const bool is_and = node.op == BoolOperator::And;
  const int own = is_and ? kAnd : kOr;
  grouped(level > own, [&] {
    for (std::size_t i = 0; i < node.values.size(); ++i) {
      if (i > 0) out_ += is_and ? " and " : " or ";
      expression(node.values[i], own + 1);
    }
  });
}

void Writer::binary(const BinOp& node, int level) {
  const OperatorText op = text_of(node.op);
  const bool right_first = node.op == Operator::Pow;
  grouped(level > op.level, [&] {
    expression(node.left, op.level + (right_first ? 1 : 0));
    out_ += op.text;
    expression(node.right, op.level + (right_first ? 0 : 1));
  });
}

void Writer::unary(const UnaryOp& node, int level) {
  const int own = node.op == UnaryOperator::Not ? kNot : kFactor;
  grouped(level > own, [&] {
    switch (node.op) {
      case UnaryOperator::Invert: out_ += '~'; break;
      case UnaryOperator::Not: out_ += "not "; break;
      case UnaryOperator::UAdd: out_ += '+'; break;
      case UnaryOperator::USub: out_ += '-'; break;
    }
    expression(node.operand, own);
  });
}

void Writer::argument(const Arg& arg) {
  out_ += arg.arg.view();
  if (arg.annotation == nullptr) return;
  out_ += ": ";
  expression(arg.annotation, kTest);
}

void Writer::arguments(const Arguments& args) {
  bool first = true;
  const auto separate = [&] {
    if (!first) out_ += ", ";
    first = false;
  };
  const std::size_t positional_only = args.posonlyargs.size();
  const std::size_t positional = positional_only + args.args.size();
  for (std::size_t i = 0; i < positional; ++i) {
    separate();
    argument(i < positional_only ? *args.posonlyargs[i] : *args.args[i - positional_only]);
    if (i + args.defaults.size() >= positional) {
      out_ += '=';
      expression(args.defaults[i + args.defaults.size() - positional], kTest);
    }
    if (i + 1 == positional_only) out_ += ", /";
  }
  if (args.vararg != nullptr || !args.kwonlyargs.empty()) {
    separate();
    out_ += '*';
    if (args.vararg != nullptr) argument(*args.vararg);
  }
  for (std::size_t i = 0; i < args.kwonlyargs.size(); ++i) {
    separate();
    argument(*args.kwonlyargs[i]);
    if (args.kw_defaults[i] != nullptr) {
      out_ += '=';
      expression(args.kw_defaults[i], kTest);
    }
  }
  if (args.kwarg != nullptr) {
    separate();
    out_ += "**";
    argument(*args.kwarg);
  }
}

void Writer::lambda(const Lambda& node, int level) {
  grouped(level > kTest, [&] {
    out_ += node.args->args.empty() && node.args->posonlyargs.empty() ? "lambda" : "lambda ";
    arguments(*node.args);
    out_ += ": ";
    expression(node.body, kTest);
  });
}

void Writer::dict(const Dict& node) {
  out_ += '{';
  for (std::size_t i = 0; i < node.values.size(); ++i) {
    if (i > 0) out_ += ", ";
    if (node.keys[i] != nullptr) {
      expression(node.keys[i], kTest);
      out_ += ": ";
      expression(node.values[i], kTest);
    } else {
      out_ += "**";
      expression(node.values[i], kExpression);
    }
  }
  out_ += '}';
}

void Writer::tuple(const Tuple& node, int level) {
  if (node.elts.empty()) {
    out_ += "()";
    return;
  }
  grouped(level > kTuple, [&] {
    list(node.elts, kTest);
    if (node.elts.size() == 1) out_ += ',';
  });
}

void Writer::comprehensions(std::span<Comprehension* const> generators) {
  for (const Comprehension* generator : generators) {
    out_ += generator->is_async ? " async for " : " for ";
    expression(generator->target, kTuple);
    out_ += " in ";
    expression(generator->iter, kTest + 1);
    for (const ExprNode* condition : generator->ifs) {
      out_ += " if ";
      expression(condition, kTest + 1);
    }
  }
}

void Writer::compare(const Compare& node, int level) {
  grouped(level > kComparison, [&] {
    expression(node.left, kComparison + 1);
    for (std::size_t i = 0; i < node.ops.size(); ++i) {
      out_ += text_of(node.ops[i]);
      expression(node.comparators[i], kComparison + 1);
    }
  });
}

void Writer::call(const Call& node) {
  expression(node.func, kAtom);
  if (node.args.size() == 1 && node.keywords.empty() && node.args[0]->kind == ExprKind::GeneratorExp) {
    return expression(node.args[0], kTest);
  }
  out_ += '(';
  list(node.args, kTest);
  bool first = node.args.empty();
  for (const Keyword* keyword : node.keywords) {
    if (!first) out_ += ", ";
    first = false;
    if (keyword->arg) {
      out_ += keyword->arg.view();
      out_ += '=';
    } else {
      out_ += "**";
    }
    expression(keyword->value, kTest);
  }
  out_ += ')';
}

void Writer::joined_string(const JoinedStr& node, bool is_format_spec) {
  Writer body;
  for (const ExprNode* part : node.values) body.string_part(part, is_format_spec);
  const std::string text = body.take();
  if (is_format_spec) {
    out_ += text;
  } else {
    out_ += 'f';
    append_quoted(out_, text, false);
  }
}

void Writer::string_part(const ExprNode* node, bool is_format_spec) {
  if (const auto* text = try_as<const Constant>(node)) {
    for (const char c : text->value.text()) {
      out_ += c;
      if (c == '{' || c == '}') out_ += c;
    }
  } else if (const auto* joined = try_as<const JoinedStr>(node)) {
    joined_string(*joined, is_format_spec);
  } else if (const auto* value = try_as<const FormattedValue>(node)) {
    formatted_value(*value);
  }
}

void Writer::formatted_value(const FormattedValue& node) {
  Writer inner;
  inner.expression(node.value, kTest + 1);
  const std::string text = inner.take();
  out_ += text.starts_with('{') ? "{ " : "{";
  out_ += text;
  if (node.conversion >= 0) {
    out_ += '!';
    out_ += static_cast<char>(node.conversion);
  }
  if (node.format_spec != nullptr) {
    out_ += ':';
    string_part(node.format_spec, true);
  }
  out_ += '}';
}

void Writer::slice(const Slice& node) {
  if (node.lower != nullptr) expression(node.lower, kTest);
  out_ += ':';
  if (node.upper != nullptr) expression(node.upper, kTest);
  if (node.step != nullptr) {
    out_ += ':';
    expression(node.step, kTest);
  }
}

void Writer::expression(const ExprNode* node, int level) {
  switch (node->kind) {
    case ExprKind::BoolOp: return bool_op(as<BoolOp>(node), level);
    case ExprKind::BinOp: return binary(as<BinOp>(node), level);
    case ExprKind::UnaryOp: return unary(as<UnaryOp>(node), level);
    case ExprKind::Lambda: return lambda(as<Lambda>(node), level);
    case ExprKind::IfExp:
      return grouped(level > kTest, [&] {
        expression(as<IfExp>(node).body, kTest + 1);
        out_ += " if ";
        expression(as<IfExp>(node).test, kTest + 1);
        out_ += " else ";
        expression(as<IfExp>(node).orelse, kTest);
      });
    case ExprKind::Dict: return dict(as<Dict>(node));
    case ExprKind::Set: return bracketed('{', as<Set>(node).elts, '}');
    case ExprKind::List: return bracketed('[', as<List>(node).elts, ']');
    case ExprKind::Tuple: return tuple(as<Tuple>(node), level);
    case ExprKind::GeneratorExp:
    case ExprKind::ListComp:
    case ExprKind::SetComp: {
      const bool list = node->kind == ExprKind::ListComp;
      const bool set = node->kind == ExprKind::SetComp;
      out_ += list ? '[' : set ? '{' : '(';
      expression(as<ElementComp>(node).elt, kTest);
      comprehensions(as<ElementComp>(node).generators);
      out_ += list ? ']' : set ? '}' : ')';
      return;
    }
    case ExprKind::DictComp:
      out_ += '{';
      expression(as<DictComp>(node).key, kTest);
      out_ += ": ";
      expression(as<DictComp>(node).value, kTest);
      comprehensions(as<DictComp>(node).generators);
      out_ += '}';
      return;
    case ExprKind::Yield:
      if (as<Yield>(node).value == nullptr) {
        out_ += "(yield)";
        return;
      }
      out_ += "(yield ";
      expression(as<Yield>(node).value, kTest);
      out_ += ')';
      return;
    case ExprKind::YieldFrom:
      out_ += "(yield from ";
      expression(as<YieldFrom>(node).value, kTest);
      out_ += ')';
      return;
    case ExprKind::Await:
      return grouped(level > kAwait, [&] {
        out_ += "await ";
        expression(as<Await>(node).value, kAtom);
      });
    case ExprKind::Compare: return compare(as<Compare>(node), level);
    case ExprKind::Call: return call(as<Call>(node));
    case ExprKind::Constant: {
      const Constant& constant_node = as<Constant>(node);
      if (constant_node.value.kind == ConstantKind::Ellipsis) {
        out_ += "...";
        return;
      }
      if (constant_node.u_kind) out_ += 'u';
      const std::size_t start = out_.size();
      constant(constant_node.value);
      const ConstantKind kind = constant_node.value.kind;
      if (kind != ConstantKind::Float && kind != ConstantKind::Complex) return;
      // Infinity is written as a literal that overflows.
      for (std::size_t at = out_.find("inf", start); at != std::string::npos; at = out_.find("inf", at + 5)) {
        out_.replace(at, 3, "1e309");
      }
      return;
    }
    case ExprKind::JoinedStr: return joined_string(as<JoinedStr>(node), false);
    case ExprKind::FormattedValue: return formatted_value(as<FormattedValue>(node));
    case ExprKind::Attribute: {
      const Attribute& attribute = as<Attribute>(node);
      expression(attribute.value, kAtom);
      const auto* number = try_as<const Constant>(static_cast<const ExprNode*>(attribute.value));
      const bool integer = number != nullptr && (number->value.kind == ConstantKind::Int ||
                                                 number->value.kind == ConstantKind::BigInt);
      out_ += integer ? " ." : ".";
      out_ += attribute.attr.view();
      return;
    }
    case ExprKind::Subscript:
      expression(as<Subscript>(node).value, kAtom);
      out_ += '[';
      expression(as<Subscript>(node).slice, kTuple);
      out_ += ']';
      return;
    case ExprKind::Starred:
      out_ += '*';
      return expression(as<Starred>(node).value, kExpression);
    case ExprKind::Slice: return slice(as<Slice>(node));
    case ExprKind::Name: out_ += as<Name>(node).id.view(); return;
    case ExprKind::NamedExpr:
      return grouped(level > kTuple, [&] {
        expression(as<NamedExpr>(node).target, kAtom);
        out_ += " := ";
        expression(as<NamedExpr>(node).value, kAtom);
      });
    default: return;
  }
}

}  // namespace

std::string annotation_text(const ExprNode& annotation) {
  Writer writer;
  writer.expression(&annotation, kTest);
  return writer.take();
}

std::string constant_repr(const ConstantValue& value) {
  Writer writer;
  writer.constant(value);
  return writer.take();
}

}  // namespace ouro::compile
