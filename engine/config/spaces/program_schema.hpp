// The form of a program space as a JSON Schema: key names, ranges and help in one place.
#pragma once

#include <string>

namespace equivolve::engine {

const std::string& program_schema();

}  // namespace equivolve::engine
