// _csv: dialects.
#include "vm/modules/_csv/csv.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm::csv {
namespace {

constexpr const char* kNames[] = {"delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict"};
constexpr std::size_t kCount = std::size(kNames);

DialectObject* dialect_in(Value self) { return self.as<DialectObject>(); }

/// A one-character str, or None where that is allowed; null gives the default.
bool read_character(Vm& vm, const char* name, Value value, bool none_allowed, std::uint32_t otherwise, std::uint32_t& out) {
  out = otherwise;
  if (value.is_null()) return true;
  out = kNotSet;
  if (value.is_none() && none_allowed) return true;
  if (!is_str(value)) {
    return raise(vm, vm.exc.TypeError, none_allowed ? "\"{}\" must be string or None, not {}" : "\"{}\" must be string, not {}", name, type_name(vm, value));
  }
  if (value.as<StrObject>()->length != 1) return raise(vm, vm.exc.TypeError, "\"{}\" must be a 1-character string", name);
  out = value.as<StrObject>()->at(0);
  return true;
}
bool read_switch(Vm& vm, Value value, bool otherwise, bool& out) {
  out = otherwise;
  return value.is_null() || truth(vm, value, out);
}

bool check_character(Vm& vm, const DialectObject* self, const char* name, std::uint32_t c, bool may_be_space) {
  if (c == '\r' || c == '\n' || (c == ' ' && !may_be_space)) return raise(vm, vm.exc.ValueError, "bad {} value", name);
  if (c != kNotSet) {
    for (std::size_t i = 0; i < self->line_terminator->length; ++i) {
      if (self->line_terminator->at(i) == c) return raise(vm, vm.exc.ValueError, "bad {} or lineterminator value", name);
    }
  }
  return true;
}
bool check_pair(Vm& vm, const char* first, const char* second, std::uint32_t a, std::uint32_t b) {
  if (a != b || a == kNotSet) return true;
  return raise(vm, vm.exc.ValueError, "bad {} or {} value", first, second);
}

/// Reads the eight values (null: not given) into the dialect.
bool fill_dialect(Vm& vm, DialectObject* self, const Value* values) {
  VM_CHECK(read_character(vm, "delimiter", values[0], false, ',', self->delimiter));
  VM_CHECK(read_switch(vm, values[1], true, self->double_quote));
  VM_CHECK(read_character(vm, "escapechar", values[2], true, kNotSet, self->escape));
  if (values[3].is_null()) {
    VM_TRY(Own<StrObject> both, new_str(vm, "\r\n"));
    self->line_terminator = both.release();
  } else if (values[3].is_none()) {
    return raise(vm, vm.exc.TypeError, "lineterminator must be set");
  } else if (!is_str(values[3])) {
    return raise(vm, vm.exc.TypeError, "\"lineterminator\" must be a string");
  } else {
    incref(values[3]);
    self->line_terminator = values[3].as<StrObject>();
  }
  VM_CHECK(read_character(vm, "quotechar", values[4], true, '"', self->quote));
  self->quoting = kQuoteMinimal;
  if (!values[5].is_null()) {
    if (!is_int(values[5]) || values[5].is_bool()) return raise(vm, vm.exc.TypeError, "\"quoting\" must be an integer");
    VM_TRY(const std::int64_t quoting, to_int64(vm, values[5]));
    if (quoting < kQuoteMinimal || quoting > kQuoteNotNull) return raise(vm, vm.exc.TypeError, "bad \"quoting\" value");
    self->quoting = static_cast<int>(quoting);
  }
  VM_CHECK(read_switch(vm, values[6], false, self->skip_initial_space) && read_switch(vm, values[7], false, self->strict));
  if (values[4].is_none() && values[5].is_null()) self->quoting = kQuoteNone;
  if (self->quoting != kQuoteNone && self->quote == kNotSet) return raise(vm, vm.exc.TypeError, "quotechar must be set if quoting enabled");
  return check_character(vm, self, "delimiter", self->delimiter, true) && check_character(vm, self, "escapechar", self->escape, !self->skip_initial_space) &&
         check_character(vm, self, "quotechar", self->quote, !self->skip_initial_space) &&
         check_pair(vm, "delimiter", "escapechar", self->delimiter, self->escape) &&
         check_pair(vm, "delimiter", "quotechar", self->delimiter, self->quote) && check_pair(vm, "escapechar", "quotechar", self->escape, self->quote);
}

Ref build(Vm& vm, TypeObject* type, Value dialect, Value* values) {
  Ref base = dialect.is_null() ? Ref() : Ref::share(dialect);
  if (base && is_str(base)) {
    const Value found = dict_get(vm, state_of(vm).dialects, base);
    if (found.is_null()) {
      if (has_error(vm)) return {};
      return raise_csv_error(vm, "unknown dialect");
    }
    base = Ref::share(found);
  }
  Ref held[kCount];
  bool any = false;
  for (std::size_t i = 0; i < kCount; ++i) any = any || !values[i].is_null();
  if (base && !any && is_exact(vm, base, vm.native_type(kDialectType)) && type == vm.native_type(kDialectType)) return base;
  for (std::size_t i = 0; i < kCount && base; ++i) {
    if (!values[i].is_null()) continue;
    VM_CHECK(find_attribute(vm, base, vm.intern(kNames[i]), held[i]));
    values[i] = held[i];
  }
  auto* self = allocate<DialectObject>(vm, type);
  if (self == nullptr) return {};
  Ref made = Ref::adopt(self);
  if (!fill_dialect(vm, self, values)) return {};
  return made;
}

Ref dialect_construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (call.positional > 1 + kCount) return raise(vm, vm.exc.TypeError, "this function takes at most 9 arguments ({} given)", call.positional);
  Value values[1 + kCount] = {};
  for (std::size_t i = 0; i < call.positional; ++i) values[i] = call.values[i];
  for (std::size_t k = 0; k < call.keyword_count(); ++k) {
    const auto* name = (*call.keyword_names)[k].as<StrObject>();
    std::size_t at = str_equal(name, "dialect") ? 0 : 1 + kCount;
    for (std::size_t i = 0; i < kCount; ++i) {
      if (str_equal(name, kNames[i])) at = 1 + i;
    }
    if (at > kCount) return raise(vm, vm.exc.TypeError, "this function got an unexpected keyword argument '{}'", name);
    values[at] = call.keyword_value(k);
  }
  if (values[0].is_none()) values[0] = Value();
  return build(vm, type, values[0], values + 1);
}

void dialect_dealloc(Vm& vm, Object* object) {
  auto* self = static_cast<DialectObject*>(object);
  if (self->line_terminator != nullptr) decref(static_cast<Object*>(std::exchange(self->line_terminator, nullptr)));
  free_object(vm, object, object->type->basic_size);
}

Ref character(Vm& vm, std::uint32_t c) {
  if (c == kNotSet) return Ref::none();
  return new_str_of(vm, c);
}
Ref get_delimiter(Vm& vm, Value self) { return character(vm, dialect_in(self)->delimiter); }
Ref get_escape(Vm& vm, Value self) { return character(vm, dialect_in(self)->escape); }
Ref get_quote(Vm& vm, Value self) { return character(vm, dialect_in(self)->quote); }
Ref get_terminator(Vm&, Value self) { return Ref::share(dialect_in(self)->line_terminator); }
Ref get_quoting(Vm&, Value self) { return Ref::small(dialect_in(self)->quoting); }
Ref refuse_reduce(Vm& vm, Value self, Args&) { return raise(vm, vm.exc.TypeError, "cannot pickle '{}' instances", type_of(vm, self)->name); }

constexpr GetSetSpec kGetSet[] = {{"delimiter", get_delimiter}, {"escapechar", get_escape}, {"quotechar", get_quote},
                                  {"lineterminator", get_terminator}, {"quoting", get_quoting}};
constexpr MemberSpec kMembers[] = {{"doublequote", MemberSpec::Kind::Bool, offsetof(DialectObject, double_quote)},
                                   {"skipinitialspace", MemberSpec::Kind::Bool, offsetof(DialectObject, skip_initial_space)},
                                   {"strict", MemberSpec::Kind::Bool, offsetof(DialectObject, strict)}};
constexpr MethodSpec kMethods[] = {{"__reduce__($self, /, *args)", refuse_reduce}, {"__reduce_ex__($self, /, *args)", refuse_reduce}};

}  // namespace

const TypeSpec kDialectType = {.name = "_csv.Dialect", .basic_size = sizeof(DialectObject), .flags = kTypeBaseType | kTypeImmutable,
                               .doc = "CSV dialect\n\nThe Dialect type records CSV dialect options.",
                               .slots = {.dealloc = dialect_dealloc, .construct = dialect_construct}, .methods = kMethods, .getset = kGetSet, .members = kMembers};

Own<DialectObject> make_dialect(Vm& vm, Value dialect, const CallArgs& call, std::size_t skipped) {
  std::vector<Value> values{dialect.is_null() ? kNone : dialect};
  std::vector<Value> names;
  for (std::size_t k = 0; k < call.keyword_count(); ++k) {
    const Value name = (*call.keyword_names)[k];
    if (str_equal(name.as<StrObject>(), "dialect") && skipped != 0) {
      values[0] = call.keyword_value(k);
      continue;
    }
    names.push_back(name);
    values.push_back(call.keyword_value(k));
  }
  VM_TRY(Own<TupleObject> keywords, new_tuple(vm, names));
  return Own<DialectObject>::from(vm::call(vm, vm.native_type(kDialectType), CallArgs{values.data(), 1, names.empty() ? nullptr : keywords.get()}));
}

}  // namespace ouro::vm::csv
