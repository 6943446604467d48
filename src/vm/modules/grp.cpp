// grp: the group database.
#include <grp.h>

#include <vector>

#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

constexpr StructField kFields[] = {{"gr_name"}, {"gr_passwd"}, {"gr_gid"}, {"gr_mem"}};
const StructSequenceSpec kEntry = struct_sequence_spec("grp.struct_group", "grp.struct_group: Results from getgr*() routines.", kFields, 4);

Ref entry_of(Vm& vm, const group& entry) {
  VM_TRY(Own<ListObject> members, new_list(vm));
  for (char** member = entry.gr_mem; *member != nullptr; ++member) VM_CHECK(list_append(vm, members, Ref(new_str_fs(vm, *member))));
  std::vector<Ref> items;
  items.push_back(Ref(new_str_fs(vm, entry.gr_name)));
  items.push_back(Ref(new_str_fs(vm, entry.gr_passwd)));
  items.push_back(Ref::small(entry.gr_gid));
  items.push_back(std::move(members));
  return new_struct_sequence(vm, kEntry, std::move(items));
}

Ref by_id(Vm& vm, Value, Args& args) {
  VM_TRY(const std::int64_t id, args.int64(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  const group* entry = ::getgrgid(static_cast<gid_t>(id));
  if (entry == nullptr) return raise(vm, vm.exc.KeyError, "getgrgid(): gid not found: {}", id);
  return entry_of(vm, *entry);
}
Ref by_name(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, args.text(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  const group* entry = ::getgrnam(name.c_str());
  if (entry == nullptr) {
    VM_TRY(Ref shown, repr(vm, args[0]));
    return raise(vm, vm.exc.KeyError, "getgrnam(): name not found: {}", shown.as<StrObject>());
  }
  return entry_of(vm, *entry);
}
Ref all_entries(Vm& vm, Value) {
  VM_CHECK(system_calls_allowed(vm));
  VM_TRY(Own<ListObject> all, new_list(vm));
  ::setgrent();
  while (const group* entry = ::getgrent()) VM_CHECK(list_append(vm, all, entry_of(vm, *entry)));
  ::endgrent();
  return all;
}

constexpr MethodSpec kFunctions[] = {
    {"getgrgid($module, /, id)", by_id, "Return the group database entry for the given numeric group ID."},
    {"getgrnam($module, /, name)", by_name, "Return the group database entry for the given group name."},
    {"getgrall($module, /)", all_entries, "Return a list of all available group entries, in arbitrary order."}};

bool fill(Vm& vm, ModuleObject* module) { return add_type(vm, module, kEntry); }

}  // namespace

const ModuleSpec& grp_module() {
  static constexpr ModuleSpec kModule = {.name = "grp", .doc = "Access to the Unix group database.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
