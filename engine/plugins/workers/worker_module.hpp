// A module that is opened in a worker, never in this process: whatever its code does while it is
// loaded ends the worker alone.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/plugins/plugin_host.hpp"
#include "engine/plugins/workers/worker_starter.hpp"

namespace equivolve::engine {

/// The worker's program: `equivolve-worker` beside this program's own file.
std::filesystem::path worker_program();

/// As load_plugin, with trials in workers. `settings.child.command` is filled in. Scripts run in
/// processes of their own anyway. [main-thread]
tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_plugin_in_workers(
    const std::string& id, const std::vector<std::filesystem::path>& folders,
    WorkerSettings settings);

/// The same, but for what is built in, which is opened here: for those who only want to know what a
/// module says of itself. [main-thread]
tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_plugin_to_describe(
    const std::string& id, const std::vector<std::filesystem::path>& folders);

/// Describe of list_plugins: what is not built in is opened in a worker. [main-thread]
tl::expected<EvaluatorDescriptor, std::string> described_in_worker(
    const std::filesystem::path& file);

/// Whether the evaluator with that id is one of this program's own: `script`, or a module in the
/// folder of the built-in ones.
bool is_built_in(const std::string& id, const std::vector<std::filesystem::path>& folders);

/// How a program that speaks the worker protocol is started: the Python module is at hand, and what
/// it prints is not held back.
ChildSettings child_of_program(const std::vector<std::string>& command,
                               const std::filesystem::path& folder, ChildSettings others = {});

/// A program that speaks the worker protocol, started in `folder`. `id`: what it has to call
/// itself, or "". [main-thread]
tl::expected<std::unique_ptr<PluginModule>, EvaluatorError> load_program(
    const std::string& id, const std::vector<std::string>& command,
    const std::filesystem::path& folder, WorkerSettings settings);

}  // namespace equivolve::engine
