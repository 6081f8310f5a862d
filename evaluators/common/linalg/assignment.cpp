#include "evaluators/common/linalg/assignment.hpp"

#include <utility>

namespace equivolve::linalg {
namespace {

/// With no more rows than columns. The potentials keep cost - row_price - column_price at 0 for
/// chosen entries and above for all others, so that a shortest path over these is Dijkstra's.
class AugmentingPaths {
 public:
  explicit AugmentingPaths(const MatrixView<double>& cost)
      : cost_(cost),
        row_price_(cost.rows, 0.0),
        column_price_(cost.columns, 0.0),
        row_of_column_(cost.columns, kUnassigned),
        column_of_row_(cost.rows, kUnassigned) {}

  std::vector<std::size_t> solve() {
    for (std::size_t row = 0; row < cost_.rows; ++row) augment(row);
    return column_of_row_;
  }

 private:
  void augment(std::size_t start) {
    constexpr double kFar = std::numeric_limits<double>::infinity();
    distance_.assign(cost_.columns, kFar);
    previous_row_.assign(cost_.columns, kUnassigned);
    open_.resize(cost_.columns);
    for (std::size_t c = 0; c < cost_.columns; ++c) open_[c] = c;
    closed_.clear();

    std::size_t row = start, end = kUnassigned;
    double reached = 0;
    while (end == kUnassigned) {
      std::size_t nearest = 0;
      double least = kFar;
      for (std::size_t k = 0; k < open_.size(); ++k) {
        const std::size_t c = open_[k];
        const double d = reached + cost_(row, c) - row_price_[row] - column_price_[c];
        if (d < distance_[c]) {
          distance_[c] = d;
          previous_row_[c] = row;
        }
        // Of equally near columns a free one ends the search.
        const bool frees = distance_[c] == least && row_of_column_[c] == kUnassigned &&
                           row_of_column_[open_[nearest]] != kUnassigned;
        if (distance_[c] < least || frees) {
          least = distance_[c];
          nearest = k;
        }
      }
      const std::size_t column = open_[nearest];
      open_[nearest] = open_.back();
      open_.pop_back();
      closed_.push_back(column);
      reached = least;
      row = row_of_column_[column];
      if (row == kUnassigned) end = column;
    }

    row_price_[start] += reached;
    for (const std::size_t c : closed_) {
      if (row_of_column_[c] != kUnassigned) row_price_[row_of_column_[c]] += reached - distance_[c];
      column_price_[c] -= reached - distance_[c];
    }
    for (std::size_t column = end; column != kUnassigned;) {
      const std::size_t r = previous_row_[column];
      row_of_column_[column] = r;
      std::swap(column_of_row_[r], column);
      if (r == start) break;
    }
  }

  MatrixView<double> cost_;
  std::vector<double> row_price_, column_price_, distance_;
  std::vector<std::size_t> row_of_column_, column_of_row_, previous_row_, open_, closed_;
};

}  // namespace

Assignment assign(const MatrixView<double>& cost) {
  Assignment found;
  if (cost.rows <= cost.columns) {
    found.column_of_row = AugmentingPaths(cost).solve();
  } else {
    Matrix<double> turned(cost.columns, cost.rows);
    for (std::size_t r = 0; r < cost.rows; ++r)
      for (std::size_t c = 0; c < cost.columns; ++c) turned(c, r) = cost(r, c);
    const auto row_of_column = AugmentingPaths(turned.view()).solve();
    found.column_of_row.assign(cost.rows, kUnassigned);
    for (std::size_t c = 0; c < cost.columns; ++c) found.column_of_row[row_of_column[c]] = c;
  }
  for (std::size_t r = 0; r < cost.rows; ++r)
    if (found.column_of_row[r] != kUnassigned) found.cost += cost(r, found.column_of_row[r]);
  return found;
}

}  // namespace equivolve::linalg
