#include "evaluators/novel_class_discovery/tabular_network.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/common/linalg/nearest_neighbours.hpp"
#include "evaluators/common/nn/losses.hpp"
#include "evaluators/common/nn/optimizers/adam.hpp"
#include "hashing/stream.hpp"

namespace equivolve::novel_class_discovery {
namespace {

constexpr double kInsideLog = 1e-7;
constexpr std::size_t kMemory = 2000;  // rows of each kind that x~ is looked for among

/// The last rows of one kind, first in, first out.
class RowMemory {
 public:
  explicit RowMemory(std::size_t columns) : columns_(columns) {}

  void add(const float* row) {
    if (rows_ < kMemory) {
      values_.insert(values_.end(), row, row + columns_);
      ++rows_;
    } else {
      std::copy_n(row, columns_, values_.begin() + static_cast<std::ptrdiff_t>(next_ * columns_));
      next_ = (next_ + 1) % kMemory;
    }
  }
  PointsView view() const { return {values_.data(), rows_, columns_, columns_}; }

 private:
  std::size_t columns_, rows_ = 0, next_ = 0;
  std::vector<float> values_;
};

/// x~ of each row of `x`, among `x` itself and the memory, which then takes `x` in.
Points augmented(PointsView x, RowMemory& memory, std::size_t neighbours, hashing::Stream& stream) {
  Points out = rows_of(x, {});
  if (x.rows == 0) return out;
  out.rows = x.rows;
  const Points all = stacked(x, memory.view());
  // Nearest by angle: nearest by distance among rows of length 1.
  const Points units = normalized(all);
  const PointsView queries{units.values.data(), x.rows, x.columns, x.columns};
  const std::size_t k = std::min(neighbours + 1, all.rows);
  const auto near = linalg::nearest_neighbours<float>(queries, units.view(), k);
  for (std::size_t r = 0; r < x.rows; ++r) {
    const std::uint32_t* first = near.indices.data() + r * k;
    std::vector<std::uint32_t> others(first, first + k);
    std::erase(others, static_cast<std::uint32_t>(r));
    others.resize(std::min(others.size(), neighbours));
    const std::uint32_t other = others.empty()
                                    ? static_cast<std::uint32_t>(r)
                                    : others[static_cast<std::size_t>(stream.below(others.size()))];
    const auto share = static_cast<float>(stream.uniform());
    for (std::size_t c = 0; c < x.columns; ++c)
      out.values.push_back(x(r, c) + share * (all(other, c) - x(r, c)));
  }
  for (std::size_t r = 0; r < x.rows; ++r) memory.add(x.data + r * x.stride);
  return out;
}

/// mean (a - b)^2 over pairs of rows r and r + n; adds `weight` times its gradient.
double add_consistency(std::span<const float> values, std::size_t columns, std::size_t first,
                       std::size_t count, std::size_t n, double weight, std::span<float> gradient) {
  const double numbers = static_cast<double>(count * columns);
  const auto factor = static_cast<float>(2 * weight / numbers);
  double sum = 0;
  for (std::size_t i = first * columns; i < (first + count) * columns; ++i) {
    const float d = values[i] - values[i + n * columns];
    sum += static_cast<double>(d) * d;
    gradient[i] += factor * d;
    gradient[i + n * columns] -= factor * d;
  }
  return sum / numbers;
}

/// One training: labelled rows come first in every batch.
class Training {
 public:
  Training(const LearningRows& rows, const TabularSettings& s)
      : rows_(rows),
        s_(s),
        net_{network_of<float>(encoder_of(s.code), seed(1)),
             network_of<float>(head_of(s.code, rows.classes + 1), seed(2)),
             network_of<float>(head_of(s.code, s.clusters), seed(3)),
             {}},
        encoding_(net_.encoder.plan(), 2 * s.train.batch),
        classing_(net_.class_head.plan(), 2 * s.train.batch),
        clustering_(net_.cluster_head.plan(), 2 * s.train.batch),
        known_memory_(rows.known.columns),
        novel_memory_(rows.known.columns) {
    for (nn::Network<float>* part : parts())
      optimizers_.emplace_back(part->blocks(), nn::AdamSettings{.weight_decay = 0.01});
  }

  TabularNetwork run() {
    const std::size_t known = rows_.known.rows, all = known + rows_.unlabelled.rows;
    TrainingReport& report = net_.report;
    for (std::size_t epoch = 0; epoch < s_.train.epochs; ++epoch) {
      if (s_.train.stop && s_.train.stop()) {
        report.end = TrainEnd::kStopped;
        break;
      }
      const auto order = epoch_order(all, s_.train.seed, epoch);
      double sum = 0, batches = 0;
      for (std::size_t first = 0; first + 1 < all; first += s_.train.batch) {
        const auto batch = std::span(order).subspan(first, std::min(s_.train.batch, all - first));
        if (batch.size() < 2) break;
        sum += step(batch);
        batches += 1;
      }
      report.losses.push_back(sum / std::max(batches, 1.0));
      if (!std::isfinite(report.losses.back())) {
        report.end = TrainEnd::kNonFinite;
        break;
      }
    }
    return std::move(net_);
  }

 private:
  std::uint64_t seed(std::uint64_t part) const {
    return hashing::derive_seed(s_.train.seed, hashing::Purpose::kWeights, part);
  }
  std::vector<nn::Network<float>*> parts() {
    return {&net_.encoder, &net_.class_head, &net_.cluster_head};
  }

  double step(std::span<const std::uint32_t> batch) {
    std::vector<std::uint32_t> known, novel;
    for (std::uint32_t r : batch)
      r < rows_.known.rows ? known.push_back(r)
                           : novel.push_back(r - static_cast<std::uint32_t>(rows_.known.rows));
    Labels labels;
    for (std::uint32_t r : known) labels.push_back(rows_.classes_of_known[r]);
    labels.resize(batch.size(), static_cast<std::uint32_t>(rows_.classes));
    hashing::Stream stream(s_.train.seed, hashing::Purpose::kEvaluate, step_);
    const Points a = rows_of(rows_.known.view(), known),
                 b = rows_of(rows_.unlabelled.view(), novel);
    const Points changed =
        stacked(augmented(a.view(), known_memory_, s_.neighbours, stream).view(),
                augmented(b.view(), novel_memory_, s_.neighbours, stream).view());
    const Points x = stacked(stacked(a.view(), b.view()).view(), changed.view());
    const double loss = learn(x, labels, known.size());
    ++step_;
    return loss;
  }

  double learn(const Points& x, std::span<const std::uint32_t> labels, std::size_t known) {
    const nn::Pass pass = nn::Pass::training(
        hashing::derive_seed(s_.train.seed, hashing::Purpose::kDropout, 1), step_);
    const auto codes = net_.encoder.forward(x.values, pass, encoding_);
    double loss = class_loss(codes, labels, pass);
    loss += cluster_loss(codes, labels.size(), known, pass);
    const nn::Wanted wanted{.all_weights = true, .input = true};
    const auto by_class = net_.class_head.backward(classing_, wanted);
    const auto by_cluster = net_.cluster_head.backward(clustering_, wanted);
    const auto gradient = encoding_.output_gradient();
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] = by_class[i] + by_cluster[i];
    net_.encoder.backward(encoding_);
    net_.encoder.update_statistics(encoding_);
    const auto networks = parts();
    for (std::size_t p = 0; p < networks.size(); ++p)
      optimizers_[p].step(networks[p]->parameters(), networks[p]->gradients(),
                          s_.train.learning_rate);
    return loss;
  }

  double class_loss(std::span<const float> codes, std::span<const std::uint32_t> labels,
                    const nn::Pass& pass) {
    const std::size_t n = labels.size(), outputs = rows_.classes + 1;
    const auto logits = net_.class_head.forward(codes, pass, classing_);
    const auto gradient = classing_.output_gradient();
    std::fill(gradient.begin(), gradient.end(), 0.0f);
    const double entropy = nn::cross_entropy<float>(logits.first(n * outputs), outputs, labels,
                                                    gradient.first(n * outputs));
    for (float& g : gradient) g *= static_cast<float>(s_.class_weight);
    return s_.class_weight * entropy +
           (1 - s_.class_weight) *
               add_consistency(logits, outputs, 0, n, n, 1 - s_.class_weight, gradient);
  }

  double cluster_loss(std::span<const float> codes, std::size_t n, std::size_t known,
                      const nn::Pass& pass) {
    const std::size_t k = s_.clusters, novel = n - known, m = net_.encoder.outputs();
    const auto logits = net_.cluster_head.forward(codes, pass, clustering_);
    const auto gradient = clustering_.output_gradient();
    std::fill(gradient.begin(), gradient.end(), 0.0f);
    if (novel < 2) return 0;
    const auto similar = similar_pairs({codes.data() + known * m, novel, m, m}, s_.top_percent);
    const auto of_novel = gradient.subspan(known * k, novel * k);
    const double pairs =
        pair_loss<float>(logits.subspan(known * k, novel * k), k, similar, of_novel);
    for (float& g : of_novel) g *= static_cast<float>(s_.pair_weight);
    return s_.pair_weight * pairs + (1 - s_.pair_weight) * add_consistency(logits, k, known, novel,
                                                                           n, 1 - s_.pair_weight,
                                                                           gradient);
  }

  const LearningRows& rows_;
  const TabularSettings& s_;
  TabularNetwork net_;
  nn::Workspace<float> encoding_, classing_, clustering_;
  std::vector<nn::Adam<float>> optimizers_;
  RowMemory known_memory_, novel_memory_;
  std::uint32_t step_ = 0;
};

std::uint32_t greatest(const Points& rows, std::size_t r) {
  const float* row = rows.values.data() + r * rows.columns;
  return static_cast<std::uint32_t>(std::max_element(row, row + rows.columns) - row);
}

}  // namespace

Labels TabularNetwork::told(PointsView x, bool attract) const {
  const Points codes = codes_of(encoder, x);
  const Points clusters = codes_of(cluster_head, codes.view());
  const Points classes = codes_of(class_head, codes.view());
  Labels out(x.rows);
  for (std::size_t r = 0; r < x.rows; ++r) {
    const std::uint32_t known = greatest(classes, r);
    out[r] = attract && known + 1 < classes.columns
                 ? static_cast<std::uint32_t>(clusters.columns) + known
                 : greatest(clusters, r);
  }
  return out;
}

TabularNetwork train_tabular(const LearningRows& rows, const TabularSettings& settings) {
  return Training(rows, settings).run();
}

std::vector<unsigned char> similar_pairs(PointsView codes, double top_percent) {
  const std::size_t n = codes.rows;
  Points units(n, codes.columns);
  for (std::size_t r = 0; r < n; ++r)
    std::copy_n(codes.data + r * codes.stride, codes.columns,
                units.values.begin() + static_cast<std::ptrdiff_t>(r * codes.columns));
  units = normalized(std::move(units));
  const auto wanted =
      static_cast<std::size_t>(std::lround(top_percent / 100 * static_cast<double>(n - 1)));
  const std::size_t top = std::clamp<std::size_t>(wanted, 1, n - 1);
  const auto near = linalg::nearest_other_rows<float>(units.view(), top);
  std::vector<unsigned char> similar(n * n, 0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t t = 0; t < top; ++t) {
      const std::uint32_t j = near.indices[i * top + t];
      similar[i * n + j] = similar[j * n + i] = 1;
    }
  return similar;
}

template <class Scalar>
double pair_loss(std::span<const Scalar> logits, std::size_t clusters,
                 std::span<const unsigned char> similar, std::span<Scalar> gradient) {
  const std::size_t n = logits.size() / clusters;
  std::vector<Scalar> q(logits.size()), by_q(logits.size(), Scalar(0));
  nn::softmax<Scalar>(logits, clusters, q);
  const double pairs = static_cast<double>(n) * static_cast<double>(n - 1) / 2;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const Scalar *a = q.data() + i * clusters, *b = q.data() + j * clusters;
      double p = 0;
      for (std::size_t k = 0; k < clusters; ++k) p += static_cast<double>(a[k] * b[k]);
      const bool alike = similar[i * n + j] != 0;
      const double inside = std::max(0.0, alike ? p : 1 - p) + kInsideLog;
      sum -= std::log(inside);
      const auto by_p = static_cast<Scalar>((alike ? -1 : 1) / inside / pairs);
      for (std::size_t k = 0; k < clusters; ++k) {
        by_q[i * clusters + k] += by_p * b[k];
        by_q[j * clusters + k] += by_p * a[k];
      }
    }
  for (std::size_t r = 0; r < n; ++r) {
    Scalar along = 0;
    for (std::size_t k = r * clusters; k < (r + 1) * clusters; ++k) along += q[k] * by_q[k];
    for (std::size_t k = r * clusters; k < (r + 1) * clusters; ++k)
      gradient[k] = q[k] * (by_q[k] - along);
  }
  return sum / pairs;
}

template double pair_loss(std::span<const float>, std::size_t, std::span<const unsigned char>,
                          std::span<float>);
template double pair_loss(std::span<const double>, std::size_t, std::span<const unsigned char>,
                          std::span<double>);

}  // namespace equivolve::novel_class_discovery
