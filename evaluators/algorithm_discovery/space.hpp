// The programs this evaluator is given, and those it suggests.
#pragma once

#include <string>
#include <string_view>

#include "evaluators/algorithm_discovery/task.hpp"
#include "search/space/program_space.hpp"

namespace equivolve::algorithm_discovery {

/// JSON in the configuration's words. Tables: the space measured in docs/hashing.md section 5;
/// synthetic tasks: a space that holds the teacher's textbook solution.
std::string default_space(const ProblemInfo& info, const Settings& settings);

/// The resolved form: every function with min_length, max_length, initial_length, operations
/// ("length" stands for all three; operations above the functions stand for all). Throws
/// sdk::Refused, also when the dimension is not the number of features.
search::ProgramSpace read_space(std::string_view json, const ProblemInfo& info);

}  // namespace equivolve::algorithm_discovery
