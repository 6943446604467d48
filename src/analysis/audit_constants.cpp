// Constants that hold code, compressed data or long encoded text, opened as far as the limits allow.
#include <algorithm>
#include <bit>

#include "analysis/audit_impl.h"
#include "marshal/layout.h"
#include "marshal/pyc.h"
#include "marshal/reader.h"

namespace ouro::analysis::audit {
namespace {

constexpr std::size_t kLeastEncoded = 200;  ///< characters of text that is worth a word
constexpr std::size_t kLeastPacked = 12;    ///< bytes below which a header means nothing

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '-' || c == '_';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The text without line ends, where it is base64 and nothing else would be: long, letters of both cases and digits.
std::optional<std::string> decode_base64(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    letters += c;
  }
  while (letters.ends_with('=')) letters.pop_back();
  bool upper = false, lower = false, digit = false;
  std::size_t kinds[256] = {};
  for (const char c : letters) {
    if (!is_base64(c)) return std::nullopt;
    upper = upper || (c >= 'A' && c <= 'Z');
    lower = lower || (c >= 'a' && c <= 'z');
    digit = digit || (c >= '0' && c <= '9');
    ++kinds[static_cast<unsigned char>(c)];
  }
  // Lists of words and alphabets are made of the same letters: encoded data has most of them, none too often.
  const auto distinct = static_cast<std::size_t>(std::count_if(std::begin(kinds), std::end(kinds), [](std::size_t n) { return n != 0; }));
  if (!upper || !lower || !digit || distinct < 24 || letters.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : letters) {
    const std::uint32_t value = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' || c == '-' ? 62U : 63U;
    bits = bits << 6U | value;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFFU);
  }
  return bytes;
}

std::optional<std::string> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high << 4 | low);
  }
  unsigned seen = 0;  // rows of one digit, of 0 and 1, are other things
  for (const char c : text) seen |= 1U << static_cast<unsigned>(hex_value(c));
  return std::popcount(seen) >= 10 ? std::optional(bytes) : std::nullopt;
}

std::string_view compression_of(std::string_view bytes) {
  if (bytes.size() < kLeastPacked) return {};
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (byte(0) == 0x78 && (byte(0) << 8 | byte(1)) % 31 == 0 && (byte(1) & 0x20U) == 0) return "zlib";
  if (bytes.starts_with("\x1f\x8b\x08")) return "gzip";
  if (bytes.starts_with("BZh") && byte(3) >= '1' && byte(3) <= '9' && bytes.substr(4, 6) == "1AY&SY") return "bzip2";
  if (bytes.starts_with(std::string_view("\xfd" "7zXZ\0", 6))) return "xz";
  return {};
}

class ConstantCheck {
 public:
  ConstantCheck(const CodeUnderAudit& code, std::uint32_t depth, Sink& sink) : code_(code), pool_(*code.side->pool), depth_(depth), sink_(sink) {}

  void run() {
    // Tuples and sets of constants too; shared ones once.
    std::vector<std::pair<ConstId, std::size_t>> stack;
    std::vector<ConstId> seen;
    for (std::size_t i = 0; i < code_.view.consts.size(); ++i) stack.emplace_back(code_.view.consts[i], i);
    constexpr std::size_t kMostConstants = 1000000;
    for (std::size_t looked_at = 0; !stack.empty() && looked_at < kMostConstants; ++looked_at) {
      const auto [id, index] = stack.back();
      stack.pop_back();
      const ConstKind kind = pool_.kind(id);
      if (kind == ConstKind::Str || kind == ConstKind::Bytes) {
        check(pool_.text(id), "constant " + std::to_string(index), depth_);
      } else if (kind == ConstKind::Tuple || kind == ConstKind::FrozenSet) {
        if (std::find(seen.begin(), seen.end(), id) != seen.end()) continue;
        if (pool_.height(id) > 2) continue;
        if (seen.size() < 1000) seen.push_back(id);
        for (const ConstId item : pool_.items(id)) stack.emplace_back(item, index);
      }
    }
  }

 private:
  void check(std::string_view bytes, const std::string& place, std::uint32_t depth) {
    if (bytes.size() < kLeastPacked) return;
    if (check_code(bytes, place, depth) || check_compressed(bytes, place, depth)) return;
    if (bytes.size() < kLeastEncoded) return;
    auto decoded = decode_hex(bytes);
    std::string_view how = "hexadecimal";
    if (!decoded) {
      decoded = decode_base64(bytes);
      how = "base64";
    }
    if (!decoded) return;
    note(AuditRule::ConstantEncoded, place + " is " + std::to_string(bytes.size()) + " characters of " + std::string(how));
    open(*decoded, place + " > " + std::string(how), depth);
  }

  void note(AuditRule rule, std::string message) { sink_.add(rule, code_, {}, std::move(message)); }

  void open(const std::string& content, const std::string& place, std::uint32_t depth) {
    if (depth + 1 >= sink_.options().max_depth || sink_.opened + content.size() > sink_.options().max_opened) {
      return note(AuditRule::TooDeep, place + " was not looked into: too deep, or too much");
    }
    sink_.opened += content.size();
    check(content, place, depth + 1);
  }

  // A code object of the same version, as it is or with a header.
  bool check_code(std::string_view bytes, const std::string& place, std::uint32_t depth) {
    const std::uint8_t type = static_cast<std::uint8_t>(bytes[0]) & ~code::kMarshalFlagRef;
    const bool has_header = bytes.substr(2, 2) == "\r\n";
    if (type != 'c' && !has_header) return false;
    constexpr std::size_t kLeastCode = 40;
    if (bytes.size() < kLeastCode) return false;
    CodeSide inner{code_.side->facts, nullptr, {}};
    std::optional<marshal::Pyc> pyc;
    std::optional<marshal::Marshalled> value;
    if (has_header) {
      auto read = marshal::read_pyc(support::as_bytes(bytes));
      if (!read) return false;
      pyc = std::move(*read);
      inner = {version::find_facts(pyc->header.version), &pyc->value.pool, pyc->value.root};
    } else {
      auto read = marshal::read(support::as_bytes(bytes), marshal::layout_of(*code_.side->facts));
      if (!read || read->pool.kind(read->root) != ConstKind::Code) return false;
      value = std::move(*read);
      inner.pool = &value->pool;
      inner.root = value->root;
    }
    note(AuditRule::ConstantCode, place + " is a marshalled code object, '" + std::string(text_or_empty(*inner.pool, inner.pool->code(inner.root).name).substr(0, 100)) + "'");
    if (inner.facts == nullptr) return true;
    if (depth + 1 >= sink_.options().max_depth || sink_.opened + bytes.size() > sink_.options().max_opened) {
      note(AuditRule::TooDeep, place + " was not looked into: too deep, or too much");
      return true;
    }
    sink_.opened += bytes.size();
    audit_tree(inner, code_.place + " > " + place + " > ", depth + 1, sink_);
    return true;
  }

  bool check_compressed(std::string_view bytes, const std::string& place, std::uint32_t depth) {
    const std::string_view method = compression_of(bytes);
    if (method.empty()) return false;
    const std::size_t left = sink_.options().max_opened - std::min(sink_.opened, sink_.options().max_opened);
    const auto content = sink_.options().decompress ? sink_.options().decompress(method, bytes, left) : std::nullopt;
    if (!content) {  // the two bytes of zlib can be chance, the marks of the others hardly
      if (method != "zlib") note(AuditRule::ConstantCompressed, place + " looks like " + std::string(method) + " data and was not opened");
      return method != "zlib";
    }
    note(AuditRule::ConstantCompressed, place + " is " + std::to_string(bytes.size()) + " bytes of " + std::string(method) + " data, " +
                                            std::to_string(content->size()) + (content->size() == left ? " bytes or more" : " bytes") + " when opened");
    open(*content, place + " > " + std::string(method), depth);
    return true;
  }

  const CodeUnderAudit& code_;
  const ConstantPool& pool_;
  std::uint32_t depth_;
  Sink& sink_;
};

}  // namespace

void check_constants(const CodeUnderAudit& code, std::uint32_t depth, Sink& sink) { ConstantCheck(code, depth, sink).run(); }

}  // namespace ouro::analysis::audit
