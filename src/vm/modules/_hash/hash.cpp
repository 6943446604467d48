#include "vm/modules/_hash/hash.h"

#include <md5.h>
#include <sha1.h>
#include <sha2.h>

#include <array>
#include <bit>
#include <cstring>

#include "vm/objects/bytes_internal.h"
#include "vm/objects/str.h"

namespace ouro::vm::hashes {
namespace {

const std::uint8_t* octets(std::string_view data) { return reinterpret_cast<const std::uint8_t*>(data.data()); }

class Md5 final : public Algorithm {
 public:
  Md5() { MD5Init(&state_); }
  void update(std::string_view data) override { MD5Update(&state_, octets(data), data.size()); }
  std::string digest(std::size_t) const override {
    MD5_CTX state = state_;
    std::array<std::uint8_t, 16> out;
    MD5Final(out.data(), &state);
    return {reinterpret_cast<char*>(out.data()), out.size()};
  }
  std::unique_ptr<Algorithm> copy() const override { return std::make_unique<Md5>(*this); }

 private:
  MD5_CTX state_;
};

class Sha1 final : public Algorithm {
 public:
  Sha1() { SHA1Init(&state_); }
  void update(std::string_view data) override { SHA1Update(&state_, octets(data), data.size()); }
  std::string digest(std::size_t) const override {
    SHA1_CTX state = state_;
    std::array<std::uint8_t, 20> out;
    SHA1Final(out.data(), &state);
    return {reinterpret_cast<char*>(out.data()), out.size()};
  }
  std::unique_ptr<Algorithm> copy() const override { return std::make_unique<Sha1>(*this); }

 private:
  SHA1_CTX state_;
};

class Sha2 final : public Algorithm {
 public:
  explicit Sha2(unsigned bits) : bits_(bits) {
    if (bits == 512) {
      SHA512Init(&state_);
    } else if (bits == 384) {
      SHA384Init(&state_);
    } else {
      SHA256Init(&state_);
      // SHA-224 is SHA-256 from another start (FIPS 180-4, 5.3.2), cut off.
      constexpr std::uint32_t kStart224[8] = {0xC1059ED8, 0x367CD507, 0x3070DD17, 0xF70E5939, 0xFFC00B31, 0x68581511, 0x64F98FA7, 0xBEFA4FA4};
      if (bits == 224) std::memcpy(state_.state.st32, kStart224, sizeof(kStart224));
    }
  }
  void update(std::string_view data) override {
    if (bits_ <= 256) {
      SHA256Update(&state_, octets(data), data.size());
    } else if (bits_ == 384) {
      SHA384Update(&state_, octets(data), data.size());
    } else {
      SHA512Update(&state_, octets(data), data.size());
    }
  }
  std::string digest(std::size_t) const override {
    SHA2_CTX state = state_;
    std::array<std::uint8_t, 64> out;
    if (bits_ <= 256) {
      SHA256Final(out.data(), &state);
    } else if (bits_ == 384) {
      SHA384Final(out.data(), &state);
    } else {
      SHA512Final(out.data(), &state);
    }
    return {reinterpret_cast<char*>(out.data()), bits_ / 8};
  }
  std::unique_ptr<Algorithm> copy() const override { return std::make_unique<Sha2>(*this); }

 private:
  unsigned bits_;
  SHA2_CTX state_;
};

// FIPS 202. The lanes are little-endian words.
class Keccak final : public Algorithm {
 public:
  Keccak(std::size_t rate, std::uint8_t suffix, std::size_t digest_size) : rate_(rate), suffix_(suffix), digest_size_(digest_size) {}
  void update(std::string_view data) override {
    for (const char c : data) {
      flip(position_++, static_cast<std::uint8_t>(c));
      if (position_ == rate_) {
        permute();
        position_ = 0;
      }
    }
  }
  std::string digest(std::size_t length) const override {
    Keccak state = *this;
    state.flip(state.position_, suffix_);
    state.flip(rate_ - 1, 0x80);
    state.permute();
    std::string out;
    const std::size_t wanted = digest_size_ != 0 ? digest_size_ : length;
    for (std::size_t i = 0; out.size() < wanted; ++i) {
      if (i == rate_) {
        state.permute();
        i = 0;
      }
      out.push_back(static_cast<char>(state.lanes_[i / 8] >> (8 * (i % 8)) & 0xFFU));
    }
    return out;
  }
  std::unique_ptr<Algorithm> copy() const override { return std::make_unique<Keccak>(*this); }

 private:
  void flip(std::size_t at, std::uint8_t byte) { lanes_[at / 8] ^= static_cast<std::uint64_t>(byte) << (8 * (at % 8)); }
  void permute() {
    std::uint8_t constant = 1;  // the linear feedback register that the round constants come from
    for (int round = 0; round < 24; ++round) {
      std::uint64_t parity[5];
      for (unsigned x = 0; x < 5; ++x) parity[x] = lanes_[x] ^ lanes_[x + 5] ^ lanes_[x + 10] ^ lanes_[x + 15] ^ lanes_[x + 20];
      for (unsigned x = 0; x < 5; ++x) {
        const std::uint64_t mixed = parity[(x + 4) % 5] ^ std::rotl(parity[(x + 1) % 5], 1);
        for (unsigned y = 0; y < 25; y += 5) lanes_[x + y] ^= mixed;
      }
      unsigned x = 1;
      unsigned y = 0;
      std::uint64_t moved = lanes_[1];
      for (unsigned step = 0; step < 24; ++step) {
        const unsigned next_y = (2 * x + 3 * y) % 5;
        x = y;
        y = next_y;
        const std::uint64_t kept = lanes_[x + 5 * y];
        lanes_[x + 5 * y] = std::rotl(moved, static_cast<int>((step + 1) * (step + 2) / 2 % 64));
        moved = kept;
      }
      for (unsigned row = 0; row < 25; row += 5) {
        std::uint64_t old[5];
        for (unsigned i = 0; i < 5; ++i) old[i] = lanes_[row + i];
        for (unsigned i = 0; i < 5; ++i) lanes_[row + i] = old[i] ^ (~old[(i + 1) % 5] & old[(i + 2) % 5]);
      }
      for (unsigned j = 0; j < 7; ++j) {
        if ((constant & 1U) != 0) lanes_[0] ^= std::uint64_t{1} << ((1U << j) - 1);
        constant = static_cast<std::uint8_t>((constant & 0x80U) != 0 ? constant << 1U ^ 0x71U : constant << 1U);
      }
    }
  }
  std::array<std::uint64_t, 25> lanes_{};
  std::size_t rate_;
  std::uint8_t suffix_;
  std::size_t digest_size_;
  std::size_t position_ = 0;
};

HashObject* as_hash(Value value) { return value.as<HashObject>(); }

}  // namespace

std::unique_ptr<Algorithm> new_md5() { return std::make_unique<Md5>(); }
std::unique_ptr<Algorithm> new_sha1() { return std::make_unique<Sha1>(); }
std::unique_ptr<Algorithm> new_sha2(unsigned bits) { return std::make_unique<Sha2>(bits); }
std::unique_ptr<Algorithm> new_keccak(std::size_t rate, std::uint8_t suffix, std::size_t digest_size) {
  return std::make_unique<Keccak>(rate, suffix, digest_size);
}

Ref new_hash(Vm& vm, const TypeSpec& spec, std::unique_ptr<Algorithm> algorithm, const char* name, std::int64_t block_size,
             std::int64_t digest_size) {
  VM_TRY(HashObject * hash, allocate<HashObject>(vm, vm.native_type(spec)));
  hash->algorithm = algorithm.release();
  hash->name = name;
  hash->block_size = block_size;
  hash->digest_size = digest_size;
  return Own<HashObject>::adopt(hash);
}
bool update_hash(Vm& vm, HashObject* hash, Value data) {
  if (data.is_null()) return true;
  if (is_str(data)) return raise(vm, vm.exc.TypeError, "Strings must be encoded before hashing");
  if (!has_buffer(vm, data)) return raise(vm, vm.exc.TypeError, "object supporting the buffer API required");
  BufferView view;
  if (!get_buffer(vm, data, view)) return false;
  if (!charge_work(vm, view.length / 8)) return false;
  hash->algorithm->update(view.bytes());
  return true;
}

void hash_dealloc(Vm& vm, Object* self) {
  delete static_cast<HashObject*>(self)->algorithm;
  free_object(vm, self, sizeof(HashObject));
}
Ref hash_copy(Vm& vm, Value self) {
  auto* hash = as_hash(self);
  VM_TRY(HashObject * copy, allocate<HashObject>(vm, hash->type));
  copy->algorithm = hash->algorithm->copy().release();
  copy->name = hash->name;
  copy->block_size = hash->block_size;
  copy->digest_size = hash->digest_size;
  return Own<HashObject>::adopt(copy);
}
Ref hash_digest(Vm& vm, Value self) { return new_bytes(vm, as_hash(self)->algorithm->digest(0)); }
Ref hash_hexdigest(Vm& vm, Value self) { return hex_text(vm, as_hash(self)->algorithm->digest(0), {}, 0); }
Ref hash_update(Vm& vm, Value self, Value data) {
  VM_CHECK(update_hash(vm, as_hash(self), data));
  return Ref::none();
}
Ref hash_block_size(Vm&, Value self) { return Ref::small(as_hash(self)->block_size); }
Ref hash_digest_size(Vm&, Value self) { return Ref::small(as_hash(self)->digest_size); }
Ref hash_name(Vm& vm, Value self) { return new_str(vm, as_hash(self)->name); }

}  // namespace ouro::vm::hashes
