// An evaluator whose trials run in workers: processes of their own that speak the protocol. A
// worker that is lost costs a trial at most a repetition on a fresh one.
#pragma once

#include <memory>
#include <string>

#include "engine/plugins/plugin_host.hpp"
#include "engine/plugins/workers/worker_starter.hpp"

namespace equivolve::engine {

/// Configures a first worker, which reads the data. `program`: EvaluatorInfo::program. Thread-safe,
/// whatever the evaluator behind it says of itself. [main-thread]
tl::expected<std::unique_ptr<Evaluator>, EvaluatorError> make_worker_evaluator(
    const std::shared_ptr<WorkerStarter>& starter, WorkerStarter::Greeted first,
    const std::string& config_json, const CreateOptions& options,
    const hashing::Digest& program = {});

}  // namespace equivolve::engine
