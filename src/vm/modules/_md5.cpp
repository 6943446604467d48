// _md5: the MD5 hash.
#include "vm/modules/_hash/hash.h"
#include "vm/objects/function.h"

namespace ouro::vm {
namespace {

using namespace hashes;

const TypeSpec k_md5_type = {.name = "_md5.md5", .basic_size = sizeof(HashObject), .flags = kTypeNoInstantiation | kTypeImmutable,
    .slots = hash_slots(), .methods = kHashMethods, .getset = kHashGetSet};

Ref module_md5(Vm& vm, Value, Args& args) {
  VM_TRY(Ref hash, new_hash(vm, k_md5_type, new_md5(), "md5", 64, 16));
  VM_CHECK(update_hash(vm, hash.as<HashObject>(), args[0]));
  return hash;
}

constexpr MethodSpec kFunctions[] = {
    {"md5($module, /, string=b'', *, usedforsecurity=True)", module_md5, "Return a new md5 hash object."},
};
bool fill(Vm& vm, ModuleObject* module) {
  return set_module_attribute(vm, module, "MD5Type", Value(vm.native_type(k_md5_type)));
}
constexpr ModuleSpec kModule = {"_md5", nullptr, kFunctions, fill};

}  // namespace

const ModuleSpec& _md5_module() { return kModule; }

}  // namespace ouro::vm
