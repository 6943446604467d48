// Tokens and the syntax tree as flat rows: what a page can show a window of without walking a tree.
#include <utility>

#include "explore_parts.h"
#include "syntax/node_fields.h"
#include "syntax/parser.h"
#include "syntax/tokenizer.h"

namespace ouro::explorer {
namespace {

using syntax::NodeRef;

void write_position(support::JsonWriter& json, std::int32_t line, std::int32_t column, std::int32_t end_line, std::int32_t end_column) {
  for (const std::int32_t number : {line, column, end_line, end_column}) json.integer(number);
}

struct PendingNode {
  NodeRef node;
  std::uint32_t depth;
  std::string label;  // "body[0]=", or a whole row when there is no node
};

// "FunctionDef name='f'": the class and the fields that are no nodes; the others are pushed, last first.
std::string head_of(const syntax::NodeView& view, std::uint32_t depth, std::vector<PendingNode>& pending) {
  std::string text(view.name);
  std::vector<PendingNode> children;
  for (const syntax::Field& field : view.fields) {
    std::string simple;
    for (std::size_t i = 0; i < field.items.size(); ++i) {
      const syntax::Field::Item& item = field.items[i];
      if (item.node.type == NodeRef::Type::None) {
        simple += (simple.empty() ? "" : ", ") + item.text;
        continue;
      }
      std::string label(field.name);
      if (field.is_list) label += "[" + std::to_string(i) + "]";
      children.push_back({item.node, depth + 1, std::move(label)});
    }
    if (!simple.empty()) text += " " + std::string(field.name) + "=" + (field.is_list ? "[" + simple + "]" : simple);
  }
  while (!children.empty()) {
    pending.push_back(std::move(children.back()));
    children.pop_back();
  }
  return text;
}

}  // namespace

void write_tokens(support::JsonWriter& json, const syntax::SourceText& source) {
  json.key("tokens");
  json.array();
  syntax::Interner interner;
  syntax::Tokenizer tokenizer(source.text(), interner, {}, nullptr);
  for (syntax::Token token;;) {
    tokenizer.next(token);
    if (token.kind == syntax::TokenKind::Error) break;
    json.array();
    json.string(syntax::name_of(token.kind));
    json.string(token.start == nullptr ? std::string_view() : token.text());
    write_position(json, token.lineno, token.col_offset, token.end_lineno, token.end_col_offset);
    json.end();
    if (token.kind == syntax::TokenKind::EndMarker) break;
  }
  json.end();
}

void write_tree(support::JsonWriter& json, const syntax::SourceText& source) {
  syntax::AstContext context;
  std::vector<syntax::SyntaxWarning> warnings;
  const auto module = syntax::parse(source, context, {}, warnings);
  if (!module) return;  // compiling reports it
  json.key("tree");
  json.array();
  std::vector<PendingNode> pending;
  pending.push_back({{NodeRef::Type::Mod, *module}, 0, {}});
  while (!pending.empty()) {
    const PendingNode next = std::move(pending.back());
    pending.pop_back();
    const syntax::NodeView view = syntax::view_node(next.node);
    json.array();
    json.unsigned_integer(next.depth);
    json.string(next.label);
    json.string(head_of(view, next.depth, pending));
    if (view.pos != nullptr) {
      write_position(json, view.pos->lineno, view.pos->col_offset, view.pos->end_lineno, view.pos->end_col_offset);
    }
    json.end();
  }
  json.end();
}

}  // namespace ouro::explorer
