#include "dis/listing.h"

#include <gtest/gtest.h>

#include "dis/json_listing.h"

namespace ouro::dis {
namespace {

// A module whose code is `count` NOPs.
struct Nops {
  ConstantPool pool;
  ConstId root;

  explicit Nops(std::size_t count) {
    const Facts& facts = *version::find_facts({3, 13});
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) {
      bytes.push_back(static_cast<char>(*version::opcode_number(facts, Op::NOP)));
      bytes.push_back('\0');
    }
    CodeObject code;
    code.code = pool.add_bytes(bytes);
    code.name = code.filename = pool.add_str("m");
    code.consts = pool.add_placeholder(ConstKind::Tuple);
    root = pool.add_code(code);
    pool.set_items(code.consts, std::vector<ConstId>{root});  // it holds itself
  }
};

TEST(Listing, EndsForACodeObjectThatHoldsItself) {
  const Nops nops(2);
  const Disassembler disassembler(*version::find_facts({3, 13}));
  Listing listing(disassembler, nops.pool, nops.root);
  TextBuffer out;
  while (listing.append_part(out)) {
  }
  EXPECT_EQ(out.view(), "          NOP\n          NOP\n");
  EXPECT_FALSE(listing.is_cut_off());
}

TEST(Listing, IsCutOffAtTheLimit) {
  const Nops nops(200000);
  const Disassembler disassembler(*version::find_facts({3, 13}));
  Listing listing(disassembler, nops.pool, nops.root, 1000);
  TextBuffer out;
  while (listing.append_part(out)) {
  }
  EXPECT_TRUE(listing.is_cut_off());
  EXPECT_LT(out.size(), 2000000U);
}

TEST(Listing, JsonBeyondTheLimitIsAnError) {
  const Nops nops(100);
  const Disassembler disassembler(*version::find_facts({3, 13}));
  std::string text;
  support::JsonWriter json(text);
  const Status written = write_json(disassembler, nops.pool, nops.root, text, json, 100);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, "dis.too_long");
}

}  // namespace
}  // namespace ouro::dis
