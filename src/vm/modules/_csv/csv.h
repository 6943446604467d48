// What the parts of _csv share: the dialect and the module's state (CPython 3.13 Modules/_csv.c).
#pragma once

#include "vm/core/binding.h"
#include "vm/core/machine_state.h"
#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/str.h"

namespace ouro::vm::csv {

enum Quoting : int { kQuoteMinimal, kQuoteAll, kQuoteNonnumeric, kQuoteNone, kQuoteStrings, kQuoteNotNull };
inline constexpr std::uint32_t kNotSet = 0xFFFFFFFF;

struct DialectObject : Object {
  StrObject* line_terminator;
  std::uint32_t delimiter, quote, escape;  ///< code points; kNotSet: none
  int quoting;
  bool double_quote, skip_initial_space, strict;
};

struct State {
  Ref error;
  Own<DictObject> dialects;
  std::int64_t field_limit = 128 * 1024;
};
inline State& state_of(Vm& vm) { return machine_state<State>(vm); }
Failed raise_csv_error(Vm& vm, std::string_view message);

extern const TypeSpec kDialectType;
extern const TypeSpec kReaderType;
extern const TypeSpec kWriterType;

/// The Dialect of reader() and writer(): a name, an object with attributes or null, and keywords over it.
[[nodiscard]] Own<DialectObject> make_dialect(Vm& vm, Value dialect, const CallArgs& call, std::size_t skipped);
[[nodiscard]] Ref new_reader(Vm& vm, Value, const CallArgs& call);
[[nodiscard]] Ref new_writer(Vm& vm, Value, const CallArgs& call);

}  // namespace ouro::vm::csv
