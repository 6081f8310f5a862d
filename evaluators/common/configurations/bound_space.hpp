// The space of configurations that the host has bound, as evaluators are told it: docs/spaces.md's
// words as JSON, every key written out.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "search/space/configuration_space.hpp"

namespace equivolve::configurations {

/// The space whose genomes the host will hand over: a user may have narrowed ranges and choices.
/// What is forbidden is not read: no candidate has it. An error is one line. [any-thread]
tl::expected<search::ConfigurationSpace, std::string> read_bound_space(std::string_view json);

}  // namespace equivolve::configurations
