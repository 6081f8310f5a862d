// Which samplers a search may look at, and the hand-made ones it is held against.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "evaluators/sensitivity_sampling/samplers.hpp"
#include "search/genome/genome.hpp"

namespace equivolve::sensitivity_sampling {

/// The rule that no formula is: Lewis weights, drawn by pivotal sampling.
inline constexpr std::string_view kLewisPivotal = "lewis_pivotal";

std::string default_space(search::Representation representation);

/// What the engine resolved: throws sdk::Refused where it has inputs or parameters that are none.
void check_space(search::Representation representation, std::string_view space_json);

/// JSON list of {"name", "summary", "genome"}: the seven rules and Lewis weights with pivotal
/// sampling (by name alone where candidates are formulas).
std::string list_references(search::Representation representation);

/// A rule's name or kLewisPivotal.
std::optional<Sampler> reference_sampler(std::string_view name);

}  // namespace equivolve::sensitivity_sampling
