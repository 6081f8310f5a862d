#include "evaluators/novel_class_discovery/projection_network.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "evaluators/common/nn/losses.hpp"
#include "evaluators/common/nn/optimizers/adam.hpp"
#include "evaluators/common/nn/row_normalize.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {
namespace {

using nn::Network;
using nn::Pass;
using nn::Workspace;

constexpr double kEpsilon = 1e-12;
constexpr double kWeightDecay = 0.01;
/// Streams of the three networks are apart.
enum SeedOf : std::uint64_t { kEncoder = 1, kDecoder = 2, kClassifier = 3 };

std::uint64_t seed_of(std::uint64_t seed, SeedOf part) {
  return hashing::derive_seed(seed, hashing::Purpose::kWeights, part);
}
Pass pass_of(std::uint64_t seed, std::uint32_t step, SeedOf part) {
  return Pass::training(hashing::derive_seed(seed, hashing::Purpose::kDropout, part), step);
}

}  // namespace

template <class Scalar>
ProjectionNetwork<Scalar>::ProjectionNetwork(const CodeSettings& s, std::size_t classes, double w,
                                             std::size_t batch, std::uint64_t seed)
    : w_(w),
      encoder_(s, seed_of(seed, kEncoder)),
      encoding_(encoder_.memory(batch)),
      code_(batch * s.code),
      inverse_length_(batch),
      code_gradient_(batch * s.code) {
  if (w < 1) {
    decoder_ = network_of<Scalar>(decoder_of(s), seed_of(seed, kDecoder));
    decoding_.emplace(decoder_->plan(), batch);
  }
  if (w > 0) {
    classifier_ = network_of<Scalar>(head_of(s, classes), seed_of(seed, kClassifier));
    classifying_.emplace(classifier_->plan(), batch);
  }
}

template <class Scalar>
void ProjectionNetwork<Scalar>::add_to_code_gradient(std::span<const Scalar> gradient) {
  for (std::size_t i = 0; i < gradient.size(); ++i) code_gradient_[i] += gradient[i];
}

template <class Scalar>
double ProjectionNetwork<Scalar>::rebuild(std::span<const Scalar> x, const Pass& pass) {
  const std::size_t rows = x.size() / encoder_.inputs(), code = encoder_.outputs();
  const auto built = decoder_->forward(std::span(code_).first(rows * code), pass, *decoding_);
  const auto gradient = decoding_->output_gradient();
  const auto factor = static_cast<Scalar>(2 * (1 - w_) / static_cast<double>(rows));
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Scalar miss = built[i] - x[i];
    sum += static_cast<double>(miss) * static_cast<double>(miss);
    gradient[i] = factor * miss;
  }
  add_to_code_gradient(decoder_->backward(*decoding_, {.all_weights = true, .input = true}));
  return sum / static_cast<double>(rows);
}

template <class Scalar>
double ProjectionNetwork<Scalar>::classify(std::span<const std::uint32_t> labels,
                                           const Pass& pass) {
  const std::size_t code = encoder_.outputs(), classes = classifier_->outputs();
  const auto logits =
      classifier_->forward(std::span(code_).first(labels.size() * code), pass, *classifying_);
  const auto gradient = classifying_->output_gradient();
  nn::softmax<Scalar>(logits, classes, gradient);
  const auto labelled = static_cast<double>(
      std::count_if(labels.begin(), labels.end(), [](auto l) { return l != kUnlabelled; }));
  const auto factor = static_cast<Scalar>(labelled > 0 ? w_ / labelled : 0);
  double sum = 0;
  for (std::size_t r = 0; r < labels.size(); ++r) {
    const auto row = gradient.subspan(r * classes, classes);
    if (labels[r] == kUnlabelled) {
      std::fill(row.begin(), row.end(), Scalar(0));
      continue;
    }
    const Scalar floor = std::numeric_limits<Scalar>::min();
    sum -= std::log(static_cast<double>(std::max(row[labels[r]], floor)));
    row[labels[r]] -= 1;
    for (Scalar& g : row) g *= factor;
  }
  add_to_code_gradient(classifier_->backward(*classifying_, {.all_weights = true, .input = true}));
  return labelled > 0 ? sum / labelled : 0;
}

template <class Scalar>
double ProjectionNetwork<Scalar>::loss(std::span<const Scalar> x,
                                       std::span<const std::uint32_t> labels, std::uint64_t seed,
                                       std::uint32_t step) {
  const std::size_t rows = labels.size(), code = encoder_.outputs();
  const auto raw = encoder_.forward(x, pass_of(seed, step, kEncoder), encoding_);
  nn::row_normalize_forward<Scalar>(code, rows, static_cast<Scalar>(kEpsilon), raw.data(),
                                    code_.data(), inverse_length_.data());
  std::fill(code_gradient_.begin(), code_gradient_.end(), Scalar(0));
  double loss = 0;
  if (decoder_) loss += (1 - w_) * rebuild(x, pass_of(seed, step, kDecoder));
  if (classifier_) loss += w_ * classify(labels, pass_of(seed, step, kClassifier));
  nn::row_normalize_backward<Scalar>(code, rows, code_.data(), inverse_length_.data(),
                                     code_gradient_.data());
  std::copy_n(code_gradient_.begin(), rows * code, encoding_.output_gradient().begin());
  encoder_.backward(encoding_);
  return loss;
}

template <class Scalar>
void ProjectionNetwork<Scalar>::update_statistics() {
  encoder_.update_statistics(encoding_);
  if (decoder_) decoder_->update_statistics(*decoding_);
}

template class ProjectionNetwork<float>;
template class ProjectionNetwork<double>;

std::vector<std::uint32_t> epoch_order(std::size_t rows, std::uint64_t seed, std::size_t epoch) {
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  hashing::Stream stream(seed, hashing::Purpose::kSplit, epoch);
  for (std::size_t i = rows; i > 1; --i)
    std::swap(order[i - 1], order[static_cast<std::size_t>(stream.below(i))]);
  return order;
}

TrainingReport train(ProjectionNetwork<float>& network, PointsView x,
                     std::span<const std::uint32_t> labels, const TrainSettings& s) {
  std::vector<Network<float>*> parts;
  for (Network<float>& part : network.encoder().networks()) parts.push_back(&part);
  if (network.decoder()) parts.push_back(&*network.decoder());
  if (network.classifier()) parts.push_back(&*network.classifier());
  std::vector<nn::Adam<float>> optimizers;
  for (const Network<float>* part : parts)
    optimizers.emplace_back(part->blocks(), nn::AdamSettings{.weight_decay = kWeightDecay});

  TrainingReport report;
  std::vector<float> batch;
  Labels batch_labels;
  std::uint32_t step = 0;
  for (std::size_t epoch = 0; epoch < s.epochs; ++epoch) {
    if (s.stop && s.stop()) return {TrainEnd::kStopped, std::move(report.losses)};
    const auto order = epoch_order(x.rows, s.seed, epoch);
    double sum = 0, batches = 0;
    for (std::size_t first = 0; first + 1 < x.rows; first += s.batch) {
      const std::size_t count = std::min(s.batch, x.rows - first);
      if (count < 2) break;
      batch.clear();
      batch_labels.clear();
      for (std::uint32_t r : std::span(order).subspan(first, count)) {
        batch.insert(batch.end(), x.data + r * x.stride, x.data + r * x.stride + x.columns);
        batch_labels.push_back(labels[r]);
      }
      sum += network.loss(batch, batch_labels, s.seed, step++);
      batches += 1;
      network.update_statistics();
      for (std::size_t p = 0; p < parts.size(); ++p)
        optimizers[p].step(parts[p]->parameters(), parts[p]->gradients(), s.learning_rate);
    }
    report.losses.push_back(sum / std::max(batches, 1.0));
    if (!std::isfinite(report.losses.back())) {
      report.end = TrainEnd::kNonFinite;
      return report;
    }
  }
  return report;
}

}  // namespace equivolve::novel_class_discovery
