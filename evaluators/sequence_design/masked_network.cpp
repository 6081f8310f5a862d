#include "evaluators/sequence_design/masked_network.hpp"

#include <algorithm>
#include <cmath>

#include "evaluators/sequence_design/adam.hpp"
#include "hashing/stream.hpp"

namespace equivolve::sequence_design {
namespace {

/// A one-dimensional convolution over positions, zeros around: out = relu(W * window + bias).
struct Convolution {
  std::size_t length, in, out, step;

  template <class Visit>
  void each_tap(std::size_t position, const Visit& visit) const {
    for (std::size_t tap = 0; tap < 3; ++tap) {
      const std::size_t place = position + tap * step;  // shifted by step
      if (place >= step && place - step < length) visit(tap, place - step);
    }
  }
  void forward(const double* w, const std::vector<double>& x, std::vector<double>& y) const {
    y.assign(length * out, 0.0);
    const double* bias = w + out * 3 * in;
    for (std::size_t i = 0; i < length; ++i)
      for (std::size_t o = 0; o < out; ++o) {
        double sum = bias[o];
        each_tap(i, [&](std::size_t tap, std::size_t place) {
          const double* row = w + (o * 3 + tap) * in;
          for (std::size_t c = 0; c < in; ++c) sum += row[c] * x[place * in + c];
        });
        y[i * out + o] = std::max(0.0, sum);
      }
  }
  /// `by_w` is added to where it is not empty.
  void backward(const double* w, const std::vector<double>& x, const std::vector<double>& y,
                const std::vector<double>& by_y, double* by_w, std::vector<double>& by_x) const {
    by_x.assign(length * in, 0.0);
    for (std::size_t i = 0; i < length; ++i)
      for (std::size_t o = 0; o < out; ++o) {
        const double g = y[i * out + o] > 0 ? by_y[i * out + o] : 0.0;
        if (g == 0) continue;
        if (by_w) by_w[out * 3 * in + o] += g;
        each_tap(i, [&](std::size_t tap, std::size_t place) {
          const std::size_t row = (o * 3 + tap) * in;
          for (std::size_t c = 0; c < in; ++c) {
            by_x[place * in + c] += g * w[row + c];
            if (by_w) by_w[row + c] += g * x[place * in + c];
          }
        });
      }
  }
};

}  // namespace

struct MaskedNetwork::Pass {
  std::vector<double> embedded, lower, upper;
};

MaskedNetwork::MaskedNetwork(const SequenceShape& shape, std::uint64_t seed)
    : length_(shape.length), symbols_(shape.symbols()), weights_(weight_count(), 0.0) {
  hashing::Stream stream(seed, hashing::Purpose::kWeights, 0);
  const auto fill = [&](std::size_t begin, std::size_t count, double deviation) {
    for (std::size_t i = 0; i < count; ++i) weights_[begin + i] = deviation * stream.gaussian();
  };
  const auto he = [](std::size_t inputs) { return std::sqrt(2 / static_cast<double>(inputs)); };
  fill(0, first(), 1 / std::sqrt(static_cast<double>(kEmbedding)));
  fill(first(), kWidth * 3 * kEmbedding, he(3 * kEmbedding));
  fill(second(), kWidth * 3 * kWidth, he(3 * kWidth));
  fill(head(), symbols_ * kWidth, 1 / std::sqrt(static_cast<double>(kWidth)));
}

void MaskedNetwork::forward(std::span<const double> p, Pass& pass) const {
  const std::size_t columns = p.size() / length_;
  pass.embedded.assign(length_ * kEmbedding, 0.0);
  for (std::size_t i = 0; i < length_; ++i)
    for (std::size_t a = 0; a < columns; ++a)
      if (const double share = p[i * columns + a]; share != 0)
        for (std::size_t e = 0; e < kEmbedding; ++e)
          pass.embedded[i * kEmbedding + e] += share * weights_[a * kEmbedding + e];
  Convolution{length_, kEmbedding, kWidth, 1}.forward(&weights_[first()], pass.embedded,
                                                      pass.lower);
  Convolution{length_, kWidth, kWidth, 2}.forward(&weights_[second()], pass.lower, pass.upper);
}

void MaskedNetwork::backward(std::span<const double> p, const Pass& pass, std::vector<double> upper,
                             std::span<double> weights, std::span<double> by_p) const {
  std::vector<double> lower, embedded;
  const auto block = [&](std::size_t begin) { return weights.empty() ? nullptr : &weights[begin]; };
  Convolution{length_, kWidth, kWidth, 2}.backward(&weights_[second()], pass.lower, pass.upper,
                                                   upper, block(second()), lower);
  Convolution{length_, kEmbedding, kWidth, 1}.backward(&weights_[first()], pass.embedded,
                                                       pass.lower, lower, block(first()), embedded);
  const std::size_t columns = p.size() / length_;
  for (std::size_t i = 0; i < length_; ++i)
    for (std::size_t a = 0; a < columns; ++a) {
      if (!by_p.empty()) {
        double sum = 0;
        for (std::size_t e = 0; e < kEmbedding; ++e)
          sum += embedded[i * kEmbedding + e] * weights_[a * kEmbedding + e];
        by_p[i * columns + a] = sum;
      }
      if (const double share = p[i * columns + a]; share != 0 && !weights.empty())
        for (std::size_t e = 0; e < kEmbedding; ++e)
          weights[a * kEmbedding + e] += share * embedded[i * kEmbedding + e];
    }
}

void MaskedNetwork::encode(std::span<const double> p, std::span<double> out) const {
  Pass pass;
  forward(p, pass);
  std::fill(out.begin(), out.end(), 0.0);
  for (std::size_t i = 0; i < pass.upper.size(); ++i) out[i % kWidth] += pass.upper[i];
  for (double& one : out) one /= static_cast<double>(length_);
}

void MaskedNetwork::pull_back(std::span<const double> p, std::span<const double> cotangent,
                              std::span<double> gradient) const {
  Pass pass;
  forward(p, pass);
  std::vector<double> upper(length_ * kWidth);
  for (std::size_t i = 0; i < upper.size(); ++i)
    upper[i] = cotangent[i % kWidth] / static_cast<double>(length_);
  backward(p, pass, std::move(upper), {}, gradient);
}

MaskedNetwork MaskedNetwork::train(const std::vector<Sequence>& sequences,
                                   const SequenceShape& shape, std::string trained_on,
                                   const Settings& settings) {
  constexpr std::size_t kBatch = 32;
  MaskedNetwork net(shape, settings.seed);
  net.trained_on_ = std::move(trained_on);
  const std::size_t l = net.length_, a = net.symbols_, columns = a + 1;
  std::vector<double> gradient(net.weight_count()), step(gradient.size()), p(l * columns),
      upper(l * kWidth), logits(a);
  std::vector<char> hidden(l);
  AdamDirection adam(gradient.size());
  Pass pass;
  for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch) {
    double loss = 0;
    std::size_t guesses = 0;
    hashing::Stream stream(settings.seed, hashing::Purpose::kEvaluate, epoch);
    std::vector<std::size_t> order(sequences.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[stream.below(i)]);
    for (std::size_t begin = 0; begin < order.size(); begin += kBatch) {
      std::fill(gradient.begin(), gradient.end(), 0.0);
      std::size_t in_batch = 0;
      for (std::size_t n = begin; n < std::min(order.size(), begin + kBatch); ++n) {
        const Sequence& x = sequences[order[n]];
        std::size_t count = 0;
        for (std::size_t i = 0; i < l; ++i) {
          hidden[i] = stream.chance(settings.masked_share) ? 1 : 0;
          count += hidden[i] ? 1 : 0;
        }
        if (count == 0) hidden[stream.below(l)] = 1;
        std::fill(p.begin(), p.end(), 0.0);
        for (std::size_t i = 0; i < l; ++i) p[i * columns + (hidden[i] ? a : x[i])] = 1;
        net.forward(p, pass);
        std::fill(upper.begin(), upper.end(), 0.0);
        for (std::size_t i = 0; i < l; ++i) {
          if (!hidden[i]) continue;
          const double* h = &pass.upper[i * kWidth];
          double top = -1e300, sum = 0;
          for (std::size_t s = 0; s < a; ++s) {
            logits[s] = net.weights_[net.head() + a * kWidth + s];
            for (std::size_t c = 0; c < kWidth; ++c)
              logits[s] += net.weights_[net.head() + s * kWidth + c] * h[c];
            top = std::max(top, logits[s]);
          }
          for (std::size_t s = 0; s < a; ++s) sum += std::exp(logits[s] - top);
          loss += top + std::log(sum) - logits[x[i]];
          ++guesses;
          ++in_batch;
          for (std::size_t s = 0; s < a; ++s) {
            const double g = std::exp(logits[s] - top) / sum - (s == x[i] ? 1 : 0);
            gradient[net.head() + a * kWidth + s] += g;
            for (std::size_t c = 0; c < kWidth; ++c) {
              gradient[net.head() + s * kWidth + c] += g * h[c];
              upper[i * kWidth + c] += g * net.weights_[net.head() + s * kWidth + c];
            }
          }
        }
        net.backward(p, pass, upper, gradient, {});
      }
      for (double& g : gradient) g /= static_cast<double>(in_batch);
      adam.next(gradient, step);
      for (std::size_t w = 0; w < step.size(); ++w) net.weights_[w] -= settings.rate * step[w];
    }
    net.last_loss_ = loss / static_cast<double>(guesses);
  }
  return net;
}

}  // namespace equivolve::sequence_design
