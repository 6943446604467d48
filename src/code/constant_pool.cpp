#include "code/constant_pool.h"

namespace ouro::code {

double ConstantPool::real(ConstId id) const {
  const Node& n = node(id);
  return n.kind == ConstKind::Float && n.size == 0 ? n.payload.real : numbers_[n.payload.index].real;
}

double ConstantPool::imag(ConstId id) const { return numbers_[node(id).payload.index].imag; }

std::string_view ConstantPool::real_text(ConstId id) const {
  const Node& n = node(id);
  return n.kind == ConstKind::Float && n.size == 0 ? std::string_view{} : numbers_[n.payload.index].real_text;
}

std::string_view ConstantPool::imag_text(ConstId id) const { return numbers_[node(id).payload.index].imag_text; }

ConstId ConstantPool::add_singleton(ConstKind kind, std::uint8_t wire_type) {
  return push({kind, wire_type, 0, 0, {.integer = 0}});
}

ConstId ConstantPool::add_int(std::int64_t value, std::uint8_t wire_type) {
  return push({ConstKind::Int, wire_type, 0, 0, {.integer = value}});
}

ConstId ConstantPool::add_long(BigInt value, std::uint8_t wire_type) {
  big_ints_.push_back(std::move(value));
  return push({ConstKind::Long, wire_type, 0, 0, {.index = static_cast<std::uint32_t>(big_ints_.size() - 1)}});
}

ConstId ConstantPool::add_float(double value, std::uint8_t wire_type, std::string_view text) {
  if (text.empty()) return push({ConstKind::Float, wire_type, 0, 0, {.real = value}});
  numbers_.push_back({value, 0.0, arena_.copy(text), {}});
  return push({ConstKind::Float, wire_type, 0, 1, {.index = static_cast<std::uint32_t>(numbers_.size() - 1)}});
}

ConstId ConstantPool::add_complex(double real, double imag, std::uint8_t wire_type,
                                  std::string_view real_text, std::string_view imag_text) {
  numbers_.push_back({real, imag, arena_.copy(real_text), arena_.copy(imag_text)});
  return push({ConstKind::Complex, wire_type, 0, 0, {.index = static_cast<std::uint32_t>(numbers_.size() - 1)}});
}

ConstId ConstantPool::add_bytes(std::string_view bytes, std::uint8_t wire_type) {
  return push_text(ConstKind::Bytes, arena_.copy(bytes), wire_type);
}

ConstId ConstantPool::add_str(std::string_view utf8, std::uint8_t wire_type) {
  return push_text(ConstKind::Str, arena_.copy(utf8), wire_type);
}

ConstId ConstantPool::add_sequence(ConstKind kind, std::span<const ConstId> items, std::uint8_t wire_type) {
  const ConstId id = add_placeholder(kind, wire_type);
  set_items(id, items);
  return id;
}

ConstId ConstantPool::add_placeholder(ConstKind kind, std::uint8_t wire_type) {
  if (kind == ConstKind::Code) return add_code({}, wire_type);
  return push({kind, wire_type, 1, 0, {.items = nullptr}});
}

void ConstantPool::set_items(ConstId id, std::span<const ConstId> items) {
  const std::span<ConstId> copy = arena_.copy(items);
  nodes_[id.value].payload.items = copy.data();
  nodes_[id.value].size = static_cast<std::uint32_t>(copy.size());
  nodes_[id.value].height = height_over(items);
}

std::uint16_t ConstantPool::height_over(std::span<const ConstId> items) const {
  std::uint16_t highest = 0;
  for (const ConstId item : items) highest = std::max(highest, nodes_[item.value].height);
  return highest >= kCyclicHeight - 1 ? highest : static_cast<std::uint16_t>(highest + 1);
}

ConstId ConstantPool::add_code(CodeObject code, std::uint8_t wire_type) {
  std::uint16_t height = 1;
  for (const ConstId part : object_fields(code)) {
    if (part != kNoConst) height = std::max(height, height_over({&part, 1}));
  }
  codes_.push_back(code);
  return push({ConstKind::Code, wire_type, height, 0, {.index = static_cast<std::uint32_t>(codes_.size() - 1)}});
}

}  // namespace ouro::code
