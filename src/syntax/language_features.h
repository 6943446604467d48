// What the syntax of one Python version has, as named features: the tokenizer, the parser and the unparser ask
// these, never a version number.
#pragma once

namespace ouro::syntax {

/// Defaults are CPython 3.13's. Other versions' values come from their facts.
struct LanguageFeatures {
  bool fstring_tokens = true;       ///< PEP 701: f-strings are tokenized, quotes and backslashes nest (3.12)
  bool type_parameters = true;      ///< PEP 695: def f[T](), type X = … (3.12)
  bool type_parameter_defaults = true;  ///< PEP 696 (3.13)
  bool except_star = true;          ///< PEP 654 (3.11)
  bool match_statement = true;      ///< PEP 634 (3.10)
  bool walrus = true;               ///< PEP 572 (3.8)
  bool positional_only = true;      ///< PEP 570 (3.8)
  bool template_strings = false;    ///< PEP 750 (3.14)
  bool except_without_parentheses = false;  ///< PEP 758 (3.14)
  bool print_statement = false;     ///< Python 2
  bool exec_statement = false;      ///< Python 2
  bool backquotes = false;          ///< Python 2
  bool legacy_octal = false;        ///< Python 2: 0777, 10L, ur''
  bool invalid_escape_is_syntax_warning = true;  ///< 3.12; DeprecationWarning before
};

}  // namespace ouro::syntax
