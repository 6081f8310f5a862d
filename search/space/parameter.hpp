// One parameter of a configuration: which values it takes, on which scale, and under which
// conditions. Values are doubles, as in the flat genome (equivolve_genome.h): a number, an integer,
// the position among the choices, 0 or 1. All functions are pure. [any-thread]
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "search/genome/equivolve_genome.h"

namespace equivolve::search {

/// Values of equivolve_genome.h.
enum class ParameterKind : std::uint32_t {
  kFloat = EQV_FLOAT,
  kInteger = EQV_INTEGER,
  kChoice = EQV_CHOICE,
  kBoolean = EQV_BOOLEAN
};
std::string_view kind_name(ParameterKind kind);  ///< "float", "int", "choice", "bool"

/// What is asked of one parameter: to be active, and to have one of some values or to lie in a
/// range, ends included.
struct Clause {
  std::uint32_t parameter = 0;  ///< its position in the space
  bool is_range = false;
  std::vector<double> values;  ///< where it is no range; may be empty: never holds
  double low = 0;              ///< where it is one
  double high = 0;
  bool holds(double value) const;  ///< of the value of an active parameter
  bool operator==(const Clause&) const = default;
};

struct Parameter {
  std::string name;  ///< see is_parameter_name
  ParameterKind kind = ParameterKind::kFloat;
  /// The ends, included; finite, at most 2^53 in magnitude for integers; equal: the value is fixed.
  /// Of a choice 0 and the last position, of a boolean within 0 and 1.
  double low = 0;
  double high = 1;
  bool log = false;  ///< floats and integers: drawn and moved on a log scale; low is above 0
  /// Values are low, low + step, ... up to high. 0 for floats that take every number; at least 1
  /// for integers; 1 for choices and booleans. Always so where `log` is set: no step, or 1.
  double step = 0;
  std::vector<std::string> choices;     ///< of a choice, at least one, all different
  std::optional<double> default_value;  ///< one of its values
  std::vector<Clause> when;             ///< active only where all hold; empty: always
  bool operator==(const Parameter&) const = default;
};

/// Letters, digits, '_', '-' and '.', a letter or '_' first; at most 64.
bool is_parameter_name(std::string_view name);

bool is_numeric(const Parameter& parameter);     ///< a float or an integer
bool is_continuous(const Parameter& parameter);  ///< takes every number between its ends
bool is_fixed(const Parameter& parameter);       ///< has one value only
double value_count(const Parameter& parameter);  ///< how many it takes; infinite where continuous
/// The index-th of its values, which are counted.
double value_at(const Parameter& parameter, double index);
/// The value next to `number`: within the ends and on a step. NaN gives NaN.
double nearest_value(const Parameter& parameter, double number);
bool has_value(const Parameter& parameter, double number);  ///< exactly, -0 and NaN never

/// The unit scale, on which every parameter is a number in [0, 1]: linear or logarithmic between
/// the ends of a continuous one; where values are counted each has a cell of its own, all of one
/// width, or, for integers on a log scale, from value - 1/2 to value + 1/2 in logarithms.
/// from_unit(to_unit(value)) is the value where values are counted, and within rounding elsewhere.
double to_unit(const Parameter& parameter, double value);
/// `unit` outside of [0, 1] is moved to its end.
double from_unit(const Parameter& parameter, double unit);

/// "0.001", "3", "relu", "true": as in the text form, where a choice that is no plain word stands
/// in quotes.
std::string value_text(const Parameter& parameter, double value);
/// Shortest that reads back as the same number.
std::string number_text(double number);
std::string quoted_text(std::string_view text);  ///< as value_text writes a choice
/// "a number from 1e-05 to 0.1", "one of a, b, c": what is expected of a value.
std::string expected_values(const Parameter& parameter);

}  // namespace equivolve::search
