// The symbol table: for every block of a program its names and where each of them lives.
//
// Follows CPython 3.13 Python/symtable.c. Built from the folded tree in two passes: collecting what each block does
// with each name, then deciding scopes from the outside in and free variables from the inside out. List, set and
// dict comprehensions are merged into the block around them where PEP 709 says so.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compile/future.h"
#include "compile/problems.h"
#include "syntax/ast.h"

namespace ouro::compile {

using syntax::Identifier;

/// What a block does with a name: bits of Symbol::flags (CPython Include/internal/pycore_symtable.h).
enum SymbolFlag : std::uint32_t {
  kDefGlobal = 1,
  kDefLocal = 2,
  kDefParam = 4,
  kDefNonlocal = 8,
  kUse = 16,
  kDefFreeClass = 64,
  kDefImport = 128,
  kDefAnnot = 256,
  kDefCompIter = 512,
  kDefTypeParam = 1024,
  kDefCompCell = 2048,
  kDefBound = kDefLocal | kDefParam | kDefImport | kDefTypeParam,
};

/// Where a name lives, decided by the second pass.
enum class NameScope : std::uint8_t { Unknown, Local, GlobalExplicit, GlobalImplicit, Free, Cell };

struct Symbol {
  Identifier name;  ///< mangled
  std::uint32_t flags = 0;
  NameScope scope = NameScope::Unknown;
};

/// Symbols of one block in order of first sight, with an index once there are more than a few.
class SymbolMap {
 public:
  [[nodiscard]] std::span<Symbol> entries() { return entries_; }
  [[nodiscard]] std::span<const Symbol> entries() const { return entries_; }
  /// Null when the block does not know the name. Valid until the next add().
  [[nodiscard]] Symbol* find(Identifier name);
  [[nodiscard]] const Symbol* find(Identifier name) const { return const_cast<SymbolMap*>(this)->find(name); }
  /// The symbol of `name`, new with no flags where it was unknown.
  Symbol& add(Identifier name);
  void remove(Identifier name);

 private:
  void rebuild_index();
  std::vector<Symbol> entries_;
  std::vector<std::uint32_t> index_;  // open addressing by name id, entry + 1; empty while entries are few
};

enum class BlockType : std::uint8_t {
  Module, Class, Function, Annotation, TypeVariable, TypeAlias, TypeParameters,
};
enum class ComprehensionType : std::uint8_t { None, List, Dict, Set, Generator };

/// One block: module, class, function, comprehension, or one of the hidden functions of type parameters.
struct Scope {
  Identifier name;
  BlockType type = BlockType::Module;
  ComprehensionType comprehension = ComprehensionType::None;
  syntax::Position position;
  SymbolMap symbols;
  std::vector<Identifier> params;  ///< in order of definition: ste_varnames
  std::vector<Scope*> children;

  bool nested = false;
  bool generator = false;
  bool coroutine = false;
  bool var_positional = false;
  bool var_keyword = false;
  bool needs_class_closure = false;
  bool needs_class_dict = false;
  bool inlined = false;  ///< a comprehension merged into the block around it
  bool comp_iter_target = false;
  bool can_see_class_scope = false;
  int comp_iter_expr = 0;
  std::string_view info;  ///< "a TypeVar bound" and the like, for messages

  /// Names that are to be mangled in the type-parameter block of a class; null: all are.
  std::shared_ptr<std::vector<Identifier>> mangled_names;

  struct Directive {
    Identifier name;
    syntax::Position position;
  };
  std::vector<Directive> directives;  ///< global and nonlocal statements

  [[nodiscard]] bool is_function_like() const {
    return type != BlockType::Module && type != BlockType::Class;
  }
  /// NameScope::Unknown when the block does not know the name.
  [[nodiscard]] NameScope scope_of(Identifier mangled) const {
    const Symbol* symbol = symbols.find(mangled);
    return symbol == nullptr ? NameScope::Unknown : symbol->scope;
  }
  [[nodiscard]] std::uint32_t flags_of(Identifier mangled) const {
    const Symbol* symbol = symbols.find(mangled);
    return symbol == nullptr ? 0 : symbol->flags;
  }
};

/// Python's name mangling: __x in class C is _C__x. `class_name` may be null. Interns new names.
Identifier mangle(Identifier class_name, Identifier name, syntax::Interner& interner);
/// The same within `scope`, which may restrict mangling to its type parameters.
Identifier maybe_mangle(Identifier class_name, const Scope& scope, Identifier name, syntax::Interner& interner);

class SymbolTable {
 public:
  SymbolTable() = default;
  SymbolTable(SymbolTable&&) noexcept = default;
  SymbolTable& operator=(SymbolTable&&) noexcept = default;

  [[nodiscard]] Scope& top() const { return *top_; }
  /// The block of a node: what was given to enter(), a statement, expression, span of type parameters….
  [[nodiscard]] Scope& scope_of(const void* key) const;

  /// For the builder.
  Scope& add_scope(const void* key);

 private:
  struct Slot {
    const void* key = nullptr;
    Scope* scope = nullptr;
  };
  void insert(Slot slot);
  std::deque<Scope> scopes_;
  std::vector<Slot> slots_;  // open addressing, at most half full
  std::size_t used_ = 0;
  Scope* top_ = nullptr;
};

/// A TypeParam has two hidden blocks: its bound's key is the node, its default's key is this.
[[nodiscard]] inline const void* default_key(const syntax::TypeParam& param) {
  return reinterpret_cast<const char*>(&param) + 1;
}

/// Builds the table of a folded module. With problems.failed() afterwards the table is not to be used.
SymbolTable build_symbol_table(const syntax::Mod& module, const FutureFeatures& future,
                               syntax::AstContext& context, Problems& problems);

/// The second pass (symbol_analysis.cpp): scopes of names, inlining, closures.
void analyze_symbols(Scope& module, syntax::Interner& interner, Problems& problems);

}  // namespace ouro::compile
