// _heapq: CPython 3.13 Modules/_heapqmodule.c. The comparisons and their order are CPython's, so heaps lie alike.
#include "vm/objects/function.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"
#include "vm/objects/str.h"

namespace ouro::vm {
namespace {

/// Whether `a` belongs above `b`: smaller in a min heap, larger in a max heap.
template <bool kMax>
bool above(Vm& vm, Value a, Value b, bool& out) {
  if (a.is_small() && b.is_small()) {
    out = kMax ? b.small_value() < a.small_value() : a.small_value() < b.small_value();
    return true;
  }
  const Ref x = Ref::share(kMax ? b : a), y = Ref::share(kMax ? a : b);
  VM_TRY(Ref result, compare(vm, x, y, CompareOp::Less));
  return truth(vm, result, out);
}

bool size_changed(Vm& vm) { return raise(vm, vm.exc.RuntimeError, "list changed size during iteration"); }

/// Moves the item at `position` up to its place.
template <bool kMax>
bool sift_up_to_root(Vm& vm, ListObject* heap, std::size_t start, std::size_t position) {
  const std::size_t size = heap->size;
  if (position >= size) return raise(vm, vm.exc.IndexError, "index out of range");
  while (position > start) {
    const std::size_t parent = (position - 1) / 2;
    bool smaller = false;
    VM_CHECK(above<kMax>(vm, heap->items[position], heap->items[parent], smaller));
    if (heap->size != size) return size_changed(vm);
    if (!smaller) break;
    std::swap(heap->items[position], heap->items[parent]);
    position = parent;
  }
  return true;
}

/// Lets the item at `position` sink to a leaf by the smaller children, then rise to its place.
template <bool kMax>
bool sift_down(Vm& vm, ListObject* heap, std::size_t position) {
  const std::size_t size = heap->size, start = position;
  if (position >= size) return raise(vm, vm.exc.IndexError, "index out of range");
  const std::size_t limit = size / 2;
  while (position < limit) {
    std::size_t child = 2 * position + 1;
    if (child + 1 < size) {
      bool left = false;
      VM_CHECK(above<kMax>(vm, heap->items[child], heap->items[child + 1], left));
      if (!left) ++child;
      if (heap->size != size) return size_changed(vm);
    }
    std::swap(heap->items[position], heap->items[child]);
    position = child;
  }
  return sift_up_to_root<kMax>(vm, heap, start, position);
}

bool check_list(Vm& vm, Value heap, std::string_view function) {
  if (is_list(heap)) return true;
  return raise(vm, vm.exc.TypeError, "{}() argument {}must be list, not {}", function,
               function == "heapify" || function == "heappop" || function.starts_with("_heapify") || function.starts_with("_heappop")
                   ? ""
                   : "1 ",
               type_name(vm, heap));
}

template <bool kMax>
bool heapify_list(Vm& vm, ListObject* heap) {
  VM_CHECK(charge_work(vm, heap->size / 4));
  for (std::size_t i = heap->size / 2; i-- > 0;) VM_CHECK(sift_down<kMax>(vm, heap, i));
  return true;
}
template <bool kMax>
Ref heapify(Vm& vm, Value, Value heap) {
  VM_CHECK(check_list(vm, heap, kMax ? "_heapify_max" : "heapify"));
  VM_CHECK(heapify_list<kMax>(vm, heap.as<ListObject>()));
  return Ref::none();
}
Ref heappush(Vm& vm, Value, Args& args) {
  VM_CHECK(check_list(vm, args[0], "heappush"));
  auto* heap = args[0].as<ListObject>();
  VM_CHECK(list_append(vm, heap, args[1]));
  VM_CHECK(sift_up_to_root<false>(vm, heap, 0, heap->size - 1));
  return Ref::none();
}
template <bool kMax>
Ref heappop(Vm& vm, Value, Value heap_value) {
  VM_CHECK(check_list(vm, heap_value, kMax ? "_heappop_max" : "heappop"));
  auto* heap = heap_value.as<ListObject>();
  if (heap->size == 0) return raise(vm, vm.exc.IndexError, "index out of range");
  Ref last = Ref::adopt(heap->items[--heap->size]);
  if (heap->size == 0) return last;
  Ref top = Ref::adopt(std::exchange(heap->items[0], last.release()));
  VM_CHECK(sift_down<kMax>(vm, heap, 0));
  return top;
}
template <bool kMax>
Ref heapreplace(Vm& vm, Value, Args& args) {
  VM_CHECK(check_list(vm, args[0], kMax ? "_heapreplace_max" : "heapreplace"));
  auto* heap = args[0].as<ListObject>();
  if (heap->size == 0) return raise(vm, vm.exc.IndexError, "index out of range");
  Ref top = Ref::adopt(std::exchange(heap->items[0], owned(args[1])));
  VM_CHECK(sift_down<kMax>(vm, heap, 0));
  return top;
}
Ref heappushpop(Vm& vm, Value, Args& args) {
  VM_CHECK(check_list(vm, args[0], "heappushpop"));
  auto* heap = args[0].as<ListObject>();
  if (heap->size == 0) return Ref::share(args[1]);
  bool smaller = false;
  VM_CHECK(above<false>(vm, heap->items[0], args[1], smaller));
  if (!smaller) return Ref::share(args[1]);
  if (heap->size == 0) return raise(vm, vm.exc.IndexError, "index out of range");
  Ref top = Ref::adopt(std::exchange(heap->items[0], owned(args[1])));
  VM_CHECK(sift_down<false>(vm, heap, 0));
  return top;
}

constexpr MethodSpec kFunctions[] = {
    {"heappush($module, heap, item, /)", heappush, "Puts an item into the heap."},
    {"heappushpop($module, heap, item, /)", heappushpop, "Puts an item in and takes the smallest out."},
    {"heappop($module, heap, /)", heappop<false>, "Takes the smallest item out."},
    {"heapreplace($module, heap, item, /)", heapreplace<false>, "Takes the smallest item out, then puts one in."},
    {"heapify($module, heap, /)", heapify<false>, "Makes a heap of a list, in place."},
    {"_heappop_max($module, heap, /)", heappop<true>, "Max heap variant of heappop."},
    {"_heapify_max($module, heap, /)", heapify<true>, "Max heap variant of heapify."},
    {"_heapreplace_max($module, heap, item, /)", heapreplace<true>, "Max heap variant of heapreplace."},
};

bool fill(Vm& vm, ModuleObject* module) {
  VM_TRY(StrObject * about, vm.intern("Heaps are lists in which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k."));
  return set_module_attribute(vm, module, "__about__", Value(about));
}

}  // namespace

const ModuleSpec& _heapq_module() {
  static const ModuleSpec spec = {
      .name = "_heapq",
      .doc = "Heap queue algorithm (a.k.a. priority queue).",
      .functions = kFunctions,
      .fill = fill,
  };
  return spec;
}

}  // namespace ouro::vm
