#include "engine/plugins/workers/asking.hpp"

namespace equivolve::engine {
namespace {

WorkerLoss loss_by_other_answer(std::string log) {
  return {Reason::kProtocol, false, true, "gave another answer than was asked for", std::move(log)};
}

/// At one worker, which is given back or dropped.
tl::expected<WorkerReply, WorkerLoss> ask_one(WorkerPool& pool, WorkerPool::Leased worker,
                                              const protocol::Body& question,
                                              const Patience& patience,
                                              const WorkerProcess::OnPart& on_part) {
  auto answer = worker->process->ask(question, patience, on_part);
  if (answer && !protocol::is_answer_to(question, answer->body))
    answer = tl::unexpected(loss_by_other_answer(std::move(answer->log)));
  if (answer)
    pool.give_back(std::move(worker));
  else
    pool.drop(std::move(worker));
  return answer;
}

}  // namespace

tl::expected<WorkerReply, NoAnswer> ask_any(WorkerPool& pool, SetAside& losses,
                                            const protocol::Body& question,
                                            const Patience& patience,
                                            const WorkerProcess::OnPart& on_part,
                                            std::uint64_t behaviour,
                                            const std::function<void()>& again) {
  for (int attempt = 0;;) {
    // A worker that was used may have been harmed by what it did before.
    auto worker = pool.lease(*patience.stop, attempt > 0);
    if (!worker)
      return tl::unexpected(NoAnswer{
          {Reason::kLostWorker, worker.error().was_stopped, false, worker.error().message, ""},
          true});
    auto answer = ask_one(pool, std::move(*worker), question, patience, on_part);
    if (answer) return std::move(*answer);
    const WorkerLoss& loss = answer.error();
    const bool is_last = loss.was_stopped || loss.reason == Reason::kDeadline;
    // Else the worker was lost by no fault of this question.
    if (!is_last && loss.was_begun) {
      losses.count_loss(behaviour, loss.reason);
      ++attempt;
    }
    if (is_last || attempt >= kMostAttempts)
      return tl::unexpected(NoAnswer{std::move(answer.error()), false});
    if (loss.was_begun && again) again();
  }
}

}  // namespace equivolve::engine
