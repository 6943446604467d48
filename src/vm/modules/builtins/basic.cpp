// builtins: functions of one or two objects. CPython 3.13 Python/bltinmodule.c.
#include "vm/modules/builtins/builtins.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

Ref builtin_abs(Vm& vm, Value, Value x) { return absolute(vm, x); }
Ref builtin_ascii(Vm& vm, Value, Value x) { return ascii(vm, x); }
Ref builtin_repr(Vm& vm, Value, Value x) { return repr(vm, x); }
Ref builtin_callable(Vm& vm, Value, Value x) { return Ref::boolean(is_callable(vm, x)); }
Ref builtin_id(Vm& vm, Value, Value x) { return new_uint(vm, x.bits()); }
Ref builtin_len(Vm& vm, Value, Value x) {
  VM_TRY(std::size_t size, length(vm, x));
  return new_uint(vm, size);
}
Ref builtin_hash(Vm& vm, Value, Value x) {
  std::int64_t value = 0;
  VM_CHECK(hash(vm, x, value));
  return new_int(vm, value);
}

Ref in_base(Vm& vm, Value number, int base, std::string_view prefix) {
  VM_TRY(Ref index, to_index(vm, number));
  VM_TRY(const std::string text, int_to_text(vm, index, base));
  const bool negative = int_sign(index) < 0;
  std::string out(negative ? "-" : "");
  out.append(prefix).append(text, negative ? 1 : 0);
  return new_str_latin1(vm, out);
}
Ref builtin_bin(Vm& vm, Value, Value x) { return in_base(vm, x, 2, "0b"); }
Ref builtin_oct(Vm& vm, Value, Value x) { return in_base(vm, x, 8, "0o"); }
Ref builtin_hex(Vm& vm, Value, Value x) { return in_base(vm, x, 16, "0x"); }

Ref builtin_chr(Vm& vm, Value, Value x) {
  VM_TRY(Ref index, to_index(vm, x));
  const std::optional<std::int64_t> code_point = int_to_int64(index);
  if (!code_point || *code_point < 0 || *code_point > 0x10FFFF) {
    return raise(vm, vm.exc.ValueError, "chr() arg not in range(0x110000)");
  }
  return new_str_of(vm, static_cast<std::uint32_t>(*code_point));
}
Ref builtin_ord(Vm& vm, Value, Value x) {
  std::size_t size = 0;
  if (is_str(x)) {
    const auto* text = x.as<StrObject>();
    if (text->length == 1) return Ref::small(text->at(0));
    size = text->length;
  } else if (is_bytes(x)) {
    const std::string_view bytes = x.as<BytesObject>()->view();
    if (bytes.size() == 1) return Ref::small(static_cast<unsigned char>(bytes[0]));
    size = bytes.size();
  } else if (is_instance_of(vm, x, vm.types.bytearray)) {
    const std::string_view bytes = x.as<BytearrayObject>()->view();
    if (bytes.size() == 1) return Ref::small(static_cast<unsigned char>(bytes[0]));
    size = bytes.size();
  } else {
    return raise(vm, vm.exc.TypeError, "ord() expected string of length 1, but {} found", type_name(vm, x));
  }
  return raise(vm, vm.exc.TypeError, "ord() expected a character, but string of length {} found", size);
}

Ref builtin_divmod(Vm& vm, Value, Args& args) { return binary(vm, args[0], args[1], BinaryOp::Divmod); }
Ref builtin_pow(Vm& vm, Value, Args& args) { return power(vm, args[0], args[1], args.get(2, kNone)); }
Ref builtin_round(Vm& vm, Value, Args& args) {
  Ref method;
  VM_CHECK(lookup_special(vm, args[0], vm.names.d_round, method));
  if (!method) {
    return raise(vm, vm.exc.TypeError, "type {} doesn't define __round__ method", type_name(vm, args[0]));
  }
  if (!args.has(1)) return call(vm, method);
  return call(vm, method, {args[1]});
}
Ref builtin_format(Vm& vm, Value, Args& args) {
  if (args.given(1) && !is_str(args[1])) return raise_argument_type(vm, "format", 2, "str", args[1]);
  return format(vm, args[0], args[1]);
}

StrObject* attribute_name(Vm& vm, Value name) {
  if (is_str(name)) return name.as<StrObject>();
  return raise(vm, vm.exc.TypeError, "attribute name must be string, not '{}'", type_name(vm, name));
}
Ref builtin_getattr(Vm& vm, Value, const CallArgs& call) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "getattr() takes no keyword arguments");
  if (call.positional < 2) {
    return raise(vm, vm.exc.TypeError, "getattr expected at least 2 arguments, got {}", call.positional);
  }
  if (call.positional > 3) {
    return raise(vm, vm.exc.TypeError, "getattr expected at most 3 arguments, got {}", call.positional);
  }
  VM_TRY(StrObject * name, attribute_name(vm, call.values[1]));
  if (call.positional == 2) return get_attribute(vm, call.values[0], name);
  Ref found;
  VM_CHECK(find_attribute(vm, call.values[0], name, found));
  return found ? std::move(found) : Ref::share(call.values[2]);
}
Ref builtin_hasattr(Vm& vm, Value, Args& args) {
  VM_TRY(StrObject * name, attribute_name(vm, args[1]));
  Ref found;
  VM_CHECK(find_attribute(vm, args[0], name, found));
  return Ref::boolean(static_cast<bool>(found));
}
Ref builtin_setattr(Vm& vm, Value, Args& args) {
  VM_TRY(StrObject * name, attribute_name(vm, args[1]));
  VM_CHECK(set_attribute(vm, args[0], name, args[2]));
  return Ref::none();
}
Ref builtin_delattr(Vm& vm, Value, Args& args) {
  VM_TRY(StrObject * name, attribute_name(vm, args[1]));
  VM_CHECK(delete_attribute(vm, args[0], name));
  return Ref::none();
}
Ref builtin_isinstance(Vm& vm, Value, const CallArgs& call) {
  if (call.has_keywords()) return raise(vm, vm.exc.TypeError, "isinstance() takes no keyword arguments");
  if (call.positional != 2) return raise(vm, vm.exc.TypeError, "isinstance expected 2 arguments, got {}", call.positional);
  bool out = false;
  VM_CHECK(is_instance(vm, call.values[0], call.values[1], out));
  return Ref::boolean(out);
}
Ref builtin_issubclass(Vm& vm, Value, Args& args) {
  bool out = false;
  VM_CHECK(is_subclass(vm, args[0], args[1], out));
  return Ref::boolean(out);
}

constexpr MethodSpec kFunctions[] = {
    {"abs($module, x, /)", builtin_abs, "The absolute value."},
    {"ascii($module, obj, /)", builtin_ascii, "repr() with everything beyond ASCII escaped."},
    {"bin($module, number, /)", builtin_bin, "Binary text of an int: '0b101'."},
    {"callable($module, obj, /)", builtin_callable, "Whether the object can be called."},
    {"chr($module, i, /)", builtin_chr, "The character of a code point."},
    {"delattr($module, obj, name, /)", builtin_delattr, "delattr(x, 'y') is del x.y."},
    {"divmod($module, x, y, /)", builtin_divmod, "The tuple (x // y, x % y)."},
    {"format($module, value, format_spec='', /)", builtin_format, "value.__format__(format_spec)."},
    {"getattr -- (object, name[, default])", builtin_getattr, "getattr(x, 'y') is x.y; default is for when there is none."},
    {"hasattr($module, obj, name, /)", builtin_hasattr, "Whether the object has an attribute of that name."},
    {"hash($module, obj, /)", builtin_hash, "The hash of the object; equal objects hash alike."},
    {"hex($module, number, /)", builtin_hex, "Hexadecimal text of an int: '0xff'."},
    {"id($module, obj, /)", builtin_id, "A number that no other living object has."},
    {"isinstance($module, obj, class_or_tuple, /)", builtin_isinstance, "Whether the object is an instance of the class, or of one."},
    {"issubclass($module, cls, class_or_tuple, /)", builtin_issubclass, "Whether the class is derived from the other, or from one."},
    {"len($module, obj, /)", builtin_len, "How many items a container has."},
    {"oct($module, number, /)", builtin_oct, "Octal text of an int: '0o17'."},
    {"ord($module, c, /)", builtin_ord, "The code point of a character."},
    {"pow($module, /, base, exp, mod=None)", builtin_pow, "base ** exp, or base ** exp % mod."},
    {"repr($module, obj, /)", builtin_repr, "The object as text for programmers."},
    {"round($module, /, number, ndigits=None)", builtin_round, "The number rounded to so many decimal digits."},
    {"setattr($module, obj, name, value, /)", builtin_setattr, "setattr(x, 'y', v) is x.y = v."},
};

}  // namespace

std::span<const MethodSpec> builtin_object_functions() { return kFunctions; }

}  // namespace ouro::vm
