// XXH64, a checksum of 64 bits for what a disk or a crash may have damaged, at the speed of memory. After its specification:
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md (seed 0).

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kms {

class Xxh64 {
public:
  void update(const char* data, size_t bytes) {
    total_ += bytes;
    if (pending_ + bytes < stripeBytes) {
      std::memcpy(stripe_ + pending_, data, bytes);
      pending_ += bytes;
      return;
    }
    if (pending_ > 0) {
      const size_t missing = stripeBytes - pending_;
      std::memcpy(stripe_ + pending_, data, missing);
      consume(stripe_);
      data += missing;
      bytes -= missing;
    }
    for (; bytes >= stripeBytes; data += stripeBytes, bytes -= stripeBytes) consume(data);
    std::memcpy(stripe_, data, bytes);
    pending_ = bytes;
  }

  uint64_t digest() const {
    uint64_t hash = total_ < stripeBytes ? prime5 : converged();
    hash += total_;
    const char* rest = stripe_;
    size_t bytes = pending_;
    for (; bytes >= 8; rest += 8, bytes -= 8) hash = rotate(hash ^ round(0, word(rest)), 27) * prime1 + prime4;
    if (bytes >= 4) {
      uint32_t half;
      std::memcpy(&half, rest, sizeof half);
      hash = rotate(hash ^ (half * prime1), 23) * prime2 + prime3;
      rest += 4;
      bytes -= 4;
    }
    for (; bytes > 0; rest++, bytes--) hash = rotate(hash ^ (static_cast<unsigned char>(*rest) * prime5), 11) * prime1;
    hash = (hash ^ (hash >> 33)) * prime2;
    hash = (hash ^ (hash >> 29)) * prime3;
    return hash ^ (hash >> 32);
  }

private:
  static constexpr uint64_t prime1 = 0x9E3779B185EBCA87u;
  static constexpr uint64_t prime2 = 0xC2B2AE3D27D4EB4Fu;
  static constexpr uint64_t prime3 = 0x165667B19E3779F9u;
  static constexpr uint64_t prime4 = 0x85EBCA77C2B2AE63u;
  static constexpr uint64_t prime5 = 0x27D4EB2F165667C5u;
  static constexpr size_t stripeBytes = 32;

  static uint64_t rotate(uint64_t value, int bits) { return (value << bits) | (value >> (64 - bits)); }
  static uint64_t round(uint64_t lane, uint64_t input) { return rotate(lane + input * prime2, 31) * prime1; }
  /** Little-endian, as every machine is that this addon is built for. */
  static uint64_t word(const char* at) {
    uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }

  void consume(const char* stripe) {
    for (int i = 0; i < 4; i++) lanes_[i] = round(lanes_[i], word(stripe + 8 * i));
  }

  uint64_t converged() const {
    uint64_t hash = rotate(lanes_[0], 1) + rotate(lanes_[1], 7) + rotate(lanes_[2], 12) + rotate(lanes_[3], 18);
    for (const uint64_t lane : lanes_) hash = (hash ^ round(0, lane)) * prime1 + prime4;
    return hash;
  }

  uint64_t lanes_[4] = {prime1 + prime2, prime2, 0, 0 - prime1};
  char stripe_[stripeBytes];
  size_t pending_ = 0;
  uint64_t total_ = 0;
};

} // namespace kms
