// An evaluator's settings against the JSON Schema it gives: the subset that evaluators need.
//
// Understood: type (one or a list; an integer is written in digits alone, neither 3.0 nor 1e3),
// enum, const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, items,
// minItems, maxItems, properties, required, additionalProperties (false or a schema), oneOf and
// anyOf (forms; their titles stand in messages), allOf, not (with required, and properties or none:
// keys that contradict each other; its description says what is expected instead), default, title,
// description, and format: path (a file or folder, made absolute), duration ("10m"), size ("2GiB").
// Other keywords are ignored.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/reader.hpp"

namespace equivolve::engine {

/// A problem at a place in a JSON document.
struct PointerProblem {
  std::string pointer;  ///< JSON pointer; of the object when a key is missing
  bool at_key = false;  ///< the key itself is wrong, not its value
  std::string message;  ///< "what was found; what was expected[; did you mean 'x'?]"
};

/// All problems of `value_json` (any JSON) under the schema at `schema_pointer` in `schema_json`.
/// `name` is what the value is called in messages ("options"). A schema that is no JSON has nothing
/// to say. [any-thread]
std::vector<PointerProblem> check_against_schema(const std::string& value_json,
                                                 const std::string& schema_json,
                                                 const std::string& schema_pointer,
                                                 const std::string& name);

/// `value_json` with the schema's defaults filled in, whole numbers written as such or as fractions
/// as the type says, and relative paths made absolute in `folder`: one text for one meaning,
/// whatever was left out.
std::string with_schema_defaults(const std::string& value_json, const std::string& schema_json,
                                 const std::string& schema_pointer,
                                 const std::filesystem::path& folder);

/// Both for "data" and "options" of a configuration that was read: problems with their lines, and a
/// config_json with the defaults filled in. A part with problems is named in `faulty_sections`; for
/// faulty options config_json then has the defaults, faulty data stay as they are. `folder` is
/// where relative paths start (the configuration's folder).
ConfigProblems apply_evaluator_schema(ReadConfiguration& read, const std::string& schema_json,
                                      const std::filesystem::path& folder);

}  // namespace equivolve::engine
