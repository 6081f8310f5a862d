#include "evaluators/sequence_design/variational.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace equivolve::sequence_design {
namespace {

constexpr float kMostLogDeviation = 3;  // what keeps exp finite while training is far off

nn::Network<float> two_layers(std::size_t inputs, std::size_t width, std::size_t outputs,
                              std::uint64_t seed) {
  auto net = nn::Network<float>::make({{.channels = static_cast<std::uint32_t>(inputs)},
                                       {nn::dense(static_cast<std::uint32_t>(width)), nn::relu(),
                                        nn::dense(static_cast<std::uint32_t>(outputs))}},
                                      seed);
  if (!net) throw std::runtime_error("variational autoencoder: " + net.error());
  return *std::move(net);
}

/// In place: each `symbols` numbers become the logarithms of their softmax.
void log_softmax(std::span<float> logits, std::size_t symbols) {
  for (std::size_t row = 0; row < logits.size(); row += symbols) {
    const auto one = logits.subspan(row, symbols);
    const float top = *std::max_element(one.begin(), one.end());
    float sum = 0;
    for (const float v : one) sum += std::exp(v - top);
    const float norm = top + std::log(sum);
    for (float& v : one) v -= norm;
  }
}

}  // namespace

VariationalAutoencoder::VariationalAutoencoder(const SequenceShape& shape,
                                               const VariationalSettings& settings)
    : length_(shape.length),
      symbols_(shape.symbols()),
      settings_(settings),
      encoder_(two_layers(shape.cells(), settings.width, 2 * settings.latent,
                          hashing::derive_seed(settings.seed, hashing::Purpose::kWeights, 0))),
      decoder_(two_layers(settings.latent, settings.width, shape.cells(),
                          hashing::derive_seed(settings.seed, hashing::Purpose::kWeights, 1))),
      encoder_adam_(encoder_.blocks(), {}),
      decoder_adam_(decoder_.blocks(), {}) {}

double VariationalAutoencoder::train(std::span<const Sequence> sequences,
                                     std::span<const double> weights, std::size_t epochs,
                                     const std::function<bool()>& stop) {
  hashing::Stream random(settings_.seed, hashing::Purpose::kEvaluate, ++trainings_);
  std::vector<std::size_t> rows(sequences.size());
  std::iota(rows.begin(), rows.end(), 0);
  double loss = 0;
  for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[random.below(i)]);
    double sum = 0, batches = 0;
    for (std::size_t begin = 0; begin < rows.size(); begin += settings_.batch) {
      if (stop && stop()) return loss;
      const std::size_t count = std::min(settings_.batch, rows.size() - begin);
      sum += step(sequences, weights, std::span(rows).subspan(begin, count), random);
      batches += 1;
    }
    loss = sum / std::max(1.0, batches);
  }
  return loss;
}

double VariationalAutoencoder::step(std::span<const Sequence> sequences,
                                    std::span<const double> weights,
                                    std::span<const std::size_t> rows, hashing::Stream& noise) {
  const std::size_t n = rows.size(), k = settings_.latent, cells = length_ * symbols_;
  double total = 0;
  for (const std::size_t r : rows) total += weights[r];
  if (!(total > 0)) return 0;
  std::vector<float> x(n * cells, 0.0F), z(n * k), deviations(n * k), draws(n * k);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t at = 0; at < length_; ++at)
      x[i * cells + at * symbols_ + sequences[rows[i]][at]] = 1;
  nn::Workspace<float> encoding(encoder_.plan(), n), decoding(decoder_.plan(), n);
  const auto code = encoder_.forward(x, nn::Pass::prediction(), encoding);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < k; ++j) {
      const float log_deviation = std::min(code[i * 2 * k + k + j], kMostLogDeviation);
      draws[i * k + j] = static_cast<float>(noise.gaussian());
      deviations[i * k + j] = std::exp(log_deviation);
      z[i * k + j] = code[i * 2 * k + j] + deviations[i * k + j] * draws[i * k + j];
    }
  const auto logits = decoder_.forward(z, nn::Pass::prediction(), decoding);
  std::vector<float> log_p(logits.begin(), logits.end());
  log_softmax(log_p, symbols_);
  double loss = 0;
  const auto by_logits = decoding.output_gradient();
  for (std::size_t i = 0; i < n; ++i) {
    const auto share = static_cast<float>(weights[rows[i]] / total);
    for (std::size_t at = 0; at < cells; ++at) {
      const std::size_t c = i * cells + at;
      by_logits[c] = share * (std::exp(log_p[c]) - x[c]);
      if (x[c] > 0) loss -= static_cast<double>(share * log_p[c]);
    }
  }
  const auto by_z = decoder_.backward(decoding, {.all_weights = true, .input = true});
  const auto by_code = encoding.output_gradient();
  const auto beta = static_cast<float>(settings_.beta);
  for (std::size_t i = 0; i < n; ++i) {
    const auto share = static_cast<float>(weights[rows[i]] / total);
    for (std::size_t j = 0; j < k; ++j) {
      const std::size_t c = i * k + j, mean_at = i * 2 * k + j, log_at = mean_at + k;
      const float mean = code[mean_at], deviation = deviations[c];
      const bool clipped = code[log_at] > kMostLogDeviation;
      by_code[mean_at] = by_z[c] + share * beta * mean;
      by_code[log_at] =
          clipped ? share
                  : by_z[c] * draws[c] * deviation + share * beta * (deviation * deviation - 1);
      loss += static_cast<double>(
          share * beta * (mean * mean + deviation * deviation - 1 - 2 * std::log(deviation)) / 2);
    }
  }
  encoder_.backward(encoding);
  encoder_adam_.step(encoder_.parameters(), encoder_.gradients(), settings_.rate);
  decoder_adam_.step(decoder_.parameters(), decoder_.gradients(), settings_.rate);
  return loss;
}

std::vector<float> VariationalAutoencoder::log_probabilities(std::span<const float> z) const {
  const std::size_t k = settings_.latent, n = z.size() / k;
  std::vector<float> out;
  nn::Workspace<float> work(decoder_.plan(), std::min(n, settings_.batch));
  for (std::size_t begin = 0; begin < n; begin += settings_.batch) {
    const std::size_t count = std::min(settings_.batch, n - begin);
    const auto told =
        decoder_.forward(z.subspan(begin * k, count * k), nn::Pass::prediction(), work);
    out.insert(out.end(), told.begin(), told.end());
  }
  log_softmax(out, symbols_);
  return out;
}

}  // namespace equivolve::sequence_design
