// code: code objects.
#include "vm/objects/code.h"

#include <string>
#include <vector>

#include "bytecode/line_table.h"
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/interpreter/executable.h"
#include "vm/objects/bytes.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/weakref.h"

namespace ouro::vm {
namespace {

CodeObject* code_of(Value self) { return self.as<CodeObject>(); }

const Facts& facts_313() {
  static const Facts* const facts = version::find_facts(PythonVersion{3, 13});
  return *facts;
}

void code_dealloc(Vm& vm, Object* self) {
  auto* code = static_cast<CodeObject*>(self);
  if (code->executable != nullptr) free_executable(code->executable);
  delete code->origin;
  for (Object* field : {static_cast<Object*>(code->code), static_cast<Object*>(code->consts), static_cast<Object*>(code->names),
                        static_cast<Object*>(code->locals_plus_names), static_cast<Object*>(code->locals_plus_kinds),
                        static_cast<Object*>(code->filename), static_cast<Object*>(code->name),
                        static_cast<Object*>(code->qualname), static_cast<Object*>(code->line_table),
                        static_cast<Object*>(code->exception_table)})
    if (field != nullptr) decref(field);
  free_object(vm, self, sizeof(CodeObject));
}

Ref code_repr(Vm& vm, Value self) {
  auto* code = code_of(self);
  char address[32];
  std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(self.bits()));
  return new_str(vm, format_message("<code object {} at {}, file \"{}\", line {}>",
                                    {code->name, address, code->filename, code->firstlineno}));
}

bool code_hash(Vm& vm, Value self, std::int64_t& out) {
  auto* code = code_of(self);
  std::uint64_t mixed = 20221211;
  const auto mix = [&](std::uint64_t value) { mixed = (mixed ^ value) * 1000003; };
  std::int64_t part = 0;
  for (Value field : {Value(code->name), Value(code->consts), Value(code->locals_plus_names), Value(code->code)}) {
    if (!hash(vm, field, part)) return false;
    mix(static_cast<std::uint64_t>(part));
  }
  mix(static_cast<std::uint64_t>(code->argcount));
  mix(static_cast<std::uint64_t>(code->posonlyargcount));
  mix(static_cast<std::uint64_t>(code->kwonlyargcount));
  mix(static_cast<std::uint64_t>(code->firstlineno));
  mix(code->flags);
  out = static_cast<std::int64_t>(mixed);
  if (out == -1) out = -2;
  return true;
}

/// Constants compare with their types: 1, 1.0 and True are different (CPython _PyCode_ConstantKey).
bool same_constants(Vm& vm, Value a, Value b, bool& out) {
  TypeObject* type = type_of(vm, a);
  out = false;
  if (type != type_of(vm, b)) return true;
  if (type == vm.types.tuple) {
    const auto left = a.as<TupleObject>()->view(), right = b.as<TupleObject>()->view();
    if (left.size() != right.size()) return true;
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (!same_constants(vm, left[i], right[i], out)) return false;
      if (!out) return true;
    }
    out = true;
    return true;
  }
  if (type == vm.types.float_ || type == vm.types.complex) {
    Ref left = repr(vm, a), right = repr(vm, b);  // tells 0.0 from -0.0
    if (!left || !right) return false;
    out = str_equal(left.as<StrObject>(), right.as<StrObject>());
    return true;
  }
  return equal(vm, a, b, out);
}

Ref code_compare(Vm& vm, Value self, Value other, CompareOp op) {
  if ((op != CompareOp::Equal && op != CompareOp::NotEqual) || type_of(vm, other) != vm.types.code)
    return Ref::not_implemented();
  auto* a = code_of(self);
  auto* b = code_of(other);
  bool same = str_equal(a->name, b->name) && str_equal(a->qualname, b->qualname) && a->argcount == b->argcount &&
              a->posonlyargcount == b->posonlyargcount && a->kwonlyargcount == b->kwonlyargcount && a->flags == b->flags &&
              a->firstlineno == b->firstlineno && a->code->view() == b->code->view() &&
              a->line_table->view() == b->line_table->view() && a->exception_table->view() == b->exception_table->view() &&
              a->locals_plus_kinds->view() == b->locals_plus_kinds->view();
  if (same) VM_CHECK(same_constants(vm, a->consts, b->consts, same));
  if (same) VM_CHECK(equal(vm, a->names, b->names, same));
  if (same) VM_CHECK(equal(vm, a->locals_plus_names, b->locals_plus_names, same));
  return Ref::boolean(same == (op == CompareOp::Equal));
}

/// Names whose kind has one of the bits.
Ref names_of_kind(Vm& vm, const CodeObject* code, std::uint8_t bits) {
  VM_TRY(Own<ListObject> names, new_list(vm));
  const std::string_view kinds = code->locals_plus_kinds->view();
  for (std::size_t i = 0; i < kinds.size(); ++i)
    if ((static_cast<std::uint8_t>(kinds[i]) & bits) != 0)
      VM_CHECK(list_append(vm, names.get(), (*code->locals_plus_names)[i]));
  return new_tuple(vm, names->view());
}

#define OURO_VM_NUMBER(name, field) \
  Ref get_##name(Vm&, Value self) { return Ref::small(static_cast<std::int64_t>(code_of(self)->field)); }
OURO_VM_NUMBER(argcount, argcount)
OURO_VM_NUMBER(posonlyargcount, posonlyargcount)
OURO_VM_NUMBER(kwonlyargcount, kwonlyargcount)
OURO_VM_NUMBER(nlocals, local_count)
OURO_VM_NUMBER(stacksize, stacksize)
OURO_VM_NUMBER(flags, flags)
OURO_VM_NUMBER(firstlineno, firstlineno)
#undef OURO_VM_NUMBER
#define OURO_VM_OBJECT(name, field) \
  Ref get_##name(Vm&, Value self) { return Ref::share(code_of(self)->field); }
OURO_VM_OBJECT(code, code)
OURO_VM_OBJECT(consts, consts)
OURO_VM_OBJECT(names, names)
OURO_VM_OBJECT(filename, filename)
OURO_VM_OBJECT(name, name)
OURO_VM_OBJECT(qualname, qualname)
OURO_VM_OBJECT(line_table, line_table)
OURO_VM_OBJECT(exception_table, exception_table)
#undef OURO_VM_OBJECT

Ref get_varnames(Vm& vm, Value self) { return names_of_kind(vm, code_of(self), code::kLocalPlain); }
Ref get_cellvars(Vm& vm, Value self) { return names_of_kind(vm, code_of(self), code::kLocalCell); }
Ref get_freevars(Vm& vm, Value self) { return names_of_kind(vm, code_of(self), code::kLocalFree); }

/// The table of Python up to 3.9, made from the new one (Objects/codeobject.c decode_linetable).
Ref get_lnotab(Vm& vm, Value self) {
  VM_CHECK(warn(vm, vm.exc.DeprecationWarning, "co_lnotab is deprecated, use co_lines instead."));
  auto* code = code_of(self);
  std::vector<bytecode::LineRange> ranges;
  bytecode::append_line_ranges(facts_313(), code->line_table->view(), code->firstlineno, code->code->length, ranges);
  std::string table;
  std::int32_t line = code->firstlineno;
  std::uint32_t offset = 0;
  for (const bytecode::LineRange& range : ranges) {
    if (range.line == bytecode::kNoLine || range.line == line) continue;
    std::uint32_t bytes = range.start - offset;
    std::int32_t lines = range.line - line;
    for (; bytes > 255; bytes -= 255) table += {'\xFF', '\0'};
    const auto put = [&](std::int32_t step) {
      table += static_cast<char>(bytes);
      table += static_cast<char>(step);
      bytes = 0;
    };
    for (; lines > 127; lines -= 127) put(127);
    for (; lines < -128; lines += 128) put(-128);
    put(lines);
    offset = range.start;
    line = range.line;
  }
  return new_bytes(vm, table);
}

Ref code_lines(Vm& vm, Value self) {
  auto* code = code_of(self);
  std::vector<bytecode::LineRange> ranges;
  bytecode::append_line_ranges(facts_313(), code->line_table->view(), code->firstlineno, code->code->length, ranges);
  VM_TRY(Own<ListObject> list, new_list(vm));
  for (const bytecode::LineRange& range : ranges) {
    const Value line = range.line == bytecode::kNoLine ? kNone : Value::small(range.line);
    VM_TRY(Own<TupleObject> item, new_tuple(vm, {Value::small(range.start), Value::small(range.end), line}));
    VM_CHECK(list_append(vm, list.get(), Ref(std::move(item))));
  }
  return get_iter(vm, list);
}

Ref code_positions(Vm& vm, Value self) {
  auto* code = code_of(self);
  std::vector<bytecode::PositionRange> ranges;
  bytecode::append_position_ranges(code->line_table->view(), code->firstlineno, ranges);
  VM_TRY(Own<ListObject> list, new_list(vm));
  const auto value = [](std::int32_t number) { return number < 0 ? kNone : Value::small(number); };
  for (const bytecode::PositionRange& range : ranges) {
    for (std::uint32_t offset = range.start; offset < range.end && offset < code->code->length; offset += 2) {
      VM_TRY(Own<TupleObject> item, new_tuple(vm, {value(range.position.line), value(range.position.end_line),
                                                   value(range.position.column), value(range.position.end_column)}));
      VM_CHECK(list_append(vm, list.get(), Ref(std::move(item))));
    }
  }
  return get_iter(vm, list);
}

Ref code_varname_from_oparg(Vm& vm, Value self, Args& args) {
  VM_TRY(const std::int64_t index, args.ssize(vm, 0));
  auto* names = code_of(self)->locals_plus_names;
  if (index < 0 || static_cast<std::size_t>(index) >= names->size)
    return raise(vm, vm.exc.IndexError, "tuple index out of range");
  return Ref::share((*names)[static_cast<std::size_t>(index)]);
}

/// The layout of variables from the three tuples that Python code gives (Objects/codeobject.c _PyCode_New's caller).
bool lay_out_locals(Vm& vm, CodeFields& fields, Value varnames, Value cellvars, Value freevars) {
  VM_TRY(Own<ListObject> names, new_list(vm));
  std::string kinds;
  std::vector<bool> taken(cellvars.as<TupleObject>()->size);
  for (Value name : varnames.as<TupleObject>()->view()) {
    std::uint8_t kind = code::kLocalPlain;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      bool same = false;
      if (!equal(vm, name, (*cellvars.as<TupleObject>())[i], same)) return false;
      if (!same) continue;
      taken[i] = true;
      kind |= code::kLocalCell;
    }
    kinds += static_cast<char>(kind);
    if (!list_append(vm, names.get(), name)) return false;
  }
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (taken[i]) continue;
    kinds += static_cast<char>(code::kLocalCell);
    if (!list_append(vm, names.get(), (*cellvars.as<TupleObject>())[i])) return false;
  }
  for (Value name : freevars.as<TupleObject>()->view()) {
    kinds += static_cast<char>(code::kLocalFree);
    if (!list_append(vm, names.get(), name)) return false;
  }
  fields.locals_plus_names = new_tuple(vm, names->view());
  fields.locals_plus_kinds = new_bytes(vm, kinds);
  return fields.locals_plus_names && fields.locals_plus_kinds;
}

struct CodeArguments {
  std::int64_t numbers[6] = {0, 0, 0, 0, 0, 0};  // argcount posonly kwonly nlocals stacksize flags
  std::int64_t firstlineno = 1;
};

bool wants(Vm& vm, Value value, bool fits, std::string_view name, std::string_view type) {
  if (fits) return true;
  return raise(vm, vm.exc.TypeError, "code() argument '{}' must be {}, not {}", name, type, type_name(vm, value));
}

Ref make_code(Vm& vm, CodeArguments& numbers, Value code, Value consts, Value names, Value varnames, Value filename, Value name,
              Value qualname, Value line_table, Value exception_table, Value freevars, Value cellvars) {
  for (const auto& [value, label] : {std::pair{code, "codestring"}, {line_table, "linetable"}, {exception_table, "exceptiontable"}})
    VM_CHECK(wants(vm, value, is_bytes(value), label, "bytes"));
  for (const auto& [value, label] : {std::pair{consts, "constants"}, {names, "names"}, {varnames, "varnames"},
                                     {freevars, "freevars"}, {cellvars, "cellvars"}})
    VM_CHECK(wants(vm, value, is_tuple(value), label, "tuple"));
  for (const auto& [value, label] : {std::pair{filename, "filename"}, {name, "name"}, {qualname, "qualname"}})
    VM_CHECK(wants(vm, value, is_str(value), label, "str"));
  constexpr const char* kNumberNames[] = {"argcount", "posonlyargcount", "kwonlyargcount", "nlocals"};
  for (int i = 0; i < 4; ++i)
    if (numbers.numbers[i] < 0) return raise(vm, vm.exc.ValueError, "code: {} must not be negative", kNumberNames[i]);
  if (numbers.numbers[3] != static_cast<std::int64_t>(varnames.as<TupleObject>()->size))
    return raise(vm, vm.exc.ValueError, "code: co_nlocals != len(co_varnames)");
  CodeFields fields;
  fields.argcount = static_cast<std::int32_t>(numbers.numbers[0]);
  fields.posonlyargcount = static_cast<std::int32_t>(numbers.numbers[1]);
  fields.kwonlyargcount = static_cast<std::int32_t>(numbers.numbers[2]);
  fields.stacksize = static_cast<std::int32_t>(numbers.numbers[4]);
  fields.flags = static_cast<std::uint32_t>(numbers.numbers[5]);
  fields.firstlineno = static_cast<std::int32_t>(numbers.firstlineno);
  VM_CHECK(lay_out_locals(vm, fields, varnames, cellvars, freevars));
  fields.code = Ref::share(code);
  fields.consts = Ref::share(consts);
  fields.names = Ref::share(names);
  fields.filename = Ref::share(filename);
  fields.name = Ref::share(name);
  fields.qualname = Ref::share(qualname);
  fields.line_table = Ref::share(line_table);
  fields.exception_table = Ref::share(exception_table);
  return new_code(vm, fields);
}

Ref code_new(Vm& vm, TypeObject*, const CallArgs& call) {
  VM_PARSE(args, vm,
           "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, "
           "filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)",
           18, call);
  CodeArguments numbers;
  for (std::size_t i = 0; i < 6; ++i) {
    VM_TRY(numbers.numbers[i], args.integer(vm, i));
  }
  VM_TRY(numbers.firstlineno, args.integer(vm, 13));
  const Value empty(vm.empty_tuple);
  return make_code(vm, numbers, args[6], args[7], args[8], args[9], args[10], args[11], args[12], args[14], args[15],
                   args.get(16, empty), args.get(17, empty));
}

Ref code_replace(Vm& vm, Value self, Args& args) {
  auto* code = code_of(self);
  CodeArguments numbers;
  const std::int64_t defaults[] = {code->argcount, code->posonlyargcount, code->kwonlyargcount, code->local_count,
                                   code->stacksize, static_cast<std::int64_t>(code->flags)};
  for (std::size_t i = 0; i < 6; ++i) {
    VM_TRY(numbers.numbers[i], args.integer(vm, i, static_cast<int>(defaults[i])));
  }
  VM_TRY(numbers.firstlineno, args.integer(vm, 6, code->firstlineno));
  VM_TRY(Ref varnames, get_varnames(vm, self));
  VM_TRY(Ref freevars, get_freevars(vm, self));
  VM_TRY(Ref cellvars, get_cellvars(vm, self));
  // Without other variables the layout stays as it is, hidden ones included.
  Ref made = make_code(vm, numbers, args.get(7, code->code), args.get(8, code->consts), args.get(9, code->names),
                       args.get(10, varnames), args.get(13, code->filename), args.get(14, code->name),
                       args.get(15, code->qualname), args.get(16, code->line_table), args.get(17, code->exception_table),
                       args.get(11, freevars), args.get(12, cellvars));
  if (made && !args.given(10) && !args.given(11) && !args.given(12)) {
    auto* out = made.as<CodeObject>();
    decref(static_cast<Object*>(std::exchange(out->locals_plus_names, code->locals_plus_names)));
    incref(static_cast<Object*>(out->locals_plus_names));
    decref(static_cast<Object*>(std::exchange(out->locals_plus_kinds, code->locals_plus_kinds)));
    incref(static_cast<Object*>(out->locals_plus_kinds));
    out->locals_plus_count = code->locals_plus_count;
  }
  return made;
}

constexpr MethodSpec kMethods[] = {
    {"co_lines($self, /)", code_lines},
    {"co_positions($self, /)", code_positions},
    {"replace($self, /, *, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1, "
     "co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, "
     "co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, co_linetable=None, co_exceptiontable=None)",
     code_replace, "Return a copy of the code object with new values for the specified fields."},
    {"__replace__($self, /, *, co_argcount=-1, co_posonlyargcount=-1, co_kwonlyargcount=-1, co_nlocals=-1, co_stacksize=-1, "
     "co_flags=-1, co_firstlineno=-1, co_code=None, co_consts=None, co_names=None, co_varnames=None, co_freevars=None, "
     "co_cellvars=None, co_filename=None, co_name=None, co_qualname=None, co_linetable=None, co_exceptiontable=None)",
     code_replace, "The same as replace()."},
    {"_varname_from_oparg($self, /, oparg)", code_varname_from_oparg,
     "(internal-only) Return the local variable name for the given oparg."},
};
constexpr GetSetSpec kGetSet[] = {
    {"co_argcount", get_argcount},       {"co_posonlyargcount", get_posonlyargcount},
    {"co_kwonlyargcount", get_kwonlyargcount}, {"co_nlocals", get_nlocals},
    {"co_stacksize", get_stacksize},     {"co_flags", get_flags},
    {"co_code", get_code},               {"_co_code_adaptive", get_code},
    {"co_consts", get_consts},           {"co_names", get_names},
    {"co_varnames", get_varnames},       {"co_freevars", get_freevars},
    {"co_cellvars", get_cellvars},       {"co_filename", get_filename},
    {"co_name", get_name},               {"co_qualname", get_qualname},
    {"co_firstlineno", get_firstlineno}, {"co_linetable", get_line_table},
    {"co_exceptiontable", get_exception_table}, {"co_lnotab", get_lnotab},
};

}  // namespace

const TypeSpec kCodeType{
    .name = "code",
    .basic_size = sizeof(CodeObject),
    .doc = "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n      flags, codestring, constants, names, "
           "varnames, filename, name,\n      qualname, firstlineno, linetable, exceptiontable, freevars=(),\n      "
           "cellvars=(), /)\n--\n\nCreate a code object.  Not for mere mortals.",
    .slots = {.dealloc = code_dealloc, .construct = code_new, .repr = code_repr, .hash = code_hash, .compare = code_compare},
    .methods = kMethods,
    .getset = kGetSet,
    .weakref_offset = offsetof(CodeObject, weakrefs),
};

namespace {

/// The line table without columns and end lines (CPython 3.13 Objects/codeobject.c remove_column_info).
std::string lines_only(std::string_view table) {
  constexpr std::uint8_t kLinesOnly = 13, kLong = 14, kNowhere = 15;
  std::string out;
  for (std::size_t at = 0; at < table.size();) {
    const auto head = static_cast<std::uint8_t>(table[at++]);
    const std::uint8_t kind = (head >> 3U) & 15U;
    if (kind == kNowhere) {
      out += static_cast<char>(head);
    } else {
      out += static_cast<char>(0x80U | kLinesOnly << 3U | (head & 7U));
      if (kind == kLinesOnly || kind == kLong) {
        std::size_t end = at;
        while (end < table.size() && (static_cast<std::uint8_t>(table[end]) & 0xC0U) == 0x40U) ++end;
        out += table.substr(at, end + 1 - at);
      } else {
        out += static_cast<char>(kind >= 10 ? (kind - 10) << 1 : 0);
      }
    }
    while (at < table.size() && (static_cast<std::uint8_t>(table[at]) & 0x80U) == 0) ++at;
  }
  return out;
}

}  // namespace

Ref new_code(Vm& vm, CodeFields& fields) {
  const auto names_fit = [](Value tuple) {
    for (Value name : tuple.as<TupleObject>()->view())
      if (!is_str(name)) return false;
    return true;
  };
  if (!is_bytes(fields.code) || !is_tuple(fields.consts) || !is_tuple(fields.names) || !is_tuple(fields.locals_plus_names) ||
      !is_bytes(fields.locals_plus_kinds) || !is_bytes(fields.line_table) || !is_bytes(fields.exception_table) ||
      !is_str(fields.filename) || !is_str(fields.name) || !is_str(fields.qualname))
    return raise(vm, vm.exc.SystemError, "code: field of the wrong type");
  if (!names_fit(fields.names) || !names_fit(fields.locals_plus_names))
    return raise(vm, vm.exc.TypeError, "name tuples must contain only strings, not '{}'", "object");
  const std::string_view kinds = fields.locals_plus_kinds.as<BytesObject>()->view();
  if (kinds.size() != fields.locals_plus_names.as<TupleObject>()->size)
    return raise(vm, vm.exc.ValueError, "code: variables and their kinds do not fit");
  std::int32_t local_count = 0, cell_count = 0, free_count = 0;
  for (const char c : kinds) {
    const auto kind = static_cast<std::uint8_t>(c);
    local_count += (kind & code::kLocalPlain) != 0 ? 1 : 0;
    cell_count += (kind & code::kLocalCell) != 0 ? 1 : 0;
    free_count += (kind & code::kLocalFree) != 0 ? 1 : 0;
  }
  const std::int64_t parameters = static_cast<std::int64_t>(fields.argcount) + fields.kwonlyargcount +
                                  ((fields.flags & code::kVarArgs) != 0 ? 1 : 0) +
                                  ((fields.flags & code::kVarKeywords) != 0 ? 1 : 0);
  if (fields.argcount < 0 || fields.kwonlyargcount < 0 || fields.posonlyargcount < 0 ||
      fields.posonlyargcount > fields.argcount || parameters > local_count)
    return raise(vm, vm.exc.ValueError, "code: varnames is too small");
  if (fields.code.as<BytesObject>()->length % 2 != 0) return raise(vm, vm.exc.ValueError, "code: co_code is malformed");
  if (!vm.options.debug_ranges) {
    VM_TRY(fields.line_table, new_bytes(vm, lines_only(fields.line_table.as<BytesObject>()->view())));
  }
  auto* code = allocate<CodeObject>(vm, vm.types.code);
  if (code == nullptr) return {};
  code->argcount = fields.argcount;
  code->posonlyargcount = fields.posonlyargcount;
  code->kwonlyargcount = fields.kwonlyargcount;
  code->stacksize = fields.stacksize;
  code->flags = fields.flags;
  code->firstlineno = fields.firstlineno;
  code->local_count = local_count;
  code->locals_plus_count = static_cast<std::int32_t>(kinds.size());
  code->cell_count = cell_count;
  code->free_count = free_count;
  code->code = fields.code.release().as<BytesObject>();
  code->consts = fields.consts.release().as<TupleObject>();
  code->names = fields.names.release().as<TupleObject>();
  code->locals_plus_names = fields.locals_plus_names.release().as<TupleObject>();
  code->locals_plus_kinds = fields.locals_plus_kinds.release().as<BytesObject>();
  code->filename = fields.filename.release().as<StrObject>();
  code->name = fields.name.release().as<StrObject>();
  code->qualname = fields.qualname.release().as<StrObject>();
  code->line_table = fields.line_table.release().as<BytesObject>();
  code->exception_table = fields.exception_table.release().as<BytesObject>();
  code->hash = -1;
  return Ref::adopt(code);
}

bool begins_line(const CodeObject* code, std::int32_t byte_offset) {
  std::vector<bytecode::LineRange> ranges;
  bytecode::append_line_ranges(facts_313(), code->line_table->view(), code->firstlineno, code->code->length, ranges);
  for (const bytecode::LineRange& range : ranges)
    if (range.start == static_cast<std::uint32_t>(byte_offset)) return true;
  return false;
}

std::int32_t line_of(const CodeObject* code, std::int32_t byte_offset) {
  if (byte_offset < 0) return code->firstlineno;
  std::vector<bytecode::LineRange> ranges;
  bytecode::append_line_ranges(facts_313(), code->line_table->view(), code->firstlineno, code->code->length, ranges);
  for (const bytecode::LineRange& range : ranges)
    if (static_cast<std::uint32_t>(byte_offset) >= range.start && static_cast<std::uint32_t>(byte_offset) < range.end)
      return range.line;
  return -1;
}

}  // namespace ouro::vm
