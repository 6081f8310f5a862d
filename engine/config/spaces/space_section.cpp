#include "engine/config/spaces/space_section.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/config/spaces/configuration_section.hpp"
#include "engine/config/spaces/expression_section.hpp"
#include "engine/config/spaces/graph_section.hpp"
#include "engine/config/spaces/program_section.hpp"
#include "engine/config/spaces/sequence_section.hpp"

namespace equivolve::engine {

std::span<const SpaceSection> space_sections() {
  static const std::array<SpaceSection, 5> kSections{program_section(), configuration_section(),
                                                     graph_section(), sequence_section(),
                                                     expression_section()};
  return kSections;
}

const SpaceSection& space_section(search::Representation representation) {
  const auto all = space_sections();
  const auto found = std::find_if(all.begin(), all.end(), [&](const SpaceSection& one) {
    return one.representation == representation;
  });
  return found == all.end() ? all.front() : *found;
}

std::vector<PointerProblem> bad_default_space(const std::vector<PointerProblem>& problems) {
  return {{"", true,
           fmt::format("the evaluator's own default space is wrong at '{}': {}",
                       problems[0].pointer, problems[0].message)}};
}

}  // namespace equivolve::engine
