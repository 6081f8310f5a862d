#include "gui/models/comparison.hpp"

#include <cmath>
#include <string>

namespace equivolve::gui {
namespace {

std::string name_of(const RunRow& run) {
  return std::to_string(run.info.id) + " " + run.info.head.name;
}

std::vector<const RunRow*> measured_alike(const std::vector<const RunRow*>& runs) {
  std::vector<const RunRow*> alike;
  for (const RunRow* run : runs)
    if (alike.empty() || run->objective == alike.front()->objective) alike.push_back(run);
  return alike;
}

}  // namespace

ChartData curves_chart(const std::vector<const RunRow*>& runs) {
  ChartData chart;
  chart.id = "curves";
  chart.title = "Best so far of the selected runs";
  chart.empty = "select runs to compare them";
  chart.x.label = "candidate";
  for (const RunRow* run : measured_alike(runs)) {
    chart.y.label = run->objective;
    ChartData::Line line{name_of(*run), {}, {}, true};
    if (run->curve)
      for (const CurvePoint& point : *run->curve) {
        line.x.push_back(static_cast<double>(point.told));
        line.y.push_back(point.best);
      }
    chart.lines.push_back(std::move(line));
  }
  return chart;
}

ChartData comparison_chart(const std::vector<const RunRow*>& runs) {
  ChartData chart;
  chart.id = "comparison";
  chart.title = "What the selected runs found, 95 % intervals";
  chart.empty = "select runs that have finished to compare them";
  ChartData::Intervals confirmed{"confirmed", {}, {}, {}, {}}, test{"test", {}, {}, {}, {}};
  const auto add = [](ChartData::Intervals& group, const RunRow& run,
                      const Contender::Stage& stage) {
    if (std::isnan(stage.mean)) return;
    group.rows.push_back(name_of(run));
    group.mean.push_back(stage.mean);
    group.low.push_back(stage.low);
    group.high.push_back(stage.high);
  };
  for (const RunRow* run : measured_alike(runs)) {
    if (run->contenders.empty() || run->contenders.front().name != "found") continue;
    chart.x.label = run->objective;
    add(confirmed, *run, run->contenders.front().confirmed);
    add(test, *run, run->contenders.front().test);
  }
  for (ChartData::Intervals* group : {&confirmed, &test})
    if (!group->rows.empty()) chart.intervals.push_back(std::move(*group));
  return chart;
}

}  // namespace equivolve::gui
