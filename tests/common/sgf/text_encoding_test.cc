#include "common/sgf/text_encoding.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/common/sgf/utf16_text.h"

namespace moyo::sgf {
namespace {

// A game of one record with those header bytes.
std::string Game(std::string_view header) {
  return "(;GM[1]SZ[19]" + std::string(header) + ";B[pd];W[dp])";
}

struct Case {
  TextEncoding encoding;
  const char* header;  // in that encoding
  const char* utf8;
};

// "PB[...]BR[9段]" of a Chinese, a Taiwanese, a Korean and a Japanese record.
const Case kCases[] = {
    {TextEncoding::kGb18030, "PB[\xb9\xc5\xc1\xa6]BR[9\xb6\xce]", "PB[古力]BR[9段]"},
    {TextEncoding::kBig5, "PB[\xa9\x50\xab\x54\xbe\xb1]BR[9\xac\x71]", "PB[周俊勳]BR[9段]"},
    {TextEncoding::kEucKr, "PB[\xc0\xcc\xc3\xa2\xc8\xa3]BR[9\xb4\xdc]", "PB[이창호]BR[9단]"},
    {TextEncoding::kShiftJis, "PB[\x88\xe4\x8e\x52\x97\x54\x91\xbe]BR[9\x92\x69]",
     "PB[井山裕太]BR[9段]"},
};

TEST(DetectEncoding, GoWordsTellTheCharsetWithoutCa) {
  for (const Case& c : kCases) {
    EXPECT_EQ(EncodingName(DetectEncoding(Game(c.header), "")),
              std::string(EncodingName(c.encoding)))
        << c.utf8;
    EXPECT_EQ(ToUtf8(c.header, c.encoding), c.utf8);
  }
}

TEST(DetectEncoding, TwoNamesAloneAreEnough) {
  for (const Case& c :
       {Case{TextEncoding::kGb18030, "PB[\xb9\xc5\xc1\xa6]PW[\xb3\xa3\xea\xbb]",
             "PB[古力]PW[常昊]"},
        Case{TextEncoding::kBig5, "PB[\xa9\x50\xab\x54\xbe\xb1]", "PB[周俊勳]"},
        Case{TextEncoding::kEucKr, "PB[\xc0\xcc\xc3\xa2\xc8\xa3]PW[\xc1\xb6\xc8\xc6]",
             "PB[이창호]PW[조훈]"},
        Case{TextEncoding::kShiftJis, "PB[\x88\xe4\x8e\x52\x97\x54\x91\xbe]", "PB[井山裕太]"}}) {
    ASSERT_EQ(ToUtf8(c.header, c.encoding), c.utf8);
    EXPECT_EQ(EncodingName(DetectEncoding(Game(c.header), "")),
              std::string(EncodingName(c.encoding)))
        << c.utf8;
  }
}

TEST(DetectEncoding, WesternTextIsNotTakenForAnother) {
  const std::string header = "PB[Andr\xe9 M\xfcller]PW[Jos\xe9 Fern\xe1ndez]EV[5\xe8me coupe]";
  EXPECT_EQ(DetectEncoding(Game(header), ""), TextEncoding::kLatin1);
  EXPECT_EQ(ToUtf8("M\xfcller", TextEncoding::kLatin1), "Müller");
}

TEST(DetectEncoding, CaDecidesWhenTheBytesAreValidInIt) {
  const std::string name = "PB[\xb9\xc5\xc1\xa6]";
  EXPECT_EQ(DetectEncoding(Game(name), "GB2312"), TextEncoding::kGb18030);
  EXPECT_EQ(DetectEncoding(Game(name), "gbk"), TextEncoding::kGb18030);
  EXPECT_EQ(DetectEncoding(Game(name), " euc-kr"), TextEncoding::kEucKr);
  EXPECT_EQ(DetectEncoding(Game(name), "Big5"), TextEncoding::kBig5);
  EXPECT_EQ(DetectEncoding(Game("PB[M\xfcller]"), "ISO-8859-1"), TextEncoding::kLatin1);
}

TEST(DetectEncoding, CaThatTheBytesContradictIsNotBelieved) {
  for (const char* charset : {"UTF-8", "ISO-8859-1", "klingon", ""}) {
    EXPECT_EQ(DetectEncoding(Game(kCases[0].header), charset), TextEncoding::kGb18030) << charset;
  }
  EXPECT_EQ(DetectEncoding(Game("PB[古力]"), "GB2312"), TextEncoding::kUtf8);
}

TEST(DetectEncoding, Utf8WithACharacterCutInHalvesIsUtf8) {
  const std::string header = "PB[古力九段中国\xe5\x9b]";
  EXPECT_EQ(DetectEncoding(Game(header), "UTF-8"), TextEncoding::kUtf8);
  EXPECT_EQ(DetectEncoding(Game(header), ""), TextEncoding::kUtf8);
  EXPECT_EQ(ToUtf8("古\xe5\x9b]", TextEncoding::kUtf8), "古\xef\xbf\xbd]");
}

// A comment may have megabytes, which would be converted once for every charset.
TEST(DetectEncoding, FirstKilobytesOfALongRunDecide) {
  std::string comment;
  for (int i = 0; i < 600; ++i) comment += "\xb9\xc5\xc1\xa6\xbe\xc5\xb6\xce";  // 古力九段
  EXPECT_EQ(DetectEncoding(Game("C[" + comment + std::string(20'000, '\xff') + "]"), ""),
            TextEncoding::kGb18030);
}

TEST(DetectEncoding, PlainTextIsAsciiAndWideTextIsUtf16) {
  EXPECT_EQ(DetectEncoding(Game("PB[Shusaku]"), "GB2312"), TextEncoding::kAscii);
  for (const bool big : {false, true}) {
    EXPECT_EQ(DetectEncoding(Utf16(u"(;PB[\u53e4\u529b])", big), ""), TextEncoding::kUtf16);
  }
}

TEST(DetectEncoding, BytesOfNoCharsetAreUnknown) {
  const std::string bytes = Game("PB[\x81\xff\x81\xff\x81\xff\x81\xff]");
  EXPECT_EQ(DetectEncoding(bytes, "UTF-8"), TextEncoding::kUnknown);
  EXPECT_EQ(ToUtf8("a\xff", TextEncoding::kUnknown), "a\xef\xbf\xbd");
}

TEST(ToUtf8, LongTextIsConvertedWhole) {
  std::string bytes, utf8;
  for (int i = 0; i < 5000; ++i) {
    bytes += "\xb6\xce";
    utf8 += "段";
  }
  EXPECT_EQ(ToUtf8(bytes, TextEncoding::kGb18030), utf8);
}

TEST(ToUtf8, NothingIsLostButWhatIsReplaced) {
  for (int encoding = 0; encoding <= static_cast<int>(TextEncoding::kUnknown); ++encoding) {
    const auto e = static_cast<TextEncoding>(encoding);
    EXPECT_EQ(ToUtf8("", e), "");
    EXPECT_EQ(ToUtf8("plain", e), "plain");
    EXPECT_STRNE(EncodingName(e), "");
  }
  EXPECT_EQ(ToUtf8("\xb6", TextEncoding::kGb18030), "\xef\xbf\xbd");
}

TEST(SimpleText, EscapesAndLineBreaksAreResolved) {
  EXPECT_EQ(SimpleText(" a \\] b\\\\ "), "a ] b\\");
  EXPECT_EQ(SimpleText("soft \\\r\nbreak\\\nhere\\"), "soft breakhere");
  EXPECT_EQ(SimpleText("hard\nbreak\ttab"), "hard break tab");
  EXPECT_EQ(SimpleText("\\: 段"), ": 段");
  EXPECT_EQ(SimpleText(" \n "), "");
}

// The C library lets these pass as UTF-8; JSON and protocol buffers do not.
TEST(ToUtf8, CharactersThatUnicodeDoesNotHaveAreReplaced) {
  const std::string replaced = "\xef\xbf\xbd";
  for (const char* bytes : {"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
                            "\xed\xa0\x80", "\xc0\x80", "\xe0\x80\x80", "\xff"}) {
    EXPECT_EQ(ToUtf8(std::string("a") + bytes + "b", TextEncoding::kUtf8), "a" + replaced + "b");
    EXPECT_NE(DetectEncoding(Game(std::string("PB[") + bytes + "]"), ""), TextEncoding::kUtf8);
  }
  for (const char* good : {"\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80", "\xc2\x80"}) {
    EXPECT_EQ(ToUtf8(good, TextEncoding::kUtf8), good);
  }
}

}  // namespace
}  // namespace moyo::sgf
