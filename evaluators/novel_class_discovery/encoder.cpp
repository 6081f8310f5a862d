#include "evaluators/novel_class_discovery/encoder.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "evaluators/common/nn/row_normalize.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {
namespace {

std::uint32_t width(const CodeSettings& s, std::size_t layer) {
  return static_cast<std::uint32_t>(
      std::max<std::size_t>(1, s.inputs * (s.layers + 2 - layer) / (s.layers + 2)));
}

nn::Layer activation(Activation kind) {
  if (kind == Activation::kTanh) return nn::tanh();
  return kind == Activation::kSigmoid ? nn::sigmoid() : nn::relu();
}

void add_hidden(const CodeSettings& s, std::uint32_t units, std::vector<nn::Layer>& layers) {
  for (const nn::Layer& layer : hidden_layers(s, units)) layers.push_back(layer);
}

nn::Shape vector_of(std::size_t size) {
  return {static_cast<std::uint32_t>(size), 1, 1};
}

}  // namespace

std::vector<nn::Layer> hidden_layers(const CodeSettings& s, std::uint32_t units) {
  std::vector<nn::Layer> layers{nn::dense(units), activation(s.activation)};
  if (s.batch_norm) layers.push_back(nn::batch_norm());
  if (s.dropout > 0) layers.push_back(nn::dropout(s.dropout));
  return layers;
}

nn::Architecture encoder_of(const CodeSettings& s) {
  nn::Architecture out{vector_of(s.inputs), {}};
  for (std::size_t i = 1; i <= s.layers; ++i) add_hidden(s, width(s, i), out.layers);
  out.layers.push_back(nn::dense(static_cast<std::uint32_t>(s.code)));
  return out;
}

nn::Architecture decoder_of(const CodeSettings& s) {
  nn::Architecture out{vector_of(s.code), {}};
  for (std::size_t i = s.layers; i >= 1; --i) add_hidden(s, width(s, i), out.layers);
  out.layers.push_back(nn::dense(static_cast<std::uint32_t>(s.inputs)));
  return out;
}

nn::Architecture head_of(const CodeSettings& s, std::size_t outputs) {
  return {vector_of(s.code), {nn::dense(static_cast<std::uint32_t>(outputs))}};
}

template <class Scalar>
nn::Network<Scalar> network_of(nn::Architecture architecture, std::uint64_t seed) {
  auto made = nn::Network<Scalar>::make(std::move(architecture), seed);
  if (!made) throw std::invalid_argument(made.error());
  nn::Network<Scalar> network = std::move(*made);
  hashing::Stream stream(seed, hashing::Purpose::kWeights, 0);
  for (const nn::LayerPlan& layer : network.plan().layers) {
    if (layer.layer.kind != nn::LayerKind::kDense) continue;
    const double bound = 1 / std::sqrt(static_cast<double>(layer.columns));
    const auto draw = [&](std::size_t offset, std::size_t count) {
      for (Scalar& number : network.parameters().subspan(offset, count))
        number = static_cast<Scalar>(stream.uniform(-bound, bound));
    };
    draw(layer.weights, layer.layer.units * layer.columns);
    draw(layer.bias, layer.layer.units);
  }
  return network;
}

template nn::Network<float> network_of(nn::Architecture, std::uint64_t);
template nn::Network<double> network_of(nn::Architecture, std::uint64_t);

Points codes_in_chunks(PointsView x, std::size_t columns,
                       const std::function<std::span<const float>(std::span<const float>)>& code) {
  Points codes(x.rows, columns);
  std::vector<float> chunk;
  for (std::size_t first = 0; first < x.rows; first += kCodedAtOnce) {
    const std::size_t count = std::min(kCodedAtOnce, x.rows - first);
    chunk.clear();
    for (std::size_t r = first; r < first + count; ++r)
      chunk.insert(chunk.end(), x.data + r * x.stride, x.data + r * x.stride + x.columns);
    const auto out = code(chunk);
    std::copy(out.begin(), out.end(),
              codes.values.begin() + static_cast<std::ptrdiff_t>(first * columns));
  }
  return codes;
}

Points codes_of(const nn::Network<float>& encoder, PointsView x) {
  nn::Workspace<float> work(encoder.plan(), kCodedAtOnce);
  return codes_in_chunks(x, encoder.outputs(), [&](std::span<const float> rows) {
    return encoder.forward(rows, nn::Pass::prediction(), work);
  });
}

Points normalized(Points points) {
  std::vector<float> inverse(points.rows);
  const std::vector<float> raw = points.values;
  nn::row_normalize_forward<float>(points.columns, points.rows, 1e-12f, raw.data(),
                                   points.values.data(), inverse.data());
  return points;
}

}  // namespace equivolve::novel_class_discovery
