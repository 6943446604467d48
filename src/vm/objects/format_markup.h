// The replacement fields of str.format's text: "literal{field!conversion:spec}". For str.format and _string.
// CPython 3.13 Objects/stringlib/unicode_format.h.
#pragma once

#include <cstdint>

#include "vm/core/protocol.h"
#include "vm/objects/str.h"

namespace ouro::vm {

struct TextRange {
  std::size_t start = 0, end = 0;
  [[nodiscard]] bool empty() const { return start >= end; }
};

struct Markup {
  TextRange literal;
  bool has_field = false;
  TextRange field;
  std::uint32_t conversion = 0;  ///< 0: none
  TextRange spec;
  bool spec_has_fields = false;
};

/// Walks over text[position, end).
class MarkupIterator {
 public:
  MarkupIterator(StrObject* text, std::size_t start, std::size_t end) : text_(text), position_(start), end_(end) {}
  /// False at the end and on failure (has_error).
  bool next(Vm& vm, Markup& out);
  [[nodiscard]] bool at_end() const { return position_ >= end_; }

 private:
  bool parse_field(Vm& vm, Markup& out);
  StrObject* text_;
  std::size_t position_, end_;
};

/// The parts of a field name: "first.attribute[key]".
struct FieldName {
  TextRange first;
  std::int64_t index = -1;  ///< of a number; else -1
  TextRange rest;
};
[[nodiscard]] bool split_field_name(Vm& vm, const StrObject* text, TextRange range, FieldName& out);
struct FieldStep {
  bool is_attribute = false;
  TextRange name;
  std::int64_t index = -1;  ///< of a numeric key
};
/// Takes one step off `rest`. False at the end and on failure (has_error).
bool next_field_step(Vm& vm, const StrObject* text, TextRange& rest, FieldStep& out);

}  // namespace ouro::vm
