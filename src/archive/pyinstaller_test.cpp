#include "archive/pyinstaller.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace ouro::archive {
namespace {

using Bytes = std::vector<std::uint8_t>;
using support::as_text;

void append(Bytes& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }
void append_big_endian(Bytes& out, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}
void append_marshal_int(Bytes& out, std::uint32_t value) {
  out.push_back('i');
  for (const unsigned shift : {0U, 8U, 16U, 24U}) out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::string packed(std::string_view text) {
  std::string out(::compressBound(text.size()), '\0');
  uLongf size = out.size();
  ::compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()), text.size());
  out.resize(size);
  return out;
}

struct Item {
  std::string name;
  std::uint32_t type;
  std::string data;
};

/// A PYZ of Python 3.13 as PyInstaller writes it: header, data, marshalled list of (name, (type, position, size)).
Bytes make_pyz(const std::vector<Item>& items) {
  Bytes out;
  append(out, std::string_view("PYZ\0\xf3\x0d\x0d\x0a", 8));
  append_big_endian(out, 0);
  append(out, "pad..");
  Bytes toc{'['};
  for (const unsigned shift : {0U, 8U, 16U, 24U}) toc.push_back(static_cast<std::uint8_t>(items.size() >> shift));
  for (const Item& item : items) {
    append(toc, std::string_view(")\x02z", 3));
    toc.push_back(static_cast<std::uint8_t>(item.name.size()));
    append(toc, item.name);
    append(toc, std::string_view(")\x03", 2));
    append_marshal_int(toc, item.type);
    append_marshal_int(toc, static_cast<std::uint32_t>(out.size()));
    append_marshal_int(toc, static_cast<std::uint32_t>(item.data.size()));
    append(out, item.data);
  }
  const Bytes::size_type at = out.size();
  out.insert(out.end(), toc.begin(), toc.end());
  Bytes place;
  append_big_endian(place, static_cast<std::uint32_t>(at));
  std::copy(place.begin(), place.end(), out.begin() + 8);
  return out;
}

/// An executable with an archive of (name, type letter, data) behind it.
Bytes make_executable(const std::vector<std::tuple<std::string, char, bool, std::string>>& items, bool old_cookie) {
  Bytes out;
  append(out, "\x7f" "ELF and so on, with MEI in it");
  const std::size_t start = out.size();
  Bytes toc;
  for (const auto& [name, type, is_packed, data] : items) {
    const std::string padded = name + std::string(16 - name.size() % 16, '\0');
    append_big_endian(toc, static_cast<std::uint32_t>(18 + padded.size()));
    append_big_endian(toc, static_cast<std::uint32_t>(out.size() - start));
    append_big_endian(toc, static_cast<std::uint32_t>(data.size()));
    append_big_endian(toc, 0);
    toc.push_back(is_packed ? 1 : 0);
    toc.push_back(static_cast<std::uint8_t>(type));
    append(toc, padded);
    append(out, data);
  }
  const std::size_t toc_at = out.size() - start;
  out.insert(out.end(), toc.begin(), toc.end());
  const std::size_t length = out.size() - start + (old_cookie ? 24 : 88);
  append(out, "MEI\014\013\012\013\016");
  append_big_endian(out, static_cast<std::uint32_t>(length));
  append_big_endian(out, static_cast<std::uint32_t>(toc_at));
  append_big_endian(out, static_cast<std::uint32_t>(toc.size()));
  append_big_endian(out, 313);
  if (!old_cookie) append(out, "libpython3.13.so" + std::string(48, '\0'));
  append(out, "a signature, perhaps, of some length that is longer than any cookie: 0123456789012345678901234567890");
  return out;
}

struct Read {
  std::vector<std::string> names;
  std::vector<std::string> codes;
  std::vector<std::string> errors;
  std::string status = "ok";
};

Read read(const Bytes& bytes) {
  Read result;
  const Status status = read_pyinstaller(bytes, [&](Result<PackedModule> module) {
    if (!module) {
      result.errors.emplace_back(module.error().code);
      return true;
    }
    result.names.push_back(module->name);
    EXPECT_EQ(as_text(ByteView(module->pyc).first(16)), std::string_view("\xf3\x0d\x0d\x0a\0\0\0\0\0\0\0\0\0\0\0\0", 16));
    result.codes.emplace_back(as_text(ByteView(module->pyc).subspan(16)));
    return true;
  });
  if (!status) result.status = status.error().code;
  return result;
}

const std::vector<Item> kItems{{"pkg", 1, packed("package code")}, {"pkg.mod", 0, packed("module code")}, {"data", 2, "?"}};

TEST(PyInstaller, ReadsPyz) {
  const Bytes pyz = make_pyz(kItems);
  EXPECT_TRUE(is_pyinstaller(pyz));
  const Read got = read(pyz);
  EXPECT_EQ(got.status, "ok");
  EXPECT_EQ(got.names, (std::vector<std::string>{"pkg/__init__.pyc", "pkg/mod.pyc"}));
  EXPECT_EQ(got.codes, (std::vector<std::string>{"package code", "module code"}));
}

TEST(PyInstaller, ReadsExecutablesOfBothAges) {
  const std::string pyz(as_text(make_pyz(kItems)));
  for (const bool old_cookie : {false, true}) {
    const Bytes file = make_executable({{"main", 's', true, packed("script code")},
                                        {"libfoo.so", 'b', false, "binary"},
                                        {"with_header", 'm', false, std::string("\xf3\x0d\x0d\x0a\0\0\0\0\0\0\0\0\0\0\0\0code", 20)},
                                        {"PYZ-00.pyz", 'z', false, pyz}}, old_cookie);
    EXPECT_TRUE(is_pyinstaller(file));
    const Read got = read(file);
    EXPECT_EQ(got.status, "ok") << old_cookie;
    EXPECT_EQ(got.names, (std::vector<std::string>{"main.pyc", "with_header.pyc", "pkg/__init__.pyc", "pkg/mod.pyc"}));
    EXPECT_EQ(got.codes, (std::vector<std::string>{"script code", "code", "package code", "module code"}));
  }
}

TEST(PyInstaller, NamesStayBelow) {
  const Read got = read(make_pyz({{"../../etc/x", 0, packed("a")}, {"/abs", 0, packed("b")}, {"..", 1, packed("c")}}));
  for (const std::string& name : got.names) {
    EXPECT_FALSE(name.starts_with("/")) << name;
    EXPECT_EQ(name.find(".."), std::string::npos) << name;
  }
  EXPECT_EQ(got.names.size(), 3U);
}

TEST(PyInstaller, GoesOnAfterABadModule) {
  std::string cut = packed(std::string(10'000, 'y') + "z");
  cut.resize(cut.size() / 2);
  const Read got = read(make_pyz({{"encrypted", 0, "\x01\x02\x03\x04"}, {"cut", 0, cut}, {"good", 0, packed("code")}}));
  EXPECT_EQ(got.errors, (std::vector<std::string>{"archive.encrypted", "archive.damaged"}));
  EXPECT_EQ(got.names, std::vector<std::string>{"good.pyc"});
}

TEST(PyInstaller, WithoutItsBeginning) {
  const Bytes whole = make_executable({{"main", 's', true, packed("script code")}, {"PYZ-00.pyz", 'z', false, std::string(as_text(make_pyz(kItems)))}}, false);
  const std::size_t stub = std::string_view("\x7f" "ELF and so on, with MEI in it").size();
  for (std::size_t skip = 0; skip < whole.size(); skip += 3) {
    const Read got = read(Bytes(whole.begin() + static_cast<std::ptrdiff_t>(skip), whole.end()));
    EXPECT_EQ(got.names.size(), skip <= stub ? 3U : 0U) << skip;
    EXPECT_EQ(got.status, skip <= stub ? "ok" : "archive.not_pyinstaller") << skip;
  }
}

}  // namespace
}  // namespace ouro::archive
