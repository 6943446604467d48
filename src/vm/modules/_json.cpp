// _json: the scanner and encoder that the standard library's json speeds itself up with.
#include <cmath>

#include "support/float_text.h"
#include "vm/modules/_json/json.h"
#include "vm/modules/import.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace json {

void raise_decode_error(Vm& vm, std::string_view message, Value text, std::size_t at) {
  const Ref type = import_attribute(vm, "json.decoder", "JSONDecodeError");
  if (!type) return;
  const Own<StrObject> what = new_str(vm, message);
  if (!what) return;
  const Ref error = call(vm, type, {what.get(), text, Value::small(static_cast<std::int64_t>(at))});
  if (error) (void)raise_instance(vm, error);
}

Ref stop_iteration(Vm& vm, std::size_t at) { return raise_with(vm, vm.exc.StopIteration, Value::small(static_cast<std::int64_t>(at))); }

namespace {

int hex_digit(std::uint32_t c) {
  if (c - '0' < 10) return static_cast<int>(c - '0');
  if ((c | 32U) - 'a' < 6) return static_cast<int>((c | 32U) - 'a') + 10;
  return -1;
}
// Four hexadecimal digits; -1 where there are none.
int hex4(const StrObject* text, std::size_t at) {
  if (at + 4 > text->length) return -1;
  int value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int digit = hex_digit(text->at(at + i));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

}  // namespace

// From behind the opening quote; `end`: behind the closing one.
Ref scan_string(Vm& vm, StrObject* text, std::size_t begin, bool strict, std::size_t& end) {
  StrBuilder out(vm);
  std::size_t i = begin;
  const std::size_t quote = begin - 1;
  VM_CHECK(charge_work(vm, 2));
  for (bool plain = true;; plain = false) {
    const std::size_t start = i;
    while (i < text->length) {
      const std::uint32_t c = text->at(i);
      if (c == '"' || c == '\\') break;
      if (c <= 0x1F && strict) {
        raise_decode_error(vm, "Invalid control character at", text, i);
        return {};
      }
      ++i;
    }
    if (i >= text->length) {
      raise_decode_error(vm, "Unterminated string starting at", text, quote);
      return {};
    }
    if (plain && text->at(i) == '"') {
      end = i + 1;
      return substring(vm, text, start, i);
    }
    out.append(text, start, i);
    if (text->at(i++) == '"') {
      end = i;
      return out.finish();
    }
    if (i >= text->length) {
      raise_decode_error(vm, "Unterminated string starting at", text, quote);
      return {};
    }
    std::uint32_t c = text->at(i++);
    switch (c) {
      case '"':
      case '\\':
      case '/': break;
      case 'b': c = '\b'; break;
      case 'f': c = '\f'; break;
      case 'n': c = '\n'; break;
      case 'r': c = '\r'; break;
      case 't': c = '\t'; break;
      case 'u': {
        const int unit = hex4(text, i);
        if (unit < 0) {
          raise_decode_error(vm, "Invalid \\uXXXX escape", text, i - 1);
          return {};
        }
        c = static_cast<std::uint32_t>(unit);
        i += 4;
        if (c - 0xD800 < 0x400 && i + 6 <= text->length && text->at(i) == '\\' && text->at(i + 1) == 'u') {
          const int low = hex4(text, i + 2);
          if (low >= 0xDC00 && low <= 0xDFFF) {
            c = 0x10000 + ((c - 0xD800) << 10U) + (static_cast<std::uint32_t>(low) - 0xDC00);
            i += 6;
          }
        }
        break;
      }
      default: raise_decode_error(vm, "Invalid \\escape", text, i - 2); return {};
    }
    out.append(c);
  }
}

Ref quote_ascii(Vm& vm, const StrObject* text) {
  constexpr char kHex[] = "0123456789abcdef";
  StrBuilder out(vm);
  out.append(std::uint32_t{'"'});
  for (std::size_t i = 0; i < text->length;) {
    const std::size_t start = i;
    while (i < text->length && text->at(i) >= ' ' && text->at(i) < 0x7F && text->at(i) != '"' && text->at(i) != '\\') ++i;
    out.append(text, start, i);
    if (i == text->length) break;
    const std::uint32_t c = text->at(i++);
    const auto unit = [&](std::uint32_t value) {
      const char escape[6] = {'\\', 'u', kHex[value >> 12U & 15U], kHex[value >> 8U & 15U], kHex[value >> 4U & 15U], kHex[value & 15U]};
      out.append(std::string_view(escape, 6));
    };
    switch (c) {
      case '"': out.append("\\\""); break;
      case '\\': out.append("\\\\"); break;
      case '\b': out.append("\\b"); break;
      case '\f': out.append("\\f"); break;
      case '\n': out.append("\\n"); break;
      case '\r': out.append("\\r"); break;
      case '\t': out.append("\\t"); break;
      default:
        if (c == 0x7F) {
          out.append(c);
        } else if (c >= 0x10000) {
          unit(0xD800U + ((c - 0x10000) >> 10U));
          unit(0xDC00U + ((c - 0x10000) & 0x3FFU));
        } else {
          unit(c);
        }
    }
  }
  out.append(std::uint32_t{'"'});
  return out.finish();
}

Ref quote_unicode(Vm& vm, const StrObject* text) {
  constexpr char kHex[] = "0123456789abcdef";
  StrBuilder out(vm);
  out.append(std::uint32_t{'"'});
  for (std::size_t i = 0; i < text->length;) {
    const std::size_t start = i;
    while (i < text->length && text->at(i) >= ' ' && text->at(i) != '"' && text->at(i) != '\\') ++i;
    out.append(text, start, i);
    if (i == text->length) break;
    const std::uint32_t c = text->at(i++);
    switch (c) {
      case '"': out.append("\\\""); break;
      case '\\': out.append("\\\\"); break;
      case '\b': out.append("\\b"); break;
      case '\f': out.append("\\f"); break;
      case '\n': out.append("\\n"); break;
      case '\r': out.append("\\r"); break;
      case '\t': out.append("\\t"); break;
      default: {
        const char escape[6] = {'\\', 'u', '0', '0', kHex[c >> 4U & 15U], kHex[c & 15U]};
        out.append(std::string_view(escape, 6));
      }
    }
  }
  out.append(std::uint32_t{'"'});
  return out.finish();
}

namespace {

Ref module_scanstring(Vm& vm, Value, Args& args) {
  if (!is_str(args[0])) return raise(vm, vm.exc.TypeError, "first argument must be a string, not {}", type_name(vm, args[0]));
  VM_TRY(const std::int64_t begin, args.ssize(vm, 1));
  VM_TRY(const bool strict, args.boolean(vm, 2, true));
  auto* text = as_str(args[0]);
  if (begin < 0 || static_cast<std::size_t>(begin) > text->length) return raise(vm, vm.exc.ValueError, "end is out of bounds");
  std::size_t end = 0;
  VM_TRY(Ref result, scan_string(vm, text, static_cast<std::size_t>(begin), strict, end));
  return new_tuple(vm, {result.get(), Value::small(static_cast<std::int64_t>(end))});
}
Ref module_quote_ascii(Vm& vm, Value, Value text) {
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "first argument must be a string, not {}", type_name(vm, text));
  return quote_ascii(vm, as_str(text));
}
Ref module_quote(Vm& vm, Value, Value text) {
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "first argument must be a string, not {}", type_name(vm, text));
  return quote_unicode(vm, as_str(text));
}

constexpr MethodSpec kFunctions[] = {
    {"encode_basestring_ascii($module, string, /)", module_quote_ascii, "Return an ASCII-only JSON representation of a Python string"},
    {"encode_basestring($module, string, /)", module_quote, "Return a JSON representation of a Python string"},
    {"scanstring($module, string, end, strict=True, /)", module_scanstring, "Scan the string s for a JSON string."},
};
bool fill(Vm& vm, ModuleObject* module) {
  // json.encoder tells the encoding functions apart by identity.
  return set_module_attribute(vm, module, "make_scanner", Value(vm.native_type(kScannerType))) &&
         set_module_attribute(vm, module, "make_encoder", Value(vm.native_type(kEncoderType)));
}
constexpr ModuleSpec kModule = {"_json", "json speedups", kFunctions, fill};

}  // namespace
}  // namespace json

const ModuleSpec& _json_module() { return json::kModule; }

}  // namespace ouro::vm
