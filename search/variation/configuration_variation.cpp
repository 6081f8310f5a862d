#include "search/variation/configuration_variation.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "search/variation/configuration_parts.hpp"
#include "search/variation/real_coded_variation.hpp"

namespace equivolve::search {
namespace {

using hashing::Stream;
using Breeding = ConfigurationBreeding;

double reflected(double unit) {
  unit = std::fmod(std::abs(unit), 2.0);
  return unit > 1 ? 2 - unit : unit;
}

double stepped(const Parameter& p, double present, Stream& stream) {
  if (is_fixed(p)) return present;
  const double by = Breeding::kStepDeviation * stream.gaussian();
  const double moved = from_unit(p, reflected(to_unit(p, present) + by));
  return is_counted(p) && moved == present ? neighbour(p, present, by > 0) : moved;
}

double blended(const Parameter& p, double a, double b, Stream& stream) {
  if (a == b) return a;
  const double first = to_unit(p, a), second = to_unit(p, b);
  const double wider = Breeding::kBlendAlpha * std::abs(first - second);
  const double low = std::max(0.0, std::min(first, second) - wider);
  const double high = std::min(1.0, std::max(first, second) + wider);
  return from_unit(p, stream.uniform(low, high));
}

void draw_all(MutableValues values, const ConfigurationSpace& space, Stream& stream) {
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = {static_cast<std::uint32_t>(space.parameters[i].kind), 0, 0};
  renew_activity(values, space, stream);
}

/// Whether nothing forbidden is left.
bool repair(MutableValues values, const ConfigurationSpace& space, Stream& stream) {
  for (int i = 0; i < Breeding::kRepairs; ++i) {
    const Combination* met = met_combination(space, values);
    if (!met) return true;
    const std::uint32_t at = (*met)[stream.below(met->size())].parameter;
    values[at].number = other_value(space.parameters[at], values[at].number, stream);
    renew_activity(values, space, stream);
  }
  return met_combination(space, values) == nullptr;
}

/// Active parameters that can change: among how many one is chosen, and how many are numbers.
struct Movable {
  std::uint64_t chosen_from = 0;
  std::uint64_t numbers = 0;
};

bool may_be_chosen(const Parameter& p, const eqv_parameter_value& value, bool numbers_only) {
  return is_movable(p, value) && (!numbers_only || is_numeric(p));
}

Movable count_movable(MutableValues values, const ConfigurationSpace& space, bool numbers_only) {
  Movable movable;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!is_movable(space.parameters[i], values[i])) continue;
    if (may_be_chosen(space.parameters[i], values[i], numbers_only)) ++movable.chosen_from;
    if (is_numeric(space.parameters[i])) ++movable.numbers;
  }
  return movable;
}

std::size_t nth_movable(MutableValues values, const ConfigurationSpace& space, bool numbers_only,
                        std::uint64_t n) {
  std::size_t at = 0;
  while (!may_be_chosen(space.parameters[at], values[at], numbers_only) || n-- > 0) ++at;
  return at;
}

void step_numbers(MutableValues values, const ConfigurationSpace& space, std::size_t surely,
                  std::uint64_t numbers, Stream& stream) {
  const double share = 1.0 / static_cast<double>(numbers);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& p = space.parameters[i];
    if (!is_numeric(p) || !is_movable(p, values[i])) continue;
    if (i == surely || stream.chance(share))
      values[i].number = stepped(p, values[i].number, stream);
  }
}

/// True with the odds of the two weights, of which one at least is not 0. Nothing is drawn where
/// the other one is.
bool takes_first(std::uint64_t first, std::uint64_t second, Stream& stream) {
  if (first == 0 || second == 0) return second == 0;
  return stream.below(first + second) < first;
}

bool takes_polynomial_mutation(const OperatorWeights& weights, Stream& stream) {
  return takes_first(weights[Operator::kPolynomialMutation],
                     weights[Operator::kGaussianStep] + weights[Operator::kResampleParameter],
                     stream);
}

bool takes_simulated_binary_crossover(const OperatorWeights& weights, Stream& stream) {
  return takes_first(weights[Operator::kSimulatedBinaryCrossover],
                     weights[Operator::kUniformCrossover] + weights[Operator::kBlendCrossover],
                     stream);
}

/// Choices and booleans are drawn anew or left alone.
Operator change(MutableValues values, const ConfigurationSpace& space, Stream& stream,
                const OperatorWeights& weights) {
  const std::uint64_t step = weights[Operator::kGaussianStep];
  const std::uint64_t anew = weights[Operator::kResampleParameter];
  const Movable movable = count_movable(values, space, anew == 0);
  if (movable.chosen_from == 0) return Operator::kCopy;
  const std::size_t at = nth_movable(values, space, anew == 0, stream.below(movable.chosen_from));
  const Parameter& p = space.parameters[at];
  const bool steps = is_numeric(p) && takes_first(step, anew, stream);
  if (steps)
    step_numbers(values, space, at, movable.numbers, stream);
  else
    values[at].number = other_value(p, values[at].number, stream);
  renew_activity(values, space, stream);
  return steps ? Operator::kGaussianStep : Operator::kResampleParameter;
}

double crossed(const Parameter& p, const eqv_parameter_value& a, const eqv_parameter_value& b,
               bool blend, Stream& stream) {
  if (a.active != 0 && b.active != 0) {
    if (blend && is_numeric(p)) return blended(p, a.number, b.number, stream);
    return stream.chance(0.5) ? a.number : b.number;
  }
  if (a.active != 0) return a.number;
  return b.active != 0 ? b.number : random_value(p, stream);
}

void cross_into(MutableValues child, ParameterValues a, ParameterValues b, bool blend,
                const ConfigurationSpace& space, Stream& stream) {
  for (std::size_t i = 0; i < child.size(); ++i) {
    const Parameter& p = space.parameters[i];
    child[i] = {static_cast<std::uint32_t>(p.kind), is_active(p, child) ? 1u : 0u, 0};
    if (child[i].active != 0) child[i].number = crossed(p, a[i], b[i], blend, stream);
  }
}

bool has_numbers(const ConfigurationSpace& space) {
  return std::any_of(space.parameters.begin(), space.parameters.end(),
                     [](const Parameter& p) { return is_numeric(p) && !is_fixed(p); });
}

Bred mutate_plainly(GenomeView parent, const ConfigurationSpace& space, Stream& stream,
                    const OperatorWeights& weights) {
  Bred child{{Representation::kConfiguration, {parent.begin(), parent.end()}}, Operator::kCopy};
  const MutableValues values = values_in(child.genome);
  for (int i = 0; i < Breeding::kAttempts; ++i) {
    child.op = change(values, space, stream, weights);
    if (!met_combination(space, values)) return child;
    std::memcpy(child.genome.flat.data(), parent.data(), parent.size());
  }
  child.op = Operator::kCopy;
  return child;
}

Bred cross_plainly(GenomeView first, GenomeView second, const ConfigurationSpace& space,
                   Stream& stream, const OperatorWeights& weights) {
  Bred child{blank_configuration(space), Operator::kCopy};
  const MutableValues values = values_in(child.genome);
  // Parents were bred in this space, so they have its form.
  const ParameterValues a = view_configuration(first, space), b = view_configuration(second, space);
  const bool numbers = has_numbers(space);
  const std::uint64_t blends = weights[Operator::kBlendCrossover];
  const std::uint64_t either = weights[Operator::kUniformCrossover];
  const bool possible = numbers || either > 0;
  for (int i = 0; possible && i < Breeding::kAttempts; ++i) {
    const bool blend = numbers && takes_first(blends, either, stream);
    cross_into(values, a, b, blend, space, stream);
    child.op = blend ? Operator::kBlendCrossover : Operator::kUniformCrossover;
    if (!met_combination(space, values)) return child;
  }
  if (!first.empty()) std::memcpy(child.genome.flat.data(), first.data(), first.size());
  child.op = Operator::kCopy;
  return child;
}

}  // namespace

Genome random_genome(const ConfigurationSpace& space, Stream& stream) {
  Genome genome = blank_configuration(space);
  const MutableValues values = values_in(genome);
  for (int i = 0; i < Breeding::kDraws; ++i) {
    draw_all(values, space, stream);
    if (!met_combination(space, values)) return genome;
  }
  return repair(values, space, stream) ? genome : default_genome(space);
}

Bred mutate_genome(GenomeView parent, const ConfigurationSpace& space, Stream& stream,
                   const OperatorWeights& weights) {
  return takes_polynomial_mutation(weights, stream)
             ? polynomial_mutation(parent, space, stream)
             : mutate_plainly(parent, space, stream, weights);
}

Bred cross_genomes(GenomeView first, GenomeView second, const ConfigurationSpace& space,
                   Stream& stream, const OperatorWeights& weights) {
  return takes_simulated_binary_crossover(weights, stream)
             ? simulated_binary_crossover(first, second, false, space, stream)
             : cross_plainly(first, second, space, stream, weights);
}

Bred cross_and_mutate(GenomeView first, GenomeView second, const ConfigurationSpace& space,
                      Stream& stream, const OperatorWeights& weights) {
  const bool binary = takes_simulated_binary_crossover(weights, stream);
  const bool polynomial = takes_polynomial_mutation(weights, stream);
  if (binary && polynomial) return simulated_binary_crossover(first, second, true, space, stream);
  const Bred crossed = binary ? simulated_binary_crossover(first, second, false, space, stream)
                              : cross_plainly(first, second, space, stream, weights);
  Bred child = polynomial ? polynomial_mutation(crossed.genome.flat, space, stream)
                          : mutate_plainly(crossed.genome.flat, space, stream, weights);
  if (crossed.op != Operator::kCopy) child.op = crossed.op;
  return child;
}

}  // namespace equivolve::search
