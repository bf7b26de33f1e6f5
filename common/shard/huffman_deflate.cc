#include "common/shard/huffman_deflate.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <queue>
#include <utility>
#include <vector>

namespace moyo::shard {
namespace {

constexpr int kSymbols = 257;  // the bytes and the block's end
constexpr int kEndOfBlock = 256;
// Four codes fit into what a 64-bit buffer has left after its whole bytes are written (7 bits).
constexpr int kMaxCodeBits = 14;
constexpr int kCodesAtOnce = 4;

using Counts = std::array<uint64_t, kSymbols>;
using Lengths = std::array<uint8_t, kSymbols>;

struct Code {
  uint16_t bits = 0;  // first bit lowest, as deflate packs them
  uint16_t length = 0;
};

Counts CountBytes(std::string_view bytes) {
  // Four tables, so that equal neighbours do not wait for each other.
  std::array<std::array<uint32_t, 256>, 4> tables{};
  size_t i = 0;
  for (; i + 4 <= bytes.size(); i += 4) {
    for (int t = 0; t < 4; ++t) ++tables[t][static_cast<uint8_t>(bytes[i + t])];
  }
  for (; i < bytes.size(); ++i) ++tables[0][static_cast<uint8_t>(bytes[i])];
  Counts counts{};
  for (int c = 0; c < 256; ++c) {
    for (const auto& table : tables) counts[c] += table[c];
  }
  counts[kEndOfBlock] = 1;
  return counts;
}

// Huffman's construction; the depth of each symbol's leaf.
Lengths DepthsOf(const Counts& counts) {
  struct Node {
    uint64_t count;
    int index;
    bool operator>(const Node& other) const {
      return std::pair(count, index) > std::pair(other.count, other.index);
    }
  };
  std::priority_queue<Node, std::vector<Node>, std::greater<>> open;
  std::vector<int> parent(kSymbols, -1);
  for (int s = 0; s < kSymbols; ++s) {
    if (counts[s] != 0) open.push({counts[s], s});
  }
  while (open.size() > 1) {
    const Node a = open.top();
    open.pop();
    const Node b = open.top();
    open.pop();
    const int joined = static_cast<int>(parent.size());
    parent.push_back(-1);
    parent[a.index] = parent[b.index] = joined;
    open.push({a.count + b.count, joined});
  }
  Lengths lengths{};
  for (int s = 0; s < kSymbols; ++s) {
    if (counts[s] == 0) continue;
    for (int at = s; parent[at] >= 0; at = parent[at]) ++lengths[s];
  }
  return lengths;
}

// A code of at most kMaxCodeBits: while the best one is longer, rare symbols are held less rare.
Lengths CodeLengths(Counts counts) {
  // A code of one symbol needs a second one to be complete.
  if (std::count(counts.begin(), counts.end(), 0) == kSymbols - 1) counts[0] = 1;
  for (;;) {
    const Lengths lengths = DepthsOf(counts);
    if (*std::max_element(lengths.begin(), lengths.end()) <= kMaxCodeBits) return lengths;
    for (uint64_t& count : counts) count = (count + 1) / 2;
  }
}

// Canonical codes of RFC 1951 section 3.2.2, each with its bits in the order they are sent.
std::array<Code, kSymbols> CodesOf(const Lengths& lengths) {
  std::array<Code, kSymbols> codes{};
  uint32_t next = 0;
  for (int length = 1; length <= kMaxCodeBits; ++length) {
    next <<= 1;
    for (int s = 0; s < kSymbols; ++s) {
      if (lengths[s] != length) continue;
      uint32_t reversed = 0;
      for (int bit = 0; bit < length; ++bit) reversed |= (next >> bit & 1) << (length - 1 - bit);
      codes[s] = {static_cast<uint16_t>(reversed), static_cast<uint16_t>(length)};
      ++next;
    }
  }
  return codes;
}

// Bits, lowest first, into a buffer that is large enough.
class BitWriter {
 public:
  explicit BitWriter(char* out) : out_(out) {}
  void Put(uint64_t bits, int count) {
    pending_ |= bits << count_;
    count_ += count;
  }
  // Writes whole bytes; at most 7 bits stay pending. Touches 8 bytes of the buffer.
  void Flush() {
    std::memcpy(out_, &pending_, sizeof(pending_));
    out_ += count_ >> 3;
    pending_ >>= count_ & ~7;
    count_ &= 7;
  }
  char* Finish() {
    Flush();
    return out_ + (count_ > 0);
  }

 private:
  char* out_;
  uint64_t pending_ = 0;
  int count_ = 0;
};

// The block's header. The lengths are sent plainly in four bits each: by the code length code that
// gives each of 0 to 15 four bits.
void PutHeader(BitWriter& out, const Lengths& lengths) {
  // Order in which the code length code's own lengths stand (section 3.2.7).
  constexpr std::array<uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                              11, 4,  12, 3, 13, 2, 14, 1, 15};
  out.Put(1, 1);               // the last block
  out.Put(2, 2);               // with its own codes
  out.Put(kSymbols - 257, 5);  // literal and length codes
  out.Put(1, 5);               // two distance codes, since some inflaters want a complete set
  out.Put(kOrder.size() - 4, 4);
  out.Flush();
  for (const uint8_t symbol : kOrder) {
    out.Put(symbol < 16 ? 4 : 0, 3);
    out.Flush();
  }
  const auto put_length = [&out](unsigned length) {
    unsigned reversed = 0;
    for (int bit = 0; bit < 4; ++bit) reversed |= (length >> bit & 1) << (3 - bit);
    out.Put(reversed, 4);
    out.Flush();
  };
  for (const uint8_t length : lengths) put_length(length);
  put_length(1);
  put_length(1);
}

}  // namespace

std::string HuffmanDeflate(std::string_view bytes) {
  const Counts counts = CountBytes(bytes);
  const Lengths lengths = CodeLengths(counts);
  const std::array<Code, kSymbols> codes = CodesOf(lengths);
  uint64_t bits = 8 * 256 + codes[kEndOfBlock].length;  // more than the header takes
  for (int s = 0; s < 256; ++s) bits += counts[s] * codes[s].length;
  std::string packed;
  packed.resize(bits / 8 + 2 * sizeof(uint64_t));
  BitWriter out(packed.data());
  PutHeader(out, lengths);
  const auto put = [&](char c) {
    const Code code = codes[static_cast<uint8_t>(c)];
    out.Put(code.bits, code.length);
  };
  size_t i = 0;
  for (; i + kCodesAtOnce <= bytes.size(); i += kCodesAtOnce) {
    for (int k = 0; k < kCodesAtOnce; ++k) put(bytes[i + k]);
    out.Flush();
  }
  for (; i < bytes.size(); ++i) {
    put(bytes[i]);
    out.Flush();
  }
  out.Put(codes[kEndOfBlock].bits, codes[kEndOfBlock].length);
  packed.resize(out.Finish() - packed.data());
  return packed;
}

}  // namespace moyo::shard
