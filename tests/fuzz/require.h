// What a fuzz target demands of every input: a demand that is broken ends the program, which is how
// a fuzzer (and ctest, replaying a corpus) notices.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string_view>

namespace moyo::fuzz {

inline void Require(bool holds, const char* demand) {
  if (holds) return;
  std::fprintf(stderr, "demand broken: %s\n", demand);
  std::abort();
}

inline std::string_view AsText(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Choices that depend on nothing but the input, so that a finding comes back when it is replayed.
inline std::minstd_rand RandomOf(std::string_view bytes) {
  uint32_t hash = 2166136261u;  // FNV-1a
  for (unsigned char c : bytes) hash = (hash ^ c) * 16777619u;
  return std::minstd_rand(hash);
}

}  // namespace moyo::fuzz
