// Types: the slots that say how values of a type behave, and the object that holds them.
//
// The slots are CPython's (Include/cpython/object.h) with plain names. A built-in type fills them with functions; a class
// made by Python code has slot functions that look up the special method (objects/class_slots.cpp), put in and taken out
// as its attributes change. Every slot that fails sets an exception and returns its empty result (null, false).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "vm/core/call_args.h"
#include "vm/core/heap.h"
#include "vm/core/value.h"

namespace ouro::vm {

struct StrObject;
struct TupleObject;
struct DictObject;
struct TypeObject;
struct Shape;
struct TypeSpec;
struct BufferView;

enum class CompareOp : std::uint8_t { Less, LessEqual, Equal, NotEqual, Greater, GreaterEqual };

/// In the order of BINARY_OP's operand (CPython 3.13 Include/opcode.h NB_ADD and so on).
enum class BinaryOp : std::uint8_t {
  Add, And, FloorDivide, LeftShift, MatrixMultiply, Multiply, Remainder, Or, Power, RightShift, Subtract, TrueDivide, Xor,
  Divmod,  ///< not an instruction's
};
inline constexpr std::size_t kBinaryOps = 14;

using BinarySlot = Ref (*)(Vm&, Value left, Value right);
using UnarySlot = Ref (*)(Vm&, Value self);

/// What a type's values can do. Null: they cannot, or the base type's slot is inherited (ready_type fills it in).
struct TypeSlots {
  // Life. dealloc drops what the object owns and gives its memory back (free_object).
  void (*dealloc)(Vm&, Object* self) = nullptr;
  void (*traverse)(Object* self, Visitor& visit) = nullptr;  ///< containers: every owned value
  void (*clear)(Vm&, Object* self) = nullptr;                ///< containers: drop what can be part of a cycle
  void (*finalize)(Vm&, Object* self) = nullptr;             ///< __del__; may resurrect
  Ref (*construct)(Vm&, TypeObject* type, const CallArgs& args) = nullptr;  ///< __new__
  bool (*init)(Vm&, Value self, const CallArgs& args) = nullptr;            ///< __init__

  // Any value.
  UnarySlot repr = nullptr;
  UnarySlot str = nullptr;
  bool (*hash)(Vm&, Value self, std::int64_t& out) = nullptr;
  Ref (*call)(Vm&, Value self, const CallArgs& args) = nullptr;
  Ref (*get_attribute)(Vm&, Value self, StrObject* name) = nullptr;
  bool (*set_attribute)(Vm&, Value self, StrObject* name, Value value) = nullptr;  ///< value null: delete
  Ref (*compare)(Vm&, Value self, Value other, CompareOp op) = nullptr;            ///< may give NotImplemented

  // Iteration. next: null without an exception is the end; with StopIteration too (a class's __next__; `yield from` and
  // next() want its value). Callers that do not use iter_next() catch it: catch_error(vm, vm.exc.StopIteration).
  UnarySlot iter = nullptr;
  UnarySlot next = nullptr;

  // Descriptors. instance null: looked up on the type itself.
  Ref (*descriptor_get)(Vm&, Value self, Value instance, Value owner) = nullptr;
  bool (*descriptor_set)(Vm&, Value self, Value instance, Value value) = nullptr;  ///< value null: delete

  // Numbers. binary[op] is tried with (left, right) in both orders, as CPython's nb_ slots; may give NotImplemented.
  std::array<BinarySlot, kBinaryOps> binary{};
  std::array<BinarySlot, kBinaryOps> in_place{};
  Ref (*power)(Vm&, Value base, Value exponent, Value modulus) = nullptr;  ///< modulus kNone: plain; fill instead of binary[Power]
  UnarySlot negative = nullptr;
  UnarySlot positive = nullptr;
  UnarySlot absolute = nullptr;
  UnarySlot invert = nullptr;
  bool (*boolean)(Vm&, Value self, bool& out) = nullptr;
  UnarySlot to_int = nullptr;
  UnarySlot to_float = nullptr;
  UnarySlot index = nullptr;

  // Containers.
  bool (*length)(Vm&, Value self, std::size_t& out) = nullptr;
  BinarySlot subscript = nullptr;
  bool (*assign_subscript)(Vm&, Value self, Value key, Value value) = nullptr;  ///< value null: delete
  bool (*contains)(Vm&, Value self, Value item, bool& out) = nullptr;
  BinarySlot concat = nullptr;           ///< sq_concat: tried after binary[Add]
  BinarySlot in_place_concat = nullptr;
  Ref (*repeat)(Vm&, Value self, std::int64_t count) = nullptr;  ///< sq_repeat: tried after binary[Multiply]
  Ref (*in_place_repeat)(Vm&, Value self, std::int64_t count) = nullptr;

  // Buffers: objects/buffer.h.
  bool (*get_buffer)(Vm&, Value self, BufferView& view, unsigned flags) = nullptr;
  void (*release_buffer)(Vm&, Value self, BufferView& view) = nullptr;

  // Asynchronous.
  UnarySlot await = nullptr;
  UnarySlot async_iter = nullptr;
  UnarySlot async_next = nullptr;
};

// TypeObject::flags.
inline constexpr std::uint32_t kTypeHeap = 1U << 0U;        ///< made by a class statement or type()
inline constexpr std::uint32_t kTypeBaseType = 1U << 1U;    ///< may be subclassed
inline constexpr std::uint32_t kTypeImmutable = 1U << 2U;   ///< attributes cannot be set
inline constexpr std::uint32_t kTypeContainer = 1U << 3U;   ///< instances are GcObjects
inline constexpr std::uint32_t kTypeSequence = 1U << 4U;    ///< match: sequence patterns
inline constexpr std::uint32_t kTypeMapping = 1U << 5U;     ///< match: mapping patterns
inline constexpr std::uint32_t kTypeMatchSelf = 1U << 6U;   ///< match: a class pattern's one positional is the value
inline constexpr std::uint32_t kTypeNoInstantiation = 1U << 7U;  ///< "cannot create 'x' instances"
inline constexpr std::uint32_t kTypeMethodDescriptor = 1U << 8U; ///< LOAD_ATTR of methods may skip binding
inline constexpr std::uint32_t kTypeAbstract = 1U << 9U;    ///< has abstract methods
inline constexpr std::uint32_t kTypeHasStore = 1U << 10U;   ///< instances have an AttributeStore (store_offset)
inline constexpr std::uint32_t kTypeHasWeakrefs = 1U << 11U;
inline constexpr std::uint32_t kTypeReady = 1U << 12U;
// Which built-in type it derives from (itself included): fast checks without a machine.
inline constexpr std::uint32_t kTypeInt = 1U << 20U;
inline constexpr std::uint32_t kTypeStr = 1U << 21U;
inline constexpr std::uint32_t kTypeBytes = 1U << 22U;
inline constexpr std::uint32_t kTypeTuple = 1U << 23U;
inline constexpr std::uint32_t kTypeList = 1U << 24U;
inline constexpr std::uint32_t kTypeDict = 1U << 25U;
inline constexpr std::uint32_t kTypeException = 1U << 26U;
inline constexpr std::uint32_t kTypeMetaclass = 1U << 27U;
inline constexpr std::uint32_t kTypeFloat = 1U << 28U;
inline constexpr std::uint32_t kTypeSet = 1U << 29U;  ///< set or frozenset
inline constexpr std::uint32_t kTypeFamilies = 0x3FF00000U;

/// Where an instance keeps its attributes: by shape (an array whose layout the shape gives, in order of creation), or,
/// once somebody asked for __dict__ or deleted an attribute, in a dict. core/shape.h has the operations.
struct AttributeStore {
  Shape* shape = nullptr;  ///< null: `dict` holds (a null dict is an empty one)
  union {
    Value* values = nullptr;
    DictObject* dict;
  };
};

struct WeakRefObject;

struct TypeObject : GcObject {
  Vm* vm;
  std::uint32_t flags;
  std::uint32_t version;       ///< changes whenever the type or a base changes; 0: not cachable now
  std::size_t basic_size;      ///< of an instance, without variable part
  std::uint32_t store_offset;  ///< of the AttributeStore in an instance; 0: none
  std::uint32_t weakref_offset;  ///< of the WeakRefObject* list head; 0: none
  TypeSlots slots;
  StrObject* name;      ///< __name__
  StrObject* qualname;  ///< __qualname__
  TupleObject* bases;
  TupleObject* mro;     ///< never null once ready
  TypeObject* base;     ///< the base whose layout is extended; null only for object
  DictObject* dict;
  Shape* root_shape;    ///< of instances; made with the first attribute
  std::uint32_t slot_count;   ///< __slots__ members added by this class
  std::vector<TypeObject*>* subclasses;  ///< borrowed: a dying type takes itself out
  const TypeSpec* spec;  ///< of the nearest built-in type: itself or the base whose layout it has
  WeakRefObject* weakrefs;
  Object* doc;          ///< __doc__ of built-in types, made when asked for
  std::uint32_t expected_values;  ///< capacity hint for instances' value arrays

  [[nodiscard]] bool is_subtype_of(const TypeObject* other) const;
  [[nodiscard]] bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
  /// "collections.deque" or "MyClass": what error messages call it (CPython's tp_name).
  [[nodiscard]] std::string_view display_name() const;
};

/// The type of any value, borrowed.
[[nodiscard]] inline TypeObject* type_of(Vm& vm, Value value);

/// Whether a value is of the built-in family (or a subclass): is_family<kTypeStr>(v). Not for int: see is_int.
template <std::uint32_t kFlag>
[[nodiscard]] inline bool is_family(Value value) {
  return value.is_object() && (value.object()->type->flags & kFlag) != 0;
}
/// int or a subclass, bool included.
[[nodiscard]] inline bool is_int(Value value) {
  return value.is_small() || value.is_bool() || is_family<kTypeInt>(value);
}
[[nodiscard]] inline bool is_str(Value value) { return is_family<kTypeStr>(value); }
[[nodiscard]] inline bool is_bytes(Value value) { return is_family<kTypeBytes>(value); }
[[nodiscard]] inline bool is_tuple(Value value) { return is_family<kTypeTuple>(value); }
[[nodiscard]] inline bool is_list(Value value) { return is_family<kTypeList>(value); }
[[nodiscard]] inline bool is_dict(Value value) { return is_family<kTypeDict>(value); }
[[nodiscard]] inline bool is_set(Value value) { return is_family<kTypeSet>(value); }
[[nodiscard]] inline bool is_type(Value value) { return is_family<kTypeMetaclass>(value); }
[[nodiscard]] inline bool is_float(Value value) { return is_family<kTypeFloat>(value); }
[[nodiscard]] inline bool is_exception(Value value) { return is_family<kTypeException>(value); }

}  // namespace ouro::vm
