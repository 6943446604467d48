#include <cstdio>
#include <fstream>
#include <iterator>
#include <ouro/ouro.h>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::ifstream stream(argv[1], std::ios::binary);
  const std::vector<char> chars{std::istreambuf_iterator<char>(stream), {}};
  const std::vector<std::uint8_t> bytes(chars.begin(), chars.end());
  const auto file = ouro::PycFile::read(bytes);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.failure().message.c_str());
    return 1;
  }
  std::printf("ouro %s: Python %s, %zu nested code objects, %s\n", std::string(ouro::library_version()).c_str(),
              file->version().c_str(), file->module().nested().size(),
              file->write().value() == bytes ? "same bytes" : "other bytes");
  return 0;
}
