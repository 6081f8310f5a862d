#include "evaluators/common/nn/convolution.hpp"

#include <algorithm>

#include "evaluators/common/nn/affine.hpp"

namespace equivolve::nn {
namespace {

/// An image with its frame of zeros.
struct Frame {
  explicit Frame(const LayerPlan& plan)
      : channels(plan.in.channels),
        padding(plan.layer.padding),
        height(plan.in.height + 2 * padding),
        width(plan.in.width + 2 * padding) {}

  std::size_t channels, padding, height, width;

  std::size_t row() const { return width * channels; }
  std::size_t size() const { return height * row(); }
};

template <class Scalar>
void pad(const LayerPlan& plan, const Scalar* image, Scalar* padded) {
  const Frame frame(plan);
  const std::size_t row = std::size_t{plan.in.width} * frame.channels;
  std::fill_n(padded, frame.size(), Scalar{0});
  for (std::size_t y = 0; y < plan.in.height; ++y)
    std::copy_n(image + y * row, row,
                padded + (y + frame.padding) * frame.row() + frame.padding * frame.channels);
}

template <class Scalar>
void unpad(const LayerPlan& plan, const Scalar* padded, Scalar* image) {
  const Frame frame(plan);
  const std::size_t row = std::size_t{plan.in.width} * frame.channels;
  for (std::size_t y = 0; y < plan.in.height; ++y)
    std::copy_n(padded + (y + frame.padding) * frame.row() + frame.padding * frame.channels, row,
                image + y * row);
}

/// body(place in the frame, place in the columns) for every row of every window: `run` numbers that
/// lie together in both. A length known to the compiler is a fixed count of instructions.
template <std::size_t fixed_run, class Body>
void for_each_run(const LayerPlan& plan, Body body) {
  const Frame frame(plan);
  const std::size_t window = plan.layer.window,
                    step = std::size_t{plan.layer.stride} * frame.channels,
                    run = fixed_run ? fixed_run : window * frame.channels;
  std::size_t column = 0;
  for (std::size_t y = 0; y < plan.out.height; ++y)
    for (std::size_t x = 0; x < plan.out.width; ++x)
      for (std::size_t row = 0; row < window; ++row, column += run)
        body((y * plan.layer.stride + row) * frame.row() + x * step, column, run);
}

template <class Body>
void for_each_run(const LayerPlan& plan, Body body) {
  switch (plan.layer.window * std::size_t{plan.in.channels}) {
    case 3:
      return for_each_run<3>(plan, body);
    case 9:
      return for_each_run<9>(plan, body);
    case 24:
      return for_each_run<24>(plan, body);
    case 48:
      return for_each_run<48>(plan, body);
    default:
      return for_each_run<0>(plan, body);
  }
}

template <class Scalar>
void gather_windows(const LayerPlan& plan, const Scalar* image, Scalar* padded, Scalar* columns) {
  pad(plan, image, padded);
  for_each_run(plan, [=](std::size_t from, std::size_t to, std::size_t run) {
    const Scalar* __restrict source = padded + from;
    Scalar* __restrict target = columns + to;
    for (std::size_t k = 0; k < run; ++k) target[k] = source[k];
  });
}

template <class Scalar>
void scatter_windows(const LayerPlan& plan, const Scalar* columns, Scalar* padded, Scalar* image) {
  std::fill_n(padded, Frame(plan).size(), Scalar{0});
  for_each_run(plan, [=](std::size_t to, std::size_t from, std::size_t run) {
    const Scalar* __restrict source = columns + from;
    Scalar* __restrict target = padded + to;
    for (std::size_t k = 0; k < run; ++k) target[k] += source[k];
  });
  unpad(plan, padded, image);
}

/// body(first sample, samples) for as many at once as stay in the cache.
template <class Body>
void for_each_batch(const LayerPlan& plan, std::size_t samples, Body body) {
  const std::size_t at_once = samples_at_once(plan);
  for (std::size_t first = 0; first < samples; first += at_once)
    body(first, std::min(at_once, samples - first));
}

template <class Scalar>
void gather_batch(const LayerPlan& plan, std::size_t samples, const Scalar* x,
                  Windows<Scalar>& windows) {
  const std::size_t size = plan.columns * plan.out.pixels();
  for (std::size_t s = 0; s < samples; ++s)
    gather_windows(plan, x + s * plan.in.size(), windows.padded(), windows.columns() + s * size);
}

}  // namespace

std::size_t samples_at_once(const LayerPlan& plan) {
  constexpr std::size_t kNumbers = 32768;
  return std::max<std::size_t>(1, kNumbers / (plan.columns * plan.out.pixels()));
}

template <class Scalar>
void Windows<Scalar>::fit(const LayerPlan& plan) {
  const std::size_t columns = samples_at_once(plan) * plan.columns * plan.out.pixels();
  padded_.resize(std::max(padded_.size(), Frame(plan).size()));
  columns_.resize(std::max(columns_.size(), columns));
}

template <class Scalar>
void convolution_forward(const LayerPlan& plan, const Scalar* parameters, std::size_t samples,
                         const Scalar* x, Scalar* y, Windows<Scalar>& windows,
                         Packing<Scalar>& packing) {
  const auto map = affine_of(plan, parameters);
  for_each_batch(plan, samples, [&](std::size_t first, std::size_t count) {
    gather_batch(plan, count, x + first * plan.in.size(), windows);
    affine_forward<Scalar>(map, count * plan.out.pixels(), windows.columns(),
                           y + first * plan.out.size(), packing);
  });
}

template <class Scalar>
void add_convolution_gradient(const LayerPlan& plan, Scalar* gradients, std::size_t samples,
                              const Scalar* x, const Scalar* dy, Windows<Scalar>& windows,
                              Packing<Scalar>& packing, Scalar* scratch) {
  const auto gradient = affine_of(plan, gradients);
  for_each_batch(plan, samples, [&](std::size_t first, std::size_t count) {
    gather_batch(plan, count, x + first * plan.in.size(), windows);
    add_affine_gradient<Scalar>(gradient, count * plan.out.pixels(), windows.columns(),
                                dy + first * plan.out.size(), packing, scratch);
  });
}

template <class Scalar>
void convolution_backward(const LayerPlan& plan, const Scalar* parameters, std::size_t samples,
                          const Scalar* dy, Scalar* dx, Windows<Scalar>& windows,
                          Packing<Scalar>& packing) {
  const auto map = affine_of(plan, parameters);
  const std::size_t size = plan.columns * plan.out.pixels();
  for_each_batch(plan, samples, [&](std::size_t first, std::size_t count) {
    affine_backward<Scalar>(map, count * plan.out.pixels(), dy + first * plan.out.size(),
                            windows.columns(), packing);
    for (std::size_t s = 0; s < count; ++s)
      scatter_windows(plan, windows.columns() + s * size, windows.padded(),
                      dx + (first + s) * plan.in.size());
  });
}

// NOLINTBEGIN(bugprone-macro-parentheses): a type takes none
#define EQUIVOLVE_CONVOLUTION(Scalar)                                                             \
  template class Windows<Scalar>;                                                                 \
  template void convolution_forward(const LayerPlan&, const Scalar*, std::size_t, const Scalar*,  \
                                    Scalar*, Windows<Scalar>&, Packing<Scalar>&);                 \
  template void add_convolution_gradient(const LayerPlan&, Scalar*, std::size_t, const Scalar*,   \
                                         const Scalar*, Windows<Scalar>&, Packing<Scalar>&,       \
                                         Scalar*);                                                \
  template void convolution_backward(const LayerPlan&, const Scalar*, std::size_t, const Scalar*, \
                                     Scalar*, Windows<Scalar>&, Packing<Scalar>&);
EQUIVOLVE_CONVOLUTION(float)
EQUIVOLVE_CONVOLUTION(double)
#undef EQUIVOLVE_CONVOLUTION
// NOLINTEND(bugprone-macro-parentheses)

}  // namespace equivolve::nn
