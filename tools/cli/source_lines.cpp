#include "source_lines.h"

#include "marshal/cache_path.h"
#include "marshal/freshness.h"
#include "support/file.h"

namespace ouro::cli {
namespace {

bool is_fresh(const std::string& source, const marshal::PycHeader& header, ByteView bytes, const Facts& facts) {
  if (header.invalidation() != marshal::Invalidation::Timestamp) {
    return marshal::compare_hash(header, bytes, facts) == marshal::Freshness::Fresh;
  }
  const auto status = support::file_status(source);
  return status && marshal::compare_time(header, status->mtime, status->size) == marshal::Freshness::Fresh;
}

}  // namespace

std::string source_path_of(const std::string& cache, const Io& io) {
  if (const auto name = marshal::source_from_cache(cache, io.env("PYTHONPYCACHEPREFIX"))) return name->source;
  if (cache.ends_with(".pyc") || cache.ends_with(".pyo")) return cache.substr(0, cache.size() - 1);
  return {};
}

SideSource SideSource::find(const std::string& path, const DisInput& input, const Facts& facts, const Io& io) {
  SideSource source;
  const bool is_cache = input.header.has_value();
  const std::string file = is_cache ? source_path_of(path, io) : path;
  if (file.empty() || (is_cache && file == path)) return source;
  const auto bytes = io.read(file);
  if (!bytes || (is_cache && !is_fresh(file, *input.header, *bytes, facts))) return source;
  source.text_ = support::as_text(*bytes);
  source.starts_.push_back(0);
  for (std::size_t at = 0; (at = source.text_.find('\n', at)) != std::string::npos;) source.starts_.push_back(++at);
  return source;
}

std::string_view SideSource::line(std::int64_t number) const {
  if (number < 1 || static_cast<std::uint64_t>(number) > starts_.size()) return {};
  const std::size_t begin = starts_[static_cast<std::size_t>(number - 1)];
  std::string_view line = std::string_view(text_).substr(begin);
  line = line.substr(0, line.find('\n'));
  const std::size_t first = line.find_first_not_of(" \t\f");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r\f") - first + 1);
}

}  // namespace ouro::cli
