#include "play/language.h"

#include <array>
#include <cstdlib>
#include <string_view>

#include "common/go/vertex.h"

namespace moyo::play {
namespace {

struct Texts {
  Word word;
  const char* english;
  const char* korean;
};

constexpr Texts kTexts[] = {
    {Word::kHelp,
     "  Q16         play there (columns A to T without I, rows 1 to 19 from the bottom)\n"
     "  pass        pass the turn\n"
     "  ai          let the network play this turn\n"
     "  top [N]     the network's N best moves here (5)\n"
     "  undo        take back your last move and the answer to it\n"
     "  score       area count with every stone alive\n"
     "  board       print the board again\n"
     "  new         start over\n"
     "  save FILE   write the game as SGF\n"
     "  load FILE   read a game from an SGF file\n"
     "  help, quit\n",
     "  Q16         그 자리에 두기 (가로는 I를 뺀 A-T, 세로는 아래부터 1-19)\n"
     "  pass        한수쉼\n"
     "  ai          이번 수를 신경망이 두게 하기\n"
     "  top [N]     신경망이 꼽는 좋은 수 N개 (5)\n"
     "  undo        내 마지막 수와 그 응수를 무르기\n"
     "  score       모든 돌을 살아 있는 것으로 보고 계가하기\n"
     "  board       바둑판 다시 보기\n"
     "  new         새 대국\n"
     "  save FILE   기보를 SGF로 저장하기\n"
     "  load FILE   SGF 파일에서 기보 읽기\n"
     "  help, quit  도움말, 끝내기\n"},
    {Word::kWelcome, "Type a move such as Q16, or help.\n",
     "둘 자리를 Q16처럼 입력하세요. help는 도움말입니다.\n"},
    {Word::kBlack, "Black", "흑"},
    {Word::kWhite, "White", "백"},
    {Word::kPass, "pass", "한수쉼"},
    {Word::kNotUnderstood, "'$0' is neither a move nor a command; help lists them.\n",
     "'$0': 수도 명령도 아닙니다. help로 명령을 볼 수 있습니다.\n"},
    {Word::kBothPassed, "Both passed; see score.\n",
     "둘 다 한 수 쉬었습니다. score로 계가할 수 있습니다.\n"},
    {Word::kResigns, "$0 (network) resigns.\n", "$0(신경망)이 기권했습니다.\n"},
    {Word::kPlays, "$0 (network) plays $1 ($2%, value $3).\n", "$0(신경망): $1 ($2%, 형세 $3).\n"},
    {Word::kStart, "Start.", "시작."},
    {Word::kLastMove, "Move $0: $1 $2.", "$0수: $1 $2."},
    {Word::kTurn, " $0 to move. Captures: Black $1, White $2.\n",
     " $0 차례. 따낸 돌: 흑 $1, 백 $2.\n"},
    {Word::kValue, "Value for $0: $1 ($2% to win)\n", "$0의 형세: $1 (승률 $2%)\n"},
    {Word::kIllegal, "$0: illegal move: $1\n", "$0: 둘 수 없습니다. $1\n"},
    {Word::kOccupied, "OCCUPIED", "이미 돌이 있습니다."},
    {Word::kKo, "KO", "패입니다. 바로 되따낼 수 없습니다."},
    {Word::kSuicide, "SUICIDE", "착수 금지점입니다."},
    {Word::kNothingToUndo, "Nothing to undo.\n", "무를 수가 없습니다.\n"},
    {Word::kTopUsage, "top takes a number of moves, such as: top 5\n",
     "top 뒤에는 수의 개수를 적습니다. 예: top 5\n"},
    {Word::kSaveUsage, "save takes a file name, such as: save game.sgf\n",
     "save 뒤에는 파일 이름을 적습니다. 예: save game.sgf\n"},
    {Word::kLoadUsage, "load takes a file name, such as: load game.sgf\n",
     "load 뒤에는 파일 이름을 적습니다. 예: load game.sgf\n"},
    {Word::kSaved, "Saved $0 moves to $1.\n", "$0수를 $1에 저장했습니다.\n"},
};

constexpr bool TableIsWhole() {
  for (size_t i = 0; i < std::size(kTexts); ++i) {
    if (kTexts[i].word != static_cast<Word>(i)) return false;
  }
  return std::size(kTexts) == static_cast<size_t>(Word::kEnd);
}
static_assert(TableIsWhole(), "one row a word, in the order of the enum");

}  // namespace

const char* TextOf(Word word, Language language) {
  const Texts& texts = kTexts[static_cast<size_t>(word)];
  return language == Language::kKorean ? texts.korean : texts.english;
}

std::string ColorWord(go::Color color, Language language) {
  return TextOf(color == go::Color::kBlack ? Word::kBlack : Word::kWhite, language);
}

std::string PointWord(go::Point point, int board_size, Language language) {
  return point.IsPass() ? TextOf(Word::kPass, language) : go::FormatVertex(point, board_size);
}

std::string LegalityWord(go::Legality legality, Language language) {
  switch (legality) {
    case go::Legality::kOccupied:
      return TextOf(Word::kOccupied, language);
    case go::Legality::kKo:
      return TextOf(Word::kKo, language);
    case go::Legality::kSuicide:
      return TextOf(Word::kSuicide, language);
    case go::Legality::kLegal:
    case go::Legality::kOffBoard:
      break;
  }
  return go::LegalityName(legality);
}

Language LanguageOfEnvironment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("ko") ? Language::kKorean : Language::kEnglish;
  }
  return Language::kEnglish;
}

}  // namespace moyo::play
