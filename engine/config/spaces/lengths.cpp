#include "engine/config/spaces/lengths.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace equivolve::engine {

void read_lengths(const nlohmann::json& object, const std::string& pointer, const std::string& name,
                  Lengths& lengths, std::vector<PointerProblem>& problems) {
  const bool has_min = object.contains("min_length"), has_max = object.contains("max_length"),
             has_initial = object.contains("initial_length");
  if (object.contains("length")) {
    if (has_min || has_max || has_initial)
      problems.push_back({pointer + "/length", true,
                          fmt::format("{}.length stands beside a length of another kind; expected "
                                      "it alone: it sets all three",
                                      name)});
    else
      lengths.min = lengths.max = lengths.initial = object["length"].get<std::uint32_t>();
    return;
  }
  if (has_min) lengths.min = object["min_length"].get<std::uint32_t>();
  if (has_max) lengths.max = object["max_length"].get<std::uint32_t>();
  if (lengths.min > lengths.max) {
    problems.push_back(
        {pointer + (has_min ? "/min_length" : "/max_length"), false,
         fmt::format("{0}.min_length is {1}, {0}.max_length is {2}; expected a range", name,
                     lengths.min, lengths.max)});
    return;
  }
  if (has_initial) {
    lengths.initial = object["initial_length"].get<std::uint32_t>();
    if (lengths.initial < lengths.min || lengths.initial > lengths.max)
      problems.push_back({pointer + "/initial_length", false,
                          fmt::format("{}.initial_length is {}; expected {} to {}, as its lengths "
                                      "are",
                                      name, lengths.initial, lengths.min, lengths.max)});
  }
  lengths.initial = std::clamp(lengths.initial, lengths.min, lengths.max);
}

}  // namespace equivolve::engine
