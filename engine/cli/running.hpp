// What the commands that carry out a run share: watching it, and saying what it came to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/cli/command_spec.hpp"
#include "engine/cli/console.hpp"
#include "engine/cli/event_stream.hpp"
#include "engine/run/run.hpp"

namespace equivolve::cli {

/// Progress, notices, events and signals of one session. Stays where it is; `budget` outlives it.
struct Watch {
  Console console;
  std::unique_ptr<EventStream> events;
  engine::RunControls controls;

  /// `events_descriptor` below 0: no event stream.
  Watch(const CommonOptions& common, int events_descriptor, const engine::BudgetConfig& budget);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
};

/// Prints the summary, or why there is none, and the next command; returns the exit code.
int report(const tl::expected<engine::RunOutcome, engine::RunError>& outcome,
           const CommonOptions& common, const std::filesystem::path& store);

OptionSpec events_option(int& descriptor);
/// --workers, with the range of workers.count.
OptionSpec workers_option(std::optional<std::uint32_t>& workers);
/// 0, or the exit code after saying that the descriptor cannot be written to.
int check_events(int descriptor);

}  // namespace equivolve::cli
