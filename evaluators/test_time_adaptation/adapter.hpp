// A classifier that predicts batch after batch and adapts itself with a recipe: one step of each
// published method, and of rules written as formulas.
//
// Source of the steps: PETAL, algorithm 1 (Brahma, Rai 2023, arXiv 2212.09713); CoTTA, section 3
// (Wang et al. 2022); TENT (Wang et al. 2021, arXiv 2006.10726). The page
// docs/evaluators/test_time_adaptation.md has them in one notation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "evaluators/common/nn/network.hpp"
#include "evaluators/common/nn/optimizers/adam.hpp"
#include "evaluators/common/nn/optimizers/sgd.hpp"
#include "evaluators/test_time_adaptation/formula_rule.hpp"
#include "evaluators/test_time_adaptation/recipe.hpp"
#include "evaluators/test_time_adaptation/source_model.hpp"

namespace equivolve::test_time_adaptation {

/// Writes view number `view` of batch number `batch`, whose samples are x.
template <class Scalar>
using MakeView = std::function<void(std::uint32_t batch, std::uint32_t view,
                                    std::span<const Scalar> x, std::span<Scalar> out)>;

struct AdaptationCounts {
  std::uint64_t batches = 0;
  std::uint64_t idle = 0;       ///< had nothing to learn from: no view, and teacher = student
  std::uint64_t small = 0;      ///< too small for statistics of their own; predicted as `source`
  std::uint64_t augmented = 0;  ///< the teacher was averaged over views
  std::uint64_t restored = 0;   ///< weights that went home, over all batches
  std::uint64_t passes = 0;     ///< sample passes: a forward pass counts 1, a backward pass 2
};

/// What restored the last batch's weights, for tests and charts.
struct LastRestoration {
  double threshold = 0;  ///< petal_fim: the quantile
  std::uint64_t restored = 0;
};

/// Knows no labels. Results are a function of the constructor's arguments and the batches. A value
/// that moves; one user at a time. Scalar: float or double.
template <class Scalar>
class Adapter {
 public:
  /// `most`: samples in a batch; `seed`: of stochastic restoration. `rule` replaces the recipe's
  /// restoration or momentum, for methods with a teacher.
  Adapter(const SourceModel& source, const Recipe& recipe, std::size_t most, std::uint64_t seed,
          MakeView<Scalar> views, std::optional<FormulaRule> rule = {});

  /// Predicts 1 to `most` samples, then adapts. Logits, samples x classes: they were worked out
  /// before the update and stay until the next call.
  std::span<const Scalar> step(std::span<const Scalar> x);

  /// Back to the source model, moments of the optimiser included; counts go on.
  void reset();

  const AdaptationCounts& counts() const { return counts_; }
  const LastRestoration& last_restoration() const { return last_; }
  /// False once a formula gave no number, or weights were no longer finite.
  bool finite() const { return finite_; }
  std::size_t trained_weights() const { return trained_.size(); }
  std::span<const Scalar> student() const { return student_.parameters(); }
  /// Of methods without a teacher: the source model's.
  std::span<const Scalar> teacher() const { return teacher_.parameters(); }

 private:
  using Optimizer = std::variant<std::monostate, nn::Adam<Scalar>, nn::Sgd<Scalar>>;

  std::span<const Scalar> forward(const nn::Network<Scalar>& network, std::span<const Scalar> x,
                                  nn::Workspace<Scalar>& work);
  void adapt_alone(std::span<const Scalar> logits);
  void adapt_with_teacher(std::span<const Scalar> x);
  /// Writes the teacher's prediction to prediction_; whether views were used.
  bool predict_with_teacher(std::span<const Scalar> x);
  void move_student();
  void move_teacher(const BatchFacts& facts);
  void restore(const BatchFacts& facts);
  void restore_at_random(double probability);
  void restore_least_informative(double quantile);
  void restore_by_rule(const BatchFacts& facts);
  BatchFacts facts_of(std::span<const Scalar> student_logits) const;
  void choose_trained();
  Optimizer fresh_optimizer() const;

  Recipe recipe_;
  nn::Network<Scalar> student_, teacher_, home_;
  std::vector<double> variance_;
  std::vector<nn::ParameterBlock> blocks_;  // those that are trained
  std::vector<std::uint32_t> trained_;      // their parameters
  Optimizer optimizer_;
  nn::Workspace<Scalar> work_, view_work_;
  MakeView<Scalar> views_;
  std::optional<FormulaRule> rule_;
  std::uint64_t seed_;
  std::vector<Scalar> prediction_, view_, targets_;
  std::vector<double> fisher_, scores_;
  AdaptationCounts counts_;
  LastRestoration last_;
  std::uint64_t since_reset_ = 0;
  bool finite_ = true;
};

extern template class Adapter<float>;
extern template class Adapter<double>;

/// The delta-quantile of `values` (reordered): position h = delta (M - 1), linear between the two
/// around it. Not empty; 0 <= delta <= 1.
double quantile_of(std::span<double> values, double delta);

}  // namespace equivolve::test_time_adaptation
