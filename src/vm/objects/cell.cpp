// cell: what closures share.
#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/function.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"

namespace ouro::vm {

Own<CellObject> new_cell(Vm& vm, Value content) {
  auto* cell = allocate<CellObject>(vm, vm.types.cell);
  VM_CHECK(cell);
  cell->content = Ref::share(content).release();
  vm.heap.track(cell);
  return Own<CellObject>::adopt(cell);
}

namespace {

Ref cell_construct(Vm& vm, TypeObject*, const CallArgs& call_args) {
  VM_PARSE(args, vm, "cell(contents=None, /)", 1, call_args);
  return new_cell(vm, args[0]);
}
void cell_dealloc(Vm& vm, Object* self) {
  auto* cell = static_cast<CellObject*>(self);
  vm.heap.untrack(cell);
  xdecref(std::exchange(cell->content, Value()));
  free_object(vm, self, self->type->basic_size);
}
void cell_traverse(Object* self, Visitor& visit) { visit(static_cast<CellObject*>(self)->content); }
void cell_clear(Vm&, Object* self) { xdecref(std::exchange(static_cast<CellObject*>(self)->content, Value())); }

Ref cell_repr(Vm& vm, Value self) {
  const Value content = self.as<CellObject>()->content;
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "<cell at 0x%llx: ", static_cast<unsigned long long>(self.bits()));
  if (content.is_null()) return new_str(vm, std::string(buffer) + "empty>");
  std::string text = buffer;
  text += type_name(vm, content);
  std::snprintf(buffer, sizeof buffer, " object at 0x%llx>", static_cast<unsigned long long>(content.bits()));
  return new_str(vm, text + buffer);
}

Ref cell_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if (!is_exact(vm, other, vm.types.cell)) return Ref::not_implemented();
  const Value a = self.as<CellObject>()->content;
  const Value b = other.as<CellObject>()->content;
  if (!a.is_null() && !b.is_null()) return compare(vm, a, b, op);
  // An empty cell is less than any other.
  return compare(vm, Value::small(a.is_null() ? 0 : 1), Value::small(b.is_null() ? 0 : 1), op);
}

Ref get_contents(Vm& vm, Value self) {
  const Value content = self.as<CellObject>()->content;
  if (content.is_null()) return raise(vm, vm.exc.ValueError, "cell is empty");
  return Ref::share(content);
}
bool set_contents(Vm&, Value self, Value value) {
  xincref(value);
  xdecref(std::exchange(self.as<CellObject>()->content, value));
  return true;
}
constexpr GetSetSpec kGetSet[] = {{"cell_contents", get_contents, set_contents}};

}  // namespace

const TypeSpec kCellType = {
    .name = "cell",
    .basic_size = sizeof(CellObject),
    .flags = kTypeContainer,
    .doc = "cell([contents])\n--\n\nCreate a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n"
           "    and \n further attempts to access its cell_contents attribute will\n    raise a ValueError.",
    .slots = {.dealloc = cell_dealloc, .traverse = cell_traverse, .clear = cell_clear, .construct = cell_construct,
              .repr = cell_repr, .compare = cell_compare},
    .getset = kGetSet,
};

}  // namespace ouro::vm
