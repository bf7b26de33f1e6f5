#include "server/run_folder.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/base/text.h"
#include "common/base/version.h"
#include "server/game_filter.h"

namespace moyo::server {
namespace {

constexpr size_t kMaxVersionBytes = 4096;
constexpr uint32_t kDefaultMinMoves = 30;
constexpr uint32_t kDefaultMaxMoves = 1000;
constexpr uint64_t kMaxGameBytes = 4u << 20;

// The stored value of an option, or the given one, or the default, which is then stored.
absl::StatusOr<uint32_t> Settle(store::Store& store, const std::string& flag,
                                std::optional<uint32_t> given, uint32_t otherwise) {
  MOYO_ASSIGN_OR_RETURN(const std::string stored, store.GetMeta("option " + flag));
  uint32_t value = given.value_or(otherwise);
  if (stored.empty()) {
    MOYO_RETURN_IF_ERROR(store.SetMeta("option " + flag, absl::StrCat(value)));
    return value;
  }
  uint32_t standing = 0;
  if (!absl::SimpleAtoi(stored, &standing)) {
    return absl::DataLossError(absl::StrCat("the database's option ", flag, " is damaged"));
  }
  if (given && *given != standing) {
    return absl::FailedPreconditionError(
        absl::StrCat("this run directory was begun with --", flag, " ", standing, ", not ", *given,
                     "; leave the flag out or use a new --run-dir"));
  }
  return standing;
}

}  // namespace

absl::StatusOr<FileLock> OpenRunFolder(const std::string& run_dir) {
  const std::string version_path = run_dir + "/version";
  absl::StatusOr<std::string> version = ReadFile(version_path, kMaxVersionBytes);
  if (version.ok()) {
    const std::string text(absl::StripAsciiWhitespace(*version));
    if (text != kRunFolderVersion) {
      return absl::FailedPreconditionError(
          absl::StrCat("run directory '", run_dir, "' is of version '", EscapeBytes(text, 40),
                       "', this program works on '", kRunFolderVersion,
                       "'; use another --run-dir or that release"));
    }
  } else if (!absl::IsNotFound(version.status())) {
    return version.status();
  }
  MOYO_RETURN_IF_ERROR(MakeFolder(run_dir + "/server"));
  absl::StatusOr<FileLock> lock = FileLock::Acquire(run_dir + "/server/lock");
  if (absl::IsFailedPrecondition(lock.status())) {
    return absl::AbortedError(absl::StrCat("another moyo-server uses run directory '", run_dir,
                                           "'; stop it or use another --run-dir"));
  }
  if (lock.ok() && !version.ok()) {
    MOYO_RETURN_IF_ERROR(WriteFileAtomically(version_path, absl::StrCat(kRunFolderVersion, "\n")));
  }
  return lock;
}

absl::StatusOr<std::optional<store::Duplicates>> DuplicatesOf(const ServerOptions& options) {
  if (!options.duplicates) return std::nullopt;
  const std::string& word = *options.duplicates;
  if (word == "drop") return store::Duplicates::kDrop;
  if (word == "keep") return store::Duplicates::kKeep;
  return absl::InvalidArgumentError(absl::StrCat("--duplicates is drop or keep, not '", word, "'"));
}

absl::StatusOr<v1::ParseOptions> SettleParseOptions(store::Store& store,
                                                    const ServerOptions& options) {
  v1::ParseOptions parse;
  MOYO_ASSIGN_OR_RETURN(const uint32_t min_moves,
                        Settle(store, "min-moves", options.min_moves, kDefaultMinMoves));
  MOYO_ASSIGN_OR_RETURN(const uint32_t max_moves,
                        Settle(store, "max-moves", options.max_moves, kDefaultMaxMoves));
  MOYO_ASSIGN_OR_RETURN(const uint32_t board_size,
                        Settle(store, "board-size", options.board_size, 0));
  parse.set_min_moves(min_moves);
  parse.set_max_moves(max_moves);
  parse.set_board_size(board_size);
  parse.set_max_game_bytes(kMaxGameBytes);
  MOYO_ASSIGN_OR_RETURN(*parse.mutable_filter(), SettleFilter(store, options));
  return parse;
}

}  // namespace moyo::server
