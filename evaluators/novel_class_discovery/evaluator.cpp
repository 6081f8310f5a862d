// The face of novel_class_discovery towards the host. Specification:
// docs/evaluators/novel_class_discovery.md.
#include "evaluators/sdk/evaluator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "evaluators/novel_class_discovery/apply.hpp"
#include "evaluators/novel_class_discovery/folds.hpp"
#include "evaluators/novel_class_discovery/probe.hpp"
#include "evaluators/novel_class_discovery/space.hpp"
#include "evaluators/novel_class_discovery/trial.hpp"

namespace equivolve::novel_class_discovery {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

eqv_figure figure(const char* name, std::uint32_t role, std::uint32_t direction, double low,
                  double high) {
  return {sizeof(eqv_figure), name, "", role, direction, low, high, 1};
}

const std::vector<eqv_figure>& figure_table() {
  static const std::vector<eqv_figure> table{
      figure("accuracy", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1),
      figure("accuracy_spread", EQV_METRIC, EQV_MINIMIZE, 0, 1),
      figure("balanced_accuracy", EQV_METRIC, EQV_MAXIMIZE, 0, 1),
      figure("nmi", EQV_METRIC, EQV_MAXIMIZE, 0, 1),
      figure("ari", EQV_METRIC, EQV_MAXIMIZE, -1, 1),
      figure("transductive_accuracy", EQV_METRIC, EQV_MAXIMIZE, 0, 1),
      figure("transductive_balanced_accuracy", EQV_METRIC, EQV_MAXIMIZE, 0, 1),
      figure("transductive_nmi", EQV_METRIC, EQV_MAXIMIZE, 0, 1),
      figure("transductive_ari", EQV_METRIC, EQV_MAXIMIZE, -1, 1),
      figure("novel_classes", EQV_METRIC, EQV_MAXIMIZE, 0, kInfinite)};
  return table;
}

void put_figures(const TrialOutcome& out, std::span<double> figures) {
  const double values[] = {out.inductive.accuracy,
                           out.spread,
                           out.inductive.balanced_accuracy,
                           out.inductive.nmi,
                           out.inductive.ari,
                           out.transductive.accuracy,
                           out.transductive.balanced_accuracy,
                           out.transductive.nmi,
                           out.transductive.ari,
                           out.clusters};
  std::copy(std::begin(values), std::end(values), figures.begin());
}

class NovelClassDiscovery {
 public:
  static const eqv_descriptor& descriptor() {
    static constexpr std::uint32_t representations[] = {EQV_CONFIGURATION, EQV_GRAPH};
    static const eqv_descriptor descriptor = {
        sizeof(eqv_descriptor),
        "novel_class_discovery",
        "2",
        "new classes among the unlabelled rows of a table in which other classes are known",
        EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
        representations,
        2};
    return descriptor;
  }
  static std::string config_schema() { return novel_class_discovery::config_schema(); }
  static std::string apply_schema() { return novel_class_discovery::apply_schema(); }

  NovelClassDiscovery(sdk::Host host, std::string_view config_json)
      : host_(host),
        settings_(read_settings(config_json)),
        opened_(open_problem(settings_.data)),
        facts_(facts_of(problem(), settings_.options)),
        space_(read_space(novel_class_discovery::default_space(facts_))),
        probe_(problem().train) {
    check_sizes();
    set_levels();
    instance_.struct_size = sizeof instance_;
    instance_.figures = figure_table().data();
    instance_.figure_count = figure_table().size();
    instance_.levels = levels_.data();
    instance_.level_count = levels_.size();
    instance_.offers_test_split = problem().has_test;
    std::copy(problem().digest.begin(), problem().digest.end(), instance_.data_digest);
    host_.log(EQV_LOG_INFO, settings_.data.file + ": " + problem().labels_report);
    if (!problem().report.empty())
      host_.log(EQV_LOG_INFO, settings_.data.file + ": " + problem().report);
  }

  const eqv_instance_info& instance_info() const { return instance_; }

  std::string default_space(std::uint32_t representation) const {
    if (representation == EQV_GRAPH) return default_cell_space();
    if (representation != EQV_CONFIGURATION)
      throw sdk::Refused("/representation",
                         "this evaluator knows 'configuration' (methods) and 'graph' (encoders of "
                         "PBN)");
    return novel_class_discovery::default_space(facts_);
  }
  void bind_space(std::string_view space_json) { space_ = read_space(space_json); }
  std::string reference_candidates() const { return list_references(space_); }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request& request,
                   sdk::OutputSink& sink) {
    const auto method = checked(candidate);
    if (!method) return EQV_INVALID_CANDIDATE;
    probe_.run(*method, request.seed, sink);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request& request,
                      sdk::Result& result) {
    const auto method = checked(candidate);
    if (!method) {
      result.message("not a valid configuration for this space");
      return EQV_INVALID_CANDIDATE;
    }
    const bool is_test = request.split == EQV_TEST;
    if (is_test && !problem().has_test) {
      result.message("there is no test split: no test row has a hidden label");
      return EQV_UNSUPPORTED;
    }
    TrialSettings how = trial_settings(is_test ? levels_.size() - 1 : request.level);
    how.seed = request.common_seed;
    how.parallel_for = [&](std::size_t n, const std::function<void(std::size_t)>& body) {
      host_.parallel_for(request, n, body);
    };
    how.stop = [&] { return host_.is_cancelled(request); };
    const TrialOutcome out =
        is_test ? test_trial(*method, problem(), opened_.truth, settings_.options, how)
                : validate(*method, problem().train, settings_.options, how);
    result.cost(out.cost);
    if (out.end != DiscoveryEnd::kDone) return failed(out.end, result);
    put_figures(out, result.figures());
    if (is_test) host_.items(request, 0, out.items);
    return EQV_OK;
  }

  eqv_status apply(const sdk::Candidate& candidate, const eqv_apply_request& request,
                   sdk::ArtefactSink& sink) {
    const auto method = checked(candidate);
    if (!method) throw sdk::Refused("", "not a valid configuration for this space");
    const ApplyContext context{problem(),
                               settings_.options,
                               settings_.data.file,
                               read_apply_settings(sdk::view(request.options_json)),
                               request.common_seed,
                               [&](const std::string& text) { host_.log(EQV_LOG_WARNING, text); },
                               [&](const std::string& text) { host_.log(EQV_LOG_INFO, text); }};
    apply_method(context, *method, sink);
    return EQV_OK;
  }

 private:
  const Problem& problem() const { return opened_.problem; }

  static SpaceFacts facts_of(const Problem& problem, const Options& options) {
    constexpr std::size_t kGuess = 5;
    return {problem.train.known.columns, problem.train.classes, options.classes.value_or(kGuess),
            problem.train.known.rows + problem.train.unlabelled.rows};
  }

  void check_sizes() const {
    const std::size_t rows = problem().train.unlabelled.rows;
    if (const auto classes = settings_.options.classes; classes && *classes > rows)
      throw sdk::Refused("/options/k/classes",
                         fmt::format("is {}, and '{}' has {} unlabelled training rows", *classes,
                                     settings_.data.file, rows));
    const auto folds =
        hidden_classes(problem().train.classes, settings_.options.hidden_fraction, 0);
    if (settings_.options.hidden_only && folds[0].size() < 2)
      throw sdk::Refused("/options/folds/score_rows",
                         fmt::format("hidden_only clusters the hidden classes alone, and of {} "
                                     "known ones one is hidden; expected union, or a larger "
                                     "hidden_fraction",
                                     problem().train.classes));
    const std::size_t all = rows + problem().train.known.rows;
    if (all > settings_.options.most_rows)
      host_.log(EQV_LOG_INFO,
                fmt::format("{}: spectral methods embed {} of {} training rows, and the others "
                            "follow the nearest of them (options.max_rows)",
                            settings_.data.file, settings_.options.most_rows, all));
  }

  /// A tenth of the epochs on one fold; three tenths on all; everything.
  void set_levels() {
    folds_ = hidden_classes(problem().train.classes, settings_.options.hidden_fraction, 0).size();
    levels_.push_back({sizeof(eqv_level), "quick", 0.1 / static_cast<double>(folds_), 0});
    levels_.push_back({sizeof(eqv_level), "short", 0.3, 0});
    levels_.push_back({sizeof(eqv_level), "full", 1.0, 0});
  }
  TrialSettings trial_settings(std::size_t level) const {
    const std::size_t epochs = settings_.options.epochs;
    TrialSettings how;
    how.epochs = level == 0   ? std::max<std::size_t>(1, epochs / 10)
                 : level == 1 ? std::max<std::size_t>(1, epochs * 3 / 10)
                              : epochs;
    how.most_folds = level == 0 ? 1 : folds_;
    return how;
  }

  std::optional<Method> checked(const sdk::Candidate& candidate) const {
    const auto* cells = std::get_if<search::GraphSpace>(&space_);
    if (candidate.representation() != (cells ? EQV_GRAPH : EQV_CONFIGURATION)) return std::nullopt;
    if (cells)
      return search::check_genome(candidate.genome(), *cells)
                 ? std::optional(
                       method_of(candidate.genome(), *cells, facts_, settings_.options.cell))
                 : std::nullopt;
    const auto& methods = std::get<search::ConfigurationSpace>(space_);
    if (!search::check_genome(candidate.genome(), methods)) return std::nullopt;
    return method_of(candidate.genome(), methods, facts_);
  }

  static eqv_status failed(DiscoveryEnd end, sdk::Result& result) {
    if (end == DiscoveryEnd::kStopped) return EQV_CANCELLED;
    if (!result.figures().empty()) result.figures()[0] = 0;
    if (end == DiscoveryEnd::kNonFinite) {
      result.message("training did not stay finite");
      return EQV_NON_FINITE;
    }
    result.message("the eigensolver did not converge: the graph hardly hangs together");
    return EQV_INFEASIBLE;
  }

  // Constant after construction, but for the space, which bind_space sets before any candidate.
  sdk::Host host_;
  Settings settings_;
  OpenedProblem opened_;
  SpaceFacts facts_;
  Space space_;
  MethodProbe probe_;
  std::size_t folds_ = 1;
  std::vector<eqv_level> levels_;
  eqv_instance_info instance_{};
};

}  // namespace

EQUIVOLVE_EVALUATOR(NovelClassDiscovery)

}  // namespace equivolve::novel_class_discovery
