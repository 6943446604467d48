// A value or a failure: what every function of the public API gives. Nothing in Ouro throws.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace ouro {

/// Why there is no value. `code` never changes its meaning (docs/ERRORS.md); `message` is a sentence for a person.
struct Failure {
  std::string code;
  std::string message;
  std::optional<std::uint64_t> offset;  ///< byte position in the input
};

/// Holds a T or a Failure.
template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : content_(std::move(value)) {}            // NOLINT: implicit by design
  Outcome(Failure failure) : content_(std::move(failure)) {}  // NOLINT: implicit by design

  [[nodiscard]] bool has_value() const { return content_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  /// Only when has_value().
  [[nodiscard]] T& value() & { return *std::get_if<0>(&content_); }
  [[nodiscard]] const T& value() const& { return *std::get_if<0>(&content_); }
  [[nodiscard]] T&& value() && { return std::move(*std::get_if<0>(&content_)); }
  [[nodiscard]] const T& operator*() const { return value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }

  /// Only when !has_value().
  [[nodiscard]] const Failure& failure() const { return *std::get_if<1>(&content_); }

 private:
  std::variant<T, Failure> content_;
};

}  // namespace ouro
