// The cache module against a real file system, with a toy compiler: what stands in for code is the source reversed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>

#include "cache/atomic_write.h"
#include "cache/cache_state.h"
#include "cache/clean.h"
#include "cache/compile_tree.h"
#include "cache/freshness.h"
#include "cache/tree_walk.h"
#include "marshal/writer.h"

namespace ouro::cache {
namespace {

namespace fs = std::filesystem;

class CacheTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "ouro-cache-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    options_.file.target = version::find_facts({3, 13});
    options_.file.compile = [this](const CompileInput& input) { return toy_compile(input); };
    options_.print = [this](std::string_view text) { output_ += text; };
  }
  void TearDown() override { fs::remove_all(root_); }

  tl::expected<CompiledSource, CompileFailure> toy_compile(const CompileInput& input) {
    ++compilations_;
    const std::string_view text = support::as_text(input.source);
    if (text.find("bad") != std::string_view::npos) return tl::unexpected(CompileFailure{"SyntaxError: bad\n", {}});
    // A real code object, so that inspections can read it back.
    ConstantPool pool;
    CodeObject code;
    code.code = code.linetable = code.exceptiontable = code.localspluskinds = pool.add_bytes({});
    code.consts = code.names = code.localsplusnames = pool.add_sequence(ConstKind::Tuple, {});
    code.filename = pool.add_str(input.filename);
    code.name = code.qualname = pool.add_str(text.substr(0, 40));
    const ConstId id = pool.add_code(code);
    auto bytes = marshal::write(pool, id, marshal::layout_of({3, 13}));
    EXPECT_TRUE(bytes);
    return CompiledSource{*bytes, {}};
  }

  std::string path(const std::string& name) const { return root_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text, std::int64_t mtime = 1600000000) {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
    const timespec times[2] = {{mtime, 0}, {mtime, 0}};
    ::utimensat(AT_FDCWD, path(name).c_str(), times, 0);
    return path(name);
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  TreeSummary compile() { return compile_trees({root_}, options_); }
  CacheEntry inspect(const std::string& name, bool deep = false) {
    InspectOptions options{.target = options_.file.target, .cache_prefix = {}, .compile = {}};
    if (deep) options.compile = options_.file.compile;
    return inspect_cache(path(name), options);
  }

  std::string root_;
  CompileTreeOptions options_;
  std::string output_;
  std::atomic<int> compilations_{0};
};

constexpr const char* kCache = "__pycache__/a.cpython-313.pyc";

TEST_F(CacheTest, WritesHeaderWithTimeAndSize) {
  write("a.py", "x = 1\n");
  EXPECT_EQ(compile().compiled, 1U);
  const std::string bytes = read(kCache);
  ASSERT_GE(bytes.size(), 16U);
  EXPECT_EQ(bytes.substr(0, 8), std::string("\xf3\x0d\x0d\x0a\0\0\0\0", 8));
  EXPECT_EQ(bytes.substr(8, 8), std::string("\0\x10\x5e\x5f\x06\0\0\0", 8));
}

TEST_F(CacheTest, CompilesOnlyWhatIsStale) {
  write("a.py", "x = 1\n");
  write("p/b.py", "y = 1\n");
  EXPECT_EQ(compile().compiled, 2U);
  EXPECT_EQ(compile().fresh, 2U);
  write("a.py", "x = 22\n");  // the same time, another size
  EXPECT_EQ(compile().compiled, 1U);
  write("p/b.py", "y = 2\n", 1600000007);
  EXPECT_EQ(compile().compiled, 1U);
  options_.file.force = true;
  EXPECT_EQ(compile().compiled, 2U);
}

TEST_F(CacheTest, HashCachesThatFitAreFresh) {
  options_.file.invalidation = marshal::Invalidation::CheckedHash;
  write("a.py", "x = 1\n");
  EXPECT_EQ(compile().compiled, 1U);
  write("a.py", "x = 1\n", 1700000000);
  EXPECT_EQ(compile().fresh, 1U);
  write("a.py", "x = 2\n", 1700000000);
  EXPECT_EQ(compile().compiled, 1U);
  EXPECT_EQ(inspect(kCache).state, CacheState::Fresh);
}

TEST_F(CacheTest, FailureLeavesTheOldCacheAndTheOthersDone) {
  write("a.py", "x = 1\n");
  write("b.py", "y = 1\n");
  EXPECT_EQ(compile().compiled, 2U);
  const std::string before = read(kCache);
  write("a.py", "bad\n", 1600000001);
  write("b.py", "y = 2\n", 1600000001);
  const TreeSummary summary = compile();
  EXPECT_EQ(summary.compiled, 1U);
  ASSERT_EQ(summary.failed.size(), 1U);
  EXPECT_EQ(summary.failed[0].path, path("a.py"));
  EXPECT_EQ(read(kCache), before);
}

TEST_F(CacheTest, OutputIsTheSameForAnyNumberOfThreads) {
  for (int i = 0; i < 60; ++i) {
    write("d" + std::to_string(i % 7) + "/m" + std::to_string(i) + ".py", i % 9 == 0 ? "bad\n" : "x\n");
  }
  options_.file.force = true;
  EXPECT_EQ(compile().failed.size(), 7U);
  const std::string serial = output_;
  output_.clear();
  options_.threads = 8;
  EXPECT_EQ(compile().failed.size(), 7U);
  EXPECT_EQ(output_, serial);
}

TEST_F(CacheTest, StopEndsBetweenTwoFiles) {
  write("a.py", "x\n");
  write("b.py", "x\n");
  std::atomic<bool> stop{false};
  options_.stop = &stop;
  options_.progress = [&](std::size_t, std::string_view) { stop = true; };
  const TreeSummary summary = compile();
  EXPECT_TRUE(summary.interrupted);
  EXPECT_EQ(summary.compiled, 1U);
}

TEST_F(CacheTest, RefusesToReplaceALink) {
  write("a.py", "x\n");
  fs::create_directory(path("__pycache__"));
  fs::create_symlink("elsewhere", path(kCache));
  const TreeSummary summary = compile();
  ASSERT_EQ(summary.failed.size(), 1U);
  EXPECT_NE(summary.failed[0].text.find("FileExistsError: "), std::string::npos);
  EXPECT_TRUE(fs::is_symlink(path(kCache)));
  EXPECT_EQ(compilations_, 0);
}

TEST_F(CacheTest, HardLinksCachesOfTheSameBytes) {
  write("a.py", "x\n");
  options_.file.optimize = {0, 1, 2};
  options_.file.hardlink_duplicates = true;
  EXPECT_EQ(compile().compiled, 1U);
  EXPECT_EQ(fs::hard_link_count(path(kCache)), 3U);
}

TEST_F(CacheTest, DryRunWritesNothing) {
  write("a.py", "x\n");
  options_.file.dry_run = true;
  EXPECT_EQ(compile().compiled, 1U);
  EXPECT_FALSE(fs::exists(path("__pycache__")));
  EXPECT_EQ(compilations_, 0);
}

TEST_F(CacheTest, TellsEachState) {
  write("a.py", "x = 1\n");
  compile();
  EXPECT_EQ(inspect(kCache).state, CacheState::Fresh);
  EXPECT_EQ(inspect(kCache, true).state, CacheState::Fresh);
  const std::string good = read(kCache);

  write("a.py", "x = 1\n", 1600000009);
  EXPECT_EQ(inspect(kCache).state, CacheState::Stale);
  EXPECT_EQ(inspect(kCache).detail, "source time differs");
  write("a.py", "x = 9\n");  // the same time and size: only compiling again shows it
  EXPECT_EQ(inspect(kCache).state, CacheState::Fresh);
  EXPECT_EQ(inspect(kCache, true).state, CacheState::Mismatched);

  write(kCache, good.substr(0, good.size() - 3));
  EXPECT_EQ(inspect(kCache).state, CacheState::Damaged);
  EXPECT_NE(inspect(kCache).detail.find("marshal.truncated at byte"), std::string::npos);
  write(kCache, "\xcb\x0d\x0d\x0a" + good.substr(4));
  EXPECT_EQ(inspect(kCache).state, CacheState::Foreign);
  EXPECT_EQ(inspect(kCache).detail, "CPython 3.12");
  write(kCache, "");
  EXPECT_EQ(inspect(kCache).state, CacheState::Damaged);

  write("__pycache__/gone.cpython-313.pyc", good);
  EXPECT_EQ(inspect("__pycache__/gone.cpython-313.pyc").state, CacheState::Orphaned);
  write("only.pyc", good);
  EXPECT_EQ(inspect("only.pyc").state, CacheState::Sourceless);
  write(std::string(kCache) + ".4711", "half");
  EXPECT_EQ(inspect(std::string(kCache) + ".4711").state, CacheState::Leftover);
}

TEST_F(CacheTest, CleanKeepsWhatIsNoCache) {
  write("__pycache__/notes.txt", "mine");
  EXPECT_FALSE(is_cache_name("notes.txt"));
  EXPECT_FALSE(remove_empty_pycache(path("__pycache__")));
  fs::remove(path("__pycache__/notes.txt"));
  EXPECT_TRUE(remove_empty_pycache(path("__pycache__")));
  fs::create_directory(path("empty"));
  EXPECT_FALSE(remove_empty_pycache(path("empty")));
}

TEST_F(CacheTest, WalkNeitherFollowsDirectoryLinksNorEntersPycache) {
  write("a.py", "x\n");
  write("sub/b.py", "x\n");
  write("__pycache__/c.py", "x\n");
  fs::create_directory_symlink("..", path("sub/up"));
  std::vector<std::string> files;
  for (const WalkStep& step : walk_tree(root_)) {
    if (step.kind == WalkStep::Kind::File) files.push_back(step.path);
  }
  EXPECT_EQ(files, (std::vector<std::string>{path("a.py"), path("sub/b.py")}));
}

TEST_F(CacheTest, WalkGivesFoldersBeforeTheirFilesInTheOrderOfNames) {
  write("b.py", "x\n");
  write("a/z.py", "x\n");
  write("a/deep/y.py", "x\n");
  write("c/notes.txt", "x\n");
  using Kind = WalkStep::Kind;
  std::vector<std::pair<Kind, std::string>> steps;
  TreeWalk walk(root_);
  while (const auto step = walk.next()) steps.emplace_back(step->kind, step->path);
  EXPECT_EQ(steps, (std::vector<std::pair<Kind, std::string>>{{Kind::Listing, root_},
                                                              {Kind::Listing, path("a")},
                                                              {Kind::Listing, path("a/deep")},
                                                              {Kind::File, path("a/deep/y.py")},
                                                              {Kind::File, path("a/z.py")},
                                                              {Kind::File, path("b.py")},
                                                              {Kind::Listing, path("c")}}));
  EXPECT_FALSE(walk.next().has_value()) << "after its end a walk stays there";
}

TEST_F(CacheTest, WalkKeepsToItsLevelsAndItsSuffix) {
  write("a.py", "x\n");
  write("one/b.pyc", "x\n");
  write("one/two/c.py", "x\n");
  write("__pycache__/d.pyc", "x\n");
  const auto files = [&](const WalkOptions& options) {
    std::vector<std::string> found;
    for (const WalkStep& step : walk_tree(root_, options)) {
      if (step.kind == WalkStep::Kind::File) found.push_back(step.path.substr(root_.size() + 1));
    }
    return found;
  };
  EXPECT_EQ(files({.max_levels = 0}), (std::vector<std::string>{"a.py"}));
  EXPECT_EQ(files({.max_levels = 1, .suffix = ""}), (std::vector<std::string>{"a.py", "one/b.pyc"}));
  EXPECT_EQ(files({.suffix = ".pyc", .enter_pycache = true}), (std::vector<std::string>{"__pycache__/d.pyc", "one/b.pyc"}));
}

TEST_F(CacheTest, WalkTellsOfWhatCannotBeListed) {
  TreeWalk walk(path("none"));
  EXPECT_EQ(walk.next()->kind, WalkStep::Kind::Listing);
  const auto step = walk.next();
  ASSERT_TRUE(step.has_value());
  EXPECT_EQ(step->kind, WalkStep::Kind::CannotList);
  EXPECT_EQ(step->error, ENOENT);
  EXPECT_EQ(step->path, path("none"));
  EXPECT_FALSE(walk.next().has_value());
}

TEST_F(CacheTest, FailedWriteLeavesNoTemporaryFile) {
  write("taken/inside", "x");
  const std::string bytes = "new";
  EXPECT_TRUE(write_atomic(path("taken"), support::as_bytes(bytes), 0644));  // a directory is in the way
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), fs::directory_iterator()), 1);
}

TEST(PathRepr, AsCPythonShowsNames) {
  EXPECT_EQ(path_repr("it's"), "\"it's\"");
  EXPECT_EQ(path_repr("a'b\"c"), "'a\\'b\"c'");
  EXPECT_EQ(path_repr("\xff\n"), "'\\udcff\\n'");
}

}  // namespace
}  // namespace ouro::cache
