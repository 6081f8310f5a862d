// Grid search over a configuration space: every value of choices, booleans, integers and stepped
// floats, `points` values of each float that takes every number, evenly on its unit scale and with
// both ends. The last parameter changes fastest. A parameter that is inactive counts as one value,
// so that no configuration comes twice; forbidden ones are left out. The search ends with the last
// point. What is told changes nothing. As a baseline: Bergstra, Bengio 2012, "Random search for
// hyper-parameter optimization" (JMLR 13).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "search/algorithms/request.hpp"
#include "search/space/configuration_draft.hpp"

namespace equivolve::search {

struct GridSettings {
  std::uint32_t points = 10;  ///< of a float that takes every number, >= 1; 1: the middle
};

/// How many points a grid has at most: conditions and forbidden combinations leave some out.
double most_grid_points(const ConfigurationSpace& space, GridSettings settings);

class Grid {
 public:
  Grid(std::shared_ptr<const ConfigurationSpace> space, GridSettings settings);

  /// Empty for ever after the last point.
  std::optional<Request> ask(Ticket ticket, hashing::Stream stream);
  void tell(const Request& request, const Candidate& candidate, const Outcome& outcome);

 private:
  using Axis = std::vector<double>;  // of a float that takes every number, else empty
  double value_of(std::size_t at, std::uint64_t index) const;
  std::uint64_t count_of(std::size_t at) const;
  void begin_from(std::size_t at);  // the first values of these parameters
  bool advance(std::size_t at);     // the next value of this parameter, or of one before it
  bool skip_forbidden();            // false: nothing is left
  bool next();

  std::shared_ptr<const ConfigurationSpace> space_;
  std::shared_ptr<const std::vector<Axis>> axes_;
  ConfigurationDraft point_;
  std::vector<std::uint64_t> indices_;  // which value of each parameter
  Birth births_ = 0;
  bool is_spent_ = false;
};

}  // namespace equivolve::search
