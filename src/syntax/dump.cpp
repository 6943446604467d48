#include "syntax/dump.h"

#include "syntax/node_fields.h"
#include "syntax/python_repr.h"

namespace ouro::syntax {
namespace {

constexpr int kMaxDepth = 20000;

// CPython 3.13 Lib/ast.py dump.
class Dumper {
 public:
  explicit Dumper(const DumpOptions& options) : options_(options) {}

  /// Whether the node has no arguments ("simple" for its parent's layout).
  bool write(NodeRef node, int level) {
    if (level > kMaxDepth) {
      out_ += "...";
      return false;
    }
    const NodeView view = view_node(node);
    const bool attributes = options_.include_attributes && view.pos != nullptr;
    const std::size_t count = view.fields.size() + (attributes ? 4 : 0);
    out_ += view.name;
    out_ += '(';
    if (options_.indent && !is_flat(view, count)) {
      write_arguments(view, attributes, level + 1, true);
    } else {
      write_arguments(view, attributes, level + 1, false);
    }
    out_ += ')';
    return count == 0;
  }

  std::string out_;

 private:
  // At most three arguments, all of them simple, stay on one line.
  [[nodiscard]] bool is_flat(const NodeView& view, std::size_t count) const {
    if (count > 3) return false;
    for (const Field& field : view.fields) {
      if (field.is_list) return false;
      const Field::Item& item = field.items.front();
      if (item.node.type != NodeRef::Type::None && !view_node(item.node).fields.empty()) return false;
      if (options_.include_attributes && item.node.type != NodeRef::Type::None && view_node(item.node).pos != nullptr) {
        return false;
      }
    }
    return true;
  }

  void break_line(int level) {
    out_ += '\n';
    out_.append(static_cast<std::size_t>(level * *options_.indent), ' ');
  }

  void write_arguments(const NodeView& view, bool attributes, int level, bool broken) {
    bool first = true;
    const auto separate = [&] {
      if (!first) out_ += broken ? "," : ", ";
      if (broken) break_line(level);
      first = false;
    };
    for (const Field& field : view.fields) {
      separate();
      out_ += field.name;
      out_ += '=';
      if (field.is_list) write_list(field, level);
      else write_item(field.items.front(), level);
    }
    if (!attributes) return;
    const auto attribute = [&](std::string_view name, std::int32_t value) {
      separate();
      out_ += name;
      out_ += '=';
      out_ += std::to_string(value);
    };
    attribute("lineno", view.pos->lineno);
    attribute("col_offset", view.pos->col_offset);
    attribute("end_lineno", view.pos->end_lineno);
    attribute("end_col_offset", view.pos->end_col_offset);
  }

  void write_item(const Field::Item& item, int level) {
    if (item.node.type == NodeRef::Type::None) out_ += item.text;
    else write(item.node, level);
  }

  // A list's items stand one level further in than the list's own line.
  void write_list(const Field& field, int level) {
    out_ += '[';
    bool first = true;
    for (const Field::Item& item : field.items) {
      if (!first) out_ += options_.indent ? "," : ", ";
      if (options_.indent) break_line(level + 1);
      first = false;
      write_item(item, level + 1);
    }
    out_ += ']';
  }

  const DumpOptions& options_;
};

}  // namespace

std::string dump(const Mod& module, const DumpOptions& options) {
  Dumper dumper(options);
  dumper.write({NodeRef::Type::Mod, &module}, 0);
  return std::move(dumper.out_);
}

}  // namespace ouro::syntax
