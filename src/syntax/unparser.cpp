#include "syntax/unparser.h"

#include "syntax/unparser_impl.h"

namespace ouro::syntax {

std::optional<std::string> unparse(const Mod& module) {
  Unparser unparser;
  unparser.module(module);
  if (unparser.too_deep()) return std::nullopt;
  return unparser.take();
}

std::optional<std::string> unparse(const ExprNode* expression) {
  Unparser unparser;
  unparser.expression(expression);
  if (unparser.too_deep()) return std::nullopt;
  return unparser.take();
}

void Unparser::module(const Mod& module) {
  if (module.kind == ModKind::Expression) return expression(module.expression);
  if (module.kind == ModKind::Module) return body_with_docstring(module.body);
  for (const StmtNode* node : module.body) statement(node);
}

void Unparser::line(std::string_view text) {
  maybe_newline();
  out_.append(static_cast<std::size_t>(indent_) * 4, ' ');
  out_ += text;
}

void Unparser::block(StmtList body) {
  out_ += ':';
  ++indent_;
  for (const StmtNode* node : body) statement(node);
  --indent_;
}

void Unparser::body_with_docstring(StmtList body) {
  const Expr* first = body.empty() ? nullptr : try_as<const Expr>(static_cast<const StmtNode*>(body.front()));
  const Constant* text = first == nullptr ? nullptr : try_as<const Constant>(static_cast<const ExprNode*>(first->value));
  if (text != nullptr && text->value.kind == ConstantKind::Str) {
    docstring(*text);
    body = body.subspan(1);
  }
  for (const StmtNode* node : body) statement(node);
}

void Unparser::docstring(const Constant& text) {
  line();
  if (text.u_kind) out_ += 'u';
  Quotes possible;
  const std::string inside = literal_text(text.value.text(), {"\"\"\"", "'''"}, false, possible);
  out_ += possible.front();
  out_ += inside;
  out_ += possible.front();
}

void Unparser::orelse(StmtList body, std::string_view word) {
  if (body.empty()) return;
  line(word);
  block(body);
}

void Unparser::statement(const StmtNode* node) {
  if (++depth_ > kMaxDepth) too_deep_ = true;
  if (!too_deep_) {
    switch (node->kind) {
      case StmtKind::FunctionDef:
      case StmtKind::AsyncFunctionDef: function(as<FunctionDef>(node)); break;
      case StmtKind::ClassDef: class_definition(as<ClassDef>(node)); break;
      case StmtKind::For:
      case StmtKind::AsyncFor:
        line(node->kind == StmtKind::For ? "for " : "async for ");
        expression(as<For>(node).target, Precedence::Tuple);
        out_ += " in ";
        expression(as<For>(node).iter);
        block(as<For>(node).body);
        orelse(as<For>(node).orelse, "else");
        break;
      case StmtKind::While:
        line("while ");
        expression(as<While>(node).test);
        block(as<While>(node).body);
        orelse(as<While>(node).orelse, "else");
        break;
      case StmtKind::If: if_chain(&as<If>(node)); break;
      case StmtKind::With:
      case StmtKind::AsyncWith: with_statement(as<With>(node)); break;
      case StmtKind::Match: match_statement(as<Match>(node)); break;
      case StmtKind::Try:
      case StmtKind::TryStar: try_statement(as<Try>(node)); break;
      default: simple_statement(node); break;
    }
  }
  --depth_;
}

void Unparser::simple_statement(const StmtNode* node) {
  const auto names = [this](std::string_view word, IdentifierList list) {
    line(word);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i != 0) out_ += ", ";
      out_ += list[i].view();
    }
  };
  const auto optional = [this](std::string_view before, const ExprNode* value) {
    if (value == nullptr) return;
    out_ += before;
    expression(value);
  };
  switch (node->kind) {
    case StmtKind::Expr:
      line();
      expression(as<Expr>(node).value, Precedence::Yield);
      break;
    case StmtKind::Return:
      line("return");
      optional(" ", as<Return>(node).value);
      break;
    case StmtKind::Delete:
      line("del ");
      list(as<Delete>(node).targets);
      break;
    case StmtKind::Raise:
      line("raise");
      optional(" ", as<Raise>(node).exc);
      optional(" from ", as<Raise>(node).cause);
      break;
    case StmtKind::Assert:
      line("assert ");
      expression(as<Assert>(node).test);
      optional(", ", as<Assert>(node).msg);
      break;
    case StmtKind::Import:
      line("import ");
      aliases(as<Import>(node).names);
      break;
    case StmtKind::ImportFrom: import_from(as<ImportFrom>(node)); break;
    case StmtKind::Global: names("global ", as<Global>(node).names); break;
    case StmtKind::Nonlocal: names("nonlocal ", as<Nonlocal>(node).names); break;
    case StmtKind::Pass: line("pass"); break;
    case StmtKind::Break: line("break"); break;
    case StmtKind::Continue: line("continue"); break;
    case StmtKind::Print:
      line("print ");
      if (as<Print>(node).dest != nullptr) {
        out_ += ">>";
        expression(as<Print>(node).dest);
        if (!as<Print>(node).values.empty()) out_ += ", ";
      }
      list(as<Print>(node).values);
      if (!as<Print>(node).nl) out_ += ',';
      break;
    case StmtKind::Exec:
      line("exec ");
      expression(as<Exec>(node).body);
      optional(" in ", as<Exec>(node).globals);
      optional(", ", as<Exec>(node).locals);
      break;
    case StmtKind::LegacyRaise:
      line("raise");
      optional(" ", as<LegacyRaise>(node).type);
      optional(", ", as<LegacyRaise>(node).inst);
      optional(", ", as<LegacyRaise>(node).tback);
      break;
    default: assignment(node); break;
  }
}

void Unparser::assignment(const StmtNode* node) {
  static constexpr std::string_view kOperators[] = {"+", "-", "*", "@", "/", "%", "**", "<<", ">>", "|", "^", "&", "//"};
  line();
  if (const auto* assign = try_as<const Assign>(node)) {
    for (const ExprNode* target : assign->targets) {
      expression(target, Precedence::Tuple);
      out_ += " = ";
    }
    expression(assign->value);
  } else if (const auto* augmented = try_as<const AugAssign>(node)) {
    expression(augmented->target);
    out_ += ' ';
    out_ += kOperators[static_cast<std::size_t>(augmented->op)];
    out_ += "= ";
    expression(augmented->value);
  } else if (const auto* annotated = try_as<const AnnAssign>(node)) {
    {
      const Parentheses parentheses(*this, !annotated->simple && annotated->target->kind == ExprKind::Name);
      expression(annotated->target);
    }
    out_ += ": ";
    expression(annotated->annotation);
    if (annotated->value != nullptr) {
      out_ += " = ";
      expression(annotated->value);
    }
  } else {
    const TypeAlias& alias = as<TypeAlias>(node);
    out_ += "type ";
    expression(alias.name);
    type_params(alias.type_params);
    out_ += " = ";
    expression(alias.value);
  }
}

void Unparser::aliases(std::span<Alias* const> names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) out_ += ", ";
    out_ += names[i]->name.view();
    if (!names[i]->asname) continue;
    out_ += " as ";
    out_ += names[i]->asname.view();
  }
}

void Unparser::import_from(const ImportFrom& node) {
  line("from ");
  out_.append(static_cast<std::size_t>(node.level), '.');
  out_ += node.module.view();
  out_ += " import ";
  aliases(node.names);
}

void Unparser::decorators(ExprList list) {
  maybe_newline();
  for (const ExprNode* decorator : list) {
    line("@");
    expression(decorator);
  }
}

void Unparser::type_params(std::span<TypeParam* const> params) {
  if (params.empty()) return;
  for (std::size_t i = 0; i < params.size(); ++i) {
    const TypeParam& param = *params[i];
    out_ += i == 0 ? "[" : ", ";
    if (param.kind == TypeParamKind::TypeVarTuple) out_ += '*';
    if (param.kind == TypeParamKind::ParamSpec) out_ += "**";
    out_ += param.name.view();
    if (param.bound != nullptr) {
      out_ += ": ";
      expression(param.bound);
    }
    if (param.default_value != nullptr) {
      out_ += " = ";
      expression(param.default_value);
    }
  }
  out_ += ']';
}

void Unparser::function(const FunctionDef& node) {
  decorators(node.decorator_list);
  line(node.kind == StmtKind::FunctionDef ? "def " : "async def ");
  out_ += node.name.view();
  type_params(node.type_params);
  out_ += '(';
  arguments(*node.args);
  out_ += ')';
  if (node.returns != nullptr) {
    out_ += " -> ";
    expression(node.returns);
  }
  out_ += ':';
  ++indent_;
  body_with_docstring(node.body);
  --indent_;
}

void Unparser::class_definition(const ClassDef& node) {
  decorators(node.decorator_list);
  line("class ");
  out_ += node.name.view();
  type_params(node.type_params);
  if (!node.bases.empty() || !node.keywords.empty()) {
    out_ += '(';
    call_arguments(node.bases, node.keywords);
    out_ += ')';
  }
  out_ += ':';
  ++indent_;
  body_with_docstring(node.body);
  --indent_;
}

void Unparser::if_chain(const If* node) {
  line("if ");
  for (;;) {
    expression(node->test);
    block(node->body);
    const If* next = node->orelse.size() == 1 ? try_as<const If>(static_cast<const StmtNode*>(node->orelse[0])) : nullptr;
    if (next == nullptr) break;
    node = next;
    line("elif ");
  }
  orelse(node->orelse, "else");
}

void Unparser::try_statement(const Try& node) {
  line("try");
  block(node.body);
  for (const ExceptHandler* handler : node.handlers) {
    line(node.kind == StmtKind::TryStar ? "except*" : "except");
    if (handler->type != nullptr) {
      out_ += ' ';
      expression(handler->type);
    }
    if (handler->name) {
      out_ += " as ";
      out_ += handler->name.view();
    }
    block(handler->body);
  }
  orelse(node.orelse, "else");
  orelse(node.finalbody, "finally");
}

void Unparser::with_statement(const With& node) {
  line(node.kind == StmtKind::With ? "with " : "async with ");
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (i != 0) out_ += ", ";
    expression(node.items[i]->context_expr);
    if (node.items[i]->optional_vars == nullptr) continue;
    out_ += " as ";
    expression(node.items[i]->optional_vars);
  }
  block(node.body);
}

void Unparser::match_statement(const Match& node) {
  line("match ");
  expression(node.subject);
  out_ += ':';
  ++indent_;
  for (const MatchCase* one : node.cases) {
    line("case ");
    pattern(one->pattern);
    if (one->guard != nullptr) {
      out_ += " if ";
      expression(one->guard);
    }
    block(one->body);
  }
  --indent_;
}

void Unparser::pattern(const PatternNode* node, Precedence wanted) {
  const auto joined = [this](PatternList patterns, std::string_view separator, Precedence each) {
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (i != 0) out_ += separator;
      pattern(patterns[i], each);
    }
  };
  switch (node->kind) {
    case PatternKind::MatchValue: expression(as<MatchValue>(node).value); break;
    case PatternKind::MatchSingleton: constant(as<MatchSingleton>(node).value); break;
    case PatternKind::MatchSequence:
      out_ += '[';
      joined(as<MatchSequence>(node).patterns, ", ", Precedence::Test);
      out_ += ']';
      break;
    case PatternKind::MatchMapping: mapping_pattern(as<MatchMapping>(node)); break;
    case PatternKind::MatchClass: class_pattern(as<MatchClass>(node)); break;
    case PatternKind::MatchStar:
      out_ += '*';
      out_ += as<MatchStar>(node).name ? as<MatchStar>(node).name.view() : "_";
      break;
    case PatternKind::MatchAs: {
      const auto& named = as<MatchAs>(node);
      if (named.pattern == nullptr) {
        out_ += named.name ? named.name.view() : "_";
        break;
      }
      const Parentheses parentheses(*this, wanted > Precedence::Test);
      pattern(named.pattern, Precedence::BitOr);
      out_ += " as ";
      out_ += named.name.view();
      break;
    }
    case PatternKind::MatchOr: {
      const Parentheses parentheses(*this, wanted > Precedence::BitOr);
      joined(as<MatchOr>(node).patterns, " | ", Precedence::BitXor);
      break;
    }
  }
}

void Unparser::mapping_pattern(const MatchMapping& node) {
  out_ += '{';
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (i != 0) out_ += ", ";
    expression(node.keys[i]);
    out_ += ": ";
    pattern(node.patterns[i]);
  }
  if (node.rest) {
    if (!node.keys.empty()) out_ += ", ";
    out_ += "**";
    out_ += node.rest.view();
  }
  out_ += '}';
}

void Unparser::class_pattern(const MatchClass& node) {
  expression(node.cls, Precedence::Atom);
  out_ += '(';
  bool first = true;
  const auto separate = [&] {
    if (!first) out_ += ", ";
    first = false;
  };
  for (const PatternNode* positional : node.patterns) {
    separate();
    pattern(positional);
  }
  for (std::size_t i = 0; i < node.kwd_attrs.size(); ++i) {
    separate();
    out_ += node.kwd_attrs[i].view();
    out_ += '=';
    pattern(node.kwd_patterns[i]);
  }
  out_ += ')';
}

}  // namespace ouro::syntax
