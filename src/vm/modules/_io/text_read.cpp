// TextIOWrapper: reading and writing.
#include <algorithm>

#include "vm/core/protocol.h"
#include "vm/modules/_io/buffered.h"
#include "vm/modules/_io/text.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {

bool text_ready(Vm& vm, TextObject* self) {
  if (self->is_initialised) return true;
  if (self->detached) return raise(vm, vm.exc.ValueError, "underlying buffer has been detached");
  return raise(vm, vm.exc.ValueError, "I/O operation on uninitialized object");
}

bool text_open(Vm& vm, TextObject* self) {
  VM_CHECK(text_ready(vm, self));
  if (self->writer != nullptr && self->writer->file != nullptr) {
    if (self->writer->file->descriptor >= 0) return true;
    return raise(vm, vm.exc.ValueError, "I/O operation on closed file.");
  }
  return check_open(vm, self->buffer);
}

void text_forget_decoded(TextObject* self) {
  drop(self->decoded);
  self->decoded_used = 0;
}

// --- writing

bool text_write_pending(Vm& vm, TextObject* self) {
  if (self->pending.size == 0) return true;
  if (self->writer != nullptr) {
    const bool done = buffered_write_bytes(vm, self->writer, self->pending.view());
    self->pending.size = 0;
    return done;
  }
  VM_TRY(Own<BytesObject> bytes, new_bytes(vm, self->pending.view()));
  self->pending.size = 0;
  VM_TRY(Ref written, call_method(vm, self->buffer, vm.names.write, {Value(bytes.get())}));
  return true;
}

bool text_flush(Vm& vm, TextObject* self) {
  VM_CHECK(text_open(vm, self));
  self->telling = self->seekable;
  VM_CHECK(text_write_pending(vm, self));
  if (self->writer != nullptr) return buffered_flush(vm, self->writer);
  VM_TRY(Ref flushed, call_method(vm, self->buffer, vm.names.flush));
  return true;
}

namespace {

bool holds(const StrObject* text, unsigned char wanted) {
  if (text->kind == 1) return std::memchr(text->data1(), wanted, text->length) != nullptr;
  for (std::size_t i = 0; i < text->length; ++i) {
    if (text->at(i) == wanted) return true;
  }
  return false;
}

Own<StrObject> with_line_ends(Vm& vm, StrObject* text, std::string_view line_end) {
  StrBuilder builder(vm);
  std::size_t start = 0;
  for (std::size_t i = 0; i < text->length; ++i) {
    if (text->at(i) != '\n') continue;
    builder.append(text, start, i);
    builder.append(line_end);
    start = i + 1;
  }
  builder.append(text, start, text->length);
  return builder.finish();
}

void forget_snapshot(TextObject* self) {
  text_forget_decoded(self);
  self->has_snapshot = false;
  self->snapshot.size = 0;
  self->undecoded.size = 0;
  self->newlines.pending_return = false;
  drop(self->snapshot_state);
}

}  // namespace

bool text_write(Vm& vm, TextObject* self, StrObject* given) {
  VM_CHECK(text_open(vm, self));
  const bool has_line_feed = holds(given, '\n');
  Own<StrObject> text = Own<StrObject>::share(given);
  if (has_line_feed && self->write_newline[0] != 0) {
    VM_TRY(text, with_line_ends(vm, given, static_cast<const char*>(self->write_newline)));
  }
  const bool flushes = self->line_buffering && (has_line_feed || holds(given, '\r'));
  VM_CHECK(text_encode(vm, self, text, self->pending));
  if (self->pending.size > self->chunk_size || flushes || self->write_through) VM_CHECK(text_write_pending(vm, self));
  if (flushes) VM_CHECK(text_flush(vm, self));
  if (self->has_snapshot || !self->decoded.is_null()) {
    forget_snapshot(self);
    if (!self->decoder.is_null()) VM_CHECK(call_method(vm, self->decoder, "reset"));
  }
  return true;
}

// --- reading

namespace {

/// The decoder's state before a chunk, for tell(); Generic codecs only.
bool take_snapshot(Vm& vm, TextObject* self, std::string& buffered) {
  if (self->codec != TextCodec::Generic) {
    buffered = self->undecoded.view();
    return true;
  }
  VM_TRY(Ref state, call_method(vm, self->decoder, "getstate"));
  if (!is_tuple(state) || state.as<TupleObject>()->size != 2 || !is_bytes((*state.as<TupleObject>())[0])) {
    return raise(vm, vm.exc.TypeError, "illegal decoder state");
  }
  buffered = (*state.as<TupleObject>())[0].as<BytesObject>()->view();
  assign(self->snapshot_state, (*state.as<TupleObject>())[1]);
  return true;
}

Ref read_chunk(Vm& vm, TextObject* self, std::size_t size) {
  if (self->writer == nullptr && type_of(vm, self->buffer) == vm.native_type(kBufferedReaderType)) {
    auto* reader = self->buffer.as<BufferedObject>();
    VM_CHECK(buffered_ready(vm, reader) && buffered_open(vm, reader, "read of"));
    return buffered_read1(vm, reader, static_cast<std::int64_t>(size));
  }
  StrObject* method = self->has_read1 ? vm.names.read1 : vm.names.read;
  return call_method(vm, self->buffer, method, {Value::small(static_cast<std::int64_t>(size))});
}

}  // namespace

bool text_fill(Vm& vm, TextObject* self, std::size_t hint, bool& got) {
  got = false;
  if (self->codec == TextCodec::Generic && self->decoder.is_null()) return raise_unsupported(vm, "not readable");
  std::string before;
  if (self->telling) VM_CHECK(take_snapshot(vm, self, before));
  VM_TRY(Ref chunk, read_chunk(vm, self, std::max(self->chunk_size, hint)));
  BufferView view;
  if (!get_buffer(vm, chunk, view)) {
    if (error_matches(vm, vm.exc.TypeError)) {
      clear_error(vm);
      return raise(vm, vm.exc.TypeError, "underlying {}() should have returned a bytes-like object, not '{}'",
                   self->has_read1 ? "read1" : "read", type_name(vm, chunk));
    }
    return false;
  }
  const bool at_end = view.length == 0;
  VM_TRY(Own<StrObject> text, text_decode(vm, self, view.bytes(), at_end));
  text_forget_decoded(self);
  const bool is_empty = text->length == 0;
  self->decoded = Value(text.release());
  self->has_snapshot = self->telling;
  if (self->telling) {
    self->snapshot.size = 0;
    VM_CHECK(self->snapshot.append(vm, before) && self->snapshot.append(vm, view.bytes()));
  }
  got = !at_end || !is_empty;
  return charge_work(vm, 1 + view.length / 64);
}

namespace {

StrObject* decoded_text(const TextObject* self) { return self->decoded.is_null() ? nullptr : self->decoded.as<StrObject>(); }

bool before_reading(Vm& vm, TextObject* self) {
  VM_CHECK(text_open(vm, self));
  if (self->codec == TextCodec::Generic && self->decoder.is_null()) return raise_unsupported(vm, "not readable");
  if (!self->reading) {  // whether it can be read at all is asked once
    VM_TRY(Ref readable, call_method(vm, self->buffer, vm.names.readable));
    bool can = false;
    VM_CHECK(truth(vm, readable, can));
    if (!can) return raise_unsupported(vm, "not readable");
    self->reading = true;
  }
  return text_write_pending(vm, self);
}

Ref take_decoded(Vm& vm, TextObject* self, std::size_t count) {
  StrObject* text = decoded_text(self);
  if (text == nullptr) return Ref::share(Value(vm.names.empty));
  const std::size_t start = self->decoded_used;
  count = std::min(count, text->length - start);
  self->decoded_used = start + count;
  if (start == 0 && count == text->length) return Ref::share(self->decoded);
  return substring(vm, text, start, start + count);
}

/// The rest of the stream.
Ref read_rest(Vm& vm, TextObject* self) {
  VM_TRY(Ref bytes, call_method(vm, self->buffer, vm.names.read));
  if (bytes.is_none()) return raise(vm, vm.exc.BlockingIOError, "Read returned None.");
  BufferView view;
  VM_CHECK(get_buffer(vm, bytes, view));
  VM_TRY(Own<StrObject> text, text_decode(vm, self, view.bytes(), true));
  VM_TRY(Ref front, take_decoded(vm, self, SIZE_MAX));
  text_forget_decoded(self);
  self->has_snapshot = false;
  self->snapshot.size = 0;
  if (front.as<StrObject>()->length == 0) return text;
  return concat(vm, front.as<StrObject>(), text);
}

}  // namespace

Ref text_read(Vm& vm, TextObject* self, std::int64_t size) {
  VM_CHECK(before_reading(vm, self));
  if (size < 0) return read_rest(vm, self);
  const auto wanted = static_cast<std::size_t>(size);
  StrBuilder builder(vm);
  for (;;) {
    VM_TRY(Ref piece, take_decoded(vm, self, wanted - builder.length()));
    if (builder.length() == 0 && piece.as<StrObject>()->length == wanted) return piece;
    builder.append(piece.as<StrObject>());
    if (builder.length() >= wanted) break;
    bool got = false;
    VM_CHECK(text_fill(vm, self, wanted - builder.length(), got));
    if (!got) break;
  }
  return builder.finish();
}

namespace {

/// Where the line that starts at `start` ends: behind its line end. 0: no end in sight. `partial`: "\r" stands last, and what
/// follows decides.
std::size_t find_line_end(const TextObject* self, const StrObject* text, std::size_t start) {
  if (self->read_translate || (!self->read_universal && self->read_newline[0] == '\n')) {
    if (text->kind == 1) {
      const void* found = std::memchr(text->data1() + start, '\n', text->length - start);
      return found == nullptr ? 0 : static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - text->data1()) + 1;
    }
    for (std::size_t i = start; i < text->length; ++i) {
      if (text->at(i) == '\n') return i + 1;
    }
    return 0;
  }
  for (std::size_t i = start; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (self->read_universal) {
      if (c == '\n') return i + 1;
      if (c == '\r') return i + 1 < text->length && text->at(i + 1) == '\n' ? i + 2 : i + 1;
    } else if (c == '\r') {
      if (self->read_newline[1] == 0) return i + 1;
      if (i + 1 < text->length && text->at(i + 1) == '\n') return i + 2;
    }
  }
  return 0;
}

/// "\r\n" as the only line end may be split between two chunks.
bool ends_within_newline(const TextObject* self, const StrObject* text) {
  return !self->read_universal && self->read_newline[0] == '\r' && self->read_newline[1] == '\n' && text->length > 0 &&
         text->at(text->length - 1) == '\r';
}

}  // namespace

Ref text_readline(Vm& vm, TextObject* self, std::int64_t limit) {
  VM_CHECK(before_reading(vm, self));
  std::vector<Ref> pieces;
  std::size_t total = 0;
  Own<StrObject> carried;  // a "\r" that may belong to the next chunk
  for (;;) {
    StrObject* text = decoded_text(self);
    if (text == nullptr || self->decoded_used >= text->length) {
      bool got = false;
      VM_CHECK(text_fill(vm, self, 0, got));
      if (!got) {
        text_forget_decoded(self);
        self->has_snapshot = false;
        break;
      }
      continue;
    }
    std::size_t start = self->decoded_used;
    Own<StrObject> joined;
    if (carried) {  // seen together with what follows; its own character was counted already
      VM_TRY(Own<StrObject> rest, substring(vm, text, start, text->length));
      VM_TRY(joined, concat(vm, carried, rest));
    }
    std::size_t end = 0;
    if (joined) {
      const std::size_t found = find_line_end(self, joined, 0);
      end = found == 0 ? 0 : found - 1 + start;
      carried = {};
      if (found == 1) end = 0;
    } else {
      end = find_line_end(self, text, start);
    }
    const bool ends = end != 0;
    if (!ends) end = text->length;
    bool reached = ends;
    if (limit >= 0 && total + (end - start) >= static_cast<std::size_t>(limit)) {
      end = start + (static_cast<std::size_t>(limit) - total);
      reached = true;
    }
    if (!reached && ends_within_newline(self, text)) {
      VM_TRY(carried, new_str_of(vm, '\r'));
    }
    VM_TRY(Ref piece, take_decoded(vm, self, end - start));
    total += end - start;
    pieces.push_back(std::move(piece));
    if (reached) break;
  }
  if (pieces.empty()) return Ref::share(Value(vm.names.empty));
  if (pieces.size() == 1) return std::move(pieces[0]);
  StrBuilder builder(vm);
  for (const Ref& piece : pieces) builder.append(piece.as<StrObject>());
  return builder.finish();
}

}  // namespace ouro::vm
