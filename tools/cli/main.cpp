#include <csignal>
#include <string>
#include <vector>

#include "command.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is no error: Output stops writing
  const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  ouro::cli::Output out(1);
  ouro::cli::Output err(2);
  ouro::cli::Io io{.out = out, .err = err};
  return ouro::cli::run_ouro(words, io);
}
