#include "engine/plugins/workers/worker_starter.hpp"

#include <fmt/format.h>

#include "engine/plugins/command_files.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

constexpr std::chrono::minutes kPatienceAtStart{1};

std::string fault_of(const protocol::HelloOk& hello) {
  if (hello.protocol != protocol::kVersion)
    return fmt::format("speaks protocol {} ({}), this program speaks {}", hello.protocol,
                       hello.build, protocol::kVersion);
  const EvaluatorDescriptor& d = hello.descriptor;
  if (!is_evaluator_id(d.id))
    return fmt::format("calls itself '{}'; an id is [a-z][a-z0-9_]{{0,63}}", one_line(d.id, 80));
  if (d.version.empty()) return "has no version in its descriptor";
  for (const std::string& name : d.representations)
    if (!search::representation_named(name))
      return fmt::format("accepts the representation '{}', which this version does not know",
                         one_line(name, 80));
  return d.representations.empty() ? "accepts no representation" : "";
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
  const auto refuse = [&](const std::string& message, bool bad_input = false) {
    slots_.give_back(slot);
    return tl::unexpected(
        EvaluatorError{"", one_line(fmt::format("{} {}", file, message)), bad_input});
  };
  auto process = WorkerProcess::start(child, settings_.grace);
  if (!process) return refuse("cannot be started: " + process.error());
  auto answer = (*process)->ask(protocol::Hello{protocol::kVersion, EQUIVOLVE_VERSION},
                                {kPatienceAtStart, &stop});
  if (!answer && answer.error().was_stopped) return refuse("was not started: the run was stopped");
  if (!answer)
    return refuse(answer.error().reason == Reason::kDeadline
                      ? fmt::format("did not say hello within {} s",
                                    std::chrono::seconds(kPatienceAtStart).count())
                      : "while it was loaded: " + answer.error().message);
  if (const auto* failure = std::get_if<protocol::Failure>(&answer->body)) {
    slots_.give_back(slot);
    return tl::unexpected(failure->error);
  }
  auto* hello = std::get_if<protocol::HelloOk>(&answer->body);
  if (!hello) return refuse("answered a hello with something else");
  if (const std::string fault = fault_of(*hello); !fault.empty()) return refuse(fault);
  return Greeted{std::move(*process), std::move(*hello), slot};
}

}  // namespace equivolve::engine
