// Rows whose classes everybody can see.
#pragma once

#include <vector>

#include "evaluators/novel_class_discovery/points.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery::test {

struct LabelledPoints {
  Points x;
  Labels labels;
};

/// `rows` Gaussian rows of deviation 1 around each of `centres` corners of a cube of edge `apart`
/// (corner c has its four binary digits as coordinates, over and over), in `columns` columns.
inline LabelledPoints blobs(std::size_t first, std::size_t centres, std::size_t rows,
                            std::uint64_t seed, std::size_t columns = 12, double apart = 6) {
  LabelledPoints out{Points(centres * rows, columns), {}};
  hashing::Stream stream(seed, hashing::Purpose::kTest, first);
  for (std::size_t c = 0; c < centres; ++c)
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t d = 0; d < columns; ++d)
        out.x(c * rows + r, d) =
            static_cast<float>(stream.gaussian() + ((first + c) >> d % 4 & 1 ? apart : 0.0));
      out.labels.push_back(static_cast<std::uint32_t>(c));
    }
  return out;
}

/// Corners 0 .. known - 1 are labelled, the next `novel` ones are not.
struct BlobProblem {
  LearningRows rows;
  Labels truth;  ///< of the unlabelled rows
};
inline BlobProblem blob_problem(std::size_t known, std::size_t novel, std::size_t rows,
                                std::uint64_t seed) {
  LabelledPoints a = blobs(0, known, rows, seed), b = blobs(known, novel, rows, seed);
  return {{std::move(a.x), std::move(a.labels), known, std::move(b.x), {}}, std::move(b.labels)};
}

}  // namespace equivolve::novel_class_discovery::test
