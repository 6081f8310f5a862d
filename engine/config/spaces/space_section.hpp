// How the section `space` of a configuration is read: each representation has its own keys, here as
// one table of functions. A new representation adds a file pair beside this one and a line in
// space_section.cpp.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/config/schema_check.hpp"
#include "search/space/space.hpp"

namespace equivolve::engine {

using ReadSpace = tl::expected<search::Space, std::vector<PointerProblem>>;

struct SpaceSection {
  search::Representation representation = search::Representation::kProgram;

  /// The section's form as a JSON Schema: key names, ranges and help in one place.
  const std::string& (*schema)() = nullptr;
  /// The same for editors: with every name that the section takes, where they are always the same.
  std::string (*editor_schema)() = nullptr;

  /// What the user wrote, over what the evaluator offers ("{}": all is left to the user). Problems
  /// point into the user's text, and are all there are; one in the evaluator's own text has an
  /// empty pointer. [any-thread]
  ReadSpace (*read)(const std::string& default_json, const std::string& user_json) = nullptr;

  /// What can be said without an evaluator: form, names, and what one key says against another.
  std::vector<PointerProblem> (*check_alone)(const std::string& user_json) = nullptr;

  /// Every key written out. read(to_json(space), "{}") and read("{}", to_json(space)) are the same
  /// space. `space` holds a space of this representation.
  std::string (*to_json)(const search::Space& space) = nullptr;
};

std::span<const SpaceSection> space_sections();
const SpaceSection& space_section(search::Representation representation);

/// The problem of an evaluator whose own default space cannot be read.
std::vector<PointerProblem> bad_default_space(const std::vector<PointerProblem>& problems);

}  // namespace equivolve::engine
