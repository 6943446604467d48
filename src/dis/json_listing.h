// The listing of a code object as JSON; docs/json/dis.md has the schema.
#pragma once

#include <string>

#include "code/constant_pool.h"
#include "dis/disassembler.h"
#include "support/json_writer.h"
#include "support/result.h"

namespace ouro::dis {

/// Writes the object of the code object `root` and, inside of it, of the nested ones. Stops and gives
/// dis.too_long when `out`, to which `json` writes, gets longer than `max_bytes`.
Status write_json(const Disassembler& disassembler, const ConstantPool& pool, ConstId root, std::string& out,
                  support::JsonWriter& json, std::uint64_t max_bytes = kMaxListingBytes);

}  // namespace ouro::dis
