// Seeds of k-means on rows already copied. Only this folder's .cpp files include it.
#pragma once

#include <cstddef>
#include <vector>

#include "evaluators/common/linalg/aligned_rows.hpp"
#include "hashing/stream.hpp"

namespace equivolve::linalg {

/// The numbers of the rows chosen: plus_plus_seeds of kmeans.hpp.
template <class Scalar>
std::vector<std::size_t> plus_plus_rows(const AlignedRows<Scalar>& x, std::size_t rows,
                                        const AlignedRows<Scalar>& fixed, std::size_t fixed_rows,
                                        std::size_t count, std::size_t trials,
                                        hashing::Stream& stream);

extern template std::vector<std::size_t> plus_plus_rows(const AlignedRows<float>&, std::size_t,
                                                        const AlignedRows<float>&, std::size_t,
                                                        std::size_t, std::size_t, hashing::Stream&);
extern template std::vector<std::size_t> plus_plus_rows(const AlignedRows<double>&, std::size_t,
                                                        const AlignedRows<double>&, std::size_t,
                                                        std::size_t, std::size_t, hashing::Stream&);

}  // namespace equivolve::linalg
