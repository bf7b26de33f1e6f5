#include "common/sgf/game_reader.h"

namespace moyo::sgf {
namespace {

struct Words {
  const char* name;
  const char* sentence;
};

Words WordsOf(Reason reason) {
  switch (reason) {
    case Reason::kNone:
      return {"", ""};
    case Reason::kNoGame:
      return {"NO_GAME", "there is no game record in it"};
    case Reason::kNoMoves:
      return {"NO_MOVES", "the game has no moves"};
    case Reason::kGameTooLarge:
      return {"GAME_TOO_LARGE", "the game record is longer than the limit"};
    case Reason::kNotGo:
      return {"NOT_GO", "the record is of another game than Go"};
    case Reason::kBadBoardSize:
      return {"BAD_BOARD_SIZE", "the board size is not a number from 2 to 25"};
    case Reason::kBoardNotSquare:
      return {"BOARD_NOT_SQUARE", "the board is not square"};
    case Reason::kUnexpectedText:
      return {"UNEXPECTED_TEXT", "text stands where SGF allows none"};
    case Reason::kUnterminatedValue:
      return {"UNTERMINATED_VALUE", "a value has no closing bracket"};
    case Reason::kPropertyWithoutValue:
      return {"PROPERTY_WITHOUT_VALUE", "a property has no value"};
    case Reason::kBadMove:
      return {"BAD_MOVE", "the move is not a point"};
    case Reason::kMoveOffBoard:
      return {"MOVE_OFF_BOARD", "the move is off the board"};
    case Reason::kMoveOccupied:
      return {"MOVE_OCCUPIED", "the move is on an occupied point"};
    case Reason::kMoveKo:
      return {"MOVE_KO", "the move retakes a ko at once"};
    case Reason::kMoveSuicide:
      return {"MOVE_SUICIDE", "the move leaves its own chain without a liberty"};
    case Reason::kBadSetup:
      return {"BAD_SETUP", "a setup stone is not a point"};
    case Reason::kSetupOffBoard:
      return {"SETUP_OFF_BOARD", "a setup stone is off the board"};
    case Reason::kSetupNoLiberty:
      return {"SETUP_NO_LIBERTY", "a setup stone's chain has no liberty"};
    case Reason::kSetupAfterMove:
      return {"SETUP_AFTER_MOVE", "stones are set up after the first move"};
    case Reason::kSourceUnreadable:
      return {"SOURCE_UNREADABLE", "the source could not be read"};
    case Reason::kSourceChanged:
      return {"SOURCE_CHANGED", "the source no longer holds the games that were found in it"};
    case Reason::kFilterBoardSize:
      return {"FILTER_BOARD_SIZE", "the board is not of the size of --board-size"};
    case Reason::kFilterMinMoves:
      return {"FILTER_MIN_MOVES", "the game has fewer moves than --filter-min-moves"};
    case Reason::kFilterMaxMoves:
      return {"FILTER_MAX_MOVES", "the game has more moves than --max-moves"};
    case Reason::kFilterRank:
      return {"FILTER_RANK", "a player's rank is unknown or outside the wanted ranks"};
    case Reason::kFilterPlayer:
      return {"FILTER_PLAYER", "no player has a wanted name"};
    case Reason::kFilterDate:
      return {"FILTER_DATE", "the date is unknown or not surely in the wanted range"};
    case Reason::kFilterKomi:
      return {"FILTER_KOMI", "the komi is unknown or outside the wanted range"};
    case Reason::kFilterHandicap:
      return {"FILTER_HANDICAP", "the handicap is outside the wanted range"};
    case Reason::kFilterResult:
      return {"FILTER_RESULT", "the result is unknown"};
    case Reason::kFilterRuleset:
      return {"FILTER_RULESET", "the ruleset is not a wanted one"};
  }
  return {"", ""};
}

}  // namespace

const char* ReasonName(Reason reason) { return WordsOf(reason).name; }
const char* ReasonSentence(Reason reason) { return WordsOf(reason).sentence; }

Reason ReasonOf(go::Legality legality) {
  switch (legality) {
    case go::Legality::kLegal:
      return Reason::kNone;
    case go::Legality::kOffBoard:
      return Reason::kMoveOffBoard;
    case go::Legality::kOccupied:
      return Reason::kMoveOccupied;
    case go::Legality::kKo:
      return Reason::kMoveKo;
    case go::Legality::kSuicide:
      return Reason::kMoveSuicide;
  }
  return Reason::kNone;
}

}  // namespace moyo::sgf
