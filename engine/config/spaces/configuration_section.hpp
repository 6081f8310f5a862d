// The section `space` of a search among configurations. docs/spaces.md has the format.
#pragma once

#include "engine/config/spaces/space_section.hpp"

namespace equivolve::engine {

SpaceSection configuration_section();

}  // namespace equivolve::engine
