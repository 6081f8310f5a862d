#include "evaluators/algorithm_discovery/figures.hpp"

#include <gtest/gtest.h>

namespace equivolve::algorithm_discovery {
namespace {

Figures figures_of(TaskKind kind, std::size_t classes, const Options& options) {
  ProblemInfo info;
  info.kind = kind;
  info.target = "kg";
  info.class_names.resize(classes);
  return Figures(info, options);
}

TEST(Figures, AreNamedByTaskAndWeights) {
  Options balanced;
  balanced.balanced = true;
  const Figures plain = figures_of(TaskKind::kClassification, 2, {});
  EXPECT_STREQ(plain.table()[0].name, "accuracy");
  EXPECT_STREQ(plain.table()[1].name, "balanced_accuracy");
  const Figures weighted = figures_of(TaskKind::kClassification, 2, balanced);
  EXPECT_STREQ(weighted.table()[0].name, "balanced_accuracy");
  EXPECT_EQ(weighted.table()[0].role, std::uint32_t{EQV_OBJECTIVE});
  EXPECT_EQ(weighted.table()[1].role, std::uint32_t{EQV_METRIC});
  const Figures regression = figures_of(TaskKind::kRegression, 0, {});
  ASSERT_EQ(regression.table().size(), 3u);
  EXPECT_STREQ(regression.table()[1].name, "rmse");
  EXPECT_STREQ(regression.table()[1].unit, "kg");
  EXPECT_EQ(regression.table()[1].direction, std::uint32_t{EQV_MINIMIZE});
}

TEST(Figures, AggregateByMeanOrMedian) {
  const std::vector<double> of_tasks = {0.1, 1, 0.5, 2, 0.9, 9};
  double out[2];
  figures_of(TaskKind::kClassification, 2, {}).aggregate(of_tasks, out);
  EXPECT_DOUBLE_EQ(out[0], 0.5);
  EXPECT_DOUBLE_EQ(out[1], 4);
  Options median;
  median.aggregate = Aggregate::kMedian;
  figures_of(TaskKind::kClassification, 2, median).aggregate(of_tasks, out);
  EXPECT_DOUBLE_EQ(out[0], 0.5);
  EXPECT_DOUBLE_EQ(out[1], 2);
}

TEST(Figures, ClassesAreToldBySignOrFirstMaximum) {
  std::uint32_t told[3];
  tell_classes(std::vector<double>{-1e-300, 0.0, 2.0}, 2, told);
  EXPECT_EQ(told[0], 0u);
  EXPECT_EQ(told[1], 1u);  // sigmoid(0) = 0.5 counts as class 1
  EXPECT_EQ(told[2], 1u);
  tell_classes(std::vector<double>{1, 0, -3, /**/ 1, 2, -2, /**/ 0, 2, -1}, 3, told);
  EXPECT_EQ(told[0], 0u);
  EXPECT_EQ(told[1], 1u);
  EXPECT_EQ(told[2], 2u);
}

}  // namespace
}  // namespace equivolve::algorithm_discovery
