// compileall for zip archives (wheels, eggs, zipapps), and into places that hold no sources.
#pragma once

#include <string>
#include <vector>

#include "cache/compile_tree.h"

namespace ouro::cache {

/// By its name: .zip, .whl, .egg, .pyz.
[[nodiscard]] bool is_archive_name(std::string_view path);

/// Brings the caches inside one archive up to date: "x.pyc" beside "x.py" where zipimport looks for it, or
/// __pycache__ names and RECORD rows in a wheel, which is unpacked before it is imported. The archive is replaced
/// whole, and only when something in it changed; other entries, their order and the bytes before them stay.
/// `options.file.invalidation` must be hash-based (a zip's times have no zone), and outside of wheels there is room
/// for one level of optimisation.
[[nodiscard]] TreeSummary compile_archive(const std::string& path, const CompileTreeOptions& options);

/// Compiles directories and archives, writing nothing but caches, at their paths relative to the root, below the
/// directory `into` or into the archive of that name (made anew, its caches as zipimport wants them).
[[nodiscard]] TreeSummary compile_into(const std::vector<std::string>& roots, const std::string& into,
                                       const CompileTreeOptions& options);

}  // namespace ouro::cache
