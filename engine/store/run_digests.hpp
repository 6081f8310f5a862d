// The two digests of a run, fed in ticket order. Both the engine (while it runs) and `store verify`
// (from the rows) use this.
#pragma once

#include <memory>
#include <string>

#include "engine/store/records.hpp"

namespace equivolve::engine {

/// result_digest: births, genomes (checksum), class ids, outcomes. trajectory_digest: genomes and
/// told fitness alone, so that it is also equal with the cache on and off. Neither sees measured
/// times.
///
/// Both are XXH3-128 over little-endian 64-bit words, for each outcome in order:
///   result_digest      ticket, birth, class (2^64-1: none), level, hit (0 or 1), status, reason,
///   genome checksum, told trajectory_digest  genome checksum, status, told
/// where told is a count and so many doubles: those up to the last finite one, with every value
/// that is not finite as one NaN (0x7ff8000000000000) and -0 as 0. `verified` and `wrong` say how
/// an outcome was checked, not what it is, so they are left out. One thread at a time.
class RunDigests {
 public:
  RunDigests();
  ~RunDigests();
  RunDigests(RunDigests&&) noexcept;
  RunDigests& operator=(RunDigests&&) noexcept;
  void add(const OutcomeRow& outcome);
  std::string result_digest() const;      ///< 32 hex digits
  std::string trajectory_digest() const;  ///< 32 hex digits

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace equivolve::engine
