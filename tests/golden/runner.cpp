// golden_runner [--update] FOLDER [FILTER...]: runs every *.test below FOLDER (whose path holds one of the filters)
// through run_ouro, in this process, each in an empty folder of its own. Exit status 1 when any differs.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "golden_file.h"

namespace fs = std::filesystem;
namespace golden = ouro::golden;

namespace {

std::map<std::string, std::string> case_environment;  // NOLINT: Io wants a plain function

const char* environment(const char* name) {
  const auto found = case_environment.find(name);
  return found == case_environment.end() ? nullptr : found->second.c_str();
}

std::string read_all(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_all(const fs::path& path, std::string_view content) {
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

struct Results {
  std::string out;
  std::string err;
  int status = 0;
};

class Case {
 public:
  Case(fs::path path, fs::path tests) : path_(std::move(path)), tests_(std::move(tests)) {}

  /// Runs it; true when everything is as the file says.
  bool run(bool update) {
    file_ = golden::parse(read_all(path_));
    case_environment.clear();
    for (const golden::Section& section : file_.sections) {
      if (section.key == "INPUT" && !prepare(section)) return false;
      if (section.key != "ENV") continue;
      const std::size_t equals = section.head.find('=');
      case_environment[section.head.substr(0, equals)] =
          equals == std::string::npos ? "" : section.head.substr(equals + 1);
    }
    const golden::Section* args = file_.find("ARGS");
    if (args == nullptr) return complain("has no # ARGS:");
    run_command(golden::split_words(args->head));
    return update ? rewrite() : compare();
  }

 private:
  bool complain(const std::string& what) {
    std::printf("%s: %s\n", path_.c_str(), what.c_str());
    return false;
  }

  bool prepare(const golden::Section& section) {
    const std::vector<std::string> words = golden::split_words(section.head);
    if (words.empty()) return complain("# INPUT: needs a name");
    std::string content = section.body;
    long mtime = -1;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (word == "base64") {
        const std::optional<std::string> bytes = golden::decode_base64(section.body);
        if (!bytes) return complain(words[0] + " is no base64");
        content = *bytes;
      } else if (word.starts_with("from=")) {
        const fs::path source = tests_ / word.substr(5);
        if (!fs::is_regular_file(source)) return complain("there is no " + source.string());
        content = read_all(source);
      } else if (word.starts_with("mtime=")) {
        mtime = std::strtol(word.c_str() + 6, nullptr, 10);
      } else {
        return complain("# INPUT: does not know '" + word + "'");
      }
    }
    if (words[0] == "-") {
      input_ = content;
      return true;
    }
    write_all(words[0], content);
    if (mtime >= 0) {
      const timespec times[2] = {{mtime, 0}, {mtime, 0}};
      if (::utimensat(AT_FDCWD, words[0].c_str(), times, 0) != 0) return complain("can't set the time of " + words[0]);
    }
    return true;
  }

  void run_command(const std::vector<std::string>& words) {
    ouro::cli::Output out(&results_.out);
    ouro::cli::Output err(&results_.err);
    ouro::cli::Io io{.out = out, .err = err, .input = &input_, .environment = environment};
    results_.status = ouro::cli::run_ouro(words, io);
  }

  /// What the command's results are, in the form of the file; sections with nothing in them are left out.
  golden::GoldenFile actual() {
    golden::GoldenFile result{file_.preamble, {}};
    for (const golden::Section& section : file_.sections) {
      if (section.key == "ARGS" || section.key == "ENV" || section.key == "INPUT") result.sections.push_back(section);
    }
    if (!results_.out.empty()) result.sections.push_back({"STDOUT", "", results_.out});
    if (!results_.err.empty()) result.sections.push_back({"STDERR", "", results_.err});
    for (const golden::Section& section : file_.sections) {
      if (section.key != "FILE") continue;
      const std::vector<std::string> words = golden::split_words(section.head);
      std::string content = words.empty() || !fs::exists(words[0]) ? "(missing)" : read_all(words[0]);
      if (words.size() > 1 && words[1] == "base64" && content != "(missing)") content = golden::encode_base64(content);
      result.sections.push_back({"FILE", section.head, content});
    }
    if (results_.status != 0) result.sections.push_back({"EXIT", std::to_string(results_.status), ""});
    return result;
  }

  bool compare() {
    const golden::GoldenFile result = actual();
    const std::string got = golden::print(result);
    golden::GoldenFile expected = file_;
    std::erase_if(expected.sections, [](const golden::Section& s) {
      return (s.key == "EXIT" && s.head == "0") || ((s.key == "STDOUT" || s.key == "STDERR") && s.body.empty());
    });
    // Same order as actual(): what goes in, then STDOUT, STDERR, FILE, EXIT.
    const auto rank = [](const golden::Section& s) {
      if (s.key == "STDOUT") return 1;
      if (s.key == "STDERR") return 2;
      if (s.key == "FILE") return 3;
      return s.key == "EXIT" ? 4 : 0;
    };
    std::stable_sort(expected.sections.begin(), expected.sections.end(),
                     [&](const golden::Section& a, const golden::Section& b) { return rank(a) < rank(b); });
    const std::string wanted = golden::print(expected);
    if (got == wanted) return true;
    return complain("differs\n" + difference(wanted, got));
  }

  /// The first lines that differ, with one line of context.
  static std::string difference(const std::string& wanted, const std::string& got) {
    const auto lines = [](const std::string& text) {
      std::vector<std::string> result(1);
      for (const char c : text) {
        if (c == '\n') {
          result.emplace_back();
        } else {
          result.back().push_back(c);
        }
      }
      return result;
    };
    const std::vector<std::string> a = lines(wanted);
    const std::vector<std::string> b = lines(got);
    std::size_t at = 0;
    while (at < a.size() && at < b.size() && a[at] == b[at]) ++at;
    std::string text;
    if (at > 0) text += "    " + a[at - 1] + "\n";
    for (std::size_t i = at; i < std::min(a.size(), at + 8); ++i) text += "  - " + a[i] + "\n";
    for (std::size_t i = at; i < std::min(b.size(), at + 8); ++i) text += "  + " + b[i] + "\n";
    return text;
  }

  bool rewrite() {
    const std::string text = golden::print(actual());
    if (text != read_all(path_)) {
      write_all(path_, text);
      std::printf("%s: rewritten\n", path_.c_str());
    }
    return true;
  }

  fs::path path_;
  fs::path tests_;  // what from= is relative to
  golden::GoldenFile file_;
  std::string input_;
  Results results_;
};

}  // namespace

int main(int argc, char** argv) {
  bool update = false;
  fs::path folder;
  std::vector<std::string> filters;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--update") {
      update = true;
    } else if (folder.empty()) {
      folder = fs::absolute(word).lexically_normal();
    } else {
      filters.push_back(word);
    }
  }
  if (folder.empty() || !fs::is_directory(folder)) {
    std::fprintf(stderr, "usage: golden_runner [--update] FOLDER [FILTER...]\n");
    return 2;
  }
  std::vector<fs::path> cases;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    const bool wanted = filters.empty() || std::any_of(filters.begin(), filters.end(), [&](const std::string& filter) {
      return path.find(filter) != std::string::npos;
    });
    if (entry.path().extension() == ".test" && wanted) cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  std::string scratch = (fs::temp_directory_path() / "ouro_golden_XXXXXX").string();
  if (::mkdtemp(scratch.data()) == nullptr) return 2;
  std::size_t failed = 0;
  std::size_t number = 0;
  for (const fs::path& path : cases) {
    const fs::path place = fs::path(scratch) / std::to_string(number++);
    fs::create_directory(place);
    fs::current_path(place);
    if (!Case(path, folder.parent_path()).run(update)) ++failed;
  }
  fs::current_path("/");
  fs::remove_all(scratch);
  std::printf("%zu golden tests, %zu failed\n", cases.size(), failed);
  return failed == 0 && !cases.empty() ? 0 : 1;
}
