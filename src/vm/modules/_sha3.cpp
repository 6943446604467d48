// _sha3: the SHA-3 hashes and SHAKE.
#include "vm/modules/_hash/hash.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/function.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

using namespace hashes;

HashObject* as_hash(Value value) { return value.as<HashObject>(); }

std::optional<std::size_t> output_length(Vm& vm, Value value) {
  VM_TRY(const std::int64_t length, to_ssize(vm, value, vm.exc.OverflowError));
  if (length < 0) return raise(vm, vm.exc.ValueError, "value must be positive");
  if (length >= 1 << 29) return raise(vm, vm.exc.ValueError, "length is too large");
  if (!vm.heap.has_room(static_cast<std::size_t>(length) * 2)) return raise_memory_error(vm);
  VM_CHECK(charge_work(vm, static_cast<std::size_t>(length) / 4));
  return static_cast<std::size_t>(length);
}
Ref shake_digest(Vm& vm, Value self, Value length) {
  VM_TRY(const std::size_t size, output_length(vm, length));
  return new_bytes(vm, as_hash(self)->algorithm->digest(size));
}
Ref shake_hexdigest(Vm& vm, Value self, Value length) {
  VM_TRY(const std::size_t size, output_length(vm, length));
  return hex_text(vm, as_hash(self)->algorithm->digest(size), {}, 0);
}
constexpr MethodSpec kShakeMethods[] = {
    {"copy($self, /)", hash_copy, "Return a copy of the hash object."},
    {"digest($self, length, /)", shake_digest, "Return the digest value as a bytes object."},
    {"hexdigest($self, length, /)", shake_hexdigest, "Return the digest value as a string of hexadecimal digits."},
    {"update($self, data, /)", hash_update, "Update this hash object's state with the provided bytes-like object."},
};
Ref get_rate(Vm&, Value self) { return Ref::small(as_hash(self)->block_size * 8); }
Ref get_capacity(Vm&, Value self) { return Ref::small(1600 - as_hash(self)->block_size * 8); }
Ref get_suffix(Vm& vm, Value self) { return new_bytes(vm, as_hash(self)->digest_size == 0 ? "\x1f" : "\x06"); }
constexpr GetSetSpec kSha3GetSet[] = {{"block_size", hash_block_size}, {"name", hash_name},           {"digest_size", hash_digest_size},
                                      {"_rate_bits", get_rate},       {"_capacity_bits", get_capacity}, {"_suffix", get_suffix}};

struct Variant {
  const char* name;
  std::size_t rate, digest;
};
template <int kIndex>
Ref sha3_construct(Vm& vm, TypeObject*, const CallArgs& call);

constexpr Variant kVariants[] = {{"sha3_224", 144, 28}, {"sha3_256", 136, 32}, {"sha3_384", 104, 48},
                                 {"sha3_512", 72, 64},  {"shake_128", 168, 0}, {"shake_256", 136, 0}};
template <int kIndex>
constexpr TypeSlots sha3_slots() {
  TypeSlots slots = hash_slots();
  slots.construct = sha3_construct<kIndex>;
  return slots;
}
const TypeSpec kTypes[] = {
    {.name = "_sha3.sha3_224", .basic_size = sizeof(HashObject), .slots = sha3_slots<0>(), .methods = kHashMethods, .getset = kSha3GetSet},
    {.name = "_sha3.sha3_256", .basic_size = sizeof(HashObject), .slots = sha3_slots<1>(), .methods = kHashMethods, .getset = kSha3GetSet},
    {.name = "_sha3.sha3_384", .basic_size = sizeof(HashObject), .slots = sha3_slots<2>(), .methods = kHashMethods, .getset = kSha3GetSet},
    {.name = "_sha3.sha3_512", .basic_size = sizeof(HashObject), .slots = sha3_slots<3>(), .methods = kHashMethods, .getset = kSha3GetSet},
    {.name = "_sha3.shake_128", .basic_size = sizeof(HashObject), .slots = sha3_slots<4>(), .methods = kShakeMethods, .getset = kSha3GetSet},
    {.name = "_sha3.shake_256", .basic_size = sizeof(HashObject), .slots = sha3_slots<5>(), .methods = kShakeMethods, .getset = kSha3GetSet},
};
template <int kIndex>
Ref sha3_construct(Vm& vm, TypeObject*, const CallArgs& call) {
  constexpr Variant kVariant = kVariants[kIndex];
  VM_PARSE(args, vm, "sha3(data=b'', /, *, usedforsecurity=True)", 2, call);
  auto algorithm = new_keccak(kVariant.rate, kVariant.digest == 0 ? 0x1F : 0x06, kVariant.digest);
  VM_TRY(Ref hash, new_hash(vm, kTypes[kIndex], std::move(algorithm), kVariant.name, kVariant.rate, kVariant.digest));
  VM_CHECK(update_hash(vm, hash.as<HashObject>(), args[0]));
  return hash;
}

bool fill(Vm& vm, ModuleObject* module) {
  for (std::size_t i = 0; i < std::size(kVariants); ++i)
    if (!set_module_attribute(vm, module, kVariants[i].name, Value(vm.native_type(kTypes[i])))) return false;
  return set_module_attribute(vm, module, "implementation", Ref(new_str(vm, "HACL")));
}
constexpr ModuleSpec kModule = {"_sha3", nullptr, {}, fill};

}  // namespace

const ModuleSpec& _sha3_module() { return kModule; }

}  // namespace ouro::vm
