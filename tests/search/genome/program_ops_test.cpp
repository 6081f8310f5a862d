#include "search/genome/program_ops.hpp"

#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace equivolve::search {
namespace {

TEST(ProgramOps, HasThe65OperationsOfAutoMlZero) {
  EXPECT_EQ(op_table().size(), 65u);
  EXPECT_EQ(static_cast<int>(Op::kMatrixGaussian), 64);
}

TEST(ProgramOps, NamesAreUniqueAndFound) {
  std::set<std::string_view> names;
  for (const OpInfo& info : op_table()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(op_named(info.name), info.op);
  }
  EXPECT_EQ(op_named("no_such_operation"), std::nullopt);
}

TEST(ProgramOps, TextAndKindsNameOneOperation) {
  std::set<std::tuple<std::string_view, Kind, Kind, Kind, Immediate>> readings;
  for (const OpInfo& info : op_table())
    EXPECT_TRUE(readings.insert({info.text, info.in1, info.in2, info.out, info.immediate}).second)
        << info.name;
}

TEST(ProgramOps, ProductsKeepZeroAndRandomOnesDoNot) {
  for (const OpInfo& info : op_table()) {
    EXPECT_TRUE(!info.multiplies || info.keeps_zero) << info.name;
    EXPECT_FALSE(info.random && info.keeps_zero) << info.name;
    EXPECT_EQ(info.random,
              info.immediate == Immediate::kRange || info.immediate == Immediate::kMeanDeviation)
        << info.name;
  }
}

}  // namespace
}  // namespace equivolve::search
