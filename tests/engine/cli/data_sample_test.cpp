#include "engine/cli/data_guesses.hpp"

#include <fstream>
#include <functional>

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
  EXPECT_FALSE(looks_like_classes(sample("y\n3\n14\n15\n9\n26\n"), 0)) << "nearly all differ";
}

TEST(DataSample, AFirstRowWithANumberIsNoHeader) {
  const DataSample bare = sample("5.1,red\n4.9,blue\n");
  EXPECT_FALSE(bare.header);
  EXPECT_EQ(bare.columns, (std::vector<std::string>{"c1", "c2"}));
  EXPECT_EQ(bare.rows.size(), 2u);
  EXPECT_TRUE(sample("a,b\n1,2\n").header);
  EXPECT_EQ(sample("a,b,\n1,2,\n3,4,\n").columns.size(), 2u);
}

TEST(DataSample, DecimalCommasAreToldFromWords) {
  EXPECT_EQ(sample("a;b\n1,5;x\n2;y\n").decimal, ',');
  EXPECT_EQ(sample("a;b\n1,5;x\n2.5;y\n").decimal, '.') << "one cell needs a point";
  EXPECT_EQ(sample("a;b\n1,5;2.5\n").decimal, '.') << "another column needs a point";
  EXPECT_EQ(sample("a,b\n\"1,5\",2\n").decimal, '.') << "the comma stands between cells";
}

std::string rows_of(std::size_t count, const std::function<std::string(std::size_t)>& row) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += row(i) + "\n";
  return text;
}

TEST(DataGuesses, NameWhatNothingCanBeLearntFrom) {
  const auto left_out = [](const std::string& text) {
    std::string names;
    const DataSample table = sample(text);
    for (const auto& column : guess(table).left_out) names += table.columns[column.column] + " ";
    return names;
  };
  const auto n = [](std::size_t i) { return std::to_string(i); };
  EXPECT_EQ(left_out("nr,name,a,y\n" + rows_of(12,
                                               [&](std::size_t i) {
                                                 return n(i + 1) + ",w" + n(i) + "," + n(i % 5) +
                                                        "," + n(i % 2);
                                               })),
            "nr name ");
  EXPECT_EQ(left_out("year,a,y\n" + rows_of(12,
                                            [&](std::size_t i) {
                                              return n(2000 + i) + "," + n(i % 5) + "," + n(i % 2);
                                            })),
            "")
      << "years are no row numbers";
  EXPECT_EQ(left_out("patient_id,a,y\n" + rows_of(12,
                                                  [&](std::size_t i) {
                                                    return n(7000 + 3 * i) + "," + n(i % 5) + "," +
                                                           n(i % 2);
                                                  })),
            "patient_id ");
  EXPECT_EQ(left_out("day,y\n" + rows_of(12, [&](std::size_t i) { return n(i) + "," + n(i % 2); })),
            "")
      << "there would be nothing left";
  EXPECT_EQ(left_out("a,b,y\n1,,0\n2,NA,1\n1,?,0\n"), "b ") << "no value at all";
}

TEST(DataGuesses, RefuseCommasBetweenThousands) {
  EXPECT_NE(guess(sample("a,y\n\"1,107\",0\n999,1\n")).problem.find("'1,107'"), std::string::npos);
  EXPECT_NE(guess(sample("a,y\n1,\"12,345,678.5\"\n")).problem, "");
  EXPECT_EQ(guess(sample("a,y\n\"Oslo, 107\",0\n\"1,07\",1\n")).problem, "") << "words";
}

}  // namespace
}  // namespace equivolve::cli
