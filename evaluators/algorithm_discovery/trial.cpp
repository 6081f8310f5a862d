#include "evaluators/algorithm_discovery/trial.hpp"

#include <fmt/format.h>

namespace equivolve::algorithm_discovery {
namespace {

/// One program run of a trial: its place, and room for what comes out.
struct Job {
  const Task* task = nullptr;
  std::uint32_t positive = 0;
  std::uint64_t seed = 0;
  std::span<double> scores;
  Ended ended;
};

void run_job(Job& job, interpreters::Machine& machine, const Rules& rules,
             const std::function<bool()>& stop) {
  const Labels train_labels(job.task->train, job.positive),
      judged_labels(job.task->judged, job.positive);
  ProgramRun run(machine, rules, {job.seed, hashing::Purpose::kEvaluate});
  if (run.train(job.task->train, train_labels, stop))
    run.judge(job.task->judged, &judged_labels, job.scores, stop);
  job.ended = run.ended();
}

struct Jobs {
  std::vector<double> scores;
  std::vector<Job> list;  // task after task, class after class
};

Jobs list_jobs(const std::vector<Task>& tasks, std::uint64_t common_seed) {
  Jobs jobs;
  std::size_t room = 0;
  for (const Task& task : tasks) room += runs_of(task.classes) * task.judged.rows();
  jobs.scores.resize(room);
  std::size_t at = 0;
  for (std::size_t t = 0; t < tasks.size(); ++t)
    for (std::uint32_t r = 0; r < runs_of(tasks[t].classes); ++r) {
      const std::size_t rows = tasks[t].judged.rows();
      const std::uint32_t positive = positive_class(tasks[t].classes, r);
      jobs.list.push_back(Job{&tasks[t],
                              positive,
                              draw_seed(common_seed, t, positive),
                              std::span(jobs.scores).subspan(at, rows),
                              {}});
      at += rows;
    }
  return jobs;
}

/// Fills in the status when a job did not finish.
bool all_finished(const Jobs& jobs, TrialOutcome& outcome) {
  for (std::size_t i = 0; i < jobs.list.size(); ++i) {
    const Ended& ended = jobs.list[i].ended;
    if (ended.how == End::kFinished) continue;
    if (ended.how == End::kCancelled) {
      outcome.status = EQV_CANCELLED;
      return false;
    }
    outcome.status = EQV_NON_FINITE;
    outcome.message = fmt::format(
        "{} at example {} of run {}",
        ended.how == End::kNonFinite ? "a prediction is not finite" : "error bound passed",
        ended.example + 1, i + 1);
    return false;
  }
  return true;
}

Told told_of(const Task& task, std::span<const double> scores) {
  Told told;
  if (task.classes == 0) {
    told.targets.assign(scores.begin(), scores.end());
  } else {
    told.classes.resize(task.judged.rows());
    tell_classes(scores, task.classes, told.classes);
  }
  return told;
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

std::uint64_t Trial::length(const interpreters::Machine& machine,
                            const std::vector<Task>& tasks) const {
  std::uint64_t sum = 0;
  for (const Task& task : tasks)
    sum +=
        runs_of(task.classes) * run_length(machine, rules_, task.train.rows(), task.judged.rows());
  return sum;
}

TrialOutcome Trial::run(const search::PreparedProgram& program, const search::MemoryShape& shape,
                        const std::vector<Task>& tasks, std::uint64_t common_seed, bool want_items,
                        unsigned threads, const ParallelFor& parallel_for,
                        const std::function<bool()>& stop) const {
  TrialOutcome outcome;
  interpreters::Machine& machine = thread_machine();
  machine.load(program, shape);
  outcome.instructions = length(machine, tasks);
  if (outcome.instructions > max_instructions_) {
    outcome.status = EQV_INFEASIBLE;
    outcome.message =
        fmt::format("the trial takes {} live instructions; max_live_instructions is {}",
                    outcome.instructions, max_instructions_);
    return outcome;
  }
  Jobs jobs = list_jobs(tasks, common_seed);
  if (threads > 1 && jobs.list.size() > 1) {
    parallel_for(jobs.list.size(), [&](std::size_t i) {
      interpreters::Machine& own = thread_machine();
      own.load(program, shape);
      run_job(jobs.list[i], own, rules_, stop);
    });
  } else {
    for (Job& job : jobs.list) {
      run_job(job, machine, rules_, stop);
      if (job.ended.how != End::kFinished) break;
    }
  }
  if (!all_finished(jobs, outcome)) return outcome;

  const std::size_t count = figures_.table().size();
  outcome.of_tasks.resize(tasks.size() * count);
  const double* at = jobs.scores.data();
  for (std::size_t t = 0; t < tasks.size(); ++t) {
    const std::size_t room = runs_of(tasks[t].classes) * tasks[t].judged.rows();
    const Told told = told_of(tasks[t], {at, room});
    figures_.of_task(tasks[t], told, std::span(outcome.of_tasks).subspan(t * count, count));
    if (want_items) outcome.items = figures_.items(tasks[t], told);
    at += room;
  }
  return outcome;
}

}  // namespace equivolve::algorithm_discovery
