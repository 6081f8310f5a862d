// The oracle: a function that scores sequences. Designers never see one (offline.hpp).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "evaluators/sequence_design/constraints.hpp"

namespace equivolve::sequence_design {

/// A value; copies share the counter of calls. [any-thread]
class Landscape {
 public:
  /// nullopt: not measured, or infeasible.
  using Score = std::function<std::optional<double>(SequenceView)>;

  Landscape(std::string name, FeasibleSet set, double y_min, double y_max, Score score)
      : name_(std::move(name)),
        set_(std::move(set)),
        y_min_(y_min),
        y_max_(y_max),
        score_(std::move(score)) {}

  const std::string& name() const { return name_; }
  const FeasibleSet& set() const { return set_; }
  double y_min() const { return y_min_; }
  double y_max() const { return y_max_; }
  std::optional<double> score(SequenceView sequence) const {
    calls_->fetch_add(1, std::memory_order_relaxed);
    return score_(sequence);
  }
  /// (score - y_min) / (y_max - y_min); nullopt as above.
  std::optional<double> normalised(SequenceView sequence) const {
    const auto raw = score(sequence);
    if (!raw) return std::nullopt;
    return (*raw - y_min_) / (y_max_ - y_min_);
  }
  std::uint64_t calls() const { return calls_->load(std::memory_order_relaxed); }

 private:
  std::string name_;
  FeasibleSet set_;
  double y_min_, y_max_;
  Score score_;
  std::shared_ptr<std::atomic<std::uint64_t>> calls_ =
      std::make_shared<std::atomic<std::uint64_t>>(0);
};

}  // namespace equivolve::sequence_design
