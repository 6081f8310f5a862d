// The form of a configuration file as a JSON Schema, for editors that complete and check while one
// types.
#pragma once

#include <string>
#include <vector>

namespace equivolve::engine {

/// An evaluator whose own settings stand in the schema.
struct SchemaOfEvaluator {
  std::string id;
  std::string summary;
  std::string config_schema;  ///< JSON Schema of {"data", "options"}, as the evaluator gives it
  std::string representation = {};  ///< its first, which a silent section `space` has
};

/// JSON Schema (draft 2020-12) of the whole file, made from the key tables that the reader uses:
/// names, kinds, ranges, choices, defaults and help. `data` and `options` follow the evaluator that
/// the file names, where it is one of `evaluators`; of others they may hold anything. With
/// `only_one`, the file must name evaluators[0].
///
/// What the reader accepts fits the schema, but for texts written as plain numbers or words for
/// true and false. The reverse cannot be promised: a schema does not see how a number was spelt
/// (010, 1e3), nor what one key says of another.
std::string file_schema(const std::vector<SchemaOfEvaluator>& evaluators, bool only_one);

}  // namespace equivolve::engine
