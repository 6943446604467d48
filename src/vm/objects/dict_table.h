// Operations on dicts that only the files of dict, set, OrderedDict and their like use.
#pragma once

#include "vm/objects/dict.h"

namespace ouro::vm {

/// An empty instance of dict or a subclass.
[[nodiscard]] Own<DictObject> new_dict_of(Vm& vm, TypeObject* type);
/// Room for so many more entries.
[[nodiscard]] bool dict_reserve(Vm& vm, DictObject* dict, std::size_t more);
[[nodiscard]] bool dict_find_hashed(Vm& vm, DictObject* dict, Value key, std::int64_t hash, Value& value_borrowed);
/// Takes a key out; value null where it was absent. False: an exception is set.
[[nodiscard]] bool dict_take(Vm& vm, DictObject* dict, Value key, Ref& value);
[[nodiscard]] bool dict_take_hashed(Vm& vm, DictObject* dict, Value key, std::int64_t hash, Ref& value);
/// Takes the last entry out; false when empty.
bool dict_pop_last(DictObject* dict, Ref& key, Ref& value);
/// dict.update's argument: a mapping or pairs.
[[nodiscard]] bool dict_update_from(Vm& vm, DictObject* dict, Value source);
/// update(*args, **kwargs) as `name`.
[[nodiscard]] bool dict_update_call(Vm& vm, DictObject* dict, const CallArgs& call, std::string_view name);
[[nodiscard]] bool dict_equal(Vm& vm, DictObject* a, DictObject* b, bool& out);
[[nodiscard]] Ref dict_repr(Vm& vm, Value self);

enum class DictPart : std::uint8_t { Keys, Values, Items };
/// dict_keys, dict_values, dict_items and those of OrderedDict.
struct DictViewObject : GcObject {
  DictObject* dict;
};
[[nodiscard]] Ref new_dict_view_of(Vm& vm, DictObject* dict, TypeObject* type);
[[nodiscard]] Ref new_dict_view(Vm& vm, DictObject* dict, DictPart part);
[[nodiscard]] Ref new_dict_iterator(Vm& vm, DictObject* dict, DictPart part, bool backwards);

}  // namespace ouro::vm
