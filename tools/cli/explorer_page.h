// The explorer's page as `ouro explore` serves it: built into the program, or read from a folder.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "support/result.h"

namespace ouro::cli {

/// What goes over the wire for one name.
struct PageFile {
  std::string body;
  bool is_gzip = false;
};
/// By name: "index.html", "explorer.css", "explorer.js", "ouro-module.js".
using ExplorerPage = std::map<std::string, PageFile, std::less<>>;

/// The page that was built into this program (tools/gen/gen_explorer_page.py). Errors: explore.no_page.
[[nodiscard]] Result<ExplorerPage> embedded_page();
/// The page that a build left in a folder. Errors: as for read_file.
[[nodiscard]] Result<ExplorerPage> read_page(const std::string& folder);

/// The uncompressed content.
[[nodiscard]] std::string plain_body(const PageFile& file);

/// Generated: the embedded files, gzip. Empty when the page was not built before the program.
struct EmbeddedFile {
  std::string_view name;
  std::string_view gzip;
};
[[nodiscard]] std::span<const EmbeddedFile> embedded_page_files();

}  // namespace ouro::cli
