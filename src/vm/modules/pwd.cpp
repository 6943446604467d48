// pwd: the user database.
#include <pwd.h>

#include <cerrno>
#include <vector>

#include "vm/core/protocol.h"
#include "vm/modules/posix/posix_parts.h"
#include "vm/objects/function.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

constexpr StructField kFields[] = {{"pw_name"}, {"pw_passwd"}, {"pw_uid"}, {"pw_gid"}, {"pw_gecos"}, {"pw_dir"}, {"pw_shell"}};
const StructSequenceSpec kEntry = struct_sequence_spec("pwd.struct_passwd", "pwd.struct_passwd: Results from getpw*() routines.", kFields, 7);

Ref entry_of(Vm& vm, const passwd& user) {
  std::vector<Ref> items;
  const auto text = [&](const char* value) { items.push_back(value == nullptr ? Ref::none() : Ref(new_str_fs(vm, value))); };
  text(user.pw_name);
  text(user.pw_passwd);
  items.push_back(Ref::small(user.pw_uid));
  items.push_back(Ref::small(user.pw_gid));
  text(user.pw_gecos);
  text(user.pw_dir);
  text(user.pw_shell);
  return new_struct_sequence(vm, kEntry, std::move(items));
}

Ref by_id(Vm& vm, Value, Value number) {
  VM_TRY(const std::int64_t id, to_int64(vm, number));
  VM_CHECK(system_calls_allowed(vm));
  const passwd* user = ::getpwuid(static_cast<uid_t>(id));
  if (user == nullptr) return raise(vm, vm.exc.KeyError, "getpwuid(): uid not found: {}", id);
  return entry_of(vm, *user);
}
Ref by_name(Vm& vm, Value, Args& args) {
  VM_TRY(const std::string name, args.text(vm, 0));
  VM_CHECK(system_calls_allowed(vm));
  const passwd* user = ::getpwnam(name.c_str());
  if (user == nullptr) {
    VM_TRY(Ref shown, repr(vm, args[0]));
    return raise(vm, vm.exc.KeyError, "getpwnam(): name not found: {}", shown.as<StrObject>());
  }
  return entry_of(vm, *user);
}
Ref all_entries(Vm& vm, Value) {
  VM_CHECK(system_calls_allowed(vm));
  VM_TRY(Own<ListObject> all, new_list(vm));
  ::setpwent();
  while (const passwd* user = ::getpwent()) VM_CHECK(list_append(vm, all, entry_of(vm, *user)));
  ::endpwent();
  return all;
}

constexpr MethodSpec kFunctions[] = {
    {"getpwuid($module, uidobj, /)", by_id, "Return the password database entry for the given numeric user ID."},
    {"getpwnam($module, name, /)", by_name, "Return the password database entry for the given user name."},
    {"getpwall($module, /)", all_entries, "Return a list of all available password database entries, in arbitrary order."}};

bool fill(Vm& vm, ModuleObject* module) { return add_type(vm, module, kEntry); }

}  // namespace

const ModuleSpec& pwd_module() {
  static constexpr ModuleSpec kModule = {.name = "pwd", .doc = "This module provides access to the Unix password database.", .functions = kFunctions, .fill = fill};
  return kModule;
}

}  // namespace ouro::vm
