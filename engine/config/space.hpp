// The `space` section of a program search: JSON (or YAML) to search::ProgramSpace and back.
// docs/spaces.md has the format.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/schema_check.hpp"
#include "engine/plugins/evaluator.hpp"
#include "search/space/program_space.hpp"

namespace equivolve::engine {

/// What the user wrote, over what the evaluator offers. Problems point into the user's text, and
/// are all there are; one in the evaluator's own text has an empty pointer. [any-thread]
tl::expected<search::ProgramSpace, std::vector<PointerProblem>> parse_program_space(
    const std::string& default_json, const std::string& user_json);

/// Every key written out, operations by name. parse_program_space(to_json(space), "{}") is the same
/// space.
std::string to_json(const search::ProgramSpace& space);

/// Both in one: the resolved space as JSON, for bind_space and the store.
tl::expected<std::string, std::vector<PointerProblem>> merge_space(const std::string& default_json,
                                                                   const std::string& user_json);

struct ResolvedSpace {
  search::ProgramSpace space;
  std::string json;
};
/// Of a configuration that was read; problems with their lines.
tl::expected<ResolvedSpace, ConfigProblems> resolve_space(const ReadConfiguration& read,
                                                          const std::string& default_json);

/// What can be said of the section without an evaluator: its form, names of operations, and what
/// one of its keys says against another.
ConfigProblems check_space_alone(const ReadConfiguration& read);

}  // namespace equivolve::engine
