#include "evaluators/sequence_design/nk.hpp"

#include <algorithm>
#include <vector>

#include "evaluators/sequence_design/splitmix.hpp"

namespace equivolve::sequence_design {
namespace {

double contribution(const NkSettings& s, std::size_t site, std::size_t key) {
  return SplitMix(s.seed ^ (site + 1) * 0x9E3779B97F4A7C15ULL ^ (key + 1) * 0xC2B2AE3D27D4EB4FULL)
      .uniform();
}

std::size_t power(std::size_t base, std::size_t exponent) {
  std::size_t out = 1;
  for (; exponent > 0; --exponent) out *= base;
  return out;
}

/// The best sum for one choice of the first K symbols; `sign` 1: the greatest, -1: the least.
/// A state is the number of the last K symbols; position p decides site p - K.
double best_behind(const NkSettings& s, const std::vector<double>& table, std::size_t first,
                   double sign) {
  const std::size_t a = s.symbols, k = s.neighbours, states = power(a, k);
  constexpr double kNever = -1e300;
  std::vector<double> best(states, kNever), next(states);
  best[first] = 0;
  for (std::size_t p = k; p < s.sites + k; ++p) {
    std::fill(next.begin(), next.end(), kNever);
    // Behind the last position stand the first symbols again.
    const std::size_t wrapped = p < s.sites ? a : first / power(a, k - 1 - (p - s.sites)) % a;
    for (std::size_t state = 0; state < states; ++state) {
      if (best[state] == kNever) continue;
      for (std::size_t symbol = 0; symbol < a; ++symbol) {
        if (wrapped != a && symbol != wrapped) continue;
        const std::size_t key = state * a + symbol;
        const double value = best[state] + sign * table[(p - k) * states * a + key];
        next[key % states] = std::max(next[key % states], value);
      }
    }
    best.swap(next);
  }
  return *std::max_element(best.begin(), best.end());
}

}  // namespace

double nk_value(const NkSettings& s, SequenceView x) {
  double sum = 0;
  for (std::size_t i = 0; i < s.sites; ++i) {
    std::size_t key = 0;
    for (std::size_t j = 0; j <= s.neighbours; ++j) key = key * s.symbols + x[(i + j) % s.sites];
    sum += contribution(s, i, key);
  }
  return sum / static_cast<double>(s.sites);
}

NkRange nk_range(const NkSettings& s) {
  const std::size_t states = power(s.symbols, s.neighbours), keys = states * s.symbols;
  std::vector<double> table(s.sites * keys);
  for (std::size_t i = 0; i < s.sites; ++i)
    for (std::size_t key = 0; key < keys; ++key) table[i * keys + key] = contribution(s, i, key);
  double high = -1e300, low = 1e300;
  for (std::size_t first = 0; first < states; ++first) {
    high = std::max(high, best_behind(s, table, first, 1));
    low = std::min(low, -best_behind(s, table, first, -1));
  }
  const auto n = static_cast<double>(s.sites);
  return {low / n, high / n};
}

Landscape nk_landscape(const NkSettings& s, std::string name) {
  const std::string letters = s.symbols == 4 ? "ACGT" : "ACDEFGHIKLMNPQRSTVWYBJOUXZ";
  const NkRange range = nk_range(s);
  return {std::move(name), FeasibleSet({letters.substr(0, s.symbols), s.sites}, {}), range.low,
          range.high, [s](SequenceView x) -> std::optional<double> { return nk_value(s, x); }};
}

}  // namespace equivolve::sequence_design
