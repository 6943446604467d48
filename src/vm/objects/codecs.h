// Text encodings: the registry of codecs and of error handlers (CPython's Python/codecs.c), and the codecs that are built
// in. What _codecs shows of them stands in modules/_codecs.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"
#include "vm/objects/str.h"

namespace ouro::vm {

struct CodecState {
  Ref search_path;     ///< list of search functions
  Ref search_cache;    ///< dict: normalised name to the tuple
  Ref error_handlers;  ///< dict: name to callable
  bool encodings_imported = false;
};
/// Null: an exception is set.
[[nodiscard]] CodecState* codec_state(Vm& vm);

/// The 4-tuple (a CodecInfo) of a codec; LookupError "unknown encoding: x".
[[nodiscard]] Ref lookup_codec(Vm& vm, StrObject* encoding);
[[nodiscard]] Ref lookup_codec(Vm& vm, std::string_view encoding);
/// Lower case, runs of other characters than letters, digits and '.' as one '_'.
[[nodiscard]] std::string normalized_encoding(std::string_view name);
/// The registered handler of a name; LookupError "unknown error handler name 'x'".
[[nodiscard]] Ref lookup_error_handler(Vm& vm, std::string_view name);
/// codecs.encode and codecs.decode: any object.
[[nodiscard]] Ref codec_encode(Vm& vm, Value object, StrObject* encoding, std::string_view errors);
[[nodiscard]] Ref codec_decode(Vm& vm, Value object, StrObject* encoding, std::string_view errors);

/// A decoding under way: text comes out, an error handler may be asked.
class Decoder {
 public:
  Decoder(Vm& machine, std::string_view input, std::string_view encoding, std::string_view errors)
      : vm(machine), bytes(input), out(machine), encoding_(encoding), errors_(errors) {}
  /// bytes[start, end) cannot be decoded: what the handler gives is appended and `position` set to where to go on. The
  /// handler may replace `bytes`. False: an exception is set.
  [[nodiscard]] bool error(std::size_t start, std::size_t end, std::string_view reason, std::size_t& position);
  Vm& vm;
  std::string_view bytes;
  StrBuilder out;

 private:
  bool handle_builtin(std::size_t start, std::size_t end, std::size_t& position, bool& done);
  bool call_handler(std::size_t start, std::size_t end, std::string_view reason, std::size_t& position);
  std::string encoding_, errors_;
  Ref handler_, exception_, input_;
};

/// An encoding under way.
class Encoder {
 public:
  Encoder(Vm& machine, StrObject* input, std::string_view encoding, std::string_view errors)
      : vm(machine), text(input), encoding_(encoding), errors_(errors) {}
  /// text[start, end) cannot be encoded: what to put in its place, as text to be encoded (characters) or as bytes.
  struct Replacement {
    Ref text;           ///< a str, or null
    std::string bytes;  ///< where text is null
  };
  [[nodiscard]] bool error(std::size_t start, std::size_t end, std::string_view reason, std::size_t& position, Replacement& out);
  /// A character of a replacement text cannot be encoded either: the strict error for the original range.
  [[nodiscard]] bool fail(std::size_t start, std::size_t end, std::string_view reason);
  /// Whether `more` bytes fit into memory.
  [[nodiscard]] bool room(std::size_t more) {
    if (vm.heap.has_room(more)) return true;
    (void)raise_memory_error(vm);
    return false;
  }
  Vm& vm;
  StrObject* text;
  std::string out;

 private:
  bool handle_builtin(std::size_t start, std::size_t end, std::size_t& position, Replacement& out_value, bool& done);
  bool call_handler(std::size_t start, std::size_t end, std::string_view reason, std::size_t& position, Replacement& out_value);
  std::string encoding_, errors_;
  Ref handler_, exception_;
};

// The codecs. `consumed` null: all of the input must be used; else how far a decoder with more to come got.
// codec_utf8.cpp
[[nodiscard]] Ref decode_utf8(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed);
[[nodiscard]] Ref encode_utf8(Vm& vm, StrObject* text, std::string_view errors);
[[nodiscard]] Ref decode_utf7(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed);
[[nodiscard]] Ref encode_utf7(Vm& vm, StrObject* text);
// codec_utf16.cpp; byte_order: -1 little, 1 big, 0 native with a mark; set to what the input said.
[[nodiscard]] Ref decode_utf16(Vm& vm, std::string_view bytes, std::string_view errors, int& byte_order, std::size_t* consumed);
[[nodiscard]] Ref encode_utf16(Vm& vm, StrObject* text, std::string_view errors, int byte_order);
[[nodiscard]] Ref decode_utf32(Vm& vm, std::string_view bytes, std::string_view errors, int& byte_order, std::size_t* consumed);
[[nodiscard]] Ref encode_utf32(Vm& vm, StrObject* text, std::string_view errors, int byte_order);
// codec_single.cpp
[[nodiscard]] Ref decode_ascii(Vm& vm, std::string_view bytes, std::string_view errors);
[[nodiscard]] Ref encode_ascii(Vm& vm, StrObject* text, std::string_view errors);
[[nodiscard]] Ref encode_latin1(Vm& vm, StrObject* text, std::string_view errors);
[[nodiscard]] Ref decode_charmap(Vm& vm, std::string_view bytes, std::string_view errors, Value mapping);
[[nodiscard]] Ref encode_charmap(Vm& vm, StrObject* text, std::string_view errors, Value mapping);
[[nodiscard]] Ref build_charmap(Vm& vm, StrObject* text);
// codec_escape.cpp
[[nodiscard]] Ref decode_unicode_escape(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed);
[[nodiscard]] Ref encode_unicode_escape(Vm& vm, StrObject* text);
[[nodiscard]] Ref decode_raw_unicode_escape(Vm& vm, std::string_view bytes, std::string_view errors, std::size_t* consumed);
[[nodiscard]] Ref encode_raw_unicode_escape(Vm& vm, StrObject* text);
/// bytes with backslash escapes (codecs.escape_decode).
[[nodiscard]] Ref decode_escape(Vm& vm, std::string_view bytes, std::string_view errors);

/// The built-in error handlers as functions of an exception: "strict" and so on (codec_errors.cpp).
[[nodiscard]] Ref builtin_error_handlers(Vm& vm);

}  // namespace ouro::vm
