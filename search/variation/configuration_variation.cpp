#include "search/variation/configuration_variation.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "search/variation/configuration_parts.hpp"

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

/// Active parameters that can change, and how many of them are numbers.
struct Movable {
  std::uint64_t all = 0;
  std::uint64_t numbers = 0;
};

Movable count_movable(MutableValues values, const ConfigurationSpace& space) {
  Movable movable;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!is_movable(space.parameters[i], values[i])) continue;
    ++movable.all;
    if (is_numeric(space.parameters[i])) ++movable.numbers;
  }
  return movable;
}

std::size_t nth_movable(MutableValues values, const ConfigurationSpace& space, std::uint64_t n) {
  std::size_t at = 0;
  while (!is_movable(space.parameters[at], values[at]) || n-- > 0) ++at;
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

Operator change(MutableValues values, const ConfigurationSpace& space, Stream& stream) {
  const Movable movable = count_movable(values, space);
  if (movable.all == 0) return Operator::kCopy;
  const std::size_t at = nth_movable(values, space, stream.below(movable.all));
  const Parameter& p = space.parameters[at];
  const bool steps = is_numeric(p) && stream.chance(Breeding::kStepShare);
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

Bred mutate_genome(GenomeView parent, const ConfigurationSpace& space, Stream& stream) {
  Bred child{{Representation::kConfiguration, {parent.begin(), parent.end()}}, Operator::kCopy};
  const MutableValues values = values_in(child.genome);
  for (int i = 0; i < Breeding::kAttempts; ++i) {
    child.op = change(values, space, stream);
    if (!met_combination(space, values)) return child;
    std::memcpy(child.genome.flat.data(), parent.data(), parent.size());
  }
  child.op = Operator::kCopy;
  return child;
}

Bred cross_genomes(GenomeView first, GenomeView second, const ConfigurationSpace& space,
                   Stream& stream) {
  Bred child{blank_configuration(space), Operator::kCopy};
  const MutableValues values = values_in(child.genome);
  // Parents were bred in this space, so they have its form.
  const ParameterValues a = view_configuration(first, space), b = view_configuration(second, space);
  const bool numbers = has_numbers(space);
  for (int i = 0; i < Breeding::kAttempts; ++i) {
    const bool blend = numbers && stream.chance(0.5);
    cross_into(values, a, b, blend, space, stream);
    child.op = blend ? Operator::kBlendCrossover : Operator::kUniformCrossover;
    if (!met_combination(space, values)) return child;
  }
  if (!first.empty()) std::memcpy(child.genome.flat.data(), first.data(), first.size());
  child.op = Operator::kCopy;
  return child;
}

}  // namespace equivolve::search
