// The objects of _io and what its parts share.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/machine_state.h"
#include "vm/core/shape.h"
#include "vm/core/type.h"
#include "vm/objects/bytes.h"
#include "vm/objects/str.h"

namespace ouro::vm {

struct IoObject : GcObject {
  AttributeStore store;
  struct WeakRefObject* weakrefs;
  bool base_closed;  ///< _IOBase.close() was called
};

struct FileIoObject : IoObject {
  int descriptor;    ///< -1: closed (or never opened)
  bool created, readable, writable, appending, close_descriptor, finalizing, is_initialised;
  int seekable;      ///< -1: not known yet
  std::int64_t block_size;
};

/// A growing array of bytes in the machine's heap.
struct HeapBytes {
  char* data;
  std::size_t size;
  std::size_t capacity;
  [[nodiscard]] bool reserve(Vm& vm, std::size_t wanted);
  [[nodiscard]] bool append(Vm& vm, std::string_view bytes);
  void erase_front(std::size_t count);
  void release(Vm& vm);
  [[nodiscard]] std::string_view view() const { return {data, size}; }
};

struct BytesIoObject : IoObject {
  HeapBytes content;
  std::size_t position;
  std::size_t exports;
  bool closed;
};

/// BufferedReader, BufferedWriter and BufferedRandom: bytes read ahead, and bytes not written yet.
struct BufferedObject : IoObject {
  Value raw;
  bool is_initialised, detached, readable, writable, finalizing, busy;
  FileIoObject* file;      ///< raw itself when it is an exact FileIO: no method calls are needed
  std::size_t buffer_size;
  HeapBytes ahead;         ///< what was read from raw
  std::size_t ahead_at;    ///< up to where it was given out
  HeapBytes pending;       ///< what is to be written
};

struct BufferedPairObject : IoObject {
  Value reader, writer;
};

struct StringIoObject : IoObject {
  std::uint32_t* data;
  std::size_t size, capacity, position;
  bool is_initialised, closed;
  bool translate, universal;  ///< newline None: translate; None and '': universal
  const char* write_newline;  ///< what "\n" becomes; null: itself
  int seen_newlines;
  Value newline;              ///< as given
};

/// What IncrementalNewlineDecoder does, for text in pieces.
struct NewlineState {
  bool translate = false;
  bool pending_return = false;
  int seen = 0;  ///< 1: \n, 2: \r, 4: \r\n, as CPython's
  [[nodiscard]] Own<StrObject> decode(Vm& vm, StrObject* text, bool final);
  [[nodiscard]] Ref seen_value(Vm& vm) const;
};

struct NewlineDecoderObject : GcObject {
  Value decoder;  ///< null: not initialised; None: text is given
  NewlineState state;
  Value errors;
};

enum class TextCodec : std::uint8_t { Generic, Utf8, Latin1, Ascii };

struct TextObject : IoObject {
  Value buffer;
  Value encoding, errors, newline;
  BufferedObject* writer;     ///< buffer itself when it is an exact BufferedWriter or BufferedRandom
  bool is_initialised, detached, finalizing, line_buffering, write_through, seekable, telling, has_read1;
  bool read_translate, read_universal;
  char read_newline[3];       ///< the line end when neither universal nor translated
  char write_newline[3];      ///< what "\n" becomes; empty: itself
  TextCodec codec;
  Value encoder, decoder;     ///< of a Generic codec; null: not made yet
  std::size_t chunk_size;
  HeapBytes pending;          ///< encoded, not yet given to buffer
  // Reading.
  NewlineState newlines;
  Value decoded;              ///< str or null
  std::size_t decoded_used;
  HeapBytes undecoded;        ///< native codecs: the beginning of a character
  HeapBytes snapshot;         ///< the bytes that `decoded` came from
  Value snapshot_state;       ///< Generic: the decoder's flags before them; null: no snapshot
  bool has_snapshot, at_end, reading;
  bool wrote_start;           ///< the encoder has begun: no byte order mark again
};

extern const TypeSpec kIoBaseType, kRawIoBaseType, kBufferedIoBaseType, kTextIoBaseType;
extern const TypeSpec kFileIoType, kBytesIoType, kBytesIoBufferType, kBufferedReaderType, kBufferedWriterType, kBufferedRandomType,
    kBufferedPairType, kStringIoType, kTextIoType, kNewlineDecoderType;

struct IoState {
  Ref unsupported;               ///< io.UnsupportedOperation
  std::uint64_t output_written = 0;
};

inline constexpr std::size_t kDefaultBufferSize = 8192;

[[nodiscard]] TypeObject* unsupported_operation(Vm& vm);
/// io.UnsupportedOperation(message).
Failed raise_unsupported(Vm& vm, std::string_view message);
/// ValueError when `self.closed`. 
[[nodiscard]] bool check_open(Vm& vm, Value self);
[[nodiscard]] std::optional<bool> is_closed(Vm& vm, Value self);

Ref io_construct(Vm& vm, TypeObject* type, const CallArgs& args);
void io_traverse(Object* self, Visitor& visit);
void io_clear(Vm& vm, Object* self);
void io_dealloc(Vm& vm, Object* self);
/// close() for an object that dies open; what it raises is swallowed.
void io_finalize(Vm& vm, Object* self);
inline void drop(Value& field) { xdecref(std::exchange(field, Value())); }
inline void assign(Value& field, Value value) {
  xincref(value);
  xdecref(std::exchange(field, value));
}

/// A read or write size: None and negative numbers are -1.
[[nodiscard]] std::optional<std::int64_t> size_argument(Vm& vm, Value value);

// FileIO without method calls. Errors: an exception is set.
/// -1: would block (errno EAGAIN).
[[nodiscard]] std::optional<std::int64_t> file_read(Vm& vm, FileIoObject* file, char* to, std::size_t size);
[[nodiscard]] std::optional<std::int64_t> file_write(Vm& vm, FileIoObject* file, std::string_view bytes);
/// Writes to any descriptor, within the output limit for 1 and 2.
[[nodiscard]] int descriptor_write(Vm& vm, int descriptor, std::string_view bytes, std::size_t& done);

[[nodiscard]] bool buffered_write_bytes(Vm& vm, BufferedObject* self, std::string_view bytes);
[[nodiscard]] bool buffered_flush(Vm& vm, BufferedObject* self);
[[nodiscard]] bool text_write(Vm& vm, TextObject* self, StrObject* text);
[[nodiscard]] bool text_flush(Vm& vm, TextObject* self);
[[nodiscard]] Ref text_readline(Vm& vm, TextObject* self, std::int64_t limit);
[[nodiscard]] bool string_io_write(Vm& vm, StringIoObject* self, StrObject* text);

/// io.open.
[[nodiscard]] Ref io_open(Vm& vm, Value file, std::string_view mode, std::int64_t buffering, Value encoding, Value errors,
                          Value newline, bool close_descriptor, Value opener);

}  // namespace ouro::vm
