#include "compile/backend.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "version/facts.h"

namespace ouro::compile {
namespace {

constexpr SourceLocation line(std::int32_t number, std::int32_t column = 0, std::int32_t end = 4) {
  return {number, number, column, end};
}

class BackendTest : public testing::Test {
 protected:
  const version::Facts& facts_ = *version::find_facts(PythonVersion{3, 13});
  Backend backend_{facts_, "<test>"};
  syntax::Interner interner_;
  Unit unit_;

  void SetUp() override {
    unit_.metadata.name = unit_.metadata.qualname = interner_.intern("f");
    unit_.metadata.firstlineno = 1;
    unit_.metadata.consts.add(backend_.constants().none());
  }

  const CodeObject& finish() {
    const Result<ConstId> id = backend_.finish_unit(unit_);
    EXPECT_TRUE(id.has_value()) << (id ? "" : id.error().to_string());
    return backend_.constants().pool().code(*id);
  }

  /// "OP ARG, OP ARG, …" without caches.
  std::string listing(const CodeObject& code) {
    const std::string_view bytes = backend_.constants().pool().text(code.code);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
      const auto& info = version::opcode_info(facts_, static_cast<unsigned char>(bytes[i]));
      if (!text.empty()) text += ", ";
      text += info.name();
      text += ' ';
      text += std::to_string(static_cast<unsigned char>(bytes[i + 1]));
      i += 2U * info.caches;
    }
    return text;
  }
};

TEST_F(BackendTest, ReturnsAConstantInOneInstruction) {
  unit_.instructions.add(Op::RESUME, 0, line(1));
  unit_.instructions.add(Op::LOAD_CONST, 0, line(2));
  unit_.instructions.add(Op::RETURN_VALUE, line(2));
  const CodeObject& code = finish();
  EXPECT_EQ(listing(code), "RESUME 0, RETURN_CONST 0");
  EXPECT_EQ(code.stacksize, 1);  // never 0
}

TEST_F(BackendTest, FoldsTuplesAndDropsUnusedConstants) {
  ConstantTable& constants = backend_.constants();
  unit_.metadata.consts.add(constants.add_int(1000));
  unit_.metadata.consts.add(constants.add_int(2000));
  unit_.instructions.add(Op::LOAD_CONST, 1, line(1));
  unit_.instructions.add(Op::LOAD_CONST, 2, line(1));
  unit_.instructions.add(Op::BUILD_TUPLE, 2, line(1));
  unit_.instructions.add(Op::RETURN_VALUE, line(1));
  const CodeObject& code = finish();
  // Too late for RETURN_CONST: what follows a LOAD_CONST was looked at before.
  EXPECT_EQ(listing(code), "LOAD_CONST 1, RETURN_VALUE 0");
  const auto consts = constants.pool().items(code.consts);
  ASSERT_EQ(consts.size(), 2U);  // the first one may be a docstring and stays
  EXPECT_EQ(constants.pool().kind(consts[1]), ConstKind::Tuple);
}

TEST_F(BackendTest, ChecksLocalsThatMayBeUnbound) {
  unit_.metadata.varnames.add(interner_.intern("a"));
  unit_.metadata.varnames.add(interner_.intern("b"));
  unit_.metadata.argcount = 1;
  unit_.instructions.add(Op::LOAD_FAST, 0, line(1));
  unit_.instructions.add(Op::POP_TOP, line(1));
  unit_.instructions.add(Op::LOAD_FAST, 1, line(2));
  unit_.instructions.add(Op::RETURN_VALUE, line(2));
  EXPECT_EQ(listing(finish()), "LOAD_FAST 0, POP_TOP 0, LOAD_FAST_CHECK 1, RETURN_VALUE 0");
}

TEST_F(BackendTest, BackwardConditionalJumpsAreReversed) {
  unit_.metadata.varnames.add(interner_.intern("a"));
  unit_.metadata.argcount = 1;
  const Label top = unit_.instructions.new_label();
  unit_.instructions.use_label(top);
  unit_.instructions.add(Op::LOAD_FAST, 0, line(1));
  unit_.instructions.add_jump(Op::POP_JUMP_IF_NONE, top, line(1));
  unit_.instructions.add(Op::LOAD_FAST, 0, line(2));
  unit_.instructions.add(Op::RETURN_VALUE, line(2));
  EXPECT_EQ(listing(finish()),
            "LOAD_FAST 0, POP_JUMP_IF_NOT_NONE 2, JUMP_BACKWARD 5, LOAD_FAST 0, RETURN_VALUE 0");
}

TEST_F(BackendTest, CellsThatAreArgumentsShareTheirPlace) {
  unit_.metadata.varnames.add(interner_.intern("a"));
  unit_.metadata.cellvars.add(interner_.intern("a"));
  unit_.metadata.cellvars.add(interner_.intern("b"));
  unit_.metadata.freevars.add(interner_.intern("c"));
  unit_.metadata.argcount = 1;
  unit_.instructions.add(Op::LOAD_DEREF, 2, line(1));
  unit_.instructions.add(Op::RETURN_VALUE, line(1));
  const CodeObject& code = finish();
  EXPECT_EQ(listing(code), "COPY_FREE_VARS 1, MAKE_CELL 0, MAKE_CELL 1, LOAD_DEREF 2, RETURN_VALUE 0");
  const std::string kinds{static_cast<char>(0x60), static_cast<char>(0x40), static_cast<char>(0x80)};
  EXPECT_EQ(backend_.constants().pool().text(code.localspluskinds), kinds);
}

TEST_F(BackendTest, HandlersGoToTheEndAndIntoTheExceptionTable) {
  const Label handler = unit_.instructions.new_label();
  unit_.metadata.names.add(interner_.intern("g"));
  unit_.instructions.add_jump(Op::SETUP_FINALLY, handler, line(1));
  unit_.instructions.add(Op::LOAD_NAME, 0, line(2));
  unit_.instructions.add(Op::POP_BLOCK, line(2));
  unit_.instructions.add(Op::RETURN_VALUE, line(2));
  unit_.instructions.use_label(handler);
  unit_.instructions.add(Op::PUSH_EXC_INFO, line(3));
  unit_.instructions.add(Op::RERAISE, 0, line(3));
  const CodeObject& code = finish();
  EXPECT_EQ(listing(code), "NOP 0, LOAD_NAME 0, RETURN_VALUE 0, PUSH_EXC_INFO 0, RERAISE 0");
  const std::string table{static_cast<char>(0x81), 1, 3, 0};  // units 1 to 2, handler at 3, depth 0
  EXPECT_EQ(backend_.constants().pool().text(code.exceptiontable), table);
}

TEST_F(BackendTest, MarksWhatTwoPlacesHold) {
  ConstantTable& constants = backend_.constants();
  const ConstId shared = constants.add_float(1.5);
  const ConstId alone = constants.add_float(2.5);
  const std::array inner{shared, alone};
  const std::array outer{shared, constants.add_tuple(inner)};
  const ConstId root = constants.add_tuple(outer);
  const ConstantPool pool = backend_.finish(root, RootHeld::No);
  EXPECT_EQ(pool.wire_type(shared), code::kMarshalFlagRef);
  EXPECT_EQ(pool.wire_type(alone), 0);
  EXPECT_EQ(pool.wire_type(root), 0);
}

// Regression: marshal holds the items of a set it sorts, so they are always marked.
TEST_F(BackendTest, ItemsOfFrozensetsAreMarkedAndSorted) {
  ConstantTable& constants = backend_.constants();
  const ConstId later = constants.add_str("z z");
  const ConstId first = constants.add_str("a a");
  const std::array items{later, first};
  const ConstId root = constants.add_frozenset(items);
  const ConstantPool pool = backend_.finish(root, RootHeld::No);
  EXPECT_EQ(pool.wire_type(first), code::kMarshalFlagRef);
  ASSERT_EQ(pool.items(root).size(), 2U);
  EXPECT_EQ(pool.items(root)[0], first);
}

}  // namespace
}  // namespace ouro::compile
