#include "evaluators/algorithm_discovery/trial.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace equivolve::algorithm_discovery {
namespace {

using interpreters::LaneKind;
using interpreters::padded_lanes;

/// Memories of all lanes that still fit into the second-level cache of a core: 1 MiB.
constexpr std::size_t kMostLaneDoubles = std::size_t{1} << 17;

/// A program in one group of runs.
struct Job {
  const search::PreparedProgram& program;
  const search::MemoryShape& shape;
  const Rules& rules;
  const LaneGroup& group;
  std::uint64_t common_seed;
  const std::function<bool()>& stop;
};

/// Where a group ended: the first example at which a run failed, and the first run that did.
struct GroupEnd {
  Ended ended;
  std::size_t run = 0;  ///< in the trial
};

std::uint64_t seed_of(const Job& job, std::size_t lane) {
  const LaneOf& of = job.group.lanes[lane];
  return draw_seed(job.common_seed, of.task, of.positive);
}

interpreters::LaneMachine& thread_lanes() {
  thread_local interpreters::LaneMachine machine;
  return machine;
}

GroupEnd run_in_lanes(const Job& job, LaneKind kind, double* scores) {
  const auto lanes = static_cast<std::uint32_t>(job.group.lanes.size());
  std::array<std::uint64_t, interpreters::kMostLanes> seeds{};
  if (search::draws_at_random(job.program))
    for (std::uint32_t l = 0; l < lanes; ++l) seeds[l] = seed_of(job, l);
  interpreters::LaneMachine& machine = thread_lanes();
  machine.load(job.program, job.shape, lanes, kind);
  LaneRun run(machine, job.rules, {seeds.data(), lanes});
  LaneRun::Progress progress = run.train(job.group.train, job.stop);
  if (progress == LaneRun::Progress::kFinished)
    progress = run.judge(job.group.judged, scores, job.stop);
  if (progress == LaneRun::Progress::kFinished) return {};
  if (progress == LaneRun::Progress::kCancelled) return {{End::kCancelled, 0}, 0};
  const auto lane = static_cast<std::uint32_t>(std::countr_zero(run.failed()));
  return {run.ended(lane), job.group.first_run + lane};
}

/// One lane after the other, each no further than to where an earlier one failed.
GroupEnd run_one_by_one(const Job& job, const TaskSet& tasks, double* scores) {
  interpreters::Machine& machine = thread_machine();
  machine.load(job.program, job.shape);
  const std::size_t width = padded_lanes(static_cast<std::uint32_t>(job.group.lanes.size()));
  thread_local std::vector<double> of_lane;
  of_lane.resize(job.group.judged.count);
  GroupEnd first;
  for (std::size_t l = 0; l < job.group.lanes.size(); ++l) {
    const LaneOf& of = job.group.lanes[l];
    const Task& task = tasks[of.task];
    const Labels judged_labels(task.judged, of.positive);
    ProgramRun run(machine, job.rules, {seed_of(job, l), hashing::Purpose::kEvaluate});
    if (first.ended.how != End::kFinished) run.stop_before(first.ended.example);
    if (run.train(task.train, Labels(task.train, of.positive), job.stop))
      run.judge(task.judged, &judged_labels, of_lane, job.stop);
    const Ended& ended = run.ended();
    if (ended.how == End::kCancelled) return {ended, 0};
    if (ended.how == End::kNonFinite || ended.how == End::kErrorBound)
      first = {ended, job.group.first_run + l};
    for (std::size_t r = 0; r < of_lane.size(); ++r) scores[r * width + l] = of_lane[r];
  }
  return first;
}

/// Fills in the status when a group did not finish.
bool all_finished(std::span<const GroupEnd> ends, TrialOutcome& outcome) {
  for (const GroupEnd& end : ends) {
    if (end.ended.how == End::kFinished) continue;
    if (end.ended.how == End::kCancelled) {
      outcome.status = EQV_CANCELLED;
      return false;
    }
    outcome.status = EQV_NON_FINITE;
    outcome.message = fmt::format(
        "{} at example {} of run {}",
        end.ended.how == End::kNonFinite ? "a prediction is not finite" : "error bound passed",
        end.ended.example + 1, end.run + 1);
    return false;
  }
  return true;
}

/// What a trial's runs write into: this thread's, so that trials allocate nothing.
struct Workspace {
  std::vector<double> scores;
  std::vector<GroupEnd> ends;
  std::vector<double> of_task;
  Told told;
};

Workspace& thread_workspace() {
  thread_local Workspace workspace;
  return workspace;
}

/// The scores of the runs of the trial's tasks, one after the other.
class ScoreReader {
 public:
  ScoreReader(const LanePlan& plan, const double* scores) : plan_(plan), scores_(scores) {}

  /// Copies the next run's.
  void next(std::span<double> out) {
    const LaneGroup& group = plan_.groups()[group_];
    const std::size_t width = padded_lanes(static_cast<std::uint32_t>(group.lanes.size()));
    const double* at = scores_ + group.scores_start + lane_;
    for (std::size_t r = 0; r < out.size(); ++r) out[r] = at[r * width];
    if (++lane_ == group.lanes.size()) lane_ = 0, ++group_;
  }

 private:
  const LanePlan& plan_;
  const double* scores_;
  std::size_t group_ = 0, lane_ = 0;
};

/// Tells the rows of a task from the scores of its runs.
void tell_task(const Task& task, ScoreReader& scores, Workspace& workspace) {
  const std::size_t rows = task.judged.rows(), runs = runs_of(task.classes);
  std::vector<double>& all = task.classes == 0 ? workspace.told.targets : workspace.of_task;
  all.resize(runs * rows);
  for (std::size_t r = 0; r < runs; ++r) scores.next(std::span(all).subspan(r * rows, rows));
  if (task.classes == 0) return;
  workspace.told.classes.resize(rows);
  tell_classes(all, task.classes, workspace.told.classes);
}

}  // namespace

std::uint64_t draw_seed(std::uint64_t common_seed, std::uint64_t task,
                        std::uint32_t positive_class) {
  return hashing::derive_seed(common_seed, hashing::Purpose::kEvaluate,
                              task << 32 | positive_class);
}

interpreters::Machine& thread_machine() {
  thread_local interpreters::Machine machine;
  return machine;
}

std::uint64_t Trial::length(const search::PreparedProgram& program, const TaskSet& tasks) const {
  std::uint64_t sum = 0;
  for (const Task& task : tasks)
    sum +=
        runs_of(task.classes) * run_length(program, rules_, task.train.rows(), task.judged.rows());
  return sum;
}

bool Trial::in_lanes(const search::MemoryShape& shape, const LaneGroup& group) const {
  const auto lanes = static_cast<std::uint32_t>(group.lanes.size());
  return kind_ != LaneKind::kScalar && lanes > 1 &&
         interpreters::lane_doubles(shape, lanes) <= kMostLaneDoubles;
}

TrialOutcome Trial::run(const search::PreparedProgram& program, const search::MemoryShape& shape,
                        const TaskSet& tasks, std::uint64_t common_seed, bool want_items,
                        unsigned threads, const ParallelFor& parallel_for,
                        const std::function<bool()>& stop) const {
  TrialOutcome outcome;
  outcome.instructions = length(program, tasks);
  if (outcome.instructions > max_instructions_) {
    outcome.status = EQV_INFEASIBLE;
    outcome.message =
        fmt::format("the trial takes {} live instructions; max_live_instructions is {}",
                    outcome.instructions, max_instructions_);
    return outcome;
  }
  const LanePlan& plan = tasks.lanes();
  Workspace& workspace = thread_workspace();
  workspace.scores.resize(plan.scores());
  workspace.ends.assign(plan.groups().size(), {});
  auto run_group = [&](std::size_t g) {
    const LaneGroup& group = plan.groups()[g];
    const Job job{program, shape, rules_, group, common_seed, stop};
    double* scores = workspace.scores.data() + group.scores_start;
    workspace.ends[g] = in_lanes(shape, group) ? run_in_lanes(job, kind_, scores)
                                               : run_one_by_one(job, tasks, scores);
  };
  if (threads > 1 && plan.groups().size() > 1) {
    parallel_for(plan.groups().size(), run_group);
  } else {
    for (std::size_t g = 0; g < plan.groups().size(); ++g) {
      run_group(g);
      if (workspace.ends[g].ended.how != End::kFinished) break;
    }
  }
  if (!all_finished(workspace.ends, outcome)) return outcome;

  outcome.of_tasks.resize(tasks.size() * figures_.table().size());
  if (rules_.classification || want_items || kind_ == LaneKind::kScalar)
    figures_of_told(tasks, workspace.scores.data(), want_items, outcome);
  else
    figures_of_errors(tasks, workspace.scores.data(), outcome);
  return outcome;
}

void Trial::figures_of_told(const TaskSet& tasks, const double* scores, bool want_items,
                            TrialOutcome& outcome) const {
  const std::size_t count = figures_.table().size();
  Workspace& workspace = thread_workspace();
  ScoreReader reader(tasks.lanes(), scores);
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    tell_task(tasks[t], reader, workspace);
    figures_.of_task(tasks[t], workspace.told,
                     std::span(outcome.of_tasks).subspan(t * count, count));
    if (want_items) outcome.items = figures_.items(tasks[t], workspace.told);
  }
}

void Trial::figures_of_errors(const TaskSet& tasks, const double* scores,
                              TrialOutcome& outcome) const {
  const std::size_t count = figures_.table().size();
  std::array<double, interpreters::kMostLanes> sums;
  for (const LaneGroup& group : tasks.lanes().groups()) {
    const auto lanes = static_cast<std::uint32_t>(group.lanes.size());
    interpreters::lane_kernel(kind_)->squared_errors(sums.data(), group.judged.labels,
                                                     scores + group.scores_start,
                                                     group.judged.count, padded_lanes(lanes));
    for (std::uint32_t l = 0; l < lanes; ++l) {
      const std::uint32_t t = group.lanes[l].task;
      figures_.of_squared_error(tasks[t], sums[l] / static_cast<double>(group.judged.count),
                                group.squared_distances[l],
                                std::span(outcome.of_tasks).subspan(t * count, count));
    }
  }
}

}  // namespace equivolve::algorithm_discovery
