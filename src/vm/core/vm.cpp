// The machine's construction and end, and its interned strings.
#include "vm/core/vm.h"

#include <unordered_set>

#include "vm/core/bootstrap.h"
#include "vm/core/machine_state.h"
#include "vm/interpreter/thread_state.h"
#include "vm/objects/dict.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {

struct InternTable {
  struct Hash {
    std::size_t operator()(const StrObject* text) const { return static_cast<std::size_t>(text->hash); }
  };
  struct Equal {
    bool operator()(const StrObject* a, const StrObject* b) const { return str_equal(a, b); }
  };
  std::unordered_set<StrObject*, Hash, Equal> texts;
};

Vm::Vm(Options options_in, Host& host_in, const CompilerInterface* compiler_in)
    : heap(*this), options(std::move(options_in)), host(host_in), compiler(compiler_in),
      interned(std::make_unique<InternTable>()), state(std::make_unique<MachineState>()) {
  thread = new_thread_state(*this);
  bootstrap(*this);
  if (options.limits.memory != 0) heap.set_limit(options.limits.memory);
}

Vm::~Vm() {
  // Programs' objects die one by one, so that what they hold outside the heap goes too; the rest ends with the heap.
  if (modules != nullptr) dict_clear(*this, modules);
  if (builtins != nullptr) dict_clear(*this, builtins);
  heap.collect(2);
  clear_error(*this);
  state->parts.clear();
  free_type_cache(*this);
  free_thread_state(thread);
}

TypeObject* Vm::native_type(const TypeSpec& spec) {
  const auto found = native_types.find(&spec);
  if (found != native_types.end()) return found->second;
  // A type is the machine's own, whoever asks for it first: its memory is given beyond a program's limit.
  const std::size_t limit = heap.limit();
  heap.set_limit(SIZE_MAX / 2);
  TypeObject* type = raw_native_type(*this, spec);
  if (names.empty != nullptr) (void)ready_native_type(*this, type);
  heap.set_limit(limit);
  return type;
}

StrObject* Vm::intern(std::string_view utf8) {
  const Own<StrObject> text = new_str(*this, utf8);
  if (!text) return nullptr;
  const Own<StrObject> kept = ouro::vm::intern(*this, text);
  return kept;  // the table's count keeps it
}

Own<StrObject> intern(Vm& vm, StrObject* text) {
  if (text->is_interned) return Own<StrObject>::share(text);
  (void)str_hash(vm, text);
  const auto found = vm.interned->texts.find(text);
  if (found != vm.interned->texts.end()) return Own<StrObject>::share(*found);
  Own<StrObject> kept = Own<StrObject>::share(text);
  if (text->type != vm.types.str) {
    kept = substring(vm, text, 0, text->length);
    if (!kept) return {};
    if (kept->type != vm.types.str) {
      kept = new_str(vm, to_utf8(text));
      if (!kept) return {};
    }
    (void)str_hash(vm, kept);
  }
  if (kept->is_interned) return kept;
  kept->is_interned = true;
  incref(static_cast<Object*>(kept.get()));
  vm.interned->texts.insert(kept.get());
  return kept;
}

}  // namespace ouro::vm
