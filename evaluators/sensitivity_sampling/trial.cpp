#include "evaluators/sensitivity_sampling/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "evaluators/sdk/evaluator.hpp"
#include "hashing/stream.hpp"

namespace equivolve::sensitivity_sampling {
namespace {

constexpr double kWorstDistortion = 2, kLeastDistortion = 1e-9;
constexpr std::size_t kScreeningRows = 2000;
constexpr unsigned kScreeningSeeds = 3, kScreeningStarts = 2;

double bounded(double distortion) {
  return std::clamp(distortion, kLeastDistortion, kWorstDistortion);
}

/// Those asked for, else the usual ones up to half of the rows (or, of very few rows, just that).
std::vector<double> factors_of(const Options& options, const Matrices& matrices) {
  if (!options.rows_per_column.empty()) return options.rows_per_column;
  const double half =
      static_cast<double>(matrices.rows()) / (2 * static_cast<double>(matrices.columns()));
  std::vector<double> factors;
  for (double factor : kUsualRowsPerColumn)
    if (factor <= half) factors.push_back(factor);
  if (factors.empty()) factors.push_back(std::max(1.0, half));
  return factors;
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::vector<Level> make_levels(const Options& options, const Matrices& matrices) {
  Level full;
  full.rows = matrices.rows();
  full.seeds = options.seeds;
  for (double factor : factors_of(options, matrices))
    full.budgets.push_back(std::round(factor * static_cast<double>(matrices.columns())));
  if (full.budgets.back() > static_cast<double>(full.rows))
    throw sdk::Refused(
        "/options/rows_per_column",
        fmt::format("asks for samples of {} rows, and there are {}; expected at most {}",
                    full.budgets.back(), full.rows, full.rows / matrices.columns()));
  if (!options.screening) return {full};
  Level screening = full, middle = full;
  screening.name = "screening";
  screening.budgets.resize(1);
  screening.seeds = std::min(options.seeds, kScreeningSeeds);
  screening.search.refined = kScreeningStarts;
  if (!matrices.table())
    screening.rows =
        std::min(full.rows, std::max({kScreeningRows, 60 * matrices.columns(),
                                      static_cast<std::size_t>(2 * screening.budgets[0])}));
  middle.name = "middle";
  middle.budgets.resize(std::min<std::size_t>(2, full.budgets.size()));
  middle.seeds = (options.seeds + 1) / 2;
  return {screening, middle, full};
}

Trial::CellOutcome Trial::run_cell(const Sampler& sampler, const Cell& cell, const Level& level,
                                   std::uint64_t common_seed, bool regress,
                                   const std::function<bool()>& stop) const {
  CellOutcome out;
  const auto q = probabilities(sampler, input_columns(cell.matrix->features, cell.m), cell.m);
  if (!q) {
    out.scored = false;
    return out;
  }
  out.biased = row_sampling::is_biased(*q, cell.matrix->features);
  std::vector<double> distortions, errors;
  for (unsigned k = 0; k < level.seeds && !stop(); ++k) {
    const std::uint64_t seed = hashing::derive_seed(common_seed, hashing::Purpose::kEvaluate, k);
    const row_sampling::Sample sample = row_sampling::draw_sample(
        *q, sampler.scheme, cell.matrix->order, row_sampling::sample_random(seed, cell.m));
    const auto found = cell.matrix->distortion.measure(sample, level.search);
    distortions.push_back(found.distortion);
    out.deficient += found.deficient;
    out.rows += static_cast<double>(sample.rows.size());
    if (regress && cell.matrix->regression)
      errors.push_back(std::min(kWorstError, cell.matrix->regression->error(sample)));
  }
  out.distortion = median(distortions);
  out.regression_error = median(errors);
  return out;
}

std::shared_ptr<const Trial::Ground> Trial::ground(const Level& level, bool test,
                                                   std::uint64_t common_seed,
                                                   const std::function<bool()>& stop) {
  const GroundKey key{test, level.name, common_seed};
  std::lock_guard lock(mutex_);
  for (auto entry = grounds_.begin(); entry != grounds_.end(); ++entry) {
    if (entry->first != key) continue;
    grounds_.splice(grounds_.begin(), grounds_, entry);
    return entry->second;
  }
  Sampler lewis;
  auto made = std::make_shared<Ground>();
  for (std::size_t number = 0; number < matrices_.count(test); ++number)
    for (double p : powers_) {
      if (stop()) return nullptr;
      const auto matrix = matrices_.get({test, number, level.rows, p});
      for (double m : level.budgets) {
        made->cells.push_back({matrix, m});
        made->lewis.push_back(
            run_cell(lewis, made->cells.back(), level, common_seed, false, stop).distortion);
      }
    }
  if (stop()) return nullptr;
  grounds_.emplace_front(key, made);
  if (grounds_.size() > kMostGrounds) grounds_.pop_back();
  return made;
}

TrialOutcome Trial::run(const Sampler& sampler, const Level& level, bool test,
                        std::uint64_t common_seed, const ParallelFor& parallel_for,
                        const std::function<bool()>& stop) {
  TrialOutcome out;
  const auto shared = ground(level, test, common_seed, stop);
  if (!shared) {
    out.status = EQV_CANCELLED;
    return out;
  }
  const std::size_t count = shared->cells.size();
  std::vector<CellOutcome> cells(count);
  std::atomic<bool> failed{false};
  parallel_for(count, [&](std::size_t c) {
    if (failed || stop()) return;
    cells[c] = run_cell(sampler, shared->cells[c], level, common_seed, true, stop);
    if (!cells[c].scored) failed = true;
  });
  if (stop()) {
    out.status = EQV_CANCELLED;
    return out;
  }
  if (failed) {
    out.status = EQV_NON_FINITE;
    out.message = "the log score of a row is not a number, or is infinite";
    return out;
  }
  std::vector<double> errors;
  double asked = 0, kept = 0;
  for (std::size_t c = 0; c < count; ++c) {
    out.log_ratios.push_back(std::log(bounded(cells[c].distortion) / bounded(shared->lewis[c])));
    out.deficient_share += cells[c].deficient;
    out.biased_share += cells[c].biased ? 1.0 / static_cast<double>(count) : 0;
    kept += cells[c].rows;
    asked += shared->cells[c].m * level.seeds;
    if (shared->cells[c].matrix->regression) errors.push_back(cells[c].regression_error);
  }
  out.samples = count * level.seeds;
  out.deficient_share /= static_cast<double>(out.samples);
  out.kept_share = kept / asked;
  out.regression_error = median(errors);
  return out;
}

}  // namespace equivolve::sensitivity_sampling
