// Deflate without matches, for columns whose bytes are as good as independent.
//
// The coordinates of moves hardly repeat: a search for matches finds none worth their price, and
// takes most of the time. One block of literals under a Huffman code of their own is as small and
// several times faster to write. Every inflater reads it.
// Source of the format: RFC 1951, section 3.2.7.
#pragma once

#include <string>
#include <string_view>

namespace moyo::shard {

// A complete deflate stream of one block.
std::string HuffmanDeflate(std::string_view bytes);

}  // namespace moyo::shard
