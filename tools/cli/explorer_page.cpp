#include "explorer_page.h"

#include <zlib.h>

#include "support/file.h"

namespace ouro::cli {
namespace {

constexpr std::string_view kNames[] = {"index.html", "explorer.css", "explorer.js", "ouro-module.js"};

std::string gunzip(std::string_view packed) {
  z_stream stream{};
  std::string text;
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return text;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  char block[65536];
  int status = Z_OK;
  while (status == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(block);
    stream.avail_out = sizeof block;
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(block, sizeof block - stream.avail_out);
  }
  inflateEnd(&stream);
  return text;
}

}  // namespace

std::string plain_body(const PageFile& file) { return file.is_gzip ? gunzip(file.body) : file.body; }

Result<ExplorerPage> embedded_page() {
  ExplorerPage page;
  for (const EmbeddedFile& file : embedded_page_files()) {
    page.emplace(std::string(file.name), PageFile{std::string(file.gzip), true});
  }
  if (page.empty()) {
    return make_error("explore.no_page",
                      "this program was built without the explorer's page: run scripts/build_explorer in Ouro's sources, then build ouro "
                      "again, or name the page: --page build/wasm/explorer");
  }
  return page;
}

Result<ExplorerPage> read_page(const std::string& folder) {
  ExplorerPage page;
  for (const std::string_view name : kNames) {
    auto bytes = support::read_file(folder + "/" + std::string(name));
    if (!bytes) return tl::make_unexpected(std::move(bytes.error()));
    page.emplace(std::string(name), PageFile{std::string(bytes->begin(), bytes->end()), false});
  }
  return page;
}

}  // namespace ouro::cli
