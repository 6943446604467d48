// mutate [--count N] [--seed S] [--only I] [--max-mib M] COMMAND FILE|DIR...
// Damages real files at random (1 to 16 bytes changed, truncated, a piece of another file spliced in) and gives each to
// `ouro COMMAND -` in this process: any exit status will do, a crash or a run of more than 10 seconds will not, nor
// more memory than M MiB at the peak (64 when not given). COMMAND is "info", "dis" or the built-in "roundtrip" (what
// marshal reads it must write back). Run I of seed S is always the same: --only I repeats it.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "command.h"
#include "marshal/pyc.h"
#include "support/file.h"

namespace {

namespace fs = std::filesystem;

volatile std::sig_atomic_t current_run = 0;  // for the handler

void report_and_die(int signal) {
  char text[96];
  const int size = std::snprintf(text, sizeof text, "signal %d in run %d: repeat it with --only %d\n", signal,
                                 static_cast<int>(current_run), static_cast<int>(current_run));
  if (size > 0) (void)!::write(2, text, static_cast<std::size_t>(size));
  std::_Exit(1);
}

struct Settings {
  unsigned count = 1000;
  unsigned seed = 1;
  long only = -1;
  long max_mib = 64;
  std::string command;
  std::vector<std::string> files;
};

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t limit) { return limit == 0 ? 0 : random() % limit; }

std::string read_one(const Settings& settings, Random& random) {
  const auto bytes = ouro::support::read_file(settings.files[below(random, settings.files.size())]);
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

std::string mutated(const Settings& settings, Random& random) {
  std::string bytes = read_one(settings, random);
  // The magic number stays mostly: behind a bad one there is nothing to test.
  const std::size_t start = below(random, 16) == 0 ? 0 : 4;
  if (bytes.size() <= start) return bytes;
  switch (below(random, 4)) {
    case 0: bytes.resize(start + below(random, bytes.size() - start)); break;
    case 1: {
      const std::string other = read_one(settings, random);
      const std::size_t from = below(random, other.size());
      const std::size_t size = below(random, std::min<std::size_t>(other.size() - from, 4096) + 1);
      const std::size_t at = start + below(random, bytes.size() - start);
      if (below(random, 2) == 0) {
        bytes.insert(at, other, from, size);
      } else {
        bytes.replace(at, std::min(size, bytes.size() - at), other, from, size);
      }
      break;
    }
    default:
      for (std::size_t changes = 1 + below(random, 16); changes > 0; --changes) {
        bytes[start + below(random, bytes.size() - start)] = static_cast<char>(random());
      }
  }
  return bytes;
}

/// False when marshal writes back something else than it read.
bool round_trips(const std::string& bytes) {
  const auto pyc = ouro::marshal::read_pyc(ouro::support::as_bytes(bytes));
  if (!pyc || !pyc->value.is_exact) return true;
  const auto written = ouro::marshal::write_pyc(pyc->header, pyc->value.pool, pyc->value.root);
  return written && written->size() + pyc->trailing_size == bytes.size() &&
         std::equal(written->begin(), written->end(), ouro::support::as_bytes(bytes).begin());
}

/// The exit status of `ouro COMMAND -`.
int run_command(const std::string& command, const std::string& bytes) {
  const int nowhere = 3;  // /dev/null, opened by main
  ouro::cli::Output out(nowhere);
  ouro::cli::Output err(nowhere);
  ouro::cli::Io io{.out = out, .err = err, .input = &bytes};
  return ouro::cli::run_ouro(std::vector<std::string>{command, "-"}, io);
}

bool parse(int argc, char** argv, Settings& settings) {
  std::vector<std::string> words(argv + 1, argv + argc);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto number = [&] { return ++i < words.size() ? std::strtol(words[i].c_str(), nullptr, 10) : 0; };
    if (word == "--count") {
      settings.count = static_cast<unsigned>(number());
    } else if (word == "--seed") {
      settings.seed = static_cast<unsigned>(number());
    } else if (word == "--only") {
      settings.only = number();
    } else if (word == "--max-mib") {
      settings.max_mib = number();
    } else if (settings.command.empty()) {
      settings.command = word;
    } else if (fs::is_directory(word)) {
      for (const auto& entry : fs::recursive_directory_iterator(word)) {
        if (entry.path().extension() == ".pyc") settings.files.push_back(entry.path().string());
      }
    } else {
      settings.files.push_back(word);
    }
  }
  std::sort(settings.files.begin(), settings.files.end());
  return !settings.files.empty();
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  if (!parse(argc, argv, settings)) {
    std::fprintf(stderr, "usage: mutate [--count N] [--seed S] [--only I] [--max-mib M] COMMAND FILE|DIR...\n");
    return 2;
  }
  if (std::freopen("/dev/null", "r", stdin) == nullptr) return 2;
  FILE* null = std::fopen("/dev/null", "w");
  if (null == nullptr || ::dup2(::fileno(null), 3) != 3) return 2;
  for (const int signal : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGALRM}) std::signal(signal, report_and_die);
  unsigned accepted = 0;
  double slowest = 0;
  unsigned slowest_run = 0;
  for (unsigned run = 0; run < settings.count; ++run) {
    if (settings.only >= 0 && run != static_cast<unsigned>(settings.only)) continue;
    current_run = static_cast<int>(run);
    Random random((std::uint64_t{settings.seed} << 32U) + run);
    const std::string bytes = mutated(settings, random);
    const auto start = std::chrono::steady_clock::now();
    ::alarm(10);
    if (settings.command == "roundtrip") {
      if (!round_trips(bytes)) report_and_die(0);
      ++accepted;
    } else if (run_command(settings.command, bytes) == 0) {
      ++accepted;
    }
    ::alarm(0);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (seconds > slowest) {
      slowest = seconds;
      slowest_run = run;
    }
  }
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const long mib = usage.ru_maxrss / 1024;
  std::printf("%s: %u runs over %zu files, %u accepted, slowest %.3f s (run %u), peak memory %ld MiB\n",
              settings.command.c_str(), settings.count, settings.files.size(), accepted, slowest, slowest_run, mib);
  return mib <= settings.max_mib ? 0 : 1;
}
