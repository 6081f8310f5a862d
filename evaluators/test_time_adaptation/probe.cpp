#include "evaluators/test_time_adaptation/probe.hpp"

#include <algorithm>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/test_time_adaptation/augmentation.hpp"

namespace equivolve::test_time_adaptation {
namespace {

constexpr std::size_t kProbeBatch = 16, kProbeBatches = 3;

MakeView<double> probe_views(const Augmentation& augmentation) {
  return
      [augmentation](std::uint32_t batch, std::uint32_t view, std::span<const double> x,
                     std::span<double> out) { augment<double>(augmentation, batch, view, x, out); };
}

}  // namespace

void run_probe(const Problem& problem, const Adaptation& adaptation, std::uint64_t seed,
               sdk::OutputSink& sink) {
  const auto source = problem.source([] { return false; });
  const auto stream = problem.stream(LabelOrder::kShuffled, seed, false, false);
  const SampleShape& shape = problem.data().training.shape;
  const std::size_t classes = problem.classes();
  const Recipe& recipe = adaptation.recipe;
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
  sink.integer(recipe.reset_every);
  const double threshold = recipe.augmentations > 0 ? recipe.confidence_threshold : 1;
  sink.values(std::span(&threshold, 1));
}

}  // namespace equivolve::test_time_adaptation
