// The section `space` of a graph search. docs/spaces.md has the format.
#pragma once

#include "engine/config/spaces/space_section.hpp"

namespace equivolve::engine {

SpaceSection graph_section();

}  // namespace equivolve::engine
