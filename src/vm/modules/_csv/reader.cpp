// _csv: the reader, a machine of states over the characters of each line.
#include "vm/modules/_csv/csv.h"
#include "vm/objects/type_object.h"
#include "vm/objects/life.h"
#include "vm/objects/list.h"

namespace ouro::vm::csv {
namespace {

enum class At : std::uint8_t { RecordStart, FieldStart, Escaped, Field, Quoted, EscapedInQuotes, QuoteInQuotes, LineEnd, AfterEscapedLineEnd };
constexpr std::uint32_t kEnd = 0xFFFFFFFE;  // the end of a line that has no newline

struct ReaderObject : GcObject {
  Value input, dialect;
  std::uint64_t lines;
};
ReaderObject* reader_in(Value self) { return self.as<ReaderObject>(); }

/// One record being read.
class Record {
 public:
  Record(Vm& vm, const DialectObject* dialect) : vm_(vm), dialect_(dialect), limit_(state_of(vm).field_limit) {}

  bool start() {
    fields_ = new_list(vm_);
    return static_cast<bool>(fields_);
  }
  [[nodiscard]] bool is_at_start() const { return at_ == At::RecordStart; }
  [[nodiscard]] bool is_in_field() const { return !field_.empty() || at_ == At::Quoted; }
  Own<ListObject> take() { return std::move(fields_); }
  bool is_strict() const { return dialect_->strict; }

  bool feed(std::uint32_t c) {
    switch (at_) {
      case At::RecordStart:
        if (c == kEnd) return true;
        if (is_newline(c)) return to(At::LineEnd);
        at_ = At::FieldStart;
        [[fallthrough]];
      case At::FieldStart: return field_start(c);
      case At::Escaped:
        if (is_newline(c)) return add(c) && to(At::AfterEscapedLineEnd);
        return add(c == kEnd ? '\n' : c) && to(At::Field);
      case At::AfterEscapedLineEnd:
        if (c == kEnd) return true;
        [[fallthrough]];
      case At::Field: return plain(c);
      case At::Quoted: return quoted(c);
      case At::EscapedInQuotes: return add(c == kEnd ? '\n' : c) && to(At::Quoted);
      case At::QuoteInQuotes: return after_quote(c);
      case At::LineEnd:
        if (is_newline(c)) return true;
        if (c == kEnd) return to(At::RecordStart);
        return raise_csv_error(vm_, "new-line character seen in unquoted field - do you need to open the file with newline=''?");
    }
    return true;
  }

  bool save() {
    Ref value;
    if (unquoted_ && field_.empty() && (dialect_->quoting == kQuoteNotNull || dialect_->quoting == kQuoteStrings)) {
      value = Ref::none();
    } else {
      VM_TRY(value, new_str_ucs4(vm_, field_.data(), field_.size()));
      if (unquoted_ && !field_.empty() && (dialect_->quoting == kQuoteStrings || dialect_->quoting == kQuoteNonnumeric)) {
        VM_TRY(value, to_float(vm_, value));
      }
    }
    field_.clear();
    return list_append(vm_, fields_, std::move(value));
  }

 private:
  static bool is_newline(std::uint32_t c) { return c == '\n' || c == '\r'; }
  bool to(At next) {
    at_ = next;
    return true;
  }
  bool add(std::uint32_t c) {
    if (static_cast<std::int64_t>(field_.size()) >= limit_) return raise_csv_error(vm_, format_message("field larger than field limit ({})", {limit_}));
    field_.push_back(c);
    return true;
  }
  bool end_record(std::uint32_t c) { return save() && to(c == kEnd ? At::RecordStart : At::LineEnd); }

  bool field_start(std::uint32_t c) {
    unquoted_ = true;
    if (is_newline(c) || c == kEnd) return end_record(c);
    if (c == dialect_->quote && dialect_->quoting != kQuoteNone) {
      unquoted_ = false;
      return to(At::Quoted);
    }
    if (c == dialect_->escape) return to(At::Escaped);
    if (c == ' ' && dialect_->skip_initial_space) return true;
    if (c == dialect_->delimiter) return save();
    return add(c) && to(At::Field);
  }
  bool plain(std::uint32_t c) {
    if (is_newline(c) || c == kEnd) return end_record(c);
    if (c == dialect_->escape) return to(At::Escaped);
    if (c == dialect_->delimiter) return save() && to(At::FieldStart);
    return add(c) && to(At::Field);
  }
  bool quoted(std::uint32_t c) {
    if (c == kEnd) return true;
    if (c == dialect_->escape) return to(At::EscapedInQuotes);
    if (c == dialect_->quote && dialect_->quoting != kQuoteNone) return to(dialect_->double_quote ? At::QuoteInQuotes : At::Field);
    return add(c);
  }
  bool after_quote(std::uint32_t c) {
    if (dialect_->quoting != kQuoteNone && c == dialect_->quote) return add(c) && to(At::Quoted);
    if (c == dialect_->delimiter) return save() && to(At::FieldStart);
    if (is_newline(c) || c == kEnd) return end_record(c);
    if (!dialect_->strict) return add(c) && to(At::Field);
    VM_TRY(Own<StrObject> delimiter, new_str_of(vm_, dialect_->delimiter));
    VM_TRY(Own<StrObject> quote, new_str_of(vm_, dialect_->quote));
    return raise_csv_error(vm_, format_message("'{}' expected after '{}'", {delimiter.get(), quote.get()}));
  }

  Vm& vm_;
  const DialectObject* dialect_;
  std::int64_t limit_;
  At at_ = At::RecordStart;
  bool unquoted_ = false;
  std::vector<std::uint32_t> field_;
  Own<ListObject> fields_;
};

Ref reader_next(Vm& vm, Value self_value) {
  ReaderObject* self = reader_in(self_value);
  const Ref dialect = Ref::share(self->dialect);
  const Ref input = Ref::share(self->input);
  Record record(vm, dialect.as<DialectObject>());
  VM_CHECK(record.start());
  do {
    Ref line = iter_next(vm, input);
    if (!line) {
      if (has_error(vm)) return {};
      if (!record.is_in_field()) return {};
      if (record.is_strict()) return raise_csv_error(vm, "unexpected end of data");
      VM_CHECK(record.save());
      break;
    }
    if (!is_str(line)) {
      return raise_csv_error(vm, format_message("iterator should return strings, not {} (the file should be opened in text mode)", {type_name(vm, line)}));
    }
    ++self->lines;
    const auto* text = line.as<StrObject>();
    VM_CHECK(charge_work(vm, text->length));
    for (std::size_t i = 0; i < text->length; ++i) VM_CHECK(record.feed(text->at(i)));
    VM_CHECK(record.feed(kEnd));
  } while (!record.is_at_start());
  return record.take();
}

Ref get_dialect(Vm&, Value self) { return Ref::share(reader_in(self)->dialect); }
constexpr GetSetSpec kGetSet[] = {{"dialect", get_dialect}};
constexpr MemberSpec kMembers[] = {{"line_num", MemberSpec::Kind::Int64, offsetof(ReaderObject, lines)}};
using Life = LifeOf<ReaderObject, &ReaderObject::input, &ReaderObject::dialect>;

}  // namespace

const TypeSpec kReaderType = {.name = "_csv.reader", .basic_size = sizeof(ReaderObject), .flags = kTypeContainer | kTypeNoInstantiation | kTypeImmutable,
                              .doc = "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.",
                              .slots = {.dealloc = Life::dealloc, .traverse = Life::traverse, .clear = Life::clear, .iter = iter_self, .next = reader_next},
                              .getset = kGetSet, .members = kMembers};

Ref new_reader(Vm& vm, Value, const CallArgs& call) {
  if (call.positional < 1) return raise(vm, vm.exc.TypeError, "reader expected at least 1 argument, got 0");
  if (call.positional > 2) return raise(vm, vm.exc.TypeError, "reader expected at most 2 arguments, got {}", call.positional);
  VM_TRY(Ref input, get_iter(vm, call.values[0]));
  VM_TRY(Own<DialectObject> dialect, make_dialect(vm, call.positional > 1 ? call.values[1] : Value(), call, 1));
  VM_TRY(Own<ReaderObject> self, make_instance<ReaderObject>(vm, vm.native_type(kReaderType)));
  self->input = input.release();
  self->dialect = Value(dialect.release());
  return self;
}

}  // namespace ouro::vm::csv
