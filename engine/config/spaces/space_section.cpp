#include "engine/config/spaces/space_section.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/config/spaces/expression_section.hpp"
#include "engine/config/spaces/program_section.hpp"

namespace equivolve::engine {

std::span<const SpaceSection> space_sections() {
  static const std::array<SpaceSection, 2> kSections{program_section(), expression_section()};
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
