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

/// body(first output, window's first input, pixel) for every pixel of every window of a sample,
/// pixels of one window together and by rows; numbers are of channel 0. `pixel` is counted from 0.
template <class Body>
void for_each_window_pixel(const LayerPlan& plan, Body body) {
  const PoolWindow window(plan);
  const std::size_t channels = plan.in.channels, width = plan.in.width;
  std::size_t out = 0;
  for (std::size_t oy = 0; oy < plan.out.height; ++oy)
    for (std::size_t ox = 0; ox < plan.out.width; ++ox, out += channels)
      for (std::size_t wy = 0; wy < window.height; ++wy)
        for (std::size_t wx = 0; wx < window.width; ++wx)
          body(out, ((oy * window.height + wy) * width + ox * window.width + wx) * channels,
               wy * window.width + wx);
}

}  // namespace

template <class Scalar>
void max_pool_forward(const LayerPlan& plan, std::size_t samples, const Scalar* x, Scalar* y,
                      std::uint32_t* winners) {
  const std::size_t channels = plan.in.channels;
  for (std::size_t s = 0; s < samples;
       ++s, x += plan.in.size(), y += plan.out.size(), winners += plan.out.size()) {
    for_each_window_pixel(plan, [=](std::size_t out, std::size_t in, std::size_t pixel) {
      const Scalar* __restrict from = x + in;
      Scalar* __restrict best = y + out;
      std::uint32_t* __restrict winner = winners + out;
      const auto first = static_cast<std::uint32_t>(in);
      const bool is_first = pixel == 0;
      for (std::uint32_t c = 0; c < channels; ++c) {
        const bool greater = is_first || from[c] > best[c];
        best[c] = greater ? from[c] : best[c];
        winner[c] = greater ? first + c : winner[c];
      }
    });
  }
}

template <class Scalar>
void max_pool_backward(const LayerPlan& plan, std::size_t samples, const std::uint32_t* winners,
                       const Scalar* dy, Scalar* dx) {
  const std::size_t in = plan.in.size(), out = plan.out.size();
  std::fill_n(dx, samples * in, Scalar{0});
  for (std::size_t s = 0; s < samples; ++s)
    for (std::size_t i = 0; i < out; ++i) dx[s * in + winners[s * out + i]] = dy[s * out + i];
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
    for_each_window_pixel(plan, [=](std::size_t out, std::size_t in, std::size_t) {
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
  std::fill_n(dx, samples * plan.in.size(), Scalar{0});
  for (std::size_t s = 0; s < samples; ++s) {
    Scalar* image = dx + s * plan.in.size();
    const Scalar* pooled = dy + s * plan.out.size();
    for_each_window_pixel(plan, [=](std::size_t out, std::size_t in, std::size_t) {
      for (std::size_t c = 0; c < channels; ++c) image[in + c] = pooled[out + c] * share;
    });
  }
}

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

}  // namespace equivolve::nn
