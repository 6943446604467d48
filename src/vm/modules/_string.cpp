// _string: the parts of str.format that string.Formatter builds on.
#include "vm/objects/format_markup.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

struct ParserObject : Object {
  StrObject* text;
  std::size_t position_storage[3];  ///< a MarkupIterator
};

class ParserState {
 public:
  static MarkupIterator& of(ParserObject* parser) {
    static_assert(sizeof(MarkupIterator) <= sizeof(parser->position_storage));
    return *reinterpret_cast<MarkupIterator*>(parser->position_storage);
  }
};

struct FieldIteratorObject : Object {
  StrObject* text;
  TextRange rest;
};

template <class T>
void dealloc(Vm& vm, Object* self) {
  decref(static_cast<Object*>(static_cast<T*>(self)->text));
  free_object(vm, self, sizeof(T));
}
Ref iter_same(Vm&, Value self) { return Ref::share(self); }

Ref range_text(Vm& vm, StrObject* text, TextRange range) { return substring(vm, text, range.start, std::max(range.start, range.end)); }

// (literal, field name, specification, conversion); the last three None without a field.
Ref parser_next(Vm& vm, Value self) {
  auto* parser = self.as<ParserObject>();
  Markup markup;
  if (!ParserState::of(parser).next(vm, markup)) return {};
  VM_TRY(Ref literal, range_text(vm, parser->text, markup.literal));
  if (!markup.has_field) return new_tuple(vm, {literal.get(), kNone, kNone, kNone});
  VM_TRY(Ref field, range_text(vm, parser->text, markup.field));
  VM_TRY(Ref spec, range_text(vm, parser->text, markup.spec));
  Ref conversion = Ref::none();
  if (markup.conversion != 0) {
    conversion = new_str_of(vm, markup.conversion);
    VM_CHECK(conversion);
  }
  return new_tuple(vm, {literal.get(), field.get(), spec.get(), conversion.get()});
}

// (is attribute, name or number).
Ref field_next(Vm& vm, Value self) {
  auto* iterator = self.as<FieldIteratorObject>();
  FieldStep step;
  if (!next_field_step(vm, iterator->text, iterator->rest, step)) return {};
  if (!step.is_attribute && step.index >= 0) return new_tuple(vm, {kFalse, Value::small(step.index)});
  VM_TRY(Ref name, range_text(vm, iterator->text, step.name));
  return new_tuple(vm, {Value::boolean(step.is_attribute), name.get()});
}

constexpr TypeSlots parser_slots() {
  TypeSlots slots;
  slots.dealloc = dealloc<ParserObject>;
  slots.iter = iter_same;
  slots.next = parser_next;
  return slots;
}
constexpr TypeSlots field_slots() {
  TypeSlots slots;
  slots.dealloc = dealloc<FieldIteratorObject>;
  slots.iter = iter_same;
  slots.next = field_next;
  return slots;
}
const TypeSpec kParserType = {
    .name = "formatteriterator", .basic_size = sizeof(ParserObject), .flags = kTypeNoInstantiation, .slots = parser_slots()};
const TypeSpec kFieldIteratorType = {
    .name = "fieldnameiterator", .basic_size = sizeof(FieldIteratorObject), .flags = kTypeNoInstantiation, .slots = field_slots()};

Ref formatter_parser(Vm& vm, Value, Value text) {
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "expected str, got {}", type_name(vm, text));
  VM_TRY(ParserObject * parser, allocate<ParserObject>(vm, vm.native_type(kParserType)));
  parser->text = text.as<StrObject>();
  incref(static_cast<Object*>(parser->text));
  new (parser->position_storage) MarkupIterator(parser->text, 0, parser->text->length);
  return Own<ParserObject>::adopt(parser);
}

Ref formatter_field_name_split(Vm& vm, Value, Value text) {
  if (!is_str(text)) return raise(vm, vm.exc.TypeError, "expected str, got {}", type_name(vm, text));
  auto* name_text = text.as<StrObject>();
  FieldName name;
  VM_CHECK(split_field_name(vm, name_text, {0, name_text->length}, name));
  Ref first = name.index >= 0 ? Ref::small(name.index) : range_text(vm, name_text, name.first);
  VM_CHECK(first);
  VM_TRY(FieldIteratorObject * iterator, allocate<FieldIteratorObject>(vm, vm.native_type(kFieldIteratorType)));
  iterator->text = name_text;
  incref(static_cast<Object*>(name_text));
  iterator->rest = name.rest;
  const Own<FieldIteratorObject> rest = Own<FieldIteratorObject>::adopt(iterator);
  return new_tuple(vm, {first.get(), Value(rest.get())});
}

constexpr MethodSpec kFunctions[] = {
    {"formatter_field_name_split($module, field_name, /)", formatter_field_name_split, "split the argument as a field name"},
    {"formatter_parser($module, format_string, /)", formatter_parser, "parse the argument as a format string"},
};
constexpr ModuleSpec kModule = {"_string", "string helper module", kFunctions, nullptr};

}  // namespace

const ModuleSpec& _string_module() { return kModule; }

}  // namespace ouro::vm
