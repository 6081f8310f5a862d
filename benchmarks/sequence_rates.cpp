// What sequence_design's kernel machinery costs on one core: one JSON object.
//   kernel_entries_per_second: K(x, x_i) of 24-dimensional points against 4,096 rows
//   cholesky_share: floating point operations a second of the factorisation of an N x N matrix (N^3
//   / 3), over those of a product of two (2 N^3), measured side by side bdi_seconds: BDI's search
//   with 4,096 landmarks, 128 starts and 200 steps on SIX6-like random 8-mers
#include <Eigen/Core>
#include <cstdio>
#include <vector>

#include "benchmarks/measuring.hpp"
#include "evaluators/common/linalg/cholesky.hpp"
#include "evaluators/sequence_design/methods.hpp"
#include "hashing/stream.hpp"

namespace {

using namespace equivolve;
using namespace equivolve::sequence_design;

/// Random 8-mers with a score that depends on all letters.
OfflineView random_rows(std::size_t count) {
  hashing::Stream stream(1, hashing::Purpose::kTask, 0);
  std::vector<Sequence> sequences;
  std::vector<double> scores;
  for (std::size_t i = 0; i < count; ++i) {
    Sequence x(8);
    double score = 0.3 * stream.gaussian();
    for (Symbol& s : x) score += s = static_cast<Symbol>(stream.below(4));
    sequences.push_back(std::move(x));
    scores.push_back(score);
  }
  return make_view(FeasibleSet({"ACGT", 8}, {}), std::move(sequences), std::move(scores));
}

double kernel_rate(const Landmarks& landmarks) {
  constexpr std::size_t kPoints = 16;
  constexpr int kTimes = 30;
  std::vector<double> points(kPoints * landmarks.dimension()), out(kPoints * landmarks.size()),
      rates;
  hashing::Stream stream(2, hashing::Purpose::kTask, 0);
  for (double& one : points) one = stream.gaussian();
  for (int round = 0; round < 9; ++round) {
    const double before = benchmarks::cpu_seconds();
    for (int i = 0; i < kTimes; ++i) landmarks.kernels(points, out);
    rates.push_back(kTimes * static_cast<double>(out.size()) /
                    (benchmarks::cpu_seconds() - before));
  }
  return benchmarks::median(rates);
}

double cholesky_share(std::size_t n) {
  const auto size = static_cast<Eigen::Index>(n);
  linalg::Matrix<double> a(n, n);
  Eigen::MatrixXd b = Eigen::MatrixXd::Random(size, size), c(size, size);
  c.noalias() = b * b.transpose();
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      a(i, j) = c(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) + (i == j ? n : 0);
  std::vector<double> shares;
  for (int round = 0; round < 2; ++round) {
    const double start = benchmarks::cpu_seconds();
    c.noalias() = b * b.transpose();
    const double multiplied = benchmarks::cpu_seconds();
    const auto l = linalg::cholesky(a.view());
    const double done = benchmarks::cpu_seconds();
    if (!l) return 0;
    shares.push_back((multiplied - start) / 6 / (done - multiplied));
  }
  return benchmarks::median(shares);
}

}  // namespace

int main() {
  const OfflineView view = random_rows(8192);
  DesignerSettings settings;
  const Landmarks landmarks(view, {.landmarks = 4096});
  const double rate = kernel_rate(landmarks), share = cholesky_share(4096);
  const std::vector<double> alpha(landmarks.size(), 1e-3);
  settings.steps = 200;
  const double before = benchmarks::cpu_seconds();
  const Found found = bdi(view, settings, landmarks, alpha, {});
  const double seconds = benchmarks::cpu_seconds() - before;
  std::printf(
      "{\"kernel_entries_per_second\": %.4g, \"cholesky_share\": %.3f, \"bdi_seconds\": %.2f, "
      "\"bdi_designs\": %zu}\n",
      rate, share, seconds, found.raw.size());
}
