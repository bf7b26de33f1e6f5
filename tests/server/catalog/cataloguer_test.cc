#include "server/catalog/cataloguer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "server/catalog/file_scanner.h"
#include "server/catalog/source_reader.h"
#include "tests/support/fake_clock.h"
#include "tests/support/no_free_descriptor.h"
#include "tests/support/temp_folder.h"

namespace moyo::catalog {
namespace {

const std::string kGame = "(;GM[1]SZ[19];B[pd];W[dp])\n";

std::string Games(int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += kGame;
  return bytes;
}

class CataloguerTest : public testing::Test {
 protected:
  CataloguerTest() { Restart(10); }

  void Restart(uint32_t games_per_shard) {
    cataloguer_ = nullptr;
    store_ = nullptr;
    store_ = *store::Store::Open(state_.path(), {}, clock_);
    cataloguer_ = std::make_unique<Cataloguer>(
        *store_, CatalogOptions{games_per_shard, games_.path() + "/run"});
  }

  ScanResult Scan(uint64_t limit = 0) {
    const auto result = cataloguer_->Scan({games_.path()}, limit);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : ScanResult{};
  }

  // Every source, in order; checks that games are contiguous and the bytes have the hash.
  std::vector<store::Source> Sources() {
    std::vector<store::Source> all;
    SourceReader reader;
    uint64_t next_game = 1;
    while (auto granted = *store_->LeaseNext("w")) {
      for (const store::Source& source : granted->sources) {
        EXPECT_EQ(source.first_game, next_game);
        next_game += source.games;
        std::string bytes;
        const absl::Status read = reader.Read(source, [&](std::string_view more, bool) {
          bytes += more;
          return true;
        });
        if (source.error.empty()) {
          EXPECT_TRUE(read.ok()) << read;
          EXPECT_EQ(Hash128Of(bytes), source.content_hash);
        }
        all.push_back(source);
      }
    }
    return all;
  }

  test::TempFolder games_;
  test::TempFolder state_;
  test::FakeClock clock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Cataloguer> cataloguer_;
};

TEST_F(CataloguerTest, FindsFilesInTheOrderOfTheirPaths) {
  games_.Write("b.sgf", kGame);
  games_.Write("a/z.sgf", kGame);
  games_.Write("a/y.SGF", kGame);
  games_.Write("a.sgf", kGame);
  games_.Write("readme.md", "no game");
  games_.Write(".hidden.sgf", kGame);
  games_.Write(".git/x.sgf", kGame);
  games_.Write("run/server/own.sgf", kGame);
  std::filesystem::create_symlink(games_.path(), games_.path() + "/loop");
  EXPECT_EQ(Scan().sources, 5u);
  std::vector<std::string> names;
  for (const store::Source& source : Sources()) {
    names.push_back(source.path.substr(games_.path().size() + 1));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"a.sgf", "a/y.SGF", "a/z.sgf", "b.sgf", "readme.md"}));
  EXPECT_EQ(store_->GetStatus().games_seen, 4u);
}

TEST_F(CataloguerTest, LargeFileIsSplitAtGameBoundaries) {
  games_.Write("many.sgf", Games(34));
  EXPECT_EQ(Scan().games, 34u);
  const std::vector<store::Source> sources = Sources();
  ASSERT_EQ(sources.size(), 4u);
  EXPECT_EQ(sources[3].games, 4u);
  EXPECT_EQ(store_->GetStatus().units.leased, 4u);
}

TEST_F(CataloguerTest, RepeatedScanAddsOnlyWhatIsNew) {
  games_.Write("a.sgf", Games(25));
  games_.Write("b.sgf", kGame);
  EXPECT_EQ(Scan().sources, 4u);
  Restart(7);
  EXPECT_EQ(Scan().sources, 0u);
  EXPECT_EQ(Scan().known, 4u);
  games_.Write("c.sgf", kGame);
  EXPECT_EQ(Scan().sources, 1u);
  EXPECT_EQ(Sources().size(), 5u);
}

TEST_F(CataloguerTest, LimitCountsKnownGamesAndCanBeRaised) {
  games_.Write("a.sgf", Games(34));
  games_.Write("b.sgf", Games(3));
  EXPECT_EQ(Scan(25).games, 25u);
  EXPECT_EQ(Scan(25).games, 0u);
  EXPECT_EQ(Scan(36).games, 11u);
  EXPECT_EQ(Scan().games, 1u);
  EXPECT_EQ(Scan().games, 0u);
  Sources();
  EXPECT_EQ(store_->GetStatus().ledger.found, 37u);
}

// The row of a file that waits for its unit to be full is not in the store yet.
TEST_F(CataloguerTest, FileBelowTwoPathsIsAddedOnce) {
  const std::string file = games_.Write("a.sgf", kGame);
  games_.Write("b.sgf", kGame);
  const std::vector<std::vector<std::string>> path_lists = {
      {games_.path(), games_.path() + "/"}, {games_.path(), file}, {file, games_.path()}};
  for (const std::vector<std::string>& paths : path_lists) {
    const test::TempFolder state;
    const auto store = *store::Store::Open(state.path(), {}, clock_);
    Cataloguer cataloguer(*store, {});
    const auto result = cataloguer.Scan(paths, 0);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->games, 2u);
    EXPECT_EQ(result->known, 0u);
    EXPECT_EQ(store->GetStatus().ledger.found, 2u);
  }
}

TEST_F(CataloguerTest, ScanThatNamesAFolderTwiceIsResumedToItsEnd) {
  games_.Write("a.sgf", kGame);
  ASSERT_TRUE(store_->BeginScan({games_.path(), games_.path()}, 0).ok());  // and a crash
  EXPECT_TRUE(cataloguer_->ResumeScans().ok());
  EXPECT_EQ(store_->UnfinishedScans()->size(), 0u);
  EXPECT_EQ(store_->GetStatus().ledger.found, 1u);
}

TEST_F(CataloguerTest, CutScanGoesOnWithThePathsThatAreThere) {
  games_.Write("a.sgf", kGame);
  const std::string away = games_.path() + "/away";
  ASSERT_TRUE(store_->BeginScan({away, games_.path() + "/a.sgf"}, 0).ok());  // and a crash
  const absl::Status status = cataloguer_->ResumeScans();
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_NE(status.message().find(away), std::string::npos) << status;
  EXPECT_EQ(store_->GetStatus().ledger.found, 1u);
  ASSERT_EQ(store_->UnfinishedScans()->size(), 1u);
  games_.Write("away", kGame);  // it is back
  EXPECT_TRUE(cataloguer_->ResumeScans().ok());
  EXPECT_EQ(store_->UnfinishedScans()->size(), 0u);
}

TEST_F(CataloguerTest, MissingAndEmptyPathsSayWhatToDo) {
  EXPECT_TRUE(absl::IsNotFound(cataloguer_->Scan({games_.path() + "/none"}, 0).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(cataloguer_->Scan({games_.path()}, 0).status()));
}

TEST_F(CataloguerTest, StoppedScanIsResumed) {
  for (int i = 100; i < 200; ++i) games_.Write(std::to_string(i) + ".sgf", kGame);
  cataloguer_->Stop();
  EXPECT_TRUE(absl::IsCancelled(cataloguer_->Scan({games_.path()}, 0).status()));
  Restart(10);
  EXPECT_EQ(store_->UnfinishedScans()->size(), 1u);
  EXPECT_TRUE(cataloguer_->ResumeScans().ok());
  EXPECT_EQ(store_->UnfinishedScans()->size(), 0u);
  EXPECT_EQ(store_->GetStatus().sources, 100u);
}

TEST_F(CataloguerTest, DeviceIsRefusedBeforeItIsRead) {
  EXPECT_TRUE(absl::IsInvalidArgument(cataloguer_->Scan({"/dev/zero"}, 0).status()));
  EXPECT_EQ(store_->UnfinishedScans()->size(), 0u);
}

TEST_F(CataloguerTest, ScanWithoutDescriptorsBlamesNoFileAndIsToBeMadeAgain) {
  games_.Write("a.sgf", kGame);
  {
    const test::NoFreeDescriptor none;
    const absl::Status status = cataloguer_->Scan({games_.path()}, 0).status();
    EXPECT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_TRUE(MayPass(status));
    EXPECT_TRUE(absl::IsUnavailable(cataloguer_->Scan({games_.path() + "/a.sgf"}, 0).status()));
  }
  EXPECT_EQ(store_->GetStatus().sources, 0u);
  EXPECT_TRUE(cataloguer_->ResumeScans().ok());
  EXPECT_EQ(store_->GetStatus().games_seen, 1u);
}

TEST_F(CataloguerTest, SourceReaderWithoutDescriptorsBlamesNoSource) {
  games_.Write("a.sgf", kGame);
  Scan();
  const auto granted = *store_->LeaseNext("w");
  const test::NoFreeDescriptor none;
  EXPECT_TRUE(absl::IsUnavailable(
      SourceReader().Read(granted->sources[0], [](std::string_view, bool) { return true; })));
}

class FileScannerTest : public CataloguerTest {
 protected:
  ScanResult Visit(const std::string& path) {
    FileScanner scanner(*store_, 10, 0, *store_->NextFileId(), [] { return false; });
    EXPECT_TRUE(scanner.VisitFile(path).ok());
    EXPECT_TRUE(scanner.Finish().ok());
    return scanner.result();
  }
};

TEST_F(FileScannerTest, FileThatCannotBeLookedAtGetsItsRow) {
  const std::string path = games_.path() + "/" + std::string(300, 'x');  // longer than any name
  EXPECT_EQ(Visit(path).games, 1u);
  const std::vector<store::Source> sources = Sources();
  ASSERT_EQ(sources.size(), 1u);
  EXPECT_NE(sources[0].error, "");
}

TEST_F(FileScannerTest, FileThatIsGoneGetsNone) {
  EXPECT_EQ(Visit(games_.path() + "/none").games, 0u);
}

// Permissions are mended without a trace in its size and time.
TEST_F(FileScannerTest, FileThatCannotBeReadIsTriedAgainAndHasOneRow) {
  std::filesystem::create_directory(games_.path() + "/folder");  // no file to read
  const std::string path = games_.path() + "/folder";
  EXPECT_EQ(Visit(path).sources, 1u);
  EXPECT_FALSE((*store_->FindFile(path))->complete);
  EXPECT_EQ(Visit(path).sources, 0u);
  std::filesystem::remove(path);
  games_.Write("folder", kGame);
  const ScanResult mended = Visit(path);
  EXPECT_EQ(mended.games, 1u);
  EXPECT_EQ(mended.removed, 1u);  // the source that said why it could not be read
  EXPECT_TRUE((*store_->FindFile(path))->complete);
}

TEST_F(FileScannerTest, DamagedArchiveIsNotReadAgainWhileItStaysAsItIs) {
  const std::string path = games_.Write("broken.zip", "PK\x03\x04 but no zip");
  EXPECT_EQ(Visit(path).sources, 1u);
  EXPECT_TRUE((*store_->FindFile(path))->complete);
}

// Large ones take minutes, and a server that is told to end is killed after some seconds.
TEST_F(FileScannerTest, StopWithinAFileEndsItAndTheNextScanReadsItAll) {
  const int games = 40'000;  // 1 MB, so that it comes in several pieces
  const std::string path = games_.Write("a.sgf", Games(games));
  int asked = 0;
  FileScanner scanner(*store_, 10, 0, *store_->NextFileId(), [&] { return ++asked >= 4; });
  const absl::Status status = scanner.VisitFile(path);  // asked at the file, its source, each piece
  EXPECT_TRUE(absl::IsCancelled(status)) << status;
  EXPECT_EQ(asked, 4);
  EXPECT_LT(scanner.result().games, 15'000u);
  EXPECT_EQ(scanner.result().games % 10, 0u);  // no range ends where it was stopped
  EXPECT_FALSE((*store_->FindFile(path))->complete);
  Visit(path);
  EXPECT_TRUE((*store_->FindFile(path))->complete);
  EXPECT_EQ(store_->GetStatus().ledger.found, uint64_t{games});
}

TEST_F(FileScannerTest, StoppedOneLooksForNoMissingFile) {
  const std::string path = games_.Write("a.sgf", kGame);
  Scan();
  std::filesystem::remove(path);
  FileScanner scanner(*store_, 10, 0, *store_->NextFileId(), [] { return true; });
  EXPECT_TRUE(absl::IsCancelled(scanner.MarkMissing(games_.path())));
  EXPECT_EQ(store_->GetStatus().removed_games, 0u);
}

// Else the scan that the disk cut would not be tried again, and the dataset count as complete.
TEST_F(CataloguerTest, EndThatMayPassIsToldBeforeOneThatStays) {
  const absl::Status stays = absl::NotFoundError("gone");
  const absl::Status passes = absl::ResourceExhaustedError("full");
  EXPECT_EQ(GraverOf(stays, passes), passes);
  EXPECT_EQ(GraverOf(passes, stays), passes);
  EXPECT_EQ(GraverOf(stays, absl::CancelledError()), stays);
  EXPECT_EQ(GraverOf(stays, absl::OkStatus()), stays);
  EXPECT_EQ(GraverOf(absl::OkStatus(), stays), stays);
}

TEST(StartedInVainTest, WhatIsTriedAgainEndsNoServer) {
  const std::vector<std::string> paths = {"/games"};
  for (const absl::Status& passes :
       {absl::UnavailableError("no descriptor"), absl::InternalError("input/output error")}) {
    EXPECT_TRUE(StartedInVain(paths, passes, 0).ok());
  }
  // But nobody waits for room on the disk before the first game.
  const absl::Status full = absl::ResourceExhaustedError("full");
  EXPECT_EQ(StartedInVain(paths, full, 0), full);
  EXPECT_TRUE(StartedInVain(paths, full, 1).ok());
}

TEST(StartedInVainTest, ServerWithoutAnyGameSaysWhy) {
  const std::vector<std::string> paths = {"/games"};
  const absl::Status gone = absl::NotFoundError("gone");
  EXPECT_EQ(StartedInVain(paths, gone, 0), gone);
  EXPECT_TRUE(StartedInVain(paths, gone, 1).ok());
  const absl::Status none = StartedInVain(paths, absl::OkStatus(), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(none));
  EXPECT_NE(none.message().find("/games"), std::string::npos);
  EXPECT_TRUE(StartedInVain(paths, absl::OkStatus(), 1).ok());
}

TEST_F(CataloguerTest, SourceThatBecameShorterIsAnError) {
  const std::string path = games_.Write("a.sgf", kGame);
  Scan();
  const auto granted = *store_->LeaseNext("w");
  games_.Write("a.sgf", "(;");
  EXPECT_TRUE(absl::IsDataLoss(
      SourceReader().Read(granted->sources[0], [](std::string_view, bool) { return true; })));
}

}  // namespace
}  // namespace moyo::catalog
