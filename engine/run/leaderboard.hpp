// The best behaviours of a search, for the final stage: distinct (by class, or by genome where
// there are no classes), best first; of equals the earlier stands first. Those that miss a
// constraint stand there only until one meets them all.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "hashing/digest.hpp"
#include "search/genome/genome.hpp"

namespace equivolve::engine {

struct Leader {
  std::uint64_t birth = 0;
  std::uint64_t cls = 0;       ///< hashing::kNoClass where there is none
  std::uint64_t identity = 0;  ///< what makes it distinct: half its class's digest, or its genome's
                               ///< checksum
  hashing::Digest digest;      ///< of its founder; zero where there is none
  bool has_digest = false;
  double score = 0;             ///< first objective, to be maximised
  double violation = 0;         ///< of the constraints; 0: all are met
  std::vector<double> figures;  ///< of its outcome
  std::shared_ptr<const search::Genome> genome;
};

class Leaderboard {
 public:
  explicit Leaderboard(std::size_t kept) : kept_(kept) {}
  /// Whether a candidate could enter; cheap, so that most cost a few comparisons.
  bool would_enter(double score, double violation = 0) const {
    if (kept_ == 0) return false;
    if (leaders_.empty()) return true;
    const Leader& last = leaders_.back();
    if ((violation > 0) != (last.violation > 0)) return last.violation > 0;
    return leaders_.size() < kept_ || stands_before(score, violation, last);
  }
  void offer(Leader leader);
  /// Takes a behaviour off the board.
  void withdraw(std::uint64_t identity);
  const std::vector<Leader>& leaders() const { return leaders_; }

 private:
  static bool stands_before(double score, double violation, const Leader& other) {
    return violation != other.violation ? violation < other.violation : score > other.score;
  }

  std::size_t kept_;
  std::vector<Leader> leaders_;  // best first
};

}  // namespace equivolve::engine
