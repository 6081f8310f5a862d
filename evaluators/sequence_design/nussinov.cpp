#include "evaluators/sequence_design/nussinov.hpp"

#include <algorithm>
#include <vector>

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kLoop = 3;

bool pairs(Symbol a, Symbol b) {  // of ACGU: 0-3, 1-2, 2-3
  const int low = std::min(a, b), high = std::max(a, b);
  return (low == 0 && high == 3) || (low == 1 && high == 2) || (low == 2 && high == 3);
}

}  // namespace

std::size_t most_base_pairs(SequenceView rna) {
  const std::size_t n = rna.size();
  // best[i][j]: of the bases i to j - 1.
  std::vector<std::size_t> best((n + 1) * (n + 1), 0);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return best[i * (n + 1) + j];
  };
  for (std::size_t width = kLoop + 2; width <= n; ++width)
    for (std::size_t i = 0; i + width <= n; ++i) {
      const std::size_t j = i + width;
      std::size_t most = at(i + 1, j);  // base i alone, or paired with base k
      for (std::size_t k = i + kLoop + 1; k < j; ++k)
        if (pairs(rna[i], rna[k])) most = std::max(most, 1 + at(i + 1, k) + at(k + 1, j));
      at(i, j) = most;
    }
  return at(0, n);
}

Landscape nussinov_landscape(std::size_t length, std::string name) {
  const auto l = static_cast<double>(length);
  const double high = length > kLoop ? 2.0 * static_cast<double>((length - kLoop) / 2) / l : 1;
  return {std::move(name), FeasibleSet({"ACGU", length}, {}), 0, high,
          [l](SequenceView x) -> std::optional<double> {
            return 2.0 * static_cast<double>(most_base_pairs(x)) / l;
          }};
}

}  // namespace equivolve::sequence_design
