// The parsed form of a MethodSpec's signature text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vm/core/value.h"

namespace ouro::vm {

struct StrObject;

enum class ParameterKind : std::uint8_t { PositionalOnly, Positional, KeywordOnly };

struct Parameter {
  std::string_view name;  ///< into the signature text
  StrObject* interned;
  ParameterKind kind;
  bool has_default;
};

struct Signature {
  std::string_view text;  ///< as in the spec
  std::string_view name;  ///< before '('
  StrObject* interned_name = nullptr;
  std::vector<Parameter> parameters;  ///< without $self, *args and **kwargs: what Args is indexed by
  std::size_t positional = 0;         ///< how many may be given by position
  std::size_t positional_only = 0;
  std::size_t required_positional = 0;
  bool has_var_positional = false;
  bool has_var_keyword = false;
  bool has_self = false;              ///< $self or $type: a method
  bool is_raw = false;                ///< no parameter list: the call is given as it came
  bool has_keywords = false;          ///< some parameter may be given by keyword

  /// "($self, index=-1, /)"; empty where there is no signature.
  [[nodiscard]] std::string_view text_signature() const {
    return text.size() > name.size() ? text.substr(name.size()) : std::string_view();
  }
};

}  // namespace ouro::vm
