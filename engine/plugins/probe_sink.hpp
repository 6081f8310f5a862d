// The C face of hashing::OutputSink: what an evaluator's probe writes into.
#pragma once

#include <optional>
#include <string>

#include "engine/plugins/known_probes.hpp"
#include "evaluators/sdk/equivolve_evaluator.h"
#include "hashing/sink.hpp"

namespace equivolve::engine {

/// One probe's sink. It borrows the calling thread's OutputSink (kept between probes, so that none
/// allocates), so a thread has one at a time. Misuse by the evaluator (a set closed twice, a null
/// pointer, more than 16 Mi numbers) is a fault that spoils the probe, never the process.
class ProbeSink {
 public:
  /// `known`: of this evaluator, may be null; `seed`: the probe's.
  explicit ProbeSink(const hashing::SinkSettings& settings, KnownProbes* known = nullptr,
                     std::uint64_t seed = 0);
  ProbeSink(const ProbeSink&) = delete;
  ProbeSink& operator=(const ProbeSink&) = delete;

  const eqv_output_sink* sink() const { return &face_; }
  /// What the evaluator did wrong, "" for nothing. Call when the probe has returned.
  std::string fault() const;
  /// Only without a fault.
  hashing::ProbeDigest finish() const;

 private:
  struct Callbacks;
  bool take(const void* group, std::size_t count);

  hashing::OutputSink& sink_;
  KnownProbes* const known_;
  const std::uint64_t seed_;
  bool used_ = false;                      // something was put out
  std::optional<hashing::Digest> key_;     // the evaluator's, when it gave one
  std::optional<hashing::Digest> answer_;  // known already
  const char* fault_ = nullptr;
  std::size_t depth_ = 0;
  std::size_t taken_ = 0;
  eqv_output_sink face_;
};

/// What the configuration says of how outputs are told apart; it wins over the evaluator's wish.
struct SinkWishes {
  int mantissa_bits = 0;                  ///< 1..52; 0: none
  std::optional<hashing::GridKind> grid;  ///< none: the evaluator's
};

/// How an evaluator's outputs are told apart: its own wish, or the configuration's. Any wish of the
/// configuration ends `exact`. edge_bits follows: 20 up to 12 bits (outputs computed in
/// float), else 40, and always at least 16 more than mantissa_bits so that only values at a cell's
/// very edge have two readings.
hashing::SinkSettings sink_settings(std::uint32_t evaluator_bits, bool evaluator_exact,
                                    const SinkWishes& wishes);

}  // namespace equivolve::engine
