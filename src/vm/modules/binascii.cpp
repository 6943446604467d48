// binascii: base64, hexadecimal, uuencode, quoted-printable, checksums.
#include <zlib.h>

#include "vm/core/machine_state.h"
#include "vm/modules/binascii/binascii.h"
#include "vm/objects/bytes_internal.h"
#include "vm/objects/function.h"
#include "vm/objects/int.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type_object.h"

namespace ouro::vm {
namespace binascii {

struct State {
  Ref error, incomplete;
};
State* state_of(Vm& vm) {
  auto& state = machine_state<State>(vm);
  if (state.incomplete) return &state;
  VM_TRY(Own<TupleObject> error_bases, new_tuple(vm, {Value(vm.exc.ValueError)}));
  state.error = new_simple_class(vm, "binascii.Error", error_bases);
  VM_TRY(Own<TupleObject> incomplete_bases, new_tuple(vm, {Value(vm.exc.Exception)}));
  state.incomplete = new_simple_class(vm, "binascii.Incomplete", incomplete_bases);
  return state.error && state.incomplete ? &state : nullptr;
}
Failed raise_error(Vm& vm, std::string_view message) {
  State* state = state_of(vm);
  if (state != nullptr) (void)raise_text(vm, state->error.as<TypeObject>(), message);
  return kFailed;
}

bool AsciiInput::open(Vm& vm, Value value) {
  if (is_str(value)) {
    const auto* text = value.as<StrObject>();
    if (!text->is_ascii) return raise(vm, vm.exc.ValueError, "string argument should contain only ASCII characters");
    bytes_ = text->ascii();
    return true;
  }
  if (!has_buffer(vm, value))
    return raise(vm, vm.exc.TypeError, "argument should be bytes, buffer or ASCII string, not '{}'", type_name(vm, value));
  if (!get_buffer(vm, value, view_)) return false;
  bytes_ = view_.bytes();
  return true;
}

namespace {

Ref b2a_hex(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(const int group, args.integer(vm, 2, 1));
  VM_TRY(Ref text, hex_text(vm, view.bytes(), args[1], group));
  return new_bytes(vm, text.as<StrObject>()->ascii());
}
int hex_digit(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
Ref a2b_hex(Vm& vm, Value, Value text) {
  AsciiInput input;
  VM_CHECK(input.open(vm, text));
  const std::string_view in = input.bytes();
  if (in.size() % 2 != 0) return raise_error(vm, "Odd-length string");
  VM_TRY(Own<BytesObject> out, allocate_bytes(vm, in.size() / 2));
  for (std::size_t i = 0; i < in.size(); i += 2) {
    const int high = hex_digit(static_cast<unsigned char>(in[i]));
    const int low = hex_digit(static_cast<unsigned char>(in[i + 1]));
    if (high < 0 || low < 0) return raise_error(vm, "Non-hexadecimal digit found");
    out->data()[i / 2] = static_cast<char>(high * 16 + low);
  }
  return out;
}

Ref module_crc32(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  std::uint64_t start = 0;
  if (args.given(1)) {
    VM_TRY(Ref number, to_index(vm, args[1]));
    start = int_low_bits(number) & 0xFFFFFFFFU;
  }
  VM_CHECK(charge_work(vm, view.length / 64));
  return Ref::small(static_cast<std::int64_t>(crc32_z(start, reinterpret_cast<const Bytef*>(view.data), view.length) & 0xFFFFFFFFU));
}
Ref crc_hqx(Vm& vm, Value, Args& args) {
  BufferView view;
  VM_CHECK(get_buffer(vm, args[0], view));
  VM_TRY(Ref number, to_index(vm, args[1]));
  auto crc = static_cast<std::uint32_t>(int_low_bits(number) & 0xFFFFU);
  VM_CHECK(charge_work(vm, view.length / 8));
  for (const char c : view.bytes()) {
    crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 8U;
    for (int i = 0; i < 8; ++i) crc = (crc & 0x8000U) != 0 ? (crc << 1U ^ 0x1021U) : crc << 1U;
    crc &= 0xFFFFU;
  }
  return Ref::small(crc);
}

constexpr MethodSpec kFunctions[] = {
    {"a2b_uu($module, data, /)", a2b_uu, "Decode a line of uuencoded data."},
    {"b2a_uu($module, data, /, *, backtick=False)", b2a_uu, "Uuencode line of data."},
    {"a2b_base64($module, data, /, *, strict_mode=False)", a2b_base64, "Decode a line of base64 data."},
    {"b2a_base64($module, data, /, *, newline=True)", b2a_base64, "Base64-code line of data."},
    {"a2b_hex($module, hexstr, /)", a2b_hex, "Binary data of hexadecimal representation."},
    {"b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", b2a_hex, "Hexadecimal representation of binary data."},
    {"hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)", b2a_hex, "Hexadecimal representation of binary data."},
    {"unhexlify($module, hexstr, /)", a2b_hex, "Binary data of hexadecimal representation."},
    {"crc_hqx($module, data, crc, /)", crc_hqx, "Compute CRC-CCITT incrementally."},
    {"crc32($module, data, crc=0, /)", module_crc32, "Compute CRC-32 incrementally."},
    {"a2b_qp($module, /, data, header=False)", a2b_qp, "Decode a string of qp-encoded data."},
    {"b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)", b2a_qp, "Encode a string using quoted-printable encoding."},
};
bool fill(Vm& vm, ModuleObject* module) {
  State* state = state_of(vm);
  return state != nullptr && set_module_attribute(vm, module, "Error", state->error.get()) &&
         set_module_attribute(vm, module, "Incomplete", state->incomplete.get());
}
constexpr ModuleSpec kModule = {"binascii", "Conversion between binary data and ASCII", kFunctions, fill};

}  // namespace
}  // namespace binascii

const ModuleSpec& binascii_module() { return binascii::kModule; }

}  // namespace ouro::vm
