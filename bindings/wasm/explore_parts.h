// The parts of an answer; each writes one member of an open JSON object.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "code/constant_pool.h"
#include "explore.h"
#include "support/json_writer.h"
#include "syntax/source.h"
#include "version/facts.h"

namespace ouro::explorer {

/// A code object, where it came from.
struct LoadedCode {
  ConstantPool pool;
  ConstId root;
  const Facts* facts = nullptr;
};

void write_tokens(support::JsonWriter& json, const syntax::SourceText& source);
void write_tree(support::JsonWriter& json, const syntax::SourceText& source);

/// Member "listing"; its instructions become kListingWidth numbers each: line (-1: none), number of the label (0: none,
/// -1: jumped to, in a version without labels), offset, number of the name's text, operand, number of the text beside it
/// (-1: none, -2: no operand), and the place in the source (line, column, end line, end column; -1: unknown).
void write_listing(support::JsonWriter& json, const LoadedCode& code, std::vector<std::int32_t>& numbers);
inline constexpr std::size_t kListingWidth = 10;
void write_tables(support::JsonWriter& json, const LoadedCode& code);
void write_graphs(support::JsonWriter& json, const LoadedCode& code);
void write_decompiled(support::JsonWriter& json, const LoadedCode& code);
void write_statistics(support::JsonWriter& json, const LoadedCode& code);
void write_difference(support::JsonWriter& json, const LoadedCode& a, const LoadedCode& b);

}  // namespace ouro::explorer
