// marshal_roundtrip FILE|DIR...: reads every .pyc and writes it again; the bytes must be the same.
// Prints one line for each difference or refusal and a summary; exit status 1 when there was any.
// With --time it reports how long reading and writing took, files in memory.
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "marshal/pyc.h"
#include "support/file.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Totals {
  std::size_t files = 0;
  std::size_t bytes = 0;
  std::size_t failed = 0;
  std::chrono::nanoseconds reading{};
  std::chrono::nanoseconds writing{};
};

void fail(Totals& totals, const std::string& path, const std::string& why) {
  std::printf("%s: %s\n", path.c_str(), why.c_str());
  ++totals.failed;
}

void check(const std::string& path, Totals& totals) {
  ++totals.files;
  auto bytes = ouro::support::read_file(path);
  if (!bytes) return fail(totals, path, bytes.error().to_string());
  totals.bytes += bytes->size();
  const auto start = Clock::now();
  auto pyc = ouro::marshal::read_pyc(*bytes);
  const auto middle = Clock::now();
  totals.reading += middle - start;
  if (!pyc) return fail(totals, path, pyc.error().to_string());
  auto written = ouro::marshal::write_pyc(pyc->header, pyc->value.pool, pyc->value.root);
  totals.writing += Clock::now() - middle;
  if (!written) return fail(totals, path, written.error().to_string());
  written->insert(written->end(), bytes->end() - static_cast<std::ptrdiff_t>(pyc->trailing_size), bytes->end());
  if (*written == *bytes) return;
  std::size_t at = 0;
  while (at < written->size() && at < bytes->size() && (*written)[at] == (*bytes)[at]) ++at;
  fail(totals, path, "differs at byte " + std::to_string(at));
}

}  // namespace

int main(int argc, char** argv) {
  Totals totals;
  bool time = false;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    if (path == "--time") {
      time = true;
    } else if (fs::is_directory(path)) {
      for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.path().extension() == ".pyc") check(entry.path().string(), totals);
      }
    } else {
      check(path, totals);
    }
  }
  std::printf("%zu files, %zu bytes, %zu failed\n", totals.files, totals.bytes, totals.failed);
  if (time) {
    const auto ms = [](std::chrono::nanoseconds t) { return static_cast<double>(t.count()) / 1e6; };
    std::printf("reading %.1f ms, writing %.1f ms\n", ms(totals.reading), ms(totals.writing));
  }
  return totals.failed == 0 && totals.files != 0 ? 0 : 1;
}
