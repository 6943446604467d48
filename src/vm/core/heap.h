// The machine's heap: size-class free lists with byte accounting, and the cycle collector.
//
// Everything a program can make grow is allocated here, so that the memory limit is exact: objects and the buffers of
// strings, lists and dicts alike. A limit that is hit gives a null pointer; the caller raises MemoryError
// (raise_memory_error in error.h). One heap belongs to one machine and one thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "vm/core/value.h"

namespace ouro::vm {

/// What every object starts with that can be part of a cycle.
struct GcObject : Object {
  GcObject* gc_next;
  GcObject* gc_prev;
};

// Bits of Object::gc_word; the upper bits count references during a collection.
inline constexpr std::uint32_t kGcTracked = 1;      ///< in one of the generations' lists
inline constexpr std::uint32_t kGcFinalized = 2;    ///< __del__ has run
inline constexpr std::uint32_t kGcCollecting = 4;   ///< in the set under examination
inline constexpr std::uint32_t kGcReachable = 8;
inline constexpr std::uint32_t kGcHasRefs = 16;     ///< internal to collection
inline constexpr std::uint32_t kGcIsContainer = 32; ///< a GcObject
inline constexpr std::uint32_t kGcGeneration = 64;  ///< bit set: in the old generation
inline constexpr unsigned kGcCountShift = 8;

/// Called by traverse slots for each value that an object owns.
class Visitor {
 public:
  virtual void visit_object(Object* object) = 0;
  void operator()(Value value) {
    if (value.is_object()) visit_object(value.object());
  }
  template <class T>
  void operator()(T* object) {
    if (object != nullptr) visit_object(static_cast<Object*>(object));
  }

 protected:
  ~Visitor() = default;
};

class Heap {
 public:
  explicit Heap(Vm& vm) : vm_(&vm) {}
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  /// Uninitialised memory, 16-byte aligned; null when the limit is reached. Free it with the same size.
  [[nodiscard]] void* allocate(std::size_t size) {
    if (kPooled && size <= kLargestClass) [[likely]] {
      const std::size_t index = (size + 15) / 16;
      FreeCell* cell = free_[index];
      if (cell != nullptr && used_ + index * 16 <= limit_) [[likely]] {
        free_[index] = cell->next;
        used_ += index * 16;
        return cell;
      }
    }
    return allocate_slow(size);
  }
  void free(void* memory, std::size_t size) {
    if (kPooled && size <= kLargestClass) [[likely]] {
      const std::size_t index = (size + 15) / 16;
      auto* cell = static_cast<FreeCell*>(memory);
      cell->next = free_[index];
      free_[index] = cell;
      used_ -= index * 16;
      return;
    }
    free_large(memory, size);
  }
  /// Moves the first min(old_size, new_size) bytes; null (and the old block stays) when the limit is reached.
  [[nodiscard]] void* reallocate(void* memory, std::size_t old_size, std::size_t new_size);

  /// Bytes in use. What lives outside (a GMP temporary, a file's buffer) is added with charge and taken off again.
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] std::size_t peak() const { return peak_ > used_ ? peak_ : used_; }
  void set_limit(std::size_t bytes) { limit_ = bytes; }
  [[nodiscard]] std::size_t limit() const { return limit_; }
  /// Whether `size` more bytes fit; false: raise MemoryError.
  [[nodiscard]] bool has_room(std::size_t size) const { return size <= limit_ && used_ <= limit_ - size; }
  [[nodiscard]] bool charge(std::size_t size) {
    if (!has_room(size)) return false;
    used_ += size;
    return true;
  }
  void discharge(std::size_t size) { used_ -= size; }

  /// A new container enters the young generation when it is whole enough to be traversed.
  void track(GcObject* object) {
    if ((object->gc_word & kGcTracked) != 0) return;
    object->gc_word |= kGcTracked;
    link(young_, object);
    if (++young_count_ >= threshold && gc_enabled) request_collection();
  }
  void untrack(GcObject* object) {
    if ((object->gc_word & kGcTracked) == 0) return;
    object->gc_prev->gc_next = object->gc_next;
    object->gc_next->gc_prev = object->gc_prev;
    if ((object->gc_word & kGcGeneration) == 0 && young_count_ > 0) --young_count_;
    object->gc_word &= ~(kGcTracked | kGcGeneration);
  }
  /// Whether enough containers were made since the last collection: the interpreter asks at safe points.
  [[nodiscard]] bool wants_collection() const { return gc_enabled && young_count_ >= threshold; }
  /// Collects cyclic garbage: young objects (0) or all (2). Returns how many objects were unreachable.
  std::size_t collect(int generation);

  bool gc_enabled = true;
  std::size_t threshold = 5000;
  std::size_t collections[3] = {0, 0, 0};
  /// Calls `action` for each tracked object (gc.get_objects).
  template <class Action>
  void for_each_tracked(Action action) {
    for (GcObject* head : {&young_, &old_})
      for (GcObject* o = head->gc_next; o != head; o = o->gc_next) action(o);
  }

 private:
  friend void destroy(Object* object) noexcept;
  struct FreeCell {
    FreeCell* next;
  };
  static constexpr std::size_t kLargestClass = 512;
  /// Under the address sanitizer every object has memory of its own, so that it sees what is used too late.
#if defined(__SANITIZE_ADDRESS__)
  static constexpr bool kPooled = false;
#elif defined(__has_feature)
  static constexpr bool kPooled = !__has_feature(address_sanitizer);
#else
  static constexpr bool kPooled = true;
#endif
  static constexpr std::size_t kChunk = 256 * 1024;
  void* allocate_slow(std::size_t size);
  /// Tells the interpreter to collect at its next safe point (a bit of Vm::breaker).
  void request_collection();
  void free_large(void* memory, std::size_t size);
  static void link(GcObject& head, GcObject* object) {
    object->gc_prev = head.gc_prev;
    object->gc_next = &head;
    head.gc_prev->gc_next = object;
    head.gc_prev = object;
  }
  static void init_list(GcObject& head) { head.gc_next = head.gc_prev = &head; }
  void find_unreachable(GcObject& from, GcObject& unreachable);
  void clear_weak_references(GcObject& unreachable);
  void run_finalizers(GcObject& unreachable);
  void clear_all(GcObject& unreachable);
  void move_all(GcObject& from, GcObject& to, bool to_old);
  void destroy_now(Object* object);

  std::array<FreeCell*, kLargestClass / 16 + 1> free_{};
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
  std::size_t limit_ = SIZE_MAX / 2;
  std::vector<void*> chunks_;
  char* bump_ = nullptr;
  char* bump_end_ = nullptr;
  GcObject young_{{0, 0, nullptr}, &young_, &young_};
  GcObject old_{{0, 0, nullptr}, &old_, &old_};
  std::size_t young_count_ = 0;
  std::size_t old_pending_ = 0;    ///< survivors since the last full collection
  std::size_t old_long_lived_ = 0;
  bool collecting_ = false;
  // destroy(): containers whose destruction is put off so that deep structures need no deep C++ stack.
  unsigned destroy_depth_ = 0;
  GcObject* postponed_ = nullptr;  ///< linked by gc_next
  Vm* vm_;
};

}  // namespace ouro::vm
