#include "dis/constant_repr.h"

#include "dis/set_order.h"
#include "support/float_text.h"

namespace ouro::dis {
namespace {

constexpr std::size_t kMaxNesting = 2000;
constexpr std::size_t kLongIntBits = 20000;  // from here on the text is kept
constexpr std::uint64_t kFirstAddress = 0x7f0000000000;

void append_hex(TextBuffer& out, std::uint64_t value) {
  char digits[16];
  int count = 0;
  do {
    digits[count++] = "0123456789abcdef"[value & 15U];
    value >>= 4U;
  } while (value != 0);
  while (count > 0) out.append(digits[--count]);
}

// log10(2) * bits, rounded down: at least this many decimal digits.
std::uint64_t least_digits(std::size_t bits) { return bits == 0 ? 1 : (bits - 1) * 30103ULL / 100000ULL; }

}  // namespace

void ConstantPrinter::append_repr(TextBuffer& out, ConstId id) {
  const std::size_t limit = out.size() + max_bytes_;
  std::vector<Frame> stack;
  if (!open(out, stack, id)) return;
  while (!stack.empty()) {
    Frame& frame = stack.back();
    const ConstId container = frame.id;
    const std::span<const ConstId> items =
        frame.ordered.empty() ? pool_.items(container) : std::span<const ConstId>(frame.ordered);
    if (frame.next == items.size() || out.size() > limit) {
      if (frame.next < items.size()) out.append(frame.next == 0 ? "..." : ", ...");
      close(out, container);
      stack.pop_back();
      continue;
    }
    if (frame.next > 0) {
      const ConstKind kind = pool_.kind(container);
      const bool is_mapping = kind == ConstKind::Dict || kind == ConstKind::FrozenDict;
      out.append(is_mapping && frame.next % 2 == 1 ? ": " : ", ");
    }
    open(out, stack, items[frame.next++]);
  }
}

// Writes an atom whole, or a container's opening bracket; true when the container is now on the stack.
bool ConstantPrinter::open(TextBuffer& out, std::vector<Frame>& stack, ConstId id) {
  std::string_view bracket;
  std::string_view cut;
  std::string_view empty;
  const bool python2 = style_.python2;
  const ConstKind kind = pool_.kind(id);
  switch (kind) {
    case ConstKind::Tuple: bracket = "(", cut = "(...)", empty = "()"; break;
    case ConstKind::List: bracket = "[", cut = "[...]", empty = "[]"; break;
    case ConstKind::Dict: bracket = "{", cut = "{...}", empty = "{}"; break;
    case ConstKind::Set: bracket = python2 ? "set([" : "{", cut = "set(...)", empty = python2 ? "set([])" : "set()"; break;
    case ConstKind::FrozenSet:
      bracket = python2 ? "frozenset([" : "frozenset({", cut = "frozenset(...)";
      empty = python2 ? "frozenset([])" : "frozenset()";
      break;
    case ConstKind::FrozenDict: bracket = "frozendict({", cut = "frozendict({...})", empty = "frozendict()"; break;
    case ConstKind::Slice: bracket = "slice(", cut = "slice(...)", empty = "slice()"; break;
    default: append_atom(out, id); return false;
  }
  const std::span<const ConstId> items = pool_.items(id);
  if (items.empty()) {
    out.append(empty);
    return false;
  }
  bool is_open = stack.size() >= kMaxNesting;
  for (const Frame& frame : stack) is_open = is_open || frame.id == id;
  if (is_open) {
    out.append(cut);
    return false;
  }
  out.append(bracket);
  stack.push_back({id, 0, {}});
  const bool is_set = kind == ConstKind::Set || kind == ConstKind::FrozenSet;
  if (is_set && items.size() > 1 && style_.hashing != nullptr) {
    stack.back().ordered.assign(items.begin(), items.end());
    order_set(*style_.hashing, pool_, stack.back().ordered);
  }
  return true;
}

void ConstantPrinter::close(TextBuffer& out, ConstId id) {
  switch (pool_.kind(id)) {
    case ConstKind::Tuple: out.append(pool_.items(id).size() == 1 ? ",)" : ")"); break;
    case ConstKind::List: out.append(']'); break;
    case ConstKind::Dict: out.append('}'); break;
    case ConstKind::Set: out.append(style_.python2 ? "])" : "}"); break;
    case ConstKind::FrozenSet: out.append(style_.python2 ? "])" : "})"); break;
    case ConstKind::FrozenDict: out.append("})"); break;
    default: out.append(')'); break;
  }
}

void ConstantPrinter::append_atom(TextBuffer& out, ConstId id) {
  switch (pool_.kind(id)) {
    case ConstKind::Null: return out.append("<NULL>");
    case ConstKind::None: return out.append("None");
    case ConstKind::StopIteration:
      return out.append(style_.python2 ? "<type 'exceptions.StopIteration'>" : "<class 'StopIteration'>");
    case ConstKind::Ellipsis: return out.append("Ellipsis");
    case ConstKind::False: return out.append("False");
    case ConstKind::True: return out.append("True");
    case ConstKind::Int: return out.append_signed(pool_.int_value(id));
    case ConstKind::Bytes:
      if (!style_.python2) out.append('b');
      return append_bytes_repr(out, pool_.text(id));
    case ConstKind::Str:
      if (!style_.python2) return append_str_repr(out, pool_.text(id), style_.unicode_version);
      out.append('u');
      return append_unicode_repr(out, pool_.text(id));
    case ConstKind::Code: return append_code(out, id);
    default: return append_number_text(out, id);
  }
}

void ConstantPrinter::append_number_text(TextBuffer& out, ConstId id) {
  std::string text;
  switch (pool_.kind(id)) {
    case ConstKind::Long: {
      const BigInt& value = pool_.big_value(id);
      const std::size_t bits = value.bit_length();
      if (least_digits(bits) >= style_.max_int_digits) {
        out.append("<int of ");
        out.append_decimal(bits);
        return out.append(" bits>");
      }
      if (bits >= kLongIntBits) {
        std::string& kept = long_ints_[id.value];
        if (kept.empty()) kept = value.to_decimal();
        out.append(kept);
      } else {
        text = value.to_decimal();
      }
      if (style_.python2) text += 'L';
      break;
    }
    case ConstKind::Float:
      text = style_.float_17_digits ? support::float_repr_17(pool_.real(id)) : support::float_repr(pool_.real(id));
      break;
    default: support::append_complex_repr(text, pool_.real(id), pool_.imag(id)); break;
  }
  out.append(text);
}

void ConstantPrinter::append_address(TextBuffer& out, ConstId id) {
  if (ordinals_.size() < pool_.size()) ordinals_.resize(pool_.size());
  std::uint32_t& ordinal = ordinals_[id.value];
  if (ordinal == 0) ordinal = ++code_count_;
  out.append("0x");
  append_hex(out, kFirstAddress + (ordinal - 1) * 0x100ULL);
}

// Follows CPython Objects/codeobject.c code_repr.
void ConstantPrinter::append_code(TextBuffer& out, ConstId id) {
  const CodeObject& code = pool_.code(id);
  out.append("<code object ");
  append_name(out, code.name);
  out.append(" at ");
  append_address(out, id);
  out.append(", file \"");
  append_name(out, code.filename);
  out.append("\", line ");
  out.append_signed(code.firstlineno != 0 ? code.firstlineno : -1);
  out.append('>');
}

void ConstantPrinter::append_name(TextBuffer& out, ConstId id) {
  if (id == kNoConst) return out.append("???");
  const ConstKind kind = pool_.kind(id);
  if (kind == ConstKind::Str || kind == ConstKind::Bytes) return out.append(pool_.text(id));
  if (kind == ConstKind::Code) return out.append("???");  // a code object can't be its own name
  append_repr(out, id);
}

}  // namespace ouro::dis
