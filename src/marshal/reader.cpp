#include "marshal/reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "support/float_text.h"
#include "support/utf8.h"

namespace ouro::marshal {
namespace {

constexpr std::uint32_t kMaxDepthLimit = 65000;
constexpr std::size_t kMaxInput = 0x7FFFFFFF;
/// In refs_: the object is still being read.
constexpr std::uint32_t kIncomplete = 0x80000000;
constexpr std::uint32_t kNoRef = 0xFFFFFFFF;

/// A container or code object whose contents are being read.
struct Frame {
  ConstId id;
  ConstKind kind;
  bool holds_itself = false;
  std::uint8_t field = 0;       // Code: index into the layout's fields
  std::uint32_t remaining = 0;  // sequences: items still to come
  std::uint32_t first_value = 0;
  std::uint32_t ref = kNoRef;  // its reference number
  std::size_t offset = 0;      // of its type code
};

bool is_null_ended(ConstKind kind) { return kind == ConstKind::Dict || kind == ConstKind::FrozenDict; }

/// Kinds that CPython makes only when their contents are there: nothing inside can refer to them.
bool is_made_last(ConstKind kind) {
  return kind == ConstKind::Code || kind == ConstKind::FrozenSet || kind == ConstKind::Slice ||
         kind == ConstKind::FrozenDict;
}

enum class Step : std::uint8_t { Failed, Value, Opened };

class Reader {
 public:
  Reader(ByteView bytes, const Layout& layout, ReadOptions options)
      : layout_(layout), options_(options) {
    options_.max_depth = std::min(options_.max_depth, kMaxDepthLimit);
    const std::string_view copy = pool_.adopt_input(support::as_text(bytes));
    begin_ = copy.data();
    at_ = begin_;
    end_ = begin_ + copy.size();
    pool_.reserve(bytes.size() / 16 + 8);
    singletons_.fill(kNoConst);
  }

  Result<Marshalled> run() {
    if (!read_root()) return std::move(error_).with_context(where());
    return Marshalled{std::move(pool_), value_, offset(), is_exact_};
  }

 private:
  // ---- the loop -------------------------------------------------------------------------------------------
  bool read_root() {
    for (;;) {
      const Step step = read_object();
      if (step == Step::Failed) return false;
      if (step == Step::Opened) continue;
      bool done = true;
      while (!stack_.empty()) {
        done = false;
        if (!deliver(done)) return false;
        if (!done) break;
      }
      if (!done) continue;
      if (value_ == kNoConst) return fail("marshal.unexpected_null", type_at_, "NULL stands for the value");
      return true;
    }
  }

  /// Gives value_ to the innermost frame; `completed` when that frame is now a value itself (in value_).
  bool deliver(bool& completed) {
    Frame& frame = stack_.back();
    if (frame.kind == ConstKind::Code) return deliver_field(frame, completed);
    if (value_ == kNoConst) {
      const bool at_key = (values_.size() - frame.first_value) % 2 == 0;
      if (!is_null_ended(frame.kind) || !at_key) {
        return fail("marshal.unexpected_null", type_at_, "NULL stands where an item belongs");
      }
      completed = true;
      return close_sequence();
    }
    frame.holds_itself |= value_incomplete_;
    values_.push_back(value_);
    if (is_null_ended(frame.kind) || --frame.remaining != 0) return true;
    completed = true;
    return close_sequence();
  }

  bool close_sequence() {
    const Frame frame = stack_.back();
    stack_.pop_back();
    pool_.set_items(frame.id, std::span(values_).subspan(frame.first_value));
    values_.resize(frame.first_value);
    if (frame.holds_itself) pool_.set_height(frame.id, code::kCyclicHeight);
    return finish(frame);
  }

  /// The frame's object is whole: value_ is it, and references to it are good.
  bool finish(const Frame& frame) {
    const std::uint16_t height = pool_.height(frame.id);
    if (height >= options_.max_depth && height != code::kCyclicHeight) {
      return fail("marshal.too_deep", frame.offset,
                  "nested deeper than " + std::to_string(options_.max_depth) + " levels through references");
    }
    if (frame.ref != kNoRef) refs_[frame.ref] = frame.id.value;
    value_ = frame.id;
    value_incomplete_ = false;
    return true;
  }

  Step open(ConstKind kind, std::uint32_t count) {
    if (stack_.size() + 1 >= options_.max_depth) {
      fail("marshal.too_deep", type_at_, "nested deeper than " + std::to_string(options_.max_depth) + " levels");
      return Step::Failed;
    }
    Frame frame{.id = pool_.add_placeholder(kind, type_), .kind = kind};
    frame.remaining = count;
    frame.first_value = static_cast<std::uint32_t>(values_.size());
    frame.offset = type_at_;
    if ((type_ & code::kMarshalFlagRef) != 0) {
      frame.ref = static_cast<std::uint32_t>(refs_.size());
      refs_.push_back(frame.id.value | kIncomplete);
    }
    stack_.push_back(frame);
    return Step::Opened;
  }

  // ---- code objects ---------------------------------------------------------------------------------------
  Step open_code() {
    if (open(ConstKind::Code, 0) == Step::Failed) return Step::Failed;
    if (!read_numbers(stack_.back())) return Step::Failed;
    return Step::Opened;
  }

  /// Reads number fields up to the next object field, or to the end.
  bool read_numbers(Frame& frame) {
    CodeObject& object = pool_.code(frame.id);
    for (; frame.field < layout_.fields.size(); ++frame.field) {
      const FieldInfo& field = field_info(layout_.fields[frame.field]);
      if (field.type != FieldType::Number) return true;
      if (!need(layout_.number_size)) return false;
      const std::int32_t number = layout_.number_size == 2 ? static_cast<std::int16_t>(u16()) : i32();
      if (field.number != nullptr) {
        object.*field.number = number;
      } else {
        object.flags = static_cast<std::uint32_t>(number);
      }
    }
    return true;
  }

  bool deliver_field(Frame& frame, bool& completed) {
    const FieldInfo& field = field_info(layout_.fields[frame.field]);
    if (value_ == kNoConst) return fail("marshal.unexpected_null", type_at_, std::string("NULL stands for ") + field.name);
    if (value_incomplete_ || !has_type(value_, field.type)) {
      return fail("marshal.bad_code", type_at_, std::string(field.name) + " has the wrong type");
    }
    CodeObject& object = pool_.code(frame.id);
    object.*field.object = value_;
    const std::uint16_t above = pool_.height_over({&value_, 1});
    if (above > pool_.height(frame.id)) pool_.set_height(frame.id, above);
    ++frame.field;
    if (!read_numbers(frame)) return false;
    if (frame.field < layout_.fields.size()) return true;
    if (layout_.has_localsplus &&
        pool_.items(object.localsplusnames).size() != pool_.text(object.localspluskinds).size()) {
      return fail("marshal.bad_code", frame.offset, "co_localsplusnames and co_localspluskinds differ in length");
    }
    completed = true;
    const Frame closed = frame;
    stack_.pop_back();
    return finish(closed);
  }

  [[nodiscard]] bool is_text(ConstId id) const {
    return pool_.kind(id) == (layout_.bytes_are_text ? ConstKind::Bytes : ConstKind::Str);
  }

  bool has_type(ConstId id, FieldType type) {
    const ConstKind kind = pool_.kind(id);
    const bool is_list = kind == ConstKind::Tuple || (kind == ConstKind::List && layout_.is_first_format);
    switch (type) {
      case FieldType::Bytes: return kind == ConstKind::Bytes;
      case FieldType::Consts: return is_list;
      case FieldType::Text: return is_text(id);
      case FieldType::Names: return is_list && all_text(id);
      default: return false;
    }
  }

  /// Remembers its answer, so that many code objects sharing one long tuple cost one look.
  bool all_text(ConstId id) {
    if (id.value < checked_names_.size() && checked_names_[id.value]) return true;
    for (const ConstId item : pool_.items(id)) {
      if (!is_text(item)) return false;
    }
    if (id.value >= checked_names_.size()) checked_names_.resize(pool_.size());
    checked_names_[id.value] = true;
    return true;
  }

  // ---- one object -----------------------------------------------------------------------------------------
  Step read_object() {
    type_at_ = static_cast<std::size_t>(at_ - begin_);
    if (!need(1)) return Step::Failed;
    type_ = static_cast<std::uint8_t>(*at_++);
    value_incomplete_ = false;
    if ((type_ & code::kMarshalFlagRef) != 0 && !layout_.has_references) return bad_type();
    switch (type_ & ~code::kMarshalFlagRef) {
      case '0':
        is_exact_ &= type_ == '0';
        value_ = kNoConst;
        return Step::Value;
      case 'N': return singleton(ConstKind::None);
      case 'F': return singleton(ConstKind::False);
      case 'T': return singleton(ConstKind::True);
      case 'S': return singleton(ConstKind::StopIteration);
      case '.': return singleton(ConstKind::Ellipsis);
      case 'i': return need(4) ? value(pool_.add_int(i32(), type_)) : Step::Failed;
      case 'I': return need(8) ? value(pool_.add_int(static_cast<std::int64_t>(u64()), type_)) : Step::Failed;
      case 'l': return read_long();
      case 'f': return read_text_float();
      case 'g': return need(8) ? value(pool_.add_float(binary_float(), type_)) : Step::Failed;
      case 'x': return read_text_complex();
      case 'y': return read_binary_complex();
      case 's': return read_bytes();
      case 't': return read_interned();
      case 'R': return read_string_reference();
      case 'r': return read_reference();
      case 'u': return read_utf8();
      case 'a':
      case 'A': return read_latin1(Size::Long);
      case 'z':
      case 'Z': return read_latin1(Size::Short);
      case '(': return read_sequence(ConstKind::Tuple, Size::Long);
      case ')': return read_sequence(ConstKind::Tuple, Size::Short);
      case '[': return read_sequence(ConstKind::List, Size::Long);
      case '<': return read_sequence(ConstKind::Set, Size::Long);
      case '>': return read_sequence(ConstKind::FrozenSet, Size::Long);
      case '{': return open(ConstKind::Dict, 0);
      case '}': return open(ConstKind::FrozenDict, 0);
      case ':': return open(ConstKind::Slice, 3);
      case 'c':
      case 'C': return open_code();  // 'C': 1.0 to 1.2
      default: return bad_type();
    }
  }

  enum class Size : std::uint8_t { Short, Long };

  Step singleton(ConstKind kind) {
    ConstId& id = singletons_[type_];
    if (id == kNoConst) id = pool_.add_singleton(kind, type_);
    value_ = id;
    return Step::Value;
  }

  /// A whole object: counts as a reference when its type code says so.
  Step value(ConstId id) {
    if ((type_ & code::kMarshalFlagRef) != 0) refs_.push_back(id.value);
    value_ = id;
    return Step::Value;
  }

  Step read_long() {
    if (!need(4)) return Step::Failed;
    const std::int64_t signed_count = i32();
    const auto count = static_cast<std::size_t>(signed_count < 0 ? -signed_count : signed_count);
    if (count > kMaxInput) return fail_step("marshal.bad_length", type_at_, "the number of digits is out of range");
    if (!need(count * 2)) return Step::Failed;
    digits_.resize(count);
    for (std::uint16_t& digit : digits_) {
      digit = u16();
      if (digit > 0x7FFF) return fail_step("marshal.bad_digit", offset() - 2, "a digit is above 32767");
    }
    if (count != 0 && digits_.back() == 0) return fail_step("marshal.bad_digit", offset() - 2, "the top digit is 0");
    return value(pool_.add_long(BigInt::from_digits15(digits_, signed_count < 0), type_));
  }

  double binary_float() { return std::bit_cast<double>(u64()); }

  Step read_binary_complex() {
    if (!need(16)) return Step::Failed;
    const double real = binary_float();
    const double imag = binary_float();
    return value(pool_.add_complex(real, imag, type_));
  }

  struct NumberText {
    std::string_view text;
    double value = 0;
  };
  bool number_text(NumberText& number) {
    const std::size_t start = offset();
    if (!need(1)) return false;
    const auto size = static_cast<std::uint8_t>(*at_++);
    if (!need(size)) return false;
    number.text = take(size);
    const std::optional<double> parsed = support::parse_float(number.text);
    if (!parsed) return fail("marshal.bad_number", start, "not the text of a float");
    number.value = *parsed;
    return true;
  }

  Step read_text_float() {
    NumberText number;
    if (!number_text(number)) return Step::Failed;
    return value(pool_.add_float(number.value, type_, number.text));
  }

  Step read_text_complex() {
    NumberText real;
    NumberText imag;
    if (!number_text(real) || !number_text(imag)) return Step::Failed;
    return value(pool_.add_complex(real.value, imag.value, type_, real.text, imag.text));
  }

  Step read_bytes() {
    std::uint32_t size = 0;
    if (!length(size, Size::Long) || !need(size)) return Step::Failed;
    return value(pool_.add_bytes_view(take(size), type_));
  }

  Step read_interned() {
    if (!layout_.bytes_are_text) return read_utf8();
    if (read_bytes() == Step::Failed) return Step::Failed;
    string_refs_.push_back(value_);
    return Step::Value;
  }

  Step read_utf8() {
    std::uint32_t size = 0;
    if (!length(size, Size::Long) || !need(size)) return Step::Failed;
    const std::size_t start = offset();
    const std::string_view text = take(size);
    const std::size_t bad = support::is_ascii(text) ? std::string_view::npos : support::find_invalid_utf8(text);
    if (bad != std::string_view::npos) return fail_step("marshal.bad_string", start + bad, "not UTF-8");
    return value(pool_.add_str_view(text, type_));
  }

  /// The ASCII types. CPython takes bytes from 0x80 on as Latin-1, and so must we.
  Step read_latin1(Size size_type) {
    std::uint32_t size = 0;
    if (!length(size, size_type) || !need(size)) return Step::Failed;
    const std::string_view text = take(size);
    if (support::is_ascii(text)) [[likely]] return value(pool_.add_str_view(text, type_));
    std::string utf8;
    for (const char c : text) support::append_utf8(utf8, static_cast<std::uint8_t>(c));
    return value(pool_.add_str(utf8, type_));
  }

  Step read_string_reference() {
    if (!layout_.bytes_are_text) return bad_type();
    if (!need(4)) return Step::Failed;
    const std::int32_t index = i32();
    if (index < 0 || static_cast<std::size_t>(index) >= string_refs_.size()) {
      return fail_step("marshal.bad_ref", type_at_, "no interned string has this number");
    }
    value_ = string_refs_[static_cast<std::size_t>(index)];
    return Step::Value;
  }

  Step read_reference() {
    if (!layout_.has_references) return bad_type();
    is_exact_ &= type_ == 'r';
    if (!need(4)) return Step::Failed;
    const std::int32_t index = i32();
    if (index < 0 || static_cast<std::size_t>(index) >= refs_.size()) {
      return fail_step("marshal.bad_ref", type_at_, "no object has this number");
    }
    const std::uint32_t ref = refs_[static_cast<std::size_t>(index)];
    value_ = ConstId(ref & ~kIncomplete);
    value_incomplete_ = (ref & kIncomplete) != 0;
    if (value_incomplete_ && is_made_last(pool_.kind(value_))) {
      return fail_step("marshal.bad_ref", type_at_, "refers to an object that is not whole yet");
    }
    return Step::Value;
  }

  Step read_sequence(ConstKind kind, Size size_type) {
    std::uint32_t count = 0;
    if (!length(count, size_type)) return Step::Failed;
    if (!need(count)) return Step::Failed;  // an item takes a byte at least
    if (count != 0) return open(kind, count);
    return value(pool_.add_placeholder(kind, type_));
  }

  // ---- bytes ----------------------------------------------------------------------------------------------
  [[nodiscard]] std::size_t offset() const { return static_cast<std::size_t>(at_ - begin_); }

  bool need(std::size_t count) {
    const auto left = static_cast<std::size_t>(end_ - at_);
    return left >= count || truncated(count, left);
  }
  [[gnu::noinline, gnu::cold]] bool truncated(std::size_t count, std::size_t left) {
    return fail("marshal.truncated", offset(),
                "needs " + std::to_string(count) + " bytes, " + std::to_string(left) + " left");
  }
  // The following four take what need() has checked.
  std::string_view take(std::size_t size) {
    const std::string_view text(at_, size);
    at_ += size;
    return text;
  }
  template <class T>
  T little_endian() {
    T number = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      number = static_cast<T>(number | static_cast<T>(T{static_cast<std::uint8_t>(at_[i])} << (8 * i)));
    }
    at_ += sizeof(T);
    return number;
  }
  std::uint16_t u16() { return little_endian<std::uint16_t>(); }
  std::int32_t i32() { return static_cast<std::int32_t>(little_endian<std::uint32_t>()); }
  std::uint64_t u64() { return little_endian<std::uint64_t>(); }

  bool length(std::uint32_t& result, Size size) {
    if (size == Size::Short) {
      if (!need(1)) return false;
      result = static_cast<std::uint8_t>(*at_++);
      return true;
    }
    if (!need(4)) return false;
    const std::int32_t number = i32();
    if (number < 0) return fail("marshal.bad_length", offset() - 4, "the length is " + std::to_string(number));
    result = static_cast<std::uint32_t>(number);
    return true;
  }

  // ---- errors ---------------------------------------------------------------------------------------------
  bool fail(std::string_view code, std::size_t offset, std::string detail) {
    error_ = error_at(code, options_.base_offset + offset, std::move(detail));
    return false;
  }
  Step fail_step(std::string_view code, std::size_t offset, std::string detail) {
    fail(code, offset, std::move(detail));
    return Step::Failed;
  }
  Step bad_type() {
    static constexpr char kHex[] = "0123456789abcdef";
    return fail_step("marshal.bad_type", type_at_,
                     std::string("no object has the type code 0x") + kHex[type_ >> 4U] + kHex[type_ & 15U]);
  }
  /// "in co_consts of the code object at byte 17", for the innermost one.
  [[nodiscard]] std::string where() const {
    for (auto frame = stack_.rbegin(); frame != stack_.rend(); ++frame) {
      if (frame->kind != ConstKind::Code || frame->field >= layout_.fields.size()) continue;
      return std::string("in ") + field_info(layout_.fields[frame->field]).name + " of the code object at byte " +
             std::to_string(options_.base_offset + frame->offset);
    }
    return "in the value";
  }

  Layout layout_;
  ReadOptions options_;
  ConstantPool pool_;
  const char* begin_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;

  bool is_exact_ = true;
  std::uint8_t type_ = 0;       // of the object being read
  std::size_t type_at_ = 0;     // where its type code stands
  ConstId value_ = kNoConst;    // the object just read; kNoConst: NULL
  bool value_incomplete_ = false;

  std::vector<Frame> stack_;
  std::vector<ConstId> values_;  // items of the open sequences
  std::vector<std::uint32_t> refs_;
  std::vector<ConstId> string_refs_;
  std::vector<bool> checked_names_;
  std::vector<std::uint16_t> digits_;
  std::array<ConstId, 256> singletons_;
  Error error_;
};

}  // namespace

Result<Marshalled> read(ByteView bytes, const Layout& layout, ReadOptions options) {
  if (bytes.size() > kMaxInput) {
    return error_at("marshal.bad_length", options.base_offset, "more than 2 GiB of input");
  }
  return Reader(bytes, layout, options).run();
}

}  // namespace ouro::marshal
