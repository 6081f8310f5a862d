// Reads the candidates of one run a piece at a time, and later those that were added.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"
#include "gui/models/candidate_data.hpp"

namespace equivolve::gui {

/// What an outcome takes from the trial that settled it.
struct SettlingTrial {
  std::uint64_t number = 0;  ///< in the run
  double seconds = 0;
  std::vector<double> figures;
};
/// Appends a row. `trial`: null for a hit.
void append_outcome(CandidateChunk& chunk, const std::vector<engine::FigureRow>& figures,
                    const engine::OutcomeRow& outcome, const SettlingTrial* trial);

/// A trial that settled no outcome: a repeated hit, the final stage, a reference.
struct SideTrial {
  std::uint64_t number = 0;  ///< in the run
  engine::TrialKind kind = engine::TrialKind::kSearch;
  std::uint64_t birth = 0, cls = 0;
};

/// One thread at a time; the reader must outlive it.
class RunFollower {
 public:
  RunFollower(const engine::StoreReader& reader, engine::RunId run,
              std::vector<engine::FigureRow> figures);

  /// Reads at most kChunkRows outcomes in one short read transaction, and the trials that settled
  /// them. Whether there may be more already; an error is one line for people.
  tl::expected<bool, std::string> read_piece();

  engine::RunId run() const { return run_; }
  const CandidateData& data() const { return data_; }
  const std::vector<SideTrial>& side_trials() const { return side_trials_; }

 private:
  tl::expected<void, std::string> read_trials();
  void append(CandidateChunk& chunk, const engine::OutcomeRow& outcome);

  const engine::StoreReader& reader_;
  engine::RunId run_;
  CandidateData data_;
  std::uint64_t next_trial_ = 0;
  std::unordered_map<std::uint64_t, SettlingTrial>
      settled_;  // by ticket; until its outcome is read
  std::vector<SideTrial> side_trials_;
};

}  // namespace equivolve::gui
