// The face of sequence_design towards the host. Specification: docs/evaluators/sequence_design.md.
#include "evaluators/sdk/evaluator.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "evaluators/sequence_design/apply.hpp"
#include "evaluators/sequence_design/fingerprint.hpp"
#include "evaluators/sequence_design/fitness.hpp"
#include "evaluators/sequence_design/sequence_index.hpp"
#include "evaluators/sequence_design/settings.hpp"
#include "search/genome/sequence.hpp"

namespace equivolve::sequence_design {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
/// What the referees tell of sequences counts in steps of this share of their own error, in the
/// hash and in the fitness: what they cannot tell apart is one.
constexpr double kToldApart = 1.0 / 64;
/// Of what a designer's proxy tells, which is made of sums in some order.
constexpr std::uint32_t kProxyMantissaBits = 12;
constexpr std::uint64_t kRefereeSeed = 0x5EFE;

enum Figure : std::size_t {
  kFitness,
  kSpearman,
  kEnrichment,
  kUnique,
  kNovel,
  kDiversity,
  kFilled,
  kDiverged,
  kP100,
  kP80,
  kP50,
  kUnmeasured,
  kFitSeconds,
  kSearchSeconds,
  kFigureCount
};

eqv_figure figure(const char* name, const char* unit, std::uint32_t role, std::uint32_t direction,
                  double low, double high, std::uint32_t reproducible = 1) {
  return {sizeof(eqv_figure), name, unit, role, direction, low, high, reproducible};
}

bool offers_learned(const nlohmann::json& space) {
  const nlohmann::json::json_pointer values("/parameters/features/values");
  if (!space.contains(values)) return false;
  return std::any_of(space[values].begin(), space[values].end(),
                     [](const auto& one) { return one == "learned"; });
}

class SequenceDesign {
 public:
  static const eqv_descriptor& descriptor() {
    static constexpr std::uint32_t representations[] = {EQV_CONFIGURATION, EQV_SEQUENCE};
    static const eqv_descriptor descriptor = {
        sizeof(eqv_descriptor),
        "sequence_design",
        "1",
        "designing DNA, proteins and other sequences from measured ones: designers, or the "
        "sequences themselves",
        EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
        representations,
        2};
    return descriptor;
  }
  static std::string config_schema() { return sequence_design::config_schema(); }
  static std::string apply_schema() { return sequence_design::apply_schema(); }

  SequenceDesign(sdk::Host host, std::string_view config_json)
      : host_(host), settings_(read_settings(config_json)) {
    try {
      task_ = open_task(settings_.task);
      read_unlabelled();
    } catch (const sdk::Refused&) {
      throw;
    } catch (const std::runtime_error& e) {
      throw sdk::Refused("/data", e.what());
    }
    if (task_.offline.size() < 16)
      throw sdk::Refused("/data", "has " + std::to_string(task_.offline.size()) +
                                      " offline rows; expected at least 16");
    if (!settings_.sequences && task_.offline.size() < settings_.options.designer.designs)
      throw sdk::Refused("/options/designs",
                         task_.name + " has " + std::to_string(task_.offline.size()) +
                             " offline rows; expected at most as many designs, not " +
                             std::to_string(settings_.options.designer.designs));
    set_instance();
    set_probe();
    if (!task_.report.empty()) host_.log(EQV_LOG_INFO, task_.name + ": " + task_.report);
    if (settings_.options.fitness == FitnessKind::kOracle) {
      if (!task_.oracle) throw sdk::Refused("/options/fitness", "these data have no oracle");
      host_.log(EQV_LOG_WARNING,
                "fitness: oracle. The search is fitted to the benchmark: its figures are a leak");
    }
  }

  const eqv_instance_info& instance_info() const { return instance_; }

  std::string default_space(std::uint32_t representation) const {
    if (representation == EQV_SEQUENCE) return sequence_space(task_.offline);
    return designer_space(task_.offline, settings_.options);
  }
  void bind_space(std::string_view text) {
    const auto space = nlohmann::json::parse(text);
    if (!settings_.sequences) {  // candidates come with their text
      if (settings_.options.unlabelled.empty() && offers_learned(space))
        throw sdk::Refused("/parameters/features", kNeedsUnlabelled);
      return;
    }
    std::string alphabet;
    const auto& letters = space.at("alphabet");
    if (letters.is_string())
      alphabet = letters.get<std::string>();
    else
      for (const auto& one : letters) alphabet += one.get<std::string>();
    const SequenceShape& shape = task_.offline.shape();
    if (alphabet != shape.alphabet.substr(0, alphabet.size()) ||
        alphabet.size() + (shape.is_padded() ? 1 : 0) != shape.symbols())
      throw sdk::Refused("/alphabet", "must be that of the data, " + shape.alphabet);
    const std::size_t least = shape.is_padded() ? 1 : shape.length;
    if (space.at("max_length").get<std::size_t>() > shape.length ||
        space.at("min_length").get<std::size_t>() < least)
      throw sdk::Refused("/max_length", "sequences have " + std::to_string(least) + " to " +
                                            std::to_string(shape.length) + " letters");
    space_most_ = space.at("max_length").get<std::size_t>();
    space_least_ = space.at("min_length").get<std::size_t>();
  }
  std::string reference_candidates() const {
    nlohmann::json list = nlohmann::json::array();
    if (settings_.sequences) {
      list.push_back({{"name", "offline_best"}, {"summary", "the best measured sequence"}});
    } else {
      for (const std::string& name : settings_.options.references)
        list.push_back({{"name", name}, {"summary", "the method with options.designer"}});
    }
    return list.dump();
  }

  /// Sequences that break a rule are moved to the nearest that keeps to all.
  eqv_status refine(const sdk::Candidate& candidate, sdk::GenomeSink& sink) const {
    const auto wish = sequence_of(candidate);
    if (!wish) return EQV_INVALID_CANDIDATE;
    const FeasibleSet& set = task_.offline.set;
    if (set.contains(*wish)) return EQV_OK;
    const Sequence moved = set.towards(nearest_anchor(*wish), *wish);
    const std::string text = sequence_text(moved, set.shape());
    if (text.size() < space_least_ || text.size() > space_most_) return EQV_OK;
    search::Genome genome = search::blank_sequence(text.size());
    std::copy_n(moved.begin(), text.size(), search::tokens_of(genome).begin());
    sink.replace(genome.flat);
    return EQV_OK;
  }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request& request,
                   sdk::OutputSink& sink) {
    if (!candidate.reference().empty()) return EQV_UNSUPPORTED;
    if (settings_.sequences) {
      const auto sequence = sequence_of(candidate);
      if (!sequence) return EQV_INVALID_CANDIDATE;
      const bool feasible = task_.offline.set.contains(*sequence);
      sink.integer(feasible ? 1 : 0);
      if (!feasible) return EQV_OK;
      const Standing told = standing_of(*sequence, {});
      sink.integer(told.mean);
      sink.integer(told.deviation);
      sink.integer(told.is_novel ? 1 : 0);
      return EQV_OK;
    }
    DesignerSettings designer = designer_of(candidate);
    designer.seed = request.seed;
    try {
      const Fingerprint print = fingerprint(probe_set_, designer, unlabelled_);
      sink.text(print.search);
      sink.values(print.told);
      for (const std::string& one : print.designs) sink.text(one);
    } catch (const std::runtime_error&) {
      sink.text("cannot be fitted");
    }
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request& request,
                      sdk::Result& result) {
    const bool test = request.split == EQV_TEST;
    if (test && !task_.oracle) {
      result.message("there is no oracle, so no test split");
      return EQV_UNSUPPORTED;
    }
    if (result.figures().size() < kFigureCount) return EQV_INTERNAL;
    const Work work{[&](std::size_t n, const std::function<void(std::size_t)>& body) {
                      host_.parallel_for(request, n, body);
                    },
                    [&] { return host_.is_cancelled(request); }};
    try {
      if (settings_.sequences) return evaluate_sequence(candidate, test, work, result);
      DesignerSettings designer = candidate.reference().empty()
                                      ? designer_of(candidate)
                                      : reference_named(candidate.reference());
      designer.seed = request.own_seed;
      return evaluate_designer(designer, request, test, work, result);
    } catch (const std::invalid_argument& e) {
      result.message(e.what());
      return EQV_INVALID_CANDIDATE;
    } catch (const std::runtime_error& e) {
      // A matrix that is singular or too large is the configuration's fault.
      result.message(e.what());
      return EQV_INFEASIBLE;
    }
  }

  eqv_status apply(const sdk::Candidate& candidate, const eqv_apply_request& request,
                   sdk::ArtefactSink& sink) {
    const ApplyContext context{task_,
                               settings_,
                               read_apply_settings(sdk::view(request.options_json)),
                               unlabelled_,
                               request.common_seed,
                               [&](const std::string& t) { host_.log(EQV_LOG_WARNING, t); },
                               [&](const std::string& t) { host_.log(EQV_LOG_INFO, t); }};
    try {
      if (settings_.sequences) {
        const auto sequence =
            candidate.reference().empty() ? sequence_of(candidate) : std::optional(best_offline());
        if (!sequence) throw sdk::Refused("", "not a valid sequence for this space");
        apply_sequence(context, *sequence, referees({}), sink);
      } else {
        apply_designer(context,
                       candidate.reference().empty() ? designer_of(candidate)
                                                     : reference_named(candidate.reference()),
                       sink);
      }
    } catch (const std::invalid_argument& e) {
      throw sdk::Refused("", e.what());
    }
    return EQV_OK;
  }

 private:
  void read_unlabelled() {
    const std::string& file = settings_.options.unlabelled;
    if (file.empty()) return;
    const auto refuse = [](const std::string& what) {
      throw sdk::Refused("/options/unlabelled", what);
    };
    std::vector<std::string> texts;
    try {
      texts = read_sequences(file, settings_.task.sequence_column);
    } catch (const std::runtime_error& e) {
      refuse(e.what());
    }
    if (texts.empty()) refuse(file + " has no sequences");
    for (std::size_t i = 0; i < texts.size(); ++i) {
      auto parsed = parse_sequence(texts[i], task_.offline.shape());
      if (!parsed) refuse(file + ", sequence " + std::to_string(i + 1) + " " + parsed.error());
      unlabelled_.push_back(*std::move(parsed));
    }
  }

  void set_instance() {
    const auto metric = [](const char* name, double low, double high, std::uint32_t same = 1,
                           const char* unit = "") {
      return figure(name, unit, EQV_METRIC, EQV_MAXIMIZE, low, high, same);
    };
    figures_ = {figure("fitness", "", EQV_OBJECTIVE, EQV_MAXIMIZE, -kInfinity, kInfinity),
                metric("spearman", -1, 1),
                metric("enrichment", 0, kInfinity),
                metric("unique", 0, kInfinity),
                metric("novel", 0, kInfinity),
                metric("diversity", 0, kInfinity),
                metric("filled", 0, kInfinity),
                metric("diverged", 0, kInfinity),
                metric("report.p100", -kInfinity, kInfinity),
                metric("report.p80", -kInfinity, kInfinity),
                metric("report.p50", -kInfinity, kInfinity),
                metric("report.unmeasured", 0, kInfinity),
                metric("fit_seconds", 0, kInfinity, 0, "s"),
                metric("search_seconds", 0, kInfinity, 0, "s")};
    const Options& options = settings_.options;
    if (!settings_.sequences && options.screening_rows > 0 &&
        options.screening_rows < task_.offline.size() && options.fitness != FitnessKind::kOracle)
      levels_.push_back(
          {sizeof(eqv_level), "screening",
           static_cast<double>(options.screening_rows) / static_cast<double>(task_.offline.size()),
           0});
    if (!settings_.sequences && options.fitness == FitnessKind::kPseudoOracle)
      levels_.push_back({sizeof(eqv_level), "holdout", 0.5, 0});
    levels_.push_back({sizeof(eqv_level), "full", 1.0, 0});
    instance_.struct_size = sizeof instance_;
    instance_.figures = figures_.data();
    instance_.figure_count = figures_.size();
    instance_.levels = levels_.data();
    instance_.level_count = levels_.size();
    instance_.offers_test_split = task_.oracle ? 1 : 0;
    instance_.refines_genomes = settings_.sequences ? 1 : 0;
    instance_.probe_mantissa_bits = settings_.sequences ? 0 : kProxyMantissaBits;
    std::copy(task_.digest.begin(), task_.digest.end(), instance_.data_digest);
  }

  void set_probe() {
    const OfflineView& view = task_.offline;
    probe_set_ = make_probe_set(view);
    for (const Sequence& x : view.sequences) measured_.add(x);
    for (const std::size_t r : best_first(view.scores)) {
      if (anchors_.size() == 512) break;
      if (view.set.contains(view.sequences[r])) anchors_.push_back(view.sequences[r]);
    }
    if (anchors_.empty()) anchors_ = start_sequences(view, 1);
  }

  DesignerSettings designer_of(const sdk::Candidate& candidate) const {
    return read_designer(candidate.text(), settings_.options.designer);
  }
  DesignerSettings reference_named(std::string_view name) const {
    const std::vector<std::string> names = method_names();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
      throw std::invalid_argument("no reference is called '" + std::string(name) + "'");
    DesignerSettings d = settings_.options.designer;
    d.method = static_cast<Method>(found - names.begin());
    return d;
  }

  /// Trained once, when first asked for; the same whoever asks.
  const Referees& referees(const Work& work) {
    std::call_once(referees_once_, [&] {
      // Not stopped by one trial's end: others wait for them.
      Work whole{work.spread, [] { return false; }};
      referees_.emplace(task_.offline, settings_.options.referees,
                        std::min<std::size_t>(128, settings_.options.designer.width),
                        settings_.options.designer.epochs, kRefereeSeed, whole);
    });
    return *referees_;
  }

  /// What the referees say of a sequence, in steps of what they can tell apart.
  struct Standing {
    std::int64_t mean, deviation;
    bool is_novel;
  };
  Standing standing_of(const Sequence& sequence, const Work& work) {
    const auto opinion = referees(work).judge(std::span(&sequence, 1))[0];
    const double step = kToldApart * referees(work).noise();
    return {std::llround(opinion.mean / step), std::llround(opinion.deviation / step),
            !measured_.contains(sequence)};
  }

  std::optional<Sequence> sequence_of(const sdk::Candidate& candidate) const {
    if (candidate.representation() != EQV_SEQUENCE) return std::nullopt;
    const auto tokens = search::view_sequence(candidate.genome());
    const SequenceShape& shape = task_.offline.shape();
    if (!tokens || tokens->empty() || tokens->size() > shape.length) return std::nullopt;
    if (!shape.is_padded() && tokens->size() != shape.length) return std::nullopt;
    Sequence out(tokens->begin(), tokens->end());
    for (const Symbol s : out)
      if (s >= shape.symbols() || s == shape.pad()) return std::nullopt;
    out.resize(shape.length, static_cast<Symbol>(shape.pad()));
    return out;
  }
  const Sequence& nearest_anchor(const Sequence& wish) const {
    return *std::min_element(anchors_.begin(), anchors_.end(),
                             [&](const Sequence& a, const Sequence& b) {
                               return hamming_distance(a, wish) < hamming_distance(b, wish);
                             });
  }
  /// The best measured one that keeps to the constraints.
  const Sequence& best_offline() const { return anchors_.front(); }

  eqv_status evaluate_sequence(const sdk::Candidate& candidate, bool test, const Work& work,
                               sdk::Result& result) {
    const auto sequence =
        candidate.reference().empty() ? sequence_of(candidate) : std::optional(best_offline());
    if (!sequence) {
      result.message("not a valid sequence for this space");
      return EQV_INVALID_CANDIDATE;
    }
    if (const std::string rule = task_.offline.set.broken_rule(*sequence); !rule.empty()) {
      result.message("breaks a constraint: " + rule);
      return EQV_INFEASIBLE;
    }
    if (test) {
      result.figures()[kFitness] = task_.oracle->normalised(*sequence).value_or(0);
      return EQV_OK;
    }
    const Standing told = standing_of(*sequence, work);
    result.figures()[kFitness] = kToldApart * referees(work).noise() *
                                 (static_cast<double>(told.mean) -
                                  settings_.options.caution * static_cast<double>(told.deviation));
    result.figures()[kNovel] = told.is_novel ? 1 : 0;
    return EQV_OK;
  }

  eqv_status evaluate_designer(const DesignerSettings& designer, const eqv_trial_request& request,
                               bool test, const Work& work, sdk::Result& result) {
    const Options& options = settings_.options;
    const auto figures = result.figures();
    const std::string level =
        levels_[std::min<std::size_t>(request.level, levels_.size() - 1)].name;
    const bool ranks = !test && (options.fitness == FitnessKind::kHoldout || level != "full");
    if (ranks) {
      figures[kFitness] = figures[kSpearman] = figures[kEnrichment] = 0;
      // What has no proxy ranks nothing.
      if (designer.method == Method::kRandom || designer.method == Method::kOfflineBest)
        return EQV_OK;
      const HoldoutFigures told =
          holdout(task_.offline, designer, unlabelled_,
                  level == "screening" ? options.screening_rows : task_.offline.size(),
                  options.resamplings, request.common_seed, work);
      if (!told.finished) return EQV_CANCELLED;
      figures[kFitness] = figures[kSpearman] = told.spearman;
      figures[kEnrichment] = told.enrichment;
      return EQV_OK;
    }
    const Designed made = design(task_.offline, designer, unlabelled_, work);
    if (work.stop()) return EQV_CANCELLED;
    const Designs designs = select_designs(made.pool, task_.offline, designer.designs,
                                           options.select, options.min_distance);
    const DesignFigures own = design_figures(designs.sequences, task_.offline);
    figures[kUnique] = own.unique;
    figures[kNovel] = own.novel;
    figures[kDiversity] = own.diversity;
    figures[kFilled] = static_cast<double>(designs.filled);
    figures[kDiverged] = static_cast<double>(made.pool.diverged);
    figures[kFitSeconds] = made.fit_seconds;
    figures[kSearchSeconds] = made.search_seconds;
    if (!test && options.fitness == FitnessKind::kPseudoOracle)
      figures[kFitness] =
          judged_fitness(referees(work), designs.sequences, designer.designs, options.caution);
    // The oracle's word: on validation in metrics alone, unless a person asked for the leak.
    if (!task_.oracle) return EQV_OK;
    const OracleFigures told = oracle_figures(designs.sequences, *task_.oracle);
    figures[kP100] = told.p100;
    figures[kP80] = told.p80;
    figures[kP50] = told.p50;
    figures[kUnmeasured] = told.unmeasured;
    if (test || options.fitness == FitnessKind::kOracle) figures[kFitness] = told.p50;
    if (test && 2 * own.unique < static_cast<double>(designs.sequences.size()))
      host_.log(EQV_LOG_WARNING,
                method_names()[static_cast<std::size_t>(designer.method)] + ": " +
                    std::to_string(static_cast<std::size_t>(own.unique)) + " of " +
                    std::to_string(designs.sequences.size()) +
                    " designs differ; the median of few sequences says little of the method");
    return EQV_OK;
  }

  // Constant after construction, but for the space's lengths, which bind_space sets before any
  // candidate, and the referees, which are trained once.
  sdk::Host host_;
  Settings settings_;
  OfflineTask task_;
  std::vector<Sequence> unlabelled_;
  std::vector<eqv_figure> figures_;
  std::vector<eqv_level> levels_;
  eqv_instance_info instance_{};
  ProbeSet probe_set_;
  SequenceIndex measured_;
  std::vector<Sequence> anchors_;
  std::size_t space_least_ = 1, space_most_ = 65536;
  std::once_flag referees_once_;
  std::optional<Referees> referees_;
};

}  // namespace

EQUIVOLVE_EVALUATOR(SequenceDesign)

}  // namespace equivolve::sequence_design
