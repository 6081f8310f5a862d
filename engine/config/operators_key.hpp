// The key `search.operators`: how often each operator breeds, beside the others of its kind.
#pragma once

#include <map>
#include <string>

#include "engine/config/key_table.hpp"
#include "engine/config/reader.hpp"
#include "search/variation/operator.hpp"

namespace equivolve::engine {

/// Names of operators, as the results file stores them, that a weight can be given to: those of one
/// representation, or of all of them ("").
std::vector<std::string> weighted_names(const std::string& representation = "");

Key operators_key(std::string name, std::string help, Field<std::map<std::string, double>> value);

/// Operators that the run's representation, which is settled, does not have; and weights that leave
/// no mutation, or no crossover.
ConfigProblems check_operators(const ReadConfiguration& read);

/// As the search takes them.
std::map<search::Operator, double> operator_weights(const SearchConfig& search);

}  // namespace equivolve::engine
