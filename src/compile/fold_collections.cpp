// Tuples and frozensets of constants.
#include <bit>
#include <cmath>
#include <functional>
#include <vector>

#include "compile/fold.h"

namespace ouro::compile {
namespace {

using namespace syntax;  // the tree's value types

bool is_integer(const ConstantValue& v) {
  return v.kind == ConstantKind::Int || v.kind == ConstantKind::BigInt || v.kind == ConstantKind::True ||
         v.kind == ConstantKind::False;
}
bool is_numeric(const ConstantValue& v) {
  return is_integer(v) || v.kind == ConstantKind::Float || v.kind == ConstantKind::Complex;
}
BigInt big_value(const ConstantValue& v) {
  if (v.kind == ConstantKind::BigInt) return *v.big;
  return v.kind == ConstantKind::Int ? BigInt(v.integer) : BigInt(v.kind == ConstantKind::True ? 1 : 0);
}

bool equal_integer_and_double(const ConstantValue& integer, double real) {
  return std::isfinite(real) && real == std::floor(real) && BigInt::from_double(real) == big_value(integer);
}

bool equal_numbers(const ConstantValue& a, const ConstantValue& b) {
  if (is_integer(a) && is_integer(b)) return big_value(a) == big_value(b);
  if (a.kind == ConstantKind::Complex || b.kind == ConstantKind::Complex) {
    const auto imag = [](const ConstantValue& v) { return v.kind == ConstantKind::Complex ? v.complex.imag : 0.0; };
    const auto real_part = [](const ConstantValue& v) {
      return v.kind == ConstantKind::Complex ? ConstantValue::of_float(v.complex.real) : v;
    };
    return imag(a) == imag(b) && equal_numbers(real_part(a), real_part(b));
  }
  if (is_integer(a)) return equal_integer_and_double(a, b.real);
  if (is_integer(b)) return equal_integer_and_double(b, a.real);
  return a.real == b.real;
}

// Equal constants have equal hashes; unequal ones mostly not.
std::size_t hash_constant(const ConstantValue& v) {
  const auto hash_double = [](double d) { return std::hash<double>{}(d == 0 ? 0.0 : d); };
  switch (v.kind) {
    case ConstantKind::Complex: return hash_double(v.complex.real) + 31 * hash_double(v.complex.imag);
    case ConstantKind::Float: return hash_double(v.real) + 31 * hash_double(0.0);
    case ConstantKind::Str:
    case ConstantKind::Bytes: return std::hash<std::string_view>{}(v.text());
    case ConstantKind::Tuple:
    case ConstantKind::FrozenSet: {
      std::size_t h = v.items().size();
      for (const ConstantValue& item : v.items()) h += hash_constant(item);
      return h;
    }
    case ConstantKind::None:
    case ConstantKind::Ellipsis: return static_cast<std::size_t>(v.kind) + 77;
    default: return hash_double(big_value(v).to_double().value_or(0)) + 31 * hash_double(0.0);
  }
}

void remove_repeats(std::vector<ConstantValue>& items) {
  std::size_t capacity = 16;
  while (capacity < items.size() * 2) capacity *= 2;
  std::vector<std::uint32_t> slots(capacity, 0);  // index + 1 into kept
  std::vector<ConstantValue> kept;
  for (const ConstantValue& item : items) {
    std::size_t slot = hash_constant(item) * 0x9E3779B97F4A7C15ULL >> 20U & (capacity - 1);
    while (slots[slot] != 0 && !equal_constants(kept[slots[slot] - 1], item)) slot = (slot + 1) & (capacity - 1);
    if (slots[slot] != 0) continue;
    kept.push_back(item);
    slots[slot] = static_cast<std::uint32_t>(kept.size());
  }
  items = std::move(kept);
}

}  // namespace

bool equal_constants(const ConstantValue& a, const ConstantValue& b) {
  if (is_numeric(a) && is_numeric(b)) return equal_numbers(a, b);
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case ConstantKind::Str:
    case ConstantKind::Bytes: return a.text() == b.text();
    case ConstantKind::Tuple:
      if (a.items().size() != b.items().size()) return false;
      for (std::size_t i = 0; i < a.items().size(); ++i) {
        if (!equal_constants(a.items()[i], b.items()[i])) return false;
      }
      return true;
    case ConstantKind::FrozenSet: return false;
    default: return true;  // None, Ellipsis
  }
}

std::optional<ConstantValue> fold_sequence(ConstantKind kind, ExprList elements, AstContext& context) {
  std::vector<ConstantValue> items;
  for (const ExprNode* element : elements) {
    if (element->kind != ExprKind::Constant) return std::nullopt;
  }
  items.reserve(elements.size());
  for (const ExprNode* element : elements) items.push_back(as<Constant>(element).value);
  if (kind == ConstantKind::FrozenSet) remove_repeats(items);
  return ConstantValue::of_items(kind, context.arena.copy(items));
}

}  // namespace ouro::compile
