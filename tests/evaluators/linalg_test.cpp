#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "evaluators/common/linalg/logistic.hpp"
#include "evaluators/common/linalg/ridge.hpp"
#include "evaluators/common/tables/csv.hpp"
#include "evaluators/common/tables/data_file.hpp"
#include "evaluators/common/tables/splits.hpp"
#include "evaluators/common/tables/standardizer.hpp"
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
  const auto table = *tables::parse_csv(tables::read_data_file(test::data_file(name))->text);
  Data data;
  data.columns = table.columns() - 1;
  data.x.resize(table.rows() * data.columns);
  tables::Rows rows;
  for (std::uint32_t r = 0; r < table.rows(); ++r) {
    rows.push_back(r);
    data.target.emplace_back(table.cell(r, data.columns));
    for (std::size_t c = 0; c < data.columns; ++c)
      data.x[r * data.columns + c] = *tables::to_number(table.cell(r, c));
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

}  // namespace
}  // namespace equivolve::linalg
