// Whether a fitness from offline data ranks designers as the oracle does: Spearman's correlation of
// each kind of fitness with the oracle's p50 over some thirty designers.
//   sequence_fitness LANDSCAPE [FILE] [rows=4000] [designers=30]
#include <cstdio>
#include <cstdlib>
#include <string>

#include "benchmarks/sequence_draws.hpp"
#include "evaluators/common/metrics/ranks.hpp"
#include "evaluators/sequence_design/fitness.hpp"
#include "evaluators/sequence_design/selection.hpp"
#include "evaluators/sequence_design/tasks.hpp"

namespace {

using namespace equivolve::sequence_design;
using equivolve::metrics::rank_correlation;

using equivolve::benchmarks::draw_designer;

}  // namespace

int main(int argc, char** argv) {
  TaskSettings task_settings;
  std::size_t rows = 4000, designers = 30;
  if (argc < 2) return 2;
  task_settings.landscape = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string text = argv[i];
    if (text.rfind("rows=", 0) == 0)
      rows = static_cast<std::size_t>(std::atoi(text.c_str() + 5));
    else if (text.rfind("designers=", 0) == 0)
      designers = static_cast<std::size_t>(std::atoi(text.c_str() + 10));
    else
      task_settings.file = text;
  }
  task_settings.rows = rows;
  const OfflineTask task = open_task(task_settings);
  const OfflineView& view = task.offline;
  const Referees referees(view, 5, 128, 20, 0x5EFE, {});
  std::vector<double> truth, single, averaged, enriched, judged, bold;
  for (std::size_t i = 0; i < designers; ++i) {
    const DesignerSettings d = draw_designer(i);
    const Designed made = design(view, d, {}, {});
    const Designs designs = select_designs(made.pool, view, d.designs, Selection::kDistinctTop, 0);
    truth.push_back(oracle_figures(designs.sequences, *task.oracle).p50);
    single.push_back(holdout(view, d, {}, view.size(), 1, 1, {}).spearman);
    const HoldoutFigures many = holdout(view, d, {}, view.size(), 6, 1, {});
    averaged.push_back(many.spearman);
    enriched.push_back(many.enrichment);
    judged.push_back(judged_fitness(referees, designs.sequences, d.designs, 1));
    bold.push_back(judged_fitness(referees, designs.sequences, d.designs, 0));
    std::fprintf(stderr, "%s %s p50 %.3f holdout %.3f judged %.3f\n",
                 method_names()[static_cast<std::size_t>(d.method)].c_str(),
                 proxy_names()[static_cast<std::size_t>(d.proxy)].c_str(), truth.back(),
                 averaged.back(), judged.back());
  }
  std::printf(
      "{\"landscape\": \"%s\", \"rows\": %zu, \"designers\": %zu, \"holdout_1\": %.3f, "
      "\"holdout_6\": %.3f, \"enrichment_6\": %.3f, \"pseudo_oracle\": %.3f, "
      "\"pseudo_oracle_mean\": %.3f}\n",
      task_settings.landscape.c_str(), view.size(), designers, rank_correlation(single, truth),
      rank_correlation(averaged, truth), rank_correlation(enriched, truth),
      rank_correlation(judged, truth), rank_correlation(bold, truth));
}
