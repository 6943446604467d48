#include "syntax/diagnose_engine.h"

#include <array>

#include "support/result.h"
#include "syntax/diagnose_literals.h"
#include "syntax/keywords.h"

namespace ouro::syntax {
namespace {

constexpr Node kAbsent{{}, NodeKind::Absent, 0, {}};
constexpr Node kOther{{}, NodeKind::Other, 0, {}};
constexpr std::size_t kMaxItems = 16;
// Far beyond what linear parsing takes for a source of that many tokens.
constexpr std::uint64_t kStepsPerToken = 20'000;
// Results that CPython does not remember are kept only up to here.
constexpr std::size_t kMaxExtraMemo = 40'000'000;

}  // namespace

DiagnoseEngine::DiagnoseEngine(std::string_view source, const Grammar& grammar, const DiagnoseOptions& options)
    : grammar_(grammar), options_(options), tokenizer_(source, interner_, options_.features, options_.warnings) {}

// CPython 3.13 Parser/pegen.c _PyPegen_run_parser.
std::optional<SyntaxError> DiagnoseEngine::run() {
  if (parse_start() != nullptr) {
    if (options_.mode != ParseMode::Single || !more_statements()) return std::nullopt;
    raise_last(SyntaxErrorType::SyntaxError, "multiple statements found while compiling a single statement");
    return error_;
  }
  if (error_) {
    if (error_->type != SyntaxErrorType::MemoryError && tokenizer_.stop() == Tokenizer::Stop::None) {
      check_rest_of_source();
    }
    return error_;
  }
  const Token last = last_token();
  memo_.clear();
  mark_ = 0;
  invalid_ = true;
  failed_ = false;
  steps_ = 0;
  parse_start();
  set_syntax_error(last);
  return error_;
}

const Node* DiagnoseEngine::parse_start() {
  switch (options_.mode) {
    case ParseMode::Exec: return parse_rule(grammar_.file);
    case ParseMode::Single: return parse_rule(grammar_.interactive);
    case ParseMode::Eval: return parse_rule(grammar_.eval);
  }
  return nullptr;
}

// CPython Parser/pegen.c bad_single_statement: more than space and comments behind the last token read.
bool DiagnoseEngine::more_statements() const {
  const std::string_view source = tokenizer_.source();
  const char* const end = source.data() + source.size();
  for (const char* p = tokenizer_.cursor(); p != end; ++p) {
    if (*p == '#') {
      while (p + 1 != end && *p != '\n') ++p;
    } else if (*p != ' ' && *p != '\t' && *p != '\n' && *p != '\f') {
      return true;
    }
  }
  return false;
}

// CPython Parser/pegen.c _PyPegen_fill_token, _PyPegen_initialize_token.
bool DiagnoseEngine::fill() {
  if (failed_) return false;
  OURO_ASSERT(!tokens_ended_);
  Token token;
  const bool exec = options_.mode == ParseMode::Exec;
  const std::string_view source = tokenizer_.source();
  for (;;) {
    tokenizer_.next(token);
    const bool added = options_.newline_added && !exec && token.kind == TokenKind::Newline &&
                       token.end == source.data() + source.size() - 1;
    if (!added) break;
    if (options_.mode == ParseMode::Single) {  // CPython meets the end here, and makes it a newline
      token.col_offset = token.end_col_offset = -1;
      parsing_started_ = false;
      tokens_.push_back(token);
      return true;
    }
  }
  if (token.kind == TokenKind::EndMarker && options_.mode == ParseMode::Single && parsing_started_) {
    token.kind = TokenKind::Newline;
    parsing_started_ = false;
  } else {
    parsing_started_ = true;
    tokens_ended_ = token.kind == TokenKind::EndMarker || token.kind == TokenKind::Error;
  }
  if (source.empty() && !exec) token.lineno = token.end_lineno = 0;  // CPython has read no line yet
  tokens_.push_back(token);
  if (token.kind != TokenKind::Error) return true;
  failed_ = true;
  error_ = tokenizer_error();
  return false;
}

Node* DiagnoseEngine::make_node(NodeKind kind, std::uint32_t start) {
  std::uint32_t end = mark_;
  while (end > start + 1) {
    const TokenKind last = tokens_[end - 1].kind;
    if (last != TokenKind::Newline && last != TokenKind::Indent && last != TokenKind::Dedent &&
        last != TokenKind::EndMarker) {
      break;
    }
    --end;
  }
  const Token& first = tokens_[start];
  const Token& last = tokens_[end == 0 ? 0 : end - 1];
  Node* node = nodes_.make<Node>();
  node->pos = {first.lineno, first.col_offset, last.end_lineno, last.end_col_offset};
  node->kind = kind;
  node->token = start;
  return node;
}

const Node* DiagnoseEngine::take_token() {
  const Token& token = tokens_[mark_];
  NodeKind kind = NodeKind::Token;
  if (token.kind == TokenKind::Name) kind = NodeKind::Name;
  if (token.kind == TokenKind::Number) {
    if (auto wrong = number_error(token.text())) {  // CPython leaves the columns out
      return raise_known(SyntaxErrorType::SyntaxError, token.lineno, -1, token.end_lineno, -1, std::move(*wrong));
    }
    const char last = token.end[-1];
    kind = last == 'j' || last == 'J' ? NodeKind::Imaginary : NodeKind::Literal;
  }
  Node* node = nodes_.make<Node>();
  node->pos = {token.lineno, token.col_offset, token.end_lineno, token.end_col_offset};
  node->kind = kind;
  node->token = mark_++;
  return node;
}

// Sequences inside of what becomes a node's children are spread, absent parts left out.
void DiagnoseEngine::collect(const Node* value) {
  if (value->kind == NodeKind::Absent) return;
  if (value->kind != NodeKind::Sequence) return collected_.push_back(value);
  for (const Node* child : value->children) collect(child);  // sequences of sequences only: a small depth
}

const Node* DiagnoseEngine::make_sequence(std::size_t base, std::uint32_t start) {
  Node* node = make_node(NodeKind::Sequence, start);
  node->children = nodes_.copy(std::span<const Node* const>(collected_).subspan(base));
  collected_.resize(base);
  return node;
}

const Node* DiagnoseEngine::parse_rule(std::uint16_t number) {
  if (failed_) return nullptr;
  if (!available()) return nullptr;
  const GrammarRule& rule = grammar_.rules[number];
  if (!rule.first.contains(tokens_[mark_].kind)) return nullptr;
  if (++steps_ > kStepsPerToken * (tokens_.size() + 50)) {
    failed_ = true;
    return nullptr;
  }
  if (level_ >= kMaxLevel) return raise_stack_overflow();
  ++level_;
  const Node* node = nullptr;
  if (rule.flags.left_recursion == LeftRecursion::Leader) {
    node = parse_left_recursive(number);
  } else if (rule.flags.group || rule.flags.left_recursion == LeftRecursion::Member) {
    node = parse_alternatives(rule);
  } else {
    const std::uint32_t start = mark_;
    const auto variant = static_cast<std::uint8_t>(rule.flags.memo ? 0 : invalid_ ? 2 : 1);
    const std::uint64_t key = DiagnoseMemo::key(number, start, variant);
    if (const DiagnoseMemo::Entry* known = memo_.find(key)) {
      node = known->node;
      mark_ = node != nullptr ? known->end : start;
    } else {
      node = parse_alternatives(rule);
      if (failed_) node = nullptr;
      else if (rule.flags.memo || memo_.size() < kMaxExtraMemo) memo_.store(key, node, mark_);
    }
  }
  --level_;
  if (node != nullptr && rule.flags.forget) {
    forget();
    return &kOther;
  }
  return node;
}

void DiagnoseEngine::forget() {
  memo_.clear();
  nodes_.reset();
}

const Node* DiagnoseEngine::parse_left_recursive(std::uint16_t number) {
  const std::uint32_t start = mark_;
  const std::uint64_t key = DiagnoseMemo::key(number, start, 0);
  if (const DiagnoseMemo::Entry* known = memo_.find(key)) {
    mark_ = known->node != nullptr ? known->end : start;
    return known->node;
  }
  const Node* grown = nullptr;
  std::uint32_t end = start;
  if (level_ >= kMaxLevel) return raise_stack_overflow();
  ++level_;
  for (;;) {  // each round may be one operator longer, as the seed is what the last one gave
    memo_.store(key, grown, end);
    mark_ = start;
    const Node* node = parse_alternatives(grammar_.rules[number]);
    if (failed_) return nullptr;
    if (node == nullptr || mark_ <= end) break;
    end = mark_;
    grown = node;
  }
  --level_;
  mark_ = end;
  return grown;
}

const Node* DiagnoseEngine::parse_alternatives(const GrammarRule& rule) {
  const std::uint32_t start = mark_;
  const bool invalid_before = invalid_;
  if (rule.flags.without_invalid) invalid_ = false;
  const Node* node = nullptr;
  std::array<const Node*, kMaxItems> values;
  for (const GrammarAlternative& alternative :
       grammar_.alternatives.subspan(rule.first_alternative, rule.alternative_count)) {
    if ((alternative.invalid_only && !invalid_) || !alternative.first.contains(tokens_[start].kind)) continue;
    bool cut = false;
    bool matched = true;
    for (std::size_t i = 0; i < alternative.item_count && matched; ++i) {
      const GrammarItem& item = grammar_.items[alternative.first_item + i];
      if (item.modifier == Modifier::Cut) cut = true;
      else matched = match(item, values[i]);
    }
    if (failed_) break;
    if (matched) {
      node = finish(alternative, values.data(), start);
      break;  // a result that fails ends the rule, as in CPython
    }
    mark_ = start;
    if (cut) break;
  }
  invalid_ = invalid_before;
  if (node == nullptr) mark_ = start;
  return failed_ ? nullptr : node;
}

bool DiagnoseEngine::match(const GrammarItem& item, const Node*& value) {
  const std::uint32_t start = mark_;
  switch (item.modifier) {
    case Modifier::One: value = match_atom(item); return value != nullptr;
    case Modifier::Optional:
      value = match_atom(item);
      if (value == nullptr) value = &kAbsent;
      return !failed_;
    case Modifier::Ahead:
    case Modifier::NotAhead: {
      const bool found = match_atom(item) != nullptr;
      mark_ = start;
      return !failed_ && found == (item.modifier == Modifier::Ahead);
    }
    case Modifier::Star:
    case Modifier::Plus:
    case Modifier::Separated: return match_repeated(item, value);
    case Modifier::Forced: return match_forced(item, value);
    case Modifier::Cut: break;
  }
  return true;
}

bool DiagnoseEngine::match_repeated(const GrammarItem& item, const Node*& value) {
  if (level_ >= kMaxLevel) return raise_stack_overflow() != nullptr;
  ++level_;
  const std::uint32_t start = mark_;
  const std::size_t base = collected_.size();
  const bool forgets =
      item.atom == AtomKind::Rule && grammar_.rules[item.operand].flags.forget;  // its values are gone
  std::size_t count = 0;
  std::uint32_t end = mark_;
  while (const Node* element = match_atom(item)) {
    if (!forgets) collected_.push_back(element);
    ++count;
    end = mark_;
    if (item.modifier != Modifier::Separated) continue;
    if (!available() || tokens_[mark_].kind != item.separator) break;
    ++mark_;
  }
  mark_ = end;
  --level_;
  if (failed_ || (count == 0 && item.modifier != Modifier::Star)) {
    collected_.resize(base);
    return false;
  }
  value = forgets || count == 0 ? &kAbsent : make_sequence(base, start);
  return true;
}

// CPython Parser/pegen.c _PyPegen_expect_forced_token.
bool DiagnoseEngine::match_forced(const GrammarItem& item, const Node*& value) {
  if (!available()) return false;
  if (tokens_[mark_].kind == static_cast<TokenKind>(item.operand)) {
    value = take_token();
    return true;
  }
  const char* text = static_cast<TokenKind>(item.operand) == TokenKind::LPar ? "expected '('" : "expected ':'";
  raise_at_token(SyntaxErrorType::SyntaxError, tokens_[mark_], text);
  return false;
}

const Node* DiagnoseEngine::match_atom(const GrammarItem& item) {
  if (item.atom == AtomKind::Rule) return parse_rule(item.operand);
  if (failed_ || !available()) return nullptr;
  const Token& token = tokens_[mark_];
  if (item.atom == AtomKind::Token) {
    return token.kind == static_cast<TokenKind>(item.operand) ? take_token() : nullptr;
  }
  if (token.kind != TokenKind::Name) return nullptr;
  const std::string_view text = token.text();
  if (item.operand < kSoftKeywordTexts.size()) {
    return text == kSoftKeywordTexts[item.operand] ? take_token() : nullptr;
  }
  // CPython compares as many characters as the name has.
  for (const std::string_view word : kSoftKeywordTexts) {
    if (word.substr(0, text.size()) == text) return take_token();
  }
  return nullptr;
}

}  // namespace ouro::syntax
