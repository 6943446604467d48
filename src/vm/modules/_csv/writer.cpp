// _csv: the writer.
#include "vm/modules/_csv/csv.h"
#include "vm/objects/life.h"

namespace ouro::vm::csv {
namespace {

struct WriterObject : GcObject {
  Value write, dialect;
};
WriterObject* writer_in(Value self) { return self.as<WriterObject>(); }

bool is_number(Vm& vm, Value value) {
  const TypeSlots& slots = type_of(vm, value)->slots;
  return is_int(value) || is_float(value) || slots.to_int != nullptr || slots.to_float != nullptr || slots.index != nullptr ||
         is_instance_of(vm, value, vm.types.complex);
}

/// One row being written.
class Row {
 public:
  Row(Vm& vm, const DialectObject* dialect) : vm_(vm), dialect_(dialect), out_(vm) {}

  /// `quoted`: in quotes whatever it holds; `text` null is an empty field.
  bool add(const StrObject* text, bool quoted) {
    Ref shown;
    bool wants_quotes = quoted;
    StrBuilder body(vm_);
    for (std::size_t i = 0; text != nullptr && i < text->length; ++i) VM_CHECK(add_character(body, text->at(i), wants_quotes));
    // An empty field that is all of its row, or that stands before skipped space, would not be seen.
    if ((text == nullptr || text->length == 0) && dialect_->delimiter == ' ' && dialect_->skip_initial_space) {
      if (dialect_->quoting == kQuoteNone || (text == nullptr && (dialect_->quoting == kQuoteStrings || dialect_->quoting == kQuoteNotNull))) {
        return raise_csv_error(vm_, "empty field must be quoted if delimiter is a space and skipinitialspace is true");
      }
      wants_quotes = true;
    }
    if (fields_++ > 0) out_.append(dialect_->delimiter);
    VM_TRY(Own<StrObject> made, body.finish());
    if (wants_quotes) out_.append(dialect_->quote);
    out_.append(made.get());
    if (wants_quotes) out_.append(dialect_->quote);
    return true;
  }
  [[nodiscard]] std::size_t fields() const { return fields_; }
  [[nodiscard]] std::size_t length() const { return out_.length(); }
  void restart() { fields_ = 0; }
  Own<StrObject> finish() {
    out_.append(dialect_->line_terminator);
    return out_.finish();
  }

 private:
  bool in_terminator(std::uint32_t c) const {
    for (std::size_t i = 0; i < dialect_->line_terminator->length; ++i) {
      if (dialect_->line_terminator->at(i) == c) return true;
    }
    return false;
  }
  bool add_character(StrBuilder& body, std::uint32_t c, bool& wants_quotes) {
    bool wants_escape = false;
    if (c == dialect_->delimiter || c == dialect_->escape || c == dialect_->quote || c == '\n' || c == '\r' || in_terminator(c)) {
      if (dialect_->quoting == kQuoteNone) {
        wants_escape = true;
      } else {
        if (c == dialect_->quote) {
          if (dialect_->double_quote) body.append(dialect_->quote);
          else wants_escape = true;
        } else if (c == dialect_->escape) {
          wants_escape = true;
        }
        if (!wants_escape) wants_quotes = true;
      }
      if (wants_escape) {
        if (dialect_->escape == kNotSet) return raise_csv_error(vm_, "need to escape, but no escapechar set");
        body.append(dialect_->escape);
      }
    }
    body.append(c);
    return true;
  }

  Vm& vm_;
  const DialectObject* dialect_;
  StrBuilder out_;
  std::size_t fields_ = 0;
};

bool is_quoted(Vm& vm, const DialectObject* dialect, Value field) {
  switch (dialect->quoting) {
    case kQuoteAll: return true;
    case kQuoteNonnumeric: return !is_number(vm, field);
    case kQuoteStrings: return is_str(field);
    case kQuoteNotNull: return !field.is_none();
    default: return false;
  }
}

Ref writer_writerow(Vm& vm, Value self, Value row) {
  const Ref held = Ref::share(writer_in(self)->dialect);
  const auto* dialect = held.as<DialectObject>();
  Ref iterator = get_iter(vm, row);
  if (!iterator) {
    if (!catch_error(vm, vm.exc.TypeError)) return {};
    return raise_csv_error(vm, format_message("iterable expected, not {}", {type_name(vm, row)}));
  }
  Row out(vm, dialect);
  bool last_is_none = false;
  for (;;) {
    Ref field = iter_next(vm, iterator);
    if (!field) {
      if (has_error(vm)) return {};
      break;
    }
    const bool quoted = is_quoted(vm, dialect, field);
    last_is_none = field.is_none();
    if (is_str(field)) {
      VM_CHECK(out.add(field.as<StrObject>(), quoted));
    } else if (last_is_none) {
      VM_CHECK(out.add(nullptr, quoted));
    } else {
      VM_TRY(Ref text, str(vm, field));
      VM_CHECK(out.add(text.as<StrObject>(), quoted));
    }
    VM_CHECK(charge_work(vm, 1));
  }
  if (out.fields() == 1 && out.length() == 0) {
    if (dialect->quoting == kQuoteNone || (last_is_none && (dialect->quoting == kQuoteStrings || dialect->quoting == kQuoteNotNull))) {
      return raise_csv_error(vm, "single empty field record must be quoted");
    }
    out.restart();
    VM_CHECK(out.add(nullptr, true));
  }
  VM_TRY(Own<StrObject> line, out.finish());
  const Ref write = Ref::share(writer_in(self)->write);
  return call(vm, write, {Value(line.get())});
}
Ref writer_writerows(Vm& vm, Value self, Value rows) {
  VM_CHECK(for_each(vm, rows, [&](Value row) -> bool { return static_cast<bool>(writer_writerow(vm, self, row)); }));
  return Ref::none();
}

Ref get_dialect(Vm&, Value self) { return Ref::share(writer_in(self)->dialect); }
constexpr GetSetSpec kGetSet[] = {{"dialect", get_dialect}};
constexpr MethodSpec kMethods[] = {
    {"writerow($self, row, /)", writer_writerow, "writerow(iterable)\n\nConstruct and write a CSV record from an iterable of fields."},
    {"writerows($self, rows, /)", writer_writerows, "writerows(iterable of iterables)\n\nConstruct and write a series of iterables to a csv file."}};
using Life = LifeOf<WriterObject, &WriterObject::write, &WriterObject::dialect>;

}  // namespace

const TypeSpec kWriterType = {.name = "_csv.writer", .basic_size = sizeof(WriterObject), .flags = kTypeContainer | kTypeNoInstantiation | kTypeImmutable,
                              .doc = "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.",
                              .slots = {.dealloc = Life::dealloc, .traverse = Life::traverse, .clear = Life::clear}, .methods = kMethods, .getset = kGetSet};

Ref new_writer(Vm& vm, Value, const CallArgs& call) {
  if (call.positional < 1) return raise(vm, vm.exc.TypeError, "writer expected at least 1 argument, got 0");
  if (call.positional > 2) return raise(vm, vm.exc.TypeError, "writer expected at most 2 arguments, got {}", call.positional);
  Ref write;
  VM_CHECK(find_attribute(vm, call.values[0], vm.names.write, write));
  if (!write || !is_callable(vm, write)) return raise(vm, vm.exc.TypeError, "argument 1 must have a \"write\" method");
  VM_TRY(Own<DialectObject> dialect, make_dialect(vm, call.positional > 1 ? call.values[1] : Value(), call, 1));
  VM_TRY(Own<WriterObject> self, make_instance<WriterObject>(vm, vm.native_type(kWriterType)));
  self->write = write.release();
  self->dialect = Value(dialect.release());
  return self;
}

}  // namespace ouro::vm::csv
