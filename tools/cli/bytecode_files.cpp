#include "bytecode_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>

#include "archive/pyinstaller.h"
#include "archive/zip_reader.h"

namespace ouro::cli {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

void add_folder(const std::string& path, Io& io, std::vector<BytecodeFile>& files) {
  std::error_code ignored;
  std::vector<BytecodeFile> found;
  for (auto it = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, ignored);
       it != fs::recursive_directory_iterator(); it.increment(ignored)) {
    if (ignored) break;
    if (it->path().extension() != ".pyc" || !it->is_regular_file(ignored)) continue;
    std::string file = it->path().string();
    found.push_back({file, it->path().lexically_relative(path).string(), [file, &io] { return io.read(file); }});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  std::move(found.begin(), found.end(), std::back_inserter(files));
}

void add_failure(std::string path, std::string relative, Error error, std::vector<BytecodeFile>& files) {
  files.push_back({std::move(path), std::move(relative), [error = std::move(error)]() -> Result<Bytes> { return error; }});
}

/// Without "..", "." and a root, which would lead out of an output folder.
std::string safe_name(std::string_view name) {
  fs::path safe;
  for (const fs::path& part : fs::path(name).relative_path()) {
    if (part != ".." && part != ".") safe /= part;
  }
  return safe.string();
}

void add_zip(const std::string& path, std::vector<BytecodeFile>& files) {
  struct Shared {
    archive::ZipReader zip;
    std::mutex mutex;
  };
  auto opened = archive::ZipReader::open(path);
  if (!opened) return add_failure(path, fs::path(path).filename().string(), std::move(opened).error(), files);
  const std::shared_ptr<Shared> shared(new Shared{std::move(*opened), {}});
  const auto& entries = shared->zip.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].name.ends_with(".pyc")) continue;
    files.push_back({path + "/" + entries[i].name, safe_name(entries[i].name), [shared, i] {
                       const std::lock_guard lock(shared->mutex);
                       return shared->zip.read(i);
                     }});
  }
}

void add_pyinstaller(const std::string& path, ByteView bytes, std::vector<BytecodeFile>& files) {
  const auto take = [&](Result<archive::PackedModule> module) {
    if (!module) {
      add_failure(path, fs::path(path).filename().string(), std::move(module).error(), files);
      return true;
    }
    std::string relative = safe_name(module->name);
    files.push_back({path + "/" + module->name, std::move(relative),
                     [pyc = std::make_shared<const Bytes>(std::move(module->pyc))]() -> Result<Bytes> { return *pyc; }});
    return true;
  };
  if (Status status = archive::read_pyinstaller(bytes, take); !status) {
    add_failure(path, fs::path(path).filename().string(), std::move(status).error(), files);
  }
}

/// The first bytes of a file; fewer when it is shorter or cannot be read.
std::string first_bytes(const std::string& path) {
  std::array<char, 4> bytes{};
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), bytes.size());
  return {bytes.data(), static_cast<std::size_t>(file.gcount())};
}

}  // namespace

void find_bytecode(const std::string& path, Io& io, std::vector<BytecodeFile>& files) {
  std::error_code ignored;
  const std::string name = fs::path(path).filename().string();
  if (path != "-" && fs::is_directory(path, ignored)) return add_folder(path, io, files);
  if (path != "-" && !path.ends_with(".pyc") && fs::is_regular_file(path, ignored)) {
    if (first_bytes(path) == "PK\3\4" || archive::ZipReader::open(path)) return add_zip(path, files);
    const auto bytes = io.read(path);
    if (bytes && archive::is_pyinstaller(*bytes)) return add_pyinstaller(path, *bytes, files);
  }
  files.push_back({path, path == "-" ? "stdin.pyc" : name, [path, &io] { return io.read(path); }});
}

}  // namespace ouro::cli
