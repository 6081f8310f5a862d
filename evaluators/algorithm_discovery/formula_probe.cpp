#include "evaluators/algorithm_discovery/formula_probe.hpp"

#include <algorithm>

#include "evaluators/algorithm_discovery/formula_trial.hpp"
#include "evaluators/common/tables/splits.hpp"

namespace equivolve::algorithm_discovery {
namespace {

/// Values cost little, and few rows do not show where a maximum or minimum changes hands; a fit
/// costs as much as dozens of evaluations.
constexpr std::size_t kProbeRows = 1024, kRowsOfFit = 64;
constexpr std::size_t kExtremeInputs = 16;

/// Rows without repetition, in the order in which they were thought of.
class ChosenRows {
 public:
  explicit ChosenRows(std::size_t of) : taken_(of, false) {}
  void add(std::size_t row) {
    if (taken_[row] || rows_.size() == kProbeRows) return;
    taken_[row] = true;
    rows_.push_back(static_cast<std::uint32_t>(row));
  }
  const tables::Rows& rows() const { return rows_; }

 private:
  std::vector<bool> taken_;
  tables::Rows rows_;
};

tables::Rows choose_probe_rows(const Examples& pool, std::size_t inputs) {
  const std::size_t n = pool.rows();
  ChosenRows chosen(n);
  for (std::size_t i = 0; i < std::min(inputs, kExtremeInputs); ++i) {
    const double* column = pool.columns().column(i);
    const auto [low, high] = std::minmax_element(column, column + n);
    chosen.add(static_cast<std::size_t>(low - column));
    chosen.add(static_cast<std::size_t>(high - column));
  }
  for (std::size_t r = 0; r < n; ++r) chosen.add(r);  // the pool is shuffled
  tables::Rows rows = chosen.rows();
  // Extremes among those that are fitted as well as among the others.
  hashing::Stream stream(0, hashing::Purpose::kTask, rows.size());
  tables::shuffle(rows, stream);
  return rows;
}

}  // namespace

FormulaProbe::FormulaProbe(const Task& pool, const Options& options)
    : fit_(fit_settings(options)), complexity_(options.complexity) {
  const tables::Rows rows = choose_probe_rows(pool.train, pool.dimension);
  count_ = rows.size();
  rows_of_fit_ = std::min(count_, kRowsOfFit);
  fitted_rows_ = (2 * rows_of_fit_ + 2) / 3;
  for (std::size_t i = 0; i < pool.dimension; ++i)
    for (std::uint32_t row : rows) inputs_.push_back(pool.train.columns().column(i)[row]);
  inputs_.resize(inputs_.size() + Examples::kSpareInputs);
  for (std::uint32_t row : rows) outputs_.push_back(pool.train.outputs[row]);
}

void FormulaProbe::run(search::ExpressionView formula, sdk::OutputSink& sink) const {
  FormulaWorkspace& w = formula_workspace();
  if (complexity_) sink.integer(static_cast<std::int64_t>(formula.size()));
  w.machine.load(formula);
  w.values.resize(count_);
  w.machine.evaluate(first_rows(count_), w.values);
  sink.values(w.values);
  if (fit_.iterations == 0) return;
  sink.integer(static_cast<std::int64_t>(w.machine.constants().size()));
  interpreters::fit_constants(w.machine, first_rows(fitted_rows_), {outputs_.data(), fitted_rows_},
                              fit_, w.fit);
  w.values.resize(rows_of_fit_);
  w.machine.evaluate(first_rows(rows_of_fit_), w.values);
  sink.values(w.values);
}

}  // namespace equivolve::algorithm_discovery
