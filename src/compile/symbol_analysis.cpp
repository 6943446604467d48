// The second pass of the symbol table (CPython 3.13 Python/symtable.c analyze_block and its helpers).
//
// CPython hands copies of its sets of bound names down to each nested block. Here "bound in an enclosing function"
// and "is a type parameter" are two bits a name, set and put back as the walk enters and leaves a block.
#include <algorithm>

#include "compile/symbol_table.h"

namespace ouro::compile {
namespace {

/// A set of names that is mostly tiny.
class NameSet {
 public:
  [[nodiscard]] bool contains(Identifier name) const {
    if (marks_.empty()) return std::find(names_.begin(), names_.end(), name) != names_.end();
    return name.id() < marks_.size() && marks_[name.id()];
  }
  void add(Identifier name) {
    if (contains(name)) return;
    names_.push_back(name);
    if (marks_.empty() && names_.size() > 24) {
      for (const Identifier one : names_) mark(one);
    } else if (!marks_.empty()) {
      mark(name);
    }
  }
  /// True when the name was there.
  bool discard(Identifier name) {
    if (!contains(name)) return false;
    names_.erase(std::find(names_.begin(), names_.end(), name));
    if (!marks_.empty()) marks_[name.id()] = false;
    return true;
  }
  [[nodiscard]] const std::vector<Identifier>& names() const { return names_; }
  [[nodiscard]] bool empty() const { return names_.empty(); }

 private:
  void mark(Identifier name) {
    if (name.id() >= marks_.size()) marks_.resize(name.id() + 64);
    marks_[name.id()] = true;
  }
  std::vector<Identifier> names_;
  std::vector<bool> marks_;
};

class Analyzer {
 public:
  Analyzer(syntax::Interner& interner, Problems& problems)
      : problems_(problems),
        dunder_class_(interner.intern("__class__")),
        class_dict_(interner.intern("__classdict__")),
        visible_(interner.size()) {}

  /// Returns the names that are free in `scope` and must come from around it.
  NameSet analyze(Scope& scope, const Scope* class_scope);

 private:
  enum Visibility : std::uint8_t { kBound = 1, kTypeParam = 2 };
  struct Change {
    Identifier name;
    std::uint8_t before;
  };

  void analyze_name(Scope& scope, Symbol& symbol, const Scope* class_scope, NameSet& free);
  void fail_at_directive(const Scope& scope, Identifier name, std::string message);
  void publish_bindings(const Scope& scope);
  void inline_comprehension(Scope& scope, Scope& comp, NameSet& comp_free, NameSet& inlined_cells);
  void analyze_children(Scope& scope, const Scope* class_scope, NameSet& new_free, NameSet& inlined_cells);
  void close_over(Scope& scope, NameSet& new_free, const NameSet& inlined_cells);
  void record_free(Scope& scope, const NameSet& new_free);

  [[nodiscard]] bool has(Identifier name, Visibility bit) const { return (visible_[name.id()] & bit) != 0; }
  void set(Identifier name, Visibility bit, bool value) {
    std::uint8_t& bits = visible_[name.id()];
    if (((bits & bit) != 0) == value) return;
    changes_.push_back({name, bits});
    bits = static_cast<std::uint8_t>(value ? bits | bit : bits & ~bit);
  }
  void undo_to(std::size_t mark) {
    while (changes_.size() > mark) {
      visible_[changes_.back().name.id()] = changes_.back().before;
      changes_.pop_back();
    }
  }

  Problems& problems_;
  Identifier dunder_class_;
  Identifier class_dict_;
  std::vector<std::uint8_t> visible_;  // by name id
  std::vector<Change> changes_;
  int functions_around_ = 0;  // below the module: nonlocal is allowed
};

void Analyzer::fail_at_directive(const Scope& scope, Identifier name, std::string message) {
  for (const Scope::Directive& directive : scope.directives) {
    if (directive.name == name) return problems_.fail(directive.position, std::move(message));
  }
  problems_.fail(scope.position, std::move(message));
}

void Analyzer::analyze_name(Scope& scope, Symbol& symbol, const Scope* class_scope, NameSet& free) {
  const Identifier name = symbol.name;
  const auto quoted = [&] { return "'" + std::string(name.view()) + "'"; };
  if ((symbol.flags & kDefGlobal) != 0) {
    if ((symbol.flags & kDefNonlocal) != 0) {
      return fail_at_directive(scope, name, "name " + quoted() + " is nonlocal and global");
    }
    symbol.scope = NameScope::GlobalExplicit;
    return;
  }
  if ((symbol.flags & kDefNonlocal) != 0) {
    if (scope.type == BlockType::Module) {
      return fail_at_directive(scope, name, "nonlocal declaration not allowed at module level");
    }
    if (!has(name, kBound)) return fail_at_directive(scope, name, "no binding for nonlocal " + quoted() + " found");
    if (has(name, kTypeParam)) {
      return fail_at_directive(scope, name, "nonlocal binding not allowed for type parameter " + quoted());
    }
    symbol.scope = NameScope::Free;
    return free.add(name);
  }
  if ((symbol.flags & kDefBound) != 0) {
    symbol.scope = NameScope::Local;
    return;
  }
  symbol.scope = NameScope::GlobalImplicit;
  if (class_scope != nullptr) {
    // A name that the class around binds is looked up there and then globally, past enclosing functions.
    const std::uint32_t class_flags = class_scope->flags_of(name);
    if ((class_flags & kDefGlobal) != 0) {
      symbol.scope = NameScope::GlobalExplicit;
      return;
    }
    if ((class_flags & kDefBound) != 0 && (class_flags & kDefNonlocal) == 0) return;
  }
  if (has(name, kBound)) {
    symbol.scope = NameScope::Free;
    free.add(name);
  }
}

// What nested blocks see: CPython's newbound and type_params.
void Analyzer::publish_bindings(const Scope& scope) {
  const bool is_class = scope.type == BlockType::Class;
  for (const Symbol& symbol : scope.symbols.entries()) {
    if (symbol.scope == NameScope::GlobalExplicit && (symbol.flags & kDefGlobal) != 0) {
      if (!is_class) set(symbol.name, kBound, false);
    } else if (symbol.scope == NameScope::Local) {
      if (scope.is_function_like()) set(symbol.name, kBound, true);
      set(symbol.name, kTypeParam, (symbol.flags & kDefTypeParam) != 0);
    }
  }
  if (is_class) {
    set(dunder_class_, kBound, true);
    set(class_dict_, kBound, true);
  }
}

bool is_free_in_any_child(const Scope& scope, Identifier name) {
  return std::any_of(scope.children.begin(), scope.children.end(),
                     [&](const Scope* child) { return child->scope_of(name) == NameScope::Free; });
}

void Analyzer::inline_comprehension(Scope& scope, Scope& comp, NameSet& comp_free, NameSet& inlined_cells) {
  bool remove_dunder_class = false;
  for (const Symbol& symbol : comp.symbols.entries()) {
    if ((symbol.flags & kDefParam) != 0) continue;  // the iterable
    const Identifier name = symbol.name;
    NameScope where = symbol.scope;
    if (where == NameScope::Cell || (symbol.flags & kDefCompCell) != 0) inlined_cells.add(name);
    if (where == NameScope::Free && scope.type == BlockType::Class && name == dunder_class_) {
      // __class__ is never free through a class block.
      where = NameScope::GlobalImplicit;
      comp_free.discard(name);
      remove_dunder_class = true;
    }
    const Symbol* existing = scope.symbols.find(name);
    if (existing == nullptr) {
      Symbol& added = scope.symbols.add(name);
      added.flags = symbol.flags;
      added.scope = where;
    } else if ((existing->flags & kDefBound) != 0 && scope.type != BlockType::Class &&
               !is_free_in_any_child(comp, name)) {
      comp_free.discard(name);
    }
  }
  if (remove_dunder_class) comp.symbols.remove(dunder_class_);
}

void Analyzer::analyze_children(Scope& scope, const Scope* class_scope, NameSet& new_free, NameSet& inlined_cells) {
  bool any_inlined = false;
  for (Scope* child : scope.children) {
    const Scope* child_class = nullptr;
    if (child->can_see_class_scope) child_class = scope.type == BlockType::Class ? &scope : class_scope;
    NameSet child_free = analyze(*child, child_class);
    if (problems_.failed()) return;
    if (child->comprehension != ComprehensionType::None && !child->generator && !scope.can_see_class_scope) {
      inline_comprehension(scope, *child, child_free, inlined_cells);
      child->inlined = true;
      any_inlined = true;
    }
    for (const Identifier name : child_free.names()) new_free.add(name);
  }
  if (!any_inlined) return;
  std::vector<Scope*> spliced;
  for (Scope* child : scope.children) {
    if (child->inlined) {
      spliced.insert(spliced.end(), child->children.begin(), child->children.end());
    } else {
      spliced.push_back(child);
    }
  }
  scope.children = std::move(spliced);
}

// Locals that nested blocks use become cells; a class provides __class__ and __classdict__.
void Analyzer::close_over(Scope& scope, NameSet& new_free, const NameSet& inlined_cells) {
  if (scope.is_function_like()) {
    if (new_free.empty() && inlined_cells.empty()) return;
    for (Symbol& symbol : scope.symbols.entries()) {
      if (symbol.scope != NameScope::Local) continue;
      if (!new_free.contains(symbol.name) && !inlined_cells.contains(symbol.name)) continue;
      symbol.scope = NameScope::Cell;
      new_free.discard(symbol.name);
    }
  } else if (scope.type == BlockType::Class) {
    scope.needs_class_closure = new_free.discard(dunder_class_);
    scope.needs_class_dict = new_free.discard(class_dict_);
  }
}

// CPython's update_symbols: free names of nested blocks pass through this one.
void Analyzer::record_free(Scope& scope, const NameSet& new_free) {
  const bool class_flag = scope.type == BlockType::Class || scope.can_see_class_scope;
  for (const Identifier name : new_free.names()) {
    if (Symbol* known = scope.symbols.find(name)) {
      if (class_flag) known->flags |= kDefFreeClass;
    } else if (scope.type == BlockType::Module || has(name, kBound)) {
      scope.symbols.add(name).scope = NameScope::Free;
    }
  }
}

NameSet Analyzer::analyze(Scope& scope, const Scope* class_scope) {
  NameSet free;
  const std::size_t mark = changes_.size();
  for (Symbol& symbol : scope.symbols.entries()) {
    analyze_name(scope, symbol, class_scope, free);
    if (problems_.failed()) return free;
  }
  NameSet new_free;
  NameSet inlined_cells;
  if (!scope.children.empty()) {
    publish_bindings(scope);
    analyze_children(scope, class_scope, new_free, inlined_cells);
    undo_to(mark);
    if (problems_.failed()) return free;
  }
  close_over(scope, new_free, inlined_cells);
  for (const Identifier name : inlined_cells.names()) {
    if (Symbol* symbol = scope.symbols.find(name)) symbol->flags |= kDefCompCell;
  }
  record_free(scope, new_free);
  for (const Identifier name : new_free.names()) free.add(name);
  return free;
}

}  // namespace

void analyze_symbols(Scope& module, syntax::Interner& interner, Problems& problems) {
  Analyzer(interner, problems).analyze(module, nullptr);
}

}  // namespace ouro::compile
