// A program over the examples of one task: the part where the time goes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "evaluators/algorithm_discovery/task.hpp"
#include "evaluators/common/interpreters/machine.hpp"

namespace equivolve::algorithm_discovery {

/// How a run ended. Part of a probe's outputs: never renumber.
enum class End : std::uint8_t {
  kFinished = 0,
  kNonFinite = 1,   ///< a prediction (before the sigmoid) was NaN or infinite
  kErrorBound = 2,  ///< |label - prediction| (after the sigmoid, for classes) passed the bound
  kCancelled = 3,
  kNotEarlier = 4,  ///< stopped where stop_before said; never an output
};

struct Ended {
  End how = End::kFinished;
  std::uint64_t example = 0;  ///< examples predicted before the one that ended it, training and
                              ///< judged rows in one count
};

/// Operations between two looks at the stop flag: a few milliseconds.
inline constexpr std::uint64_t kOperationsBetweenLooks = 4'000'000;

/// Rules that hold for every example.
struct Rules {
  bool classification = true;
  double error_bound = 100;
  std::uint32_t epochs = 1;
};

/// Labels of examples as the program gets them: 0 or 1 for "is it this class", or the target.
class Labels {
 public:
  Labels(const Examples& examples, std::uint32_t positive_class)
      : classes_(examples.classes.data()),
        targets_(examples.targets.data()),
        positive_(positive_class),
        by_class_(!examples.classes.empty()) {}
  double operator[](std::size_t row) const {
    return by_class_ ? (classes_[row] == positive_ ? 1.0 : 0.0) : targets_[row];
  }

 private:
  const std::uint32_t* classes_;
  const double* targets_;
  std::uint32_t positive_;
  bool by_class_;
};

/// Steps through examples by the conventions of the search language
/// (docs/evaluators/algorithm_discovery.md, section 3).
class ProgramRun {
 public:
  /// `machine` is loaded; it is reset and setup is run.
  ProgramRun(interpreters::Machine& machine, const Rules& rules, interpreters::DrawKey key);

  /// v0 := features, s0 := 0, predict. Returns s1. `features` has padded(dimension) doubles.
  double predict(const double* features);
  /// Whether the prediction may stand beside this label; if not, ended() says why.
  bool check(double prediction, double label);
  /// check, [s1 := sigmoid(s1)], s0 := label, learn. False: the run is over.
  bool learn(double prediction, double label);
  const Ended& ended() const { return ended_; }

  /// Ends the run before this example (training and judged rows in one count).
  void stop_before(std::uint64_t example) { limit_ = example; }

  /// Trains for all epochs. `stop` is asked now and then; true: the run is over.
  bool train(const Examples& examples, const Labels& labels, const std::function<bool()>& stop);
  /// Predicts `scores`, one a row, raw s1. Without `labels` errors are not checked.
  bool judge(const Examples& examples, const Labels* labels, std::span<double> scores,
             const std::function<bool()>& stop);

 private:
  bool end(End how);

  interpreters::Machine& machine_;
  Rules rules_;
  Ended ended_;
  std::uint64_t limit_ = ~std::uint64_t{0};
  std::uint32_t row_;  // padded dimension
};

/// Live instructions a whole run executes; `program` is pruned.
std::uint64_t run_length(const search::PreparedProgram& program, const Rules& rules,
                         std::size_t train_rows, std::size_t judged_rows);

}  // namespace equivolve::algorithm_discovery
