// compile(decompile(x)) against x.
//
// In: a code object and the source that came of it. Out: a verdict for each of its code objects. Source is compiled as a
// whole, for the version that the code is of; where the compiler does not write code of that version nothing is
// verified, and the result says so.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "code/constant_pool.h"
#include "version/facts.h"

namespace ouro::verify {

enum class Verdict : std::uint8_t {
  Perfect,    ///< code, constants, names, flags, exception table are equal
  OnlyNops,   ///< equal when instructions that do nothing are taken out
  Different,
  Missing,    ///< nothing in the recompiled source is this code object
};

/// "perfect", "nops", "different", "missing"
[[nodiscard]] std::string_view name_of(Verdict verdict);

struct CodeVerdict {
  ConstId code;            ///< in the original
  std::string qualname;
  Verdict verdict = Verdict::Missing;
  std::string difference;  ///< the first one; empty when perfect
};

enum class Outcome : std::uint8_t {
  Compared,
  NotCompiling,  ///< reason: the compiler's error
  NotVerified,   ///< reason: why nothing could be compared
};

struct Verification {
  Outcome outcome = Outcome::NotVerified;
  std::string reason;
  std::vector<CodeVerdict> codes;  ///< each code object of the original once, a parent before its children

  [[nodiscard]] std::size_t count(Verdict verdict) const;
  /// Whether everything was compared and all of it is perfect.
  [[nodiscard]] bool is_perfect() const { return outcome == Outcome::Compared && count(Verdict::Perfect) == codes.size(); }
};

[[nodiscard]] Verification verify(const Facts& facts, const ConstantPool& pool, ConstId root, std::string_view source);

}  // namespace ouro::verify
