#include "evaluators/common/nn/batch_norm.hpp"

#include <algorithm>
#include <cmath>

#include "evaluators/common/nn/channel_sums.hpp"
#include "evaluators/common/nn/elementwise.hpp"

namespace equivolve::nn {
namespace {

// The data are read once: stretch by stretch, the means and squared deviations of each joined to
// those before (Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance", 2.1).
template <class Scalar>
void take_batch_statistics(std::size_t channels, std::size_t positions, const Scalar* x,
                           BatchNormMemory<Scalar>& memory, Scalar* scratch) {
  const std::size_t tile = tile_length(channels);
  Scalar* centre = scratch + 2 * tile;
  Scalar* new_mean = scratch + 3 * tile;
  Scalar* new_squares = scratch + 4 * tile;
  Scalar* mean = memory.batch_mean.data();
  Scalar* squares = memory.batch_variance.data();
  std::fill_n(mean, channels, Scalar{0});
  std::fill_n(squares, channels, Scalar{0});

  for_each_stretch(channels, positions, [&](std::size_t first, std::size_t count) {
    const Scalar* here = x + first * channels;
    sum_channels(channels, count, scratch, new_mean,
                 [=](std::size_t i, std::size_t) { return here[i]; });
    for (std::size_t c = 0; c < channels; ++c) new_mean[c] /= static_cast<Scalar>(count);
    fill_tile(new_mean, channels, centre);
    sum_channels(channels, count, scratch, new_squares, [=](std::size_t i, std::size_t k) {
      const Scalar deviation = here[i] - centre[k];
      return deviation * deviation;
    });
    const Scalar share = static_cast<Scalar>(count) / static_cast<Scalar>(first + count);
    for (std::size_t c = 0; c < channels; ++c) {
      const Scalar difference = new_mean[c] - mean[c];
      mean[c] += difference * share;
      // From the right, so that of the first stretch nothing is squared.
      squares[c] +=
          new_squares[c] + difference * (difference * (share * static_cast<Scalar>(first)));
    }
  });
  for (std::size_t c = 0; c < channels; ++c) squares[c] /= static_cast<Scalar>(positions);
}

}  // namespace

template <class Scalar>
BatchNormMemory<Scalar>::BatchNormMemory(std::size_t channels)
    : batch_mean(channels), batch_variance(channels), mean(channels), inverse_deviation(channels) {}

template <class Scalar>
void batch_norm_forward(const LayerPlan& plan, const Scalar* parameters, const Scalar* statistics,
                        Scalar share, std::size_t samples, const Scalar* x, Scalar* y,
                        BatchNormMemory<Scalar>& memory, Scalar* scratch) {
  const std::size_t channels = plan.in.channels, positions = samples * plan.in.pixels(),
                    tile = tile_length(channels);
  memory.positions = positions;
  memory.share = share;
  if (share != 0) take_batch_statistics(channels, positions, x, memory, scratch);

  const Scalar* stored_mean = statistics + plan.statistics;
  const Scalar* stored_variance = stored_mean + channels;
  Scalar* __restrict centre = scratch;
  Scalar* __restrict factor = scratch + tile;
  Scalar* __restrict shift = scratch + 2 * tile;
  for (std::size_t c = 0; c < channels; ++c) {
    // Not a weighted sum at the ends, so that neither statistic can disturb the other there.
    const auto mixed = [share](Scalar batch, Scalar stored) {
      return share == 0 ? stored : share == 1 ? batch : share * batch + (1 - share) * stored;
    };
    memory.mean[c] = mixed(memory.batch_mean[c], stored_mean[c]);
    const Scalar variance = mixed(memory.batch_variance[c], stored_variance[c]);
    memory.inverse_deviation[c] = 1 / std::sqrt(variance + static_cast<Scalar>(plan.layer.value));
    factor[c] = parameters[plan.weights + c] * memory.inverse_deviation[c];
  }
  fill_tile(memory.mean.data(), channels, centre);
  for (std::size_t k = channels; k < tile; ++k) factor[k] = factor[k - channels];
  fill_tile(parameters + plan.bias, channels, shift);
  for_each_tile(channels, positions, [=, &plan](std::size_t first, auto length) {
    const Scalar* __restrict in = x + first;
    Scalar* __restrict out = y + first;
    for (std::size_t k = 0; k < length; ++k) out[k] = (in[k] - centre[k]) * factor[k] + shift[k];
    if (!plan.joined) return;
    for (std::size_t k = 0; k < length; ++k) out[k] = out[k] < 0 ? Scalar{0} : out[k];
  });
}

// With xh = (x - mu) / sqrt(v + eps), the gradients are those of the paper's section 3, but that a
// batch's mean and variance have only their share in mu and v.
template <class Scalar>
void batch_norm_backward(const LayerPlan& plan, const Scalar* parameters, Scalar* gradients,
                         bool input_wanted, const Scalar* x, const Scalar* y, Scalar* dy,
                         const BatchNormMemory<Scalar>& memory, Scalar* scratch) {
  const std::size_t channels = plan.in.channels, positions = memory.positions,
                    tile = tile_length(channels);
  Scalar* scale_gradient = gradients + plan.weights;
  Scalar* shift_gradient = gradients + plan.bias;
  Scalar* __restrict centre = scratch + 2 * tile;
  Scalar* __restrict along = scratch + 3 * tile;
  Scalar* __restrict offset = scratch + 4 * tile;

  std::fill_n(shift_gradient, channels, Scalar{0});
  std::fill_n(scale_gradient, channels, Scalar{0});
  fill_tile(memory.mean.data(), channels, centre);
  for_each_stretch(channels, positions, [&](std::size_t first, std::size_t count) {
    Scalar* d = dy + first * channels;
    if (plan.joined) relu_backward<Scalar>(y + first * channels, d, count * channels);
    const Scalar* in = x + first * channels;
    sum_channels(channels, count, scratch, along, [=](std::size_t i, std::size_t) { return d[i]; });
    sum_channels(channels, count, scratch, offset,
                 [=](std::size_t i, std::size_t k) { return d[i] * (in[i] - centre[k]); });
    for (std::size_t c = 0; c < channels; ++c) {
      shift_gradient[c] += along[c];
      scale_gradient[c] += offset[c];
    }
  });
  for (std::size_t c = 0; c < channels; ++c) scale_gradient[c] *= memory.inverse_deviation[c];
  if (!input_wanted) return;

  Scalar* __restrict factor = scratch;  // the sums are done
  const Scalar share = memory.share / static_cast<Scalar>(positions);
  for (std::size_t k = 0; k < tile; ++k) {
    const std::size_t c = k % channels;
    const Scalar inverse = memory.inverse_deviation[c];
    factor[k] = parameters[plan.weights + c] * inverse;
    along[k] = share == 0 ? 0 : share * inverse * scale_gradient[c];
    offset[k] = share == 0 ? 0 : share * shift_gradient[c];
    if (share != 0) centre[k] = memory.batch_mean[c];
  }
  for_each_tile(channels, positions, [=](std::size_t first, auto length) {
    const Scalar* __restrict in = x + first;
    Scalar* __restrict d = dy + first;
    for (std::size_t k = 0; k < length; ++k)
      d[k] = factor[k] * ((d[k] - offset[k]) - (in[k] - centre[k]) * along[k]);
  });
}

template <class Scalar>
void update_running_statistics(const LayerPlan& plan, const BatchNormMemory<Scalar>& memory,
                               Scalar rate, Scalar* statistics) {
  const std::size_t channels = plan.in.channels;
  const auto m = static_cast<Scalar>(memory.positions);
  const Scalar unbiased = memory.positions > 1 ? m / (m - 1) : Scalar{1};
  Scalar* mean = statistics + plan.statistics;
  Scalar* variance = mean + channels;
  for (std::size_t c = 0; c < channels; ++c) {
    mean[c] += rate * (memory.batch_mean[c] - mean[c]);
    variance[c] += rate * (memory.batch_variance[c] * unbiased - variance[c]);
  }
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define EQUIVOLVE_BATCH_NORM(Scalar)                                                               \
  template struct BatchNormMemory<Scalar>;                                                         \
  template void batch_norm_forward(const LayerPlan&, const Scalar*, const Scalar*, Scalar,         \
                                   std::size_t, const Scalar*, Scalar*, BatchNormMemory<Scalar>&,  \
                                   Scalar*);                                                       \
  template void batch_norm_backward(const LayerPlan&, const Scalar*, Scalar*, bool, const Scalar*, \
                                    const Scalar*, Scalar*, const BatchNormMemory<Scalar>&,        \
                                    Scalar*);                                                      \
  template void update_running_statistics(const LayerPlan&, const BatchNormMemory<Scalar>&,        \
                                          Scalar, Scalar*);
EQUIVOLVE_BATCH_NORM(float)
EQUIVOLVE_BATCH_NORM(double)
#undef EQUIVOLVE_BATCH_NORM
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace equivolve::nn
