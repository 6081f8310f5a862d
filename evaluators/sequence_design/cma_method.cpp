// CMA-ES on a proxy. Equations and constants: Hansen 2016, "The CMA evolution strategy: a tutorial"
// (arXiv 1604.00772), table 1, positive weights only; above kFullCovariance coordinates the
// covariance is diagonal, with rates (n + 2) / 3 times as fast: Ros, Hansen 2008. Where it starts
// and what it moves in: Trabucco et al. 2022 (Design-Bench): standardised logits, which may leave
// what any sequence encodes to, from each of the best measured sequences, sigma 0.5.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/common/linalg/symmetric_eigen.hpp"
#include "evaluators/sequence_design/logit_encoding.hpp"
#include "evaluators/sequence_design/methods.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kFullCovariance = 100;
constexpr double kFirstStep = 0.5;

/// One strategy: draw lambda points, tell their ranks.
class Strategy {
 public:
  Strategy(std::vector<double> mean, double step)
      : n_(mean.size()), full_(n_ <= kFullCovariance), mean_(std::move(mean)), sigma_(step) {
    const auto n = static_cast<double>(n_);
    lambda_ = 4 + static_cast<std::size_t>(3 * std::log(n));
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < lambda_ / 2; ++i) {
      weights_.push_back(std::log((static_cast<double>(lambda_) + 1) / 2) -
                         std::log(static_cast<double>(i + 1)));
      sum += weights_.back();
    }
    for (double& w : weights_) {
      w /= sum;
      squares += w * w;
    }
    mu_eff_ = 1 / squares;
    c_sigma_ = (mu_eff_ + 2) / (n + mu_eff_ + 5);
    d_sigma_ = 1 + 2 * std::max(0.0, std::sqrt((mu_eff_ - 1) / (n + 1)) - 1) + c_sigma_;
    c_c_ = (4 + mu_eff_ / n) / (n + 4 + 2 * mu_eff_ / n);
    c_1_ = 2 / ((n + 1.3) * (n + 1.3) + mu_eff_);
    c_mu_ = std::min(1 - c_1_, 2 * (mu_eff_ - 2 + 1 / mu_eff_) / ((n + 2) * (n + 2) + mu_eff_));
    if (!full_) {
      c_1_ = std::min(0.5, c_1_ * (n + 2) / 3);
      c_mu_ = std::min(1 - c_1_, c_mu_ * (n + 2) / 3);
    }
    chi_ = std::sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    path_sigma_.assign(n_, 0);
    path_c_.assign(n_, 0);
    roots_.assign(n_, 1);
    covariance_.assign(full_ ? n_ * n_ : n_, 0);
    for (std::size_t i = 0; i < n_; ++i) covariance_[full_ ? i * n_ + i : i] = 1;
    if (full_) basis_ = covariance_;
  }

  std::size_t lambda() const { return lambda_; }
  /// lambda points y = B D z; the candidates are mean + sigma y.
  std::vector<std::vector<double>> draw(hashing::Stream& stream) const {
    std::vector<std::vector<double>> out(lambda_, std::vector<double>(n_, 0.0));
    for (auto& y : out)
      for (std::size_t k = 0; k < n_; ++k) {
        const double z = roots_[k] * stream.gaussian();
        if (!full_) y[k] = z;
        for (std::size_t i = 0; full_ && i < n_; ++i) y[i] += basis_[i * n_ + k] * z;
      }
    return out;
  }
  std::vector<double> point(const std::vector<double>& y) const {
    std::vector<double> x(n_);
    for (std::size_t i = 0; i < n_; ++i) x[i] = mean_[i] + sigma_ * y[i];
    return x;
  }
  void tell(const std::vector<std::vector<double>>& ys, const std::vector<std::size_t>& order) {
    std::vector<double> step(n_, 0.0);
    for (std::size_t k = 0; k < weights_.size(); ++k)
      for (std::size_t i = 0; i < n_; ++i) step[i] += weights_[k] * ys[order[k]][i];
    for (std::size_t i = 0; i < n_; ++i) mean_[i] += sigma_ * step[i];
    const std::vector<double> white = whitened(step);
    const double keep = std::sqrt(c_sigma_ * (2 - c_sigma_) * mu_eff_);
    double length = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      path_sigma_[i] = (1 - c_sigma_) * path_sigma_[i] + keep * white[i];
      length += path_sigma_[i] * path_sigma_[i];
    }
    length = std::sqrt(length);
    ++generation_;
    const double fading = 1 - std::pow(1 - c_sigma_, 2.0 * static_cast<double>(generation_));
    const bool slow = length / std::sqrt(fading) < (1.4 + 2 / (static_cast<double>(n_) + 1)) * chi_;
    const double keep_c = slow ? std::sqrt(c_c_ * (2 - c_c_) * mu_eff_) : 0;
    for (std::size_t i = 0; i < n_; ++i) path_c_[i] = (1 - c_c_) * path_c_[i] + keep_c * step[i];
    adapt(ys, order, slow ? 0 : c_1_ * c_c_ * (2 - c_c_));
    sigma_ *= std::exp(std::min(1.0, c_sigma_ / d_sigma_ * (length / chi_ - 1)));
  }

 private:
  /// C^-1/2 y.
  std::vector<double> whitened(const std::vector<double>& y) const {
    std::vector<double> out(n_, 0.0);
    if (!full_) {
      for (std::size_t i = 0; i < n_; ++i) out[i] = y[i] / roots_[i];
      return out;
    }
    for (std::size_t k = 0; k < n_; ++k) {
      double sum = 0;
      for (std::size_t i = 0; i < n_; ++i) sum += basis_[i * n_ + k] * y[i];
      for (std::size_t i = 0; i < n_; ++i) out[i] += basis_[i * n_ + k] * sum / roots_[k];
    }
    return out;
  }
  void adapt(const std::vector<std::vector<double>>& ys, const std::vector<std::size_t>& order,
             double lost) {
    const double keep = 1 - c_1_ - c_mu_ + lost;
    const auto update = [&](std::size_t i, std::size_t j, double& c) {
      c = keep * c + c_1_ * path_c_[i] * path_c_[j];
      for (std::size_t k = 0; k < weights_.size(); ++k)
        c += c_mu_ * weights_[k] * ys[order[k]][i] * ys[order[k]][j];
    };
    for (std::size_t i = 0; i < n_; ++i) {
      if (!full_) update(i, i, covariance_[i]);
      for (std::size_t j = 0; full_ && j < n_; ++j) update(i, j, covariance_[i * n_ + j]);
    }
    if (!full_) {
      for (std::size_t i = 0; i < n_; ++i) roots_[i] = std::sqrt(std::max(1e-20, covariance_[i]));
      return;
    }
    // As often as it pays: every 1 / (10 n (c_1 + c_mu)) generations.
    const auto wait = static_cast<std::size_t>(
        std::max(1.0, 1 / (10 * static_cast<double>(n_) * (c_1_ + c_mu_))));
    if (generation_ % wait != 0) return;
    const auto eigen = linalg::symmetric_eigen<double>({covariance_.data(), n_, n_, n_});
    if (!eigen) return;
    basis_ = eigen->vectors.values;
    for (std::size_t i = 0; i < n_; ++i) roots_[i] = std::sqrt(std::max(1e-20, eigen->values[i]));
  }

  std::size_t n_;
  bool full_;
  std::vector<double> mean_;
  double sigma_;
  std::size_t lambda_ = 0, generation_ = 0;
  std::vector<double> weights_;
  double mu_eff_ = 1, c_sigma_ = 0, d_sigma_ = 1, c_c_ = 0, c_1_ = 0, c_mu_ = 0, chi_ = 1;
  std::vector<double> path_sigma_, path_c_, covariance_, basis_, roots_;
};

}  // namespace

Found cma_es(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
             const Work& work) {
  const LogitEncoding encoding(view);
  const std::vector<Sequence> starts = start_sequences(view, settings.designs);
  std::vector<std::vector<Sequence>> visited(starts.size());
  std::vector<Sequence> raw(starts.size());
  work.spread(starts.size(), [&](std::size_t s) {
    std::vector<double> mean(encoding.size());
    encoding.encode(SequenceView(starts[s]), mean);
    Strategy strategy(mean, kFirstStep);
    hashing::Stream stream(settings.seed, hashing::Purpose::kEvaluate, s);
    std::vector<double> p(view.shape().cells()), ignored(p.size());
    double best = -1e300;
    raw[s] = starts[s];
    for (std::size_t g = 0; g < settings.steps && !work.stop(); ++g) {
      const auto ys = strategy.draw(stream);
      std::vector<double> scores;
      for (const auto& y : ys) {
        const std::vector<double> x = strategy.point(y);
        encoding.unencode(x, p);
        const double score = proxy.gradient(p, ignored);
        scores.push_back(std::isfinite(score) ? score : -1e300);
        if (scores.back() <= best) continue;
        best = scores.back();
        raw[s] = encoding.decode(x);
        visited[s].push_back(view.set.towards(starts[s], raw[s]));
      }
      strategy.tell(ys, best_first(scores));
    }
  });
  Found out;
  for (const auto& one : visited) out.visited.insert(out.visited.end(), one.begin(), one.end());
  out.raw = std::move(raw);
  return out;
}

}  // namespace equivolve::sequence_design
