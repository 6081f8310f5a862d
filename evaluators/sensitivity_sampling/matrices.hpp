// The matrices that samplers are tried on, with all that is worked out of them once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "evaluators/common/linalg/matrix.hpp"
#include "evaluators/common/row_sampling/distortion.hpp"
#include "evaluators/common/row_sampling/regression.hpp"
#include "evaluators/common/row_sampling/scores.hpp"
#include "evaluators/common/tables/standardizer.hpp"
#include "evaluators/sensitivity_sampling/settings.hpp"

namespace equivolve::sensitivity_sampling {

/// A table as a matrix: features standardised, a column of ones, the target last.
struct TableMatrix {
  linalg::Matrix<double> a;
  std::vector<std::string> names;     ///< of the columns
  std::vector<tables::Scale> scales;  ///< of the features, which stand first
  bool has_target = false;
  std::vector<std::uint32_t> row_numbers;  ///< in the file, from 1
  std::array<std::uint8_t, 16> digest{};
  std::string report;  ///< what reading did to the data, constant columns; may be empty
};
/// Throws sdk::Refused, also where no feature varies. Constant features are left out.
TableMatrix read_matrix(const TableData& data);

/// One matrix under one norm. Immutable. Refers to itself, so it stays where it is.
struct Prepared {
  row_sampling::RowFeatures features;
  row_sampling::DistortionMeter distortion;
  std::optional<row_sampling::RegressionMeter> regression;
  std::vector<std::uint32_t> order;  ///< in which neighbours are alike

  Prepared(row_sampling::RowFeatures f, bool regresses);
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
};

/// Names a matrix of the validation or the test split and its norm.
struct MatrixKey {
  bool test = false;
  std::size_t number = 0;  ///< of the family in its split; 0: the table
  std::size_t rows = 0;
  double p = 2;
  auto operator<=>(const MatrixKey&) const = default;
};

/// Each is made when it is first asked for, and kept. [any-thread] One thread makes one while
/// others wait, since they are about to ask for the same.
class Matrices {
 public:
  /// Reads a table. Throws sdk::Refused.
  explicit Matrices(const Settings& settings);

  std::size_t count(bool test) const;
  std::size_t rows() const;     ///< of each
  std::size_t columns() const;  ///< of each; for budgets
  /// Whether regression on the last column of one of them tells anything.
  bool regresses(bool test) const;
  const std::optional<TableMatrix>& table() const { return table_; }

  std::shared_ptr<const Prepared> get(const MatrixKey& key);

 private:
  bool regresses(const MatrixKey& key) const;

  Settings settings_;
  std::optional<TableMatrix> table_;
  std::mutex mutex_;
  std::map<MatrixKey, std::shared_ptr<const Prepared>> made_;  // protected by mutex_
};

}  // namespace equivolve::sensitivity_sampling
