// marshal_roundtrip [--time] FILE|DIR...
// marshal_roundtrip --values X.Y FILE
// The first form reads every .pyc and writes it again; the bytes must be the same.
// Prints one line for each difference or refusal and a summary; exit status 1 when there was any.
// With --time it reports how long reading and writing took, files in memory. The second form does the same with the
// records of tests/differential/marshal_values.py, and once more with the type codes that the writer chooses.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "marshal/pyc.h"
#include "support/file.h"

namespace {

namespace fs = std::filesystem;
using ouro::marshal::Layout;
using Clock = std::chrono::steady_clock;

struct Totals {
  std::size_t files = 0;
  std::size_t bytes = 0;
  std::size_t failed = 0;
  std::chrono::nanoseconds reading{};
  std::chrono::nanoseconds writing{};
};

void fail(Totals& totals, const std::string& path, const std::string& why) {
  std::printf("%s: %s\n", path.c_str(), why.c_str());
  ++totals.failed;
}

void check(const std::string& path, Totals& totals) {
  ++totals.files;
  auto bytes = ouro::support::read_file(path);
  if (!bytes) return fail(totals, path, bytes.error().to_string());
  totals.bytes += bytes->size();
  const auto start = Clock::now();
  auto pyc = ouro::marshal::read_pyc(*bytes);
  const auto middle = Clock::now();
  totals.reading += middle - start;
  if (!pyc) return fail(totals, path, pyc.error().to_string());
  auto written = ouro::marshal::write_pyc(pyc->header, pyc->value.pool, pyc->value.root);
  totals.writing += Clock::now() - middle;
  if (!written) return fail(totals, path, written.error().to_string());
  written->insert(written->end(), bytes->end() - static_cast<std::ptrdiff_t>(pyc->trailing_size), bytes->end());
  if (*written == *bytes) return;
  std::size_t at = 0;
  while (at < written->size() && at < bytes->size() && (*written)[at] == (*bytes)[at]) ++at;
  fail(totals, path, "differs at byte " + std::to_string(at));
}

/// The same objects as if they had come from no file: without type codes and texts of floats, with the marks of
/// references and interned strings.
ouro::ConstantPool without_type_codes(const ouro::ConstantPool& pool, const Layout& layout, std::uint8_t version) {
  using ouro::ConstKind;
  ouro::ConstantPool copy;
  for (std::uint32_t i = 0; i < pool.size(); ++i) {
    const ouro::ConstId id(i);
    const std::uint8_t wire = pool.wire_type(id);
    const auto type = static_cast<char>(wire & 0x7F);
    std::uint8_t mark = wire & ouro::code::kMarshalFlagRef;
    if (type == 't' || type == 'A' || type == 'Z') mark |= interned_type(pool.text(id), layout, version);
    switch (pool.kind(id)) {
      case ConstKind::Int: copy.add_int(pool.int_value(id), mark); break;
      case ConstKind::Long: copy.add_long(pool.big_value(id), mark); break;
      case ConstKind::Float: copy.add_float(pool.real(id), mark); break;
      case ConstKind::Complex: copy.add_complex(pool.real(id), pool.imag(id), mark); break;
      case ConstKind::Bytes: copy.add_bytes(pool.text(id), mark); break;
      case ConstKind::Str: copy.add_str(pool.text(id), mark); break;
      default:
        if (pool.kind(id) <= ConstKind::True) {
          copy.add_singleton(pool.kind(id), mark);
        } else {
          copy.add_placeholder(pool.kind(id), mark);
        }
    }
  }
  for (std::uint32_t i = 0; i < pool.size(); ++i) {
    const ouro::ConstId id(i);
    if (pool.kind(id) == ConstKind::Code) {
      copy.code(id) = pool.code(id);
    } else if (pool.kind(id) >= ConstKind::Tuple) {
      copy.set_items(id, pool.items(id));
    }
  }
  return copy;
}

void check_value(ouro::ByteView bytes, const Layout& layout, std::uint8_t version, const std::string& name, Totals& totals) {
  ++totals.files;
  totals.bytes += bytes.size();
  const auto value = ouro::marshal::read(bytes, layout);
  if (!value) return fail(totals, name, value.error().to_string());
  const auto same = [&](const auto& written) {
    return written && std::equal(written->begin(), written->end(), bytes.begin(), bytes.end());
  };
  if (!same(write(value->pool, value->root, layout))) return fail(totals, name, "is written with other bytes");
  const ouro::ConstantPool copy = without_type_codes(value->pool, layout, version);
  const auto chosen = write(copy, value->root, layout, {.version = version});
  if (!chosen) return fail(totals, name, chosen.error().to_string());
  if (!same(chosen)) return fail(totals, name, "other type codes are chosen");
}

void check_values(ouro::PythonVersion version, const std::string& path, Totals& totals) {
  const auto bytes = ouro::support::read_file(path);
  if (!bytes) return fail(totals, path, bytes.error().to_string());
  const Layout layout = ouro::marshal::layout_of(version);
  ouro::support::ByteReader reader(*bytes, "values.truncated");
  while (reader.remaining() != 0) {
    const std::string name = path + " at byte " + std::to_string(reader.offset());
    const auto marshal_version = reader.u8();
    const auto size = reader.u32();
    if (!marshal_version || !size) return fail(totals, name, "truncated record");
    const auto data = reader.take(*size);
    if (!data) return fail(totals, name, "truncated record");
    check_value(*data, layout, *marshal_version, name + " (marshal version " + std::to_string(*marshal_version) + ")", totals);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Totals totals;
  bool time = false;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    if (path == "--time") {
      time = true;
    } else if (path == "--values" && i + 2 < argc) {
      const auto version = ouro::PythonVersion::parse(argv[i + 1]);
      if (version) check_values(*version, argv[i + 2], totals);
      i += 2;
    } else if (fs::is_directory(path)) {
      for (const auto& entry : fs::recursive_directory_iterator(path)) {
        if (entry.path().extension() == ".pyc") check(entry.path().string(), totals);
      }
    } else {
      check(path, totals);
    }
  }
  std::printf("%zu files, %zu bytes, %zu failed\n", totals.files, totals.bytes, totals.failed);
  if (time) {
    const auto ms = [](std::chrono::nanoseconds t) { return static_cast<double>(t.count()) / 1e6; };
    std::printf("reading %.1f ms, writing %.1f ms\n", ms(totals.reading), ms(totals.writing));
  }
  return totals.failed == 0 && totals.files != 0 ? 0 : 1;
}
