#include "common/source/source_stream.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/archive_writer.h"
#include "tests/support/no_free_descriptor.h"
#include "tests/support/temp_folder.h"

namespace moyo::source {
namespace {

// Writes down what it is told; stops after `pieces_wanted` pieces.
class Recorder : public SourceSink {
 public:
  bool BeginSource(const Member& member) override {
    told += "begin " + member.name + " " + std::to_string(member.index) + "\n";
    return pieces_wanted > 0;
  }
  bool Feed(std::string_view bytes) override {
    EXPECT_LE(bytes.size(), 256u * 1024);
    fed_bytes += bytes.size();
    return --pieces_wanted > 0;
  }
  void EndSource(const absl::Status& status) override {
    told += status.ok() ? "end\n" : "end early\n";
  }

  std::string told;
  size_t fed_bytes = 0;
  int pieces_wanted = 1000;
};

TEST(SourceStream, PlainFileIsOneSourceInPieces) {
  const test::TempFolder folder;
  Recorder recorder;
  EXPECT_TRUE(ReadSources(folder.Write("a.sgf", std::string(700'000, 'x')), recorder).ok());
  EXPECT_EQ(recorder.told, "begin  -1\nend\n");
  EXPECT_EQ(recorder.fed_bytes, 700'000u);
}

TEST(SourceStream, EmptyFileIsASource) {
  const test::TempFolder folder;
  Recorder recorder;
  EXPECT_TRUE(ReadSources(folder.Write("a.sgf", ""), recorder).ok());
  EXPECT_EQ(recorder.told, "begin  -1\nend\n");
}

TEST(SourceStream, EachMemberIsASource) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/a.zip";
  test::WriteArchive(path, {{"one", "111"}, {".two", "2"}, {"three", "33"}});
  Recorder recorder;
  EXPECT_TRUE(ReadSources(path, recorder).ok());
  EXPECT_EQ(recorder.told, "begin one 0\nend\nbegin three 2\nend\n");
  EXPECT_EQ(recorder.fed_bytes, 5u);
}

TEST(SourceStream, SinkThatHasEnoughIsLeftAlone) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/a.tar";
  test::WriteArchive(path, {{"one", "111"}, {"two", "22"}});
  Recorder one_piece;
  one_piece.pieces_wanted = 1;
  EXPECT_TRUE(ReadSources(path, one_piece).ok());
  EXPECT_EQ(one_piece.told, "begin one 0\nend\n");
  Recorder none;
  none.pieces_wanted = 0;
  EXPECT_TRUE(ReadSources(path, none).ok());
  EXPECT_EQ(none.told, "begin one 0\nend\n");
  EXPECT_EQ(none.fed_bytes, 0u);
}

TEST(SourceStream, DamageEndsTheSourceAndSaysWhy) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/a.tar";
  test::WriteArchive(path, {{"one", "1"}, {"two", std::string(5000, '2')}});
  std::filesystem::resize_file(path, 2500);
  Recorder recorder;
  const absl::Status status = ReadSources(path, recorder);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_EQ(recorder.told, "begin one 0\nend\nbegin two 1\nend early\n");
}

TEST(SourceStream, PipeIsRefusedAndNotWaitedFor) {
  const test::TempFolder folder;
  for (const char* name : {"/games.sgf", "/games.tar"}) {
    const std::string path = folder.path() + name;
    ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
    Recorder recorder;
    EXPECT_TRUE(absl::IsInvalidArgument(ReadSources(path, recorder))) << name;
    EXPECT_EQ(recorder.told, "");
  }
}

TEST(SourceStream, WantOfDescriptorsIsNoDamage) {
  const test::TempFolder folder;
  const std::string path = folder.path() + "/a.zip";
  test::WriteArchive(path, {{"one", "111"}});
  Recorder recorder;
  {
    const test::NoFreeDescriptor none;
    EXPECT_TRUE(absl::IsUnavailable(ReadSources(path, recorder)));
  }
  EXPECT_EQ(recorder.told, "");
  EXPECT_TRUE(ReadSources(path, recorder).ok());
}

TEST(SourceStream, FolderAndMissingFileAreErrors) {
  const test::TempFolder folder;
  Recorder recorder;
  EXPECT_FALSE(ReadSources(folder.path(), recorder).ok());
  EXPECT_EQ(recorder.fed_bytes, 0u);
  EXPECT_TRUE(absl::IsNotFound(ReadSources(folder.path() + "/none", recorder)));
}

}  // namespace
}  // namespace moyo::source
