// The nearest name, under the engine's own namespace: genomes' texts need it too, so it lives
// below.
#pragma once

#include "search/genome/nearest_name.hpp"

namespace equivolve::engine {

using search::edit_distance;
using search::nearest_name;
using search::suggestion;

}  // namespace equivolve::engine
