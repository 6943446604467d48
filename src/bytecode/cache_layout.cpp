#include "bytecode/cache_layout.h"

namespace ouro::bytecode {
namespace {

constexpr CacheValue kCounter[] = {{"counter", 1}};
constexpr CacheValue kGlobal[] = {{"counter", 1}, {"index", 1}, {"module_keys_version", 1}, {"builtin_keys_version", 1}};
constexpr CacheValue kGlobal311[] = {
    {"counter", 1}, {"index", 1}, {"module_keys_version", 2}, {"builtin_keys_version", 1}};
constexpr CacheValue kAttribute[] = {{"counter", 1}, {"version", 2}, {"keys_version", 2}, {"descr", 4}};
constexpr CacheValue kMethod311[] = {
    {"counter", 1}, {"type_version", 2}, {"dict_offset", 1}, {"keys_version", 2}, {"descr", 4}};
constexpr CacheValue kVersionIndex[] = {{"counter", 1}, {"version", 2}, {"index", 1}};
constexpr CacheValue kVersion[] = {{"counter", 1}, {"version", 2}};
constexpr CacheValue kCall[] = {{"counter", 1}, {"func_version", 2}};
constexpr CacheValue kCall311[] = {{"counter", 1}, {"func_version", 2}, {"min_args", 1}};
constexpr CacheValue kSubscript311[] = {{"counter", 1}, {"type_version", 2}, {"func_version", 1}};
constexpr CacheValue kCompare311[] = {{"counter", 1}, {"mask", 1}};
constexpr CacheValue kBinary[] = {{"counter", 1}, {"descr", 4}};

struct Row {
  Op op;
  std::uint8_t caches;  // tells the versions apart
  std::span<const CacheValue> values;
};

// Instructions whose only value is the counter have no row.
constexpr Row kRows[] = {
    {Op::BINARY_OP, 5, kBinary},
    {Op::BINARY_SUBSCR, 4, kSubscript311},
    {Op::CALL, 3, kCall},
    {Op::CALL, 4, kCall311},
    {Op::CALL_KW, 3, kCall},
    {Op::COMPARE_OP, 2, kCompare311},
    {Op::LOAD_ATTR, 4, kVersionIndex},
    {Op::LOAD_ATTR, 9, kAttribute},
    {Op::LOAD_GLOBAL, 4, kGlobal},
    {Op::LOAD_GLOBAL, 5, kGlobal311},
    {Op::LOAD_METHOD, 10, kMethod311},
    {Op::STORE_ATTR, 4, kVersionIndex},
    {Op::TO_BOOL, 3, kVersion},
};

}  // namespace

std::span<const CacheValue> cache_layout(const OpcodeInfo& info) {
  if (info.caches == 0) return {};
  for (const Row& row : kRows) {
    if (row.op == info.base && row.caches == info.caches) return row.values;
  }
  return kCounter;
}

}  // namespace ouro::bytecode
