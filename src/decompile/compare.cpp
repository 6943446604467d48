#include "decompile/compare.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "bytecode/code_view.h"
#include "bytecode/exception_table.h"
#include "bytecode/instruction.h"

namespace ouro::decompile {
namespace {

constexpr int kDeepest = 60;

bool same_double(double a, double b) {
  return (a == b && std::signbit(a) == std::signbit(b)) || (a != a && b != b);
}

bool same_constant(CodeRef a, CodeRef b, int depth) {
  const ConstKind kind = a.pool->kind(a.id);
  const auto is_int = [](ConstKind k) { return k == ConstKind::Int || k == ConstKind::Long; };
  const ConstKind other = b.pool->kind(b.id);
  if (kind != other && !(is_int(kind) && is_int(other))) return false;
  if (depth > kDeepest) return false;
  switch (kind) {
    case ConstKind::Int: case ConstKind::Long: {
      // Files have those over 31 bits as Long, the compiler those over 63.
      const auto big = [](CodeRef r) { return r.pool->kind(r.id) == ConstKind::Int ? BigInt(r.pool->int_value(r.id)) : r.pool->big_value(r.id); };
      return big(a) == big(b);
    }
    case ConstKind::Float: return same_double(a.pool->real(a.id), b.pool->real(b.id));
    case ConstKind::Complex:
      return same_double(a.pool->real(a.id), b.pool->real(b.id)) && same_double(a.pool->imag(a.id), b.pool->imag(b.id));
    case ConstKind::Bytes: case ConstKind::Str: return a.pool->text(a.id) == b.pool->text(b.id);
    case ConstKind::Tuple: case ConstKind::List: case ConstKind::Slice: {
      const auto x = a.pool->items(a.id);
      const auto y = b.pool->items(b.id);
      if (x.size() != y.size()) return false;
      for (std::size_t k = 0; k < x.size(); ++k) {
        if (!same_constant({a.pool, x[k]}, {b.pool, y[k]}, depth + 1)) return false;
      }
      return true;
    }
    case ConstKind::FrozenSet: case ConstKind::Set: {
      const auto x = a.pool->items(a.id);
      const auto y = b.pool->items(b.id);
      if (x.size() != y.size()) return false;
      return std::all_of(x.begin(), x.end(), [&](ConstId p) {
        return std::any_of(y.begin(), y.end(), [&](ConstId q) { return same_constant({a.pool, p}, {b.pool, q}, depth + 1); });
      });
    }
    default: return true;
  }
}

// __static_attributes__ is made from a set: its order is no one's.
bool same_name_set(CodeRef a, CodeRef b) {
  if (a.pool->kind(a.id) != ConstKind::Tuple || b.pool->kind(b.id) != ConstKind::Tuple) return false;
  const auto texts = [](CodeRef of, std::vector<std::string_view>& out) {
    for (const ConstId id : of.pool->items(of.id)) {
      if (of.pool->kind(id) != ConstKind::Str) return false;
      out.push_back(of.pool->text(id));
    }
    std::sort(out.begin(), out.end());
    return true;
  };
  std::vector<std::string_view> x;
  std::vector<std::string_view> y;
  return texts(a, x) && texts(b, y) && x == y;
}

// A class body holds its own qualified name and line, which depend on where it stands.
bool is_own_place(CodeRef x, const CodeObject& code) {
  switch (x.pool->kind(x.id)) {
    case ConstKind::Str: return code.qualname != kNoConst && x.pool->text(x.id) == x.pool->text(code.qualname);
    case ConstKind::Int: return x.pool->int_value(x.id) == code.firstlineno;
    default: return false;
  }
}

bool same_constants(CodeRef a, std::span<const ConstId> x, CodeRef b, std::span<const ConstId> y, Place place) {
  if (x.size() != y.size()) return false;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const CodeRef p{a.pool, x[k]};
    const CodeRef q{b.pool, y[k]};
    if (same_constant(p, q, 0) || same_name_set(p, q)) continue;
    if (place == Place::Same || !is_own_place(p, a.pool->code(a.id)) || !is_own_place(q, b.pool->code(b.id))) return false;
  }
  return true;
}

std::string constants_difference(CodeRef a, std::span<const ConstId> x, CodeRef b, std::span<const ConstId> y, Place place) {
  if (x.size() != y.size()) return std::to_string(x.size()) + " constants became " + std::to_string(y.size());
  for (std::size_t k = 0; k < x.size(); ++k) {
    if (!same_constants(a, x.subspan(k, 1), b, y.subspan(k, 1), place)) return "constant " + std::to_string(k);
  }
  return "constants";
}

bool same_list(const ConstantPool& p, std::span<const ConstId> a, const ConstantPool& q, std::span<const ConstId> b) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const CodeRef x{&p, a[k]};
    const CodeRef y{&q, b[k]};
    if (!same_constant(x, y, 0)) return false;
  }
  return true;
}

struct Step {
  Op op;
  std::uint32_t argument;
  std::uint32_t offset;
  bool is_jump;
  std::int64_t target;
};

std::vector<Step> steps_of(const Facts& facts, const bytecode::CodeView& view) {
  std::vector<Step> out;
  for (const Instruction& i : bytecode::decode(facts, view.code)) {
    const OpcodeInfo& info = bytecode::base_info(facts, *i.info);
    if (info.op == Op::CACHE) continue;
    const auto target = bytecode::jump_target(facts, i);
    out.push_back({info.op, i.oparg, i.start_offset.value, target.has_value(), target.value_or(0)});
  }
  return out;
}

// Jump targets as counts of instructions that are no NOPs.
std::vector<std::pair<Op, std::int64_t>> without_nops(const std::vector<Step>& steps) {
  std::vector<std::int64_t> number(steps.size() + 1, 0);
  for (std::size_t k = 0; k < steps.size(); ++k) number[k + 1] = number[k] + (steps[k].op == Op::NOP ? 0 : 1);
  std::vector<std::pair<Op, std::int64_t>> out;
  for (const Step& s : steps) {
    if (s.op == Op::NOP) continue;
    std::int64_t argument = s.argument;
    if (s.is_jump) {
      const auto at = std::lower_bound(steps.begin(), steps.end(), s.target, [](const Step& x, std::int64_t o) { return x.offset < o; });
      argument = number[static_cast<std::size_t>(at - steps.begin())];
    }
    out.emplace_back(s.op, argument);
  }
  return out;
}

bool alike(const Step& a, const Step& b) { return a.op == b.op && (a.is_jump || a.argument == b.argument); }

}  // namespace

CodeComparison compare_code(const Facts& facts, CodeRef a, CodeRef b, Place place) {
  CodeComparison out;
  const CodeObject& first = a.pool->code(a.id);
  const CodeObject& second = b.pool->code(b.id);
  const bytecode::CodeView x = bytecode::view_of(*a.pool, first);
  const bytecode::CodeView y = bytecode::view_of(*b.pool, second);
  const std::vector<Step> p = steps_of(facts, x);
  const std::vector<Step> q = steps_of(facts, y);
  const std::size_t least = std::min(p.size(), q.size());
  std::size_t head = 0;
  while (head < least && alike(p[head], q[head])) ++head;
  std::size_t tail = 0;
  while (tail < least - head && alike(p[p.size() - 1 - tail], q[q.size() - 1 - tail])) ++tail;
  out.likeness = 4 * (head + tail) * 1000 / std::max<std::size_t>(1, p.size() + q.size());
  out.offset = head < p.size() ? p[head].offset : static_cast<std::uint32_t>(x.code.size());
  struct Field {
    bool same;
    std::string_view name;
  };
  const bool same_code = x.code == y.code;
  const Field fields[] = {
      {same_constants(a, x.consts, b, y.consts, place), "constants"},
      {same_list(*a.pool, x.names, *b.pool, y.names), "names"},
      {same_list(*a.pool, x.locals, *b.pool, y.locals) && x.local_kinds == y.local_kinds, "local variables"},
      {first.argcount == second.argcount && first.posonlyargcount == second.posonlyargcount && first.kwonlyargcount == second.kwonlyargcount, "arguments"},
      {first.flags == second.flags, "flags"},
  };
  bool same_rest = true;
  if (!same_code) {
    out.difference = "code at byte " + std::to_string(out.offset);
    if (head < least) out.difference += ": " + std::string(version::op_name(p[head].op)) + " became " + std::string(version::op_name(q[head].op));
  }
  for (const Field& f : fields) {
    out.likeness += f.same ? 20 : 0;
    same_rest = same_rest && f.same;
    if (!f.same && out.difference.empty()) out.difference = f.name == "constants" ? constants_difference(a, x.consts, b, y.consts, place) : std::string(f.name);
  }
  const bool same_table = x.exception_table == y.exception_table;
  if (!same_table && out.difference.empty()) out.difference = "exception table";
  out.likeness += same_table ? 20 : 0;
  out.equal = same_code && same_rest && same_table;
  out.equal_without_nops = out.equal || (same_rest && without_nops(p) == without_nops(q));
  return out;
}

}  // namespace ouro::decompile
