// What an evaluator says of itself once its data are read, checked.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include "engine/plugins/evaluator.hpp"
#include "engine/plugins/probe_sink.hpp"
#include "evaluators/sdk/equivolve_evaluator.h"

namespace equivolve::engine {

/// `mantissa_bits`: of the configuration; 0: the evaluator's own. The error is one line.
tl::expected<EvaluatorInfo, std::string> read_instance_info(const eqv_instance_info* theirs,
                                                            const SinkWishes& wishes);

}  // namespace equivolve::engine
