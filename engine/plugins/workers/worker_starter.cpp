#include "engine/plugins/workers/worker_starter.hpp"

#include <fmt/format.h>

#include "engine/plugins/command_files.hpp"
#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/workers/python_traceback.hpp"
#include "engine/plugins/workers/worker_info.hpp"

namespace equivolve::engine {
namespace {

/// Why it did not greet, and where in its source, if its log says so.
std::string text_of(const WorkerLoss& loss, std::chrono::nanoseconds deadline) {
  if (loss.reason == Reason::kDeadline)
    return fmt::format(
        "did not say hello within {:g} s; allow more with the key "
        "workers.start_deadline",
        std::chrono::duration<double>(deadline).count());
  const std::string place = place_of_exception(loss.log);
  return "while it was loaded: " + loss.message + (place.empty() ? "" : " (" + place + ")");
}

}  // namespace

tl::expected<WorkerStarter::Greeted, EvaluatorError> WorkerStarter::start(
    const std::atomic<bool>& stop) {
  const std::uint32_t slot = slots_.take();
  ChildSettings child = settings_.child;
  for (auto& [name, value] : child.environment) value = with_slot(std::move(value), slot);
  child.command.insert(child.command.begin(), settings_.launcher.begin(), settings_.launcher.end());
  // What the evaluator is called where it has not said so yet.
  const std::string file = script_of(settings_.child.command, settings_.child.folder);
  auto process = WorkerProcess::start(child, settings_.grace);
  const auto give_up = [&](EvaluatorError error) {
    if (process) process->reset();  // before another one may have its slot
    slots_.give_back(slot);
    return tl::unexpected(std::move(error));
  };
  const auto refuse = [&](const std::string& message) {
    return give_up({"", one_line(fmt::format("{} {}", file, message)), false});
  };
  if (!process) return refuse("cannot be started: " + process.error());
  auto answer = (*process)->ask(protocol::Hello{protocol::kVersion, EQUIVOLVE_VERSION},
                                {settings_.start_deadline, &stop});
  if (!answer && answer.error().was_stopped) return refuse("was not started: the run was stopped");
  if (!answer) return refuse(text_of(answer.error(), settings_.start_deadline));
  if (const auto* failure = std::get_if<protocol::Failure>(&answer->body))
    return give_up(failure->error);
  auto* hello = std::get_if<protocol::HelloOk>(&answer->body);
  if (!hello) return refuse("answered a hello with something else");
  if (const std::string fault = fault_of_greeting(*hello); !fault.empty()) return refuse(fault);
  return Greeted{std::move(*process), std::move(*hello), slot};
}

}  // namespace equivolve::engine
