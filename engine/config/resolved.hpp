// The configuration as understood: JSON with every default filled in. It is what the store keeps
// and `resume` reads.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "engine/config/configuration.hpp"
#include "engine/config/problem.hpp"

namespace equivolve::engine {

/// Every key of the tables with its value, in the words of the YAML file (it could be one); data,
/// options and space as in config_json and space_json; paths absolute. Without as_written and file,
/// which the store keeps apart.
std::string to_json_text(const Configuration& configuration);

/// The way back, by the same reader as a file's: from_json_text(to_json_text(c)) is c, but for
/// as_written and file.
tl::expected<Configuration, ConfigProblems> from_json_text(const std::string& json);

}  // namespace equivolve::engine
