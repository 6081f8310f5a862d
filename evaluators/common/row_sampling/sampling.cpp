#include "evaluators/common/row_sampling/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace equivolve::row_sampling {
namespace {

constexpr unsigned kMostCappings = 60;
/// Probabilities this near to 0 or 1 are there: sums of many differences are no better.
constexpr double kEdge = 1e-12;

Sample sample_of(std::vector<std::uint32_t> rows, std::span<const double> q) {
  std::sort(rows.begin(), rows.end());
  Sample sample;
  sample.rows = std::move(rows);
  for (std::uint32_t row : sample.rows) sample.weights.push_back(1 / q[row]);
  return sample;
}

std::uint32_t place(std::span<const std::uint32_t> order, std::size_t k) {
  return order.empty() ? static_cast<std::uint32_t>(k) : order[k];
}

Sample pareto_sample(std::span<const double> q, SplitMix random) {
  const double sum = std::accumulate(q.begin(), q.end(), 0.0);
  const auto wanted = std::min(q.size(), static_cast<std::size_t>(std::llround(sum)));
  std::vector<std::pair<double, std::uint32_t>> keys;
  for (std::size_t i = 0; i < q.size(); ++i) {
    const double u = random.uniform();
    if (q[i] > 0)
      keys.emplace_back(u * (1 - q[i]) / ((1 - u) * q[i]), static_cast<std::uint32_t>(i));
  }
  std::sort(keys.begin(), keys.end());
  keys.resize(std::min(keys.size(), wanted));
  std::vector<std::uint32_t> rows;
  for (const auto& key : keys) rows.push_back(key.second);
  return sample_of(std::move(rows), q);
}

Sample systematic_sample(std::span<const double> q, std::span<const std::uint32_t> order,
                         SplitMix random) {
  std::vector<std::uint32_t> rows;
  double next = random.uniform(), sum = 0;
  for (std::size_t k = 0; k < q.size(); ++k) {
    const std::uint32_t row = place(order, k);
    sum += q[row];
    if (sum <= next) continue;
    rows.push_back(row);
    next += 1;
  }
  return sample_of(std::move(rows), q);
}

Sample pivotal_sample(std::span<const double> q, std::span<const std::uint32_t> order,
                      SplitMix random) {
  std::vector<std::uint32_t> rows;
  std::uint32_t holder = 0;
  double held = 0;  // of `holder`; 0: nobody holds anything
  for (std::size_t k = 0; k < q.size(); ++k) {
    const std::uint32_t row = place(order, k);
    const double other = q[row];
    if (other >= 1 - kEdge) {
      rows.push_back(row);
      continue;
    }
    if (other <= 0) continue;
    if (held <= kEdge) {
      holder = row;
      held = other;
      continue;
    }
    const double both = held + other;
    if (both < 1) {
      // One of the two gets all, the other one is out.
      if (random.uniform() * both < other) holder = row;
      held = both;
    } else {
      // One of the two is in, the other one keeps the rest.
      const bool row_wins = random.uniform() * (2 - both) < 1 - held;
      rows.push_back(row_wins ? row : holder);
      if (!row_wins) holder = row;
      held = both - 1;
    }
  }
  if (held > kEdge && random.uniform() < held) rows.push_back(holder);
  return sample_of(std::move(rows), q);
}

Sample replacement_sample(std::span<const double> q, SplitMix random) {
  std::vector<double> sums(q.size());
  std::partial_sum(q.begin(), q.end(), sums.begin());
  const auto draws = std::max<long long>(1, std::llround(sums.back()));
  std::vector<std::uint32_t> rows;
  for (long long k = 0; k < draws; ++k) {
    const double at = random.uniform() * sums.back();
    const auto found = std::upper_bound(sums.begin(), sums.end() - 1, at);
    rows.push_back(static_cast<std::uint32_t>(found - sums.begin()));
  }
  std::sort(rows.begin(), rows.end());
  Sample sample;
  for (std::uint32_t row : rows) {
    const double weight = sums.back() / (static_cast<double>(draws) * q[row]);
    if (!sample.rows.empty() && sample.rows.back() == row) {
      sample.weights.back() += weight;
      continue;
    }
    sample.rows.push_back(row);
    sample.weights.push_back(weight);
  }
  return sample;
}

}  // namespace

bool are_scores(std::span<const double> scores) {
  bool some = false;
  for (double score : scores) {
    if (!std::isfinite(score) || score < 0) return false;
    some = some || score > 0;
  }
  return some;
}

std::vector<double> inclusion_probabilities(std::span<const double> scores, double m) {
  // Relative to the largest, so that no sum overflows.
  const double largest = *std::max_element(scores.begin(), scores.end());
  std::vector<double> s(scores.begin(), scores.end());
  std::size_t positive = 0;
  for (double& score : s) {
    positive += score > 0;
    score /= largest;
  }
  std::vector<double> q(s.size(), 0.0);
  if (static_cast<double>(positive) <= m) {
    for (std::size_t i = 0; i < s.size(); ++i) q[i] = s[i] > 0 ? 1 : 0;
    return q;
  }
  std::vector<bool> capped(s.size(), false);
  double c = 0;
  for (unsigned round = 0; round < kMostCappings; ++round) {
    double rest = 0, left = m;
    for (std::size_t i = 0; i < s.size(); ++i)
      if (capped[i])
        left -= 1;
      else
        rest += s[i];
    if (!(rest > 0) || !(left > 0)) break;
    c = left / rest;
    bool more = false;
    for (std::size_t i = 0; i < s.size(); ++i)
      if (!capped[i] && c * s[i] >= 1) more = capped[i] = true;
    if (!more) break;
  }
  for (std::size_t i = 0; i < s.size(); ++i) q[i] = capped[i] ? 1 : std::min(1.0, c * s[i]);
  return q;
}

void mix_with_uniform(std::span<double> q, double m, double share) {
  const double uniform = std::min(1.0, m / static_cast<double>(q.size()));
  for (double& value : q) value = std::min(1.0, (1 - share) * value + share * uniform);
}

std::string_view scheme_name(Scheme scheme) {
  static constexpr std::string_view kNames[] = {"bernoulli", "systematic", "pivotal",
                                                "with_replacement"};
  return kNames[static_cast<std::size_t>(scheme)];
}

std::optional<Scheme> scheme_named(std::string_view name) {
  for (Scheme scheme :
       {Scheme::kBernoulli, Scheme::kSystematic, Scheme::kPivotal, Scheme::kWithReplacement})
    if (scheme_name(scheme) == name) return scheme;
  return std::nullopt;
}

Sample bernoulli_sample(std::span<const double> q, SplitMix random) {
  Sample sample;
  for (std::size_t i = 0; i < q.size(); ++i) {
    if (!(random.uniform() < q[i])) continue;
    sample.rows.push_back(static_cast<std::uint32_t>(i));
    sample.weights.push_back(1 / q[i]);
  }
  return sample;
}

Sample draw_sample(std::span<const double> q, const SchemeSettings& settings,
                   std::span<const std::uint32_t> order, SplitMix random) {
  switch (settings.scheme) {
    case Scheme::kBernoulli:
      return settings.exact_size ? pareto_sample(q, random) : bernoulli_sample(q, random);
    case Scheme::kSystematic:
      return systematic_sample(q, order, random);
    case Scheme::kPivotal:
      return pivotal_sample(q, order, random);
    case Scheme::kWithReplacement:
      return replacement_sample(q, random);
  }
  return {};
}

SplitMix sample_random(std::uint64_t seed, double m) {
  return SplitMix(1000003 * seed + static_cast<std::uint64_t>(m));
}

}  // namespace equivolve::row_sampling
