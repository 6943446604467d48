#include "marshal/cache_path.h"

#include <gtest/gtest.h>

namespace ouro::marshal {
namespace {

const version::Facts& facts(std::uint8_t major, std::uint8_t minor) { return *version::find_facts({major, minor}); }

struct CacheCase {
  const char* source;
  const char* optimization;
  const char* prefix;
  const char* cache;
};
// What importlib of CPython 3.13.0 says in /usr/lib (3.8 to 3.12 say the same).
constexpr CacheCase kCacheCases[] = {
    {"/spam.py", "", "", "__pycache__/spam.cpython-313.pyc"},
    {"spam.py", "", "", "__pycache__/spam.cpython-313.pyc"},
    {"spam.py", "2", "", "__pycache__/spam.cpython-313.opt-2.pyc"},
    {"a/spam.py", "", "", "a/__pycache__/spam.cpython-313.pyc"},
    {"/a/b/spam.py", "", "", "/a/b/__pycache__/spam.cpython-313.pyc"},
    {"spam", "", "", "__pycache__/spamcpython-313.pyc"},
    {"spam", "2", "", "__pycache__/spamcpython-313.opt-2.pyc"},
    {".spam", "", "", "__pycache__/spam.cpython-313.pyc"},
    {"a.b/spam", "", "", "a.b/__pycache__/spamcpython-313.pyc"},
    {"a/.x.y.py", "", "", "a/__pycache__/.x.y.cpython-313.pyc"},
    {"./spam.py", "", "", "./__pycache__/spam.cpython-313.pyc"},
    {"../spam.py", "", "", "../__pycache__/spam.cpython-313.pyc"},
    {"a//spam.py", "", "", "a/__pycache__/spam.cpython-313.pyc"},
    {"/a/", "", "", "/a/__pycache__/cpython-313.pyc"},
    {"", "", "", "__pycache__/cpython-313.pyc"},
    {"spam.pyw", "", "", "__pycache__/spam.cpython-313.pyc"},
    {"/spam.py", "", "/c", "/c/usr/lib/spam.cpython-313.pyc"},
    {"spam.py", "", "/c", "/c/usr/lib/spam.cpython-313.pyc"},
    {"spam.py", "2", "/c", "/c/usr/lib/spam.cpython-313.opt-2.pyc"},
    {"a/spam.py", "", "/c", "/c/usr/lib/a/spam.cpython-313.pyc"},
    {"/a/b/spam.py", "", "/c", "/c/a/b/spam.cpython-313.pyc"},
    {"spam", "", "/c", "/c/usr/lib/spamcpython-313.pyc"},
    {"spam", "2", "/c", "/c/usr/lib/spamcpython-313.opt-2.pyc"},
    {".spam", "", "/c", "/c/usr/lib/spam.cpython-313.pyc"},
    {"a.b/spam", "", "/c", "/c/usr/lib/a.b/spamcpython-313.pyc"},
    {"a/.x.y.py", "", "/c", "/c/usr/lib/a/.x.y.cpython-313.pyc"},
    {"./spam.py", "", "/c", "/c/usr/lib/./spam.cpython-313.pyc"},
    {"../spam.py", "", "/c", "/c/usr/lib/../spam.cpython-313.pyc"},
    {"a//spam.py", "", "/c", "/c/usr/lib/a/spam.cpython-313.pyc"},
    {"/a/", "", "/c", "/c/a/cpython-313.pyc"},
    {"", "", "/c", "/c/usr/lib/cpython-313.pyc"},
    {"spam.pyw", "", "/c", "/c/usr/lib/spam.cpython-313.pyc"},
};

struct SourceCase {
  const char* cache;
  const char* prefix;
  const char* source;  // "" where CPython raises ValueError
};
constexpr SourceCase kSourceCases[] = {
    {"/__pycache__/spam.cpython-313.pyc", "", "spam.py"},
    {"__pycache__/spam.x.pyc", "", "spam.py"},
    {"a/__pycache__/spam.x.opt-1.pyc", "", "a/spam.py"},
    {"a/spam.x.pyc", "", ""},
    {"/c/a/b/spam.x.pyc", "", ""},
    {"/c/spam.x.pyc", "", ""},
    {"/cc/spam.x.pyc", "", ""},
    {"a/__pycache__/spam.pyc", "", ""},
    {"a/__pycache__/spam.x.opt-.pyc", "", ""},
    {"a/__pycache__/spam.x.pot-1.pyc", "", ""},
    {"a/__pycache__/s.p.a.m.pyc", "", ""},
    {"//__pycache__/spam.x.pyc", "", "/spam.py"},
    {"c/a/spam.x.pyc", "", ""},
    {"/c/a/b/spam.x.pyc", "/c", "/a/b/spam.py"},
    {"/c/spam.x.pyc", "/c", ""},
    {"/cc/spam.x.pyc", "/c", ""},
    {"c/a/spam.x.pyc", "/c", ""},
    {"/c/a/b/spam.x.pyc", "/c/", "/a/b/spam.py"},
    {"/c/spam.x.pyc", "/c/", ""},
    {"/cc/spam.x.pyc", "/c/", ""},
    {"c/a/spam.x.pyc", "/c/", ""},
    {"/c/a/b/spam.x.pyc", "c", ""},
    {"/c/spam.x.pyc", "c", ""},
    {"/cc/spam.x.pyc", "c", ""},
    {"c/a/spam.x.pyc", "c", "/a/spam.py"},
};

TEST(CachePath, FindsTheCacheAsImportlibDoes) {
  for (const CacheCase& c : kCacheCases) {
    const auto path = cache_from_source(c.source, facts(3, 13),
                                        {.optimization = c.optimization, .pycache_prefix = c.prefix,
                                         .current_directory = "/usr/lib"});
    ASSERT_TRUE(path) << c.source;
    EXPECT_EQ(*path, c.cache) << c.source << " below " << c.prefix;
  }
}

TEST(CachePath, FindsTheSourceAsImportlibDoes) {
  for (const SourceCase& c : kSourceCases) {
    const auto name = source_from_cache(c.cache, c.prefix);
    EXPECT_EQ(name ? name->source : "", c.source) << c.cache << " below " << c.prefix;
  }
}

TEST(CachePath, TakesTheNameApart) {
  const auto name = source_from_cache("a/__pycache__/spam.cpython-38.opt-2.pyc");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->tag, "cpython-38");
  EXPECT_EQ(name->optimization, "2");
}

TEST(CachePath, NamesWhatIsWrong) {
  EXPECT_EQ(cache_from_source("a.py", facts(3, 13), {.optimization = "a-b"}).error().code, "cache.bad_optimization");
  EXPECT_EQ(source_from_cache("a/spam.x.pyc").error().code, "cache.not_in_pycache");
  EXPECT_EQ(source_from_cache("__pycache__/spam.pyc").error().code, "cache.bad_name");
  EXPECT_EQ(source_from_cache("__pycache__/spam.x.pot-1.pyc").error().code, "cache.bad_optimization");
}

TEST(CachePath, BeforePycacheTheCacheStandsBesideTheSource) {
  EXPECT_EQ(*cache_from_source("a/spam.py", facts(2, 7)), "a/spam.pyc");
  EXPECT_EQ(*cache_from_source("a/spam.py", facts(2, 7), {.optimization = "1"}), "a/spam.pyo");
}

struct HashCase {
  std::uint8_t minor;
  const char* source;
  const char* hash;
};
// _imp.source_hash(magic, source) of each CPython.
constexpr HashCase kHashCases[] = {
    {7, "", "85ee0caabd83b6a7"},          {7, "x = 1\n", "20329d810db227ea"},   {8, "x = 1\n", "1506f08f32bf3ff3"},
    {9, "x = 1\n", "f1d665a9e50fdffa"},   {10, "x = 1\n", "d94aade28c8cbebf"},  {11, "", "738d9cd5d5e87f73"},
    {11, "x = 1\n", "4c0372aa93f75252"},  {12, "x = 1\n", "1522561917f5df08"},  {13, "x = 1\n", "e786e2893651120e"},
    {14, "x = 1\n", "1db2b6325ca282a7"},  {15, "x = 1\n", "a8abdb6f34c441fd"},
};

TEST(SourceHash, IsWhatEachCPythonSays) {
  for (const HashCase& c : kHashCases) {
    std::string hex;
    for (const std::uint8_t byte : source_hash(support::as_bytes(c.source), facts(3, c.minor))) {
      constexpr char kDigits[] = "0123456789abcdef";
      hex += {kDigits[byte >> 4], kDigits[byte & 15]};
    }
    EXPECT_EQ(hex, c.hash) << "3." << static_cast<int>(c.minor);
  }
}

}  // namespace
}  // namespace ouro::marshal
