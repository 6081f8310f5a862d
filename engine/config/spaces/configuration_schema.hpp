// The form of a configuration space as a JSON Schema: key names, ranges and help in one place.
#pragma once

#include <string>

namespace equivolve::engine {

const std::string& configuration_schema();

}  // namespace equivolve::engine
