// What a worker says of itself and its evaluator, checked as a module's own words are.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "engine/plugins/evaluator.hpp"
#include "engine/plugins/instance_info.hpp"
#include "engine/plugins/protocol/messages.hpp"

namespace equivolve::engine {

/// "": nothing. Behind the program's name: "speaks protocol 2 (...), this program speaks 1".
std::string fault_of_greeting(const protocol::HelloOk& hello);

/// The error, behind the evaluator's name, says what is wrong with it. [any-thread]
tl::expected<EvaluatorInfo, std::string> checked_info(const EvaluatorInfo& said,
                                                      const SinkWishes& wishes);

}  // namespace equivolve::engine
