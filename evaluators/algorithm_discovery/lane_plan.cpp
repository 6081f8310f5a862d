#include "evaluators/algorithm_discovery/lane_plan.hpp"

#include <algorithm>

#include "evaluators/common/metrics/regression.hpp"

namespace equivolve::algorithm_discovery {
namespace {

using interpreters::FeatureLayout;
using interpreters::padded_lanes;

bool same_size(const Task& a, const Task& b) {
  return a.dimension == b.dimension && a.train.rows() == b.train.rows() &&
         a.judged.rows() == b.judged.rows();
}

bool one_task(const LaneGroup& group) {
  return group.lanes.front().task == group.lanes.back().task;
}

/// The lane that a padded lane does the same as.
const LaneOf& lane_at(const LaneGroup& group, std::uint32_t l) {
  return group.lanes[std::min<std::size_t>(l, group.lanes.size() - 1)];
}

/// How a part of the group's tasks is seen: their training rows, or those they are judged on.
class Part {
 public:
  Part(LaneGroup& group, const std::vector<Task>& tasks, const Examples Task::*examples)
      : group_(group),
        tasks_(tasks),
        examples_(examples),
        width_(padded_lanes(static_cast<std::uint32_t>(group.lanes.size()))),
        dimension_(tasks[group.lanes.front().task].dimension) {}

  std::size_t rows() const { return of(0).rows(); }

  void add_labels() {
    std::vector<Labels> labels;
    for (std::uint32_t l = 0; l < width_; ++l)
      labels.emplace_back(of(l), lane_at(group_, l).positive);
    for (std::size_t r = 0; r < rows(); ++r)
      for (const Labels& lane : labels) group_.labels.push_back(lane[r]);
  }

  void add_interleaved() {
    for (std::size_t r = 0; r < rows(); ++r)
      for (std::uint32_t i = 0; i < dimension_; ++i)
        for (std::uint32_t l = 0; l < width_; ++l) group_.features.push_back(of(l).row(r)[i]);
  }

  void add_sources() {
    for (std::uint32_t l = 0; l < width_; ++l) group_.sources.push_back(of(l).features.data());
  }

  const Examples& of(std::uint32_t lane) const {
    return tasks_[lane_at(group_, lane).task].*examples_;
  }

 private:
  LaneGroup& group_;
  const std::vector<Task>& tasks_;
  const Examples Task::*examples_;
  std::uint32_t width_, dimension_;
};

}  // namespace

LanePlan::LanePlan(const std::vector<Task>& tasks, LaneLimits limits) {
  make_groups(tasks, limits.lanes);
  std::size_t copied = 0;
  for (LaneGroup& group : groups_) {
    const Task& task = tasks[group.lanes.front().task];
    const std::size_t width = padded_lanes(static_cast<std::uint32_t>(group.lanes.size()));
    const std::size_t rows = task.train.rows() + task.judged.rows();
    group.scores_start = scores_;
    scores_ += task.judged.rows() * width;
    if (!one_task(group)) copied += rows * task.dimension * width;
  }
  for (LaneGroup& group : groups_) lay_out(group, tasks, copied <= limits.interleaved);
}

void LanePlan::make_groups(const std::vector<Task>& tasks, std::uint32_t most_lanes) {
  for (std::uint32_t t = 0; t < tasks.size(); ++t) {
    const std::uint32_t runs = runs_of(tasks[t].classes);
    for (std::uint32_t r = 0; r < runs; ++r) {
      const bool fits = !groups_.empty() && groups_.back().lanes.size() < most_lanes &&
                        same_size(tasks[groups_.back().lanes.back().task], tasks[t]);
      const bool whole_task_fits =
          r > 0 || (fits && groups_.back().lanes.size() + runs <= most_lanes);
      if (!fits || !whole_task_fits) {
        groups_.emplace_back();
        groups_.back().first_run = runs_;
      }
      groups_.back().lanes.push_back(LaneOf{t, positive_class(tasks[t].classes, r)});
      ++runs_;
    }
  }
}

void LanePlan::lay_out(LaneGroup& group, const std::vector<Task>& tasks, bool interleave) {
  Part train(group, tasks, &Task::train), judged(group, tasks, &Task::judged);
  train.add_labels();
  const std::size_t judged_labels = group.labels.size();
  judged.add_labels();
  group.train.count = train.rows();
  group.judged.count = judged.rows();
  group.train.labels = group.labels.data();
  group.judged.labels = group.labels.data() + judged_labels;
  for (const LaneOf& lane : group.lanes)
    if (tasks[lane.task].classes == 0)
      group.squared_distances.push_back(
          metrics::squared_distance_from_mean(tasks[lane.task].judged.targets));

  interpreters::LaneFeatures features;
  features.stride = train.of(0).stride;
  if (one_task(group)) {
    features.layout = FeatureLayout::kShared;
    features.values = train.of(0).features.data();
    group.train.features = features;
    features.values = judged.of(0).features.data();
    group.judged.features = features;
  } else if (interleave) {
    train.add_interleaved();
    const std::size_t judged_features = group.features.size();
    judged.add_interleaved();
    features.values = group.features.data();
    group.train.features = features;
    features.values += judged_features;
    group.judged.features = features;
  } else {
    train.add_sources();
    const std::size_t judged_sources = group.sources.size();
    judged.add_sources();
    features.layout = FeatureLayout::kGathered;
    features.rows = group.sources.data();
    group.train.features = features;
    features.rows += judged_sources;
    group.judged.features = features;
  }
}

std::size_t LanePlan::doubles() const {
  std::size_t sum = 0;
  for (const LaneGroup& group : groups_) sum += group.features.size() + group.labels.size();
  return sum;
}

TaskSet::TaskSet(std::vector<Task> tasks) : tasks_(std::move(tasks)) {
  const bool formulas = !tasks_.empty() && tasks_.front().units != FormulaUnits::kNone;
  if (!formulas) lanes_ = std::make_unique<LanePlan>(tasks_);
}
TaskSet::~TaskSet() = default;

std::size_t TaskSet::doubles() const {
  std::size_t sum = lanes_ ? lanes_->doubles() : 0;
  for (const Task& task : tasks_)
    for (const Examples* part : {&task.train, &task.judged})
      sum += part->features.size() + part->inputs.size();
  return sum;
}

}  // namespace equivolve::algorithm_discovery
