#include "evaluators/sequence_design/logit_encoding.hpp"

#include <cmath>

namespace equivolve::sequence_design {

LogitEncoding::LogitEncoding(const OfflineView& view, Scale scale)
    : symbols_(view.shape().symbols()) {
  const double low = 0.4 / static_cast<double>(symbols_);
  high_ = std::log((0.6 + low) / low);
  const std::size_t d = view.shape().length * (symbols_ - 1);
  mean_.assign(d, 0.0);
  deviation_.assign(d, 1.0);
  if (scale == Scale::kPlain) return;
  const auto n = static_cast<double>(view.size());
  std::vector<double> x(d), sum(d, 0.0), squares(d, 0.0);
  for (const Sequence& sequence : view.sequences) {
    encode(sequence, x);
    for (std::size_t i = 0; i < d; ++i) {
      sum[i] += x[i];
      squares[i] += x[i] * x[i];
    }
  }
  for (std::size_t i = 0; i < d; ++i) {
    mean_[i] = sum[i] / n;
    const double variance = squares[i] / n - mean_[i] * mean_[i];
    deviation_[i] = variance > 1e-12 ? std::sqrt(variance) : 1.0;
  }
}

void LogitEncoding::encode(std::span<const double> p, std::span<double> x) const {
  std::size_t at = 0;
  for (std::size_t row = 0; row < p.size(); row += symbols_)
    for (std::size_t a = 1; a < symbols_; ++a, ++at)
      x[at] = (high_ * (p[row + a] - p[row]) - mean_[at]) / deviation_[at];
}

void LogitEncoding::encode(SequenceView sequence, std::span<double> x) const {
  std::size_t at = 0;
  for (const Symbol s : sequence)
    for (std::size_t a = 1; a < symbols_; ++a, ++at) {
      const double z = s == a ? high_ : s == 0 ? -high_ : 0.0;
      x[at] = (z - mean_[at]) / deviation_[at];
    }
}

Sequence LogitEncoding::decode(std::span<const double> x) const {
  Sequence out;
  for (std::size_t at = 0; at < x.size();) {
    double top = 0;
    Symbol best = 0;
    for (std::size_t a = 1; a < symbols_; ++a, ++at) {
      const double z = x[at] * deviation_[at] + mean_[at];
      if (z <= top) continue;
      top = z;
      best = static_cast<Symbol>(a);
    }
    out.push_back(best);
  }
  return out;
}

void LogitEncoding::unencode(std::span<const double> x, std::span<double> p) const {
  std::size_t at = 0;
  for (std::size_t row = 0; row < p.size(); row += symbols_) {
    double sum = 0;  // of p_a - p_0
    for (std::size_t a = 1; a < symbols_; ++a, ++at)
      sum += p[row + a] = (x[at] * deviation_[at] + mean_[at]) / high_;
    p[row] = (1 - sum) / static_cast<double>(symbols_);
    for (std::size_t a = 1; a < symbols_; ++a) p[row + a] += p[row];
  }
}

void LogitEncoding::pull_back(std::span<const double> by_x, std::span<double> by_p) const {
  std::size_t at = 0;
  for (std::size_t row = 0; row < by_p.size(); row += symbols_) {
    by_p[row] = 0;
    for (std::size_t a = 1; a < symbols_; ++a, ++at) {
      const double g = high_ / deviation_[at] * by_x[at];
      by_p[row + a] = g;
      by_p[row] -= g;
    }
  }
}

}  // namespace equivolve::sequence_design
