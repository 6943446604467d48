#include "decompile/pattern.h"

#include <algorithm>

namespace ouro::decompile {
namespace {

using syntax::BoolOperator;
using syntax::CompareOperator;

constexpr int kDeepestPattern = 80;
constexpr int kLongestPath = 1000;
constexpr std::uint32_t kMostItems = 5000;
constexpr std::uint32_t kNoStar = 0xFFFFFFFFU;

Value* settled(const Value* v) { return settle(const_cast<Value*>(v)); }

bool is_bool(const Value* v, BoolOperator op) {
  return v->kind == ValueKind::BoolOp && v->matched && v->op == static_cast<std::uint8_t>(op);
}

// What a value is a part of, or null when it is the subject itself.
const Value* parent_of(const Value* v) {
  const Value* parent = nullptr;
  switch (v->kind) {
    case ValueKind::UnpackItem: parent = v->kids[0]->same; break;
    case ValueKind::Subscript: case ValueKind::Length: case ValueKind::MatchKeys: case ValueKind::MatchClass:
    case ValueKind::MatchRest: case ValueKind::MatchTest: case ValueKind::Compare: case ValueKind::BoolOp: case ValueKind::OneOf:
      parent = v->kids.empty() ? nullptr : v->kids[0];
      break;
    default: return nullptr;
  }
  parent = settled(parent);
  return parent != nullptr && parent->matched ? parent : nullptr;
}

// What a test is about.
const Value* tested(const Value* test) {
  for (int step = 0; step < kLongestPath; ++step) {
    test = settled(test);
    if (test->kids.empty()) return test;
    const Value* first = settled(test->kids[0]);
    if (test->kind == ValueKind::BoolOp && test->matched && first->matched) {
      test = first;
      continue;
    }
    return first->kind == ValueKind::Length && test->kind == ValueKind::Compare ? settled(first->kids[0]) : first;
  }
  return test;
}

bool is_dotted_name(const Value* v) {
  for (int step = 0; step < kLongestPath; ++step) {
    v = settled(v);
    if (v->kind == ValueKind::Name) return true;
    if (v->kind != ValueKind::Attribute) return false;
    v = v->kids[0];
  }
  return false;
}

}  // namespace

const Value* subject_of(const Value* v) {
  v = settled(v);
  for (int step = 0; step < kLongestPath; ++step) {
    const Value* parent = parent_of(v);
    if (parent == nullptr) return v;
    v = parent;
  }
  return v;
}

namespace {

// One alternative: tests that all have to hold, and the names that are stored when they do.
class PatternReader {
 public:
  PatternReader(Pool& pool, const Value* test, std::vector<Capture> captures, std::string& problem, int depth)
      : pool_(pool), captures_(std::move(captures)), problem_(problem), depth_(depth) {
    if (test != nullptr) flatten(settled(test), 0);
    used_.assign(tests_.size(), false);
    stored_.assign(captures_.size(), false);
  }

  Pattern* read(const Value* subject, const Position& pos) {
    Pattern* p = pattern_of(subject, pos, 0);
    const bool all_tests = std::all_of(used_.begin(), used_.end(), [](bool b) { return b; });
    const bool all_names = std::all_of(stored_.begin(), stored_.end(), [](bool b) { return b; });
    if (!all_tests || !all_names) return fail("a case whose tests make no pattern");
    return p;
  }

 private:
  void flatten(Value* test, int depth) {
    if (is_bool(test, BoolOperator::And) && depth < kDeepestPattern) {
      for (Value* kid : test->kids) flatten(settled(kid), depth + 1);
      return;
    }
    tests_.push_back(test);
  }

  Pattern* fail(std::string text) {
    if (problem_.empty()) problem_ = std::move(text);
    return nullptr;
  }

  Pattern* wildcard(const Position& pos) { return pool_.pattern(PatternKind::As, pos); }

  // The parts of `v` that some test or name is about.
  std::vector<const Value*> parts_of(const Value* v) const {
    std::vector<const Value*> parts;
    const auto note = [&](const Value* deep) {
      for (int step = 0; deep != nullptr && step < kLongestPath; ++step) {
        const Value* up = parent_of(deep);
        const Value* owner = up;
        if (owner != nullptr && deep->kind == ValueKind::UnpackItem && (owner->kind == ValueKind::MatchKeys || owner->kind == ValueKind::MatchClass)) {
          owner = settled(owner->kids[0]);
        }
        if (owner == v && (deep->kind == ValueKind::UnpackItem || deep->kind == ValueKind::Subscript || deep->kind == ValueKind::MatchRest) &&
            std::find(parts.begin(), parts.end(), deep) == parts.end()) {
          parts.push_back(deep);
        }
        deep = owner;
      }
    };
    for (const Value* test : tests_) note(tested(test));
    for (const Capture& c : captures_) note(settled(c.value));
    // Names that alternatives store to lie in the alternatives' own values.
    return parts;
  }

  Pattern* pattern_of(const Value* v, const Position& pos, int depth) {
    if (depth + depth_ > kDeepestPattern) return fail("a pattern nested too deep");
    Pattern* made = nullptr;
    for (std::size_t k = 0; k < tests_.size(); ++k) {
      if (used_[k] || tested(tests_[k]) != v) continue;
      used_[k] = true;
      Pattern* p = from_test(v, k, depth);
      if (p == nullptr) return fail("a test that no pattern has");
      if (made != nullptr) return fail("two patterns for one value");
      made = p;
    }
    for (std::size_t k = 0; k < captures_.size(); ++k) {
      if (stored_[k] || settled(captures_[k].value) != v) continue;
      stored_[k] = true;
      Pattern* named = pool_.pattern(PatternKind::As, made != nullptr ? made->pos : v->kind == ValueKind::UnpackItem || v->kind == ValueKind::Subscript ? v->pos : pos);
      named->name = captures_[k].name;
      if (made != nullptr) named->kids = {made};
      made = named;
    }
    return made != nullptr ? made : wildcard(Position{});
  }

  Pattern* from_test(const Value* v, std::size_t k, int depth) {
    const Value* test = tests_[k];
    switch (test->kind) {
      case ValueKind::Compare: return from_comparison(test);
      case ValueKind::MatchTest: return test->op == kMatchSequence ? sequence(v, test, depth) : mapping(v, test, depth);
      case ValueKind::MatchClass: return class_pattern(v, test, depth);
      case ValueKind::BoolOp: return is_bool(test, BoolOperator::Or) ? alternatives(v, test, depth) : nullptr;
      default: return nullptr;
    }
  }

  Pattern* from_comparison(const Value* test) {
    const auto op = static_cast<CompareOperator>(test->ops[0]);
    const Value* right = settled(test->kids[1]);
    if (op == CompareOperator::Is && right->kind == ValueKind::Const) {
      Pattern* p = pool_.pattern(PatternKind::Singleton, test->pos);
      p->value = settled(right);
      return p;
    }
    const bool is_value = right->kind == ValueKind::Const || (right->kind == ValueKind::Attribute && is_dotted_name(right));
    if (op != CompareOperator::Eq || !is_value || settled(test->kids[0])->kind == ValueKind::Length) return nullptr;
    Pattern* p = pool_.pattern(PatternKind::Value, known(right->pos) ? right->pos : test->pos);
    p->value = settled(right);
    return p;
  }

  // The comparison of `v`'s length, if there is one.
  const Value* take_length(const Value* v) {
    for (std::size_t k = 0; k < tests_.size(); ++k) {
      const Value* test = tests_[k];
      if (used_[k] || test->kind != ValueKind::Compare || tested(test) != v) continue;
      if (settled(test->kids[0])->kind != ValueKind::Length) continue;
      used_[k] = true;
      return test;
    }
    return nullptr;
  }

  Pattern* star(const std::vector<const Value*>& parts, std::uint32_t index) {
    Pattern* p = pool_.pattern(PatternKind::Star, {});
    for (const Value* part : parts) {
      if (part->kind != ValueKind::UnpackItem || part->number != index) continue;
      for (std::size_t k = 0; k < captures_.size(); ++k) {
        if (stored_[k] || settled(captures_[k].value) != part) continue;
        stored_[k] = true;
        p->name = captures_[k].name;
        p->pos = part->pos;
        break;
      }
    }
    return p;
  }

  Pattern* sequence(const Value* v, const Value* test, int depth) {
    Pattern* p = pool_.pattern(PatternKind::Sequence, test->pos);
    const Value* length = take_length(v);
    const std::vector<const Value*> parts = parts_of(v);
    if (!parts.empty() && parts[0]->kind == ValueKind::UnpackItem) {
      const Value* unpack = parts[0]->kids[0];
      const auto count = static_cast<std::uint32_t>(unpack->kids.size());
      for (std::uint32_t k = 0; k < count; ++k) {
        Pattern* item = unpack->number == k ? star(parts, k) : part_pattern(parts, k, depth);
        if (item == nullptr) return nullptr;
        p->kids.push_back(item);
      }
      return p;
    }
    const bool starred = length == nullptr || length->ops[0] == static_cast<std::uint8_t>(CompareOperator::GtE);
    const std::uint32_t least = length == nullptr ? 0 : length->number;
    if (least > kMostItems) return nullptr;
    return subscripts(p, parts, least, starred, depth);
  }

  // `[a, *_, b]`: items are fetched one by one, those after the star counted from the end.
  Pattern* subscripts(Pattern* p, const std::vector<const Value*>& parts, std::uint32_t least, bool starred, int depth) {
    std::uint32_t before = 0;
    std::vector<const Value*> items(least, nullptr);
    for (const Value* part : parts) {
      if (part->kind != ValueKind::Subscript) return nullptr;
      if (part->number > least) return nullptr;
      const std::uint32_t at = part->flag ? least - part->number : part->number;
      if (at >= least) return nullptr;
      if (!part->flag) before = std::max(before, at + 1);
      items[at] = part;
    }
    if (parts.empty()) before = least;
    for (std::uint32_t k = 0; k <= least; ++k) {
      if (k == before && starred) p->kids.push_back(pool_.pattern(PatternKind::Star, {}));
      if (k == least) break;
      Pattern* item = items[k] == nullptr ? wildcard({}) : pattern_of(items[k], items[k]->pos, depth + 1);
      if (item == nullptr) return nullptr;
      p->kids.push_back(item);
    }
    return p;
  }

  Pattern* part_pattern(const std::vector<const Value*>& parts, std::uint32_t index, int depth) {
    for (const Value* part : parts) {
      if (part->kind == ValueKind::UnpackItem && part->number == index) return pattern_of(part, part->pos, depth + 1);
    }
    return wildcard({});
  }

  Pattern* mapping(const Value* v, const Value* test, int depth) {
    Pattern* p = pool_.pattern(PatternKind::Mapping, test->pos);
    (void)take_length(v);
    const Value* keys = nullptr;
    for (std::size_t k = 0; k < tests_.size(); ++k) {
      if (used_[k] || tests_[k]->kind != ValueKind::MatchKeys || tested(tests_[k]) != v) continue;
      used_[k] = true;
      keys = tests_[k];
      break;
    }
    const std::vector<const Value*> parts = parts_of(v);
    if (keys != nullptr) {
      const Value* tuple = settled(keys->kids[1]);
      if (tuple->kind != ValueKind::Tuple || tuple->kids.size() > kMostItems) return nullptr;
      p->keys = tuple->kids;
      const auto count = static_cast<std::uint32_t>(tuple->kids.size());
      for (const Value* key : tuple->kids) {
        if (settled(key)->kind != ValueKind::Const && !is_dotted_name(key)) return nullptr;
      }
      for (std::uint32_t k = 0; k < count; ++k) {
        Pattern* item = part_pattern(parts, k, depth);
        if (item == nullptr) return nullptr;
        p->kids.push_back(item);
      }
    }
    for (std::size_t k = 0; k < captures_.size(); ++k) {
      const Value* rest = settled(captures_[k].value);
      if (stored_[k] || rest->kind != ValueKind::MatchRest || settled(rest->kids[0]) != v) continue;
      stored_[k] = true;
      p->name = captures_[k].name;
    }
    return p;
  }

  Pattern* class_pattern(const Value* v, const Value* test, int depth) {
    if (!is_dotted_name(test->kids[1])) return nullptr;
    Pattern* p = pool_.pattern(PatternKind::Class, test->pos);
    p->value = settled(test->kids[1]);
    p->number = test->number;  // positional ones
    p->names = test->names;
    const std::vector<const Value*> parts = parts_of(v);
    const auto count = static_cast<std::uint32_t>(test->number + test->names.size());
    if (count > kMostItems) return nullptr;
    for (std::uint32_t k = 0; k < count; ++k) {
      Pattern* item = part_pattern(parts, k, depth);
      if (item == nullptr) return nullptr;
      p->kids.push_back(item);
    }
    return p;
  }

  Pattern* alternatives(const Value* v, const Value* test, int depth) {
    Pattern* p = pool_.pattern(PatternKind::Or, test->pos);
    for (std::size_t k = 0; k < test->kids.size(); ++k) {
      std::vector<Capture> own;
      for (std::size_t n = 0; n < captures_.size(); ++n) {
        const Value* c = settled(captures_[n].value);
        if (c->kind != ValueKind::OneOf || c->number != test->number || k >= c->kids.size()) continue;
        stored_[n] = true;
        own.push_back({settled(c->kids[k]), captures_[n].name});
      }
      const Value* one = settled(test->kids[k]);
      PatternReader reader(pool_, one->kind == ValueKind::MatchTest && one->op == kMatchAnything ? nullptr : one, std::move(own), problem_, depth_ + depth + 1);
      Pattern* kid = reader.read(v, one->pos);
      if (kid == nullptr) return nullptr;
      p->kids.push_back(kid);
    }
    return p;
  }

  Pool& pool_;
  std::vector<Value*> tests_;
  std::vector<bool> used_;
  std::vector<Capture> captures_;
  std::vector<bool> stored_;
  std::string& problem_;
  int depth_;
};

}  // namespace

Pattern* read_pattern(Pool& pool, const PatternInput& input, std::string& problem) {
  PatternReader reader(pool, input.test, input.captures, problem, 0);
  Pattern* p = reader.read(input.subject, input.pos);
  if (p != nullptr && known(input.pos)) p->pos = input.pos;
  return p;
}

}  // namespace ouro::decompile
