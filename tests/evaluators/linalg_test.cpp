#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "evaluators/common/linalg/logistic.hpp"
#include "evaluators/common/linalg/ridge.hpp"
#include "evaluators/common/tables/splits.hpp"
#include "evaluators/common/tables/standardizer.hpp"
#include "evaluators/common/tables/table_reader.hpp"
#include "tests/evaluators/sklearn_answers.hpp"
#include "tests/evaluators/support/files.hpp"

namespace equivolve::linalg {
namespace {

/// A file of data/ with all features standardised over all rows.
struct Data {
  std::vector<double> x;
  std::vector<std::string> target;
  std::size_t columns = 0;
  RowsView view() const { return {x.data(), target.size(), columns, columns}; }
};

Data read(const std::string& name) {
  tables::SpecialColumn target;
  target.name = "-1";
  target.use = tables::ColumnUse::kCategory;
  const auto table = *tables::read_table(test::data_file(name), {}, {target});
  Data data;
  data.columns = table.features.size();
  data.x.resize(table.rows * data.columns);
  tables::Rows rows;
  for (std::uint32_t r = 0; r < table.rows; ++r) {
    rows.push_back(r);
    data.target.push_back(table.specials[0].levels[table.specials[0].codes[r]]);
    for (std::size_t c = 0; c < data.columns; ++c)
      data.x[r * data.columns + c] = table.features[c].numbers[r];
  }
  const auto scales = tables::fit_scales(data.x, data.columns, rows);
  for (std::size_t i = 0; i < data.x.size(); ++i)
    data.x[i] = scales[i % data.columns].apply(data.x[i]);
  return data;
}

std::vector<unsigned char> is(const Data& data, const std::string& name) {
  std::vector<unsigned char> out;
  for (const std::string& t : data.target) out.push_back(t == name);
  return out;
}

template <std::size_t n>
void expect_model(const LinearModel& model, const double (&expected)[n], double tolerance) {
  ASSERT_EQ(model.weights.size() + 1, n);
  for (std::size_t i = 0; i + 1 < n; ++i)
    EXPECT_NEAR(model.weights[i], expected[i], tolerance) << i;
  EXPECT_NEAR(model.intercept, expected[n - 1], tolerance);
}

TEST(Logistic, AgreesWithScikitLearn) {
  const Data data = read("breast_cancer.csv");
  expect_model(fit_logistic(data.view(), is(data, "malignant"), {}, 1), test::kLogistic, 1e-7);
}

TEST(Logistic, AgreesWithScikitLearnOnWeightedRows) {
  const Data data = read("breast_cancer.csv");
  const auto positive = is(data, "malignant");
  double count[2] = {0, 0};
  for (unsigned char p : positive) ++count[p];
  std::vector<double> weights;
  for (unsigned char p : positive)
    weights.push_back(static_cast<double>(positive.size()) / (2 * count[p]));
  expect_model(fit_logistic(data.view(), positive, weights, 1), test::kBalancedLogistic, 1e-7);
}

TEST(Logistic, AgreesWithScikitLearnWhereColumnsAreConstant) {
  const Data data = read("digits.csv");  // some pixels are never set
  expect_model(fit_logistic(data.view(), is(data, "8"), {}, 1), test::kDigitEight, 1e-7);
}

TEST(Logistic, StaysFiniteOnSeparableRows) {
  const std::vector<double> x = {-2, -1, 1, 2};
  const std::vector<unsigned char> positive = {0, 0, 1, 1};
  const LinearModel model = fit_logistic({x.data(), 4, 1, 1}, positive, {}, 1e6);
  ASSERT_TRUE(std::isfinite(model.weights[0]) && std::isfinite(model.intercept));
  // The gradient vanishes at the optimum: w = c sum_i (y_i - p_i) x_i.
  double gradient = model.weights[0];
  for (std::size_t i = 0; i < 4; ++i)
    gradient -= 1e6 * (positive[i] - 1 / (1 + std::exp(-model.score({&x[i], 1})))) * x[i];
  EXPECT_NEAR(gradient, 0, 1e-3);
}

TEST(Ridge, AgreesWithScikitLearn) {
  const Data data = read("diabetes.csv");
  std::vector<double> y;
  for (const std::string& t : data.target) y.push_back(*tables::to_number(t));
  expect_model(fit_ridge(data.view(), y, 1), test::kRidge, 1e-8);
}

TEST(Ridge, HonoursTheStride) {
  const std::vector<double> x = {1, 99, 2, 99, 3, 99};
  const std::vector<double> y = {3, 5, 7};
  const LinearModel model = fit_ridge({x.data(), 3, 1, 2}, y, 0);
  EXPECT_NEAR(model.weights[0], 2, 1e-12);
  EXPECT_NEAR(model.intercept, 1, 1e-12);
}

/// 6 rows of 40 columns.
std::vector<double> wide_rows() {
  std::vector<double> x;
  for (int i = 0; i < 240; ++i) x.push_back(std::sin(0.37 * i * i) + (i % 40 == 3 ? 1 : 0));
  return x;
}

TEST(Wide, RidgeSolvesTheNormalEquations) {
  const std::vector<double> x = wide_rows(), y = {3, -1, 4, 1, -5, 9};
  const LinearModel model = fit_ridge({x.data(), 6, 40, 40}, y, 0.5);
  ASSERT_EQ(model.weights.size(), 40u);
  double sum = 0;
  std::vector<double> gradient;
  for (double w : model.weights) gradient.push_back(0.5 * w);
  for (std::size_t r = 0; r < 6; ++r) {
    const double error = y[r] - model.score({&x[r * 40], 40});
    sum += error;
    for (std::size_t c = 0; c < 40; ++c) gradient[c] -= error * x[r * 40 + c];
  }
  EXPECT_NEAR(sum, 0, 1e-9);
  for (double g : gradient) EXPECT_NEAR(g, 0, 1e-9);
}

TEST(Wide, LogisticGradientVanishes) {
  const std::vector<double> x = wide_rows();
  const std::vector<unsigned char> positive = {1, 0, 0, 1, 0, 1};
  const LinearModel model = fit_logistic({x.data(), 6, 40, 40}, positive, {}, 2);
  std::vector<double> gradient = model.weights;
  double sum = 0;
  for (std::size_t r = 0; r < 6; ++r) {
    const double error = positive[r] - 1 / (1 + std::exp(-model.score({&x[r * 40], 40})));
    sum += error;
    for (std::size_t c = 0; c < 40; ++c) gradient[c] -= 2 * error * x[r * 40 + c];
  }
  EXPECT_NEAR(sum, 0, 1e-7);
  for (double g : gradient) EXPECT_NEAR(g, 0, 1e-7);
}

}  // namespace
}  // namespace equivolve::linalg
