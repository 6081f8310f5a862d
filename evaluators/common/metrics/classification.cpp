#include "evaluators/common/metrics/classification.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace equivolve::metrics {
namespace {

struct Count {
  std::uint32_t rows = 0;
  std::uint32_t right = 0;
};

/// Counts by class; up to 32 classes without allocation, since trials are short.
class Counts {
 public:
  Counts(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told,
         std::uint32_t classes) {
    if (classes > few_.size()) many_.resize(classes);
    counts_ =
        classes > few_.size() ? std::span<Count>(many_) : std::span<Count>(few_).first(classes);
    if (classes == 2) {
      count_two(truth, told);
      return;
    }
    for (std::size_t i = 0; i < truth.size(); ++i) {
      Count& count = counts_[truth[i]];
      ++count.rows;
      count.right += truth[i] == told[i];
    }
  }
  std::span<const Count> get() const { return counts_; }
  double occurring() const {
    return static_cast<double>(
        std::count_if(counts_.begin(), counts_.end(), [](const Count& c) { return c.rows > 0; }));
  }

 private:
  /// Sums that the compiler makes vectors of: the most frequent case, and a large part of a trial.
  void count_two(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told) {
    std::uint32_t ones = 0, right = 0, right_ones = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const std::uint32_t same = truth[i] == told[i] ? 1 : 0;
      ones += truth[i];
      right += same;
      right_ones += truth[i] & same;
    }
    const auto rows = static_cast<std::uint32_t>(truth.size());
    counts_[0] = {rows - ones, right - right_ones};
    counts_[1] = {ones, right_ones};
  }

  std::array<Count, 32> few_{};
  std::vector<Count> many_;
  std::span<Count> counts_;
};

}  // namespace

double accuracy(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) right += truth[i] == told[i];
  return static_cast<double>(right) / static_cast<double>(truth.size());
}

double balanced_accuracy(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told,
                         std::uint32_t classes) {
  const Counts counts(truth, told, classes);
  double sum = 0;
  for (const Count& count : counts.get())
    if (count.rows > 0) sum += static_cast<double>(count.right) / count.rows;
  return sum / counts.occurring();
}

void accuracy_items(std::span<const std::uint32_t> truth, std::span<const std::uint32_t> told,
                    std::span<double> items) {
  for (std::size_t i = 0; i < truth.size(); ++i) items[i] = truth[i] == told[i] ? 1.0 : 0.0;
}

void balanced_accuracy_items(std::span<const std::uint32_t> truth,
                             std::span<const std::uint32_t> told, std::uint32_t classes,
                             std::span<double> items) {
  const Counts counts(truth, told, classes);
  const double all = static_cast<double>(truth.size()) / counts.occurring();
  for (std::size_t i = 0; i < truth.size(); ++i)
    items[i] = truth[i] == told[i] ? all / counts.get()[truth[i]].rows : 0.0;
}

}  // namespace equivolve::metrics
