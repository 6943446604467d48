// TextIOWrapper: tell and seek. A native codec's position is a byte offset alone; for other codecs the cookie packs the
// decoder's state with it, as CPython's does (Lib/_pyio.py TextIOWrapper._pack_cookie).
#include "vm/core/protocol.h"
#include "vm/modules/_io/text.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct Cookie {
  std::int64_t position = 0;
  std::int64_t decoder_flags = 0;
  std::int64_t bytes_to_feed = 0;
  std::int64_t chars_to_skip = 0;
  bool need_eof = false;
};

Ref pack(Vm& vm, const Cookie& cookie) {
  const std::uint64_t limbs[5] = {static_cast<std::uint64_t>(cookie.position), static_cast<std::uint64_t>(cookie.decoder_flags),
                                  static_cast<std::uint64_t>(cookie.bytes_to_feed), static_cast<std::uint64_t>(cookie.chars_to_skip),
                                  cookie.need_eof ? 1U : 0U};
  return new_int_limbs(vm, limbs, false);
}

std::optional<Cookie> unpack(Vm& vm, Value value) {
  Cookie cookie;
  std::int64_t* fields[] = {&cookie.position, &cookie.decoder_flags, &cookie.bytes_to_feed, &cookie.chars_to_skip};
  Ref rest = Ref::share(value);
  for (std::int64_t* field : fields) {
    *field = static_cast<std::int64_t>(int_low_bits(rest));
    VM_TRY(rest, int_shift(vm, rest, Value::small(64), false));
  }
  cookie.need_eof = int_sign(rest) != 0;
  return cookie;
}

bool set_decoder(Vm& vm, TextObject* self, std::string_view bytes, std::int64_t flags) {
  if (flags == 0 && bytes.empty()) {
    VM_TRY(Ref reset, call_method(vm, self->decoder, "reset"));
    return true;
  }
  VM_TRY(Own<BytesObject> buffered, new_bytes(vm, bytes));
  VM_TRY(Ref number, new_int(vm, flags));
  VM_TRY(Own<TupleObject> state, new_tuple(vm, {Value(buffered.get()), number.get()}));
  VM_TRY(Ref set, call_method(vm, self->decoder, "setstate", {Value(state.get())}));
  return true;
}

bool forget(Vm& vm, TextObject* self) {
  text_forget_decoded(self);
  self->snapshot.size = self->undecoded.size = 0;
  self->has_snapshot = false;
  self->newlines.pending_return = false;
  drop(self->snapshot_state);
  if (self->decoder.is_null()) return true;
  VM_TRY(Ref reset, call_method(vm, self->decoder, "reset"));
  return true;
}

std::optional<std::size_t> decoded_length(Vm& vm, TextObject* self, std::string_view bytes, NewlineState& newlines) {
  VM_TRY(Own<BytesObject> input, new_bytes(vm, bytes));
  VM_TRY(Ref text, call_method(vm, self->decoder, vm.names.decode, {Value(input.get()), kFalse}));
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "decoder should return a string result, not '{}'", type_name(vm, text));
  if (!self->read_universal) return text.as<StrObject>()->length;
  VM_TRY(Own<StrObject> translated, newlines.decode(vm, text.as<StrObject>(), false));
  return translated->length;
}

/// Finds the last point before the position at which the decoder has nothing buffered, by decoding byte by byte.
Ref tell_generic(Vm& vm, TextObject* self, std::int64_t position) {
  Cookie cookie;
  cookie.position = position - static_cast<std::int64_t>(self->snapshot.size);
  cookie.decoder_flags = self->snapshot_state.is_null() ? 0 : int_to_int64(self->snapshot_state).value_or(0);
  std::size_t to_skip = self->decoded_used;
  if (to_skip == 0) return pack(vm, cookie);
  VM_TRY(Ref saved, call_method(vm, self->decoder, "getstate"));
  const std::string bytes(self->snapshot.view());
  const std::int64_t start = cookie.position;
  VM_CHECK(set_decoder(vm, self, {}, cookie.decoder_flags));
  NewlineState newlines{self->read_translate, false, 0};
  std::size_t decoded = 0;
  std::size_t fed = 0;
  std::size_t safe_decoded = 0;
  while (fed < bytes.size() && decoded < to_skip) {
    VM_TRY(const std::size_t more, decoded_length(vm, self, std::string_view(bytes).substr(fed, 1), newlines));
    decoded += more;
    ++fed;
    VM_TRY(Ref state, call_method(vm, self->decoder, "getstate"));
    const Value buffered = (*state.as<TupleObject>())[0];
    if (is_bytes(buffered) && buffered.as<BytesObject>()->length == 0 && decoded <= to_skip && !newlines.pending_return) {
      cookie.position = start + static_cast<std::int64_t>(fed);
      cookie.decoder_flags = int_to_int64((*state.as<TupleObject>())[1]).value_or(0);
      safe_decoded = decoded;
    }
  }
  cookie.bytes_to_feed = start + static_cast<std::int64_t>(fed) - cookie.position;
  cookie.chars_to_skip = static_cast<std::int64_t>(to_skip - safe_decoded);
  if (cookie.chars_to_skip == 0) cookie.bytes_to_feed = 0;
  VM_TRY(Ref restored, call_method(vm, self->decoder, "setstate", {saved.get()}));
  return pack(vm, cookie);
}

bool seek_generic(Vm& vm, TextObject* self, const Cookie& cookie) {
  VM_CHECK(set_decoder(vm, self, {}, cookie.decoder_flags));
  VM_TRY(Ref flags, new_int(vm, cookie.decoder_flags));
  assign(self->snapshot_state, flags);
  self->has_snapshot = true;
  if (cookie.chars_to_skip == 0) return true;
  VM_TRY(Ref bytes, call_method(vm, self->buffer, vm.names.read, {Value::small(cookie.bytes_to_feed)}));
  if (!is_bytes(bytes)) {
    return raise(vm, vm.exc.TypeError, "underlying read() should have returned a bytes object, not '{}'", type_name(vm, bytes));
  }
  VM_CHECK(self->snapshot.append(vm, bytes.as<BytesObject>()->view()));
  VM_TRY(Own<StrObject> text, text_decode(vm, self, bytes.as<BytesObject>()->view(), cookie.need_eof));
  if (text->length < static_cast<std::size_t>(cookie.chars_to_skip)) {
    return raise(vm, vm.exc.OSError, "can't restore logical file position");
  }
  self->decoded = Value(text.release());
  self->decoded_used = static_cast<std::size_t>(cookie.chars_to_skip);
  return true;
}

bool reset_encoder(Vm& vm, TextObject* self, bool at_start) {
  if (self->encoder.is_null()) return true;
  VM_TRY(Ref done, at_start ? call_method(vm, self->encoder, "reset")
                            : call_method(vm, self->encoder, "setstate", {Value::small(0)}));
  return true;
}

Ref seek_end(Vm& vm, TextObject* self) {
  VM_CHECK(text_flush(vm, self));
  VM_CHECK(forget(vm, self));
  VM_TRY(Ref position, call_method(vm, self->buffer, vm.names.seek, {Value::small(0), Value::small(2)}));
  bool at_start = false;
  VM_CHECK(equal(vm, position, Value::small(0), at_start));
  VM_CHECK(reset_encoder(vm, self, at_start));
  return position;
}

}  // namespace

Ref text_tell(Vm& vm, TextObject* self) {
  VM_CHECK(text_open(vm, self));
  if (!self->seekable) return raise_unsupported(vm, "underlying stream is not seekable");
  if (!self->telling) return raise(vm, vm.exc.OSError, "telling position disabled by next() call");
  VM_CHECK(text_write_pending(vm, self));
  VM_TRY(Ref flushed, call_method(vm, self->buffer, vm.names.flush));
  VM_TRY(Ref end, call_method(vm, self->buffer, vm.names.tell));
  if (!self->has_snapshot) return end;
  VM_TRY(const std::int64_t position, to_int64(vm, end));
  if (self->codec == TextCodec::Generic) return tell_generic(vm, self, position);
  const auto size = static_cast<std::int64_t>(self->snapshot.size);
  return new_int(vm, position - size + static_cast<std::int64_t>(text_bytes_of(self, self->decoded_used)));
}

Ref text_seek(Vm& vm, TextObject* self, Value given, int whence) {
  VM_CHECK(text_open(vm, self));
  if (!self->seekable) return raise_unsupported(vm, "underlying stream is not seekable");
  Ref cookie_value = Ref::share(given);
  bool is_zero = false;
  VM_CHECK(equal(vm, given, Value::small(0), is_zero));
  if (whence == 1) {
    if (!is_zero) return raise_unsupported(vm, "can't do nonzero cur-relative seeks");
    VM_TRY(cookie_value, text_tell(vm, self));
  } else if (whence == 2) {
    if (!is_zero) return raise_unsupported(vm, "can't do nonzero end-relative seeks");
    return seek_end(vm, self);
  } else if (whence != 0) {
    return raise(vm, vm.exc.ValueError, "invalid whence ({}, should be 0, 1 or 2)", whence);
  }
  VM_TRY(Ref number, to_index(vm, cookie_value));
  if (int_sign(number) < 0) {
    VM_TRY(Ref shown, repr(vm, number));
    return raise(vm, vm.exc.ValueError, "negative seek position {}", shown.as<StrObject>());
  }
  VM_CHECK(text_flush(vm, self));
  VM_TRY(const Cookie cookie, unpack(vm, number));
  VM_TRY(Ref position, new_int(vm, cookie.position));
  VM_TRY(Ref moved, call_method(vm, self->buffer, vm.names.seek, {position.get()}));
  VM_CHECK(forget(vm, self));
  if (self->codec == TextCodec::Generic && !self->decoder.is_null()) VM_CHECK(seek_generic(vm, self, cookie));
  VM_CHECK(reset_encoder(vm, self, cookie.position == 0 && cookie.decoder_flags == 0));
  return number;
}

}  // namespace ouro::vm
