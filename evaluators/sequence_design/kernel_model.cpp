#include "evaluators/sequence_design/kernel_model.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "evaluators/common/linalg/cholesky.hpp"

namespace equivolve::sequence_design {
namespace {

using Rows = Eigen::Map<const Eigen::MatrixXd>;
using Vector = Eigen::Map<const Eigen::VectorXd>;

constexpr std::size_t kPoints = 16;  // points that go through the rows together

Eigen::Index index(std::size_t n) {
  return static_cast<Eigen::Index>(n);
}

OfflineView chosen(const OfflineView& view, const KernelSettings& settings) {
  const std::size_t n = std::min(view.size(), settings.landmarks);
  // The matrix and its factor.
  const std::size_t megabytes = 2 * n * n * sizeof(double) / (std::size_t{1} << 20);
  if (megabytes > settings.max_memory_mb)
    throw std::runtime_error("the kernel of " + std::to_string(n) + " rows takes " +
                             std::to_string(megabytes) + " MB; max_memory_mb is " +
                             std::to_string(settings.max_memory_mb) + ": give fewer landmarks");
  OfflineView out;
  out.set = view.set;
  for (const std::size_t r : choose_landmarks(view, settings)) {
    out.sequences.push_back(view.sequences[r]);
    out.targets.push_back(view.targets[r]);
  }
  return out;
}

}  // namespace

std::vector<std::size_t> choose_landmarks(const OfflineView& view, const KernelSettings& settings) {
  const std::vector<std::size_t> order = best_first(view.scores);
  const std::size_t starts = std::min({settings.starts, settings.landmarks, order.size()});
  std::vector<std::size_t> rows(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(starts));
  const std::size_t others = std::min(settings.landmarks, order.size()) - starts;
  for (const std::size_t r : draw_rows(order.size() - starts, others, settings.seed))
    rows.push_back(order[starts + r]);
  std::sort(rows.begin(), rows.end());
  return rows;
}

Landmarks::Landmarks(const OfflineView& view, const KernelSettings& settings)
    : encoding_(view), table_(settings.depth) {
  const OfflineView own = chosen(view, settings);
  targets_ = own.targets;
  const std::size_t d = encoding_.size();
  const std::size_t n = own.size();
  unit_.resize(n * d);
  std::vector<double> row(d);
  for (std::size_t i = 0; i < n; ++i) {
    encoding_.encode(SequenceView(own.sequences[i]), row);
    norms_.push_back(std::max(Vector(row.data(), index(d)).norm(), 1e-12));
    for (std::size_t j = 0; j < d; ++j) unit_[j * n + i] = row[j] / norms_[i];
  }
}

void Landmarks::evaluate(std::span<const double> x, bool slopes, KernelRow& row) const {
  const std::size_t n = size(), d = dimension();
  for (auto* part : {&row.cosine, &row.value, &row.slope, &row.kernel}) part->resize(n);
  const Vector point(x.data(), index(d));
  row.norm = std::max(point.norm(), 1e-12);
  Eigen::Map<Eigen::VectorXd> cosine(row.cosine.data(), index(n));
  cosine.noalias() = Rows(unit_.data(), index(n), index(d)) * (point / row.norm);
  cosine = cosine.cwiseMax(-1.0).cwiseMin(1.0);
  if (slopes)
    table_.values_and_slopes(row.cosine, row.value, row.slope);
  else
    table_.values(row.cosine, row.value);
  const double scale = row.norm / static_cast<double>(d);
  for (std::size_t i = 0; i < n; ++i) row.kernel[i] = scale * norms_[i] * row.value[i];
}

void Landmarks::kernels(std::span<const double> points, std::span<double> out) const {
  const std::size_t n = size(), d = dimension(), count = points.size() / d;
  Eigen::MatrixXd unit = Rows(points.data(), index(d), index(count));
  const Eigen::RowVectorXd norms = unit.colwise().norm().cwiseMax(1e-12);
  unit.array().rowwise() /= norms.array();
  Eigen::Map<Eigen::MatrixXd> cosines(out.data(), index(n), index(count));
  cosines.noalias() = Rows(unit_.data(), index(n), index(d)) * unit;
  cosines = cosines.cwiseMax(-1.0).cwiseMin(1.0);
  std::vector<double> value(n);
  for (std::size_t k = 0; k < count; ++k) {
    const auto row = out.subspan(k * n, n);
    table_.values(row, value);
    const double scale = norms[index(k)] / static_cast<double>(d);
    for (std::size_t i = 0; i < n; ++i) row[i] = scale * norms_[i] * value[i];
  }
}

void Landmarks::pull_back(std::span<const double> x, const KernelRow& row,
                          std::span<const double> c, std::span<double> gradient) const {
  const std::size_t n = size(), d = dimension();
  Eigen::VectorXd steep(index(n));
  double along = 0;
  for (std::size_t i = 0; i < n; ++i) {
    steep[index(i)] = c[i] * norms_[i] * row.slope[i];
    along += c[i] * norms_[i] * (row.value[i] - row.slope[i] * row.cosine[i]);
  }
  Eigen::Map<Eigen::VectorXd> out(gradient.data(), index(d));
  out.noalias() = Rows(unit_.data(), index(n), index(d)).transpose() * steep;
  out += along / row.norm * Vector(x.data(), index(d));
  out /= static_cast<double>(d);
}

std::vector<double> Landmarks::matrix() const {
  const std::size_t n = size(), d = dimension();
  std::vector<double> out(n * n), points;
  for (std::size_t begin = 0; begin < n; begin += kPoints) {
    const std::size_t count = std::min(kPoints, n - begin);
    points.resize(count * d);
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < d; ++j)
        points[i * d + j] = norms_[begin + i] * unit_[j * n + begin + i];
    kernels(points, std::span(out).subspan(begin * n, count * n));
  }
  return out;
}

std::vector<double> solve_kernel(const Landmarks& landmarks, double ridge) {
  const std::size_t n = landmarks.size();
  linalg::Matrix<double> k;
  k.rows = k.columns = n;
  k.values = landmarks.matrix();
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) trace += k(i, i);
  double added = 0;
  for (int attempt = 0; attempt < 4; ++attempt, ridge *= 2) {
    const double wanted = ridge * trace / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) k(i, i) += wanted - added;
    added = wanted;
    const auto l = linalg::cholesky(k.view());
    if (!l) continue;
    std::vector<double> alpha = landmarks.targets();
    linalg::solve_cholesky<double>(*l, alpha);
    return alpha;
  }
  throw std::runtime_error(
      "kernel ridge regression: the kernel matrix is not positive definite; "
      "use a larger beta");
}

Proxy kernel_proxy(std::shared_ptr<const Landmarks> landmarks, std::vector<double> weights) {
  const auto alpha = std::make_shared<const std::vector<double>>(std::move(weights));
  const auto dot = [alpha](const KernelRow& row) {
    double sum = 0;
    for (std::size_t i = 0; i < alpha->size(); ++i) sum += (*alpha)[i] * row.kernel[i];
    return sum;
  };
  Proxy out;
  out.name = "ntk, " + std::to_string(landmarks->size()) + " rows";
  out.predict = [landmarks, alpha](std::span<const Sequence> sequences, std::span<double> scores) {
    const std::size_t n = landmarks->size(), d = landmarks->dimension();
    std::vector<double> points(kPoints * d), rows(kPoints * n);
    for (std::size_t begin = 0; begin < sequences.size(); begin += kPoints) {
      const std::size_t count = std::min(kPoints, sequences.size() - begin);
      for (std::size_t k = 0; k < count; ++k)
        landmarks->encoding().encode(SequenceView(sequences[begin + k]),
                                     std::span(points).subspan(k * d, d));
      landmarks->kernels(std::span(points).first(count * d), std::span(rows).first(count * n));
      for (std::size_t k = 0; k < count; ++k)
        scores[begin + k] =
            Vector(rows.data() + k * n, index(n)).dot(Vector(alpha->data(), index(n)));
    }
  };
  out.gradient = [landmarks, alpha, dot](std::span<const double> p, std::span<double> gradient) {
    KernelRow row;
    std::vector<double> x(landmarks->dimension()), by_x(x.size());
    landmarks->encoding().encode(p, x);
    landmarks->evaluate(x, true, row);
    landmarks->pull_back(x, row, *alpha, by_x);
    landmarks->encoding().pull_back(by_x, gradient);
    return dot(row);
  };
  return out;
}

}  // namespace equivolve::sequence_design
