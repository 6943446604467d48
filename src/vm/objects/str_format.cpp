// str.format and str.format_map.
#include "vm/objects/dict.h"
#include "vm/objects/format_markup.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

// Fields may stand in a field's specification, one level deep.
constexpr int kMostNesting = 1;

class Formatter {
 public:
  Formatter(Vm& vm, const CallArgs* args, Value mapping) : vm_(vm), args_(args), mapping_(mapping) {}

  bool write(StrBuilder& out, StrObject* text, TextRange range, int depth) {
    if (depth < 0) return raise(vm_, vm_.exc.ValueError, "Max string recursion exceeded");
    MarkupIterator iterator(text, range.start, range.end);
    Markup markup;
    while (iterator.next(vm_, markup)) {
      out.append(text, markup.literal.start, markup.literal.end);
      is_last_ = depth == kMostNesting && iterator.at_end();
      if (markup.has_field && !write_field(out, text, markup, depth)) return false;
    }
    return !has_error(vm_);
  }

  /// A text that is all of the result: the result itself. Null: it is in the builder.
  Ref whole;

 private:
  bool put(StrBuilder& out, const Ref& text, bool is_last) {
    if (is_last && out.length() == 0 && is_exact(vm_, text, vm_.types.str)) {
      whole = text.clone();
      return true;
    }
    out.append(as_str(text));
    return true;
  }
  // The number of an empty field name; false: mixed with numbers given.
  bool count_field(bool is_automatic) {
    if (is_automatic && numbering_ == Numbering::Manual)
      return raise(vm_, vm_.exc.ValueError, "cannot switch from manual field specification to automatic field numbering");
    if (!is_automatic && numbering_ == Numbering::Automatic)
      return raise(vm_, vm_.exc.ValueError, "cannot switch from automatic field numbering to manual field specification");
    numbering_ = is_automatic ? Numbering::Automatic : Numbering::Manual;
    return true;
  }

  Ref first_value(StrObject* text, FieldName& name) {
    if (name.first.empty() || name.index >= 0) {
      const bool is_automatic = name.first.empty();
      if (!count_field(is_automatic)) return {};
      const std::int64_t index = is_automatic ? next_number_++ : name.index;
      if (args_ == nullptr) return raise(vm_, vm_.exc.ValueError, "Format string contains positional fields");
      if (static_cast<std::uint64_t>(index) >= args_->positional)
        return raise(vm_, vm_.exc.IndexError, "Replacement index {} out of range for positional args tuple", index);
      return Ref::share(args_->values[index]);
    }
    VM_TRY(Own<StrObject> key, substring(vm_, text, name.first.start, name.first.end));
    if (args_ == nullptr) return get_item(vm_, mapping_, key.get());
    if (args_->keyword_names != nullptr) {
      for (std::size_t i = 0; i < args_->keyword_names->size; ++i)
        if (str_equal(as_str((*args_->keyword_names)[i]), key)) return Ref::share(args_->keyword_value(i));
    }
    return raise_with(vm_, vm_.exc.KeyError, key.get());
  }

  Ref field_value(StrObject* text, TextRange range) {
    FieldName name;
    if (!split_field_name(vm_, text, range, name)) return {};
    VM_TRY(Ref value, first_value(text, name));
    FieldStep step;
    while (next_field_step(vm_, text, name.rest, step)) {
      Ref next;
      if (!step.is_attribute && step.index >= 0) {
        next = get_item(vm_, value, step.index);
      } else {
        VM_TRY(Own<StrObject> key, substring(vm_, text, step.name.start, step.name.end));
        next = step.is_attribute ? get_attribute(vm_, value, key.get()) : get_item(vm_, value, Value(key.get()));
      }
      if (!next) return {};
      value = std::move(next);
    }
    if (has_error(vm_)) return {};
    return value;
  }

  Ref convert(Ref value, std::uint32_t conversion) {
    switch (conversion) {
      case 0: return value;
      case 'r': return repr(vm_, value);
      case 's': return str(vm_, value);
      case 'a': return ascii(vm_, value);
      default: break;
    }
    if (conversion > 32 && conversion < 127)
      return raise(vm_, vm_.exc.ValueError, "Unknown conversion specifier {}", std::string(1, static_cast<char>(conversion)));
    std::string hex;
    for (std::uint32_t rest = conversion; rest != 0 || hex.empty(); rest >>= 4U) hex.insert(hex.begin(), "0123456789abcdef"[rest & 15U]);
    return raise(vm_, vm_.exc.ValueError, "Unknown conversion specifier \\x{}", hex);
  }

  bool write_field(StrBuilder& out, StrObject* text, const Markup& markup, int depth) {
    const bool is_last = is_last_;
    Ref value = field_value(text, markup.field);
    if (!value) return false;
    value = convert(std::move(value), markup.conversion);
    if (!value) return false;
    if (markup.spec.empty() && is_exact(vm_, value, vm_.types.str)) return put(out, value, is_last);
    Own<StrObject> spec;
    if (markup.spec_has_fields) {
      StrBuilder expanded(vm_);
      if (!write(expanded, text, markup.spec, depth - 1)) return false;
      spec = expanded.finish();
    } else {
      spec = substring(vm_, text, markup.spec.start, std::max(markup.spec.start, markup.spec.end));
    }
    if (!spec) return false;
    const Ref result = format(vm_, value, spec.get());
    if (!result) return false;
    return put(out, result, is_last);
  }

  bool is_last_ = false;
  enum class Numbering : std::uint8_t { Unknown, Automatic, Manual };
  Vm& vm_;
  const CallArgs* args_;
  Value mapping_;
  Numbering numbering_ = Numbering::Unknown;
  std::int64_t next_number_ = 0;
};

}  // namespace

Ref str_format(Vm& vm, Value self, const CallArgs& args) {
  StrBuilder out(vm);
  Formatter formatter(vm, &args, {});
  VM_CHECK(formatter.write(out, as_str(self), {0, as_str(self)->length}, kMostNesting));
  if (formatter.whole) return std::move(formatter.whole);
  return out.finish();
}

Ref str_format_map(Vm& vm, Value self, Value mapping) {
  StrBuilder out(vm);
  Formatter formatter(vm, nullptr, mapping);
  VM_CHECK(formatter.write(out, as_str(self), {0, as_str(self)->length}, kMostNesting));
  if (formatter.whole) return std::move(formatter.whole);
  return out.finish();
}

}  // namespace ouro::vm
