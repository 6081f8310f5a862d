// Whether intervals hold what they say: share of a backtest's picks within their 90 % interval,
// mean over seeds (of the rows drawn, of the hidden ones, and of the networks). One line of JSON.
//   sequence_backtest LANDSCAPE rows=1500 seeds=8 [proxy=mlp]
//   sequence_backtest FILE SEQUENCE_COLUMN SCORE_COLUMN rows=1500 seeds=8 [proxy=mlp]
// plain: the same of intervals of 1.645 spreads, which were not calibrated.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "evaluators/sequence_design/backtest.hpp"
#include "evaluators/sequence_design/tasks.hpp"

namespace {

using namespace equivolve::sequence_design;

double plain_coverage(const OfflineView& view, const Backtest& b) {
  double inside = 0;
  for (std::size_t i = 0; i < b.rows.size(); ++i)
    inside +=
        std::abs(view.scores[b.rows[i]] - b.told[i].predicted) <= 1.645 * b.told[i].spread ? 1 : 0;
  return inside / static_cast<double>(b.rows.size());
}

}  // namespace

int main(int argc, char** argv) {
  TaskSettings task_settings;
  std::vector<std::string> words;
  DesignerSettings settings;
  settings.width = 64;
  settings.designs = 64;
  std::size_t seeds = 8;
  for (int i = 1; i < argc; ++i) {
    const std::string text = argv[i];
    if (text.rfind("rows=", 0) == 0)
      task_settings.rows = static_cast<std::size_t>(std::atoi(text.c_str() + 5));
    else if (text.rfind("seeds=", 0) == 0)
      seeds = static_cast<std::size_t>(std::atoi(text.c_str() + 6));
    else if (text == "proxy=mlp")
      settings.proxy = ProxyKind::kMlp;
    else
      words.push_back(text);
  }
  if (words.size() != 1 && words.size() != 3) return 2;
  if (words.size() == 1) {
    task_settings.landscape = words[0];
  } else {
    task_settings.file = words[0];
    task_settings.sequence_column = words[1];
    task_settings.target = words[2];
  }
  double coverage = 0, plain = 0, enrichment = 0;
  const auto share = 1 / static_cast<double>(seeds);
  const std::vector<Sequence> none;
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    task_settings.seed = words[0].rfind("ehrlich", 0) == 0 ? 0 : seed;
    settings.seed = seed;
    const OfflineTask task = open_task(task_settings);
    const Backtest told = run_backtest(task.offline, {settings, none, 5, seed}, {});
    coverage += share * told.coverage;
    plain += share * plain_coverage(task.offline, told);
    enrichment += share * told.enrichment;
  }
  std::printf(
      "{\"data\": \"%s\", \"rows\": %zu, \"seeds\": %zu, \"coverage\": %.3f, \"plain\": %.3f, "
      "\"enrichment\": %.2f}\n",
      words[0].c_str(), task_settings.rows, seeds, coverage, plain, enrichment);
}
