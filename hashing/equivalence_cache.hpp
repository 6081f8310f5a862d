// Which behaviours are known, and what they were worth. A plain single-threaded value driven in
// ticket order: its state at look-up n is a function of the tickets below n alone, so any number of
// workers sees the same hits. Source: functional equivalence caching, Real et al. 2020
// (AutoML-Zero) and Gillard et al. 2023 (policy names).
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "hashing/digest.hpp"

namespace equivolve::hashing {

using Ticket = std::uint64_t;   ///< 0-based number of a request
using ClassId = std::uint64_t;  ///< 0-based number of an equivalence class in the order of founding
using Level = std::uint32_t;    ///< fidelity of an evaluation
inline constexpr ClassId kNoClass = std::numeric_limits<ClassId>::max();

enum class Policy : std::uint8_t {
  kReuse,      ///< a hit takes the stored outcome
  kOff,        ///< nothing is merged
  kForget,     ///< the same, but now and then the class is dropped after a hit: the next arrival
               ///< founds a new one and is evaluated, so that lucky outliers die
  kAggregate,  ///< the first arrivals are evaluated, each with a seed of its own, and the outcome
               ///< is the mean so far; later ones take it
};

struct CacheSettings {
  Policy policy = Policy::kReuse;
  /// Classes kept; the least recently seen goes first. Those seen within the last `lookahead`
  /// tickets are pinned, so up to `lookahead` more may be held for a moment.
  std::uint64_t capacity = 1'000'000;
  std::uint64_t lookahead = 16;
  std::uint32_t levels = 1;
  std::uint32_t figures = 1;  ///< named figures a trial returns

  double forget_probability = 0.1;    ///< kForget: that a hit drops its class; 0..1
  std::uint64_t forget_after = 0;     ///< kForget: hits that drop it at the latest; 0: any number
  std::uint32_t max_evaluations = 5;  ///< kAggregate: arrivals of a class that are evaluated
  std::uint64_t seed = 0;             ///< of the draws of kForget
  /// A class is found under its founder's key and under its first alternative: for two shifted
  /// grids, where a probe's first alternative is its digest on the other grid.
  bool two_keys = false;
};

/// What an earlier run found out about a behaviour, for `warm_start`.
struct WarmOutcome {
  Digest digest;
  Level level = 0;
  std::uint8_t status = 0;
  std::uint8_t reason = 0;
  std::uint32_t count = 0;   ///< trials with figures
  double seconds = 0;        ///< mean of a trial
  std::vector<double> mean;  ///< settings.figures values, or none
};

/// What look_up decides.
struct Verdict {
  enum class Kind : std::uint8_t {
    kKnown,     ///< settled: `recall` has the outcome
    kWaitFor,   ///< being evaluated by `leader`: its outcome will be this one's
    kEvaluate,  ///< this ticket leads: evaluate, then settle(cls, level, ...)
  };
  Kind kind = Kind::kEvaluate;
  ClassId cls = kNoClass;       ///< kNoClass only under Policy::kOff
  Digest digest;                ///< the founder's (own key for a new class)
  Ticket founder = 0;           ///< ticket that founded the class (own ticket for a new one)
  Ticket leader = 0;            ///< ticket whose evaluation settles this (class, level)
  bool founded = false;         ///< the class is new
  bool partial = false;         ///< the class was known, this level of it was not
  bool by_alternative = false;  ///< matched on a neighbouring digest
  std::uint32_t trial = 0;      ///< of kEvaluate: evaluations of this class and level before it
  bool warm = false;            ///< known from an earlier run, and looked up here for the first
                                ///< time at this level
  bool first_is_warm = false;   ///< the first trial of this class and level is an earlier run's
};

/// A settled outcome as the cache keeps it: `status` is the caller's code, `figures` the mean of
/// each named figure.
struct Recalled {
  std::uint8_t status = 0;
  std::uint8_t reason = 0;
  std::uint32_t count = 0;           ///< trials behind the means
  double seconds = 0;                ///< mean seconds of a trial
  std::span<const double> mean;      ///< valid until the next non-const call
  std::span<const double> variance;  ///< sample variance (n - 1), 0 for one trial
  std::span<const double> first;     ///< figures of the first trial; kAggregate only, else the mean
  std::uint8_t first_status = 0;     ///< of the first trial
};

struct Accounting {
  std::uint64_t look_ups = 0;
  std::uint64_t hits = 0;          ///< class and level known or in flight; not evaluated again
  std::uint64_t again = 0;         ///< known, and evaluated again (kAggregate)
  std::uint64_t warm_hits = 0;     ///< classes and levels taken over from an earlier run
  std::uint64_t partial_hits = 0;  ///< class known, level not
  std::uint64_t misses = 0;        ///< class founded and not known from an earlier run
  std::uint64_t alternative_hits = 0;
  std::uint64_t evictions = 0;
  std::uint64_t forgotten = 0;  ///< classes dropped by kForget
  std::uint64_t classes = 0;    ///< founded so far
  double seconds_saved = 0;     ///< sum over hits of the mean seconds of a trial of that class
  bool operator==(const Accounting&) const = default;
};

/// Break-even (hashing.md section 2): with probe p, look-up l, full cost C and hit share h, caching
/// speeds a run up by C / (p + l + (1 - h) C). Returns 1 when C is 0.
double predicted_speed_up(double probe_seconds, double look_up_seconds, double full_seconds,
                          double hit_share);

/// Memory: 56 bytes a class held, 40 + 16 x figures bytes a level of it that was looked up, 32 to
/// 64 bytes of index (two tables of 8-byte slots, a quarter to half full): 144 to 176 bytes at one
/// level and one figure, twice that while a vector grows. Under kAggregate a level
/// takes 8 x figures more, with two_keys a class 16 bytes and half the index again. A look-up takes
/// constant time and touches a few cache lines.
class EquivalenceCache {
 public:
  explicit EquivalenceCache(CacheSettings settings);
  ~EquivalenceCache();
  EquivalenceCache(EquivalenceCache&&) noexcept;
  EquivalenceCache& operator=(EquivalenceCache&&) noexcept;

  /// Before the first look-up: what is known already. A behaviour of the list founds a class here
  /// when it is first seen, under the digest of the list, whose outcome need not be evaluated (at
  /// the levels listed).
  void warm_start(const std::vector<WarmOutcome>& known);

  /// How often the class of this probe was looked up so far; 0 when it is not held. Changes
  /// nothing.
  std::uint64_t sightings(const ProbeDigest& digest) const;

  /// Tickets must rise from call to call. Founds a class, or finds one and makes it the most
  /// recent. `again`: the candidate was looked up before, at another level: it counts as seen
  /// already, and forgets nothing.
  Verdict look_up(const ProbeDigest& digest, Level level, Ticket ticket, bool again = false);

  /// The leader's trial ended. `figures` has settings.figures values (empty allowed when the status
  /// has none). Ignored when the class was evicted meanwhile. A failed leader's status stands for
  /// the whole class; under kAggregate the first status that is not 0 does.
  void settle(ClassId cls, Level level, std::uint8_t status, std::uint8_t reason,
              std::span<const double> figures, double seconds);

  /// The outcome of a settled (class, level); null when not settled or evicted. Valid until the
  /// next non-const call.
  const Recalled* recall(ClassId cls, Level level);

  /// Adds one hit's share to seconds_saved (called at tell, when the leader's time is known).
  void credit(ClassId cls, Level level);

  const Accounting& accounting() const;
  std::uint64_t size() const;  ///< classes held now

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace equivolve::hashing
