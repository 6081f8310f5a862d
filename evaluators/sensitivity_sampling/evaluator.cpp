// The face of sensitivity_sampling towards the host. Specification:
// docs/evaluators/sensitivity_sampling.md.
#include "evaluators/sdk/evaluator.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>

#include "evaluators/sensitivity_sampling/apply.hpp"
#include "evaluators/sensitivity_sampling/matrices.hpp"
#include "evaluators/sensitivity_sampling/samplers.hpp"
#include "evaluators/sensitivity_sampling/settings.hpp"
#include "evaluators/sensitivity_sampling/spaces.hpp"
#include "evaluators/sensitivity_sampling/threads.hpp"
#include "evaluators/sensitivity_sampling/trial.hpp"

namespace equivolve::sensitivity_sampling {
namespace {

constexpr double kAnything = std::numeric_limits<double>::infinity();

class SensitivitySampling {
 public:
  static const eqv_descriptor& descriptor() {
    static constexpr std::uint32_t representations[] = {EQV_EXPRESSION, EQV_CONFIGURATION};
    static const eqv_descriptor descriptor = {
        sizeof(eqv_descriptor),
        "sensitivity_sampling",
        "1",
        "the few weighted rows of a tall matrix that keep every l_p norm: rules and schemes to "
        "choose them",
        EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
        representations,
        2};
    return descriptor;
  }
  static std::string config_schema() { return sensitivity_sampling::config_schema(); }
  static std::string apply_schema() { return sensitivity_sampling::apply_schema(); }

  SensitivitySampling(sdk::Host host, std::string_view config_json)
      : host_(host),
        settings_(read_settings(config_json)),
        matrices_(settings_),
        levels_(make_levels(settings_.options, matrices_)),
        trial_(matrices_, settings_.options.powers) {
    const auto& table = matrices_.table();
    if (table) check(*table);
    set_figures();
    set_levels();
    instance_.struct_size = sizeof instance_;
    instance_.figures = figures_.data();
    instance_.figure_count = figures_.size();
    instance_.levels = level_infos_.data();
    instance_.level_count = level_infos_.size();
    instance_.offers_test_split = matrices_.count(true) > 0 ? 1 : 0;
    if (table) std::copy(table->digest.begin(), table->digest.end(), instance_.data_digest);
  }

  const eqv_instance_info& instance_info() const { return instance_; }

  std::string default_space(std::uint32_t representation) const {
    if (representation != static_cast<std::uint32_t>(settings_.representation))
      throw sdk::Refused("/representation", "is not the one this evaluator was made for");
    return sensitivity_sampling::default_space(settings_.representation);
  }
  void bind_space(std::string_view space_json) {
    check_space(settings_.representation, space_json);
  }
  std::string reference_candidates() const { return list_references(settings_.representation); }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request&,
                   sdk::OutputSink& sink) const {
    if (!candidate.reference().empty()) return EQV_UNSUPPORTED;
    const auto sampler = sampler_of(candidate);
    if (!sampler) return EQV_INVALID_CANDIDATE;
    sink.integer(static_cast<std::int64_t>(sampler->scheme.scheme));
    sink.integer(sampler->scheme.exact_size ? 1 : 0);
    sink.integer(feature_tier(*sampler));  // a figure of its own
    for (const ProbeTable& table : probe_tables()) {
      std::vector<double> scores = log_scores(*sampler, table.columns);
      if (sampler->uniform_share > 0) {
        // What is drawn by, where it is no longer the scores alone.
        const auto q = probabilities(*sampler, table.columns, table.m);
        if (!q) return EQV_INVALID_CANDIDATE;
        for (std::size_t r = 0; r < scores.size(); ++r) scores[r] = std::log((*q)[r]);
      }
      normalise(scores);
      sink.values(scores);
    }
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request& request,
                      sdk::Result& result) {
    const bool test = request.split == EQV_TEST;
    if (test && matrices_.count(true) == 0) {
      result.message("there is no test split");
      return EQV_UNSUPPORTED;
    }
    const auto sampler = sampler_of(candidate);
    if (!sampler) {
      result.message("not a sampler of this space");
      return EQV_INVALID_CANDIDATE;
    }
    const auto spread = [&](std::size_t n, const std::function<void(std::size_t)>& body) {
      host_.parallel_for(request, n, body);
    };
    const TrialOutcome outcome =
        trial_.run(*sampler, levels_[request.level], test, request.common_seed, spread,
                   [&] { return host_.is_cancelled(request); });
    if (outcome.status != EQV_OK) {
      result.message(outcome.message);
      return outcome.status;
    }
    report(*sampler, outcome, result);
    if (test) host_.items(request, 0, outcome.log_ratios);
    return EQV_OK;
  }

  eqv_status apply(const sdk::Candidate& candidate, const eqv_apply_request& request,
                   sdk::ArtefactSink& sink) const {
    const auto sampler = sampler_of(candidate);
    if (!sampler) throw sdk::Refused("", "not a sampler of this space");
    const ApplySettings settings = read_apply_settings(sdk::view(request.options_json));
    std::optional<TableMatrix> given;
    if (settings.data) {
      TableData data;
      if (settings_.table) data.columns = settings_.table->columns;
      data.file = *settings.data;
      data.target = settings.target;
      if (!data.target && settings_.table) data.target = settings_.table->target;
      given = read_matrix(data);
    } else if (!matrices_.table()) {
      throw sdk::Refused("/data", "is missing: name a CSV file, since the run has none of its own");
    }
    std::string text(candidate.reference());
    if (text.empty()) text = candidate.text();
    while (!text.empty() && text.back() == '\n') text.pop_back();
    std::replace(text.begin(), text.end(), '\n', ' ');
    if (given && !given->report.empty())
      host_.log(EQV_LOG_INFO, *settings.data + ": " + given->report);
    apply_sampler({given ? *given : *matrices_.table(), settings, request.common_seed,
                   on_threads(settings.threads),
                   [&](const std::string& said) { host_.log(EQV_LOG_WARNING, said); },
                   [&](const std::string& said) { host_.log(EQV_LOG_INFO, said); }},
                  *sampler, text, sink);
    return EQV_OK;
  }

 private:
  void check(const TableMatrix& table) {
    const auto basis = row_sampling::orthonormal_basis(table.a.view());
    if (!basis) throw sdk::Refused("/data/file", basis.error());
    if (!table.report.empty()) host_.log(EQV_LOG_INFO, settings_.table->file + ": " + table.report);
    for (std::size_t column : basis->dropped)
      host_.log(EQV_LOG_WARNING, settings_.table->file + ": column '" + table.names[column] +
                                     "' depends on those before it and is left out");
  }

  void set_figures() {
    const auto add = [&](const char* name, std::uint32_t role, double low, double high) {
      figures_.push_back({sizeof(eqv_figure), name, "", role, EQV_MINIMIZE, low, high, 1});
    };
    add("log_distortion_ratio", EQV_OBJECTIVE, -kAnything, kAnything);
    add("worst_cell", EQV_METRIC, -kAnything, kAnything);
    add("deficient_share", EQV_METRIC, 0, 1);
    add("biased_share", EQV_METRIC, 0, 1);
    add("kept_share", EQV_METRIC, 0, kAnything);
    add("feature_tier", EQV_DESCRIPTOR, 0, 3);
    if (matrices_.regresses(false)) add("regression_error", EQV_METRIC, 0, kWorstError);
  }

  void set_levels() {
    const auto work = [](const Level& level) {
      return static_cast<double>(level.rows) * level.seeds *
             static_cast<double>(level.budgets.size() * (1 + level.search.refined));
    };
    for (const Level& level : levels_)
      level_infos_.push_back(
          {sizeof(eqv_level), level.name, work(level) / work(levels_.back()), 0});
  }

  void report(const Sampler& sampler, const TrialOutcome& outcome, sdk::Result& result) const {
    const auto figures = result.figures();
    double sum = 0;
    for (double ratio : outcome.log_ratios) sum += ratio;
    figures[0] = sum / static_cast<double>(outcome.log_ratios.size());
    figures[1] = *std::max_element(outcome.log_ratios.begin(), outcome.log_ratios.end());
    figures[2] = outcome.deficient_share;
    figures[3] = outcome.biased_share;
    figures[4] = outcome.kept_share;
    figures[5] = feature_tier(sampler);
    if (figures_.size() > 6) figures[6] = outcome.regression_error;
    result.cost(outcome.samples);
  }

  std::optional<Sampler> sampler_of(const sdk::Candidate& candidate) const {
    if (!candidate.reference().empty()) return reference_sampler(candidate.reference());
    if (candidate.representation() != static_cast<std::uint32_t>(settings_.representation))
      return std::nullopt;
    if (settings_.representation == search::Representation::kConfiguration)
      return configured_sampler(candidate.text());
    if (!search::check_expression(candidate.genome(), input_names().size())) return std::nullopt;
    const auto formula = *search::view_expression(candidate.genome());
    Sampler sampler;
    sampler.formula.assign(formula.begin(), formula.end());
    return sampler;
  }

  // Constant after construction.
  sdk::Host host_;
  Settings settings_;
  Matrices matrices_;
  std::vector<Level> levels_;
  Trial trial_;
  std::vector<eqv_figure> figures_;
  std::vector<eqv_level> level_infos_;
  eqv_instance_info instance_{};
};

}  // namespace

EQUIVOLVE_EVALUATOR(SensitivitySampling)

}  // namespace equivolve::sensitivity_sampling
