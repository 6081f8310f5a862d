#include "evaluators/common/row_sampling/distortion.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluators/common/row_sampling/moments.hpp"
#include "evaluators/common/row_sampling/split_mix.hpp"

namespace equivolve::row_sampling {
namespace {

using RowMajor = linalg::EigenRows<double>;
using Square = linalg::EigenMatrix<double>;
using linalg::to_index;

constexpr std::size_t kExtremeEigenvectors = 3, kHeavyRows = 6;
constexpr double kDeficient = 1e-12, kStandsStill = 1e-6;
constexpr std::uint64_t kStartState = 2025;
constexpr unsigned kFewestRounds = 5;

/// The rows of the sample, in the matrix's Lewis basis.
struct SampledRows {
  RowMajor rows;
  Eigen::VectorXd weights;
};

/// log ||S A x||^p - log ||A x||^p, pushed up for some x and down for the others, all in the same
/// passes.
class RatioSearch {
 public:
  RatioSearch(const WeightedRows& all, const WeightedRows& sampled, double p)
      : all_(all), of_all_(all, p), of_sample_(sampled, p), p_(p) {}

  Figures ratios(const Directions& x) {
    f_ = of_all_.values(x);
    return log_of(of_sample_.values(x)) - log_of(f_);
  }

  /// Moves each column along its sign (+1: up). Returns the ratios reached.
  Figures refine(Directions& x, const Figures& signs, unsigned iterations) {
    Figures reached = ratios(x);
    std::vector<Eigen::Index> going(static_cast<std::size_t>(x.cols()));
    std::iota(going.begin(), going.end(), Eigen::Index{0});
    for (unsigned k = 0; k < iterations && !going.empty(); ++k) {
      Directions now = x(Eigen::all, going);
      const Figures before = reached(going);
      // So that ||A x|| = 1.
      for (std::size_t g = 0; g < going.size(); ++g)
        now.col(to_index(g)) /= std::pow(f_(going[g]), 1 / p_);
      const double relative = p_ < 2 ? std::max(1e-6, std::pow(10.0, -1 - 0.3 * k)) : 0;
      const Directions directions = ascents(now, relative, signs(going));
      const Figures after = step(now, directions, before, signs(going));
      std::vector<Eigen::Index> left;
      for (std::size_t g = 0; g < going.size(); ++g) {
        x.col(going[g]) = now.col(to_index(g));
        reached(going[g]) = after(to_index(g));
        f_(going[g]) = stepped_f_(to_index(g));
        const bool moved = std::abs(after(to_index(g)) - before(to_index(g))) >= kStandsStill;
        const bool shrinking = p_ < 2 && relative > 1e-6;
        if (moved || k + 1 < kFewestRounds || shrinking) left.push_back(going[g]);
      }
      going = std::move(left);
    }
    return reached;
  }

 private:
  static Figures log_of(const Figures& f) { return f.array().max(1e-300).log(); }

  Directions ascents(const Directions& x, double relative, const Figures& signs) {
    const Eigen::Index n = x.cols();
    Directions of_f, of_h;
    const Figures none = Figures::Constant(n, relative * std::pow(1 / all_.total, 1 / p_));
    of_all_.pass(x, none, &of_f);
    // A row of the sample is as large as one of the matrix.
    of_sample_.pass(x, none, &of_h);
    Directions out(x.rows(), n);
    Square a, b;
    for (Eigen::Index c = 0; c < n; ++c) {
      const double f = of_all_.f()(c), h = std::max(of_sample_.f()(c), 1e-300);
      of_all_.gram(c, a);
      of_sample_.gram(c, b);
      const Square both = a / f + b / h;
      const Eigen::VectorXd gradient = of_h.col(c) / h - of_f.col(c) / f;
      out.col(c) = signs(c) * 2 * both.ldlt().solve(gradient);
      if (!out.col(c).allFinite()) out.col(c).setZero();
    }
    return out;
  }

  Figures step(Directions& x, const Directions& directions, const Figures& before,
               const Figures& signs) {
    static const std::vector<double> kSteps{2, 0.7, 0.2, 0.05};
    const Directions f = of_all_.values_along(x, directions, kSteps),
                     h = of_sample_.values_along(x, directions, kSteps);
    Figures reached = before;
    stepped_f_ = Figures::Ones(x.cols());
    for (Eigen::Index c = 0; c < x.cols(); ++c) {
      double best_step = 0;
      for (Eigen::Index s = 0; s < f.rows(); ++s) {
        const double ratio =
            std::log(std::max(h(s, c), 1e-300)) - std::log(std::max(f(s, c), 1e-300));
        if (!(signs(c) * (ratio - reached(c)) > 0)) continue;
        reached(c) = ratio;
        stepped_f_(c) = f(s, c);
        best_step = kSteps[static_cast<std::size_t>(s)];
      }
      x.col(c) += best_step * directions.col(c);
    }
    return reached;
  }

  const WeightedRows& all_;
  Moments of_all_, of_sample_;
  double p_;
  Figures f_, stepped_f_;  // ||A x||^p: of what ratios() or refine() saw last; after a step
};

/// The positions of the `count` largest numbers, largest first; of equal ones the first.
std::vector<std::size_t> largest(const Figures& numbers, std::size_t count) {
  std::vector<std::size_t> places(static_cast<std::size_t>(numbers.size()));
  std::iota(places.begin(), places.end(), std::size_t{0});
  count = std::min(count, places.size());
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count),
                    places.end(), [&](std::size_t a, std::size_t b) {
                      const double x = numbers(to_index(a)), y = numbers(to_index(b));
                      return x > y || (x == y && a < b);
                    });
  places.resize(count);
  return places;
}

}  // namespace

struct DistortionMeter::Parts {
  const LewisBasis& a;
  RowMajor rows;
  WeightedRows all;

  explicit Parts(const LewisBasis& basis)
      : a(basis),
        rows(Eigen::Map<const RowMajor>(basis.rows.values.data(), to_index(basis.rows.rows),
                                        to_index(basis.rows.columns))),
        all(rows) {}

  SampledRows sampled(const Sample& sample) const {
    SampledRows out{RowMajor(to_index(sample.rows.size()), rows.cols()),
                    Eigen::VectorXd(to_index(sample.rows.size()))};
    for (std::size_t k = 0; k < sample.rows.size(); ++k) {
      out.rows.row(to_index(k)) = rows.row(to_index(sample.rows[k]));
      out.weights(to_index(k)) = sample.weights[k];
    }
    return out;
  }

  /// B^T diag(v w^(1 - 2/p)) B, which is near the identity for a good sample.
  Eigen::SelfAdjointEigenSolver<Square> spectrum(const Sample& sample, const SampledRows& b) const {
    Square gram = Square::Zero(rows.cols(), rows.cols());
    RowMajor scaled = b.rows;
    for (std::size_t k = 0; k < sample.rows.size(); ++k) {
      const double w = a.weights[sample.rows[k]];
      scaled.row(to_index(k)) *=
          w > 0 ? std::sqrt(sample.weights[k] * std::pow(w, 1 - 2 / a.p)) : 0.0;
    }
    gram.selfadjointView<Eigen::Lower>().rankUpdate(scaled.transpose());
    return Eigen::SelfAdjointEigenSolver<Square>(gram);
  }

  Directions starts(const Sample& sample, const Square& vectors,
                    const DistortionSettings& settings) const {
    std::vector<Eigen::VectorXd> list;
    const Eigen::Index d = rows.cols();
    const Eigen::Index few = std::min(to_index(kExtremeEigenvectors), d);
    for (Eigen::Index k = 0; k < few; ++k) {
      list.push_back(vectors.col(k));
      list.push_back(vectors.col(d - 1 - k));
    }
    SplitMix random(kStartState);
    for (unsigned k = 0; k < settings.gaussian_starts; ++k) {
      Eigen::VectorXd x(d);
      for (Eigen::Index c = 0; c < d; ++c) x(c) = random.normal();
      list.push_back(x);
    }
    Figures left_out = Eigen::Map<const Figures>(a.weights.data(), to_index(a.weights.size()));
    Figures overweight(to_index(sample.rows.size()));
    for (std::size_t k = 0; k < sample.rows.size(); ++k) {
      left_out(to_index(sample.rows[k])) = -1;
      overweight(to_index(k)) = a.weights[sample.rows[k]] * (sample.weights[k] - 1);
    }
    for (std::size_t row : largest(left_out, kHeavyRows))
      list.push_back(rows.row(to_index(row)).transpose());
    for (std::size_t k : largest(overweight, kHeavyRows))
      list.push_back(rows.row(to_index(sample.rows[k])).transpose());
    Directions out(d, to_index(list.size()));
    Eigen::Index kept = 0;
    for (const Eigen::VectorXd& x : list)
      if (x.squaredNorm() > 0) out.col(kept++) = x / x.norm();
    out.conservativeResize(Eigen::NoChange, kept);
    return out;
  }
};

DistortionMeter::DistortionMeter(const LewisBasis& a) : parts_(std::make_unique<Parts>(a)) {}
DistortionMeter::~DistortionMeter() = default;
DistortionMeter::DistortionMeter(DistortionMeter&&) noexcept = default;

Distortion DistortionMeter::measure(const Sample& sample,
                                    const DistortionSettings& settings) const {
  const double p = parts_->a.p;
  Distortion out;
  out.exact = p == 2;
  if (sample.rows.empty()) {
    out.deficient = true;
    out.distortion = 1;
    return out;
  }
  const SampledRows b = parts_->sampled(sample);
  const auto spectrum = parts_->spectrum(sample, b);
  const Figures& values = spectrum.eigenvalues();
  const double top = values(values.size() - 1);
  out.deficient = !(values(0) > kDeficient * top);
  if (p == 2) {
    out.low = out.deficient ? 0 : std::sqrt(values(0));
    out.high = std::sqrt(std::max(0.0, top));
  } else {
    const WeightedRows sampled(b.rows, b.weights);
    RatioSearch search(parts_->all, sampled, p);
    const Directions starts = parts_->starts(sample, spectrum.eigenvectors(), settings);
    const Figures ratios = search.ratios(starts);
    const auto up = largest(ratios, settings.refined), down = largest(-ratios, settings.refined);
    Directions x(starts.rows(), to_index(up.size() + down.size()));
    Figures signs(x.cols());
    for (std::size_t k = 0; k < up.size() + down.size(); ++k) {
      const bool upward = k < up.size();
      x.col(to_index(k)) = starts.col(to_index(upward ? up[k] : down[k - up.size()]));
      signs(to_index(k)) = upward ? 1 : -1;
    }
    const Figures reached = search.refine(x, signs, settings.iterations);
    const double most = std::max(ratios.maxCoeff(), reached.maxCoeff()),
                 least = std::min(ratios.minCoeff(), reached.minCoeff());
    out.low = out.deficient ? 0 : std::exp(least / p);
    out.high = std::exp(most / p);
  }
  out.distortion = std::max(1 - out.low, out.high - 1);
  return out;
}

}  // namespace equivolve::row_sampling
