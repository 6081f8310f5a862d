#include "evaluators/test_time_adaptation/source_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/common/nn/optimizers/schedule.hpp"
#include "evaluators/common/nn/optimizers/sgd.hpp"
#include "evaluators/common/nn/optimizers/weight_moments.hpp"
#include "evaluators/test_time_adaptation/draws.hpp"

namespace equivolve::test_time_adaptation {
namespace {

using hashing::Stream;
using nn::Network;
using nn::Pass;
using nn::Workspace;

/// One training sample, moved and with noise.
void training_view(std::span<const float> sample, const SampleShape& shape,
                   const SourceTraining& training, Stream& stream, std::span<float> out) {
  const auto reach = static_cast<std::int64_t>(training.shift);
  const auto draw_shift = [&] {
    return reach == 0 ? 0
                      : static_cast<std::int64_t>(
                            stream.below(static_cast<std::uint64_t>(2 * reach + 1))) -
                            reach;
  };
  const std::int64_t down = draw_shift(), right = draw_shift();
  const bool flip = training.flip && stream.chance(.5);
  const std::int64_t height = shape.height, width = shape.width;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x) {
      const std::int64_t from_y = y - down, from_x = (flip ? width - 1 - x : x) - right;
      const bool within = from_y >= 0 && from_x >= 0 && from_y < height && from_x < width;
      for (std::int64_t c = 0; c < shape.channels; ++c)
        out[static_cast<std::size_t>((y * width + x) * shape.channels + c)] =
            within
                ? sample[static_cast<std::size_t>((from_y * width + from_x) * shape.channels + c)]
                : 0.0F;
    }
  if (training.input_noise > 0)
    for (float& number : out)
      number += static_cast<float>(training.input_noise * stream.gaussian());
}

/// The training samples in batches, each epoch in an order of its own; the last batch takes what
/// would be less than half of one.
class TrainingBatches {
 public:
  TrainingBatches(const Samples& samples, const SourceTraining& training, std::uint64_t seed)
      : samples_(samples), training_(training), seed_(seed), order_(samples.count()) {
    std::iota(order_.begin(), order_.end(), 0U);
  }
  std::size_t per_epoch() const {
    return std::max<std::size_t>(1, (order_.size() + training_.batch / 2) / training_.batch);
  }
  std::size_t most() const { return training_.batch + training_.batch / 2 + 1; }

  void start(std::uint32_t epoch) {
    epoch_ = epoch;
    Stream stream = draws(seed_, Draw::kTrainingOrder, 0, epoch);
    for (std::size_t i = order_.size() - 1; i > 0; --i)
      std::swap(order_[i], order_[stream.below(i + 1)]);
  }
  /// Fills x and labels; how many there are.
  std::size_t take(std::size_t batch, std::vector<float>& x, std::vector<std::uint32_t>& labels) {
    const std::size_t first = batch * training_.batch;
    const std::size_t end = batch + 1 == per_epoch()
                                ? order_.size()
                                : std::min<std::size_t>(first + training_.batch, order_.size());
    const std::size_t size = samples_.shape.size();
    x.resize((end - first) * size);
    labels.resize(end - first);
    Stream stream = draws(seed_, Draw::kTrainingView, epoch_, static_cast<std::uint32_t>(batch));
    for (std::size_t i = first; i < end; ++i) {
      training_view(samples_[order_[i]], samples_.shape, training_, stream,
                    std::span(x).subspan((i - first) * size, size));
      labels[i - first] = samples_.labels[order_[i]];
    }
    return end - first;
  }

 private:
  const Samples& samples_;
  const SourceTraining& training_;
  std::uint64_t seed_;
  std::vector<std::uint32_t> order_;
  std::uint32_t epoch_ = 0;
};

/// Plain averages over one pass of the samples as they are, in batches as even as can be.
void recompute_statistics(Network<float>& network, Workspace<float>& work, const Samples& samples) {
  const std::size_t count = samples.count();
  const std::size_t batches = (count + work.batch() - 1) / work.batch();
  for (std::size_t k = 0; k < batches; ++k) {
    const std::size_t first = k * count / batches, end = (k + 1) * count / batches;
    const std::size_t size = samples.shape.size();
    network.forward(std::span(samples.values).subspan(first * size, (end - first) * size),
                    {.batch_statistics = 1}, work);
    network.update_statistics(work, 1.0 / static_cast<double>(k + 1));
  }
}

}  // namespace

nn::Architecture perceptron(std::uint32_t inputs, std::uint32_t classes,
                            const std::vector<std::uint32_t>& widths) {
  nn::Architecture out{{inputs, 1, 1}, {}};
  for (const std::uint32_t width : widths) {
    out.layers.push_back(nn::dense(width, false));
    out.layers.push_back(nn::batch_norm());
    out.layers.push_back(nn::relu());
  }
  out.layers.push_back(nn::dense(classes));
  return out;
}

nn::Architecture convolutional(std::uint32_t height, std::uint32_t width, std::uint32_t classes,
                               const std::vector<std::uint32_t>& channels,
                               std::uint32_t input_channels) {
  nn::Architecture out{{input_channels, height, width}, {}};
  for (std::size_t i = 0; i < channels.size(); ++i) {
    out.layers.push_back(nn::convolution(channels[i]));
    out.layers.push_back(nn::batch_norm());
    out.layers.push_back(nn::relu());
    if (i + 1 < channels.size()) out.layers.push_back(nn::max_pool(2));
  }
  out.layers.push_back(nn::mean_pool());
  out.layers.push_back(nn::dense(classes));
  return out;
}

SourceTraining perceptron_training() {
  return {};
}
SourceTraining convolutional_training() {
  return {.batch = 100,
          .epochs = 12,
          .averaged_epochs = 5,
          .snapshots = 4,
          .input_noise = 0,
          .shift = 2,
          .flip = true};
}

TrainedSource train_source(const Samples& samples, const nn::Architecture& architecture,
                           const SourceTraining& training, std::uint64_t seed,
                           const std::function<bool()>& cancelled) {
  auto made = Network<float>::make(architecture, seed);
  if (!made) return {{}, made.error()};
  Network<float> network = *std::move(made);
  TrainingBatches batches(samples, training, seed);
  Workspace<float> work(network.plan(), batches.most());
  nn::Sgd<float> optimizer(network.blocks(), {.momentum = 0.9, .weight_decay = 5e-4});
  nn::WeightMoments moments(network.parameters().size());
  const std::size_t per_epoch = batches.per_epoch();
  const nn::Schedule schedule{.shape = nn::ScheduleShape::kCosine,
                              .peak = 0.1,
                              .steps = std::max<std::uint64_t>(1, training.epochs * per_epoch),
                              .final_share = 0.1};
  const std::size_t between = std::max<std::size_t>(1, per_epoch / training.snapshots);
  std::vector<float> x;
  std::vector<std::uint32_t> labels;
  std::uint32_t step = 0;
  for (std::uint32_t epoch = 0; epoch < training.epochs + training.averaged_epochs; ++epoch) {
    batches.start(epoch);
    for (std::size_t b = 0; b < per_epoch; ++b, ++step) {
      if (cancelled()) return {{}, "training was cancelled"};
      batches.take(b, x, labels);
      const auto logits = network.forward(x, Pass::training(seed, step), work);
      const double loss =
          nn::cross_entropy<float>(logits, network.outputs(),
                                   std::span<const std::uint32_t>(labels), work.output_gradient());
      if (!std::isfinite(loss)) return {{}, "training the source model did not stay finite"};
      network.backward(work);
      const bool averages = epoch >= training.epochs;
      optimizer.step(network.parameters(), network.gradients(),
                     averages ? 0.01 : nn::learning_rate(schedule, step));
      if (averages && (b + 1) % between == 0)
        moments.add(std::span<const float>(network.parameters()));
    }
  }
  std::vector<double> variance;
  for (std::size_t i = 0; i < network.parameters().size(); ++i) {
    network.parameters()[i] = static_cast<float>(moments.mean()[i]);
    variance.push_back(moments.variance(i));
  }
  recompute_statistics(network, work, samples);
  std::string posterior = fmt::format("{} snapshots of training", moments.snapshots());
  return {{SourceModel{network.as<double>(), std::move(variance), std::move(posterior)}}, ""};
}

double clean_error(const SourceModel& model, const Samples& samples) {
  const Network<float> network = model.network.as<float>();
  constexpr std::size_t kBatch = 100;
  Workspace<float> work(network.plan(), kBatch);
  const std::size_t size = samples.shape.size(), classes = network.outputs();
  std::size_t wrong = 0;
  for (std::size_t first = 0; first < samples.count(); first += kBatch) {
    const std::size_t n = std::min(kBatch, samples.count() - first);
    const auto logits = network.forward(std::span(samples.values).subspan(first * size, n * size),
                                        Pass::prediction(), work);
    for (std::size_t i = 0; i < n; ++i) {
      const auto row = logits.subspan(i * classes, classes);
      const auto told = std::max_element(row.begin(), row.end()) - row.begin();
      wrong += static_cast<std::uint32_t>(told) != samples.labels[first + i];
    }
  }
  return static_cast<double>(wrong) / static_cast<double>(samples.count());
}

}  // namespace equivolve::test_time_adaptation
