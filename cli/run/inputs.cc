#include "cli/run/inputs.h"

#include <filesystem>
#include <fstream>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/sgf/splitter.h"
#include "common/source/archive.h"
#include "common/source/file_walker.h"

namespace moyo::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxFiles = 1000;
constexpr size_t kPieceBytes = 256 * 1024;
constexpr int kMaxPieces = 64;  // 16 MiB of one file without a game are not enough to say no
constexpr size_t kTarMagicOffset = 257;

bool IsArchive(std::string_view head) {
  using std::string_view_literals::operator""sv;
  for (const std::string_view magic : {"PK\3\4"sv, "\x1f\x8b"sv, "BZh"sv,
                                       "\xfd"
                                       "7zXZ\0"sv,
                                       "\x28\xb5\x2f\xfd"sv, "7z\xbc\xaf\x27\x1c"sv, "Rar!"sv}) {
    if (head.substr(0, magic.size()) == magic) return true;
  }
  return head.size() > kTarMagicOffset && head.substr(kTarMagicOffset, 5) == "ustar";
}

// True also where the answer would take too long: the server then says it.
bool MayHoldGame(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  sgf::Splitter splitter;
  std::string piece(kPieceBytes, '\0');
  for (int pieces = 0; file; ++pieces) {
    if (pieces == kMaxPieces) return true;
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const std::string_view read(piece.data(), static_cast<size_t>(file.gcount()));
    // By its name alone a server knows an archive.
    if (pieces == 0 && IsArchive(read)) return source::IsArchiveName(path);
    splitter.Feed(read);
    if (!splitter.spans().empty()) return true;
  }
  splitter.Finish();
  return !splitter.spans().empty();
}

absl::Status CheckFolder(const std::string& path) {
  int files = 0;
  std::string unreadable;
  bool may_hold_game = false;
  const absl::Status walked =
      source::WalkFiles(path, {}, [&](const std::string& file) -> absl::Status {
        std::error_code ignored;
        if (fs::is_directory(file, ignored)) {
          unreadable = file;
          return absl::OkStatus();
        }
        may_hold_game = ++files > kMaxFiles || MayHoldGame(file);
        return may_hold_game ? absl::CancelledError("that is enough") : absl::OkStatus();
      });
  if (may_hold_game) return absl::OkStatus();
  MOYO_RETURN_IF_ERROR(walked);
  if (files == 0 && !unreadable.empty()) {
    return absl::NotFoundError(
        absl::StrCat("cannot read folder '", unreadable, "'; check its permissions"));
  }
  if (files == 0) {
    return absl::NotFoundError(absl::StrCat("folder '", path, "' is empty; put SGF files into it"));
  }
  return absl::NotFoundError(
      absl::StrCat("no game found in the ", files, " files of '", path,
                   "'; --games takes SGF files, lists and archives of them"));
}

absl::Status CheckPath(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    return absl::NotFoundError(
        absl::StrCat("'", path, "' does not exist; --games takes folders, files and archives"));
  }
  if (fs::is_directory(status)) return CheckFolder(path);
  if (!fs::is_regular_file(status)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", path, "' is a device, a pipe or a socket; --games takes folders, files and archives"));
  }
  if (!std::ifstream(path)) {
    return absl::NotFoundError(absl::StrCat("cannot read '", path, "'; check its permissions"));
  }
  if (MayHoldGame(path)) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(
      "no game found in '", path, "'; --games takes SGF files, lists and archives of them"));
}

}  // namespace

absl::Status CheckInputs(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) MOYO_RETURN_IF_ERROR(CheckPath(path));
  return absl::OkStatus();
}

}  // namespace moyo::cli
