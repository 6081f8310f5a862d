#include "evaluators/common/row_sampling/lewis.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

#include "evaluators/common/linalg/eigen_matrix.hpp"
#include "evaluators/common/row_sampling/anderson.hpp"

namespace equivolve::row_sampling {
namespace {

using Columns = linalg::EigenMatrix<double>;
using RowMajor = linalg::EigenRows<double>;
using Numbers = Eigen::ArrayXd;
using linalg::to_index;

/// Rows that stay in a processor's cache with what is worked out of them.
constexpr Eigen::Index kRowsInCache = 256;
constexpr double kFloor = 1e-300;

Columns symmetric(const Columns& lower) {
  return lower.selfadjointView<Eigen::Lower>();
}

/// One pass over the rows: from a Gram matrix G the rows' u_i = a_i^T G^-1 a_i, from these the
/// weights, and with them the next Gram matrix, sum of w_i^(1 - 2/p) a_i a_i^T.
class Passes {
 public:
  Passes(const linalg::Matrix<double>& a, double p)
      : p_(p),
        rows_(a.values.data(), to_index(a.rows), to_index(a.columns)),
        log_w_(Numbers::Zero(rows_.rows())),
        zero_(rows_.rows()) {}

  /// Of the rows as they are.
  Columns first_gram() {
    Columns gram = Columns::Zero(rows_.cols(), rows_.cols());
    for_chunks([&](Eigen::Index at, Eigen::Index count) {
      for (Eigen::Index i = 0; i < count; ++i)
        zero_(at + i) = chunk_.row(i).cwiseAbs().maxCoeff() == 0;
      gram.selfadjointView<Eigen::Lower>().rankUpdate(chunk_.transpose());
    });
    return symmetric(gram);
  }

  /// log w becomes `keep` log w + `take` log u, `inverse` being L^-T of G = L L^T. Returns the next
  /// Gram matrix; `largest` is that of |log u - 2/p log w| with the weights from before.
  Columns next_gram(const Columns& inverse, double keep, double take, double& largest) {
    Columns gram = Columns::Zero(rows_.cols(), rows_.cols());
    largest = 0;
    for_chunks([&](Eigen::Index at, Eigen::Index count) {
      product_.noalias() = chunk_ * inverse.triangularView<Eigen::Upper>();
      const Numbers log_u = product_.rowwise().squaredNorm().array().max(kFloor).log();
      auto w = log_w_.segment(at, count);
      const auto zero = zero_.segment(at, count);
      largest = std::max(largest, zero.select(0.0, (log_u - 2 / p_ * w).abs()).maxCoeff());
      w = keep * w + take * log_u;
      const Numbers factor = zero.select(0.0, ((0.5 - 1 / p_) * w).exp());
      chunk_.array().colwise() *= factor;
      gram.selfadjointView<Eigen::Lower>().rankUpdate(chunk_.transpose());
    });
    return symmetric(gram);
  }

  void divide_weights(double by) { log_w_ -= std::log(by); }
  std::vector<double> weights() const {
    std::vector<double> w(static_cast<std::size_t>(log_w_.size()), 0.0);
    for (Eigen::Index i = 0; i < log_w_.size(); ++i)
      if (!zero_(i)) w[static_cast<std::size_t>(i)] = std::min(std::exp(log_w_(i)), 1.0);
    return w;
  }

 private:
  template <class Body>
  void for_chunks(Body&& body) {
    for (Eigen::Index at = 0; at < rows_.rows(); at += kRowsInCache) {
      const Eigen::Index count = std::min(kRowsInCache, rows_.rows() - at);
      chunk_ = rows_.middleRows(at, count);
      body(at, count);
    }
  }

  double p_;
  Eigen::Map<const RowMajor> rows_;
  Numbers log_w_;
  Eigen::Array<bool, Eigen::Dynamic, 1> zero_;
  Columns chunk_, product_;
};

struct Fixed {
  LewisWeights lewis;
  Columns gram;  ///< A^T W^(1 - 2/p) A
};

Columns inverse_factor(const Eigen::LLT<Columns>& factor) {
  const Eigen::Index d = factor.rows();
  return factor.matrixL().solve(Columns::Identity(d, d)).transpose();
}

/// p <= kForms. The weights are functions of a quadratic form alone, w_i = u_i(G)^(p/2), and the
/// right G is the fixed point of F(G) = sum of u_i(G)^(p/2 - 1) a_i a_i^T. F(s G) = s^(1 - p/2)
/// F(G), so the scale at which the weights sum to d is known after each pass; the rest is left to
/// Anderson's acceleration. With G and F(G) at that scale, the largest |log| of the eigenvalues of
/// G^-1 F(G) bounds |log t_i - log w_i| of every row, t the leverage scores under w.
Fixed fixed_form(Passes& passes, Columns gram, double p, const LewisSettings& settings) {
  Fixed out;
  AndersonMixing mixing;
  Columns safe = gram;
  double before = std::numeric_limits<double>::infinity();
  out.lewis.converged = false;
  while (!out.lewis.converged && out.lewis.rounds < settings.rounds) {
    Eigen::LLT<Columns> factor(gram);
    if (factor.info() != Eigen::Success) {
      gram = safe;
      factor.compute(gram);
      mixing.forget();
    }
    const Columns inverse = inverse_factor(factor);
    double unused;
    const Columns next = passes.next_gram(inverse, 0, p / 2, unused);
    ++out.lewis.rounds;
    const Columns ratio = inverse.transpose() * next * inverse;
    const double scale = ratio.trace() / static_cast<double>(gram.rows());
    const Eigen::SelfAdjointEigenSolver<Columns> solver(ratio / scale, Eigen::EigenvaluesOnly);
    const double apart = solver.eigenvalues().array().max(kFloor).log().abs().maxCoeff();
    out.lewis.converged = apart < settings.tolerance;
    passes.divide_weights(scale);
    const Columns from = std::pow(scale, 2 / p) * gram;
    out.gram = std::pow(scale, 2 / p - 1) * next;
    // Half way is safe where the map turns about.
    safe = p <= 2 ? out.gram : Columns((from + out.gram) / 2);
    if (apart > before) mixing.forget();
    gram = apart > before ? safe : mixing.next(from, out.gram, inverse);
    before = apart;
  }
  return out;
}

/// Any p: log w moves to log t undamped, which contracts by at most 1 - 2/p.
Fixed fixed_weights(Passes& passes, Columns gram, double p, const LewisSettings& settings) {
  Fixed out;
  double largest = 0;
  const auto pass = [&](double keep) {
    gram = passes.next_gram(inverse_factor(Eigen::LLT<Columns>(gram)), keep, 1, largest);
  };
  pass(0);  // leverage scores
  out.lewis.converged = false;
  while (!out.lewis.converged && out.lewis.rounds < settings.rounds) {
    pass(1 - 2 / p);
    out.lewis.converged = largest < settings.tolerance;
    ++out.lewis.rounds;
  }
  out.gram = std::move(gram);
  return out;
}

Fixed fixed_point(const linalg::Matrix<double>& a, double p, const LewisSettings& settings) {
  Passes passes(a, p);
  Columns gram = passes.first_gram();
  Fixed out;
  if (p == 2) {
    double unused;
    passes.next_gram(inverse_factor(Eigen::LLT<Columns>(gram)), 0, 1, unused);
    out.gram = std::move(gram);
  } else {
    out = (p <= kForms ? fixed_form : fixed_weights)(passes, std::move(gram), p, settings);
  }
  out.lewis.weights = passes.weights();
  return out;
}

}  // namespace

LewisWeights lewis_weights(const linalg::Matrix<double>& a, double p,
                           const LewisSettings& settings) {
  return fixed_point(a, p, settings).lewis;
}

LewisBasis lewis_basis(const linalg::Matrix<double>& a, double p, const LewisSettings& settings) {
  Fixed fixed = fixed_point(a, p, settings);
  const Columns inverse = inverse_factor(Eigen::LLT<Columns>(fixed.gram));
  LewisBasis out;
  out.rows = linalg::Matrix<double>(a.rows, a.columns);
  const auto n = to_index(a.rows), d = to_index(a.columns);
  const Eigen::Map<const RowMajor> from(a.values.data(), n, d);
  Eigen::Map<RowMajor> to(out.rows.values.data(), n, d);
  Columns chunk, product;
  for (Eigen::Index at = 0; at < n; at += kRowsInCache) {
    chunk = from.middleRows(at, std::min(kRowsInCache, n - at));
    product.noalias() = chunk * inverse.triangularView<Eigen::Upper>();
    to.middleRows(at, chunk.rows()) = product;
  }
  out.weights = std::move(fixed.lewis.weights);
  out.p = p;
  out.rounds = fixed.lewis.rounds;
  out.converged = fixed.lewis.converged;
  return out;
}

}  // namespace equivolve::row_sampling
