#include "trainer/evaluation/learning_curve.h"

#include "gtest/gtest.h"

namespace moyo::evaluation {
namespace {

std::vector<double> Samples(const LearningCurve& curve) {
  std::vector<double> samples;
  for (const auto& row : curve.rows) samples.push_back(*row[*curve.Column("samples")]);
  return samples;
}

TEST(LearningCurveTest, ColumnsByNameAndRowsInOrder) {
  const LearningCurve curve =
      ParseLearningCurve("seconds,samples,top1\n1.5,100,0.1\n3,200,unknown\n");
  EXPECT_EQ(curve.columns, (std::vector<std::string>{"seconds", "samples", "top1"}));
  EXPECT_EQ(curve.Column("top1"), 2u);
  EXPECT_EQ(curve.Column("top5"), std::nullopt);
  EXPECT_EQ(Samples(curve), (std::vector<double>{100, 200}));
  EXPECT_EQ(curve.rows[0][0], 1.5);
  EXPECT_EQ(curve.rows[1][2], std::nullopt);
}

TEST(LearningCurveTest, RowsTrainedAnewAreThoseOfTheLastTime) {
  const LearningCurve curve =
      ParseLearningCurve("samples,top1\n100,0.1\n200,0.7\n300,0.8\n200,0.2\n300,0.3\n");
  EXPECT_EQ(Samples(curve), (std::vector<double>{100, 200, 300}));
  EXPECT_EQ(curve.rows[1][1], 0.2);
}

TEST(LearningCurveTest, CutRowsAndOtherFilesGiveNothing) {
  EXPECT_EQ(Samples(ParseLearningCurve("samples,top1\n100,0.1\n20\nx,0.1\n300,0.3,9\n400,0.4")),
            (std::vector<double>{100, 400}));
  for (const char* other : {"", "\n\n", "a,b\n1,2\n"}) {
    EXPECT_TRUE(ParseLearningCurve(other).columns.empty()) << other;
    EXPECT_TRUE(ParseLearningCurve(other).rows.empty()) << other;
  }
}

}  // namespace
}  // namespace moyo::evaluation
