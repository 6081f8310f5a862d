#include "gui/models/run_follower.hpp"

namespace equivolve::gui {

RunFollower::RunFollower(const engine::StoreReader& reader, engine::RunId run,
                         std::vector<engine::FigureRow> figures)
    : reader_(reader), run_(run), data_(std::move(figures)) {}

tl::expected<bool, std::string> RunFollower::read_piece() {
  const std::size_t held = data_.rows() % kChunkRows, room = kChunkRows - held;
  const auto outcomes = reader_.outcomes(run_, data_.rows(), room);
  if (!outcomes) return tl::unexpected(outcomes.error().message);
  // A trial is committed before the outcome that it settled, so it is there by now.
  if (auto read = read_trials(); !read) return tl::unexpected(read.error());
  if (outcomes->empty()) return false;
  auto chunk = std::make_shared<CandidateChunk>();
  if (held > 0) *chunk = *data_.chunks().back();
  chunk->figures.resize(data_.figure_rows().size());
  for (const engine::OutcomeRow& outcome : *outcomes) append(*chunk, outcome);
  if (held > 0) data_.chunks().pop_back();
  data_.chunks().push_back(std::move(chunk));
  return outcomes->size() == room;
}

// As far as the outcomes read may need: the trials in flight are few.
tl::expected<void, std::string> RunFollower::read_trials() {
  constexpr std::size_t kTrialsPerRead = 4096;
  for (;;) {
    const auto trials = reader_.trials(run_, next_trial_, kTrialsPerRead);
    if (!trials) return tl::unexpected(trials.error().message);
    for (const engine::TrialRow& trial : *trials) {
      if (trial.kind == engine::TrialKind::kSearch)
        settled_[trial.subject] = {trial.number, trial.seconds, trial.figures};
      else
        side_trials_.push_back({trial.number, trial.kind, trial.birth, trial.cls});
      next_trial_ = trial.number + 1;
    }
    if (trials->size() < kTrialsPerRead || settled_.size() > 2 * kChunkRows) return {};
  }
}

void RunFollower::append(CandidateChunk& chunk, const engine::OutcomeRow& outcome) {
  const auto settled = settled_.find(outcome.ticket);
  const bool tried = settled != settled_.end();
  append_outcome(chunk, data_.figure_rows(), outcome, tried ? &settled->second : nullptr);
  if (tried) settled_.erase(settled);
}

void append_outcome(CandidateChunk& chunk, const std::vector<engine::FigureRow>& figures,
                    const engine::OutcomeRow& outcome, const SettlingTrial* trial) {
  chunk.birth.push_back(outcome.birth);
  chunk.cls.push_back(outcome.cls);
  chunk.level.push_back(outcome.level);
  chunk.status.push_back(outcome.status);
  chunk.reason.push_back(outcome.reason);
  chunk.flags.push_back(static_cast<std::uint8_t>((outcome.hit ? kDuplicate : 0) |
                                                  (outcome.verified ? kVerified : 0) |
                                                  (outcome.wrong ? kWrong : 0)));
  chunk.trial.push_back(trial != nullptr ? trial->number : engine::kNone64);
  chunk.seconds.push_back(trial != nullptr ? trial->seconds : kNothing);
  std::size_t told = 0;
  for (std::size_t f = 0; f < figures.size(); ++f) {
    double value = kNothing;
    if (figures[f].role < engine::kMetricRole) {
      if (told < outcome.told.size()) value = outcome.told[told++];
    } else if (trial != nullptr && f < trial->figures.size()) {
      value = trial->figures[f];
    }
    chunk.figures[f].push_back(value);
  }
}

}  // namespace equivolve::gui
