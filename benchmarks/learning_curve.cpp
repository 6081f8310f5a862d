// An evaluator whose candidates learn: a noisy curve towards a loss that the configuration decides,
// at levels of 1, 3, 9 and 27 epochs. What halving, pruning and repeats are worth can be counted
// here, for the loss without noise is known. It reports the loss after each epoch.
//
//   x, y   float   0 to 1      the loss at the end: lowest, 0.05, at (0.3, 0.7)
//   rate   float   0.01 to 1   logarithmic: how fast it is learnt; fast learners end a little
//   higher
//
// Figures: loss, and speed and true_loss, which are known from the configuration.
//
// Options:
//   noise       standard deviation of what is measured (0 to 1)
//   comparable  whether levels say that they are on one scale
//   objectives  1, or 2: `speed` too, to be maximised
#include <array>
#include <cmath>
#include <cstring>
#include <span>

#include <nlohmann/json.hpp>

#include "evaluators/sdk/evaluator.hpp"
#include "hashing/stream.hpp"
#include "search/genome/equivolve_genome.h"

namespace {

namespace sdk = equivolve::sdk;
using equivolve::hashing::Purpose;
using equivolve::hashing::Stream;

constexpr std::array<std::uint32_t, 4> kEpochs{1, 3, 9, 27};
constexpr std::size_t kParameters = 3;

struct Learner {
  double end = 0;   ///< the loss that it tends to
  double rate = 0;  ///< share of the distance that one epoch takes

  double loss_after(double epochs) const {
    return end + (1 - end) * std::exp(-3 * rate * epochs / (rate + 0.3));
  }
};

class LearningCurve {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_CONFIGURATION};
    static const eqv_descriptor one{sizeof one,
                                    "learning_curve",
                                    "1",
                                    "noisy learning curves at four levels of fidelity",
                                    EQV_THREAD_SAFE | EQV_OFFERS_PROBE,
                                    representations,
                                    1};
    return one;
  }
  static std::string config_schema() {
    return R"({"type": "object", "properties": {
      "data": {"type": "object", "properties": {}, "additionalProperties": false},
      "options": {"type": "object", "additionalProperties": false, "properties": {
        "noise": {"type": "number", "minimum": 0, "maximum": 1, "default": 0.02},
        "comparable": {"type": "boolean", "default": false},
        "objectives": {"type": "integer", "minimum": 1, "maximum": 2, "default": 1}}}}})";
  }

  LearningCurve(sdk::Host host, std::string_view config) : host_(host) {
    const auto options = nlohmann::json::parse(config)["options"];
    noise_ = options.value("noise", 0.02);
    const auto same_scale = static_cast<std::uint32_t>(options.value("comparable", false));
    static constexpr std::array<const char*, 4> names{"1 epoch", "3 epochs", "9 epochs",
                                                      "27 epochs"};
    for (std::size_t i = 0; i < kEpochs.size(); ++i)
      levels_[i] = {sizeof(eqv_level), names[i], kEpochs[i] / 27.0,
                    i + 1 < kEpochs.size() ? same_scale : 0};
    const auto speed_role = options.value("objectives", 1) == 2 ? EQV_OBJECTIVE : EQV_METRIC;
    figures_[0] = {sizeof(eqv_figure), "loss", "", EQV_OBJECTIVE, EQV_MINIMIZE, -10, 10, 1};
    figures_[1] = {sizeof(eqv_figure), "speed", "", static_cast<std::uint32_t>(speed_role),
                   EQV_MAXIMIZE,       0,       1,  1};
    figures_[2] = {sizeof(eqv_figure), "true_loss", "", EQV_DESCRIPTOR, EQV_MINIMIZE, 0, 1, 1};
    info_.struct_size = sizeof info_;
    info_.figures = figures_.data();
    info_.figure_count = figures_.size();
    info_.levels = levels_.data();
    info_.level_count = levels_.size();
    info_.probe_exact = 1;
  }
  const eqv_instance_info& instance_info() const { return info_; }

  std::string default_space(std::uint32_t representation) const {
    if (representation != EQV_CONFIGURATION) return "{}";
    return R"({"representation": "configuration", "parameters": {
      "x": {"type": "float", "low": 0, "high": 1}, "y": {"type": "float", "low": 0, "high": 1},
      "rate": {"type": "float", "low": 0.01, "high": 1, "log": true}}})";
  }
  void bind_space(std::string_view) {}
  std::string reference_candidates() const { return "[]"; }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request&,
                   sdk::OutputSink& sink) const {
    Learner learner;
    if (!read(candidate, learner)) return EQV_INVALID_CANDIDATE;
    const std::array<double, 2> outputs{learner.end, learner.rate};
    sink.values(outputs);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request& trial,
                      sdk::Result& result) const {
    Learner learner;
    if (!read(candidate, learner)) return EQV_INVALID_CANDIDATE;
    const std::uint32_t epochs = kEpochs[trial.level];
    const auto figures = result.figures();
    figures[1] = learner.rate;
    figures[2] = learner.loss_after(kEpochs.back());
    for (std::uint32_t epoch = 1; epoch <= epochs; ++epoch) {
      // What is measured after an epoch is the same at every level.
      Stream noise(trial.own_seed, Purpose::kEvaluate, epoch);
      figures[0] = learner.loss_after(epoch) + noise_ * noise.gaussian();
      result.cost(epoch);
      if (!host_.report(trial, epoch, epochs, figures)) return EQV_OK;
    }
    return EQV_OK;
  }

 private:
  static bool read(const sdk::Candidate& candidate, Learner& learner) {
    std::array<eqv_parameter_value, kParameters> at;
    if (candidate.genome().size() != sizeof at) return false;
    std::memcpy(at.data(), candidate.genome().data(), sizeof at);
    // In the order of the names: rate, x, y.
    const double dx = at[1].number - 0.3, dy = at[2].number - 0.7;
    learner.rate = at[0].number;
    learner.end = 0.05 + 0.5 * (dx * dx + dy * dy) + 0.005 * learner.rate +
                  0.03 * (1 - std::cos(20 * dx) * std::cos(20 * dy));
    return true;
  }

  sdk::Host host_;
  double noise_ = 0;
  std::array<eqv_level, 4> levels_{};
  std::array<eqv_figure, 3> figures_{};
  eqv_instance_info info_{};
};

}  // namespace

EQUIVOLVE_EVALUATOR(LearningCurve)
