// Between the constants of a pool and Python objects.
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "marshal/layout.h"
#include "marshal/writer.h"
#include "vm/core/error.h"
#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"
#include "vm/objects/code.h"
#include "vm/objects/dict.h"
#include "vm/objects/float.h"
#include "vm/objects/int.h"
#include "vm/objects/list.h"
#include "vm/objects/set.h"
#include "vm/objects/slice.h"
#include "vm/objects/specs.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"

namespace ouro::vm {
namespace {

/// CPython's MAX_MARSHAL_STACK_DEPTH.
constexpr std::uint16_t kMostHeight = 2000;

bool is_name_like(std::string_view text) {
  for (const char c : text)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
  return true;
}

class Reader {
 public:
  Reader(Vm& vm, const ConstantPool& pool) : vm_(vm), pool_(pool) {}
  ~Reader() {
    for (auto& [id, value] : made_) decref(value);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// The object of an id, made once.
  Ref object(ConstId id) {
    if (const auto found = made_.find(id.value); found != made_.end()) return Ref::share(found->second);
    Ref made = make(id);
    if (made && !made.is_none()) made_.emplace(id.value, Ref::share(made).release());
    return made;
  }

 private:
  Ref make(ConstId id) {
    switch (pool_.kind(id)) {
      case ConstKind::None: return Ref::none();
      case ConstKind::Ellipsis: return Ref::adopt(kEllipsis);
      case ConstKind::False: return Ref::boolean(false);
      case ConstKind::True: return Ref::boolean(true);
      case ConstKind::StopIteration: return Ref::share(vm_.exc.StopIteration);
      case ConstKind::Int: return new_int(vm_, pool_.int_value(id));
      case ConstKind::Long: return make_long(pool_.big_value(id));
      case ConstKind::Float: return make_float(id);
      case ConstKind::Complex: return new_complex(vm_, pool_.real(id), pool_.imag(id));
      case ConstKind::Bytes: return new_bytes(vm_, pool_.text(id));
      case ConstKind::Str: return make_str(id);
      case ConstKind::Tuple: return make_tuple(id);
      case ConstKind::List: return make_list(id);
      case ConstKind::Dict: return make_dict(id);
      case ConstKind::Set: return make_set(id);
      case ConstKind::FrozenSet: {
        VM_TRY(Ref items, make_tuple(id));
        return new_frozenset(vm_, items);
      }
      case ConstKind::Slice: {
        VM_TRY(Ref items, make_tuple(id));
        auto* parts = items.as<TupleObject>();
        return new_slice(vm_, (*parts)[0], (*parts)[1], (*parts)[2]);
      }
      case ConstKind::Code: return make_code(id);
      case ConstKind::Null: return raise(vm_, vm_.exc.TypeError, "NULL object in marshal data for object");
      case ConstKind::FrozenDict: break;
    }
    return raise(vm_, vm_.exc.ValueError, "bad marshal data (unknown type code)");
  }

  Ref make_long(const BigInt& value) {
    if (const std::optional<std::int64_t> small = value.to_int64()) return new_int(vm_, *small);
    const std::span<const std::uint32_t> halves = value.limbs();
    std::vector<std::uint64_t> limbs((halves.size() + 1) / 2);
    for (std::size_t i = 0; i < halves.size(); ++i) limbs[i / 2] |= static_cast<std::uint64_t>(halves[i]) << (i % 2 * 32);
    return new_int_limbs(vm_, limbs, value.is_negative());
  }
  Ref make_float(ConstId id) { return new_float(vm_, pool_.real(id)); }
  Ref make_str(ConstId id) {
    const std::string_view text = pool_.text(id);
    VM_TRY(Own<StrObject> made, new_str(vm_, text));
    const std::uint8_t type = pool_.wire_type(id) & 0x7FU;
    if (type == 't' || type == 'A' || type == 'Z' || is_name_like(text)) return Ref(intern(vm_, made.get()));
    return Ref(std::move(made));
  }
  Ref interned(ConstId id) {
    VM_TRY(Ref text, object(id));
    if (!is_str(text)) return raise(vm_, vm_.exc.TypeError, "name must be a string, not {}", type_name(vm_, text));
    return Ref(intern(vm_, text.as<StrObject>()));
  }
  Ref make_tuple(ConstId id) {
    const std::span<const ConstId> items = pool_.items(id);
    VM_TRY(Own<TupleObject> tuple, allocate_tuple(vm_, items.size()));
    for (std::size_t i = 0; i < items.size(); ++i) {
      VM_TRY(Ref item, object(items[i]));
      tuple->items()[i] = item.release();
    }
    return Ref(std::move(tuple));
  }
  Ref make_list(ConstId id) {
    VM_TRY(Own<ListObject> list, new_list(vm_));
    for (ConstId item : pool_.items(id)) {
      VM_TRY(Ref made, object(item));
      VM_CHECK(list_append(vm_, list.get(), std::move(made)));
    }
    return Ref(std::move(list));
  }
  Ref make_dict(ConstId id) {
    VM_TRY(Own<DictObject> dict, new_dict(vm_));
    const std::span<const ConstId> items = pool_.items(id);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      VM_TRY(Ref key, object(items[i]));
      VM_TRY(Ref value, object(items[i + 1]));
      VM_CHECK(dict_set(vm_, dict.get(), key, value));
    }
    return Ref(std::move(dict));
  }
  Ref make_set(ConstId id) {
    VM_TRY(Own<SetObject> set, new_set(vm_));
    for (ConstId item : pool_.items(id)) {
      VM_TRY(Ref made, object(item));
      VM_CHECK(set_add(vm_, set.get(), made));
    }
    return Ref(std::move(set));
  }

  Ref names_tuple(ConstId id) {
    if (pool_.kind(id) != ConstKind::Tuple) return raise(vm_, vm_.exc.TypeError, "code: expected a tuple of names");
    const std::span<const ConstId> items = pool_.items(id);
    VM_TRY(Own<TupleObject> tuple, allocate_tuple(vm_, items.size()));
    for (std::size_t i = 0; i < items.size(); ++i) {
      VM_TRY(Ref item, interned(items[i]));
      tuple->items()[i] = item.release();
    }
    return Ref(std::move(tuple));
  }

  bool bytes_field(ConstId id, BytesObject*& out) {
    Ref made = object(id);
    if (!made) return false;
    if (!is_bytes(made)) return raise(vm_, vm_.exc.TypeError, "code: expected bytes");
    out = made.release().as<BytesObject>();
    return true;
  }

  Ref make_code(ConstId id) {
    const ouro::code::CodeObject& source = pool_.code(id);
    CodeFields fields;
    fields.argcount = source.argcount;
    fields.posonlyargcount = source.posonlyargcount;
    fields.kwonlyargcount = source.kwonlyargcount;
    fields.stacksize = source.stacksize;
    fields.flags = source.flags;
    fields.firstlineno = source.firstlineno;
    if (source.localsplusnames == kNoConst || source.qualname == kNoConst)
      return raise(vm_, vm_.exc.ValueError, "code object of another version");
    VM_TRY(fields.code, object(source.code));
    VM_TRY(fields.consts, object(source.consts));
    VM_TRY(fields.names, names_tuple(source.names));
    VM_TRY(fields.locals_plus_names, names_tuple(source.localsplusnames));
    VM_TRY(fields.locals_plus_kinds, object(source.localspluskinds));
    VM_TRY(fields.filename, interned(source.filename));
    VM_TRY(fields.name, interned(source.name));
    VM_TRY(fields.qualname, interned(source.qualname));
    VM_TRY(fields.line_table, object(source.linetable));
    VM_TRY(fields.exception_table, object(source.exceptiontable));
    return new_code(vm_, fields);
  }

  Vm& vm_;
  const ConstantPool& pool_;
  std::unordered_map<std::uint32_t, Value> made_;
};

class Writer {
 public:
  Writer(Vm& vm, ConstantPool& pool, std::uint8_t version)
      : vm_(vm), pool_(pool), version_(version), layout_(marshal::layout_of(PythonVersion{3, 13})) {}

  std::optional<ConstId> object(Value value) {
    if (++depth_ > kMostHeight) return raise(vm_, vm_.exc.ValueError, "object too deeply nested to marshal");
    std::optional<ConstId> id;
    if (value.is_object()) {
      if (const auto found = made_.find(value.bits()); found != made_.end()) {
        --depth_;
        return found->second;
      }
    }
    id = make(value);
    if (id && value.is_object()) {
      made_.emplace(value.bits(), *id);
      mark(value, *id);
    }
    --depth_;
    return id;
  }

 private:
  /// As CPython 3.13 Python/marshal.c w_ref does: an object that only one place holds cannot be met again.
  void mark(Value value, ConstId id) {
    if (version_ < 3) return;
    std::uint8_t type = value.object()->refcount > 1 ? code::kMarshalFlagRef : 0;
    if (pool_.kind(id) == ConstKind::Str && value.as<StrObject>()->is_interned) {
      type = static_cast<std::uint8_t>(type | marshal::interned_type(pool_.text(id), layout_, version_));
    }
    if (type != 0) pool_.set_wire_type(id, type);
  }

  std::optional<ConstId> make(Value value) {
    if (value.is_none()) return pool_.add_singleton(ConstKind::None);
    if (value.is_true()) return pool_.add_singleton(ConstKind::True);
    if (value.is_false()) return pool_.add_singleton(ConstKind::False);
    if (value == kEllipsis) return pool_.add_singleton(ConstKind::Ellipsis);
    if (value == Value(vm_.exc.StopIteration)) return pool_.add_singleton(ConstKind::StopIteration);
    TypeObject* type = type_of(vm_, value);
    if (type == vm_.types.int_) return make_int(value);
    if (type == vm_.types.float_) return pool_.add_float(value.as<FloatObject>()->value);
    if (type == vm_.types.complex) return pool_.add_complex(value.as<ComplexObject>()->real, value.as<ComplexObject>()->imag);
    if (type == vm_.types.str) return pool_.add_str(to_utf8(value.as<StrObject>()));
    if (type == vm_.types.bytes) return pool_.add_bytes(value.as<BytesObject>()->view());
    if (type == vm_.types.tuple) return make_sequence(ConstKind::Tuple, value.as<TupleObject>()->view());
    if (type == vm_.types.list) return make_sequence(ConstKind::List, value.as<ListObject>()->view());
    if (type == vm_.types.dict) return make_dict(value.as<DictObject>());
    if (type == vm_.types.set || type == vm_.types.frozenset)
      return make_set(type == vm_.types.set ? ConstKind::Set : ConstKind::FrozenSet, value.as<SetObject>());
    if (type == vm_.types.code) return make_code(value.as<vm::CodeObject>());
    if (value.is_object()) {
      BufferView view;
      if (has_buffer(vm_, value)) {
        if (!get_buffer(vm_, value, view)) return std::nullopt;
        return pool_.add_bytes(view.bytes());
      }
    }
    return raise(vm_, vm_.exc.ValueError, "unmarshallable object");
  }

  std::optional<ConstId> make_int(Value value) {
    if (const std::optional<std::int64_t> small = int_to_int64(value)) {
      if (*small >= INT32_MIN && *small <= INT32_MAX) return pool_.add_int(*small);
      return pool_.add_long(BigInt(*small));
    }
    auto* big = value.as<IntObject>();
    std::vector<std::uint32_t> halves;
    for (std::uint32_t i = 0; i < big->size; ++i) {
      halves.push_back(static_cast<std::uint32_t>(big->limbs()[i]));
      halves.push_back(static_cast<std::uint32_t>(big->limbs()[i] >> 32U));
    }
    return pool_.add_long(BigInt::from_limbs(std::move(halves), big->is_negative));
  }
  std::optional<ConstId> make_sequence(ConstKind kind, std::span<const Value> items) {
    std::vector<ConstId> ids;
    for (Value item : items) {
      const std::optional<ConstId> id = object(item);
      if (!id) return std::nullopt;
      ids.push_back(*id);
    }
    return pool_.add_sequence(kind, ids);
  }
  std::optional<ConstId> make_dict(DictObject* dict) {
    std::vector<ConstId> ids;
    std::size_t position = 0;
    Value key, value;
    while (dict_next(dict, position, key, value)) {
      const std::optional<ConstId> key_id = object(key), value_id = key_id ? object(value) : std::nullopt;
      if (!value_id) return std::nullopt;
      ids.push_back(*key_id);
      ids.push_back(*value_id);
    }
    return pool_.add_sequence(ConstKind::Dict, ids);
  }
  std::optional<ConstId> make_set(ConstKind kind, SetObject* set) {
    std::vector<ConstId> ids;
    std::size_t position = 0;
    Value key;
    while (set_next(set, position, key)) {
      const std::optional<ConstId> id = object(key);
      if (!id) return std::nullopt;
      ids.push_back(*id);
    }
    if (!sort_by_bytes(ids)) return std::nullopt;
    return pool_.add_sequence(kind, ids);
  }
  /// The order in which a set has its items depends on hashes; what is written shall not.
  bool sort_by_bytes(std::vector<ConstId>& ids) {
    if (ids.size() < 2) return true;
    std::vector<std::pair<std::vector<std::uint8_t>, ConstId>> rows;
    marshal::WriteOptions options;
    options.version = version_;
    for (const ConstId id : ids) {
      auto bytes = marshal::write(pool_, id, layout_, options);
      if (!bytes) return raise(vm_, vm_.exc.ValueError, "unmarshallable object");
      if (!charge_work(vm_, bytes->size() / 16)) return false;
      rows.emplace_back(std::move(*bytes), id);
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = rows[i].second;
    return true;
  }
  std::optional<ConstId> make_code(vm::CodeObject* code) {
    ouro::code::CodeObject out;
    out.argcount = code->argcount;
    out.posonlyargcount = code->posonlyargcount;
    out.kwonlyargcount = code->kwonlyargcount;
    out.stacksize = code->stacksize;
    out.flags = code->flags;
    out.firstlineno = code->firstlineno;
    const std::pair<ConstId*, Value> fields[] = {
        {&out.code, code->code},
        {&out.consts, code->consts},
        {&out.names, code->names},
        {&out.localsplusnames, code->locals_plus_names},
        {&out.localspluskinds, code->locals_plus_kinds},
        {&out.filename, code->filename},
        {&out.name, code->name},
        {&out.qualname, code->qualname},
        {&out.linetable, code->line_table},
        {&out.exceptiontable, code->exception_table},
    };
    for (const auto& [field, value] : fields) {
      const std::optional<ConstId> id = object(value);
      if (!id) return std::nullopt;
      *field = *id;
    }
    return pool_.add_code(out);
  }

  Vm& vm_;
  ConstantPool& pool_;
  std::uint8_t version_;
  marshal::Layout layout_;
  unsigned depth_ = 0;
  std::unordered_map<std::uint64_t, ConstId> made_;
};

}  // namespace

Ref object_from_pool(Vm& vm, const ConstantPool& pool, ConstId id) {
  if (pool.height(id) > kMostHeight) return raise(vm, vm.exc.ValueError, "bad marshal data (nested too deeply)");
  return Reader(vm, pool).object(id);
}

std::optional<ConstId> object_to_pool(Vm& vm, Value object, ConstantPool& pool, std::uint8_t version) {
  return Writer(vm, pool, version).object(object);
}

}  // namespace ouro::vm
