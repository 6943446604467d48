#include "marshal/cache_path.h"

#include <algorithm>

#include "support/siphash.h"

namespace ouro::marshal {
namespace {

constexpr std::string_view kFolder = "__pycache__";
constexpr std::string_view kOptimizationMark = "opt-";

struct SplitPath {
  std::string_view head;
  std::string_view tail;
};

/// CPython Lib/importlib/_bootstrap_external.py _path_split: at the last slash, which belongs to neither side (so
/// that "/spam.py" loses its root, there as here).
SplitPath split_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

std::string_view strip_slashes(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return path;
}

/// _path_join: empty parts vanish, slashes at the end of a part too.
void join(std::string& path, std::string_view part, bool& first) {
  if (part.empty()) return;
  if (!first) path.push_back('/');
  path += strip_slashes(part);
  first = false;
}

std::string joined(std::string_view a, std::string_view b, std::string_view c = {}) {
  std::string path;
  bool first = true;
  for (const std::string_view part : {a, b, c}) join(path, part, first);
  return path;
}

bool is_alphanumeric(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

std::string before_pycache(std::string_view source, std::string_view optimization) {
  std::string path(source);
  path.push_back(optimization.empty() ? 'c' : 'o');
  return path;
}

}  // namespace

Result<std::string> cache_from_source(std::string_view source, const version::Facts& facts, CachePathOptions options) {
  if (!options.optimization.empty() && !is_alphanumeric(options.optimization)) {
    return make_error("cache.bad_optimization", "'" + std::string(options.optimization) + "' is not alphanumeric");
  }
  if (facts.cache_tag.empty()) return before_pycache(source, options.optimization);
  const auto [head, tail] = split_path(source);
  const std::size_t dot = tail.rfind('.');
  std::string name;  // rpartition: without a dot the whole name is the last part
  if (dot == std::string_view::npos) {
    name = tail;
  } else if (dot == 0) {
    name = std::string(tail.substr(1)) + ".";
  } else {
    name = tail.substr(0, dot + 1);
  }
  name += facts.cache_tag;
  if (!options.optimization.empty()) name += "." + std::string(kOptimizationMark) + std::string(options.optimization);
  name += ".pyc";
  if (options.pycache_prefix.empty()) return joined(head, kFolder, name);
  std::string absolute(head);
  if (!head.starts_with('/')) absolute = joined(options.current_directory, head);
  std::string_view relative = absolute;
  while (relative.starts_with('/')) relative.remove_prefix(1);
  return joined(options.pycache_prefix, relative, name);
}

Result<CacheName> source_from_cache(std::string_view cache, std::string_view pycache_prefix) {
  auto [head, name] = split_path(cache);
  const std::string_view prefix = strip_slashes(pycache_prefix);
  const bool below_prefix = !pycache_prefix.empty() && head.starts_with(prefix) &&
                            head.substr(prefix.size()).starts_with('/');
  if (below_prefix) {
    head = head.substr(prefix.size());
  } else {
    const SplitPath folder = split_path(head);
    if (folder.tail != kFolder) return make_error("cache.not_in_pycache", "not in a folder named __pycache__");
    head = folder.head;
  }
  const auto dots = std::count(name.begin(), name.end(), '.');
  if (dots != 2 && dots != 3) return make_error("cache.bad_name", "wants 2 or 3 dots, has " + std::to_string(dots));
  CacheName result;
  const std::size_t first = name.find('.');
  const std::size_t second = name.find('.', first + 1);
  result.tag = name.substr(first + 1, second - first - 1);
  if (dots == 3) {
    const std::string_view part = name.substr(second + 1, name.rfind('.') - second - 1);
    if (!part.starts_with(kOptimizationMark) || !is_alphanumeric(part.substr(kOptimizationMark.size()))) {
      return make_error("cache.bad_optimization", "'" + std::string(part) + "' is not opt- and letters or digits");
    }
    result.optimization = part.substr(kOptimizationMark.size());
  }
  result.source = joined(head, std::string(name.substr(0, first)) + ".py");
  return result;
}

std::array<std::uint8_t, 8> source_hash(ByteView source, const version::Facts& facts) {
  std::array<std::uint8_t, 8> bytes{};
  if (facts.source_hash == version::SourceHash::kNone) return bytes;
  // The key is the magic number with its "\r\n", as a little-endian number (CPython Python/import.c source_hash).
  const support::SipKey key{facts.release_magic | 0x0A0D0000U, 0};
  const std::uint64_t hash = facts.source_hash == version::SourceHash::kSipHash24 ? support::siphash24(key, source)
                                                                                   : support::siphash13(key, source);
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(hash >> (8 * i));
  return bytes;
}

}  // namespace ouro::marshal
