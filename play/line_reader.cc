#include "play/line_reader.h"

namespace moyo::play {

bool ReadLine(std::istream& in, std::string& line, size_t max_bytes) {
  line.clear();
  std::streambuf* buffer = in.rdbuf();
  constexpr int kEnd = std::char_traits<char>::eof();
  int c = buffer->sbumpc();
  if (c == kEnd) return false;
  for (; c != kEnd && c != '\n'; c = buffer->sbumpc()) {
    if (line.size() < max_bytes) line.push_back(static_cast<char>(c));
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return true;
}

}  // namespace moyo::play
