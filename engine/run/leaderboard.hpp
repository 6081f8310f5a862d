// The best behaviours of a search, for the final stage: distinct (by class, or by genome where
// there are no classes), best first; of equals the earlier stands first.
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
  std::vector<double> figures;  ///< of its outcome
  std::shared_ptr<const search::Genome> genome;
};

class Leaderboard {
 public:
  explicit Leaderboard(std::size_t kept) : kept_(kept) {}
  /// Whether a score could enter; cheap, so that most candidates cost one comparison.
  bool would_enter(double score) const {
    return kept_ > 0 && (leaders_.size() < kept_ || score > leaders_.back().score);
  }
  void offer(Leader leader);
  /// Takes a behaviour off the board.
  void withdraw(std::uint64_t identity);
  const std::vector<Leader>& leaders() const { return leaders_; }

 private:
  std::size_t kept_;
  std::vector<Leader> leaders_;  // best first
};

}  // namespace equivolve::engine
