// The objects of _sre, between its files.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/modules/_sre/engine.h"
#include "vm/objects/bytes.h"
#include "vm/objects/dict.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm::sre {

struct PatternObject : GcObject {
  Value pattern;       ///< str, bytes or None
  Value group_index;   ///< dict
  Value index_group;   ///< tuple
  std::int64_t flags;
  std::size_t groups;  ///< without the whole match
  std::size_t code_size;
  std::uint32_t* code; ///< of the heap
  bool is_bytes;
  struct WeakRefObject* weakrefs;
  [[nodiscard]] std::span<const std::uint32_t> code_view() const { return {code, code_size}; }
};

struct MatchObject : GcObject {
  Value string;
  Value regs;          ///< tuple made when asked for; or null
  PatternObject* pattern;
  std::int64_t pos, endpos;
  std::int64_t last_index;
  std::size_t groups;  ///< with the whole match
  // Two positions a group follow.
  [[nodiscard]] std::int64_t* marks() { return reinterpret_cast<std::int64_t*>(this + 1); }
};

struct ScannerObject : GcObject {
  PatternObject* pattern;
  Value string;
  Value held;                 ///< a memoryview of it, or the string itself
  std::int64_t pos, endpos;   ///< as given
  std::int64_t start;         ///< where to go on; -1: the end was reached
  bool must_advance;
  bool running;
};

struct TemplateObject : GcObject {
  Value literal;
  std::size_t count;
  // (group, literal or null) pairs follow.
  struct Item {
    std::int64_t group;
    Value literal;
  };
  [[nodiscard]] Item* items() { return reinterpret_cast<Item*>(this + 1); }
};

extern const TypeSpec kPatternType, kMatchType, kScannerType, kTemplateType;

/// A string as the engine reads it. Keeps the buffer of a bytes-like object.
class Subject {
 public:
  /// TypeErrors: no string, or of the other kind than the pattern's.
  [[nodiscard]] bool open(Vm& vm, const PatternObject* pattern, Value string);
  /// Bounds of pos and endpos.
  void clamp(std::int64_t& pos, std::int64_t& endpos) const;
  [[nodiscard]] std::unique_ptr<Search> search(Vm& vm, const PatternObject* pattern, std::int64_t endpos) const;
  /// string[start:end] as findall gives it.
  [[nodiscard]] Ref slice(Vm& vm, std::int64_t start, std::int64_t end) const;
  [[nodiscard]] std::size_t length() const { return length_; }

 private:
  Ref string_;
  BufferView view_;
  const void* data_ = nullptr;
  std::size_t length_ = 0;
  unsigned kind_ = 1;
  bool is_str_ = false;
};

[[nodiscard]] Ref slice_of(Vm& vm, Value string, std::int64_t start, std::int64_t end);
[[nodiscard]] Ref new_match(Vm& vm, PatternObject* pattern, Value string, const Search& search, std::int64_t pos, std::int64_t endpos);
/// A group of a match; `otherwise` where it took no part.
[[nodiscard]] Ref match_slice(Vm& vm, MatchObject* match, std::size_t group, Value otherwise);
[[nodiscard]] Ref compile_template(Vm& vm, PatternObject* pattern, Value text);
[[nodiscard]] Ref expand_template(Vm& vm, TemplateObject* parts, MatchObject* match);
[[nodiscard]] Ref new_scanner(Vm& vm, PatternObject* pattern, Value string, std::int64_t pos, std::int64_t endpos);
[[nodiscard]] Ref scanner_search(Vm& vm, Value self);
[[nodiscard]] Ref make_template(Vm& vm, Value pattern, Value list);

// substitute.cpp
[[nodiscard]] Ref pattern_sub(Vm& vm, Value self, Args& args);
[[nodiscard]] Ref pattern_subn(Vm& vm, Value self, Args& args);
[[nodiscard]] Ref pattern_split(Vm& vm, Value self, Args& args);
[[nodiscard]] Ref pattern_findall(Vm& vm, Value self, Args& args);

}  // namespace ouro::vm::sre
