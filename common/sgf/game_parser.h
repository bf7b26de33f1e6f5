// One pass over one game's bytes: the work behind GameReader. Internal to common/sgf.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/go/types.h"
#include "common/sgf/game_reader.h"

namespace moyo::sgf {

// One use. Holds no memory of its own but the setup grid.
class GameParser {
 public:
  GameParser(std::string_view text, go::GameRecord& game, HeaderTexts& header,
             std::vector<uint32_t>& move_offsets)
      : begin_(text.data()),
        at_(text.data()),
        end_(text.data() + text.size()),
        game_(game),
        header_(header),
        move_offsets_(move_offsets) {}

  ReadResult Run();

 private:
  struct Name {
    uint32_t code = 0;        // capital letters, packed; 0 for none
    bool only_small = false;  // it had no capitals and was taken as if it had
    const char* begin = nullptr;
  };

  bool FindGame();
  bool FindFirstNode();
  void ReadMainLine();
  bool ReadPlainMove();
  void ReadOther(unsigned char c);
  void ReadProperty();
  Name ReadName();
  void ReadValues(const Name& name, go::Color color,
                  void (GameParser::*read)(std::string_view, go::Color));
  void ReadMove(std::string_view value, go::Color color);
  void ReadSetup(std::string_view value, go::Color color);
  void ReadFact(const Name& name);
  void StoreFact(uint32_t code, std::string_view value);
  void StoreBoardSize(std::string_view value);
  void FinishSetup();
  void CountVariations();
  // Just past '['; null when the value has no end.
  const char* ValueEnd(const char* from) const;
  void AddMove(go::Point point, go::Color color, const char* at);
  // Ends the reading. A cut keeps the moves so far, a refusal keeps nothing.
  void Cut(Reason reason, const char* at);
  void Refuse(Reason reason, const char* at);

  const char* const begin_;
  const char* at_;
  const char* const end_;
  go::GameRecord& game_;
  HeaderTexts& header_;
  std::vector<uint32_t>& move_offsets_;
  ReadResult result_;
  bool stopped_ = false;
  const char* property_ = nullptr;  // where the property being read begins
  bool branch_is_empty_ = false;    // after '(' and before its first node
  // Setup, last word per point: 0 none, else go::Color + 1.
  bool has_setup_ = false;
  uint8_t setup_extent_ = 0;                                          // largest coordinate + 1
  const char* setup_extent_at_ = nullptr;                             // where it was set
  std::array<uint8_t, go::kMaxBoardSize * go::kMaxBoardSize> setup_;  // valid when has_setup_
};

}  // namespace moyo::sgf
