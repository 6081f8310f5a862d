// Methods that need no gradient: random draws, evolution, enumeration.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "evaluators/sequence_design/methods.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr double kMostEnumerated = 1e6;

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

}  // namespace equivolve::sequence_design
