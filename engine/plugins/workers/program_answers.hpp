// What programs in other languages hear and say in other words than the engine's own worker does:
// values and figures by name, outputs of probes as lists.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/plugins/protocol/messages.hpp"

namespace equivolve::engine {

/// The active parameters of a configuration as a JSON object: numbers, true and false, texts.
/// "" for genomes of other representations.
std::string values_json(search::GenomeView genome, const search::Space& space);

/// `space`: of its genome; null: not bound yet.
protocol::WireCandidate wire_candidate(const CandidateView& candidate, bool as_bytes,
                                       const search::Space* space);

/// In the order of the figures. What is required has to be there, unless the trial was `in_part`;
/// the error names what is missing, not known or no number.
tl::expected<std::vector<double>, std::string> figures_by_name(
    const std::string& object_json, const std::vector<NamedFigure>& figures, bool in_part);

/// A list of groups: {"values": [...]}, {"direction": [...]}, {"ranking": [...]}, {"labels":
/// [...]},
/// {"text": "..."}, {"integer": n}, and sets: {"set": [[groups of an item], ...]}.
tl::expected<hashing::ProbeDigest, std::string> digest_of_outputs(
    const std::string& outputs_json, const hashing::SinkSettings& settings);

}  // namespace equivolve::engine
