// What may be changed of a run that goes on, and "+" values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/configuration.hpp"

namespace equivolve::cli {

/// "budget.evaluations=+5000" becomes the present value and 5000 more; likewise budget.candidates
/// and budget.time ("+10m"). Other assignments stay as they are. The error is a sentence.
tl::expected<std::vector<std::string>, std::string> add_to_present(
    const std::vector<std::string>& assignments, const engine::BudgetConfig& present);

/// What a run has used of its budget.
struct Spent {
  std::uint64_t candidates = 0, evaluations = 0;
  std::chrono::nanoseconds time{0};
  bool reaches_target = false;  ///< its best reaches the changed target
};

/// Why no run with the changed budget can be this one, which has gone further; "" when one can.
std::string overspent(const engine::BudgetConfig& present, const engine::BudgetConfig& changed,
                      const Spent& spent);

/// Keys ("search.population_size") whose values differ between two configurations as understood
/// (JSON), sorted.
std::vector<std::string> changed_keys(const std::string& before, const std::string& after);

/// Whether a run whose key has changed is still the same run: budget, workers, deadline, store, and
/// where files lie (their bytes are in the evaluation context).
bool may_change(const std::string& key);

}  // namespace equivolve::cli
