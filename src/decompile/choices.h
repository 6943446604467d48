// The places where bytecode leaves several sources possible, and what was taken there.
//
// A stage asks at each such place and gets 0 (its own first guess) unless the search wants another. Places are known
// by kind and code offset, so that they stay the same from one attempt to the next.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace ouro::decompile {

enum class ChoiceKind : std::uint8_t {
  Else,         ///< the other way of an `if`: `else`, what follows, or as the graph says
  BreakTarget,  ///< where `break` leads
  LoopForm,     ///< `while test` or `while True`
  MergeTests,   ///< `if a and b` or two statements
  WhileTest,    ///< two copies of a test: one loop's or two
  TryTail,      ///< what comes after the protected code: inside, `else`, after
  SilentReturn,
  RegionEnd,    ///< what follows a try or with statement
  WithItems,    ///< `with a, b` or two statements
  CountOfKinds,
};

class Choices {
 public:
  struct Place {
    ChoiceKind kind;
    std::uint32_t offset;
    int count;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  /// Which of `count` ways to take: 0 is the first guess.
  int ask(ChoiceKind kind, std::uint32_t offset, int count) {
    const auto [found, fresh] = asked_.try_emplace({static_cast<std::uint8_t>(kind), offset}, count);
    (void)fresh;
    const auto forced = forced_.find(found->first);
    return forced == forced_.end() || forced->second >= count ? 0 : forced->second;
  }
  void force(ChoiceKind kind, std::uint32_t offset, int way) { forced_[{static_cast<std::uint8_t>(kind), offset}] = way; }
  void forget_asked() { asked_.clear(); }
  [[nodiscard]] std::vector<Place> places() const {
    std::vector<Place> out;
    for (const auto& [key, count] : asked_) out.push_back({static_cast<ChoiceKind>(key.first), key.second, count});
    return out;
  }
  [[nodiscard]] int current(const Place& p) const {
    const auto found = forced_.find({static_cast<std::uint8_t>(p.kind), p.offset});
    return found == forced_.end() ? 0 : found->second;
  }

 private:
  using Key = std::pair<std::uint8_t, std::uint32_t>;
  std::map<Key, int> forced_;
  std::map<Key, int> asked_;
};

}  // namespace ouro::decompile
