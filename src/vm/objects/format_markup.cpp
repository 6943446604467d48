#include "vm/objects/format_markup.h"

#include "unicode/characters.h"

namespace ouro::vm {
namespace {

// The number that all of the range is; -1: it is none. False: too large.
bool number_of(Vm& vm, const StrObject* text, TextRange range, std::int64_t& out) {
  out = -1;
  if (range.empty()) return true;
  std::int64_t number = 0;
  for (std::size_t i = range.start; i < range.end; ++i) {
    const int digit = unicode::decimal_value(text->at(i));
    if (digit < 0) return true;
    if (number > (INT64_MAX - digit) / 10) return raise(vm, vm.exc.ValueError, "Too many decimal digits in format string");
    number = number * 10 + digit;
  }
  out = number;
  return true;
}

}  // namespace

bool MarkupIterator::next(Vm& vm, Markup& out) {
  out = Markup();
  if (position_ >= end_) return false;
  out.literal.start = position_;
  std::uint32_t c = 0;
  bool has_markup = false;
  while (position_ < end_) {
    c = text_->at(position_++);
    if (c == '{' || c == '}') {
      has_markup = true;
      break;
    }
  }
  const bool at_end = position_ >= end_;
  out.literal.end = position_;
  if (c == '}' && (at_end || text_->at(position_) != '}')) return raise(vm, vm.exc.ValueError, "Single '}' encountered in format string");
  if (at_end && c == '{') return raise(vm, vm.exc.ValueError, "Single '{' encountered in format string");
  if (!at_end && has_markup) {
    if (text_->at(position_) == c) {
      ++position_;
      has_markup = false;
    } else {
      --out.literal.end;
    }
  }
  if (!has_markup) return true;
  out.has_field = true;
  return parse_field(vm, out);
}

bool MarkupIterator::parse_field(Vm& vm, Markup& out) {
  out.field.start = position_;
  std::uint32_t c = 0;
  bool found = false;
  while (!found && position_ < end_) {
    c = text_->at(position_++);
    switch (c) {
      case '{': return raise(vm, vm.exc.ValueError, "unexpected '{' in field name");
      case '[':
        while (position_ < end_ && text_->at(position_) != ']') ++position_;
        break;
      case '}':
      case ':':
      case '!': found = true; break;
      default: break;
    }
  }
  out.field.end = position_ - 1;
  if (!found || (c != '!' && c != ':')) {
    if (c != '}' || !found) return raise(vm, vm.exc.ValueError, "expected '}' before end of string");
    return true;
  }
  if (c == '!') {
    if (position_ >= end_) return raise(vm, vm.exc.ValueError, "end of string while looking for conversion specifier");
    out.conversion = text_->at(position_++);
    if (position_ < end_) {
      c = text_->at(position_++);
      if (c == '}') return true;
      if (c != ':') return raise(vm, vm.exc.ValueError, "expected ':' after conversion specifier");
    }
  }
  out.spec = {position_, end_ - 1};
  for (std::size_t depth = 1; position_ < end_;) {
    c = text_->at(position_++);
    if (c == '{') {
      out.spec_has_fields = true;
      ++depth;
    } else if (c == '}' && --depth == 0) {
      out.spec.end = position_ - 1;
      return true;
    }
  }
  return raise(vm, vm.exc.ValueError, "unmatched '{' in format spec");
}

bool split_field_name(Vm& vm, const StrObject* text, TextRange range, FieldName& out) {
  std::size_t i = range.start;
  while (i < range.end && text->at(i) != '.' && text->at(i) != '[') ++i;
  out.first = {range.start, i};
  out.rest = {i, range.end};
  return number_of(vm, text, out.first, out.index);
}

bool next_field_step(Vm& vm, const StrObject* text, TextRange& rest, FieldStep& out) {
  if (rest.empty()) return false;
  const std::uint32_t c = text->at(rest.start++);
  out = FieldStep();
  out.name.start = rest.start;
  if (c == '.') {
    out.is_attribute = true;
    while (!rest.empty() && text->at(rest.start) != '.' && text->at(rest.start) != '[') ++rest.start;
    out.name.end = rest.start;
  } else if (c == '[') {
    bool closed = false;
    while (!rest.empty() && !closed) closed = text->at(rest.start++) == ']';
    if (!closed) return raise(vm, vm.exc.ValueError, "Missing ']' in format string");
    out.name.end = rest.start - 1;
    if (!number_of(vm, text, out.name, out.index)) return false;
  } else {
    return raise(vm, vm.exc.ValueError, "Only '.' or '[' may follow ']' in format field specifier");
  }
  if (out.name.empty()) return raise(vm, vm.exc.ValueError, "Empty attribute in format string");
  return true;
}

}  // namespace ouro::vm
