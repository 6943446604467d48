// Memory in size classes, the end of objects, and the cycle collector (the algorithm of CPython 3.13 Python/gc.c: counts
// less the references from within; what keeps a count is alive, and all that it reaches).
#include "vm/core/heap.h"

#include <cstdlib>

#include "vm/core/error.h"
#include "vm/core/vm.h"
#include "vm/interpreter/breaker.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

/// Destructions nested deeper than this are put off: each takes a C++ frame or two.
constexpr unsigned kMostDestroyDepth = 60;
constexpr std::uint32_t kCountMask = 0xFFFFFFFFU << kGcCountShift;
constexpr std::uint32_t kMostCounted = kCountMask >> kGcCountShift;
constexpr std::uint32_t kInUnreachable = kGcHasRefs;

std::uint32_t gc_count(const Object* object) { return object->gc_word >> kGcCountShift; }
void set_gc_count(Object* object, std::uint32_t count) {
  object->gc_word = (object->gc_word & ~kCountMask) | (count << kGcCountShift);
}

bool is_under_examination(const Object* object) {
  return (object->gc_word & (kGcIsContainer | kGcCollecting)) == (kGcIsContainer | kGcCollecting);
}

/// Takes one reference from within the examined set off its target.
class SubtractVisitor final : public Visitor {
 public:
  void visit_object(Object* object) override {
    if (!is_under_examination(object)) return;
    const std::uint32_t count = gc_count(object);
    if (count != 0 && count != kMostCounted) set_gc_count(object, count - 1);
  }
};

void unlink(GcObject* object) {
  object->gc_prev->gc_next = object->gc_next;
  object->gc_next->gc_prev = object->gc_prev;
}

bool is_empty(const GcObject& head) { return head.gc_next == &head; }

}  // namespace

Heap::~Heap() {
  for (void* chunk : chunks_) std::free(chunk);
}

void* Heap::allocate_slow(std::size_t size) {
  if (!kPooled || size > kLargestClass) {
    if (!has_room(size)) return nullptr;
    void* memory = std::malloc(size);
    if (memory != nullptr) used_ += size;
    if (used_ > peak_) peak_ = used_;
    return memory;
  }
  const std::size_t rounded = (size + 15) / 16 * 16;
  if (!has_room(rounded)) return nullptr;
  if (static_cast<std::size_t>(bump_end_ - bump_) < rounded) {
    void* chunk = std::malloc(kChunk);
    if (chunk == nullptr) return nullptr;
    chunks_.push_back(chunk);
    bump_ = static_cast<char*>(chunk);
    bump_end_ = bump_ + kChunk;
  }
  void* memory = bump_;
  bump_ += rounded;
  used_ += rounded;
  if (used_ > peak_) peak_ = used_;
  return memory;
}

void Heap::free_large(void* memory, std::size_t size) {
  used_ -= size;
  std::free(memory);
}

void* Heap::reallocate(void* memory, std::size_t old_size, std::size_t new_size) {
  if (memory == nullptr) return allocate(new_size);
  if (!kPooled || (old_size > kLargestClass && new_size > kLargestClass)) {
    if (new_size > old_size && !has_room(new_size - old_size)) return nullptr;
    void* moved = std::realloc(memory, new_size);
    if (moved == nullptr) return nullptr;
    used_ = used_ - old_size + new_size;
    if (used_ > peak_) peak_ = used_;
    return moved;
  }
  if (old_size <= kLargestClass && new_size <= kLargestClass && (old_size + 15) / 16 == (new_size + 15) / 16) return memory;
  void* moved = allocate(new_size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, memory, old_size < new_size ? old_size : new_size);
  free(memory, old_size);
  return moved;
}

void Heap::request_collection() { vm_->breaker.fetch_or(kBreakCollect, std::memory_order_relaxed); }

// --- the end of an object

void Heap::destroy_now(Object* object) {
  TypeObject* type = object->type;
  if (type->slots.finalize != nullptr && (object->gc_word & kGcFinalized) == 0) {
    object->gc_word |= kGcFinalized;
    object->refcount = 1;
    Ref pending = vm_->thread != nullptr ? take_error(*vm_) : Ref();
    type->slots.finalize(*vm_, object);
    if (pending) restore_error(*vm_, std::move(pending));
    if (--object->refcount != 0) {  // resurrected
      if ((object->gc_word & (kGcIsContainer | kGcTracked)) == kGcIsContainer) track(static_cast<GcObject*>(object));
      return;
    }
    type = object->type;  // __del__ may have assigned __class__
  }
  // From here on the object is nobody's. The callbacks of its weak references and the ends of what it owns may run Python
  // code and so the collector, which must not find it.
  if ((object->gc_word & kGcTracked) != 0) untrack(static_cast<GcObject*>(object));
  if (type->weakref_offset != 0) clear_weakrefs(*vm_, object);
  type->slots.dealloc(*vm_, object);
}

void destroy(Object* object) noexcept {
  TypeObject* type = object->type;
  Vm& vm = *type->vm;
  Heap& heap = vm.heap;
  // What has no parts to end and nobody to tell: floats, strings, ints.
  if ((type->flags & (kTypeContainer | kTypeHeap)) == 0 && type->weakref_offset == 0 && type->slots.finalize == nullptr) {
    type->slots.dealloc(vm, object);
    return;
  }
  if (heap.destroy_depth_ >= kMostDestroyDepth && (object->gc_word & kGcIsContainer) != 0) {
    auto* container = static_cast<GcObject*>(object);
    heap.untrack(container);
    container->gc_next = heap.postponed_;
    heap.postponed_ = container;
    return;
  }
  ++heap.destroy_depth_;
  heap.destroy_now(object);
  if (heap.destroy_depth_ == 1) {
    while (heap.postponed_ != nullptr) {
      GcObject* next = heap.postponed_;
      heap.postponed_ = next->gc_next;
      heap.destroy_now(next);
    }
  }
  --heap.destroy_depth_;
}

Object* allocate_object(Vm& vm, TypeObject* type, std::size_t extra) {
  const std::size_t size = type->basic_size + extra;
  void* memory = vm.heap.allocate(size);
  if (memory == nullptr) [[unlikely]] {
    (void)raise_memory_error(vm);
    return nullptr;
  }
  std::memset(memory, 0, size);
  auto* object = static_cast<Object*>(memory);
  object->refcount = 1;
  object->type = type;
  if ((type->flags & kTypeContainer) != 0) object->gc_word = kGcIsContainer;
  if ((type->flags & kTypeHeap) != 0) incref(static_cast<Object*>(type));
  return object;
}

void free_object(Vm& vm, Object* object, std::size_t size) {
  TypeObject* type = object->type;
  if ((object->gc_word & kGcTracked) != 0) vm.heap.untrack(static_cast<GcObject*>(object));
  if (type->weakref_offset != 0) clear_weakrefs(vm, object);
  vm.heap.free(object, size);
  if ((type->flags & kTypeHeap) != 0) decref(static_cast<Object*>(type));
}

// --- the collector

void Heap::move_all(GcObject& from, GcObject& to, bool to_old) {
  for (GcObject* object = from.gc_next; object != &from; object = object->gc_next) {
    object->gc_word &= ~(kGcCollecting | kGcReachable | kInUnreachable | kCountMask);
    if (to_old) object->gc_word |= kGcGeneration;
  }
  if (is_empty(from)) return;
  GcObject* first = from.gc_next;
  GcObject* last = from.gc_prev;
  first->gc_prev = to.gc_prev;
  to.gc_prev->gc_next = first;
  last->gc_next = &to;
  to.gc_prev = last;
  init_list(from);
}

/// Splits `from`: what cannot be reached from outside goes to `unreachable`.
void Heap::find_unreachable(GcObject& from, GcObject& unreachable) {
  for (GcObject* object = from.gc_next; object != &from; object = object->gc_next) {
    object->gc_word = (object->gc_word & ~(kGcReachable | kInUnreachable)) | kGcCollecting;
    set_gc_count(object, object->refcount < kMostCounted ? object->refcount : kMostCounted);
  }
  SubtractVisitor subtract;
  for (GcObject* object = from.gc_next; object != &from; object = object->gc_next)
    if (object->type->slots.traverse != nullptr) object->type->slots.traverse(object, subtract);

  class ReachVisitor final : public Visitor {
   public:
    explicit ReachVisitor(GcObject& list) : list_(&list) {}
    void visit_object(Object* object) override {
      if (!is_under_examination(object) || (object->gc_word & kGcReachable) != 0) return;
      auto* container = static_cast<GcObject*>(object);
      if ((object->gc_word & kInUnreachable) != 0) {  // it was passed over: back to the end of the list
        unlink(container);
        link(*list_, container);
        object->gc_word &= ~kInUnreachable;
      }
      set_gc_count(object, 1);
    }

   private:
    GcObject* list_;
  };
  ReachVisitor reach(from);
  for (GcObject* object = from.gc_next; object != &from;) {
    if (gc_count(object) != 0) {
      object->gc_word |= kGcReachable;
      if (object->type->slots.traverse != nullptr) object->type->slots.traverse(object, reach);
      object = object->gc_next;
      continue;
    }
    GcObject* next = object->gc_next;
    unlink(object);
    link(unreachable, object);
    object->gc_word |= kInUnreachable;
    object = next;
  }
}

/// Callbacks of references that die themselves are not called.
void Heap::clear_weak_references(GcObject& unreachable) {
  GcObject todo{{0, 0, nullptr}, nullptr, nullptr};
  init_list(todo);
  // Dropping a callback may end objects of the list, and calling one runs Python code: each object is held meanwhile.
  while (!is_empty(unreachable)) {
    GcObject* object = unreachable.gc_next;
    unlink(object);
    link(todo, object);
    if (!object->type->is_subtype_of(vm_->types.weakref)) continue;
    auto* reference = static_cast<WeakRefObject*>(object);
    if (reference->callback.is_null()) continue;
    incref(static_cast<Object*>(object));
    xdecref(std::exchange(reference->callback, Value()));
    decref(static_cast<Object*>(object));
  }
  move_all(todo, unreachable, false);
  while (!is_empty(unreachable)) {
    GcObject* object = unreachable.gc_next;
    unlink(object);
    link(todo, object);
    if (object->type->weakref_offset == 0) continue;
    incref(static_cast<Object*>(object));
    clear_weakrefs(*vm_, object);
    decref(static_cast<Object*>(object));
  }
  move_all(todo, unreachable, false);
}

void Heap::run_finalizers(GcObject& unreachable) {
  GcObject seen{{0, 0, nullptr}, nullptr, nullptr};
  init_list(seen);
  while (!is_empty(unreachable)) {
    GcObject* object = unreachable.gc_next;
    unlink(object);
    link(seen, object);
    if (object->type->slots.finalize == nullptr || (object->gc_word & kGcFinalized) != 0) continue;
    object->gc_word |= kGcFinalized;
    incref(static_cast<Object*>(object));
    object->type->slots.finalize(*vm_, object);
    decref(static_cast<Object*>(object));
  }
  move_all(seen, unreachable, false);
}

void Heap::clear_all(GcObject& unreachable) {
  while (!is_empty(unreachable)) {
    GcObject* object = unreachable.gc_next;
    incref(static_cast<Object*>(object));
    if (object->type->slots.clear != nullptr) object->type->slots.clear(*vm_, object);
    if (unreachable.gc_next == object) {  // still there
      unlink(object);
      object->gc_word |= kGcGeneration;
      link(old_, object);
    }
    decref(static_cast<Object*>(object));
  }
}

std::size_t Heap::collect(int generation) {
  if (collecting_) return 0;
  collecting_ = true;
  Ref pending = vm_->thread != nullptr ? take_error(*vm_) : Ref();

  if (generation < 2 && old_pending_ > 10000 && old_pending_ > old_long_lived_ / 4) generation = 2;
  GcObject candidates{{0, 0, nullptr}, nullptr, nullptr};
  GcObject unreachable{{0, 0, nullptr}, nullptr, nullptr};
  init_list(candidates);
  init_list(unreachable);
  const std::size_t young = young_count_;
  move_all(young_, candidates, true);
  if (generation >= 1) move_all(old_, candidates, true);
  young_count_ = 0;
  find_unreachable(candidates, unreachable);
  move_all(candidates, old_, true);
  if (generation >= 1) {
    old_pending_ = 0;
    old_long_lived_ = 0;
    for (GcObject* object = old_.gc_next; object != &old_; object = object->gc_next) ++old_long_lived_;
  } else {
    old_pending_ += young;
  }

  std::size_t found = 0;
  for (GcObject* object = unreachable.gc_next; object != &unreachable; object = object->gc_next) {
    object->gc_word &= ~(kGcCollecting | kInUnreachable | kCountMask);
    ++found;
  }
  if (found != 0) {
    clear_weak_references(unreachable);
    run_finalizers(unreachable);
    GcObject dead{{0, 0, nullptr}, nullptr, nullptr};
    init_list(dead);
    find_unreachable(unreachable, dead);  // finalisers may have made some reachable again
    move_all(unreachable, old_, true);
    for (GcObject* object = dead.gc_next; object != &dead; object = object->gc_next)
      object->gc_word &= ~(kGcCollecting | kInUnreachable | kCountMask);
    clear_all(dead);
  }
  ++collections[generation < 0 ? 0 : generation > 2 ? 2 : generation];
  collecting_ = false;
  if (pending) restore_error(*vm_, std::move(pending));
  return found;
}

}  // namespace ouro::vm
