// Methods that need no gradient: random draws, evolution, enumeration, CbAS.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "evaluators/sequence_design/methods.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr double kMostEnumerated = 1e6;

/// A chain whose transitions differ from place to place: p(x_0) prod p_i(x_i | x_{i-1}).
class PlacewiseChain {
 public:
  PlacewiseChain(const SequenceShape& shape)
      : length_(shape.length), symbols_(shape.symbols()), p_(length_ * symbols_ * symbols_) {}

  /// Weighted maximum likelihood, each transition with `pseudo` of the total weight beside it.
  void fit(std::span<const Sequence> sequences, std::span<const double> weights, double pseudo) {
    double total = 0;
    for (const double w : weights) total += w;
    std::fill(p_.begin(), p_.end(), pseudo * total / static_cast<double>(symbols_));
    for (std::size_t n = 0; n < sequences.size(); ++n)
      for (std::size_t i = 0; i < length_; ++i)
        p_[row(i, sequences[n]) + sequences[n][i]] += weights[n];
    for (std::size_t begin = 0; begin < p_.size(); begin += symbols_) {
      double sum = 0;
      for (std::size_t a = 0; a < symbols_; ++a) sum += p_[begin + a];
      for (std::size_t a = 0; a < symbols_; ++a) p_[begin + a] /= sum;
    }
  }
  double log_density(SequenceView x) const {
    double sum = 0;
    for (std::size_t i = 0; i < length_; ++i) sum += std::log(p_[row(i, x) + x[i]]);
    return sum;
  }
  Sequence draw(hashing::Stream& stream) const {
    Sequence x(length_);
    for (std::size_t i = 0; i < length_; ++i) {
      double u = stream.uniform();
      const double* p = &p_[row(i, x)];
      std::size_t a = 0;
      while (a + 1 < symbols_ && u >= p[a]) u -= p[a++];
      x[i] = static_cast<Symbol>(a);
    }
    return x;
  }

 private:
  std::size_t row(std::size_t i, SequenceView x) const {
    return (i * symbols_ + (i == 0 ? 0 : x[i - 1])) * symbols_;
  }
  std::size_t length_, symbols_;
  std::vector<double> p_;
};

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

}  // namespace

Found random_draws(const OfflineView& view, std::size_t count, std::uint64_t seed,
                   const Work& work) {
  std::vector<std::optional<Sequence>> drawn(count);
  work.spread(count, [&](std::size_t i) {
    hashing::Stream stream(seed, hashing::Purpose::kEvaluate, i);
    if (!work.stop()) drawn[i] = view.set.draw(stream);
  });
  Found out;
  for (auto& one : drawn)
    if (one) out.visited.push_back(std::move(*one));
  return out;
}

Found evolve(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
             const Work& work) {
  const std::size_t length = view.shape().length, symbols = view.shape().symbols();
  const std::size_t parents = std::max<std::size_t>(2, settings.population / 4);
  SequenceIndex met;
  std::vector<Sequence> population;
  for (Sequence& start : start_sequences(view, settings.population))
    if (met.add(start)) population.push_back(std::move(start));
  std::vector<double> scores = proxy.of(population);
  hashing::Stream stream(settings.seed, hashing::Purpose::kEvaluate, 0);
  const double mutates = settings.mutation / static_cast<double>(length);
  for (std::size_t g = 0; g < settings.generations && !work.stop(); ++g) {
    std::vector<std::size_t> order = best_first(scores);
    order.resize(std::min(parents, order.size()));
    std::vector<Sequence> kept, children;
    std::vector<double> kept_scores;
    for (const std::size_t i : order) {
      kept.push_back(population[i]);
      kept_scores.push_back(scores[i]);
    }
    // Where little is feasible a generation may stay smaller.
    const std::size_t wanted = settings.population - std::min(settings.population, kept.size());
    for (std::size_t tries = 0; children.size() < wanted && tries < 20 * wanted; ++tries) {
      const Sequence& a = kept[stream.below(kept.size())];
      const Sequence& b = kept[stream.below(kept.size())];
      Sequence child(length);
      for (std::size_t i = 0; i < length; ++i) {
        child[i] = stream.chance(0.5) ? a[i] : b[i];
        if (stream.chance(mutates)) child[i] = static_cast<Symbol>(stream.below(symbols));
      }
      if (!view.set.contains(child)) continue;
      met.add(child);
      children.push_back(std::move(child));
    }
    const std::vector<double> told = proxy.of(children);
    population = std::move(kept);
    scores = std::move(kept_scores);
    population.insert(population.end(), children.begin(), children.end());
    scores.insert(scores.end(), told.begin(), told.end());
  }
  return {met.all(), {}, 0};
}

Found enumerate(const OfflineView& view, const Work& work) {
  const std::size_t length = view.shape().length, symbols = view.shape().symbols();
  const double count = std::pow(static_cast<double>(symbols), static_cast<double>(length));
  if (count > kMostEnumerated)
    throw std::runtime_error(
        "exhaustive: there are more than 1,000,000 sequences; expected "
        "another method");
  Found out;
  Sequence x(length, 0);
  for (std::size_t n = 0; n < static_cast<std::size_t>(count + 0.5) && !work.stop(); ++n) {
    std::size_t rest = n;
    for (std::size_t i = length; i-- > 0; rest /= symbols)
      x[i] = static_cast<Symbol>(rest % symbols);
    if (view.set.contains(x)) out.visited.push_back(x);
  }
  return out;
}

Found cbas(const OfflineView& view, const DesignerSettings& settings, const Proxy& proxy,
           const Work& work) {
  constexpr double kPseudo = 0.01;
  const double deviation = residual_deviation(view, proxy);
  PlacewiseChain prior(view.shape()), model(view.shape());
  const std::vector<double> alike(view.size(), 1.0);
  prior.fit(view.sequences, alike, kPseudo);
  model = prior;
  double threshold = -1e300;
  SequenceIndex met;
  hashing::Stream stream(settings.seed, hashing::Purpose::kEvaluate, 0);
  std::vector<Sequence> drawn;
  for (std::size_t round = 0; round < settings.generations && !work.stop(); ++round) {
    drawn.clear();
    for (std::size_t tries = 0;
         drawn.size() < settings.population && tries < 50 * settings.population; ++tries) {
      Sequence x = model.draw(stream);
      if (!view.set.contains(x)) continue;
      met.add(x);
      drawn.push_back(std::move(x));
    }
    if (drawn.size() < 2) break;
    const std::vector<double> told = proxy.of(drawn);
    threshold = std::max(threshold, quantile_of(told, settings.quantile));
    std::vector<double> weights(drawn.size());
    double total = 0;
    for (std::size_t i = 0; i < drawn.size(); ++i) {
      const double above = std::erfc((threshold - told[i]) / deviation / std::sqrt(2.0)) / 2;
      const double ratio = prior.log_density(drawn[i]) - model.log_density(drawn[i]);
      weights[i] = above * std::exp(std::min(50.0, ratio));
      total += weights[i];
    }
    if (!(total > 0) || !std::isfinite(total)) break;
    model.fit(drawn, weights, kPseudo);
  }
  Found out;
  out.visited = met.all();
  drawn.resize(std::min(drawn.size(), settings.designs));
  out.raw = std::move(drawn);
  return out;
}

}  // namespace equivolve::sequence_design
