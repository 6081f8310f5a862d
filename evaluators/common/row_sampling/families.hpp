// Tall matrices on which rules for sampling rows differ. Each is a pure function of (family, rows,
// columns, seed): normals and uniforms of SplitMix, rows in order, columns within rows in order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "evaluators/common/linalg/matrix.hpp"

namespace equivolve::row_sampling {

enum class Family : std::uint8_t {
  kGauss,      ///< all entries normal: uniform sampling is nearly fine
  kStudent,    ///< rows of a multivariate Student t with 2 degrees of freedom: heavy rows
  kChebyshev,  ///< T_0 ... T_{d-1} at uniform points: the columns of polynomial regression
  kSpike,      ///< columns that live on 20 rows each, and 10 outliers: uniform and row norms fail
  kMix,        ///< half the rows unit vectors, half normals in the other columns
  kLowRankSparse,  ///< rank 3 plus one entry a row
};

inline constexpr std::array<Family, 6> kFamilies{Family::kGauss,     Family::kStudent,
                                                 Family::kChebyshev, Family::kSpike,
                                                 Family::kMix,       Family::kLowRankSparse};

std::string_view family_name(Family family);  ///< gauss, t2, cheb, spike, mix, lrs
std::optional<Family> family_named(std::string_view name);

/// The fewest rows and columns a family has: its special rows have to find room.
std::size_t fewest_rows(Family family, std::size_t columns);
std::size_t fewest_columns(Family family);

/// At least as many rows and columns as said above. [any-thread]
linalg::Matrix<double> make_matrix(Family family, std::size_t rows, std::size_t columns,
                                   std::uint64_t seed);

}  // namespace equivolve::row_sampling
