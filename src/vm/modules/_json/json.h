// Between the files of _json.
#pragma once

#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/str.h"

namespace ouro::vm::json {

extern const TypeSpec kScannerType, kEncoderType;

[[nodiscard]] Ref scan_string(Vm& vm, StrObject* text, std::size_t begin, bool strict, std::size_t& end);
[[nodiscard]] Ref quote_ascii(Vm& vm, const StrObject* text);
[[nodiscard]] Ref quote_unicode(Vm& vm, const StrObject* text);
void raise_decode_error(Vm& vm, std::string_view message, Value text, std::size_t at);
/// StopIteration(at): no value stands there.
[[nodiscard]] Ref stop_iteration(Vm& vm, std::size_t at);

}  // namespace ouro::vm::json
