#include "cli/survey/game_facts.h"

#include <utility>

namespace moyo::cli {
namespace {

std::string Readable(std::string_view value, sgf::TextEncoding encoding) {
  if (value.empty()) return {};
  return sgf::SimpleText(sgf::ToUtf8(value, encoding));
}

}  // namespace

void Examiner::Game(const SourcePtr& source, const sgf::GameSpan& span, std::string_view text) {
  GameFacts& facts = facts_.emplace_back();
  facts.source = source;
  facts.row = judge_.Judge(span, text);
  facts.begin = span.begin;
  facts.is_list_line = !text.empty() && text[0] != '(';
  if (facts.row.state == worker::GameState::kAccepted) Describe(text, facts);
}

void Examiner::Describe(std::string_view text, GameFacts& facts) const {
  const go::GameRecord& game = judge_.game();
  facts.info = game.info;
  facts.notes = judge_.notes();
  facts.has_setup = !game.setup.empty();
  facts.has_komi = !judge_.header().komi.empty();
  facts.is_white_first = game.moves[0].color == go::Color::kWhite;
  facts.encoding = sgf::DetectEncoding(text, judge_.header().charset);
  facts.black_name = Readable(judge_.header().black_name, facts.encoding);
  facts.white_name = Readable(judge_.header().white_name, facts.encoding);
}

void Examiner::NoGame(const SourcePtr& source, std::string_view first_bytes) {
  GameFacts& facts = facts_.emplace_back();
  facts.source = source;
  facts.row = worker::NoGameRow(first_bytes);
}

void Examiner::Unreadable(const SourcePtr& source, std::string_view why) {
  GameFacts& facts = facts_.emplace_back();
  facts.source = source;
  facts.row = worker::UnreadableSourceRow(why);
}

std::vector<GameFacts> Examiner::Take() { return std::exchange(facts_, {}); }

}  // namespace moyo::cli
