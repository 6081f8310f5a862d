#include "evaluators/test_time_adaptation/trial.hpp"

#include <cmath>
#include <limits>

namespace equivolve::test_time_adaptation {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kOfAllCells = 8;
constexpr std::size_t kMostFigures = 16;  // that a results file holds of a trial

eqv_figure minimised(const std::string& name, const char* unit, int role, double low, double high,
                     bool reproducible = true) {
  return {sizeof(eqv_figure), name.c_str(), unit, static_cast<std::uint32_t>(role),
          EQV_MINIMIZE,       low,          high, reproducible ? 1U : 0U};
}

}  // namespace

std::vector<StreamRun> run_cells(
    const Problem& problem, const Adaptation& adaptation, const TrialRequest& request,
    const std::function<void(std::size_t, const std::function<void(std::size_t)>&)>& spread,
    const Cancelled& cancelled) {
  const auto source = problem.source(cancelled);
  if (!source) return {};
  std::vector<StreamRun> runs(problem.cells().size());
  spread(runs.size(), [&](std::size_t c) {
    const Cell& cell = problem.cells()[c];
    const auto stream =
        problem.stream(cell.label_order, request.common_seed, request.test, request.screening);
    runs[c] = run_along(*source, *stream,
                        {adaptation.recipe, adaptation.rule, cell.batch,
                         problem.rounds(request.screening), stream->seed},
                        cancelled);
  });
  return runs;
}

TrialFigures::TrialFigures(const Problem& problem, bool cost_is_objective) {
  names_ = {"nll",      "error",        "brier",  "calibration_error",
            "collapse", "idle_batches", "passes", "ms_per_batch"};
  const std::size_t room = kMostFigures - names_.size(), cells = problem.cells().size();
  cell_losses_ = cells <= room;
  cell_errors_ = 2 * cells <= room;
  for (const Cell& cell : problem.cells()) {
    if (cell_losses_) names_.push_back("nll." + cell.name());
    if (cell_errors_) names_.push_back("error." + cell.name());
  }
  const auto add = [&](auto... rest) {
    table_.push_back(minimised(names_[table_.size()], rest...));
  };
  add("", EQV_OBJECTIVE, 0.0, kInfinity);
  add("", EQV_METRIC, 0.0, 1.0);
  add("", EQV_METRIC, 0.0, 2.0);
  add("", EQV_METRIC, 0.0, 1.0);
  add("", EQV_METRIC, -1.0, 1.0);
  add("", EQV_METRIC, 0.0, 1.0);
  add("a sample", cost_is_objective ? EQV_OBJECTIVE : EQV_METRIC, 0.0, kInfinity);
  add("ms", EQV_METRIC, 0.0, kInfinity, false);
  while (table_.size() < names_.size()) add("", EQV_METRIC, 0.0, kInfinity);
}

void TrialFigures::write(const std::vector<StreamRun>& cells, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
  const double share = 1 / static_cast<double>(cells.size());
  std::size_t own = kOfAllCells;
  for (const StreamRun& run : cells) {
    const Scores all = run.all();
    const auto batches = static_cast<double>(run.counts.batches);
    out[0] += share * all.mean_nll();
    out[1] += share * all.error();
    out[2] += share * all.mean_brier();
    out[3] += share * run.calibration.error();
    out[4] += share * run.collapse();
    out[5] += share * static_cast<double>(run.counts.idle) / batches;
    out[6] += share * static_cast<double>(run.counts.passes) / static_cast<double>(all.samples);
    out[7] += share * 1000 * run.cpu_seconds / batches;
    if (cell_losses_) out[own++] = all.mean_nll();
    if (cell_errors_) out[own++] = all.error();
  }
}

std::vector<double> items_of(const std::vector<StreamRun>& cells) {
  std::vector<double> items(cells.front().nll_by_id.size(), 0.0);
  for (const StreamRun& run : cells)
    for (std::size_t i = 0; i < items.size(); ++i)
      items[i] += run.nll_by_id[i] * static_cast<double>(items.size()) /
                  static_cast<double>(run.all().samples * cells.size());
  return items;
}

}  // namespace equivolve::test_time_adaptation
