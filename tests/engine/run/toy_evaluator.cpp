#include "tests/engine/run/toy_evaluator.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "hashing/stream.hpp"
#include "search/genome/program.hpp"

namespace equivolve::engine::test {
namespace {

std::array<std::uint8_t, search::kOpCount> multiset(search::GenomeView flat) {
  std::array<std::uint8_t, search::kOpCount> counts{};
  const search::ProgramView view = *search::view_program(flat);
  for (const auto& function : view.functions)
    for (const eqv_instruction& i : function) ++counts[i.op];
  return counts;
}

/// In [0, 1): the fraction of a hash of the multiset, raised where sums are many so that evolution
/// has something to find.
double fitness_of(search::GenomeView flat) {
  const auto counts = multiset(flat);
  const auto bits = hashing::digest_bytes(std::as_bytes(std::span(counts))).lo;
  const double luck = static_cast<double>(bits >> 11) * 0x1p-53;
  return 0.1 * luck + 0.09 * counts[static_cast<std::size_t>(search::Op::kScalarSum)];
}

}  // namespace

ToyEvaluator::ToyEvaluator() {
  descriptor_.id = "toy";
  descriptor_.version = "1";
  descriptor_.thread_safe = descriptor_.deterministic = descriptor_.offers_probe = true;
  descriptor_.representations = {"program"};
  NamedFigure fitness;
  fitness.name = "fitness";
  NamedFigure cost;
  cost.name = "size";
  cost.role = Role::kMetric;
  info_.figures = {fitness, cost};
  info_.levels = {{"full", 1, false}};
  info_.offers_test_split = true;
}

ProbeResult ToyEvaluator::probe(const CandidateView& candidate, std::uint64_t seed,
                                const std::atomic<bool>&) {
  on_probe();
  ProbeResult result;
  result.status = Status::kOk;
  const auto counts = multiset(candidate.genome);
  result.digest.key = hashing::digest_bytes(std::as_bytes(std::span(counts)));
  result.digest.key.hi = seed;
  result.digest.key.lo &= digest_mask;
  return result;
}

TrialResult ToyEvaluator::evaluate(const CandidateView& candidate, const TrialRequest& request,
                                   const std::atomic<bool>& stop) {
  ++evaluations;
  on_trial(candidate, request, stop);
  TrialResult result;
  if (stop.load()) {
    result.status = Status::kCancelled;
    return result;
  }
  const double base = candidate.reference.empty() ? fitness_of(candidate.genome) : 0.5;
  if (fails(base) || fails_in(base, request)) {
    result.status = Status::kFailed;
    result.reason = failure;
    result.message = "told to fail";
    return result;
  }
  hashing::Stream stream(request.common_seed, hashing::Purpose::kTest, 0);
  hashing::Stream own(request.own_seed, hashing::Purpose::kTest, 0);
  const double luck = noise * stream.gaussian() + own_noise * own.gaussian();
  result.status = Status::kOk;
  result.figures = {measured(base + luck), static_cast<double>(candidate.genome.size())};
  const double apart = candidate.reference.empty() ? row_spread : 0;
  if (request.split == 1) result.items = {base - apart, base, base + apart};
  result.seconds = seconds();
  return result;
}

std::shared_ptr<const search::Space> toy_space() {
  using search::Op;
  search::ProgramSpace space;
  space.memories = {3, 1, 0, 1};
  for (auto& f : space.functions)
    f = {3, 3, 3, {Op::kScalarSum, Op::kScalarDifference, Op::kScalarProduct, Op::kScalarSin}};
  return std::make_shared<const search::Space>(std::move(space));
}

}  // namespace equivolve::engine::test
