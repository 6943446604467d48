// _random: the Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998) with CPython's seeding (Modules/_randommodule.c).
#include <array>
#include <vector>

#include "vm/host/host.h"
#include "vm/objects/container_helpers.h"
#include "vm/objects/float.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/int_view.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

constexpr std::size_t kWords = 624, kMiddle = 397;

struct RandomObject : Object {
  std::uint32_t index;
  std::array<std::uint32_t, kWords> state;
};
RandomObject* random_of(Value value) { return value.as<RandomObject>(); }

void init_genrand(RandomObject* self, std::uint32_t seed) {
  self->state[0] = seed;
  for (std::uint32_t i = 1; i < kWords; ++i) {
    self->state[i] = 1812433253U * (self->state[i - 1] ^ (self->state[i - 1] >> 30U)) + i;
  }
  self->index = kWords;
}

void init_by_array(RandomObject* self, const std::vector<std::uint32_t>& key) {
  init_genrand(self, 19650218U);
  auto& mt = self->state;
  std::size_t i = 1, j = 0;
  for (std::size_t k = std::max(kWords, key.size()); k > 0; --k) {
    mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30U)) * 1664525U)) + key[j] + static_cast<std::uint32_t>(j);
    if (++i >= kWords) {
      mt[0] = mt[kWords - 1];
      i = 1;
    }
    if (++j >= key.size()) j = 0;
  }
  for (std::size_t k = kWords - 1; k > 0; --k) {
    mt[i] = (mt[i] ^ ((mt[i - 1] ^ (mt[i - 1] >> 30U)) * 1566083941U)) - static_cast<std::uint32_t>(i);
    if (++i >= kWords) {
      mt[0] = mt[kWords - 1];
      i = 1;
    }
  }
  mt[0] = 0x80000000U;
}

std::uint32_t next_word(RandomObject* self) {
  auto& mt = self->state;
  if (self->index >= kWords) {
    const auto twist = [&mt](std::size_t k, std::size_t next, std::size_t from) {
      const std::uint32_t y = (mt[k] & 0x80000000U) | (mt[next] & 0x7FFFFFFFU);
      mt[k] = mt[from] ^ (y >> 1U) ^ ((y & 1U) != 0 ? 0x9908B0DFU : 0U);
    };
    for (std::size_t k = 0; k < kWords; ++k) twist(k, (k + 1) % kWords, (k + kMiddle) % kWords);
    self->index = 0;
  }
  std::uint32_t y = mt[self->index++];
  y ^= y >> 11U;
  y ^= (y << 7U) & 0x9D2C5680U;
  y ^= (y << 15U) & 0xEFC60000U;
  y ^= y >> 18U;
  return y;
}

bool seed_with(Vm& vm, RandomObject* self, Value argument) {
  if (argument.is_null() || argument.is_none()) {
    std::vector<std::uint32_t> key(kWords);
    if (vm.host.random_bytes(key.data(), key.size() * 4) != 0) {
      // Without a source of chance: the clock, as CPython does too.
      const auto now = static_cast<std::uint64_t>(vm.host.wall_clock_ns());
      key = {static_cast<std::uint32_t>(now), static_cast<std::uint32_t>(now >> 32U)};
    }
    init_by_array(self, key);
    return true;
  }
  Ref number;
  if (is_int(argument)) {
    number = int_sign(argument) < 0 ? int_negative(vm, argument) : int_plain(vm, argument);
  } else {
    std::int64_t h = 0;
    VM_CHECK(hash(vm, argument, h));
    number = new_uint(vm, static_cast<std::uint64_t>(h));
  }
  if (!number) return false;
  const IntView view(number);
  std::vector<std::uint32_t> key;
  for (const std::uint64_t limb : view.span()) {
    key.push_back(static_cast<std::uint32_t>(limb));
    key.push_back(static_cast<std::uint32_t>(limb >> 32U));
  }
  while (key.size() > 1 && key.back() == 0) key.pop_back();
  if (key.empty()) key.push_back(0);
  VM_CHECK(charge_work(vm, key.size() / 8));
  init_by_array(self, key);
  return true;
}

Ref construct(Vm& vm, TypeObject* type, const CallArgs& call) {
  if (call.positional > 1) return raise(vm, vm.exc.TypeError, "Random() requires 0 or 1 argument");
  if (!type->has(kTypeHeap)) VM_CHECK(no_keywords(vm, call, "Random"));
  auto* self = allocate<RandomObject>(vm, type);
  if (self == nullptr) return {};
  Ref own = Ref::adopt(self);
  VM_CHECK(seed_with(vm, self, call.positional == 1 ? call.values[0] : Value()));
  return own;
}
bool init(Vm&, Value, const CallArgs&) { return true; }
void dealloc(Vm& vm, Object* self) { free_object(vm, self, self->type->basic_size); }

Ref random(Vm& vm, Value self) {
  const std::uint32_t a = next_word(random_of(self)) >> 5U, b = next_word(random_of(self)) >> 6U;
  return new_float(vm, (a * 67108864.0 + b) * (1.0 / 9007199254740992.0));
}
Ref seed(Vm& vm, Value self, Args& args) {
  VM_CHECK(seed_with(vm, random_of(self), args[0]));
  return Ref::none();
}
Ref getrandbits(Vm& vm, Value self, Value argument) {
  VM_TRY(Ref index, to_index(vm, argument));
  const std::optional<std::int64_t> bits = int_to_int64(index);
  if (int_sign(index) < 0) return raise(vm, vm.exc.ValueError, "number of bits must be non-negative");
  if (!bits || *bits > INT32_MAX) return raise(vm, vm.exc.OverflowError, "Python int too large to convert to C int");
  if (*bits == 0) return Ref::small(0);
  const auto k = static_cast<std::size_t>(*bits);
  if (k <= 32) return Ref::small(next_word(random_of(self)) >> (32 - k));
  const std::size_t words = (k - 1) / 32 + 1;
  VM_CHECK(charge_work(vm, words));
  LimbBuffer buffer(vm, (words + 1) / 2);
  if (!buffer) return raise_memory_error(vm);
  std::memset(buffer.data(), 0, (words + 1) / 2 * 8);
  std::size_t left = k;
  for (std::size_t i = 0; i < words; ++i, left -= left < 32 ? left : 32) {
    std::uint32_t word = next_word(random_of(self));
    if (left < 32) word >>= 32 - left;
    buffer.data()[i / 2] |= static_cast<std::uint64_t>(word) << (i % 2 * 32);
  }
  return new_int_limbs(vm, {buffer.data(), (words + 1) / 2}, false);
}
Ref getstate(Vm& vm, Value self) {
  VM_TRY(Own<TupleObject> state, allocate_tuple(vm, kWords + 1));
  for (std::size_t i = 0; i < kWords; ++i) state->items()[i] = Value::small(random_of(self)->state[i]);
  state->items()[kWords] = Value::small(random_of(self)->index);
  return state;
}
Ref setstate(Vm& vm, Value self, Value state) {
  if (!is_tuple(state)) return raise(vm, vm.exc.TypeError, "state vector must be a tuple");
  const auto* parts = state.as<TupleObject>();
  if (parts->size != kWords + 1) return raise(vm, vm.exc.ValueError, "state vector is the wrong size");
  std::array<std::uint32_t, kWords> words{};
  for (std::size_t i = 0; i < kWords; ++i) {
    if (!is_int((*parts)[i])) return raise(vm, vm.exc.TypeError, "an integer is required");
    const std::optional<std::uint64_t> word = int_to_uint64((*parts)[i]);
    if (!word) {
      return raise(vm, vm.exc.OverflowError, int_sign((*parts)[i]) < 0 ? "can't convert negative value to unsigned int"
                                                                        : "Python int too large to convert to C unsigned long");
    }
    words[i] = static_cast<std::uint32_t>(*word);
  }
  VM_TRY(std::int64_t index, to_int64(vm, (*parts)[kWords]));
  if (index < 0 || index > static_cast<std::int64_t>(kWords)) return raise(vm, vm.exc.ValueError, "invalid state");
  random_of(self)->index = static_cast<std::uint32_t>(index);
  random_of(self)->state = words;
  return Ref::none();
}

constexpr MethodSpec kMethods[] = {
    {"random($self, /)", random, "random() -> x in the interval [0, 1)."},
    {"seed($self, n=None, /)", seed, "Sets the state from a number, an object's hash, or chance."},
    {"getstate($self, /)", getstate, "The state as a tuple."},
    {"setstate($self, state, /)", setstate, "Sets the state from such a tuple."},
    {"getrandbits($self, k, /)", getrandbits, "An int of k random bits."},
};
constexpr TypeSlots slots() {
  TypeSlots s;
  s.dealloc = dealloc;
  s.construct = construct;
  s.init = init;
  return s;
}
const TypeSpec kRandomType = {
    .name = "_random.Random",
    .basic_size = sizeof(RandomObject),
    .flags = kTypeBaseType,
    .doc = "Random() -> create a random number generator with its own internal state.",
    .slots = slots(),
    .methods = kMethods,
};

bool fill(Vm& vm, ModuleObject* module) { return add_type(vm, module, kRandomType); }

}  // namespace

const ModuleSpec& _random_module() {
  static const ModuleSpec spec = {.name = "_random", .doc = "The Mersenne Twister.", .fill = fill};
  return spec;
}

}  // namespace ouro::vm
