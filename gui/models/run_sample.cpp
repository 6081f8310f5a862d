#include "gui/models/run_sample.hpp"

#include <unordered_map>

#include "gui/models/run_follower.hpp"

namespace equivolve::gui {
namespace {

class Sampler {
 public:
  Sampler(const engine::StoreReader& reader, engine::RunId run,
          const std::vector<engine::FigureRow>& figures, std::uint64_t told)
      : reader_(reader), run_(run), figures_(figures), told_(told) {}

  tl::expected<CandidateData, std::string> take() {
    auto chunk = std::make_shared<CandidateChunk>();
    chunk->figures.resize(figures_.size());
    for (std::uint64_t segment = 0; segment < kSampleSegments; ++segment)
      if (auto read = add_segment(*chunk, told_ / kSampleSegments * segment); !read)
        return tl::unexpected(read.error().message);
    CandidateData data(figures_);
    data.chunks().push_back(std::move(chunk));
    data.set_sample_of(told_);
    return data;
  }

 private:
  template <class Value>
  using Result = tl::expected<Value, engine::StoreError>;

  Result<void> add_segment(CandidateChunk& chunk, std::uint64_t first) {
    const auto outcomes = reader_.outcomes(run_, first, kSegmentRows);
    if (!outcomes) return tl::unexpected(outcomes.error());
    const auto trials = trials_from(first);
    if (!trials) return tl::unexpected(trials.error());
    for (const engine::OutcomeRow& outcome : *outcomes) {
      const auto settled = trials->find(outcome.ticket);
      append_outcome(chunk, figures_, outcome,
                     settled == trials->end() ? nullptr : &settled->second);
      chunk.ticket.push_back(outcome.ticket);
    }
    return {};
  }

  Result<std::unordered_map<std::uint64_t, SettlingTrial>> trials_from(std::uint64_t ticket) {
    constexpr std::uint64_t kOutOfTurn = 64;  // how far trials stand from their tickets' turn
    const auto first = first_trial_of(ticket);
    if (!first) return tl::unexpected(first.error());
    const auto trials = reader_.trials(run_, *first > kOutOfTurn ? *first - kOutOfTurn : 0,
                                       kSegmentRows + 2 * kOutOfTurn);
    if (!trials) return tl::unexpected(trials.error());
    std::unordered_map<std::uint64_t, SettlingTrial> found;
    for (const engine::TrialRow& trial : *trials)
      if (trial.kind == engine::TrialKind::kSearch)
        found[trial.subject] = {trial.number, trial.seconds, trial.figures};
    return found;
  }

  /// The number of the first trial, about, of this ticket or a later one.
  Result<std::uint64_t> first_trial_of(std::uint64_t ticket) {
    std::uint64_t low = 0, high = 2 * told_;  // with every hit verified there are no more
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      const auto trial = reader_.trials(run_, middle, 1);
      if (!trial) return tl::unexpected(trial.error());
      const bool before = !trial->empty() &&
                          (trial->front().kind == engine::TrialKind::kSearch ||
                           trial->front().kind == engine::TrialKind::kVerification) &&
                          trial->front().subject < ticket;
      if (before)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  const engine::StoreReader& reader_;
  const engine::RunId run_;
  const std::vector<engine::FigureRow>& figures_;
  const std::uint64_t told_;
};

}  // namespace

tl::expected<CandidateData, std::string> run_sample(const engine::StoreReader& reader,
                                                    engine::RunId run,
                                                    const std::vector<engine::FigureRow>& figures,
                                                    std::uint64_t told) {
  return Sampler(reader, run, figures, told).take();
}

}  // namespace equivolve::gui
