// Any bytes as a .pyc: reading and listing must end, in bounds and with bounded output.
#include "dis/json_listing.h"
#include "dis/listing.h"
#include "marshal/pyc.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ouro;
  const auto pyc = marshal::read_pyc({data, size});
  if (!pyc) return 0;
  const Facts* facts = version::find_facts(pyc->header.version);
  if (facts == nullptr) return 0;
  constexpr std::uint64_t kMaxBytes = 1U << 22U;
  for (const bool every_option : {false, true}) {
    const dis::Disassembler disassembler(*facts, {.show_caches = every_option, .show_offsets = every_option,
                                                  .show_positions = every_option, .adaptive = every_option,
                                                  .nested = true});
    dis::Listing listing(disassembler, pyc->value.pool, pyc->value.root, kMaxBytes);
    TextBuffer text;
    while (listing.append_part(text)) text.clear();
    if (every_option) continue;
    std::string json_text;
    support::JsonWriter json(json_text);
    static_cast<void>(dis::write_json(disassembler, pyc->value.pool, pyc->value.root, json_text, json, kMaxBytes));
  }
  return 0;
}
