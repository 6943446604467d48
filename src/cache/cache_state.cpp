#include "cache/cache_state.h"

#include <sys/stat.h>

#include "cache/atomic_write.h"
#include "cache/freshness.h"
#include "cache/ordered_parallel.h"
#include "cache/source_file.h"
#include "cache/tree_walk.h"
#include "marshal/cache_path.h"
#include "marshal/pyc.h"
#include "version/magic.h"

namespace ouro::cache {

namespace {

/// The source that a cache's name stands for, and what the name says of it.
struct NameFacts {
  std::string source;
  int optimize = 0;
  bool beside_source = false;  // "x.pyc" where x.py would be
};

std::string_view base_name(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

/// "a.b.cpython-313.pyc": importlib writes such names but does not read them. Empty without a tag.
template <class Level>
NameFacts read_dotted_name(std::string_view path, const Level& level) {
  std::string_view stem = base_name(path);
  stem.remove_suffix(4);
  NameFacts facts;
  std::size_t dot = stem.find_last_of('.');
  if (dot != std::string_view::npos && stem.substr(dot + 1).starts_with("opt-")) {
    facts.optimize = level(stem.substr(dot + 5));
    stem = stem.substr(0, dot);
    dot = stem.find_last_of('.');
  }
  if (dot == std::string_view::npos) return {};
  const std::string_view above = directory_of(directory_of(path));
  facts.source = above.empty() && !path.starts_with('/') ? std::string() : std::string(above) + "/";
  facts.source.append(stem.substr(0, dot)).append(".py");
  return facts;
}

NameFacts read_name(const std::string& path, const std::string& cache_prefix) {
  const auto level = [](std::string_view tag) { return tag == "1" || tag == "2" ? tag[0] - '0' : 0; };
  if (const auto name = marshal::source_from_cache(path, cache_prefix)) {
    return {name->source, level(name->optimization)};
  }
  if (base_name(directory_of(path)) == "__pycache__") return read_dotted_name(path, level);
  return {path.substr(0, path.size() - 1), 0, true};
}

std::string describe_magic(std::uint32_t magic, const marshal::PycHeader* header) {
  if (const version::MagicInfo* info = version::find_magic(static_cast<std::uint16_t>(magic))) {
    return std::string(version::to_string(info->implementation)) + " " + info->version.to_string();
  }
  return header != nullptr ? "CPython " + header->version.to_string() : "unknown magic number";
}

/// Compiles again and says at which byte the cache differs; empty when it does not.
std::string compare_with_source(const std::string& source_path, std::string_view name_in_code, ByteView code,
                                int optimize, const CompileFunction& compile) {
  const auto source = read_source(source_path);
  if (!source) return source.error().to_string();
  const auto compiled = compile({source->bytes, name_in_code, optimize});
  if (!compiled) return "the source does not compile: " + compiled.error().text;
  std::size_t same = 0;
  while (same < code.size() && same < compiled->code.size() && code[same] == compiled->code[same]) ++same;
  if (same == code.size() && same == compiled->code.size()) return {};
  return "compiling the source gives other code from byte " + std::to_string(same) + " on";
}

class Inspection {
 public:
  Inspection(const std::string& path, const InspectOptions& options) : options_(options) { entry_.path = path; }

  CacheEntry run() {
    if (is_temporary_name(base_name(entry_.path))) return decide(CacheState::Leftover, "a writer was interrupted");
    const NameFacts name = read_name(entry_.path, options_.cache_prefix);
    entry_.source = name.source;
    auto file = read_source(entry_.path);
    if (!file) return decide(CacheState::Damaged, file.error().to_string());
    entry_.size = file->size;
    const auto header = marshal::read_header(file->bytes);
    if (!header) return decide_unreadable_header(*file, header.error());
    if (header->magic != marshal::new_header(*options_.target).magic) {
      return decide(CacheState::Foreign, describe_magic(header->magic, &*header));
    }
    auto pyc = marshal::read_pyc(file->bytes);
    if (!pyc) return decide(CacheState::Damaged, pyc.error().to_string());
    if (pyc->trailing_size != 0) {
      return decide(CacheState::Damaged, std::to_string(pyc->trailing_size) + " bytes after the code object");
    }
    return compare_source(name, *file, *pyc);
  }

 private:
  CacheEntry decide(CacheState state, std::string detail) {
    entry_.state = state;
    entry_.detail = std::move(detail);
    return std::move(entry_);
  }

  CacheEntry decide_unreadable_header(const SourceFile& file, const Error& error) {
    if (file.bytes.size() >= 4) {
      const auto number = static_cast<std::uint16_t>(file.bytes[0] | (file.bytes[1] << 8));
      if (version::find_magic(number) != nullptr && error.code == "pyc.bad_magic") {
        return decide(CacheState::Foreign, describe_magic(number, nullptr));
      }
    }
    return decide(CacheState::Damaged, error.to_string());
  }

  CacheEntry compare_source(const NameFacts& name, const SourceFile& file, const marshal::Pyc& pyc) {
    struct stat status {};
    if (name.source.empty()) return decide(CacheState::Orphaned, "the name has no cache tag");
    if (::stat(name.source.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
      return name.beside_source ? decide(CacheState::Sourceless, "imported without a source")
                                : decide(CacheState::Orphaned, "no source " + name.source);
    }
    const SourceStamp stamp{status.st_mtim.tv_sec, static_cast<std::uint64_t>(status.st_size)};
    const Freshness freshness = check_freshness(entry_.path, name.source, stamp, *options_.target);
    if (freshness != Freshness::Fresh && freshness != Freshness::Unchecked) {
      return decide(CacheState::Stale, std::string(to_string(freshness)));
    }
    if (options_.compile) {
      const ConstantPool& pool = pyc.value.pool;
      const std::string_view filename = pool.text(pool.code(pyc.value.root).filename);
      const std::string difference =
          compare_with_source(name.source, filename, ByteView(file.bytes).subspan(pyc.header.size), name.optimize,
                              options_.compile);
      if (!difference.empty()) return decide(CacheState::Mismatched, difference);
    }
    return decide(CacheState::Fresh, freshness == Freshness::Unchecked ? "unchecked hash" : "");
  }

  const InspectOptions& options_;
  CacheEntry entry_;
};

}  // namespace

std::string_view to_string(CacheState state) {
  switch (state) {
    case CacheState::Fresh: return "fresh";
    case CacheState::Stale: return "stale";
    case CacheState::Orphaned: return "orphaned";
    case CacheState::Sourceless: return "sourceless";
    case CacheState::Foreign: return "foreign";
    case CacheState::Damaged: return "damaged";
    case CacheState::Mismatched: return "mismatched";
    case CacheState::Leftover: return "leftover";
  }
  return {};
}

bool is_cache_name(std::string_view file_name) {
  return file_name.ends_with(".pyc") || file_name.ends_with(".pyo") || is_temporary_name(file_name);
}

CacheEntry inspect_cache(const std::string& path, const InspectOptions& options) {
  return Inspection(path, options).run();
}

std::vector<UnreadableDirectory> inspect_trees(const std::vector<std::string>& roots, const InspectTreeOptions& options,
                                               const std::function<void(CacheEntry)>& take) {
  std::vector<UnreadableDirectory> unreadable;
  std::vector<std::string> files;
  for (const std::string& root : roots) {
    struct stat status {};
    if (::stat(root.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      files.push_back(root);
      continue;
    }
    for (WalkStep& step : walk_tree(root, {.suffix = "", .enter_pycache = true})) {
      if (step.kind == WalkStep::Kind::CannotList) unreadable.push_back({step.path, step.error});
      if (step.kind == WalkStep::Kind::File && is_cache_name(base_name(step.path))) {
        files.push_back(std::move(step.path));
      }
    }
  }
  const std::atomic<bool> never{false};
  ordered_parallel<CacheEntry>(
      files.size(), options.threads, [&](std::size_t i) { return inspect_cache(files[i], options.cache); },
      [&](std::size_t i, CacheEntry entry) {
        options.progress(files.size(), files[i]);
        take(std::move(entry));
      },
      options.stop != nullptr ? *options.stop : never);
  return unreadable;
}

}  // namespace ouro::cache
