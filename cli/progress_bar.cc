#include "cli/progress_bar.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/text.h"

namespace moyo::cli {
namespace {

constexpr int kBarCells = 24;
constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

std::string ProgressLine(const Progress& progress, bool with_bar) {
  const uint64_t done =
      progress.total == 0 ? progress.done : std::min(progress.done, progress.total);
  std::string line = absl::StrFormat("%-6s", progress.label);
  if (progress.total > 0) {
    const double share = static_cast<double>(done) / static_cast<double>(progress.total);
    if (with_bar) {
      const int filled = static_cast<int>(share * kBarCells);
      absl::StrAppend(&line, " [", std::string(filled, '#'), std::string(kBarCells - filled, '-'),
                      "]");
    }
    absl::StrAppendFormat(&line, " %5.1f%%  %s/%s %s", 100 * share, WithCommas(done),
                          WithCommas(progress.total), progress.noun);
  } else {
    absl::StrAppend(&line, " ", WithCommas(done), " ", progress.noun);
  }
  if (progress.rate > 0) {
    absl::StrAppend(&line, "  ", WithCommas(static_cast<uint64_t>(progress.rate + 0.5)), "/s");
    if (progress.total > done) {
      const double seconds = static_cast<double>(progress.total - done) / progress.rate;
      absl::StrAppend(&line, "  ", HumanDuration(absl::Seconds(seconds)), " left");
    }
  }
  if (!progress.extra.empty()) absl::StrAppend(&line, "  ", progress.extra);
  return line;
}

ProgressBar::ProgressBar(std::FILE* out, Kind kind, const Clock& clock)
    : out_(out), kind_(kind), clock_(clock) {}

ProgressBar::ProgressBar(std::FILE* out)
    : ProgressBar(out, isatty(fileno(out)) ? Kind::kTerminal : Kind::kPlain) {}

void ProgressBar::Draw(const Progress& progress) {
  drawn_ = clock_.Now();
  if (kind_ == Kind::kTerminal) {
    std::fprintf(out_, "%s%s", kClearLine, ProgressLine(progress, true).c_str());
    open_ = true;
  } else {
    std::fprintf(out_, "%s\n", ProgressLine(progress, false).c_str());
  }
  std::fflush(out_);
}

void ProgressBar::Update(const Progress& progress) {
  const absl::Duration pause =
      kind_ == Kind::kTerminal ? absl::Milliseconds(100) : absl::Seconds(5);
  if (clock_.Now() - drawn_ >= pause) Draw(progress);
}

void ProgressBar::Finish(const Progress& progress) {
  Draw(progress);
  if (open_) std::fputc('\n', out_);
  open_ = false;
  std::fflush(out_);
}

void ProgressBar::Note(const std::string& line) {
  std::fprintf(out_, "%s%s\n", open_ ? kClearLine : "", line.c_str());
  open_ = false;
  drawn_ = absl::InfinitePast();
  std::fflush(out_);
}

}  // namespace moyo::cli
