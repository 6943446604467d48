// Error handlers: the built-in ones applied directly, registered ones called. And the built-in ones as functions.
#include <optional>

#include "unicode/names.h"
#include "vm/core/binding.h"
#include "vm/objects/codecs.h"
#include "vm/objects/dict.h"
#include "vm/objects/exception.h"
#include "vm/objects/int.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

std::string hex_of(std::uint32_t value, unsigned digits) {
  std::string out(digits, '0');
  for (unsigned i = 0; i < digits; ++i) out[digits - 1 - i] = "0123456789abcdef"[value >> (4 * i) & 15U];
  return out;
}

std::string backslash_escape(std::uint32_t c) {
  if (c < 0x100) return "\\x" + hex_of(c, 2);
  if (c < 0x10000) return "\\u" + hex_of(c, 4);
  return "\\U" + hex_of(c, 8);
}

bool is_surrogate(std::uint32_t c) { return c - 0xD800 < 0x800; }

// What surrogatepass needs to know: bytes a unit, and the order.
struct UnitFormat {
  int kind = 0;  ///< 8, 16, 32; 0: another encoding
  bool big = false;
};
UnitFormat unit_format(std::string_view encoding) {
  std::string name = normalized_encoding(encoding);
  std::erase(name, '_');
  if (name == "utf8" || name == "cputf8") return {8, false};
  if (name == "utf16" || name == "utf16le") return {16, false};
  if (name == "utf16be") return {16, true};
  if (name == "utf32" || name == "utf32le") return {32, false};
  if (name == "utf32be") return {32, true};
  return {};
}

std::string surrogate_bytes(std::uint32_t c, UnitFormat format) {
  const auto byte = [](std::uint32_t value) { return static_cast<char>(value & 0xFFU); };
  switch (format.kind) {
    case 8: return {byte(0xE0U | c >> 12U), byte(0x80U | (c >> 6U & 0x3FU)), byte(0x80U | (c & 0x3FU))};
    case 16: return format.big ? std::string{byte(c >> 8U), byte(c)} : std::string{byte(c), byte(c >> 8U)};
    default: return format.big ? std::string{0, 0, byte(c >> 8U), byte(c)} : std::string{byte(c), byte(c >> 8U), 0, 0};
  }
}

// A surrogate at bytes[at...]; 0 where there is none. `size` is how many bytes it takes.
std::uint32_t surrogate_at(std::string_view bytes, std::size_t at, UnitFormat format, std::size_t& size) {
  const auto b = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])); };
  size = format.kind == 8 ? 3 : format.kind == 16 ? 2 : 4;
  if (at + size > bytes.size()) return 0;
  std::uint32_t c = 0;
  if (format.kind == 8) {
    if ((b(0) & 0xF0U) != 0xE0 || (b(1) & 0xC0U) != 0x80 || (b(2) & 0xC0U) != 0x80) return 0;
    c = (b(0) & 15U) << 12U | (b(1) & 63U) << 6U | (b(2) & 63U);
  } else if (format.kind == 16) {
    c = format.big ? b(0) << 8U | b(1) : b(1) << 8U | b(0);
  } else {
    c = format.big ? b(0) << 24U | b(1) << 16U | b(2) << 8U | b(3) : b(3) << 24U | b(2) << 16U | b(1) << 8U | b(0);
  }
  return is_surrogate(c) ? c : 0;
}

Ref make_decode_error(Vm& vm, std::string_view encoding, Value object, std::size_t start, std::size_t end, std::string_view reason) {
  VM_TRY(Own<StrObject> name, new_str(vm, encoding));
  VM_TRY(Own<StrObject> why, new_str(vm, reason));
  return call(vm, vm.exc.UnicodeDecodeError,
              {name.get(), object, Value::small(static_cast<std::int64_t>(start)), Value::small(static_cast<std::int64_t>(end)), why.get()});
}

// Updates an exception made before.
bool update_error(Vm& vm, Value exception, std::size_t start, std::size_t end, std::string_view reason) {
  auto* error = exception.as<UnicodeErrorObject>();
  error->start = static_cast<std::int64_t>(start);
  error->end = static_cast<std::int64_t>(end);
  Own<StrObject> why = new_str(vm, reason);
  if (!why) return false;
  const Value old = std::exchange(error->reason, Value(why.release()));
  xdecref(old);
  return true;
}

// The position a handler gave, counted from the end where negative.
bool handler_position(Vm& vm, Value given, std::size_t length, std::size_t& out) {
  auto position = to_ssize(vm, given, vm.exc.IndexError);
  if (!position) return false;
  const std::int64_t asked = *position;
  std::int64_t at = asked;
  if (at < 0) at += static_cast<std::int64_t>(length);
  if (at < 0 || at > static_cast<std::int64_t>(length))
    return raise(vm, vm.exc.IndexError, "position {} from error handler out of bounds", asked);
  out = static_cast<std::size_t>(at);
  return true;
}

}  // namespace

// --- decoding

bool Decoder::handle_builtin(std::size_t start, std::size_t end, std::size_t& position, bool& done) {
  done = true;
  position = end;
  if (errors_ == "ignore") return true;
  if (errors_ == "replace") return out.append(std::uint32_t{0xFFFD}) || true;
  if (errors_ == "backslashreplace") {
    for (std::size_t i = start; i < end; ++i) out.append(backslash_escape(static_cast<unsigned char>(bytes[i])));
    return true;
  }
  if (errors_ == "surrogateescape") {
    std::size_t i = start;
    for (; i < end && i < start + 4 && static_cast<unsigned char>(bytes[i]) >= 0x80; ++i)
      out.append(0xDC00U + static_cast<unsigned char>(bytes[i]));
    position = i;
    done = i != start;
    return true;
  }
  if (errors_ == "surrogatepass") {
    const UnitFormat format = unit_format(encoding_);
    std::size_t size = 0;
    const std::uint32_t c = format.kind == 0 ? 0 : surrogate_at(bytes, start, format, size);
    done = c != 0;
    if (done) {
      out.append(c);
      position = start + size;
    }
    return true;
  }
  done = false;
  return true;
}

bool Decoder::error(std::size_t start, std::size_t end, std::string_view reason, std::size_t& position) {
  if (!charge_work(vm, 4)) return false;
  const bool is_strict = errors_.empty() || errors_ == "strict";
  if (!is_strict && !handler_) {
    bool done = false;
    if (!handle_builtin(start, end, position, done)) return false;
    if (done) return true;
  }
  if (!input_) {
    input_ = new_bytes(vm, bytes);
    if (!input_) return false;
  }
  if (!exception_) {
    exception_ = make_decode_error(vm, encoding_, input_, start, end, reason);
    if (!exception_) return false;
  } else if (!update_error(vm, exception_, start, end, reason)) {
    return false;
  }
  // Built-in handlers that gave up raise the error as strict does.
  if (is_strict || errors_ == "surrogateescape" || errors_ == "surrogatepass") return raise_instance(vm, exception_);
  return call_handler(start, end, reason, position);
}

bool Decoder::call_handler(std::size_t, std::size_t, std::string_view, std::size_t& position) {
  if (!handler_) {
    handler_ = lookup_error_handler(vm, errors_);
    if (!handler_) return false;
  }
  const Ref result = call(vm, handler_, {exception_.get()});
  if (!result) return false;
  const bool fits = is_tuple(result) && result.as<TupleObject>()->size == 2 && is_str((*result.as<TupleObject>())[0]);
  if (!fits) return raise(vm, vm.exc.TypeError, "decoding error handler must return (str, int) tuple");
  // The handler may have put another object into the exception.
  auto* error = exception_.as<UnicodeErrorObject>();
  if (!is_bytes(error->object)) return raise(vm, vm.exc.TypeError, "exception attribute object must be bytes");
  input_ = Ref::share(error->object);
  bytes = input_.as<BytesObject>()->view();
  if (!handler_position(vm, (*result.as<TupleObject>())[1], bytes.size(), position)) return false;
  out.append((*result.as<TupleObject>())[0].as<StrObject>());
  return true;
}

// --- encoding

bool Encoder::handle_builtin(std::size_t start, std::size_t end, std::size_t& position, Replacement& out_value, bool& done) {
  done = true;
  position = end;
  std::string ascii_text;
  if (errors_ == "ignore") {
    out_value.bytes.clear();
    return true;
  }
  if (errors_ == "replace") {
    ascii_text.assign(end - start, '?');
  } else if (errors_ == "backslashreplace") {
    for (std::size_t i = start; i < end; ++i) ascii_text += backslash_escape(text->at(i));
  } else if (errors_ == "xmlcharrefreplace") {
    for (std::size_t i = start; i < end; ++i) ascii_text += "&#" + std::to_string(text->at(i)) + ";";
  } else if (errors_ == "namereplace") {
    for (std::size_t i = start; i < end; ++i) {
      const std::string name = unicode::character_name(text->at(i), unicode::UnicodeVersion::k15_1);
      ascii_text += name.empty() ? backslash_escape(text->at(i)) : "\\N{" + name + "}";
    }
  } else if (errors_ == "surrogateescape") {
    for (std::size_t i = start; i < end; ++i) {
      const std::uint32_t c = text->at(i);
      if (c < 0xDC80 || c > 0xDCFF) {
        done = false;
        return true;
      }
      out_value.bytes.push_back(static_cast<char>(c - 0xDC00));
    }
    return true;
  } else if (errors_ == "surrogatepass") {
    const UnitFormat format = unit_format(encoding_);
    for (std::size_t i = start; i < end; ++i) {
      if (format.kind == 0 || !is_surrogate(text->at(i))) {
        done = false;
        return true;
      }
      out_value.bytes += surrogate_bytes(text->at(i), format);
    }
    return true;
  } else {
    done = false;
    return true;
  }
  out_value.text = new_str_latin1(vm, ascii_text);
  return static_cast<bool>(out_value.text);
}

bool Encoder::error(std::size_t start, std::size_t end, std::string_view reason, std::size_t& position, Replacement& out_value) {
  out_value = Replacement();
  if (!charge_work(vm, 4 + (end - start))) return false;
  const bool is_strict = errors_.empty() || errors_ == "strict";
  if (is_strict) return fail(start, end, reason);
  bool done = false;
  if (!handle_builtin(start, end, position, out_value, done)) return false;
  if (done) return true;
  out_value = Replacement();
  if (errors_ == "surrogateescape" || errors_ == "surrogatepass") return fail(start, end, reason);
  return call_handler(start, end, reason, position, out_value);
}

bool Encoder::fail(std::size_t start, std::size_t end, std::string_view reason) {
  if (!exception_) {
    const Own<StrObject> name = new_str(vm, encoding_);
    const Own<StrObject> why = new_str(vm, reason);
    if (!name || !why) return false;
    exception_ = call(vm, vm.exc.UnicodeEncodeError,
                      {name.get(), text, Value::small(static_cast<std::int64_t>(start)), Value::small(static_cast<std::int64_t>(end)), why.get()});
    if (!exception_) return false;
  } else if (!update_error(vm, exception_, start, end, reason)) {
    return false;
  }
  return raise_instance(vm, exception_);
}

bool Encoder::call_handler(std::size_t start, std::size_t end, std::string_view reason, std::size_t& position, Replacement& out_value) {
  if (!handler_) {
    handler_ = lookup_error_handler(vm, errors_);
    if (!handler_) return false;
  }
  if (!exception_) {
    if (fail(start, end, reason)) return false;
    clear_error(vm);
    if (!exception_) return false;
  } else if (!update_error(vm, exception_, start, end, reason)) {
    return false;
  }
  const Ref result = call(vm, handler_, {exception_.get()});
  if (!result) return false;
  const bool is_pair = is_tuple(result) && result.as<TupleObject>()->size == 2;
  const Value given = is_pair ? (*result.as<TupleObject>())[0] : Value();
  if (!is_pair || !(is_str(given) || is_bytes(given)))
    return raise(vm, vm.exc.TypeError, "encoding error handler must return (str/bytes, int) tuple");
  if (!handler_position(vm, (*result.as<TupleObject>())[1], text->length, position)) return false;
  if (is_str(given)) {
    out_value.text = Ref::share(given);
  } else {
    out_value.bytes = std::string(given.as<BytesObject>()->view());
  }
  return true;
}

// --- the handlers as functions: codecs.lookup_error("replace")

namespace {

// The range of an error, kept within its object.
bool error_range(Vm& vm, Value exception, std::size_t& start, std::size_t& end, std::size_t& length) {
  auto* error = exception.as<UnicodeErrorObject>();
  if (is_str(error->object)) {
    length = error->object.as<StrObject>()->length;
  } else if (is_bytes(error->object)) {
    length = error->object.as<BytesObject>()->length;
  } else {
    return raise(vm, vm.exc.TypeError, "object attribute must be bytes or str");
  }
  const auto size = static_cast<std::int64_t>(length);
  const std::int64_t low = std::min(std::max<std::int64_t>(error->start, 0), size == 0 ? 0 : size - 1);
  const std::int64_t high = std::max(std::min(error->end, size), std::min(low + (error->end < 1 ? 1 : 0), size));
  start = static_cast<std::size_t>(low);
  end = static_cast<std::size_t>(std::max(high, low));
  return true;
}

Ref pair(Vm& vm, Ref text, std::size_t position) {
  VM_CHECK(text);
  return new_tuple(vm, {text.get(), Value::small(static_cast<std::int64_t>(position))});
}

Failed wrong_exception(Vm& vm, Value exception) {
  return raise(vm, vm.exc.TypeError, "don't know how to handle {} in error callback", type_name(vm, exception));
}

Ref strict_errors(Vm& vm, Value, Value exception) {
  if (!is_exception(exception)) return raise(vm, vm.exc.TypeError, "codec must pass exception instance");
  return raise_instance(vm, exception);
}
enum class UnicodeErrorKind : std::uint8_t { None, Decode, Encode, Translate };
UnicodeErrorKind error_kind(Vm& vm, Value exception) {
  if (is_instance_of(vm, exception, vm.exc.UnicodeDecodeError)) return UnicodeErrorKind::Decode;
  if (is_instance_of(vm, exception, vm.exc.UnicodeEncodeError)) return UnicodeErrorKind::Encode;
  if (is_instance_of(vm, exception, vm.exc.UnicodeTranslateError)) return UnicodeErrorKind::Translate;
  return UnicodeErrorKind::None;
}

Ref ignore_errors(Vm& vm, Value, Value exception) {
  if (error_kind(vm, exception) == UnicodeErrorKind::None) return wrong_exception(vm, exception);
  std::size_t start, end, length;
  VM_CHECK(error_range(vm, exception, start, end, length));
  return pair(vm, new_str(vm, {}), end);
}
Ref replace_errors(Vm& vm, Value, Value exception) {
  const UnicodeErrorKind kind = error_kind(vm, exception);
  if (kind == UnicodeErrorKind::None) return wrong_exception(vm, exception);
  std::size_t start, end, length;
  VM_CHECK(error_range(vm, exception, start, end, length));
  StrBuilder out(vm);
  if (kind == UnicodeErrorKind::Decode) {
    out.append(std::uint32_t{0xFFFD});
  } else {
    out.append_repeated(kind == UnicodeErrorKind::Encode ? '?' : 0xFFFD, end - start);
  }
  return pair(vm, out.finish(), end);
}
// The handlers that the engines above have: run them on the exception's fields.
Ref run_builtin(Vm& vm, Value exception, std::string_view name, bool decodes) {
  const UnicodeErrorKind kind = error_kind(vm, exception);
  if (kind == UnicodeErrorKind::None || (kind == UnicodeErrorKind::Decode && !decodes)) return wrong_exception(vm, exception);
  std::size_t start, end, length;
  VM_CHECK(error_range(vm, exception, start, end, length));
  auto* error = exception.as<UnicodeErrorObject>();
  const std::string encoding = is_str(error->encoding) ? to_utf8(error->encoding.as<StrObject>()) : std::string();
  std::size_t position = end;
  const Ref keep = Ref::share(error->object);
  if (is_bytes(keep)) {
    Decoder decoder(vm, keep.as<BytesObject>()->view(), encoding, name);
    if (!decoder.error(start, end, {}, position)) {
      clear_error(vm);
      return raise_instance(vm, exception);
    }
    return pair(vm, decoder.out.finish(), position);
  }
  Encoder encoder(vm, keep.as<StrObject>(), encoding, name);
  Encoder::Replacement replacement;
  if (!encoder.error(start, end, {}, position, replacement)) {
    clear_error(vm);
    return raise_instance(vm, exception);
  }
  if (replacement.text) return pair(vm, std::move(replacement.text), position);
  return pair(vm, new_bytes(vm, replacement.bytes), position);
}
Ref xmlcharrefreplace_errors(Vm& vm, Value, Value exception) {
  if (error_kind(vm, exception) != UnicodeErrorKind::Encode) return wrong_exception(vm, exception);
  return run_builtin(vm, exception, "xmlcharrefreplace", false);
}
Ref backslashreplace_errors(Vm& vm, Value, Value exception) { return run_builtin(vm, exception, "backslashreplace", true); }
Ref namereplace_errors(Vm& vm, Value, Value exception) {
  if (error_kind(vm, exception) != UnicodeErrorKind::Encode) return wrong_exception(vm, exception);
  return run_builtin(vm, exception, "namereplace", false);
}
Ref surrogatepass_errors(Vm& vm, Value, Value exception) {
  if (error_kind(vm, exception) == UnicodeErrorKind::Translate) return wrong_exception(vm, exception);
  return run_builtin(vm, exception, "surrogatepass", true);
}
Ref surrogateescape_errors(Vm& vm, Value, Value exception) {
  if (error_kind(vm, exception) == UnicodeErrorKind::Translate) return wrong_exception(vm, exception);
  return run_builtin(vm, exception, "surrogateescape", true);
}

constexpr MethodSpec kHandlers[] = {
    {"strict_errors($module, exc, /)", strict_errors, "Implements the 'strict' error handling, which raises a UnicodeError on coding errors."},
    {"ignore_errors($module, exc, /)", ignore_errors, "Implements the 'ignore' error handling, which ignores malformed data and continues."},
    {"replace_errors($module, exc, /)", replace_errors, "Implements the 'replace' error handling, which replaces malformed data with a replacement marker."},
    {"xmlcharrefreplace_errors($module, exc, /)", xmlcharrefreplace_errors, "Implements the 'xmlcharrefreplace' error handling."},
    {"backslashreplace_errors($module, exc, /)", backslashreplace_errors, "Implements the 'backslashreplace' error handling."},
    {"namereplace_errors($module, exc, /)", namereplace_errors, "Implements the 'namereplace' error handling."},
    {"surrogatepass($module, exc, /)", surrogatepass_errors},
    {"surrogateescape($module, exc, /)", surrogateescape_errors},
};
constexpr std::string_view kHandlerNames[] = {"strict",           "ignore",      "replace",       "xmlcharrefreplace",
                                              "backslashreplace", "namereplace", "surrogatepass", "surrogateescape"};

}  // namespace

Ref builtin_error_handlers(Vm& vm) {
  VM_TRY(Own<DictObject> handlers, new_dict(vm));
  for (std::size_t i = 0; i < std::size(kHandlers); ++i) {
    VM_TRY(Ref function, new_native_function(vm, kHandlers[i], {}, {}));
    VM_CHECK(dict_set(vm, handlers, kHandlerNames[i], function.get()));
  }
  return handlers;
}

}  // namespace ouro::vm
