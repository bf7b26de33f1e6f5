// Messages at random, of any type, and random damage to their bytes.
#pragma once

#include <google/protobuf/message.h>

#include <random>
#include <string>
#include <vector>

namespace moyo::test {

// Values that a field gets now and then instead of a random one, so that messages also come past
// the first check: ids and names that the server knows.
struct KnownValues {
  std::vector<uint64_t> numbers;
  std::vector<std::string> texts;  // of string and bytes fields
};

// Fills fields at random, nested ones too. Strings are UTF-8.
void FillAtRandom(google::protobuf::Message& message, const KnownValues& known,
                  std::mt19937_64& random, int depth = 0);

// Flips, cuts, doubles or inserts bytes.
std::string Damage(std::string bytes, std::mt19937_64& random);

}  // namespace moyo::test
