// A program for differential tests: compiles the files whose paths come one a line on standard input ("OPTIMIZE
// PATH") and writes for each: 8 hex digits of length, marshalled code. Length 0: refused. With --time N it compiles
// everything N times and prints how long that took. Not installed.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "compile/compile.h"
#include "marshal/writer.h"
#include "support/file.h"
#include "version/facts.h"

namespace {

using namespace ouro;

struct Source {
  int optimize;
  std::string path;
  std::vector<std::uint8_t> bytes;
};

std::vector<std::uint8_t> run(const Source& source, const marshal::Layout& layout) {
  compile::CompileOptions options;
  options.optimize = source.optimize;
  options.filename = source.path;
  const std::string_view text(reinterpret_cast<const char*>(source.bytes.data()), source.bytes.size());
  const compile::CompileResult result = compile::compile_bytes(text, options);
  if (!result.code) return {};
  auto bytes = marshal::write(result.code->pool, result.code->root, layout);
  return bytes ? std::move(*bytes) : std::vector<std::uint8_t>{};
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 2 && std::string(argv[1]) == "--time" ? std::atoi(argv[2]) : 0;
  const marshal::Layout layout = marshal::layout_of(*version::find_facts(PythonVersion{3, 13}));
  std::vector<Source> sources;
  std::string line;
  while (std::getline(std::cin, line)) {
    Source source{line[0] - '0', line.substr(2), {}};
    if (auto bytes = support::read_file(source.path)) source.bytes = std::move(*bytes);
    sources.push_back(std::move(source));
  }
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    std::size_t size = 0;
    for (const Source& source : sources) size += run(source, layout).size();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("%zu files, %zu bytes, %.3f s\n", sources.size(), size, took.count());
  }
  if (rounds > 0) return 0;
  for (const Source& source : sources) {
    const std::vector<std::uint8_t> bytes = run(source, layout);
    std::printf("%08zx", bytes.size());
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  }
  return 0;
}
