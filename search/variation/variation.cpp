#include "search/variation/variation.hpp"

#include "search/variation/configuration_variation.hpp"
#include "search/variation/expression_variation.hpp"
#include "search/variation/graph_variation.hpp"
#include "search/variation/program_variation.hpp"
#include "search/variation/sequence_variation.hpp"

namespace equivolve::search {

Genome random_genome(const Space& space, hashing::Stream& stream) {
  return std::visit([&](const auto& one) { return random_genome(one, stream); }, space);
}

Bred mutate_genome(GenomeView parent, const Space& space, hashing::Stream& stream,
                   const OperatorWeights& weights) {
  return std::visit([&](const auto& one) { return mutate_genome(parent, one, stream, weights); },
                    space);
}

Bred cross_genomes(GenomeView first, GenomeView second, const Space& space, hashing::Stream& stream,
                   const OperatorWeights& weights) {
  return std::visit(
      [&](const auto& one) { return cross_genomes(first, second, one, stream, weights); }, space);
}

Bred cross_and_mutate(GenomeView first, GenomeView second, const Space& space,
                      hashing::Stream& stream, const OperatorWeights& weights) {
  if (const auto* configurations = std::get_if<ConfigurationSpace>(&space))
    return cross_and_mutate(first, second, *configurations, stream, weights);
  const Bred crossed = cross_genomes(first, second, space, stream, weights);
  Bred child = mutate_genome(crossed.genome.flat, space, stream, weights);
  if (crossed.op != Operator::kCopy) child.op = crossed.op;
  return child;
}

}  // namespace equivolve::search
