// Keys of a range of lengths: min_length, max_length and initial_length, or all three at once as
// length.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "engine/config/schema_check.hpp"

namespace equivolve::engine {

struct Lengths {
  std::uint32_t min = 0, max = 0;
  std::uint32_t initial = 0;  ///< min..max
};

/// Reads the keys of `object`, whose form is right, over `lengths`; an initial length that nobody
/// names anew is moved into the range. `pointer` and `name` say where the object is: "/setup",
/// "space.setup". Where lengths contradict each other, a problem is added.
void read_lengths(const nlohmann::json& object, const std::string& pointer, const std::string& name,
                  Lengths& lengths, std::vector<PointerProblem>& problems);

}  // namespace equivolve::engine
