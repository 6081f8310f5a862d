#include "evaluators/common/row_sampling/sensitivities.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "evaluators/common/row_sampling/convex_search.hpp"
#include "evaluators/common/row_sampling/linear_program.hpp"
#include "evaluators/common/row_sampling/sampling.hpp"
#include "evaluators/common/row_sampling/smooth_search.hpp"
#include "evaluators/common/row_sampling/split_mix.hpp"

namespace equivolve::row_sampling {
namespace {

using RowMajor = linalg::EigenRows<double>;
using Square = linalg::EigenMatrix<double>;
using linalg::to_index;

/// Targets that share a pass over the rows.
constexpr std::size_t kBlock = 32;
constexpr double kRidge = 1e-13;
constexpr unsigned kSmoothRounds = 8, kTries = 12;
/// Relative distance of the ends of an exact sensitivity.
constexpr double kSettled = 1e-8;
/// Columns up to which linear programs are solved.
constexpr Eigen::Index kMostProgrammed = 50;

/// One search, whose passes over the rows serve all targets that are not at their end yet. A pass
/// sees each x scaled so that the last value known of it is 1: powers neither over- nor underflow.
class ConvexSearch {
 public:
  ConvexSearch(const WeightedRows& rows, const Directions& targets, const ConvexSettings& settings)
      : rows_(rows), targets_(targets), settings_(settings) {
    x_ = targets;
    for (Eigen::Index c = 0; c < x_.cols(); ++c) x_.col(c) /= targets.col(c).squaredNorm();
    z_ = x_;
    gain_ = Figures::Zero(x_.cols());
  }

  ConvexMinima run(double p) {
    if (p > 4) {
      // Far from the minimum of a high power a step gains little: come by way of lower ones.
      ConvexSettings plain = settings_;
      plain.certify = false;
      x_ = ConvexSearch(rows_, targets_, plain).run(p / 2).x;
    }
    start(p);
    if (p == 2)
      one_step();
    else if (p < 2)
      reweight();
    else
      newton();
    if (settings_.certify) certify();
    return std::move(best_);
  }

 private:
  using Places = std::vector<Eigen::Index>;

  void start(double p) {
    p_ = p;
    moments_.emplace(rows_, p);
    value_ = moments_->values(x_);
    best_ = {x_, value_, Figures::Zero(x_.cols())};
  }

  Places all() const {
    Places places(static_cast<std::size_t>(x_.cols()));
    std::iota(places.begin(), places.end(), Eigen::Index{0});
    return places;
  }

  /// Moments at x, `relative`: of the smoothing. Returns the values.
  Figures pass(const Places& places, double relative) {
    scaled_ = x_(Eigen::all, places);
    const Figures known = value_(places);
    scaled_.array().rowwise() *= known.array().pow(-1 / p_).transpose();
    floors_ = Figures::Constant(known.size(),
                                p_ < 2 ? relative * std::pow(1 / rows_.total, 1 / p_) : 0.0);
    moments_->pass(scaled_, floors_, nullptr);
    return moments_->f().cwiseProduct(known);
  }

  /// z = H^-1 a / (a . H^-1 a) of each place, H from the pass before.
  void solve(const Places& places) {
    Square h;
    for (std::size_t k = 0; k < places.size(); ++k) {
      moments_->gram(to_index(k), h);
      h.diagonal().array() += kRidge * h.trace() / static_cast<double>(h.rows());
      const auto a = targets_.col(places[k]);
      z_.col(places[k]) = h.llt().solve(a);
      gain_(places[k]) = a.dot(z_.col(places[k]));
      z_.col(places[k]) /= gain_(places[k]);
    }
  }
  void keep_best(Eigen::Index place) {
    if (!(value_(place) < best_.value(place))) return;
    best_.value(place) = value_(place);
    best_.x.col(place) = x_.col(place);
  }

  void one_step() {
    const Places places = all();
    pass(places, 0);
    solve(places);
    x_ = z_;
    value_ = moments_->values(x_);
    for (Eigen::Index place : places) keep_best(place);
  }

  void reweight() {
    Places going = all();
    for (unsigned k = 0; k < settings_.iterations && !going.empty(); ++k) {
      const Figures values = pass(going, std::max(1e-8, std::pow(10.0, -1 - k / 4.0)));
      solve(going);
      going = take_values(going, values, k);
      for (Eigen::Index place : going) x_.col(place) = z_.col(place);
    }
    last_values(going);
  }
  void last_values(const Places& going) {
    if (going.empty()) return;
    const Figures values = moments_->values(Directions(x_(Eigen::all, going)));
    for (std::size_t g = 0; g < going.size(); ++g) {
      value_(going[g]) = values(to_index(g));
      keep_best(going[g]);
    }
  }
  /// Values of `going`; those that are not at their end.
  Places take_values(const Places& going, const Figures& values, unsigned round) {
    Places left;
    for (std::size_t k = 0; k < going.size(); ++k) {
      const Eigen::Index place = going[k];
      const double before = value_(place), now = values(to_index(k));
      value_(place) = now;
      keep_best(place);
      // The smoothing has to be small before standing still means anything.
      const bool ended = p_ > 1 && round >= kSmoothRounds &&
                         std::abs(before - now) <= settings_.tolerance * before;
      if (!ended) left.push_back(place);
    }
    return left;
  }

  /// Newton's step is 1 / (p - 1) of the way to z; shorter where the value rises.
  void newton() {
    const double full = 1 / (p_ - 1);
    Places going = all();
    Figures step = Figures::Zero(x_.cols());
    std::vector<unsigned> tries(static_cast<std::size_t>(x_.cols()), 0);
    Directions from = x_, ahead = x_;
    for (unsigned k = 0; k < settings_.iterations && !going.empty(); ++k) {
      const Figures values = pass(going, 0);
      solve(going);
      Places left;
      for (std::size_t g = 0; g < going.size(); ++g) {
        const Eigen::Index place = going[g];
        const double before = value_(place), reached = values(to_index(g));
        unsigned& failed = tries[static_cast<std::size_t>(place)];
        if (k > 0 && !(reached <= before)) {
          if (++failed > kTries) continue;
          step(place) *= 0.3;
        } else {
          value_(place) = reached;
          keep_best(place);
          if (k > 0 && before - reached <= settings_.tolerance * before) continue;
          failed = 0;
          step(place) = full;
          from.col(place) = x_.col(place);
          ahead.col(place) = z_.col(place);
        }
        x_.col(place) = from.col(place) + step(place) * (ahead.col(place) - from.col(place));
        left.push_back(place);
      }
      going = std::move(left);
    }
    last_values(going);
  }

  void certify() {
    const Places places = all();
    value_ = best_.value;
    x_ = best_.x;
    pass(places, 1e-8);
    solve(places);
    best_.bound = gain_.array().pow(p_) * moments_->dual_norms(scaled_, floors_, z_).array();
  }

  const WeightedRows& rows_;
  std::optional<Moments> moments_;
  double p_ = 2;
  const Directions& targets_;
  ConvexSettings settings_;
  Directions x_, z_, scaled_;
  Figures value_, gain_, floors_;
  ConvexMinima best_;
};

RowMajor rows_of(const LewisBasis& a) {
  return Eigen::Map<const RowMajor>(a.rows.values.data(), to_index(a.rows.rows),
                                    to_index(a.rows.columns));
}

/// Calls f(first, count) for blocks of `of` items.
void in_blocks(std::size_t of, const ParallelFor& parallel_for,
               const std::function<void(std::size_t, std::size_t)>& f) {
  parallel_for((of + kBlock - 1) / kBlock,
               [&](std::size_t b) { f(b * kBlock, std::min(kBlock, of - b * kBlock)); });
}

/// Those of `rows` that are not 0, from `first` on, as targets.
std::vector<std::size_t> targets_among(const RowMajor& all, std::span<const std::uint32_t> rows,
                                       Directions& targets) {
  std::vector<std::size_t> places;
  targets.resize(all.cols(), to_index(rows.size()));
  for (std::size_t k = 0; k < rows.size(); ++k) {
    if (all.row(to_index(rows[k])).squaredNorm() == 0) continue;
    targets.col(to_index(places.size())) = all.row(to_index(rows[k])).transpose();
    places.push_back(k);
  }
  targets.conservativeResize(Eigen::NoChange, to_index(places.size()));
  return places;
}

std::vector<Sensitivity> by_grams(const WeightedRows& rows, double p, const Directions& targets,
                                  Directions* points = nullptr) {
  const ConvexMinima minima = minimise(rows, p, targets, {usual_iterations(p), 1e-10, true});
  std::vector<Sensitivity> found;
  for (Eigen::Index c = 0; c < targets.cols(); ++c) {
    const double low = std::min(1.0, 1 / minima.value(c)), bound = minima.bound(c);
    found.push_back({low, bound < 1 ? std::max(bound, low) : 1.0});
  }
  if (points) *points = minima.x;
  return found;
}

/// The cheapest way to both ends that a power allows: a quasi-Newton search, for the few targets
/// that it does not settle the search by Gram matrices, and linear programs at p = 1.
class ExactSearch {
 public:
  ExactSearch(const LewisBasis& a, const RowMajor& rows) : a_(a), rows_(rows), weighted_(rows) {
    if (SmoothSearch::covers(a.p)) smooth_.emplace(a, rows);
  }

  /// [any-thread]
  std::vector<Sensitivity> run(const Directions& targets) const {
    if (smooth_) return smoothly(targets);
    if (a_.p == 1 && targets.rows() <= kMostProgrammed) return by_programs(targets);
    return by_grams(weighted_, a_.p, targets);
  }

 private:
  static void narrow(Sensitivity& one, const Sensitivity& by) {
    if (!(one.low > by.low)) one.low = by.low;
    if (!(one.high < by.high)) one.high = by.high;
    one.high = std::max(one.low, one.high);
  }

  std::vector<Sensitivity> smoothly(const Directions& targets) const {
    std::vector<Sensitivity> found = smooth_->search(targets);
    std::vector<Eigen::Index> open;
    for (std::size_t k = 0; k < found.size(); ++k)
      if (!(found[k].high <= (1 + kSettled) * found[k].low)) open.push_back(to_index(k));
    if (open.empty()) return found;
    const auto again = by_grams(weighted_, a_.p, targets(Eigen::all, open));
    for (std::size_t k = 0; k < open.size(); ++k)
      narrow(found[static_cast<std::size_t>(open[k])], again[k]);
    return found;
  }

  std::vector<Sensitivity> by_programs(const Directions& targets) const {
    Directions near;
    std::vector<Sensitivity> found = by_grams(weighted_, a_.p, targets, &near);
    SensitivityProgram program(a_, rows_);
    for (Eigen::Index c = 0; c < targets.cols(); ++c)
      narrow(found[static_cast<std::size_t>(c)], program.solve(targets.col(c), near.col(c)));
    return found;
  }

  const LewisBasis& a_;
  const RowMajor& rows_;
  WeightedRows weighted_;
  std::optional<SmoothSearch> smooth_;
};

/// search(targets) of blocks of rows; 0 and 0 of rows of zeros.
template <class Search>
std::vector<Sensitivity> of_rows(const RowMajor& all, std::span<const std::uint32_t> rows,
                                 const ParallelFor& parallel_for, const Search& search) {
  std::vector<Sensitivity> out(rows.size(), {0, 0});
  in_blocks(rows.size(), parallel_for, [&](std::size_t first, std::size_t count) {
    Directions targets;
    const auto places = targets_among(all, rows.subspan(first, count), targets);
    if (places.empty()) return;
    const std::vector<Sensitivity> found = search(targets);
    for (std::size_t k = 0; k < places.size(); ++k) out[first + places[k]] = found[k];
  });
  return out;
}

}  // namespace

void serially(std::size_t n, const std::function<void(std::size_t)>& body) {
  for (std::size_t i = 0; i < n; ++i) body(i);
}

unsigned usual_iterations(double p) {
  return p == 1 ? 40 : p < 2 ? 20 : p == 2 ? 1 : 30;
}

ConvexMinima minimise(const WeightedRows& rows, double p, const Directions& targets,
                      const ConvexSettings& settings) {
  return ConvexSearch(rows, targets, settings).run(p);
}

std::vector<Sensitivity> exact_sensitivities(const LewisBasis& a,
                                             std::span<const std::uint32_t> rows,
                                             const ParallelFor& parallel_for) {
  const RowMajor all = rows_of(a);
  const ExactSearch search(a, all);
  return of_rows(all, rows, parallel_for, [&](const Directions& t) { return search.run(t); });
}

std::vector<Sensitivity> smoothed_sensitivities(const LewisBasis& a,
                                                std::span<const std::uint32_t> rows,
                                                const ParallelFor& parallel_for) {
  const RowMajor all = rows_of(a);
  const WeightedRows weighted(all);
  return of_rows(all, rows, parallel_for,
                 [&](const Directions& t) { return by_grams(weighted, a.p, t); });
}

std::vector<double> approximate_sensitivities(const LewisBasis& a,
                                              const ApproximationSettings& settings,
                                              const ParallelFor& parallel_for) {
  const RowMajor all = rows_of(a);
  const double core_rows = settings.core_rows > 0
                               ? settings.core_rows
                               : std::max(1000.0, 100.0 * static_cast<double>(all.cols()));
  const Sample core =
      bernoulli_sample(inclusion_probabilities(a.weights, core_rows), SplitMix(settings.core_seed));
  RowMajor core_rows_of_a(to_index(core.rows.size()), all.cols());
  Eigen::VectorXd weights(to_index(core.rows.size()));
  for (std::size_t k = 0; k < core.rows.size(); ++k) {
    core_rows_of_a.row(to_index(k)) = all.row(to_index(core.rows[k]));
    weights(to_index(k)) = core.weights[k];
  }
  const WeightedRows weighted(core_rows_of_a, weights);
  const unsigned iterations = settings.iterations ? settings.iterations : a.p == 1 ? 16 : 8;
  std::vector<double> out(a.weights.size(), 0.0);
  std::vector<std::uint32_t> rows(a.weights.size());
  std::iota(rows.begin(), rows.end(), 0u);
  in_blocks(rows.size(), parallel_for, [&](std::size_t first, std::size_t count) {
    Directions targets;
    const auto places = targets_among(all, std::span(rows).subspan(first, count), targets);
    if (places.empty()) return;
    const ConvexMinima minima = minimise(weighted, a.p, targets, {iterations, 1e-10, false});
    for (std::size_t k = 0; k < places.size(); ++k)
      out[first + places[k]] = std::min(1.0, 1 / minima.value(to_index(k)));
  });
  return out;
}

TotalSensitivity total_sensitivity(const LewisBasis& a, std::size_t draws, std::uint64_t seed,
                                   const ParallelFor& parallel_for) {
  TotalSensitivity out;
  std::vector<double> sums(a.weights.size());
  std::partial_sum(a.weights.begin(), a.weights.end(), sums.begin());
  SplitMix random(seed);
  for (std::size_t k = 0; k < draws; ++k) {
    const double at = random.uniform() * sums.back();
    const auto row = std::upper_bound(sums.begin(), sums.end() - 1, at) - sums.begin();
    out.rows.push_back(static_cast<std::uint32_t>(row));
  }
  out.of_rows = exact_sensitivities(a, out.rows, parallel_for);
  double sum = 0, squares = 0;
  for (std::size_t k = 0; k < draws; ++k) {
    const double value = sums.back() * out.of_rows[k].low / a.weights[out.rows[k]];
    sum += value;
    squares += value * value;
    out.largest_gap = std::max(out.largest_gap, out.of_rows[k].high / out.of_rows[k].low);
  }
  const auto n = static_cast<double>(draws);
  out.estimate = sum / n;
  if (draws > 1)
    out.standard_error =
        std::sqrt(std::max(0.0, squares / n - out.estimate * out.estimate) / (n - 1));
  return out;
}

}  // namespace equivolve::row_sampling
