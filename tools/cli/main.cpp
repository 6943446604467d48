#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "command.h"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is no error: Output stops writing
  std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  // Called as ouro-python (what sys.executable names), it takes python3.13's arguments.
  const std::string_view self = argc > 0 ? argv[0] : "";
  if (self.substr(self.find_last_of('/') + 1) == "ouro-python") words.insert(words.begin(), "python");
  ouro::cli::Output out(1);
  ouro::cli::Output err(2);
  ouro::cli::Io io{.out = out, .err = err};
  return ouro::cli::run_ouro(words, io);
}
