// Asking until somebody answers: a worker that is lost is no answer, so the question goes to
// another one.
#pragma once

#include <functional>

#include "engine/plugins/set_aside.hpp"
#include "engine/plugins/workers/worker_pool.hpp"

namespace equivolve::engine {

/// Why a question has no answer: its worker is lost, or there is none.
struct NoAnswer : WorkerLoss {
  bool is_no_worker = false;
};

/// On up to kMostAttempts workers, each but the first a fresh one; `again` is called before each
/// but the first. Losses are counted under `behaviour`. An answer is of the kind that was asked
/// for. [any-thread]
tl::expected<WorkerReply, NoAnswer> ask_any(WorkerPool& pool, SetAside& losses,
                                            const protocol::Body& question,
                                            const Patience& patience,
                                            const WorkerProcess::OnPart& on_part,
                                            std::uint64_t behaviour,
                                            const std::function<void()>& again = {});

}  // namespace equivolve::engine
