#include "evaluators/novel_class_discovery/spectral.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "evaluators/common/linalg/nearest_neighbours.hpp"
#include "evaluators/common/linalg/spanning_tree.hpp"
#include "evaluators/common/linalg/symmetric_eigen.hpp"

namespace equivolve::novel_class_discovery {
namespace {

constexpr double kTolerance = 1e-7;
constexpr std::size_t kMostRestarts = 100;  // hardly connected rows may take for ever
constexpr float kNoTie = 1e-9f;             // affinities below it hold nothing together
constexpr std::size_t kFewRows = 1500;      // for which all eigenvectors may be worked out

/// A symmetric matrix of affinities, diagonal 0, as far as the eigensolver sees it.
class Graph {
 public:
  virtual ~Graph() = default;
  /// y += A x
  virtual void add_product(std::span<const double> x, std::span<double> y) const = 0;
  /// Which rows hang together; one number a row.
  virtual Labels components() const = 0;
};

/// Rows that are joined, step by step.
class Joining {
 public:
  explicit Joining(std::size_t rows) : parents_(rows) {
    for (std::size_t r = 0; r < rows; ++r) parents_[r] = static_cast<std::uint32_t>(r);
  }
  void join(std::uint32_t a, std::uint32_t b) {
    a = root(a);
    b = root(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }
  Labels roots() {
    Labels out(parents_.size());
    for (std::uint32_t r = 0; r < out.size(); ++r) out[r] = root(r);
    return out;
  }

 private:
  std::uint32_t root(std::uint32_t r) {
    while (parents_[r] != r) r = parents_[r] = parents_[parents_[r]];
    return r;
  }
  Labels parents_;
};

class DenseGraph final : public Graph {
 public:
  DenseGraph(PointsView x, double factor) : a_(x.rows, x.rows) {
    for (std::size_t i = 0; i < x.rows; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const float d2 = squared_distance(x.data + i * x.stride, x.data + j * x.stride, x.columns);
        a_(i, j) = a_(j, i) = std::exp(-static_cast<float>(factor) * d2);
      }
  }
  void add_product(std::span<const double> x, std::span<double> y) const override {
    // By columns, which are rows: sums need no order of their own.
    for (std::size_t j = 0; j < a_.rows; ++j) {
      const float* column = a_.values.data() + j * a_.columns;
      const double factor = x[j];
      for (std::size_t i = 0; i < a_.rows; ++i) y[i] += factor * column[i];
    }
  }
  Labels components() const override {
    Joining joining(a_.rows);
    for (std::uint32_t i = 0; i < a_.rows; ++i)
      for (std::uint32_t j = 0; j < i; ++j)
        if (a_(i, j) > kNoTie) joining.join(i, j);
    return joining.roots();
  }

 private:
  linalg::Matrix<float> a_;
};

class NeighbourGraph final : public Graph {
 public:
  NeighbourGraph(PointsView x, std::size_t k) : k_(k) {
    neighbours_ = linalg::nearest_neighbours<float>(x, x, k).indices;
  }
  void add_product(std::span<const double> x, std::span<double> y) const override {
    for (std::size_t i = 0; i < x.size(); ++i)
      for (std::size_t n = 0; n < k_; ++n) {
        const std::uint32_t j = neighbours_[i * k_ + n];
        if (j == i) continue;
        y[i] += 0.5 * x[j];
        y[j] += 0.5 * x[i];
      }
  }
  Labels components() const override {
    const std::size_t rows = neighbours_.size() / k_;
    Joining joining(rows);
    for (std::uint32_t i = 0; i < rows; ++i)
      for (std::size_t n = 0; n < k_; ++n) joining.join(i, neighbours_[i * k_ + n]);
    return joining.roots();
  }

 private:
  std::size_t k_;
  std::vector<std::uint32_t> neighbours_;
};

std::unique_ptr<Graph> graph_of(PointsView x, const EmbeddingSettings& s) {
  if (s.affinity == Affinity::kNeighbours)
    return std::make_unique<NeighbourGraph>(x, std::min(s.neighbours, x.rows));
  const double factor = s.affinity == Affinity::kTree ? 0.5 / tree_width(x, s.min_dist) : s.gamma;
  return std::make_unique<DenseGraph>(x, factor);
}

/// D^-1/2 A D^-1/2
class Normalized {
 public:
  Normalized(const Graph& graph, std::size_t rows)
      : graph_(graph), inverse_root_(rows, 0.0), scaled_(rows) {
    const std::vector<double> ones(rows, 1.0);
    graph.add_product(ones, inverse_root_);
    // A row that is like no other counts as one of degree 1.
    for (double& d : inverse_root_) d = d > 0 ? 1 / std::sqrt(d) : 1;
  }
  void operator()(std::span<const double> x, std::span<double> y) {
    for (std::size_t i = 0; i < x.size(); ++i) scaled_[i] = inverse_root_[i] * x[i];
    std::fill(y.begin(), y.end(), 0.0);
    graph_.add_product(scaled_, y);
    for (std::size_t i = 0; i < x.size(); ++i) y[i] *= inverse_root_[i];
  }
  double inverse_root(std::size_t row) const { return inverse_root_[row]; }

 private:
  const Graph& graph_;
  std::vector<double> inverse_root_, scaled_;
};

/// What the whole of each component is in the normalised matrix: the eigenvectors of value 1, which
/// Lanczos' method cannot tell apart. The largest component first; rows tied to nothing have none.
std::vector<std::vector<double>> whole_components(const Graph& graph, const Normalized& product) {
  const Labels components = graph.components();
  std::vector<std::size_t> sizes(components.size(), 0);
  for (std::uint32_t c : components) ++sizes[c];
  std::vector<std::uint32_t> order;
  for (std::uint32_t c = 0; c < sizes.size(); ++c)
    if (sizes[c] > 1) order.push_back(c);
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return sizes[a] > sizes[b]; });
  std::vector<std::vector<double>> out;
  for (std::uint32_t c : order) {
    std::vector<double> vector(components.size(), 0.0);
    double square = 0;
    for (std::size_t r = 0; r < vector.size(); ++r) {
      if (components[r] != c) continue;
      vector[r] = 1 / product.inverse_root(r);
      square += vector[r] * vector[r];
    }
    for (double& v : vector) v /= std::sqrt(square);
    out.push_back(std::move(vector));
  }
  return out;
}

/// The normalised matrix without what is known of it.
class Deflated {
 public:
  Deflated(Normalized& product, const std::vector<std::vector<double>>& known)
      : product_(product), known_(known) {}
  void operator()(std::span<const double> x, std::span<double> y) {
    inside_.assign(x.begin(), x.end());
    take_out(inside_);
    product_(inside_, y);
    take_out(y);
  }

 private:
  void take_out(std::span<double> x) const {
    for (const std::vector<double>& vector : known_) {
      double along = 0;
      for (std::size_t i = 0; i < x.size(); ++i) along += vector[i] * x[i];
      for (std::size_t i = 0; i < x.size(); ++i) x[i] -= along * vector[i];
    }
  }
  Normalized& product_;
  const std::vector<std::vector<double>>& known_;
  std::vector<double> inside_;
};

/// rows x count, the greatest value first, by all of them.
std::optional<linalg::Matrix<double>> all_vectors(Deflated& product, std::size_t rows,
                                                  std::size_t count) {
  linalg::Matrix<double> a(rows, rows);
  std::vector<double> unit(rows, 0.0);
  for (std::size_t i = 0; i < rows; ++i) {
    unit[i] = 1;
    product(unit, std::span(a.values).subspan(i * rows, rows));
    unit[i] = 0;
  }
  const auto eigen = linalg::symmetric_eigen<double>(a.view());
  if (!eigen) return std::nullopt;
  linalg::Matrix<double> out(rows, count);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < count; ++c) out(r, c) = eigen->vectors(r, rows - 1 - c);
  return out;
}

std::optional<linalg::Matrix<double>> other_vectors(Deflated& product, std::size_t rows,
                                                    std::size_t count) {
  linalg::PartialEigenSettings settings;
  settings.count = count;
  settings.tolerance = kTolerance;
  settings.max_restarts = kMostRestarts;
  settings.basis = std::max<std::size_t>(3 * count + 1, 30);
  if (settings.basis < rows) {
    auto eigen = linalg::partial_symmetric_eigen<double>(
        rows, [&](std::span<const double> x, std::span<double> y) { product(x, y); }, settings);
    if (eigen) return std::move(eigen->vectors);
  }
  return rows <= kFewRows ? all_vectors(product, rows, count) : std::nullopt;
}

std::optional<linalg::Matrix<double>> greatest_vectors(const Graph& graph, Normalized& product,
                                                       std::size_t rows, std::size_t count) {
  const auto whole = whole_components(graph, product);
  const std::size_t first = std::min(whole.size(), count);
  linalg::Matrix<double> out(rows, count);
  for (std::size_t c = 0; c < first; ++c)
    for (std::size_t r = 0; r < rows; ++r) out(r, c) = whole[c][r];
  if (first == count) return out;
  Deflated deflated(product, whole);
  const auto others = other_vectors(deflated, rows, count - first);
  if (!others) return std::nullopt;
  for (std::size_t c = first; c < count; ++c)
    for (std::size_t r = 0; r < rows; ++r) out(r, c) = (*others)(r, c - first);
  return out;
}

}  // namespace

double tree_width(PointsView x, double min_dist) {
  double largest = 0;
  for (const linalg::Edge& edge : linalg::spanning_tree<float>(x))
    largest = std::max(largest, edge.weight);
  return largest > 0 ? -largest / std::log(min_dist) : 1;
}

std::optional<Points> spectral_embedding(PointsView x, const EmbeddingSettings& s) {
  const std::unique_ptr<Graph> graph = graph_of(x, s);
  Normalized product(*graph, x.rows);
  const bool by_tree = s.affinity == Affinity::kTree;
  const std::size_t skipped = by_tree ? 1 : 0, kept = std::min(s.components, x.rows - 1 - skipped);
  const auto vectors = greatest_vectors(*graph, product, x.rows, kept + skipped);
  if (!vectors) return std::nullopt;
  Points embedding(x.rows, kept);
  for (std::size_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < kept; ++c)
      embedding(r, c) =
          static_cast<float>((*vectors)(r, c + skipped) * (by_tree ? 1 : product.inverse_root(r)));
  return embedding;
}

}  // namespace equivolve::novel_class_discovery
