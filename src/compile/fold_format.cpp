// '%s' % (x,) into an f-string (CPython 3.13 Python/ast_opt.c optimize_format and its helpers).
#include <string>
#include <vector>

#include "compile/fold.h"

namespace ouro::compile {
namespace {

using namespace syntax;  // the tree's node names

constexpr int kMaxDigits = 3;
constexpr Position kNowhere{-1, -1, -1, -1};

class FormatReader {
 public:
  FormatReader(std::string_view format, AstContext& context) : format_(format), context_(context) {}

  [[nodiscard]] bool at_end() const { return position_ >= format_.size(); }

  /// Text up to the next conversion; null when there is none.
  ExprNode* literal() {
    std::string text;
    while (position_ < format_.size()) {
      if (format_[position_] == '%') {
        if (position_ + 1 >= format_.size() || format_[position_ + 1] != '%') break;
        ++position_;
      }
      text += format_[position_++];
    }
    if (text.empty()) return nullptr;
    return context_.make<Constant>(kNowhere, false, text_constant(text));
  }

  /// The conversion here, applied to `value`; null for one that f-strings do not have.
  ExprNode* conversion(ExprNode* value) {
    ++position_;  // the %
    if (!read_specification()) return nullptr;
    if (type_ != 's' && type_ != 'r' && type_ != 'a') return nullptr;
    std::string spec;
    if (!left_ && width_ > 0) spec += '>';
    if (width_ >= 0) spec += std::to_string(width_);
    if (precision_ >= 0) spec += "." + std::to_string(precision_);
    ExprNode* spec_node = spec.empty() ? nullptr : context_.make<Constant>(kNowhere, false, text_constant(spec));
    return context_.make<FormattedValue>(value->pos, type_, value, spec_node);
  }

 private:
  ConstantValue text_constant(std::string_view text) {
    return ConstantValue::of_text(ConstantKind::Str, context_.arena.copy(text));
  }
  // False at the end of the format.
  bool next(char& c) {
    if (position_ >= format_.size()) return false;
    c = format_[position_++];
    return true;
  }
  bool read_number(char& c, int& number) {
    number = 0;
    for (int digits = 0; c >= '0' && c <= '9';) {
      number = number * 10 + (c - '0');
      if (!next(c) || ++digits >= kMaxDigits) return false;
    }
    return true;
  }
  bool read_specification() {
    left_ = false;
    width_ = precision_ = -1;
    char c = 0;
    do {
      if (!next(c)) return false;
      left_ = left_ || c == '-';
    } while (c == '-' || c == '+' || c == ' ' || c == '#' || c == '0');
    if (c >= '0' && c <= '9' && !read_number(c, width_)) return false;
    if (c == '.') {
      if (!next(c)) return false;
      if (!read_number(c, precision_)) return false;
    }
    type_ = c;
    return true;
  }

  std::string_view format_;
  AstContext& context_;
  std::size_t position_ = 0;
  bool left_ = false;
  int width_ = -1;
  int precision_ = -1;
  char type_ = 0;
};

}  // namespace

ExprNode* fold_format(const BinOp& node, std::string_view format, ExprList values, AstContext& context) {
  FormatReader reader(format, context);
  std::vector<ExprNode*> parts;
  std::size_t used = 0;
  while (true) {
    if (ExprNode* literal = reader.literal()) parts.push_back(literal);
    if (reader.at_end()) break;
    if (used >= values.size()) return nullptr;  // more conversions than values
    ExprNode* formatted = reader.conversion(values[used++]);
    if (formatted == nullptr) return nullptr;
    parts.push_back(formatted);
  }
  if (used < values.size()) return nullptr;
  return context.make<JoinedStr>(node.pos, context.arena.copy(parts));
}

}  // namespace ouro::compile
