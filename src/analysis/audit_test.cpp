#include "analysis/audit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "bytecode/encode.h"
#include "marshal/layout.h"
#include "marshal/pyc.h"
#include "marshal/writer.h"

namespace ouro::analysis {
namespace {

const Facts& facts_of(int minor) { return *version::find_facts({3, static_cast<std::uint8_t>(minor)}); }

/// A module of 3.13 put together by hand.
class Module {
 public:
  explicit Module(int minor = 13) : facts_(facts_of(minor)) {}

  Module& op(Op op, std::uint32_t oparg = 0) {
    bytecode::append_instruction(facts_, static_cast<std::uint8_t>(*version::opcode_number(facts_, op)), oparg, code_);
    return *this;
  }
  Module& load(ConstId value) {
    consts_.push_back(value);
    return op(Op::LOAD_CONST, static_cast<std::uint32_t>(consts_.size() - 1));
  }
  Module& load_name(std::string_view name) { return op(Op::LOAD_NAME, add_name(name)); }
  Module& attribute(std::string_view name) { return op(Op::LOAD_ATTR, add_name(name) << 1U); }
  Module& import(std::string_view name) {
    load(pool.add_int(0)).load(pool.add_singleton(ConstKind::None));
    op(Op::IMPORT_NAME, add_name(name));
    return op(Op::STORE_NAME, add_name(name.substr(0, name.find('.'))));
  }
  /// Calls what is on the stack with the arguments above it.
  Module& call(std::uint32_t arguments) { return op(Op::CALL, arguments); }
  Module& done() { return op(Op::POP_TOP); }

  ConstId finish() {
    load(pool.add_singleton(ConstKind::None)).op(Op::RETURN_VALUE);
    CodeObject code;
    code.stacksize = stack_size;
    code.code = pool.add_bytes({reinterpret_cast<const char*>(code_.data()), code_.size()});
    code.consts = pool.add_sequence(ConstKind::Tuple, consts_);
    code.names = pool.add_sequence(ConstKind::Tuple, names_);
    code.name = code.qualname = pool.add_str("<module>");
    code.localsplusnames = pool.add_sequence(ConstKind::Tuple, {});
    code.localspluskinds = code.exceptiontable = pool.add_bytes("");
    std::string lines;  // one entry of the short form for each eight code units: column 0
    for (std::size_t left = code_.size() / 2; left > 0;) {
      const std::size_t units = std::min<std::size_t>(left, 8);
      lines += static_cast<char>(0x80U | 0xDU << 3U | (units - 1));  // no columns
      lines += '\0';
      left -= units;
    }
    code.linetable = pool.add_bytes(lines);
    code.filename = pool.add_str("spam.py");
    code.firstlineno = 1;
    return pool.add_code(code);
  }
  AuditReport audit(const AuditOptions& options = {}) {
    const ConstId root = finish();
    return audit_code({&facts_, &pool, root}, options);
  }

  ConstantPool pool;
  std::int32_t stack_size = 20;

 private:
  std::uint32_t add_name(std::string_view name) {
    names_.push_back(pool.add_str(name));
    return static_cast<std::uint32_t>(names_.size() - 1);
  }
  const Facts& facts_;
  std::vector<std::uint8_t> code_;
  std::vector<ConstId> consts_;
  std::vector<ConstId> names_;
};

const AuditFinding* find(const AuditReport& report, AuditRule rule) {
  const auto at = std::find_if(report.findings.begin(), report.findings.end(), [&](const AuditFinding& f) { return f.rule == rule; });
  return at == report.findings.end() ? nullptr : &*at;
}

TEST(Audit, RulesHaveStableNames) {
  std::vector<std::string_view> ids;
  for (std::size_t i = 0; i < kAuditRuleCount; ++i) ids.push_back(info_of(static_cast<AuditRule>(i)).id);
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
  EXPECT_EQ(info_of(AuditRule::TooDeep).id, "audit.limit");
  EXPECT_EQ(info_of(AuditRule::CallProcess).id, "call.process");
}

TEST(Audit, CallsAreFoundThroughImports) {
  Module m;
  m.import("os");
  m.load_name("os").attribute("system").op(Op::PUSH_NULL).load(m.pool.add_str("ls")).call(1).done();
  const AuditReport report = m.audit();
  const AuditFinding* finding = find(report, AuditRule::CallProcess);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->message, "calls os.system('ls')");
  ASSERT_EQ(report.imports.size(), 1U);
  EXPECT_EQ(report.imports[0].module, "os");
}

TEST(Audit, NamesOfOthersAreNoImports) {
  Module m;
  m.load_name("os").attribute("system").op(Op::PUSH_NULL).load(m.pool.add_str("ls")).call(1).done();
  m.load(m.pool.add_int(1)).op(Op::STORE_NAME, 0);
  EXPECT_EQ(find(m.audit(), AuditRule::CallProcess), nullptr);
}

TEST(Audit, DecodedCodeThatRunsIsGrave) {
  Module m;
  m.import("base64");
  m.load_name("exec").op(Op::PUSH_NULL);
  m.load_name("base64").attribute("b64decode").op(Op::PUSH_NULL).load(m.pool.add_str("cHJpbnQoMSk=")).call(1);
  m.attribute("decode").op(Op::PUSH_NULL).call(0);
  m.call(1).done();
  const AuditReport report = m.audit();
  const AuditFinding* finding = find(report, AuditRule::ExecuteDecoded);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->severity, Severity::High);
  EXPECT_NE(finding->message.find("base64.b64decode"), std::string::npos);
}

TEST(Audit, MarshalledConstantsAreAuditedToo) {
  Module inner;
  inner.import("socket");
  inner.load_name("socket").attribute("socket").op(Op::PUSH_NULL).call(0).done();
  const ConstId root = inner.finish();
  const auto bytes = marshal::write(inner.pool, root, marshal::layout_of(facts_of(13)));
  ASSERT_TRUE(bytes.has_value());
  Module outer;
  outer.load(outer.pool.add_bytes(support::as_text(*bytes))).done();
  const AuditReport report = outer.audit();
  EXPECT_NE(find(report, AuditRule::ConstantCode), nullptr);
  const AuditFinding* finding = find(report, AuditRule::CallNetwork);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->code, "<module> > constant 0 > <module>");

  Module again;
  again.load(again.pool.add_bytes(support::as_text(*bytes))).done();
  const AuditReport bounded = again.audit({.max_depth = 1});
  EXPECT_NE(find(bounded, AuditRule::TooDeep), nullptr);
  EXPECT_EQ(find(bounded, AuditRule::CallNetwork), nullptr);
}

TEST(Audit, CompressedConstantsAreOpenedByTheGivenFunction) {
  Module m;
  m.load(m.pool.add_bytes("\x78\x9c rest of the data")).done();
  std::string asked;
  const AuditReport report = m.audit({.decompress = [&](std::string_view method, std::string_view, std::size_t) {
    asked = method;
    return std::optional<std::string>("content that holds nothing");
  }});
  EXPECT_EQ(asked, "zlib");
  EXPECT_NE(find(report, AuditRule::ConstantCompressed), nullptr);
  Module chance;
  chance.load(chance.pool.add_bytes("\x78\x9c rest of the data")).done();
  EXPECT_EQ(find(chance.audit({.decompress = [](auto, auto, auto) { return std::nullopt; }}), AuditRule::ConstantCompressed), nullptr);
}

TEST(Audit, EncodedTextIsToldFromWords) {
  std::string encoded;
  for (int i = 0; i < 300; ++i) encoded += "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[(i * 37 + i * i * 11) % 64];
  Module m;
  m.load(m.pool.add_str(encoded)).done();
  EXPECT_NE(find(m.audit(), AuditRule::ConstantEncoded), nullptr);
  std::string words;
  for (int i = 0; i < 60; ++i) words += "words ";
  Module plain;
  plain.load(plain.pool.add_str(words)).done();
  EXPECT_EQ(find(plain.audit(), AuditRule::ConstantEncoded), nullptr);
}

TEST(Audit, DamageIsGrave) {
  Module m;
  m.op(Op::LOAD_NAME, 77).done();
  m.op(Op::LOAD_CONST, 200).done();
  const AuditReport report = m.audit();
  const auto count = std::count_if(report.findings.begin(), report.findings.end(), [](const AuditFinding& f) { return f.rule == AuditRule::CodeDamaged; });
  EXPECT_EQ(count, 2);
}

TEST(Audit, StackIsMeasured) {
  Module m;
  m.stack_size = 2;
  for (int i = 0; i < 3; ++i) m.load(m.pool.add_int(i));
  m.done().done().done();
  const AuditFinding* finding = find(m.audit(), AuditRule::StackTooSmall);
  EXPECT_NE(finding, nullptr);
  Module enough;
  enough.stack_size = 3;
  for (int i = 0; i < 3; ++i) enough.load(enough.pool.add_int(i));
  enough.done().done().done();
  EXPECT_EQ(find(enough.audit(), AuditRule::StackTooSmall), nullptr);
}

TEST(Audit, UnreachableCallsAreTold) {
  Module m;
  m.op(Op::JUMP_FORWARD, 6);
  m.load_name("print").op(Op::PUSH_NULL).call(0);
  m.op(Op::NOP);
  EXPECT_NE(find(m.audit(), AuditRule::CodeUnreachable), nullptr);
}

TEST(Audit, CorpusOfAllVersionsHasNothingGrave) {
  for (const char* version : {"2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15"}) {
    std::ifstream file(std::string(OURO_SOURCE_DIR) + "/tests/corpus/" + version + "/spam.pyc", std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    const auto pyc = marshal::read_pyc(support::as_bytes({bytes.data(), bytes.size()}));
    ASSERT_TRUE(pyc.has_value()) << version;
    const AuditReport report = audit_code({version::find_facts(pyc->header.version), &pyc->value.pool, pyc->value.root}, {});
    EXPECT_EQ(report.imports.size(), 3U) << version;
    for (const AuditFinding& finding : report.findings) {
      EXPECT_LT(finding.severity, Severity::Medium) << version << ' ' << info_of(finding.rule).id << ' ' << finding.code << ' ' << finding.message;
    }
  }
}

}  // namespace
}  // namespace ouro::analysis
