#include "common/shard/huffman_deflate.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include <memory>
#include <random>
#include <string>

namespace moyo::shard {
namespace {

std::string Inflate(const std::string& packed, size_t size_bytes) {
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), libdeflate_free_decompressor);
  std::string bytes(size_bytes, '\0');
  size_t read = 0;
  // The form that reports the bytes read: the stream must end where we say it does.
  const libdeflate_result result = libdeflate_deflate_decompress_ex(
      inflater.get(), packed.data(), packed.size(), bytes.data(), bytes.size(), &read, nullptr);
  if (result != LIBDEFLATE_SUCCESS || read != packed.size()) return "not inflated";
  return bytes;
}

TEST(HuffmanDeflateTest, InflatesToWhatWentIn) {
  std::mt19937 random(1);
  for (size_t size = 0; size < 300; ++size) {
    const unsigned alphabet = 1 + random() % 256;
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random() % alphabet);
    ASSERT_EQ(Inflate(HuffmanDeflate(bytes), size), bytes) << size << " bytes of " << alphabet;
  }
}

TEST(HuffmanDeflateTest, OneByteManyTimes) {
  for (const char c : {'\0', 'a', '\xff'}) {
    const std::string bytes(100000, c);
    const std::string packed = HuffmanDeflate(bytes);
    EXPECT_EQ(Inflate(packed, bytes.size()), bytes);
    EXPECT_LT(packed.size(), bytes.size() / 7);
  }
}

// Fibonacci counts make Huffman's own code as deep as it gets: deeper than is allowed here.
TEST(HuffmanDeflateTest, RareBytesDoNotGetTooLongACode) {
  std::string bytes;
  size_t a = 1;
  size_t b = 1;
  for (int c = 0; c < 24; ++c) {
    bytes.append(a, static_cast<char>(c));
    b += a;
    std::swap(a, b);
  }
  EXPECT_EQ(Inflate(HuffmanDeflate(bytes), bytes.size()), bytes);
}

// The end of the block takes its place from one of the sixteen: that one has a code of five bits.
TEST(HuffmanDeflateTest, IsAsSmallAsTheEntropyAllows) {
  std::mt19937 random(2);
  std::string bytes(100000, '\0');
  for (char& c : bytes) c = static_cast<char>(random() % 16);
  EXPECT_LT(HuffmanDeflate(bytes).size(), bytes.size() / 2 + 1200);
}

}  // namespace
}  // namespace moyo::shard
