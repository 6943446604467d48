// _json.make_encoder: Python values to chunks of JSON text.
#include <cmath>

#include "vm/modules/_json/json.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm::json {
namespace {

enum class Quote : std::uint8_t { Call, Ascii, Unicode };
struct EncoderObject : GcObject {
  Value markers, defaults, encoder, indent, key_separator, item_separator;
  bool sort_keys, skip_keys, allow_nan;
  Quote quote;
};

class Encode {
 public:
  Encode(Vm& vm, EncoderObject* encoder) : vm_(vm), encoder_(encoder), out_(vm) {}

  bool value(Value object, std::int64_t level) {
    if (object.is_none()) return out_.append("null");
    if (object.is_true()) return out_.append("true");
    if (object.is_false()) return out_.append("false");
    if (is_str(object)) return string(object);
    if (is_int(object)) {
      const auto digits = int_to_text(vm_, object, 10);
      return digits && out_.append(*digits);
    }
    if (is_float(object)) return floating(object);
    if (!charge_work(vm_, 4)) return false;
    RecursionGuard guard(vm_, " while encoding a JSON object");
    if (!guard) return false;
    if (is_list(object) || is_tuple(object)) return sequence(object, level);
    if (is_dict(object)) return dictionary(object, level);
    return other(object, level);
  }
  Own<StrObject> finish() { return out_.finish(); }

 private:
  bool string(Value text) {
    Ref quoted;
    switch (encoder_->quote) {
      case Quote::Ascii: quoted = quote_ascii(vm_, as_str(text)); break;
      case Quote::Unicode: quoted = quote_unicode(vm_, as_str(text)); break;
      default:
        quoted = call(vm_, encoder_->encoder, {text});
        if (quoted && !is_str(quoted)) return raise(vm_, vm_.exc.TypeError, "encoder() must return a string, not {}", type_name(vm_, quoted));
    }
    return quoted && out_.append(as_str(quoted));
  }

  bool float_text_of(Value object, std::string& text) {
    const double number = object.as<FloatObject>()->value;
    if (std::isfinite(number)) {
      text = float_text(number);
      return true;
    }
    if (!encoder_->allow_nan) {
      const Ref shown = repr(vm_, object);
      if (!shown) return false;
      return raise(vm_, vm_.exc.ValueError, "Out of range float values are not JSON compliant: {}", as_str(shown));
    }
    text = std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    return true;
  }
  bool floating(Value object) {
    std::string text;
    return float_text_of(object, text) && out_.append(text);
  }

  // Notes that the container is being written; false: it contains itself.
  bool enter(Value object, Ref& marker) {
    if (encoder_->markers.is_none()) return true;
    marker = new_uint(vm_, object.bits());
    if (!marker) return false;
    auto* markers = encoder_->markers.as<DictObject>();
    Value known;
    if (!dict_find(vm_, markers, marker, known)) return false;
    if (!known.is_null()) return raise(vm_, vm_.exc.ValueError, "Circular reference detected");
    return dict_set(vm_, markers, marker.get(), object);
  }
  bool leave(const Ref& marker) {
    if (!marker) return true;
    return dict_delete(vm_, encoder_->markers.as<DictObject>(), marker);
  }
  void line(std::int64_t level) {
    if (encoder_->indent.is_none()) return;
    out_.append(std::uint32_t{'\n'});
    for (std::int64_t i = 0; i < level; ++i) out_.append(as_str(encoder_->indent));
  }
  // Between items; the separator has no line of its own.
  void separate(std::int64_t level) {
    out_.append(as_str(encoder_->item_separator));
    line(level);
  }

  bool sequence(Value object, std::int64_t level) {
    const Ref items = fast_sequence(vm_, object, "_iterencode_list needs a sequence");
    if (!items) return false;
    if (sequence_items(items).empty()) return out_.append("[]");
    Ref marker;
    if (!enter(object, marker)) return false;
    out_.append("[");
    line(level + 1);
    for (std::size_t i = 0; i < sequence_items(items).size(); ++i) {
      if (i != 0) separate(level + 1);
      const Ref item = Ref::share(sequence_items(items)[i]);
      if (!value(item, level + 1)) return false;
    }
    line(level);
    return leave(marker) && out_.append("]");
  }

  // A key as text; skip: it is to be left out.
  bool key(Value name, bool& skip) {
    skip = false;
    if (is_str(name)) return string(name);
    std::string text;
    if (is_float(name)) {
      if (!float_text_of(name, text)) return false;
    } else if (name.is_none()) {
      text = "null";
    } else if (name.is_bool()) {
      text = name.is_true() ? "true" : "false";
    } else if (is_int(name)) {
      auto digits = int_to_text(vm_, name, 10);
      if (!digits) return false;
      text.swap(*digits);
    } else if (encoder_->skip_keys) {
      skip = true;
      return true;
    } else {
      return raise(vm_, vm_.exc.TypeError, "keys must be str, int, float, bool or None, not {}", type_name(vm_, name));
    }
    const Own<StrObject> shown = new_str(vm_, text);
    return shown && string(shown.get());
  }

  bool dictionary(Value object, std::int64_t level) {
    auto* dict = object.as<DictObject>();
    if (dict->used == 0) return out_.append("{}");
    Ref marker;
    if (!enter(object, marker)) return false;
    Ref items;
    if (is_exact(vm_, object, vm_.types.dict)) {
      items = dict_items(vm_, dict);
    } else {
      const Ref view = call_method(vm_, object, vm_.names.items);
      if (!view) return false;
      items = to_list(vm_, view);
    }
    if (!items) return false;
    if (encoder_->sort_keys && !list_sort(vm_, items.as<ListObject>(), {}, false)) return false;
    out_.append("{");
    bool first = true;
    for (std::size_t i = 0; i < items.as<ListObject>()->size; ++i) {
      const Ref pair = Ref::share(items.as<ListObject>()->items[i]);
      if (!is_tuple(pair) || pair.as<TupleObject>()->size != 2) return raise(vm_, vm_.exc.ValueError, "items must return 2-tuples");
      const Value name = (*pair.as<TupleObject>())[0];
      if (encoder_->skip_keys && !is_str(name) && !is_float(name) && !name.is_none() && !name.is_bool() && !is_int(name)) continue;
      if (first) {
        line(level + 1);
      } else {
        separate(level + 1);
      }
      first = false;
      bool skip;
      if (!key(name, skip)) return false;
      out_.append(as_str(encoder_->key_separator));
      if (!value((*pair.as<TupleObject>())[1], level + 1)) return false;
    }
    if (!first) line(level);
    return leave(marker) && out_.append("}");
  }

  bool other(Value object, std::int64_t level) {
    Ref marker;
    if (!enter(object, marker)) return false;
    const Ref replaced = call(vm_, encoder_->defaults, {object});
    return replaced && value(replaced, level) && leave(marker);
  }

  Vm& vm_;
  EncoderObject* encoder_;
  StrBuilder out_;
};

void encoder_dealloc(Vm& vm, Object* self) {
  auto* encoder = static_cast<EncoderObject*>(self);
  for (const Value part : {encoder->markers, encoder->defaults, encoder->encoder, encoder->indent, encoder->key_separator, encoder->item_separator})
    xdecref(part);
  free_object(vm, self, sizeof(EncoderObject));
}
void encoder_traverse(Object* self, Visitor& visit) {
  auto* encoder = static_cast<EncoderObject*>(self);
  for (const Value part : {encoder->markers, encoder->defaults, encoder->encoder, encoder->indent, encoder->key_separator, encoder->item_separator})
    visit(part);
}

// Which of the module's own functions a value is.
Quote quote_kind(Value function) {
  if (!function.is_object()) return Quote::Call;
  const std::string_view type = function.object()->type->display_name();
  if (type != "builtin_function_or_method") return Quote::Call;
  const std::string_view signature = function.as<NativeFunctionObject>()->spec->signature;
  if (signature.starts_with("encode_basestring_ascii(")) return Quote::Ascii;
  if (signature.starts_with("encode_basestring(")) return Quote::Unicode;
  return Quote::Call;
}

Ref encoder_construct(Vm& vm, TypeObject* type, const CallArgs& call_args) {
  VM_PARSE(args, vm, "make_encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)", 9, call_args);
  if (!args[0].is_none() && !is_dict(args[0]))
    return raise(vm, vm.exc.TypeError, "make_encoder() argument 1 must be dict or None, not {}", type_name(vm, args[0]));
  for (const std::size_t i : {4U, 5U})
    if (!is_str(args[i])) return raise(vm, vm.exc.TypeError, "make_encoder() argument {} must be str, not {}", i + 1, type_name(vm, args[i]));
  VM_TRY(const bool sort_keys, args.boolean(vm, 6));
  VM_TRY(const bool skip_keys, args.boolean(vm, 7));
  VM_TRY(const bool allow_nan, args.boolean(vm, 8));
  VM_TRY(EncoderObject * encoder, allocate<EncoderObject>(vm, type));
  encoder->markers = Ref::share(args[0]).release();
  encoder->defaults = Ref::share(args[1]).release();
  encoder->encoder = Ref::share(args[2]).release();
  encoder->indent = Ref::share(is_str(args[3]) ? args[3] : kNone).release();
  encoder->key_separator = Ref::share(args[4]).release();
  encoder->item_separator = Ref::share(args[5]).release();
  encoder->sort_keys = sort_keys;
  encoder->skip_keys = skip_keys;
  encoder->allow_nan = allow_nan;
  encoder->quote = quote_kind(args[2]);
  vm.heap.track(encoder);
  return Own<EncoderObject>::adopt(encoder);
}
Ref encoder_call(Vm& vm, Value self, const CallArgs& call_args) {
  VM_PARSE(args, vm, "_iterencode(obj, _current_indent_level)", 2, call_args);
  VM_TRY(const std::int64_t level, args.ssize(vm, 1));
  Encode encode(vm, self.as<EncoderObject>());
  VM_CHECK(encode.value(args[0], level) || !has_error(vm));
  VM_TRY(Own<StrObject> text, encode.finish());
  return new_tuple(vm, {Value(text.get())});
}
constexpr MemberSpec kEncoderMembers[] = {
    {"markers", MemberSpec::Kind::Object, offsetof(EncoderObject, markers), true, "markers"},
    {"default", MemberSpec::Kind::Object, offsetof(EncoderObject, defaults), true, "default"},
    {"encoder", MemberSpec::Kind::Object, offsetof(EncoderObject, encoder), true, "encoder"},
    {"indent", MemberSpec::Kind::Object, offsetof(EncoderObject, indent), true, "indent"},
    {"key_separator", MemberSpec::Kind::Object, offsetof(EncoderObject, key_separator), true, "key_separator"},
    {"item_separator", MemberSpec::Kind::Object, offsetof(EncoderObject, item_separator), true, "item_separator"},
    {"sort_keys", MemberSpec::Kind::Bool, offsetof(EncoderObject, sort_keys), true, "sort_keys"},
    {"skipkeys", MemberSpec::Kind::Bool, offsetof(EncoderObject, skip_keys), true, "skipkeys"},
};
constexpr TypeSlots encoder_slots() {
  TypeSlots slots;
  slots.dealloc = encoder_dealloc;
  slots.traverse = encoder_traverse;
  slots.construct = encoder_construct;
  slots.call = encoder_call;
  return slots;
}

}  // namespace

const TypeSpec kEncoderType = {
    .name = "_json.Encoder",
    .basic_size = sizeof(EncoderObject),
    .flags = kTypeContainer,
    .doc = "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    .slots = encoder_slots(),
    .members = kEncoderMembers,
};

}  // namespace ouro::vm::json
