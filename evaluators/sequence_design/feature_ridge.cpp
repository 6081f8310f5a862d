#include "evaluators/sequence_design/feature_ridge.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "evaluators/common/linalg/cholesky.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr std::size_t kBlock = 512;  // rows whose features are held at once

}  // namespace

FeatureMoments feature_moments(const FeatureMap& map, const OfflineView& view,
                               std::span<const double> weights) {
  const auto d = static_cast<Eigen::Index>(map.size());
  const std::size_t n = view.size();
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(d, d);
  Eigen::VectorXd cross = Eigen::VectorXd::Zero(d);
  Eigen::MatrixXd block(d, static_cast<Eigen::Index>(kBlock));
  std::vector<double> p(view.shape().cells());
  double square = 0, total = 0;
  for (std::size_t begin = 0; begin < n; begin += kBlock) {
    const std::size_t count = std::min(kBlock, n - begin);
    for (std::size_t r = 0; r < count; ++r) {
      const auto column = static_cast<Eigen::Index>(r);
      one_hot(view.sequences[begin + r], view.shape().symbols(), p);
      map.map(p, {block.col(column).data(), map.size()});
      const double weight = weights.empty() ? 1 : weights[begin + r];
      const double t = view.targets[begin + r];
      cross += weight * t * block.col(column);
      square += weight * t * t;
      total += weight;
      block.col(column) *= std::sqrt(weight);
    }
    gram.selfadjointView<Eigen::Lower>().rankUpdate(
        block.leftCols(static_cast<Eigen::Index>(count)));
  }
  FeatureMoments out;
  out.gram.resize(map.size() * map.size());
  Eigen::Map<Eigen::MatrixXd>(out.gram.data(), d, d) =
      Eigen::MatrixXd(gram.selfadjointView<Eigen::Lower>()) / total;
  out.cross.resize(map.size());
  Eigen::Map<Eigen::VectorXd>(out.cross.data(), d) = cross / total;
  out.square = square / total;
  return out;
}

std::vector<double> solve_moments(const FeatureMoments& moments, double penalty) {
  const std::size_t d = moments.cross.size();
  double trace = 0;
  for (std::size_t i = 0; i < d; ++i) trace += moments.gram[i * d + i];
  linalg::Matrix<double> a(d, d);
  for (int attempt = 0; attempt < 4; ++attempt, penalty *= 2) {
    a.values = moments.gram;
    for (std::size_t i = 0; i < d; ++i) a(i, i) += penalty * trace;
    const auto l = linalg::cholesky(a.view());
    if (!l) continue;
    std::vector<double> w = moments.cross;
    linalg::solve_cholesky<double>(*l, w);
    return w;
  }
  throw std::runtime_error(
      "ridge regression: the features' matrix is not positive definite; use a "
      "larger penalty");
}

Proxy linear_proxy(std::shared_ptr<const FeatureMap> map, std::vector<double> weights,
                   std::string name) {
  const auto w = std::make_shared<const std::vector<double>>(std::move(weights));
  Proxy out;
  out.name = std::move(name);
  const auto score = [map, w](std::span<const double> p, std::vector<double>& phi) {
    phi.resize(map->size());
    map->map(p, phi);
    double sum = 0;
    for (std::size_t i = 0; i < phi.size(); ++i) sum += phi[i] * (*w)[i];
    return sum;
  };
  out.predict = [map, score](std::span<const Sequence> sequences, std::span<double> scores) {
    std::vector<double> p, phi;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
      p.resize(sequences[i].size() * map->symbols());
      one_hot(sequences[i], map->symbols(), p);
      scores[i] = score(p, phi);
    }
  };
  out.gradient = [map, w, score](std::span<const double> p, std::span<double> gradient) {
    std::vector<double> phi;
    const double value = score(p, phi);
    map->pull_back(p, *w, gradient);
    return value;
  };
  return out;
}

Proxy fit_feature_ridge(std::shared_ptr<const FeatureMap> map, const OfflineView& view,
                        double lambda) {
  const FeatureMoments moments = feature_moments(*map, view);
  std::vector<double> w = solve_moments(moments, lambda / static_cast<double>(map->size()));
  std::string name = "ridge on " + map->name();
  return linear_proxy(std::move(map), std::move(w), std::move(name));
}

}  // namespace equivolve::sequence_design
