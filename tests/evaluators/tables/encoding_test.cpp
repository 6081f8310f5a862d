#include "evaluators/common/tables/encoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <numeric>

namespace equivolve::tables {
namespace {

using ::testing::ElementsAre;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint32_t kMissing = Column::kMissingCode;

Column numbers(std::vector<double> values) {
  Column column;
  column.name = "age";
  column.numbers = std::move(values);
  return column;
}

Column words(std::vector<std::uint32_t> codes) {
  Column column;
  column.name = "city";
  column.levels = {"a", "b", "c"};
  column.codes = std::move(codes);
  return column;
}

TableSettings imputing(CategoryFill fill = CategoryFill::kOwnLevel) {
  TableSettings settings;
  settings.missing = OnMissing::kImpute;
  settings.category_fill = fill;
  return settings;
}

/// Row-major.
std::vector<double> encoded(const Encoding& encoding, const std::vector<Column>& columns,
                            const Fills& fills, const std::vector<std::uint32_t>& rows) {
  std::vector<double> out(rows.size() * encoding.width()), one(rows.size());
  std::size_t feature = 0;
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (std::size_t level = 0; level < encoding.columns[c].width(); ++level, ++feature) {
      encode(encoding.columns[c], columns[c], level, fills[feature], rows, one);
      for (std::size_t r = 0; r < rows.size(); ++r) out[r * encoding.width() + feature] = one[r];
    }
  return out;
}

TEST(Encoding, GivesEachLevelAFeature) {
  const std::vector<Column> columns = {words({2, 0, 1}), numbers({5, 6, 7})};
  const Encoding encoding = encoding_of(columns, {});
  EXPECT_THAT(encoding.feature_names(), ElementsAre("city=a", "city=b", "city=c", "age"));
  const Fills fills = fit_fills(encoding, columns, std::vector<std::uint32_t>{0, 1, 2});
  EXPECT_THAT(fills, ElementsAre(0, 0, 0, 0));
  EXPECT_THAT(encoded(encoding, columns, fills, {0, 2, 1}),
              ElementsAre(0, 0, 1, 5, /**/ 0, 1, 0, 7, /**/ 1, 0, 0, 6));
}

TEST(Encoding, FillsNumbersWithTheMedianOfTheRowsGiven) {
  const std::vector<Column> columns = {numbers({1, kNaN, 3, 100, 1000, kNaN})};
  const Encoding encoding = encoding_of(columns, imputing());
  const auto fill = [&](std::vector<std::uint32_t> rows) {
    return fit_fills(encoding, columns, rows)[0];
  };
  EXPECT_EQ(fill({0, 1, 2}), 2);  // half the sum of the middle two
  EXPECT_EQ(fill({3, 0, 2, 1}), 3);
  EXPECT_EQ(fill({3, 4}), 550);
  EXPECT_EQ(fill({1, 5}), 0);  // nothing is known
  EXPECT_THAT(encoded(encoding, columns, {2}, {5, 0}), ElementsAre(2, 1));
}

TEST(Encoding, MissingCategoriesAreALevelOfTheirOwn) {
  const std::vector<Column> columns = {words({2, kMissing, 1, Column::kUnseenCode})};
  const Encoding encoding = encoding_of(columns, imputing());
  EXPECT_THAT(encoding.feature_names(),
              ElementsAre("city=a", "city=b", "city=c", "city=(missing)"));
  const Fills fills = fit_fills(encoding, columns, std::vector<std::uint32_t>{0, 2});
  EXPECT_THAT(encoded(encoding, columns, fills, {0, 1, 3}),
              ElementsAre(0, 0, 1, 0, /**/ 0, 0, 0, 1, /**/ 0, 0, 0, 0));
  // Where no cell is missing there is no such level, and later missing cells are of no level.
  const std::vector<Column> whole = {words({2, 0, 1})};
  EXPECT_EQ(encoding_of(whole, imputing()).width(), 3u);
  EXPECT_THAT(fit_fills(encoding_of(whole, imputing()), whole, std::vector<std::uint32_t>{0, 1, 2}),
              ElementsAre(0, 0, 0));
}

TEST(Encoding, OrTheMostFrequentOfTheRowsGiven) {
  const std::vector<Column> columns = {words({2, kMissing, 1, 1, 0, 2})};
  const Encoding encoding = encoding_of(columns, imputing(CategoryFill::kMostFrequent));
  ASSERT_EQ(encoding.width(), 3u);
  const auto fill = [&](std::vector<std::uint32_t> rows) {
    return fit_fills(encoding, columns, rows);
  };
  EXPECT_THAT(fill({0, 1, 4, 5}), ElementsAre(0, 0, 1));
  EXPECT_THAT(fill({0, 1, 2, 3, 4, 5}), ElementsAre(0, 1, 0));  // the first on ties
  EXPECT_THAT(fill({1}), ElementsAre(0, 0, 0));
  EXPECT_THAT(encoded(encoding, columns, fill({4}), {1}), ElementsAre(1, 0, 0));
}

}  // namespace
}  // namespace equivolve::tables
