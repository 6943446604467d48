#include "support/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace ouro::support {
namespace {

using namespace std::string_view_literals;

TEST(JsonWriter, NestsAndSeparates) {
  std::string out;
  JsonWriter json(out);
  json.object();
  json.field("a", 1);
  json.key("b");
  json.array();
  json.boolean(true);
  json.null();
  json.array();
  json.end();
  json.end();
  json.field("c", "x");
  json.end();
  EXPECT_TRUE(json.done());
  EXPECT_EQ(out, R"({"a":1,"b":[true,null,[]],"c":"x"})");
}

TEST(JsonWriter, IndentsWhenAsked) {
  std::string out;
  JsonWriter json(out, JsonWriter::Style::Indented);
  json.object();
  json.key("a");
  json.array();
  json.integer(-1);
  json.integer(2);
  json.end();
  json.end();
  EXPECT_EQ(out, "{\n  \"a\": [\n    -1,\n    2\n  ]\n}");
}

TEST(JsonWriter, EscapesWhatJsonCannotHold) {
  std::string out;
  append_json_string(out, "\"\\\n\x01\x7F" "h\xC3\xA9\xF0\x9F\x98\x80\xED\xA0\x80|\xFF|"sv);
  EXPECT_EQ(out, "\"\\\"\\\\\\n\\u0001\\u007fh\xC3\xA9\xF0\x9F\x98\x80\\ud800|\xEF\xBF\xBD|\"");
}

TEST(JsonWriter, SpellsNumbersThatReadBack) {
  std::string out;
  JsonWriter json(out);
  json.array();
  json.number(0.1);
  json.number(1e16);
  json.number(std::numeric_limits<double>::infinity());
  json.unsigned_integer(std::numeric_limits<std::uint64_t>::max());
  json.integer(std::numeric_limits<std::int64_t>::min());
  json.end();
  EXPECT_EQ(out, R"([0.1,1e+16,"inf",18446744073709551615,-9223372036854775808])");
}

}  // namespace
}  // namespace ouro::support
