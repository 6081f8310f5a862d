// All that the store knows of one candidate.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "engine/store/reader.hpp"
#include "gui/models/candidate_data.hpp"
#include "gui/models/genome_graph.hpp"
#include "gui/models/genome_text.hpp"
#include "gui/models/run_follower.hpp"

namespace equivolve::gui {

struct ClassMember {
  std::uint64_t ticket = 0, birth = 0;
  std::vector<TextLine> text;
  std::optional<GenomeGraph> graph;
};

struct CandidateDetails {
  engine::RunId run = 0;
  std::uint64_t ticket = 0, birth = 0, cls = engine::kNone64;
  std::string status, behaviour;  ///< "ok"; "new", "duplicate", ...
  std::string digest;             ///< of its class, 32 hex digits; "" without one
  std::optional<std::uint64_t> parent, second_parent;  ///< births
  std::optional<std::uint64_t> parent_ticket;          ///< where the parent was told
  std::vector<TextLine> text, parent_text;             ///< the latter empty without a parent
  std::optional<GenomeGraph> graph;                    ///< where it is one
  std::vector<engine::FigureRow> figures;
  std::vector<engine::TrialRow> trials;  ///< of its class, at most kMostTrials, in order
  std::size_t trial_count = 0;           ///< all of them
  std::vector<engine::TrialLog> logs;    ///< of those that failed and whose process had printed
  std::vector<ClassMember> members;  ///< of its class, at most kMostMembers, itself not among them
  std::size_t member_count = 0;      ///< all, itself included
  std::vector<engine::ArtefactRow> artefacts;  ///< of the run's winner, where this is it
};

inline constexpr std::size_t kMostTrials = 200;
inline constexpr std::size_t kMostMembers = 50;

/// Reads genomes, trials and artefacts of the candidate told as `ticket`. The error is one line for
/// people.
tl::expected<CandidateDetails, std::string> candidate_details(const engine::StoreReader& reader,
                                                              const engine::RunInfo& run,
                                                              const RunFollower& follower,
                                                              std::uint64_t ticket);

}  // namespace equivolve::gui
