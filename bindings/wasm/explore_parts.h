// The parts of an answer; each writes one member of an open JSON object.
#pragma once

#include <string_view>

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

void write_listing(support::JsonWriter& json, const LoadedCode& code);
void write_tables(support::JsonWriter& json, const LoadedCode& code);
void write_graphs(support::JsonWriter& json, const LoadedCode& code);
void write_decompiled(support::JsonWriter& json, const LoadedCode& code);
void write_statistics(support::JsonWriter& json, const LoadedCode& code);
void write_difference(support::JsonWriter& json, const LoadedCode& a, const LoadedCode& b);

}  // namespace ouro::explorer
