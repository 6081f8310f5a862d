// A search on the toy evaluator without a store, described by what a test changes.
#pragma once

#include <string>

#include "engine/run/pipeline.hpp"
#include "engine/run/search_algorithm.hpp"
#include "tests/engine/run/shuffling_executor.hpp"
#include "tests/engine/run/toy_evaluator.hpp"

namespace equivolve::engine::test {

struct ToyRun {
  ToyEvaluator evaluator;
  PipelineSettings settings;
  BudgetConfig budget;
  std::string algorithm = "regularized_evolution";
  std::string executor = "threads";
  unsigned workers = 2;
  std::uint64_t shuffle = 0;  ///< 0: none
  std::uint32_t population_size = 50;
  std::string schedule = "full";
  std::uint32_t repeats = 1;
  std::string pruning = "off";
  StoreWriter* writer = nullptr;
  std::function<void(Pipeline&)> on_pipeline = [](Pipeline&) {};

  PipelineTotals totals;
  hashing::Accounting accounting;
  std::string result_digest, trajectory_digest;
  StopCause stopped_by = StopCause::kNone;
  std::vector<Leader> leaders;

  ToyRun() {
    settings.seed = 7;
    settings.verify_fraction = 0;
    budget.candidates = 2000;
  }

  ToyRun& go() {
    SteadyClock clock;
    RunningTime time(clock);
    SearchConfig search;
    search.algorithm = algorithm;
    search.population_size = population_size;
    search.tournament_size = 5;
    search.migration_every = 300;
    search.schedule = schedule;
    search.repeats = settings.repeats = repeats;
    search.pruning = pruning;
    settings.prunes = pruning != "off";
    const search::Algorithm chosen = make_algorithm(search, evaluator.info().figures, toy_space());
    auto where = shuffle != 0 ? make_shuffling_executor(shuffle)
                              : std::move(*make_executor(executor, workers));
    search::Searcher searcher(chosen, toy_space(), settings.seed,
                              make_schedule(search, evaluator.info().levels), make_pruner(search));
    Pipeline pipeline(settings, std::move(searcher), evaluator, *where, time,
                      BudgetMeter(budget, evaluator.info().figures), writer, nullptr);
    on_pipeline(pipeline);
    pipeline.start();
    while (!pipeline.wait(std::chrono::milliseconds(100))) {
    }
    where.reset();
    totals = pipeline.totals();
    accounting = pipeline.accounting();
    result_digest = pipeline.digests().result_digest();
    trajectory_digest = pipeline.digests().trajectory_digest();
    stopped_by = pipeline.stopped_by();
    leaders = pipeline.leaders().leaders();
    return *this;
  }
};

}  // namespace equivolve::engine::test
