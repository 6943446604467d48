// The computed attributes of classes (__name__, __bases__, ...): tables for kTypeType.
#pragma once

#include <span>

#include "vm/core/binding.h"

namespace ouro::vm {

extern const std::span<const GetSetSpec> kTypeGetSet;
extern const std::span<const MemberSpec> kTypeMembers;
/// "module.Qualified.Name", without "builtins.".
[[nodiscard]] Ref type_full_name(Vm& vm, TypeObject* type);
/// Names of a class and its bases, as dir() wants them.
[[nodiscard]] bool merge_class_dict(Vm& vm, DictObject* into, Value type);
/// type.__getattribute__ without raising: `out` stays null where there is none.
[[nodiscard]] bool find_type_attribute(Vm& vm, TypeObject* type, StrObject* name, Ref& out);

}  // namespace ouro::vm
