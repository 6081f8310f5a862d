// A first configuration for an evaluator: it runs as it is, and says in comments what else there
// is.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace equivolve::cli {

struct Starter {
  std::string evaluator;
  std::string config_schema;  ///< the evaluator's, of {"data", "options"}
  std::string made_by;        ///< the command line, for the first comment
  /// Values of data and options that are known, by key ("file", "target", "task"), with a remark.
  struct Known {
    std::string value, remark;
    std::vector<std::string> list = {};  ///< in `value`'s place
  };
  std::map<std::string, Known> data, options;
  std::vector<std::string> plugin_folders;
  std::string representation;         ///< "": the evaluator's first
  std::uint64_t candidates = 10'000;  ///< the budget
};

/// Whether the evaluator's data, read from a file, take that key.
bool takes_data_key(const std::string& config_schema, const std::string& key);

/// YAML. What the schema requires and nobody knows gets its default, or the first value it may
/// have.
std::string starter_text(const Starter& starter);

}  // namespace equivolve::cli
