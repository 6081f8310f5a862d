#include "evaluators/test_time_adaptation/probe.hpp"

#include <algorithm>
#include <cmath>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/test_time_adaptation/augmentation.hpp"
#include "evaluators/test_time_adaptation/draws.hpp"

namespace equivolve::test_time_adaptation {
namespace {

constexpr std::size_t kProbeBatch = 16, kProbeBatches = 3;

MakeView<double> probe_views(const Augmentation& augmentation) {
  return
      [augmentation](std::uint32_t batch, std::uint32_t view, std::span<const double> x,
                     std::span<double> out) { augment<double>(augmentation, batch, view, x, out); };
}

/// From `low` to `high`, each power of ten as likely as another.
double by_magnitude(hashing::Stream& stream, double low, double high) {
  return low * std::pow(high / low, stream.uniform());
}

BatchFacts made_up_facts(hashing::Stream& stream) {
  BatchFacts facts;
  facts.confidence = stream.uniform();
  facts.entropy = stream.uniform();
  facts.disagreement = stream.uniform() * stream.uniform();
  facts.drift = stream.chance(.1) ? 0 : by_magnitude(stream, 1e-6, 1e1);
  facts.age = 1 / std::floor(by_magnitude(stream, 2, 2000));
  return facts;
}

/// Which of `weights` made-up weights go home, for each of `batches` made-up batches.
void put_restorations(FormulaRule& rule, std::size_t batches, std::size_t weights,
                      hashing::Stream stream, sdk::OutputSink& sink) {
  std::vector<double> fisher(weights), distance(weights), deviation(weights), magnitude(weights),
      uniform(weights), scores(weights);
  std::vector<std::byte> home(weights);
  for (std::size_t b = 0; b < batches; ++b) {
    const BatchFacts facts = made_up_facts(stream);
    for (std::size_t k = 0; k < weights; ++k) {
      fisher[k] = stream.chance(.05) ? 0 : by_magnitude(stream, 1e-16, 1e4);
      distance[k] = stream.chance(.1) ? 0 : by_magnitude(stream, 1e-7, 1e2);
      deviation[k] = by_magnitude(stream, 1e-5, 1e1);
      magnitude[k] = by_magnitude(stream, 1e-5, 1e2);
      uniform[k] = stream.uniform();
    }
    rule.score({fisher, distance, deviation, magnitude, uniform}, facts, scores);
    for (std::size_t k = 0; k < weights; ++k) home[k] = std::byte{scores[k] > 0};
    sink.bytes(home);
  }
}

void put_rule(FormulaRule rule, std::uint64_t seed, sdk::OutputSink& sink) {
  if (rule.part() == RulePart::kRestoration) {
    // Many weights show small shares, many batches what depends on the batch.
    put_restorations(rule, 4, 2048, draws(seed, Draw::kProbe, 0), sink);
    put_restorations(rule, 128, 64, draws(seed, Draw::kProbe, 1), sink);
    return;
  }
  hashing::Stream stream = draws(seed, Draw::kProbe, 2);
  std::vector<double> momenta(512);
  for (double& momentum : momenta) momentum = rule.momentum(made_up_facts(stream));
  sink.values(momenta);
}

void put_settings(const Recipe& r, sdk::OutputSink& sink) {
  for (const std::int64_t setting :
       {static_cast<std::int64_t>(r.method), static_cast<std::int64_t>(r.optimizer),
        static_cast<std::int64_t>(r.trainable), std::int64_t{r.augmentations},
        std::int64_t{r.reset_every}})
    sink.integer(setting);
  const double numbers[] = {r.learning_rate,        r.teacher_rate,        r.augmentation_strength,
                            r.confidence_threshold, r.restore_probability, r.fim_quantile,
                            r.prior_weight,         r.statistics_mix};
  sink.bytes(std::as_bytes(std::span(numbers)));
}

}  // namespace

void run_probe(const Problem& problem, const Adaptation& adaptation, std::uint64_t seed,
               sdk::OutputSink& sink) {
  const auto source = problem.source([] { return false; });
  const auto stream = problem.stream(LabelOrder::kShuffled, seed, false, false);
  const SampleShape& shape = problem.data().training.shape;
  const std::size_t classes = problem.classes();
  const Recipe recipe = canonical(adaptation.recipe, problem.most_batches());
  Adapter<double> adapter(*source, recipe, kProbeBatch, seed,
                          probe_views({shape, recipe.augmentation_strength, seed}),
                          adaptation.rule);
  nn::Network<double> student = source->network;
  nn::Workspace<double> work(student.plan(), kProbeBatch);
  std::vector<double> x, told;
  const auto put = [&](std::span<const double> logits) {
    told.resize(logits.size());
    nn::softmax<double>(logits, classes, told);
    sink.values(told);
  };
  for (std::size_t b = 0; b < kProbeBatches; ++b) {
    const auto& segment = stream->segments[b % stream->segments.size()];
    const std::size_t n = std::min(kProbeBatch, segment.samples.count());
    x.assign(segment.samples.values.begin(),
             segment.samples.values.begin() + static_cast<std::ptrdiff_t>(n * shape.size()));
    put(adapter.step(x));
    if (!trains(recipe.method)) continue;
    std::copy(adapter.student().begin(), adapter.student().end(), student.parameters().begin());
    put(student.forward(x, {.batch_statistics = recipe.statistics_mix}, work));
  }
  if (adaptation.rule)
    put_rule(*adaptation.rule, seed, sink);
  else
    put_settings(recipe, sink);
}

}  // namespace equivolve::test_time_adaptation
