// _sha2: the SHA-2 hashes.
#include "vm/modules/_hash/hash.h"
#include "vm/objects/function.h"

namespace ouro::vm {
namespace {

using namespace hashes;

const TypeSpec k_sha224_type = {.name = "_sha2.SHA224Type", .basic_size = sizeof(HashObject), .flags = kTypeNoInstantiation | kTypeImmutable,
    .slots = hash_slots(), .methods = kHashMethods, .getset = kHashGetSet};
const TypeSpec k_sha256_type = {.name = "_sha2.SHA256Type", .basic_size = sizeof(HashObject), .flags = kTypeNoInstantiation | kTypeImmutable,
    .slots = hash_slots(), .methods = kHashMethods, .getset = kHashGetSet};
const TypeSpec k_sha384_type = {.name = "_sha2.SHA384Type", .basic_size = sizeof(HashObject), .flags = kTypeNoInstantiation | kTypeImmutable,
    .slots = hash_slots(), .methods = kHashMethods, .getset = kHashGetSet};
const TypeSpec k_sha512_type = {.name = "_sha2.SHA512Type", .basic_size = sizeof(HashObject), .flags = kTypeNoInstantiation | kTypeImmutable,
    .slots = hash_slots(), .methods = kHashMethods, .getset = kHashGetSet};

Ref module_sha224(Vm& vm, Value, Args& args) {
  VM_TRY(Ref hash, new_hash(vm, k_sha224_type, new_sha2(224), "sha224", 64, 28));
  VM_CHECK(update_hash(vm, hash.as<HashObject>(), args[0]));
  return hash;
}
Ref module_sha256(Vm& vm, Value, Args& args) {
  VM_TRY(Ref hash, new_hash(vm, k_sha256_type, new_sha2(256), "sha256", 64, 32));
  VM_CHECK(update_hash(vm, hash.as<HashObject>(), args[0]));
  return hash;
}
Ref module_sha384(Vm& vm, Value, Args& args) {
  VM_TRY(Ref hash, new_hash(vm, k_sha384_type, new_sha2(384), "sha384", 128, 48));
  VM_CHECK(update_hash(vm, hash.as<HashObject>(), args[0]));
  return hash;
}
Ref module_sha512(Vm& vm, Value, Args& args) {
  VM_TRY(Ref hash, new_hash(vm, k_sha512_type, new_sha2(512), "sha512", 128, 64));
  VM_CHECK(update_hash(vm, hash.as<HashObject>(), args[0]));
  return hash;
}

constexpr MethodSpec kFunctions[] = {
    {"sha224($module, /, string=b'', *, usedforsecurity=True)", module_sha224, "Return a new sha224 hash object."},
    {"sha256($module, /, string=b'', *, usedforsecurity=True)", module_sha256, "Return a new sha256 hash object."},
    {"sha384($module, /, string=b'', *, usedforsecurity=True)", module_sha384, "Return a new sha384 hash object."},
    {"sha512($module, /, string=b'', *, usedforsecurity=True)", module_sha512, "Return a new sha512 hash object."},
};
bool fill(Vm& vm, ModuleObject* module) {
  return set_module_attribute(vm, module, "SHA224Type", Value(vm.native_type(k_sha224_type))) &&
         set_module_attribute(vm, module, "SHA256Type", Value(vm.native_type(k_sha256_type))) &&
         set_module_attribute(vm, module, "SHA384Type", Value(vm.native_type(k_sha384_type))) &&
         set_module_attribute(vm, module, "SHA512Type", Value(vm.native_type(k_sha512_type)));
}
constexpr ModuleSpec kModule = {"_sha2", nullptr, kFunctions, fill};

}  // namespace

const ModuleSpec& _sha2_module() { return kModule; }

}  // namespace ouro::vm
