// What a run's outcomes and trials say of its candidates, column by column: a value that threads
// share without locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "engine/store/records.hpp"

namespace equivolve::gui {

inline constexpr std::size_t kChunkRows = 16384;
inline constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// At most kChunkRows outcomes in ticket order; all columns have one length. Never changed once it
/// is shared.
struct CandidateChunk {
  std::vector<std::uint64_t> ticket;  ///< of samples only; else the row says it
  std::vector<std::uint64_t> birth;
  std::vector<std::uint64_t> cls;    ///< kNone64: of no class
  std::vector<std::uint64_t> trial;  ///< the number of its trial in the run; kNone64: none
  std::vector<std::uint32_t> level;
  std::vector<engine::Status> status;
  std::vector<engine::Reason> reason;
  std::vector<std::uint8_t> flags;           ///< of Flag
  std::vector<double> seconds;               ///< of its trial; NaN where there was none
  std::vector<std::vector<double>> figures;  ///< by figure, then row; NaN: no value
};

enum Flag : std::uint8_t { kDuplicate = 1, kVerified = 2, kWrong = 4 };

/// The outcomes of a run from ticket 0 on, row n being ticket n; or a sample of them. Copies share
/// their chunks. [any-thread]
class CandidateData {
 public:
  CandidateData() = default;
  explicit CandidateData(std::vector<engine::FigureRow> figures) : figures_(std::move(figures)) {}

  std::size_t rows() const {
    return chunks_.empty() ? 0 : (chunks_.size() - 1) * kChunkRows + chunks_.back()->birth.size();
  }
  const std::vector<engine::FigureRow>& figure_rows() const { return figures_; }
  /// The position of the first objective among the figures; the number of figures where there is
  /// none.
  std::size_t objective() const;

  /// Of how many outcomes this is a sample; 0: it is all of them.
  std::uint64_t sample_of() const { return sample_of_; }
  void set_sample_of(std::uint64_t outcomes) { sample_of_ = outcomes; }

  std::uint64_t ticket(std::size_t row) const {
    return sample_of_ == 0 ? row : chunk(row).ticket[row % kChunkRows];
  }
  std::uint64_t birth(std::size_t row) const { return chunk(row).birth[row % kChunkRows]; }
  std::uint64_t cls(std::size_t row) const { return chunk(row).cls[row % kChunkRows]; }
  std::uint64_t trial(std::size_t row) const { return chunk(row).trial[row % kChunkRows]; }
  std::uint32_t level(std::size_t row) const { return chunk(row).level[row % kChunkRows]; }
  engine::Status status(std::size_t row) const { return chunk(row).status[row % kChunkRows]; }
  engine::Reason reason(std::size_t row) const { return chunk(row).reason[row % kChunkRows]; }
  bool has(Flag flag, std::size_t row) const {
    return (chunk(row).flags[row % kChunkRows] & flag) != 0;
  }
  double seconds(std::size_t row) const { return chunk(row).seconds[row % kChunkRows]; }
  double figure(std::size_t figure, std::size_t row) const {
    return chunk(row).figures[figure][row % kChunkRows];
  }

  const std::vector<std::shared_ptr<const CandidateChunk>>& chunks() const { return chunks_; }
  std::vector<std::shared_ptr<const CandidateChunk>>& chunks() { return chunks_; }

 private:
  const CandidateChunk& chunk(std::size_t row) const { return *chunks_[row / kChunkRows]; }

  std::vector<engine::FigureRow> figures_;
  std::vector<std::shared_ptr<const CandidateChunk>> chunks_;  // all full but the last
  std::uint64_t sample_of_ = 0;
};

/// "ok", "failed", ...; as the store's views write them.
const char* status_name(engine::Status status);
const char* reason_name(engine::Reason reason);
/// "ok", "failed (crash)", ...
std::string status_text(engine::Status status, engine::Reason reason);

}  // namespace equivolve::gui
