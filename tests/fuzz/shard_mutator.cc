// Mutates a shard inside its zip, so that the fuzzer gets past the CRCs: unpacks, changes one
// member, packs again. One time in four the file's bytes are changed as they are.
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/shard/zip.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace moyo::fuzz {
namespace {

constexpr uint64_t kMostUnpackedBytes = 1 << 20;
constexpr size_t kNpyHeaderBytes = 128;
constexpr size_t kGrowthBytes = 32;

// libFuzzer's own mutations of a part of `bytes`, from `begin` on.
void MutatePart(std::string& bytes, size_t begin) {
  std::vector<uint8_t> part(bytes.begin() + begin, bytes.end());
  const size_t size = part.size();
  part.resize(size + kGrowthBytes);
  part.resize(LLVMFuzzerMutate(part.data(), size, part.size()));
  bytes.replace(bytes.begin() + begin, bytes.end(), part.begin(), part.end());
}

void MutateMembers(std::vector<shard::ZipMember>& members, std::minstd_rand& random) {
  const size_t at = random() % members.size();
  std::string& bytes = members[at].bytes;
  switch (random() % 16) {
    case 0:
      members.erase(members.begin() + at);
      break;
    case 1:
      members.push_back(members[at]);
      break;
    case 2:
      std::swap(members[at].name, members[random() % members.size()].name);
      break;
    case 3:
    case 4:
      MutatePart(bytes, 0);
      break;
    default:
      MutatePart(bytes, bytes.size() > kNpyHeaderBytes ? kNpyHeaderBytes : 0);
  }
}

}  // namespace
}  // namespace moyo::fuzz

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  using namespace moyo;
  std::minstd_rand random(seed);
  auto members =
      shard::ReadZip({reinterpret_cast<const char*>(data), size}, fuzz::kMostUnpackedBytes);
  if (!members.ok() || members->empty() || random() % 4 == 0) {
    return LLVMFuzzerMutate(data, size, max_size);
  }
  fuzz::MutateMembers(*members, random);
  shard::ZipWriter zip;
  for (const shard::ZipMember& member : *members) zip.Add(member.name, member.bytes);
  const std::string packed = zip.Finish();
  if (packed.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::memcpy(data, packed.data(), packed.size());
  return packed.size();
}
