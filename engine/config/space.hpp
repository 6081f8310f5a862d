// The `space` section of a configuration: JSON (or YAML) to search::Space and back. docs/spaces.md
// has the format; spaces/ has the keys of each representation.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/reader.hpp"
#include "engine/config/spaces/space_section.hpp"
#include "search/space/space.hpp"

namespace equivolve::engine {

/// Every key written out.
std::string to_json(const search::Space& space);

struct ResolvedSpace {
  std::shared_ptr<const search::Space> space;
  std::string json;  ///< for bind_space and the store
};
/// Of a configuration that was read and has a representation; problems with their lines.
tl::expected<ResolvedSpace, ConfigProblems> resolve_space(const ReadConfiguration& read,
                                                          const std::string& default_json);

/// What can be said of the section without an evaluator: its form, names of operations, and what
/// one of its keys says against another.
ConfigProblems check_space_alone(const ReadConfiguration& read);

/// The space of a run, from its configuration as the store has it. What cannot be read is
/// taken for a program space, whose genomes can be read without; null for other representations.
std::shared_ptr<const search::Space> space_of_resolved(const std::string& resolved_json);
/// The readable form of a stored genome; "" without its space.
std::string genome_text(search::GenomeView flat, const search::Space* space);

}  // namespace equivolve::engine
