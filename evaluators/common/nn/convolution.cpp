#include "evaluators/common/nn/convolution.hpp"

#include <algorithm>

#include "evaluators/common/nn/affine.hpp"
#include "evaluators/common/nn/channel_sums.hpp"
#include "evaluators/common/nn/direct_convolution.hpp"

namespace equivolve::nn {
namespace {

/// An image with its frame of zeros.
struct Frame {
  Frame(const Shape& image, std::size_t padding)
      : image_height(image.height),
        image_row(std::size_t{image.width} * image.channels),
        row(image_row + 2 * padding * image.channels),
        first(padding * (row + image.channels)),
        size((image_height + 2 * padding) * row) {}
  explicit Frame(const LayerPlan& plan) : Frame(plan.in, plan.layer.padding) {}

  std::size_t image_height, image_row, row;
  std::size_t first;  ///< place of the image's first number
  std::size_t size;
};

template <class Scalar>
void clear(const Frame& frame, Scalar* padded) {
  std::fill_n(padded, frame.size, Scalar{0});
}

/// Into a frame that was cleared; images of one size may follow one another.
template <class Scalar>
void put(const Frame& frame, const Scalar* image, Scalar* padded) {
  for (std::size_t y = 0; y < frame.image_height; ++y)
    std::copy_n(image + y * frame.image_row, frame.image_row, padded + frame.first + y * frame.row);
}

template <class Scalar>
void unpad(const Frame& frame, const Scalar* padded, Scalar* image) {
  for (std::size_t y = 0; y < frame.image_height; ++y)
    std::copy_n(padded + frame.first + y * frame.row, frame.image_row, image + y * frame.image_row);
}

/// body(place in the frame, place in the columns) for every row of every window: `run` numbers that
/// lie together in both. A length known to the compiler is a fixed count of instructions.
template <std::size_t fixed_run, class Body>
void for_each_run(const LayerPlan& plan, Body body) {
  const Frame frame(plan);
  const std::size_t window = plan.layer.window,
                    step = std::size_t{plan.layer.stride} * plan.in.channels,
                    run = fixed_run ? fixed_run : window * plan.in.channels;
  std::size_t column = 0;
  for (std::size_t y = 0; y < plan.out.height; ++y)
    for (std::size_t x = 0; x < plan.out.width; ++x)
      for (std::size_t row = 0; row < window; ++row, column += run)
        body((y * plan.layer.stride + row) * frame.row + x * step, column, run);
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
  put(Frame(plan), image, padded);
  for_each_run(plan, [=](std::size_t from, std::size_t to, std::size_t run) {
    const Scalar* __restrict source = padded + from;
    Scalar* __restrict target = columns + to;
    for (std::size_t k = 0; k < run; ++k) target[k] = source[k];
  });
}

template <class Scalar>
void scatter_windows(const LayerPlan& plan, const Scalar* columns, Scalar* padded, Scalar* image) {
  clear(Frame(plan), padded);
  for_each_run(plan, [=](std::size_t to, std::size_t from, std::size_t run) {
    const Scalar* __restrict source = columns + from;
    Scalar* __restrict target = padded + to;
    for (std::size_t k = 0; k < run; ++k) target[k] += source[k];
  });
  unpad(Frame(plan), padded, image);
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
  clear(Frame(plan), windows.padded());
  for (std::size_t s = 0; s < samples; ++s)
    gather_windows(plan, x + s * plan.in.size(), windows.padded(), windows.columns() + s * size);
}

// Without columns: see direct_convolution.hpp. A gradient at the input is the convolution of that
// at the output with the kernel turned round, in a frame that lets every window reach every pixel.

/// Weights are read once for every few pixels: where they leave the cache, a product's blocks win
/// (measured: even at 128 channels of 3 x 3, half as fast at 256).
template <class Scalar>
bool weights_stay_near(const LayerPlan& plan) {
  constexpr std::size_t kBytes = std::size_t{256} * 1024;
  return plan.columns * plan.out.channels <= kBytes / sizeof(Scalar);
}

template <class Scalar>
bool is_direct(const LayerPlan& plan) {
  return plan.layer.stride == 1 && fills_registers<Scalar>(plan.out.channels) &&
         weights_stay_near<Scalar>(plan);
}

template <class Scalar>
bool is_direct_backward(const LayerPlan& plan) {
  return plan.layer.stride == 1 && plan.layer.padding < plan.layer.window &&
         fills_registers<Scalar>(plan.in.channels) && weights_stay_near<Scalar>(plan);
}

DirectConvolution forward_shape(const LayerPlan& plan) {
  return {plan.layer.window, plan.in.channels, Frame(plan).row,
          plan.out.height,   plan.out.width,   plan.out.channels};
}

Frame backward_frame(const LayerPlan& plan) {
  return {plan.out, plan.layer.window - 1 - plan.layer.padding};
}

DirectConvolution backward_shape(const LayerPlan& plan) {
  return {plan.layer.window, plan.out.channels, backward_frame(plan).row,
          plan.in.height,    plan.in.width,     plan.in.channels};
}

/// units x columns, row-major, to columns x units.
template <class Scalar>
void transpose_weights(const Affine<const Scalar>& map, Scalar* transposed) {
  for (std::size_t u = 0; u < map.units; ++u)
    for (std::size_t k = 0; k < map.columns; ++k)
      transposed[k * map.units + u] = map.weights[u * map.columns + k];
}

template <class Scalar>
void turn_weights(const LayerPlan& plan, const Scalar* weights, Scalar* turned) {
  const std::size_t channels = plan.in.channels, units = plan.out.channels,
                    taps = std::size_t{plan.layer.window} * plan.layer.window;
  for (std::size_t tap = 0; tap < taps; ++tap)
    for (std::size_t u = 0; u < units; ++u, turned += channels)
      std::copy_n(weights + u * plan.columns + (taps - 1 - tap) * channels, channels, turned);
}

template <class Scalar>
void direct_forward(const LayerPlan& plan, const Affine<const Scalar>& map, std::size_t samples,
                    const Scalar* x, Scalar* y, Windows<Scalar>& windows) {
  transpose_weights(map, windows.columns());
  clear(Frame(plan), windows.padded());
  for (std::size_t s = 0; s < samples; ++s) {
    put(Frame(plan), x + s * plan.in.size(), windows.padded());
    direct_kernels().convolve<Scalar>()(forward_shape(plan), windows.padded(), windows.columns(),
                                        map.bias, y + s * plan.out.size());
  }
}

template <class Scalar>
void add_direct_gradient(const LayerPlan& plan, const Affine<Scalar>& gradient, std::size_t samples,
                         const Scalar* x, const Scalar* dy, Windows<Scalar>& windows,
                         Scalar* scratch) {
  Scalar* sums = windows.columns();
  std::fill_n(sums, gradient.units * gradient.columns, Scalar{0});
  clear(Frame(plan), windows.padded());
  for (std::size_t s = 0; s < samples; ++s) {
    put(Frame(plan), x + s * plan.in.size(), windows.padded());
    direct_kernels().add_window_products<Scalar>()(forward_shape(plan), windows.padded(),
                                                   dy + s * plan.out.size(), sums);
  }
  for (std::size_t u = 0; u < gradient.units; ++u)
    for (std::size_t k = 0; k < gradient.columns; ++k)
      gradient.weights[u * gradient.columns + k] += sums[k * gradient.units + u];
  add_bias_gradient(gradient, samples * plan.out.pixels(), dy, scratch);
}

template <class Scalar>
void direct_backward(const LayerPlan& plan, const Scalar* weights, std::size_t samples,
                     const Scalar* dy, Scalar* dx, Windows<Scalar>& windows) {
  turn_weights(plan, weights, windows.columns());
  clear(backward_frame(plan), windows.padded());
  for (std::size_t s = 0; s < samples; ++s) {
    put(backward_frame(plan), dy + s * plan.out.size(), windows.padded());
    direct_kernels().convolve<Scalar>()(backward_shape(plan), windows.padded(), windows.columns(),
                                        nullptr, dx + s * plan.in.size());
  }
}

}  // namespace

std::size_t samples_at_once(const LayerPlan& plan) {
  constexpr std::size_t kNumbers = 32768;
  return std::max<std::size_t>(1, kNumbers / (plan.columns * plan.out.pixels()));
}

template <class Scalar>
void Windows<Scalar>::fit(const LayerPlan& plan) {
  std::size_t padded = Frame(plan).size, columns = 0;
  if (is_direct_backward<Scalar>(plan)) padded = std::max(padded, backward_frame(plan).size);
  if (is_direct<Scalar>(plan) || is_direct_backward<Scalar>(plan))
    columns = plan.columns * plan.out.channels;
  if (!is_direct<Scalar>(plan) || !is_direct_backward<Scalar>(plan))
    columns = std::max(columns, samples_at_once(plan) * plan.columns * plan.out.pixels());
  padded_.resize(std::max(padded_.size(), padded));
  columns_.resize(std::max(columns_.size(), columns));
}

template <class Scalar>
void convolution_forward(const LayerPlan& plan, const Scalar* parameters, std::size_t samples,
                         const Scalar* x, Scalar* y, Windows<Scalar>& windows,
                         Packing<Scalar>& packing) {
  const auto map = affine_of(plan, parameters);
  if (is_direct<Scalar>(plan)) return direct_forward<Scalar>(plan, map, samples, x, y, windows);
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
  if (is_direct<Scalar>(plan))
    return add_direct_gradient<Scalar>(plan, gradient, samples, x, dy, windows, scratch);
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
  if (is_direct_backward<Scalar>(plan))
    return direct_backward<Scalar>(plan, map.weights, samples, dy, dx, windows);
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
