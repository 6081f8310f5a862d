// The section `space` of a sequence search. docs/spaces.md has the format.
#pragma once

#include "engine/config/spaces/space_section.hpp"

namespace equivolve::engine {

SpaceSection sequence_section();

}  // namespace equivolve::engine
