#include <algorithm>

#include <fmt/format.h>

#include "engine/plugins/plugin_names.hpp"
#include "engine/plugins/workers/worker_pool.hpp"

namespace equivolve::engine {
namespace {

constexpr std::chrono::minutes kPatienceAtStart{1};

void fill_in_slot(ChildSettings& child, std::uint32_t slot) {
  constexpr std::string_view kSlot = "{slot}";
  for (auto& [name, value] : child.environment)
    for (std::size_t at = value.find(kSlot); at != std::string::npos; at = value.find(kSlot, at))
      value.replace(at, kSlot.size(), std::to_string(slot));
}

/// What the evaluator is called where it has not said so yet.
std::string file_of(const ChildSettings& child) {
  return child.command.back();
}

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

std::uint32_t WorkerStarter::take_slot() {
  const std::lock_guard guard(lock_);
  std::uint32_t slot = 0;
  while (slots_.contains(slot)) ++slot;
  slots_.insert(slot);
  return slot;
}

void WorkerStarter::free_slot(std::uint32_t slot) {
  const std::lock_guard guard(lock_);
  slots_.erase(slot);
}

tl::expected<WorkerStarter::Greeted, EvaluatorError> WorkerStarter::start() {
  const std::uint32_t slot = take_slot();
  ChildSettings child = settings_.child;
  fill_in_slot(child, slot);
  const auto refuse = [&](const std::string& message, bool bad_input = false) {
    free_slot(slot);
    return tl::unexpected(
        EvaluatorError{"", one_line(fmt::format("{} {}", file_of(child), message)), bad_input});
  };
  auto process = WorkerProcess::start(child, settings_.grace);
  if (!process) return refuse("cannot be started: " + process.error());
  auto answer = process->ask(protocol::Hello{protocol::kVersion, EQUIVOLVE_VERSION},
                             {kPatienceAtStart, nullptr});
  if (!answer)
    return refuse(answer.error().reason == Reason::kDeadline
                      ? fmt::format("did not say hello within {} s",
                                    std::chrono::seconds(kPatienceAtStart).count())
                      : "while it was loaded: " + answer.error().message);
  if (const auto* failure = std::get_if<protocol::Failure>(&*answer)) {
    free_slot(slot);
    return tl::unexpected(failure->error);
  }
  auto* hello = std::get_if<protocol::HelloOk>(&*answer);
  if (!hello) return refuse("answered a hello with something else");
  if (const std::string fault = fault_of(*hello); !fault.empty()) return refuse(fault);
  return Greeted{std::move(*process), std::move(*hello), slot};
}

}  // namespace equivolve::engine
