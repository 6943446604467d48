// The C interface of the WebAssembly module. All numbers are 32 bits wide, all text is UTF-8; the caller allocates
// what it passes with ouro_alloc and frees it. Answers belong to the module and stay until the next call.
#include <cstdlib>

#include "explore.h"

#define OURO_EXPORT(name) extern "C" __attribute__((export_name(#name)))

namespace {

ouro::explorer::Answer answer;

std::string_view text(const char* data, std::size_t size) { return {data, size}; }

ouro::PythonVersion version_of(std::uint32_t packed) {
  return {static_cast<std::uint8_t>(packed >> 8U), static_cast<std::uint8_t>(packed & 0xFFU)};
}

}  // namespace

OURO_EXPORT(ouro_alloc) void* ouro_alloc(std::size_t size) { return std::malloc(size == 0 ? 1 : size); }
OURO_EXPORT(ouro_free) void ouro_free(void* memory) { std::free(memory); }

/// `panes`: bits of explorer::Pane; `target`: major version * 256 + minor. `other` and what follows count with
/// kDifference only.
OURO_EXPORT(ouro_explore)
void ouro_explore(std::uint32_t panes, const char* input, std::size_t input_size, const char* filename,
                  std::size_t filename_size, int optimize, std::uint32_t target, const char* other,
                  std::size_t other_size, int other_optimize, std::uint32_t other_target) {
  const std::string_view name = text(filename, filename_size);
  answer = ouro::explorer::explore({.panes = panes,
                                    .input = {text(input, input_size), name, optimize, version_of(target)},
                                    .other = {text(other, other_size), name, other_optimize, version_of(other_target)}});
}
OURO_EXPORT(ouro_describe) void ouro_describe() { answer = {ouro::explorer::describe(), {}, {}}; }

OURO_EXPORT(ouro_json) const char* ouro_json() { return answer.json.data(); }
OURO_EXPORT(ouro_json_size) std::size_t ouro_json_size() { return answer.json.size(); }
OURO_EXPORT(ouro_numbers) const std::int32_t* ouro_numbers() { return answer.numbers.data(); }
OURO_EXPORT(ouro_numbers_count) std::size_t ouro_numbers_count() { return answer.numbers.size(); }
OURO_EXPORT(ouro_marshalled) const std::uint8_t* ouro_marshalled() { return answer.marshalled.data(); }
OURO_EXPORT(ouro_marshalled_size) std::size_t ouro_marshalled_size() { return answer.marshalled.size(); }
