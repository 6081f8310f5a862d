// A first configuration for an evaluator: it runs as it is, and says in comments what else there
// is.
#pragma once

#include <map>
#include <string>

namespace equivolve::cli {

struct Starter {
  std::string evaluator;
  std::string config_schema;  ///< the evaluator's, of {"data", "options"}
  std::string made_by;        ///< the command line, for the first comment
  /// Values of data and options that are known, by key ("file", "target", "task"), with a remark.
  struct Known {
    std::string value, remark;
  };
  std::map<std::string, Known> data, options;
};

/// YAML. What the schema requires and nobody knows gets its default, or the first value it may
/// have.
std::string starter_text(const Starter& starter);

}  // namespace equivolve::cli
