// _tokenize: TokenizerIter, what Lib/tokenize.py reads tokens from. All lines are read at the first token.
#include <optional>
#include <vector>

#include "syntax/error_text.h"
#include "syntax/source.h"
#include "syntax/token_listing.h"
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/compile_error.h"
#include "vm/objects/bytes.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

struct Tokens {
  std::vector<syntax::ListedToken> tokens;
  std::vector<std::string> lines;  ///< with their newlines
  std::optional<syntax::SyntaxError> error;
  std::size_t next = 0;
};

struct TokenizerObject : GcObject {
  Value readline;
  Tokens* tokens;  ///< null: not read yet
  bool extra;
};

TokenizerObject* tokenizer_of(Value self) { return self.as<TokenizerObject>(); }

// The names of Lib/token.py in the order of their numbers.
constexpr std::string_view kNames[] = {
    "ENDMARKER", "NAME", "NUMBER", "STRING", "NEWLINE", "INDENT", "DEDENT", "LPAR", "RPAR", "LSQB", "RSQB", "COLON", "COMMA", "SEMI",
    "PLUS", "MINUS", "STAR", "SLASH", "VBAR", "AMPER", "LESS", "GREATER", "EQUAL", "DOT", "PERCENT", "LBRACE", "RBRACE", "EQEQUAL",
    "NOTEQUAL", "LESSEQUAL", "GREATEREQUAL", "TILDE", "CIRCUMFLEX", "LEFTSHIFT", "RIGHTSHIFT", "DOUBLESTAR", "PLUSEQUAL", "MINEQUAL",
    "STAREQUAL", "SLASHEQUAL", "PERCENTEQUAL", "AMPEREQUAL", "VBAREQUAL", "CIRCUMFLEXEQUAL", "LEFTSHIFTEQUAL", "RIGHTSHIFTEQUAL",
    "DOUBLESTAREQUAL", "DOUBLESLASH", "DOUBLESLASHEQUAL", "AT", "ATEQUAL", "RARROW", "ELLIPSIS", "COLONEQUAL", "EXCLAMATION", "OP",
    "TYPE_IGNORE", "TYPE_COMMENT", "SOFT_KEYWORD", "FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END", "COMMENT", "NL"};
constexpr int kFirstOperator = 7, kOperator = 55;

int number_of(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (kNames[i] == name) return static_cast<int>(i);
  }
  return kOperator;
}

/// All that readline gives, as UTF-8.
std::optional<std::string> read_all(Vm& vm, Value readline) {
  std::string text;
  for (;;) {
    Ref line = call(vm, readline);
    if (!line) {
      if (catch_error(vm, vm.exc.StopIteration)) return text;
      return std::nullopt;
    }
    std::string piece;
    if (is_str(line)) {
      piece = to_utf8(line.as<StrObject>());
    } else if (is_bytes(line)) {
      piece = line.as<BytesObject>()->view();
    } else {
      return raise(vm, vm.exc.TypeError, "readline() returned a non-string object");
    }
    if (piece.empty()) return text;
    text += piece;
    VM_CHECK(charge_work(vm, 1 + piece.size() / 16));
  }
}

bool read_tokens(Vm& vm, TokenizerObject* self) {
  VM_TRY(const std::string text, read_all(vm, self->readline));
  auto tokens = std::make_unique<Tokens>();
  syntax::SourceText source;
  if (source.assign(text)) {
    tokens->tokens = syntax::list_token_values(source, text, tokens->error);
  } else {
    tokens->error = source.error();
  }
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    tokens->lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  self->tokens = tokens.release();
  return true;
}

Ref raise_error(Vm& vm, const Tokens& tokens) {
  const syntax::SyntaxError& error = *tokens.error;
  CompileFailure failure;
  failure.exception = syntax::name_of(error.type);
  failure.message = error.message;
  failure.line = error.lineno;
  failure.column = error.offset;
  failure.end_line = error.end_lineno;
  failure.end_column = error.end_offset;
  failure.has_position = error.has_place();
  const auto line = static_cast<std::size_t>(error.lineno);
  if (line >= 1 && line <= tokens.lines.size()) failure.text = tokens.lines[line - 1];
  return raise_compile_failure(vm, failure, "<string>");
}

Ref token_tuple(Vm& vm, const TokenizerObject* self, const syntax::ListedToken& token, int number) {
  std::string line;
  for (std::int32_t at = token.lineno; at <= token.end_lineno; ++at) {
    if (at >= 1 && static_cast<std::size_t>(at) <= self->tokens->lines.size()) line += self->tokens->lines[static_cast<std::size_t>(at) - 1];
  }
  if (number == 0 || (number == 6 && token.text.empty() && static_cast<std::size_t>(token.lineno) > self->tokens->lines.size())) line.clear();
  VM_TRY(Own<StrObject> text, new_str(vm, token.text));
  VM_TRY(Own<StrObject> shown, new_str(vm, line));
  VM_TRY(Own<TupleObject> start, new_tuple(vm, {Value::small(token.lineno), Value::small(token.column)}));
  VM_TRY(Own<TupleObject> end, new_tuple(vm, {Value::small(token.end_lineno), Value::small(token.end_column)}));
  const int type = self->extra && number >= kFirstOperator && number < kOperator ? kOperator : number;
  return new_tuple(vm, {Value::small(type), Value(text.get()), Value(start.get()), Value(end.get()), Value(shown.get())});
}

Ref tokenizer_next(Vm& vm, Value self_value) {
  auto* self = tokenizer_of(self_value);
  if (self->tokens == nullptr) VM_CHECK(read_tokens(vm, self));
  Tokens& tokens = *self->tokens;
  while (tokens.next < tokens.tokens.size()) {
    const syntax::ListedToken& token = tokens.tokens[tokens.next++];
    if (token.name == "ENCODING") continue;
    const int number = number_of(token.name);
    if (!self->extra && number > 61) continue;
    return token_tuple(vm, self, token, number);
  }
  if (tokens.error) return raise_error(vm, tokens);
  return {};
}

Ref tokenizer_construct(Vm& vm, TypeObject* type, const CallArgs& call_args) {
  VM_PARSE(args, vm, "tokenizeriter(readline, *, encoding=None, extra_tokens)", 3, call_args);
  VM_TRY(const bool extra, args.boolean(vm, 2, false));
  auto* self = allocate<TokenizerObject>(vm, type);
  if (self == nullptr) return {};
  incref(args[0]);
  self->readline = args[0];
  self->extra = extra;
  vm.heap.track(self);
  return Ref::adopt(self);
}
void tokenizer_traverse(Object* self, Visitor& visit) { visit(static_cast<TokenizerObject*>(self)->readline); }
void tokenizer_dealloc(Vm& vm, Object* object) {
  auto* self = static_cast<TokenizerObject*>(object);
  vm.heap.untrack(self);
  xdecref(std::exchange(self->readline, Value()));
  delete self->tokens;
  free_object(vm, object, object->type->basic_size);
}

const TypeSpec kTokenizerType = {
    .name = "_tokenize.TokenizerIter", .basic_size = sizeof(TokenizerObject), .flags = kTypeContainer,
    .slots = {.dealloc = tokenizer_dealloc, .traverse = tokenizer_traverse, .construct = tokenizer_construct, .iter = iter_self, .next = tokenizer_next}};

bool fill(Vm& vm, ModuleObject* module) { return add_type(vm, module, kTokenizerType); }

}  // namespace

const ModuleSpec& _tokenize_module() {
  static constexpr ModuleSpec kModule = {.name = "_tokenize", .doc = "The tokenizer of the compiler.", .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
