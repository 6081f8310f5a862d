#include "evaluators/sequence_design/features.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "evaluators/sequence_design/masked_network.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr double kPairScale = 2;

std::size_t kmer_length(const SequenceShape& shape) {
  std::size_t k = 1, words = shape.symbols();
  while (k < 3 && k < shape.length && words * shape.symbols() <= kMostFeatures) {
    ++k;
    words *= shape.symbols();
  }
  return k;
}

std::size_t words_of(std::size_t symbols, std::size_t k) {
  std::size_t words = 1;
  for (; k > 0; --k) words *= symbols;
  return words;
}

/// Calls visit(word, factors) for each k-mer at `place` that has no more than one factor of zero.
template <class Visit>
void each_word(std::span<const double> p, std::size_t symbols, std::size_t place, std::size_t k,
               const Visit& visit) {
  double factors[3];
  const std::size_t words = words_of(symbols, k);
  for (std::size_t word = 0; word < words; ++word) {
    std::size_t rest = word, zeros = 0;
    for (std::size_t j = k; j-- > 0; rest /= symbols) {
      factors[j] = p[(place + j) * symbols + rest % symbols];
      zeros += factors[j] == 0 ? 1 : 0;
    }
    if (zeros <= 1) visit(word, factors);
  }
}

}  // namespace

std::size_t feature_count(FeatureKind kind, const SequenceShape& shape) {
  const std::size_t a = shape.symbols(), l = shape.length;
  switch (kind) {
    case FeatureKind::kOneHot:
      return 1 + l * a;
    case FeatureKind::kPairwise:
      return 1 + l * a + l * (l - 1) / 2 * a * a;
    case FeatureKind::kKmer:
      return 1 + words_of(a, kmer_length(shape));
    case FeatureKind::kLearned:
      return 1 + MaskedNetwork::kWidth;
  }
  return 0;
}

FeatureKind affordable(FeatureKind kind, const SequenceShape& shape) {
  return feature_count(kind, shape) <= kMostFeatures ? kind : FeatureKind::kOneHot;
}

FeatureMap::FeatureMap(FeatureKind kind, const SequenceShape& shape)
    : kind_(kind),
      length_(shape.length),
      symbols_(shape.symbols()),
      k_(kmer_length(shape)),
      size_(feature_count(kind, shape)) {}

FeatureMap::FeatureMap(std::shared_ptr<const MaskedNetwork> network, const SequenceShape& shape)
    : FeatureMap(FeatureKind::kLearned, shape) {
  network_ = std::move(network);
}

std::string FeatureMap::name() const {
  switch (kind_) {
    case FeatureKind::kOneHot:
      return "onehot";
    case FeatureKind::kPairwise:
      return "pairwise";
    case FeatureKind::kKmer:
      return "kmer" + std::to_string(k_);
    case FeatureKind::kLearned:
      return "learned (" + network_->trained_on() + ")";
  }
  return "";
}

void FeatureMap::map(std::span<const double> p, std::span<double> out) const {
  out[0] = 1;
  if (kind_ == FeatureKind::kLearned) {
    network_->encode(p, out.subspan(1));
    return;
  }
  if (kind_ == FeatureKind::kKmer) {
    std::fill(out.begin() + 1, out.end(), 0.0);
    for (std::size_t place = 0; place + k_ <= length_; ++place)
      each_word(p, symbols_, place, k_, [&](std::size_t word, const double* factors) {
        double product = 1;
        for (std::size_t j = 0; j < k_; ++j) product *= factors[j];
        out[1 + word] += product;
      });
    return;
  }
  const double centre = 1 / static_cast<double>(symbols_);
  for (std::size_t c = 0; c < p.size(); ++c) out[1 + c] = p[c] - centre;
  if (kind_ != FeatureKind::kPairwise) return;
  const double* q = out.data() + 1;
  double* pair = out.data() + 1 + p.size();
  for (std::size_t i = 0; i < length_; ++i)
    for (std::size_t j = i + 1; j < length_; ++j)
      for (std::size_t a = 0; a < symbols_; ++a) {
        const double scaled = kPairScale * q[i * symbols_ + a];
        for (std::size_t b = 0; b < symbols_; ++b) *pair++ = scaled * q[j * symbols_ + b];
      }
}

void FeatureMap::pull_back(std::span<const double> p, std::span<const double> cotangent,
                           std::span<double> gradient) const {
  if (kind_ == FeatureKind::kLearned) {
    network_->pull_back(p, cotangent.subspan(1), gradient);
    return;
  }
  if (kind_ == FeatureKind::kKmer) {
    std::fill(gradient.begin(), gradient.end(), 0.0);
    for (std::size_t place = 0; place + k_ <= length_; ++place)
      each_word(p, symbols_, place, k_, [&](std::size_t word, const double* factors) {
        std::size_t rest = word;
        for (std::size_t j = k_; j-- > 0; rest /= symbols_) {
          double others = 1;
          for (std::size_t other = 0; other < k_; ++other)
            if (other != j) others *= factors[other];
          gradient[(place + j) * symbols_ + rest % symbols_] += cotangent[1 + word] * others;
        }
      });
    return;
  }
  std::copy_n(cotangent.begin() + 1, p.size(), gradient.begin());
  if (kind_ != FeatureKind::kPairwise) return;
  const double centre = 1 / static_cast<double>(symbols_);
  const double* pair = cotangent.data() + 1 + p.size();
  for (std::size_t i = 0; i < length_; ++i)
    for (std::size_t j = i + 1; j < length_; ++j)
      for (std::size_t a = 0; a < symbols_; ++a)
        for (std::size_t b = 0; b < symbols_; ++b) {
          const double v = kPairScale * *pair++;
          gradient[i * symbols_ + a] += v * (p[j * symbols_ + b] - centre);
          gradient[j * symbols_ + b] += v * (p[i * symbols_ + a] - centre);
        }
}

}  // namespace equivolve::sequence_design
