// Raising exceptions. A failing function sets the machine's exception and returns its empty result ({}).
//
//   return raise(vm, vm.exc.TypeError, "can only concatenate list (not \"{}\") to list", type_name(vm, other));
//
// raise() gives a value that converts to every empty result.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "vm/core/vm.h"

namespace ouro::vm {

/// Converts to the empty result of any fallible function.
struct Failed {
  operator Ref() const { return {}; }                                        // NOLINT
  template <class T> operator Own<T>() const { return {}; }                  // NOLINT
  template <class T> operator T*() const { return nullptr; }                 // NOLINT
  /// Exactly bool: a conversion that goes on to numbers would make optional<double>{0.0} of a failure.
  template <std::same_as<bool> T> operator T() const { return false; }       // NOLINT
  template <class T> operator std::optional<T>() const { return std::nullopt; }  // NOLINT
};
inline constexpr Failed kFailed{};

/// A piece of a message: text or a number.
class Piece {
 public:
  Piece(std::string_view text) : text_(text) {}           // NOLINT
  Piece(const char* text) : text_(text) {}                // NOLINT
  Piece(const std::string& text) : text_(text) {}         // NOLINT
  template <class Integer>
    requires std::is_integral_v<Integer>
  Piece(Integer number) : is_number_(true), is_negative_(number < 0), number_(static_cast<std::uint64_t>(number)) {}  // NOLINT
  Piece(const StrObject* string);                         // NOLINT: as UTF-8
  void append_to(std::string& out) const;

 private:
  std::string owned_;
  std::string_view text_;
  bool is_owned_ = false;
  bool is_number_ = false;
  bool is_negative_ = false;
  std::uint64_t number_ = 0;
};

/// Each {} replaced by the next piece.
[[nodiscard]] std::string format_message(std::string_view format, std::initializer_list<Piece> pieces);

Failed raise_text(Vm& vm, TypeObject* type, std::string_view message);
template <class... Pieces>
Failed raise(Vm& vm, TypeObject* type, std::string_view format, const Pieces&... pieces) {
  if constexpr (sizeof...(pieces) == 0) {
    return raise_text(vm, type, format);
  } else {
    return raise_text(vm, type, format_message(format, {Piece(pieces)...}));
  }
}
/// type(argument): KeyError(key), StopIteration(value).
Failed raise_with(Vm& vm, TypeObject* type, Value argument);
/// An exception instance; as `raise instance` does it: __context__ becomes the exception being handled.
Failed raise_instance(Vm& vm, Value exception);
Failed raise_memory_error(Vm& vm);
/// OSError(errno, strerror, filename) of the subclass that fits; the file names may be null.
Failed raise_os_error(Vm& vm, int error_number, Value filename = {}, Value filename2 = {});
/// TypeError for an argument of the wrong type:
/// "{function}() argument {number} must be {expected}, not {type}"; number 0: "argument".
Failed raise_argument_type(Vm& vm, std::string_view function, unsigned number, std::string_view expected, Value got);

/// The exception that is set, borrowed; null when none is.
[[nodiscard]] Value pending_error(Vm& vm);
[[nodiscard]] inline bool has_error(Vm& vm) { return !pending_error(vm).is_null(); }
/// Takes it out (null: there is none).
[[nodiscard]] Ref take_error(Vm& vm);
/// Puts one back as it was: no context is chained.
void restore_error(Vm& vm, Ref error);
void clear_error(Vm& vm);
/// Whether the pending exception is an instance of `type` (false when none is pending).
[[nodiscard]] bool error_matches(Vm& vm, const TypeObject* type);
/// If the pending exception is of `type`, clears it and says true.
bool catch_error(Vm& vm, const TypeObject* type);
/// Reports and clears the pending exception where it cannot propagate (sys.unraisablehook): __del__, callbacks.
void report_unraisable(Vm& vm, Value where, std::string_view context = {});
/// Issues a warning through the warnings machinery; false when it became an exception.
[[nodiscard]] bool warn(Vm& vm, TypeObject* category, std::string_view message, int stack_level = 1);

/// "int", "collections.deque": type(value) as error messages name it.
[[nodiscard]] std::string_view type_name(Vm& vm, Value value);

}  // namespace ouro::vm
