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
  kReuse,  ///< a hit takes the stored outcome
  kOff,    ///< nothing is merged
};

struct CacheSettings {
  Policy policy = Policy::kReuse;
  /// Classes kept; the least recently seen goes first. Those seen within the last `lookahead`
  /// tickets are pinned, so up to `lookahead` more may be held for a moment.
  std::uint64_t capacity = 1'000'000;
  std::uint64_t lookahead = 16;
  std::uint32_t levels = 1;
  std::uint32_t figures = 1;  ///< named figures a trial returns
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
};

struct Accounting {
  std::uint64_t look_ups = 0;
  std::uint64_t hits = 0;          ///< class and level known or in flight
  std::uint64_t partial_hits = 0;  ///< class known, level not
  std::uint64_t misses = 0;        ///< class founded
  std::uint64_t alternative_hits = 0;
  std::uint64_t evictions = 0;
  std::uint64_t classes = 0;  ///< founded so far
  double seconds_saved = 0;   ///< sum over hits of the mean seconds of a trial of that class
  bool operator==(const Accounting&) const = default;
};

/// Break-even (hashing.md section 2): with probe p, look-up l, full cost C and hit share h, caching
/// speeds a run up by C / (p + l + (1 - h) C). Returns 1 when C is 0.
double predicted_speed_up(double probe_seconds, double look_up_seconds, double full_seconds,
                          double hit_share);

/// Memory: 56 bytes a class held, 40 + 16 x figures bytes a level of it that was looked up, 32 to
/// 64 bytes of index (two tables of 8-byte slots, a quarter to half full): 144 to 176 bytes at one
/// level and one figure, twice that while a vector grows. A look-up takes constant time and touches
/// a few cache lines.
class EquivalenceCache {
 public:
  explicit EquivalenceCache(CacheSettings settings);
  ~EquivalenceCache();
  EquivalenceCache(EquivalenceCache&&) noexcept;
  EquivalenceCache& operator=(EquivalenceCache&&) noexcept;

  /// Tickets must rise from call to call. Founds a class, or finds one and makes it the most
  /// recent.
  Verdict look_up(const ProbeDigest& digest, Level level, Ticket ticket);

  /// The leader's trial ended. `figures` has settings.figures values (empty allowed when the status
  /// has none). Ignored when the class was evicted meanwhile. A failed leader's status stands for
  /// the whole class.
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
