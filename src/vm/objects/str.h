// str: immutable text, each string with the narrowest of one, two or four bytes a code point (PEP 393).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vm/core/type.h"
#include "vm/core/vm.h"

namespace ouro::vm {

struct StrObject : Object {
  std::int64_t hash;     ///< -1: not computed yet
  std::size_t length;    ///< code points
  std::uint8_t kind;     ///< bytes a code point: 1, 2, 4
  bool is_ascii;
  bool is_interned;
  std::uint32_t text_offset;  ///< from the object's start: sizeof(StrObject), or in a subclass type->basic_size
  // There stands the text: kind * length bytes, then one zero code point.

  [[nodiscard]] const void* raw() const { return reinterpret_cast<const char*>(this) + text_offset; }
  [[nodiscard]] void* raw() { return reinterpret_cast<char*>(this) + text_offset; }
  [[nodiscard]] const std::uint8_t* data1() const { return static_cast<const std::uint8_t*>(raw()); }
  [[nodiscard]] const std::uint16_t* data2() const { return static_cast<const std::uint16_t*>(raw()); }
  [[nodiscard]] const std::uint32_t* data4() const { return static_cast<const std::uint32_t*>(raw()); }
  [[nodiscard]] std::uint8_t* data1() { return static_cast<std::uint8_t*>(raw()); }
  [[nodiscard]] std::uint16_t* data2() { return static_cast<std::uint16_t*>(raw()); }
  [[nodiscard]] std::uint32_t* data4() { return static_cast<std::uint32_t*>(raw()); }
  [[nodiscard]] std::uint32_t at(std::size_t index) const {
    return kind == 1 ? data1()[index] : kind == 2 ? data2()[index] : data4()[index];
  }
  /// Only when is_ascii: the text as it is.
  [[nodiscard]] std::string_view ascii() const { return {static_cast<const char*>(raw()), length}; }
};

struct StrIteratorObject : Object {
  StrObject* text;  ///< null: exhausted
  std::size_t index;
};

extern const TypeSpec kStrType;
extern const TypeSpec kStrIteratorType;

/// From UTF-8 in which surrogates may stand as three bytes; malformed bytes must not occur.
[[nodiscard]] Own<StrObject> new_str(Vm& vm, std::string_view utf8);
/// From Latin-1 or ASCII bytes.
[[nodiscard]] Own<StrObject> new_str_latin1(Vm& vm, std::string_view bytes);
[[nodiscard]] Own<StrObject> new_str_ucs2(Vm& vm, const std::uint16_t* data, std::size_t length);
[[nodiscard]] Own<StrObject> new_str_ucs4(Vm& vm, const std::uint32_t* data, std::size_t length);
[[nodiscard]] Own<StrObject> new_str_of(Vm& vm, std::uint32_t code_point);
/// Uninitialised text of known length and greatest code point, for the caller to fill exactly.
[[nodiscard]] Own<StrObject> allocate_str(Vm& vm, std::size_t length, std::uint32_t max_code_point);
[[nodiscard]] Own<StrObject> substring(Vm& vm, StrObject* text, std::size_t start, std::size_t end);
[[nodiscard]] Own<StrObject> concat(Vm& vm, StrObject* a, StrObject* b);
/// a + b where the caller gives its count of `a` away: in place when that was the only one.
[[nodiscard]] Own<StrObject> concat_owned(Vm& vm, Own<StrObject> a, StrObject* b);
/// The same text as an exact str: `text` itself unless it is of a subclass.
[[nodiscard]] Own<StrObject> plain_str(Vm& vm, StrObject* text);
/// UTF-8; lone surrogates as three bytes.
[[nodiscard]] std::string to_utf8(const StrObject* text);
[[nodiscard]] bool str_equal(const StrObject* a, const StrObject* b);
[[nodiscard]] bool str_equal(const StrObject* a, std::string_view ascii);
/// As Python orders strings: by code points.
[[nodiscard]] int str_compare(const StrObject* a, const StrObject* b);
[[nodiscard]] std::int64_t str_hash(Vm& vm, StrObject* text);
/// The one object of this text that the machine keeps (CPython's PyUnicode_InternInPlace). `text` itself or its equal.
[[nodiscard]] Own<StrObject> intern(Vm& vm, StrObject* text);
/// Position of `needle` in text[start, end), or -1.
[[nodiscard]] std::int64_t str_find(const StrObject* text, const StrObject* needle, std::size_t start, std::size_t end);
[[nodiscard]] Ref str_repr(Vm& vm, StrObject* text);
/// sep.join(items); `items` a list or tuple of anything (TypeError for what is no str).
[[nodiscard]] Ref str_join(Vm& vm, StrObject* separator, Value sequence);
/// format % arguments.
[[nodiscard]] Ref str_percent(Vm& vm, StrObject* format, Value arguments);
/// str.__format__ and what int, float, complex and datetime build on.
[[nodiscard]] Ref str_format_spec(Vm& vm, Value value, StrObject* spec);
[[nodiscard]] Ref str_subscript(Vm& vm, Value self, Value key);
/// Encodes with `errors` (strict, surrogateescape, ...): a bytes object. encoding: any name that codecs knows.
[[nodiscard]] Ref str_encode(Vm& vm, StrObject* text, std::string_view encoding, std::string_view errors);
[[nodiscard]] Ref str_decode(Vm& vm, std::string_view bytes, std::string_view encoding, std::string_view errors);
/// os.fsdecode / fsencode: UTF-8 with surrogateescape.
[[nodiscard]] Own<StrObject> new_str_fs(Vm& vm, std::string_view bytes);
[[nodiscard]] std::string to_fs_bytes(const StrObject* text);

/// Collects text piece by piece, widening as needed; the memory is the heap's. Any append may fail: then finish() does,
/// so single results may be ignored.
class StrBuilder {
 public:
  explicit StrBuilder(Vm& vm) : vm_(&vm) {}
  ~StrBuilder();
  StrBuilder(const StrBuilder&) = delete;
  StrBuilder& operator=(const StrBuilder&) = delete;
  bool append(std::uint32_t code_point);
  bool append(std::string_view ascii);
  bool append_utf8(std::string_view utf8);
  bool append(const StrObject* text);
  bool append(const StrObject* text, std::size_t start, std::size_t end);
  bool append_repeated(std::uint32_t code_point, std::size_t count);
  [[nodiscard]] std::size_t length() const { return length_; }
  /// Null: MemoryError is set.
  [[nodiscard]] Own<StrObject> finish();

 private:
  bool reserve(std::size_t more, std::uint32_t max_code_point);
  [[nodiscard]] void* text() const { return static_cast<char*>(block_) + sizeof(StrObject); }
  Vm* vm_;
  void* block_ = nullptr;  ///< of the heap: room for a StrObject, then `capacity_` code points and one more
  std::size_t length_ = 0;
  std::size_t capacity_ = 0;  ///< code points
  std::uint8_t kind_ = 1;
  std::uint32_t max_seen_ = 0;  ///< 0x7F, 0xFF, ... class of what was appended
  bool failed_ = false;
};

}  // namespace ouro::vm
