#include "evaluators/sequence_design/proxy.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

namespace equivolve::sequence_design {
namespace {

using Members = std::shared_ptr<const std::vector<Proxy>>;

/// members x sequences.
std::vector<double> all_scores(const Members& members, std::span<const Sequence> sequences) {
  std::vector<double> out(members->size() * sequences.size());
  for (std::size_t m = 0; m < members->size(); ++m)
    (*members)[m].predict(sequences,
                          std::span(out).subspan(m * sequences.size(), sequences.size()));
  return out;
}

void spread_of(const Members& members, std::span<const Sequence> sequences, std::span<double> out) {
  const std::vector<double> all = all_scores(members, sequences);
  const std::size_t n = sequences.size(), k = members->size();
  for (std::size_t i = 0; i < n; ++i) {
    double mean = 0, squares = 0;
    for (std::size_t m = 0; m < k; ++m) mean += all[m * n + i] / static_cast<double>(k);
    for (std::size_t m = 0; m < k; ++m)
      squares += (all[m * n + i] - mean) * (all[m * n + i] - mean);
    out[i] = std::sqrt(squares / static_cast<double>(k));
  }
}

}  // namespace

Proxy join(std::vector<Proxy> list, Joining joining, std::string name) {
  const auto members = std::make_shared<const std::vector<Proxy>>(std::move(list));
  const bool least = joining == Joining::kMin;
  Proxy out;
  out.name = std::move(name);
  out.predict = [members, least](std::span<const Sequence> sequences, std::span<double> scores) {
    const std::vector<double> all = all_scores(members, sequences);
    const std::size_t n = sequences.size(), k = members->size();
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0, low = all[i];
      for (std::size_t m = 0; m < k; ++m) {
        sum += all[m * n + i];
        low = std::min(low, all[m * n + i]);
      }
      scores[i] = least ? low : sum / static_cast<double>(k);
    }
  };
  out.gradient = [members, least](std::span<const double> p, std::span<double> gradient) {
    std::vector<double> one(p.size());
    std::fill(gradient.begin(), gradient.end(), 0.0);
    double joined = 0;
    const auto k = static_cast<double>(members->size());
    for (std::size_t m = 0; m < members->size(); ++m) {
      const double score = (*members)[m].gradient(p, one);
      if (least) {
        if (m > 0 && score >= joined) continue;
        joined = score;
        std::copy(one.begin(), one.end(), gradient.begin());
      } else {
        joined += score / k;
        for (std::size_t i = 0; i < one.size(); ++i) gradient[i] += one[i] / k;
      }
    }
    return joined;
  };
  out.spread = [members](std::span<const Sequence> sequences, std::span<double> spreads) {
    spread_of(members, sequences, spreads);
  };
  return out;
}

}  // namespace equivolve::sequence_design
