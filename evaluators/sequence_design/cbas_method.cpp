// Conditioning by adaptive sampling: a generative model of what was measured, bent step by step
// towards sequences that the proxy gives a high score. Source: Brookes, Park, Listgarten 2019
// (arXiv 1901.10060), algorithm 1, with variational autoencoders; weights to the power 0.2 and
// rounds of training as in Trabucco et al. 2022 (Design-Bench).
#include <algorithm>
#include <cmath>

#include "evaluators/sequence_design/methods.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"
#include "evaluators/sequence_design/variational.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kRoundEpochs = 10;
constexpr double kTempering = 0.2;

double quantile_of(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Spread of the targets around the proxy, for P(y >= threshold | x).
double residual_deviation(const OfflineView& view, const Proxy& proxy) {
  const std::vector<double> told = proxy.of(view.sequences);
  double squares = 0;
  for (std::size_t i = 0; i < told.size(); ++i)
    squares += (told[i] - view.targets[i]) * (told[i] - view.targets[i]);
  return std::max(1e-3, std::sqrt(squares / static_cast<double>(told.size())));
}

/// Sequences drawn from codes, and how much likelier the prior makes each from the same code.
struct Draws {
  std::vector<Sequence> sequences;
  std::vector<double> log_ratios;  ///< ln p(x | z) - ln q(x | z)
};

Draws draw(const FeasibleSet& set, const VariationalAutoencoder& prior,
           const VariationalAutoencoder& model, std::size_t count, hashing::Stream& stream) {
  const std::size_t length = set.shape().length, symbols = set.shape().symbols();
  Draws out;
  // Where little is feasible a round may stay smaller.
  for (int tries = 0; tries < 20 && out.sequences.size() < count; ++tries) {
    std::vector<float> z(count * model.latent());
    for (float& one : z) one = static_cast<float>(stream.gaussian());
    const std::vector<float> q = model.log_probabilities(z), p = prior.log_probabilities(z);
    for (std::size_t i = 0; i < count && out.sequences.size() < count; ++i) {
      Sequence x(length);
      double ratio = 0;
      for (std::size_t at = 0; at < length; ++at) {
        const std::size_t row = (i * length + at) * symbols;
        double u = stream.uniform();
        std::size_t a = 0;
        while (a + 1 < symbols && u >= static_cast<double>(std::exp(q[row + a])))
          u -= static_cast<double>(std::exp(q[row + a++]));
        x[at] = static_cast<Symbol>(a);
        ratio += static_cast<double>(p[row + a]) - static_cast<double>(q[row + a]);
      }
      if (!set.contains(x)) continue;
      out.sequences.push_back(std::move(x));
      out.log_ratios.push_back(ratio);
    }
  }
  return out;
}

}  // namespace

Found cbas(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
           const Work& work) {
  const double deviation = residual_deviation(view, proxy);
  VariationalAutoencoder prior(view.shape(), {.width = settings.width, .seed = settings.seed});
  prior.train(view.sequences, std::vector<double>(view.size(), 1.0), settings.epochs, work.stop);
  VariationalAutoencoder model = prior;
  double threshold = -1e300;
  SequenceIndex met;
  hashing::Stream stream(settings.seed, hashing::Purpose::kEvaluate, 0);
  for (std::size_t round = 0; round < settings.generations && !work.stop(); ++round) {
    const Draws drawn = draw(view.set, prior, model, settings.population, stream);
    if (drawn.sequences.size() < 2) break;
    for (const Sequence& x : drawn.sequences) met.add(x);
    const std::vector<double> told = proxy.of(drawn.sequences);
    threshold = std::max(threshold, quantile_of(told, settings.quantile));
    std::vector<double> weights(told.size());
    double total = 0;
    for (std::size_t i = 0; i < told.size(); ++i) {
      const double above = std::erfc((threshold - told[i]) / deviation / std::sqrt(2.0)) / 2;
      weights[i] =
          std::pow(above, kTempering) * std::exp(kTempering * std::min(50.0, drawn.log_ratios[i]));
      total += weights[i];
    }
    if (!(total > 0) || !std::isfinite(total)) break;
    model.train(drawn.sequences, weights, kRoundEpochs, work.stop);
  }
  Found out;
  out.raw = draw(view.set, prior, model, settings.designs, stream).sequences;
  for (const Sequence& x : out.raw) met.add(x);
  out.visited = met.all();
  return out;
}

}  // namespace equivolve::sequence_design
