#include "engine/run/search_only.hpp"

#include <algorithm>
#include <chrono>

#include "engine/plugins/scripts/script_evaluator.hpp"

namespace equivolve::engine {

PipelineSettings pipeline_settings(const Preparation& prepared) {
  const Configuration& c = prepared.config;
  PipelineSettings s;
  s.seed = c.seed;
  s.probe_seed = probe_seed(prepared.context);
  s.lookahead = c.search.lookahead;
  s.policy = c.hashing.policy;
  s.record_digests = c.hashing.record;
  s.forget_probability = c.hashing.forget_probability;
  s.forget_after = c.hashing.forget_after;
  s.max_evaluations = c.hashing.max_evaluations;
  s.two_keys = hashing::has_two_keys(prepared.evaluator->info().sink);
  s.functional_change = c.search.functional_change;
  s.tabu_limit = c.search.tabu_limit;
  s.tabu_attempts = c.search.tabu_attempts;
  s.capacity = c.hashing.capacity;
  s.verify_fraction = c.hashing.verify_fraction;
  s.repeats = c.search.repeats;
  s.prunes = c.search.pruning != "off";
  s.leaders_kept = std::max<std::uint32_t>(c.final_stage.top, 1);
  s.max_failed_share = c.evaluator.max_failed_share;
  s.deadline = c.evaluator.deadline;
  return s;
}

unsigned executor_width(const Configuration& config) {
  // More threads than requests in flight would only wait; the search's own width is a bound.
  const unsigned cores = available_cores();
  const unsigned workers = config.workers != 0 ? config.workers : cores;
  // Each question that waits at a worker has a thread that waits for its answer.
  const bool in_workers =
      config.evaluator.isolation == "process" && config.evaluator.id != kScriptId;
  const unsigned wanted = in_workers ? workers * config.prefetch : workers;
  return std::min(wanted, std::max(config.search.lookahead, cores));
}

tl::expected<SearchOnly, std::string> search_only(const Preparation& prepared) {
  const unsigned width = executor_width(prepared.config);
  auto executor = make_executor(prepared.config.executor, width);
  if (!executor) return tl::unexpected(executor.error());
  const SteadyClock clock;
  RunningTime time(clock);
  const BudgetMeter budget(prepared.config.budget, prepared.evaluator->info().figures);
  Pipeline pipeline(pipeline_settings(prepared), make_searcher(prepared), *prepared.evaluator,
                    **executor, time, budget, nullptr, nullptr);
  const auto start = clock.now();
  pipeline.start();
  while (!pipeline.wait(std::chrono::milliseconds(50))) {
  }
  const std::chrono::duration<double> spent = clock.now() - start;
  executor->reset();
  if (!pipeline.defect().empty()) return tl::unexpected(pipeline.defect());
  return SearchOnly{pipeline.totals(),
                    pipeline.accounting(),
                    pipeline.stopped_by(),
                    pipeline.digests().result_digest(),
                    pipeline.digests().trajectory_digest(),
                    spent.count()};
}

}  // namespace equivolve::engine
