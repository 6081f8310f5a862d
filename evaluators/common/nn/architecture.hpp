// What a network is made of, as plain values: the shape of an input and a sequence of layers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace equivolve::nn {

/// Of one sample. In memory channels vary fastest: number (y * width + x) * channels + c. A vector
/// of k numbers has k channels and one pixel.
struct Shape {
  std::uint32_t channels = 1, height = 1, width = 1;

  std::size_t pixels() const { return std::size_t{height} * width; }
  std::size_t size() const { return pixels() * channels; }
  bool operator==(const Shape&) const = default;
};

/// Numbers are part of the weights file; never renumber.
enum class LayerKind : std::uint32_t {
  kDense = 1,        ///< units x all numbers of a sample
  kConvolution = 2,  ///< of an image, zeros around it
  kBatchNorm = 3,    ///< per channel, over samples and pixels (Ioffe and Szegedy 2015)
  kDropout = 4,      ///< zeroes a share, scales the rest up (Srivastava et al. 2014)
  kRelu = 5,         ///< max(0, x)
  kTanh = 6,
  kSigmoid = 7,       ///< 1 / (1 + exp(-x))
  kMaxPool = 8,       ///< the greatest of a window; the gradient goes to the first such pixel
  kMeanPool = 9,      ///< the mean of a window
  kRowNormalize = 10  ///< a sample divided by its Euclidean length
};

/// One layer; which fields count depends on the kind, the others are 0. The functions below make
/// them.
struct Layer {
  LayerKind kind = LayerKind::kRelu;
  std::uint32_t units = 0;    ///< outputs (dense) or output channels (convolution)
  std::uint32_t window = 0;   ///< pixels along one side; of a pool 0 means the whole image
  std::uint32_t stride = 0;   ///< convolution only; pools move by their window
  std::uint32_t padding = 0;  ///< convolution: rows and columns of zeros on each side
  std::uint32_t bias = 0;     ///< 1: each unit adds a number of its own
  double value = 0;           ///< batch norm and row normalisation: epsilon; dropout: share zeroed

  bool operator==(const Layer&) const = default;
};

Layer dense(std::uint32_t units, bool bias = true);
Layer convolution(std::uint32_t channels, std::uint32_t window = 3, std::uint32_t stride = 1,
                  std::uint32_t padding = 1, bool bias = false);
Layer batch_norm(double epsilon = 1e-5);  ///< added to the variance; > 0
Layer dropout(double share);              ///< 0 <= share < 1
Layer relu();
Layer tanh();
Layer sigmoid();
Layer max_pool(std::uint32_t window);
Layer mean_pool(std::uint32_t window = 0);
/// Samples shorter than epsilon (> 0) are divided by epsilon.
Layer row_normalize(double epsilon = 1e-12);

struct Architecture {
  Shape input;
  std::vector<Layer> layers;

  bool operator==(const Architecture&) const = default;
};

}  // namespace equivolve::nn
