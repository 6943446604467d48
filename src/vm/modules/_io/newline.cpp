// Newline translation and IncrementalNewlineDecoder (CPython 3.13 Modules/_io/textio.c).
#include "vm/core/protocol.h"
#include "vm/modules/_io/io_objects.h"
#include "vm/objects/int.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace {

constexpr int kSeenLf = 1, kSeenCr = 2, kSeenCrLf = 4;

bool holds(const StrObject* text, std::uint32_t wanted) {
  if (text->kind == 1) return std::memchr(text->data1(), static_cast<int>(wanted), text->length) != nullptr;
  for (std::size_t i = 0; i < text->length; ++i) {
    if (text->at(i) == wanted) return true;
  }
  return false;
}

}  // namespace

Own<StrObject> NewlineState::decode(Vm& vm, StrObject* given, bool final) {
  Own<StrObject> text = Own<StrObject>::share(given);
  // A "\r" held back comes first.
  if (pending_return && (final || text->length > 0)) {
    VM_TRY(Own<StrObject> front, new_str_of(vm, '\r'));
    VM_TRY(text, concat(vm, front, text));
    pending_return = false;
  }
  if (!final && text->length > 0 && text->at(text->length - 1) == '\r') {
    VM_TRY(text, substring(vm, text, 0, text->length - 1));
    pending_return = true;
  }
  if (!holds(text, '\r')) {
    if ((seen & kSeenLf) == 0 && holds(text, '\n')) seen |= kSeenLf;
    return text;
  }
  StrBuilder builder(vm);
  std::size_t start = 0;
  for (std::size_t i = 0; i < text->length; ++i) {
    const std::uint32_t c = text->at(i);
    if (c == '\n') seen |= kSeenLf;
    if (c != '\r') continue;
    const bool with_line_feed = i + 1 < text->length && text->at(i + 1) == '\n';
    seen |= with_line_feed ? kSeenCrLf : kSeenCr;
    if (translate) {
      builder.append(text.get(), start, i);
      builder.append(std::uint32_t{'\n'});
    }
    if (with_line_feed) ++i;
    start = i + 1;
  }
  if (!translate) return text;
  builder.append(text.get(), start, text->length);
  return builder.finish();
}

Ref NewlineState::seen_value(Vm& vm) const {
  const auto text = [&](std::string_view value) { return new_str(vm, value); };
  switch (seen) {
    case 0: return Ref::none();
    case kSeenLf: return text("\n");
    case kSeenCr: return text("\r");
    case kSeenCrLf: return text("\r\n");
    default: break;
  }
  std::vector<Ref> kinds;
  if ((seen & kSeenCr) != 0) kinds.push_back(text("\r"));
  if ((seen & kSeenLf) != 0) kinds.push_back(text("\n"));
  if ((seen & kSeenCrLf) != 0) kinds.push_back(text("\r\n"));
  const std::vector<Value> values(kinds.begin(), kinds.end());
  return new_tuple(vm, values);
}

namespace {

NewlineDecoderObject* decoder_of(Value self) { return self.as<NewlineDecoderObject>(); }

bool check(Vm& vm, Value self) {
  if (decoder_of(self)->decoder.is_null()) {
    return raise(vm, vm.exc.ValueError, "IncrementalNewlineDecoder.__init__() not called");
  }
  return true;
}

bool decoder_init(Vm& vm, Value self_value, const CallArgs& call) {
  VM_PARSE(args, vm, "IncrementalNewlineDecoder(decoder, translate, errors='strict')", 3, call);
  VM_TRY(const bool translate, args.boolean(vm, 1));
  auto* self = decoder_of(self_value);
  assign(self->decoder, args[0]);
  assign(self->errors, args.get(2, kNone));
  self->state = NewlineState{translate, false, 0};
  return true;
}

Ref decoder_construct(Vm& vm, TypeObject* type, const CallArgs&) {
  auto* self = allocate<NewlineDecoderObject>(vm, type);
  if (self == nullptr) return {};
  vm.heap.track(self);
  return Ref::adopt(self);
}
void decoder_traverse(Object* self, Visitor& visit) {
  visit(static_cast<NewlineDecoderObject*>(self)->decoder);
  visit(static_cast<NewlineDecoderObject*>(self)->errors);
}
void decoder_clear(Vm&, Object* self) {
  drop(static_cast<NewlineDecoderObject*>(self)->decoder);
  drop(static_cast<NewlineDecoderObject*>(self)->errors);
}
void decoder_dealloc(Vm& vm, Object* self) {
  vm.heap.untrack(static_cast<GcObject*>(self));
  decoder_clear(vm, self);
  free_object(vm, self, self->type->basic_size);
}

Ref decoder_decode(Vm& vm, Value self_value, Args& args) {
  VM_CHECK(check(vm, self_value));
  VM_TRY(const bool final, args.boolean(vm, 1, false));
  auto* self = decoder_of(self_value);
  Ref text = Ref::share(args[0]);
  if (!self->decoder.is_none()) {
    VM_TRY(text, call_method(vm, self->decoder, vm.names.decode, {args[0], Value::boolean(final)}));
  }
  if (!is_str(text)) {
    return raise(vm, vm.exc.TypeError, "decoder should return a string result, not '{}'", type_name(vm, text));
  }
  return self->state.decode(vm, text.as<StrObject>(), final);
}

Ref decoder_getstate(Vm& vm, Value self_value) {
  VM_CHECK(check(vm, self_value));
  auto* self = decoder_of(self_value);
  Ref buffer = new_bytes(vm, {});
  Ref flags = Ref::small(0);
  if (!self->decoder.is_none()) {
    VM_TRY(Ref state, call_method(vm, self->decoder, "getstate"));
    if (!is_tuple(state) || state.as<TupleObject>()->size != 2) return raise(vm, vm.exc.TypeError, "illegal decoder state");
    buffer = Ref::share((*state.as<TupleObject>())[0]);
    flags = Ref::share((*state.as<TupleObject>())[1]);
  }
  VM_TRY(Ref shifted, int_shift(vm, flags, Value::small(1), true));
  VM_TRY(Ref all, int_bitwise(vm, shifted, Value::small(self->state.pending_return ? 1 : 0), BinaryOp::Or));
  return new_tuple(vm, {buffer.get(), all.get()});
}

Ref decoder_setstate(Vm& vm, Value self_value, Value state) {
  VM_CHECK(check(vm, self_value));
  auto* self = decoder_of(self_value);
  if (!is_tuple(state)) return raise(vm, vm.exc.TypeError, "state argument must be a tuple");
  if (state.as<TupleObject>()->size != 2 || !is_int((*state.as<TupleObject>())[1])) {
    return raise(vm, vm.exc.TypeError, "setstate(): illegal state argument");
  }
  TupleObject& parts = *state.as<TupleObject>();
  self->state.pending_return = (int_low_bits(parts[1]) & 1U) != 0;
  if (self->decoder.is_none()) return Ref::none();
  VM_TRY(Ref flags, int_shift(vm, parts[1], Value::small(1), false));
  VM_TRY(Own<TupleObject> inner, new_tuple(vm, {parts[0], flags.get()}));
  return call_method(vm, self->decoder, "setstate", {Value(inner.get())});
}

Ref decoder_reset(Vm& vm, Value self_value) {
  VM_CHECK(check(vm, self_value));
  auto* self = decoder_of(self_value);
  self->state.seen = 0;
  self->state.pending_return = false;
  if (self->decoder.is_none()) return Ref::none();
  return call_method(vm, self->decoder, "reset");
}

Ref decoder_newlines(Vm& vm, Value self) {
  VM_CHECK(check(vm, self));
  return decoder_of(self)->state.seen_value(vm);
}

constexpr MethodSpec kMethods[] = {
    {"decode($self, /, input, final=False)", decoder_decode},
    {"getstate($self, /)", decoder_getstate},
    {"setstate($self, state, /)", decoder_setstate},
    {"reset($self, /)", decoder_reset},
};
constexpr GetSetSpec kGetSet[] = {{"newlines", decoder_newlines}};

}  // namespace

const TypeSpec kNewlineDecoderType = {
    .name = "_io.IncrementalNewlineDecoder", .basic_size = sizeof(NewlineDecoderObject), .flags = kTypeBaseType | kTypeContainer,
    .doc = "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\nCodec used when reading a file in universal newlines mode.",
    .slots = {.dealloc = decoder_dealloc, .traverse = decoder_traverse, .clear = decoder_clear, .construct = decoder_construct,
              .init = decoder_init},
    .methods = kMethods, .getset = kGetSet};

}  // namespace ouro::vm
