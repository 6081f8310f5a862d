// The face of test_time_adaptation towards the host. Specification:
// docs/evaluators/test_time_adaptation.md.
#include "evaluators/sdk/evaluator.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "evaluators/common/configurations/bound_space.hpp"
#include "evaluators/test_time_adaptation/apply.hpp"
#include "evaluators/test_time_adaptation/probe.hpp"
#include "evaluators/test_time_adaptation/references.hpp"
#include "evaluators/test_time_adaptation/settings.hpp"
#include "evaluators/test_time_adaptation/space.hpp"
#include "evaluators/test_time_adaptation/trial.hpp"

namespace equivolve::test_time_adaptation {
namespace {

class TestTimeAdaptation {
 public:
  static const eqv_descriptor& descriptor() {
    static constexpr std::uint32_t representations[] = {EQV_CONFIGURATION, EQV_EXPRESSION};
    static const eqv_descriptor descriptor = {
        sizeof(eqv_descriptor),
        "test_time_adaptation",
        "1",
        "recipes by which a trained classifier adapts itself to a stream of unlabelled inputs "
        "whose "
        "distribution keeps changing",
        EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
        representations,
        2};
    return descriptor;
  }
  static std::string config_schema() { return test_time_adaptation::config_schema(); }
  static std::string apply_schema() { return test_time_adaptation::apply_schema(); }

  TestTimeAdaptation(sdk::Host host, std::string_view config_json)
      : host_(host),
        settings_(read_settings(config_json)),
        problem_(settings_),
        views_(views_of(settings_.options.views, problem_.is_convolutional())),
        figures_(problem_, settings_.options.cost) {
    bind_space(default_space(representation()));
    set_levels();
    instance_.struct_size = sizeof instance_;
    instance_.figures = figures_.table().data();
    instance_.figure_count = figures_.table().size();
    instance_.levels = levels_.data();
    instance_.level_count = levels_.size();
    instance_.offers_test_split = 1;
    const auto& digest = problem_.data().digest;
    std::copy(digest.begin(), digest.end(), instance_.data_digest);
    if (!problem_.data().report.empty())
      host_.log(EQV_LOG_INFO, settings_.data.file + ": " + problem_.data().report);
    if (const std::string report = problem_.model_report(); !report.empty())
      host_.log(EQV_LOG_INFO, report);
  }

  const eqv_instance_info& instance_info() const { return instance_; }

  std::string default_space(std::uint32_t wanted) const {
    if (wanted != representation())
      throw sdk::Refused("/representation", "is not the one this evaluator was made for");
    return formulas() ? default_formulas(settings_.options.rule) : default_configurations();
  }
  void bind_space(std::string_view space_json) {
    if (formulas()) return;  // what a formula reads is fixed
    auto space = configurations::read_bound_space(space_json);
    if (!space) throw sdk::Refused("/parameters", space.error());
    space_ = *std::move(space);
  }
  std::string reference_candidates() const { return list_references(views_); }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request& request,
                   sdk::OutputSink& sink) {
    if (!candidate.reference().empty()) return EQV_UNSUPPORTED;
    const auto adaptation = meaning_of(candidate);
    if (!adaptation) return EQV_INVALID_CANDIDATE;
    run_probe(problem_, *adaptation, request.seed, sink);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request& request,
                      sdk::Result& result) {
    const auto adaptation = meaning_of(candidate);
    if (!adaptation) {
      result.message(candidate.reference().empty() ? "not a valid candidate of this space"
                                                   : "no reference has this name");
      return EQV_INVALID_CANDIDATE;
    }
    const bool screening = levels_.size() > 1 && request.level == 0;
    const auto runs = run_cells(
        problem_, *adaptation, {request.common_seed, request.split == EQV_TEST, screening},
        [&](std::size_t n, const std::function<void(std::size_t)>& body) {
          host_.parallel_for(request, n, body);
        },
        [&] { return host_.is_cancelled(request); });
    if (runs.empty()) return EQV_CANCELLED;
    std::uint64_t passes = 0;
    for (const StreamRun& run : runs) {
      if (run.cancelled) return EQV_CANCELLED;
      if (!run.finite) {
        result.message("a prediction, a weight or a formula was not finite");
        return EQV_NON_FINITE;
      }
      passes += run.counts.passes;
    }
    if (result.figures().size() < figures_.table().size()) return EQV_INTERNAL;
    result.cost(passes);
    figures_.write(runs, result.figures());
    if (request.split == EQV_TEST) host_.items(request, 0, items_of(runs));
    return EQV_OK;
  }

  eqv_status apply(const sdk::Candidate& candidate, const eqv_apply_request& request,
                   sdk::ArtefactSink& sink) {
    const auto adaptation = meaning_of(candidate);
    if (!adaptation) throw sdk::Refused("", "not a valid candidate of this space");
    const ApplyContext context{problem_,
                               settings_,
                               read_apply_settings(sdk::view(request.options_json)),
                               request.common_seed,
                               [&](const std::string& text) { host_.log(EQV_LOG_INFO, text); },
                               [&](const std::string& text) { host_.log(EQV_LOG_WARNING, text); }};
    apply_adaptation(context, *adaptation, adaptation->rule ? candidate.text() : "", sink);
    return EQV_OK;
  }

 private:
  bool formulas() const { return settings_.representation == search::Representation::kExpression; }
  std::uint32_t representation() const { return formulas() ? EQV_EXPRESSION : EQV_CONFIGURATION; }

  /// Few samples are not on the scale of many: batch by batch a stream goes on adapting.
  void set_levels() {
    const double few = settings_.options.screening_samples, all = settings_.options.stream.samples;
    if (few > 0)
      levels_.push_back(
          {sizeof(eqv_level), "screening", few / all / settings_.options.stream.rounds, 0});
    levels_.push_back({sizeof(eqv_level), "full", 1.0, 0});
  }

  std::optional<Adaptation> meaning_of(const sdk::Candidate& candidate) const {
    if (const auto name = candidate.reference(); !name.empty()) {
      const auto recipe = reference_recipe(name, views_);
      if (!recipe) return std::nullopt;
      return Adaptation{*recipe, {}};
    }
    if (candidate.representation() != representation()) return std::nullopt;
    if (!formulas()) {
      if (!search::check_genome(candidate.genome(), space_)) return std::nullopt;
      return Adaptation{recipe_of(candidate.genome(), space_), {}};
    }
    const RulePart part = settings_.options.rule;
    if (!search::check_expression(candidate.genome(), rule_inputs(part).size()))
      return std::nullopt;
    return Adaptation{*reference_recipe("petal_fim", views_),
                      FormulaRule(part, *search::view_expression(candidate.genome()))};
  }

  // Constant after construction, but for the space, which bind_space sets before any candidate.
  sdk::Host host_;
  Settings settings_;
  Problem problem_;
  Views views_;
  TrialFigures figures_;
  search::ConfigurationSpace space_;
  std::vector<eqv_level> levels_;
  eqv_instance_info instance_{};
};

}  // namespace

EQUIVOLVE_EVALUATOR(TestTimeAdaptation)

}  // namespace equivolve::test_time_adaptation
