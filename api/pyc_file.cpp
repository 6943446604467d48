#include "ouro/pyc.h"

#include "dis/disassembler.h"
#include "dis/listing.h"
#include "marshal/pyc.h"
#include "support/text_buffer.h"

namespace ouro {

struct PycContents {
  marshal::Pyc pyc;

  [[nodiscard]] const ConstantPool& pool() const { return pyc.value.pool; }
  [[nodiscard]] const CodeObject& code(std::uint32_t id) const { return pool().code(ConstId(id)); }
  [[nodiscard]] std::string_view text(ConstId id) const { return id == kNoConst ? std::string_view{} : pool().text(id); }
};

namespace {

Failure failure_of(const Error& error) { return {std::string(error.code), error.to_string(), error.offset}; }

}  // namespace

std::string_view Code::name() const { return contents_->text(contents_->code(id_).name); }

std::string_view Code::qualified_name() const {
  const CodeObject& code = contents_->code(id_);
  return contents_->text(code.qualname == kNoConst ? code.name : code.qualname);
}

std::string_view Code::filename() const { return contents_->text(contents_->code(id_).filename); }
std::int32_t Code::first_line() const { return contents_->code(id_).firstlineno; }
std::uint32_t Code::flags() const { return contents_->code(id_).flags; }
std::int32_t Code::argument_count() const { return contents_->code(id_).argcount; }
std::int32_t Code::stack_size() const { return contents_->code(id_).stacksize; }
std::string_view Code::bytecode() const { return contents_->text(contents_->code(id_).code); }

std::vector<Code> Code::nested() const {
  std::vector<Code> result;
  const ConstantPool& pool = contents_->pool();
  for (const ConstId item : pool.items(pool.code(ConstId(id_)).consts)) {
    if (pool.kind(item) == ConstKind::Code) result.push_back(Code(contents_, item.value));
  }
  return result;
}

Outcome<PycFile> PycFile::read(std::span<const std::uint8_t> bytes) {
  auto pyc = marshal::read_pyc(bytes);
  if (!pyc) return failure_of(pyc.error());
  return PycFile(std::make_shared<const PycContents>(PycContents{std::move(*pyc)}));
}

std::string PycFile::version() const { return contents_->pyc.header.version.to_string(); }

std::uint16_t PycFile::magic_number() const {
  return static_cast<std::uint16_t>(contents_->pyc.header.magic & 0xFFFFU);
}

PycMode PycFile::mode() const { return static_cast<PycMode>(contents_->pyc.header.invalidation()); }
std::uint32_t PycFile::source_time() const { return contents_->pyc.header.mtime; }
std::uint32_t PycFile::source_size() const { return contents_->pyc.header.source_size; }
Code PycFile::module() const { return Code(contents_, contents_->pyc.value.root.value); }

Outcome<std::vector<std::uint8_t>> PycFile::write() const {
  auto bytes = marshal::write_pyc(contents_->pyc.header, contents_->pool(), contents_->pyc.value.root);
  if (!bytes) return failure_of(bytes.error());
  return std::move(*bytes);
}

Outcome<std::string> PycFile::disassemble() const {
  const Facts* facts = version::find_facts(contents_->pyc.header.version);
  if (facts == nullptr) {
    return Failure{"dis.unknown_version", "no instruction tables for Python " + version(), std::nullopt};
  }
  const dis::Disassembler disassembler(*facts, dis::ListingOptions{});
  dis::Listing listing(disassembler, contents_->pool(), contents_->pyc.value.root);
  TextBuffer part;
  std::string text;
  bool more = true;
  while (more) {
    more = listing.append_part(part);
    text += part.view();
    part.clear();
  }
  return text;
}

}  // namespace ouro
