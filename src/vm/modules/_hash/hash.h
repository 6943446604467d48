// What the hash modules share: an object over one of several algorithms. MD5, SHA-1 and SHA-2 come from libmd; Keccak and
// BLAKE2 stand here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"

namespace ouro::vm::hashes {

class Algorithm {
 public:
  virtual ~Algorithm() = default;
  virtual void update(std::string_view data) = 0;
  /// The digest so far; the state goes on. `length`: only of those without a fixed one.
  [[nodiscard]] virtual std::string digest(std::size_t length) const = 0;
  [[nodiscard]] virtual std::unique_ptr<Algorithm> copy() const = 0;
};

struct HashObject : Object {
  Algorithm* algorithm;
  const char* name;
  std::int64_t block_size;
  std::int64_t digest_size;  ///< 0: an extendable output (SHAKE)
};

[[nodiscard]] Ref new_hash(Vm& vm, const TypeSpec& spec, std::unique_ptr<Algorithm> algorithm, const char* name, std::int64_t block_size,
                           std::int64_t digest_size);
/// update() with CPython's TypeErrors; data null: nothing.
[[nodiscard]] bool update_hash(Vm& vm, HashObject* hash, Value data);

[[nodiscard]] std::unique_ptr<Algorithm> new_md5();
[[nodiscard]] std::unique_ptr<Algorithm> new_sha1();
[[nodiscard]] std::unique_ptr<Algorithm> new_sha2(unsigned bits);
/// `suffix`: 6 for SHA-3, 0x1F for SHAKE.
[[nodiscard]] std::unique_ptr<Algorithm> new_keccak(std::size_t rate, std::uint8_t suffix, std::size_t digest_size);

// Slots and tables of all hash types.
void hash_dealloc(Vm& vm, Object* self);
Ref hash_copy(Vm& vm, Value self);
Ref hash_digest(Vm& vm, Value self);
Ref hash_hexdigest(Vm& vm, Value self);
Ref hash_update(Vm& vm, Value self, Value data);
Ref hash_block_size(Vm& vm, Value self);
Ref hash_digest_size(Vm& vm, Value self);
Ref hash_name(Vm& vm, Value self);
inline constexpr MethodSpec kHashMethods[] = {
    {"copy($self, /)", hash_copy, "Return a copy of the hash object."},
    {"digest($self, /)", hash_digest, "Return the digest value as a bytes object."},
    {"hexdigest($self, /)", hash_hexdigest, "Return the digest value as a string of hexadecimal digits."},
    {"update($self, obj, /)", hash_update, "Update this hash object's state with the provided string."},
};
inline constexpr GetSetSpec kHashGetSet[] = {
    {"block_size", hash_block_size}, {"name", hash_name}, {"digest_size", hash_digest_size}};
constexpr TypeSlots hash_slots() {
  TypeSlots slots;
  slots.dealloc = hash_dealloc;
  return slots;
}

}  // namespace ouro::vm::hashes
