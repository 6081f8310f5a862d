// An evaluator that does next to nothing, so that what is left of a run is what the engine costs.
// Options:
//   duplicates  share of the candidates (0 to 1) that behave like one of 64 others
//   busy_us     microseconds of CPU that a trial burns (0 to 10^6)
#include <algorithm>
#include <bit>
#include <cstring>

#include <nlohmann/json.hpp>

#include "benchmarks/measuring.hpp"
#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/equivolve_genome.h"

namespace {

using equivolve::sdk::Candidate;

/// Of the genome's bytes, without a library: FNV-1a, and a mixer so that low bits are good.
std::uint64_t hash_of(std::span<const std::byte> genome) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const std::byte byte : genome)
    hash = (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3;
  hash ^= hash >> 32;
  return hash * 0x9e3779b97f4a7c15;
}

/// In [0, 1), from the high bits.
double share_of(std::uint64_t hash) {
  return static_cast<double>(hash >> 11) * 0x1p-53;
}

/// A chain of operations that no compiler shortens. Clocks stay out of it: reading a thread's CPU
/// time is a call of the kernel, and two threads that do so wait for each other.
void burn(std::uint64_t steps) {
  std::uint64_t x = 1;
  for (std::uint64_t i = 0; i < steps; ++i) {
    x = x * 0x9e3779b97f4a7c15 + i;
    asm volatile("" : "+r"(x));
  }
}

/// Steps in a microsecond of CPU time: the most that were seen, so that a trial is never shorter
/// than it says.
double burning_rate() {
  constexpr std::uint64_t kSteps = 1'000'000;
  double most = 0;
  for (int i = 0; i < 9; ++i) {
    const double before = equivolve::benchmarks::cpu_seconds();
    burn(kSteps);
    const double microseconds = 1e6 * (equivolve::benchmarks::cpu_seconds() - before);
    most = std::max(most, static_cast<double>(kSteps) / microseconds);
  }
  return most;
}

class Nothing {
 public:
  static const eqv_descriptor& descriptor() {
    static constexpr std::uint32_t representations[] = {EQV_PROGRAM, EQV_CONFIGURATION};
    static const eqv_descriptor descriptor = {
        sizeof(eqv_descriptor),
        "nothing",
        "1",
        "does next to nothing: for measuring what the engine costs",
        EQV_THREAD_SAFE | EQV_DETERMINISTIC | EQV_OFFERS_PROBE,
        representations,
        2};
    return descriptor;
  }
  static std::string config_schema() {
    return R"({"type": "object", "properties": {
      "data": {"type": "object", "properties": {}, "additionalProperties": false},
      "options": {"type": "object", "additionalProperties": false, "properties": {
        "duplicates": {"type": "number", "minimum": 0, "maximum": 1, "default": 0},
        "busy_us": {"type": "number", "minimum": 0, "maximum": 1000000, "default": 0}}}}})";
  }

  Nothing(equivolve::sdk::Host, std::string_view config) {
    const auto options = nlohmann::json::parse(config)["options"];
    duplicates_ = options.value("duplicates", 0.0);
    const double busy_us = options.value("busy_us", 0.0);
    if (busy_us > 0) busy_steps_ = static_cast<std::uint64_t>(busy_us * burning_rate());
    figure_ = {sizeof figure_, "fitness", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1};
    level_ = {sizeof level_, "full", 1, 0};
    info_.struct_size = sizeof info_;
    info_.figures = &figure_;
    info_.figure_count = 1;
    info_.levels = &level_;
    info_.level_count = 1;
    info_.probe_exact = 1;
  }
  const eqv_instance_info& instance_info() const { return info_; }
  std::string default_space(std::uint32_t representation) const {
    if (representation == EQV_CONFIGURATION)
      return R"({"representation": "configuration", "parameters": {
                 "rate": {"type": "float", "low": 1e-5, "high": 0.1, "log": true},
                 "momentum": {"type": "float", "low": 0, "high": 1},
                 "depth": {"type": "int", "low": 1, "high": 9},
                 "kind": {"type": "choice", "values": ["a", "b", "c"]}}})";
    // 56 bytes: a header and three instructions.
    return R"({"representation": "program",
               "memories": {"scalars": 4, "vectors": 1, "matrices": 0, "dimension": 1},
               "setup": {"length": 2, "operations": ["scalar_constant"]},
               "predict": {"length": 1, "operations": ["scalar_sum"]},
               "learn": {"length": 0}, "constant_range": 1.0})";
  }

  eqv_status probe(const Candidate& candidate, const eqv_probe_request&,
                   equivolve::sdk::OutputSink& sink) {
    const std::uint64_t hash = hash_of(candidate.genome());
    const std::uint64_t behaviour = share_of(hash) < duplicates_ ? hash & 63 : hash;
    sink.integer(std::bit_cast<std::int64_t>(behaviour));
    return EQV_OK;
  }
  eqv_status evaluate(const Candidate& candidate, const eqv_trial_request&,
                      equivolve::sdk::Result& result) {
    burn(busy_steps_);
    const std::uint64_t hash = hash_of(candidate.genome());
    // Candidates that behave alike have one fitness.
    result.figures()[0] = share_of(share_of(hash) < duplicates_ ? (hash & 63) << 58 : hash);
    return EQV_OK;
  }

 private:
  double duplicates_ = 0;
  std::uint64_t busy_steps_ = 0;
  eqv_figure figure_{};
  eqv_level level_{};
  eqv_instance_info info_{};
};

}  // namespace

EQUIVOLVE_EVALUATOR(Nothing)
