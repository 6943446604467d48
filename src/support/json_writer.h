// Streaming JSON: what goes in is written at once, correctly escaped; nothing is built up in memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::support {

/// Appends one JSON value to a string that it does not own. Calls must nest as JSON does (asserted):
///   json.object(); json.key("name"); json.string("spam"); json.end();
/// Strings are UTF-8; lone surrogates become \udXXX escapes and malformed bytes U+FFFD. Numbers that JSON can't
/// spell (inf, nan) become strings.
class JsonWriter {
 public:
  enum class Style : std::uint8_t { Compact, Indented };
  explicit JsonWriter(std::string& out, Style style = Style::Compact) : out_(out), style_(style) {}

  void object() { open('{'); }
  void array() { open('['); }
  /// Closes the innermost object or array.
  void end();

  void key(std::string_view name);
  void string(std::string_view text);
  void integer(std::int64_t value);
  void unsigned_integer(std::uint64_t value);
  void number(double value);
  void boolean(bool value);
  void null();
  /// Text that is JSON already (a big integer's digits).
  void raw(std::string_view json);

  // key and value in one.
  void field(std::string_view name, std::string_view value) { key(name), string(value); }
  void field(std::string_view name, const char* value) { key(name), string(value); }
  void field(std::string_view name, std::int64_t value) { key(name), integer(value); }
  void field(std::string_view name, std::int32_t value) { key(name), integer(value); }
  void field(std::string_view name, std::uint64_t value) { key(name), unsigned_integer(value); }
  void field(std::string_view name, std::uint32_t value) { key(name), unsigned_integer(value); }
  void field(std::string_view name, bool value) { key(name), boolean(value); }

  /// Nothing is open.
  [[nodiscard]] bool done() const { return levels_.empty(); }

 private:
  struct Level {
    char close;
    bool empty = true;
  };
  void open(char bracket);
  void before_value();
  void new_line();

  std::string& out_;
  Style style_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

/// `text` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace ouro::support
