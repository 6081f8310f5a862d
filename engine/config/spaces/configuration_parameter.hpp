// One parameter of a configuration space, from JSON over what the evaluator offers, and back.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "search/space/parameter.hpp"

namespace equivolve::engine {

/// Told of each problem: where in the parameter's own JSON ("/low"), what, and whether it is the
/// key that is wrong.
using ParameterReport =
    std::function<void(const std::string& pointer, std::string message, bool at_key)>;

struct ParameterReading {
  std::string place;  ///< what it is called in messages: "space.parameters.lr"
  /// The evaluator's own, which may be narrowed; null: there is none.
  const search::Parameter* offered = nullptr;
  /// There may be an evaluator that offers it, but it is not known: nothing is missed.
  bool is_alone = false;
};

/// `given` has the form that the schema wants. Everything but conditions. Empty where there were
/// problems, or where too little is known.
std::optional<search::Parameter> read_parameter(const nlohmann::json& given,
                                                const ParameterReading& reading,
                                                const ParameterReport& report);

/// A value of the parameter; empty where it is none of its values.
std::optional<double> parameter_value(const nlohmann::json& given, const search::Parameter& p);
nlohmann::json parameter_value_json(const search::Parameter& p, double value);

/// "; did you mean 'adam'?" where a text is nearly a choice.
std::string choice_suggestion(const nlohmann::json& given, const search::Parameter& p);

/// Every key but conditions.
nlohmann::json parameter_json(const search::Parameter& p);

/// A value in a message: its JSON, in one short line.
std::string shown_value(const nlohmann::json& given);

}  // namespace equivolve::engine
