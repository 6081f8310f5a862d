// What a configuration says of a script: how it is started, and how its figures are read from what
// it prints. Keys: script_schema().
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "engine/plugins/evaluator.hpp"

namespace equivolve::engine {

/// One or several arguments that stand together: left out together where one of them names a
/// parameter that is inactive.
using ArgumentGroup = std::vector<std::string>;

struct ScriptSettings {
  std::vector<ArgumentGroup> command;
  std::filesystem::path folder;  ///< to run in
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<NamedFigure> figures;             ///< the objective first
  std::map<std::string, std::string> patterns;  ///< regular expressions with one group, by figure
  bool deterministic = false;
};

/// JSON Schema of {"data", "options"}.
std::string script_schema();

/// `config_json` fits the schema; the error points to what contradicts itself.
tl::expected<ScriptSettings, EvaluatorError> read_script_settings(const std::string& config_json);

}  // namespace equivolve::engine
