// The magnitude of any int as limbs, for the files that implement int. Private to objects/int_*.cpp and modules/math.cpp.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "vm/objects/int.h"

namespace ouro::vm {

/// Looks at an int without copying large ones; an immediate's limb stands in the view itself.
class IntView {
 public:
  explicit IntView(Value value) {
    if (value.is_object()) {
      const auto* object = value.as<IntObject>();
      limbs_ = object->limbs();
      size_ = object->size;
      negative_ = object->is_negative;
      return;
    }
    const std::int64_t v = value.is_small() ? value.small_value() : (value.is_true() ? 1 : 0);
    negative_ = v < 0;
    own_ = negative_ ? ~static_cast<std::uint64_t>(v) + 1 : static_cast<std::uint64_t>(v);
    size_ = v != 0 ? 1 : 0;
  }
  IntView(const IntView&) = delete;
  IntView& operator=(const IntView&) = delete;
  [[nodiscard]] const std::uint64_t* limbs() const { return limbs_ != nullptr ? limbs_ : &own_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool negative() const { return negative_; }
  [[nodiscard]] std::span<const std::uint64_t> span() const { return {limbs(), size_}; }

 private:
  const std::uint64_t* limbs_ = nullptr;
  std::uint64_t own_ = 0;
  std::size_t size_ = 0;
  bool negative_ = false;
};

/// Working memory for limbs, from the machine's heap (so that the memory limit covers it). Null data: out of memory.
class LimbBuffer {
 public:
  LimbBuffer(Vm& vm, std::size_t size)
      : vm_(&vm), size_(size == 0 ? 1 : size), data_(static_cast<std::uint64_t*>(vm.heap.allocate(size_ * 8))) {}
  ~LimbBuffer() {
    if (data_ != nullptr) vm_->heap.free(data_, size_ * 8);
  }
  LimbBuffer(const LimbBuffer&) = delete;
  LimbBuffer& operator=(const LimbBuffer&) = delete;
  [[nodiscard]] std::uint64_t* data() const { return data_; }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  Vm* vm_;
  std::size_t size_;
  std::uint64_t* data_;
};

/// Most limbs of one int: 2^34 bits. Above, MemoryError as CPython gives it for what no memory holds.
inline constexpr std::size_t kMostLimbs = std::size_t{1} << 28U;

/// An IntObject with room for `size` limbs (uninitialised, size set); MemoryError.
[[nodiscard]] Own<IntObject> allocate_int(Vm& vm, std::size_t size);
/// Drops leading zero limbs; gives the immediate where the value fits.
[[nodiscard]] Ref normalise_int(Vm& vm, Own<IntObject> object);
/// An instance of a subclass of int with this value.
[[nodiscard]] Ref int_of_type(Vm& vm, TypeObject* type, Value value);
/// The value as a double, correctly rounded, with an exponent: value = result * 2^exponent, 0.5 <= |result| < 1.
[[nodiscard]] double int_frexp(Value value, std::int64_t& exponent);
/// int(x) for any argument; base null: not given.
[[nodiscard]] Ref int_construct(Vm& vm, TypeObject* type, const CallArgs& call);
[[nodiscard]] Ref int_from_text_value(Vm& vm, Value text, int base);
[[nodiscard]] Ref int_repr(Vm& vm, Value self);
[[nodiscard]] Ref int_format_exact(Vm& vm, Value self);
/// a / b as Python's true division of ints.
[[nodiscard]] Ref int_true_divide(Vm& vm, Value a, Value b);
/// Nearest integer of a / b, ties to even (round, math.isqrt's kin); b > 0.
[[nodiscard]] Ref int_round_to(Vm& vm, Value value, Value digits);

/// The sum as text of a small int: at most 20 characters.
std::string small_int_text(std::int64_t value);

}  // namespace ouro::vm
