// _sha1: the SHA-1 hash.
#include "vm/modules/_hash/hash.h"
#include "vm/objects/function.h"

namespace ouro::vm {
namespace {

using namespace hashes;

const TypeSpec k_sha1_type = {.name = "_sha1.sha1", .basic_size = sizeof(HashObject), .flags = kTypeNoInstantiation | kTypeImmutable,
    .slots = hash_slots(), .methods = kHashMethods, .getset = kHashGetSet};

Ref module_sha1(Vm& vm, Value, Args& args) {
  VM_TRY(Ref hash, new_hash(vm, k_sha1_type, new_sha1(), "sha1", 64, 20));
  VM_CHECK(update_hash(vm, hash.as<HashObject>(), args[0]));
  return hash;
}

constexpr MethodSpec kFunctions[] = {
    {"sha1($module, /, string=b'', *, usedforsecurity=True)", module_sha1, "Return a new sha1 hash object."},
};
bool fill(Vm& vm, ModuleObject* module) {
  return set_module_attribute(vm, module, "SHA1Type", Value(vm.native_type(k_sha1_type)));
}
constexpr ModuleSpec kModule = {"_sha1", nullptr, kFunctions, fill};

}  // namespace

const ModuleSpec& _sha1_module() { return kModule; }

}  // namespace ouro::vm
