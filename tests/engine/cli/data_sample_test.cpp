#include "engine/cli/data_sample.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace equivolve::cli {
namespace {

DataSample sample(const std::string& text) {
  tests::TempFolder folder;
  const auto file = folder.path() / "t.csv";
  std::ofstream(file, std::ios::binary) << text;
  auto read = sample_table(file);
  EXPECT_TRUE(read) << (read ? "" : read.error());
  return read ? *read : DataSample{};
}

TEST(DataSample, ReadsSeparatorsQuotesAndBlanks) {
  const DataSample semicolons = sample(
      "\xEF\xBB\xBF"
      "a;\"b; c\";d\r\n1;\"x\"\"y\n\";3\r\n\r\n4;5;6");
  EXPECT_EQ(semicolons.columns, (std::vector<std::string>{"a", "b; c", "d"}));
  ASSERT_EQ(semicolons.rows.size(), 2u);
  EXPECT_EQ(semicolons.rows[0][1], "x\"y\n");
  EXPECT_EQ(sample("a\tb\n 1 \t2\n").rows[0][0], "1");
}

TEST(DataSample, TheTargetIsTheUsualNameOrTheLastColumn) {
  EXPECT_EQ(guess_target(sample("a,Target,c\n1,2,3\n")), 1u);
  EXPECT_EQ(guess_target(sample("a,b,c\n1,2,3\n")), 2u);
  EXPECT_EQ(guess_target(sample("y,label\n1,2\n")), 1u) << "label goes before y";
}

TEST(DataSample, ClassesAreTextOrFewWholeNumbers) {
  EXPECT_TRUE(looks_like_classes(sample("y\nred\ngreen\n"), 0));
  EXPECT_TRUE(looks_like_classes(sample("y\n0\n1\n1\n"), 0));
  EXPECT_FALSE(looks_like_classes(sample("y\n0.5\n1\n"), 0));
  std::string many = "y\n";
  for (int i = 0; i < 21; ++i) many += std::to_string(i) + "\n";
  EXPECT_FALSE(looks_like_classes(sample(many), 0));
}

}  // namespace
}  // namespace equivolve::cli
