#include "evaluators/common/nn/pooling.hpp"

#include <algorithm>

namespace equivolve::nn {
namespace {

struct PoolWindow {
  std::size_t height, width;

  explicit PoolWindow(const LayerPlan& plan)
      : height(plan.layer.window ? plan.layer.window : plan.in.height),
        width(plan.layer.window ? plan.layer.window : plan.in.width) {}
};

/// body(first number of a window, its output) for the windows of a sample; both of channel 0.
template <class Body>
void for_each_window(const LayerPlan& plan, Body body) {
  const PoolWindow window(plan);
  const std::size_t channels = plan.in.channels;
  std::size_t out = 0;
  for (std::size_t oy = 0; oy < plan.out.height; ++oy)
    for (std::size_t ox = 0; ox < plan.out.width; ++ox, out += channels)
      body((oy * window.height * plan.in.width + ox * window.width) * channels, out);
}

/// body(number of a pixel, its window's output), window by window.
template <class Body>
void for_each_window_pixel(const LayerPlan& plan, Body body) {
  const PoolWindow window(plan);
  const std::size_t channels = plan.in.channels, row = plan.in.width * channels;
  for_each_window(plan, [=](std::size_t first, std::size_t out) {
    for (std::size_t wy = 0; wy < window.height; ++wy)
      for (std::size_t wx = 0; wx < window.width; ++wx) body(first + wy * row + wx * channels, out);
  });
}

/// As many channels as a register holds numbers, at once.
constexpr std::size_t kLanes = 8;

/// Where windows and their neighbours lie, in numbers of an image.
struct PoolSteps {
  std::size_t pixel, row;
};

/// The greatest of a window that starts at number `first` of the image, and its place, for `lanes`
/// channels. A `fixed_side` other than 0 is that of the window.
template <std::size_t lanes, std::size_t fixed_side, class Scalar>
void take_greatest(const PoolWindow& window, const PoolSteps& steps, const Scalar* __restrict image,
                   std::size_t first, Scalar* __restrict greatest,
                   std::uint32_t* __restrict winner) {
  const std::size_t height = fixed_side ? fixed_side : window.height,
                    width = fixed_side ? fixed_side : window.width;
  for (std::size_t k = 0; k < lanes; ++k) {
    Scalar best = image[first + k];
    auto place = static_cast<std::uint32_t>(first);
    for (std::size_t wy = 0; wy < height; ++wy)
      for (std::size_t wx = 0; wx < width; ++wx) {
        const std::size_t here = first + wy * steps.row + wx * steps.pixel;
        const Scalar value = image[here + k];
        const bool greater = value > best || value != value;  // NaN wins, as in the activations
        place = greater ? static_cast<std::uint32_t>(here) : place;
        best = greater ? value : best;
      }
    greatest[k] = best;
    winner[k] = place + static_cast<std::uint32_t>(k);
  }
}

template <std::size_t fixed_side, class Scalar>
void max_pool_sample(const LayerPlan& plan, const Scalar* x, Scalar* y, std::uint32_t* winners) {
  const PoolWindow window(plan);
  const std::size_t channels = plan.in.channels;
  const PoolSteps steps{channels, plan.in.width * channels};
  for_each_window(plan, [=](std::size_t first, std::size_t out) {
    std::size_t c = 0;
    for (; c + kLanes <= channels; c += kLanes)
      take_greatest<kLanes, fixed_side>(window, steps, x, first + c, y + out + c,
                                        winners + out + c);
    for (; c < channels; ++c)
      take_greatest<1, fixed_side>(window, steps, x, first + c, y + out + c, winners + out + c);
  });
}

/// False: some pixels lie beyond the last whole window.
bool windows_cover_image(const LayerPlan& plan) {
  const PoolWindow window(plan);
  return plan.in.height % window.height == 0 && plan.in.width % window.width == 0;
}

}  // namespace

template <class Scalar>
void max_pool_forward(const LayerPlan& plan, std::size_t samples, const Scalar* x, Scalar* y,
                      std::uint32_t* winners) {
  const auto pool =
      plan.layer.window == 2 ? max_pool_sample<2, Scalar> : max_pool_sample<0, Scalar>;
  for (std::size_t s = 0; s < samples; ++s)
    pool(plan, x + s * plan.in.size(), y + s * plan.out.size(), winners + s * plan.out.size());
}

template <class Scalar>
void max_pool_backward(const LayerPlan& plan, std::size_t samples, const std::uint32_t* winners,
                       const Scalar* dy, Scalar* dx) {
  const std::size_t in = plan.in.size(), out = plan.out.size();
  std::fill_n(dx, samples * in, Scalar{0});
  for (std::size_t s = 0; s < samples; ++s, winners += out, dy += out, dx += in)
    for (std::size_t i = 0; i < out; ++i) dx[winners[i]] = dy[i];
}

template <class Scalar>
void mean_pool_forward(const LayerPlan& plan, std::size_t samples, const Scalar* x, Scalar* y) {
  const PoolWindow window(plan);
  const std::size_t channels = plan.in.channels;
  const Scalar share = Scalar{1} / static_cast<Scalar>(window.height * window.width);
  std::fill_n(y, samples * plan.out.size(), Scalar{0});
  for (std::size_t s = 0; s < samples; ++s) {
    const Scalar* image = x + s * plan.in.size();
    Scalar* pooled = y + s * plan.out.size();
    for_each_window_pixel(plan, [=](std::size_t in, std::size_t out) {
      for (std::size_t c = 0; c < channels; ++c) pooled[out + c] += image[in + c];
    });
    for (std::size_t i = 0; i < plan.out.size(); ++i) pooled[i] *= share;
  }
}

template <class Scalar>
void mean_pool_backward(const LayerPlan& plan, std::size_t samples, const Scalar* dy, Scalar* dx) {
  const PoolWindow window(plan);
  const std::size_t channels = plan.in.channels;
  const Scalar share = Scalar{1} / static_cast<Scalar>(window.height * window.width);
  if (!windows_cover_image(plan)) std::fill_n(dx, samples * plan.in.size(), Scalar{0});
  for (std::size_t s = 0; s < samples; ++s) {
    Scalar* image = dx + s * plan.in.size();
    const Scalar* pooled = dy + s * plan.out.size();
    for_each_window_pixel(plan, [=](std::size_t in, std::size_t out) {
      for (std::size_t c = 0; c < channels; ++c) image[in + c] = pooled[out + c] * share;
    });
  }
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define EQUIVOLVE_POOLING(Scalar)                                                         \
  template void max_pool_forward(const LayerPlan&, std::size_t, const Scalar*, Scalar*,   \
                                 std::uint32_t*);                                         \
  template void max_pool_backward(const LayerPlan&, std::size_t, const std::uint32_t*,    \
                                  const Scalar*, Scalar*);                                \
  template void mean_pool_forward(const LayerPlan&, std::size_t, const Scalar*, Scalar*); \
  template void mean_pool_backward(const LayerPlan&, std::size_t, const Scalar*, Scalar*);
EQUIVOLVE_POOLING(float)
EQUIVOLVE_POOLING(double)
#undef EQUIVOLVE_POOLING
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace equivolve::nn
