// The value word: what every variable, stack entry and container slot of the virtual machine holds.
//
// 64 bits. Bit 0 set: a small integer in the upper 63 bits. Low bits 10: one of the singletons (None, False, ...).
// Low bits 00: a pointer to an Object, or all zero: no value (unbound variable, absent argument, "an exception is set").
// Only pointers are counted. Value is a borrowed word and trivially copyable; Ref and Own own what they hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace ouro::vm {

class Vm;
struct Object;
struct TypeObject;

/// Ends the life of an object whose count fell to zero (heap.cpp).
void destroy(Object* object) noexcept;

class Value {
 public:
  constexpr Value() = default;
  constexpr explicit Value(std::uint64_t bits) : bits_(bits) {}
  Value(const Object* object) : bits_(reinterpret_cast<std::uintptr_t>(object)) {}  // NOLINT: implicit by design

  /// `value` must be within kSmallMin..kSmallMax.
  static constexpr Value small(std::int64_t value) { return Value((static_cast<std::uint64_t>(value) << 1U) | 1U); }
  static constexpr std::int64_t kSmallMax = (std::int64_t{1} << 62) - 1;
  static constexpr std::int64_t kSmallMin = -(std::int64_t{1} << 62);
  static constexpr bool fits_small(std::int64_t value) { return value >= kSmallMin && value <= kSmallMax; }
  static constexpr Value boolean(bool value) { return Value(value ? 0x0AU : 0x06U); }

  [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
  [[nodiscard]] constexpr bool is_null() const { return bits_ == 0; }
  constexpr explicit operator bool() const { return bits_ != 0; }
  [[nodiscard]] constexpr bool is_small() const { return (bits_ & 1U) != 0; }
  [[nodiscard]] constexpr std::int64_t small_value() const { return static_cast<std::int64_t>(bits_) >> 1; }
  /// True for pointers and for null.
  [[nodiscard]] constexpr bool is_counted() const { return (bits_ & 3U) == 0; }
  [[nodiscard]] constexpr bool is_object() const { return (bits_ & 3U) == 0 && bits_ != 0; }
  [[nodiscard]] constexpr bool is_singleton() const { return (bits_ & 3U) == 2; }
  [[nodiscard]] constexpr unsigned singleton_index() const { return static_cast<unsigned>(bits_ >> 2U); }
  [[nodiscard]] constexpr bool is_none() const { return bits_ == 0x02U; }
  [[nodiscard]] constexpr bool is_true() const { return bits_ == 0x0AU; }
  [[nodiscard]] constexpr bool is_false() const { return bits_ == 0x06U; }
  [[nodiscard]] constexpr bool is_bool() const { return bits_ == 0x0AU || bits_ == 0x06U; }
  /// Only when is_object().
  [[nodiscard]] Object* object() const { return reinterpret_cast<Object*>(static_cast<std::uintptr_t>(bits_)); }
  /// Only when it is known to point to a T.
  template <class T>
  [[nodiscard]] T* as() const { return static_cast<T*>(object()); }

  /// Identity: Python's `is`.
  friend constexpr bool operator==(Value a, Value b) = default;

 private:
  std::uint64_t bits_ = 0;
};
static_assert(sizeof(Value) == 8 && std::is_trivially_copyable_v<Value>);

inline constexpr Value kNone{0x02U};
inline constexpr Value kFalse{0x06U};
inline constexpr Value kTrue{0x0AU};
inline constexpr Value kEllipsis{0x0EU};
inline constexpr Value kNotImplemented{0x12U};

/// What every heap object starts with.
struct Object {
  std::uint32_t refcount;
  std::uint32_t gc_word;  ///< the collector's: see heap.h
  TypeObject* type;       ///< counted for heap types (classes made by Python code), not for built-in ones
};

inline void incref(Object* object) { ++object->refcount; }
inline void decref(Object* object) {
  if (--object->refcount == 0) destroy(object);
}
inline void incref(Value value) {
  if (value.is_counted()) ++value.object()->refcount;
}
inline void decref(Value value) {
  if (value.is_counted() && --value.object()->refcount == 0) destroy(value.object());
}
inline void xincref(Value value) {
  if (value.is_object()) ++value.object()->refcount;
}
inline void xdecref(Value value) {
  if (value.is_object() && --value.object()->refcount == 0) destroy(value.object());
}

template <class T>
class Own;

/// Owns one count of a Value, or is null. As a function's result null means: an exception is set in the machine.
class [[nodiscard]] Ref {
 public:
  constexpr Ref() = default;
  constexpr Ref(std::nullptr_t) {}  // NOLINT: implicit by design
  Ref(Ref&& other) noexcept : value_(other.release()) {}
  template <class T>
  Ref(Own<T>&& other) noexcept;  // NOLINT: implicit by design
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  Ref& operator=(Ref&& other) noexcept {
    const Value old = std::exchange(value_, other.release());
    xdecref(old);
    return *this;
  }
  ~Ref() { xdecref(value_); }

  /// Takes over a count that the caller has.
  static Ref adopt(Value value) {
    Ref ref;
    ref.value_ = value;
    return ref;
  }
  /// Adds a count.
  static Ref share(Value value) {
    xincref(value);
    return adopt(value);
  }
  static Ref none() { return adopt(kNone); }
  static Ref boolean(bool value) { return adopt(Value::boolean(value)); }
  static Ref small(std::int64_t value) { return adopt(Value::small(value)); }
  static Ref not_implemented() { return adopt(kNotImplemented); }

  [[nodiscard]] Value get() const { return value_; }
  operator Value() const { return value_; }  // NOLINT: lends
  explicit operator bool() const { return !value_.is_null(); }
  /// Gives the count away.
  [[nodiscard]] Value release() { return std::exchange(value_, Value()); }
  [[nodiscard]] Ref clone() const { return share(value_); }
  void reset() { xdecref(release()); }
  template <class T>
  [[nodiscard]] T* as() const { return value_.as<T>(); }
  [[nodiscard]] bool is_none() const { return value_.is_none(); }

 private:
  Value value_;
};

/// Owns one count of an object of a known type, or is null (as a result: an exception is set).
template <class T>
class [[nodiscard]] Own {
 public:
  constexpr Own() = default;
  constexpr Own(std::nullptr_t) {}  // NOLINT: implicit by design
  Own(Own&& other) noexcept : object_(other.release()) {}
  template <class U>
    requires std::is_convertible_v<U*, T*>
  Own(Own<U>&& other) noexcept : object_(other.release()) {}  // NOLINT: implicit by design
  Own(const Own&) = delete;
  Own& operator=(const Own&) = delete;
  Own& operator=(Own&& other) noexcept {
    T* old = std::exchange(object_, other.release());
    if (old != nullptr) decref(static_cast<Object*>(old));
    return *this;
  }
  ~Own() {
    if (object_ != nullptr) decref(static_cast<Object*>(object_));
  }
  static Own adopt(T* object) {
    Own own;
    own.object_ = object;
    return own;
  }
  static Own share(T* object) {
    if (object != nullptr) incref(static_cast<Object*>(object));
    return adopt(object);
  }
  /// Takes over the Ref's count; it must hold a T or null.
  static Own from(Ref&& ref) {
    const Value value = ref.release();
    return adopt(value.is_null() ? nullptr : value.as<T>());
  }
  [[nodiscard]] T* get() const { return object_; }
  operator T*() const { return object_; }  // NOLINT: lends
  operator Value() const { return Value(object_); }  // NOLINT: lends
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  [[nodiscard]] T* release() { return std::exchange(object_, nullptr); }
  [[nodiscard]] Own clone() const { return share(object_); }

 private:
  T* object_ = nullptr;
};

template <class T>
Ref::Ref(Own<T>&& other) noexcept : value_(Value(other.release())) {}

// Unwrapping for OURO_VM_TRY: a result whose default value means "an exception is set".
inline Ref&& unwrap(Ref& ref) { return std::move(ref); }
template <class T>
Own<T>&& unwrap(Own<T>& own) { return std::move(own); }
template <class T>
T* unwrap(T*& pointer) { return pointer; }
template <class Optional>
auto&& unwrap(Optional& optional) { return *std::move(optional); }

}  // namespace ouro::vm

#define OURO_VM_CONCAT_INNER(a, b) a##b
#define OURO_VM_CONCAT(a, b) OURO_VM_CONCAT_INNER(a, b)
/// VM_TRY(Ref x, f(vm)): x is f's value, or the enclosing function returns its own "exception is set" ({}).
/// For functions that give Ref, Own, a pointer or std::optional.
#define VM_TRY(declaration, expression) VM_TRY_INNER(OURO_VM_CONCAT(vm_try_, __COUNTER__), declaration, expression)
#define VM_TRY_INNER(temporary, declaration, expression) \
  auto temporary = (expression);                         \
  if (!temporary) [[unlikely]] return {};                \
  declaration = ::ouro::vm::unwrap(temporary)
/// VM_CHECK(f(vm)): for functions that give false (or null) when an exception is set.
#define VM_CHECK(expression) \
  do {                       \
    if (!(expression)) [[unlikely]] return {}; \
  } while (false)
