#include "evaluators/test_time_adaptation/stream_run.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

#include "evaluators/test_time_adaptation/augmentation.hpp"

namespace equivolve::test_time_adaptation {
namespace {

double thread_cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

MakeView<float> views_of(const SampleShape& shape, const RunSettings& settings) {
  return [augmentation = Augmentation{shape, settings.recipe.augmentation_strength, settings.seed}](
             std::uint32_t batch, std::uint32_t view, std::span<const float> x,
             std::span<float> out) { augment<float>(augmentation, batch, view, x, out); };
}

}  // namespace

Scores StreamRun::of_round(std::size_t round) const {
  Scores sum;
  for (const Scores& scores : by_round[round]) sum.add(scores);
  return sum;
}

Scores StreamRun::all() const {
  Scores sum;
  for (std::size_t round = 0; round < by_round.size(); ++round) sum.add(of_round(round));
  return sum;
}

double StreamRun::collapse() const {
  return by_round.empty() ? 0 : of_round(by_round.size() - 1).error() - of_round(0).error();
}

double StreamRun::restored_share() const {
  const double chances = static_cast<double>(counts.batches) * static_cast<double>(trained_weights);
  return chances > 0 ? static_cast<double>(counts.restored) / chances : 0;
}

StreamRun run_along(const SourceModel& source, const SampleStream& stream,
                    const RunSettings& settings, const std::function<bool()>& cancelled,
                    const std::function<void(const StreamBatch&, std::span<const float>)>& told) {
  const double start = thread_cpu_seconds();
  const SampleShape& shape = stream.segments.front().samples.shape;
  Adapter<float> adapter(source, settings.recipe, settings.batch, settings.seed,
                         views_of(shape, settings), settings.rule);
  const std::size_t classes = source.network.outputs();
  StreamRun run;
  run.nll_by_id.assign(stream.segments.front().ids.size(), 0.0);
  std::vector<double> nll(settings.batch);
  for (std::uint32_t round = 0; round < settings.rounds && run.finite; ++round) {
    run.by_round.emplace_back(stream.segments.size());
    for (const StreamBatch& batch : batches_of(stream, settings.batch, round)) {
      if (cancelled()) {
        run.cancelled = true;
        return run;
      }
      const Segment& segment = stream.segments[batch.segment];
      if (stream.resets_between && batch.begins_segment) adapter.reset();
      const auto logits =
          adapter.step(std::span(segment.samples.values)
                           .subspan(batch.first * shape.size(), batch.count * shape.size()));
      if (told) told(batch, logits);
      if (segment.samples.labels.empty()) continue;
      const auto labels = std::span(segment.samples.labels).subspan(batch.first, batch.count);
      const Scores scores =
          score_batch(logits, classes, labels, run.calibration, std::span(nll).first(batch.count));
      run.by_round.back()[batch.segment].add(scores);
      run.over_time.push_back(scores);
      for (std::uint32_t i = 0; i < batch.count; ++i)
        run.nll_by_id[segment.ids[batch.first + i]] += nll[i];
      run.finite = adapter.finite() && std::isfinite(scores.nll);
      if (!run.finite) break;
    }
  }
  run.counts = adapter.counts();
  run.trained_weights = adapter.trained_weights();
  run.cpu_seconds = thread_cpu_seconds() - start;
  return run;
}

}  // namespace equivolve::test_time_adaptation
