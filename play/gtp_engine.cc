#include "play/gtp_engine.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/base/version.h"
#include "common/go/symmetry.h"
#include "common/go/vertex.h"
#include "common/sgf/game_writer.h"
#include "play/board_view.h"
#include "play/game_file.h"
#include "play/handicap.h"
#include "play/scoring.h"

namespace moyo::play {
namespace {

constexpr int kSize = features::kBoardSize;
constexpr double kMaxKomi = 1000;
constexpr size_t kMaxIdDigits = 18;

absl::Status Error(const char* text) { return absl::InvalidArgumentError(text); }

// As the protocol wants it: control characters vanish, tabs are spaces, # starts a comment.
std::string Clean(std::string_view line) {
  std::string text;
  for (char c : line) {
    if (c == '#') break;
    if (c == '\t') c = ' ';
    if (static_cast<unsigned char>(c) >= 32 && c != 127) text.push_back(c);
  }
  return text;
}

bool IsId(std::string_view word) {
  if (word.empty() || word.size() > kMaxIdDigits) return false;
  return word.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string JoinVertices(const std::vector<go::Point>& points) {
  return absl::StrJoin(points, " ", [](std::string* out, go::Point point) {
    absl::StrAppend(out, go::FormatVertex(point, kSize));
  });
}

bool AllIntegers(const std::vector<std::string>& words, size_t from) {
  for (size_t i = from; i < words.size(); ++i) {
    int value = 0;
    if (!absl::SimpleAtoi(words[i], &value)) return false;
  }
  return true;
}

}  // namespace

GtpEngine::GtpEngine(evaluation::Evaluator& evaluator, PlayerOptions options)
    : evaluator_(evaluator), player_(evaluator, options) {}

const std::vector<GtpEngine::Command>& GtpEngine::Commands() {
  static const std::vector<Command>& commands = *new std::vector<Command>{
      {"boardsize", &GtpEngine::BoardSize},
      {"clear_board", &GtpEngine::ClearBoard},
      {"final_score", &GtpEngine::FinalScore},
      {"final_status_list", &GtpEngine::FinalStatusList},
      {"fixed_handicap", &GtpEngine::FixedHandicap},
      {"genmove", &GtpEngine::GenMove},
      {"kata-analyze", &GtpEngine::KataAnalyze},
      {"kata-genmove_analyze", &GtpEngine::KataGenMoveAnalyze},
      {"kata-raw-nn", &GtpEngine::KataRawNn},
      {"kgs-genmove_cleanup", &GtpEngine::GenMoveCleanup},
      {"known_command", &GtpEngine::KnownCommand},
      {"komi", &GtpEngine::Komi},
      {"list_commands", &GtpEngine::ListCommands},
      {"loadsgf", &GtpEngine::LoadSgf},
      {"lz-analyze", &GtpEngine::LzAnalyze},
      {"lz-genmove_analyze", &GtpEngine::LzGenMoveAnalyze},
      {"name", &GtpEngine::Name},
      {"place_free_handicap", &GtpEngine::PlaceFreeHandicap},
      {"play", &GtpEngine::Play},
      {"printsgf", &GtpEngine::PrintSgf},
      {"protocol_version", &GtpEngine::ProtocolVersion},
      {"quit", &GtpEngine::Quit},
      {"reg_genmove", &GtpEngine::RegGenMove},
      {"set_free_handicap", &GtpEngine::SetFreeHandicap},
      {"showboard", &GtpEngine::ShowBoard},
      {"time_left", &GtpEngine::TimeLeft},
      {"time_settings", &GtpEngine::TimeSettings},
      {"undo", &GtpEngine::Undo},
      {"version", &GtpEngine::Version},
  };
  return commands;
}

const GtpEngine::Command* GtpEngine::Find(std::string_view name) {
  for (const Command& command : Commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::string GtpEngine::Handle(std::string_view line) {
  const std::string before = Close();
  return before + Answer(line);
}

std::string GtpEngine::Answer(std::string_view line) {
  Arguments words = absl::StrSplit(Clean(line), ' ', absl::SkipEmpty());
  std::string id;
  if (!words.empty() && IsId(words.front())) {
    id = words.front();
    words.erase(words.begin());
  }
  if (words.empty()) return id.empty() ? "" : absl::StrCat("?", id, " unknown command\n\n");
  const Command* command = Find(words.front());
  if (command == nullptr) return absl::StrCat("?", id, " unknown command\n\n");
  words.erase(words.begin());
  const Reply reply = (this->*command->run)(words);
  if (!reply.ok()) {
    // An empty line inside it would end the response early.
    const std::string message = absl::StrReplaceAll(reply.status().message(), {{"\n", " "}});
    return absl::StrCat("?", id, " ", message, "\n\n");
  }
  return absl::StrCat("=", id, reply->empty() || reply->front() == '\n' ? "" : " ", *reply,
                      analysis_open_ ? "\n" : "\n\n");
}

GtpEngine::Reply GtpEngine::ProtocolVersion(const Arguments&) { return "2"; }
GtpEngine::Reply GtpEngine::Name(const Arguments&) { return "Moyo"; }
GtpEngine::Reply GtpEngine::Version(const Arguments&) { return kReleaseVersion; }

GtpEngine::Reply GtpEngine::KnownCommand(const Arguments& arguments) {
  return !arguments.empty() && Find(arguments[0]) != nullptr ? "true" : "false";
}

GtpEngine::Reply GtpEngine::ListCommands(const Arguments&) {
  return absl::StrJoin(Commands(), "\n", [](std::string* out, const Command& command) {
    absl::StrAppend(out, command.name);
  });
}

GtpEngine::Reply GtpEngine::Quit(const Arguments&) {
  quit_ = true;
  return "";
}

GtpEngine::Reply GtpEngine::BoardSize(const Arguments& arguments) {
  int size = 0;
  if (arguments.size() != 1 || !absl::SimpleAtoi(arguments[0], &size)) {
    return Error("boardsize not an integer");
  }
  if (size != kSize) return Error("unacceptable size");
  return ClearBoard({});
}

GtpEngine::Reply GtpEngine::ClearBoard(const Arguments&) {
  state_.Clear();
  player_.NewGame();
  return "";
}

GtpEngine::Reply GtpEngine::Komi(const Arguments& arguments) {
  double komi = 0;
  if (arguments.size() != 1 || !absl::SimpleAtod(arguments[0], &komi) ||
      !(std::abs(komi) <= kMaxKomi)) {
    return Error("komi not a float");
  }
  state_.set_komi_half_points(static_cast<int>(std::lround(2 * komi)));
  return "";
}

GtpEngine::Reply GtpEngine::PlaceHandicap(const Arguments& arguments, int most) {
  int stones = 0;
  if (arguments.size() != 1 || !absl::SimpleAtoi(arguments[0], &stones)) {
    return Error("handicap not an integer");
  }
  if (stones < 2 || stones > most) return Error("invalid number of stones");
  const std::vector<go::Point> points = FixedHandicapPoints(std::min(stones, kMaxFixedHandicap));
  if (!state_.PlaceHandicap(points)) return Error("board not empty");
  return JoinVertices(points);
}

GtpEngine::Reply GtpEngine::FixedHandicap(const Arguments& arguments) {
  return PlaceHandicap(arguments, kMaxFixedHandicap);
}

// The program chooses where the stones go, and may place fewer than asked: the customary points.
GtpEngine::Reply GtpEngine::PlaceFreeHandicap(const Arguments& arguments) {
  return PlaceHandicap(arguments, features::kPointCount - 1);
}

GtpEngine::Reply GtpEngine::SetFreeHandicap(const Arguments& arguments) {
  std::vector<go::Point> points;
  for (const std::string& word : arguments) {
    const std::optional<go::Point> point = go::ParseVertex(word, kSize);
    if (!point || point->IsPass()) return Error("bad vertex list");
    points.push_back(*point);
  }
  if (points.size() < 2 || points.size() >= features::kPointCount) return Error("bad vertex list");
  if (!state_.moves().empty() || !state_.record().setup.empty()) return Error("board not empty");
  if (!state_.PlaceHandicap(points)) return Error("bad vertex list");
  return "";
}

GtpEngine::Reply GtpEngine::Play(const Arguments& arguments) {
  if (arguments.size() != 2) return Error("invalid color or coordinate");
  const std::optional<go::Color> color = go::ParseColor(arguments[0]);
  const std::optional<go::Point> point = go::ParseVertex(arguments[1], kSize);
  if (!color || !point) return Error("invalid color or coordinate");
  const absl::Status played = state_.Play({*point, *color});
  if (absl::IsInvalidArgument(played)) return Error("illegal move");
  MOYO_RETURN_IF_ERROR(played);
  return "";
}

GtpEngine::Reply GtpEngine::GenMove(const Arguments& arguments) {
  const std::optional<go::Color> color =
      arguments.size() == 1 ? go::ParseColor(arguments[0]) : std::nullopt;
  if (!color) return Error("invalid color");
  MOYO_ASSIGN_OR_RETURN(const Decision decision, player_.Decide(state_, *color));
  return PlayDecision(decision, *color);
}

GtpEngine::Reply GtpEngine::PlayDecision(const Decision& decision, go::Color color) {
  if (decision.kind == Decision::Kind::kResign) return "resign";
  MOYO_RETURN_IF_ERROR(state_.Play({decision.point, color}));
  return go::FormatVertex(decision.point, kSize);
}

GtpEngine::Reply GtpEngine::GenMoveCleanup(const Arguments& arguments) {
  const std::optional<go::Color> color =
      arguments.size() == 1 ? go::ParseColor(arguments[0]) : std::nullopt;
  if (!color) return Error("invalid color");
  MOYO_ASSIGN_OR_RETURN(const Decision decision, player_.Cleanup(state_, *color));
  return PlayDecision(decision, *color);
}

GtpEngine::Reply GtpEngine::RegGenMove(const Arguments& arguments) {
  const std::optional<go::Color> color =
      arguments.size() == 1 ? go::ParseColor(arguments[0]) : std::nullopt;
  if (!color) return Error("invalid color");
  MOYO_ASSIGN_OR_RETURN(const Decision decision, player_.Best(state_, *color));
  return go::FormatVertex(decision.point, kSize);
}

GtpEngine::Reply GtpEngine::Undo(const Arguments&) {
  if (!state_.Undo()) return Error("cannot undo");
  player_.NewGame();
  return "";
}

GtpEngine::Reply GtpEngine::TimeSettings(const Arguments& arguments) {
  if (arguments.size() != 3 || !AllIntegers(arguments, 0)) return Error("not three integers");
  return "";
}

GtpEngine::Reply GtpEngine::TimeLeft(const Arguments& arguments) {
  if (arguments.size() != 3 || !go::ParseColor(arguments[0]) || !AllIntegers(arguments, 1)) {
    return Error("not a color and two integers");
  }
  return "";
}

GtpEngine::Reply GtpEngine::FinalScore(const Arguments&) {
  return FormatScore(CountArea(state_.board()), state_.komi_half_points());
}

GtpEngine::Reply GtpEngine::FinalStatusList(const Arguments& arguments) {
  if (arguments.size() != 1) return Error("no status");
  if (arguments[0] == "dead" || arguments[0] == "seki") return "";
  if (arguments[0] != "alive") return Error("unknown status");
  const std::vector<std::vector<go::Point>> chains = Chains(state_.board());
  return absl::StrJoin(chains, "\n", [](std::string* out, const std::vector<go::Point>& chain) {
    absl::StrAppend(out, JoinVertices(chain));
  });
}

GtpEngine::Reply GtpEngine::ShowBoard(const Arguments&) {
  std::string text = absl::StrCat("\n", RenderBoard(state_, Style::kPlain));
  text.pop_back();  // an empty line would end the response
  return text;
}

GtpEngine::Reply GtpEngine::Analyze(const Arguments& arguments, AnalysisStyle style) {
  MOYO_ASSIGN_OR_RETURN(const AnalysisRequest request,
                        ParseAnalysisRequest(arguments, state_.to_move()));
  MOYO_ASSIGN_OR_RETURN(const std::string line, AnalysisLine(state_, request, style, evaluator_));
  analysis_open_ = true;
  return line.empty() ? "" : "\n" + line;
}

GtpEngine::Reply GtpEngine::LzAnalyze(const Arguments& arguments) {
  return Analyze(arguments, AnalysisStyle::kLz);
}

GtpEngine::Reply GtpEngine::KataAnalyze(const Arguments& arguments) {
  return Analyze(arguments, AnalysisStyle::kKata);
}

GtpEngine::Reply GtpEngine::GenMoveAnalyze(const Arguments& arguments, AnalysisStyle style) {
  MOYO_ASSIGN_OR_RETURN(const AnalysisRequest request,
                        ParseAnalysisRequest(arguments, state_.to_move()));
  MOYO_ASSIGN_OR_RETURN(const std::string line, AnalysisLine(state_, request, style, evaluator_));
  MOYO_ASSIGN_OR_RETURN(const Decision decision, player_.Decide(state_, request.color));
  MOYO_ASSIGN_OR_RETURN(const std::string vertex, PlayDecision(decision, request.color));
  return absl::StrCat(line.empty() ? "" : "\n", line, "\nplay ", vertex);
}

GtpEngine::Reply GtpEngine::LzGenMoveAnalyze(const Arguments& arguments) {
  return GenMoveAnalyze(arguments, AnalysisStyle::kLz);
}

GtpEngine::Reply GtpEngine::KataGenMoveAnalyze(const Arguments& arguments) {
  return GenMoveAnalyze(arguments, AnalysisStyle::kKata);
}

GtpEngine::Reply GtpEngine::KataRawNn(const Arguments& arguments) {
  int first = 0, last = go::kSymmetries - 1;
  if (arguments.size() != 1) return Error("symmetry not 0 to 7 or all");
  if (arguments[0] != "all") {
    if (!absl::SimpleAtoi(arguments[0], &first) || first < 0 || first >= go::kSymmetries) {
      return Error("symmetry not 0 to 7 or all");
    }
    last = first;
  }
  std::string text;
  for (int symmetry = first; symmetry <= last; ++symmetry) {
    MOYO_ASSIGN_OR_RETURN(const std::string one,
                          RawNetworkText(state_, state_.to_move(), symmetry, evaluator_));
    absl::StrAppend(&text, text.empty() ? "" : "\n", one);
  }
  return text;
}

GtpEngine::Reply GtpEngine::PrintSgf(const Arguments&) {
  std::string text = sgf::WriteSgf(state_.record());
  text.pop_back();  // an empty line would end the response
  return text;
}

GtpEngine::Reply GtpEngine::LoadSgf(const Arguments& arguments) {
  if (arguments.empty() || arguments.size() > 2) return Error("cannot load file");
  uint32_t move_number = 0;
  if (arguments.size() == 2 && (!absl::SimpleAtoi(arguments[1], &move_number) || move_number < 1)) {
    return Error("move number not a positive integer");
  }
  // The moves before `move_number`.
  const size_t ply = arguments.size() == 2 ? move_number - 1 : SIZE_MAX;
  absl::StatusOr<go::GameRecord> game = LoadGame(arguments[0]);
  if (!game.ok() || !state_.Load(*game, ply).ok()) return Error("cannot load file");
  player_.NewGame();
  return "";
}

}  // namespace moyo::play
