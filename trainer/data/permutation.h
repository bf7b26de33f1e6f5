// The order of an epoch as a function: a bijection on 0..size-1 that stores nothing.
//
// A four-round Feistel network over the next even number of bits, with cycle walking down to the
// size (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002). The same (seed,
// epoch, size) gives the same order on every machine.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace moyo::trainer {

// splitmix64's finalizer (Steele, Lea, Flood 2014).
constexpr uint64_t Mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

class Permutation {
 public:
  // size at least 1.
  Permutation(uint64_t seed, uint64_t epoch, uint64_t size) : size_(size) {
    const int bits = std::bit_width(size > 1 ? size - 1 : 1);
    half_bits_ = (bits + 1) / 2;
    mask_ = (uint64_t{1} << half_bits_) - 1;
    for (uint64_t round = 0; round < keys_.size(); ++round) {
      keys_[round] = Mix(Mix(seed) ^ Mix(epoch * 4 + round + 1));
    }
  }

  // index in 0..size-1; so is the result.
  uint64_t operator()(uint64_t index) const {
    do {
      index = Encrypt(index);
    } while (index >= size_);
    return index;
  }

 private:
  uint64_t Encrypt(uint64_t value) const {
    uint64_t left = value >> half_bits_;
    uint64_t right = value & mask_;
    for (const uint64_t key : keys_) {
      const uint64_t next = left ^ (Mix(right ^ key) & mask_);
      left = right;
      right = next;
    }
    return left << half_bits_ | right;
  }

  uint64_t size_;
  int half_bits_ = 1;
  uint64_t mask_ = 1;
  std::array<uint64_t, 4> keys_{};
};

}  // namespace moyo::trainer
