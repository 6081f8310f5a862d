#include "search/variation/real_coded_variation.hpp"

#include <algorithm>
#include <cmath>

#include "search/variation/configuration_parts.hpp"
#include "search/variation/configuration_variation.hpp"

namespace equivolve::search {
namespace {

using hashing::Stream;

/// How far from the middle a child lies, as a share of how far its parents do; `room` is from the
/// parent on its side to the end of the scale, `apart` from parent to parent.
double spread_factor(double room, double apart, double uniform) {
  constexpr double kPower = RealCodedBreeding::kCrossoverIndex + 1;
  const double alpha = 2 - std::pow(1 + 2 * room / apart, -kPower);
  const double drawn = uniform * alpha;
  return std::pow(drawn <= 1 ? drawn : 1 / (2 - drawn), 1 / kPower);
}

double simulated_binary(const Parameter& p, double a, double b, Stream& stream) {
  if (!stream.chance(0.5)) return a;
  const double first = to_unit(p, a), second = to_unit(p, b);
  const double low = std::min(first, second), high = std::max(first, second);
  if (high - low < 1e-14) return a;
  const bool lower_child = stream.chance(0.5);
  const double room = lower_child ? low : 1 - high;
  const double spread = spread_factor(room, high - low, stream.uniform()) * (high - low);
  return from_unit(p, 0.5 * (lower_child ? low + high - spread : low + high + spread));
}

/// What a number at `unit` moves by.
double polynomial_step(double unit, double uniform) {
  constexpr double kPower = RealCodedBreeding::kMutationIndex + 1;
  const bool down = uniform < 0.5;
  const double share = down ? 2 * uniform : 2 * (1 - uniform);
  const double cut = std::pow(down ? 1 - unit : unit, kPower);
  const double by = 1 - std::pow(share + (1 - share) * cut, 1 / kPower);
  return down ? -by : by;
}

double polynomially_moved(const Parameter& p, double present, Stream& stream) {
  const double unit = to_unit(p, present);
  const double by = polynomial_step(unit, stream.uniform());
  const double moved = from_unit(p, unit + by);
  return is_counted(p) && moved == present ? neighbour(p, present, by > 0) : moved;
}

/// Each active parameter with probability 1 / (how many there are), one of them for sure if `one`.
void mutate_some(MutableValues values, bool one, const ConfigurationSpace& space, Stream& stream) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    count += is_movable(space.parameters[i], values[i]) ? 1 : 0;
  if (count == 0) return;
  const std::uint64_t surely = one ? stream.below(count) : count;
  const double share = 1.0 / static_cast<double>(count);
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Parameter& p = space.parameters[i];
    if (!is_movable(p, values[i])) continue;
    if (at++ != surely && !stream.chance(share)) continue;
    values[i].number = is_numeric(p) ? polynomially_moved(p, values[i].number, stream)
                                     : other_value(p, values[i].number, stream);
  }
  renew_activity(values, space, stream);
}

double cross_one(const Parameter& p, const eqv_parameter_value& a, const eqv_parameter_value& b,
                 Stream& stream) {
  if (a.active == 0) return b.active != 0 ? b.number : random_value(p, stream);
  if (b.active == 0 || a.number == b.number) return a.number;
  if (is_numeric(p)) return simulated_binary(p, a.number, b.number, stream);
  return stream.chance(0.5) ? a.number : b.number;
}

void cross_all(MutableValues child, ParameterValues a, ParameterValues b,
               const ConfigurationSpace& space, Stream& stream) {
  for (std::size_t i = 0; i < child.size(); ++i) {
    const Parameter& p = space.parameters[i];
    child[i] = {static_cast<std::uint32_t>(p.kind), is_active(p, child) ? 1u : 0u, 0};
    if (child[i].active != 0) child[i].number = cross_one(p, a[i], b[i], stream);
  }
}

bool is_copy(const Genome& child, GenomeView parent) {
  return std::equal(child.flat.begin(), child.flat.end(), parent.begin(), parent.end());
}

Bred copy_of(GenomeView parent) {
  return {{Representation::kConfiguration, {parent.begin(), parent.end()}}, Operator::kCopy};
}

}  // namespace

Bred polynomial_mutation(GenomeView parent, const ConfigurationSpace& space, Stream& stream) {
  Bred child = copy_of(parent);
  const MutableValues values = values_in(child.genome);
  for (int i = 0; i < ConfigurationBreeding::kAttempts; ++i) {
    mutate_some(values, true, space, stream);
    if (!met_combination(space, values)) {
      if (!is_copy(child.genome, parent)) child.op = Operator::kPolynomialMutation;
      return child;
    }
    std::copy(parent.begin(), parent.end(), child.genome.flat.begin());
  }
  return child;
}

Bred simulated_binary_crossover(GenomeView first, GenomeView second, bool mutates,
                                const ConfigurationSpace& space, Stream& stream) {
  // Parents were bred in this space, so they have its form.
  const ParameterValues a = view_configuration(first, space), b = view_configuration(second, space);
  Bred child{blank_configuration(space), Operator::kCopy};
  const MutableValues values = values_in(child.genome);
  for (int i = 0; i < ConfigurationBreeding::kAttempts; ++i) {
    cross_all(values, a, b, space, stream);
    const bool crossed = !is_copy(child.genome, first);
    if (mutates) mutate_some(values, !crossed, space, stream);
    if (met_combination(space, values)) continue;
    child.op = is_copy(child.genome, first) ? Operator::kCopy
               : crossed                    ? Operator::kSimulatedBinaryCrossover
                                            : Operator::kPolynomialMutation;
    return child;
  }
  return copy_of(first);
}

}  // namespace equivolve::search
