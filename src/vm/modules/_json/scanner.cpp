// _json.make_scanner: JSON text to Python values.
#include <cmath>

#include "vm/modules/_json/json.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/str_internal.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm::json {
namespace {

struct ScannerObject : GcObject {
  bool strict;
  Value object_hook, object_pairs_hook, parse_float, parse_int, parse_constant;
};

class Scan {
 public:
  Scan(Vm& vm, ScannerObject* scanner, StrObject* text) : vm_(vm), scanner_(scanner), text_(text) {}

  Ref value(std::size_t at, std::size_t& end) {
    if (at >= text_->length) return stop_iteration(vm_, at);
    switch (text_->at(at)) {
      case '"': return scan_string(vm_, text_, at + 1, scanner_->strict, end);
      case '{': {
        RecursionGuard guard(vm_, " while decoding a JSON object from a unicode string");
        return guard ? object(at + 1, end) : Ref();
      }
      case '[': {
        RecursionGuard guard(vm_, " while decoding a JSON array from a unicode string");
        return guard ? array(at + 1, end) : Ref();
      }
      case 'n':
        if (is_word(at, "null")) return end = at + 4, Ref::none();
        break;
      case 't':
        if (is_word(at, "true")) return end = at + 4, Ref::boolean(true);
        break;
      case 'f':
        if (is_word(at, "false")) return end = at + 5, Ref::boolean(false);
        break;
      case 'N':
        if (is_word(at, "NaN")) return constant("NaN", at, end);
        break;
      case 'I':
        if (is_word(at, "Infinity")) return constant("Infinity", at, end);
        break;
      case '-':
        if (is_word(at, "-Infinity")) return constant("-Infinity", at, end);
        break;
      default: break;
    }
    return number(at, end);
  }

 private:
  bool is_word(std::size_t at, std::string_view word) const {
    if (at + word.size() > text_->length) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
      if (text_->at(at + i) != static_cast<unsigned char>(word[i])) return false;
    return true;
  }
  Ref constant(std::string_view word, std::size_t at, std::size_t& end) {
    VM_TRY(Own<StrObject> text, new_str(vm_, word));
    end = at + word.size();
    return call(vm_, scanner_->parse_constant, {text.get()});
  }
  [[nodiscard]] bool is_space(std::size_t at) const {
    if (at >= text_->length) return false;
    const std::uint32_t c = text_->at(at);
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }
  void skip_space(std::size_t& at) const {
    while (is_space(at)) ++at;
  }
  [[nodiscard]] std::uint32_t at_or_0(std::size_t at) const { return at < text_->length ? text_->at(at) : 0; }
  [[nodiscard]] bool is_digit(std::size_t at) const { return at_or_0(at) - '0' < 10; }

  Ref number(std::size_t start, std::size_t& end) {
    std::size_t i = start;
    if (at_or_0(i) == '-') ++i;
    if (i >= text_->length) return stop_iteration(vm_, start);
    if (at_or_0(i) - '1' < 9) {
      while (is_digit(i)) ++i;
    } else if (at_or_0(i) == '0') {
      ++i;
    } else {
      return stop_iteration(vm_, start);
    }
    bool is_float = false;
    if (at_or_0(i) == '.' && is_digit(i + 1)) {
      is_float = true;
      i += 2;
      while (is_digit(i)) ++i;
    }
    if ((at_or_0(i) | 32U) == 'e') {
      std::size_t k = i + 1;
      if (at_or_0(k) == '-' || at_or_0(k) == '+') ++k;
      if (is_digit(k)) {
        while (is_digit(k)) ++k;
        is_float = true;
        i = k;
      }
    }
    end = i;
    const Value parse = is_float ? scanner_->parse_float : scanner_->parse_int;
    const Value standard = is_float ? Value(vm_.types.float_) : Value(vm_.types.int_);
    std::string digits;
    for (std::size_t k = start; k < i; ++k) digits.push_back(static_cast<char>(text_->at(k)));
    if (parse == standard && is_float) {
      const auto number_value = float_from_text(digits);
      return number_value ? new_float(vm_, *number_value) : Ref();
    }
    VM_TRY(Own<StrObject> piece, substring(vm_, text_, start, i));
    if (parse == standard) {
      if (digits.size() < 18) return new_int(vm_, std::strtoll(digits.c_str(), nullptr, 10));
      return new_int_text(vm_, digits, 10, piece.get());
    }
    return call(vm_, parse, {piece.get()});
  }

  Failed fail(std::string_view message, std::size_t at) {
    raise_decode_error(vm_, message, text_, at);
    return kFailed;
  }

  Ref array(std::size_t i, std::size_t& end) {
    VM_TRY(Own<ListObject> list, new_list(vm_));
    skip_space(i);
    if (at_or_0(i) == ']' && i < text_->length) return end = i + 1, Ref(std::move(list));
    for (;;) {
      VM_TRY(Ref item, value(i, i));
      VM_CHECK(list_append(vm_, list, std::move(item)));
      skip_space(i);
      if (i < text_->length && text_->at(i) == ']') break;
      if (i >= text_->length || text_->at(i) != ',') return fail("Expecting ',' delimiter", i);
      const std::size_t comma = i++;
      skip_space(i);
      if (i < text_->length && text_->at(i) == ']') return fail("Illegal trailing comma before end of array", comma);
    }
    end = i + 1;
    return list;
  }

  // A key, the one object of its text within this scan.
  Ref key(std::size_t i, std::size_t& end) {
    VM_TRY(Ref text, scan_string(vm_, text_, i, scanner_->strict, end));
    if (!memo_) {
      memo_ = new_dict(vm_);
      VM_CHECK(memo_);
    }
    const Value known = dict_set_default(vm_, memo_, text, text);
    VM_CHECK(known);
    return Ref::share(known);
  }

  Ref object(std::size_t i, std::size_t& end) {
    const bool wants_pairs = !scanner_->object_pairs_hook.is_none();
    Own<ListObject> pairs;
    Own<DictObject> dict;
    if (wants_pairs) {
      pairs = new_list(vm_);
      VM_CHECK(pairs);
    } else {
      dict = new_dict(vm_);
      VM_CHECK(dict);
    }
    skip_space(i);
    if (i >= text_->length || text_->at(i) != '}') {
      for (;;) {
        if (i >= text_->length || text_->at(i) != '"') return fail("Expecting property name enclosed in double quotes", i);
        VM_TRY(Ref name, key(i + 1, i));
        skip_space(i);
        if (i >= text_->length || text_->at(i) != ':') return fail("Expecting ':' delimiter", i);
        ++i;
        skip_space(i);
        VM_TRY(Ref item, value(i, i));
        if (wants_pairs) {
          VM_TRY(Own<TupleObject> pair, new_tuple(vm_, {name.get(), item.get()}));
          VM_CHECK(list_append(vm_, pairs, Ref(std::move(pair))));
        } else {
          VM_CHECK(dict_set(vm_, dict, name.get(), item.get()));
        }
        skip_space(i);
        if (i < text_->length && text_->at(i) == '}') break;
        if (i >= text_->length || text_->at(i) != ',') return fail("Expecting ',' delimiter", i);
        const std::size_t comma = i++;
        skip_space(i);
        if (i < text_->length && text_->at(i) == '}') return fail("Illegal trailing comma before end of object", comma);
      }
    }
    end = i + 1;
    if (wants_pairs) return call(vm_, scanner_->object_pairs_hook, {pairs.get()});
    if (!scanner_->object_hook.is_none()) return call(vm_, scanner_->object_hook, {dict.get()});
    return dict;
  }

  Vm& vm_;
  ScannerObject* scanner_;
  StrObject* text_;
  Own<DictObject> memo_;
};

void scanner_dealloc(Vm& vm, Object* self) {
  auto* scanner = static_cast<ScannerObject*>(self);
  for (const Value part : {scanner->object_hook, scanner->object_pairs_hook, scanner->parse_float, scanner->parse_int, scanner->parse_constant})
    xdecref(part);
  free_object(vm, self, sizeof(ScannerObject));
}
void scanner_traverse(Object* self, Visitor& visit) {
  auto* scanner = static_cast<ScannerObject*>(self);
  for (const Value part : {scanner->object_hook, scanner->object_pairs_hook, scanner->parse_float, scanner->parse_int, scanner->parse_constant})
    visit(part);
}
Ref scanner_construct(Vm& vm, TypeObject* type, const CallArgs& call_args) {
  VM_PARSE(args, vm, "make_scanner(context)", 1, call_args);
  VM_TRY(ScannerObject * scanner, allocate<ScannerObject>(vm, type));
  Own<ScannerObject> own = Own<ScannerObject>::adopt(scanner);
  VM_TRY(Ref strict, get_attribute(vm, args[0], "strict"));
  VM_CHECK(truth(vm, strict, scanner->strict));
  const std::pair<std::string_view, Value*> fields[] = {{"object_hook", &scanner->object_hook},
                                                        {"object_pairs_hook", &scanner->object_pairs_hook},
                                                        {"parse_float", &scanner->parse_float},
                                                        {"parse_int", &scanner->parse_int},
                                                        {"parse_constant", &scanner->parse_constant}};
  for (const auto& [name, field] : fields) {
    VM_TRY(Ref part, get_attribute(vm, args[0], name));
    *field = part.release();
  }
  vm.heap.track(scanner);
  return own;
}
Ref scanner_call(Vm& vm, Value self, const CallArgs& call_args) {
  VM_PARSE(args, vm, "scan_once(string, idx)", 2, call_args);
  VM_TRY(const std::int64_t at, args.ssize(vm, 1));
  if (!is_str(args[0])) return raise(vm, vm.exc.TypeError, "first argument must be a string, not {}", type_name(vm, args[0]));
  if (at < 0) return raise(vm, vm.exc.ValueError, "idx cannot be negative");
  auto* text = as_str(args[0]);
  VM_CHECK(charge_work(vm, 4));
  std::size_t end = 0;
  VM_TRY(Ref value, Scan(vm, self.as<ScannerObject>(), text).value(static_cast<std::size_t>(at), end));
  return new_tuple(vm, {value.get(), Value::small(static_cast<std::int64_t>(end))});
}
constexpr MemberSpec kScannerMembers[] = {
    {"strict", MemberSpec::Kind::Bool, offsetof(ScannerObject, strict), true, "strict"},
    {"object_hook", MemberSpec::Kind::Object, offsetof(ScannerObject, object_hook), true, "object_hook"},
    {"object_pairs_hook", MemberSpec::Kind::Object, offsetof(ScannerObject, object_pairs_hook), true},
    {"parse_float", MemberSpec::Kind::Object, offsetof(ScannerObject, parse_float), true, "parse_float"},
    {"parse_int", MemberSpec::Kind::Object, offsetof(ScannerObject, parse_int), true, "parse_int"},
    {"parse_constant", MemberSpec::Kind::Object, offsetof(ScannerObject, parse_constant), true, "parse_constant"},
};
constexpr TypeSlots scanner_slots() {
  TypeSlots slots;
  slots.dealloc = scanner_dealloc;
  slots.traverse = scanner_traverse;
  slots.construct = scanner_construct;
  slots.call = scanner_call;
  return slots;
}

}  // namespace

const TypeSpec kScannerType = {
    .name = "_json.Scanner",
    .basic_size = sizeof(ScannerObject),
    .flags = kTypeContainer,
    .doc = "JSON scanner object",
    .slots = scanner_slots(),
    .members = kScannerMembers,
};

}  // namespace ouro::vm::json
