// What the parts of TextIOWrapper share.
#pragma once

#include <optional>

#include "vm/modules/_io/io_objects.h"

namespace ouro::vm {

[[nodiscard]] bool text_ready(Vm& vm, TextObject* self);
/// ValueError "I/O operation on closed file."
[[nodiscard]] bool text_open(Vm& vm, TextObject* self);
[[nodiscard]] TextCodec native_codec(std::string_view encoding);

// text_codec.cpp
/// Sets codec, encoder and decoder for self->encoding and errors. False: unknown encoding.
[[nodiscard]] bool text_choose_codec(Vm& vm, TextObject* self);
[[nodiscard]] bool text_encode(Vm& vm, TextObject* self, StrObject* text, HeapBytes& out);
/// The next piece of text of `input` (newlines translated); `final`: nothing follows.
[[nodiscard]] Own<StrObject> text_decode(Vm& vm, TextObject* self, std::string_view input, bool final);
/// How many bytes of the snapshot the first `count` characters of the decoded text stand for (native codecs).
[[nodiscard]] std::size_t text_bytes_of(const TextObject* self, std::size_t count);

// text_read.cpp
void text_forget_decoded(TextObject* self);
/// Reads and decodes a chunk. `got` false: the end.
[[nodiscard]] bool text_fill(Vm& vm, TextObject* self, std::size_t hint, bool& got);
[[nodiscard]] Ref text_read(Vm& vm, TextObject* self, std::int64_t size);
[[nodiscard]] bool text_write_pending(Vm& vm, TextObject* self);

// text_position.cpp
[[nodiscard]] Ref text_tell(Vm& vm, TextObject* self);
[[nodiscard]] Ref text_seek(Vm& vm, TextObject* self, Value cookie, int whence);

}  // namespace ouro::vm
