// The section `space` of a search over expressions. docs/spaces.md has the format.
#pragma once

#include "engine/config/spaces/space_section.hpp"

namespace equivolve::engine {

SpaceSection expression_section();

}  // namespace equivolve::engine
