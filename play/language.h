// The words of the board in the terminal, in English and Korean. Commands are the same in both, and
// so is what comes from files and from the network when they fail.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/substitute.h"
#include "common/go/board.h"
#include "common/go/types.h"

namespace moyo::play {

enum class Language : uint8_t { kEnglish, kKorean };

enum class Word : uint8_t {
  kHelp,
  kWelcome,
  kBlack,
  kWhite,
  kPass,
  kNotUnderstood,  // $0 what was typed
  kBothPassed,
  kResigns,   // $0 colour
  kPlays,     // $0 colour, $1 point, $2 its probability in percent, $3 value
  kStart,     // of the game
  kLastMove,  // $0 number, $1 colour, $2 point
  kTurn,      // $0 colour, $1 captures of Black, $2 of White
  kValue,     // $0 colour, $1 value, $2 the same in percent
  kIllegal,   // $0 point, $1 why
  kOccupied,  // why, as in the next two
  kKo,
  kSuicide,
  kNothingToUndo,
  kTopUsage,
  kSaveUsage,
  kLoadUsage,
  kSaved,  // $0 moves, $1 path
  kEnd,    // no word
};

// The text of a word, with $0, $1... where values go.
const char* TextOf(Word word, Language language);

template <typename... Values>
std::string Say(Language language, Word word, const Values&... values) {
  return absl::Substitute(TextOf(word, language), values...);
}

std::string ColorWord(go::Color color, Language language);
std::string PointWord(go::Point point, int board_size, Language language);  // "Q16"
std::string LegalityWord(go::Legality legality, Language language);

// By LC_ALL, LC_MESSAGES and LANG, the first that is set (POSIX, environment variables): Korean
// where it begins with "ko", else English.
Language LanguageOfEnvironment();

}  // namespace moyo::play
