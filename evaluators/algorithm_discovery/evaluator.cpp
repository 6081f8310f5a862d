// The face of algorithm_discovery towards the host. Specification:
// docs/evaluators/algorithm_discovery.md.
#include "evaluators/sdk/evaluator.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "evaluators/algorithm_discovery/apply.hpp"
#include "evaluators/algorithm_discovery/formulas.hpp"
#include "evaluators/algorithm_discovery/probe.hpp"
#include "evaluators/algorithm_discovery/references.hpp"
#include "evaluators/algorithm_discovery/settings.hpp"
#include "evaluators/algorithm_discovery/space.hpp"
#include "evaluators/algorithm_discovery/trial.hpp"

namespace equivolve::algorithm_discovery {
namespace {

class AlgorithmDiscovery {
 public:
  static const eqv_descriptor& descriptor() {
    static constexpr std::uint32_t representations[] = {EQV_PROGRAM, EQV_EXPRESSION};
    static const eqv_descriptor descriptor = {
        sizeof(eqv_descriptor),
        "algorithm_discovery",
        "1",
        "learning algorithms from nothing: programs that learn to classify or predict numbers, and "
        "formulas",
        EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
        representations,
        2};
    return descriptor;
  }
  static std::string config_schema() { return algorithm_discovery::config_schema(); }
  static std::string apply_schema() { return algorithm_discovery::apply_schema(); }

  AlgorithmDiscovery(sdk::Host host, std::string_view config_json)
      : host_(host),
        settings_(read_settings(config_json)),
        problem_(settings_.synthetic ? open_synthetic(*settings_.synthetic, settings_.options)
                                     : open_table(*settings_.table, settings_.options)),
        figures_(problem_->info(), settings_.options),
        rules_{problem_->info().kind == TaskKind::kClassification, settings_.options.error_bound,
               settings_.options.epochs},
        trial_(figures_, rules_, settings_.options.max_live_instructions),
        space_(read_space(algorithm_discovery::default_space(problem_->info(), settings_),
                          problem_->info())) {
    if (settings_.representation == search::Representation::kExpression)
      formulas_.emplace(*problem_, figures_, settings_.options);
    set_levels();
    instance_.struct_size = sizeof instance_;
    instance_.figures = figures_.table().data();
    instance_.figure_count = figures_.table().size();
    instance_.levels = levels_.data();
    instance_.level_count = levels_.size();
    instance_.offers_test_split = problem_->info().has_test;
    std::copy(problem_->info().digest.begin(), problem_->info().digest.end(),
              instance_.data_digest);
    instance_.probe_exact = formulas_ ? 0 : 1;
    // Fits that ended beside each other differ in figures as well, a little.
    instance_.probe_mantissa_bits = formulas_ ? kFormulaMantissaBits : 0;
    instance_.refines_genomes = settings_.options.inherit ? 1 : 0;
    typical_tasks_ = problem_->validation_tasks(0);
    if (const std::string& report = problem_->info().report; !report.empty())
      host_.log(EQV_LOG_INFO, settings_.table->file + ": " + report);
  }

  const eqv_instance_info& instance_info() const { return instance_; }

  std::string default_space(std::uint32_t representation) const {
    if (formulas_ ? representation != EQV_EXPRESSION : representation != EQV_PROGRAM)
      throw sdk::Refused("/representation", "is not the one this evaluator was made for");
    if (formulas_) return formulas_->default_space();
    return algorithm_discovery::default_space(problem_->info(), settings_);
  }
  void bind_space(std::string_view space_json) {
    if (formulas_)
      formulas_->bind_space(space_json);
    else
      space_ = read_space(space_json, problem_->info());
  }
  std::string reference_candidates() const {
    if (formulas_) return list_rivals(problem_->info());
    const bool two_layers =
        settings_.synthetic && settings_.synthetic->kind == Synthetic::kTwoLayerTeacher;
    return list_references(problem_->info(), space_, two_layers);
  }

  eqv_status refine(const sdk::Candidate& candidate, sdk::GenomeSink& sink) const {
    const auto formula = formulas_ ? formulas_->checked(candidate) : std::nullopt;
    if (!formula) return EQV_INVALID_CANDIDATE;
    formulas_->refine(*formula, sink);
    return EQV_OK;
  }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request& request,
                   sdk::OutputSink& sink) {
    if (!candidate.reference().empty()) return EQV_UNSUPPORTED;
    if (formulas_) return probe_formula(candidate, sink);
    const auto view = checked(candidate);
    if (!view) return EQV_INVALID_CANDIDATE;
    const search::PreparedProgram& program = pruned(candidate, *view);
    thread_local std::vector<std::byte> key;
    search::canonical_bytes(program, key);
    if (sink.known(key)) return EQV_OK;
    interpreters::Machine& machine = thread_machine();
    machine.load(program, space_.memories);
    const bool within =
        trial_.length(program, *typical_tasks_) <= settings_.options.max_live_instructions;
    run_probe(machine, program, rules_, request.seed, {within}, sink);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request& request,
                      sdk::Result& result) {
    const bool test = request.split == EQV_TEST;
    if (test && !problem_->info().has_test) {
      result.message("there is no test split");
      return EQV_UNSUPPORTED;
    }
    const Tasks tasks = test ? problem_->test_tasks(request.common_seed)
                             : problem_->validation_tasks(request.common_seed, tasks_of(request));
    if (!candidate.reference().empty())
      return evaluate_rival(candidate.reference(), *tasks, request, result);
    const bool row_items = test && problem_->items_are_rows();
    const auto spread = [&](std::size_t n, const std::function<void(std::size_t)>& body) {
      host_.parallel_for(request, n, body);
    };
    const auto stop = [&] { return host_.is_cancelled(request); };
    if (formulas_) {
      const auto formula = formulas_->checked(candidate);
      if (!formula) {
        result.message("not a valid expression for this space");
        return EQV_INVALID_CANDIDATE;
      }
      return told(request,
                  formulas_->evaluate(*formula, *tasks, row_items, request.threads, spread, stop),
                  result);
    }
    const auto view = checked(candidate);
    if (!view) {
      result.message("not a valid program for this space");
      return EQV_INVALID_CANDIDATE;
    }
    return told(request,
                trial_.run(pruned(candidate, *view), space_.memories, *tasks, request.common_seed,
                           row_items, request.threads, spread, stop),
                result);
  }

  eqv_status apply(const sdk::Candidate& candidate, const eqv_apply_request& request,
                   sdk::ArtefactSink& sink) {
    const ApplyContext context{*problem_,
                               settings_.options,
                               rules_,
                               read_apply_settings(sdk::view(request.options_json)),
                               request.common_seed,
                               [&](const std::string& text) { host_.log(EQV_LOG_WARNING, text); },
                               [&](const std::string& text) { host_.log(EQV_LOG_INFO, text); }};
    if (!candidate.reference().empty()) {
      const std::string name(candidate.reference());
      if (!is_rival(name, problem_->info().kind))
        throw sdk::Refused("", "no reference is called '" + name + "'");
      apply_rival(context, name, sink);
      return EQV_OK;
    }
    if (formulas_) {
      const auto formula = formulas_->checked(candidate);
      if (!formula) throw sdk::Refused("", "not a valid expression for this space");
      formulas_->apply(context, *formula, sink);
      return EQV_OK;
    }
    const auto view = checked(candidate);
    if (!view) throw sdk::Refused("", "not a valid program for this space");
    apply_program(context, *view, search::prepare_pruned(*view, convention()), space_.memories,
                  sink);
    return EQV_OK;
  }

 private:
  /// Means over few tasks are not on the scale of those over many: the luckiest of them stand out.
  void set_levels() {
    const std::uint32_t few = settings_.options.screening_tasks, all = problem_->task_count();
    if (few >= all && few > 0)
      throw sdk::Refused("/options/screening_tasks",
                         "is " + std::to_string(few) + ", and a trial has " + std::to_string(all) +
                             (all == 1 ? " task" : " tasks") + "; expected fewer than that");
    if (few > 0)
      levels_.push_back({sizeof(eqv_level), "screening", static_cast<double>(few) / all, 0});
    levels_.push_back({sizeof(eqv_level), "full", 1.0, 0});
  }
  std::uint32_t tasks_of(const eqv_trial_request& request) const {
    const bool screens = levels_.size() > 1 && request.level == 0;
    return screens ? settings_.options.screening_tasks : kAllTasks;
  }

  search::CycleConvention convention() const { return {rules_.classification}; }

  /// This thread's, so that candidates allocate nothing: holds until its next call. Who is probed
  /// is often evaluated next, and is not pruned again.
  const search::PreparedProgram& pruned(const sdk::Candidate& candidate,
                                        const search::ProgramView& view) const {
    struct Pruned {
      std::vector<std::byte> genome;
      bool classification = false;
      search::PreparedProgram program;
    };
    thread_local Pruned kept;
    const search::GenomeView genome = candidate.genome();
    if (kept.classification == rules_.classification && kept.genome.size() == genome.size() &&
        std::memcmp(kept.genome.data(), genome.data(), genome.size()) == 0)
      return kept.program;
    kept.genome.clear();
    search::prepare_pruned(view, convention(), kept.program);
    kept.genome.assign(genome.begin(), genome.end());
    kept.classification = rules_.classification;
    return kept.program;
  }

  std::optional<search::ProgramView> checked(const sdk::Candidate& candidate) const {
    if (candidate.representation() != EQV_PROGRAM) return std::nullopt;
    const auto program = search::check_program(candidate.genome(), space_.memories);
    if (!program) return std::nullopt;
    return *program;
  }

  eqv_status probe_formula(const sdk::Candidate& candidate, sdk::OutputSink& sink) const {
    const auto formula = formulas_->checked(candidate);
    if (!formula) return EQV_INVALID_CANDIDATE;
    formulas_->probe(*formula, sink);
    return EQV_OK;
  }

  eqv_status told(const eqv_trial_request& request, TrialOutcome outcome, sdk::Result& result) {
    if (outcome.status != EQV_OK) {
      result.message(outcome.message);
      if (outcome.status != EQV_CANCELLED && !result.figures().empty()) result.figures()[0] = 0;
      return outcome.status;
    }
    result.cost(outcome.instructions);
    return report(request, outcome, result);
  }

  eqv_status evaluate_rival(std::string_view name, const TaskSet& tasks,
                            const eqv_trial_request& request, sdk::Result& result) {
    if (!is_rival(name, problem_->info().kind)) {
      result.message("no reference has this name");
      return EQV_INVALID_CANDIDATE;
    }
    TrialOutcome outcome;
    const std::size_t count = figures_.table().size();
    outcome.of_tasks.resize(tasks.size() * count);
    for (std::size_t t = 0; t < tasks.size(); ++t) {
      if (host_.is_cancelled(request)) return EQV_CANCELLED;
      const Told predicted = tell(fit_rival(name, tasks[t], settings_.options.balanced), tasks[t]);
      const auto of_task = std::span(outcome.of_tasks).subspan(t * count, count);
      figures_.of_task(tasks[t], predicted, of_task);
      figures_.set_complexity(complexity_of_rival(name, problem_->info()), of_task);
      if (request.split == EQV_TEST && problem_->items_are_rows())
        outcome.items = figures_.items(tasks[t], predicted);
    }
    return report(request, outcome, result);
  }

  /// Figures of the tasks to figures of the trial, and its items on the test split.
  eqv_status report(const eqv_trial_request& request, TrialOutcome& outcome, sdk::Result& result) {
    const std::size_t count = figures_.table().size();
    if (result.figures().size() < count) return EQV_INTERNAL;
    figures_.aggregate(outcome.of_tasks, result.figures());
    if (request.split != EQV_TEST) return EQV_OK;
    // A median is no mean of its parts, so then there are no items.
    if (!problem_->items_are_rows() && settings_.options.aggregate == Aggregate::kMean)
      for (std::size_t at = 0; at < outcome.of_tasks.size(); at += count)
        outcome.items.push_back(outcome.of_tasks[at]);
    if (!outcome.items.empty()) host_.items(request, 0, outcome.items);
    return EQV_OK;
  }

  // Constant after construction, but for the space, which bind_space sets before any candidate.
  sdk::Host host_;
  Settings settings_;
  std::unique_ptr<Problem> problem_;
  Figures figures_;
  Rules rules_;
  Trial trial_;
  search::ProgramSpace space_;
  std::optional<Formulas> formulas_;  // where candidates are formulas, and then programs are none
  std::vector<eqv_level> levels_;
  eqv_instance_info instance_{};
  Tasks typical_tasks_;  // sizes only: those of every seed are the same
};

}  // namespace

EQUIVOLVE_EVALUATOR(AlgorithmDiscovery)

}  // namespace equivolve::algorithm_discovery
