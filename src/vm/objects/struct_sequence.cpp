#include "vm/objects/struct_sequence.h"

#include "vm/core/protocol.h"
#include "vm/objects/dict.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

const StructSequenceSpec& spec_of(const Object* self) {
  return *static_cast<const StructSequenceSpec*>(self->type->spec);
}

void sequence_dealloc(Vm& vm, Object* self) {
  auto* tuple = static_cast<TupleObject*>(self);
  const std::size_t count = spec_of(self).fields.size();
  vm.heap.untrack(tuple);
  for (std::size_t i = 0; i < count; ++i) xdecref(std::exchange(tuple->items()[i], Value()));
  free_object(vm, self, sizeof(TupleObject) + count * sizeof(Value));
}

void sequence_traverse(Object* self, Visitor& visit) {
  auto* tuple = static_cast<TupleObject*>(self);
  for (std::size_t i = 0; i < spec_of(self).fields.size(); ++i) visit(tuple->items()[i]);
}

TupleObject* allocate_sequence(Vm& vm, TypeObject* type, const StructSequenceSpec& spec) {
  auto* tuple = allocate<TupleObject>(vm, type, spec.fields.size() * sizeof(Value));
  if (tuple == nullptr) return nullptr;
  tuple->items_offset = sizeof(TupleObject);
  tuple->size = spec.visible;
  for (std::size_t i = 0; i < spec.fields.size(); ++i) tuple->items()[i] = kNone;
  vm.heap.track(tuple);
  return tuple;
}

Ref sequence_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  VM_PARSE(args, vm, "structseq(sequence, dict=None)", 2, call);
  const auto& spec = *static_cast<const StructSequenceSpec*>(type->spec);
  if (!spec.instantiable) return raise(vm, vm.exc.TypeError, "cannot create '{}' instances", type->display_name());
  VM_TRY(Ref items, fast_sequence(vm, args[0], "constructor requires a sequence"));
  const std::span<const Value> given = sequence_items(items);
  if (args.has(1) && !is_dict(args[1])) {
    return raise(vm, vm.exc.TypeError, "{}() takes a dict as second arg, if any", type->display_name());
  }
  const std::size_t most = spec.fields.size();
  if (given.size() < spec.visible || given.size() > most) {
    const bool few = given.size() < spec.visible;
    const std::string_view how = spec.visible == most ? "a" : few ? "an at least" : "an at most";
    return raise(vm, vm.exc.TypeError, "{}() takes {} {}-sequence ({}-sequence given)", type->display_name(), how,
                 few ? spec.visible : most, given.size());
  }
  VM_TRY(TupleObject * tuple, allocate_sequence(vm, type, spec));
  Own<TupleObject> result = Own<TupleObject>::adopt(tuple);
  for (std::size_t i = 0; i < given.size(); ++i) {
    incref(given[i]);
    tuple->items()[i] = given[i];
  }
  if (!args.has(1)) return result;
  for (std::size_t i = given.size(); i < most; ++i) {
    if (spec.fields[i].name == nullptr) continue;
    const Value value = dict_get(vm, args[1].as<DictObject>(), std::string_view(spec.fields[i].name));
    if (value.is_null()) continue;
    incref(value);
    tuple->items()[i] = value;
  }
  return result;
}

Ref sequence_repr(Vm& vm, Value self) {
  auto* tuple = self.as<TupleObject>();
  const StructSequenceSpec& spec = spec_of(tuple);
  RecursionGuard guard(vm, " while getting the repr of an object");
  if (!guard) return {};
  StrBuilder text(vm);
  text.append_utf8(spec.name);
  text.append("(");
  for (std::size_t i = 0; i < spec.visible; ++i) {
    if (i != 0) text.append(", ");
    if (spec.fields[i].name == nullptr) return raise(vm, vm.exc.SystemError, "In structseq_repr(), member {} name is NULL for type {}", i, spec.name);
    text.append_utf8(spec.fields[i].name);
    text.append("=");
    VM_TRY(Ref item, repr(vm, tuple->items()[i]));
    text.append(item.as<StrObject>());
  }
  text.append(")");
  return text.finish();
}

Ref sequence_reduce(Vm& vm, Value self) {
  auto* tuple = self.as<TupleObject>();
  const StructSequenceSpec& spec = spec_of(tuple);
  VM_TRY(Own<TupleObject> shown, new_tuple(vm, {tuple->items(), spec.visible}));
  VM_TRY(Own<DictObject> hidden, new_dict(vm));
  for (std::size_t i = spec.visible; i < spec.fields.size(); ++i) {
    if (spec.fields[i].name == nullptr) continue;
    VM_CHECK(dict_set(vm, hidden, std::string_view(spec.fields[i].name), tuple->items()[i]));
  }
  VM_TRY(Own<TupleObject> arguments, new_tuple(vm, {Value(shown.get()), Value(hidden.get())}));
  return new_tuple(vm, {Value(tuple->type), Value(arguments.get())});
}

Ref sequence_replace(Vm& vm, Value self, Args& args) {
  auto* tuple = self.as<TupleObject>();
  const StructSequenceSpec& spec = spec_of(tuple);
  VM_TRY(TupleObject * copy, allocate_sequence(vm, tuple->type, spec));
  Own<TupleObject> result = Own<TupleObject>::adopt(copy);
  std::size_t used = 0;
  for (std::size_t i = 0; i < spec.fields.size(); ++i) {
    Value value = tuple->items()[i];
    if (args.keywords && spec.fields[i].name != nullptr) {
      const Value given = dict_get(vm, args.keywords, std::string_view(spec.fields[i].name));
      if (!given.is_null()) {
        value = given;
        ++used;
      }
    }
    incref(value);
    copy->items()[i] = value;
  }
  if (args.keywords && used != args.keywords->used) {
    VM_TRY(auto names, dict_keys(vm, args.keywords));
    VM_TRY(Ref shown, repr(vm, Ref(std::move(names))));
    return raise(vm, vm.exc.TypeError, "Got unexpected field name(s): {}", shown.as<StrObject>());
  }
  return result;
}

constexpr MethodSpec kMethods[] = {
    {"__reduce__($self, /)", sequence_reduce},
    {"__replace__($self, /, **changes)", sequence_replace,
     "Return a copy of the structure with new values for the specified fields."},
};

// --- the descriptor of one field
struct FieldObject : Object {
  const StructSequenceSpec* spec;
  std::size_t index;
};

void field_dealloc(Vm& vm, Object* self) { free_object(vm, self, sizeof(FieldObject)); }

Ref field_get(Vm& vm, Value self, Value instance, Value) {
  const auto* field = self.as<FieldObject>();
  if (instance.is_null()) return Ref::share(self);
  if (!instance.is_object() || instance.object()->type->spec != field->spec) {
    return raise(vm, vm.exc.TypeError, "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
                 field->spec->fields[field->index].name, field->spec->name, type_name(vm, instance));
  }
  return Ref::share(instance.as<TupleObject>()->items()[field->index]);
}

bool field_set(Vm& vm, Value, Value, Value) { return raise(vm, vm.exc.AttributeError, "readonly attribute"); }

Ref field_repr(Vm& vm, Value self) {
  const auto* field = self.as<FieldObject>();
  return new_str(vm, format_message("<member '{}' of '{}' objects>",
                                    {field->spec->fields[field->index].name, field->spec->name}));
}

Ref field_name(Vm& vm, Value self) {
  const auto* field = self.as<FieldObject>();
  return new_str(vm, field->spec->fields[field->index].name);
}

Ref field_doc(Vm& vm, Value self) {
  const char* doc = self.as<FieldObject>()->spec->fields[self.as<FieldObject>()->index].doc;
  return doc == nullptr ? Ref::none() : Ref(new_str(vm, doc));
}

constexpr GetSetSpec kFieldGetSet[] = {{"__name__", field_name}, {"__doc__", field_doc}};

const TypeSpec kFieldType = {
    .name = "member_descriptor",
    .basic_size = sizeof(FieldObject),
    .flags = kTypeNoInstantiation,
    .slots = {.dealloc = field_dealloc, .repr = field_repr, .descriptor_get = field_get, .descriptor_set = field_set},
    .getset = kFieldGetSet,
};

bool sequence_finish(Vm& vm, TypeObject* type) {
  const auto& spec = *static_cast<const StructSequenceSpec*>(type->spec);
  std::size_t unnamed = 0;
  std::vector<Ref> names;
  for (std::size_t i = 0; i < spec.fields.size(); ++i) {
    if (spec.fields[i].name == nullptr) {
      ++unnamed;
      continue;
    }
    auto* field = allocate<FieldObject>(vm, vm.native_type(kFieldType));
    if (field == nullptr) return false;
    field->spec = &spec;
    field->index = i;
    const Ref owned = Ref::adopt(field);
    VM_CHECK(dict_set(vm, type->dict, std::string_view(spec.fields[i].name), owned));
    if (i < spec.visible) {
      names.push_back(new_str(vm, spec.fields[i].name));
      VM_CHECK(names.back());
    }
  }
  std::vector<Value> shown(names.begin(), names.end());
  VM_TRY(Own<TupleObject> match, new_tuple(vm, shown));
  return dict_set(vm, type->dict, "n_sequence_fields", Value::small(static_cast<std::int64_t>(spec.visible))) &&
         dict_set(vm, type->dict, "n_fields", Value::small(static_cast<std::int64_t>(spec.fields.size()))) &&
         dict_set(vm, type->dict, "n_unnamed_fields", Value::small(static_cast<std::int64_t>(unnamed))) &&
         dict_set(vm, type->dict, "__match_args__", match);
}

}  // namespace

StructSequenceSpec struct_sequence_spec(const char* name, const char* doc, std::span<const StructField> fields,
                                        std::size_t visible, bool instantiable) {
  StructSequenceSpec spec;
  spec.name = name;
  spec.basic_size = sizeof(TupleObject);
  spec.flags = kTypeContainer | kTypeSequence | kTypeImmutable;
  spec.base = &kTupleType;
  spec.doc = doc;
  spec.slots.dealloc = sequence_dealloc;
  spec.slots.traverse = sequence_traverse;
  spec.slots.construct = sequence_construct;
  spec.slots.repr = sequence_repr;
  spec.methods = kMethods;
  spec.finish = sequence_finish;
  spec.fields = fields;
  spec.visible = visible;
  spec.instantiable = instantiable;
  return spec;
}

Ref new_struct_sequence(Vm& vm, const StructSequenceSpec& spec, std::vector<Ref> items) {
  VM_TRY(TupleObject * tuple, allocate_sequence(vm, vm.native_type(spec), spec));
  Own<TupleObject> result = Own<TupleObject>::adopt(tuple);
  for (std::size_t i = 0; i < items.size() && i < spec.fields.size(); ++i) {
    if (!items[i]) return {};
    tuple->items()[i] = items[i].release();
  }
  return result;
}

}  // namespace ouro::vm
