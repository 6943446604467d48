// ouro info: what a .pyc says about itself.
#include "command.h"
#include "marshal/pyc.h"

namespace ouro::cli {
namespace {

int run_info(const Arguments& arguments, Io& io) {
  int status = kSuccess;
  for (const std::string& path : arguments.positionals()) {
    const auto bytes = io.read(path);
    if (!bytes) {
      io.error(path, bytes.error());
      status = kFailure;
      continue;
    }
    const auto pyc = marshal::read_pyc(*bytes);
    if (!pyc) {
      io.error(path, pyc.error());
      status = kFailure;
      continue;
    }
    io.out.line(path + ": CPython " + pyc->header.version.to_string());
  }
  return status;
}

constexpr Option kOptions[] = {kJsonOption};
constexpr Positional kFiles[] = {{"FILE", "A .pyc file, or - for standard input", Arity::AtLeastOne}};
constexpr Example kExamples[] = {{"ouro info __pycache__/spam.cpython-313.pyc", "Header, freshness and code objects."}};

}  // namespace

extern const Command kInfo;
constexpr Command kInfo{.name = "info",
                        .summary = "Show the header and the code objects of .pyc files",
                        .description = "Shows what a .pyc says about itself: version, flags, source time and size or "
                                       "hash, whether the cache is fresh for its source, and the tree of code objects.",
                        .options = kOptions,
                        .positionals = kFiles,
                        .examples = kExamples,
                        .run = run_info};

}  // namespace ouro::cli
