#include "dis/listing.h"

namespace ouro::dis {
namespace {

constexpr std::size_t kPartBytes = 1U << 20U;

}  // namespace

Listing::Listing(const Disassembler& disassembler, const ConstantPool& pool, ConstId root,
                 std::uint64_t max_bytes)
    : disassembler_(disassembler), pool_(pool), constants_(pool, disassembler.repr_style()),
      current_(disassembler, pool, constants_), max_bytes_(max_bytes) {
  stack_.push_back({root, 0});
  current_.start(pool.code(root));
}

bool Listing::append_part(TextBuffer& out) {
  if (is_cut_off_) return false;
  const std::size_t before = out.size();
  while (out.size() - before < kPartBytes) {
    if (!append_next(out)) return false;
  }
  written_ += out.size() - before;
  if (written_ > max_bytes_) {
    out.append("\n... (cut off here: the listing is longer than ");
    out.append_decimal(max_bytes_);
    out.append(" bytes)\n");
    is_cut_off_ = true;
  }
  return true;
}

bool Listing::append_next(TextBuffer& out) {
  if (is_listing_) {
    is_listing_ = current_.append_part(out, kPartBytes);
    return true;
  }
  if (stack_.empty()) return false;
  if (!enter_nested(out)) stack_.pop_back();
  return true;
}

bool Listing::is_open(ConstId code) const {
  for (const Frame& frame : stack_) {
    if (frame.code == code) return true;
  }
  return false;
}

// Follows Lib/dis.py _disassemble_recursive. A code object that holds itself is not entered again.
bool Listing::enter_nested(TextBuffer& out) {
  const ListingOptions& options = disassembler_.options();
  if (!disassembler_.facts().dis_recurses && !options.nested) return false;
  if (stack_.size() > options.max_depth) return false;
  Frame& frame = stack_.back();
  const std::span<const ConstId> consts = bytecode::view_of(pool_, pool_.code(frame.code)).consts;
  while (frame.next_const < consts.size()) {
    const ConstId id = consts[frame.next_const++];
    if (pool_.kind(id) != ConstKind::Code || is_open(id)) continue;
    out.append("\nDisassembly of ");
    constants_.append_repr(out, id);
    out.append(":\n");
    stack_.push_back({id, 0});
    current_.start(pool_.code(id));
    is_listing_ = true;
    return true;
  }
  return false;
}

}  // namespace ouro::dis
