// The section `space` of a program search. docs/spaces.md has the format.
#pragma once

#include "engine/config/spaces/space_section.hpp"

namespace equivolve::engine {

SpaceSection program_section();

}  // namespace equivolve::engine
